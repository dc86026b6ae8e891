/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What store and worker say to each other (MSG_WORK_* of wire/msg.h). One request is under way
 * at a time; its answer carries the request's serial number.
 *
 *   MSG_WORK_OPEN    [0] the file, to be read from its beginning;   -> MSG_WORK_OPENED   struct work_opened
 *                    its seek table (wire/seek_table.h), or nothing
 *   MSG_WORK_READ    struct work_read                               -> MSG_WORK_FRAMES   struct work_frames
 *   MSG_WORK_TAGS    what the open file says of itself              -> MSG_WORK_TAGGED   struct media_tags, as far as text is used
 *   MSG_WORK_TABLE   the seek table of the open file                -> MSG_WORK_TABLED   struct seek_table, as far as it is used
 *   MSG_WORK_MEASURE struct work_measure                            -> MSG_WORK_MEASURED struct work_measured
 *   MSG_WORK_CLOSE   closes the file (so does the next OPEN)        -> nothing
 *
 * A file is measured piece by piece, each asked for where the last one ended, so that a worker may be taken for
 * other work between two and a hang shows within one. A piece whose first is 0 begins the measuring anew. Bytes
 * (for the hash) and frames (for the rest) are gone through apart. Peaks are those of what is played: of the one
 * channel of a mono file, else of stereo, folded down as decode/fold.h says; so is loudness.
 *
 * Samples come in the staging memory: a memfd of fixed size which its maker has sealed, so that
 * neither side can make the other one fault. The reader takes everything it gets, samples and
 * structs, for the word of an enemy: it copies, then checks the copy.
 */
#ifndef WIRE_WORK_H
#define WIRE_WORK_H

#include "wire/media_tags.h"
#include "wire/msg.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    WORK_STAGING_BYTES = 2 << 20,
    WORK_CHANNELS_MAX = 16,
    WORK_LACKS_MAX = 15,                            /* of work_opened.lacks */
    WORK_RATE_MIN = 1000, WORK_RATE_MAX = 384000,   /* Hz */
    WORK_OPEN_DEADLINE_MS = 30000,                  /* a file of unknown length is decoded once to count it */
    WORK_READ_DEADLINE_MS = 10000,
    WORK_OPEN_CPU_MS = 20000, WORK_READ_CPU_MS = 2000,  /* of the processor's time, whatever the clock says */
    WORK_WALK_NS = 500, WORK_WALK_MS_MAX = 60000,   /* more of both for a read where no seeking is possible: for each frame before
                                                     * it, ten times what GSM took; at most */
    WORK_TAGS_DEADLINE_MS = 10000,
    WORK_MEASURE_DEADLINE_MS = 30000,
    WORK_MEASURE_FRAMES_MAX = 1 << 20,              /* of a piece; a multiple of PEAKS_BIN_FRAMES (pcm/peaks.h) */
    WORK_MEASURE_BYTES_MAX = 16 << 20,
};
#define WORK_FRAMES_MAX (INT64_C(1) << 48)          /* more than any disk holds; a product with any rate fits 64 bits */

/* What no file can hold: FLAC, whose silence is the cheapest sound there is, has 65,535 frames in some 12 bytes. A worker
 * that says so is not believed, whatever decodes there. */
#define WORK_FRAMES_A_BYTE 8192
#define WORK_TOO_LONG "promises more sound than a file of its size can hold"

enum work_status {
    WORK_OK, WORK_UNREADABLE,
    WORK_ELSEWHERE                                  /* its decoder is not loaded in this worker, but may be in another
                                                     * (decode/worker.h) */
};
enum work_sample { WORK_S16, WORK_F32 };            /* interleaved, in the machine's byte order */

/* Where a channel belongs in the room; UNKNOWN only together for all channels. */
enum work_place {
    WORK_UNKNOWN, WORK_LEFT, WORK_RIGHT, WORK_CENTRE, WORK_LFE, WORK_LEFT_SURROUND, WORK_RIGHT_SURROUND, WORK_BACK_CENTRE,
    WORK_PLACES
};

struct work_opened {
    uint32_t status;                        /* enum work_status; if not OK only text and lacks hold */
    uint32_t rate, channels;                /* 1000..384000 Hz, 1..16 */
    uint32_t sample;                        /* enum work_sample: S16 if that is all the file has, else F32 */
    uint32_t seekable;                      /* 0: a read decodes all that comes before it, unless the last one ended there */
    uint32_t lacks;                         /* walls the worker's sandbox is without, bits of enum sandbox_wall
                                             * (platform/sandbox.h) */
    int64_t frames;                         /* 1..WORK_FRAMES_MAX, as the file says; may prove shorter */
    uint8_t place[WORK_CHANNELS_MAX];       /* enum work_place of each channel */
    char format[32], encoding[24];          /* for people: "WAV", "24 bit" */
    char text[128];                         /* not OK: why; OK: a warning, or "" */
};

struct work_read {
    int64_t first;                          /* frame of the file */
    uint32_t frames;                        /* as many as fit behind `at` */
    uint32_t at;                            /* byte of staging memory to begin at, a multiple of 64 */
};

struct work_frames {
    int64_t first;                          /* as asked */
    uint32_t count;                         /* fewer than asked: the sound ends there */
    uint32_t pad;
};

enum work_kind {
    WORK_HASH = 1,                          /* XXH64 with seed 0 of all the file's bytes; asked for alone */
    WORK_PEAKS = 2,                         /* struct peak of pcm/peaks.h, level 0 */
    WORK_LOUDNESS = 4,                      /* EBU R 128; only from a worker that has it (decode/loudness.h) */
};
struct work_measure {
    uint32_t kinds;                         /* enum work_kind */
    uint32_t count;                         /* bytes or frames to go through; frames a multiple of a bin unless it is the last
                                             * piece */
    int64_t first;                          /* byte or frame: 0, or where the last piece ended */
    uint32_t at;                            /* byte of staging memory for the bins, a multiple of 64 */
    uint32_t last;                          /* the file ends with this piece */
};

#define WORK_LEVEL_NONE (-200.0)            /* nothing to be measured: silence, or too short */
#define WORK_LEVEL_MOST 100.0
struct work_loudness {
    double integrated, momentary_max;       /* LUFS, or WORK_LEVEL_NONE */
    double range;                           /* LU, from 0 */
    double true_peak;                       /* dBTP, or WORK_LEVEL_NONE */
};
struct work_measured {
    int64_t first;                          /* as asked */
    uint32_t kinds, count;                  /* as asked; fewer gone through only where the file ends */
    uint32_t ended;                         /* it does, and what follows holds for the kinds asked for; also set by `last` */
    uint32_t pad;
    uint64_t hash;
    struct work_loudness loudness;
};

/* The maker's side. Return: a sealed memfd, or -1 with errno. */
int work_make_staging(void);
/* Maps it after checking size and seals. Return: NULL with errno (EPROTO: not such a memfd). */
void *work_map_staging(int fd, bool writable);
void work_unmap_staging(void *staging);

/* Bytes of one frame. Pre: sample and channels are sound. */
uint32_t work_frame_bytes(uint32_t sample, uint32_t channels);
/* Whether every number and text in it is as said above. */
bool work_opened_sound(const struct work_opened *opened);
/* Whether a file of so many bytes can be as long as it says: else it is broken, WORK_TOO_LONG. */
bool work_opened_fits(const struct work_opened *opened, int64_t file_bytes);
/* What a read from this frame on may take beyond WORK_READ_*_MS. Return: ms. */
uint32_t work_walk_ms(bool seekable, int64_t first);
/* Takes the struct out of a message. Return: false if its size or any number or text in it is not as said above. */
bool work_parse_opened(struct work_opened *opened, const struct msg *msg);
bool work_parse_read(struct work_read *ask, const struct msg *msg);
bool work_parse_frames(struct work_frames *frames, const struct msg *msg);
bool work_parse_tags(struct media_tags *tags, const struct msg *msg);
/* Bytes of the message that carries these tags. */
size_t work_tags_bytes(const struct media_tags *tags);
bool work_parse_measure(struct work_measure *ask, const struct msg *msg);
/* asked: what this answers. Checks that it does, and that every level is a number in its range. */
bool work_parse_measured(struct work_measured *measured, const struct work_measure *asked, const struct msg *msg);

#endif
