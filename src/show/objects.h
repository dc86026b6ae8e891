/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside of the show room: what a document is made of. Nothing outside src/show/ includes this.
 *
 * An object (clip, group, tab, head) is kept whole. Edits replace whole objects by document_swap,
 * which hands back the one that was there: that old object is all that undo has to remember, and
 * undoing is the same swap once more. Two indexes follow every swap: cells (place -> slot) and ids
 * (id -> slot); a list of touched objects is kept for whoever mirrors the document.
 */
#ifndef SHOW_OBJECTS_H
#define SHOW_OBJECTS_H

#include "show/show.h"

enum {
    DOCUMENT_OBJECTS = SHOW_CLIPS + SHOW_GROUPS + SHOW_TABS + 1,
    DOCUMENT_BUCKETS = 16384,           /* a power of two */
    DOCUMENT_UNDO = 1000,               /* steps kept */
};

/* One object of any kind, owned. All NULL: there is none. */
union document_image {
    struct show_clip *clip;
    struct show_group *group;
    struct show_tab *tab;
    struct show_head *head;
};

struct property;

struct step_entry {                     /* one swap to be done again */
    struct show_change object;
    const struct property *field;       /* of a clip: all that differs, if it is one plain field; else NULL */
    union {
        union document_image other;     /* the image that is not in the document now */
        uint64_t bits;                  /* the value of the field that is not in the document now */
    };
};

struct step {                           /* one edit: undone from the last entry to the first, redone the other way */
    char *what;
    struct step_entry *entry;
    int entries, room;
};

struct history {
    struct step *step[DOCUMENT_UNDO];   /* 0..done-1 can be undone, done..steps-1 can be redone */
    int steps, done;
    struct step *open;                  /* between begin and end */
    char *said;                         /* what undo or redo returned last */
};

struct changes {                        /* touched objects in order, each at most once */
    struct show_change queue[DOCUMENT_OBJECTS];
    bool queued[DOCUMENT_OBJECTS];
    int first, count;
};

struct show {
    struct show_head *head;
    struct show_group *group[SHOW_GROUPS];
    struct show_tab *tab[SHOW_TABS];
    int tabs;
    struct show_clip *clip[SHOW_CLIPS];
    int clips, slots;                   /* how many there are; all are below `slots` */
    int free_slot;                      /* where the search for a free slot begins */
    int16_t cell[SHOW_TABS][SHOW_ROWS][SHOW_COLUMNS];   /* slot, or -1 */
    int16_t id_first[DOCUMENT_BUCKETS]; /* slot, or -1 */
    int16_t id_next[SHOW_CLIPS];
    unsigned char id_automatic[SHOW_CLIPS + 2];         /* [n]: the id cN is in use */
    uint64_t revision, saved;
    struct history history;
    struct changes changes;
};

/* Puts the image in the object's place, keeping every index. Return: the image that was there. */
union document_image document_swap(struct show *show, struct show_change object, union document_image image);
void document_image_free(enum show_object object, union document_image image);

/* cells.c: who stands where. */
void cells_set(struct show *show, const struct show_clip *clip, int slot);      /* slot -1: empties them */
/* May this clip stand where it says, its own slot aside? Return: 0 or -1 with err. */
int cells_check(const struct show *show, int slot, const struct show_clip *clip, struct err *err);
/* How many clips of the tab reach past a size. */
int cells_outside(const struct show *show, int tab, int rows, int columns);

/* ids.c: who has which id. */
void ids_init(struct show *show);
void ids_insert(struct show *show, int slot);
void ids_remove(struct show *show, int slot);

/* history.c: recording takes the image over. */
void history_clear(struct history *history);
void history_record(struct show *show, struct show_change object, union document_image other);

/* difference.c */
/* The plain field that is all in which two clips differ; NULL: more differs, or what is indexed or owns memory. */
const struct property *difference_field(const struct show_clip *a, const struct show_clip *b);
/* Sets the field to the bits of a value. Return: the bits of the value that was there. */
uint64_t difference_swap(struct show_clip *clip, const struct property *property, uint64_t bits);

/* changes.c */
void changes_add(struct changes *changes, struct show_change change);

#endif
