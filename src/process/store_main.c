/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store: the only process of a show that touches disks. Its poll loop runs the media loader
 * with its workers and hands on what the engine wants; it waits for no disk itself. Those who do
 * are threads of their own: the keeper of the session (keeper.h), the openers of media files
 * (media/opener.h).
 */
#include "config.h"

#include "process/keeper.h"
#include "process/logkeeper.h"
#include "process/roles.h"
#include "process/spares.h"
#include "process/store_catalog.h"
#include "process/store_job.h"
#include "process/store_measure.h"
#include "process/store_takes.h"
#include "process/vigil.h"
#include "base/log.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "media/loader.h"
#include "platform/clock.h"
#include "platform/memory.h"
#include "platform/spawn.h"
#include "wire/inputs.h"
#include "wire/msg.h"
#include "wire/state.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POLL_MAX = 64 };
#define STATUS_NS (CLOCK_SECOND_NS / 5)
#define BUSY_NS (CLOCK_SECOND_NS / 50)
#define LAST_WORDS_NS CLOCK_SECOND_NS

static struct store {
    struct options options;
    bool restarted, quitting;
    uint64_t alone_ns;                  /* since when there is no supervisor, 0: there is one */
    bool short_of_memory;               /* the machine is, as far as told */
    bool yielding;                      /* to load: nothing is loaded ahead, nor measured */
    uint64_t memory_due_ns;             /* when to look again */
    bool silent;                        /* a disk with media hangs, as far as told */
    bool keep_media;                    /* the engine outlived us: what it uses stays in clip memory */
    struct clipmem *memory;
    struct demand *demand;              /* what the engine reads of it */
    int engine;                         /* socket to it, -1 none */
    int folder;                         /* what relative media paths start from */
    struct keeper *keeper;              /* of the session */
    struct logkeeper *logs;             /* NULL: none are kept */
    struct loader *loader;
    struct store_catalog catalog;
    struct store_measure *measure;      /* of media, in the background; NULL: none */
    struct spares spares;               /* workers that the loader does not have yet */
    struct store_job job;
    struct inputs *inputs;              /* their past, to record from */
    struct store_takes *takes;
    struct vigil *vigil;                /* over the machine; NULL: none */
    int workers_told;                   /* in the last status */
    uint64_t media_told, told_ns;
    bool idle_told;
} self = {.engine = -1, .folder = AT_FDCWD, .spares = {.on_trial = {.socket = -1}}, .job = {.socket = -1}};

static void tell_engine(enum msg_type type, uint32_t serial, const void *payload, size_t size)
{
    if (self.engine >= 0)
        msg_send(self.engine, type, serial, payload, size, NULL, 0);
}

static void notice(const char *text)
{
    if (self.engine >= 0 && *text)
        msg_send_text(self.engine, MSG_NOTICE, 0, text);
}

/* --- the session: see keeper.h --- */

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

/* --- media --- */

static void told(void *context, const struct media_info *info)
{
    (void)context;
    struct msg_media_info out = {.slot = info->slot, .file_rate = info->file_rate, .channels = info->channels,
                                 .file_frames = info->file_frames,
        .state = info->state == MEDIA_LOADING ? CLIPMEM_LOADING : info->state == MEDIA_READY ? CLIPMEM_READY : CLIPMEM_FAILED,
        .missing = info->state == MEDIA_MISSING, .cold = info->cold};
    text_copy(out.text, sizeof out.text, info->text);
    store_catalog_told(&self.catalog, info);
    if (info->state == MEDIA_BROKEN || info->state == MEDIA_MISSING)
        logkeeper_say(self.logs, "media", info->text);
    tell_engine(MSG_MEDIA_INFO, 0, &out, sizeof out);
}

static void tell_status(void)
{
    struct msg_store_status status = {.store_pid = (uint32_t)getpid()};
    struct loader_count count = {0};
    if (self.loader)
        status.workers = (uint32_t)loader_workers(self.loader, status.pid, 16);
    if (self.loader)
        loader_count(self.loader, &count);
    status.heads = count.heads;
    status.cold = count.cold;
    status.budget_bytes = count.budget_bytes;
    status.resident_bytes = count.resident_bytes;
    store_catalog_count(&self.catalog, &status.opened, &status.from_catalogue);
    status.idle = self.idle_told = !self.loader || loader_idle(self.loader);
    self.workers_told = (int)status.workers;
    self.media_told = status.opened + status.from_catalogue;
    self.told_ns = clock_now_rt();
    tell_engine(MSG_STORE_STATUS, 0, &status, sizeof status);
}

/* If it is another one: at once for workers, now and then for counters. */
static void tell_status_changes(void)
{
    uint64_t opened, known;
    store_catalog_count(&self.catalog, &opened, &known);
    uint64_t since_ns = clock_now_rt() - self.told_ns;
    bool counted = opened + known != self.media_told && since_ns >= STATUS_NS;
    bool idle = !self.loader || loader_idle(self.loader), rested = idle != self.idle_told && (idle || since_ns >= BUSY_NS);
    if (rested && idle)
        memory_give_back();             /* the session and its media were read: much of what that took is free */
    if (counted || rested || (self.loader && loader_workers(self.loader, NULL, 0) != self.workers_told))
        tell_status();
}

/* The supervisor starts another one. */
static void lost(void *context, int pid)
{
    (void)context;
    struct msg_worker about = {.pid = (uint32_t)pid};
    msg_send(SPAWN_SOCKET, MSG_WORKER_LOST, 0, &about, sizeof about, NULL, 0);
}

static void begin_loading(void)
{
    loader_free(self.loader);
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS && !self.keep_media; slot++)
        if (clipmem_state_rt(self.memory, slot) != CLIPMEM_EMPTY)
            clipmem_free_slot(self.memory, slot);
    self.loader = loader_new(self.memory, told, NULL);
    loader_set_demand(self.loader, self.demand);
    loader_open_apart(self.loader);     /* or it opens files itself */
    loader_set_lost(self.loader, lost);
    loader_yield(self.loader, self.yielding);
    store_catalog_serve(&self.catalog, self.loader);
    spares_give(&self.spares, self.loader, spares_active());
    tell_status();
}

static void handle_spares(void)
{
    spares_handle(&self.spares);
    if (self.loader && spares_give(&self.spares, self.loader, spares_active()))
        tell_status();
    if (self.engine < 0)
        return;                         /* one that comes will be told */
    notice(self.spares.text);
    self.spares.text[0] = '\0';
}

/* The session's folder could not be opened, or its disk has not answered yet: media are found by the whole name. */
static char *beside_session(const char *path)
{
    const char *slash = strrchr(self.options.session, '/');
    if (*path == '/' || !slash)
        return xstrdup(path);
    return xasprintf("%.*s/%s", (int)(slash - self.options.session), self.options.session, path);
}

static void want_file(uint32_t slot, int folder, const char *path)
{
    store_catalog_want(&self.catalog, slot, folder, path);
    store_measure_want(self.measure, slot, folder, path);
    loader_want(self.loader, slot, folder, path);
}

/* What was recorded is whole now, and perhaps somebody waits for it already. */
static void want_take(uint32_t slot, int folder, const char *path)
{
    if (!self.loader)
        return;
    want_file(slot, folder, path);
    loader_first(self.loader, slot);
}

static void do_want(const struct msg *msg)
{
    struct msg_media_want want = {0};
    memcpy(&want, msg->payload, msg->size);
    want.path[sizeof want.path - 1] = '\0';
    if (!self.loader || want.slot >= CLIPMEM_SLOTS)
        return;
    if (store_takes_hold(self.takes, want.slot, want.path))
        return;                         /* it is being recorded: want_take() follows */
    char *path = self.folder < 0 ? beside_session(want.path) : xstrdup(want.path);
    want_file(want.slot, self.folder, path);
    free(path);
}

static void do_clip(const struct msg *msg)
{
    struct msg_media_clip clip;
    memcpy(&clip, msg->payload, sizeof clip);
    if (self.loader)
        loader_clip(self.loader, &clip);
}

static void do_played(const struct msg *msg)
{
    struct msg_media_played played;
    memcpy(&played, msg->payload, sizeof played);
    if (self.loader)
        loader_played(self.loader, played.clip);
}

static void drop_file(struct loader *loader, uint32_t slot)
{
    store_takes_drop(self.takes, slot);
    store_catalog_drop(&self.catalog, slot);
    store_measure_drop(self.measure, slot);
    loader_drop(loader, slot);
}

static void do_slot(const struct msg *msg, void (*what)(struct loader *, uint32_t))
{
    struct msg_media_drop about;
    memcpy(&about, msg->payload, sizeof about);
    if (self.loader && about.slot < CLIPMEM_SLOTS)
        what(self.loader, about.slot);
}

static void do_first(const struct msg *msg)
{
    struct msg_media_first about;
    memcpy(&about, msg->payload, sizeof about);
    if (self.loader)
        loader_first_at(self.loader, about.slot, about.at);
}

static void do_yield(const struct msg *msg)
{
    struct msg_yield about;
    memcpy(&about, msg->payload, sizeof about);
    self.yielding = about.yields > STATE_YIELD_PREDICTION;
    if (self.loader)
        loader_yield(self.loader, self.yielding);
}

/* The engine may use the slot for another file only after this. */
static void tell_freed(const struct msg *msg)
{
    struct msg_media_info info = {.state = CLIPMEM_EMPTY};
    memcpy(&info.slot, msg->payload, sizeof info.slot);
    tell_engine(MSG_MEDIA_INFO, 0, &info, sizeof info);
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
    switch (msg->type) {
    case MSG_SHOW_PLEASE:
        if (!msg->serial)
            self.keep_media = false;        /* a new engine: nothing in clip memory is anyone's */
        keeper_take(self.keeper, msg);
        break;
    case MSG_MEDIA_BEGIN:
        store_takes_forget(self.takes);
        store_takes_tell_all(self.takes);
        begin_loading();
        break;
    case MSG_MEDIA_WANT:
        do_want(msg);
        break;
    case MSG_MEDIA_CLIP:
        do_clip(msg);
        break;
    case MSG_MEDIA_PLAYED:
        do_played(msg);
        break;
    case MSG_MEDIA_FIRST:
        do_first(msg);
        break;
    case MSG_MEDIA_DROP:
        do_slot(msg, drop_file);
        tell_freed(msg);
        break;
    case MSG_YIELD:
        do_yield(msg);
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
    notice(trouble);
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
    notice(trouble);
}

/* A disk with media hangs, or answers again: said once. */
static void tell_silence(void)
{
    bool silent = self.loader && loader_silent(self.loader) > 0;
    if (silent == self.silent)
        return;
    self.silent = silent;
    notice(silent ? "a disk with media does not answer: what is loaded plays on, the rest waits"
                  : "the disk with media answers again");
}

/* Gives way while the machine is short of memory: said once. */
static void look_at_memory(void)
{
    struct memory_look look;
    uint64_t now = clock_now_rt();
    if (now < self.memory_due_ns)
        return;
    self.memory_due_ns = now + CLOCK_SECOND_NS;
    memory_look(&look);
    bool is_short = memory_is_short(&look, self.short_of_memory);
    if (is_short && !self.short_of_memory)
        notice("the machine is short of memory: media that are not played next make room");
    self.short_of_memory = is_short;
    if (self.loader && loader_give_way(self.loader, is_short))
        tell_status();
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
        handle_spares();
        store_job_handle(&self.job, self.engine);
        store_takes_handle(self.takes);
        store_catalog_handle(&self.catalog, self.loader ? self.engine : -1);      /* before it has the show it hears nothing */
        if (self.loader)
            loader_handle(self.loader, fds + ours, count - ours);
        look_at_memory();
        tell_silence();
        tell_vigil();
        look_at_logs();
        store_measure_hold(self.measure, self.yielding || !self.loader || !loader_idle(self.loader));
        tell_status_changes();
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
