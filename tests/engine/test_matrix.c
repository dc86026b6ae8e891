/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which bus sounds on which device channel (SPEC B1), and that a change of it cannot be heard as a click. */
#include "config.h"

#include "base/xalloc.h"
#include "engine/device.h"
#include "engine/engine.h"
#include "engine/matrix.h"
#include "pcm/fade.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { CROSS = 240 };

static struct matrix *open_with(uint32_t channels)
{
    fade_tables_init();
    struct matrix *matrix = xaligned(_Alignof(struct matrix), sizeof *matrix);
    matrix_init(matrix);
    matrix_set_channels_rt(matrix, channels);
    return matrix;
}

static void set_sends(struct matrix *matrix, unsigned bus, const struct bus_sends sends)
{
    matrix_send_rt(matrix, bus, &sends, 0, 0, 0);
}

static void interleave(struct matrix *matrix, float *out, uint32_t frames)
{
    struct engine_output output;
    for (unsigned pair = 0; pair < ENGINE_PAIRS; pair++)
        output.pair[pair] = matrix_pair_rt(matrix, pair);
    device_interleave_rt(&output, matrix->channels, out, frames);
}

/* One frame in which bus b has b + 1 on the left and -(b + 1) on the right. */
static void route_one(struct matrix *matrix, float *out)
{
    float gains[1];
    matrix_begin_rt(matrix);
    for (unsigned b = 0; b < ENGINE_BUSSES; b++)
        matrix_add_rt(matrix, b, (float[]){(float)(b + 1), -(float)(b + 1)}, 10000, 1, 0, 1, gains);
    interleave(matrix, out, 1);
}

static void ten_channels_carry_five_busses(void **state)
{
    (void)state;
    float out[12];
    struct matrix *matrix = open_with(12);
    route_one(matrix, out);
    static const float want[12] = {1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 0, 0};
    assert_memory_equal(out, want, sizeof want);
    free(matrix);
}

static void what_the_device_lacks_goes_to_1_and_2(void **state)
{
    (void)state;
    float out[7];
    struct matrix *matrix = open_with(2);       /* A to D; Audition nowhere */
    route_one(matrix, out);
    assert_float_equal(out[0], 1 + 2 + 3 + 4, 0);
    assert_float_equal(out[1], -10, 0);
    matrix_set_channels_rt(matrix, 7);          /* D wants 7-8 and has but 7 */
    route_one(matrix, out);
    assert_float_equal(out[0], 1 + 4, 0);
    assert_float_equal(out[4], 3, 0);
    assert_float_equal(out[6], 0, 0);
    free(matrix);
}

static void one_channel_hears_both_sides_halved(void **state)
{
    (void)state;
    float out[3];
    struct matrix *matrix = open_with(3);
    set_sends(matrix, 0, (struct bus_sends){1, {{{2, 1}, 1}}});
    set_sends(matrix, 1, (struct bus_sends){1, {{{3, 3}, 1}}});
    route_one(matrix, out);
    assert_float_equal(out[2], 2 * 0.5f - 2 * 0.5f, 0);
    assert_float_equal(out[0], -1 + 3 + 4, 0);  /* A is swapped, C and D fold */
    assert_float_equal(out[1], 1 - 3 - 4, 0);
    matrix_set_channels_rt(matrix, 1);
    route_one(matrix, out);
    assert_float_equal(out[0], 0, 0);
    free(matrix);
}

/* Any side to any channel with any gain; what is sent to one place twice adds up; lacking places are left out. */
static void a_bus_is_sent_to_many_places(void **state)
{
    (void)state;
    float out[8];
    struct matrix *matrix = open_with(8);
    set_sends(matrix, 0, (struct bus_sends){5, {{{1, 2}, 0}, {{7, 8}, 0.5f}, {{8, 0}, 0.25f}, {{0, 7}, 2}, {{9, 3}, 1}}});
    for (unsigned b = 1; b < ENGINE_BUSSES; b++)
        set_sends(matrix, b, (struct bus_sends){0});
    route_one(matrix, out);
    static const float want[8] = {0, 0, -1, 0, 0, 0, 0.5f - 2, -0.5f + 0.25f};
    assert_memory_equal(out, want, sizeof want);
    assert_null(matrix_pair_rt(matrix, 2));     /* nothing is sent to 5-6: not even silence is made */
    free(matrix);
}

static void audition_is_heard_once_it_is_routed(void **state)
{
    (void)state;
    float out[2];
    struct matrix *matrix = open_with(2);
    for (unsigned b = 0; b < ENGINE_BUS_AUDITION; b++)
        set_sends(matrix, b, (struct bus_sends){0});
    route_one(matrix, out);
    assert_true(out[0] == 0 && out[1] == 0);
    set_sends(matrix, ENGINE_BUS_AUDITION, (struct bus_sends){1, {{{2, 1}, 1}}});
    route_one(matrix, out);
    assert_true(out[0] == -5 && out[1] == 5);
    free(matrix);
}

/* --- on the move --- */

enum { FRAMES = 4000, CHANNELS = 6, CHANGES = 60 };

/* A sine of 100 Hz moved every 3 to 40 frames, in the middle of the fades before: no step beyond the sine's own and that of
 * two 5 ms fades. The same at every period, bit for bit. */
static void run_changes(uint32_t period, float *out)
{
    static const struct bus_sends places[] = {
        {1, {{{1, 2}, 1}}}, {1, {{{3, 4}, 1}}}, {2, {{{5, 5}, 1}, {{1, 4}, 0.5f}}}, {1, {{{2, 1}, 1}}}, {0, {{{0, 0}, 0}}},
    };
    struct matrix *matrix = open_with(CHANNELS);
    uint64_t change_at = 500, lot = 12345;
    float stereo[2 * 512], gains[512];
    for (uint32_t begin = 0; begin < FRAMES; begin += period) {
        uint32_t frames = FRAMES - begin < period ? FRAMES - begin : period;
        for (uint32_t i = 0; i < frames; i++)
            stereo[2 * i] = stereo[2 * i + 1] = (float)sin((begin + i) * 2 * M_PI * 100 / 48000);
        matrix_begin_rt(matrix);
        for (uint32_t done = 0, count; done < frames; done += count) {
            count = frames - done;
            if (begin + done == change_at) {
                lot = lot * 6364136223846793005u + 1442695040888963407u;
                matrix_send_rt(matrix, 0, &places[(lot >> 33) % 5], (int64_t)change_at, 0, CROSS);
                change_at += 3 + (lot >> 50) % 38;
            }
            if (change_at - begin - done < count)
                count = (uint32_t)(change_at - begin - done);
            matrix_add_rt(matrix, 0, stereo + 2 * done, begin + done, frames, done, count, gains);
        }
        interleave(matrix, out + (size_t)begin * CHANNELS, frames);
    }
    free(matrix);
}

static void moves_make_no_click(void **state)
{
    (void)state;
    static float out[FRAMES * CHANNELS];
    run_changes(64, out);
    /* The sine's step, and a gain that goes by at most 1.5 in a fade on each of two sides. */
    const float most = (float)(2 * M_PI * 100 / 48000) * 1.5f + 2 * 1.5f / CROSS;
    float step = 0;
    for (int i = CHANNELS; i < FRAMES * CHANNELS; i++)
        step = fmaxf(step, fabsf(out[i] - out[i - CHANNELS]));
    assert_true(step > 0.005f && step <= most);
}

static void periods_leave_no_trace_in_a_move(void **state)
{
    (void)state;
    static float one[FRAMES * CHANNELS], other[FRAMES * CHANNELS];
    static const uint32_t periods[] = {1, 37, 512};
    run_changes(64, one);
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        run_changes(periods[i], other);
        assert_memory_equal(one, other, sizeof one);
    }
}

static void what_was_left_is_silent_after_5_ms(void **state)
{
    (void)state;
    struct matrix *matrix = open_with(4);
    float stereo[2 * CROSS], gains[CROSS];
    for (int i = 0; i < 2 * CROSS; i++)
        stereo[i] = 1;
    matrix_send_rt(matrix, 0, &(struct bus_sends){1, {{{3, 4}, 1}}}, 990, 10, CROSS);
    matrix_begin_rt(matrix);
    matrix_add_rt(matrix, 0, stereo, 1000, CROSS, 0, CROSS, gains);
    const float *left = matrix_pair_rt(matrix, 0), *to = matrix_pair_rt(matrix, 1);
    for (int i = 0; i < CROSS; i++) {
        assert_float_equal(left[2 * i], 1 - (float)i / CROSS, 1e-6);
        assert_float_equal(to[2 * i], (float)i / CROSS, 1e-6);
    }
    matrix_begin_rt(matrix);
    matrix_add_rt(matrix, 0, stereo, 1000 + CROSS, CROSS, 0, CROSS, gains);
    assert_null(matrix_pair_rt(matrix, 0));
    assert_true(matrix_pair_rt(matrix, 1)[0] == 1);
    free(matrix);
}

/* Busses come LATE frames after their time, for the limiters: a change that is taken back on its way goes on until then, and turns
 * there, to the frame. It had stood still for so long (seed 506 of tests/reference). */
static void a_late_change_that_is_taken_back_turns_in_its_time(void **state)
{
    (void)state;
    enum { LATE = 48, BACK = 100 };
    static const struct bus_sends elsewhere = {1, {{.channel = {3, 4}, .gain_lin = 1}}}, home = {1, {{.channel = {1, 2}, .gain_lin = 1}}};
    struct matrix *matrix = open_with(4);
    for (int64_t at = 0; at < 2 * CROSS; at++) {
        float out[4], gains[1];
        if (at == 0)
            matrix_send_rt(matrix, 0, &elsewhere, at, LATE, CROSS);
        if (at == BACK)
            matrix_send_rt(matrix, 0, &home, at, LATE, CROSS);
        matrix_begin_rt(matrix);
        matrix_add_rt(matrix, 0, (float[]){1, -1}, at, 1, 0, 1, gains);
        interleave(matrix, out, 1);
        double gone = 0, turned = (double)BACK / CROSS;
        if (at >= LATE && at <= LATE + BACK)
            gone = (double)(at - LATE) / CROSS;
        else if (at > LATE)
            gone = fmax(0, turned * (1 - (double)(at - LATE - BACK) / CROSS));
        assert_true(fabs((double)out[0] - (1 - gone)) < 1e-6 && fabs((double)out[2] - gone) < 1e-6);
        assert_true(out[1] == -out[0] && out[3] == -out[2]);
    }
    free(matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_channels_carry_five_busses), cmocka_unit_test(what_the_device_lacks_goes_to_1_and_2),
        cmocka_unit_test(one_channel_hears_both_sides_halved), cmocka_unit_test(a_bus_is_sent_to_many_places),
        cmocka_unit_test(audition_is_heard_once_it_is_routed), cmocka_unit_test(moves_make_no_click),
        cmocka_unit_test(a_late_change_that_is_taken_back_turns_in_its_time),
        cmocka_unit_test(periods_leave_no_trace_in_a_move), cmocka_unit_test(what_was_left_is_silent_after_5_ms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
