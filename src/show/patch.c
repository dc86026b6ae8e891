/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change of a document as text: see patch.h. A clip is gathered from its lines and put when the next object begins. */
#include "config.h"

#include "show/patch.h"
#include "show/property.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct patching {
    struct show *show;
    struct show_clip clip;              /* being gathered */
    int slot;                           /* where it goes, -1: a free one */
    char object[80];                    /* "new 1/2/3" or "clip c7"; "": no clip is being gathered */
    struct err *err;
};

void patch_add(struct strbuf *patch, const char *object, const char *key, const char *value)
{
    struct strbuf escaped = {0};
    text_fmt_escaped(&escaped, value);
    strbuf_addf(patch, "%s %s ", object, key);
    text_fmt_word(patch, escaped.s ? escaped.s : "");
    strbuf_addc(patch, '\n');
    strbuf_clear(&escaped);
}

static int put_gathered(struct patching *patching)
{
    int slot = *patching->object ? show_put_clip(patching->show, patching->slot, &patching->clip, patching->err) : 0;
    show_clip_clear(&patching->clip);
    show_clip_init(&patching->clip);
    patching->object[0] = '\0';
    return slot < 0 ? -1 : 0;
}

static int begin_new(struct patching *patching, const char *place)
{
    struct show_clip *clip = &patching->clip;
    patching->slot = -1;
    return show_parse_place(patching->show, place, &clip->tab, &clip->row, &clip->column, patching->err);
}

static int begin_there(struct patching *patching, const char *id)
{
    patching->slot = show_slot_by_id(patching->show, id);
    if (patching->slot < 0)
        return err_set(patching->err, ERR_REFUSED, "the clip %s is gone meanwhile", id);
    show_clip_copy(&patching->clip, show_clip(patching->show, patching->slot));
    return 0;
}

static int set_clip(struct patching *patching, bool is_new, const char *which, const char *key, const char *value)
{
    char object[sizeof patching->object];
    text_copy(object, sizeof object, is_new ? "new " : "clip ");
    text_copy(object + strlen(object), sizeof object - strlen(object), which);
    if (strcmp(object, patching->object)) {
        if (put_gathered(patching) || (is_new ? begin_new : begin_there)(patching, which))
            return -1;
        text_copy(patching->object, sizeof patching->object, object);
    }
    const struct property *property = property_find(PROPERTY_CLIP, key);
    if (!property || property->kind == PROPERTY_PLACE)
        return err_set(patching->err, ERR_UNKNOWN, "%s: no such property", key);
    return property_parse_value(property, &patching->clip, value, patching->err);
}

static int set_head(struct patching *patching, const char *key, const char *value)
{
    const struct property *property = property_find(PROPERTY_SHOW, key);
    if (!property)
        return err_set(patching->err, ERR_UNKNOWN, "%s: no such property", key);
    struct show_head head;
    show_head_copy(&head, show_head(patching->show));
    int result = property_parse_value(property, &head, value, patching->err);
    if (!result)
        show_put_head(patching->show, &head);
    show_head_clear(&head);
    return result;
}

static int apply_words(struct patching *patching, struct words *words)
{
    bool is_new = words->count == 4 && !strcmp(words->word[0], "new");
    if (words->count >= 3)
        text_unescape(words->word[words->count - 1]);
    if (is_new || (words->count == 4 && !strcmp(words->word[0], "clip")))
        return set_clip(patching, is_new, words->word[1], words->word[2], words->word[3]);
    if (words->count == 3 && !strcmp(words->word[0], "show"))
        return set_head(patching, words->word[1], words->word[2]);
    return err_set(patching->err, ERR_USAGE, "not a line of a patch");
}

static int apply_lines(struct patching *patching, char *text)
{
    for (char *line; (line = strsep(&text, "\n"));) {
        struct words words;
        int result = *line ? words_split(&words, line, patching->err) : 1;
        if (result > 0)
            continue;
        if (!result)
            result = apply_words(patching, &words);
        words_clear(&words);
        if (result)
            return -1;
    }
    return put_gathered(patching);
}

int patch_apply(struct show *show, const char *text, size_t bytes, const char *what, struct err *err)
{
    if (!bytes)
        return 0;
    struct patching patching = {.show = show, .slot = -1, .err = err};
    char *copy = xstrndup(text, bytes);
    show_clip_init(&patching.clip);
    show_edit_begin(show, what);
    int result = apply_lines(&patching, copy);
    if (result)
        show_edit_abort(show);
    else
        show_edit_end(show);
    show_clip_clear(&patching.clip);
    free(copy);
    return result;
}
