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
    int follow_percent, link_percent, list_percent;
    int row_percent;                    /* of clips to be short, of group A and without fades: what follows them is seamless */
    bool rushes;                        /* all orders within a few milliseconds of one another */
    double fade_most_s;
    const int *verbs;                   /* weights by enum verb */
};

/*                            press down up play at s mark | aud at | stop rel seek fade panic | pause resume emerg |
                              mute solo gain pan | set load clear undo redo */
static const int plain[] =   {30, 0, 0, 10, 0, 0, 0,   0, 0,   20, 0, 0, 10, 0,   0, 0, 0,   0, 0, 0, 0,   0, 0, 0, 0, 0, -1};
static const int presses[] = {60, 6, 6, 10, 0, 0, 0,   0, 0,   10, 2, 2, 4, 1,   5, 5, 1,   0, 0, 0, 0,   4, 0, 0, 0, 0, -1};
static const int levels[] =  {20, 0, 0, 5, 0, 0, 0,   4, 0,   8, 0, 0, 20, 1,   2, 2, 0,   15, 10, 20, 10,  6, 0, 0, 0, 0, -1};
static const int places[] =  {20, 0, 0, 5, 12, 12, 12, 4, 8,   8, 8, 20, 4, 1,   6, 6, 0,   1, 0, 1, 1,   8, 0, 0, 1, 1, -1};
static const int crowds[] =  {80, 0, 0, 8, 2, 0, 0,   2, 0,   5, 1, 3, 2, 1,    2, 2, 0,   0, 0, 0, 0,   4, 0, 0, 0, 0, -1};
static const int storms[] =  {60, 0, 0, 30, 2, 0, 0,   4, 1,   3, 1, 8, 1, 1,    0, 0, 0,   0, 0, 0, 0,   1, 0, 0, 0, 0, -1};
static const int pauses[] =  {40, 8, 8, 10, 4, 0, 0,   4, 2,   10, 8, 10, 10, 2,  25, 25, 6,  5, 1, 5, 5,   5, 0, 0, 0, 0, -1};
static const int chains[] =  {50, 2, 2, 12, 6, 0, 4,   2, 0,   8, 8, 8, 8, 1,    10, 10, 3,  3, 1, 3, 3,   12, 1, 1, 2, 1, -1};
static const int edits[] =   {30, 2, 2, 10, 4, 0, 6,   3, 2,   6, 4, 4, 4, 1,    4, 4, 1,   2, 1, 6, 4,   50, 4, 2, 8, 5, -1};
static const int all[] =     {40, 4, 4, 10, 4, 4, 4,   4, 2,   10, 6, 6, 8, 2,   4, 4, 1,   4, 3, 5, 4,   12, 1, 1, 2, 1, -1};

static const struct flavour flavours[] = {
    {3, 12, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, false, 0.3, plain},
    {6, 60, 0, 40, 20, 50, 25, 30, 0, 0, 0, 0, false, 0.1, presses},
    {6, 60, 30, 40, 40, 50, 10, 10, 0, 0, 0, 0, false, 0.2, levels},
    {6, 60, 20, 60, 20, 50, 10, 10, 0, 0, 10, 0, false, 0.2, places},
    {60, 200, 0, 90, 100, 70, 20, 0, 0, 0, 0, 0, false, 0.8, crowds},
    {20, 120, 100, 30, 20, 50, 20, 0, 0, 0, 0, 0, false, 0.5, crowds},
    {12, 120, 40, 40, 20, 50, 20, 30, 30, 20, 20, 20, false, 0.3, all},
    {40, 300, 25, 40, 20, 50, 20, 30, 40, 20, 20, 10, false, 0.6, all},
    {8, 100, 20, 60, 20, 50, 15, 20, 20, 10, 0, 20, false, 0.2, pauses},
    {30, 400, 10, 90, 100, 30, 20, 10, 0, 0, 0, 0, true, 0.6, storms},
    {6, 60, 20, 20, 10, 50, 10, 0, 90, 20, 20, 70, false, 0.05, chains},
    {16, 100, 30, 20, 10, 50, 20, 20, 50, 60, 20, 50, false, 0.1, chains},
    {6, 120, 20, 50, 30, 50, 20, 20, 30, 10, 20, 20, false, 0.2, edits},
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

/* Sines of one period, or a loop of another file would step at its seams; long enough for the region. */
static bool fits(const struct world *world, const struct clip *clip, int medium)
{
    const struct medium *own = &world->medium[clip->medium], *other = &world->medium[medium];
    return !own->period || (own->period == other->period && other->frames >= clip->out && own->rate == other->rate);
}

static void invent_list(const struct world *world, struct clip *clip, struct dice *dice)
{
    int wanted = (int)dice_between(dice, 1, WORLD_LIST);
    for (int i = 0; i < wanted; i++) {
        int medium = (int)dice_between(dice, 0, world->media - 1);
        if (fits(world, clip, medium))
            clip->list_medium[clip->list++] = medium;
    }
    clip->shuffled = dice_chance(dice, 50);
}

/* Seconds from one thing to what comes of it: in half of them none. */
static double some_delay(struct dice *dice)
{
    return dice_chance(dice, 50) ? 0 : dice_decimal(dice, 0, dice_chance(dice, 50) ? 0.005 : 0.1, 10000);
}

/* In worlds of both families seams have their fades, for a converter is not measured at a step in the sound. */
static void invent_follow(const struct world *world, struct clip *clip, int clips, struct dice *dice)
{
    static const int weights[] = {0, 40, 15, 45, -1};
    clip->follow = (enum follow)dice_weighed(dice, weights);
    clip->follow_clip = clip->follow == FOLLOW_CLIP ? (int)dice_between(dice, 0, clips - 1) : 0;
    clip->gap_s = some_delay(dice) + (world->mixed ? 0.002 : 0);
}

/* A region of some milliseconds; where media are sines of some periods. */
static void make_row(const struct world *world, struct clip *clip, struct dice *dice)
{
    const struct medium *medium = &world->medium[clip->medium];
    int64_t in = clip->in < 0 ? 0 : clip->in, length = dice_between(dice, 10, 1500);
    if (medium->period)
        length = medium->period * dice_between(dice, 1, 3);
    if (clip->out < 0 || clip->out > in + length)
        clip->out = in + length < medium->frames ? in + length : medium->frames;
    clip->group = 0;
    clip->fades.in_s = dice_chance(dice, 90) ? 0 : 0.004;
    clip->fade_end_s = 0;
    clip->seam_ms = 0;
    clip->loops = clip->loops ? clip->loops : 2;
    clip->press = dice_chance(dice, 50) ? PRESS_STOP : clip->press;
    if (!world->mixed)
        clip->gap_s = 0;
}

static struct target some_target(const struct world *world, int clips, bool busses, struct dice *dice);
static double some_level(struct dice *dice);

static void invent_link(const struct world *world, struct link *link, int clips, struct dice *dice)
{
    *link = (struct link){.does = (enum does)dice_between(dice, DOES_START, DOES_FADE), .at_end = dice_chance(dice, 40)};
    link->target = link->does == DOES_START ? (struct target){TARGET_CLIP, (int)dice_between(dice, 0, clips - 1)}
                                            : some_target(world, clips, false, dice);
    link->delay_s = some_delay(dice);
    link->level_db = some_level(dice);
    link->seconds = dice_decimal(dice, 0, 0.1, 10000);
    link->curve = some_curve(dice);
}

static void invent_relations(const struct world *world, struct clip *clip, const struct flavour *flavour, int clips,
                             struct dice *dice)
{
    if (dice_chance(dice, flavour->follow_percent))
        invent_follow(world, clip, clips, dice);
    if (dice_chance(dice, flavour->row_percent))
        make_row(world, clip, dice);
    if (dice_chance(dice, flavour->list_percent))
        invent_list(world, clip, dice);
    if (dice_chance(dice, flavour->link_percent))
        clip->links = (int)dice_between(dice, 1, WORLD_LINKS);
    for (int i = 0; i < clip->links; i++)
        invent_link(world, &clip->link[i], clips, dice);
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
    invent_relations(world, clip, flavour, world->clips, dice);
}

/* limiter: also louder than it lets pass */
static void invent_group(struct group *group, bool mixed, bool limiter, const struct flavour *flavour, struct dice *dice)
{
    *group = (struct group){.choke = dice_chance(dice, flavour->choke_percent), .mute = dice_chance(dice, 3),
                             .mono = !mixed && dice_chance(dice, 10)};
    bool limited = !group->choke && dice_chance(dice, flavour->limit_percent);
    group->voices = group->choke ? (int)dice_between(dice, 1, 4) : limited ? (int)dice_between(dice, 1, 8) : 24;
    group->limiter = limiter;
    group->gain_db = dice_chance(dice, 60) ? 0 : dice_decimal(dice, -12, 3, 10);
    group->gain_db += limiter ? 9 : 0;
    group->fades = some_fades(dice, flavour->fade_most_s);
}

/* --- the script --- */

/* busses: Audition's, too */
static struct target some_target(const struct world *world, int clips, bool busses, struct dice *dice)
{
    static const int weights[] = {70, 12, 8, 8, 6, -1};
    enum target_kind kind = (enum target_kind)dice_weighed(dice, weights);
    const int64_t lasts[] = {[TARGET_ALL] = 0, [TARGET_CLIP] = clips - 1, [TARGET_GROUP] = 3, [TARGET_BUS] = busses ? 4 : 3,
                             [TARGET_TAB] = world->tabs - 1};
    int64_t last = lasts[kind];
    return (struct target){kind, (int)dice_between(dice, 0, last)};
}

static double some_level(struct dice *dice)
{
    return dice_chance(dice, 20) ? WORLD_SILENCE_DB : dice_decimal(dice, -30, 3, 10);
}

/* Between the old ones or around them; where media are sines by whole periods. */
static int64_t some_point(const struct clip *clip, const struct medium *medium, bool out, struct dice *dice)
{
    if (!medium->period)
        return dice_between(dice, out, medium->frames);
    int64_t periods = (medium->frames - clip->in) / medium->period;
    return clip->in + medium->period * dice_between(dice, out, periods);
}

static int64_t some_word(enum property property, const struct world *world, const struct clip *clip, struct dice *dice)
{
    switch (property) {
    case PROPERTY_FADE_IN_CURVE:
    case PROPERTY_FADE_OUT_CURVE:
        return dice_between(dice, 0, CURVES - 1);
    case PROPERTY_PRESS:
        return dice_between(dice, PRESS_STOP, PRESS_PAUSE);
    case PROPERTY_MODE:
        return dice_between(dice, MODE_ONCE, MODE_GATE);
    case PROPERTY_LOOPS:
        return dice_between(dice, 0, 4);
    case PROPERTY_GROUP:
        return dice_between(dice, 0, 3);
    case PROPERTY_FOLLOW:
        return world->mixed ? -3 : dice_chance(dice, 50) ? dice_between(dice, -3, -1) : dice_between(dice, 0, world->clips - 1);
    case PROPERTY_IN:
    case PROPERTY_OUT:
        return some_point(clip, &world->medium[clip->medium], property == PROPERTY_OUT, dice);
    case PROPERTY_GROUP_VOICES:
        return dice_chance(dice, 30) ? 24 : dice_between(dice, 1, 5);
    default:
        return dice_between(dice, 1, 12);
    }
}

static double some_number(enum property property, const struct clip *clip, const struct medium *medium, struct dice *dice)
{
    switch (property) {
    case PROPERTY_SEAM:
        return medium->period && (clip->out - clip->in < 2 * medium->period || medium->period * 1000 > 10 * medium->rate)
                   ? 0 : dice_chance(dice, 50) ? 0 : some_seam(clip, medium, dice);
    case PROPERTY_GUARD:
    case PROPERTY_SHOW_GUARD:
        return dice_decimal(dice, 0, 0.01, 10000);
    case PROPERTY_GROUP_OUTPUT_GAIN:
        return dice_decimal(dice, -10, 10, 10);
    default:
        return dice_chance(dice, 30) ? dice_decimal(dice, 0, 0.003, 10000) : dice_decimal(dice, 0, 0.3, 10000);
    }
}

/* In worlds of both families no seam is made that has no fades, and no bus mono: see invent_follow. */
static void fill_set(const struct world *world, struct order *order, struct dice *dice)
{
    const struct clip *clip = &world->clip[order->target.index];
    order->property = (enum property)dice_between(dice, 0, PROPERTY_SHOW_GUARD);
    if (world->mixed && (order->property == PROPERTY_GAP || order->property == PROPERTY_GROUP_MONO))
        order->property = PROPERTY_FADE_OUT;
    order->place = some_word(order->property, world, clip, dice);
    order->number = some_number(order->property, clip, &world->medium[clip->medium], dice);
    if (order->property >= PROPERTY_SHOW_FADE_OUT)
        order->target = (struct target){TARGET_ALL, 0};
    else if (order->property >= PROPERTY_GROUP_MODE)
        order->target = (struct target){TARGET_GROUP, (int)dice_between(dice, 0, 3)};
}

/* A file that the clip's loop can play; most likely its own if there is none. */
static int64_t some_file(const struct world *world, const struct clip *clip, struct dice *dice)
{
    int medium = (int)dice_between(dice, 0, world->media - 1);
    return fits(world, clip, medium) ? medium : clip->medium;
}

/* What it names, if that is not a clip. */
static void aim(const struct world *world, struct order *order, struct dice *dice)
{
    switch (order->verb) {
    case VERB_STOP:
    case VERB_FADE:
    case VERB_MUTE:
    case VERB_PAUSE:
    case VERB_RESUME:
        order->target = some_target(world, world->clips, true, dice);
        break;
    case VERB_SOLO:
        order->target = (struct target){TARGET_GROUP, (int)dice_between(dice, 0, 3)};
        break;
    case VERB_GAIN:
        if (dice_chance(dice, 30))
            order->target = (struct target){TARGET_GROUP, (int)dice_between(dice, 0, 3)};
        break;
    case VERB_PANIC:
    case VERB_EMERGENCY:
    case VERB_UNDO:
    case VERB_REDO:
        order->target = (struct target){TARGET_ALL, 0};
        break;
    default:
        break;
    }
}

static void fill_order(const struct world *world, struct order *order, struct dice *dice)
{
    order->target = (struct target){TARGET_CLIP, (int)dice_between(dice, 0, world->clips - 1)};
    const struct clip *clip = &world->clip[order->target.index];
    const struct medium *medium = &world->medium[clip->medium];
    int64_t frames = medium->frames;
    order->place = dice_chance(dice, 5) ? frames + dice_between(dice, 0, 100) : dice_between(dice, 0, frames - 1);
    order->number = dice_decimal(dice, 0, (double)frames / medium->rate, 10000);
    order->seconds = fabs(fade_seconds(dice, 0.3)) * (order->verb == VERB_FADE);
    order->curve = some_curve(dice);
    order->on = dice_chance(dice, 50);
    aim(world, order, dice);
    if (order->verb == VERB_FADE || order->verb == VERB_GAIN)
        order->number = some_level(dice);
    if (order->verb == VERB_PAN)
        order->number = dice_decimal(dice, -1, 1, 100);
    if (order->verb == VERB_PLAY_MARKER)
        order->place = dice_between(dice, 1, WORLD_MARKERS);
    if (order->verb == VERB_LOAD)
        order->place = some_file(world, clip, dice);
    if (order->verb == VERB_SET)
        fill_set(world, order, dice);
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

/* --- marker sequences: by dice of their own, so that the rest of a seed's world does not depend on them --- */

static void invent_parts(struct parts *parts, int markers, struct dice *dice)
{
    parts->count = (int)dice_between(dice, 1, dice_chance(dice, 20) ? WORLD_PARTS : 4);
    for (int i = 0; i < parts->count; i++)
        parts->marker[i] = (int)dice_between(dice, 0, markers - 1);
}

/* Anywhere; some at one place, or a few frames apart. */
static void scatter_markers(int64_t *marker, int markers, const struct medium *medium, struct dice *dice)
{
    for (int i = 0; i < markers; i++) {
        int64_t near = i && dice_chance(dice, 40) ? marker[dice_between(dice, 0, i - 1)] + dice_between(dice, 0, 120) : -1;
        marker[i] = near >= 0 && near < medium->frames ? near : dice_between(dice, 0, medium->frames - 1);
    }
}

static void invent_sequence(const struct world *world, struct clip *clip, struct dice *dice)
{
    const struct medium *medium = &world->medium[clip->medium];
    clip->markers = (int)dice_between(dice, 1, WORLD_MARKERS);
    scatter_markers(clip->marker, clip->markers, medium, dice);
    invent_parts(&clip->sequence, clip->markers, dice);
    if (dice_chance(dice, 30) && clip->seam_ms == 0)
        clip->seam_ms = dice_decimal(dice, 0, 10, 10);
}

/* Turns a command into one about sequences. */
static void order_sequence(const struct world *world, struct order *order, struct dice *dice)
{
    const struct medium *medium = &world->medium[world->clip[order->target.index].medium];
    if (order->verb == VERB_SET) {
        order->property = dice_chance(dice, 70) ? PROPERTY_MARKERS : PROPERTY_SEQUENCE;
        order->markers = (int)dice_between(dice, 0, WORLD_MARKERS);
        scatter_markers(order->marker, order->markers, medium, dice);
    } else {
        order->verb = VERB_PLAY_MARKERS;
    }
    invent_parts(&order->parts, WORLD_MARKERS, dice);
    if (order->verb == VERB_SET && dice_chance(dice, 20))
        order->parts.count = 0;
}

/* Not in worlds of both families, as a converter is not measured at a step in the sound, nor in storms, where every press counts. */
static void invent_sequences(struct world *world, const struct flavour *flavour, struct dice *dice)
{
    if (world->mixed || flavour->rushes || !dice_chance(dice, 50))
        return;
    for (int i = 0; i < world->clips; i++)
        if (dice_chance(dice, 60))
            invent_sequence(world, &world->clip[i], dice);
    for (int i = 0; i < world->orders; i++) {
        struct order *order = &world->order[i];
        bool may = order->verb == VERB_PLAY || order->verb == VERB_PRESS || order->verb == VERB_SET;
        if (may && order->target.kind == TARGET_CLIP && dice_chance(dice, order->verb == VERB_PRESS ? 10 : 40))
            order_sequence(world, order, dice);
    }
}

/* --- fade markers: likewise --- */

/* Where a converter follows, none is so short that its own ringing would be heard as one. */
static void invent_dips(const struct world *world, struct dips *dips, const struct medium *medium, struct dice *dice)
{
    int64_t at = dice_between(dice, 0, medium->frames - 1), shortest = world->mixed ? 480 : 1;
    for (dips->count = 0; dips->count < WORLD_DIPS && at < medium->frames; dips->count++) {
        struct dip *dip = &dips->dip[dips->count];
        int64_t most = dice_chance(dice, 30) ? medium->frames : 2000;
        *dip = (struct dip){.from = at, .to = at + dice_between(dice, shortest, most > shortest ? most : shortest)};
        dip->level_db = dice_chance(dice, 20) ? WORLD_SILENCE_DB : dice_decimal(dice, -30, 6, 10);
        dip->curve = (enum curve)dice_between(dice, 0, CURVES - 1);
        at = dip->to + (dice_chance(dice, 30) ? 0 : dice_between(dice, 0, medium->frames / 3));
    }
}

static void invent_fade_markers(struct world *world, struct dice *dice)
{
    if (!dice_chance(dice, 50))
        return;
    for (int i = 0; i < world->clips; i++)
        if (dice_chance(dice, 40))
            invent_dips(world, &world->clip[i].dips, &world->medium[world->clip[i].medium], dice);
    for (int i = 0; i < world->orders; i++) {
        struct order *order = &world->order[i];
        if (order->verb != VERB_SET || order->target.kind != TARGET_CLIP || !dice_chance(dice, 30))
            continue;
        order->property = PROPERTY_FADE_MARKERS;
        invent_dips(world, &order->dips, &world->medium[world->clip[order->target.index].medium], dice);
        order->dips.count = dice_chance(dice, 20) ? 0 : order->dips.count;
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
    world->tabs = (int)dice_between(&dice, 1, WORLD_TABS);
    world->media = (int)dice_between(&dice, 1, 4);
    for (int i = 0; i < world->media; i++)
        invent_medium(world, &world->medium[i], flavour, &dice);
    for (int i = 0; i < WORLD_GROUPS; i++)
        invent_group(&world->group[i], world->mixed, !world->sines && (seed + (uint64_t)i) % 11 == 0, flavour, &dice);
    world->clips = (int)dice_between(&dice, 1, flavour->clips_most);
    for (int i = 0; i < world->clips; i++)
        invent_clip(world, &world->clip[i], flavour, &dice);
    invent_script(world, flavour, &dice);
    struct dice others = {.state = seed * UINT64_C(0xd1342543de82ef95) + 7};
    invent_sequences(world, flavour, &others);
    struct dice more = {.state = seed * UINT64_C(0xa0761d6478bd642f) + 3};
    invent_fade_markers(world, &more);
}

void world_clear(struct world *world)
{
    for (int i = 0; i < world->media; i++)
        free(world->medium[i].samples);
}
