/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a press does to a clip that sounds (SPEC P3, P4), at every spacing of presses up to 6 ms
 * and at steps from there to a second. The sound is constant, so the bus is the sum of the
 * envelopes; a model in a few lines says what each of its frames has to be.
 */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CROSS = 240 /* 5 ms */, PRESSES = 5, COPIES = 8, REST = 400 };

/* One copy of the clip: its way in, and its way out once it has one. */
struct copy {
    int64_t start, end;                 /* end -1: not told to end */
    bool crossing;                      /* came by a restart: in by the cross-fade, which a stop does not hold up */
    int out_frames;
    double level;                       /* where the way out begins */
};

struct model {
    struct copy copy[COPIES];
    int copies, refused;
};

static double cross_gain(const struct copy *copy, int64_t frame)
{
    return copy->crossing ? fmin(1, (double)(frame - copy->start) / CROSS) : 1;
}

static double way_in(const struct copy *copy, int64_t frame)
{
    return copy->crossing ? 1 : fmin(1, (double)(frame - copy->start) / GOLDEN_PROTECTION);
}

static double copy_gain(const struct copy *copy, int64_t frame)
{
    if (frame < copy->start)
        return 0;
    if (copy->end < 0 || frame < copy->end)
        return way_in(copy, frame) * cross_gain(copy, frame);
    return copy->level * fmax(0, 1 - (double)(frame - copy->end) / copy->out_frames) * cross_gain(copy, frame);
}

/* Told to stop: the protection, from where the way in has come to. */
static void copy_stop(struct copy *copy, int64_t frame)
{
    copy->level = way_in(copy, frame);
    copy->end = frame;
    copy->out_frames = GOLDEN_PROTECTION;
}

/* Replaced: the cross-fade, from all that it is now. */
static void copy_replace(struct copy *copy, int64_t frame)
{
    copy->level = copy_gain(copy, frame);
    copy->crossing = false;
    copy->end = frame;
    copy->out_frames = CROSS;
}

static void add_copy(struct model *model, int64_t frame, bool crossing)
{
    assert_true(model->copies < COPIES);
    model->copy[model->copies++] = (struct copy){ .start = frame, .end = -1, .crossing = crossing };
}

/* Copies that were not told to stop. */
static int copies_held(const struct model *model)
{
    int held = 0;
    for (int i = 0; i < model->copies; i++)
        held += model->copy[i].end < 0;
    return held;
}

static void end_held(struct model *model, int64_t frame, void (*end)(struct copy *copy, int64_t frame))
{
    for (int i = 0; i < model->copies; i++)
        if (model->copy[i].end < 0)
            end(&model->copy[i], frame);
}

typedef void press_law(struct model *model, int64_t frame);

static void press_stop(struct model *model, int64_t frame)
{
    if (copies_held(model))
        end_held(model, frame, copy_stop);
    else
        add_copy(model, frame, false);
}

static void press_restart(struct model *model, int64_t frame)
{
    bool sounds = copies_held(model) > 0;
    end_held(model, frame, copy_replace);
    add_copy(model, frame, sounds);
}

static void press_layer(struct model *model, int64_t frame)
{
    if (copies_held(model) == 4)
        model->refused++;
    else
        add_copy(model, frame, false);
}

static void press_ignore(struct model *model, int64_t frame)
{
    if (copies_held(model))
        model->refused++;
    else
        add_copy(model, frame, false);
}

/* The spacings, in frames: all up to 300, then by half as much again, and one second. */
static int next_spacing(int spacing)
{
    if (spacing < 300)
        return spacing + 1;
    return spacing < 32000 ? spacing + spacing / 2 : spacing < 48000 ? 48000 : 0;
}

static int64_t case_frames(int spacing)
{
    return (int64_t)spacing * PRESSES + REST;
}

/* Every spacing in one script: five presses, a stop, and silence until the next. Checks every frame of it. */
static void hold_to_law(struct golden *golden, const char *press, press_law *law)
{
    char more[64];
    int64_t at = 0;
    int refused = 0;
    snprintf(more, sizeof more, "mode = \"loop\"; press = \"%s\";", press);
    golden_clip(golden, "k", "one.wav", more);
    for (int spacing = 1; spacing; at += case_frames(spacing), spacing = next_spacing(spacing)) {
        for (int i = 0; i < PRESSES; i++)
            golden_at(golden, at + (int64_t)i * spacing, "press k");
        golden_at(golden, at + (int64_t)PRESSES * spacing, "stop k");
    }
    golden_render(golden, "");
    assert_true(golden->frames >= at - REST);
    at = 0;
    for (int spacing = 1; spacing; at += case_frames(spacing), spacing = next_spacing(spacing)) {
        struct model model = { .copies = 0 };
        for (int64_t n = 0; n < case_frames(spacing) && at + n < golden->frames; n++) {
            if (n % spacing == 0 && n / spacing < PRESSES)
                law(&model, n);
            if (n == (int64_t)PRESSES * spacing)
                end_held(&model, n, copy_stop);
            double wanted = 0;
            for (int i = 0; i < model.copies; i++)
                wanted += copy_gain(&model.copy[i], n);
            golden_hears(golden, at + n, 0, wanted, 2e-6);
        }
        refused += model.refused;
    }
    assert_int_equal(golden_refusals(golden), refused);
}

static void stop_alternates(void **state)
{
    hold_to_law(*state, "stop", press_stop);
}

static void restart_cross_fades(void **state)
{
    hold_to_law(*state, "restart", press_restart);
}

static void layer_adds_up_to_four(void **state)
{
    hold_to_law(*state, "layer", press_layer);
}

static void ignore_refuses_while_it_sounds(void **state)
{
    hold_to_law(*state, "ignore", press_ignore);
}

/* On one and the same frame presses are done in order: play, stop, play. */
static void presses_of_one_frame_alternate(void **state)
{
    struct golden *golden = *state;
    golden_clip(golden, "k", "one.wav", "");
    for (int i = 0; i < 3; i++)
        golden_at(golden, 500, "press k");
    for (int i = 0; i < 2; i++)
        golden_at(golden, 60000, "press k");
    golden_render(golden, "");
    for (int64_t n = 0; n < GOLDEN_RATE - GOLDEN_PROTECTION; n++)
        golden_hears(golden, 500 + n, 0, fmin(1, (double)n / GOLDEN_PROTECTION), 2e-6);
    golden_silent(golden, 500 + GOLDEN_RATE, -1, 0);
}

/* A restart plays from IN: the new copy is the beginning again, under the old one's end. */
static float ramp(int64_t frame, unsigned channel)
{
    (void)channel;
    return (float)frame / 65536;
}

static void a_restart_begins_at_in(void **state)
{
    struct golden *golden = *state;
    golden_media(golden, "ramp.wav", 2, 48000, OUTPUT_F32, 30000, ramp);
    golden_clip(golden, "k", "ramp.wav", "press = \"restart\"; in = 3000;");
    golden_at(golden, 0, "press k");
    golden_at(golden, 10000, "press k");
    golden_render(golden, "");
    for (int64_t n = 0; n <= 1000; n++) {
        double crossed = fmin(1, (double)n / CROSS), old = ramp(13000 + n, 0) * (1 - crossed), new = ramp(3000 + n, 0) * crossed;
        golden_hears(golden, 10000 + n, 0, old + new, 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P3", stop_alternates),
        GOLDEN_LAW("P4", restart_cross_fades),
        GOLDEN_LAW("P3", layer_adds_up_to_four),
        GOLDEN_LAW("P3", ignore_refuses_while_it_sounds),
        GOLDEN_LAW("P3", presses_of_one_frame_alternate),
        GOLDEN_LAW("P4", a_restart_begins_at_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
