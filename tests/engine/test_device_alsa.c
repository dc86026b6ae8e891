/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ALSA driver on a made-up card that fails when told (tests/lab/faultpcm). The card
 * writes what sounds at its second T to frame T x rate of a file; the fake engine numbers its
 * frames; so the distance between the two says whether the show kept its place in time.
 */
#include "config.h"

#include "base/err.h"
#include "engine/audio.h"
#include "fake_engine.h"
#include "platform/clock.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum {
    RATE = 48000, PERIOD = 128, PERIODS = 3,
    SEGMENT_MIN = 64,                   /* frames in a row that make a piece of undisturbed sound */
    PLACE_FRAMES = 96,                  /* how far a piece of sound may be out of its place: 2 ms */
    ODD_FRAMES = RATE / 10,             /* fades after up to twenty xruns of a busy machine's own */
    TRIES = 4,
};

#if defined(CLIPGRID_SANITIZED)
#define CPU_SHARE 0.5                   /* of one core, that waiting may cost */
#else
#define CPU_SHARE 0.15
#endif

struct segment {                        /* a piece of the recording in which frame follows frame */
    int64_t at, frames;                 /* of the recording */
    int64_t first;                      /* engine frame */
};

struct capture {
    char kind[32];                      /* "48000-10-S32_LE" */
    int32_t *samples;
    int64_t frames, odd;                /* odd: sounding, but in no segment: fading in, or wrong */
    unsigned channels;
    struct segment segment[256];
    int segments;
};

static char folder[64];
static char out_path[96], state_path[96];

/* --- playing --- */

struct run {
    struct engine *engine;
    struct audio *audio;
    struct audio_status status;
};

static struct device_request request_for(const char *name)
{
    struct device_request request = {.rate = RATE, .period = PERIOD, .periods = PERIODS};
    snprintf(request.name, sizeof request.name, "%s", name);
    return request;
}

static void remove_card(void)
{
    unlink(out_path);
    unlink(state_path);
}

/* The plugin remembers a card by its script and its state file: each gets a name of its own. */
static void make_card(const char *script)
{
    static int number;
    remove_card();
    snprintf(out_path, sizeof out_path, "%s/out%d.raw", folder, ++number);
    snprintf(state_path, sizeof state_path, "%s/card%d", folder, number);
    setenv("FAULTPCM_OUT", out_path, 1);
    setenv("FAULTPCM_STATE", state_path, 1);
    setenv("FAULTPCM_SCRIPT", script, 1);
}

static int make_folder(void **state)
{
    (void)state;
    /* the card writes on the thread that plays, so not on a disk if there is a choice */
    snprintf(folder, sizeof folder, "%s/clipgrid-test-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(folder))
        return -1;
    setenv("ALSA_CONFIG_PATH", TEST_ALSA_CONFIG, 1);
    setenv("FAULTPCM_LIB", TEST_FAULTPCM_LIB, 1);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    remove_card();
    return rmdir(folder);
}

/* Opens a new card with this script. */
static struct run begin(const char *script, const struct device_request *request)
{
    struct run run;
    struct err err;
    char note[160];
    make_card(script);
    run.engine = engine_new(NULL);
    run.audio = audio_open(run.engine, request, note, &err);
    assert_non_null(run.audio);
    audio_get_status(run.audio, &run.status);
    return run;
}

static void go_on_ms(struct run *run, unsigned ms)
{
    clock_sleep_ms(ms);
    audio_get_status(run->audio, &run->status);
}

static void end(struct run *run)
{
    audio_close(run->audio);
    engine_free(run->engine);
}

/* --- looking at what was played --- */

static int64_t frame_at(const struct capture *capture, int64_t i)
{
    const int32_t *frame = capture->samples + i * capture->channels;
    assert_int_equal(frame[0], -frame[1]);
    for (unsigned c = 2; c < capture->channels && c < 8; c++)
        assert_int_equal(frame[c], 0);
    return fake_frame(frame[0] * 0x1p-31);
}

static void add_segment(struct capture *capture, struct segment segment)
{
    if (segment.frames < SEGMENT_MIN) {
        capture->odd += segment.frames;
        return;
    }
    assert_true(capture->segments < 256);
    capture->segment[capture->segments++] = segment;
}

static void find_segments(struct capture *capture)
{
    struct segment open = {0};
    for (int64_t i = 0; i < capture->frames; i++) {
        int64_t frame = frame_at(capture, i);
        if (open.frames && frame == open.first + open.frames) {
            open.frames++;
            continue;
        }
        add_segment(capture, open);
        open = (struct segment){.at = i, .frames = frame >= 0 || frame < -1, .first = frame};
    }
    add_segment(capture, open);
}

static struct capture *look(void)
{
    struct capture *capture = calloc(1, sizeof *capture);
    FILE *card = fopen(state_path, "r");
    assert_non_null(card);
    assert_int_equal(fscanf(card, "faultpcm 1 zero %*s ns out %31s", capture->kind), 1);
    fclose(card);
    assert_int_equal(sscanf(capture->kind, "48000-%u-S32_LE", &capture->channels), 1);
    FILE *out = fopen(out_path, "r");
    assert_non_null(out);
    fseek(out, 0, SEEK_END);
    size_t frame_bytes = capture->channels * sizeof(int32_t);
    capture->frames = (int64_t)((size_t)ftell(out) / frame_bytes);
    capture->samples = malloc((size_t)capture->frames * frame_bytes + 1);
    rewind(out);
    assert_int_equal(fread(capture->samples, frame_bytes, (size_t)capture->frames, out), capture->frames);
    fclose(out);
    find_segments(capture);
    if (getenv("SHOW"))
        for (int i = 0; i < capture->segments; i++)
            printf("  at %8lld  %6lld frames, engine's %8lld: %lld\n", (long long)capture->segment[i].at,
                   (long long)capture->segment[i].frames, (long long)capture->segment[i].first,
                   (long long)(capture->segment[i].at - capture->segment[i].first));
    if (getenv("SHOW"))
        printf("  odd %lld\n", (long long)capture->odd);
    return capture;
}

static void done(struct capture *capture)
{
    free(capture->samples);
    free(capture);
}

/* Frames of undisturbed sound in [from_s, to_s) of the card's time. */
static int64_t sound_between(const struct capture *capture, double from_s, double to_s)
{
    int64_t sum = 0;
    for (int i = 0; i < capture->segments; i++) {
        const struct segment *segment = &capture->segment[i];
        double from = (double)segment->at / RATE, to = (double)(segment->at + segment->frames) / RATE;
        double overlap = (to < to_s ? to : to_s) - (from > from_s ? from : from_s);
        sum += overlap > 0 ? (int64_t)(overlap * RATE) : 0;
    }
    return sum;
}

/* Largest distance of a piece of sound outside [from_s, to_s) from where the first one puts it. */
static int64_t displaced(const struct capture *capture, double from_s, double to_s)
{
    int64_t worst = 0;
    for (int i = 0; i < capture->segments; i++) {
        const struct segment *segment = &capture->segment[i];
        if (segment->at + segment->frames > from_s * RATE && segment->at < to_s * RATE)
            continue;
        int64_t off = llabs(segment->at - segment->first - (capture->segment[0].at - capture->segment[0].first));
        worst = off > worst ? off : worst;
    }
    return worst;
}

/* Until the sound runs, or for at most two seconds. Return: whether it does. */
static bool wait_until_running(struct run *run)
{
    for (int i = 0; i < 200 && run->status.state != AUDIO_RUNNING; i++)
        go_on_ms(run, 10);
    return run->status.state == AUDIO_RUNNING;
}

/* --- what a card may do, and the show keeps its place --- */

struct fault {
    const char *script;
    double from_s, to_s;                /* the card's seconds in which it may not sound right */
    unsigned ms;                        /* how long the show plays, from its start or from the card's return */
    bool lost;                          /* the card is given up meanwhile */
};

/* One try. Return: false if something was out of place: on a machine that stops us for some milliseconds it may happen once. */
static bool survives(const struct fault *fault)
{
    struct device_request request = request_for("fault");
    struct run run = begin(fault->script, &request);
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    assert_int_equal(run.status.format.channels, 10);
    if (fault->lost) {
        while (run.status.state == AUDIO_RUNNING && engine_frame_rt(run.engine) < 2 * RATE)
            go_on_ms(&run, 5);
        assert_int_equal(run.status.state, AUDIO_SILENT);
        assert_true(run.status.note[0] != '\0');
        while (engine_frame_rt(run.engine) < fault->to_s * RATE)
            go_on_ms(&run, 5);
        assert_true(wait_until_running(&run));
    }
    go_on_ms(&run, fault->ms);
    uint64_t frames = engine_frame_rt(run.engine);
    end(&run);
    struct capture *capture = look();
    double end_s = (double)frames / RATE;
    bool before = fault->from_s < 0.1 || sound_between(capture, 0, fault->from_s) > 0.5 * fault->from_s * RATE;
    bool after = sound_between(capture, fault->to_s, end_s) > 0.05 * RATE;
    bool placed = displaced(capture, fault->from_s, fault->to_s) <= PLACE_FRAMES;
    bool whole = capture->odd <= ODD_FRAMES + (int64_t)((fault->to_s - fault->from_s) * RATE);
    done(capture);
    return before && after && placed && whole;
}

static void survive(const struct fault fault)
{
    for (int tries = 0; tries < TRIES; tries++)
        if (survives(&fault))
            return;
    fail_msg("\"%s\": out of place %d times", fault.script, TRIES);
}

static void nothing_fails(void **state)
{
    (void)state;
    survive((struct fault){"", 0, 0, 300, false});
}

static void an_xrun_is_passed_over(void **state)
{
    (void)state;
    survive((struct fault){"0.15 xrun", 0.14, 0.20, 350, false});
}

static void a_suspended_card_is_resumed(void **state)
{
    (void)state;
    survive((struct fault){"0.15 suspend", 0.14, 0.20, 350, false});
}

static void a_card_that_cannot_resume_is_prepared(void **state)
{
    (void)state;
    survive((struct fault){"0 noresume, 0.15 suspend", 0.14, 0.22, 350, false});
}

static void a_short_stall_is_made_up_for(void **state)
{
    (void)state;
    survive((struct fault){"0.15 stall 50", 0.14, 0.32, 500, false});
}

static void a_stalled_card_is_given_up_and_taken_again(void **state)
{
    (void)state;
    survive((struct fault){"0.15 stall 400", 0.14, 0.60, 200, true});
}

static void a_card_that_vanishes_is_taken_when_it_returns(void **state)
{
    (void)state;
    survive((struct fault){"0.15 nodev 300", 0.14, 0.46, 200, true});
}

static void short_writes_lose_nothing(void **state)
{
    (void)state;
    survive((struct fault){"0.1 short 7 200", 0, 0, 350, false});
}

static void a_pointer_that_lies_is_not_believed(void **state)
{
    (void)state;
    survive((struct fault){"0.1 jump 1000, 0.15 jump -1000, 0.2 jump 1000 40, 0.3 jump -1000 40", 0, 0, 450, false});
}

static void a_lie_that_is_believed_is_recovered_from(void **state)
{
    (void)state;
    survive((struct fault){"0.15 jump 100 30, 0.2 jump -100 30", 0.14, 0.26, 400, false});
}

/* --- wakeups --- */

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void wakeups_at_odd_times_cost_little(void **state)
{
    (void)state;
    static const char *const scripts[] = {"0 pollearly 2 600", "0 polllate 5 600", "0 pollnever 600"};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        survive((struct fault){scripts[i], 0, 0, 200, false});
        struct device_request request = request_for("fault");
        struct run run = begin(scripts[i], &request);
        double before = cpu_seconds();
        go_on_ms(&run, 500);
        assert_true(cpu_seconds() - before < CPU_SHARE * 0.5);  /* going round for nothing would take all of it */
        end(&run);
    }
}

/* --- opening --- */

static void a_busy_card_is_taken_when_it_is_free(void **state)
{
    (void)state;
    struct device_request request = request_for("fault");
    struct run run = begin("0 busy 300", &request);
    assert_int_equal(run.status.state, AUDIO_SILENT);
    assert_string_equal(run.status.note, "fault: it is in use by another program");
    assert_int_equal(run.status.format.rate, RATE);
    go_on_ms(&run, 200);
    assert_true(engine_frame_rt(run.engine) > RATE / 10);       /* the show's time runs */
    assert_true(wait_until_running(&run));
    assert_string_equal(run.status.note, "");
    end(&run);
}

static void another_rate_is_refused_in_words(void **state)
{
    (void)state;
    struct device_request request = request_for("fault");
    struct run run = begin("0 rates 44100", &request);
    assert_int_equal(run.status.state, AUDIO_SILENT);
    assert_string_equal(run.status.note, "fault: runs at 44100 Hz, the show at 48000 Hz");
    end(&run);
    request.rate = 0;
    assert_int_equal(audio_probe_rate(&request, NULL), 44100);
    request.rate = 44100;
    assert_int_equal(audio_probe_rate(&request, NULL), 44100);
}

static void a_rate_no_show_has_is_refused_in_words(void **state)
{
    (void)state;
    struct device_request request = request_for("fault");
    struct run run = begin("0 rates 32000", &request);
    end(&run);
    struct err err;
    request.rate = 0;
    assert_int_equal(audio_probe_rate(&request, &err), 0);
    assert_string_equal(err.text, "fault: runs at 32000 Hz; must be 44100, 48000, 88200 or 96000");
}

static void rates_are_probed(void **state)
{
    (void)state;
    struct device_request request = request_for("fault");
    struct run run = begin("", &request);
    end(&run);
    request.rate = 0;
    assert_int_equal(audio_probe_rate(&request, NULL), 48000);
    make_card("");
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
    struct device_request request = request_for("fault");
    struct run run = begin("0 channels 2", &request);
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    assert_int_equal(run.status.format.channels, 2);
    assert_string_equal(run.status.format.format, "S32_LE");
    assert_int_equal(run.status.format.period, PERIOD);
    assert_int_equal(run.status.format.periods, PERIODS);
    go_on_ms(&run, 200);
    end(&run);
    struct capture *capture = look();
    assert_int_equal(capture->channels, 2);
    assert_true(sound_between(capture, 0, 1) > 0.05 * RATE);    /* frames that number themselves: nothing was added to them */
    done(capture);
}

static void audition_has_its_own_channels(void **state)
{
    (void)state;
    struct device_request request = request_for("fault");
    struct run run = begin("", &request);
    go_on_ms(&run, 200);
    end(&run);
    struct capture *capture = look();
    assert_int_equal(capture->channels, 10);
    const struct segment *first = &capture->segment[0];
    assert_true(capture->segments > 0);
    for (int64_t i = first->at; i < first->at + first->frames; i++)
        assert_int_equal(capture->samples[i * 10 + 9], (int32_t)(FAKE_AUDITION * 0x1p31));
    done(capture);
}

static void a_card_without_a_clock_is_paced(void **state)
{
    (void)state;
    struct device_request request = request_for("null");
    uint64_t before = clock_now_rt();
    double cpu = cpu_seconds();
    struct run run = begin("", &request);
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    uint32_t changes = run.status.changes;
    go_on_ms(&run, 500);
    assert_int_equal(run.status.changes, changes);
    uint64_t frames = engine_frame_rt(run.engine), played_ms = (clock_now_rt() - before) / 1000000;
    assert_true(frames <= (played_ms + 50) * RATE / 1000);
    assert_true(frames >= 300 * RATE / 1000);
    assert_true(cpu_seconds() - cpu < CPU_SHARE * 0.5 + 0.05);
    end(&run);
}

/* --- a driver that never answers --- */

static char fifo[96];

static struct device_request request_that_hangs(void)
{
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    setenv("HANG_FIFO", fifo, 1);
    return request_for("hang");
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
    struct run run = begin("", &request);       /* its open waits for someone to read the FIFO */
    assert_in_range(clock_now_rt() - before, 2 * CLOCK_SECOND_NS, 5 * CLOCK_SECOND_NS);
    assert_int_equal(run.status.state, AUDIO_SILENT);
    assert_string_equal(run.status.note, "the sound device does not answer");
    go_on_ms(&run, 50);
    assert_true(engine_frame_rt(run.engine) > 0);
    before = clock_now_rt();
    end(&run);
    assert_in_range(clock_now_rt() - before, 0, 4 * CLOCK_SECOND_NS);
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
    struct run run = begin("", &request);       /* plays until the FIFO is full */
    assert_int_equal(run.status.state, AUDIO_RUNNING);
    while (run.status.state == AUDIO_RUNNING && clock_now_rt() - before < 5 * CLOCK_SECOND_NS)
        go_on_ms(&run, 10);
    assert_string_equal(run.status.note, "hang hangs in its driver");
    uint64_t played_ms = (clock_now_rt() - before) / 1000000;
    clock_sleep_ms(200);
    assert_true(engine_frame_rt(run.engine) > played_ms * RATE / 1000);     /* wall time was kept */
    begin_reading(&reader);                     /* now the card comes back, is closed, and taken again */
    assert_true(wait_until_running(&run));
    end(&run);
    end_reading(&reader);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    if (access("/usr/share/alsa/alsa.conf", R_OK) != 0) {
        fprintf(stderr, "no /usr/share/alsa/alsa.conf (apt-get install libasound2-data): skipped\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_fails), cmocka_unit_test(an_xrun_is_passed_over), cmocka_unit_test(a_suspended_card_is_resumed),
        cmocka_unit_test(a_card_that_cannot_resume_is_prepared), cmocka_unit_test(a_short_stall_is_made_up_for),
        cmocka_unit_test(a_stalled_card_is_given_up_and_taken_again),
        cmocka_unit_test(a_card_that_vanishes_is_taken_when_it_returns), cmocka_unit_test(short_writes_lose_nothing),
        cmocka_unit_test(a_pointer_that_lies_is_not_believed), cmocka_unit_test(a_lie_that_is_believed_is_recovered_from),
        cmocka_unit_test(wakeups_at_odd_times_cost_little), cmocka_unit_test(a_busy_card_is_taken_when_it_is_free),
        cmocka_unit_test(another_rate_is_refused_in_words), cmocka_unit_test(a_rate_no_show_has_is_refused_in_words),
        cmocka_unit_test(rates_are_probed), cmocka_unit_test(two_channels_hear_the_groups_and_not_audition),
        cmocka_unit_test(audition_has_its_own_channels), cmocka_unit_test(a_card_without_a_clock_is_paced),
        cmocka_unit_test(a_driver_that_hangs_in_open_is_left_alone),
        cmocka_unit_test(a_driver_that_hangs_while_playing_does_not_stop_the_show),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
