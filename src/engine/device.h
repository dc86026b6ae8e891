/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the audio loop plays through: one table of functions a driver. The clock driver (no
 * card: time passes by CLOCK_MONOTONIC) and the file driver (a clock that records) come first;
 * ALSA is the third. A driver knows no voices; it is given the five busses of a period.
 *
 * Threads: open and close run on the device thread (they may take long and may hang: the show
 * plays on by the clock meanwhile); wait and write run on the audio thread.
 */
#ifndef ENGINE_DEVICE_H
#define ENGINE_DEVICE_H

#include "engine/op.h"
#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

struct err;
struct engine_output;

struct device_request {                 /* what is asked for; 0: the driver's own choice */
    char name[256];                     /* "clock", "file:PATH", or an ALSA PCM name */
    uint32_t rate, period, periods;     /* Hz, frames, count. Defaults: 48000, 64, 2 */
    uint8_t route[ENGINE_BUSSES][2];    /* device channels from 1 of each bus; a bus whose channels the device lacks goes to 1-2,
                                           the Audition bus then nowhere (SPEC B1) */
    bool dither;                        /* TPDF on 16-bit outputs */
    uint64_t start_ns;                  /* file driver: CLOCK_MONOTONIC of engine frame 0; 0: now */
};

struct device_format {                  /* what was negotiated */
    uint32_t rate, period, periods, channels;
    char format[12];                    /* "S16_LE", "FLOAT_LE", ... */
};

enum device_wait {
    DEVICE_READY,                       /* write `frames` now */
    DEVICE_XRUN,                        /* recovered; `lost` frames of time went by unheard: the engine must pass over them */
    DEVICE_LOST,                        /* gone, hung past its progress deadline, or broken: close it, use the clock */
    DEVICE_AGAIN,                       /* woken for nothing */
};

struct device;                          /* each driver's own, begins with struct device_base */
struct device_driver {
    const char *name;
    /* Device thread. Return: the device with *format filled, or NULL with err (ERR_BUSY: try again soon). */
    struct device *(*open)(const struct device_request *request, struct device_format *format, struct err *err);
    /* Audio thread, before the first wait after it was taken into use. */
    RT_SAFE void (*start)(struct device *device);
    /* Audio thread. Waits until a period fits, at most the progress deadline. */
    RT_SAFE enum device_wait (*wait)(struct device *device, uint32_t *frames, uint64_t *lost);
    /* Audio thread. frames as wait said. first_frame: engine frame, for the dither. */
    RT_SAFE void (*write)(struct device *device, const struct engine_output *output, uint32_t frames, uint64_t first_frame);
    /* Device thread. Must come back even if the card is gone. */
    void (*close)(struct device *device);
};
struct device_base {
    const struct device_driver *driver;
    struct device_format format;
};

extern const struct device_driver device_clock, device_file, device_alsa;
/* The driver a name asks for: "clock", "file:...", else ALSA. */
const struct device_driver *device_driver_for(const char *name);

#endif
