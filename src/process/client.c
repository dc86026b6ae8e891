/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines to and from the control socket: see client.h. */
#include "config.h"

#include "process/client.h"
#include "platform/sock.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int client_open(struct client_link *link, const char *socket)
{
    *link = (struct client_link){.fd = sock_connect(socket)};
    return link->fd < 0 ? -1 : 0;
}

void client_close(struct client_link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    strbuf_clear(&link->in);
    link->fd = -1;
}

static int send_all(int fd, const char *bytes, size_t count)
{
    while (count) {
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return -1;
        bytes += sent;
        count -= (size_t)sent;
    }
    return 0;
}

int client_send(struct client_link *link, const char *line)
{
    struct strbuf text = {0};
    strbuf_adds(&text, line);
    strbuf_addc(&text, '\n');
    int result = send_all(link->fd, text.s, text.len);
    strbuf_clear(&text);
    return result;
}

bool client_has_line(const struct client_link *link)
{
    return link->in.len > link->taken && memchr(link->in.s + link->taken, '\n', link->in.len - link->taken);
}

static ssize_t receive_some(struct client_link *link, int *fd)
{
    char bytes[16384];
    struct iovec part = {bytes, sizeof bytes};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    ssize_t got;
    do
        got = recvmsg(link->fd, &packet, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return got;
    struct cmsghdr *rights = CMSG_FIRSTHDR(&packet);
    if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS) {
        int passed;
        memcpy(&passed, CMSG_DATA(rights), sizeof passed);
        if (fd)
            *fd = passed;
        else
            close(passed);
    }
    strbuf_add(&link->in, bytes, (size_t)got);
    return got;
}

char *client_receive(struct client_link *link, int *fd)
{
    if (fd)
        *fd = -1;
    strbuf_consume(&link->in, link->taken);
    link->taken = 0;
    while (!client_has_line(link))
        if (receive_some(link, fd) <= 0)
            return NULL;
    char *end = memchr(link->in.s, '\n', link->in.len);
    *end = '\0';
    link->taken = (size_t)(end - link->in.s) + 1;
    return link->in.s;
}

char *client_ask(struct client_link *link, const char *line)
{
    return client_send(link, line) < 0 ? NULL : client_receive(link, NULL);
}
