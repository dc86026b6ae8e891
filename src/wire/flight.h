/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The flight recorder's ring (SPEC L1): what came in and what became of it, record by record, in a memory that outlives the
 * engine which writes it. The engine's main thread appends and never waits; the store copies records to disk (logbook/
 * flight_file.h), where they look the same. Bounded: records that nobody took in time are written over, and the reader is told
 * how many. A record is visible only when it is whole, so a kill in the middle of one leaves those before it.
 *
 * One writer, one reader. Not for the audio thread.
 */
#ifndef WIRE_FLIGHT_H
#define WIRE_FLIGHT_H

#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Id, "plays" or "paused", engine frame of its first sample, frame of the file, end of its live fade in 1/1000 dB. Or "queued":
 * engine frames that are to be passed over from that frame of the file; -1: from IN. While an emergency holds it all,
 * FLIGHT_VOICES_HELD is the first line. */
#define FLIGHT_VOICE_FORMAT "%s %s %" PRIu64 " %" PRId64 " %" PRId32
#define FLIGHT_VOICES_HELD "emergency"

enum { FLIGHT_RING_BYTES = 4 << 20, FLIGHT_PAYLOAD_MAX = 8192 };

enum flight_kind {
    FLIGHT_NONE,
    FLIGHT_BEGAN,           /* struct flight_began, text: the program's version; the first of a run */
    FLIGHT_DOCUMENT,        /* flat document, a form feed, journal lines (MSG_SHOW): in files only */
    FLIGHT_LINE,            /* struct flight_line, text: a command line that was accepted; "": the
                             * quick fade of everything, when a show ends */
    FLIGHT_DONE,            /* struct flight_done: operations were done at a frame */
    FLIGHT_REFUSED,         /* text: why something was not done */
    FLIGHT_PLAY,            /* text: address, id and name of a clip whose first frame is the record's */
    FLIGHT_AUDITION,        /* the same on the Audition bus */
    FLIGHT_END,             /* text: cause, address, id, name */
    FLIGHT_NOTICE,          /* text: what the operator was told */
    FLIGHT_DEVICE,          /* text: what became of the device */
    FLIGHT_EMERGENCY,       /* text: which, and when its phases were reached; the frame of the first */
    FLIGHT_DRY,             /* text: a clip, and how long its samples were missing */
    FLIGHT_BEAT,            /* nothing else was recorded for a second, and something sounds */
    FLIGHT_LOST,            /* uint64_t: so many bytes of records were written over before they were taken; in files only */
    FLIGHT_GOES_ON,         /* struct flight_goes_on: behind a FLIGHT_BEGAN: there is one before that it belongs to */
    FLIGHT_OWED,            /* struct flight_owed, one or more: operations that the one before was told, and had not done */
    FLIGHT_EDIT,            /* struct flight_line, text: what changed the show, in words; in files: a line of the journal */
    FLIGHT_VOICES,          /* text: what sounds at that frame, is paused or is queued, a line each: FLIGHT_VOICE_FORMAT */
    FLIGHT_KINDS
};

struct flight_record {
    uint32_t size;          /* bytes of payload behind it; the next record begins at a multiple of 8 */
    uint32_t check;         /* of all that follows this field, payload included: the low half of its XXH64, seed: size */
    uint64_t number;        /* from 1, by 1 */
    int64_t wall_ns;        /* CLOCK_REALTIME */
    uint64_t frame;         /* of the engine's clock */
    uint32_t kind;          /* enum flight_kind */
    uint32_t pad;
};

struct flight_began {
    uint64_t generation;    /* engine lives of this show, from 1 */
    uint32_t rate, delay;   /* frames a second; frames by which output is later than the engine's clock */
};
struct flight_line {
    uint32_t serial;        /* of its first operation; FLIGHT_DONE tells when each was done */
    uint32_t operations;
    uint32_t source;        /* enum command_source */
    uint32_t pad;
};
struct flight_done {
    uint32_t serial, count; /* serials serial .. serial + count - 1, all at the record's frame */
};

struct flight_goes_on {
    uint64_t before;        /* run of the ring of the engine before, whose place this one took */
    uint64_t frame;         /* the first that this engine makes; what is done before it has been done by the other */
    uint32_t period, pad;   /* frames of one; 0: no engine died, and the recording before is of this run too */
};
struct flight_owed {
    uint32_t before, now;   /* serial there, and here */
};

struct flight_ring {
    uint64_t magic, run;                /* run: tells this ring from all others */
    _Atomic uint64_t claimed, head;     /* bytes ever: begun to be written, and whole */
    _Atomic uint64_t tail;              /* where the oldest record begins that is not written over */
    uint64_t number;                    /* of the last record; the writer's */
    _Alignas(64) unsigned char data[FLIGHT_RING_BYTES];
};

/* Makes one, mapped for the writer. Return: its descriptor (the caller's), sealed in size; -1 with errno. */
int flight_create(struct flight_ring **ring, uint64_t run);
/* head: of `size` bytes, may be NULL with 0; the text follows it, cut to what is left of FLIGHT_PAYLOAD_MAX. wall_ns:
 * CLOCK_REALTIME. */
void flight_append(struct flight_ring *ring, enum flight_kind kind, int64_t wall_ns, uint64_t frame, const void *head, size_t size,
                   const char *text);

/* The reader's side. What it reads may be changed under it by a writer gone wild: copied first, checked then. */
struct flight_reader {
    const struct flight_ring *ring;     /* NULL: none */
    uint64_t taken;                     /* bytes; 0: all that are there */
    uint64_t lost;                      /* bytes written over before they were taken; the reader's to set back */
};
int flight_map(struct flight_reader *reader, int fd);       /* Return: 0; -1 with errno if it is no such ring */
void flight_unmap(struct flight_reader *reader);
/* Copies the next record, its payload followed by a NUL. Return: whether there was one. */
bool flight_take(struct flight_reader *reader, struct flight_record *record, char payload[FLIGHT_PAYLOAD_MAX + 1]);

/* What a record's `check` has to be. payload: of record->size bytes. */
uint32_t flight_check_of(const struct flight_record *record, const void *payload);

#endif
