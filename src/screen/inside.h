/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the screen share: the screen itself. Not for other rooms. */
#ifndef SCREEN_INSIDE_H
#define SCREEN_INSIDE_H

#include "screen/alarm.h"
#include "screen/input.h"
#include "screen/keys.h"
#include "screen/geometry.h"
#include "screen/lines.h"
#include "screen/meters.h"
#include "screen/notices.h"
#include "screen/pages.h"
#include "screen/panel.h"
#include "screen/playing.h"
#include "screen/prompt.h"
#include "screen/screen.h"
#include "screen/snapshot.h"
#include "screen/talk.h"

struct question {                       /* answered by y; any other key takes it back */
    char text[200];                     /* "": none is asked */
    char *line;                         /* owned: the command to send on yes */
};

struct screen {
    struct screen_options options;
    const struct glyphs *glyphs;
    struct snapshot snapshot;
    struct geometry geometry;
    struct pages pages;
    struct playing playing;
    struct meters meters;
    struct lines lines;
    struct notices notices;
    struct prompt prompt;
    struct panel panel;
    struct question question;
    struct keys keys;
    struct input input;
    struct talk talk;
    bool connected;                     /* talk and snapshot.segment are valid */
    bool leaving;                       /* the person or the show wants this screen to end */
    bool dirty;                         /* all is to be drawn anew: a key, a reply, another size, a change of the grid */
    uint16_t fired;                     /* as drawn */
    bool alarm;                         /* as drawn: an emergency is up */
    uint64_t lines_due_ns;              /* single lines are drawn ten times a second */
    uint32_t follow_serial, detach_serial, page_serial;         /* of the desk, as last followed */
    bool begun;                         /* the show's pages were taken; from then on they are this screen's own */
    uint64_t awake_until_ns;            /* looked at often until then: a key was pressed */
};

/* local.c: does a command line, here or by the show. typed: by a person on the `:` line, who wants to see the answer. */
void screen_do(struct screen *screen, const char *line, bool typed);
void screen_send(struct screen *screen, const char *line, bool typed);
void screen_ask(struct screen *screen, const char *line, const char *question);
/* Adds the screen's own words, one a line. */
void screen_add_verbs(struct strbuf *out);

/* keyboard.c */
void screen_handle_key(struct screen *screen, struct key key);

/* frame.c: takes a snapshot and draws all of it. */
void screen_look(struct screen *screen, uint64_t now_ns);
void screen_draw(struct screen *screen, uint64_t now_ns);

#endif
