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

/* Return: false if one of its markers is none of the clip's or lies past the end of the medium; the places of these stay. */
static bool place_parts(struct sequence *sequence, const struct clip *clip, const struct medium *medium, int64_t out)
{
    bool all = true;
    for (int i = 0; i < sequence->order.count; i++) {
        int marker = sequence->order.marker[i];
        if (marker >= clip->markers || clip->marker[marker] >= medium->frames) {
            all = false;
            continue;
        }
        int64_t from = clip->marker[marker], to = out > from ? out : medium->frames;
        for (int other = 0; other < clip->markers; other++)
            if (clip->marker[other] > from)
                to = least(to, clip->marker[other]);
        sequence->from[marker] = from;
        sequence->to[marker] = to;
    }
    return all;
}

/* Those that are not there are passed over. */
static struct parts playable(const struct clip *clip, const struct parts *parts)
{
    struct parts there = {0};
    for (int i = 0; parts && i < parts->count; i++)
        if (parts->marker[i] < clip->markers)
            there.marker[there.count++] = parts->marker[i];
    return there;
}

static void go_to_part(struct region *region, int part)
{
    int marker = region->sequence.order.marker[part];
    region->sequence.part = part;
    region->in = region->pos = region->sequence.from[marker];
    region->out = region->sequence.to[marker];
}

enum region_fault region_of(const struct clip *clip, const struct medium *medium, int64_t place, bool anywhere,
                            const struct parts *parts, struct region *region)
{
    *region = (struct region){.in = clip->in < 0 ? 0 : clip->in, .out = clip->out < 0 ? medium->frames : clip->out};
    region->out = least(region->out, medium->frames);
    if (region->in >= region->out)
        return REGION_EMPTY;
    region->sequence.order = playable(clip, place < 0 ? parts : NULL);
    if (region->sequence.order.count) {
        if (!place_parts(&region->sequence, clip, medium, region->out))
            return REGION_PAST_END;
        go_to_part(region, 0);
        return REGION_FINE;
    }
    region->pos = place < 0 ? region->in : place;
    if (region->pos >= medium->frames)
        return REGION_PAST_END;
    if (!anywhere && (region->pos < region->in || region->pos >= region->out))
        return REGION_OUTSIDE;
    region->once = region->pos >= region->out;
    if (region->once)
        region->out = medium->frames;
    return REGION_FINE;
}

bool sounding_will_loop(const struct sounding *s)
{
    return s->loops && !s->released && (s->passes == 0 || s->pass < s->passes);
}

/* Another part of the same pass follows the present one. */
static bool goes_on(const struct sounding *s)
{
    return s->sequence.part + 1 < s->sequence.order.count;
}

static bool joins(const struct sounding *s)
{
    return goes_on(s) || sounding_will_loop(s);
}

/* Where this pass gives way to the next, or this part to the next. */
static int64_t pass_end(const struct sounding *s)
{
    return most(s->out - (joins(s) ? s->seam_frames : 0), s->pos);
}

static void next_part(struct sounding *s)
{
    if (!goes_on(s))
        s->pass++;
    if (s->sequence.order.count) {
        s->sequence.part = goes_on(s) ? s->sequence.part + 1 : 0;
        s->in = s->sequence.from[s->sequence.order.marker[s->sequence.part]];
        s->out = s->sequence.to[s->sequence.order.marker[s->sequence.part]];
    }
    s->pos = s->in;
}

/* Frames to the natural end, one part after the other; -1: there is none. */
static int64_t frames_left(const struct sounding *s)
{
    struct sounding walk = *s;
    int64_t left = 0;
    if (sounding_will_loop(s) && s->passes == 0)
        return -1;
    for (; joins(&walk); next_part(&walk))
        left += pass_end(&walk) - walk.pos;
    return left + walk.out - walk.pos;
}

/* The same, were this pass the last. */
static int64_t frames_of_pass(const struct sounding *s)
{
    struct sounding last = *s;
    last.loops = false;
    return frames_left(&last);
}

static int64_t whole_pass(const struct sounding *s)
{
    struct sounding first = *s;
    if (!s->sequence.order.count)
        return s->out - s->in;
    first.sequence.part = s->sequence.order.count - 1;
    next_part(&first);
    return frames_of_pass(&first);
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
        room = most(whole_pass(s), lengths->protection);
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
    s->sequence = region->sequence;
    s->apart = region->once;
    s->released |= region->once;
}

static void set_loop(struct sounding *s, const struct lengths *lengths, const struct clip *clip)
{
    s->loops = clip->mode == MODE_LOOP;
    s->passes = s->loops ? clip->loops : 1;
    int64_t shortest = s->out - s->in;
    for (int i = 0; i < s->sequence.order.count; i++) {
        int marker = s->sequence.order.marker[i];
        shortest = least(i ? shortest : INT64_MAX, s->sequence.to[marker] - s->sequence.from[marker]);
    }
    bool has_seams = s->loops || s->sequence.order.count;
    s->seam_frames = has_seams ? least(lengths_frames(lengths, clip->seam_ms / 1000), shortest / 2) : 0;
}

void sounding_sides(const struct clip *clip, int channels, double side[SIDES])
{
    double gain = clip->gain_db <= WORLD_SILENCE_DB ? 0 : pow(10, clip->gain_db / 20), t = (clip->pan + 1) * pi / 4;
    side[LEFT] = gain * (channels == 1 ? pow(cos(t), 1.5) : 1 - fmax(clip->pan, 0));
    side[RIGHT] = gain * (channels == 1 ? pow(sin(t), 1.5) : 1 + fmin(clip->pan, 0));
}

/* M3: 1 before the first, then along each, and from its end on what it went to. */
static void place_dips(struct sounding *s, const struct dips *dips)
{
    double level = 1;
    s->dips = dips->count;
    for (int i = 0; i < dips->count; i++) {
        const struct dip *dip = &dips->dip[i];
        double to = dip->level_db <= WORLD_SILENCE_DB ? 0 : pow(10, dip->level_db / 20);
        s->dip[i] = (struct glide){.from = level, .to = to, .start = dip->from, .frames = dip->to - dip->from, .curve = dip->curve};
        level = to;
    }
}

static double dip_level(const struct sounding *s, int64_t pos)
{
    double level = 1;
    for (int i = 0; i < s->dips && s->dip[i].start <= pos; i++)
        level = glide_level(&s->dip[i], pos);
    return level;
}

/* On its way from what it was before they were made others. */
static double dipped(const struct sounding *s, int64_t pos, double before, int64_t frame)
{
    double far = glide_level(&s->dipping, frame);
    return before * (1 - far) + dip_level(s, pos) * far;
}

void sounding_dip(struct sounding *s, const struct lengths *lengths, const struct dips *dips, int64_t frame)
{
    const struct sounding was = *s;
    place_dips(s, dips);
    bool same = s->dips == was.dips;
    for (int i = 0; same && i < s->dips; i++)
        same = s->dip[i].start == was.dip[i].start && s->dip[i].frames == was.dip[i].frames && s->dip[i].to == was.dip[i].to &&
               s->dip[i].curve == was.dip[i].curve;
    if (same)
        return;
    s->undipped = dipped(&was, was.pos, was.undipped, frame);
    s->undipped_before = dipped(&was, was.before, was.undipped_before, frame);
    s->dipping = (struct glide){.from = 0, .to = 1, .start = frame, .frames = lengths->cross};
}

void sounding_begin(struct sounding *s, const struct lengths *lengths, const struct beginning *beginning, int64_t frame)
{
    const struct clip *clip = beginning->clip;
    double side[SIDES];
    s->state = STATE_HELD;
    s->medium = beginning->medium;
    s->choke = clip->choke;
    s->pass = 1;
    s->natural = true;
    set_region(s, &beginning->region);
    set_loop(s, lengths, clip);
    s->seam = s->pause = s->cross = s->envelope = glide_rest(1);
    s->mute = glide_rest(beginning->muted ? 0 : 1);
    s->dipping = glide_rest(1);
    s->protection = lengths->protection;
    place_dips(s, &clip->dips);
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
    s->natural = false;
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

void sounding_hold(struct sounding *s, int64_t frame, unsigned holders)
{
    if (holders && !s->stands)
        stand(s, frame);
    s->paused |= holders;
}

void sounding_pause(struct sounding *s, int64_t frame, enum holder holder, int64_t frames)
{
    if (s->state == STATE_QUEUED)
        sounding_hold(s, frame, holder);
    else if (!s->paused)
        glide_go(&s->pause, frame, 0, CURVE_LINEAR, frames);
    s->paused |= holder;
}

/* What goes by its own frames goes on where it stood: of one that waits, the rest of its gap. */
static void move_on(struct sounding *s, int64_t frames)
{
    struct glide *own[] = {&s->envelope, &s->end, &s->cross, &s->seam};
    for (unsigned i = 0; i < sizeof own / sizeof *own; i++)
        own[i]->start += frames;
    if (s->state == STATE_QUEUED && s->due > s->stood)
        s->due += frames;
}

void sounding_resume(struct sounding *s, int64_t frame, enum holder holder, int64_t frames)
{
    bool was_paused = s->paused != 0;
    if (s->leaves)
        return;
    s->paused &= ~(unsigned)holder;
    if (!was_paused || s->paused)
        return;
    if (s->stands)
        move_on(s, frame - s->stood);
    s->stands = false;
    if (s->state != STATE_QUEUED)
        glide_go(&s->pause, frame, 1, CURVE_LINEAR, frames);
}

/* With less than the protection left of this pass it goes round once more while it fades. */
void sounding_release(struct sounding *s, const struct lengths *lengths, struct shape fade_end, int64_t frame)
{
    if (!s->stands && frames_of_pass(s) < lengths->protection) {
        sounding_stop(s, frame, (struct shape){lengths->protection, CURVE_LINEAR});
        return;
    }
    s->released = true;
    plan_end(s, lengths, fade_end, frame, s->stands);
}

void sounding_jump(struct sounding *s, const struct lengths *lengths, const struct clip *clip,
                   const struct region *region, struct shape fade_end, int64_t frame)
{
    s->released = false;
    s->heir.there = false;              /* its end is somewhere else now */
    set_region(s, region);
    set_loop(s, lengths, clip);
    s->seam = glide_rest(1);
    if (s->paused && !s->stands)
        stand(s, frame);
    s->cross = s->stands ? glide_rest(1) : (struct glide){.to = 1, .start = frame, .frames = lengths->cross};
    plan_end(s, lengths, fade_end, frame, true);
}

/* Return: nothing of it has changed. */
static bool recut(const struct sounding *s, const struct clip *clip, struct region *region)
{
    if (!s->sequence.order.count)
        return region->in == s->in && region->out == s->out;
    bool same = true;
    region->sequence = s->sequence;
    place_parts(&region->sequence, clip, s->medium, region->out);
    for (int i = 0; i < WORLD_MARKERS; i++)
        same &= region->sequence.from[i] == s->sequence.from[i] && region->sequence.to[i] == s->sequence.to[i];
    go_to_part(region, s->sequence.part);
    return same;
}

bool sounding_cut(struct sounding *s, const struct lengths *lengths, const struct clip *clip, struct region *region,
                  int64_t frame)
{
    bool ends = s->heir.there || glide_moves(&s->end, own_time(s, frame)), entering = s->pos < s->in;
    if (s->state != STATE_HELD || ends || s->apart || recut(s, clip, region))
        return false;
    bool again = clip->mode == MODE_LOOP && !s->released && (clip->loops == 0 || s->pass < clip->loops);
    if (region->out - s->pos < (again || goes_on(s) ? 1 : lengths->protection) || (s->pos < region->in && !entering))
        return true;
    s->in = region->in;
    s->out = region->out;
    s->sequence = region->sequence;
    return false;
}

/* Where the edit leaves less than the protection, it goes round as before once more while it fades. */
void sounding_edit(struct sounding *s, const struct lengths *lengths, const struct clip *clip, struct shape fade_end,
                   int64_t frame)
{
    const struct sounding was = *s;
    if (s->state != STATE_HELD || s->heir.there || glide_moves(&s->end, own_time(s, frame)))
        return;
    set_loop(s, lengths, clip);
    int64_t left = frames_left(s);
    if (left < 0 || left >= lengths->protection || s->stands) {
        plan_end(s, lengths, fade_end, frame, s->stands);
        return;
    }
    s->loops = was.loops;
    s->passes = was.passes;
    sounding_stop(s, frame, (struct shape){lengths->protection, CURVE_LINEAR});
}

void sounding_turn(struct sounding *s, const struct lengths *lengths, const double side[SIDES], int64_t frame)
{
    if (side[LEFT] == s->side[LEFT].to && side[RIGHT] == s->side[RIGHT].to)
        return;
    for (int i = 0; i < SIDES; i++)
        glide_go(&s->side[i], frame, side[i], CURVE_LINEAR, lengths->cross);
}

static double sample_at(const struct medium *medium, int64_t pos, int side)
{
    if (pos < 0 || pos >= medium->frames)
        return 0;
    return medium->samples[pos * medium->channels + (medium->channels == 2 ? side : 0)];
}

/* What it reads, in a seam of both passes. */
static double read_medium(const struct sounding *s, int64_t frame, int side)
{
    double coming = glide_level(&s->seam, frame);
    double sample = sample_at(s->medium, s->pos, side) * dipped(s, s->pos, s->undipped, frame) * coming;
    if (coming >= 1)
        return sample;
    return sample + sample_at(s->medium, s->before, side) * dipped(s, s->before, s->undipped_before, frame) * (1 - coming);
}

/* The next pass begins a seam before OUT, while the one before fades out; so does the next part. Loops of sines are of whole
 * periods, but parts lie anywhere, so without a seam it steps as far as the medium does. */
static void turn_at_seam(struct sounding *s, int64_t frame)
{
    if (!joins(s) || s->pos < pass_end(s))
        return;
    struct sounding last = *s;          /* as it was at the frame before */
    int64_t left = s->out - s->pos;
    last.pos--;
    last.before--;
    s->seam = left > 0 ? (struct glide){.from = 0, .to = 1, .start = frame, .frames = left} : glide_rest(1);
    double level = dipped(s, s->pos, s->undipped, frame);
    s->before = s->pos;
    next_part(s);
    if (left > 0) {
        s->undipped_before = s->undipped;
        s->undipped = dip_level(s, s->pos);
    } else if (level != dip_level(s, s->pos)) {
        s->undipped = level;
        s->dipping = (struct glide){.from = 0, .to = 1, .start = frame, .frames = s->protection};
    }
    s->joined = s->sequence.order.count > 0;
    for (int i = 0; s->joined && i < SIDES; i++)
        s->joint = fmax(s->joint, fabs(read_medium(s, frame, i) - read_medium(&last, frame - 1, i)) * sounding_level(s, frame) *
                                      glide_level(&s->side[i], frame));
}

static bool is_last(const struct sounding *s, int64_t next)
{
    if (s->pos >= s->out && !joins(s))
        return true;
    if (s->state != STATE_HELD && glide_left(&s->envelope, next) == 0)
        return true;
    return s->dies && glide_left(&s->live, next) == 0;
}

bool sounding_nears_end(const struct sounding *s, const struct lengths *lengths, int64_t frame, bool begins)
{
    int64_t left = frames_left(s);
    return left >= 0 && left <= lengths->protection && (s->end.start >= frame || begins);
}

double sounding_level(const struct sounding *s, int64_t frame)
{
    return glide_level(&s->envelope, frame) * glide_level(&s->end, frame) * glide_level(&s->cross, frame) *
           glide_level(&s->live, frame) * glide_level(&s->mute, frame) * glide_level(&s->pause, frame);
}

/* The loudest that its fade markers make it, if that is more than it is without. */
static double dip_most(const struct sounding *s)
{
    double most = fmax(1, fmax(s->undipped, s->undipped_before));
    for (int i = 0; i < s->dips; i++)
        most = fmax(most, s->dip[i].to);
    return most;
}

static double dip_step(const struct sounding *s, int64_t frame)
{
    double step = glide_step(&s->dipping, frame) * dip_most(s);
    for (int i = 0; i < s->dips; i++)
        step += glide_step(&s->dip[i], s->pos) + glide_step(&s->dip[i], s->before);
    return step;
}

/* How far the product of its gains may go in one frame: each of those that move, the others being at most 1. In a seam the one
 * pass goes down as the other comes, and a seam that was entered in its middle has them out of step. */
static double gain_step(const struct sounding *s, int64_t frame)
{
    const struct glide *glides[] = {&s->envelope, &s->end, &s->cross, &s->live, &s->mute, &s->pause};
    double step = 2 * glide_step(&s->seam, frame);
    for (unsigned i = 0; i < sizeof glides / sizeof *glides; i++)
        step += glide_step(glides[i], frame);
    return step + dip_step(s, frame);
}

static void end(struct sounding *s)
{
    s->state = STATE_OVER;
    s->ended = true;
}

void sounding_play(struct sounding *s, int64_t frame, double sides[SIDES], double steps[SIDES])
{
    s->joined = false;
    s->joint = 0;
    if (s->state == STATE_QUEUED)
        return;
    if (s->stands) {                    /* only a fade that ends it goes on */
        if (s->dies && glide_left(&s->live, frame + 1) == 0)
            end(s);
        return;
    }
    turn_at_seam(s, frame);
    double gain = sounding_level(s, frame);
    double loudest = fmax(1, fmax(s->live.from, s->live.to)) * dip_most(s);
    double sine_step = s->medium->period ? 2 * sin(pi / s->medium->period) : 2;
    for (int i = 0; i < SIDES; i++) {
        double sample = read_medium(s, frame, i);
        double side = glide_level(&s->side[i], frame), before_side = fmax(s->side[i].from, s->side[i].to);
        sides[i] += sample * gain * side;
        steps[i] += s->medium->amplitude * loudest * (before_side * (fabs(gain) * sine_step + gain_step(s, frame)) +
                                                      glide_step(&s->side[i], frame));
    }
    s->pos++;
    s->before++;
    bool faded = s->paused && glide_left(&s->pause, frame + 1) == 0;
    if (is_last(s, frame + 1) || (faded && s->leaves))
        end(s);
    else if (faded)
        stand(s, frame + 1);
}
