/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode: see plain.h. Two links: one listens to events, one asks. */
#include "config.h"

#include "process/plain.h"
#include "process/client.h"
#include "process/roles.h"
#include "base/text.h"
#include "platform/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { REJOIN_MS = 100 };

static void say(char *line)
{
    text_unescape(line);
    front_print(stdout, line, true);
    fflush(stdout);
}

/* Return: false at the end of standard input. */
static bool ask_lines(struct client_link *asking, struct strbuf *in)
{
    char bytes[4096];
    ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
    if (got <= 0)
        return got < 0 && errno == EINTR;
    strbuf_add(in, bytes, (size_t)got);
    for (char *end; in->len && (end = memchr(in->s, '\n', in->len));) {
        *end = '\0';
        if (!strcmp(in->s, "detach"))
            return false;
        char *reply = in->s[0] ? client_ask(asking, in->s) : NULL;
        if (reply)
            say(reply);
        strbuf_consume(in, (size_t)(end - in->s) + 1);
    }
    return true;
}

static bool join(struct client_link *listening, struct client_link *asking, const char *socket)
{
    *listening = *asking = (struct client_link){.fd = -1};
    if (client_open(listening, socket) == 0 && client_open(asking, socket) == 0 && client_send(listening, "idle") == 0)
        return true;
    client_close(listening);
    client_close(asking);
    return false;
}

/* The engine may come back in a moment, on the same socket; with the socket the show is gone. */
static bool join_again(struct client_link *listening, struct client_link *asking, const char *socket)
{
    client_close(listening);
    client_close(asking);
    while (access(socket, F_OK) == 0) {
        if (join(listening, asking, socket)) {
            puts("the show is back");
            return fflush(stdout) == 0;
        }
        clock_sleep_ms(REJOIN_MS);
    }
    return false;
}

int plain_run(const char *socket)
{
    struct client_link listening, asking;
    struct strbuf in = {0};
    if (!join(&listening, &asking, socket))
        return front_fail(2, "no show runs on %s", socket);
    char *reply = client_ask(&asking, "status");
    if (reply)
        say(reply);
    for (;;) {
        struct pollfd fds[2] = {{.fd = listening.fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            break;
        if (fds[1].revents && !ask_lines(&asking, &in))
            break;
        if (!fds[0].revents)
            continue;
        char *line;
        do {
            if ((line = client_receive(&listening, NULL)))
                say(line);
        } while (line && client_has_line(&listening));
        if (!line && !join_again(&listening, &asking, socket)) {
            puts("the show has ended");
            break;
        }
    }
    strbuf_clear(&in);
    client_close(&listening);
    client_close(&asking);
    return 0;
}
