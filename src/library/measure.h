/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Measuring one file on one worker, from the asker's side: open it, go through it piece by piece,
 * check every answer. What there is to be known: its metadata (tags/tags.h), which come first, a
 * hash of its bytes, peaks (pcm/peaks.h), loudness by EBU R 128, and last its seek table. Nothing is asked for until
 * measure_job_next() is called, so that the asker may hold still or take the worker away between two pieces. Blocks on
 * nothing; who owns the worker keeps its time (WORK_*_DEADLINE_MS of wire/work.h). The scheduler on top of it is
 * library/background.h.
 */
#ifndef LIBRARY_MEASURE_H
#define LIBRARY_MEASURE_H

#include "library/catalog_row.h"
#include "pcm/peaks.h"
#include "wire/seek_table.h"
#include "wire/work.h"

enum measure_kind { MEASURE_HASH = WORK_HASH, MEASURE_PEAKS = WORK_PEAKS, MEASURE_LOUDNESS = WORK_LOUDNESS,
                    MEASURE_TAGS = 0x100, MEASURE_TABLE = 0x200 /* no WORK_ kinds: MSG_WORK_TAGS, MSG_WORK_TABLE */ };

/* What is known of a file in the end. */
struct measures {
    unsigned kinds;                 /* enum measure_kind: which of these hold */
    uint64_t hash;                  /* XXH64, seed 0, of all its bytes */
    struct catalog_stamp stamp;     /* of the file when it was opened */
    uint32_t rate, channels;        /* of the file */
    int64_t frames;                 /* its sound, as long as it proved to be; without MEASURE_PEAKS and MEASURE_LOUDNESS as its
                                     * header says */
    struct work_loudness loudness;  /* of what is played: mono, or stereo folded down */
};

enum measure_outcome {
    MEASURE_FACTS,                  /* `facts` hold: ask for the first piece */
    MEASURE_PIECE,                  /* bins, if any, are there: take them and ask for the next piece */
    MEASURE_DONE,                   /* the same, and `result` holds; nothing is left to ask for */
    MEASURE_UNREADABLE,             /* the file; text: why */
    MEASURE_ELSEWHERE,              /* the same, but another worker, one that is whole, may read it (WORK_ELSEWHERE) */
    MEASURE_NONSENSE,               /* the worker answers what nobody asked: it is not to be used any more */
};

struct measure_job {
    int socket;                     /* the worker's; not owned */
    const unsigned char *staging;
    uint32_t serial;                /* of the last request */
    unsigned todo;                  /* enum measure_kind: not finished yet */
    enum { MEASURE_OPENING, MEASURE_TAGGING, MEASURE_BYTES, MEASURE_FRAMES, MEASURE_TABLING } step;
    struct work_opened facts;
    struct work_measure ask;        /* the piece under way */
    int64_t at;                     /* byte or frame that the next piece begins at */
    unsigned bin_channels;          /* 1 or 2 */
    struct peak *bins;              /* checked copies, interleaved by channel: of the last piece */
    uint32_t bin_count;             /* a channel; 0: none */
    struct media_tags *tags;        /* checked copy; owned; NULL unless result.kinds has MEASURE_TAGS */
    struct seek_table *table;       /* the same with MEASURE_TABLE */
    struct measures result;
    char text[128];
};

/* serial: of the worker's last request. kinds: enum measure_kind, at least one; those that this build lacks are left out. */
void measure_job_init(struct measure_job *job, unsigned kinds, int socket, const unsigned char *staging, uint32_t serial);
void measure_job_clear(struct measure_job *job);
/* Sends the file (not owned), whose size and time are noted. That the worker is gone shows when its answer is awaited. */
void measure_job_open(struct measure_job *job, int fd);
/* Asks for the next piece. Pre: the last outcome was FACTS or PIECE. */
void measure_job_next(struct measure_job *job);
enum measure_outcome measure_job_handle(struct measure_job *job, const struct msg *msg);
/* How much of the work is done, 0 to 1. */
double measure_job_share(const struct measure_job *job);
/* enum measure_kind that this build can find out. */
unsigned measure_kinds(void);

#endif
