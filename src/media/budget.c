/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sharing out clip memory: see budget.h. */
#include "config.h"

#include "media/budget.h"

uint32_t budget_head_frames(uint32_t chain_rate, unsigned head_ms)
{
    return (uint32_t)(((uint64_t)chain_rate * head_ms + 999) / 1000);
}

uint64_t budget_head_blocks(const struct budget_medium *medium, unsigned head_ms)
{
    const int64_t block = clipmem_block_frames(medium->format, medium->channels),
        head = budget_head_frames(medium->chain_rate, head_ms);
    int64_t counted = 0, blocks = 0;    /* blocks before `counted` are not counted again */
    for (int i = 0; i < medium->points; i++) {
        int64_t from = medium->point[i];
        if (from < 0 || from >= medium->frames)
            continue;
        int64_t to = medium->frames - from < head ? medium->frames : from + head;
        int64_t first = from / block, end = (to - 1) / block + 1;
        if (first < counted)
            first = counted;
        if (end > first) {
            blocks += end - first;
            counted = end;
        }
    }
    return (uint64_t)blocks;
}

uint64_t budget_whole_blocks(const struct budget_medium *medium)
{
    uint64_t block = clipmem_block_frames(medium->format, medium->channels);
    return ((uint64_t)medium->frames + block - 1) / block;
}

static uint64_t all_heads(const struct budget_medium *media, int count, unsigned head_ms)
{
    uint64_t sum = 0;
    for (int i = 0; i < count; i++)
        sum += budget_head_blocks(&media[i], head_ms);
    return sum;
}

/* The longest heads that fit, in milliseconds; the least if even those do not. */
static unsigned longest_heads(const struct budget_medium *media, int count, uint64_t room)
{
    unsigned fits = BUDGET_HEAD_LEAST_MS, most = BUDGET_HEAD_MS;
    while (fits < most) {
        unsigned middle = (fits + most + 1) / 2;
        if (all_heads(media, count, middle) <= room)
            fits = middle;
        else
            most = middle - 1;
    }
    return fits;
}

void budget_make_plan(const struct budget_medium *media, int count, uint64_t blocks, struct budget_plan *plan)
{
    uint64_t room = blocks / 2;
    *plan = (struct budget_plan){0};
    plan->head_ms = budget_for_whole(media, count) <= blocks ? BUDGET_HEAD_MS : longest_heads(media, count, room);
    for (; plan->media < count; plan->media++) {
        uint64_t more = budget_head_blocks(&media[plan->media], plan->head_ms);
        if (plan->blocks + more > room && plan->head_ms == BUDGET_HEAD_LEAST_MS)
            break;
        plan->blocks += more;
    }
}

uint64_t budget_for_heads(const struct budget_medium *media, int count, unsigned head_ms)
{
    uint64_t twice = 2 * all_heads(media, count, head_ms), whole = budget_for_whole(media, count);
    return twice < whole ? twice : whole;
}

uint64_t budget_for_whole(const struct budget_medium *media, int count)
{
    uint64_t sum = 0;
    for (int i = 0; i < count; i++)
        sum += budget_whole_blocks(&media[i]);
    return sum;
}
