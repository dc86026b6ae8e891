/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A clip that import is about to make: its file, what a list said of it, and what the file says of
 * itself. The title becomes the clip's name (a list's before the file's own). Markers of the file and
 * places that a CUE sheet names become the clip's: those from IN to OUT, and of them the first
 * SHOW_MARKERS, by their places.
 */
#ifndef PROCESS_IMPORT_ITEM_H
#define PROCESS_IMPORT_ITEM_H

#include "base/strbuf.h"
#include "library/playlist.h"
#include "media/prober.h"

#include <stdbool.h>
#include <stdint.h>

struct import_item {
    char *path, *file;              /* of the file; the same, seen from the media folder */
    bool inside;                    /* it lies there; else it is to be copied there */
    bool named;                     /* by a person, who wants to know why it is none */
    uint64_t bytes;
    char *name;                     /* NULL: the file's stem */
    int64_t in_75, out_75;          /* of a CUE sheet, 1/75 s; out_75 -1: to the end */
    int64_t point_75[PLAYLIST_POINTS_MAX];      /* places in it that a CUE sheet names, 1/75 s */
    int point[PLAYLIST_POINTS_MAX];     /* the numbers of these */
    int points;
    int64_t in, out;                /* frames of the file, once it is known; -1: absent */
    char *markers;                  /* as text of the property, NULL: none */
    size_t left_out;                /* markers that found no room */
};

/* What was learned of the last file: the tracks of one file ask one after the other. */
struct import_learner {
    struct prober *prober;
    const char *path;               /* of the item asked about last, NULL: none */
    struct probe_info info;
    struct media_tags tags;
};

/* Asks a worker and fills in what it says. Return: 0; -1 with err: it is no medium, or the track is not in it; -2: no worker. */
int import_item_learn(struct import_item *item, struct import_learner *learner, struct err *err);
/* The lines of a new clip. object: "new T/R/C". */
void import_item_patch(const struct import_item *item, const char *object, struct strbuf *patch);
void import_item_clear(struct import_item *item);

#endif
