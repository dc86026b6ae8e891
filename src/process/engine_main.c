/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine process: its main thread. Holds the document, serves the control socket, and joins
 * command room, engine room and screens; the audio thread and the device thread live in
 * engine/audio.c. Touches no disk. Sleeps in poll; while anything sounds or an answer is owed it
 * looks at the audio thread's events every millisecond, since that thread wakes nobody.
 */
#include "config.h"

#include "process/blackbox.h"
#include "process/engine_begin.h"
#include "process/engine_store.h"
#include "process/interim.h"
#include "process/listening.h"
#include "process/recall.h"
#include "process/record.h"
#include "process/roles.h"
#include "process/stage.h"
#include "process/touch.h"
#include "process/walltime.h"
#include "base/log.h"
#include "platform/clock.h"
#include "platform/crash.h"
#include "platform/runaway.h"
#include "platform/spawn.h"
#include "platform/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { TICK_BUSY_MS = 1, TICK_IDLE_MS = 100, QUIT_FADE_MS = 30 };

static struct stage stage;

/* --- lines of clients --- */

static void attach(struct ticket ticket, const char *role)
{
    static const struct { const char *word; enum command_role role; } roles[] = {
        {"view", COMMAND_ROLE_VIEW}, {"control", COMMAND_ROLE_CONTROL}, {"edit", COMMAND_ROLE_EDIT}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (strcmp(roles[i].word, role))
            continue;
        char text[32];
        snprintf(text, sizeof text, "ok %llu", (unsigned long long)stage.generation);
        server_set_screen(stage.server, ticket, roles[i].role);
        server_answer(stage.server, ticket, text, stage.state_fd);
        return;
    }
    stage_answer(&stage, ticket, ERR_USAGE, "attach view, attach control or attach edit");
}

/* Without a document. Return: whether it may be done all the same. */
static bool may_now(struct ticket ticket, const char *line)
{
    enum interim_kind kind = interim_kind_of(line);
    if (kind == INTERIM_WAITS)
        interim_keep(&stage, ticket, line);
    if (kind != INTERIM_ACTS)
        return kind == INTERIM_TELLS;
    interim_give_up(&stage);
    engine_begin_act(&stage);
    return true;
}

static void take_line(void *context, struct ticket ticket, const char *line)
{
    (void)context;
    if (stage.interim && !may_now(ticket, line))
        return;
    /* The one line that is no command: a screen asks for the state segment, which comes as a descriptor beside the answer. */
    if (!strncmp(line, "attach ", 7)) {
        attach(ticket, line + 7);
        return;
    }
    if (stage.unanswered_live >= COMMAND_LOG_WAITING) {
        stage_answer(&stage, ticket, ERR_BUSY, "too many commands wait for the sound");
        return;
    }
    bool screen = server_is_screen(stage.server, ticket);
    perform_line(&stage, ticket, line, server_role(stage.server, ticket), screen ? COMMAND_FROM_SCREEN : COMMAND_FROM_SOCKET);
}

/* --- the supervisor and the store --- */

/* What the one before was told may have died with it. */
static void take_supervisor(const struct msg_adopted *about)
{
    stage.supervisor_pid = (int)about->pid;
    desk_notice(&stage, false, "the supervisor was killed; another one has taken its place, and everything plays on");
    engine_begin_tell_again(&stage);
    msg_send(SPAWN_SOCKET, MSG_READY, 0, NULL, 0, &stage.state_fd, 1);
}

static void from_supervisor(struct msg *msg)
{
    if (msg->type == MSG_ALIVE) {
        msg_send(SPAWN_SOCKET, MSG_ALIVE, 0, NULL, 0, NULL, 0);
    } else if (msg->type == MSG_QUIT) {
        stage.quitting = true;
    } else if (msg->type == MSG_STANDBY) {
        const struct msg_standby *about = (const void *)msg->payload;
        stage.standby_pid = (int)about->pid;
        stage.heir_pid = (int)about->heir;
    } else if (msg->type == MSG_ADOPTED) {
        take_supervisor((const void *)msg->payload);
    } else if (msg->type == MSG_PEER && msg->fd[0] >= 0 && stage.interim) {
        engine_begin_meet(&stage, msg->fd[0]);
        msg->fd[0] = -1;
    } else if (msg->type == MSG_PEER && msg->fd[0] >= 0) {
        engine_store_lose(&stage);
        outbox_join(&stage.store, msg->fd[0]);
        msg->fd[0] = -1;
        if (stage.audio) {
            engine_store_greet(&stage);
            edits_send_again(&stage);
        }
    }
}

/* Clients and the store are served with the whole show from now on. */
static void be_ready(void)
{
    stage.desk_changed = true;
    desk_publish(&stage);
    msg_send(SPAWN_SOCKET, MSG_READY, 0, NULL, 0, &stage.state_fd, 1);
    stage.store.held = false;
}

static void from_store(struct msg *msg)
{
    if (!stage.interim || msg->type != MSG_SHOW) {
        engine_store_handle(&stage, msg);
    } else if (engine_begin_document(&stage, msg)) {
        be_ready();
        interim_end(take_line);
    }
}

/* --- the loop --- */

static void drain_socket(int socket, void (*handle)(struct msg *msg), bool *gone)
{
    static struct msg msg;
    for (int i = 0; i < 256; i++) {         /* bounded: clients wait too */
        struct pollfd ready = {.fd = socket, .events = POLLIN};
        if (poll(&ready, 1, 0) <= 0)
            return;
        int got = msg_recv(socket, &msg);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            *gone = true;
            return;
        }
        if (got > 0) {
            handle(&msg);
            msg_clear(&msg);
        }
    }
}

/* The kernel lets a thread with priority run so long without waiting. */
static void watch_runaways(void)
{
    static const char text[] = "a thread of the engine ran for 150 ms without waiting: it has no priority until it waits";
    if (!runaway_watch())
        return;
    log_line(LOG_WARN, "%s", text);
    desk_notice(&stage, false, text);
}

static void look_after_show(void)
{
    edits_tick(&stage);
    save_tick(&stage);
    burden_watch(&stage);
    listening_watch(&stage);
    recall_turn(&stage);
    mirror_cells(&stage);
    blackbox_turn(&stage);
    watch_runaways();
    walltime_watch(&stage);
    crash_rehearse();
}

static void turn(void)
{
    struct pollfd fds[SERVER_CLIENTS + 3];
    bool gone = false;
    int count = server_poll(stage.server, fds, SERVER_CLIENTS + 1);
    fds[count] = (struct pollfd){.fd = SPAWN_SOCKET, .events = POLLIN};
    fds[count + 1] = (struct pollfd){.fd = stage.store.socket, .events = (short)(POLLIN | (stage.store.first ? POLLOUT : 0))};
    bool busy = stage.unanswered || stage.waiting_count || engine_is_sounding(stage.engine);
    poll(fds, (nfds_t)(count + 2), busy ? TICK_BUSY_MS : TICK_IDLE_MS);
    stage.arrived_ns = clock_now_rt();
    server_handle(stage.server, fds, count);
    if (fds[count].revents)
        drain_socket(SPAWN_SOCKET, from_supervisor, &gone);
    if (gone)
        stage.quitting = true;          /* supervisor and heir are both dead: a clean end */
    gone = false;
    if (stage.store.socket >= 0 && fds[count + 1].revents && fds[count + 1].fd == stage.store.socket)
        drain_socket(stage.store.socket, from_store, &gone);
    if (gone)
        engine_store_lose(&stage);                       /* the supervisor brings the next one */
    outbox_flush(&stage.store);
    stage_flush(&stage);
    results_take(&stage);
    if (busy)
        touch_ahead(&stage);
    devices_watch(&stage);
    if (stage.interim)
        interim_tick(&stage);
    else
        look_after_show();
    desk_publish(&stage);
    server_flush(stage.server);
}

/* What was answered `ok` is written; what is not written yet is answered when it is. */
static void await_edits(void)
{
    uint64_t until = clock_now_rt() + EDITS_SILENT_MS * (CLOCK_SECOND_NS / 1000);
    bool gone = false;
    while (stage.edits.count && !stage.edits.waiting && !gone && stage.store.socket >= 0 && clock_now_rt() < until) {
        outbox_flush(&stage.store);
        clock_sleep_ms(1);
        drain_socket(stage.store.socket, from_store, &gone);
    }
}

/* How long it takes until what is made now is heard. */
static uint64_t buffer_ns(const struct device_format *format)
{
    return format->rate ? (uint64_t)format->period * format->periods * CLOCK_SECOND_NS / format->rate : 0;
}

static void finish(void)
{
    struct op silence = {.type = OP_SILENCE};
    uint32_t before = stage.serial;
    stage_post(&stage, &silence, (struct ticket){0}, -1);
    blackbox_line(&stage, "", before, COMMAND_FROM_SOCKET);
    msg_send(SPAWN_SOCKET, MSG_LEAVING, 0, NULL, 0, NULL, 0);
    uint64_t until = clock_now_rt() + (uint64_t)QUIT_FADE_MS * 1000000 + buffer_ns(&stage.audio_status.format);
    while (clock_now_rt() < until) {
        stage_flush(&stage);
        results_take(&stage);
        server_flush(stage.server);
        clock_sleep_ms(1);
    }
    audio_close(stage.audio);
    stage.audio = NULL;
    capture_close(stage.capture);
    await_edits();
    blackbox_turn(&stage);
    outbox_flush(&stage.store);
    server_free(stage.server);
    stage.server = NULL;
    msg_send(SPAWN_SOCKET, MSG_QUIT, 0, NULL, 0, NULL, 0);
    blackbox_end(&stage);
    engine_free(stage.engine);
    stage_clear(&stage);
}

int engine_main(void)
{
    struct err err;
    int listener;
    fcntl(SPAWN_SOCKET, F_SETFD, FD_CLOEXEC);
    int began = engine_begin_await(&stage, &listener, &err);
    if (began > 0)
        return 0;
    if (began < 0 || engine_begin_show(&stage, listener, take_line, &err) < 0) {
        msg_send_text(SPAWN_SOCKET, MSG_FAILED, 0, err.text);
        return 1;
    }
    thread_set_priority(THREAD_PRIORITY_MAIN, NULL, 0);
    if (!stage.interim)
        be_ready();
    while (!stage.quitting)
        turn();
    finish();
    return 0;
}
