/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A front process's end of the control socket: lines out, lines in. */
#ifndef PROCESS_CLIENT_H
#define PROCESS_CLIENT_H

#include "base/strbuf.h"

#include <stdbool.h>

struct client_link {
    int fd;
    struct strbuf in;               /* received; begins with the line handed out last */
    size_t taken;                   /* bytes of that line; the caller may have written in it */
};

/* Return: 0, or -1 with errno (no show there). */
int client_open(struct client_link *link, const char *socket);
void client_close(struct client_link *link);
int client_send(struct client_link *link, const char *line);            /* Return: 0, or -1: the show is gone */
/* Takes one line (without newline, the caller's to change until the next call), waiting for it. *fd: a descriptor that came
 * along, or -1; fd may be NULL. Return: NULL when the show is gone. */
char *client_receive(struct client_link *link, int *fd);
bool client_has_line(const struct client_link *link);
/* Asks one question. Return: the reply line, or NULL. */
char *client_ask(struct client_link *link, const char *line);

#endif
