/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small world to be heard: media, a session of one or two tabs, and a script, all plain numbers.
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

enum { WORLD_CLIPS = 64, WORLD_MEDIA = 8, WORLD_ORDERS = 400, WORLD_GROUPS = 4, WORLD_MARKERS = 4, WORLD_DIPS = 4, WORLD_BUSSES = 5 };
enum { WORLD_LINKS = 3, WORLD_LIST = 4, WORLD_TABS = 2, WORLD_PARTS = 16 };
#define WORLD_SILENCE_DB (-1000.0)      /* written as -inf */

enum curve { CURVE_ABSENT = -1, CURVE_LINEAR, CURVE_LOG, CURVE_EXPONENTIAL, CURVE_S, CURVE_EQUAL_POWER, CURVES };
enum mode { MODE_ONCE, MODE_LOOP, MODE_GATE };
enum press { PRESS_STOP, PRESS_RESTART, PRESS_LAYER, PRESS_IGNORE, PRESS_PAUSE };
enum medium_format { MEDIUM_S16, MEDIUM_S24, MEDIUM_F32 };
enum follow { FOLLOW_NONE, FOLLOW_NEXT, FOLLOW_STOP, FOLLOW_CLIP };
enum does { DOES_START, DOES_STOP, DOES_FADE };

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

enum target_kind { TARGET_CLIP, TARGET_GROUP, TARGET_BUS, TARGET_ALL, TARGET_TAB };
struct target {
    enum target_kind kind;
    int index;                          /* clip, group, bus (4: audition), tab from 0 */
};

struct link {
    enum does does;
    struct target target;
    bool at_end;
    double delay_s, level_db, seconds;
    enum curve curve;                   /* CURVE_ABSENT: not said */
};

/* Markers, from 0, in the order in which they are played. */
struct parts {
    int count;                          /* 0: IN to OUT is played */
    int marker[WORLD_PARTS];
};

/* A fade marker: over frames of the file the clip's level goes to this one, and stays. */
struct dip {
    int64_t from, to;
    double level_db;
    enum curve curve;
};
struct dips {                           /* in file order */
    int count;
    struct dip dip[WORLD_DIPS];
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
    struct parts sequence;
    struct dips dips;
    bool choke, stop_others;
    enum follow follow;
    int follow_clip;                    /* FOLLOW_CLIP */
    double gap_s;
    int links;
    struct link link[WORLD_LINKS];
    int list;                           /* further files */
    int list_medium[WORLD_LIST];
    bool shuffled;
    bool gone;                          /* cleared */
    bool unwritten;                     /* left out of the session: no order names it */
};

struct group {
    bool choke, mute, mono, limiter;
    int voices;
    double gain_db;
    int output;                         /* the left of its two channels, from 1; 0: not said */
    double output_gain_db;
    struct fades fades;
};

enum verb {
    VERB_PRESS, VERB_PRESS_DOWN, VERB_PRESS_UP,
    VERB_PLAY, VERB_PLAY_AT, VERB_PLAY_SECONDS, VERB_PLAY_MARKER,
    VERB_AUDITION, VERB_AUDITION_AT,
    VERB_STOP, VERB_RELEASE, VERB_SEEK, VERB_FADE, VERB_PANIC,
    VERB_PAUSE, VERB_RESUME, VERB_EMERGENCY,
    VERB_MUTE, VERB_SOLO, VERB_GAIN, VERB_PAN,
    VERB_SET, VERB_LOAD, VERB_CLEAR, VERB_UNDO, VERB_REDO, VERB_PLAY_MARKERS,
    VERBS
};

/* What `set` sets: of a clip, of a group, of the show. */
enum property {
    PROPERTY_FADE_IN, PROPERTY_FADE_OUT, PROPERTY_FADE_IN_CURVE, PROPERTY_FADE_OUT_CURVE, PROPERTY_FADE_END, PROPERTY_PRESS,
    PROPERTY_MODE, PROPERTY_LOOPS, PROPERTY_SEAM, PROPERTY_IN, PROPERTY_OUT, PROPERTY_CHOKE, PROPERTY_STOP_OTHERS,
    PROPERTY_GROUP, PROPERTY_GUARD, PROPERTY_FOLLOW, PROPERTY_GAP, PROPERTY_LIST_ORDER,
    PROPERTY_GROUP_MODE, PROPERTY_GROUP_VOICES, PROPERTY_GROUP_MUTE, PROPERTY_GROUP_MONO, PROPERTY_GROUP_FADE_OUT,
    PROPERTY_GROUP_OUTPUT, PROPERTY_GROUP_OUTPUT_GAIN, PROPERTY_SHOW_FADE_OUT, PROPERTY_SHOW_GUARD,
    PROPERTY_MARKERS, PROPERTY_SEQUENCE, PROPERTY_FADE_MARKERS,
    PROPERTIES
};

struct order {
    int64_t frame;
    enum verb verb;
    enum property property;             /* VERB_SET */
    struct target target;               /* a clip where the command names one */
    double number;                      /* dB, pan, seconds of a place, or the property's seconds or ms */
    double seconds;                     /* of a fade */
    int64_t place;                      /* frame of the file, marker from 1, medium, or the property's number or word */
    enum curve curve;                   /* CURVE_ABSENT: not said */
    bool on;
    struct parts parts;                 /* VERB_PLAY_MARKERS, PROPERTY_SEQUENCE */
    int markers;                        /* PROPERTY_MARKERS */
    int64_t marker[WORLD_MARKERS];      /* frames of the file */
    struct dips dips;                   /* PROPERTY_FADE_MARKERS */
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
    int media, clips, orders, tabs;
    struct medium medium[WORLD_MEDIA];
    struct clip clip[WORLD_CLIPS];
    struct order order[WORLD_ORDERS];   /* in order of time */
};

/* Clips take turns over the tabs, and in each they stand in reading order. */
static inline int world_tab(const struct world *world, int clip)
{
    return clip % world->tabs;
}

#endif
