/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One voice: a clip sounding once. It knows where it is in its medium and how loud it is at
 * any frame; it knows no other voice, no group and no limit (start.h, pool.h).
 *
 * The gain at a frame is the product of FACTORS ramps, in their order, times clip gain and
 * pan (the two sides):
 *   ENVELOPE  the fade-in of its start, or the fade-out since it was told to stop
 *   END       the natural end: to 0 over the frames before OUT, on the last pass
 *   CROSS     the 5 ms by which a restart's new copy comes in
 *   LIVE      what the operator fades it to
 *   MUTE      the clip's mute
 *   SUPPLY    0 while its samples are not there (supply.h)
 *   PAUSE     0 while it is paused
 * and the level of its fade markers at its position. All of them are functions of the chain's
 * frame, so is the position: a voice moves by one frame of its medium a frame. Times are frames of its family's clock, unless they say engine;
 * places are frames of the medium in the chain.
 */
#ifndef ENGINE_VOICE_H
#define ENGINE_VOICE_H

#include "clipmem/clipmem.h"
#include "engine/op.h"
#include "engine/fade_map.h"
#include "engine/family.h"
#include "engine/ramp.h"
#include "engine/sequence.h"

enum voice_kind {
    VOICE_FREE,
    VOICE_QUEUED,                       /* waits for its medium; holds its place in the pool, sounds not */
    VOICE_PLAYING,
    VOICE_STOPPING,                     /* a tail: told to stop, fading out */
    VOICE_GHOST,                        /* ends within 5 ms, holds no place, counts in no limit */
};

enum voice_factor { FACTOR_ENVELOPE, FACTOR_END, FACTOR_CROSS, FACTOR_LIVE, FACTOR_MUTE, FACTOR_SUPPLY, FACTOR_PAUSE, FACTORS };
enum voice_pause { PAUSE_ASKED = 1, PAUSE_EMERGENCY = 2 };      /* who holds it; it goes on when nobody does */
enum { SIDES = 2 };

/* Gain x pan of a clip for mono [0] and stereo [1] media, made on the main thread. */
struct voice_sides {
    float side[2][SIDES];
};

/* What takes over at the last sample of a voice (follow.h), as it was when that was decided. */
struct voice_heir {
    const struct clip_params *params;   /* held, like those of the voice itself; NULL: nobody takes over */
    uint16_t clip;
    struct voice_sides sides;
    struct clipmem_view view;
};

struct voice {
    enum voice_kind kind;
    uint16_t clip;
    uint8_t bus;                        /* 0-4; of the pool: its group */
    uint8_t units;                      /* of the pool: 1 mono, 2 stereo; 0 Audition */
    uint8_t family;                     /* enum chain_family, once it sounds */
    uint8_t cause;                      /* enum end_cause, once told to end */
    bool choke;                         /* the clip's flag */
    bool orphan;                        /* its clip is gone: belongs to no clip any more */
    bool looping, released;             /* mode loop; told to leave the loop */
    bool apart;                         /* an alternate ending: it began at OUT or behind it, and IN and OUT are nothing to it */
    bool panicking;                     /* in the fade of a panic */
    bool dies;                          /* ends when its live fade does */
    bool hurried;                       /* a ghost told to end in 1 ms */
    bool dry;                           /* its samples are not there: faded out, and moving on unheard */
    bool echo;                          /* nobody is told of its end: a ghost that a seek left behind, or one whose start was
                                         * untold */
    bool over;                          /* it has ended, at over_frame; its place is taken from it after this run */
    bool stands;                        /* paused and faded out: moves no more */
    bool leaves;                        /* told to end while it fades out to stand: is over when it would stand */
    uint8_t pauses;                     /* enum voice_pause, or-ed; 0: it goes on. A queued one is held back */
    int64_t stood_frame;                /* stands: from this frame on; of a queued voice an engine frame */
    int64_t stood_frames;               /* how long it stood before, in all */
    bool unasked;                       /* no operation started it: it follows, or a link did */
    bool linking;                       /* it has begun, and its links have not been looked at yet */
    struct entry entry;                 /* where it was told to begin; a queued voice needs it yet */
    uint32_t turn;                      /* queued: which of its clip's media it will play (turns.h) */
    uint64_t serial;                    /* order of firing */
    uint64_t line;                      /* serial of the start that all of this came of: its own, unless it follows */
    int64_t due_frame;                  /* queued: it begins no sooner. Engine frame */
    int64_t over_frame;
    uint32_t lent;                      /* over: frames of its heir that it sounded after its own */
    uint64_t start_frame;               /* of its first sample, engine frame */
    int64_t begun;                      /* the same in its own time */
    int64_t dry_frame;                  /* dry: from this frame on */
    uint64_t told_frame;                /* tail: told to stop; ghost: became one. Engine frame; set by who tells it */
    const struct clip_params *held;     /* what it started with: keeps the medium from being dropped; NULL while queued */
    struct clipmem_view view;           /* the medium as taken at its start */
    struct voice_heir heir;             /* the natural end is not faded: this one goes on */
    int64_t in, out, pos;               /* chain frames of the medium; pos: the next to sound. In a sequence in..out is the present part */
    struct sequence sequence;           /* of the parts of a pass */
    uint32_t pass, passes;              /* from 1; passes in all, 0 for ever */
    uint32_t seam_frames;               /* cross-fade at a seam: of a loop, and of the parts of a sequence */
    int64_t seam_pos;                   /* the pass before, still fading out in a seam */
    struct ramp seam;                   /* 0 to 1: how far the seam is */
    struct fade_map fades;
    float was_faded[2];                 /* their levels at pos and seam_pos when the markers were edited or a pass joined another: */
    struct ramp faded_anew;             /* 0 to 1: how far it is from these to what the markers say here and now */
    uint32_t join_frames;               /* so long is that where a pass joins another without a seam: the protection */
    struct ramp factor[FACTORS];        /* queued: only LIVE, by engine frames */
    struct ramp side[SIDES];            /* clip gain x pan, left and right; both move alike */
    float gain_lin;                     /* clip gain as published */
    uint32_t load_ppm;                  /* of a period that its mixing takes, smoothed */
    int64_t calm_until;                 /* no ramp moves before this frame; INT64_MIN: not known */
    float calm[SIDES];                  /* what the sides come to until then */
};

/* Buffers for one run. */
struct voice_scratch {
    _Alignas(64) float gains[FAMILY_PERIOD_MAX], seam_gains[FAMILY_PERIOD_MAX], lr[2 * FAMILY_PERIOD_MAX];
};

/* What a voice plays of its medium, in frames of the chain. An entry that may lie anywhere plays into in..out if it is before IN,
 * and to the end of the file, once, if it is at OUT or behind it. Of a sequence it is the first part. */
struct voice_region {
    int64_t in, out, pos;               /* pos: its first frame */
    bool once;
    struct sequence sequence;
};
/* Kept inside the medium. Return: RESULT_OK; RESULT_NOT_READY: nothing lies between IN and OUT; RESULT_NO_ENTRY,
 * RESULT_OUTSIDE. */
RT_SAFE enum engine_result voice_region_rt(const struct clip_params *params, const struct clipmem_view *view,
                                           const struct entry *entry, struct voice_region *region);
/* Makes a queued voice, all zero but for its identity, entry, family and live fade (by now in frames of that), sound from `frame`
 * on. restart: it comes in by the 5 ms cross-fade. Pre: there is a region. */
RT_SAFE void voice_begin_rt(struct voice *voice, const struct timing *timing, const struct clip_params *params,
                            const struct voice_sides *sides, const struct clipmem_view *view, int64_t frame, bool restart,
                            bool muted);
/* It takes over at `frame` from one that had this level: no protection, but 1 ms of fade if the level was not full. Pre: it
 * has just begun there, without a fade-in of its own. */
RT_SAFE void voice_take_over_rt(struct voice *voice, const struct timing *timing, int64_t frame, float level);
/* The first frames of it have sounded already (voice_lend_rt). Pre: it has just begun. */
RT_SAFE void voice_skip_rt(struct voice *voice, uint32_t frames);
/* Where a device has fewer frames than the chain an end may fall between two of them: adds the first `frames` of the heir to
 * `to`, at the level that the voice has at `frame`, if the heir has more than these. Return: how many. */
RT_SAFE uint32_t voice_lend_rt(const struct voice *voice, const struct timing *timing, float *to, int64_t frame, uint32_t frames);
/* What it fades out as, over `frames`, if nobody may take over after all. */
RT_SAFE void voice_die_away_rt(struct voice *voice, int64_t frame, float level, uint32_t frames);
/* Its natural end is not faded. Pre: the fade has not begun, or nothing of it was heard. */
RT_SAFE void voice_hand_over_rt(struct voice *voice, const struct voice_heir *heir);
/* Told to stop: fades out from where it is. Return: false if it has no level to fade from: it is over at this frame. */
RT_SAFE bool voice_stop_rt(struct voice *voice, int64_t frame, struct fade_shape fade, enum end_cause cause);
/* Becomes a ghost (or a hurried one): ends within `frames`, or by the fade it has if that is sooner. Return: as above. */
RT_SAFE bool voice_ghost_rt(struct voice *voice, int64_t frame, uint32_t frames, enum end_cause cause);
/* Brings LIVE or MUTE from where it is to a level. */
RT_SAFE void voice_go_rt(struct voice *voice, enum voice_factor factor, int64_t frame, float level, struct fade_shape fade);
/* The present pass is the last. Return: false if it is over at this frame. */
RT_SAFE bool voice_release_rt(struct voice *voice, const struct timing *timing, const struct clip_params *params, int64_t frame);
/* Goes on from another place of its medium, coming in by the 5 ms cross-fade; what it was is the caller's to end. */
RT_SAFE void voice_jump_rt(struct voice *voice, const struct timing *timing, const struct clip_params *params,
                           const struct voice_region *region, int64_t frame);
/* Paused: fades out over `frames` and then stands still; a queued one is held back, and what is left of its gap too. Resumed:
 * goes on from there, fading in, if nobody else holds it. While it stands, the fades of its own (in, cross, end, seam) stand
 * with it; what the operator moves goes on in time. */
RT_SAFE void voice_pause_rt(struct voice *voice, int64_t frame, enum voice_pause by, uint32_t frames);
RT_SAFE void voice_resume_rt(struct voice *voice, int64_t frame, enum voice_pause by, uint32_t frames);
/* A paused voice that has faded out comes to stand. Return: false if it was told to end: it is over. */
RT_SAFE bool voice_settle_rt(struct voice *voice, int64_t frame);
/* Comes to stand at once, without a fade. */
RT_SAFE void voice_stand_rt(struct voice *voice, int64_t frame);
/* It begins paused by these, enum voice_pause or-ed: stands at its beginning. 0: it does not. */
RT_SAFE void voice_hold_rt(struct voice *voice, int64_t frame, unsigned by);
/* The frame by which its own fades go: that at which it came to stand while it stands. */
RT_SAFE int64_t voice_time_rt(const struct voice *voice, int64_t frame);
/* Frames since its start in which it did not stand. */
RT_SAFE int64_t voice_heard_rt(const struct voice *voice, int64_t frame);
/* What new IN and OUT are to a voice: nothing, or it plays on between them, or it is outside and begins again at IN. One that
 * ends or comes from a marker is left alone, and so is one whose file is another by now. */
enum voice_cut { CUT_NOTHING, CUT_INSIDE, CUT_OUTSIDE };
RT_SAFE enum voice_cut voice_cut_rt(const struct voice *voice, const struct timing *timing, const struct clip_params *params,
                                    int64_t frame, struct voice_region *region);
/* Its clip was edited while it sounds, IN and OUT apart. Return: false if it is over at this frame. */
RT_SAFE bool voice_edit_rt(struct voice *voice, const struct timing *timing, const struct clip_params *params,
                           const struct voice_sides *sides, int64_t frame);
/* Its fade markers were edited while it sounds: over 5 ms to what they say now. */
RT_SAFE void voice_refade_rt(struct voice *voice, const struct timing *timing, const struct clip_params *params, int64_t frame);
/* Adds up to `count` frames to `to` (interleaved stereo); *sounded: how many. Return: false if it is over after them. */
RT_SAFE bool voice_mix_rt(struct voice *voice, float *to, int64_t frame, uint32_t count, uint32_t *sounded,
                          struct voice_scratch *scratch);

RT_SAFE bool voice_sounds_rt(const struct voice *voice);            /* neither free nor queued */
/* In the main pool, with a place in it: not Audition, not a ghost. */
RT_SAFE bool voice_in_pool_rt(const struct voice *voice);
/* Of this clip, not a ghost, and the clip is still the one it was started for. */
RT_SAFE bool voice_is_of_rt(const struct voice *voice, uint16_t clip);
RT_SAFE bool voice_loops_rt(const struct voice *voice);             /* another pass will follow the present one */
RT_SAFE bool voice_joins_rt(const struct voice *voice);             /* another pass, or another part of this one, will follow */
RT_SAFE int64_t voice_pass_frames_rt(const struct voice *voice);    /* of a pass from its beginning to its end */
RT_SAFE int64_t voice_pass_left_rt(const struct voice *voice);      /* frames to the end of the present pass, were it the last */
RT_SAFE bool voice_endless_rt(const struct voice *voice);           /* loops for ever, or is paused, and was not told to stop */
/* Frames to its natural end; -1: there is none. */
RT_SAFE int64_t voice_left_rt(const struct voice *voice);
/* Frames to the end that makes something follow: the natural one, or that of a loop that was released at its very seam; -1: there
 * is none, or it was told to stop. */
RT_SAFE int64_t voice_end_left_rt(const struct voice *voice, int64_t frame);
/* The frame of the medium at which this pass, or this part of it, gives way to the next, or to silence. */
RT_SAFE int64_t voice_pass_end_rt(const struct voice *voice);

#endif
