/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The control socket's clients: a line in, a line out, in order (CONTRACT 3). A line gets a
 * ticket; its answer may come at once or after the audio thread has decided, and leaves when
 * all earlier ones have. Every queue is bounded: a client with too many unanswered lines or
 * unread answers is not read from until it catches up; one that listens to events and does not
 * read them is dropped. A bad client never costs more than itself.
 *
 * Thread: the engine's main thread. Owner: whoever called server_new.
 */
#ifndef CONTROL_SERVER_H
#define CONTROL_SERVER_H

#include "command/command.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    SERVER_CLIENTS = 64,            /* past it a connection is refused with one line */
    SERVER_LINE_MAX = 4096,         /* bytes of a line without its newline */
    SERVER_UNANSWERED = 512,        /* tickets of one client before it is not read from */
    SERVER_UNREAD = 256 * 1024,     /* bytes of answers it has not read, likewise */
    SERVER_EVENTS_UNREAD = 1024 * 1024, /* an idle listener with more is dropped */
};

struct ticket {                     /* names one line of one client; stale once the client is gone */
    uint32_t client;                /* 0: nobody, answers are thrown away */
    uint32_t line;
};

struct server;
/* line: UTF-8 checked by the command room, without its newline, at most SERVER_LINE_MAX bytes. Must answer its ticket, now or
 * later. */
typedef void server_line(void *context, struct ticket ticket, const char *line);

/* listen_fd: listening and non-blocking; stays the caller's. */
struct server *server_new(int listen_fd, server_line *line, void *context);
void server_free(struct server *server);                /* sends what can be sent, closes all */

/* For the caller's poll. Return: entries added. */
int server_poll(const struct server *server, struct pollfd *fds, int most);
void server_handle(struct server *server, const struct pollfd *fds, int count);
void server_flush(struct server *server);               /* sends what is ready; call once a loop */

/* text: the reply without newline. fd: -1, or a descriptor sent beside it (stays the caller's). */
void server_answer(struct server *server, struct ticket ticket, const char *text, int fd);
/* The client's next lines are left where they are until this one is answered: what it asked for changes what they mean. */
void server_wait(struct server *server, struct ticket ticket);
/* Role of the client of this ticket (edit until it says otherwise). */
enum command_role server_role(const struct server *server, struct ticket ticket);
bool server_is_screen(const struct server *server, struct ticket ticket);
void server_set_screen(struct server *server, struct ticket ticket, enum command_role role);
/* From now on the client listens to events as lines; its ticket needs no answer. */
void server_listen(struct server *server, struct ticket ticket);
void server_tell(struct server *server, const char *event_line);    /* to every listener */
/* Lines taken and not yet answered, of all clients. */
int server_unanswered(const struct server *server);

#endif
