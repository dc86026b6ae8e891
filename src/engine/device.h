/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the audio loop plays through: one table of functions a driver. The clock driver (no
 * card: time passes by CLOCK_MONOTONIC) and the file driver (a clock that records) come first;
 * ALSA is the third. A driver knows no voices; it is given the busses and channels of a period.
 *
 * Threads: open and close run on the device thread (they may take long and may hang: the show
 * plays on by the clock meanwhile); start, wait, take and write run on the audio thread. A wait
 * or write that hangs costs the device, and a new audio thread.
 */
#ifndef ENGINE_DEVICE_H
#define ENGINE_DEVICE_H

#include "engine/op.h"
#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

struct err;
struct engine_output;

enum { DEVICE_NAME_BYTES = 256, DEVICE_FALLBACKS = 7 };

struct device_request {                 /* what is asked for; 0: the driver's own choice */
    char name[DEVICE_NAME_BYTES];       /* "clock", "file:PATH", or an ALSA PCM name */
    char fallback[DEVICE_FALLBACKS][DEVICE_NAME_BYTES]; /* names to try, in this order, while `name` is not to be had; "": no
                                                           more. audio.c's: a driver looks at `name` alone */
    uint32_t rate, period, periods;     /* Hz, frames, count. Defaults: 48000, 64, 2 */
    uint32_t channels;                  /* that the busses are sent to; 0: ten, a pair for each bus */
    char format[12];                    /* "S16_LE", ...: this sample format and no other; "": the best there is */
    bool dither;                        /* TPDF on 16-bit outputs */
    uint64_t start_ns;                  /* file driver: CLOCK_MONOTONIC of the file's first frame, where a recording is to go on
                                           (audio_status has it); 0: a new file begins now */
    uint64_t resume_ns;                 /* audio.h: CLOCK_MONOTONIC at which the engine's next frame is due, of one that goes on for
                                           another (resume_report.time_ns); 0: it is due now */
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

struct device_driver;
struct device {                         /* each driver's own begins with this */
    const struct device_driver *driver;
    struct device_format format;
    struct device *next;                /* of those that came back. Audio threads */
    char again[DEVICE_NAME_BYTES];      /* the name by which the same card is found at another number; "": as it was asked for */
    uint32_t channels_most;             /* that it could be opened with; 0: as many as are asked for */
    bool paired;                        /* it plays output->pair, else it takes output->bus as they are */
    uint64_t due_ns;                    /* CLOCK_MONOTONIC at which the frames that wait gave last became due: by the card's own
                                           progress, smoothed; engine frames keep pace with it. Audio thread */
    const char *why;                    /* after DEVICE_LOST: what it did, "stopped taking sound" (a literal). Audio thread */
};

struct device_driver {
    const char *name;
    /* Main, before there is a device: reads what open will need. NULL: nothing. */
    void (*warm_up)(void);
    /* Device thread. request: checked. Return: the device with its format filled, or NULL with err (ERR_BUSY: try again soon). */
    struct device *(*open)(const struct device_request *request, struct err *err);
    /* Audio thread, before the first wait after it was taken into use. due_ns: when the next engine frame is due by the show's
     * time; in the past if frames were lost on the way. */
    RT_SAFE void (*start)(struct device *device, uint64_t due_ns);
    /* Audio thread. Waits until a period fits, at most the progress deadline. *frames: 0 unless DEVICE_READY. *lost: frames
     * of the show's time that go by unheard, to be passed over first; never with DEVICE_READY, and with DEVICE_AGAIN only
     * after start. */
    RT_SAFE enum device_wait (*wait)(struct device *device, uint32_t *frames, uint64_t *lost);
    /* Audio thread. Takes over a period; does not call the card, and is done with output when it returns. frames as wait said.
     * first_frame: engine frame, for the dither. */
    RT_SAFE void (*take)(struct device *device, const struct engine_output *output, uint32_t frames, uint64_t first_frame);
    /* Audio thread, after take. Hands it to the card. NULL: there is none. */
    RT_SAFE void (*write)(struct device *device);
    /* Device thread. Must come back even if the card is gone. Frees the device. */
    void (*close)(struct device *device);
};

extern const struct device_driver device_clock, device_file, device_alsa;

/* The rates that chains are converted to: 44100, 48000, 88200, 96000 Hz. Any thread. */
bool device_rate_is_known(int64_t rate);

/* --- main thread, before there is a device: reads what the driver of this name will need --- */
void device_warm_up(const char *name);

/* --- device thread --- */
/* The driver a name asks for: "clock", "file:...", else ALSA. */
const struct device_driver *device_driver_for(const char *name);
/* Checks the request and opens by its driver. Return: as driver->open; ERR_RANGE for numbers no device has. */
struct device *device_open(const struct device_request *request, struct err *err);

/* --- for drivers --- */
/* Audio thread. out: frames x channels interleaved floats of the engine's pairs. output NULL: silence. */
RT_SAFE void device_interleave_rt(const struct engine_output *output, uint32_t channels, float *out, uint32_t frames);

#endif
