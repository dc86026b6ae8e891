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
#include "engine/capture.h"
#include "engine/engine.h"
#include "engine/family.h"
#include "process/burden.h"
#include "process/command_log.h"
#include "process/edits.h"
#include "process/options.h"
#include "process/ladder.h"
#include "process/mains.h"
#include "process/outbox.h"
#include "show/show.h"
#include "wire/flight.h"
#include "wire/state.h"

enum {
    STAGE_PENDING = 1 << 16,        /* operations under way, by serial; the server's bounds keep it far from full */
};
#define STAGE_MEDIA_NONE UINT32_MAX

/* A medium the document (or a voice still sounding) refers to: a slot of clip memory. */
struct stage_medium {
    char *path;                     /* media folder and file, relative to the session; NULL: slot free, or of the engine before
                                     * and not asked for yet */
    uint32_t references;            /* clips and clip_params that name it */
    uint64_t name;                  /* made of its path; 0: slot free. See media_table.h */
    uint32_t next;                  /* in its hash bucket, STAGE_MEDIA_NONE: last */
    uint8_t state;                  /* enum state_media */
    bool changed;                   /* cells are to be written again */
    bool apart;                     /* of a show that was closed: only voices still use it, no path finds it */
    bool held;                      /* one reference is the taking over's, until there is a document */
    bool dropping;                  /* path is NULL: the loader has not let go of the slot yet */
    uint32_t file_rate, channels;
    int64_t file_frames;
    char note[120];
};

/* An operation posted and not yet answered. */
struct stage_pending {
    struct ticket ticket;           /* who waits for it; client 0: nobody */
    int slot;                       /* clip it is about, -1: none */
    bool used, live;                /* live: it stands in the command log */
};

/* What an input is recorded into: see record.c. */
enum stage_take_state {
    TAKE_NONE,
    TAKE_ARMED,                     /* its place is chosen, its level looked at */
    TAKE_ASKED,                     /* the store opens its file */
    TAKE_RUNNING,
    TAKE_ENDING,                    /* told to end; the store closes its file */
};
struct stage_take {
    enum stage_take_state state;
    struct ticket ticket;           /* ASKED: who waits */
    int tab, row, column;           /* from 0 */
    uint64_t first, end;            /* frames of the inputs' past; end 0: none yet */
    uint32_t rate;
    size_t folder_length;           /* of path, without the slash */
    char path[2048];                /* as media have it; "": none yet */
};

/* A change of the inputs: see listening.c. */
enum stage_listening_step {
    LISTENING_SETTLED,
    LISTENING_LEAVES,               /* the old device is to let go, for the new one */
    LISTENING_OPENS,                /* the new one is tried */
    LISTENING_RETURNS,              /* that did not work: it is to let go, for the old one */
};
struct stage_listening {
    enum stage_listening_step step;
    struct ticket ticket;           /* who waits; client 0: nobody */
    uint64_t until_ns;              /* CLOCK_MONOTONIC: then he waits no longer */
    struct conf asked;              /* what of it is about inputs */
};

/* The flight recorder's engine side: blackbox.h. */
struct blackbox {
    struct flight_ring *ring;           /* NULL: none */
    int fd, before_fd;                  /* of the ring, and of that of the engine before; -1: none */
    uint64_t began;                     /* number of the record with which the recording begins */
    struct msg_flight_document about;   /* the document that the recording begins from */
    int document;                       /* it, until the store has it; -1 */
    struct flight_done done;            /* operations done, not recorded yet: count 0: none */
    uint64_t done_frame;
    uint64_t beat_ns;                   /* when the last record was made */
    bool wanted;                        /* begin anew when there is silence */
    uint64_t wanted_ns;                 /* since when */
    bool voices_due;                    /* something was recorded since it was told what sounds */
    uint64_t voices_ns;                 /* when that was looked at */
    uint64_t voices_said;               /* a hash of what was told, but for places */
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
    const uint64_t *frames;         /* of the next operations, one each, instead of `frame`: a recording played again */
    unsigned frames_left;
    uint32_t quarantine[QUARANTINE_CLIPS];      /* clips that engines have died of: broken until they have another file */
    unsigned quarantined;
    bool locked, quitting;
    bool interim;                   /* there is sound and no document yet: interim.h */

    struct op *waiting;             /* operations the engine's ring had no room for, in order */
    int waiting_count, waiting_cap;
    uint32_t serial;                /* of the last operation */
    struct stage_pending *pending;  /* STAGE_PENDING of them */
    int unanswered;                 /* operations whose result is still to come */
    int unanswered_live;            /* of these, those of live commands; COMMAND_LOG_WAITING at most */
    struct command_log *log;        /* what the next engine has of this one; NULL in render */

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
    struct inputs *inputs;
    struct capture *capture;        /* NULL: no input is wanted, or another one is to be opened */
    struct capture_status capture_status;
    bool inputs_changed;            /* live: what was heard before is another input's */
    struct stage_listening listening;
    struct stage_take take[INPUTS];
    struct stage_take next_take[INPUTS];        /* NONE, ARMED or ASKED: what begins when `take` has ended */
    struct server *server;
    struct state_segment *state;
    int state_fd, supervisor;
    struct state_desk desk;         /* as published */
    bool desk_changed;
    struct outbox store;
    struct msg_store_status store_status;
    int crash;                          /* memfd: what the engine before wrote as it died, for the store; 0: nothing */
    struct mains mains;                 /* what feeds and cools the machine */
    struct audio_status audio_status;
    struct device_request device_asked; /* of the last change of device, */
    struct ticket device_ticket;        /* and who waits for it */
    uint32_t channels_tried;            /* with which the card was opened anew for a bus */
    struct burden burden;
    uint64_t generation, notices;
    uint32_t dry_told;              /* voices that ran dry, as far as told */
    int supervisor_pid, standby_pid, heir_pid;      /* standby, heir: 0: there is none now */
    char session[1024];             /* path of the file, "" unnamed */
    char realtime_note[160], memory_note[160];  /* "", or what is not allowed here and what mends it */
    uint32_t save_serial;
    struct edits edits;             /* on their way to the journal */
    struct stage_saving *saving;    /* save and open commands waiting for the store */
    uint64_t shows;                 /* documents that have taken the place of another */
    uint64_t shows_told;            /* likewise, of which screens have learnt */
    struct stage_job *job;          /* work on media under way, NULL: none */
    struct blackbox blackbox;
    struct strbuf offers;           /* of the last relink: lines `ID NUMBER FILE` */
};

void stage_init(struct stage *stage, struct show *show, struct engine *engine, const struct clipmem *memory);
void stage_clear(struct stage *stage);                  /* frees the document too; the engine is the caller's */
void stage_post(struct stage *stage, struct op *op, struct ticket ticket, int slot);    /* fills serial and frame */
void stage_post_again(struct stage *stage, const struct op *op);        /* with the serial it has; nobody waits for its result */
void stage_flush(struct stage *stage);                  /* posts what waited for room */
void stage_answer(struct stage *stage, struct ticket ticket, enum err_code code, const char *text);

/* --- perform.c --- Carries out one line for a ticket and answers it, now or when its results are in. */
void perform_line(struct stage *stage, struct ticket ticket, const char *line, enum command_role role,
                  enum command_source source);

/* --- mirror.c --- Document -> engine. */
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
bool mirror_has_quarantined(const struct stage *stage, int slot);
void mirror_release_params(struct stage *stage, const struct clip_params *params);      /* EVENT_RETIRED */
uint32_t mirror_loading(const struct stage *stage);     /* media still being loaded */
void mirror_want_again(struct stage *stage);            /* a new store: ask for everything once more */
/* what was in one media folder is in another now */
void mirror_media_moved(struct stage *stage, const char *from, const char *to);
void mirror_new_show(struct stage *stage, struct show *show);   /* another document takes this one's place */

/* --- mirror_cells.c --- Document -> cells. */
void mirror_cell(struct stage *stage, int slot);
void mirror_file_cell(struct stage *stage);             /* of the file that is auditioned */
void mirror_cells(struct stage *stage);                 /* of media that changed */

/* --- results.c --- Events of the audio thread. */
void results_take(struct stage *stage);
/* "1/3/4 c25 Cannon": how a clip is named in refusals and notices. */
void results_fmt_clip(const struct stage *stage, int slot, char buffer[200]);

/* --- desk.c --- What screens see of the show as a whole. */
void desk_publish(struct stage *stage);                 /* if something changed */
void desk_notice(struct stage *stage, bool refusal, const char *text);
/* Those of the engine before, with their numbers. state_fd: its state segment, this function's to close; -1: there is none. */
void desk_keep_notices(struct stage *stage, int state_fd);
/* Screens that follow shall show these tabs; 0: what they have. */
void desk_tell_page(struct stage *stage, bool dual, int left, int right);
void desk_event(struct stage *stage, const char *format, ...) __attribute__((format(printf, 2, 3)));    /* to `idle` listeners */

/* --- devices.c --- */
/* What the configuration asks for. began_ns: as in device_request.start_ns. */
struct device_request devices_wanted(const struct stage *stage, uint64_t began_ns);
void devices_begin(struct stage *stage);                /* the sound has just begun */
void devices_watch(struct stage *stage);                /* once a loop: tells, answers, and follows the show's channels */
/* The channels that the card has are those it is to have: only busses that are sent further from now on make them more. */
void devices_keep_channels(struct stage *stage);
void devices_change(struct stage *stage, struct ticket ticket, const struct command_device *choice);

/* --- save.c --- What the store does for a command. */
void save_begin(struct stage *stage, struct ticket ticket, const char *file, bool force);
void save_open(struct stage *stage, struct ticket ticket, const char *file, bool force);
void save_restore(struct stage *stage, struct ticket ticket, uint32_t number);
void save_restored(struct stage *stage, const struct msg *msg);
void save_result(struct stage *stage, uint32_t serial, const struct msg_result *result);
void save_tick(struct stage *stage);                    /* once a loop: who waits too long is told */
void save_lost(struct stage *stage);                    /* the store is gone: what waits for it is answered */
bool save_moves_show(const struct stage *stage);        /* what is under way gives the show another file */

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
