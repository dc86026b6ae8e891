/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The emergency protocol's phases (SPEC S3), in frames, as the samples show them: by hand, and by samples that are no
 * numbers, which mute their bus and no other. EMERGENCIES of each (200); their figures are printed.
 */
#include "config.h"

#include "bench_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { RATE = 48000, MS = RATE / 1000, FRAMES = 1 << 20, BAD = 2, BAD_FRAMES = 64, EVERY = 3000 };
#define SILENT 0.001f

static const uint32_t periods[] = {64, 64, 128, 17, 256, 64, 0};

static unsigned count_wanted(void)
{
    const char *given = getenv("EMERGENCIES");
    long count = given ? strtol(given, NULL, 10) : 0;
    return count > 0 ? (unsigned)count : 200;
}

/* --- figures --- */

static int by_size(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void print_figures(const char *what, uint64_t *frames, unsigned count)
{
    qsort(frames, count, sizeof *frames, by_size);
    printf("%s: N %u, p50 %.2f ms, p99 %.2f ms, max %.2f ms\n", what, count, (double)frames[count / 2] / MS,
           (double)frames[count * 99 / 100] / MS, (double)frames[count - 1] / MS);
}

static const struct state_emergency *last_record(const struct rig *rig)
{
    return &rig->shown.raised[(rig->shown.emergencies - 1) % STATE_EMERGENCIES];
}

/* --- shows --- */

/* A loop on each of busses A and B; clip BAD, of B too, is no numbers. */
static struct rig *open_show_at(const uint32_t *sizes, bool limited)
{
    struct rig *rig = rig_open(RATE, sizes);
    rig_set_channels(rig, 10);
    rig_load(rig, 0, CLIPMEM_S16, 2, 480, rig_sine);
    rig_load(rig, BAD, CLIPMEM_S16, 2, BAD_FRAMES, rig_half);
    for (uint16_t clip = 0; clip < 3; clip++) {
        struct clip_params params = rig_params(clip == BAD ? BAD : 0);
        params.group = clip > 0;
        params.mode = clip == BAD ? CLIP_ONCE : CLIP_LOOP;
        params.gain_lin = clip == BAD ? NAN : 1;
        rig_install(rig, ENGINE_NOW, clip, &params);
    }
    for (unsigned bus = 0; limited && bus < 2; bus++)
        rig_bus(rig, ENGINE_NOW, bus, &(struct bus_params){.limiter = true, .sends = {.count = 1, .send = {
            {.channel = {(uint8_t)(2 * bus + 1), (uint8_t)(2 * bus + 2)}, .gain_lin = 1}}}});
    if (limited)
        rig_post(rig, (struct op){.type = OP_LIMITERS, .frame = ENGINE_NOW, .pairs = 3});
    rig_press(rig, 0, 0);
    rig_press(rig, 0, 1);
    return rig;
}

static struct rig *open_show(bool limited)
{
    return open_show_at(periods, limited);
}

/* Largest step between two frames next to each other. */
static float steepest(const struct rig *rig, unsigned channel, uint64_t from, uint64_t to)
{
    float most = 0;
    for (uint64_t f = from + 1; f < to; f++)
        most = fmaxf(most, fabsf(rig_channel(rig, channel, f) - rig_channel(rig, channel, f - 1)));
    return most;
}

static float loudest(const struct rig *rig, unsigned channel, uint64_t from, uint64_t to)
{
    float most = 0;
    for (uint64_t f = from; f < to; f++)
        most = fmaxf(most, fabsf(rig_channel(rig, channel, f)));
    return most;
}

/* --- by hand --- */

/* Raised at a frame and lifted after EVERY / 2: what comes of it on channels 1 and 3, and how long each phase took. */
static void raise_once(struct rig *rig, uint64_t frame, uint64_t took[STATE_PHASES])
{
    rig_do(rig, frame, OP_EMERGENCY, 0);
    rig_run(rig, frame + EVERY / 2);
    const struct state_emergency *record = last_record(rig);
    assert_int_equal(record->cause, STATE_CAUSE_HAND);
    assert_int_equal(record->phases, STATE_PHASES);
    assert_int_equal(record->frame[0], frame);
    for (int phase = 0; phase < STATE_PHASES; phase++)
        took[phase] = record->frame[phase] - frame;
    for (unsigned channel = 1; channel <= 3; channel += 2)
        assert_true(loudest(rig, channel, frame + 2 * MS, frame + EVERY / 2) <= SILENT);
    rig_do(rig, frame + EVERY / 2, OP_EMERGENCY, 0);
    rig_run(rig, frame + EVERY - 200);
    for (unsigned channel = 1; channel <= 3; channel += 2) {
        /* 100 Hz of half scale climbs by 0.0066 a frame; a fade of 1 ms adds a 48th of the level */
        assert_true(steepest(rig, channel, frame - 100, frame + EVERY - 200) < 0.0066f + 0.5f / MS + 0.001f);
        assert_true(loudest(rig, channel, frame + EVERY / 2 + 600, frame + EVERY - 200) > 0.4f);
    }
}

static void raise_many(bool limited, const char *what)
{
    const unsigned count = count_wanted();
    struct rig *rig = open_show(limited);
    uint64_t *took[STATE_PHASES];
    char text[80];
    for (int phase = 0; phase < STATE_PHASES; phase++)
        took[phase] = calloc(count, sizeof **took);
    srand(1);
    for (unsigned i = 0; i < count; i++) {
        uint64_t one[STATE_PHASES];
        raise_once(rig, 2000 + (uint64_t)i * EVERY + (unsigned)rand() % 200, one);
        for (int phase = 0; phase < STATE_PHASES; phase++)
            took[phase][i] = one[phase];
    }
    for (int phase = 1; phase < STATE_PHASES; phase++) {
        snprintf(text, sizeof text, "%s, phase %d", what, phase + 1);
        print_figures(text, took[phase], count);
    }
    assert_true(took[1][count - 1] <= 2 * MS && took[2][count - 1] <= 10 * MS && took[3][count - 1] <= 100 * MS);
    for (int phase = 0; phase < STATE_PHASES; phase++)
        free(took[phase]);
    rig_close(rig);
}

static void by_hand_all_is_silent_within_2_ms(void **state)
{
    (void)state;
    raise_many(false, "by hand");
}

static void limiters_do_not_make_it_later(void **state)
{
    (void)state;
    raise_many(true, "by hand, with limiters");
}

/* Muted at the outputs as well, and every time the next command comes before the mute is done, or within one long period. */
static struct rig *raise_and_lift(const uint32_t *sizes)
{
    static const unsigned pauses[] = {1, 5, 20, 47, 48, 49, 100, 300, 700, 2000};
    struct rig *rig = open_show_at(sizes, true);
    uint64_t frame = 2003;
    for (unsigned i = 0; i < sizeof pauses / sizeof *pauses; i++)
        for (int twice = 0; twice < 4; twice++, frame += pauses[i])
            rig_do(rig, frame, OP_EMERGENCY, 0);
    rig_run(rig, 18432);
    return rig;
}

static void raised_and_lifted_it_is_the_same_at_every_period(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{16, 0}, {37, 0}, {64, 0}, {256, 0}, {1000, 0}, {1024, 0}};
    struct rig *rig = raise_and_lift(sizes[0]);
    assert_true(loudest(rig, 1, 2003 + 4, 2003 + 20) > 0);
    for (unsigned i = 1; i < sizeof sizes / sizeof *sizes; i++) {
        struct rig *other = raise_and_lift(sizes[i]);
        for (uint64_t f = 0; f < 18432; f++)
            for (unsigned channel = 1; channel <= 3; channel++)
                if (rig_channel(rig, channel, f) != rig_channel(other, channel, f) ||
                    rig_sample(rig, channel / 2, f, 0) != rig_sample(other, channel / 2, f, 0))
                    fail_msg("at %u frames a period frame %llu of channel %u is %.9g, not %.9g", sizes[i][0],
                             (unsigned long long)f, channel, (double)rig_channel(other, channel, f),
                             (double)rig_channel(rig, channel, f));
        rig_close(other);
    }
    rig_close(rig);
}

/* --- samples that are no numbers --- */

/* On bus B from a frame on, for 64 frames. */
static void look_at_fault(const struct rig *rig, uint64_t frame)
{
    const struct state_emergency *record = last_record(rig);
    const uint64_t back = record->frame[STATE_PHASES - 1];
    assert_int_equal(record->cause, STATE_CAUSE_FAULT);
    assert_int_equal(record->busses, 2);
    assert_int_equal(record->phases, STATE_PHASES);
    assert_int_equal(record->frame[1], frame);
    assert_in_range(record->frame[0], frame - MS, frame);
    assert_true(back - frame < 100 * MS);
    for (uint64_t f = frame - 200; f < back + 200; f++)
        assert_true(isfinite(rig_channel(rig, 3, f)) && isfinite(rig_sample(rig, 1, f, 0)));
    assert_true(loudest(rig, 3, frame, frame + BAD_FRAMES) == 0);
    assert_true(loudest(rig, 3, back, back + 500) > 0.4f);
    if (frame - record->frame[0] == MS)
        assert_true(steepest(rig, 3, frame - 100, back + 200) < 0.0066f + 0.5f / MS + 0.001f);
}

static void what_is_no_number_mutes_its_bus_alone(void **state)
{
    (void)state;
    const unsigned count = count_wanted();
    struct rig *rig = open_show(false), *fine = open_show(false);
    uint64_t *took = calloc(count, sizeof *took);
    srand(2);
    for (unsigned i = 0; i < count; i++) {
        uint64_t frame = 2000 + (uint64_t)i * EVERY + (unsigned)rand() % 200;
        rig_press(rig, frame, BAD);
        rig_run(rig, frame + EVERY - 250);
        look_at_fault(rig, frame);
        took[i] = last_record(rig)->frame[STATE_PHASES - 1] - frame;
        assert_int_equal(rig_result(rig, rig->posted, NULL), RESULT_OK);
    }
    assert_int_equal(rig->shown.emergencies, count);
    const uint64_t end = (uint64_t)count * EVERY;
    rig_run(fine, end);
    for (uint64_t f = 0; f < end; f++)
        assert_true(rig_channel(rig, 1, f) == rig_channel(fine, 1, f) && rig_sample(rig, 0, f, 1) == rig_sample(fine, 0, f, 1));
    print_figures("no numbers, phase 4", took, count);
    free(took);
    rig_close(rig);
    rig_close(fine);
}

/* --- a device that is gone --- */

static void a_lost_device_holds_nothing(void **state)
{
    (void)state;
    struct rig *rig = open_show(false), *fine = open_show(false);
    rig_run(rig, 1024);
    engine_raise_rt(rig->engine, STATE_CAUSE_DEVICE);
    rig_run(rig, 4096);
    rig_run(fine, 4096);
    const struct state_emergency *record = last_record(rig);
    assert_int_equal(record->cause, STATE_CAUSE_DEVICE);
    assert_int_equal(record->phases, STATE_PHASES);
    assert_int_equal(record->frame[0], 1024);
    assert_true(record->frame[3] - record->frame[0] <= 100 * MS);
    for (uint64_t f = 0; f < 4096; f++)
        assert_true(rig_channel(rig, 1, f) == rig_channel(fine, 1, f));
    assert_int_equal(rig_count_events(rig, EVENT_PHASES, -1), 1);
    rig_close(rig);
    rig_close(fine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand_all_is_silent_within_2_ms), cmocka_unit_test(limiters_do_not_make_it_later),
        cmocka_unit_test(raised_and_lifted_it_is_the_same_at_every_period),
        cmocka_unit_test(what_is_no_number_mutes_its_bus_alone), cmocka_unit_test(a_lost_device_holds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
