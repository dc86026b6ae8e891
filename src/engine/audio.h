/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audio thread and its device thread: keeps the engine playing through the device asked
 * for, or a fall-back of it, or against the clock while there is none (SPEC B6). A device that
 * cannot be opened or goes away is said once and tried again, so that it is taken within 2 s
 * of its appearing; the show's time runs on meanwhile, and what comes back fades in over 5 ms.
 *
 * A device that comes with another rate than the one before is followed: the engine goes on at
 * its rate, and so does the clock when it is gone.
 */
#ifndef ENGINE_AUDIO_H
#define ENGINE_AUDIO_H

#include "engine/device.h"

struct audio;
struct engine;

enum audio_state { AUDIO_RUNNING, AUDIO_SILENT /* the clock stands in */ };
struct audio_status {                   /* a copy, taken by main */
    enum audio_state state;
    char name[DEVICE_NAME_BYTES];       /* of what plays; while it is silent, as asked for */
    char wanted[DEVICE_NAME_BYTES];     /* as asked for */
    char note[160];                     /* "", or why it is silent or a fall-back plays, in a plain sentence */
    struct device_format format;        /* of what runs now */
    uint32_t channels_most;             /* that the card opened last could have; 0: any number */
    uint64_t start_ns;                  /* CLOCK_MONOTONIC of engine frame 0, or of a change to another device: request.start_ns
                                         * of the engine's next life */
    uint32_t changes;                   /* grows with every change of the above */
};

/* All: main thread. request->rate is the rate the engine was made with (0: 48000). audio_open tries the device once,
 * synchronously, with a deadline of 3 s: it is in use, or its failure is in the status and the clock runs. Starts both
 * threads. Return: NULL with err only if no thread can be started or a file: device cannot be written. realtime_note (160
 * bytes): "" or why there is no realtime priority, with the line that mends it. */
struct audio *audio_open(struct engine *engine, const struct device_request *request, char *realtime_note, struct err *err);
void audio_close(struct audio *audio);          /* stops both threads; a file device is finished properly */
void audio_get_status(struct audio *audio, struct audio_status *status);
/* Another device or other choices while the show plays (SPEC B5). What plays fades out in 5 ms, and the other fades in; if it
 * cannot be opened or does not play, the old one goes on. rate 0: the device's own choice. Return: false if another change is
 * under way. It is over when audio_take_change returns true, some seconds later at most: with err's code ERR_NONE if it
 * plays, else why not. */
bool audio_change(struct audio *audio, const struct device_request *request);
bool audio_take_change(struct audio *audio, struct err *err);
void audio_get_request(struct audio *audio, struct device_request *request);    /* what is kept to now */
/* Equal latency (SPEC E1): maps a CLOCK_MONOTONIC time to the engine frame that sounds one period after it. */
uint64_t audio_frame_at(struct audio *audio, uint64_t time_ns);

/* The rate the device, or the first of its fall-backs that is there, would run at, without keeping it: main asks before it makes
 * the engine. Return: Hz, or 0 with err. */
uint32_t audio_probe_rate(const struct device_request *request, struct err *err);

#endif
