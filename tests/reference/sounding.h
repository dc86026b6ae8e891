/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One sounding copy of a clip, frame by frame (SPEC P3-P5, F1-F4). Its gain is the product of the
 * glides below. It knows no other copy; who may start and who has to give way is rules.c.
 */
#ifndef REFERENCE_SOUNDING_H
#define REFERENCE_SOUNDING_H

#include "glide.h"
#include "world.h"

enum state { STATE_OVER, STATE_QUEUED, STATE_HELD, STATE_TAIL, STATE_GHOST };
enum { LEFT, RIGHT, SIDES };
enum holder { HOLDER_PAUSE = 1, HOLDER_EMERGENCY = 2 };

/* Who takes over from it at its last frame, as it was when that was decided. */
struct heir {
    bool there;
    int index;
    struct clip clip;
    const struct medium *medium;
};

/* M2: the parts that a pass is made of. Each is from its marker to the nearest marker behind it, to OUT, or to the file's end. */
struct sequence {
    struct parts order;                 /* count 0: there is none, and a pass is IN to OUT */
    int part;                           /* of now */
    int64_t from[WORLD_MARKERS], to[WORLD_MARKERS];     /* frames of the medium, by marker */
};

struct sounding {
    enum state state;
    int family;                         /* whose frames all its times are */
    int clip, bus, units;               /* units of the pool: 1 mono, 2 stereo; 0 Audition */
    int number;                         /* order of firing */
    int line;                           /* number of the start that all of this came of */
    int turn;                           /* which of its clip's media it plays */
    int64_t due;                        /* queued: it starts at this output frame */
    int64_t place;                      /* queued: of its start, -1 at IN; only of a seek is it another */
    int64_t begun;                      /* output frame of its start */
    bool linking;                       /* its links have not been looked at yet */
    bool orphan;                        /* its clip was cleared */
    bool natural;                       /* nobody told it to end */
    bool apart;                         /* in another ending: it began at OUT or behind it */
    bool ended;                         /* it has played its last frame, and nobody has asked yet what follows */
    struct heir heir;
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
    struct sequence sequence;
    int64_t in, out, pos;               /* frames of the medium, of the present part; pos: the next to sound */
    int pass, passes;                   /* from 1; in all, 0 for ever */
    bool loops, released;               /* mode loop; told to leave it */
    int64_t seam_frames, before;        /* before: where the pass before is, still fading out in a seam */
    bool joined;                        /* its present frame is the first of a part: */
    double joint;                       /* so far it may go to it by the medium's leave */
    struct glide seam;                  /* how far in the new pass is */
    struct glide envelope;              /* the fade-in, or the fade-out once it is told to stop */
    struct glide end;                   /* the natural end */
    struct glide cross;                 /* the 5 ms in which a copy comes in for another */
    struct glide live, mute;
    struct glide pause;                 /* 0 while it stands */
    struct glide side[SIDES];           /* clip gain and pan */
    int64_t protection;                 /* frames: what a pass that begins at another level than the last one takes to get there */
    int dips;                           /* M3: where the medium is goes to another level */
    struct glide dip[WORLD_DIPS];       /* over its frames */
    double undipped, undipped_before;   /* the level of these at pos and before, when it was made another: */
    struct glide dipping;               /* 0 to 1: how far it is from there to what they are now */
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

/* Where a copy would begin and what it would play. `place` -1: at IN, or with the first of the parts (NULL: none); anywhere:
 * outside of IN and OUT too (M1, M2). */
struct region {
    int64_t in, out, pos;
    bool once;                          /* from OUT or behind it: to the end of the file */
    struct sequence sequence;
};
enum region_fault { REGION_FINE, REGION_EMPTY, REGION_PAST_END, REGION_OUTSIDE };
enum region_fault region_of(const struct clip *clip, const struct medium *medium, int64_t place, bool anywhere,
                            const struct parts *parts, struct region *region);

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
void sounding_jump(struct sounding *s, const struct lengths *lengths, const struct clip *clip,
                   const struct region *region, struct shape fade_end, int64_t frame);
/* M1: its clip has other IN, OUT or markers; region: from IN on, and made what its present part is now. Return: they cut off the
 * place where it is, and it has to jump there. */
bool sounding_cut(struct sounding *s, const struct lengths *lengths, const struct clip *clip, struct region *region,
                  int64_t frame);
/* Mode, passes, seam or the fade at its end were edited. */
void sounding_edit(struct sounding *s, const struct lengths *lengths, const struct clip *clip, struct shape fade_end,
                   int64_t frame);
/* Its gain or pan was edited. */
void sounding_turn(struct sounding *s, const struct lengths *lengths, const double side[SIDES], int64_t frame);
/* Its fade markers were edited. */
void sounding_dip(struct sounding *s, const struct lengths *lengths, const struct dips *dips, int64_t frame);
/* P6: fades out and stands; goes on from there, its own fades too. */
void sounding_pause(struct sounding *s, int64_t frame, enum holder holder, int64_t frames);
/* At once: one that waits, or has not sounded yet. holders: enum holder, or-ed; 0: it is not. */
void sounding_hold(struct sounding *s, int64_t frame, unsigned holders);
void sounding_resume(struct sounding *s, int64_t frame, enum holder holder, int64_t frames);
bool sounding_will_loop(const struct sounding *s);
/* The protection of its natural end is about to begin; begins: it has just started, and nothing of it was heard. */
bool sounding_nears_end(const struct sounding *s, const struct lengths *lengths, int64_t frame, bool begins);
/* The product of its gains, sides apart. */
double sounding_level(const struct sounding *s, int64_t frame);

/* Adds its frame to both sides, and to `step` how far it may go from here to the next frame, if its medium is a sine.
 * Then moves on, and is STATE_OVER and has ended when that was its last. */
void sounding_play(struct sounding *s, int64_t frame, double sides[SIDES], double steps[SIDES]);

#endif
