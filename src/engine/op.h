/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What crosses to the audio thread and back: operations in, events out. Plain data only.
 * Every operation is answered by exactly one EVENT_RESULT with its serial, in order of
 * execution; what else happens is told by other events.
 */
#ifndef ENGINE_OP_H
#define ENGINE_OP_H

#include <stdbool.h>
#include <stdint.h>

enum {
    ENGINE_CLIP_FILE = 10240,       /* after the clips of the grid: a file that is auditioned before it is loaded */
    ENGINE_CLIPS = ENGINE_CLIP_FILE + 1,
    ENGINE_GROUPS = 4,
    ENGINE_BUSSES = 5,              /* A B C D Audition */
    ENGINE_BUS_AUDITION = 4,
    ENGINE_POOL_UNITS = 48,         /* 24 stereo slots: a stereo voice takes two units, a mono voice one */
    ENGINE_CHANNELS = 64,           /* of a device at most */
    ENGINE_PAIRS = ENGINE_CHANNELS / 2,
    ENGINE_SENDS = 9,               /* places a bus is sent to: its own output and eight more */
    ENGINE_LAYERS_MAX = 4,
    ENGINE_TURNS = 33,              /* media that one clip plays in turn */
    ENGINE_LINKS = 8,               /* of one clip */
    ENGINE_GHOSTS_SOFT = 64,        /* past it the oldest ghost ends in 1 ms more */
    ENGINE_GHOSTS_HARD = 128,       /* past it a start is refused */
    ENGINE_PERIOD_MAX = 4096,
    ENGINE_MARKERS = 4,
    ENGINE_FADES = 4,               /* fade markers of one clip */
    ENGINE_CLIPS_NONE = 0xffff,
};
#define ENGINE_NOW UINT64_MAX       /* op.frame: at the next period */

enum fade_curve { FADE_LINEAR, FADE_LOG, FADE_EXPONENTIAL, FADE_S_CURVE, FADE_EQUAL_POWER, FADE_CURVES };
enum clip_mode { CLIP_ONCE, CLIP_LOOP, CLIP_GATE };
enum clip_press { CLIP_PRESS_STOP, CLIP_PRESS_RESTART, CLIP_PRESS_LAYER, CLIP_PRESS_IGNORE, CLIP_PRESS_PAUSE };
enum clip_follow { FOLLOW_NONE, FOLLOW_CLIP, FOLLOW_STOP };

enum target_kind { TARGET_CLIP, TARGET_GROUP, TARGET_TAB, TARGET_BUS, TARGET_ALL };
struct engine_target {
    enum target_kind kind;
    uint16_t index;                 /* clip 0-10239, group 0-3, tab 0-7, bus 0-4 */
};

enum link_does { LINK_START, LINK_STOP, LINK_FADE };
struct clip_link {                  /* what a clip does to others */
    uint8_t does;                   /* enum link_does */
    uint8_t curve;                  /* LINK_FADE */
    bool at_end;                    /* at its natural end, else at its start */
    struct engine_target target;    /* LINK_START: a clip */
    float level_lin;                /* LINK_FADE */
    double delay_s, seconds;        /* after that; LINK_FADE: how long it takes */
};

struct clip_fade {                  /* a fade marker: the clip's level goes to this one, and stays */
    int64_t from_frames, to_frames; /* of the file, from < to; none has one in common with another */
    float level_lin;
    uint8_t curve;                  /* enum fade_curve */
};

/* What a voice needs to know of its clip: immutable once posted. Made by main with malloc, given back by EVENT_RETIRED
 * (or freed by engine_free). */
struct clip_params {
    uint32_t medium;                /* clip memory slot */
    uint8_t tab;                    /* from 0 */
    uint8_t group;                  /* 0-3 */
    uint8_t mode;                   /* enum clip_mode */
    uint8_t press;                  /* enum clip_press */
    bool choke, stop_others;
    uint8_t follow;                 /* enum clip_follow: what comes at its natural end */
    uint16_t follow_clip;           /* FOLLOW_CLIP: which */
    uint8_t fade_in_curve, fade_out_curve;      /* enum fade_curve, after defaults */
    uint8_t fade_end_curve;                     /* the clip's own fade_out_curve */
    uint32_t loops;                 /* passes in all, 0 = for ever */
    int64_t in_frames, out_frames;  /* frames of the file; out -1 = end of file */
    unsigned markers;
    int64_t marker[ENGINE_MARKERS]; /* frames of the file */
    unsigned fades;
    struct clip_fade fade[ENGINE_FADES];        /* in file order */
    uint64_t sequence;              /* markers that are a pass in place of IN to OUT: 4 bits a part, from 1, the first lowest; 0: none */
    double fade_in_s, fade_out_s, fade_end_s;   /* seconds, after defaults */
    double seam_s;
    double follow_gap_s;            /* from the natural end to what comes */
    double guard_s;                 /* a press or play sooner than this after the last one that was done is refused; 0: none is */
    unsigned turns;                 /* media that it plays in turn; 0: `medium` alone */
    const uint32_t *turn_medium;    /* `turns` of them, of the same allocation; the first is `medium` */
    bool shuffled;
    uint32_t seed;                  /* of the shuffle */
    unsigned links;
    const struct clip_link *link;   /* `links` of them, of the same allocation */
    float gain_lin;                 /* clip gain */
    float pan;                      /* -1..+1 */
    uint32_t block;                 /* of the resume state (resume.h) in which it stands; engine_post fills it in */
};

/* Where in its medium a voice begins. */
enum op_entry { ENTRY_IN, ENTRY_FRAME, ENTRY_SECONDS, ENTRY_SEQUENCE };     /* IN: the clip's own sequence, if it has one */
struct entry {
    uint8_t kind;                   /* enum op_entry */
    bool anywhere;                  /* a marker, or an audition: outside of IN and OUT too, where others are refused */
    int64_t frames;                 /* ENTRY_FRAME: of the file */
    double seconds;                 /* ENTRY_SECONDS: from the file's first frame, made frames of the file, halves up */
    uint64_t sequence;              /* ENTRY_SEQUENCE: as in clip_params */
};

struct group_params {               /* copied, no ownership */
    bool choke;
    uint8_t voices;                 /* limit: choke 1-4; free 1-24 (24: the pool's own) */
    bool mute;
    float gain_lin;
};

struct bus_send {
    uint8_t channel[2];             /* of the device, from 1, of left and right; 0: nowhere */
    float gain_lin;
};
struct bus_sends {
    uint8_t count;
    struct bus_send send[ENGINE_SENDS];     /* the first is the bus's own output: engine/matrix.h */
};
struct bus_params {                 /* what becomes of a finished bus; copied, no ownership */
    bool mono;                      /* both sides have the mean of both */
    bool limiter;
    struct bus_sends sends;
};

enum op_type {
    OP_CLIP,            /* clip: install params (NULL: the clip is gone; its voices stop with the fade they had) */
    OP_GROUP,           /* clip: group index; group */
    OP_BUS,             /* clip: bus index; bus: all changes are cross-fades of 5 ms while it sounds */
    OP_LIMITERS,        /* pairs: the pairs of channels that have a limiter; as OP_BUS */
    OP_PRESS,           /* clip, edge */
    OP_PLAY,            /* clip, entry: start whatever `press` says */
    OP_SEEK,            /* clip, entry: what sounds of it goes on from there, by a 5 ms cross-fade */
    OP_STOP,            /* target */
    OP_RELEASE,         /* clip: leave the loop */
    OP_FADE,            /* target, level_lin, seconds, curve */
    OP_AUDITION,        /* clip, entry; on: if it sounds there already, it goes on */
    OP_PANIC,
    OP_PAUSE, OP_RESUME,    /* target */
    OP_EMERGENCY,           /* everything fades out in 1 ms and stands still; once more: goes on */
    OP_MUTE,            /* target, on */
    OP_SOLO,            /* clip: group index; on */
    OP_SILENCE,         /* everything at once becomes a 5 ms ghost: quit, another show */
    OP_YIELD,           /* clip: the first so many of enum state_yield (wire/state.h) yield to load from now on */
    OP_FAMILIES,        /* clip: a bit for each family of rates (1 << enum chain_family) that the show has clips of */
};
enum press_edge { PRESS_BOTH, PRESS_DOWN, PRESS_UP };

struct op {
    uint8_t type;                   /* enum op_type */
    uint8_t edge;                   /* enum press_edge */
    uint8_t curve;                  /* enum fade_curve */
    bool on;
    uint16_t clip;
    struct engine_target target;
    uint32_t serial;                /* echoed by EVENT_RESULT */
    uint64_t frame;                 /* exact engine frame, or ENGINE_NOW; a frame already past is done at the next one */
    struct entry entry;
    float level_lin;
    double seconds;
    const struct clip_params *params;       /* OP_CLIP: ownership goes to the audio thread */
    struct group_params group;
    struct bus_params bus;
    uint32_t pairs;                 /* bit 0: channels 1 and 2 */
};

enum engine_result {
    RESULT_OK,
    RESULT_NO_CLIP,             /* no params installed at that index */
    RESULT_NOT_READY,           /* its medium will not come: missing or broken */
    RESULT_POOL_FULL,           /* "24 voices in use"; value = voices it may share: fewer in a free group if others choke */
    RESULT_GROUP_FULL,          /* the group's own limit; value = limit */
    RESULT_LAYERS_FULL,         /* "4 layers sound" */
    RESULT_IGNORED,             /* press = ignore and it sounds */
    RESULT_NO_ENTRY,            /* the entry lies past the end of the file */
    RESULT_OUTSIDE,             /* it lies outside of IN and OUT, and is not one that may */
    RESULT_NOT_SOUNDING,        /* release or seek of a clip that does not sound */
    RESULT_NOT_LOOPING,
    RESULT_GHOSTS_FULL,
    RESULT_GUARDED,             /* the same trigger again within its guard; value = the guard, ms */
    RESULT_EMERGENCY,           /* an emergency holds everything */
    RESULT_LINKS_FULL,          /* too many links at once */
    RESULT_OVERLOAD,            /* the load is critical: nothing new starts */
};

enum event_type {
    EVENT_RESULT,               /* serial, result, value; `frame`: as asked for, though a bus is changed when it is heard */
    EVENT_START,                /* clip, voice, bus: its first sample is at `frame`. Of what no operation started (it follows),
                                   this and its EVENT_END are told only while there is room: both or neither */
    EVENT_END,                  /* clip, voice, cause: the last was before `frame`; heard_frames */
    EVENT_REFUSED,              /* clip, result: a queued voice could not start after all, or one that was to follow not at all */
    EVENT_DRY,                  /* clip, voice: it was silent for `heard_frames` because its samples were not there, and is heard
                                   again from `frame` on (or has ended); told only while there is room, the picture counts
                                   them all */
    EVENT_EMERGENCY,            /* value: 1 raised, 0 over */
    EVENT_PHASES,               /* value: low bits of the number of an emergency whose phases are all stamped in the picture */
    EVENT_RETIRED,              /* params: main frees it; no voice reads the medium for their sake any more */
};
enum end_cause { END_NATURAL, END_STOP, END_CHOKE, END_STEAL, END_RESTART, END_PANIC, END_CLIP_GONE };

struct event {
    uint8_t type;               /* enum event_type */
    uint8_t result;             /* enum engine_result */
    uint8_t cause;              /* enum end_cause */
    uint8_t bus;
    uint16_t clip;
    uint16_t value;
    uint32_t serial;
    uint64_t voice;             /* serial of the voice */
    uint64_t frame;
    uint64_t heard_frames;
    const struct clip_params *params;
};

#endif
