/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A copy of a clip from its start to its last frame: see sounding.h. */
#include "config.h"

#include "sounding.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t lengths_frames(const struct lengths *lengths, double seconds)
{
    return (int64_t)floor(seconds * (double)lengths->rate + 0.5);
}

struct shape lengths_fade(const struct lengths *lengths, double seconds, enum curve curve)
{
    int64_t frames = lengths_frames(lengths, seconds);
    if (frames < lengths->protection)
        return (struct shape){lengths->protection, CURVE_LINEAR};
    return (struct shape){frames, curve};
}

bool region_of(const struct clip *clip, const struct medium *medium, int64_t place, struct region *region)
{
    *region = (struct region){.in = clip->in < 0 ? 0 : clip->in, .out = clip->out < 0 ? medium->frames : clip->out};
    region->out = least(region->out, medium->frames);
    region->pos = place < 0 ? region->in : place;
    if (region->pos >= medium->frames)
        return false;
    region->once = region->pos >= region->out;
    if (region->once)
        region->out = medium->frames;
    return true;
}

bool sounding_will_loop(const struct sounding *s)
{
    return s->loops && !s->released && (s->passes == 0 || s->pass < s->passes);
}

/* Where this pass gives way to the next. */
static int64_t pass_end(const struct sounding *s)
{
    return most(s->out - (sounding_will_loop(s) ? s->seam_frames : 0), s->pos);
}

/* Frames to the natural end; -1: there is none. */
static int64_t frames_left(const struct sounding *s)
{
    if (!sounding_will_loop(s))
        return s->out - s->pos;
    if (s->passes == 0)
        return -1;
    int64_t pass_frames = s->out - s->in, to_next = pass_end(s) - s->pos, further = s->passes - s->pass;
    return to_next + (further - 1) * (pass_frames - s->seam_frames) + pass_frames;
}

/* By what its own fades go: not while it stands. */
static int64_t own_time(const struct sounding *s, int64_t frame)
{
    return s->stands ? s->stood : frame;
}

/* The fade before the natural end. It is as long as the clip says; but on the last pass of a loop no longer than that pass, and
 * where the end comes nearer while it sounds (whole false), no longer than what is left. */
static void plan_end(struct sounding *s, const struct lengths *lengths, struct shape fade, int64_t frame, bool whole)
{
    int64_t left = frames_left(s), room = INT64_MAX;
    s->end = glide_rest(1);
    if (left < 0)
        return;
    if (s->pass > 1 || sounding_will_loop(s))
        room = most(s->out - s->in, lengths->protection);
    if (!whole)
        room = least(room, left);
    int64_t frames = least(fade.frames, room);
    s->end = (struct glide){.from = 1, .to = 0, .start = own_time(s, frame) + left - frames, .frames = frames,
                              .curve = fade.curve};
}

static void set_region(struct sounding *s, const struct region *region)
{
    s->in = region->in;
    s->out = region->out;
    s->pos = region->pos;
    s->released |= region->once;
}

void sounding_sides(const struct clip *clip, int channels, double side[SIDES])
{
    double gain = clip->gain_db <= WORLD_SILENCE_DB ? 0 : pow(10, clip->gain_db / 20), t = (clip->pan + 1) * pi / 4;
    side[LEFT] = gain * (channels == 1 ? pow(cos(t), 1.5) : 1 - fmax(clip->pan, 0));
    side[RIGHT] = gain * (channels == 1 ? pow(sin(t), 1.5) : 1 + fmin(clip->pan, 0));
}

void sounding_begin(struct sounding *s, const struct lengths *lengths, const struct beginning *beginning, int64_t frame)
{
    const struct clip *clip = beginning->clip;
    double side[SIDES];
    s->state = STATE_HELD;
    s->medium = beginning->medium;
    s->choke = clip->choke;
    s->pass = 1;
    s->loops = clip->mode == MODE_LOOP;
    s->passes = s->loops ? clip->loops : 1;
    set_region(s, &beginning->region);
    s->seam_frames = s->loops ? least(lengths_frames(lengths, clip->seam_ms / 1000), (s->out - s->in) / 2) : 0;
    s->seam = s->live = s->pause = s->cross = s->envelope = glide_rest(1);
    s->mute = glide_rest(beginning->muted ? 0 : 1);
    sounding_sides(clip, s->medium->channels, side);
    for (int i = 0; i < SIDES; i++)
        s->side[i] = glide_rest(side[i]);
    /* The cross-fade of a restart is protection enough: only a fade-in of the clip's own comes on top. */
    if (!beginning->crosses || !beginning->protection_only)
        s->envelope = (struct glide){.to = 1, .start = frame, .frames = beginning->fade_in.frames,
                                      .curve = beginning->fade_in.curve};
    if (beginning->crosses)
        s->cross = (struct glide){.to = 1, .start = frame, .frames = lengths->cross};
    plan_end(s, lengths, beginning->fade_end, frame, true);
}

/* From the level that it has to nothing. */
void sounding_fade_out(struct sounding *s, int64_t frame, struct shape fade)
{
    if (glide_level(&s->envelope, frame) == 0)
        s->state = STATE_OVER;
    else
        glide_go(&s->envelope, frame, 0, fade.curve, fade.frames);
}

void sounding_stop(struct sounding *s, int64_t frame, struct shape fade)
{
    s->state = STATE_TAIL;
    s->leaves = s->paused != 0;
    if (s->stands)
        s->state = STATE_OVER;
    else
        sounding_fade_out(s, frame, fade);
}

/* A fade-out that is done as soon is left alone. A cross-fade coming in stays where it has come to. */
void sounding_make_ghost(struct sounding *s, int64_t frame, int64_t frames)
{
    bool soon = s->state != STATE_HELD && glide_left(&s->envelope, frame) <= frames;
    s->state = s->stands ? STATE_OVER : STATE_GHOST;
    s->leaves = s->paused != 0;
    if (soon || s->stands)
        return;
    s->envelope = glide_rest(glide_level(&s->envelope, frame) * glide_level(&s->cross, frame));
    s->cross = glide_rest(1);
    sounding_fade_out(s, frame, (struct shape){frames, CURVE_LINEAR});
}

static void stand(struct sounding *s, int64_t frame)
{
    s->stands = true;
    s->stood = frame;
    s->pause = glide_rest(0);
}

void sounding_pause(struct sounding *s, int64_t frame, enum holder holder, int64_t frames)
{
    if (!s->paused)
        glide_go(&s->pause, frame, 0, CURVE_LINEAR, frames);
    s->paused |= holder;
}

void sounding_resume(struct sounding *s, int64_t frame, enum holder holder, int64_t frames)
{
    bool was_paused = s->paused != 0;
    if (s->leaves)
        return;
    s->paused &= ~(unsigned)holder;
    if (!was_paused || s->paused)
        return;
    if (s->stands) {
        struct glide *own[] = {&s->envelope, &s->end, &s->cross, &s->seam};
        for (unsigned i = 0; i < sizeof own / sizeof *own; i++)
            own[i]->start += frame - s->stood;
    }
    s->stands = false;
    glide_go(&s->pause, frame, 1, CURVE_LINEAR, frames);
}

/* With less than the protection left of this pass it goes round once more while it fades. */
void sounding_release(struct sounding *s, const struct lengths *lengths, struct shape fade_end, int64_t frame)
{
    if (!s->stands && s->out - s->pos < lengths->protection) {
        sounding_stop(s, frame, (struct shape){lengths->protection, CURVE_LINEAR});
        return;
    }
    s->released = true;
    plan_end(s, lengths, fade_end, frame, s->stands);
}

void sounding_jump(struct sounding *s, const struct lengths *lengths, const struct region *region, struct shape fade_end,
                   int64_t frame)
{
    s->released = false;
    set_region(s, region);
    s->seam = glide_rest(1);
    if (s->paused && !s->stands)
        stand(s, frame);
    s->cross = s->stands ? glide_rest(1) : (struct glide){.to = 1, .start = frame, .frames = lengths->cross};
    plan_end(s, lengths, fade_end, frame, true);
}

void sounding_turn(struct sounding *s, const struct lengths *lengths, const double side[SIDES], int64_t frame)
{
    if (side[LEFT] == s->side[LEFT].to && side[RIGHT] == s->side[RIGHT].to)
        return;
    for (int i = 0; i < SIDES; i++)
        glide_go(&s->side[i], frame, side[i], CURVE_LINEAR, lengths->cross);
}

/* The next pass begins a seam before OUT, while the one before fades out. */
static void turn_at_seam(struct sounding *s, int64_t frame)
{
    if (!sounding_will_loop(s) || s->pos < pass_end(s))
        return;
    int64_t left = s->out - s->pos;
    s->seam = left > 0 ? (struct glide){.from = 0, .to = 1, .start = frame, .frames = left} : glide_rest(1);
    s->before = s->pos;
    s->pos = s->in;
    s->pass++;
}

static double sample_at(const struct medium *medium, int64_t pos, int side)
{
    if (pos < 0 || pos >= medium->frames)
        return 0;
    return medium->samples[pos * medium->channels + (medium->channels == 2 ? side : 0)];
}

static bool is_last(const struct sounding *s, int64_t next)
{
    if (s->pos >= s->out && !sounding_will_loop(s))
        return true;
    if (s->state != STATE_HELD && glide_left(&s->envelope, next) == 0)
        return true;
    return s->dies && glide_left(&s->live, next) == 0;
}

/* How far the product of its gains may go in one frame: each of those that move, the others being at most 1. */
static double gain_step(const struct sounding *s, int64_t frame)
{
    const struct glide *glides[] = {&s->envelope, &s->end, &s->cross, &s->live, &s->mute, &s->pause};
    double step = 0;
    for (unsigned i = 0; i < sizeof glides / sizeof *glides; i++)
        step += glide_step(glides[i], frame);
    return step;
}

void sounding_play(struct sounding *s, int64_t frame, double sides[SIDES], double steps[SIDES])
{
    if (s->stands) {                    /* only a fade that ends it goes on */
        if (s->dies && glide_left(&s->live, frame + 1) == 0)
            s->state = STATE_OVER;
        return;
    }
    turn_at_seam(s, frame);
    double gain = glide_level(&s->envelope, frame) * glide_level(&s->end, frame) * glide_level(&s->cross, frame) *
                  glide_level(&s->live, frame) * glide_level(&s->mute, frame) * glide_level(&s->pause, frame);
    double coming = glide_level(&s->seam, frame), loudest = fmax(1, fmax(s->live.from, s->live.to));
    double sine_step = s->medium->period ? 2 * sin(pi / s->medium->period) : 2;
    for (int i = 0; i < SIDES; i++) {
        double sample = sample_at(s->medium, s->pos, i) * coming;
        if (coming < 1)
            sample += sample_at(s->medium, s->before, i) * (1 - coming);
        double side = glide_level(&s->side[i], frame), before_side = fmax(s->side[i].from, s->side[i].to);
        sides[i] += sample * gain * side;
        steps[i] += s->medium->amplitude * loudest * (before_side * (fabs(gain) * sine_step + gain_step(s, frame)) +
                                                      glide_step(&s->side[i], frame));
    }
    s->pos++;
    s->before++;
    bool faded = s->paused && glide_left(&s->pause, frame + 1) == 0;
    if (is_last(s, frame + 1) || (faded && s->leaves))
        s->state = STATE_OVER;
    else if (faded)
        stand(s, frame + 1);
}
