/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One sounding copy of a clip, frame by frame (SPEC P3-P5, F1-F4). Its gain is the product of the
 * glides below. It knows no other copy; who may start and who has to give way is rules.c.
 */
#ifndef REFERENCE_SOUNDING_H
#define REFERENCE_SOUNDING_H

#include "glide.h"
#include "world.h"

enum state { STATE_OVER, STATE_HELD, STATE_TAIL, STATE_GHOST };
enum { LEFT, RIGHT, SIDES };
enum holder { HOLDER_PAUSE = 1, HOLDER_EMERGENCY = 2 };

struct sounding {
    enum state state;
    int family;                         /* whose frames all its times are */
    int clip, bus, units;               /* units of the pool: 1 mono, 2 stereo; 0 Audition */
    int number;                         /* order of firing */
    int64_t told;                       /* output frame. Tail: told to stop at; ghost: became one at */
    bool choke;                         /* the clip's flag */
    bool in_panic;                      /* it sounded when panic was called */
    bool dies;                          /* ends with its live fade */
    bool hurried;                       /* a ghost told to end within 1 ms */
    unsigned paused;                    /* enum holder, or-ed: who holds it */
    bool stands;                        /* paused, faded out, and moving no more */
    bool leaves;                        /* told to end while it fades out to stand: then it is over */
    int64_t stood;                      /* stands: since this frame */
    const struct medium *medium;
    int64_t in, out, pos;               /* frames of the medium; pos: the next to sound */
    int pass, passes;                   /* from 1; in all, 0 for ever */
    bool loops, released;               /* mode loop; told to leave it */
    int64_t seam_frames, before;        /* before: where the pass before is, still fading out in a seam */
    struct glide seam;                  /* how far in the new pass is */
    struct glide envelope;              /* the fade-in, or the fade-out once it is told to stop */
    struct glide end;                   /* the natural end */
    struct glide cross;                 /* the 5 ms in which a copy comes in for another */
    struct glide live, mute;
    struct glide pause;                 /* 0 while it stands */
    struct glide side[SIDES];           /* clip gain and pan */
};

/* Lengths at a rate, and the fades of a clip after inheritance. */
struct lengths {
    int64_t rate, protection, cross;
};
struct shape {
    int64_t frames;
    enum curve curve;
};
int64_t lengths_frames(const struct lengths *lengths, double seconds);
/* Of a fade: shorter than the protection is the protection. */
struct shape lengths_fade(const struct lengths *lengths, double seconds, enum curve curve);

/* Where a copy would begin and what it would play. `place` -1: at IN. Return: false if that lies past the end of the file. */
struct region {
    int64_t in, out, pos;
    bool once;                          /* from OUT or behind it: to the end of the file */
};
bool region_of(const struct clip *clip, const struct medium *medium, int64_t place, struct region *region);

struct beginning {                      /* all that a start has to know */
    const struct clip *clip;
    const struct medium *medium;
    struct region region;
    struct shape fade_in;
    bool protection_only;               /* it has no fade-in of its own */
    struct shape fade_end;
    bool crosses;                       /* comes in for another copy */
    bool muted;
};
void sounding_begin(struct sounding *s, const struct lengths *lengths, const struct beginning *beginning, int64_t frame);
/* Gain and pan of a clip: P9. */
void sounding_sides(const struct clip *clip, int channels, double side[SIDES]);

/* These leave it STATE_OVER if there is nothing left to fade. When it was told is its owner's to note. */
void sounding_stop(struct sounding *s, int64_t frame, struct shape fade);
void sounding_fade_out(struct sounding *s, int64_t frame, struct shape fade);
void sounding_make_ghost(struct sounding *s, int64_t frame, int64_t frames);
/* This pass is the last. */
void sounding_release(struct sounding *s, const struct lengths *lengths, struct shape fade_end, int64_t frame);
/* On from another place, coming in over the cross-fade. */
void sounding_jump(struct sounding *s, const struct lengths *lengths, const struct region *region, struct shape fade_end,
                   int64_t frame);
/* Its gain or pan was edited. */
void sounding_turn(struct sounding *s, const struct lengths *lengths, const double side[SIDES], int64_t frame);
/* P6: fades out and stands; goes on from there, its own fades too. */
void sounding_pause(struct sounding *s, int64_t frame, enum holder holder, int64_t frames);
void sounding_resume(struct sounding *s, int64_t frame, enum holder holder, int64_t frames);
bool sounding_will_loop(const struct sounding *s);

/* Adds its frame to both sides, and to `step` how far it may go from here to the next frame, if its medium is a sine.
 * Then moves on, and is STATE_OVER when that was its last. */
void sounding_play(struct sounding *s, int64_t frame, double sides[SIDES], double steps[SIDES]);

#endif
