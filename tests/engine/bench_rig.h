/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bench for the engine: clip memory with synthesized media, an engine, and everything it
 * made so far, kept. Tests say what happens at which frame, run, and look at samples, results
 * and events.
 */
#ifndef TESTS_ENGINE_BENCH_RIG_H
#define TESTS_ENGINE_BENCH_RIG_H

#include "clipmem/clipmem.h"
#include "engine/engine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RIG_EVENTS = 1 << 16 };

struct rig {
    uint32_t rate;
    int fd;
    struct clipmem *memory;
    struct demand *demand;              /* what the engine says it reads */
    struct engine *engine;
    struct resume *resume;              /* where it keeps what another one goes on from; NULL: nowhere */
    bool borrowed;                      /* the clip memory is another rig's */
    struct state_live shown;            /* what it published */
    struct seqlock lock;
    const uint32_t *periods;            /* the sizes it is called with, in turn; 0 ends the list */
    unsigned turn;
    float *bus[ENGINE_BUSSES];          /* all frames so far, interleaved */
    uint32_t channels;                  /* of a device, 0: none */
    float *pair[ENGINE_PAIRS];          /* of its channels: likewise */
    size_t room;                        /* frames a bus has room for */
    uint32_t posted;                    /* serial of the last operation */
    struct event event[RIG_EVENTS];     /* all events so far; retired parameters are freed */
    unsigned events, retired;
};

struct rig *rig_open(uint32_t rate, const uint32_t *periods);   /* periods NULL: 64 */
/* One whose engine keeps a resume state. */
struct rig *rig_open_kept(uint32_t rate, const uint32_t *periods);
/* A new engine that was given a copy of the resume state of that one, as it is now, on the same media; how it went is in
 * *report. NULL: nothing was resumed. Frames before it are silence. */
struct resume_report;
struct rig *rig_resume(const struct rig *dead, const uint32_t *periods, struct resume_report *report);
void rig_close(struct rig *rig);

/* A sample of a medium in steps of 16 bits: frame, channel -> -32768..32767. */
typedef int rig_wave(int64_t frame, unsigned channel);
int rig_full(int64_t frame, unsigned channel);          /* 32767 in all */
int rig_half(int64_t frame, unsigned channel);          /* 16384: exactly 0.5 */
int rig_count(int64_t frame, unsigned channel);         /* a different one at every frame, never 0 */
int rig_sine(int64_t frame, unsigned channel);          /* 100 Hz at 48 kHz, amplitude 16384 */
/* Loads a READY medium of the rig's rate. */
void rig_load(struct rig *rig, uint32_t slot, enum clipmem_format format, unsigned channels, int64_t frames, rig_wave *wave);

/* The same, of which only the facts are there. */
void rig_load_nothing(struct rig *rig, uint32_t slot, enum clipmem_format format, unsigned channels, int64_t frames);
void rig_load_block(struct rig *rig, uint32_t slot, enum clipmem_format format, unsigned channels, uint32_t index,
                    rig_wave *wave);

/* Parameters of a plain clip: medium = clip number, group A, once, press stop, no fades, 0 dB. */
struct clip_params rig_params(uint32_t medium);
/* Each posts for a frame (ENGINE_NOW too) and gives the serial. */
uint32_t rig_post(struct rig *rig, struct op op);
uint32_t rig_install(struct rig *rig, uint64_t frame, uint16_t clip, const struct clip_params *params);
uint32_t rig_group(struct rig *rig, uint64_t frame, unsigned group, bool choke, unsigned voices);
uint32_t rig_press(struct rig *rig, uint64_t frame, uint16_t clip);
uint32_t rig_do(struct rig *rig, uint64_t frame, enum op_type type, uint16_t clip);
uint32_t rig_stop(struct rig *rig, uint64_t frame, enum target_kind kind, uint16_t index);
uint32_t rig_fade(struct rig *rig, uint64_t frame, enum target_kind kind, uint16_t index, float level, double seconds);
uint32_t rig_mute(struct rig *rig, uint64_t frame, enum target_kind kind, uint16_t index, bool on);

uint32_t rig_bus(struct rig *rig, uint64_t frame, unsigned bus, const struct bus_params *params);

void rig_run(struct rig *rig, uint64_t until_frame);    /* makes frames up to it, exactly */
/* From now on the engine makes frames for a device of so many channels. Pre: nothing was made yet. */
void rig_set_channels(struct rig *rig, uint32_t channels);
float rig_channel(const struct rig *rig, unsigned channel, uint64_t frame);             /* channel: of the device, from 1 */
float rig_sample(const struct rig *rig, unsigned bus, uint64_t frame, unsigned channel);
/* The result of an operation; -1: not answered. *value may be NULL. */
int rig_result(const struct rig *rig, uint32_t serial, unsigned *value);
unsigned rig_count_events(const struct rig *rig, enum event_type type, int clip);      /* clip -1: any */
const struct event *rig_last_event(const struct rig *rig, enum event_type type, int clip);     /* NULL: none */
unsigned rig_shown(const struct rig *rig, enum state_voice_kind kind);                 /* voices published so */

#endif
