/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audio loop against the clock: wall time, and the frame a moment means. */
#include "config.h"

#include "base/err.h"
#include "engine/audio.h"
#include "fake_engine.h"
#include "platform/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

enum { RATE = 44100, PERIOD = 256 };

static struct audio *play(struct engine *engine)
{
    struct device_request request = {.name = "clock", .rate = RATE, .period = PERIOD};
    char note[160];
    struct audio *audio = audio_open(engine, &request, note, NULL);
    assert_non_null(audio);
    return audio;
}

static void the_clock_is_a_running_device(void **state)
{
    (void)state;
    struct engine *engine = engine_new(&(struct engine_config){.rate = RATE});
    struct audio *audio = play(engine);
    struct audio_status status;
    audio_get_status(audio, &status);
    assert_int_equal(status.state, AUDIO_RUNNING);
    assert_string_equal(status.name, "clock");
    assert_string_equal(status.note, "");
    assert_int_equal(status.format.rate, RATE);
    assert_int_equal(status.format.period, PERIOD);
    audio_close(audio);
    engine_free(engine);
}

static void frames_keep_wall_time(void **state)
{
    (void)state;
    struct engine *engine = engine_new(&(struct engine_config){.rate = RATE});
    uint64_t before = clock_now_rt();
    struct audio *audio = play(engine);
    struct audio_status status;
    audio_get_status(audio, &status);
    assert_in_range(status.start_ns, before, clock_now_rt());
    clock_sleep_ms(300);
    audio_close(audio);
    uint64_t most = (clock_now_rt() - status.start_ns) * RATE / CLOCK_SECOND_NS;
    assert_in_range(engine_frame_rt(engine), 1, most + PERIOD);
    engine_free(engine);
}

/* One period after a moment, whenever it is asked; a second later is a second of frames later. */
static void a_moment_means_a_frame(void **state)
{
    (void)state;
    struct engine *engine = engine_new(&(struct engine_config){.rate = RATE});
    struct audio *audio = play(engine);
    struct audio_status status;
    audio_get_status(audio, &status);
    uint64_t moment = status.start_ns + CLOCK_SECOND_NS;
    for (int i = 0; i < 30; i++) {
        clock_sleep_ms(3);
        if (atomic_load(&engine->xruns))
            continue;                           /* stopped for 200 ms: the frames behind the moment are others now */
        assert_in_range(audio_frame_at(audio, moment), RATE + PERIOD - 1, RATE + PERIOD + 1);
        assert_in_range(audio_frame_at(audio, status.start_ns), PERIOD - 1, PERIOD + 1);
    }
    assert_int_equal(audio_frame_at(audio, 0), 0);
    audio_close(audio);
    engine_free(engine);
}

/* An operation that arrives now and is given the frame of now is never too late, and never later than two periods from it. */
static void now_is_a_period_away(void **state)
{
    (void)state;
    struct engine *engine = engine_new(&(struct engine_config){.rate = RATE});
    struct audio *audio = play(engine);
    int early = 0;
    for (int i = 0; i < 100; i++) {
        clock_sleep_ms(1);
        uint64_t frame = audio_frame_at(audio, clock_now_rt());
        early += frame < engine_frame_rt(engine);
    }
    assert_true(early < 50);                    /* only where this thread was stopped between the two calls */
    audio_close(audio);
    engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_is_a_running_device), cmocka_unit_test(frames_keep_wall_time),
        cmocka_unit_test(a_moment_means_a_frame), cmocka_unit_test(now_is_a_period_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
