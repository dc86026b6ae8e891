/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sounds of the demo show: weather and rooms for the stage, a band at 120 beats a minute in
 * A minor, and what a studio needs. Each is a few calls of the instruments (demokit.h) and of the
 * synthesizer. One thread.
 */
#include "config.h"

#include "process/demosound.h"

#include "process/demokit.h"
#include "process/wavfile.h"

#include <stdlib.h>

/* --- the stage --- */

static void play_rain(struct canvas *c)
{
    demokit_wide(c, (struct hiss){ .shape = { 0, 4, 0.3, 0, 0, 0 },
                                   .filter = HISS_BAND, .hz = 2600, .damping = 1.4, .seed = 1, .endless = true });
    demokit_patter(c, &(struct patter){ 4, 3000, 7000, 0.004, 160, 100, .wide = true });
}

static void play_wind(struct canvas *c)
{
    demokit_wide(c, (struct hiss){ .shape = { 0, 4, 1, 0, 0, 0 },
                                   .filter = HISS_BAND, .hz = 420, .sway_octaves = 0.9, .damping = 0.25, .seed = 2,
                                   .endless = true });
}

static void play_night(struct canvas *c)
{
    for (int chirp = 0; chirp < 6; chirp++)
        for (int pulse = 0; pulse < 4; pulse++)
            synth_tone(c, &(struct tone){ .shape = { chirp * 0.5 + pulse * 0.045, 0.03, 0.6, 0, 0.008, 0 },
                                          .hz = chirp % 3 == 2 ? 4100 : 4480 });
    synth_hiss(c, &(struct hiss){ .shape = { 0, 3, 0.05, 0, 0, 0 },
                                  .filter = HISS_LOW, .hz = 300, .damping = 1, .seed = 3, .endless = true });
}

static void play_choir(struct canvas *c)
{
    static const double notes[4] = { 24, 27, 31, 36 };
    for (int i = 0; i < 4; i++) {
        double hz = (double)(int)(synth_note_hz(notes[i]) * 4 + 0.5) / 4;       /* whole turns in four seconds */
        synth_song(c, &(struct song){ .shape = { 0, 2.1, 1, i * 0.5 - 0.75, 0.1, 0 },
                                      .hz = hz, .wobble = 0.006, .wobble_hz = 5, .from = &vowel_o, .to = &vowel_a });
        synth_song(c, &(struct song){ .shape = { 2, 2.1, 1, i * 0.5 - 0.75, 0.1, 0 },
                                      .hz = hz, .wobble = 0.006, .wobble_hz = 5, .from = &vowel_a, .to = &vowel_o });
    }
}

static void play_ticking(struct canvas *c)
{
    for (int i = 0; i < 4; i++)
        demokit_burst(c, i * 0.5, i % 2 ? 1900 : 2600, 0.006, 1, 0, 7 + (uint64_t)i);
}

static void play_fire(struct canvas *c)
{
    synth_hiss(c, &(struct hiss){ .shape = { 0, 3, 0.6, 0, 0, 0 },
                                  .filter = HISS_LOW, .hz = 180, .sway_octaves = 0.5, .damping = 1, .seed = 8, .endless = true });
    demokit_patter(c, &(struct patter){ 3, 900, 5900, 0.003, 70, 300, .wide = false });
}

static void play_thunder(struct canvas *c)
{
    demokit_wide(c, (struct hiss){ .shape = { 0, 0.4, 0.7, 0, 0, 0.05 },
                                   .filter = HISS_BAND, .hz = 1800, .octaves = -3, .damping = 1.2, .seed = 11 });
    for (int i = 0; i < 4; i++)
        demokit_wide(c, (struct hiss){ .shape = { 0.1 + i * 0.6, 1.9, 1.6 - i * 0.3, 0, 0.15, 0.45 },
                                       .filter = HISS_LOW, .hz = 150, .octaves = -1, .damping = 0.9, .seed = 12 + (uint64_t)i });
}

static void play_church_bell(struct canvas *c)
{
    demokit_bell(c, 0, 3.9, 220, 0.7, 1, 0);
}

static void play_knock(struct canvas *c)
{
    for (int i = 0; i < 3; i++) {
        synth_tone(c, &(struct tone){ .shape = { i * 0.22, 0.15, 1, 0, 0, 0.02 }, .hz = 170, .octaves = -0.5 });
        demokit_burst(c, i * 0.22, 900, 0.008, 0.7, 0, 40 + (uint64_t)i);
    }
}

static void play_phone(struct canvas *c)
{
    for (int ring = 0; ring < 2; ring++)
        for (int i = 0; i < 20; i++)
            demokit_bell(c, ring * 0.6 + i * 0.02, 0.2, i % 2 ? 1240 : 1480, 0.02, 0.5, 0);
}

static void play_foghorn(struct canvas *c)
{
    demokit_brass(c, 0, 1.9, 7, 1, -0.3);
    demokit_brass(c, 0.05, 1.85, 2, 1, 0.3);
}

static void play_siren(struct canvas *c)
{
    synth_tone(c, &(struct tone){ .shape = { 0, 2.01, 0.8, 0, 0.01, 0 },
                                  .hz = 700, .wobble = 0.4, .wobble_hz = 0.5, .timbre = &demokit_strings });
}

static void play_owl(struct canvas *c)
{
    synth_tone(c, &(struct tone){ .shape = { 0, 0.35, 0.9, 0, 0.06, 0 }, .hz = 390, .octaves = -0.1 });
    synth_tone(c, &(struct tone){ .shape = { 0.55, 0.9, 1, 0, 0.1, 0 },
                                  .hz = 400, .octaves = -0.2, .wobble = 0.02, .wobble_hz = 7 });
}

static void play_steps(struct canvas *c)
{
    for (int i = 0; i < 4; i++) {
        demokit_burst(c, i * 0.5, 300, 0.02, 1, i % 2 ? 0.4 : -0.4, 50 + (uint64_t)i);
        demokit_burst(c, i * 0.5 + 0.06, 1600, 0.01, 0.35, i % 2 ? 0.4 : -0.4, 60 + (uint64_t)i);
    }
}

/* --- the band: two bars of four beats, half a second each --- */

static void play_beat(struct canvas *c)
{
    for (int step = 0; step < 8; step++) {
        if (step % 2)
            demokit_snare(c, step * 0.5, 0.8);
        else
            demokit_kick(c, step * 0.5, 1);
        demokit_hat(c, step * 0.5 + 0.25, 0.012, 0.25, 0.4);
    }
    demokit_kick(c, 1.25, 0.7);
    demokit_kick(c, 3.25, 0.7);
}

static void play_hats(struct canvas *c)
{
    for (int step = 0; step < 16; step++)
        demokit_hat(c, step * 0.125, step == 14 ? 0.06 : 0.01, step % 4 ? 0.5 : 0.9, step % 2 ? 0.5 : -0.5);
}

static void play_bass(struct canvas *c)
{
    static const double notes[16] = { 0, 0, 12, 0, 0, 10, 0, 7, -4, -4, 8, -4, -4, 5, -4, 3 };
    for (int i = 0; i < 16; i++)
        demokit_string(c, i * 0.25, notes[i], 0.11, notes[i] > 4 ? 0.7 : 1, 0);
}

static void play_pad(struct canvas *c)
{
    static const double minor[4] = { 12, 24, 27, 31 }, major[4] = { 8, 24, 27, 32 };
    demokit_chord(c, 0, 2.1, minor, 1);
    demokit_chord(c, 2, 2.1, major, 1);
}

static void play_arp(struct canvas *c)
{
    static const double steps[8] = { 24, 31, 36, 39, 43, 39, 36, 31 };
    for (int i = 0; i < 32; i++) {
        double step = steps[i % 8], raised = i >= 16 && step == 31 ? 1 : 0;     /* the second bar is a major chord */
        demokit_string(c, i * 0.125, step + raised, 0.09, i % 4 ? 0.6 : 1, (i % 8 - 3.5) / 5);
    }
}

static void play_one_kick(struct canvas *c)
{
    demokit_kick(c, 0, 1);
}

static void play_one_snare(struct canvas *c)
{
    demokit_snare(c, 0, 1);
}

static void play_clap(struct canvas *c)
{
    for (int i = 0; i < 3; i++)
        demokit_burst(c, i * 0.011, 1300, 0.008, 0.8, 0, 70 + (uint64_t)i);
    demokit_burst(c, 0.033, 1300, 0.025, 1, 0, 75);
}

static void play_cowbell(struct canvas *c)
{
    demokit_cowbell(c, 0);
}

static void play_crash(struct canvas *c)
{
    demokit_wide(c, (struct hiss){ .shape = { 0, 1.9, 1, 0, 0, 0.3 },
                                   .filter = HISS_HIGH, .hz = 4200, .damping = 0.9, .seed = 80 });
    demokit_wide(c, (struct hiss){ .shape = { 0, 1.9, 0.8, 0, 0, 0.2 },
                                   .filter = HISS_BAND, .hz = 3100, .damping = 0.3, .seed = 81 });
}

static void play_riser(struct canvas *c)
{
    demokit_wide(c, (struct hiss){ .shape = { 0, 2, 1, 0, 1.9, 0 },
                                   .filter = HISS_BAND, .hz = 200, .octaves = 5, .damping = 0.3, .seed = 90 });
}

/* --- the studio --- */

static void play_jingle(struct canvas *c)
{
    static const double notes[5] = { 36, 39, 43, 48, 55 };
    for (int i = 0; i < 5; i++)
        demokit_bell(c, i * 0.15, 1.3, synth_note_hz(notes[i]), 0.2, 1, i * 0.4 - 0.8);
}

static void play_sting(struct canvas *c)
{
    demokit_brass(c, 0, 0.2, 24, 0.8, -0.5);
    demokit_brass(c, 0.25, 0.2, 24, 0.8, 0.5);
    for (int i = 0; i < 3; i++)
        demokit_brass(c, 0.5, 0.9, 19 + 4 * i, 0.8, i * 0.6 - 0.6);
}

static void play_pips(struct canvas *c)
{
    for (int i = 0; i < 6; i++)
        synth_tone(c, &(struct tone){ .shape = { i * 0.5, i == 5 ? 0.45 : 0.1, 1, 0, 0, 0 }, .hz = 1000 });
}

static void play_ident(struct canvas *c)
{
    static const struct vowel *const vowels[5] = { &vowel_a, &vowel_e, &vowel_i, &vowel_o, &vowel_u };
    static const double notes[5] = { 12, 15, 19, 17, 12 };
    for (int i = 0; i < 5; i++)
        synth_song(c, &(struct song){ .shape = { i * 0.4, 0.38, 1, 0, 0.03, 0 },
                                      .hz = synth_note_hz(notes[i] + 12), .octaves = -0.05,
                                      .wobble = 0.01, .wobble_hz = 6, .from = vowels[i], .to = vowels[(i + 1) % 5] });
}

static void play_laugh(struct canvas *c)
{
    for (int i = 0; i < 6; i++)
        synth_song(c, &(struct song){ .shape = { i * 0.22, 0.14, 1 - i * 0.1, 0, 0.03, 0 },
                                      .hz = 260 - i * 14, .octaves = -0.3, .from = &vowel_a, .to = &vowel_e });
}

static void play_line_up(struct canvas *c)
{
    synth_tone(c, &(struct tone){ .shape = { 0, 1.01, 1, 0, 0.01, 0 }, .hz = 1000 });
}

static void play_noise(struct canvas *c)
{
    synth_hiss(c, &(struct hiss){ .shape = { 0, 2, 1, 0, 0, 0 },
                                  .filter = HISS_LOW, .hz = 1200, .damping = 1.2, .seed = 99, .endless = true });
}

static void play_sweep(struct canvas *c)
{
    synth_tone(c, &(struct tone){ .shape = { 0, 3, 1, 0, 0.02, 0 }, .hz = 40, .octaves = 8.6 });
}

static void play_applause(struct canvas *c)
{
    demokit_patter(c, &(struct patter){ 2.8, 800, 2200, 0.009, 260, 500, .wide = true, .dying = true });
}

const struct demo_sound demo_sounds[] = {
    { "rain.wav",     48000, 2, OUTPUT_S16,   4.0, true,  play_rain },
    { "wind.wav",     44100, 2, OUTPUT_S24_3, 4.0, true,  play_wind },
    { "night.wav",    44100, 1, OUTPUT_S16,   3.0, true,  play_night },
    { "choir.wav",    48000, 2, OUTPUT_S16,   4.0, true,  play_choir },
    { "ticking.wav",  44100, 1, OUTPUT_S16,   2.0, true,  play_ticking },
    { "fire.wav",     48000, 1, OUTPUT_S24_3, 3.0, true,  play_fire },
    { "thunder.wav",  48000, 2, OUTPUT_S16,   4.0, false, play_thunder },
    { "bell.wav",     48000, 1, OUTPUT_S24_3, 4.0, false, play_church_bell },
    { "knock.wav",    48000, 1, OUTPUT_S16,   0.8, false, play_knock },
    { "phone.wav",    44100, 1, OUTPUT_S16,   2.0, true,  play_phone },
    { "foghorn.wav",  48000, 2, OUTPUT_S16,   2.0, false, play_foghorn },
    { "siren.wav",    44100, 1, OUTPUT_S16,   2.0, true,  play_siren },
    { "owl.wav",      48000, 1, OUTPUT_F32,   1.5, false, play_owl },
    { "steps.wav",    44100, 2, OUTPUT_S16,   2.0, true,  play_steps },
    { "beat.wav",     48000, 2, OUTPUT_S16,   4.0, true,  play_beat },
    { "hats.wav",     44100, 2, OUTPUT_S16,   2.0, true,  play_hats },
    { "bass.wav",     48000, 1, OUTPUT_S24_3, 4.0, true,  play_bass },
    { "pad.wav",      48000, 2, OUTPUT_F32,   4.0, true,  play_pad },
    { "arp.wav",      44100, 2, OUTPUT_S24_3, 4.0, true,  play_arp },
    { "kick.wav",     48000, 1, OUTPUT_S16,   0.4, false, play_one_kick },
    { "snare.wav",    48000, 1, OUTPUT_S16,   0.4, false, play_one_snare },
    { "clap.wav",     44100, 1, OUTPUT_S16,   0.4, false, play_clap },
    { "cowbell.wav",  44100, 1, OUTPUT_S16,   0.4, false, play_cowbell },
    { "crash.wav",    44100, 2, OUTPUT_F32,   2.0, false, play_crash },
    { "riser.wav",    48000, 2, OUTPUT_S16,   2.0, false, play_riser },
    { "jingle.wav",   44100, 2, OUTPUT_S16,   2.0, false, play_jingle },
    { "sting.wav",    44100, 2, OUTPUT_S24_3, 1.5, false, play_sting },
    { "pips.wav",     48000, 1, OUTPUT_S16,   3.0, false, play_pips },
    { "ident.wav",    48000, 1, OUTPUT_S16,   2.0, false, play_ident },
    { "laugh.wav",    44100, 1, OUTPUT_S16,   1.5, false, play_laugh },
    { "tone.wav",     48000, 1, OUTPUT_S16,   1.0, true,  play_line_up },
    { "noise.wav",    48000, 1, OUTPUT_S24_3, 2.0, true,  play_noise },
    { "sweep.wav",    48000, 1, OUTPUT_F32,   3.0, false, play_sweep },
    { "applause.wav", 44100, 2, OUTPUT_S16,   3.0, false, play_applause },
};
const int demo_sound_count = sizeof demo_sounds / sizeof demo_sounds[0];

/* Turns what was played into bytes, a thousand frames at a time. */
static int write_frames(struct wavfile *wav, const struct demo_sound *sound, const struct canvas *canvas, struct err *err)
{
    enum { PIECE = 1000 };
    float samples[PIECE * 2];
    unsigned char bytes[PIECE * 2 * 4];
    for (uint32_t first = 0; first < canvas->frames; first += PIECE) {
        uint32_t count = canvas->frames - first < PIECE ? canvas->frames - first : PIECE;
        for (uint32_t i = 0; i < count * sound->channels; i++)
            samples[i] = (float)canvas->stereo[2 * first + i * 2 / sound->channels];
        output_convert_rt(bytes, samples, sound->format, sound->channels, count, first, false);
        if (wavfile_write(wav, bytes, count, err))
            return -1;
    }
    return 0;
}

int64_t demo_sound_write(const struct demo_sound *sound, const char *path, struct err *err)
{
    struct wavfile *wav = wavfile_open(path, sound->channels, sound->rate, sound->format, err);
    if (!wav)
        return -1;
    struct canvas canvas;
    canvas_init(&canvas, (uint32_t)(sound->seconds * sound->rate + 0.5), sound->rate, sound->loop);
    sound->play(&canvas);
    canvas_level(&canvas, sound->channels, 0.8);
    int failed = write_frames(wav, sound, &canvas, err);
    int64_t bytes = (int64_t)canvas.frames * sound->channels * output_sample_bytes(sound->format);
    canvas_clear(&canvas);
    if (failed) {
        wavfile_discard(wav);
        return -1;
    }
    return wavfile_close(wav, err) ? -1 : bytes;
}
