/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shelf: all media that are wanted, the likeliest to be needed first, and how memory is
 * shared out for their heads (budget.h). Making it costs a few milliseconds with ten thousand
 * media, so it is made anew a few times a second at most while things change.
 */
#include "config.h"

#include "media/loader_inside.h"

#include "media/budget.h"
#include "base/xalloc.h"
#include "platform/clock.h"

#include <stdlib.h>
#include <string.h>

enum {
    EVERY_MS = 250,
    RESTING_EVERY_MS = 20,              /* when there is nothing else to do */
    FEW = 256,                          /* media that are put in order in no time */
};

/* --- where media are started from --- */

static int compare_points(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* All places in the file that a clip starts from; its beginning, if no clip has been told. */
static void gather_points(const struct loader *loader, struct medium *medium)
{
    size_t count = 0, kept = 0;
    unsigned entries = medium->entries < ENTRIES_MAX ? medium->entries : ENTRIES_MAX;
    for (uint32_t link = medium->first_clip; link; link = loader->clip[link - 1].next)
        count += loader->clip[link - 1].starts;
    medium->point = xrealloc_array(medium->point, count + 1 + entries, sizeof *medium->point);
    medium->point[0] = 0;
    count = 0;
    for (uint32_t link = medium->first_clip; link; link = loader->clip[link - 1].next)
        for (int i = 0; i < loader->clip[link - 1].starts; i++)
            medium->point[count++] = loader->clip[link - 1].start[i];
    if (!count)
        count = 1;                      /* its beginning */
    for (unsigned i = 0; i < entries; i++)
        medium->point[count++] = medium->entry[i];
    qsort(medium->point, count, sizeof *medium->point, compare_points);
    for (size_t i = 0; i < count; i++)
        if (!kept || medium->point[i] != medium->point[kept - 1])
            medium->point[kept++] = medium->point[i];
    medium->points = (int)kept;
    medium->points_hold = true;
}

static void unlink_clip(struct loader *loader, uint32_t clip)
{
    struct clip_use *use = &loader->clip[clip];
    if (use->slot >= CLIPMEM_SLOTS)
        return;
    struct medium *medium = &loader->medium[use->slot];
    uint32_t *link = &medium->first_clip;
    while (*link != clip + 1)
        link = &loader->clip[*link - 1].next;
    *link = use->next;
    medium->points_hold = false;
    use->slot = CLIPMEM_SLOTS;
}

void shelf_clip(struct loader *loader, const struct msg_media_clip *clip)
{
    if (clip->clip >= PREDICT_CLIPS)
        return;
    struct clip_use *use = &loader->clip[clip->clip];
    unlink_clip(loader, clip->clip);
    loader->shelf_stale = true;
    if (clip->slot >= CLIPMEM_SLOTS) {
        predict_forget(&loader->predict, clip->clip);
        return;
    }
    predict_place(&loader->predict, clip->clip, clip->tab, clip->row, clip->column, clip->group, clip->pinned);
    struct medium *medium = &loader->medium[clip->slot];
    *use = (struct clip_use){.slot = clip->slot, .next = medium->first_clip,
                             .starts = clip->starts <= MSG_CLIP_STARTS ? clip->starts : MSG_CLIP_STARTS};
    memcpy(use->start, clip->start, sizeof use->start);
    medium->first_clip = clip->clip + 1;
    medium->points_hold = false;
}

void shelf_drop(struct loader *loader, uint32_t slot)
{
    while (loader->medium[slot].first_clip)
        unlink_clip(loader, loader->medium[slot].first_clip - 1);
    loader->shelf_stale = true;
}

/* --- heads --- */

/* The place in the chain of a point; past the end if it is no place of the medium. */
static int64_t point_in_chain(const struct medium *medium, int i)
{
    int64_t at = medium->point[i];
    if (at < 0 || at >= medium->file_frames)
        return INT64_MAX;
    return clipmem_to_chain_rt(at, medium->way.file_rate, medium->way.chain_rate);
}

static void set_heads(struct medium *medium, unsigned head_ms)
{
    const int64_t block = medium->way.block_frames, length = budget_head_frames(medium->way.chain_rate, head_ms);
    medium->head = xrealloc_array(medium->head, (size_t)medium->points, sizeof *medium->head);
    medium->heads = 0;
    medium->heads_there = false;
    for (int i = 0; i < medium->points; i++) {
        int64_t from = point_in_chain(medium, i);
        if (from >= medium->frames)
            continue;
        int64_t to = medium->frames - from < length ? medium->frames : from + length;
        struct span span = {(uint32_t)(from / block), (uint32_t)((to - 1) / block + 1)};
        struct span *before = medium->heads ? &medium->head[medium->heads - 1] : NULL;
        if (before && span.first <= before->end)
            before->end = span.end > before->end ? span.end : before->end;
        else
            medium->head[medium->heads++] = span;
    }
}

static uint64_t count_head_blocks(const struct medium *medium)
{
    uint64_t blocks = 0;
    for (int i = 0; i < medium->heads; i++)
        blocks += medium->head[i].end - medium->head[i].first;
    return blocks;
}

void shelf_know(struct loader *loader, struct medium *medium)
{
    if (!medium->points_hold)
        gather_points(loader, medium);
    set_heads(medium, loader->head_ms);
    uint64_t blocks = count_head_blocks(medium);
    medium->granted = loader->head_blocks + blocks <= clipmem_capacity_blocks(loader->memory) / 2;
    if (medium->granted)
        loader->head_blocks += blocks;
    loader->shelf_stale = true;
}

void shelf_add_entry(struct loader *loader, struct medium *medium, int64_t file_frame)
{
    unsigned entries = medium->entries < ENTRIES_MAX ? medium->entries : ENTRIES_MAX;
    for (unsigned i = 0; i < entries; i++)
        if (medium->entry[i] == file_frame)
            return;
    medium->entry[medium->entries++ % ENTRIES_MAX] = file_frame;
    medium->points_hold = false;
    if (!medium_known(medium) || !medium->way_known)
        return;
    gather_points(loader, medium);
    set_heads(medium, loader->head_ms);
}

bool shelf_is_head(const struct medium *medium, uint32_t index)
{
    int low = 0, high = medium->heads;
    if (!medium->granted && !medium->asked)
        return false;
    while (low < high) {
        int middle = (low + high) / 2;
        if (medium->head[middle].end <= index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < medium->heads && medium->head[low].first <= index;
}

bool shelf_next_head(struct loader *loader, struct medium *medium, uint32_t *index)
{
    uint32_t slot = medium_slot(loader, medium);
    if (medium->heads_there)
        return false;
    bool there = true;
    for (int i = 0; i < medium->heads; i++) {
        for (*index = medium->head[i].first; *index < medium->head[i].end; ++*index) {
            if (clipmem_resident(loader->memory, slot, *index))
                continue;
            if (!hand_has(loader, slot, *index))
                return true;
            there = false;
        }
    }
    medium->heads_there = there;
    return false;
}

/* --- the order --- */

static int64_t score_of(const struct loader *loader, const struct medium *medium)
{
    if (!medium->first_clip)
        return INT64_MIN + UINT32_MAX - medium->serial;     /* no clip says where it stands: as they were wanted */
    int64_t best = INT64_MIN;
    for (uint32_t link = medium->first_clip; link; link = loader->clip[link - 1].next) {
        int64_t score = predict_score(&loader->predict, link - 1);
        best = score > best ? score : best;
    }
    return best;
}

static const struct loader *sorted;     /* qsort passes no context */

static int compare_scores(const void *a, const void *b)
{
    int64_t x = sorted->medium[*(const uint32_t *)a].score, y = sorted->medium[*(const uint32_t *)b].score;
    return (x < y) - (x > y);
}

static void put_in_order(struct loader *loader)
{
    loader->shelved = 0;
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS; slot++) {
        struct medium *medium = &loader->medium[slot];
        if (medium->state == MEDIUM_NONE || medium->state == MEDIUM_FAILED)
            continue;
        medium->score = score_of(loader, medium);
        loader->shelf[loader->shelved++] = slot;
    }
    sorted = loader;
    qsort(loader->shelf, loader->shelved, sizeof *loader->shelf, compare_scores);
}

/* --- sharing out --- */

struct share {
    struct budget_medium *media;        /* those whose facts are known, in order */
    uint32_t *slot;
    int64_t *points;
    int count;
};

static void share_init(struct loader *loader, struct share *share)
{
    size_t points = 0;
    *share = (struct share){.media = xcalloc(loader->shelved + 1, sizeof *share->media),
                            .slot = xcalloc(loader->shelved + 1, sizeof *share->slot)};
    for (uint32_t i = 0; i < loader->shelved; i++) {
        struct medium *medium = &loader->medium[loader->shelf[i]];
        if (!medium->points_hold)
            gather_points(loader, medium);
        points += (size_t)medium->points;
    }
    int64_t *point = share->points = xcalloc(points + 1, sizeof *point);
    for (uint32_t i = 0; i < loader->shelved; i++) {
        const struct medium *medium = &loader->medium[loader->shelf[i]];
        if (!medium_known(medium))
            continue;
        share->media[share->count] = (struct budget_medium){.format = medium->way.format, .channels = medium->way.out_channels,
            .chain_rate = medium->way.chain_rate, .frames = medium->frames, .point = point, .points = medium->points};
        for (int k = 0; k < medium->points; k++)
            *point++ = point_in_chain(medium, k);
        share->slot[share->count++] = loader->shelf[i];
    }
}

static void share_clear(struct share *share)
{
    free(share->media);
    free(share->slot);
    free(share->points);
}

/* Until the facts of all are known, those that are have their part of the memory only. */
static void share_out(struct loader *loader)
{
    struct share share;
    struct budget_plan plan;
    share_init(loader, &share);
    uint64_t blocks = clipmem_capacity_blocks(loader->memory);
    if (share.count)
        blocks = blocks * (uint64_t)share.count / loader->shelved;
    budget_make_plan(share.media, share.count, blocks, &plan);
    loader->head_ms = plan.head_ms;
    loader->head_blocks = plan.blocks;
    for (int i = 0; i < share.count; i++) {
        struct medium *medium = &loader->medium[share.slot[i]];
        medium->granted = i < plan.media;
        medium->planned = true;
        set_heads(medium, plan.head_ms);
    }
    share_clear(&share);
}

uint64_t shelf_due_ns(const struct loader *loader)
{
    uint64_t wait_ms = loader->shelved <= FEW ? 0 : loader->resting ? RESTING_EVERY_MS : EVERY_MS;
    return loader->shelf_ns + wait_ms * (CLOCK_SECOND_NS / 1000);
}

void shelf_make(struct loader *loader)
{
    uint64_t now = clock_now_rt();
    if (!loader->shelf_stale || now < shelf_due_ns(loader))
        return;
    loader->shelf_stale = loader->resting = false;
    loader->shelf_ns = now;
    put_in_order(loader);
    share_out(loader);
    loader->need_next = loader->whole_next = loader->evict_next = 0;
    for (uint32_t i = 0; i < loader->shelved; i++)
        medium_take_blocks(loader, &loader->medium[loader->shelf[i]], 0);
}
