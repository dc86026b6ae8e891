/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The capture thread: channels where they belong, time told, levels shown, LTC heard by the timing thread alone, gaps as silence. */
#include "config.h"

#include "engine/capture.h"
#include "engine/ltc_input.h"
#include "platform/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { LOOK = 4096 };

static struct inputs *inputs;
static struct state_segment *state;
static float stereo[LOOK * 2];

static int set_up(void **context)
{
    (void)context;
    int fd = inputs_create();
    inputs = inputs_map(fd, true);
    close(fd);
    state = aligned_alloc(_Alignof(struct state_segment), sizeof *state);
    memset(state, 0, sizeof *state);
    return inputs ? 0 : -1;
}

static int tear_down(void **context)
{
    (void)context;
    inputs_unmap(inputs);
    free(state);
    return 0;
}

static struct capture *open_inputs(const char *name, uint8_t left, uint8_t right, uint8_t ltc)
{
    struct capture_request request = {.rate = 48000, .record = {{left, right}, {2, 2}}, .ltc = ltc};
    strcpy(request.name, name);
    struct capture *capture = capture_open(&request, inputs, state);
    assert_non_null(capture);
    return capture;
}

/* For ten seconds at most. */
static void wait_for_frames(uint64_t frames)
{
    for (int i = 0; i < 2000 && inputs_written(inputs) < frames; i++)
        clock_sleep_ms(5);
    assert_true(inputs_written(inputs) >= frames);
}

/* The number that "count" gave a sample. */
static uint64_t number_of(float sample, unsigned channel)
{
    return ((uint64_t)((double)sample * (1 << 24)) - 1 - channel) / 4;
}

static void channels_come_where_they_belong(void **context)
{
    (void)context;
    struct capture *capture = open_inputs("count", 4, 1, 0);
    wait_for_frames(LOOK);
    capture_close(capture);
    assert_true(inputs_read(inputs, 0, 0, stereo, LOOK));
    uint64_t first = number_of(stereo[0], 3);
    for (uint32_t i = 0; i < LOOK; i++) {
        assert_true(stereo[2 * i] == capture_count_rt(first + i, 3));
        assert_true(stereo[2 * i + 1] == capture_count_rt(first + i, 0));
    }
    assert_true(inputs_read(inputs, 1, 0, stereo, LOOK));
    for (uint32_t i = 0; i < LOOK; i++)
        assert_true(stereo[2 * i] == capture_count_rt(first + i, 1) && stereo[2 * i + 1] == stereo[2 * i]);
}

static void levels_and_time_are_shown(void **context)
{
    (void)context;
    struct state_inputs shown;
    struct state_ltc ltc;
    struct capture_status status;
    struct capture *capture = open_inputs("count", 1, 2, 6);
    wait_for_frames(LOOK);
    capture_get_status(capture, &status);
    assert_true(status.running && status.rate == 48000 && status.channels == 6);
    assert_true(seqlock_read(&state->inputs_lock, &state->inputs, &shown, sizeof shown));
    assert_true(shown.rate == 48000 && shown.frame > 0 && shown.input[0].wanted && shown.input[0].peak_lin > 0);
    assert_true(clock_now_rt() >= shown.time_ns);
    for (int i = 0; i < 2000; i++) {
        assert_true(seqlock_read(&state->ltc_lock, &state->ltc, &ltc, sizeof ltc));
        if (ltc.frames >= LOOK)
            break;
        clock_sleep_ms(5);
    }
    assert_true(ltc.wanted && ltc.frames >= LOOK && ltc.peak_lin > 0);
    capture_close(capture);
}

/* An engine that follows a dead one: what nobody heard stands as silence, and all behind it where the clock says. */
static void a_gap_is_silence_of_its_length(void **context)
{
    (void)context;
    struct capture *capture = open_inputs("count", 1, 1, 0);
    wait_for_frames(1000);
    capture_close(capture);
    uint64_t gap = inputs_written(inputs);
    clock_sleep_ms(50);
    capture = open_inputs("count", 1, 1, 0);
    wait_for_frames(gap + 4000);
    capture_close(capture);
    assert_true(inputs_read(inputs, 0, 0, stereo, LOOK));
    uint64_t first = number_of(stereo[0], 0);
    uint32_t silent = 0;
    for (uint32_t i = 0; i < LOOK; i++) {
        silent += stereo[2 * i] == 0;
        assert_true(stereo[2 * i] == 0 ? i >= gap : stereo[2 * i] == capture_count_rt(first + i, 0));
    }
    assert_in_range(silent, 2300, LOOK - gap);
    struct state_inputs shown;
    assert_true(seqlock_read(&state->inputs_lock, &state->inputs, &shown, sizeof shown));
    assert_true(shown.lost >= 2300);
}

static void what_is_not_there_is_said_and_silent(void **context)
{
    (void)context;
    struct capture_request none = {.rate = 48000};
    assert_null(capture_open(&none, inputs, state));
    struct capture_status status = {0};
    struct capture *capture = open_inputs("no-such-pcm", 1, 2, 0);
    for (int i = 0; i < 2000 && !status.note[0]; i++) {
        clock_sleep_ms(5);
        capture_get_status(capture, &status);
    }
    capture_close(capture);
    assert_false(status.running);
    assert_non_null(strstr(status.note, "no-such-pcm"));
    capture = open_inputs("clock", 1, 9, 0);
    wait_for_frames(LOOK);
    capture_get_status(capture, &status);
    assert_string_equal(status.note, "clock has 6 channels: an input on channel 9 is silent");
    capture_close(capture);
    assert_true(inputs_read(inputs, 0, 0, stereo, LOOK));
    for (uint32_t i = 0; i < LOOK * 2; i++)
        assert_true(stereo[i] == 0);
}

/* A signal of 30 ms, a pause, another one: it is there, drops out once, is there again. */
static void ltc_that_goes_away_is_a_dropout(void **context)
{
    (void)context;
    struct state_ltc shown = {0};
    struct ltc_input *ltc = ltc_input_open(state);
    float loud[480], quiet[480] = {0};
    for (int i = 0; i < 480; i++)
        loud[i] = i & 1 ? 0.25f : -0.25f;
    for (int i = 0; i < 9; i++)
        ltc_input_put_rt(ltc, i < 3 || i == 8 ? loud : quiet, 480, 10000000, 48000);
    for (int i = 0; i < 2000 && shown.frames < 9 * 480; i++) {
        clock_sleep_ms(5);
        assert_true(seqlock_read(&state->ltc_lock, &state->ltc, &shown, sizeof shown));
    }
    ltc_input_close(ltc);
    assert_int_equal(shown.frames, 9 * 480);
    assert_int_equal(shown.dropouts, 1);
    assert_int_equal(shown.present, 1);
    assert_int_equal(shown.lost, 0);
    assert_true(shown.peak_lin == 0.25f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(channels_come_where_they_belong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(levels_and_time_are_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_gap_is_silence_of_its_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_said_and_silent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ltc_that_goes_away_is_a_dropout, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
