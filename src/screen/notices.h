/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The notice line. Refusals and errors of the show stay until they are read, newest first; what
 * this screen has to say itself (an error reply, what a command answered) goes before them and
 * gives way to whatever happens next. What was there before the screen came counts as read.
 */
#ifndef SCREEN_NOTICES_H
#define SCREEN_NOTICES_H

#include "screen/glyphs.h"
#include "screen/snapshot.h"

enum { NOTICES_TEXT = 488 };

struct notices {
    uint64_t read;                      /* all notices up to this number are read */
    uint64_t chosen_read[STATE_NOTICES];        /* numbers read one by one above it */
    char own[NOTICES_TEXT];             /* "": nothing */
    bool own_is_error;
    int64_t own_wall_ns;
    bool started;
};

void notices_init(struct notices *notices);
/* After every change of the desk. */
void notices_update(struct notices *notices, const struct snapshot *snapshot);
/* The screen's own words. */
void notices_say(struct notices *notices, bool error, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* What is shown now has been read. Return: false if there was nothing. */
bool notices_read(struct notices *notices, const struct snapshot *snapshot);
/* Return: refusals and errors not read. *newest: the newest of them, or NULL. */
int notices_unread(const struct notices *notices, const struct snapshot *snapshot, const struct state_notice **newest);
void notices_draw(const struct notices *notices, const struct snapshot *snapshot, const struct glyphs *glyphs, int y, int width);

#endif
