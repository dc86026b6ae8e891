/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stage: what the engine's main thread (or render's one thread) holds together: the
 * document, the engine that plays it, and the media both refer to. Three files work on it:
 * perform.c carries out command lines, mirror.c keeps engine and screens equal to the document,
 * results.c takes what the audio thread says. Thread: main.
 */
#ifndef PROCESS_STAGE_H
#define PROCESS_STAGE_H

#include "command/command.h"
#include "control/server.h"
#include "engine/audio.h"
#include "engine/engine.h"
#include "engine/family.h"
#include "process/options.h"
#include "process/outbox.h"
#include "show/show.h"
#include "wire/state.h"

enum {
    STAGE_PENDING = 1 << 16,        /* operations under way, by serial; the server's bounds keep it far from full */
};
#define STAGE_MEDIA_NONE UINT32_MAX

/* A medium the document (or a voice still sounding) refers to: a slot of clip memory. */
struct stage_medium {
    char *path;                     /* media folder and file, relative to the session; NULL: slot free */
    uint32_t references;            /* clips and clip_params that name it */
    uint32_t next;                  /* in its hash bucket, STAGE_MEDIA_NONE: last */
    uint8_t state;                  /* enum state_media */
    bool changed;                   /* cells are to be written again */
    bool apart;                     /* of a show that was closed: only voices still use it, no path finds it */
    bool dropping;                  /* path is NULL: the loader has not let go of the slot yet */
    uint32_t file_rate, channels;
    int64_t file_frames;
    char note[120];
};

/* An operation posted and not yet answered. */
struct stage_pending {
    struct ticket ticket;           /* who waits for it; client 0: nobody */
    int slot;                       /* clip it is about, -1: none */
    bool used;
};

struct stage {
    struct options options;
    struct show *show;
    struct engine *engine;
    const struct clipmem *memory;
    const struct demand *demand;    /* what the voices read of it; live only */
    uint64_t frame;                 /* when operations are to be done: ENGINE_NOW live, exact in render */
    uint64_t arrived_ns;            /* CLOCK_MONOTONIC when main woke for the lines it now handles: equal latency counts from
                                     * it */
    bool locked, quitting;

    struct op *waiting;             /* operations the engine's ring had no room for, in order */
    int waiting_count, waiting_cap;
    uint32_t serial;                /* of the last operation */
    struct stage_pending *pending;  /* STAGE_PENDING of them */
    int unanswered;                 /* operations whose result is still to come */

    struct stage_medium *media;     /* CLIPMEM_SLOTS of them */
    uint32_t *media_hash;
    uint32_t media_count, media_free;
    bool media_changed;
    uint32_t family_media[FAMILIES];    /* media whose rate is known, by the chains they play in */
    uint16_t families_told;             /* to the engine: a bit for each that has any */
    uint32_t clip_medium[SHOW_CLIPS];
    uint32_t clip_others[SHOW_CLIPS];       /* which clips it was told that this one starts, stops or fades, as one number */
    char *file;                     /* in the media folder, auditioned before it is loaded; NULL: none yet */
    uint32_t file_medium;
    bool file_edited;               /* it is that of clip file_slot, as an edit would make it */
    int file_slot;
    /* how media are asked for: the store live, the loader in render */
    void (*want)(struct stage *stage, uint32_t slot, const char *path);
    /* at: frame of the file to start at, -1: where its clips do */
    void (*first)(struct stage *stage, uint32_t slot, int64_t at);
    void (*clip)(struct stage *stage, const struct msg_media_clip *clip);
    void (*played)(struct stage *stage, uint16_t clip);     /* live only: NULL in render */
    void (*drop)(struct stage *stage, uint32_t slot);
    /* a line was refused after its dispatch: render prints it; NULL live */
    void (*refused)(struct stage *stage, struct ticket ticket, const char *reason);
    void *context;

    /* live only (NULL or -1 in render) */
    struct audio *audio;
    struct server *server;
    struct state_segment *state;
    int state_fd, supervisor;
    struct state_desk desk;         /* as published */
    bool desk_changed;
    struct outbox store;
    struct msg_store_status store_status;
    struct audio_status audio_status;
    uint64_t generation, notices;
    uint32_t dry_told;              /* voices that ran dry, as far as told */
    int supervisor_pid;
    char session[1024];             /* path of the file, "" unnamed */
    char realtime_note[160];
    uint32_t save_serial;
    unsigned journal_undos, journal_redos;  /* undo and redo steps that the journal's own lines can do again */
    struct stage_saving *saving;    /* save and open commands waiting for the store */
    uint64_t shows;                 /* documents that have taken the place of another */
    struct stage_job *job;          /* work on media under way, NULL: none */
    struct strbuf offers;           /* of the last relink: lines `ID NUMBER FILE` */
};

void stage_init(struct stage *stage, struct show *show, struct engine *engine, const struct clipmem *memory);
void stage_clear(struct stage *stage);                  /* frees the document too; the engine is the caller's */

/* --- perform.c --- Carries out one line for a ticket and answers it, now or when its results are in. */
void perform_line(struct stage *stage, struct ticket ticket, const char *line, enum command_role role,
                  enum command_source source);
/* The journal goes on from the whole document: its lines would not lead there. */
void perform_journal_document(struct stage *stage);
void stage_post(struct stage *stage, struct op *op, struct ticket ticket, int slot);    /* fills serial and frame */
void stage_flush(struct stage *stage);                  /* posts what waited for room */
void stage_answer(struct stage *stage, struct ticket ticket, enum err_code code, const char *text);

/* --- mirror.c --- Document -> engine and cells. */
void mirror_changes(struct stage *stage);               /* takes every change of the document */
/* state: enum state_media; COLD: playable, but its first samples are not resident. */
void mirror_media_info(struct stage *stage, uint32_t slot, uint32_t state, uint32_t rate, uint32_t channels, int64_t frames,
                       const char *note);
/* Its file is another one now, or gone, or there at last (MSG_FILE_* of wire/msg.h): clips get it anew, what sounds keeps the
 * old. */
void mirror_medium_changed(struct stage *stage, uint32_t slot, uint32_t what);
void mirror_medium_freed(struct stage *stage, uint32_t slot);
void mirror_file(struct stage *stage, const char *file); /* this one is auditioned next; NULL: none is */
/* This clip of the slot, an edit that is in no show, is auditioned in the file's stead: one that sounds so already is changed. */
void mirror_edit(struct stage *stage, int slot, const struct show_clip *edit);
void mirror_cells(struct stage *stage);                 /* writes cells of media that changed */
void mirror_release_params(struct stage *stage, const struct clip_params *params);      /* EVENT_RETIRED */
uint32_t mirror_loading(const struct stage *stage);     /* media still being loaded */
void mirror_want_again(struct stage *stage);            /* a new store: ask for everything once more */
/* what was in one media folder is in another now */
void mirror_media_moved(struct stage *stage, const char *from, const char *to);
void mirror_new_show(struct stage *stage, struct show *show);   /* another document takes this one's place */

/* --- results.c --- Events of the audio thread. */
void results_take(struct stage *stage);
/* "1/3/4 c25 Cannon": how a clip is named in refusals and notices. */
void results_fmt_clip(const struct stage *stage, int slot, char buffer[200]);

/* --- desk.c --- What screens see of the show as a whole. */
void desk_publish(struct stage *stage);                 /* if something changed */
void desk_notice(struct stage *stage, bool refusal, const char *text);
void desk_event(struct stage *stage, const char *format, ...) __attribute__((format(printf, 2, 3)));    /* to `idle` listeners */

/* --- save.c --- What the store does for a command. */
void save_begin(struct stage *stage, struct ticket ticket, const char *file, bool force);
void save_open(struct stage *stage, struct ticket ticket, const char *file, bool force);
void save_result(struct stage *stage, uint32_t serial, const struct msg_result *result);
void save_lost(struct stage *stage);                    /* the store is gone: what waits for it is answered */

/* --- jobs.c --- Long work on media, done by a process of the store; one at a time. */
void jobs_begin(struct stage *stage, struct ticket ticket, const struct action *action);
void jobs_told(struct stage *stage, const char *text);
void jobs_done(struct stage *stage, const struct msg *msg);
void jobs_lost(struct stage *stage);                    /* the store is gone, and the job with it */
void jobs_cancel(struct stage *stage, struct ticket ticket);
void jobs_take_offer(struct stage *stage, struct ticket ticket, const struct action *action);
void jobs_status(struct stage *stage, struct ticket ticket);

/* --- check_running.c --- answers `check` in a running show. */
void check_fmt_running(struct stage *stage, struct ticket ticket, bool json);

/* --- status.c --- */
void status_fmt(const struct stage *stage, bool json, struct strbuf *out);

#endif
