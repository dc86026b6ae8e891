/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a mapped card still has to play when the engine dies: to the frame, in every format, around the buffer's end. */
#include "config.h"

#include "engine/ring_fade.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum {
    RATE = 48000, BUFFER = 4096, CHANNELS = 2,
    AHEAD = RATE / 1000, FADE = RATE / 100 - AHEAD,
    LEVEL = 20000,
};
#define NOW UINT64_C(5000000000)
#define MS UINT64_C(1000000)

static int16_t ring[BUFFER * CHANNELS];

/* Full of one level; `written` frames were put there, of which `taken` and those of a millisecond have been played by NOW. */
static struct ring_note fill(uint64_t written, uint64_t taken)
{
    for (int i = 0; i < BUFFER * CHANNELS; i++)
        ring[i] = i % CHANNELS ? -LEVEL : LEVEL;
    return (struct ring_note){
        .base = (unsigned char *)ring, .empty_ns = NOW - MS + (written - taken) * 1000000000 / RATE + 1, .buffer = BUFFER,
        .end = (uint32_t)(written % BUFFER), .rate = RATE, .channels = CHANNELS, .frame_bytes = sizeof *ring * CHANNELS,
        .format = OUTPUT_S16,
    };
}

/* The frame that is the n-th to be played from NOW on. */
static const int16_t *played(uint64_t taken, uint64_t n)
{
    return ring + (taken + RATE / 1000 + n) % BUFFER * CHANNELS;
}

static void the_next_ten_milliseconds_fade_and_the_rest_is_silent(void **state)
{
    (void)state;
    static const uint64_t begins[] = {0, 1000, 3500, 4095, 100000};      /* with the buffer's end within and behind it */
    for (size_t b = 0; b < sizeof begins / sizeof *begins; b++) {
        const uint64_t taken = begins[b], written = taken + 2000, left = 2000 - RATE / 1000;
        struct ring_note note = fill(written, taken);
        assert_int_equal(ring_fade_apply(&note, NOW), RING_FADE_MS * MS);
        for (uint64_t n = 0; n < AHEAD; n++)
            assert_int_equal(played(taken, n)[0], LEVEL);
        for (uint64_t n = 0; n < FADE; n++) {
            float wanted = (1.0f - (float)(n + 1) / FADE) * LEVEL;
            assert_true(fabsf(played(taken, AHEAD + n)[0] - wanted) <= 1 && fabsf(played(taken, AHEAD + n)[1] + wanted) <= 1);
        }
        for (uint64_t n = AHEAD + FADE; n < left; n++)
            assert_true(played(taken, n)[0] == 0 && played(taken, n)[1] == 0);
        for (uint64_t n = left; n < BUFFER - RATE / 1000; n++)           /* what was played, or is not written yet */
            assert_int_equal(played(taken, n)[0], LEVEL);
    }
}

static void what_is_left_may_be_less_than_ten_milliseconds(void **state)
{
    (void)state;
    struct ring_note note = fill(300, 0);
    const uint64_t left = 300 - RATE / 1000;
    assert_int_equal(ring_fade_apply(&note, NOW), left * 1000000000 / RATE);
    assert_int_equal(played(0, AHEAD)[0], (int)(LEVEL * (1.0f - 1.0f / (float)(left - AHEAD))));
    assert_int_equal(played(0, left - 1)[0], 0);
    assert_int_equal(played(0, left)[0], LEVEL);
}

static void nothing_is_touched_where_nothing_is_left(void **state)
{
    (void)state;
    struct ring_note notes[] = {fill(48, 0), fill(0, 0), fill(96, 0), fill(2000, 0)};
    notes[3].empty_ns = NOW - 1;
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        assert_int_equal(ring_fade_apply(&notes[i], NOW), 0);
    for (int i = 0; i < BUFFER * CHANNELS; i++)
        assert_int_equal(ring[i], i % CHANNELS ? -LEVEL : LEVEL);
}

static void every_format_is_made_smaller(void **state)
{
    (void)state;
    static const float in[] = {0.5f, -0.25f};
    for (enum output_format format = 0; format < OUTPUT_FORMATS; format++) {
        _Alignas(8) unsigned char frame[2 * 4], half[2 * 4], silent[2 * 4];
        const float halved[] = {0.25f, -0.125f}, none[] = {0, 0};
        size_t bytes = 2 * output_sample_bytes(format);
        output_convert_rt(frame, in, format, 2, 1, 0, false);
        output_convert_rt(half, halved, format, 2, 1, 0, false);
        output_convert_rt(silent, none, format, 2, 1, 0, false);
        output_scale(frame, format, 2, 0.5f);
        assert_memory_equal(frame, half, bytes);
        output_scale(frame, format, 2, 0.0f);
        if (format == OUTPUT_F32)               /* -0.0 is silence too */
            frame[7] &= 0x7f;
        assert_memory_equal(frame, silent, bytes);
    }
}

static void what_is_forgotten_is_left_alone_until_it_is_noted_again(void **state)
{
    (void)state;
    struct ring_note note = fill(2000, 0);
    note.empty_ns = UINT64_MAX;                 /* it is full, whenever this is looked at */
    ring_fade_note_rt(&note);
    ring_fade_forget(ring);
    assert_false(ring_fade_runs_rt());
    ring_fade_run();
    assert_true(ring_fade_runs_rt());
    assert_int_equal(ring[1999 * CHANNELS], LEVEL);
    ring_fade_note_rt(&note);
    ring_fade_run();
    assert_int_equal(ring[1999 * CHANNELS], 0);
    assert_int_equal(ring[2000 * CHANNELS], LEVEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_ten_milliseconds_fade_and_the_rest_is_silent),
        cmocka_unit_test(what_is_left_may_be_less_than_ten_milliseconds),
        cmocka_unit_test(nothing_is_touched_where_nothing_is_left), cmocka_unit_test(every_format_is_made_smaller),
        cmocka_unit_test(what_is_forgotten_is_left_alone_until_it_is_noted_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
