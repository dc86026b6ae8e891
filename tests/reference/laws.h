/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a world sounds like: the laws of SPEC P K F M B as clipgrid(7) states them, one frame at a
 * time and in double precision. laws.c is the clock, orders.c the commands, edits.c those that
 * change the show, rules.c who may start at whose cost, follow.c what comes of an end, links.c what
 * clips do to others, turns.c lists, sounding.c one copy of a clip, glide.c a level on its way.
 */
#ifndef REFERENCE_LAWS_H
#define REFERENCE_LAWS_H

#include "sounding.h"
#include "world.h"

enum { LAWS_CHANNELS = 2 * WORLD_BUSSES, LAWS_POOL_UNITS = 48, LAWS_LAYERS = 4, LAWS_GHOSTS = 64, LAWS_GHOSTS_MOST = 128 };
enum { LAWS_SOUNDINGS = 400, LAWS_LINKED = 64, LAWS_TASKS = 256, BUS_AUDITION = 4 };

enum refusal {
    REFUSAL_NONE, REFUSAL_POOL, REFUSAL_GROUP, REFUSAL_LAYERS, REFUSAL_IGNORED, REFUSAL_PLACE, REFUSAL_OUTSIDE, REFUSAL_SILENT,
    REFUSAL_NO_LOOP, REFUSAL_GHOSTS, REFUSAL_MARKER, REFUSAL_GUARD, REFUSAL_EMERGENCY, REFUSAL_EMPTY, REFUSAL_UNKNOWN,
    REFUSAL_POINTS, REFUSAL_UNDO, REFUSAL_REDO, REFUSAL_FOLLOW, REFUSAL_VOICES, REFUSALS
};
/* Words that the reason on stderr has in it. */
const char *refusal_words(enum refusal refusal);

/* What came about by itself, counted so that it is known to have been tried. */
enum met {
    MET_SEAMLESS, MET_GAP, MET_DIED_AWAY, MET_LINE_STOPPED, MET_LINK_START, MET_LINK_LATER, MET_LINK_STOP, MET_LINK_FADE,
    MET_LINK_AT_END, MET_WAIT_ENDED, MET_FOLLOWER_REFUSED, MET_TURN, MET_SHUFFLED_TURN, MET_CUT, MET_ORPHAN, MET_HELD_FOLLOWER, MET_FADED_WAITING,
    MET_PART,
    METS
};
const char *met_words(enum met met);

/* A bus is sent elsewhere, or otherwise. */
struct move {
    int64_t frame, cross;               /* of the output; frames that it takes */
    int bus, channel;                   /* its left one, from 0 */
    double gain;
};

struct outcome {
    int64_t frames;
    double *samples;                    /* LAWS_CHANNELS interleaved */
    float *steps;                       /* the same shape: how far it may go to the next frame */
    enum refusal refusal[WORLD_ORDERS];
    int voices_most, ghosts_most;       /* that sounded at once; voices: ghosts and all */
    int met[METS];
    struct move move[WORLD_ORDERS];     /* in order of time */
    int moves;
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
    double seam_step[WORLD_BUSSES];     /* how far it may go from the frame before to this one, where a clip follows another */
};

/* A stop or a fade of a link that comes later. */
struct task {
    int64_t due;
    int clip;                           /* whose link it is */
    struct link link;
};

/* An edit, and what it changed: as it was, or as it will be again. */
enum edited { EDITED_CLIP, EDITED_GROUP, EDITED_SHOW };
struct edit {
    enum edited what;
    int index;
    struct clip clip;
    struct group group;
    struct fades fades;                 /* the show's */
    double guard_s;
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
    int turn[WORLD_CLIPS];              /* of its next play */
    struct task task[LAWS_TASKS];
    int tasks;
    int64_t linked_at;                  /* starts by links on this frame: */
    int linked;
    struct edit edit[WORLD_ORDERS];     /* what was done, and from `done` on what was undone */
    int edits, done;
    struct glide mono[WORLD_BUSSES];    /* 1: both sides have the mean of both */
    struct move move[WORLD_ORDERS];
    int moves;
    bool heard[WORLD_BUSSES];           /* something of the bus sounded in the frame before */
    int met[METS];
};

enum start_how { START_PLAIN, START_RESTART, START_LAYER };
struct start {
    int clip;
    int64_t place;                      /* frame of the file, -1: IN */
    bool anywhere;                      /* a marker: outside of IN and OUT too */
    const struct parts *parts;          /* in place of the clip's own sequence; NULL: none */
    enum start_how how;
    int64_t due;                        /* until this output frame it waits, with a place of its own */
    int line;                           /* number of the start that it came of; 0: of its own */
    unsigned paused;                    /* it begins held by these */
    const struct sounding *leader;      /* ends on this frame and counts no more */
    struct sounding *self;              /* it waited until now; NULL: it is new */
    bool takes_over;                    /* from a leader that had this level: */
    double level;
};
/* took_over: whether it did. */
enum refusal rules_start(struct scene *scene, const struct start *start, bool *took_over);
/* As `play` starts it, be it a follower, a link's, or one that waited. */
enum start_how rules_how_to_play(struct scene *scene, int clip, const struct sounding *but);
/* Whether it would start at once, at full level and without a fade of its own (P11). */
bool rules_would_be_seamless(struct scene *scene, const struct start *start);
enum refusal rules_audition(struct scene *scene, int clip, int64_t place);
enum refusal rules_of_fault(enum region_fault fault);
/* A copy of the clip as it is in `heir`, which dies away from this level on. */
void rules_let_die_away(struct scene *scene, const struct sounding *leader, double level);
int rules_family(const struct medium *medium);
/* B3: where a family is when the output has come to a frame, halves up. */
int64_t rules_family_frame(const struct scene *scene, int family, int64_t frame);
/* The time of a sounding, and its lengths. */
int64_t rules_now(const struct scene *scene, const struct sounding *s);
const struct lengths *rules_lengths(const struct scene *scene, const struct sounding *s);
/* Told to stop with its clip's own fade-out, unless it was already; one that waits is gone. */
void rules_stop(struct scene *scene, struct sounding *s);
void rules_ghost(struct scene *scene, struct sounding *s);
int rules_ghosts(struct scene *scene);
/* Also a copy of what a sounding is now; NULL: no room. */
struct sounding *rules_add(struct scene *scene);
enum curve rules_fade_out_curve(const struct scene *scene, int clip);
struct shape rules_fade_out(const struct scene *scene, const struct sounding *s);
struct shape rules_fade_end(const struct scene *scene, const struct sounding *s);

/* Notes when it was told, and tells it. */
void rules_fade_away(struct scene *scene, struct sounding *s, struct shape fade);

enum refusal orders_do(struct scene *scene, const struct order *order);
bool orders_mean(const struct scene *scene, const struct target *target, const struct sounding *s);
/* Where nothing sounds nobody hears it jump. */
void orders_turn_bus(struct scene *scene, int bus, enum bus_glide what, double level);
void orders_fade_bus(struct scene *scene, int bus, double level, double seconds, enum curve curve);
void orders_fade(struct scene *scene, struct sounding *s, double level, double seconds, enum curve curve);
void orders_lift_emergency(struct scene *scene);
/* In a cross-fade to where the region begins. Return: false if there is no room for what it leaves behind. */
bool orders_jump(struct scene *scene, struct sounding *s, const struct region *region);
double orders_gain(double db);

/* gain, pan, set, load, clear, undo, redo. */
enum refusal edits_do(struct scene *scene, const struct order *order);

/* Before a frame: what has ended, and what comes of it. */
void follow_ends(struct scene *scene);
/* After the orders of a frame: which ends are not faded, as something follows at once. */
void follow_decide(struct scene *scene);
/* Which clip follows; -1: none. */
int follow_successor(const struct scene *scene, int clip);

/* Stops and fades that are due. */
void links_run_tasks(struct scene *scene);
/* Starts that are due. */
void links_run_waiting(struct scene *scene);
/* What clips that have started on this frame do to others. */
void links_run_starts(struct scene *scene);
void links_run_end(struct scene *scene, const struct sounding *ended);

/* The medium of a clip's play number `turn`. */
const struct medium *turns_medium(const struct scene *scene, int clip, int turn);

/* What was added meanwhile comes last. */
#define FOR_EACH_SOUNDING(scene, s) \
    for (struct sounding *s = (scene)->sounding; s < (scene)->sounding + (scene)->soundings; s++) \
        if (s->state != STATE_OVER)

#endif
