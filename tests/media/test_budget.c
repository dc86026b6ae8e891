/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sharing out clip memory: heads counted by hand and by marking blocks one by one, and the bounds of every plan. */
#include "config.h"

#include "media/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { RATE = 48000, MEDIA = 300, BLOCKS_MAX = 8192 };

static struct budget_medium medium(enum clipmem_format format, unsigned channels, int64_t frames,
                                   const int64_t *point, int points)
{
    return (struct budget_medium){.format = format, .channels = channels, .chain_rate = RATE, .frames = frames, .point = point,
                                  .points = points};
}

static void a_head_reaches_over_the_blocks_it_touches(void **state)
{
    (void)state;
    const int64_t block = clipmem_block_frames(CLIPMEM_S16, 2), head = budget_head_frames(RATE, 20);
    assert_int_equal(head, 960);
    const int64_t points[] = {0, block - 1, 10 * block};
    struct budget_medium one = medium(CLIPMEM_S16, 2, 100 * block, points, 1);
    assert_int_equal(budget_head_blocks(&one, 20), (head + block - 1) / block);
    one.points = 3;             /* the second begins in the block of the first and ends in the next */
    assert_int_equal(budget_head_blocks(&one, 20), (block - 1 + head - 1) / block + 1 + (head + block - 1) / block);
    one.frames = 10 * block + 1;        /* the third has one frame */
    assert_int_equal(budget_head_blocks(&one, 20), (block - 1 + head - 1) / block + 2);
    assert_int_equal(budget_whole_blocks(&one), 11);
    one.frames = 10 * block;            /* the third lies behind the end */
    assert_int_equal(budget_head_blocks(&one, 20), (block - 1 + head - 1) / block + 1);
    assert_int_equal(budget_head_frames(44100, 250), 11025);
    assert_int_equal(budget_head_frames(44101, 20), 883);
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* A random medium whose points, now and then outside of it, are in store[5]. */
static struct budget_medium random_medium(int64_t *store)
{
    struct budget_medium one = medium(rand() % 2 ? CLIPMEM_S16 : CLIPMEM_F32, 1 + (unsigned)rand() % 2, 1 + rand() % 200000,
                                      store, 1 + rand() % 5);
    for (int i = 0; i < one.points; i++)
        store[i] = rand() % (one.frames + 1000) - (rand() % 10 == 0 ? 5 : 0);
    qsort(store, (size_t)one.points, sizeof *store, compare);
    return one;
}

static void heads_are_what_marking_blocks_gives(void **state)
{
    (void)state;
    for (int round = 0; round < 1000; round++) {
        static bool marked[BLOCKS_MAX];
        int64_t store[5];
        struct budget_medium one = random_medium(store);
        unsigned ms = BUDGET_HEAD_LEAST_MS + (unsigned)rand() % (BUDGET_HEAD_MS - BUDGET_HEAD_LEAST_MS + 1);
        int64_t block = clipmem_block_frames(one.format, one.channels), head = budget_head_frames(RATE, ms);
        uint64_t count = 0;
        memset(marked, 0, sizeof marked);
        for (int i = 0; i < one.points; i++)
            for (int64_t at = store[i]; store[i] >= 0 && at < store[i] + head && at < one.frames; at++)
                marked[at / block] = true;
        for (int i = 0; i < BLOCKS_MAX; i++)
            count += marked[i];
        assert_int_equal(budget_head_blocks(&one, ms), count);
    }
}

/* Any budget: heads take no more than half of it, they could not be longer, and the first without one would not fit. */
static void plans_keep_their_bounds(void **state)
{
    (void)state;
    static int64_t store[MEDIA][5];
    static struct budget_medium media[MEDIA];
    for (int i = 0; i < MEDIA; i++)
        media[i] = random_medium(store[i]);
    uint64_t whole = budget_for_whole(media, MEDIA), least = budget_for_heads(media, MEDIA, BUDGET_HEAD_LEAST_MS);
    uint64_t full = budget_for_heads(media, MEDIA, BUDGET_HEAD_MS);
    assert_true(least < full && full <= whole);
    for (uint64_t blocks = 0; blocks <= whole + 8; blocks += 1 + whole / 400) {
        struct budget_plan plan, longer;
        budget_make_plan(media, MEDIA, blocks, &plan);
        assert_in_range(plan.head_ms, BUDGET_HEAD_LEAST_MS, BUDGET_HEAD_MS);
        assert_true(plan.blocks <= blocks / 2 || blocks >= whole);
        assert_int_equal(plan.media == MEDIA, blocks >= least);
        assert_int_equal(plan.head_ms == BUDGET_HEAD_MS && plan.media == MEDIA, blocks >= full);
        if (plan.media < MEDIA)
            assert_true(plan.blocks + budget_head_blocks(&media[plan.media], plan.head_ms) > blocks / 2);
        else if (plan.head_ms < BUDGET_HEAD_MS)
            assert_true(budget_for_heads(media, MEDIA, plan.head_ms + 1) > blocks);
        budget_make_plan(media, MEDIA, blocks + whole / 50, &longer);
        assert_true(longer.head_ms >= plan.head_ms && longer.media >= plan.media);
    }
    struct budget_plan none;
    budget_make_plan(NULL, 0, 0, &none);
    assert_int_equal(none.media, 0);
    assert_int_equal(none.head_ms, BUDGET_HEAD_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_reaches_over_the_blocks_it_touches), cmocka_unit_test(heads_are_what_marking_blocks_gives),
        cmocka_unit_test(plans_keep_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
