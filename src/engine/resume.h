/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The resume state: what an engine needs to sound on where another one died (SPEC S2), in a
 * memfd that only engine and supervisor have. The audio thread writes it at the end of every
 * period, in two copies in turn, so that a kill at any store leaves one whole; resume_layout.h
 * says how. A new engine is made, takes the state up, and is then to the bit what the old one was
 * at the end of its last whole period; no document, no session and no medium is read for it. What
 * a dead engine did in a period that it did not finish was not heard and has not happened: its
 * operations are undone, and are to be posted again.
 *
 * The way of an engine process:
 *
 *   resume = resume_map(fd, true);
 *   engine = engine_new(&(struct engine_config){..., .resume = resume});
 *   if (resume_restore(engine, &report, kept, context))
 *       request.resume_ns = report.time_ns;             audio_open goes on with frame report.frame, due then
 *
 * The audio loop makes the frames that were lost unheard, up to the device's first time stamp, and
 * fades in over 5 ms. Then main posts what is not resume_is_done(), and at last, when it has the
 * document, every clip, group and bus of it by OP_CLIP, OP_GROUP and OP_BUS, which what sounds takes up as
 * it takes up any edit.
 *
 * The numbers of operations (op.serial) that go into it have to be consecutive, over all lives: the new main
 * goes on with report.next_serial.
 */
#ifndef ENGINE_RESUME_H
#define ENGINE_RESUME_H

#include "engine/op.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crash_record;
struct engine;
struct resume;                          /* one process's map of the segment */

/* --- supervisor --- */
/* Return: a memfd of resume_bytes(), sealed SHRINK|GROW|SEAL, with nothing in it to resume; or -1 with errno. Its pages cost
 * memory only once written. */
int resume_create(void);
size_t resume_bytes(void);
/* Return: NULL with errno (EPROTO: not our layout). Supervisor: read-only; engine: writable, all that its audio thread will
 * touch is there. */
struct resume *resume_map(int fd, bool writable);
void resume_unmap(struct resume *resume);       /* NULL: nothing */
/* The clip whose samples the audio thread was making at its death, ENGINE_CLIPS_NONE: none. Any process, at any time. */
uint16_t resume_rendering(const struct resume *resume);
/* Where an engine that dies of its own fault says so (platform/crash.h): the next one to live empties it. Any process. */
struct crash_record *resume_crash(const struct resume *resume);
/* Grows with every period that was written whole; 0: there is nothing to resume. Any process, at any time. */
uint64_t resume_sequence(const struct resume *resume);
/* The next engine begins with nothing (a show that crashes whatever is done). Pre: no engine lives. */
void resume_forget(struct resume *resume);

/* --- engine, main thread --- */
enum { RESUME_SERIALS = 2048 };           /* twice as many as may be unanswered */
struct resume_report {
    uint64_t sequence;                  /* of the copy that was taken */
    uint64_t frame;                     /* the next to make: engine_frame_rt() */
    uint64_t time_ns;                   /* CLOCK_MONOTONIC at which it is due, as the audio loop noted; 0: it did not */
    uint32_t rate;                      /* of the device, Hz */
    unsigned voices, dropped;           /* taken up; and not, since what was written of them makes no sense or their medium is
                                         * gone */
    bool older;                         /* the newer copy was broken */
    uint32_t next_serial;               /* of the next operation: larger than any the old engine did */
    uint32_t done_before;               /* operations before this number are done, and of the others those with a bit
                                         * (number % RESUME_SERIALS) */
    uint64_t done[RESUME_SERIALS / 64];
};
/* Takes up what the segment of engine_config.resume holds, of which nothing is trusted. Pre: the engine is new, nothing was
 * posted or made. kept, or NULL, is told of all parameters that the engine has now, before the return: they come back by
 * EVENT_RETIRED as if they had been posted (malloc, one allocation each); clip: where they are installed, or ENGINE_CLIPS_NONE:
 * only a voice holds them. Return: false: there is nothing to resume, or nothing whole; the engine is as new. */
typedef void resume_kept(void *context, uint16_t clip, const struct clip_params *params);
bool resume_restore(struct engine *engine, struct resume_report *report, resume_kept *kept, void *context);
/* Before resume_restore: this clip and its voices are not taken up, whatever the state says. */
void resume_leave_out(struct resume *resume, uint16_t clip);
/* The operation had been done, and what came of it is in the state: it must not be done again. */
bool resume_is_done(const struct resume_report *report, uint32_t serial);

#endif
