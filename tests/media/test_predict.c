/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which clips are loaded before others: the order in which they are likely to be started, reason by
 * reason, and what comes of it in a memory that holds a few of them whole.
 */
#include "config.h"

#include "rig.h"

#include "base/xalloc.h"
#include "media/predict.h"
#include "wire/msg.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TABS = 2, ROWS = 4, COLUMNS = 10, CLIPS = TABS * ROWS * COLUMNS };

static uint32_t clip_at(int tab, int row, int column)
{
    return (uint32_t)((tab * ROWS + row) * COLUMNS + column);
}

/* Two tabs full of clips; each row is a group. */
static struct predict *make_grid(void)
{
    struct predict *predict = xcalloc(1, sizeof *predict);
    for (int tab = 0; tab < TABS; tab++)
        for (int row = 0; row < ROWS; row++)
            for (int column = 0; column < COLUMNS; column++)
                predict_place(predict, clip_at(tab, row, column), (uint8_t)tab, (uint8_t)row, (uint8_t)column, (uint8_t)row, false);
    return predict;
}

/* The clip of that rank, 0 the likeliest. */
static uint32_t ranked(const struct predict *predict, int rank)
{
    for (uint32_t clip = 0; clip < CLIPS; clip++) {
        int better = 0;
        for (uint32_t other = 0; other < CLIPS; other++)
            better += predict_score(predict, other) > predict_score(predict, clip);
        if (better == rank)
            return clip;
    }
    fail_msg("two clips have the same rank");
    return 0;
}

static void before_anything_the_order_of_the_grid(void **state)
{
    (void)state;
    struct predict *predict = make_grid();
    for (int rank = 0; rank < CLIPS; rank++)
        assert_int_equal(ranked(predict, rank), rank);
    predict_forget(predict, 3);
    assert_true(predict_score(predict, 3) == INT64_MIN);
    assert_true(predict_score(predict, PREDICT_CLIPS) == INT64_MIN);
    free(predict);
}

static void what_followed_what_weighs_most(void **state)
{
    (void)state;
    struct predict *predict = make_grid();
    uint32_t here = clip_at(0, 1, 1), often = clip_at(1, 3, 9), once = clip_at(1, 0, 5);
    for (int i = 0; i < 3; i++) {
        predict_started(predict, here);
        predict_started(predict, often);
    }
    predict_started(predict, here);
    predict_started(predict, once);
    predict_started(predict, here);
    assert_int_equal(ranked(predict, 0), often);        /* three of four times; before what stands beside it */
    assert_true(predict_score(predict, once) > predict_score(predict, clip_at(1, 0, 6)));
    free(predict);
}

static void then_what_stands_beside_it_and_its_group(void **state)
{
    (void)state;
    struct predict *predict = make_grid();
    predict_started(predict, clip_at(1, 1, 4));
    int64_t next = predict_score(predict, clip_at(1, 1, 5)), new_row = predict_score(predict, clip_at(1, 2, 0)),
            near = predict_score(predict, clip_at(1, 0, 3)), group = predict_score(predict, clip_at(1, 1, 9)),
            tab = predict_score(predict, clip_at(1, 3, 9)), elsewhere = predict_score(predict, clip_at(0, 1, 0)),
            stranger = predict_score(predict, clip_at(0, 0, 0));
    assert_true(next > new_row && new_row > near && near > group && group > tab && tab > elsewhere && elsewhere > stranger);
    free(predict);
}

static void how_often_and_how_lately(void **state)
{
    (void)state;
    struct predict *predict = make_grid();
    uint32_t often = clip_at(1, 0, 0), once = clip_at(1, 0, 9), last = clip_at(0, 3, 0);
    for (int i = 0; i < 8; i++)
        predict_started(predict, often);
    predict_started(predict, once);
    for (int i = 0; i < 100; i++)                       /* neither was lately, then */
        predict_started(predict, last);
    assert_true(predict_score(predict, often) > predict_score(predict, once));
    assert_true(predict_score(predict, once) > predict_score(predict, clip_at(1, 2, 9)));
    predict_started(predict, once);
    predict_started(predict, last);
    assert_true(predict_score(predict, once) > predict_score(predict, often));
    free(predict);
}

/* 24 media of 48 blocks and their heads in a memory for a third of them whole; four of the last are pinned. */
static void what_is_pinned_is_there_whole(void **state)
{
    (void)state;
    enum { MEDIA = 24, BLOCKS = 48, PINNED = 20 };
    struct rig rig;
    rig_init(&rig, (uint64_t)MEDIA * (BLOCKS / 3 + 4) * CLIPMEM_BLOCK_BYTES, 1);
    rig_make_file("48blocks.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, BLOCKS * 1024);
    for (uint32_t slot = 0; slot < MEDIA; slot++) {
        struct msg_media_clip clip = {.clip = slot, .slot = slot, .column = (uint8_t)slot, .pinned = slot >= PINNED, .starts = 1,
                                      .out = -1};
        loader_want(rig.loader, slot, AT_FDCWD, "48blocks.wav");
        loader_clip(rig.loader, &clip);
    }
    rig_run(&rig);
    assert_false(loader_has_all(rig.loader));
    for (uint32_t slot = 0; slot < MEDIA; slot++)
        assert_true(clipmem_resident(rig.memory, slot, 0));
    for (uint32_t slot = PINNED; slot < MEDIA; slot++)
        assert_int_equal(clipmem_slot_blocks(rig.memory, slot), BLOCKS);
    assert_in_range(clipmem_slot_blocks(rig.memory, PINNED - 1), 1, BLOCKS - 1);
    for (uint32_t slot = 0; slot < PINNED; slot++)      /* all others are played, and want room */
        loader_played(rig.loader, slot);
    rig_run(&rig);
    for (uint32_t slot = PINNED; slot < MEDIA; slot++)
        assert_int_equal(clipmem_slot_blocks(rig.memory, slot), BLOCKS);
    rig_clear(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_anything_the_order_of_the_grid), cmocka_unit_test(what_followed_what_weighs_most),
        cmocka_unit_test(then_what_stands_beside_it_and_its_group), cmocka_unit_test(how_often_and_how_lately),
        cmocka_unit_test(what_is_pinned_is_there_whole),
    };
    return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
