/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An engine dies at the end of any period and another one goes on (SPEC S2): random shows with everything in them, killed at
 * every period, sound on to the bit, and nothing starts twice or is lost.
 */
#include "config.h"

#include "resume_rig.h"
#include "base/xalloc.h"
#include "engine/resume_layout.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { CLIPS = 30, MEDIA = 10, OPS = 90, FRAMES = 9000, ON = 2500 };

static uint64_t dice;

static uint32_t roll(uint32_t below)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((dice >> 33) % below);
}

static double roll_time(void)
{
    static const double times_s[] = {0, 0, 0.0004, 0.002, 0.01, 0.03, 0.1, 0.5};
    return times_s[roll(sizeof times_s / sizeof *times_s)];
}

/* Short ones, so that ends, passes and followers come often; some at the other rate. */
static void load_media(struct rig *rig)
{
    static const int64_t frames[MEDIA] = {300, 1200, 5000, 20000, 30000, 30000, 3000, 700, 9000, 30000};
    for (uint32_t i = 0; i < MEDIA; i++)
        rig_load_at(rig, i, i % 5 == 4 ? 44100 : 48000, i % 2 ? CLIPMEM_F32 : CLIPMEM_S16, 1 + i / 2 % 2, frames[i], rig_count);
}

static struct clip_link roll_link(void)
{
    struct clip_link link = {.does = (uint8_t)roll(3), .at_end = roll(2), .level_lin = 0.25f, .delay_s = roll_time(),
                             .seconds = roll_time(), .target = {TARGET_CLIP, (uint16_t)roll(CLIPS)}};
    if (link.does != LINK_START && roll(3) == 0)
        link.target = (struct engine_target){TARGET_GROUP, (uint16_t)roll(ENGINE_GROUPS)};
    return link;
}

static struct clip_params roll_clip(void)
{
    static const uint32_t turns[] = {1, 2, 5, 7};
    static struct clip_link links[SCRIPT_OPS];
    static unsigned linked;
    struct clip_params params = rig_params(roll(MEDIA));
    params.group = (uint8_t)roll(ENGINE_GROUPS);
    params.mode = roll(3) ? CLIP_ONCE : CLIP_LOOP;
    params.press = (uint8_t)roll(CLIP_PRESS_PAUSE + 1);
    params.choke = roll(4) == 0;
    params.loops = roll(6);
    params.fade_in_s = roll_time();
    params.fade_out_s = roll_time();
    params.fade_end_s = roll_time();
    params.seam_s = roll(3) / 1000.0;
    params.fade_in_curve = (uint8_t)roll(FADE_CURVES);
    params.fade_out_curve = (uint8_t)roll(FADE_CURVES);
    params.follow = roll(2) ? FOLLOW_CLIP : FOLLOW_NONE;
    params.follow_clip = (uint16_t)roll(CLIPS);
    params.follow_gap_s = roll_time() / 4;
    params.guard_s = roll(3) ? 0 : 0.02;
    if (roll(4) == 0) {
        params.turns = 4;
        params.turn_medium = turns;
        params.medium = turns[0];
        params.shuffled = roll(2);
        params.seed = roll(1000);
    }
    if (roll(3) == 0) {
        params.links = 1;
        params.link = &links[linked++ % SCRIPT_OPS];
        links[(linked - 1) % SCRIPT_OPS] = roll_link();
    }
    params.gain_lin = (float)(roll(5) + 1) / 4;
    params.pan = (float)roll(9) / 4 - 1;
    return params;
}

static struct bus_params roll_bus(unsigned bus)
{
    struct bus_params params = {.mono = roll(3) == 0, .limiter = roll(2), .sends = {.count = 2}};
    for (unsigned i = 0; i < 2; i++)
        params.sends.send[i] = (struct bus_send){{(uint8_t)(2 * bus + 1), (uint8_t)(1 + roll(10))}, (float)(1 + roll(3)) / 2};
    return params;
}

static struct engine_target roll_target(void)
{
    static const uint16_t below[] = {CLIPS, ENGINE_GROUPS, 1, ENGINE_BUSSES, 1};
    enum target_kind kind = (enum target_kind)roll(TARGET_ALL + 1);
    return (struct engine_target){roll(2) ? TARGET_CLIP : kind, (uint16_t)roll(roll(2) ? below[kind] : 1)};
}

static void add_any(struct script *script, uint64_t frame)
{
    static const uint8_t types[] = {
        OP_PRESS, OP_PRESS, OP_PRESS, OP_PRESS, OP_PRESS, OP_PLAY, OP_PLAY, OP_PLAY, OP_STOP, OP_RELEASE, OP_FADE, OP_FADE,
        OP_AUDITION, OP_PAUSE, OP_RESUME, OP_RESUME, OP_MUTE, OP_SOLO, OP_SEEK, OP_PANIC, OP_EMERGENCY, OP_GROUP, OP_BUS,
        OP_LIMITERS, OP_CLIP};
    struct op op = {.type = types[roll(sizeof types)], .frame = frame, .clip = (uint16_t)roll(CLIPS), .on = roll(3) == 0,
                    .level_lin = (float)roll(5) / 4, .seconds = roll_time(), .curve = (uint8_t)roll(FADE_CURVES),
                    .pairs = roll(32)};
    op.target = roll_target();
    op.entry = (struct entry){.kind = roll(2) ? ENTRY_FRAME : ENTRY_IN, .frames = roll(3000)};
    if (op.type == OP_CLIP) {
        struct clip_params params = roll_clip();
        script_clip(script, frame, op.clip, roll(6) ? &params : NULL);
        return;
    }
    if (op.type == OP_GROUP) {
        bool choke = roll(2);
        op.group = (struct group_params){.choke = choke, .voices = (uint8_t)(1 + roll(choke ? 4 : 24)), .mute = roll(8) == 0,
                                         .gain_lin = (float)(roll(4) + 1) / 4};
    }
    if (op.type == OP_BUS)
        op.bus = roll_bus(op.clip % ENGINE_BUSSES);
    if (op.type == OP_GROUP || op.type == OP_BUS || op.type == OP_SOLO)
        op.clip %= op.type == OP_BUS ? ENGINE_BUSSES : ENGINE_GROUPS;
    if ((op.type == OP_PANIC || op.type == OP_EMERGENCY || op.type == OP_STOP) && roll(3))
        op.type = OP_PLAY;
    script_add(script, op);
}

static struct script *make_script(uint64_t seed)
{
    struct script *script = xcalloc(1, sizeof *script);
    dice = seed;
    script_add(script, (struct op){.type = OP_FAMILIES, .clip = 3});
    for (uint16_t clip = 0; clip < CLIPS; clip++) {
        struct clip_params params = roll_clip();
        script_clip(script, 0, clip, &params);
    }
    uint64_t frame = 0;
    for (unsigned i = 0; i < OPS; i++) {
        frame += roll(4) ? roll(2 * FRAMES / OPS) : 0;
        add_any(script, frame);
    }
    return script;
}

static struct rig *open_show(const struct script *script, const uint32_t *periods)
{
    struct rig *rig = rig_open_kept(48000, periods);
    load_media(rig);
    rig_set_channels(rig, 10);
    script_post(script, rig, NULL);
    return rig;
}

static const uint32_t mixed[] = {64, 1, 128, 7, 160, 33, 192, 2, 129, 64, 64, 100, 0};

static void a_kill_at_the_end_of_any_period_is_not_heard(void **state)
{
    (void)state;
    unsigned kills = 0, voices = 0, starts = 0;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct script *script = make_script(seed);
        struct rig *whole = open_show(script, NULL), *dying = open_show(script, NULL);
        rig_run(whole, FRAMES + 1024 + ON);
        starts += rig_count_events(whole, EVENT_START, -1);
        for (unsigned i = 0; engine_frame_rt(dying->engine) < FRAMES; i++) {
            struct resume_report report;
            rig_run(dying, engine_frame_rt(dying->engine) + mixed[i % 12]);
            struct rig *resumed = rig_resume(dying, mixed + i % 12, &report);
            assert_non_null(resumed);
            assert_int_equal(report.frame, engine_frame_rt(dying->engine));
            assert_int_equal(report.dropped, 0);
            assert_false(report.older);
            voices += report.voices;
            script_post(script, resumed, &report);
            rig_assert_alike(whole, dying, resumed, ON);
            rig_close(resumed);
            kills++;
        }
        rig_close(dying);
        rig_close(whole);
        free(script);
    }
    printf("%u kills, %u voices taken up, %u starts in whole shows\n", kills, voices, starts);
    assert_true(kills > 150 && voices > 4 * kills && starts > 60);
}

/* What the next period's copy will be written over, as it is now. */
static struct resume_copy *next_copy(const struct rig *rig)
{
    return &rig->resume->shared->copy[(resume_sequence(rig->resume) + 1) % 2];
}

enum torn { UNTOLD, TOLD, TORN };       /* its number is 0, as while it is written; it says that it is whole */

/* The copy is new up to some byte and old from there on. */
static void tear(struct resume_copy *copy, const struct resume_copy *before, const struct resume_copy *after, enum torn how)
{
    size_t at = roll(after->bytes) / 8 * 8, rest = sizeof copy->data - at;
    memcpy(copy->data + at, before->data + at, rest);
    atomic_store(&copy->sequence, how == UNTOLD ? 0 : atomic_load(&after->sequence));
}

/* Killed while it writes, the engine has written cells of clips already, and none, a part or all of the copy. */
static void a_kill_in_mid_write_leaves_the_period_before(void **state)
{
    (void)state;
    struct resume_copy *before = xmalloc(sizeof *before), *after = xmalloc(sizeof *after);
    struct script *script = make_script(3);
    struct rig *whole = open_show(script, NULL), *dying = open_show(script, mixed);
    unsigned older = 0;
    rig_run(whole, FRAMES + 1024 + ON);
    for (unsigned i = 0; engine_frame_rt(dying->engine) < FRAMES; i++) {
        struct resume_copy *copy = next_copy(dying);
        uint64_t frame = engine_frame_rt(dying->engine);
        enum torn how = (enum torn)(i % TORN);
        memcpy(before, copy, sizeof *before);
        rig_run(dying, frame + mixed[dying->turn % 12]);         /* one period */
        if (i < 3 || i % 3)
            continue;                   /* all at the beginning are one: nothing was written before */
        memcpy(after, copy, sizeof *after);
        tear(copy, before, after, how);
        struct resume_report report;
        struct rig *resumed = rig_resume(dying, NULL, &report);
        memcpy(copy, after, sizeof *copy);
        assert_non_null(resumed);
        assert_int_equal(report.dropped, 0);
        bool fell_back = report.frame == frame;         /* it may be torn where both are alike */
        assert_true(fell_back || (how == TOLD && report.frame == engine_frame_rt(dying->engine)));
        assert_true(report.older == (how == TOLD && fell_back));
        older += report.older;
        script_post(script, resumed, &report);
        rig_assert_alike(whole, NULL, resumed, ON);
        rig_close(resumed);
    }
    assert_true(older > 10);
    rig_close(dying);
    rig_close(whole);
    free(script);
    free(before);
    free(after);
}

/* A real one, at any store: the engine runs in a process of its own as fast as it can. */
static void a_killed_process_is_resumed(void **state)
{
    (void)state;
    enum { KILLS = 16, MOST_US = 12000 };
    static const uint32_t short_ones[] = {16, 0};
    struct script *script = make_script(4);
    struct rig *whole = open_show(script, NULL);
    unsigned resumes = 0;
    rig_run(whole, FRAMES + ON);
    for (unsigned i = 0; i < KILLS; i++) {
        struct rig *dying = open_show(script, short_ones);
        pid_t child = fork();
        if (child == 0) {
            rig_run(dying, FRAMES);
            pause();
        }
        usleep(roll(MOST_US));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        struct resume_report report;
        struct rig *resumed = rig_resume(dying, NULL, &report);
        if (resumed) {
            assert_int_equal(report.dropped, 0);
            resumes++;
            script_post(script, resumed, &report);
            rig_assert_alike(whole, NULL, resumed, ON);
            rig_close(resumed);
        }
        rig_close(dying);
    }
    printf("%u processes killed, %u resumed\n", KILLS, resumes);
    assert_true(resumes > 0);
    rig_close(whole);
    free(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_at_the_end_of_any_period_is_not_heard),
        cmocka_unit_test(a_kill_in_mid_write_leaves_the_period_before),
        cmocka_unit_test(a_killed_process_is_resumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
