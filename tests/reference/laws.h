/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a world sounds like: the laws of SPEC P K F M B as clipgrid(7) states them, one frame at a
 * time and in double precision. laws.c is the clock, orders.c the commands, rules.c who may start
 * at whose cost, sounding.c one copy of a clip, glide.c a level on its way.
 */
#ifndef REFERENCE_LAWS_H
#define REFERENCE_LAWS_H

#include "sounding.h"
#include "world.h"

enum { LAWS_CHANNELS = 2 * WORLD_BUSSES, LAWS_POOL_UNITS = 48, LAWS_LAYERS = 4, LAWS_GHOSTS = 64, LAWS_GHOSTS_MOST = 128 };
enum { LAWS_SOUNDINGS = 400, BUS_AUDITION = 4 };

enum refusal {
    REFUSAL_NONE, REFUSAL_POOL, REFUSAL_GROUP, REFUSAL_LAYERS, REFUSAL_IGNORED, REFUSAL_PLACE, REFUSAL_OUTSIDE, REFUSAL_SILENT,
    REFUSAL_NO_LOOP, REFUSAL_GHOSTS, REFUSAL_MARKER, REFUSAL_GUARD, REFUSAL_EMERGENCY, REFUSALS
};
/* Words that the reason on stderr has in it. */
const char *refusal_words(enum refusal refusal);

struct outcome {
    int64_t frames;
    double *samples;                    /* LAWS_CHANNELS interleaved */
    float *steps;                       /* the same shape: how far it may go to the next frame */
    enum refusal refusal[WORLD_ORDERS];
    int voices_most, ghosts_most;       /* that sounded at once; voices: ghosts and all */
};
void laws_render(const struct world *world, struct outcome *outcome);
void outcome_clear(struct outcome *outcome);

/* --- between the files of the laws --- */

enum bus_glide { BUS_GAIN, BUS_LIVE, BUS_MUTE, BUS_SOLO, BUS_GLIDES };
/* The chains of one rate (B3) have a time of their own. */
enum { FAMILY_44100, FAMILY_48000, FAMILIES };
struct family {
    struct lengths lengths;
    int64_t frame;                      /* its next to play */
    struct glide bus[WORLD_BUSSES][BUS_GLIDES];
};

struct scene {
    struct world world;                 /* as edited so far */
    struct lengths lengths;             /* of the output */
    int64_t frame;                      /* of the output */
    struct family family[FAMILIES];
    int numbers;                        /* of the last start */
    struct sounding sounding[LAWS_SOUNDINGS];   /* those not over, in order of firing */
    int soundings;
    bool muted[WORLD_CLIPS], soloed[WORLD_GROUPS];
    bool fired[WORLD_CLIPS];            /* pressed or played, the last time at fired_at */
    int64_t fired_at[WORLD_CLIPS];
    bool emergency;
};

enum start_how { START_PLAIN, START_RESTART, START_LAYER };
enum refusal rules_start(struct scene *scene, int clip, int64_t place, enum start_how how);
enum refusal rules_audition(struct scene *scene, int clip, int64_t place);
/* The family of a clip's medium. */
int rules_family(const struct scene *scene, int clip);
/* The time of a sounding, and its lengths. */
int64_t rules_now(const struct scene *scene, const struct sounding *s);
const struct lengths *rules_lengths(const struct scene *scene, const struct sounding *s);
/* Told to stop with its clip's own fade-out, unless it was already. */
void rules_stop(struct scene *scene, struct sounding *s);
void rules_ghost(struct scene *scene, struct sounding *s);
int rules_ghosts(struct scene *scene);
/* Also a copy of what a sounding is now; NULL: no room. */
struct sounding *rules_add(struct scene *scene);
enum curve rules_fade_out_curve(const struct scene *scene, int clip);
struct shape rules_fade_out(const struct scene *scene, int clip);
struct shape rules_fade_end(const struct scene *scene, int clip);

/* Notes when it was told, and tells it. */
void rules_fade_away(struct scene *scene, struct sounding *s, struct shape fade);

enum refusal orders_do(struct scene *scene, const struct order *order);

/* What was added meanwhile comes last. */
#define FOR_EACH_SOUNDING(scene, s) \
    for (struct sounding *s = (scene)->sounding; s < (scene)->sounding + (scene)->soundings; s++) \
        if (s->state != STATE_OVER)

#endif
