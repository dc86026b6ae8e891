/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages to a process that may be slow or hung (the store, whose disk may hang): sent without
 * ever waiting; what does not fit the socket waits here, in order. Thread: engine main.
 */
#ifndef PROCESS_OUTBOX_H
#define PROCESS_OUTBOX_H

#include "wire/msg.h"

#include <stdbool.h>

struct outbox {
    int socket;                     /* -1: nobody there; messages are dropped */
    bool held;                      /* nothing is sent but by outbox_flush() */
    struct outbox_item *first, *last;
    int waiting;
};

void outbox_init(struct outbox *outbox);
/* Another peer (or none): what waited for the old one is thrown away. The socket is owned and closed by the outbox. */
void outbox_join(struct outbox *outbox, int socket);
/* fd: -1, or a descriptor to go along (copied). */
void outbox_send(struct outbox *outbox, enum msg_type type, uint32_t serial, const void *payload, size_t size, int fd);
void outbox_flush(struct outbox *outbox);       /* call when writable, or once a loop */

#endif
