/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A made-up card that fails when told, and a show on it: see faulty_card.h. */
#include "config.h"

#include "base/err.h"
#include "fake_engine.h"
#include "faulty_card.h"
#include "platform/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[64];
static char out_path[96], state_path[96];

/* --- playing --- */

struct device_request card_request(const char *name)
{
    struct device_request request = {.rate = RATE, .period = PERIOD, .periods = PERIODS};
    snprintf(request.name, sizeof request.name, "%s", name);
    return request;
}

static void remove_files(void)
{
    unlink(out_path);
    unlink(state_path);
}

/* The plugin remembers a card by its script and its state file: each gets a name of its own. */
void card_make(const char *script)
{
    static int number;
    remove_files();
    snprintf(out_path, sizeof out_path, "%s/out%d.raw", folder, ++number);
    snprintf(state_path, sizeof state_path, "%s/card%d", folder, number);
    setenv("FAULTPCM_OUT", out_path, 1);
    setenv("FAULTPCM_STATE", state_path, 1);
    setenv("FAULTPCM_SCRIPT", script, 1);
}

int card_set_up(void **state)
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

int card_tear_down(void **state)
{
    (void)state;
    remove_files();
    return rmdir(folder);
}

struct run run_begin(const char *script, const struct device_request *request)
{
    struct run run;
    struct err err;
    char note[160];
    card_make(script);
    run.engine = engine_new(NULL);
    run.audio = audio_open(run.engine, request, note, &err);
    assert_non_null(run.audio);
    audio_get_status(run.audio, &run.status);
    return run;
}

void run_for_ms(struct run *run, unsigned ms)
{
    clock_sleep_ms(ms);
    audio_get_status(run->audio, &run->status);
}

void run_end(struct run *run)
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

struct capture *capture_read(void)
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
    return capture;
}

void capture_free(struct capture *capture)
{
    free(capture->samples);
    free(capture);
}

int64_t capture_sound_between(const struct capture *capture, double from_s, double to_s)
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

int64_t capture_displaced(const struct capture *capture, double from_s, double to_s)
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

bool run_until_running(struct run *run)
{
    for (int i = 0; i < 1000 && run->status.state != AUDIO_RUNNING; i++)
        run_for_ms(run, 10);
    return run->status.state == AUDIO_RUNNING;
}

int card_is_missing(void)
{
    if (access("/usr/share/alsa/alsa.conf", R_OK) == 0)
        return 0;
    fprintf(stderr, "SKIP: no /usr/share/alsa/alsa.conf (apt-get install libasound2-data)\n");
    return 77;
}

const char *card_folder(void)
{
    return folder;
}

const char *card_output(void)
{
    return out_path;
}

double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}
