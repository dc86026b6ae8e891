/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding up heads and media: see memory_advice.h. */
#include "config.h"

#include "process/memory_advice.h"
#include "base/xalloc.h"
#include "media/budget.h"
#include "media/ingest.h"
#include "wire/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wish {                           /* a clip */
    char *file;
    struct budget_medium medium;        /* without its points */
    int64_t point[1 + SHOW_MARKERS];    /* in the chain */
    int points;
};

struct memory_advice {
    struct wish *wish;
    int wishes, room;
    struct budget_medium *medium;       /* made of the wishes at the end: a file each */
    int media;
    int64_t *point;
};

struct memory_advice *memory_advice_new(void)
{
    return xcalloc(1, sizeof(struct memory_advice));
}

void memory_advice_free(struct memory_advice *advice)
{
    for (int i = 0; i < advice->wishes; i++)
        free(advice->wish[i].file);
    free(advice->wish);
    free(advice->medium);
    free(advice->point);
    free(advice);
}

void memory_advice_add(struct memory_advice *advice, const struct show_clip *clip, const struct probe_info *info)
{
    if (advice->wishes == advice->room) {
        advice->room = advice->room ? 2 * advice->room : 64;
        advice->wish = xrealloc_array(advice->wish, (size_t)advice->room, sizeof *advice->wish);
    }
    const struct work_opened facts = {.rate = info->rate, .channels = info->channels, .sample = info->s16 ? WORK_S16 : WORK_F32};
    const uint32_t rate = clipmem_chain_rate(info->rate);
    struct wish *wish = &advice->wish[advice->wishes++];
    *wish = (struct wish){.file = xstrdup(clip->file)};
    wish->medium = (struct budget_medium){
        .format = ingest_format(&facts, rate), .channels = ingest_channels(&facts), .chain_rate = rate,
        .frames = clipmem_to_chain_rt(info->frames, info->rate, rate),
    };
    wish->point[wish->points++] = clipmem_to_chain_rt(clip->in > 0 ? clip->in : 0, info->rate, rate);
    for (int i = 0; i < clip->markers; i++)
        wish->point[wish->points++] = clipmem_to_chain_rt(clip->marker[i].at, info->rate, rate);
}

/* --- a medium of each file --- */

static int compare_files(const void *a, const void *b)
{
    const struct wish *x = a, *y = b;
    return strcmp(x->file, y->file);
}

static int compare_points(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void merge(struct memory_advice *advice)
{
    int points = 0;
    qsort(advice->wish, (size_t)advice->wishes, sizeof *advice->wish, compare_files);
    advice->medium = xcalloc((size_t)advice->wishes + 1, sizeof *advice->medium);
    advice->point = xcalloc((size_t)advice->wishes + 1, sizeof advice->wish->point);
    for (int i = 0; i < advice->wishes;) {
        struct budget_medium *medium = &advice->medium[advice->media++];
        int64_t *first = advice->point + points;
        const char *file = advice->wish[i].file;
        *medium = advice->wish[i].medium;
        medium->point = first;
        for (; i < advice->wishes && !strcmp(advice->wish[i].file, file); i++) {
            memcpy(advice->point + points, advice->wish[i].point, (size_t)advice->wish[i].points * sizeof *advice->point);
            points += advice->wish[i].points;
        }
        medium->points = (int)(advice->point + points - first);
        qsort(first, (size_t)medium->points, sizeof *first, compare_points);
    }
}

/* --- telling --- */

static unsigned megabytes(uint64_t blocks)
{
    return (unsigned)((blocks * CLIPMEM_BLOCK_BYTES + (1 << 20) - 1) >> 20);
}

/* Return: REPORT_FIT if every clip starts on demand, with heads of full length. */
static enum report_level judge(const struct memory_advice *advice, const struct budget_plan *plan)
{
    return plan->media == advice->media && plan->head_ms == BUDGET_HEAD_MS ? REPORT_FIT : REPORT_WARNING;
}

static void fmt_text(const struct memory_advice *advice, const struct budget_plan *plan, unsigned have_mb, unsigned heads_mb,
                     unsigned whole_mb, char *text, size_t size)
{
    int cold = advice->media - plan->media;
    unsigned least_mb = megabytes(budget_for_heads(advice->medium, advice->media, BUDGET_HEAD_LEAST_MS));
    if (judge(advice, plan) == REPORT_FIT)
        snprintf(text, size, "clip memory of %u MB holds the first %d ms of every clip: all start on demand; memory_mb = %u; in "
                 "clipgrid.conf would hold the show whole", have_mb, BUDGET_HEAD_MS, whole_mb);
    else if (cold)
        snprintf(text, size, "clip memory of %u MB is too little for %d of %d media, whose clips stay cold; memory_mb = %u; in "
                 "clipgrid.conf would hold the first %d ms of each, memory_mb = %u; the first %d ms", have_mb, cold,
                 advice->media, least_mb, BUDGET_HEAD_LEAST_MS, heads_mb, BUDGET_HEAD_MS);
    else
        snprintf(text, size, "clip memory of %u MB holds no more than the first %u ms of every clip, which a slow disk may not "
                 "keep up with; memory_mb = %u; in clipgrid.conf would hold %d ms",
                 have_mb, plan->head_ms, heads_mb, BUDGET_HEAD_MS);
}

void memory_advice_report(struct memory_advice *advice, uint64_t budget, const char *session, struct report *report)
{
    struct budget_plan plan;
    char text[300];
    merge(advice);
    uint64_t heads = budget_for_heads(advice->medium, advice->media, BUDGET_HEAD_MS),
        whole = budget_for_whole(advice->medium, advice->media);
    budget_make_plan(advice->medium, advice->media, budget / CLIPMEM_BLOCK_BYTES, &plan);
    strbuf_addf(&report->more,
                ",\"memory\":{\"budget_mb\":%u,\"heads_mb\":%u,\"whole_mb\":%u,\"head_ms\":%u,\"media\":%d,\"cold\":%d}",
                (unsigned)(budget >> 20), megabytes(heads), megabytes(whole), plan.head_ms, advice->media,
                advice->media - plan.media);
    if (whole * CLIPMEM_BLOCK_BYTES <= budget)
        return;
    fmt_text(advice, &plan, (unsigned)(budget >> 20), megabytes(heads), megabytes(whole), text, sizeof text);
    report_add(report, judge(advice, &plan), session, 0, "", "", text);
}
