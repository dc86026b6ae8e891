/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine from inside: what engine.c owns and the files beside it work on. Nobody outside
 * engine/ includes this.
 *
 *   engine.c    main's side: making it, the rings' other ends
 *   period.c    one period
 *   ops.c       what each operation does
 *   start.c     may a clip start, at whose cost, and then it does
 *   press.c     what a press does to a clip
 *   emergency.c everything held at once
 *   places.c    the voices' places: taken, ended, ghosts
 *   follow.c    what comes when a voice ends by itself
 *   linkage.c   what a clip does to others when it starts or ends
 *   clips.c     installed clips, and giving their parameters back
 *   outputs.c   what becomes of a finished bus, as far as the device's channels
 *   endless.c   whether all of it will come to an end
 *   supply.c    whether voices have their samples, and what becomes of one that has not
 *   publish.c   what the screens and the loader see
 *   resume_*.c  what the next engine goes on from
 *
 * Everything here belongs to the audio thread, but `unanswered`, which is main's.
 */
#ifndef ENGINE_CORE_H
#define ENGINE_CORE_H

#include "clipmem/demand.h"
#include "engine/bus.h"
#include "engine/delay.h"
#include "engine/endless.h"
#include "engine/engine.h"
#include "engine/family.h"
#include "engine/outputs.h"
#include "engine/rates.h"
#include "engine/resume.h"
#include "engine/schedule.h"
#include "engine/voice.h"
#include "rt/ring.h"

enum {
    /* 48 in the pool, one on Audition, 128 ghosts; and 49 more, since panic makes ghosts beyond the limit */
    ENGINE_VOICES = ENGINE_POOL_UNITS + 1 + ENGINE_GHOSTS_HARD + ENGINE_POOL_UNITS + 1,
    /* Each of ENGINE_OPS unanswered operations may leave a result, a start, an end and retired parameters, and every voice
     * whose operation is answered a start (from the queue), an end and parameters, its heir's too: this many never overflow. */
    ENGINE_EVENTS = 8192,
    ENGINE_EVENTS_OWED = 4 * ENGINE_OPS + 4 * ENGINE_VOICES,
};
_Static_assert(ENGINE_EVENTS_OWED <= ENGINE_EVENTS, "no event may be lost");
_Static_assert((int)ENGINE_VOICES + 2 * ((int)ENGINE_POOL_UNITS + 1) <= DEMAND_VOICES,
               "every voice can be told of, and of those of the pool what follows and their next part");

/* A stop or a fade that a link does later. */
struct link_task {
    int64_t due_frame;
    uint16_t clip;                      /* whose link it is */
    struct clip_link link;
};
enum { ENGINE_LINK_TASKS = 256 };

struct clip_slot {
    const struct clip_params *params;   /* installed; NULL: there is no such clip */
    struct voice_sides sides;           /* gain x pan */
    uint8_t tab;                        /* of params */
    bool muted;                         /* its voices, now and later */
    uint32_t turn;                      /* of its next play (turns.h) */
    bool fired;                         /* pressed or played, the last time at fired_frame */
    int64_t fired_frame;
};

/* A bus on which samples were that are no numbers. */
struct bus_fault {
    bool muted;
    int64_t back_frame;                 /* muted: from here on it fades in, if it was fine until then */
};

struct engine {
    _Atomic(struct rate *) known[RATES];    /* that a device may bring; main's, or a device thread's: release, acquire */
    const struct rate *rate;            /* of the device, now: one of them */
    bool always_late;                   /* as engine_config.delayed */
    struct family family[FAMILIES];     /* the chains' time */
    uint16_t families;                  /* a bit for each that the show has clips of */
    struct delay delay;
    int64_t frame;                      /* the next to make */
    const struct clipmem *memory;
    struct demand *demand;              /* where it tells what it reads; NULL: nowhere */
    struct demand_picture demanded;     /* what is told next */
    struct voice voice[ENGINE_VOICES];
    uint64_t taken[(ENGINE_VOICES + 63) / 64];          /* bit a voice: it is not free */
    _Atomic bool sounding;              /* some bit of `taken` was set after the last period: what main may know of it */
    uint64_t serial;                    /* of the last start */
    struct clip_slot clip[ENGINE_CLIPS];
    const struct clip_params *retiring[2 * ENGINE_VOICES];      /* replaced, but a voice or its heir still holds them */
    unsigned retirings;
    const struct clip_params *passing;  /* held between the end of a voice and the beginning of its heir */
    struct group_params group[ENGINE_GROUPS];
    bool emergency;                     /* everything stands still, and nothing starts */
    bool silent;                        /* measured since: nothing is heard */
    int64_t silent_frame;               /* by when that has to be */
    struct ramp muting;                 /* 1: the outputs are muted as well */
    struct bus_fault fault[ENGINE_BUSSES];
    unsigned yields;                    /* to load: the first so many of enum state_yield */
    bool quiet_queue, quiet_links;      /* no voice is queued, or has links to be looked at: it was looked since any could have
                                         * become so */
    bool ended;                         /* some voice is over */
    struct bus bus[ENGINE_BUSSES];
    struct outputs outputs;
    struct schedule schedule;
    struct link_task task[ENGINE_LINK_TASKS];           /* in the order they came in; full: more are refused, and that is
                                                         * mentioned */
    unsigned tasks;
    int64_t linked_frame;               /* the frame `linked` counts starts by links of */
    unsigned linked;
    struct endless endless;
    struct voice_scratch scratch;

    struct state_live *live;            /* where to publish, or NULL */
    struct seqlock *live_lock;
    struct state_live picture;          /* what is published next */
    const struct voice *timed;          /* whose mixing was measured last; NULL: none's yet */
    struct voice *shown[STATE_VOICES];  /* which voice stands at which place of the picture */

    struct resume *resume;              /* where to keep it for the next engine, or NULL */
    uint64_t touched[(ENGINE_CLIPS + 63) / 64];         /* bit a clip: its cell there is to be written */
    uint32_t next_serial, done_before;  /* as struct resume_report */
    uint64_t done[RESUME_SERIALS / 64];

    struct ring ops;                    /* struct posted: main -> audio; full: engine_post refuses */
    struct ring events;                 /* struct event: audio -> main; never full, see ENGINE_EVENTS */
    uint32_t unanswered;                /* main: operations posted whose result was not taken */
};

/* Voices that are not free, in the order of their places, which is the order of mixing. voice NULL: the first. */
RT_SAFE static inline struct voice *core_voice_after_rt(struct engine *engine, const struct voice *voice)
{
    unsigned place = voice ? (unsigned)(voice - engine->voice) + 1 : 0;
    for (; place < ENGINE_VOICES; place = (place / 64 + 1) * 64) {
        uint64_t taken = engine->taken[place / 64] >> place % 64;
        if (taken)
            return &engine->voice[place + (unsigned)__builtin_ctzll(taken)];
    }
    return NULL;
}
#define FOR_EACH_VOICE(engine, voice) \
    for (struct voice *voice = core_voice_after_rt(engine, NULL); voice; voice = core_voice_after_rt(engine, voice))

/* The time a voice lives in. Pre: it sounds. */
RT_SAFE static inline const struct family *core_family_rt(const struct engine *engine, const struct voice *voice)
{
    return &engine->family[voice->family];
}

/* Now, in the frames that a voice counts in: engine frames while it is queued. */
RT_SAFE static inline int64_t core_now_rt(const struct engine *engine, const struct voice *voice)
{
    return voice->kind == VOICE_QUEUED ? engine->frame : core_family_rt(engine, voice)->frame;
}

/* Main: gain x pan of a clip. */
void core_fill_sides(struct voice_sides *sides, const struct clip_params *params);
/* From the next frame on the device runs at this rate. */
RT_SAFE void core_follow_rt(struct engine *engine, const struct rate *rate);
/* The delay comes or goes, if that is due. wanted: a clip that is converted is about to sound. */
RT_SAFE void core_settle_rt(struct engine *engine, bool wanted);
RT_SAFE void core_tell_rt(struct engine *engine, const struct event *event);
/* Tells what may be left untold when main is far behind. Return: whether it did. */
RT_SAFE bool core_mention_rt(struct engine *engine, const struct event *event);

#endif
