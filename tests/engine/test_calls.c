/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the audio thread asks of the kernel: nothing but its device's (SPEC E1). The real engine
 * and the real audio thread, with a filter on that thread alone, play a show that takes every way
 * there is: 24 voices of both families, refusals, steals, chokes, followers, links, lists, seams,
 * edits, routing, limiters, pauses, seeks, an emergency, panic.
 *
 * With an argument the device is that ALSA PCM: run-alsa-guest.sh has it play on real drivers.
 */
#include "config.h"

#include "bench_rig.h"
#include "call_filter.h"

#include "base/err.h"
#include "base/xalloc.h"
#include "engine/audio.h"
#include "platform/clock.h"
#include "platform/thread.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmocka.h>

enum { CLIPS = 40, LONG = 60000, SHORT = 3000, DEADLINE_S = 60 };
enum { MEDIUM_S16, MEDIUM_F32, MEDIUM_MONO, MEDIUM_SHORT };

static const char *device = "clock";
static bool trespass;                   /* the thread makes calls that it must not make */
static _Atomic bool filtered;

struct told {
    unsigned starts, refused, ends[END_CLIP_GONE + 1];
    unsigned results;
};

/* The last that run_loop() of audio_loop.c calls before the thread is a realtime one. */
void __real_thread_flush_denormals(void);
void __wrap_thread_flush_denormals(void);
void __wrap_thread_flush_denormals(void)
{
    __real_thread_flush_denormals();
    filtered = call_filter_begin(strcmp(device, "clock") != 0 && strncmp(device, "file:", 5) != 0);
    if (!trespass)
        return;
    syscall(SYS_getppid);
    syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY);
}

static void load_media(struct rig *rig)
{
    uint32_t rate = rig->rate;
    rig_load(rig, MEDIUM_S16, CLIPMEM_S16, 2, LONG, rig_sine);
    rig_load(rig, MEDIUM_MONO, CLIPMEM_S16, 1, LONG, rig_sine);
    rig_load(rig, MEDIUM_SHORT, CLIPMEM_F32, 2, SHORT, rig_sine);
    rig->rate = rate == 48000 ? 44100 : 48000;
    rig_load(rig, MEDIUM_F32, CLIPMEM_F32, 2, LONG, rig_sine);
    rig->rate = rate;
}

/* 0-27 loop, 28-31 are mono, 32 plays a list, 33 is followed by 34, 35 starts 36 and fades 0. */
static void install(struct rig *rig)
{
    static const struct clip_link links[] = {
        {.does = LINK_START, .target = {TARGET_CLIP, 36}},
        {.does = LINK_FADE, .target = {TARGET_CLIP, 0}, .level_lin = 0.5f, .seconds = 0.1, .delay_s = 0.01},
    };
    static const uint32_t turns[] = {MEDIUM_SHORT, MEDIUM_S16, MEDIUM_F32};
    for (uint16_t i = 0; i < CLIPS; i++) {
        struct clip_params params = rig_params(i >= 28 && i < 32 ? MEDIUM_MONO : i % 2 ? MEDIUM_F32 : MEDIUM_S16);
        params.group = (uint8_t)(i < 24 ? i % 2 : 2 + i % 2);
        params.mode = i < 28 ? CLIP_LOOP : CLIP_ONCE;
        params.in_frames = 100;
        params.out_frames = 20000 + 100 * i;
        params.seam_s = 0.005;
        params.fade_in_s = 0.01;
        params.fade_out_s = 0.2;
        params.fade_out_curve = FADE_EXPONENTIAL;
        params.press = (uint8_t)(i % 3 ? CLIP_PRESS_STOP : CLIP_PRESS_LAYER);
        if (i == 32) {
            params.turns = sizeof turns / sizeof *turns;
            params.turn_medium = turns;
            params.shuffled = true;
        }
        if (i == 33) {
            params.medium = MEDIUM_SHORT;
            params.out_frames = -1;
            params.follow = FOLLOW_CLIP;
            params.follow_clip = 34;
        }
        if (i == 35) {
            params.links = sizeof links / sizeof *links;
            params.link = links;
        }
        rig_install(rig, ENGINE_NOW, i, &params);
    }
}

static void route(struct rig *rig, uint64_t frame, bool again)
{
    for (unsigned bus = 0; bus < ENGINE_BUSSES; bus++) {
        struct bus_params params = {.mono = again, .limiter = true, .sends = {.count = 2}};
        for (int i = 0; i < 2; i++)
            params.sends.send[i] = (struct bus_send){{1, 2}, again ? 0.5f : 1};
        rig_bus(rig, frame, bus, &params);
    }
    rig_post(rig, (struct op){.type = OP_LIMITERS, .frame = frame, .pairs = again});
}

/* Everything happens within two seconds of the show. */
static void post_show(struct rig *rig)
{
    uint64_t at = 4800;
    rig_post(rig, (struct op){.type = OP_FAMILIES, .frame = 0, .clip = 3});
    install(rig);
    rig_group(rig, ENGINE_NOW, 3, true, 3);
    route(rig, 100, false);
    for (uint16_t i = 0; i < 26; i++)                   /* more than there are places */
        rig_press(rig, at + i, i);
    for (uint16_t i = 0; i < 6; i++)
        rig_stop(rig, at + 5000, TARGET_CLIP, i);
    for (uint16_t i = 0; i < 3; i++)
        rig_press(rig, at + 6000 + i, (uint16_t)(24 + i));          /* of tails */
    for (uint16_t i = 0; i < 4; i++)
        rig_press(rig, at + 8000 + 200 * i, (uint16_t)(31 + 2 * i));        /* choke, list, follow, links */
    rig_press(rig, at + 9000, 32);
    rig_do(rig, at + 9100, OP_AUDITION, 5);
    rig_post(rig, (struct op){.type = OP_SEEK, .frame = at + 9200, .clip = 10, .entry = {.kind = ENTRY_FRAME, .frames = 9000}});
    rig_post(rig, (struct op){.type = OP_PAUSE, .frame = at + 9300, .target = {TARGET_GROUP, 1}});
    rig_post(rig, (struct op){.type = OP_RESUME, .frame = at + 12000, .target = {TARGET_ALL, 0}});
    rig_fade(rig, at + 12500, TARGET_GROUP, 0, 0.3f, 0.1);
    rig_fade(rig, at + 12500, TARGET_CLIP, 12, 0, 0.1);
    rig_mute(rig, at + 13000, TARGET_TAB, 0, true);
    rig_mute(rig, at + 14000, TARGET_TAB, 0, false);
    rig_post(rig, (struct op){.type = OP_SOLO, .frame = at + 15000, .clip = 1, .on = true});
    rig_post(rig, (struct op){.type = OP_SOLO, .frame = at + 16000, .clip = 1});
    route(rig, at + 17000, true);
    install(rig);                                       /* edits while it sounds, as soon as it begins */
    rig_install(rig, at + 18000, 14, NULL);
    rig_do(rig, at + 18500, OP_RELEASE, 16);
    rig_post(rig, (struct op){.type = OP_YIELD, .frame = at + 19000, .clip = STATE_YIELDS});
    rig_press(rig, at + 19100, 39);
    rig_post(rig, (struct op){.type = OP_YIELD, .frame = at + 19200});
    rig_do(rig, at + 20000, OP_EMERGENCY, 0);
    rig_do(rig, at + 22000, OP_EMERGENCY, 0);
    rig_do(rig, at + 30000, OP_PANIC, 0);
    rig_do(rig, at + 35000, OP_PANIC, 0);
    rig_do(rig, at + 40000, OP_SILENCE, 0);
}

static void take(struct rig *rig, struct told *told)
{
    struct event event;
    while (engine_take_event(rig->engine, &event)) {
        told->starts += event.type == EVENT_START;
        told->results += event.type == EVENT_RESULT;
        told->refused += event.type == EVENT_RESULT && event.result != RESULT_OK;
        if (event.type == EVENT_END)
            told->ends[event.cause]++;
        if (event.type == EVENT_RETIRED)
            free((void *)(uintptr_t)event.params);
    }
}

/* Plays until every operation is answered. */
static struct told play(struct rig *rig)
{
    struct told told = {0};
    struct err err = {0};
    char note[160];
    call_filter_watch();
    struct device_request request = {.rate = 48000, .period = strcmp(device, "clock") ? 512 : 64, .channels = 2};
    strcpy(request.name, device);
    struct audio *audio = audio_open(rig->engine, &request, note, &err);
    if (!audio)
        fail_msg("%s", err.text);
    uint64_t until = clock_now_rt() + DEADLINE_S * CLOCK_SECOND_NS;
    while (told.results < rig->posted && clock_now_rt() < until) {
        clock_sleep_ms(2);
        take(rig, &told);
    }
    struct audio_status status;
    audio_get_status(audio, &status);
    audio_close(audio);
    assert_string_equal(status.note, "");
    assert_int_equal(status.state, AUDIO_RUNNING);
    take(rig, &told);
    return told;
}

static void open_and_play(const char *name)
{
    device = name;
    unsigned before = call_filter_caught();
    struct rig *rig = rig_open(48000, NULL);
    load_media(rig);
    post_show(rig);
    struct told told = play(rig);
    if (!filtered)
        skip();
    if (call_filter_caught() != before)
        fail_msg("%u system calls on the audio thread, the first of number %d", call_filter_caught() - before,
                 call_filter_first());
    assert_int_equal(told.results, rig->posted);
    assert_true(told.starts >= 30);
    assert_true(told.refused >= 3);
    assert_true(told.ends[END_STEAL] >= 2);
    assert_true(told.ends[END_CHOKE] >= 1);
    assert_true(told.ends[END_NATURAL] >= 1);
    assert_true(told.ends[END_PANIC] >= 10);
    assert_int_equal(told.ends[END_CLIP_GONE], 1);
    rig_close(rig);
}

static void the_clock_asks_for_nothing_but_the_time(void **state)
{
    (void)state;
    open_and_play("clock");
}

static void a_recording_asks_for_no_more(void **state)
{
    (void)state;
    char path[] = "/tmp/clipgrid-calls-XXXXXX", name[64] = "file:";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    strcat(name, path);
    open_and_play(name);
    unlink(path);
}

static void a_card_is_asked_for_sound_alone(void **state)
{
    open_and_play(*state);
}

/* The filter holds, on that thread and on no other. */
static void a_foreign_call_is_caught(void **state)
{
    (void)state;
    device = "clock";
    trespass = true;
    unsigned before = call_filter_caught();
    struct rig *rig = rig_open(48000, NULL);
    rig_do(rig, 1000, OP_PANIC, 0);
    play(rig);
    rig_close(rig);
    trespass = false;
    if (!filtered)
        skip();
    assert_int_equal(call_filter_caught(), before + 2);
    assert_int_equal(call_filter_first(), SYS_getppid);
    assert_true(syscall(SYS_getppid) > 0);
    assert_int_equal(call_filter_caught(), before + 2);
}

int main(int argc, char **argv)
{
#ifdef CLIPGRID_SANITIZED
    (void)argc, (void)argv;
    puts("SKIP: a sanitizer makes calls of its own");
    return 77;
#endif
    const struct CMUnitTest card[] = {
        cmocka_unit_test_prestate(a_card_is_asked_for_sound_alone, argv[1]),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_asks_for_nothing_but_the_time),
        cmocka_unit_test(a_recording_asks_for_no_more),
        cmocka_unit_test(a_foreign_call_is_caught),
    };
    return argc > 1 ? cmocka_run_group_tests(card, NULL, NULL) : cmocka_run_group_tests(tests, NULL, NULL);
}
