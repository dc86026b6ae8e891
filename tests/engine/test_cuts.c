/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The same script gives the same bytes however the frames are cut, and never a click. Scripts
 * are random but seeded: hundreds of operations of every kind at random frames.
 */
#include "config.h"

#include "bench_rig.h"
#include "base/xalloc.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { CLIPS = 40, MEDIA = 8 };

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t below)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((dice->state >> 33) % below);
}

static const double times_s[] = {0, 0, 0.0004, 0.002, 0.01, 0.03, 0.1, 0.5};

static double roll_time(struct dice *dice)
{
    return times_s[roll(dice, sizeof times_s / sizeof *times_s)];
}

/* Lengths in whole turns of rig_sine, so that its loops are seamless by themselves. */
static void load_media(struct rig *rig, rig_wave *wave)
{
    static const int turns[MEDIA] = {1, 2, 7, 20, 50, 100, 100, 100};
    for (uint32_t i = 0; i < MEDIA; i++)
        rig_load(rig, i, i % 2 ? CLIPMEM_F32 : CLIPMEM_S16, 1 + i / 2 % 2, turns[i] * 480, wave);
}

static struct clip_params roll_clip(struct dice *dice, bool clicks_allowed)
{
    struct clip_params params = rig_params(roll(dice, MEDIA));
    params.tab = (uint8_t)roll(dice, 3);
    params.group = (uint8_t)roll(dice, ENGINE_GROUPS);
    params.mode = roll(dice, 3) ? CLIP_ONCE : CLIP_LOOP;
    params.press = (uint8_t)roll(dice, CLIP_PRESS_PAUSE);
    params.choke = roll(dice, 4) == 0;
    params.stop_others = roll(dice, 20) == 0;
    params.fade_in_curve = (uint8_t)roll(dice, FADE_CURVES);
    params.fade_out_curve = (uint8_t)roll(dice, FADE_CURVES);
    params.fade_end_curve = (uint8_t)roll(dice, FADE_CURVES);
    params.loops = roll(dice, 6);
    params.fade_in_s = roll_time(dice);
    params.fade_out_s = roll_time(dice);
    params.fade_end_s = roll_time(dice);
    params.seam_s = roll(dice, 2) ? 0.01 : 0;
    if (clicks_allowed) {
        params.in_frames = roll(dice, 300);
        params.out_frames = roll(dice, 2) ? -1 : 310 + (int64_t)roll(dice, 9000);
        params.seam_s = roll(dice, 11) / 1000.0;
    }
    params.gain_lin = (float)(roll(dice, 5) + 1) / 4;
    params.pan = (float)roll(dice, 9) / 4 - 1;
    return params;
}

static struct engine_target roll_target(struct dice *dice, unsigned clips)
{
    switch (roll(dice, 8)) {
    case 0:
        return (struct engine_target){TARGET_GROUP, (uint16_t)roll(dice, ENGINE_GROUPS)};
    case 1:
        return (struct engine_target){TARGET_TAB, (uint16_t)roll(dice, 3)};
    case 2:
        return (struct engine_target){TARGET_BUS, (uint16_t)roll(dice, ENGINE_BUSSES)};
    case 3:
        return (struct engine_target){TARGET_ALL, 0};
    default:
        return (struct engine_target){TARGET_CLIP, (uint16_t)roll(dice, clips)};
    }
}

static void post_group(struct rig *rig, struct dice *dice, uint64_t frame)
{
    bool choke = roll(dice, 2);
    struct group_params group = {.choke = choke, .voices = (uint8_t)(1 + roll(dice, choke ? 4 : 24)), .mute = roll(dice, 8) == 0,
                                 .gain_lin = (float)(roll(dice, 4) + 1) / 4};
    rig_post(rig, (struct op){.type = OP_GROUP, .frame = frame, .clip = (uint16_t)roll(dice, ENGINE_GROUPS), .group = group});
}

static void post_any(struct rig *rig, struct dice *dice, uint64_t frame, unsigned clips, bool clicks_allowed)
{
    static const float levels[] = {0, 0.25f, 0.5f, 1, 1};
    uint16_t clip = (uint16_t)roll(dice, clips);
    struct op op = {.frame = frame, .clip = clip, .target = roll_target(dice, clips), .on = roll(dice, 3) == 0};
    unsigned kind = roll(dice, 40);
    struct clip_params params;
    switch (kind) {
    case 0: case 1: case 2:
        params = roll_clip(dice, clicks_allowed);
        rig_install(rig, frame, clip, kind == 0 && roll(dice, 4) == 0 ? NULL : &params);
        return;
    case 3: case 4:
        post_group(rig, dice, frame);
        return;
    case 5: case 6: case 7:
        op.type = OP_STOP;
        break;
    case 8: case 9: case 10:
        op.type = OP_FADE;
        op.level_lin = levels[roll(dice, 5)];
        op.seconds = roll_time(dice);
        op.curve = (uint8_t)roll(dice, FADE_CURVES);
        break;
    case 11: case 12:
        op.type = OP_MUTE;
        break;
    case 13:
        op.type = OP_SOLO;
        op.clip = (uint16_t)roll(dice, ENGINE_GROUPS);
        break;
    case 14: case 15:
        op.type = OP_RELEASE;
        break;
    case 16: case 17:
        op.type = OP_AUDITION;
        break;
    case 18:
        op.type = roll(dice, 3) ? OP_PANIC : OP_SILENCE;
        break;
    case 19: case 20: case 21:
        op.type = OP_PLAY;
        break;
    default:
        op.type = OP_PRESS;
        break;
    }
    rig_post(rig, op);
}

/* Posts a whole script; some operations fall on one frame, many are near one another. */
static void post_script(struct rig *rig, uint64_t seed, unsigned ops, unsigned clips, uint32_t frames, bool clicks_allowed)
{
    struct dice dice = {seed * 7919 + 1};
    for (unsigned i = 0; i < clips; i++) {
        struct clip_params params = roll_clip(&dice, clicks_allowed);
        rig_install(rig, 0, (uint16_t)i, &params);
    }
    uint64_t frame = 0;
    for (unsigned i = 0; i < ops; i++) {
        uint32_t far = frames / ops * 2;
        uint64_t step = roll(&dice, 4) == 0 ? 0 : roll(&dice, roll(&dice, 3) ? far : 60);
        frame = frame + step < frames ? frame + step : frame;
        post_any(rig, &dice, frame, clips, clicks_allowed);
    }
}

static struct rig *run_script(const uint32_t *periods, uint64_t seed, uint32_t frames)
{
    struct rig *rig = rig_open(48000, periods);
    load_media(rig, rig_count);
    post_script(rig, seed, 700, CLIPS, frames, true);
    rig_run(rig, frames);
    assert_int_equal(rig_count_events(rig, EVENT_RESULT, -1), 700 + CLIPS);
    return rig;
}

static void assert_same(const struct rig *a, const struct rig *b, uint32_t frames)
{
    for (unsigned i = 0; i < ENGINE_BUSSES; i++)
        assert_memory_equal(a->bus[i], b->bus[i], frames * 2 * sizeof(float));
    assert_int_equal(a->events, b->events);
    for (uint32_t serial = 1; serial <= a->posted; serial++)
        assert_int_equal(rig_result(a, serial, NULL), rig_result(b, serial, NULL));
    assert_int_equal(a->retired, b->retired);
    for (size_t i = 0; i < sizeof a->shown.voice / sizeof *a->shown.voice; i++) {
        struct state_voice one = a->shown.voice[i], other = b->shown.voice[i];
        one.load_ppm = other.load_ppm = 0;      /* measured by the clock */
        assert_memory_equal(&one, &other, sizeof one);
    }
}

static void cuts_leave_no_trace(void **state)
{
    (void)state;
    enum { FRAMES = 100000 };
    static const uint32_t one[] = {1, 0}, p16[] = {16, 0}, p64[] = {64, 0}, p256[] = {256, 0}, p1024[] = {1024, 0},
                          p4096[] = {4096, 0}, mixed[] = {1, 7, 64, 33, 1000, 3, 2, 129, 4096, 16, 0};
    static const uint32_t *const sizes[] = {one, p16, p256, p1024, p4096, mixed};
    unsigned sounded = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct rig *reference = run_script(p64, seed, FRAMES);
        sounded += rig_count_events(reference, EVENT_START, -1);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct rig *other = run_script(sizes[i], seed, FRAMES);
            assert_same(reference, other, FRAMES);
            rig_close(other);
        }
        rig_close(reference);
    }
    assert_true(sounded > 800);
}

/* Voices that sound at each frame, by the events. */
static unsigned char *count_alive(const struct rig *rig, uint32_t frames)
{
    int *change = xcalloc(frames + 1, sizeof *change);
    unsigned char *alive = xcalloc(frames, 1);
    for (unsigned i = 0; i < rig->events; i++) {
        const struct event *event = &rig->event[i];
        if (event->frame < frames && event->type == EVENT_START)
            change[event->frame]++;
        if (event->frame < frames && event->type == EVENT_END)
            change[event->frame + 1]--;
    }
    int now = 0;
    for (uint32_t f = 0; f < frames; f++) {
        now += change[f];
        alive[f] = (unsigned char)now;
    }
    free(change);
    return alive;
}

/* A voice's own sine steps by up to 0.0066; each of its gains may step by 1/48 of it, three of them at once at worst. The
 * clips' gains go up to 1.25, the sine to 0.5. */
static void nothing_clicks(void **state)
{
    (void)state;
    enum { FRAMES = 200000, OPS = 500, FEW = 5 };
    const double each = 1.25 * (0.0066 + 0.5 * 3 / 48);
    unsigned tight = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct rig *rig = rig_open(48000, NULL);
        load_media(rig, rig_sine);
        post_script(rig, seed, OPS, FEW, FRAMES, false);
        rig_run(rig, FRAMES);
        unsigned char *alive = count_alive(rig, FRAMES);
        for (unsigned b = 0; b < ENGINE_BUSSES; b++) {
            for (uint32_t f = 1; f < FRAMES; f++) {
                double step = fabs(rig_sample(rig, b, f, 0) - rig_sample(rig, b, f - 1, 0));
                assert_true(step <= alive[f] * each + 1e-6);
                tight += alive[f] > 0 && alive[f] < 6;
            }
        }
        free(alive);
        rig_close(rig);
    }
    assert_true(tight > FRAMES);                /* mostly few voices: the bound says something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cuts_leave_no_trace), cmocka_unit_test(nothing_clicks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
