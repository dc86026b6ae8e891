/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Media measured now, while someone waits (`peaks`): library/background.h with workers of its own,
 * which no load holds up. What is found goes into the catalogue, too. Blocking; one thread. Killed at
 * any moment, what was finished is kept.
 */
#ifndef LIBRARY_SURVEY_H
#define LIBRARY_SURVEY_H

#include "library/measure.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct catalog;
struct progress;

struct survey_item {
    char *path;                 /* as it was added; owned */
    char *absolute;             /* as the measuring named it; owned, NULL before */
    bool failed, missing;       /* text: why, without the name */
    bool kept;                  /* its peaks are in their file, now or from before */
    struct measures found;      /* what was measured now */
    char text[200];
};

struct survey {
    struct survey_item *item;   /* in the order they were added */
    size_t count, room, told;
    struct catalog *catalog;    /* while it runs */
};

void survey_init(struct survey *survey);
void survey_clear(struct survey *survey);
void survey_add(struct survey *survey, const char *path);       /* nothing if it is there already */
/* Measures all; kinds: enum measure_kind. Return: 0; -1 with err if no worker can be started. */
int survey_run(struct survey *survey, unsigned kinds, struct progress *progress, struct err *err);

#endif
