/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that may have to wait: see outbox.h. */
#include "config.h"

#include "process/outbox.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct outbox_item {
    struct outbox_item *next;
    enum msg_type type;
    uint32_t serial;
    int fd;
    size_t size;
    char payload[];
};

void outbox_init(struct outbox *outbox)
{
    *outbox = (struct outbox){.socket = -1};
}

static void drop_first(struct outbox *outbox)
{
    struct outbox_item *item = outbox->first;
    outbox->first = item->next;
    if (!outbox->first)
        outbox->last = NULL;
    outbox->waiting--;
    if (item->fd >= 0)
        close(item->fd);
    free(item);
}

void outbox_join(struct outbox *outbox, int socket)
{
    while (outbox->first)
        drop_first(outbox);
    if (outbox->socket >= 0)
        close(outbox->socket);
    outbox->socket = socket;
    if (socket >= 0)
        fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

static bool send_now(struct outbox *outbox, enum msg_type type, uint32_t serial, const void *payload, size_t size, int fd)
{
    return msg_send(outbox->socket, type, serial, payload, size, &fd, fd >= 0 ? 1 : 0) == 0 ||
           (errno != EAGAIN && errno != ENOBUFS);
}

void outbox_send(struct outbox *outbox, enum msg_type type, uint32_t serial, const void *payload, size_t size, int fd)
{
    if (outbox->socket < 0 || (!outbox->first && !outbox->held && send_now(outbox, type, serial, payload, size, fd)))
        return;
    struct outbox_item *item = xmalloc(sizeof *item + size);
    *item = (struct outbox_item){.type = type, .serial = serial, .fd = fd >= 0 ? dup(fd) : -1, .size = size};
    if (size)
        memcpy(item->payload, payload, size);
    if (outbox->last)
        outbox->last->next = item;
    else
        outbox->first = item;
    outbox->last = item;
    outbox->waiting++;
}

void outbox_flush(struct outbox *outbox)
{
    while (outbox->first && send_now(outbox, outbox->first->type, outbox->first->serial, outbox->first->payload,
                                     outbox->first->size, outbox->first->fd))
        drop_first(outbox);
}
