/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The demo's synthesizer: see demosynth.h. Sine and powers of two are polynomials; pitch and
 * decay go by a factor a frame; filters are Chamberlin's state-variable kind, which is two
 * additions and three multiplications. One thread; pure but for its canvas.
 */
#include "config.h"

#include "process/demosynth.h"

#include "base/xalloc.h"

#include <math.h>
#include <stdlib.h>

const struct vowel vowel_a = { { 800, 1150, 2900 } }, vowel_e = { { 400, 1600, 2700 } }, vowel_i = { { 270, 2140, 2950 } },
                   vowel_o = { { 450, 800, 2830 } }, vowel_u = { { 325, 700, 2530 } };

/* --- arithmetic --- */

/* 2^x: the whole part exactly, the rest as the series of e^(f ln 2), |f| <= 1/2. */
static double power_of_two(double x)
{
    double whole = floor(x + 0.5), f = (x - whole) * 0.69314718055994531, sum = 1;
    for (int i = 14; i > 0; i--)
        sum = 1 + sum * f / i;
    return ldexp(sum, (int)whole);
}

/* sin(2 pi x): the series of a quarter turn, to which every other is folded. */
static double sine_of_turns(double x)
{
    x -= floor(x + 0.5);
    if (x > 0.25)
        x = 0.5 - x;
    else if (x < -0.25)
        x = -0.5 - x;
    double a = x * 6.28318530717958648, s = a * a;
    double high = 1 / 5040.0 - s * (1 / 362880.0 - s * (1 / 39916800.0 - s / 6227020800.0));
    return a * (1 - s * (1 / 6.0 - s * (1 / 120.0 - s * high)));
}

double synth_note_hz(double semitones)
{
    return 55 * power_of_two(semitones / 12);
}

double synth_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*state >> 33) / 2147483648.0;
}

/* --- canvas --- */

void canvas_init(struct canvas *canvas, uint32_t frames, uint32_t rate, bool loop)
{
    *canvas = (struct canvas){ .frames = frames, .rate = rate, .loop = loop };
    canvas->stereo = xcalloc((size_t)frames * 2, sizeof(double));
}

void canvas_clear(struct canvas *canvas)
{
    free(canvas->stereo);
    canvas->stereo = NULL;
}

static void canvas_add(struct canvas *canvas, uint64_t frame, double value, double pan)
{
    if (canvas->loop)
        frame %= canvas->frames;
    else if (frame >= canvas->frames)
        return;
    canvas->stereo[2 * frame] += value * (pan > 0 ? 1 - pan : 1);
    canvas->stereo[2 * frame + 1] += value * (pan < 0 ? 1 + pan : 1);
}

void canvas_level(struct canvas *canvas, unsigned channels, double peak)
{
    double most = 0;
    for (uint32_t i = 0; i < canvas->frames; i++) {
        double *frame = canvas->stereo + 2 * (size_t)i;
        if (channels == 1)
            frame[0] = frame[1] = (frame[0] + frame[1]) / 2;
        most = fmax(most, fmax(fabs(frame[0]), fabs(frame[1])));
    }
    for (size_t i = 0; most > 0 && i < (size_t)canvas->frames * 2; i++)
        canvas->stereo[i] *= peak / most;
}

/* --- shapes --- */

struct envelope {
    uint64_t first, frames, attack, release;    /* frames of the canvas */
    double decay;                               /* factor a frame */
    double level;                               /* what the decay has left */
};

static void envelope_init(struct envelope *envelope, const struct canvas *canvas, const struct event_shape *shape, double life)
{
    double half_life = shape->half_life_s * life * canvas->rate;
    envelope->first = (uint64_t)(shape->at_s * canvas->rate + 0.5);
    envelope->frames = (uint64_t)(shape->for_s * canvas->rate + 0.5);
    envelope->attack = (uint64_t)(fmax(shape->attack_s, 0.002) * canvas->rate);
    envelope->release = (uint64_t)(0.01 * canvas->rate);
    envelope->decay = half_life > 0 ? power_of_two(-1 / half_life) : 1;
    envelope->level = shape->level;
}

/* The gain of frame n; to be asked of one frame after the other. */
static double envelope_next(struct envelope *envelope, uint64_t n)
{
    double gain = envelope->level;
    envelope->level *= envelope->decay;
    if (n < envelope->attack)
        gain *= (double)n / (double)envelope->attack;
    if (envelope->frames - n < envelope->release)
        gain *= (double)(envelope->frames - n) / (double)envelope->release;
    return gain;
}

/* A pitch under way: turns so far, turns a frame, and what they are multiplied by every frame. */
struct pitch { double turns, step, glide, wobble, wobble_turns, wobble_step; };

static void pitch_init(struct pitch *pitch, double hz, double octaves, double wobble, double wobble_hz,
                       const struct envelope *envelope, uint32_t rate)
{
    *pitch = (struct pitch){ .step = hz / rate, .glide = power_of_two(octaves / (double)envelope->frames),
                             .wobble = wobble, .wobble_step = wobble_hz / rate };
}

static double pitch_next(struct pitch *pitch)
{
    double turns = pitch->turns;
    pitch->turns += pitch->step * (1 + pitch->wobble * sine_of_turns(pitch->wobble_turns));
    pitch->turns -= floor(pitch->turns);
    pitch->step *= pitch->glide;
    pitch->wobble_turns += pitch->wobble_step;
    return turns;
}

/* --- tones --- */

void synth_tone(struct canvas *canvas, const struct tone *tone)
{
    static const struct partial sine[] = { { 1, 1, 1 } };
    static const struct timbre plain = { sine, 1 };
    const struct timbre *timbre = tone->timbre ? tone->timbre : &plain;
    for (unsigned i = 0; i < timbre->partials; i++) {
        const struct partial *partial = &timbre->partial[i];
        struct envelope envelope;
        struct pitch pitch;
        envelope_init(&envelope, canvas, &tone->shape, partial->life);
        pitch_init(&pitch, tone->hz * partial->ratio, tone->octaves, tone->wobble, tone->wobble_hz, &envelope, canvas->rate);
        for (uint64_t n = 0; n < envelope.frames; n++) {
            double value = sine_of_turns(pitch_next(&pitch)) * partial->level * envelope_next(&envelope, n);
            canvas_add(canvas, envelope.first + n, value, tone->shape.pan);
        }
    }
}

/* --- filters --- */

struct filter { double low, band; };

static double filter_corner(double hz, uint32_t rate)
{
    return 2 * sine_of_turns(fmin(hz, rate / 6.5) / rate / 2);
}

/* Return: the high-pass output; low and band stand in the filter. */
static double filter_step(struct filter *filter, double corner, double damping, double in)
{
    filter->low += corner * filter->band;
    double high = in - filter->low - damping * filter->band;
    filter->band += corner * high;
    return high;
}

/* --- noise --- */

static double hiss_step(const struct hiss *hiss, struct filter *filter, double corner, uint64_t *noise)
{
    double high = filter_step(filter, corner, hiss->damping, 2 * synth_random(noise) - 1);
    return hiss->filter == HISS_LOW ? filter->low : hiss->filter == HISS_BAND ? filter->band : high;
}

/* Once through. The corner moves every 32 frames, which no ear follows. */
static void hiss_pass(struct canvas *canvas, const struct hiss *hiss, struct filter *filter, bool heard)
{
    struct envelope envelope;
    envelope_init(&envelope, canvas, &hiss->shape, 1);
    uint64_t noise = hiss->seed;
    double corner = 0;
    for (uint64_t n = 0; n < envelope.frames; n++) {
        double place = (double)n / (double)envelope.frames;
        double octaves = hiss->octaves * place + hiss->sway_octaves * sine_of_turns(place);
        if (n % 32 == 0)
            corner = filter_corner(hiss->hz * power_of_two(octaves), canvas->rate);
        double value = hiss_step(hiss, filter, corner, &noise);
        double gain = hiss->endless ? hiss->shape.level : envelope_next(&envelope, n);
        if (heard)
            canvas_add(canvas, envelope.first + n, value * gain, hiss->shape.pan);
    }
}

/* An endless hiss goes round twice with the same noise and is heard the second time: the filter then ends as it began. */
void synth_hiss(struct canvas *canvas, const struct hiss *hiss)
{
    struct filter filter = { 0, 0 };
    if (hiss->endless)
        hiss_pass(canvas, hiss, &filter, false);
    hiss_pass(canvas, hiss, &filter, true);
}

/* --- the singer --- */

void synth_song(struct canvas *canvas, const struct song *song)
{
    static const double formant_level[3] = { 1, 0.6, 0.25 }, formant_damping[3] = { 0.12, 0.09, 0.07 };
    struct filter mouth[3] = { { 0, 0 } };
    struct envelope envelope;
    struct pitch pitch;
    envelope_init(&envelope, canvas, &song->shape, 1);
    pitch_init(&pitch, song->hz, song->octaves, song->wobble, song->wobble_hz, &envelope, canvas->rate);
    for (uint64_t n = 0; n < envelope.frames; n++) {
        double place = (double)n / (double)envelope.frames, turns = pitch_next(&pitch), value = 0;
        double pulse = turns < 0.4 ? 0.2 * sine_of_turns(turns / 0.8) : -0.1;      /* the throat opens, then snaps shut */
        for (int i = 0; i < 3; i++) {
            double hz = song->from->formant_hz[i] + (song->to->formant_hz[i] - song->from->formant_hz[i]) * place;
            filter_step(&mouth[i], filter_corner(hz, canvas->rate), formant_damping[i], pulse);
            value += mouth[i].band * formant_level[i];
        }
        canvas_add(canvas, envelope.first + n, value * envelope_next(&envelope, n), song->shape.pan);
    }
}
