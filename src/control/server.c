/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clients of the control socket: see server.h. Each client has a ring of answers indexed by
 * line number; an answer is put in its place and sent once everything before it has gone.
 */
#include "config.h"

#include "control/server.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "platform/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEAF_NS 100000000u
#define NO_DESCRIPTOR "error busy the show has no descriptor left for another client\n"
enum { DESCRIPTORS_KEPT = 12 };

struct answer {
    char *text;                     /* NULL: not answered yet */
    int fd;                         /* dup to send beside it, or -1 */
};

struct client {
    int fd;                         /* -1: place is free */
    uint32_t id;                    /* never used again */
    enum command_role role;
    bool screen, listening, ended;  /* ended: it has shut down its sending side */
    bool too_long;                  /* in a line that is too long: thrown away up to its newline */
    struct strbuf in, out;
    struct answer answer[SERVER_UNANSWERED];
    bool waits;                     /* no line is taken until that of number waits_line is answered */
    uint32_t waits_line;
    uint32_t next_line, next_answer;    /* numbers of the next line to come and the next answer to go */
};

struct server {
    int listen_fd;
    int reserve_fd;                 /* given up to refuse a connection when no other is left; -1: it could not be had again */
    uint64_t deaf_until_ns;         /* the listening socket is left alone until then, for nothing can be done about it */
    server_line *line;
    void *context;
    uint32_t next_id;
    struct client client[SERVER_CLIENTS];
};

static int open_reserve(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

struct server *server_new(int listen_fd, server_line *line, void *context)
{
    struct server *server = xcalloc(1, sizeof *server);
    server->listen_fd = listen_fd;
    server->reserve_fd = open_reserve();
    server->line = line;
    server->context = context;
    server->next_id = 1;
    for (int i = 0; i < SERVER_CLIENTS; i++)
        server->client[i].fd = -1;
    return server;
}

static void drop(struct client *client)
{
    close(client->fd);
    client->fd = -1;
    client->id = 0;
    strbuf_clear(&client->in);
    strbuf_clear(&client->out);
    for (int i = 0; i < SERVER_UNANSWERED; i++) {
        free(client->answer[i].text);
        client->answer[i].text = NULL;
        if (client->answer[i].fd >= 0)
            close(client->answer[i].fd);
        client->answer[i].fd = -1;
    }
}

void server_free(struct server *server)
{
    server_flush(server);
    for (int i = 0; i < SERVER_CLIENTS; i++)
        if (server->client[i].fd >= 0)
            drop(&server->client[i]);
    if (server->reserve_fd >= 0)
        close(server->reserve_fd);
    free(server);
}

static int accept_one(const struct server *server)
{
    return accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

static void refuse(int fd, const char *answer)
{
    send(fd, answer, strlen(answer), MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

/* No descriptor is left for a client, who would wait, and whose wish would wake this thread for ever: the reserve is given up for
 * as long as it takes to say so. Without it nobody is heard for a while. */
static void refuse_without_descriptors(struct server *server)
{
    int fd = -1;
    if (server->reserve_fd >= 0) {
        close(server->reserve_fd);
        fd = accept_one(server);
    }
    if (fd >= 0)
        refuse(fd, NO_DESCRIPTOR);
    server->reserve_fd = open_reserve();
    if (fd < 0)
        server->deaf_until_ns = clock_now_rt() + DEAF_NS;
}

/* The last ones are for the show's own work: it hands documents on, opens media and devices. */
static bool is_of_the_last(int fd)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 && (rlim_t)fd + DESCRIPTORS_KEPT >= limit.rlim_cur;
}

static void accept_client(struct server *server)
{
    int fd = accept_one(server);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            refuse_without_descriptors(server);
        return;
    }
    if (is_of_the_last(fd)) {
        refuse(fd, NO_DESCRIPTOR);
        return;
    }
    struct client *client = NULL;
    for (int i = 0; i < SERVER_CLIENTS && !client; i++)
        if (server->client[i].fd < 0)
            client = &server->client[i];
    if (!client) {
        refuse(fd, "error busy too many clients on this show\n");
        return;
    }
    *client = (struct client){.fd = fd, .id = server->next_id++, .role = COMMAND_ROLE_EDIT};
    for (int i = 0; i < SERVER_UNANSWERED; i++)
        client->answer[i].fd = -1;
}

/* Whether one more of its lines may be taken. */
static bool has_room(const struct client *client)
{
    bool waits = client->waits && (int32_t)(client->next_answer - client->waits_line) <= 0;
    return !waits && client->next_line - client->next_answer < SERVER_UNANSWERED && client->out.len < SERVER_UNREAD;
}

static bool may_read(const struct client *client)
{
    return !client->ended && has_room(client);
}

int server_poll(const struct server *server, struct pollfd *fds, int most)
{
    int count = 0;
    if (most > 0 && clock_now_rt() >= server->deaf_until_ns)
        fds[count++] = (struct pollfd){.fd = server->listen_fd, .events = POLLIN};
    for (int i = 0; i < SERVER_CLIENTS && count < most; i++) {
        const struct client *client = &server->client[i];
        if (client->fd < 0)
            continue;
        short events = 0;
        if (may_read(client))
            events |= POLLIN;
        if (client->out.len)
            events |= POLLOUT;
        fds[count++] = (struct pollfd){.fd = client->fd, .events = events};
    }
    return count;
}

static struct ticket take_ticket(struct client *client)
{
    return (struct ticket){.client = client->id, .line = client->next_line++};
}

/* Hands on every whole line that has come, as far as the client may have lines unanswered. */
static void take_lines(struct server *server, struct client *client)
{
    uint32_t id = client->id;
    size_t used = 0;
    while (client->id == id && has_room(client)) {
        char *line = client->in.s + used;
        char *end = client->in.len > used ? memchr(line, '\n', client->in.len - used) : NULL;
        if (!end)
            break;
        used += (size_t)(end - line) + 1;
        if (end > line && end[-1] == '\r')
            end--;
        *end = '\0';
        struct ticket ticket = take_ticket(client);
        if (client->too_long || end - line > SERVER_LINE_MAX)
            server_answer(server, ticket, "error usage a line has at most 4096 bytes", -1);
        else if (strlen(line) != (size_t)(end - line))
            server_answer(server, ticket, "error usage a line is UTF-8 text, without NUL bytes", -1);
        else
            server->line(server->context, ticket, line);
        client->too_long = false;
    }
    if (client->id != id)
        return;
    strbuf_consume(&client->in, used);
    if (client->in.len > SERVER_LINE_MAX + 1 && has_room(client) && !memchr(client->in.s, '\n', client->in.len)) {
        client->too_long = true;
        strbuf_reset(&client->in);
    }
}

static void read_client(struct server *server, struct client *client)
{
    char bytes[16384];
    ssize_t got = recv(client->fd, bytes, sizeof bytes, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got < 0) {
        drop(client);
        return;
    }
    if (got == 0)
        client->ended = true;       /* what it asked for is still answered */
    strbuf_add(&client->in, bytes, (size_t)got);
    take_lines(server, client);
}

void server_handle(struct server *server, const struct pollfd *fds, int count)
{
    for (int i = 0; i < count; i++) {
        if (!fds[i].revents)
            continue;
        if (fds[i].fd == server->listen_fd) {
            accept_client(server);
            continue;
        }
        for (int c = 0; c < SERVER_CLIENTS; c++) {
            struct client *client = &server->client[c];
            if (client->fd != fds[i].fd)
                continue;
            if (fds[i].revents & POLLIN)
                read_client(server, client);
            else if (fds[i].revents & (POLLERR | POLLNVAL | POLLHUP))
                drop(client);
            break;
        }
    }
}

static bool send_beside(struct client *client, const char *text, int fd)
{
    struct iovec part = {(void *)(uintptr_t)text, strlen(text)};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&packet);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    return sendmsg(client->fd, &packet, MSG_NOSIGNAL) == (ssize_t)part.iov_len;
}

static bool send_out(struct client *client)
{
    while (client->out.len) {
        ssize_t sent = send(client->fd, client->out.s, client->out.len, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR;
        strbuf_consume(&client->out, (size_t)sent);
    }
    return true;
}

/* Moves answers that are due to the outgoing text. Return: false if the client is to be dropped. */
static bool collect(struct client *client)
{
    while (client->next_answer != client->next_line) {
        struct answer *answer = &client->answer[client->next_answer % SERVER_UNANSWERED];
        if (!answer->text)
            break;
        bool fine = true;
        if (answer->fd >= 0) {
            fine = send_out(client) && !client->out.len && send_beside(client, answer->text, answer->fd);
            close(answer->fd);
            answer->fd = -1;
        } else {
            strbuf_adds(&client->out, answer->text);
        }
        free(answer->text);
        answer->text = NULL;
        client->next_answer++;
        if (!fine)
            return false;
    }
    return true;
}

void server_flush(struct server *server)
{
    for (int i = 0; i < SERVER_CLIENTS; i++) {
        struct client *client = &server->client[i];
        if (client->fd < 0)
            continue;
        bool keep = collect(client) && send_out(client);
        bool finished = client->ended && !client->out.len && client->next_answer == client->next_line;
        if (!keep || (finished && !(client->in.len && memchr(client->in.s, '\n', client->in.len))) ||
            (client->listening && client->out.len > SERVER_EVENTS_UNREAD))
            drop(client);
        else if (client->in.len)
            take_lines(server, client);     /* lines that waited for room */
    }
}

static struct client *find(const struct server *server, struct ticket ticket)
{
    for (int i = 0; ticket.client && i < SERVER_CLIENTS; i++)
        if (server->client[i].fd >= 0 && server->client[i].id == ticket.client)
            return (struct client *)(uintptr_t)&server->client[i];
    return NULL;
}

void server_answer(struct server *server, struct ticket ticket, const char *text, int fd)
{
    struct client *client = find(server, ticket);
    if (!client)
        return;
    struct answer *answer = &client->answer[ticket.line % SERVER_UNANSWERED];
    free(answer->text);
    answer->text = xasprintf("%s\n", text);
    answer->fd = fd >= 0 ? dup(fd) : -1;
}

void server_wait(struct server *server, struct ticket ticket)
{
    struct client *client = find(server, ticket);
    if (!client)
        return;
    client->waits = true;
    client->waits_line = ticket.line;
}

enum command_role server_role(const struct server *server, struct ticket ticket)
{
    const struct client *client = find(server, ticket);
    return client ? client->role : COMMAND_ROLE_EDIT;
}

bool server_is_screen(const struct server *server, struct ticket ticket)
{
    const struct client *client = find(server, ticket);
    return client && client->screen;
}

void server_set_screen(struct server *server, struct ticket ticket, enum command_role role)
{
    struct client *client = find(server, ticket);
    if (!client)
        return;
    client->screen = true;
    client->role = role;
}

void server_listen(struct server *server, struct ticket ticket)
{
    struct client *client = find(server, ticket);
    if (!client)
        return;
    client->listening = true;
    struct answer *answer = &client->answer[ticket.line % SERVER_UNANSWERED];
    answer->text = xstrdup("");             /* in its place in the order, and nothing to send */
}

void server_tell(struct server *server, const char *event_line)
{
    for (int i = 0; i < SERVER_CLIENTS; i++) {
        struct client *client = &server->client[i];
        if (client->fd < 0 || !client->listening)
            continue;
        strbuf_adds(&client->out, event_line);
        strbuf_addc(&client->out, '\n');
    }
}

int server_unanswered(const struct server *server)
{
    uint32_t count = 0;
    for (int i = 0; i < SERVER_CLIENTS; i++)
        if (server->client[i].fd >= 0)
            count += server->client[i].next_line - server->client[i].next_answer;
    return (int)count;
}
