/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The media files that a show names: see gather.h. */
#include "config.h"

#include "process/gather.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "show/lists.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NAMED_MAX = 5 };                 /* missing files that an answer names */

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct gather_file *)a)->file, ((const struct gather_file *)b)->file);
}

char *gather_path(const struct library *library, const char *file)
{
    return xasprintf("%s/%s", library->media, file);
}

static void look_at(struct gather *gather, const struct library *library, struct gather_file *file)
{
    struct stat st;
    char *path = gather_path(library, file->file);
    file->missing = stat(path, &st) < 0 || !S_ISREG(st.st_mode);
    file->bytes = file->missing ? 0 : (uint64_t)st.st_size;
    gather->missing += file->missing;
    gather->bytes += file->bytes;
    free(path);
}

static size_t count_named(const struct show *show)
{
    size_t count = (size_t)show_clips(show);
    for (int slot = 0; slot < show_slots(show); slot++)
        if (show_clip(show, slot) && show_clip(show, slot)->list)
            count += SHOW_LIST_FILES;
    return count;
}

/* Its file and those of its list. Return: how many there are then. */
static size_t name_files(const struct show_clip *clip, struct gather *gather, size_t count)
{
    char *file[SHOW_LIST_FILES];
    int files = files_read(clip->list, file);
    gather->file[count++].file = xstrdup(clip->file);
    for (int i = 0; i < files; i++)
        gather->file[count++].file = file[i];
    return count;
}

void gather_init(struct gather *gather, const struct library *library)
{
    const struct show *show = library->show;
    size_t count = 0;
    *gather = (struct gather){.file = xcalloc(count_named(show) + 1, sizeof *gather->file)};
    for (int slot = 0; slot < show_slots(show); slot++)
        if (show_clip(show, slot))
            count = name_files(show_clip(show, slot), gather, count);
    qsort(gather->file, count, sizeof *gather->file, compare);
    for (size_t i = 0; i < count; i++) {
        if (gather->count && !compare(&gather->file[gather->count - 1], &gather->file[i]))
            free(gather->file[i].file);
        else
            gather->file[gather->count++] = gather->file[i];
    }
    for (size_t i = 0; i < gather->count; i++)
        look_at(gather, library, &gather->file[i]);
}

void gather_clear(struct gather *gather)
{
    for (size_t i = 0; i < gather->count; i++) {
        free(gather->file[i].file);
        free(gather->file[i].copied);
    }
    free(gather->file);
    *gather = (struct gather){0};
}

struct gather_file *gather_find(const struct gather *gather, const char *file)
{
    struct gather_file key = {.file = (char *)(uintptr_t)file};
    return gather->count ? bsearch(&key, gather->file, gather->count, sizeof key, compare) : NULL;
}

/* The name that a file has now. */
static const char *settled(const struct gather *gather, const char *name)
{
    const struct gather_file *file = gather_find(gather, name);
    return file && file->copied ? file->copied : name;
}

static void settle_list(const struct gather *gather, struct show_clip *clip)
{
    char *file[SHOW_LIST_FILES];
    struct strbuf text = {0};
    int files = files_read(clip->list, file);
    for (int i = 0; i < files; i++) {
        strbuf_adds(&text, i ? ", " : "[ ");
        text_fmt_quoted(&text, settled(gather, file[i]));
        free(file[i]);
    }
    strbuf_adds(&text, " ]");
    free(clip->list);
    clip->list = files ? strbuf_take(&text) : NULL;
    strbuf_clear(&text);
}

static int settle_clip(const struct gather *gather, struct show *show, int slot, struct err *err)
{
    struct show_clip clip;
    show_clip_copy(&clip, show_clip(show, slot));
    free(clip.file);
    clip.file = xstrdup(settled(gather, show_clip(show, slot)->file));
    settle_list(gather, &clip);
    int result = show_put_clip(show, slot, &clip, err);
    show_clip_clear(&clip);
    return result < 0 ? -1 : 0;
}

int gather_settle(const struct gather *gather, struct library *library, struct err *err)
{
    struct show *show = library->show;
    struct show_head head;
    int result = 0;
    show_edit_begin(show, "settle");
    show_head_copy(&head, show_head(show));
    free(head.media);
    head.media = NULL;
    show_put_head(show, &head);
    show_head_clear(&head);
    for (int slot = 0; slot < show_slots(show) && !result; slot++)
        if (show_clip(show, slot))
            result = settle_clip(gather, show, slot, err);
    show_edit_end(show);
    return result;
}

void gather_fmt_missing(const struct gather *gather, struct strbuf *out)
{
    size_t named = 0;
    if (!gather->missing)
        return;
    strbuf_addf(out, "; %zu media %s missing:", gather->missing, gather->missing == 1 ? "file is" : "files are");
    for (size_t i = 0; i < gather->count && named < NAMED_MAX; i++)
        if (gather->file[i].missing)
            strbuf_addf(out, "%s %s", named++ ? "," : "", gather->file[i].file);
    if (named < gather->missing)
        strbuf_adds(out, " ...");
}
