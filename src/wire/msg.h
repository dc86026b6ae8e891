/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages between the processes of one show, over SOCK_SEQPACKET pairs made by the
 * supervisor. One packet is one message: a head, a payload, at most six descriptors. A table
 * gives each type its name, its direction and the sizes it may have; what does not fit the
 * table is refused before anyone looks inside, and the peer is dropped, never the receiver.
 */
#ifndef WIRE_MSG_H
#define WIRE_MSG_H

#include <stddef.h>
#include <stdint.h>

enum { MSG_PAYLOAD_MAX = 60 * 1024, MSG_FDS_MAX = 8 };

enum msg_type {
    MSG_NONE,
    /* supervisor -> every role, first message on the inherited socket */
    MSG_HELLO,              /* role's own struct; descriptors as the role needs */
    MSG_GO,                 /* struct engine_go of process/roles.h, with its descriptors: this engine is the show's */
    MSG_STANDBY,            /* struct msg_standby: those who wait for the others' end */
    /* supervisor -> its heir, whenever something of it is another one */
    MSG_ESTATE,             /* struct estate of process/estate.h, and its descriptors */
    /* supervisor -> engine, store */
    MSG_ADOPTED,            /* struct msg_adopted: it is another one now, and wants to be told again what the one before was told */
    /* supervisor -> engine, store: the other one has (re)started */
    MSG_PEER,               /* [0] socket to it */
    /* supervisor -> store */
    MSG_WORKER,             /* struct msg_worker; [0] socket to a worker, [1] its staging memfd */
    /* store -> supervisor */
    MSG_WORKER_PLEASE,      /* one of idle priority, for the background; it comes as MSG_WORKER and is not replaced when it
                             * ends */
    MSG_WORKER_LOST,        /* struct msg_worker, the pid alone: the store is done with one that had a file; another one,
                             * please */
    /* role -> supervisor */
    MSG_READY,              /* text: where the role is usable from now on (engine: [0] the state segment) */
    MSG_FAILED,             /* text: cannot start, one line; exit */
    MSG_CONFIG,             /* struct conf of session/conf.h; engine: what its next life is to be played on */
    MSG_BEGAN,              /* struct msg_began; engine, once it has its sound */
    MSG_LEAVING,            /* engine: it comes to its end, and makes no period any more; no other one is to take its place */
    MSG_PARDON,             /* struct msg_pardon: engine; this clip is another one now, and charged with nothing */
    MSG_ALIVE,              /* supervisor -> engine, and its main's answer */
    MSG_QUIT,               /* both ways: the show is over */
    /* store -> engine */
    MSG_OPTIONS,            /* struct options of process/options.h; to the supervisor too, when the session is another one */
    MSG_SHOW,               /* struct msg_show; [0] memfd with the document in flat form (show/flat.h) */
    MSG_MEDIA_INFO,         /* struct msg_media_info */
    MSG_MEDIA_CHANGED,      /* struct msg_media_changed: what a slot was wanted from is another file now, or none, or there at
                             * last */
    MSG_SAVED,              /* struct msg_result: answer to MSG_SAVE */
    MSG_OPENED,             /* struct msg_result: answer to MSG_OPEN; ok: MSG_SHOW came before */
    MSG_RESTORED,           /* struct msg_result: answer to MSG_RESTORE, text: which; ok: [0] memfd with the list, or the flat
                             * document */
    MSG_NOTICE,             /* text */
    MSG_JOURNAL_KEPT,       /* struct msg_kept, serial of the last edit that it speaks of */
    MSG_STORE_STATUS,       /* struct msg_store_status: for status --json */
    MSG_TAKE,               /* struct msg_take: what became of a recording; to a new engine, too, of each under way */
    MSG_POWER,              /* struct msg_power: what feeds and cools the machine, when that changes */
    MSG_AFTERMATH,          /* struct msg_aftermath: what the show did when it was cut off; to its first engine */
    MSG_FLIGHT_PLEASE,      /* the recording shall begin anew, when nothing sounds */
    /* engine -> store */
    MSG_SHOW_PLEASE,        /* an engine that has just started wants the document; one that has it does not ask. Serial 1: it goes
                             * on where another was, and what is in clip memory stays */
    MSG_MEDIA_BEGIN,        /* an engine begins; before any MSG_MEDIA_WANT */
    MSG_MEDIA_WANT,         /* struct msg_media_want */
    MSG_MEDIA_CLIP,         /* struct msg_media_clip: where a clip may start, for heads and prediction; after its medium's WANT,
                               and again when that changes */
    MSG_MEDIA_PLAYED,       /* struct msg_media_played: what was started; prediction learns from it */
    MSG_MEDIA_FIRST,        /* struct msg_media_first: this slot is waited for, load it before others */
    MSG_MEDIA_DROP,         /* struct msg_media_drop: no voice uses it any more */
    MSG_YIELD,              /* struct msg_yield: how much yields to load, when that changes */
    MSG_SAVE,               /* struct msg_path, serial; [0] memfd with the flat document */
    MSG_OPEN,               /* struct msg_path, serial */
    MSG_RESTORE,            /* struct msg_restore, serial: a backup of the show, or a list of them */
    MSG_JOURNAL,            /* text: an accepted edit, as a line of process/replay.h, serial its number; a long one comes in
                             * [0] a memfd */
    MSG_JOURNAL_DOCUMENT,   /* struct msg_document, serial of the last edit in it; [0] memfd with the flat document: the
                             * journal begins anew from it, with the undo that the store remembers */
    MSG_CRASH,              /* [0] memfd: what the engine before this one wrote as it died, as text; to be kept */
    MSG_FLIGHT,             /* [0] the flight recorder's ring */
    MSG_FLIGHT_DOCUMENT,    /* struct msg_flight_document; [0] as of MSG_SHOW: what the show was when that record was
                             * made; of a FLIGHT_EDIT its line */
    MSG_JOB_CANCEL,         /* the job under way is not wanted any more */
    MSG_RECORD,             /* struct msg_record: record an input, or go on with what an earlier store recorded */
    MSG_RECORD_END,         /* struct msg_record_end */
    /* engine -> store -> job */
    MSG_JOB,                /* struct msg_job, serial; [0] memfd with the flat document */
    /* job -> store -> engine, serial as asked */
    MSG_JOB_TOLD,           /* text: how far it has come */
    MSG_JOB_DONE,           /* struct msg_job_done; ok: [0] memfd with patch, answer and offers, a form feed and a newline
                             * between */
    /* store -> worker and back: wire/work.h */
    MSG_WORK_OPEN, MSG_WORK_OPENED, MSG_WORK_READ, MSG_WORK_FRAMES, MSG_WORK_CLOSE, MSG_WORK_TAGS, MSG_WORK_TAGGED,
    MSG_WORK_MEASURE, MSG_WORK_MEASURED, MSG_WORK_TABLE, MSG_WORK_TABLED,
    MSG_TYPES
};

/* time_ns: CLOCK_MONOTONIC of the show's first frame, or of its first on a device chosen since; rate (Hz) and channels: that
 * the device was asked for. */
struct msg_began { uint64_t time_ns; uint32_t rate, channels; };
struct msg_standby { uint32_t pid, heir; }; /* of the standby engine and of the supervisor's heir; 0: there is none now */
struct msg_adopted { uint32_t pid; };
struct msg_worker { uint32_t index, pid, background; };      /* background: asked for by MSG_WORKER_PLEASE */
/* path: absolute, "" unnamed; journal_lines follow the document in the memfd, as command lines to run again. */
struct msg_show { char path[1024]; uint32_t dirty, journal_lines, serial; };    /* dirty: the document itself, before its lines,
                                                                                 * is in no file; serial: of the last line */
struct msg_restore { uint32_t number; };        /* from 1, the newest; 0: the list */
struct msg_document { uint32_t dirty; };
/* WRITTEN: in the journal, no kill takes it back. WAITING: it cannot be written now, which was said; it is tried again. WANTED:
 * the journal has nothing to go on from, MSG_JOURNAL_DOCUMENT please. */
enum { MSG_KEPT_WRITTEN, MSG_KEPT_WAITING, MSG_KEPT_WANTED };
struct msg_kept { uint32_t state; };
struct msg_media_info {
    uint32_t slot, state;       /* enum clipmem_state: LOADING (facts known), READY, FAILED */
    uint32_t file_rate, channels, missing;     /* missing: FAILED because there is no such file */
    uint32_t cold;              /* READY, but a head is not resident for want of room: a start may be late */
    int64_t file_frames;
    char text[200];             /* why it failed; a warning (cut short) if READY */
};
struct msg_result { uint32_t ok, code; char path[1024]; char text[1024]; };     /* code: enum err_code */
enum { MSG_FILE_ARRIVED, MSG_FILE_CHANGED, MSG_FILE_VANISHED };
struct msg_media_changed { uint32_t slot, what; };
struct msg_store_status {
    uint32_t store_pid, workers;
    uint32_t pid[16];
    uint32_t idle, pad;                     /* everything is loaded that shall be */
    uint32_t heads, cold;                   /* media that are ready with their heads resident, and without */
    uint64_t budget_bytes, resident_bytes;  /* clip memory; what is taken of it */
    uint64_t opened, from_catalogue;        /* files that a worker had to open; files whose facts the catalogue had */
};
/* path: absolute, or relative to the session's folder; sent no longer than its text with the NUL. */
struct msg_media_want { uint32_t slot; char path[2048]; };
struct msg_media_drop { uint32_t slot; };
/* first: frame of the inputs' past (wire/inputs.h). folder: of media. path: "", or the one to go on with; both as in
 * msg_media_want. */
struct msg_record { uint32_t input, rate; uint64_t first; char folder[1024]; char path[2048]; };
struct msg_record_end { uint32_t input, pad; uint64_t frame; };         /* frame: the first that is not recorded any more */
/* RUNNING: it is recorded into path. OVER: it is closed and whole; text: "" or why it ended. FAILED: there is no file; text: why. */
enum { MSG_TAKE_RUNNING, MSG_TAKE_OVER, MSG_TAKE_FAILED };
struct msg_take {
    uint32_t input, state, rate, pad;
    uint64_t first, frames, lost;           /* of the past; in the file; of these, what came too fast for the disk: silence */
    char path[2048];                        /* as in msg_media_want */
    char text[400];
};
#define MSG_NO_SLOT UINT32_MAX
enum { MSG_CLIP_STARTS = 5 };
struct msg_media_clip {
    uint32_t clip, slot;        /* slot MSG_NO_SLOT: the clip is gone */
    uint8_t tab, row, column, group;        /* from 0; row and column of its cell in the tab */
    uint8_t pinned, loops, starts, pad;     /* starts: how many of `start` hold, 1 to MSG_CLIP_STARTS */
    int64_t start[MSG_CLIP_STARTS];         /* frames of the file: IN, then the markers */
    int64_t out;                /* frame of the file, -1: its end */
};
struct msg_media_played { uint32_t clip; };
struct msg_media_first { uint32_t slot, pad; int64_t at; };     /* at: frame of the file to start at; -1: where its clips do */
struct msg_power { int32_t battery_percent; uint8_t discharging, throttled, pad[2]; };     /* as platform/power.h has it */
struct msg_pardon { uint32_t clip; };       /* its number, as the resume state has it */
struct msg_yield { uint32_t yields; };      /* the first so many of enum state_yield (wire/state.h) */
enum { MSG_AFTERMATH_CLIPS = 64 };
struct msg_aftermath {
    uint32_t rate, count;               /* frames a second, of `frames` */
    int64_t cut_s;                      /* when it was cut off, wall clock since 1970; 0: it was ended, or nothing is known of it */
    uint32_t held, queued;              /* so many more were paused, or held by an emergency; so many of `count` had not begun */
    struct msg_left {
        char id[64];
        uint64_t frames;                /* that it sounded since its start, or since it was at `at`; up to the last record */
        int64_t at;                     /* frame of the file; -1: it began at IN */
        int32_t gain_mdb, queued;       /* to which a live fade brought it, 1/1000 dB; 1: it waited for its medium, or to follow */
    } clip[MSG_AFTERMATH_CLIPS];
};
/* number: of the FLIGHT_BEGAN; path: the session, "" unnamed; flat: the document is without its undo, which the store may have:
 * then serial is that of the last edit in it */
struct msg_flight_document { uint64_t number; uint32_t flat, serial; char path[1024]; };
/* path "": the show's own file; last: number of the last edit before this save */
struct msg_path { uint32_t force, last; char path[1024]; };

struct msg_job {
    uint32_t kind, copy;        /* enum command_job; --copy */
    int32_t tab, row, column;   /* from 0; -1: none */
    char clip[64];              /* id of the clip that is meant, or "" */
    char session[1024];         /* absolute path, "" unnamed */
    char words[4200];           /* as in a command line */
};
struct msg_job_done { uint32_t ok, code; char text[1024]; };     /* code: enum err_code; text: if not ok */

struct msg {
    enum msg_type type;
    uint32_t serial;
    size_t size;                        /* of payload, which is always followed by a NUL byte */
    int fd[MSG_FDS_MAX];                /* -1: none; owned by the receiver, which msg_clear() closes */
    _Alignas(8) char payload[MSG_PAYLOAD_MAX + 1];
};

/* Sends without waiting for room longer than the socket's own buffer does (blocking sockets) or at all (non-blocking:
 * EAGAIN). Return: 0, or -1 with errno. fds: up to MSG_FDS_MAX, copied, not closed; NULL with count 0. */
int msg_send(int socket, enum msg_type type, uint32_t serial, const void *payload, size_t size, const int *fds, int count);
int msg_send_text(int socket, enum msg_type type, uint32_t serial, const char *text);
/* Return: 1 a message; 0 the other side is gone; -1 with errno (EAGAIN: none now; EPROTO: not a message, drop the peer). */
int msg_recv(int socket, struct msg *msg);
void msg_clear(struct msg *msg);        /* closes descriptors not taken (set fd to -1 to take one) */
const char *msg_name(enum msg_type type);

#endif
