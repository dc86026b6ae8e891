/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clip that import is about to make: see import_item.h. */
#include "config.h"

#include "process/import_item.h"
#include "base/xalloc.h"
#include "show/patch.h"
#include "show/property.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Places of a compact disc as frames of the file, rounded. */
static int64_t frames_of(int64_t at_75, uint32_t rate)
{
    return (at_75 * rate + PLAYLIST_HZ / 2) / PLAYLIST_HZ;
}

static int place(struct import_item *item, const struct probe_info *info, struct err *err)
{
    item->in = item->in_75 > 0 ? frames_of(item->in_75, info->rate) : -1;
    item->out = item->out_75 >= 0 ? frames_of(item->out_75, info->rate) : -1;
    if (item->in >= info->frames)
        return err_set(err, ERR_RANGE, "%s: track %s begins behind its end", item->path,
                       item->name ? item->name : "without a title");
    if (item->out >= info->frames)
        item->out = -1;
    return 0;
}

/* Puts a marker in by its place, behind those of the same. What is left over at the end finds no room. */
static void add_marker(struct import_item *item, struct show_clip *clip, int64_t at, const char *name)
{
    int place = clip->markers;
    while (place > 0 && clip->marker[place - 1].at > at)
        place--;
    if (clip->markers == SHOW_MARKERS)
        item->left_out++;
    if (place == SHOW_MARKERS)
        return;
    if (clip->markers == SHOW_MARKERS)
        free(clip->marker[--clip->markers].name);
    memmove(&clip->marker[place + 1], &clip->marker[place], (size_t)(clip->markers - place) * sizeof *clip->marker);
    clip->marker[place] = (struct show_marker){.name = xstrdup(name), .at = at};
    clip->markers++;
}

/* A track's own beginning, as FLAC files tell of each, is the clip's IN and no marker. */
static bool is_wanted(const struct media_marker *marker, int64_t from, int64_t to)
{
    return marker->frame >= from && marker->frame < to && !(marker->source == MARKER_SHEET && marker->frame == from);
}

static void take_markers(struct import_item *item, const struct probe_info *info, const struct media_tags *tags)
{
    struct show_clip clip = {0};
    int64_t from = item->in < 0 ? 0 : item->in, to = item->out < 0 ? info->frames : item->out;
    for (int i = 0; i < tags->markers; i++)
        if (is_wanted(&tags->marker[i], from, to))
            add_marker(item, &clip, tags->marker[i].frame, tags->marker[i].name);
    for (int i = 0; i < item->points; i++) {
        char name[32];
        int64_t at = frames_of(item->point_75[i], info->rate);
        snprintf(name, sizeof name, "Index %d", item->point[i]);
        if (at >= from && at < to)
            add_marker(item, &clip, at, name);
    }
    if (clip.markers) {
        struct strbuf text = {0};
        markers_fmt(&clip, &text);
        item->markers = strbuf_take(&text);
    }
    markers_clear(&clip);
}

int import_item_learn(struct import_item *item, struct import_learner *learner, struct err *err)
{
    struct stat st;
    if (!learner->path || strcmp(learner->path, item->path)) {
        learner->path = NULL;
        int result = prober_ask_tags(learner->prober, item->path, &learner->info, &learner->tags, err);
        if (result < 0)
            return result;
        learner->path = item->path;
    }
    item->bytes = stat(item->path, &st) == 0 ? (uint64_t)st.st_size : 0;
    const char *title = tags_get(&learner->tags, TAG_TITLE);
    bool part = item->in_75 > 0 || item->out_75 >= 0;       /* of a file: the file's title is not its own */
    if (!item->name && *title && !part)
        item->name = xstrdup(title);
    if (place(item, &learner->info, err) < 0)
        return -1;
    take_markers(item, &learner->info, &learner->tags);
    return 0;
}

void import_item_patch(const struct import_item *item, const char *object, struct strbuf *patch)
{
    char number[32];
    patch_add(patch, object, "file", item->file);
    if (item->name)
        patch_add(patch, object, "name", item->name);
    if (item->in >= 0) {
        snprintf(number, sizeof number, "%" PRId64, item->in);
        patch_add(patch, object, "in", number);
    }
    if (item->out >= 0) {
        snprintf(number, sizeof number, "%" PRId64, item->out);
        patch_add(patch, object, "out", number);
    }
    if (item->markers)
        patch_add(patch, object, "markers", item->markers);
}

void import_item_clear(struct import_item *item)
{
    free(item->path);
    free(item->file);
    free(item->name);
    free(item->markers);
}
