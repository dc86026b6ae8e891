/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session document: one show with its groups, tabs and clips, as pure data. No clock, no
 * sound, no file: functions of (document, input) alone, callable from tests at any speed.
 * Every change goes through an edit (below), which can be undone and tells what it touched.
 *
 * Clips live in slots 0..SHOW_CLIPS-1; a clip keeps its slot for as long as it lives (the engine
 * and the screens know it by that number), also when it moves in the grid. One thread at a time.
 */
#ifndef SHOW_SHOW_H
#define SHOW_SHOW_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum { SHOW_TABS = 8, SHOW_ROWS = 32, SHOW_COLUMNS = 40, SHOW_GROUPS = 4, SHOW_MARKERS = 4, SHOW_FADE_MARKERS = 4,
       SHOW_PARTS = 16, SHOW_SENDS = 8, SHOW_CLIPS = SHOW_TABS * SHOW_ROWS * SHOW_COLUMNS };

enum show_curve { SHOW_CURVE_LINEAR, SHOW_CURVE_LOG, SHOW_CURVE_EXPONENTIAL, SHOW_CURVE_S, SHOW_CURVE_EQUAL_POWER };
enum show_mode { SHOW_MODE_ONCE, SHOW_MODE_LOOP, SHOW_MODE_GATE };
enum show_press { SHOW_PRESS_STOP, SHOW_PRESS_RESTART, SHOW_PRESS_LAYER, SHOW_PRESS_IGNORE, SHOW_PRESS_PAUSE };
enum { SHOW_INHERIT = -1 };             /* int fields: absent, the default of the level above holds */
#define SHOW_INHERIT_S (-1.0)           /* double fields: likewise */

struct show_marker {
    char *name;                         /* owned, may be "" */
    int64_t at;                         /* frame of the file */
    char *extra;                        /* as in a clip; NULL: none */
};

struct show_fade_marker {               /* the level goes from what it was to this one, and stays */
    int64_t from, to;                   /* frames of the file, from < to */
    double level;                       /* dB, or -INFINITY */
    int curve;                          /* enum show_curve */
};
struct show_fade_markers {              /* in file order; none has a frame in common with another */
    int count;
    struct show_fade_marker fade[SHOW_FADE_MARKERS];
};

/* Fields are CONTRACT 5's keys. Text fields are owned; NULL: absent. gain may be -INFINITY (`-inf`). */
struct show_clip {
    int tab, row, column;               /* from 0 */
    char *id, *name, *file;             /* id always there; name NULL: the file's stem */
    int rows, columns;                  /* span */
    int group;                          /* 0-3 */
    double gain, pan;                   /* dB, -1..+1 */
    int mode;                           /* enum show_mode */
    int64_t loops;                      /* passes in all; 0 for ever */
    int press;                          /* enum show_press */
    int64_t in, out;                    /* frames of the file; -1 absent */
    double fade_in, fade_out;           /* seconds or SHOW_INHERIT_S */
    int fade_in_curve, fade_out_curve;  /* enum show_curve or SHOW_INHERIT */
    double fade_end;                    /* seconds */
    double seam;                        /* ms */
    struct show_marker marker[SHOW_MARKERS];
    int markers;
    struct show_fade_markers fade_markers;
    uint64_t sequence;                  /* markers in the order of playing: 4 bits a part, see order.c; 0: none */
    bool choke, stop_others, pinned;
    char *follow;                       /* NULL none, "next", "stop" or an id */
    double follow_gap;                  /* seconds */
    char *links;                        /* as text, see lists.h */
    char *list;                         /* further files, likewise */
    bool shuffled;                      /* list_order */
    double guard;                       /* seconds or SHOW_INHERIT_S */
    char *hotkey, *color, *notes, *key;
    char *extra;                        /* unknown settings of the file, as libconfig text; kept on save */
};

struct show_send {                      /* a place that a bus sounds at beside its own output */
    int left, right;                    /* device channels from 1; 0: that side nowhere */
    double gain;                        /* dB */
};
struct show_sends {
    int count;
    struct show_send send[SHOW_SENDS];
};

struct show_group {
    char *name, *color;                 /* NULL: by letter */
    bool choke;                         /* mode */
    int voices;                         /* SHOW_INHERIT: 3 choke, 24 free */
    double gain;
    bool mute;
    double fade_in, fade_out;
    int fade_in_curve, fade_out_curve;
    bool mono, limiter;
    int output[2];                      /* device channels from 1; 0: the default of the letter */
    double output_gain;                 /* dB, of output alone */
    struct show_sends sends;
    char *extra;
};

struct show_tab {
    char *name;                         /* NULL: "Tab N" */
    int rows, columns;
    char *extra;
};

/* What belongs to the show itself. */
struct show_head {
    char *name, *media;                 /* media: folder relative to the session file; NULL: "media" */
    double guard, fade_in, fade_out;
    int fade_in_curve, fade_out_curve;
    bool dual;
    int left, right;                    /* tab numbers from 1 */
    bool audition_mono, audition_limiter;
    int audition_output[2];
    double audition_output_gain;
    struct show_sends audition_sends;
    uint32_t limiters;                  /* pairs of device channels that have one; bit 0: channels 1 and 2 */
    char *extra;
};

struct show;                            /* holds all of the above; read through the functions below */

struct show *show_new(void);            /* an empty show: one tab, four groups, defaults */
void show_free(struct show *show);

/* --- reading --- (pointers are valid until the next edit) */
const struct show_head *show_head(const struct show *show);
const struct show_group *show_group(const struct show *show, int group);
int show_tabs(const struct show *show);                                         /* 1-8 */
const struct show_tab *show_tab(const struct show *show, int tab);              /* NULL if there is none */
const struct show_clip *show_clip(const struct show *show, int slot);           /* NULL if the slot is empty */
int show_clips(const struct show *show);                                        /* how many there are */
int show_slots(const struct show *show);                                        /* slots in use are below this */
int show_slot_at(const struct show *show, int tab, int row, int column);        /* also under a span; -1 none */
int show_slot_by_id(const struct show *show, const char *id);                   /* -1 none; constant time */
/* "T/R/C" or an id -> slot. Return: -1 with err (unknown: no such clip, or no clip there; usage: not an address). */
int show_find(const struct show *show, const char *clip, struct err *err);
/* "T/R/C" -> place (from 0) within an existing tab. Return: -1 with err. */
int show_parse_place(const struct show *show, const char *text, int *tab, int *row, int *column, struct err *err);
const char *show_clip_name(const struct show_clip *clip, char *buffer, int size);   /* its name or its file's stem */
const char *show_address(const struct show_clip *clip, char buffer[16]);            /* "T/R/C" */

/* What holds after defaults (SPEC F1): clip, else group, else show. */
struct show_fades { double in_s, out_s; int in_curve, out_curve, end_curve; double end_s; };
void show_fades(const struct show *show, const struct show_clip *clip, struct show_fades *fades);
int show_group_voices(const struct show_group *group);
/* The slot of what its `follow` plays at its end: `next` skips empty cells and ends with the tab. Return: -1: nothing is
 * played. */
int show_successor(const struct show *show, const struct show_clip *clip);
struct show_bus { bool mono, limiter; int output[2]; double output_gain; const struct show_sends *sends; };
struct show_bus show_bus(const struct show *show, int bus);     /* bus 0-4, after defaults */
int show_channels(const struct show *show);     /* the highest device channel that a bus is sent to */

/* --- edits --- Between begin and end any number of the calls below; all of them are one undo step, or none happens:
 * show_edit_abort puts everything back. Objects handed to put functions are copied. */
void show_edit_begin(struct show *show, const char *what);      /* what: for `undo`'s reply */
void show_edit_end(struct show *show);
void show_edit_abort(struct show *show);
/* slot -1: a free one; an empty slot is filled. id NULL: an automatic one (so a reader puts clips that have ids first).
 * Return: the slot, or -1 with err: place taken or outside its tab, id taken or not an id, IN not before OUT, no file. */
int show_put_clip(struct show *show, int slot, const struct show_clip *clip, struct err *err);
int show_remove_clip(struct show *show, int slot);
void show_put_group(struct show *show, int group, const struct show_group *value);
/* tab == show_tabs(): a new one. Return: 0, or -1 with err: a size out of range, or one too small for its clips. */
int show_put_tab(struct show *show, int tab, const struct show_tab *value, struct err *err);
void show_put_head(struct show *show, const struct show_head *value);
/* The document becomes another's copy, as an edit of its own; clips that both have, by id, keep their slots. */
void show_replace(struct show *show, const struct show *other, const char *what);
/* Return: what was undone or redone (valid until the next edit), or NULL if there is nothing. 1,000 deep. */
const char *show_undo(struct show *show);
const char *show_redo(struct show *show);
void show_forget_undo(struct show *show);       /* after loading */
/* The file moves and the media stay: every media folder that the document or a step of its undo names becomes what map makes
 * of it (a new string, or NULL for the default). No edit: no step, no new revision, no change to be mirrored. */
typedef char *show_media_map(void *context, const char *media);
void show_map_media(struct show *show, show_media_map *map, void *context);
/* Which tabs screens show side by side; left, right 0: as they are. No edit either: kept when the show is saved, and no undo
 * brings another one back. */
void show_keep_pages(struct show *show, bool dual, int left, int right);
/* Grows with every edit, undo and redo. */
uint64_t show_revision(const struct show *show);
/* The file has this revision (saved or just loaded). dirty: the document differs from it by revision. */
void show_mark_saved(struct show *show, uint64_t revision);
bool show_dirty(const struct show *show);

/* --- what changed, for whoever mirrors the document (engine, screens) --- each object at most once until taken */
enum show_object { SHOW_OBJECT_CLIP, SHOW_OBJECT_GROUP, SHOW_OBJECT_TAB, SHOW_OBJECT_HEAD };
struct show_change { enum show_object object; int index; };
bool show_take_change(struct show *show, struct show_change *change);           /* Return: false if there is none left */
void show_touch_all(struct show *show);                                         /* everything counts as changed */

/* An id not in use, as CONTRACT 3: c1, c2, ... */
void show_new_id(const struct show *show, char id[64]);
bool show_id_valid(const char *id);             /* form and not a reserved word (SPEC G5) */
extern const char *const show_reserved_words[]; /* NULL-terminated, sorted */
bool show_span_allowed(int rows, int columns);  /* 1x1 1x2 2x1 2x2 1x4 4x1 */

void show_clip_init(struct show_clip *clip);    /* defaults; nothing owned */
void show_clip_clear(struct show_clip *clip);
void show_clip_copy(struct show_clip *to, const struct show_clip *from);        /* deep */
bool show_clip_same(const struct show_clip *a, const struct show_clip *b);      /* in all that a session file says of them */
void show_group_init(struct show_group *group);         /* the same for the others */
void show_group_clear(struct show_group *group);
void show_group_copy(struct show_group *to, const struct show_group *from);
void show_tab_init(struct show_tab *tab);
void show_tab_clear(struct show_tab *tab);
void show_tab_copy(struct show_tab *to, const struct show_tab *from);
void show_head_init(struct show_head *head);
void show_head_clear(struct show_head *head);
void show_head_copy(struct show_head *to, const struct show_head *from);

#endif
