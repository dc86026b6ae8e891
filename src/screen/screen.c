/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loop of the screen: keys, replies, signals, and pictures. One thread; it waits in poll alone.
 * While something sounds it looks at the state 60 times a second, else ten times, and after a key
 * often again; what looks the same costs no byte. A key is sent before anything is drawn.
 */
#include "config.h"

#include "screen/screen.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "screen/inside.h"
#include "screen/term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FRAME_NS (CLOCK_SECOND_NS / 60)
#define IDLE_NS (CLOCK_SECOND_NS / 10)

static int wake[2] = {-1, -1};          /* signals write into it, poll reads it */
static volatile sig_atomic_t resized, ended;

static void on_signal(int number)
{
    int saved = errno;
    if (number == SIGWINCH) {
        resized = 1;
    } else {
        ended = 1;
        alarm(2);                       /* if a stuck terminal holds us in a write, that ends us too */
    }
    ssize_t ignored = write(wake[1], "", 1);
    (void)ignored;
    errno = saved;
}

static int start_signals(struct err *err)
{
    static const int numbers[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0)
        return err_set(err, ERR_IO, "no pipe for signals: %s", strerror(errno));
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

static void stop_signals(void)
{
    signal(SIGWINCH, SIG_DFL);
    alarm(0);
    close(wake[0]);
    close(wake[1]);
}

struct screen *screen_open(const struct screen_options *options, struct err *err)
{
    if (term_open(options->ascii, options->colors, err) < 0)
        return NULL;
    if (start_signals(err) < 0) {
        term_close();
        return NULL;
    }
    struct screen *screen = xcalloc(1, sizeof *screen);
    screen->options = *options;
    screen->glyphs = glyphs_get(term_is_ascii());
    pages_init(&screen->pages);
    playing_init(&screen->playing);
    meters_init(&screen->meters);
    lines_init(&screen->lines);
    notices_init(&screen->notices);
    prompt_init(&screen->prompt);
    panel_init(&screen->panel);
    input_init(&screen->input);
    if (keys_init(&screen->keys, options->binding, options->bindings) > 0)
        notices_say(&screen->notices, true, "the configuration binds keys that are none: see ? help");
    return screen;
}

void screen_close(struct screen *screen)
{
    if (!screen)
        return;
    term_close();
    stop_signals();
    snapshot_close(&screen->snapshot);
    prompt_clear(&screen->prompt);
    panel_clear(&screen->panel);
    free(screen->question.line);
    free(screen);
}

/* What is read within a moment belongs together; a sequence is given up only when nothing more is there. */
static void read_keys(struct screen *screen, bool readable)
{
    char bytes[1024];
    struct key key;
    uint64_t now = clock_now_rt();
    if (readable) {
        long count = term_read(bytes, sizeof bytes);
        if (count < 0)
            screen->leaving = true;
        else
            input_feed(&screen->input, bytes, (size_t)count, now);
    } else {
        input_expire(&screen->input, now);
    }
    while (!screen->leaving && input_next(&screen->input, &key))
        screen_handle_key(screen, key);
}

static void take_reply(struct screen *screen, const struct talk_reply *reply)
{
    screen->dirty = true;
    if (!reply->ok)
        notices_say(&screen->notices, true, "%s", reply->text);
    else if (strncmp(reply->line, "quit", 4) == 0)
        screen->leaving = true;
    else if (reply->typed && strchr(reply->text, '\n'))
        panel_show(&screen->panel, reply->line, reply->text);
    else if (reply->typed)
        notices_say(&screen->notices, false, *reply->text ? "%s: %s" : "%s: ok%s", reply->line, reply->text);
}

static void read_replies(struct screen *screen)
{
    struct talk_reply reply;
    bool alive = talk_receive(&screen->talk);
    while (talk_next_reply(&screen->talk, &reply)) {
        take_reply(screen, &reply);
        talk_reply_clear(&reply);
    }
    if (!alive)
        screen->connected = false;
}

static void take_signals(struct screen *screen)
{
    char bytes[256];
    while (read(wake[0], bytes, sizeof bytes) > 0)
        ;
    if (ended)
        screen->leaving = true;
    if (resized) {
        resized = 0;
        screen->dirty |= term_resize();
    }
}

/* Waits for keys, replies and signals until `until_ns` or until an escape sequence has waited long enough, and takes them. */
static void wait_for_events(struct screen *screen, uint64_t until_ns)
{
    uint64_t now = clock_now_rt(), wait = until_ns > now ? until_ns - now : 0;
    uint64_t patience = input_patience_ns(&screen->input, now);
    if (patience < wait)
        wait = patience;
    struct timespec timeout = {(time_t)(wait / CLOCK_SECOND_NS), (long)(wait % CLOCK_SECOND_NS)};
    short more = screen->connected && screen->talk.out.len ? POLLOUT : 0;
    struct pollfd fds[] = {
        {.fd = term_fd(), .events = POLLIN}, {.fd = wake[0], .events = POLLIN},
        {.fd = screen->connected ? screen->talk.fd : -1, .events = (short)(POLLIN | more)},
    };
    if (ppoll(fds, 3, &timeout, NULL) < 0)
        return;
    if (fds[1].revents)
        take_signals(screen);
    read_keys(screen, fds[0].revents);
    if (fds[2].revents & POLLOUT && !talk_flush(&screen->talk))
        screen->connected = false;
    if (screen->connected && fds[2].revents & ~POLLOUT)
        read_replies(screen);
}

/* One round: draws if it is time to, and waits for what comes next. */
static void turn(struct screen *screen, uint64_t *looked_ns)
{
    uint64_t now = clock_now_rt();
    bool yields = screen->snapshot.desk.yields > STATE_YIELD_SCREENS;        /* to load: keys are still answered at once */
    bool moving = screen->snapshot.moving && !yields;
    bool often = screen->dirty || moving || now < screen->awake_until_ns;
    uint64_t due = *looked_ns + (often ? FRAME_NS : IDLE_NS);
    if (now >= due) {
        *looked_ns = now;
        due = now + FRAME_NS;
        screen_look(screen, now);
        if (term_writable())
            screen_draw(screen, now);
        if (!screen->dirty && !(screen->snapshot.moving && !yields) && now >= screen->awake_until_ns)
            due = now + IDLE_NS;
    }
    wait_for_events(screen, due);
}

static void begin(struct screen *screen, int socket, const struct state_segment *state)
{
    talk_open(&screen->talk, socket);
    snapshot_open(&screen->snapshot, state);
    screen->connected = true;
    screen->dirty = true;
    screen->follow_serial = screen->snapshot.desk.follow_serial;
    screen->detach_serial = screen->snapshot.desk.detach_serial;
    screen->page_serial = screen->snapshot.desk.page_serial;
    if (!screen->begun)
        pages_set(&screen->pages, screen->snapshot.desk.dual, screen->snapshot.desk.left, screen->snapshot.desk.right);
    screen->begun = true;
    notices_update(&screen->notices, &screen->snapshot);
}

enum screen_end screen_run(struct screen *screen, int socket, const struct state_segment *state)
{
    uint64_t looked_ns = 0;
    begin(screen, socket, state);
    while (!screen->leaving && screen->connected)
        turn(screen, &looked_ns);
    screen->connected = false;
    screen->snapshot.segment = NULL;
    screen->snapshot.moving = false;
    talk_close(&screen->talk);
    return screen->leaving ? SCREEN_LEFT : SCREEN_LOST;
}

bool screen_wait(struct screen *screen, unsigned ms)
{
    uint64_t end = clock_now_rt() + ms * (CLOCK_SECOND_NS / 1000);
    screen->dirty = true;
    screen_draw(screen, clock_now_rt());
    while (!screen->leaving && clock_now_rt() < end)
        wait_for_events(screen, end);
    return !screen->leaving;
}
