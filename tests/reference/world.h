/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small world to be heard: media, a session of one tab, and a script, all plain numbers.
 * invent.c makes one of a seed, scribe.c writes it down for the program, laws.c says what it has
 * to sound like. Nothing under tests/reference includes anything of src/.
 *
 * Frames are those of the output unless a field says otherwise. Media have the output's rate, but where the world is mixed: then
 * each has 44,100 or 48,000, and all are sines.
 */
#ifndef REFERENCE_WORLD_H
#define REFERENCE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

enum { WORLD_CLIPS = 64, WORLD_MEDIA = 8, WORLD_ORDERS = 400, WORLD_GROUPS = 4, WORLD_MARKERS = 4, WORLD_BUSSES = 5 };
#define WORLD_SILENCE_DB (-1000.0)      /* written as -inf */

enum curve { CURVE_ABSENT = -1, CURVE_LINEAR, CURVE_LOG, CURVE_EXPONENTIAL, CURVE_S, CURVE_EQUAL_POWER, CURVES };
enum mode { MODE_ONCE, MODE_LOOP, MODE_GATE };
enum press { PRESS_STOP, PRESS_RESTART, PRESS_LAYER, PRESS_IGNORE, PRESS_PAUSE };
enum medium_format { MEDIUM_S16, MEDIUM_S24, MEDIUM_F32 };

struct medium {
    int rate;
    int channels;                       /* 1 or 2 */
    enum medium_format format;
    int64_t frames;
    double amplitude;                   /* no sample is beyond it */
    int period;                         /* frames of its sine; 0: noise */
    double *samples;                    /* as the file has them, interleaved */
};

struct fades {                          /* seconds; below 0: absent */
    double in_s, out_s;
    enum curve in_curve, out_curve;
};

struct clip {
    int medium, group;
    double gain_db, pan;
    enum mode mode;
    enum press press;
    int loops;                          /* passes in all, 0: for ever */
    int64_t in, out;                    /* frames of the file; -1: absent */
    struct fades fades;
    double fade_end_s, seam_ms;
    double guard_s;                     /* below 0: the show's */
    int markers;
    int64_t marker[WORLD_MARKERS];      /* frames of the file */
    bool choke, stop_others;
    bool unwritten;                     /* left out of the session: no order names it */
};

struct group {
    bool choke, mute;
    int voices;
    double gain_db;
    struct fades fades;
};

enum target_kind { TARGET_CLIP, TARGET_GROUP, TARGET_BUS, TARGET_ALL };
struct target {
    enum target_kind kind;
    int index;                          /* clip, group, bus (4: audition) */
};

enum verb {
    VERB_PRESS, VERB_PRESS_DOWN, VERB_PRESS_UP,
    VERB_PLAY, VERB_PLAY_AT, VERB_PLAY_SECONDS, VERB_PLAY_MARKER,
    VERB_AUDITION, VERB_AUDITION_AT,
    VERB_STOP, VERB_RELEASE, VERB_SEEK, VERB_FADE, VERB_PANIC,
    VERB_PAUSE, VERB_RESUME, VERB_EMERGENCY,
    VERB_MUTE, VERB_SOLO, VERB_GAIN, VERB_PAN,
    VERB_SET_FADE_OUT, VERB_SET_PRESS, VERB_SET_CHOKE,
};

struct order {
    int64_t frame;
    enum verb verb;
    struct target target;               /* a clip where the command names one */
    double number;                      /* dB, pan, or seconds of a place */
    double seconds;                     /* of a fade */
    int64_t place;                      /* frame of the file, marker from 1, or the property's number */
    enum curve curve;                   /* CURVE_ABSENT: not said */
    bool on;
};

struct world {
    uint64_t seed;
    int rate, period;                   /* of the render */
    int64_t frames;                     /* to be rendered */
    bool sines;                         /* all media are sines that loop without a step */
    bool mixed;                         /* of both families of rates */
    struct fades fades;                 /* the show's */
    double guard_s;                     /* the show's */
    struct group group[WORLD_GROUPS];
    int media, clips, orders;
    struct medium medium[WORLD_MEDIA];
    struct clip clip[WORLD_CLIPS];
    struct order order[WORLD_ORDERS];   /* in order of time */
};

#endif
