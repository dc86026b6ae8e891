/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the loader's files share; nobody else includes this. Each file has one job:
 *
 *   loader.c     the face: what is wanted, poll
 *   medium.c     what a worker finds of a file, and what is told of it
 *   hand.c       one worker: reading a piece, its answers, its end
 *   hand_open.c  the file that it is to have
 *   choose.c     the most urgent piece of work for a free worker
 *   streams.c    what sounds and is about to: what it will read next
 *   shelf.c      the order in which media are likely to be needed, and their heads
 *   evict.c      making room
 */
#ifndef MEDIA_LOADER_INSIDE_H
#define MEDIA_LOADER_INSIDE_H

#include "media/budget.h"
#include "media/ingest.h"
#include "media/known.h"
#include "media/loader.h"
#include "media/opener.h"
#include "media/predict.h"
#include "media/worker_life.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "wire/work.h"

enum {
    ENTRIES_MAX = 4,                    /* places of a medium that were asked for last and are no clip's start */
    ASKED_MAX = 32,                     /* media that wait for their turn before others, and keep their heads */
    LIKELY_MEDIA = 16,                  /* at the front of the shelf: their first seconds are kept ready */
    HEADROOM_PARTS = 4,                 /* of a second: what a voice should have at least, if memory allows: 250 ms */
};

struct span {
    uint32_t first, end;                /* blocks first..end-1 */
};

/* A folder that paths start from, held open as long as a medium is wanted from it. */
struct loader_folder {
    int fd;                             /* AT_FDCWD allowed; owned */
    char *path;                         /* owned; NULL: it has none */
    unsigned references;
};

enum medium_state {
    MEDIUM_NONE,
    MEDIUM_WANTED,                      /* nothing is known of it yet */
    MEDIUM_KNOWN,                       /* facts are told; its heads are to come */
    MEDIUM_READY,                       /* told */
    MEDIUM_FAILED,                      /* told */
};

/* One wanted file, by its slot. */
struct medium {
    enum medium_state state;
    struct loader_folder *folder;
    char *path;                         /* owned */
    uint32_t serial;                    /* of this use of the slot */
    bool asked;                         /* one of loader->asked */
    unsigned ends;                      /* times it proved shorter */
    bool kept;                          /* an earlier loader left it in memory, which is not told yet */
    bool way_known;                     /* all of way holds; else what a reader sees of it */
    uint64_t inode;                     /* of its file, when it was opened last; 0: not yet */
    int64_t bytes, mtime_ns;
    bool recalled;                      /* facts are from earlier: no worker has confirmed them yet */
    struct ingest_way way;
    int64_t header_frames;              /* as the file said at first */
    int64_t file_frames, frames;        /* length in the file, in the chain */
    uint32_t blocks;                    /* of the whole */
    char warning[128];                  /* of the file's header */
    uint64_t cleaned, cleaned_told;     /* samples put right so far */
    bool cold_told;
    uint64_t silent_ns;                 /* its disk did not answer: until then it is not asked for again */
    unsigned deaths;                    /* of workers, over this file */
    uint64_t death_ns;                  /* the last one */
    /* where it is started from */
    uint32_t first_clip;                /* clip + 1 of those that play it */
    int64_t *point;                     /* frames of the file, ascending; owned */
    int points;
    bool points_hold;
    int64_t entry[ENTRIES_MAX];         /* frames of the file, a ring: loader_first_at() */
    unsigned entries;                   /* ever */
    /* heads */
    bool granted;                       /* there is room for them */
    bool planned;                       /* that was decided with all others in view */
    struct span *head;                  /* blocks of its heads, ascending, apart; owned */
    int heads;
    bool heads_there;                   /* all resident: looked at again when one is evicted */
    int64_t score;
    uint32_t whole_next;                /* blocks before this one are resident or in work */
    unsigned sounding;                  /* voices that read it or are about to, at the last look */
};

struct clip_use {
    uint32_t slot;                      /* CLIPMEM_SLOTS: none */
    uint32_t next;                      /* clip + 1, of the same medium */
    uint8_t starts;
    int64_t start[MSG_CLIP_STARTS];     /* frames of the file */
};

/* A voice, and how far what it will read is resident. */
struct stream {
    uint32_t slot, serial;
    uint16_t clip, flags;               /* enum demand_flag */
    int64_t pos, in, out;               /* chain frames */
    int64_t ahead;                      /* frames from pos on, round its loop, that are resident without a gap; at most window */
    int64_t window;                     /* frames that should be */
};

/* Work for one hand. */
struct piece {
    uint32_t slot, first, blocks;       /* blocks 0: the facts alone */
    bool urgent;                        /* a voice needs it */
};

struct hand {                           /* one worker */
    int socket;
    struct worker_life life;
    void *staging;
    enum { HAND_FREE, HAND_FINDING /* its file is being opened for it */, HAND_OPENING, HAND_READING } state;
    bool dropped;                       /* what it does is not wanted any more; one answer is to come */
    bool reached;                       /* its last OPEN could be sent */
    bool unlearned;                     /* what it says of the file it opens is new */
    struct stat st;                     /* of that file */
    uint32_t serial;                    /* of its last request */
    uint32_t find_tag, find_serial;     /* finding: of the ask, and of the medium */
    uint64_t deadline_ns, looked_ns;    /* unless free; when it was looked at last */
    uint64_t idle_ns;                   /* since when, if free */
    uint32_t slot, medium_serial;       /* the medium whose file it has open or opens; CLIPMEM_SLOTS: none */
    struct piece piece;                 /* in work, unless free */
    struct work_read ask;               /* reading: as asked */
    uint64_t walk_ns;                   /* reading: that it may take longer than others, as its file cannot be sought in */
    struct piece making;                /* blocks: answered, being made this moment; blocks 0: none */
    struct ingest_tail tail;
    struct reach tail_next;             /* what the tail holds once all that was answered has been made */
};

struct loader {
    struct clipmem *memory;
    const struct demand *demand;        /* or NULL */
    loader_told *told;
    loader_lost *lost;                  /* or NULL */
    struct media_known known;           /* its functions may be NULL */
    struct seek_table table;            /* on its way to a worker */
    void *context;
    uint64_t open_ns, read_ns;          /* deadlines */
    struct loader_folder *folder;       /* of the last want, or NULL */
    struct medium medium[CLIPMEM_SLOTS];
    struct clip_use clip[PREDICT_CLIPS];
    struct predict predict;
    unsigned unsettled;                 /* media wanted or known */
    uint32_t serials;                   /* of media */
    uint32_t asked[ASKED_MAX];          /* slots of loader_first(), a ring; CLIPMEM_SLOTS: none */
    uint32_t asked_next;
    struct opener *opener;              /* NULL: files are opened here */
    uint32_t find_tags;
    uint64_t now_ns, retry_ns;          /* of this turn; when a silent disk is asked again, UINT64_MAX: none is silent */
    struct ingest ingest;
    struct hand hand[LOADER_WORKERS_MAX];
    int hands;
    unsigned lacks;                     /* enum sandbox_wall */
    bool frugal;                        /* the machine is short of memory: heads and voices only */
    bool yielding;                      /* to load: likewise */
    bool resting;                       /* at the last look there was nothing to do */
    /* shelf.c */
    uint32_t shelf[CLIPMEM_SLOTS];      /* slots that are wanted, the likeliest first */
    uint32_t shelved;
    bool shelf_stale;
    uint64_t shelf_ns;                  /* when it was made */
    unsigned head_ms;
    uint64_t head_blocks;               /* granted */
    uint32_t need_next, whole_next;     /* places on the shelf before which nothing is to be done */
    uint32_t evict_next;                /* place on the shelf to look for blocks to evict, from the end */
    /* streams.c */
    struct demand_picture picture;
    struct stream stream[DEMAND_VOICES];
    uint32_t streams;
    uint64_t look_due_ns;               /* when to look again */
    bool hungry;                        /* some stream is near its end */
    struct msg msg;
};

static inline bool medium_known(const struct medium *medium)
{
    return medium->state == MEDIUM_KNOWN || medium->state == MEDIUM_READY;
}

static inline uint32_t medium_slot(const struct loader *loader, const struct medium *medium)
{
    return (uint32_t)(medium - loader->medium);
}

/* --- medium.c --- */
void medium_set_length(struct medium *medium, int64_t file_frames);
/* A worker's facts of a medium. Return: false if it is settled now, as broken. */
bool medium_take_facts(struct loader *loader, struct medium *medium, const struct work_opened *facts);
/* The sound ends at this frame of the file. Return: false if it is settled now, as broken. */
bool medium_take_end(struct loader *loader, struct medium *medium, int64_t file_frames);
void medium_fail(struct loader *loader, struct medium *medium, enum media_state state, const char *why);
/* Tells what is to be told since blocks have come: that it is ready, that samples were put right. */
void medium_take_blocks(struct loader *loader, struct medium *medium, uint64_t cleaned);

/* --- hand_open.c --- */
/* Has the file of a medium opened, and the worker told, now or once a disk has answered. */
void hand_open_file(struct loader *loader, struct hand *hand, struct medium *medium);
/* A worker has said what the file is: so that it need not be asked another time. */
void hand_learn(struct loader *loader, struct hand *hand, const struct medium *medium, const struct work_opened *facts);
/* Takes files that have been opened to the hands that wait for them. */
void hands_find(struct loader *loader);

/* --- hand.c --- */
void hand_forget_file(struct hand *hand);       /* it has none any more */
void hand_await(struct hand *hand, uint64_t patience_ns);       /* an answer, for so long */
void hand_add(struct loader *loader, int socket, int staging, int pid);
void hand_clear(struct hand *hand);
/* The medium is not wanted any more. */
void hand_drop(struct loader *loader, uint32_t slot);
/* Gives a free hand its next piece, if there is work. */
void hand_start(struct loader *loader, struct hand *hand);
/* Takes what has come. Return: false if the worker is gone, and another one stands in its place. */
bool hand_handle(struct loader *loader, struct hand *hand);
/* What time alone brings. Return: as above. */
bool hand_tend(struct loader *loader, struct hand *hand);
/* When hand_tend() has something to do; UINT64_MAX: never. */
uint64_t hand_due_ns(const struct hand *hand);
/* Whether a worker is making that block. */
bool hand_has(const struct loader *loader, uint32_t slot, uint32_t index);
/* How many work on a medium; blocks in their hands, of all media. */
unsigned hands_on(const struct loader *loader, uint32_t slot);
uint64_t hands_blocks(const struct loader *loader);

/* --- choose.c --- */
/* Return: false if there is nothing for this hand to do. */
bool choose_piece(struct loader *loader, const struct hand *hand, struct piece *piece);

/* --- streams.c --- */
void streams_look(struct loader *loader);
/* The chain frame `ahead` frames on from where the voice is, round its loop; -1 past its end. */
int64_t stream_place(const struct stream *stream, int64_t ahead);
/* Whether a stream will read that block soon. */
bool streams_need(const struct loader *loader, uint32_t slot, uint32_t index);
void streams_drop(struct loader *loader, uint32_t slot);

/* --- shelf.c --- */
/* Puts media in order and shares memory out for heads, if that is due. */
void shelf_make(struct loader *loader);
uint64_t shelf_due_ns(const struct loader *loader);     /* Pre: it is stale */
void shelf_clip(struct loader *loader, const struct msg_media_clip *clip);
void shelf_drop(struct loader *loader, uint32_t slot);
/* Somebody is about to start it there: a head more. */
void shelf_add_entry(struct loader *loader, struct medium *medium, int64_t file_frame);
/* A medium's facts are known: its heads, if there is room. */
void shelf_know(struct loader *loader, struct medium *medium);
bool shelf_is_head(const struct medium *medium, uint32_t index);
/* The first block of its heads that is neither resident nor in work. Return: false if there is none. */
bool shelf_next_head(struct loader *loader, struct medium *medium, uint32_t *index);

/* --- evict.c --- */
enum evict_for { EVICT_FOR_VOICE, EVICT_FOR_HEAD, EVICT_FOR_LIKELY };
/* Makes room for so many blocks of a medium, beside what is in hands. Return: whether they are free, or will be in a period. */
bool evict_for(struct loader *loader, const struct medium *medium, uint32_t blocks, enum evict_for why);

#endif
