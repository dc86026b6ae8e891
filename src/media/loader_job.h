/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One medium on one worker: open it, ask for its frames, check every answer against what was
 * asked, pass the samples on. Two halves of staging memory take turns, so that the worker decodes
 * into one while the other is read. Blocks on nothing; the loader keeps its time and its socket.
 *
 * A file that ends before its header says is read again from the start as a shorter one, so that
 * the medium has the length of its sound.
 */
#ifndef MEDIA_LOADER_JOB_H
#define MEDIA_LOADER_JOB_H

#include "media/ingest.h"
#include "wire/work.h"

enum job_outcome {
    JOB_GOES_ON,            /* an answer is awaited */
    JOB_FACTS,              /* the same, and `facts` and `frames` hold now */
    JOB_DONE,               /* every block is published; text: a warning or "" */
    JOB_AGAIN,              /* proved shorter: open the file again and call loader_job_open */
    JOB_UNREADABLE,         /* the file; text: why */
    JOB_NO_ROOM,            /* clip memory; text: how much is missing */
    JOB_NONSENSE,           /* the worker answers what nobody asked: it is not to be used any more */
};

struct loader_job {
    struct clipmem *memory;
    uint32_t slot, chain_rate;
    int socket;                     /* the worker's; not owned */
    const unsigned char *staging;
    uint32_t serial;                /* of the request under way */
    unsigned lacks;                 /* walls the worker is without, as it says (enum sandbox_wall) */
    bool opening;                   /* it is an OPEN, else a READ */
    bool reached;                   /* the last OPEN could be sent */
    struct work_read ask;           /* the READ under way */
    struct work_opened facts;
    int64_t header_frames;          /* what the file said at first */
    int64_t frames;                 /* its length: of the header, or shorter */
    unsigned passes;                /* times opened */
    struct ingest ingest;
    bool prepared;                  /* the slot is */
    char text[200];
};

/* serial: of the worker's last request. */
void loader_job_init(struct loader_job *job, struct clipmem *memory, uint32_t slot, uint32_t chain_rate, int socket,
                     const unsigned char *staging, uint32_t serial);
/* Sends the file (not owned). That a worker is gone shows when its answer is awaited; `reached` tells whether it was already. */
void loader_job_open(struct loader_job *job, int fd);
enum job_outcome loader_job_handle(struct loader_job *job, const struct msg *msg);
/* Frees what the job holds, and the slot's blocks unless it is done. */
void loader_job_clear(struct loader_job *job);

#endif
