/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one command table (law 5): every verb of CONTRACT 3, one row and one small file each
 * (command/cmd_*.c). Keys, the `:` line, the socket, scripts and later OSC and MIDI all come here
 * with a line of text; help, completion and the manual page are made from the rows.
 *
 * A command checks its words, changes the document if it is an edit, and says what else is to
 * be done as actions, which process/perform.c carries out. It knows no engine and no file.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include "base/err.h"
#include "base/strbuf.h"
#include "show/position.h"
#include "show/show.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum command_role { COMMAND_ROLE_VIEW, COMMAND_ROLE_CONTROL, COMMAND_ROLE_EDIT };
enum command_source { COMMAND_FROM_SOCKET, COMMAND_FROM_SCREEN, COMMAND_FROM_RENDER, COMMAND_FROM_JOURNAL };

enum target_object { TARGET_OBJECT_CLIP, TARGET_OBJECT_GROUP, TARGET_OBJECT_TAB, TARGET_OBJECT_BUS, TARGET_OBJECT_ALL };
struct command_target {
    enum target_object object;
    int index;                          /* clip slot; group 0-3; tab 0-7; bus 0-4 */
};

enum action_type {
    ACTION_PRESS,                       /* slot, edge */
    ACTION_PLAY, ACTION_SEEK, ACTION_RELEASE, ACTION_AUDITION,     /* slot; play, seek, audition: at, has_at; audition of a
                                                                    * file: text */
    ACTION_STOP,                        /* target */
    ACTION_FADE,                        /* target, number = dB (-INFINITY allowed), seconds, curve */
    ACTION_MUTE, ACTION_SOLO,           /* target, on */
    ACTION_PAUSE, ACTION_RESUME,        /* target */
    ACTION_PANIC, ACTION_EMERGENCY,
    ACTION_LOCK,                        /* on */
    ACTION_SAVE, ACTION_OPEN,           /* text = file or NULL, force */
    ACTION_RESTORE,                     /* number: of the backup; 0: list them */
    ACTION_TAB,                         /* target.index: of the screen that says it, or of all that follow */
    ACTION_PAGE,                        /* on = dual; left, right; keep: the show remembers it; told: screens that follow show it */
    ACTION_JOB,                         /* job, text = its words, place, force = --copy */
    ACTION_JOB_STATUS, ACTION_JOB_CANCEL,
    ACTION_RECORD,                      /* record, input (-1: all), place, slot (-1: the cell is empty) */
    ACTION_DEVICE,                      /* device; as it came, if nothing is set: tell */
    ACTION_TAKE_OFFER,                  /* of relink: slot (-1: neighbours), number, force = --copy, text = the line */
    ACTION_DETACH, ACTION_STATUS /* on: json */, ACTION_CHECK /* on: json */, ACTION_IDLE, ACTION_QUIT,
};
enum command_edge { EDGE_BOTH, EDGE_DOWN, EDGE_UP };
/* Long work on media, done beside the show. */
enum command_job { COMMAND_JOB_IMPORT, COMMAND_JOB_CONSOLIDATE, COMMAND_JOB_PACK, COMMAND_JOB_UNPACK, COMMAND_JOB_RELINK,
                   COMMAND_JOB_PEAKS, COMMAND_JOBS };
/* NEXT: arm what is not armed, start what is, stop what is recorded. */
enum command_record { RECORD_START, RECORD_ARM, RECORD_NEXT, RECORD_STOP };

/* What the show is to be played on, or what it is to hear; what is not set stays as it is. Never both of the two. */
enum { COMMAND_FALLBACKS = 7 };
struct command_device {
    char name[256];                     /* "": as it is */
    char fallback[COMMAND_FALLBACKS][256];      /* `fallbacks` of them, in order, if has_fallback */
    int fallbacks;
    bool has_fallback;
    int64_t rate, period, periods, channels;    /* -1: as it is; 0: the device's own choice */
    char format[12];                    /* if has_format; "": the device's own choice */
    bool has_format;
    int dither, equal_latency;          /* -1: as it is; else off or on */
    char capture[256];                  /* if has_capture; "": no input is wanted */
    unsigned record[2][2];              /* Record A, Record B: channels from 1, left and right, if has_record; 0: none */
    bool has_capture, has_record[2];
    int64_t ltc;                        /* -1: as it is; 0: none; a channel from 1 */
};

struct action {
    enum action_type type;
    int slot;
    enum command_edge edge;
    struct command_target target;
    bool on, force;
    double number, seconds;
    int curve;                          /* enum show_curve */
    enum command_job job;
    enum command_record record;
    int input;                          /* 0 Record A, 1 Record B */
    int tab, row, column;               /* a place, from 0; -1: none given */
    int left, right;                    /* page: tabs from 1; 0: as they are */
    bool keep, told;                    /* page */
    struct position at;                 /* play, seek, audition: where, if has_at */
    bool has_at, marker;                /* marker: it is one of the clip's */
    uint64_t order;                     /* play: markers in their order, as struct show_clip has them; 0: none were named */
    struct show_clip *edit;             /* audition: the clip as it would be; owned, NULL: as it is */
    struct command_device *device;      /* owned */
    char *text;                         /* owned */
};

struct command_context {                /* who asks, of what */
    struct show *show;
    enum command_role role;
    enum command_source source;
    bool locked;                        /* show lock (SPEC U3) */
};

enum { COMMAND_ACTIONS_MAX = 4 };
struct command_reply {
    struct err err;                     /* code ERR_NONE: ok so far; the actions may still refuse */
    struct strbuf value;                /* of `ok VALUE`; may have newlines, which the socket escapes */
    struct action action[COMMAND_ACTIONS_MAX];
    int actions;
    bool edited;                        /* the document changed: to be journalled and saved */
};

/* Carries out one line (without its newline). The reply is initialised here; clear it afterwards. Return: 0, or -1 with
 * reply->err set and nothing changed. An edit is done in the document when this returns. */
int command_dispatch(const struct command_context *context, const char *line, struct command_reply *reply);
void command_reply_clear(struct command_reply *reply);
/* What can be told of a line without a show: its length, UTF-8, quotes, the command's name, the number of its words.
 * Return: 0, or -1 with err. Lines have at most COMMAND_LINE_MAX bytes. */
enum { COMMAND_LINE_MAX = 4096 };
int command_check_line(const char *line, struct err *err);

/* --- the table, for help, completion and the manual --- */
enum { COMMAND_LIVE = 1, COMMAND_EDIT = 2, COMMAND_WHEN_LOCKED = 4 /* allowed under show lock */, COMMAND_SCREEN = 8,
       COMMAND_NO_RENDER = 16,
       COMMAND_EARLY = 32 /* needs no document, if its target, where it has one, is all, a group or a bus */ };
struct command_call;
struct command_row {
    const char *name;
    const char *arguments;              /* as CONTRACT writes them: "CLIP [down|up]" */
    const char *help;                   /* one sentence */
    unsigned flags;
    enum command_role role;             /* least role */
    int least, most;                    /* words after the name; most -1: any */
    int (*run)(struct command_call *call);
};
extern const struct command_row command_table[];
extern const int command_count;
const struct command_row *command_find(const char *name);

/* Completion of the last word of `line` (may be empty). Adds whole candidate words to out, one a line, at most some
 * hundreds. show NULL (a screen): without clips and tabs. */
void command_complete(const struct show *show, const char *line, struct strbuf *out);

/* What a command function gets. */
struct command_call {
    const struct command_context *context;
    const struct command_row *row;
    int count;                          /* words after the name */
    char *const *word;
    const bool *quoted;                 /* of each word: it had quotes and is no keyword */
    const char *line;
    struct command_reply *reply;
};
/* Typed arguments, shared by the cmd_*.c files. Each returns 0, or -1 with call->reply->err. */
int command_arg_clip(struct command_call *call, int word, int *slot);
int command_arg_target(struct command_call *call, int word, struct command_target *target);
int command_arg_number(struct command_call *call, int word, double least, double most, bool minus_inf, const char *unit,
                       double *value);
int command_arg_on_off(struct command_call *call, int word, bool *on);
int command_arg_curve(struct command_call *call, int word, int *curve);
int command_arg_keyword(struct command_call *call, int word, const char *keyword);  /* the word must be this one */
/* The words from `word` on as one text: one word as it is, more as they were typed. Caller frees. */
char *command_arg_rest(struct command_call *call, int word);

/* Adds an action to the reply and returns it, zeroed. */
struct action *command_act(struct command_call *call, enum action_type type);
int command_refuse(struct command_call *call, enum err_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Edits: one undo step named after the line. begin, any show_put_*, then finish with their result (-1: nothing happens). */
void command_edit_begin(struct command_call *call);
int command_edit_finish(struct command_call *call, int result);

#endif
