/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What store and worker say to each other (MSG_WORK_* of wire/msg.h). One request is under way
 * at a time; its answer carries the request's serial number.
 *
 *   MSG_WORK_OPEN    [0] the file, to be read from its beginning    -> MSG_WORK_OPENED   struct work_opened
 *   MSG_WORK_READ    struct work_read                               -> MSG_WORK_FRAMES   struct work_frames
 *   MSG_WORK_TAGS    what the open file says of itself              -> MSG_WORK_TAGGED   struct media_tags, as far as text is used
 *   MSG_WORK_CLOSE   closes the file (so does the next OPEN)        -> nothing
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
    WORK_TAGS_DEADLINE_MS = 10000,
};
#define WORK_FRAMES_MAX (INT64_C(1) << 48)          /* more than any disk holds; a product with any rate fits 64 bits */

enum work_status { WORK_OK, WORK_UNREADABLE };
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
    uint32_t seekable;
    uint32_t lacks;                         /* walls the worker's sandbox is without, bits of enum sandbox_wall (platform/sandbox.h) */
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

/* The maker's side. Return: a sealed memfd, or -1 with errno. */
int work_make_staging(void);
/* Maps it after checking size and seals. Return: NULL with errno (EPROTO: not such a memfd). */
void *work_map_staging(int fd, bool writable);
void work_unmap_staging(void *staging);

/* Bytes of one frame. Pre: sample and channels are sound. */
uint32_t work_frame_bytes(uint32_t sample, uint32_t channels);
/* Whether every number and text in it is as said above. */
bool work_opened_sound(const struct work_opened *opened);
/* Takes the struct out of a message. Return: false if its size or any number or text in it is not as said above. */
bool work_parse_opened(struct work_opened *opened, const struct msg *msg);
bool work_parse_read(struct work_read *ask, const struct msg *msg);
bool work_parse_frames(struct work_frames *frames, const struct msg *msg);
bool work_parse_tags(struct media_tags *tags, const struct msg *msg);
/* Bytes of the message that carries these tags. */
size_t work_tags_bytes(const struct media_tags *tags);

#endif
