/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store: the only process of a show that touches disks. Loads and saves sessions, keeps the
 * journal of edits, and runs the media loader with its workers. May hang with a disk; nothing
 * that sounds waits for it. One thread, one poll loop.
 */
#include "config.h"

#include "process/document.h"
#include "process/roles.h"
#include "process/spares.h"
#include "process/store_catalog.h"
#include "process/store_job.h"
#include "process/store_measure.h"
#include "base/log.h"
#include "base/text.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "media/loader.h"
#include "platform/clock.h"
#include "platform/spawn.h"
#include "session/journal.h"
#include "session/session.h"
#include "show/flat.h"
#include "wire/msg.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POLL_MAX = 64 };
#define STATUS_NS (CLOCK_SECOND_NS / 5)

static struct store {
    struct options options;
    bool restarted, quitting;
    bool served;                        /* an engine has had the document as it was loaded: it may have changed since */
    bool keep_media;                    /* the engine outlived us: what it uses stays in clip memory */
    struct clipmem *memory;
    struct demand *demand;              /* what the engine reads of it */
    int engine;                         /* socket to it, -1 none */
    int folder;                         /* what relative media paths start from */
    char session[1024];                 /* path of the file now, "" unnamed */
    struct strbuf document, waiting;    /* flat document and journal lines, until the engine has them */
    char note[200];
    struct journal *journal;
    struct loader *loader;
    struct store_catalog catalog;
    struct store_measure measure;       /* of media, in the background */
    struct spares spares;               /* workers that the loader does not have yet */
    struct store_job job;
    int workers_told;                   /* in the last status */
    uint64_t media_told, told_ns;
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

static void set_folder(void)
{
    if (self.folder >= 0 && (!self.loader || loader_idle(self.loader)))
        close(self.folder);             /* else the loader still reads from it: it stays open */
    self.folder = AT_FDCWD;
    if (!self.session[0])
        return;
    char copy[sizeof self.session];
    text_copy(copy, sizeof copy, self.session);
    int folder = open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0)
        self.folder = folder;
}

/* The supervisor tells the next store, should this one die. */
static void tell_supervisor(void)
{
    text_copy(self.options.session, sizeof self.options.session, self.session);
    text_copy(self.options.session_given, sizeof self.options.session_given, self.session);
    msg_send(SPAWN_SOCKET, MSG_OPTIONS, 0, &self.options, sizeof self.options, NULL, 0);
}

/* Takes a session's place and its journal, whose document (if it has one) and lines are added to what is given. */
static void take_place(const char *path, struct strbuf *document, struct strbuf *lines)
{
    struct err why;
    text_copy(self.session, sizeof self.session, path);
    set_folder();
    journal_close(self.journal);
    self.journal = journal_open(self.session, self.options.socket, document, lines, self.note, &why);
    if (!self.journal)
        snprintf(self.note, sizeof self.note, "edits are kept only once they are saved: %.150s", why.text);
}

/* Reads a session (path absolute, given: as errors shall name it; both "": an unnamed show) and its journal into self.document and
 * self.waiting. drop: the edits of the show before it are not wanted any more. */
static int load(const char *path, const char *given, bool drop, struct err *err)
{
    struct show *show = *path ? session_load(given, NULL, err) : show_new();
    if (!show)
        return -1;
    strbuf_reset(&self.document);
    strbuf_reset(&self.waiting);
    flat_write(show, &self.document);
    show_free(show);
    struct strbuf kept = {0};
    struct err why;
    if (drop && self.journal)
        journal_restart(self.journal, &why);    /* open! has been told to */
    take_place(path, &kept, &self.waiting);
    if (kept.len) {
        strbuf_reset(&self.document);
        strbuf_add(&self.document, kept.s, kept.len);
    }
    strbuf_clear(&kept);
    return 0;
}

static void send_show(void)
{
    struct err err;
    struct msg_show about = {.dirty = self.journal && journal_lines(self.journal) > 0, .journal_lines = self.journal ? (uint32_t)journal_lines(self.journal) : 0};
    text_copy(about.path, sizeof about.path, self.session);
    size_t document = self.document.len;
    strbuf_addf(&self.document, "\f\n%s", self.waiting.s ? self.waiting.s : "");
    int fd = document_to_fd(&self.document, &err);
    if (fd >= 0) {
        msg_send(self.engine, MSG_SHOW, 0, &about, sizeof about, &fd, 1);
        close(fd);
    }
    self.document.len = document;
    notice(self.note);
    self.note[0] = '\0';
}

static void told(void *context, const struct media_info *info)
{
    (void)context;
    struct msg_media_info out = {.slot = info->slot, .file_rate = info->file_rate, .channels = info->channels, .file_frames = info->file_frames,
        .state = info->state == MEDIA_LOADING ? CLIPMEM_LOADING : info->state == MEDIA_READY ? CLIPMEM_READY : CLIPMEM_FAILED,
        .missing = info->state == MEDIA_MISSING ? 1 : info->state == MEDIA_NO_ROOM ? 2 : 0};
    text_copy(out.text, sizeof out.text, info->text);
    store_catalog_told(&self.catalog, info);
    tell_engine(MSG_MEDIA_INFO, 0, &out, sizeof out);
}

static void tell_status(void)
{
    struct msg_store_status status = {.store_pid = (uint32_t)getpid()};
    if (self.loader)
        status.workers = (uint32_t)loader_workers(self.loader, status.pid, 16);
    store_catalog_count(&self.catalog, &status.opened, &status.from_catalogue);
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
    bool counted = opened + known != self.media_told && clock_now_rt() - self.told_ns >= STATUS_NS;
    if (counted || (self.loader && loader_workers(self.loader, NULL, 0) != self.workers_told))
        tell_status();
}

/* The supervisor starts another one. */
static void lost(void *context, int pid)
{
    (void)context;
    struct msg_worker about = {.pid = (uint32_t)pid};
    msg_send(SPAWN_SOCKET, MSG_WORKER_LOST, 0, &about, sizeof about, NULL, 0);
}

static void set_chain(uint32_t rate)
{
    loader_free(self.loader);
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS && !self.keep_media; slot++)
        if (clipmem_state_rt(self.memory, slot) != CLIPMEM_EMPTY)
            clipmem_free_slot(self.memory, slot);
    self.loader = loader_new(self.memory, rate, told, NULL);
    loader_set_lost(self.loader, lost);
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

static void answer(enum msg_type type, uint32_t serial, const struct err *err, const char *path)
{
    struct msg_result result = {.ok = !err, .code = err ? (uint32_t)err->code : 0};
    if (err)
        text_copy(result.text, sizeof result.text, err->text);
    text_copy(result.path, sizeof result.path, path);
    tell_engine(type, serial, &result, sizeof result);
}

static int save(const char *path, bool force, int document_fd, struct err *err)
{
    struct strbuf text = {0};
    struct show *show = document_from_fd(document_fd, &text, err) == 0 ? document_parse(text.s ? text.s : "", text.len, err) : NULL;
    strbuf_clear(&text);
    if (!show)
        return -1;
    bool own = !strcmp(path, self.session);
    int result = -1;
    if (!own && !force && access(path, F_OK) == 0)
        err_set(err, ERR_REFUSED, "%s: is there already and is not this show's file; save! writes over it", path);
    else
        result = session_save(path, show, err);
    show_free(show);
    if (result < 0)
        return -1;
    struct strbuf old_document = {0}, old_lines = {0};
    struct err why;
    if (own && self.journal) {
        journal_restart(self.journal, &why);
    } else {
        if (self.journal)
            journal_restart(self.journal, &why);        /* what waited is in the new file */
        take_place(path, &old_document, &old_lines);
        tell_supervisor();
        if (self.journal)
            journal_restart(self.journal, &why);
    }
    strbuf_clear(&old_document);
    strbuf_clear(&old_lines);
    return 0;
}

static void do_save(const struct msg *msg)
{
    struct msg_path about;
    struct err err;
    memcpy(&about, msg->payload, sizeof about);
    about.path[sizeof about.path - 1] = '\0';
    const char *path = about.path[0] ? about.path : self.session;
    if (!*path)
        err_set(&err, ERR_REFUSED, "the show has no file name yet: save FILE");
    else if (save(path, about.force, msg->fd[0], &err) == 0) {
        answer(MSG_SAVED, msg->serial, NULL, path);
        return;
    }
    answer(MSG_SAVED, msg->serial, &err, path);
}

static void do_open(const struct msg *msg)
{
    struct msg_path about;
    struct err err;
    memcpy(&about, msg->payload, sizeof about);
    about.path[sizeof about.path - 1] = '\0';
    if (load(about.path, about.path, about.force, &err) < 0) {
        answer(MSG_OPENED, msg->serial, &err, about.path);
        return;
    }
    answer(MSG_OPENED, msg->serial, NULL, about.path);
    tell_supervisor();
    send_show();
}

static void want_file(uint32_t slot, const char *path)
{
    store_catalog_want(&self.catalog, slot, self.folder, path);
    store_measure_want(&self.measure, slot, self.folder, path);
    loader_want(self.loader, slot, self.folder, path);
}

static void do_want(const struct msg *msg)
{
    struct msg_media_want want = {0};
    memcpy(&want, msg->payload, msg->size);
    want.path[sizeof want.path - 1] = '\0';
    if (self.loader && want.slot < CLIPMEM_SLOTS)
        want_file(want.slot, want.path);
}

static void drop_file(struct loader *loader, uint32_t slot)
{
    store_catalog_drop(&self.catalog, slot);
    store_measure_drop(&self.measure, slot);
    loader_drop(loader, slot);
}

static void do_slot(const struct msg *msg, void (*what)(struct loader *, uint32_t))
{
    struct msg_media_drop about;
    memcpy(&about, msg->payload, sizeof about);
    if (self.loader && about.slot < CLIPMEM_SLOTS)
        what(self.loader, about.slot);
}

/* The engine may use the slot for another file only after this. */
static void tell_freed(const struct msg *msg)
{
    struct msg_media_info info = {.state = CLIPMEM_EMPTY};
    memcpy(&info.slot, msg->payload, sizeof info.slot);
    tell_engine(MSG_MEDIA_INFO, 0, &info, sizeof info);
}

static void do_journal(const char *line)
{
    struct err err;
    if (self.journal && journal_add(self.journal, line, &err) < 0)
        notice(err.text);
}

static void do_journal_document(const struct msg *msg)
{
    struct strbuf text = {0};
    struct err err;
    if (self.journal && (document_from_fd(msg->fd[0], &text, &err) < 0 ||
                         journal_restart_from(self.journal, text.s ? text.s : "", text.len, &err) < 0))
        notice(err.text);
    strbuf_clear(&text);
}

/* A new engine: it gets the document as file and journal have it now, and nothing in clip memory is anyone's. */
static void serve_show(void)
{
    struct err err;
    if (self.served && load(self.session, self.session, false, &err) < 0)
        text_copy(self.note, sizeof self.note, err.text);       /* the file is gone: the document as it was */
    self.served = true;
    self.keep_media = false;
    send_show();
}

static void from_engine(struct msg *msg)
{
    struct msg_chain chain;
    switch (msg->type) {
    case MSG_SHOW_PLEASE:
        serve_show();
        break;
    case MSG_CHAIN:
        memcpy(&chain, msg->payload, sizeof chain);
        set_chain(chain.rate);
        break;
    case MSG_MEDIA_WANT:
        do_want(msg);
        break;
    case MSG_MEDIA_CLIP:
    case MSG_MEDIA_PLAYED:
        break;                              /* all media are loaded whole: nothing follows from them */
    case MSG_MEDIA_FIRST:
        do_slot(msg, loader_first);
        break;
    case MSG_MEDIA_DROP:
        do_slot(msg, drop_file);
        tell_freed(msg);
        break;
    case MSG_SAVE:
        do_save(msg);
        break;
    case MSG_OPEN:
        do_open(msg);
        break;
    case MSG_JOURNAL:
        do_journal(msg->payload);
        break;
    case MSG_JOURNAL_DOCUMENT:
        do_journal_document(msg);
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

static void from_supervisor(struct msg *msg)
{
    if (msg->type == MSG_QUIT) {
        self.quitting = true;
    } else if (msg->type == MSG_WORKER) {
        if (((const struct msg_worker *)(const void *)msg->payload)->background)
            store_measure_take(&self.measure, msg);
        else
            spares_take(&self.spares, msg);
    } else if (msg->type == MSG_PEER && msg->fd[0] >= 0) {
        if (self.engine >= 0)
            close(self.engine);
        self.engine = msg->fd[0];
        msg->fd[0] = -1;
        store_job_end(&self.job);           /* nobody waits for it any more */
        msg_send(self.engine, MSG_OPTIONS, 0, &self.options, sizeof self.options, NULL, 0);
        self.keep_media = true;             /* unless it asks for the document: then it is a new one */
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

static void sync_journal(void)
{
    struct err err;
    if (journal_due_ms(self.journal) == 0 && journal_sync(self.journal, &err) < 0)
        notice(err.text);
}

static void loop(void)
{
    int supervisor = SPAWN_SOCKET;
    while (!self.quitting) {
        struct pollfd fds[POLL_MAX] = {{.fd = supervisor, .events = POLLIN}, {.fd = self.engine, .events = POLLIN}};
        int timeout = journal_due_ms(self.journal), count = 2;
        int most = timeout < 0 ? 1000 : timeout;
        count += spares_poll(&self.spares, fds + count);
        count += store_job_poll(&self.job, fds + count);
        count += store_catalog_poll(&self.catalog, fds + count, &most);
        count += store_measure_poll(&self.measure, fds + count, POLL_MAX - count, &most);
        int ours = count;
        if (self.loader)
            count += loader_poll(self.loader, fds + ours, POLL_MAX - ours, &most);
        if (poll(fds, (nfds_t)count, most) < 0 && errno != EINTR)
            return;
        if (!drain(&supervisor, from_supervisor))
            self.quitting = true;           /* no supervisor, no show */
        drain(&self.engine, from_engine);
        handle_spares();
        store_job_handle(&self.job, self.engine);
        store_catalog_handle(&self.catalog, self.loader ? self.engine : -1);      /* before it has the show it hears nothing */
        if (self.loader)
            loader_handle(self.loader, fds + ours, count - ours);
        store_measure_handle(&self.measure, !self.loader || !loader_idle(self.loader));
        tell_status_changes();
        sync_journal();
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
    self.spares.tried = self.restarted = self.served = hello.restarted;
    log_start("store", self.options.verbosity);
    self.memory = clipmem_map(msg.fd[0], true);
    self.demand = demand_map(msg.fd[1], false);
    msg_clear(&msg);
    struct err err;
    if (self.memory && self.demand)
        clipmem_set_demand(self.memory, self.demand);
    else
        err_set(&err, ERR_IO, "clip memory cannot be mapped: %s", strerror(errno));
    struct strbuf ignored = {0};
    bool mapped = self.memory && self.demand;
    if (mapped && self.restarted) {
        take_place(self.options.session, &ignored, &ignored);      /* the engine has the document */
        strbuf_clear(&ignored);
    } else if (!mapped || load(self.options.session, self.options.session_given, false, &err) < 0) {
        msg_send_text(SPAWN_SOCKET, MSG_FAILED, 0, err.text);
        return 1;
    }
    if (self.restarted)
        clipmem_recover(self.memory);
    store_catalog_open(&self.catalog);
    store_measure_open(&self.measure, self.catalog.catalog, self.options.config.background_load);
    msg_send_text(SPAWN_SOCKET, MSG_READY, 0, "");
    loop();
    journal_close(self.journal);
    loader_free(self.loader);
    store_measure_close(&self.measure);
    store_catalog_close(&self.catalog);
    return 0;
}
