/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `clipgrid [SESSION]`, `clipgrid run` and `clipgrid attach`: finds the show on the socket, or
 * starts its supervisor, and puts a screen on it. The screen is this very process: it may be
 * killed at any moment, the show is another one's child.
 */
#include "config.h"

#include "process/client.h"
#include "process/plain.h"
#include "process/roles.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/paths.h"
#include "platform/spawn.h"
#include "screen/screen.h"
#include "wire/msg.h"
#include "wire/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RECONNECT_TRIES = 50, RECONNECT_MS = 100 };

/* --- which show is it --- */

/* The session of the show on this socket (absolute, "" unnamed). Return: false if none answers. */
static bool running_session(const char *socket, char *session, size_t size)
{
    struct client_link link;
    if (client_open(&link, socket) < 0)
        return false;
    char *reply = client_ask(&link, "status --json");
    char *field = reply ? strstr(reply, "\"session\":\"") : NULL;
    session[0] = '\0';
    if (field) {
        field += strlen("\"session\":\"");
        struct strbuf path = {0};
        for (; *field && *field != '"'; field++) {
            if (*field == '\\' && field[1])     /* `\\` on the socket is one backslash of JSON */
                field++;
            if (*field == '\\' && field[1])
                field++;
            strbuf_addc(&path, *field);
        }
        text_copy(session, size, path.s ? path.s : "");
        strbuf_clear(&path);
    }
    client_close(&link);
    return reply != NULL;
}

/* --- starting one --- */

static int become_supervisor(int socket)
{
    if (socket == SPAWN_SOCKET)
        fcntl(socket, F_SETFD, 0);
    else if (dup2(socket, SPAWN_SOCKET) < 0)
        return 127;
    char *argv[] = {(char[]){"clipgrid"}, (char[]){"@supervisor"}, NULL};
    execv("/proc/self/exe", argv);
    return 127;
}

static int make_hello(int pair[2], const struct options *options, bool foreground)
{
    static struct supervisor_hello hello;
    hello = (struct supervisor_hello){.options = *options, .foreground = foreground};
    if (spawn_pair(pair) < 0)
        return -1;
    return msg_send(pair[0], MSG_HELLO, 0, &hello, sizeof hello, NULL, 0);
}

static int run_foreground(const struct options *options)
{
    int pair[2];
    if (make_hello(pair, options, true) < 0)
        return front_fail(1, "the show cannot be started: %s", strerror(errno));
    become_supervisor(pair[1]);
    return front_fail(1, "the show cannot be started: %s", strerror(errno));
}

/* Starts the supervisor in a session of its own and waits until the show is there. Return: 0, or -1 with err. */
static int start_background(const struct options *options, struct err *err)
{
    static struct msg msg;
    int pair[2];
    if (make_hello(pair, options, false) < 0)
        return err_set(err, ERR_IO, "the show cannot be started: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        if (fork() > 0)             /* nobody's child: no terminal, no waiting parent */
            _exit(0);
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        for (int fd = 0; fd < 3; fd++)
            dup2(null, fd);
        _exit(become_supervisor(pair[1]));
    }
    close(pair[1]);
    waitpid(pid, NULL, 0);
    int got = msg_recv(pair[0], &msg);
    close(pair[0]);
    if (got == 1 && msg.type == MSG_READY)
        return 0;
    if (got == 1 && msg.type == MSG_FAILED)
        return err_set(err, msg.serial == ERR_BUSY ? ERR_BUSY : ERR_IO, "%s", msg.payload);
    return err_set(err, ERR_IO, "the show could not be started");
}

/* --- a screen on it --- */

struct seat {                       /* one connection of a screen */
    struct client_link link;
    const struct state_segment *state;
};

static bool take_seat(struct seat *seat, const char *socket, const char *role)
{
    char line[32];
    int fd = -1;
    *seat = (struct seat){.link = {.fd = -1}};
    if (client_open(&seat->link, socket) < 0)
        return false;
    snprintf(line, sizeof line, "attach %s", role);
    char *reply = client_send(&seat->link, line) < 0 ? NULL : client_receive(&seat->link, &fd);
    if (reply && !strncmp(reply, "ok", 2) && fd >= 0)
        seat->state = state_map(fd);
    if (fd >= 0)
        close(fd);
    if (seat->state)
        return true;
    client_close(&seat->link);
    return false;
}

static void leave_seat(struct seat *seat)
{
    state_unmap(seat->state);
    client_close(&seat->link);
}

/* Waits for a show that is just being started. */
static bool take_first_seat(struct seat *seat, const char *socket, const char *role)
{
    for (int i = 0; i < RECONNECT_TRIES; i++) {
        if (take_seat(seat, socket, role))
            return true;
        if (access(socket, F_OK) < 0)
            return false;
        clock_sleep_ms(RECONNECT_MS);
    }
    return false;
}

/* The show's engine may come back in a moment, with another segment. Return: false if the show is over or the person leaves. */
static bool take_seat_again(struct screen *screen, struct seat *seat, const char *socket, const char *role)
{
    while (access(socket, F_OK) == 0) {
        if (take_seat(seat, socket, role))
            return true;
        if (!screen_wait(screen, RECONNECT_MS))
            return false;
    }
    return false;
}

static int run_screen(const struct options *options, const char *role)
{
    struct seat seat;
    if (!take_first_seat(&seat, options->socket, role))
        return front_fail(2, "no show runs on %s", options->socket);
    if (options->plain || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        leave_seat(&seat);
        return plain_run(options->socket);
    }
    struct keys_binding bindings[CONF_BINDINGS];
    for (int i = 0; i < options->config.bindings; i++)
        bindings[i] = (struct keys_binding){options->config.binding[i].key, options->config.binding[i].command};
    struct screen_options wanted = {
        .role = !strcmp(role, "view") ? COMMAND_ROLE_VIEW
              : !strcmp(role, "control") ? COMMAND_ROLE_CONTROL : COMMAND_ROLE_EDIT,
        .colors = true, .binding = bindings, .bindings = options->config.bindings};
    struct err err;
    struct screen *screen = screen_open(&wanted, &err);
    if (!screen) {
        leave_seat(&seat);
        return front_fail(1, "%s", err.text);
    }
    enum screen_end end;
    do {
        end = screen_run(screen, seat.link.fd, seat.state);
        leave_seat(&seat);
    } while (end == SCREEN_LOST && take_seat_again(screen, &seat, options->socket, role));
    screen_close(screen);
    if (access(options->socket, F_OK) < 0)
        puts("the show has ended");
    return 0;
}

/* --- the subcommands --- */

static int name_session(struct options *options, const char *given)
{
    struct err err;
    if (strlen(given) >= sizeof options->session_given)
        return front_fail(1, "%.60s...: no such show", given);
    text_copy(options->session_given, sizeof options->session_given, given);
    if (paths_absolute(given, options->session, sizeof options->session, &err) < 0)
        return front_fail(1, "%s: no such show", given);
    return 0;
}

static int taken(const struct options *options, const char *running)
{
    return front_fail(1, "another show runs on %s: %s", options->socket, *running ? running : "(unnamed)");
}

static int open_session(struct options *options, const char *role)
{
    char running[1024];
    struct err err = {0};
    for (int tries = 0; tries < 3; tries++) {
        if (running_session(options->socket, running, sizeof running)) {
            if (options->session[0] && strcmp(running, options->session))
                return taken(options, running);
            return run_screen(options, role);
        }
        if (start_background(options, &err) == 0)
            return run_screen(options, role);
        /* Someone else may have been quicker: then there is a show in a moment. */
        if (err.code != ERR_BUSY)
            return front_fail(1, "%s", err.text);
        for (int i = 0; i < RECONNECT_TRIES && !running_session(options->socket, running, sizeof running); i++)
            clock_sleep_ms(RECONNECT_MS);
    }
    return front_fail(1, "%s", err.text);
}

int open_main(const struct args *args)
{
    static struct options options;
    struct err err;
    const char *role = args->role ? args->role : "edit";
    if (options_load(&options, args, &err) < 0)
        return front_fail(err.code == ERR_USAGE ? 2 : 1, "%s", err.text);
    if (strcmp(role, "view") && strcmp(role, "control") && strcmp(role, "edit"))
        return front_fail(2, "--role %s: view, control or edit", role);
    if (args->words && name_session(&options, args->word[0]))
        return 1;
    bool run = args->subcommand && !strcmp(args->subcommand, "run");
    bool attach = args->subcommand && !strcmp(args->subcommand, "attach");
    char running[1024];
    if (run && running_session(options.socket, running, sizeof running))
        return taken(&options, running);
    if (run)
        return run_foreground(&options);
    if (attach) {
        if (!running_session(options.socket, running, sizeof running))
            return front_fail(2, "no show runs on %s", options.socket);
        return run_screen(&options, role);
    }
    if (options.session[0] && access(options.session, F_OK) < 0 && errno == ENOENT)
        return front_fail(1, "%s: no such show", options.session_given);
    return open_session(&options, role);
}
