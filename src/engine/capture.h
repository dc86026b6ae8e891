/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inputs: Record A, Record B and LTC, taken from a capture device by a thread of their own. A
 * card that is heard has its own clock, which need not be that of the card that plays: the two are
 * never linked, and nothing here can hold up the audio thread or reach an output.
 *
 * Record A and B go into the past that the store records from (wire/inputs.h), their levels into the
 * state segment; LTC goes by a ring to the timing thread (engine/ltc_input.h). What is lost, because
 * the card overran, went away or this process was dead, stands in the past as silence, so that
 * frames keep the pace of the clock. A device that cannot be opened or went away is said once and
 * tried again every second.
 *
 * Devices: an ALSA PCM; "clock", which hears silence; "count", a test signal whose samples number
 * the frames (capture_count_rt), so that what was recorded tells of itself what is missing.
 */
#ifndef ENGINE_CAPTURE_H
#define ENGINE_CAPTURE_H

#include "rt/guard.h"
#include "wire/inputs.h"
#include "wire/state.h"

#include <stdbool.h>
#include <stdint.h>

struct capture;
struct err;

enum { CAPTURE_CHANNELS_MAX = 64 };

struct capture_request {
    char name[256];                     /* as above; "": no input is wanted */
    uint32_t rate, period;              /* Hz, frames; 0: the driver's choice */
    uint8_t record[INPUTS][2];          /* device channels from 1, left and right; 0: not wanted */
    uint8_t ltc;                        /* likewise */
};

struct capture_status {                 /* a copy, taken by main */
    bool running;                       /* else: no input is wanted, or it is not there */
    char name[256];
    char note[160];                     /* "" or why it is not there, in a plain sentence */
    uint32_t rate, channels;            /* of the device, while it runs */
    uint32_t changes;                   /* grows with every change of the above */
};

/* --- main thread --- */
/* inputs: mapped writable; state: where levels are shown. Both outlive it. Starts the thread, which opens the device.
 * Return: NULL if no input is wanted, or there is no thread (errno). */
struct capture *capture_open(const struct capture_request *request, struct inputs *inputs, struct state_segment *state);
void capture_close(struct capture *capture);    /* NULL allowed; a thread that hangs in its driver is left behind */
/* The same for who cannot wait: asks the thread to come to its end, and takes the end when it has come, which may be never. The
 * past has one writer: nothing else may be opened on it before. Return: true if it is freed; also for NULL. */
void capture_leave(struct capture *capture);
bool capture_take_end(struct capture *capture);
/* The first frame of the past that it heard; UINT64_MAX: none yet. */
uint64_t capture_first_frame(const struct capture *capture);
void capture_get_status(struct capture *capture, struct capture_status *status);        /* NULL allowed: all zero */
/* The highest device channel that is asked for. */
uint32_t capture_channels_wanted(const struct capture_request *request);

/* --- for drivers: capture thread --- */
struct capture_source;
struct capture_driver {
    /* May take long. Return: NULL with err. The source's rate and channels are filled in. */
    struct capture_source *(*open)(const struct capture_request *request, struct err *err);
    /* Waits for frames, at most 100 ms. frames: room for most x channels floats. *end_ns: CLOCK_MONOTONIC at which the last of
     * them came. Return: how many came, -1: it overran, what was heard since is lost; -2: the device is lost, source->why says
     * how. */
    RT_SAFE int32_t (*read)(struct capture_source *source, float *frames, uint32_t most, uint64_t *end_ns);
    void (*close)(struct capture_source *source);
};
struct capture_source {                 /* each driver's own begins with this */
    const struct capture_driver *driver;
    uint32_t rate, channels;            /* Hz; at most CAPTURE_CHANNELS_MAX */
    const char *why;                    /* a literal */
};
extern const struct capture_driver capture_alsa, capture_clock, capture_count;

/* What "count" says: exact in float, never 0, another number at each of 2^21 frames and on each of 4 channels (from 0), at most
 * 0.5. frame: since the clock's beginning. */
RT_SAFE float capture_count_rt(uint64_t frame, uint32_t channel);

#endif
