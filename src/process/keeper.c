/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store's side of the keeper: see keeper.h. Jobs go to the thread (keeper_thread.c) by one
 * list, letters come back by another, under one lock that is never held while anyone is with a disk.
 *
 * What the document is meanwhile, keeper_memory.c remembers.
 */
#include "config.h"

#include "process/document.h"
#include "process/keeper_thread.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SILENT_NS (KEEPER_SILENT_MS * (CLOCK_SECOND_NS / 1000))

static void notice(struct keeper *keeper, const char *text)
{
    if (*text)
        keeper->hooks.tell(MSG_NOTICE, 0, text, strlen(text), -1);
}

/* --- the document --- */

static void send_show(struct keeper *keeper)
{
    struct err err;
    struct msg_show about = {.dirty = keeper->dirty, .serial = keeper->serial};
    text_copy(about.path, sizeof about.path, keeper->session);
    for (size_t i = 0; i < keeper->lines.len; i++)
        about.journal_lines += keeper->lines.s[i] == '\n';
    int fd = keeper_show_fd(keeper, &err);
    if (fd >= 0) {
        keeper->hooks.tell(MSG_SHOW, 0, &about, sizeof about, fd);
        close(fd);
    } else {
        notice(keeper, err.text);
    }
}

/* --- jobs --- */

static bool is_edit(enum msg_type type)
{
    return type == MSG_JOURNAL || type == MSG_JOURNAL_DOCUMENT;
}

static void add_job(struct keeper *keeper, struct msg *msg)
{
    struct keeper_job *job = xcalloc(1, sizeof *job + msg->size + 1);
    *job = (struct keeper_job){.type = msg->type, .serial = msg->serial, .epoch = keeper->epoch, .size = msg->size,
                               .fd = msg->fd[0]};
    msg->fd[0] = -1;
    memcpy(job->payload, msg->payload, msg->size);
    pthread_mutex_lock(&keeper->lock);
    bool room = !is_edit(job->type) || keeper->bytes + job->size <= KEEPER_BYTES_MAX;
    if (room) {
        TAILQ_INSERT_TAIL(&keeper->jobs, job, link);
        keeper->bytes += job->size;
        keeper->given += is_edit(job->type);
        pthread_cond_signal(&keeper->changed);
    }
    pthread_mutex_unlock(&keeper->lock);
    if (room)
        return;
    notice(keeper, "an edit is not kept until it is saved: the session's disk has been silent for too long");
    keeper_job_free(job);
}

void keeper_take(struct keeper *keeper, struct msg *msg)
{
    switch (msg->type) {
    case MSG_SHOW_PLEASE:
        if (keeper->known && !keeper->recalled) {
            send_show(keeper);
            notice(keeper, keeper->note);
            keeper->note[0] = '\0';
            return;
        }
        break;
    case MSG_JOURNAL:
        keeper_remember_line(keeper, msg);
        break;
    case MSG_JOURNAL_DOCUMENT:
        keeper_remember_document(keeper, msg);
        break;
    case MSG_SAVE:
        keeper_remember_saving(keeper, msg->serial);
        break;
    default:
        break;
    }
    add_job(keeper, msg);
}

/* --- letters --- */

/* The show's file: of a save under another name, or of another show, whose document follows. */
static void take_place(struct keeper *keeper, struct keeper_letter *letter)
{
    if (letter->serial)
        keeper_remember_moved(keeper, letter->serial, letter->payload);
    else
        keeper->known = keeper->known && !strcmp(keeper->session, letter->payload);
    text_copy(keeper->session, sizeof keeper->session, letter->payload);
    keeper->hooks.moved(keeper->session, letter->fd);
    letter->fd = -1;
}

static void take_show(struct keeper *keeper, struct keeper_letter *letter)
{
    if (!letter->lost)                      /* else the document as it was */
        keeper_remember_show(keeper, letter);
    keeper->known = true;
    keeper->epoch = letter->epoch;
    send_show(keeper);
}

static void take_letter(struct keeper *keeper, struct keeper_letter *letter)
{
    switch (letter->type) {
    case MSG_PEER:
        take_place(keeper, letter);
        break;
    case MSG_SHOW:
        take_show(keeper, letter);
        break;
    case MSG_JOURNAL_DOCUMENT:
        keeper_remember_journal(keeper, letter);
        break;
    case MSG_RESTORED:
        keeper->hooks.tell(letter->type, letter->serial, letter->payload, letter->size, letter->fd);
        break;
    case MSG_SAVED:
        keeper_remember_saved(keeper, letter->serial, ((const struct msg_result *)(const void *)letter->payload)->ok);
        keeper->hooks.tell(letter->type, letter->serial, letter->payload, letter->size, -1);
        break;
    default:
        keeper->hooks.tell(letter->type, letter->serial, letter->payload, letter->size, -1);
    }
}

static struct keeper_letter *next_letter(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    struct keeper_letter *letter = TAILQ_FIRST(&keeper->letters);
    if (letter)
        TAILQ_REMOVE(&keeper->letters, letter, link);
    pthread_mutex_unlock(&keeper->lock);
    return letter;
}

/* --- silence --- */

static void note_silence(struct keeper *keeper)
{
    char text[120];
    pthread_mutex_lock(&keeper->lock);
    unsigned edits = (unsigned)(keeper->given - keeper->settled);
    bool silent = keeper->busy_ns && clock_now_rt() - keeper->busy_ns >= SILENT_NS, idle = !keeper->busy_ns && edits == 0;
    pthread_mutex_unlock(&keeper->lock);
    if (silent && (!keeper->silent || edits != keeper->silent_edits)) {
        if (edits)
            snprintf(text, sizeof text, "edits not on disk: %u; the session's disk does not answer", edits);
        else
            snprintf(text, sizeof text, "the session's disk does not answer");
        notice(keeper, text);
        keeper->silent_edits = edits;
        keeper->silent = true;
    } else if (keeper->silent && idle) {
        notice(keeper, "the session's disk answers again, and all edits are on it");
        keeper->silent = false;
    }
}

void keeper_poll(struct keeper *keeper, struct pollfd *fd, int *timeout_ms)
{
    pthread_mutex_lock(&keeper->lock);
    uint64_t age_ns = keeper->busy_ns ? clock_now_rt() - keeper->busy_ns : 0;
    if (keeper->busy_ns && age_ns < SILENT_NS) {
        int wait_ms = (int)((SILENT_NS - age_ns) / (CLOCK_SECOND_NS / 1000)) + 1;
        if (*timeout_ms < 0 || wait_ms < *timeout_ms)
            *timeout_ms = wait_ms;
    }
    pthread_mutex_unlock(&keeper->lock);
    *fd = (struct pollfd){.fd = keeper->event, .events = POLLIN};
}

void keeper_handle(struct keeper *keeper)
{
    uint64_t count;
    ssize_t got = read(keeper->event, &count, sizeof count);
    (void)got;                      /* what was posted before this is seen below */
    struct keeper_letter *letter;
    while ((letter = next_letter(keeper))) {
        take_letter(keeper, letter);
        keeper_letter_free(letter);
    }
    note_silence(keeper);
}

/* --- beginning and end --- */

/* What is read before there is a thread, or the first thing the thread does. */
static int begin(struct keeper *keeper, const char *session, const char *given, bool restarted, struct err *err)
{
    static struct msg msg;
    if (!restarted)
        return keeper_load(keeper, session, given, false, err);
    text_copy(keeper->session, sizeof keeper->session, session);
    msg.type = MSG_HELLO;
    msg.fd[0] = -1;
    msg.size = strlen(session) + 1;
    memcpy(msg.payload, session, msg.size);
    add_job(keeper, &msg);
    return 0;
}

/* Before there is an engine. */
static void take_first_letters(struct keeper *keeper)
{
    struct keeper_letter *letter;
    while ((letter = next_letter(keeper))) {
        if (letter->type == MSG_NOTICE)
            text_copy(keeper->note, sizeof keeper->note, letter->payload);
        else
            take_letter(keeper, letter);
        keeper_letter_free(letter);
    }
}

/* The folder is wanted for the media, if the disk has it in time. */
static void wait_place(struct keeper *keeper, bool restarted)
{
    struct pollfd fd = {.fd = keeper->event, .events = POLLIN};
    if (restarted && poll(&fd, 1, KEEPER_SILENT_MS) > 0)
        take_first_letters(keeper);
}

struct keeper *keeper_open(const char *session, const char *given, const char *socket, bool restarted,
                           const struct keeper_hooks *hooks, struct err *err)
{
    struct keeper *keeper = xcalloc(1, sizeof *keeper);
    keeper->hooks = *hooks;
    keeper->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    TAILQ_INIT(&keeper->jobs);
    TAILQ_INIT(&keeper->letters);
    TAILQ_INIT(&keeper->held);
    keeper->saved_at = KEEPER_NOT_SAVED;
    text_copy(keeper->socket, sizeof keeper->socket, socket);
    keeper_init_locks(keeper);
    if (keeper->event < 0) {
        err_set(err, ERR_IO, "no descriptor is left: %s", strerror(errno));
        free(keeper);
        return NULL;
    }
    if (begin(keeper, session, given, restarted, err) == 0) {
        take_first_letters(keeper);
        if (keeper_start(keeper, err) == 0) {
            wait_place(keeper, restarted);
            return keeper;
        }
    }
    close(keeper->event);
    free(keeper);                   /* the process is about to end */
    return NULL;
}

bool keeper_close(struct keeper *keeper)
{
    static struct msg quit = {.type = MSG_QUIT};
    struct keeper_job *job;
    if (!keeper)
        return true;
    quit.fd[0] = -1;
    add_job(keeper, &quit);
    if (!keeper_wait_end(keeper, KEEPER_QUIT_MS))
        return false;
    keeper_handle(keeper);
    while ((job = TAILQ_FIRST(&keeper->jobs))) {        /* of the first call, if it was not the last */
        TAILQ_REMOVE(&keeper->jobs, job, link);
        keeper_job_free(job);
    }
    close(keeper->event);
    strbuf_clear(&keeper->document);
    strbuf_clear(&keeper->lines);
    free(keeper);
    return true;
}
