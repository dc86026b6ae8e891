/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of the journal, run again: see replay.h. */
#include "config.h"

#include "process/replay.h"
#include "process/document.h"
#include "process/moving.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "command/command.h"
#include "show/patch.h"

#include <stdlib.h>
#include <string.h>

void replay_fmt(struct strbuf *out, const char *word, const char *first, const char *second)
{
    struct strbuf escaped = {0};
    text_fmt_escaped(&escaped, second);
    strbuf_addf(out, "%s ", word);
    text_fmt_quoted(out, first);
    strbuf_addc(out, ' ');
    text_fmt_quoted(out, escaped.s ? escaped.s : "");
    strbuf_clear(&escaped);
}

/* --- one line --- */

static int run_command(struct show *show, const char *line, struct err *err)
{
    const struct command_context context = {.show = show, .role = COMMAND_ROLE_EDIT, .source = COMMAND_FROM_JOURNAL};
    struct command_reply reply;
    int result = command_dispatch(&context, line, &reply);
    if (result < 0)
        *err = reply.err;
    command_reply_clear(&reply);
    return result;
}

static int run_patch(struct show *show, const char *what, const char *text, struct err *err)
{
    return patch_apply(show, text, strlen(text), what, err);
}

static int run_replace(struct show *show, const char *what, const char *text, struct err *err)
{
    struct show *other = document_parse(text, strlen(text), err);
    if (!other)
        return -1;
    show_replace(show, other, what);
    show_free(other);
    return 0;
}

static int run_moved(struct show *show, const char *from, const char *to, struct err *err)
{
    struct moving moving;
    (void)err;
    if (moving_between(from, to, &moving))
        show_map_media(show, moving_media, &moving);
    return 0;
}

static int run_saved(struct show *show, const char *first, const char *second, struct err *err)
{
    (void)first, (void)second, (void)err;
    show_mark_saved(show, show_revision(show));
    return 0;
}

static int run_mark(struct show *show, const char *line, struct err *err)
{
    static const struct {
        const char *word;
        int (*run)(struct show *show, const char *first, const char *second, struct err *err);
        int words;
    } marks[] = {{"@patch", run_patch, 3}, {"@replace", run_replace, 3}, {"@moved", run_moved, 3}, {"@saved", run_saved, 1}};
    struct words words;
    int result = words_split(&words, line, err);
    for (size_t i = 0; result == 0 && i < sizeof marks / sizeof *marks; i++) {
        if (words.count != marks[i].words || strcmp(words.word[0], marks[i].word))
            continue;
        if (words.count == 3)
            text_unescape(words.word[2]);
        result = marks[i].run(show, words.count > 1 ? words.word[1] : "", words.count > 2 ? words.word[2] : "", err);
        words_clear(&words);
        return result;
    }
    words_clear(&words);
    return result < 0 ? -1 : err_set(err, ERR_UNKNOWN, "a line of the journal that this version does not know");
}

size_t replay_lines(struct show *show, const char *lines, bool to_saved, struct err *err)
{
    const char *line = lines;
    while (*line) {
        size_t length = strcspn(line, "\n");
        char *copy = xstrndup(line, length);
        bool stop = to_saved && !strcmp(copy, "@saved");
        int result = stop || !*copy ? 0 : *copy == '@' ? run_mark(show, copy, err) : run_command(show, copy, err);
        free(copy);
        if (stop || result < 0)
            break;
        line += length + (line[length] == '\n');
    }
    return (size_t)(line - lines);
}

/* --- how much of it is still needed --- */

/* By how much a line moves the present step: an edit and redo by one forward, undo by one back. */
static int step_of(const char *line)
{
    if (!strncmp(line, "@saved", 6) || !strncmp(line, "@moved", 6))
        return 0;
    size_t length = strcspn(line, " \t\n");
    return length == 4 && !strncmp(line, "undo", 4) ? -1 : 1;
}

static bool is_redo(const char *line)
{
    return strcspn(line, " \t\n") == 4 && !strncmp(line, "redo", 4);
}

int replay_cut(const char *lines, int keep)
{
    int count = 0, at = 0, number = 0, cut = 0;
    for (const char *p = lines; *p; p = strchr(p, '\n') + 1)
        count++;
    int *step = xcalloc((size_t)count + 1, sizeof *step);
    bool *redo = xcalloc((size_t)count + 1, sizeof *redo);
    for (const char *p = lines; *p; p = strchr(p, '\n') + 1, number++) {
        p += strspn(p, " \t");
        redo[number] = is_redo(p);
        at += step_of(p);
        step[number + 1] = at;
    }
    int low = at;                       /* of all that comes behind */
    for (int i = count; i > 0 && !cut; i--) {
        low = step[i] < low ? step[i] : low;
        if (step[i] == low && at - step[i] >= keep && (i == count || !redo[i]))
            cut = i;
    }
    free(step);
    free(redo);
    return cut;
}
