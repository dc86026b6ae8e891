/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an ALSA device may be: busy, of another rate, of any format, without a clock, or a driver that never answers. */
#include "config.h"

#include "base/err.h"
#include "fake_engine.h"
#include "faulty_card.h"
#include "platform/clock.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* Return: whether so many more frames are played, in 10 s at most. */
static bool plays_on(struct run *run, uint64_t frames)
{
    uint64_t until = clock_now_rt() + 10 * CLOCK_SECOND_NS;
    frames += engine_frame_rt(run->engine);
    while (engine_frame_rt(run->engine) < frames && clock_now_rt() < until)
        run_for_ms(run, 10);
    return engine_frame_rt(run->engine) >= frames;
}

static void a_busy_card_is_taken_when_it_is_free(void **state)
{
    (void)state;
    struct device_request request = card_request("fault");
    struct run run = run_begin("0 busy 300", &request);
    assert_int_equal(run.status.state, AUDIO_SILENT);
    assert_string_equal(run.status.note, "fault: it is in use by another program");
    assert_int_equal(run.status.format.rate, RATE);
    assert_true(plays_on(&run, RATE / 10));     /* the show's time runs */
    assert_true(run_until_running(&run));
    assert_string_equal(run.status.note, "");
    run_end(&run);
}

static void another_rate_is_followed(void **state)
{
    (void)state;
    struct device_request request = card_request("fault");
    struct run run = run_begin("0 rates 44100", &request);
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    assert_int_equal(run.status.format.rate, 44100);
    assert_true(plays_on(&run, RATE / 10));
    assert_int_equal(engine_rate_rt(run.engine), 44100);
    run_end(&run);
    request.rate = 0;
    assert_int_equal(audio_probe_rate(&request, NULL), 44100);
    request.rate = 44100;
    assert_int_equal(audio_probe_rate(&request, NULL), 44100);
}

static void a_rate_no_show_has_is_refused_in_words(void **state)
{
    (void)state;
    struct device_request request = card_request("fault");
    struct run run = run_begin("0 rates 32000", &request);
    run_end(&run);
    struct err err;
    request.rate = 0;
    assert_int_equal(audio_probe_rate(&request, &err), 0);
    assert_string_equal(err.text, "fault: runs at 32000 Hz; must be 44100, 48000, 88200 or 96000");
}

static void rates_are_probed(void **state)
{
    (void)state;
    struct device_request request = card_request("fault");
    struct run run = run_begin("", &request);
    run_end(&run);
    request.rate = 0;
    assert_int_equal(audio_probe_rate(&request, NULL), 48000);
    card_make("");
    request.rate = 96000;
    assert_int_equal(audio_probe_rate(&request, NULL), 96000);
    assert_int_equal(audio_probe_rate(&(struct device_request){.name = "clock"}, NULL), 48000);
    struct err err;
    assert_int_equal(audio_probe_rate(&(struct device_request){.name = "nosuch"}, &err), 0);
    assert_string_equal(err.text, "nosuch: there is no such sound device");
}

static void two_channels_hear_the_groups_and_not_audition(void **state)
{
    (void)state;
    struct device_request request = card_request("fault");
    struct run run = run_begin("0 channels 2", &request);
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    assert_int_equal(run.status.format.channels, 2);
    assert_string_equal(run.status.format.format, "S32_LE");
    assert_int_equal(run.status.format.period, PERIOD);
    assert_int_equal(run.status.format.periods, PERIODS);
    run_for_ms(&run, 200);
    run_end(&run);
    struct capture *capture = capture_read();
    assert_int_equal(capture->channels, 2);
    /* frames that number themselves: nothing was added to them */
    assert_true(capture_sound_between(capture, 0, 1) > 0.05 * RATE);
    capture_free(capture);
}

/* The left sample of a frame, in the scale of 1, of whatever format. */
static double left_sample(const unsigned char *frame, const char *format)
{
    float sample;
    if (strcmp(format, "S16_LE") == 0)
        return (int16_t)(frame[0] | frame[1] << 8) / 0x1p15;
    if (strncmp(format, "S24", 3) == 0)
        return ((int32_t)((uint32_t)frame[0] << 8 | (uint32_t)frame[1] << 16 | (uint32_t)frame[2] << 24) >> 8) / 0x1p23;
    memcpy(&sample, frame, sizeof sample);
    return sample;
}

struct format {
    const char *name;
    size_t bytes;
    double lsb;
};

/* Plays on a card of this format alone. Return: frames that were right, up to the machine's own first xrun. */
static int64_t play_format(const struct format *format)
{
    setenv("FAULTPCM_FORMAT", format->name, 1);
    struct device_request request = card_request("faultformat");
    struct run run = run_begin("", &request);
    assert_string_equal(run.status.format.format, format->name);
    run_for_ms(&run, 150);
    run_end(&run);
    unsigned char frame[64];
    FILE *out = fopen(card_output(), "r");
    int64_t at = 0, right = 0, first = -1, first_frame = 0;
    for (; fread(frame, 10 * format->bytes, 1, out) == 1; at++) {
        double sample = left_sample(frame, format->name);
        if (sample != 0 && first < 0) {
            first = at;
            first_frame = fake_frame(sample);   /* to half an LSB */
        }
        right += first >= 0 && fabs(sample - fake_sample((uint64_t)(first_frame + at - first))) <= 1.5 * format->lsb;
    }
    fclose(out);
    return right;
}

static void every_format_sounds_the_same(void **state)
{
    (void)state;
    static const struct format formats[] = {
        {"S16_LE", 2, 0x1p-15}, {"S24_3LE", 3, 0x1p-23}, {"S24_LE", 4, 0x1p-23}, {"FLOAT_LE", 4, 0x1p-24},
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        int64_t right = 0;
        for (int tries = 0; tries < 4 && right < RATE / 50; tries++)
            right = play_format(&formats[i]);
        assert_true(right >= RATE / 50);
    }
}

static void audition_has_its_own_channels(void **state)
{
    (void)state;
    struct device_request request = card_request("fault");
    struct run run = run_begin("", &request);
    run_for_ms(&run, 200);
    run_end(&run);
    struct capture *capture = capture_read();
    assert_int_equal(capture->channels, 10);
    const struct segment *first = &capture->segment[0];
    assert_true(capture->segments > 0);
    for (int64_t i = first->at; i < first->at + first->frames; i++)
        assert_int_equal(capture->samples[i * 10 + 9], (int32_t)(FAKE_AUDITION * 0x1p31));
    capture_free(capture);
}

static void a_card_without_a_clock_is_paced(void **state)
{
    (void)state;
    struct device_request request = card_request("null");
    uint64_t before = clock_now_rt();
    double cpu = cpu_seconds();
    struct run run = run_begin("", &request);
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    uint32_t changes = run.status.changes;
    assert_true(plays_on(&run, RATE / 2));
    assert_int_equal(run.status.changes, changes);
    uint64_t frames = engine_frame_rt(run.engine), played_ms = (clock_now_rt() - before) / 1000000;
    assert_true(frames <= (played_ms + 50) * RATE / 1000);
    assert_true(cpu_seconds() - cpu < CPU_SHARE * (double)played_ms / 1000 + 0.05);
    run_end(&run);
}

/* --- a driver that never answers --- */

static char fifo[96];

static struct device_request request_that_hangs(void)
{
    snprintf(fifo, sizeof fifo, "%s/fifo", card_folder());
    assert_int_equal(mkfifo(fifo, 0600), 0);
    setenv("HANG_FIFO", fifo, 1);
    return card_request("hang");
}

/* Someone who reads the FIFO: lets hanging calls return. */
struct reader {
    int fd;
    _Atomic bool quit;
    pthread_t thread;
};

static void *read_all(void *context)
{
    struct reader *reader = context;
    char bytes[65536];
    while (!reader->quit)
        if (read(reader->fd, bytes, sizeof bytes) <= 0)
            clock_sleep_ms(2);
    return NULL;
}

static void begin_reading(struct reader *reader)
{
    reader->quit = false;
    assert_int_equal(pthread_create(&reader->thread, NULL, read_all, reader), 0);
}

static void end_reading(struct reader *reader)
{
    reader->quit = true;
    pthread_join(reader->thread, NULL);
    close(reader->fd);
    unlink(fifo);
}

static void a_driver_that_hangs_in_open_is_left_alone(void **state)
{
    (void)state;
    struct device_request request = request_that_hangs();
    uint64_t before = clock_now_rt();
    struct run run = run_begin("", &request);       /* its open waits for someone to read the FIFO */
    assert_in_range(clock_now_rt() - before, 2 * CLOCK_SECOND_NS, 20 * CLOCK_SECOND_NS);
    assert_int_equal(run.status.state, AUDIO_SILENT);
    assert_string_equal(run.status.note, "hang does not answer");
    assert_true(plays_on(&run, 1));
    before = clock_now_rt();
    run_end(&run);
    assert_in_range(clock_now_rt() - before, 0, 20 * CLOCK_SECOND_NS);
    struct reader reader = {.fd = open(fifo, O_RDONLY | O_NONBLOCK)};
    begin_reading(&reader);
    clock_sleep_ms(300);                        /* the thread that was left behind comes to its end */
    end_reading(&reader);
}

static void a_driver_that_hangs_while_playing_does_not_stop_the_show(void **state)
{
    (void)state;
    struct device_request request = request_that_hangs();
    struct reader reader = {.fd = open(fifo, O_RDWR | O_NONBLOCK)};
    uint64_t before = clock_now_rt();
    struct run run = run_begin("", &request);       /* plays until the FIFO is full */
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    while (run.status.state == AUDIO_RUNNING && clock_now_rt() - before < 20 * CLOCK_SECOND_NS)
        run_for_ms(&run, 10);
    assert_string_equal(run.status.note, "hang hangs in its driver");
    uint64_t played_ms = (clock_now_rt() - before) / 1000000;
    assert_true(plays_on(&run, RATE / 10));
    assert_true(engine_frame_rt(run.engine) > played_ms * RATE / 1000);     /* wall time was kept */
    begin_reading(&reader);                     /* now the card comes back, is closed, and taken again */
    assert_true(run_until_running(&run));
    run_end(&run);
    end_reading(&reader);
}

int main(void)
{
    if (card_is_missing())
        return card_is_missing();
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_busy_card_is_taken_when_it_is_free), cmocka_unit_test(another_rate_is_followed),
        cmocka_unit_test(a_rate_no_show_has_is_refused_in_words), cmocka_unit_test(rates_are_probed),
        cmocka_unit_test(two_channels_hear_the_groups_and_not_audition), cmocka_unit_test(every_format_sounds_the_same),
        cmocka_unit_test(audition_has_its_own_channels), cmocka_unit_test(a_card_without_a_clock_is_paced),
        cmocka_unit_test(a_driver_that_hangs_in_open_is_left_alone),
        cmocka_unit_test(a_driver_that_hangs_while_playing_does_not_stop_the_show),
    };
    return cmocka_run_group_tests(tests, card_set_up, card_tear_down);
}
