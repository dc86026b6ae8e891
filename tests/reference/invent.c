/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Worlds by chance: see invent.h. Time is short in them: a second or two in all, media of a
 * tenth to one second, fades of no to 300 ms, and commands that come in bursts, many of them on
 * the same frame or a frame apart, so that everything happens in the middle of everything else.
 */
#include "config.h"

#include "dice.h"
#include "invent.h"

#include <math.h>
#include <stdlib.h>

struct flavour {
    int clips_most, orders_most;
    int choke_percent;                  /* of a group to be one of mode choke */
    int loop_percent, endless_percent, stereo_percent, layer_percent;
    int limit_percent;                  /* of a free group to have a limit of its own */
    bool rushes;                        /* all orders within a few milliseconds of one another */
    double fade_most_s;
    const int *verbs;                   /* weights by enum verb */
};

/*                             press down up play at s mark | aud at | stop rel seek fade panic | pause resume emerg |
                               mute solo gain pan | out press choke */
static const int plain[] =    {30, 0, 0, 10, 0, 0, 0,   0, 0,   20, 0, 0, 10, 0,   0, 0, 0,    0, 0, 0, 0,      0, 0, 0, -1};
static const int presses[] =  {60, 6, 6, 10, 0, 0, 0,   0, 0,   10, 2, 2, 4, 1,    5, 5, 1,    0, 0, 0, 0,      1, 2, 0, -1};
static const int levels[] =   {20, 0, 0, 5, 0, 0, 0,    4, 0,   8, 0, 0, 20, 1,    2, 2, 0,    15, 10, 20, 10,  1, 0, 0, -1};
static const int places[] =   {20, 0, 0, 5, 12, 12, 12, 4, 8,   8, 8, 20, 4, 1,    6, 6, 0,    1, 0, 1, 1,      0, 0, 0, -1};
static const int crowds[] =   {80, 0, 0, 8, 2, 0, 0,    2, 0,   5, 1, 3, 2, 1,     2, 2, 0,    0, 0, 0, 0,      1, 1, 1, -1};
static const int storms[] =   {60, 0, 0, 30, 2, 0, 0,   4, 1,   3, 1, 8, 1, 1,     0, 0, 0,    0, 0, 0, 0,      0, 1, 0, -1};
static const int pauses[] =   {40, 8, 8, 10, 4, 0, 0,   4, 2,   10, 8, 10, 10, 2,  25, 25, 6,  5, 1, 5, 5,      1, 1, 1, -1};
static const int all[] =      {40, 4, 4, 10, 4, 4, 4,   4, 2,   10, 6, 6, 8, 2,    4, 4, 1,    4, 3, 5, 4,      3, 3, 3, -1};

static const struct flavour flavours[] = {
    {3, 12, 0, 0, 0, 50, 0, 0, false, 0.3, plain},
    {6, 60, 0, 40, 20, 50, 25, 30, false, 0.1, presses},
    {6, 60, 30, 40, 40, 50, 10, 10, false, 0.2, levels},
    {6, 60, 20, 60, 20, 50, 10, 10, false, 0.2, places},
    {60, 200, 0, 90, 100, 70, 20, 0, false, 0.8, crowds},
    {20, 120, 100, 30, 20, 50, 20, 0, false, 0.5, crowds},
    {12, 120, 40, 40, 20, 50, 20, 30, false, 0.3, all},
    {40, 300, 25, 40, 20, 50, 20, 30, false, 0.6, all},
    {8, 100, 20, 60, 20, 50, 15, 20, false, 0.2, pauses},
    {30, 400, 10, 90, 100, 30, 20, 10, true, 0.6, storms},
};
enum { FLAVOURS = sizeof flavours / sizeof *flavours };

/* --- media --- */

static double quantize(double value, enum medium_format format)
{
    double steps = format == MEDIUM_S16 ? 32768 : 8388608;
    return format == MEDIUM_F32 ? (double)(float)value : floor(value * steps + 0.5) / steps;
}

static void fill_medium(struct medium *medium, struct dice *dice)
{
    medium->samples = calloc((size_t)(medium->frames * medium->channels), sizeof *medium->samples);
    if (!medium->samples)
        abort();
    for (int64_t i = 0; i < medium->frames; i++)
        for (int c = 0; c < medium->channels; c++) {
            double at = medium->period ? sin(2 * 3.14159265358979323846 * (double)(i % medium->period) / medium->period + c)
                                       : (double)dice_between(dice, -1000000, 1000000) / 1000000;
            medium->samples[i * medium->channels + c] = quantize(at * medium->amplitude, medium->format);
        }
}

static void invent_medium(struct world *world, struct medium *medium, const struct flavour *flavour, struct dice *dice)
{
    static const int periods[] = {240, 480};
    medium->rate = world->mixed ? (dice_chance(dice, 60) ? 44100 : 48000) : world->rate;
    medium->channels = dice_chance(dice, flavour->stereo_percent) ? 2 : 1;
    medium->format = (enum medium_format)dice_between(dice, MEDIUM_S16, MEDIUM_F32);
    medium->period = world->sines ? periods[dice_between(dice, 0, 1)] : 0;
    medium->frames = dice_between(dice, medium->rate / 20, medium->rate);
    medium->amplitude = 0.1;
    fill_medium(medium, dice);
}

/* --- clips and groups --- */

/* Seconds of a fade; one in three absent, one in four none or about the protection. */
static double fade_seconds(struct dice *dice, double most_s)
{
    if (dice_chance(dice, 33))
        return -1;
    return dice_chance(dice, 33) ? dice_decimal(dice, 0, 0.003, 10000) : dice_decimal(dice, 0, most_s, 10000);
}

static enum curve some_curve(struct dice *dice)
{
    return (enum curve)dice_between(dice, CURVE_ABSENT, CURVES - 1);
}

static struct fades some_fades(struct dice *dice, double most_s)
{
    struct fades fades = {.in_s = fade_seconds(dice, most_s), .out_s = fade_seconds(dice, most_s)};
    fades.in_curve = some_curve(dice);
    fades.out_curve = some_curve(dice);
    return fades;
}

/* IN and OUT. Where media are sines, a pass is a whole number of periods, seam and all. */
static void invent_region(struct clip *clip, const struct medium *medium, struct dice *dice)
{
    clip->in = clip->out = -1;
    if (medium->period) {
        int64_t periods = medium->frames / medium->period;
        clip->in = dice_between(dice, 0, medium->frames - periods * medium->period);
        clip->out = clip->in + medium->period * dice_between(dice, 1, periods);
        return;
    }
    if (dice_chance(dice, 60))
        clip->in = dice_between(dice, 0, medium->frames / 2);
    if (dice_chance(dice, 60))
        clip->out = dice_between(dice, (clip->in < 0 ? 0 : clip->in) + (dice_chance(dice, 20) ? 1 : 60), medium->frames);
}

static double some_seam(const struct clip *clip, const struct medium *medium, struct dice *dice)
{
    if (!medium->period)
        return dice_decimal(dice, 0, 10, 10);
    double ms = medium->period * 1000.0 / medium->rate;         /* a whole period, or the next pass would be out of step */
    return clip->out - clip->in >= 2 * medium->period && ms <= 10 ? ms : 0;
}

static void invent_clip(struct world *world, struct clip *clip, const struct flavour *flavour, struct dice *dice)
{
    *clip = (struct clip){.medium = (int)dice_between(dice, 0, world->media - 1), .group = (int)dice_between(dice, 0, 3)};
    const struct medium *medium = &world->medium[clip->medium];
    clip->gain_db = dice_chance(dice, 50) ? 0 : dice_decimal(dice, -20, 0, 10);
    clip->pan = dice_chance(dice, 50) ? 0 : dice_decimal(dice, -1, 1, 100);
    clip->mode = dice_chance(dice, flavour->loop_percent) ? MODE_LOOP : dice_chance(dice, 15) ? MODE_GATE : MODE_ONCE;
    clip->guard_s = dice_chance(dice, 85) ? -1 : dice_decimal(dice, 0, 0.05, 10000);
    clip->loops = dice_chance(dice, flavour->endless_percent) ? 0 : (int)dice_between(dice, 1, 4);
    clip->press = dice_chance(dice, flavour->layer_percent) ? PRESS_LAYER
                                                                  : (enum press)dice_between(dice, PRESS_STOP, PRESS_PAUSE);
    invent_region(clip, medium, dice);
    clip->fades = some_fades(dice, flavour->fade_most_s);
    clip->fade_end_s = dice_chance(dice, 50) ? 0 : dice_decimal(dice, 0, 0.2, 10000);
    clip->seam_ms = clip->mode == MODE_LOOP && dice_chance(dice, 50) ? some_seam(clip, medium, dice) : 0;
    clip->markers = (int)dice_between(dice, 0, WORLD_MARKERS);
    for (int i = 0; i < clip->markers; i++)
        clip->marker[i] = dice_between(dice, i ? clip->marker[i - 1] : 0, medium->frames - 1);
    clip->choke = dice_chance(dice, 20);
    clip->stop_others = dice_chance(dice, 3);
}

static void invent_group(struct group *group, const struct flavour *flavour, struct dice *dice)
{
    *group = (struct group){.choke = dice_chance(dice, flavour->choke_percent), .mute = dice_chance(dice, 3)};
    bool limited = !group->choke && dice_chance(dice, flavour->limit_percent);
    group->voices = group->choke ? (int)dice_between(dice, 1, 4) : limited ? (int)dice_between(dice, 1, 8) : 24;
    group->gain_db = dice_chance(dice, 60) ? 0 : dice_decimal(dice, -12, 3, 10);
    group->fades = some_fades(dice, flavour->fade_most_s);
}

/* --- the script --- */

static struct target some_target(const struct world *world, bool busses, struct dice *dice)
{
    static const int weights[] = {70, 12, 8, 10, -1};
    enum target_kind kind = (enum target_kind)dice_weighed(dice, weights);
    int64_t last = kind == TARGET_CLIP ? world->clips - 1 : kind == TARGET_BUS && busses ? 4 : kind == TARGET_ALL ? 0 : 3;
    return (struct target){kind, (int)dice_between(dice, 0, last)};
}

static double some_level(struct dice *dice)
{
    return dice_chance(dice, 20) ? WORLD_SILENCE_DB : dice_decimal(dice, -30, 3, 10);
}

static void fill_order(const struct world *world, struct order *order, struct dice *dice)
{
    order->target = (struct target){TARGET_CLIP, (int)dice_between(dice, 0, world->clips - 1)};
    int64_t frames = world->medium[world->clip[order->target.index].medium].frames;
    order->place = dice_chance(dice, 5) ? frames + dice_between(dice, 0, 100) : dice_between(dice, 0, frames - 1);
    order->number = dice_decimal(dice, 0, (double)frames / world->medium[world->clip[order->target.index].medium].rate, 10000);
    order->seconds = fabs(fade_seconds(dice, 0.3)) * (order->verb == VERB_FADE);
    order->curve = some_curve(dice);
    order->on = dice_chance(dice, 50);
    if (order->verb == VERB_STOP || order->verb == VERB_FADE || order->verb == VERB_MUTE || order->verb == VERB_PAUSE ||
        order->verb == VERB_RESUME)
        order->target = some_target(world, true, dice);
    if (order->verb == VERB_FADE)
        order->number = some_level(dice);
    if (order->verb == VERB_SOLO)
        order->target = (struct target){TARGET_GROUP, (int)dice_between(dice, 0, 3)};
    if (order->verb == VERB_GAIN) {
        bool group = dice_chance(dice, 30);
        order->number = some_level(dice);
        order->target = group ? (struct target){TARGET_GROUP, (int)dice_between(dice, 0, 3)} : order->target;
    }
    if (order->verb == VERB_PAN)
        order->number = dice_decimal(dice, -1, 1, 100);
    if (order->verb == VERB_SET_FADE_OUT)
        order->number = dice_decimal(dice, 0, 0.3, 10000);
    if (order->verb == VERB_SET_PRESS)
        order->place = dice_between(dice, PRESS_STOP, PRESS_PAUSE);
    if (order->verb == VERB_PLAY_MARKER)
        order->place = dice_between(dice, 1, WORLD_MARKERS);
}

/* From one command to the next: often none or a frame, sometimes a few milliseconds, seldom long. */
static int64_t some_pause(struct dice *dice, int64_t usual)
{
    static const int weights[] = {20, 10, 30, 30, 10, -1};
    switch (dice_weighed(dice, weights)) {
    case 0:
        return 0;
    case 1:
        return 1;
    case 2:
        return dice_between(dice, 2, 300);
    case 3:
        return dice_between(dice, 1, usual);
    default:
        return dice_between(dice, usual, 4 * usual);
    }
}

static void invent_script(struct world *world, const struct flavour *flavour, struct dice *dice)
{
    int64_t wanted = dice_between(dice, flavour->orders_most / 4, flavour->orders_most), at = dice_between(dice, 0, 500);
    int64_t usual = world->frames / (wanted + 1) + 1;
    for (world->orders = 0; world->orders < wanted && at < world->frames; world->orders++) {
        struct order *order = &world->order[world->orders];
        *order = (struct order){.frame = at, .verb = (enum verb)dice_weighed(dice, flavour->verbs)};
        fill_order(world, order, dice);
        at += flavour->rushes && !dice_chance(dice, 2) ? dice_between(dice, -3, 2) > 0 : some_pause(dice, usual);
    }
}

void invent_world(struct world *world, uint64_t seed)
{
    static const int rates[] = {48000, 48000, 44100}, mixed_rates[] = {48000, 48000, 48000, 44100, 88200, 96000};
    static const int periods[] = {64, 64, 16, 37, 128, 1000, 4096};
    struct dice dice = {.state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    const struct flavour *flavour = &flavours[seed % FLAVOURS];
    *world = (struct world){.seed = seed};
    world->sines = (seed / FLAVOURS + seed) % 2 == 1;
    world->mixed = world->sines && seed % 3 == 0;
    world->rate = world->mixed ? mixed_rates[dice_between(&dice, 0, 5)] : rates[dice_between(&dice, 0, 2)];
    world->period = periods[dice_between(&dice, 0, 6)];
    world->frames = world->rate / 1000 * dice_between(&dice, 300, 1500);
    world->fades = some_fades(&dice, flavour->fade_most_s);
    world->guard_s = dice_chance(&dice, 90) ? 0 : dice_decimal(&dice, 0, 0.02, 10000);
    world->media = (int)dice_between(&dice, 1, 4);
    for (int i = 0; i < world->media; i++)
        invent_medium(world, &world->medium[i], flavour, &dice);
    for (int i = 0; i < WORLD_GROUPS; i++)
        invent_group(&world->group[i], flavour, &dice);
    world->clips = (int)dice_between(&dice, 1, flavour->clips_most);
    for (int i = 0; i < world->clips; i++)
        invent_clip(world, &world->clip[i], flavour, &dice);
    invent_script(world, flavour, &dice);
}

void world_clear(struct world *world)
{
    for (int i = 0; i < world->media; i++)
        free(world->medium[i].samples);
}
