/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings: what the file holds while it grows, past 4 GB, after a gap, and when it cannot be written. */
#include "config.h"

#include "base/err.h"
#include "engine/audio.h"
#include "engine/recording.h"
#include "fake_engine.h"
#include "platform/clock.h"

#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { CHANNELS = 2 * ENGINE_BUSSES };

static char folder[] = "/tmp/clipgrid-test-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/out.wav", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static SNDFILE *open_recorded(SF_INFO *info)
{
    *info = (SF_INFO){0};
    SNDFILE *file = sf_open(path, SFM_READ, info);
    assert_non_null(file);
    assert_int_equal(info->channels, CHANNELS);
    assert_int_equal(info->samplerate, 48000);
    assert_int_equal(info->format & SF_FORMAT_SUBMASK, SF_FORMAT_FLOAT);
    return file;
}

/* Reads the whole file. Return: samples, to be freed. */
static float *read_recorded(sf_count_t *frames)
{
    SF_INFO info;
    SNDFILE *file = open_recorded(&info);
    float *samples = malloc((size_t)info.frames * CHANNELS * sizeof *samples + 1);
    *frames = sf_readf_float(file, samples, info.frames);
    assert_int_equal(*frames, info.frames);
    sf_close(file);
    return samples;
}

static struct audio *play(struct engine **engine, uint64_t start_ns)
{
    struct device_request request = {.rate = 48000, .period = 64, .periods = 2, .start_ns = start_ns};
    snprintf(request.name, sizeof request.name, "file:%s", path);
    char note[160];
    struct err err;
    *engine = engine_new(NULL);
    struct audio *audio = audio_open(*engine, &request, note, &err);
    assert_non_null(audio);
    struct audio_status status;
    audio_get_status(audio, &status);
    assert_int_equal(status.state, AUDIO_RUNNING);
    assert_int_equal(status.format.channels, CHANNELS);
    return audio;
}

static void wait_for_frames(const struct engine *engine, uint64_t frames)
{
    while (engine_frame_rt(engine) < frames)
        clock_sleep_ms(10);
}

/* The file says frame by frame what the engine made. After lost time (a busy machine) 5 ms are faded in. Return: frames right. */
static sf_count_t check_content(const float *samples, sf_count_t frames, sf_count_t from, uint64_t first)
{
    sf_count_t right = 0;
    for (sf_count_t i = from; i < frames; i++) {
        const float *frame = samples + i * CHANNELS;
        float want = fake_sample(first + (uint64_t)(i - from));
        for (int c = 2; c < 2 * ENGINE_BUS_AUDITION; c++)
            assert_float_equal(frame[c], 0, 0);
        right += frame[0] == want && frame[1] == -want && frame[8] == FAKE_AUDITION && frame[9] == FAKE_AUDITION;
        assert_true(frame[0] <= want);
    }
    return right;
}

/* Where the engine's frame 0 belongs, by the last frames that were not fading in: a busy machine may have kept it from
 * sounding. */
static sf_count_t place_of_first(const float *samples, sf_count_t frames)
{
    enum { RUN = 480 };
    for (sf_count_t end = frames, run = 0; end > 1; end--) {
        run = fake_frame(samples[(end - 1) * CHANNELS]) == fake_frame(samples[(end - 2) * CHANNELS]) + 1 ? run + 1 : 0;
        if (run == RUN)
            return end - 1 - (sf_count_t)fake_frame(samples[(end - 1) * CHANNELS]);
    }
    fail_msg("no %d frames in a row", RUN);
    return 0;
}

static void the_file_is_what_the_engine_made(void **state)
{
    (void)state;
    struct engine *engine;
    struct audio *audio = play(&engine, 0);
    wait_for_frames(engine, 24000);
    audio_close(audio);
    sf_count_t frames;
    float *samples = read_recorded(&frames);
    assert_in_range(frames, 24000, engine_frame_rt(engine));
    sf_count_t right = check_content(samples, frames, 0, 0);
    if (atomic_load(&engine->xruns) == 0) {
        assert_int_equal(right, frames);
        assert_int_equal(frames, engine_frame_rt(engine));
    }
    assert_true(right >= 240);
    free(samples);
    engine_free(engine);
}

static void sizes_are_right_while_it_grows(void **state)
{
    (void)state;
    struct engine *engine;
    struct audio *audio = play(&engine, 0);
    SF_INFO info = {0};
    for (int tries = 0; tries < 1000 && info.frames < 48000; tries++) {
        clock_sleep_ms(20);
        sf_close(open_recorded(&info));
    }
    assert_in_range(info.frames, 48000, engine_frame_rt(engine));
    audio_close(audio);
    engine_free(engine);
}

static void a_restart_goes_on_where_the_clock_is(void **state)
{
    (void)state;
    struct engine *engine;
    struct audio *audio = play(&engine, 0);
    struct audio_status status;
    audio_get_status(audio, &status);
    wait_for_frames(engine, 4800);
    audio_close(audio);
    sf_count_t first = (sf_count_t)engine_frame_rt(engine), frames;
    engine_free(engine);
    clock_sleep_ms(100);

    uint64_t begin = clock_now_rt();
    audio = play(&engine, status.start_ns);
    uint64_t end = clock_now_rt();
    wait_for_frames(engine, 4800);
    audio_close(audio);
    float *samples = read_recorded(&frames);
    check_content(samples, first, 0, 0);
    sf_count_t second = place_of_first(samples, frames);
    assert_true((uint64_t)second >= (begin - status.start_ns) * 48 / 1000000);
    assert_true((uint64_t)second <= (end - status.start_ns) * 48 / 1000000 + 1);
    for (sf_count_t i = first; i < second; i++)
        assert_float_equal(samples[i * CHANNELS], 0, 0);
    check_content(samples, frames, second, 0);
    assert_in_range(frames - second, 4800, engine_frame_rt(engine));
    free(samples);
    engine_free(engine);
}

static void anything_else_there_is_replaced(void **state)
{
    (void)state;
    struct recording recording;
    FILE *file = fopen(path, "w");
    fputs("not a recording, but much longer than the head of one, so that its length alone does not give it away; really, "
          "it goes on and on like this\n", file);
    fclose(file);
    assert_int_equal(recording_open(&recording, path, 48000, 2, true, NULL), 0);
    assert_int_equal(recording.frames, 0);
    float samples[8] = {0.5f, 0.25f};
    recording_write(&recording, 0, samples, 4);
    recording_close(&recording);
    assert_int_equal(recording_open(&recording, path, 48000, 2, true, NULL), 0);
    assert_int_equal(recording.frames, 4);
    recording_close(&recording);
    assert_int_equal(recording_open(&recording, path, 44100, 2, true, NULL), 0);
    assert_int_equal(recording.frames, 0);
    recording_close(&recording);
}

static void past_4_gb_it_is_an_rf64(void **state)
{
    (void)state;
    struct recording recording;
    const uint64_t far = UINT64_C(5) << 30;     /* bytes: mostly a hole */
    const uint64_t at = far / (CHANNELS * sizeof(float));
    float samples[CHANNELS] = {0.125f};
    assert_int_equal(recording_open(&recording, path, 48000, CHANNELS, false, NULL), 0);
    assert_int_equal(recording_write(&recording, at, samples, 1), 0);
    recording_close(&recording);
    SF_INFO info;
    SNDFILE *file = open_recorded(&info);
    assert_int_equal(info.format & SF_FORMAT_TYPEMASK, SF_FORMAT_RF64);
    assert_int_equal(info.frames, at + 1);
    assert_int_equal(sf_seek(file, (sf_count_t)at, SEEK_SET), at);
    assert_int_equal(sf_readf_float(file, samples, 1), 1);
    assert_float_equal(samples[0], 0.125f, 0);
    sf_close(file);
}

static void what_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    static const char *const bad[] = {"file:/no/such/folder/x.wav", "file:/", "file:/dev/null", "file:"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct device_request request = {.rate = 48000};
        snprintf(request.name, sizeof request.name, "%s", bad[i]);
        struct engine *engine = engine_new(NULL);
        struct err err = {0};
        char note[160];
        assert_null(audio_open(engine, &request, note, &err));
        assert_int_equal(err.code, ERR_IO);
        assert_non_null(strstr(err.text, "cannot record into it"));
        engine_free(engine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_what_the_engine_made), cmocka_unit_test(sizes_are_right_while_it_grows),
        cmocka_unit_test(a_restart_goes_on_where_the_clock_is), cmocka_unit_test(anything_else_there_is_replaced),
        cmocka_unit_test(past_4_gb_it_is_an_rf64), cmocka_unit_test(what_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
