/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `clipgrid ctl` and `clipgrid status`: one command, or one a line from standard input; replies
 * on standard output in order. Lines are sent ahead of their replies, so that a pipe of ten
 * thousand commands runs at the show's speed.
 */
#include "config.h"

#include "process/client.h"
#include "process/roles.h"
#include "base/text.h"
#include "command/command.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { AHEAD_MAX = 256 };           /* lines sent and not yet answered */

struct run {
    const char *socket;
    struct client_link link;
    struct strbuf in;               /* of standard input */
    int ahead;
    bool ended, idle;               /* standard input is at its end; events are listened to */
    int status;
};

static bool print_reply(struct run *run, char *line)
{
    if (!strncmp(line, "error", 5) && !run->idle)
        run->status = 1;
    text_unescape(line);
    if (isatty(STDOUT_FILENO))
        front_print(stdout, line, true);
    else
        puts(line);
    return fflush(stdout) == 0;
}

/* A command's words become one line; a single word with blanks is a whole line already. */
static void join_words(const struct args *args, struct strbuf *line)
{
    if (args->words == 1) {
        strbuf_adds(line, args->word[0]);
        return;
    }
    for (int i = 0; i < args->words; i++) {
        if (i)
            strbuf_addc(line, ' ');
        text_fmt_word(line, args->word[i]);
    }
}

/* The connection is gone: the show has ended, or its engine alone. Return: the exit status. */
static int unanswered(struct run *run)
{
    client_close(&run->link);
    return front_fail(2, client_open(&run->link, run->socket) < 0 ? "the show ended before it answered"
                      : "the engine ended before it answered, and the show goes on: what was asked may have been done or not");
}

static int run_one(struct run *run, const struct args *args)
{
    struct strbuf line = {0};
    join_words(args, &line);
    if (line.s && strchr(line.s, '\n')) {
        strbuf_clear(&line);
        return front_fail(1, "error usage a command is one line");
    }
    run->idle = line.s && !strcmp(line.s, "idle");
    int sent = client_send(&run->link, line.s ? line.s : "");
    strbuf_clear(&line);
    char *reply = sent < 0 ? NULL : client_receive(&run->link, NULL);
    if (!reply)
        return run->idle ? 0 : unanswered(run);
    do
        print_reply(run, reply);
    while (run->idle && (reply = client_receive(&run->link, NULL)));
    return run->status;
}

static bool blank(const char *line)
{
    line += strspn(line, " \t\r");
    return !*line || *line == '#';
}

/* Sends every whole line of standard input, blank ones and comments left out. */
static int send_ahead(struct run *run)
{
    while (run->ahead < AHEAD_MAX && !run->idle && run->in.len) {
        char *end = memchr(run->in.s, '\n', run->in.len);
        if (!end && !run->ended) {
            /* Of a line that is too long already, enough is kept for the show to refuse it. */
            if (run->in.len > COMMAND_LINE_MAX)
                run->in.len = COMMAND_LINE_MAX + 1;
            return 0;
        }
        size_t used = end ? (size_t)(end - run->in.s) + 1 : run->in.len;
        if (end)
            *end = '\0';
        if (!blank(run->in.s)) {
            if (client_send(&run->link, run->in.s) < 0)
                return -1;
            run->idle = !strcmp(run->in.s, "idle");
            run->ahead++;
        }
        strbuf_consume(&run->in, used);
    }
    return 0;
}

static int read_input(struct run *run)
{
    char bytes[16384];
    ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR)
        return 0;
    if (got <= 0)
        run->ended = true;
    else
        strbuf_add(&run->in, bytes, (size_t)got);
    return 0;
}

static int run_lines(struct run *run)
{
    for (;;) {
        if (send_ahead(run) < 0)
            return unanswered(run);
        if (run->ended && !run->in.len && !run->ahead && !run->idle)
            return run->status;
        bool want = !run->ended && run->in.len < 65536;
        struct pollfd fds[2] = {{.fd = run->link.fd, .events = POLLIN}, {.fd = want ? STDIN_FILENO : -1, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return 2;
        if (fds[1].revents)
            read_input(run);
        if (!fds[0].revents)
            continue;
        do {
            char *reply = client_receive(&run->link, NULL);
            if (!reply)
                return run->idle ? run->status : unanswered(run);
            run->ahead -= run->ahead > 0;
            print_reply(run, reply);
        } while (client_has_line(&run->link));
    }
}

static int run_status(struct run *run, bool json)
{
    char *reply = client_ask(&run->link, json ? "status --json" : "status");
    if (!reply || strncmp(reply, "ok", 2))
        return front_fail(2, "the show did not answer");
    text_unescape(reply);
    puts(reply[2] ? reply + 3 : "");
    return 0;
}

int ctl_main(const struct args *args)
{
    struct options options;
    struct err err;
    if (options_load(&options, args, &err) < 0)
        return front_fail(2, "%s", err.text);
    struct run run = {.socket = options.socket};
    if (client_open(&run.link, options.socket) < 0)
        return front_fail(2, "no show runs on %s", options.socket);
    int status = !strcmp(args->subcommand, "status") ? run_status(&run, args->json)
        : args->words ? run_one(&run, args) : run_lines(&run);
    client_close(&run.link);
    strbuf_clear(&run.in);
    return status;
}
