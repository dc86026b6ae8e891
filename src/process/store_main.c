/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store: the only process of a show that touches disks. Its poll loop runs the media loader
 * with its workers and hands on what the engine wants; it waits for no disk itself. Those who do
 * are threads of their own: the keeper of the session (keeper.h), the openers of media files
 * (media/opener.h).
 */
#include "config.h"

#include "process/store.h"
#include "base/log.h"
#include "base/text.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "media/loader.h"
#include "platform/clock.h"
#include "platform/spawn.h"
#include "wire/inputs.h"
#include "wire/msg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POLL_MAX = 64 };
#define LAST_WORDS_NS CLOCK_SECOND_NS

static struct store self = {.engine = -1, .folder = AT_FDCWD, .spares = {.on_trial = {.socket = -1}}, .job = {.socket = -1}};

/* --- hooks --- */

static void tell_engine(enum msg_type type, uint32_t serial, const void *payload, size_t size)
{
    store_tell(&self, type, serial, payload, size);
}

static void want_take(uint32_t slot, int folder, const char *path)
{
    store_want_take(&self, slot, folder, path);
}

static void keeper_tells(enum msg_type type, uint32_t serial, const void *payload, size_t size, int fd)
{
    if (self.engine >= 0)
        msg_send(self.engine, type, serial, payload, size, fd < 0 ? NULL : &fd, fd >= 0);
}

/* The supervisor tells the next store, should this one die. */
static void session_moved(const char *session, int folder)
{
    if (self.folder >= 0)
        close(self.folder);
    self.folder = folder;
    if (!strcmp(self.options.session, session))
        return;
    text_copy(self.options.session, sizeof self.options.session, session);
    text_copy(self.options.session_given, sizeof self.options.session_given, session);
    msg_send(SPAWN_SOCKET, MSG_OPTIONS, 0, &self.options, sizeof self.options, NULL, 0);
}

/* The keeper has what can be undone; the engine's document is without it. */
static void give_undo(struct msg *msg)
{
    const struct msg_flight_document *about = (const struct msg_flight_document *)(const void *)msg->payload;
    int fd = about->flat && self.keeper ? keeper_show_after(self.keeper, about->serial) : -1;
    if (fd < 0)
        return;
    if (msg->fd[0] >= 0)
        close(msg->fd[0]);
    msg->fd[0] = fd;
}

static void from_engine(struct msg *msg)
{
    if (store_take_media(&self, msg))
        return;
    switch (msg->type) {
    case MSG_SHOW_PLEASE:
        if (!msg->serial)
            self.keep_media = false;        /* a new engine: nothing in clip memory is anyone's */
        keeper_take(self.keeper, msg);
        break;
    case MSG_SAVE:
    case MSG_OPEN:
    case MSG_RESTORE:
    case MSG_JOURNAL:
    case MSG_JOURNAL_DOCUMENT:
        keeper_take(self.keeper, msg);
        break;
    case MSG_RECORD:
    case MSG_RECORD_END:
        store_takes_order(self.takes, msg, self.folder);
        break;
    case MSG_FLIGHT_DOCUMENT:
        give_undo(msg);
        logkeeper_take(self.logs, msg);
        break;
    case MSG_CRASH:
    case MSG_FLIGHT:
        logkeeper_take(self.logs, msg);
        break;
    case MSG_JOB:
        store_job_begin(&self.job, msg, self.engine);
        break;
    case MSG_JOB_CANCEL:
        store_job_end(&self.job);
        break;
    default:
        log_line(LOG_WARN, "the engine sent %s, which a store does not take", msg_name(msg->type));
    }
}

/* Takes all that waits on a socket. Return: false if the other side is gone. */
static bool drain(int *socket, void (*handle)(struct msg *msg))
{
    static struct msg msg;
    for (;;) {
        struct pollfd ready = {.fd = *socket, .events = POLLIN};
        if (*socket < 0 || poll(&ready, 1, 0) <= 0)
            return true;
        int got = msg_recv(*socket, &msg);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            close(*socket);
            *socket = -1;
            return false;
        }
        if (got > 0) {
            handle(&msg);
            msg_clear(&msg);
        }
    }
}

static void from_supervisor(struct msg *msg)
{
    if (msg->type == MSG_QUIT) {
        self.quitting = true;
    } else if (msg->type == MSG_WORKER) {
        if (((const struct msg_worker *)(const void *)msg->payload)->background)
            store_measure_take(self.measure, msg);
        else
            spares_take(&self.spares, msg);
    } else if (msg->type == MSG_ADOPTED) {
        msg_send(SPAWN_SOCKET, MSG_OPTIONS, 0, &self.options, sizeof self.options, NULL, 0);
    } else if (msg->type == MSG_PEER && msg->fd[0] >= 0) {
        int peer = msg->fd[0];
        msg->fd[0] = -1;
        drain(&self.engine, from_engine);   /* the last words of the one before; they take this message's place */
        if (self.engine >= 0)
            close(self.engine);
        self.engine = peer;
        clipmem_reader_gone(self.memory);   /* the one before it is dead, and this one does not sound yet */
        store_job_end(&self.job);           /* nobody waits for it any more */
        msg_send(self.engine, MSG_OPTIONS, 0, &self.options, sizeof self.options, NULL, 0);
        vigil_retell(self.vigil);
        self.keep_media = true;             /* unless it asks for the document: then it is a new one */
    }
}

/* What the engine shall know of the logs. */
static void look_at_logs(void)
{
    char trouble[200];
    struct msg_aftermath aftermath;
    if (self.loader && self.engine >= 0 && logkeeper_aftermath(self.logs, &aftermath))    /* the engine has its show */
        tell_engine(MSG_AFTERMATH, 0, &aftermath, sizeof aftermath);
    if (logkeeper_ask(self.logs, trouble))
        tell_engine(MSG_FLIGHT_PLEASE, 0, NULL, 0);
    store_notice(&self, trouble);
}

/* What the machine is fed and cooled by, and whether it may fall asleep; once the engine has its show. */
static void tell_vigil(void)
{
    struct msg_power power;
    char trouble[200];
    if (!self.loader || self.engine < 0)
        return;
    if (vigil_power(self.vigil, &power))
        tell_engine(MSG_POWER, 0, &power, sizeof power);
    vigil_trouble(self.vigil, trouble);
    store_notice(&self, trouble);
}

/* Supervisor and heir are dead: the engine plays to its end, and says so by its socket's. */
static bool is_alone(void)
{
    uint64_t now = clock_now_rt();
    if (!self.alone_ns)
        self.alone_ns = now;
    return self.engine < 0 || now - self.alone_ns > LAST_WORDS_NS;
}

static void loop(void)
{
    int supervisor = fcntl(SPAWN_SOCKET, F_DUPFD_CLOEXEC, 0);       /* the number is nobody else's, whatever is closed */
    while (!self.quitting) {
        struct pollfd fds[POLL_MAX] = {{.fd = supervisor, .events = POLLIN}, {.fd = self.engine, .events = POLLIN}};
        int count = 3, most = 1000;
        keeper_poll(self.keeper, &fds[2], &most);
        count += spares_poll(&self.spares, fds + count);
        count += store_job_poll(&self.job, fds + count);
        count += store_takes_poll(self.takes, fds + count);
        count += store_catalog_poll(&self.catalog, fds + count, &most);
        int ours = count;
        if (self.loader)
            count += loader_poll(self.loader, fds + ours, POLL_MAX - ours, &most);
        if (poll(fds, (nfds_t)count, most) < 0 && errno != EINTR)
            return;
        drain(&supervisor, from_supervisor);
        drain(&self.engine, from_engine);
        if (supervisor < 0 && is_alone())
            self.quitting = true;
        store_handle_spares(&self);
        store_job_handle(&self.job, self.engine);
        store_takes_handle(self.takes);
        store_catalog_handle(&self.catalog, self.loader ? self.engine : -1);      /* before it has the show it hears nothing */
        if (self.loader)
            loader_handle(self.loader, fds + ours, count - ours);
        store_watch_media(&self);
        tell_vigil();
        look_at_logs();
        store_measure_hold(self.measure, self.yielding || !self.loader || !loader_idle(self.loader));
        store_tell_status_changes(&self);
        keeper_handle(self.keeper);
    }
    drain(&self.engine, from_engine);       /* its last words */
}

int store_main(void)
{
    static struct msg msg;
    static struct store_hello hello;
    if (msg_recv(SPAWN_SOCKET, &msg) != 1 || msg.type != MSG_HELLO || msg.size != sizeof hello || msg.fd[0] < 0)
        return 2;
    fcntl(SPAWN_SOCKET, F_SETFD, FD_CLOEXEC);
    memcpy(&hello, msg.payload, sizeof hello);
    self.options = hello.options;
    self.spares.tried = self.restarted = hello.restarted;
    log_start("store", self.options.verbosity);
    self.memory = clipmem_map(msg.fd[0], true);
    self.demand = demand_map(msg.fd[1], false);
    self.inputs = inputs_map(msg.fd[2], false);
    msg_clear(&msg);
    struct err err;
    bool mapped = self.memory && self.demand && self.inputs;
    if (mapped)
        clipmem_set_demand(self.memory, self.demand);
    else
        err_set(&err, ERR_IO, "clip memory cannot be mapped: %s", strerror(errno));
    static const struct keeper_hooks hooks = {keeper_tells, session_moved};
    static const struct store_takes_hooks takes_hooks = {tell_engine, want_take};
    if (mapped)
        self.keeper = keeper_open(self.options.session, self.options.session_given, self.options.socket, self.restarted,
                                  &hooks, &err);
    if (!self.keeper) {
        msg_send_text(SPAWN_SOCKET, MSG_FAILED, 0, err.text);
        return 1;
    }
    if (self.restarted)
        clipmem_recover(self.memory);
    self.takes = store_takes_open(self.inputs, &takes_hooks);
    store_catalog_open(&self.catalog);
    self.measure = store_measure_open(self.options.config.background_load);
    msg_send_text(SPAWN_SOCKET, MSG_READY, 0, "");
    self.logs = logkeeper_open(self.options.config.flight_mb, self.restarted ? NULL : self.options.session, &err);
    if (!self.logs)
        log_line(LOG_WARN, "no logs are kept: %s", err.text);
    logkeeper_say(self.logs, "store", self.restarted ? "the store is back" : "the store begins");
    self.vigil = vigil_open();
    loop();
    vigil_close(self.vigil);
    store_takes_close(self.takes);
    keeper_close(self.keeper);
    logkeeper_say(self.logs, "store", "the show is over");
    logkeeper_close(self.logs);
    loader_free(self.loader);
    store_measure_close(self.measure);
    store_catalog_close(&self.catalog);
    return 0;
}
