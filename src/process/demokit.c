/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo's instruments: see demokit.h. One thread. */
#include "config.h"

#include "process/demokit.h"

static const struct partial bell_partials[] = {
    { 0.5, 0.5, 1.6 }, { 1, 1, 1 }, { 1.183, 0.7, 0.7 }, { 1.506, 0.5, 0.5 }, { 2, 0.6, 0.4 },
    { 2.514, 0.3, 0.25 }, { 3.011, 0.25, 0.15 },
};
static const struct partial string_partials[] = {
    { 1, 1, 1 }, { 2, 0.5, 0.6 }, { 3, 0.33, 0.4 }, { 4, 0.2, 0.3 }, { 5, 0.12, 0.2 },
};
static const struct partial brass_partials[] = {
    { 1, 1, 1 }, { 2, 0.8, 1 }, { 3, 0.6, 1 }, { 4, 0.45, 1 }, { 5, 0.3, 1 }, { 6, 0.2, 1 },
};
static const struct partial pad_partials[] = { { 1, 1, 1 }, { 1.003, 0.8, 1 }, { 2.001, 0.3, 1 }, { 2.997, 0.15, 1 } };
static const struct partial metal_partials[] = { { 1, 1, 1 }, { 1.48, 0.8, 0.8 }, { 2.7, 0.3, 0.3 } };
const struct timbre demokit_strings = { string_partials, 5 };
static const struct timbre bell_timbre = { bell_partials, 7 };
static const struct timbre brass_timbre = { brass_partials, 6 }, pad_timbre = { pad_partials, 4 };
static const struct timbre metal_timbre = { metal_partials, 3 };

void demokit_wide(struct canvas *c, struct hiss hiss)
{
    hiss.shape.pan = -0.9;
    synth_hiss(c, &hiss);
    hiss.shape.pan = 0.9;
    hiss.seed += 1000;
    synth_hiss(c, &hiss);
}

void demokit_burst(struct canvas *c, double at_s, double hz, double half_life_s, double level, double pan, uint64_t seed)
{
    synth_hiss(c, &(struct hiss){ .shape = { at_s, half_life_s * 12, level, pan, 0.001, half_life_s },
                                  .filter = HISS_BAND,
                                  .hz = hz, .damping = 0.6, .seed = seed });
}

void demokit_patter(struct canvas *c, const struct patter *patter)
{
    uint64_t chance = patter->seed;
    for (int i = 0; i < patter->count; i++) {
        double at = synth_random(&chance), pitch = synth_random(&chance);
        double level = 0.3 + 0.7 * synth_random(&chance), place = 2 * synth_random(&chance) - 1;
        demokit_burst(c, at * patter->for_s, patter->low_hz + pitch * (patter->high_hz - patter->low_hz), patter->half_life_s,
                      level * (patter->dying ? 1 - 0.7 * at : 1), patter->wide ? place : 0, patter->seed + (uint64_t)i);
    }
}

void demokit_string(struct canvas *c, double at_s, double semitones, double half_life_s, double level, double pan)
{
    synth_tone(c, &(struct tone){ .shape = { at_s, half_life_s * 8, level, pan, 0.003, half_life_s },
                                  .hz = synth_note_hz(semitones), .timbre = &demokit_strings });
}

void demokit_brass(struct canvas *c, double at_s, double for_s, double semitones, double level, double pan)
{
    synth_tone(c, &(struct tone){ .shape = { at_s, for_s, level, pan, 0.04, 0 }, .hz = synth_note_hz(semitones),
                                  .wobble = 0.004, .wobble_hz = 5.5, .timbre = &brass_timbre });
}

void demokit_bell(struct canvas *c, double at_s, double for_s, double hz, double half_life_s, double level, double pan)
{
    synth_tone(c, &(struct tone){ .shape = { at_s, for_s, level, pan, 0, half_life_s },
                                  .hz = hz, .timbre = &bell_timbre });
}

void demokit_kick(struct canvas *c, double at_s, double level)
{
    synth_tone(c, &(struct tone){ .shape = { at_s, 0.4, level, 0, 0, 0.07 }, .hz = 160, .octaves = -5 });
    synth_tone(c, &(struct tone){ .shape = { at_s, 0.4, level * 0.6, 0, 0, 0.1 }, .hz = 52 });
}

void demokit_snare(struct canvas *c, double at_s, double level)
{
    synth_tone(c, &(struct tone){ .shape = { at_s, 0.2, level * 0.5, 0, 0, 0.03 }, .hz = 210, .octaves = -0.4 });
    synth_hiss(c, &(struct hiss){ .shape = { at_s, 0.35, level * 0.8, 0, 0, 0.045 },
                                  .filter = HISS_HIGH, .hz = 1500, .damping = 1, .seed = 21 });
}

void demokit_hat(struct canvas *c, double at_s, double half_life_s, double level, double pan)
{
    synth_hiss(c, &(struct hiss){ .shape = { at_s, half_life_s * 8, level, pan, 0, half_life_s },
                                  .filter = HISS_HIGH, .hz = 6500, .damping = 0.8, .seed = 33 });
}

void demokit_chord(struct canvas *c, double at_s, double for_s, const double notes[4], double level)
{
    for (int i = 0; i < 4; i++)
        synth_tone(c, &(struct tone){ .shape = { at_s, for_s, level, i * 0.5 - 0.75, 0.35, 0 },
                                      .hz = synth_note_hz(notes[i]), .timbre = &pad_timbre });
}

void demokit_cowbell(struct canvas *c, double at_s)
{
    synth_tone(c, &(struct tone){ .shape = { at_s, 0.4, 1, 0, 0, 0.06 }, .hz = 562, .timbre = &metal_timbre });
}
