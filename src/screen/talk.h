/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The control stream as the screen uses it: lines out, replies in, in order. Never waits: what the
 * socket does not take is kept up to a bound, past which lines are refused here, in words.
 */
#ifndef SCREEN_TALK_H
#define SCREEN_TALK_H

#include "base/strbuf.h"

#include <stdbool.h>

enum { TALK_PENDING = 1024, TALK_BYTES = 65536 };

struct talk {
    int fd;                             /* the caller's */
    struct strbuf out, in;
    struct { char *line; bool typed; } pending[TALK_PENDING];   /* lines without an answer, a ring; owned */
    int head, count;
};
struct talk_reply {
    char *line;                         /* the command, owned */
    bool typed;                         /* by a person on the `:` line */
    bool ok;
    char *text;                         /* VALUE, or TEXT of the error; owned, "" if none */
};

void talk_open(struct talk *talk, int fd);
void talk_close(struct talk *talk);     /* forgets what is pending; the socket stays open */
/* Return: false if the show takes nothing more now (the line is not sent). */
bool talk_send(struct talk *talk, const char *line, bool typed);
/* Writes and reads what goes without waiting. Return: false: the connection is gone. */
bool talk_flush(struct talk *talk);
bool talk_receive(struct talk *talk);
bool talk_next_reply(struct talk *talk, struct talk_reply *reply);
void talk_reply_clear(struct talk_reply *reply);

#endif
