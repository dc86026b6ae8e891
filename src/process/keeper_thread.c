/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper's thread: does with the session's disk what the engine asks, one job after the other,
 * and syncs the journal 100 ms after its first edit. It may hang for as long as the disk does.
 */
#include "config.h"

#include "process/keeper_thread.h"

#include "process/document.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "platform/thread.h"
#include "session/journal.h"
#include "session/session.h"
#include "show/flat.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- letters --- */

static void post(struct keeper *keeper, struct keeper_letter *letter)
{
    uint64_t one = 1;
    pthread_mutex_lock(&keeper->lock);
    TAILQ_INSERT_TAIL(&keeper->letters, letter, link);
    pthread_mutex_unlock(&keeper->lock);
    ssize_t written = write(keeper->event, &one, sizeof one);
    (void)written;                  /* fails only when it is readable anyway */
}

static struct keeper_letter *letter_new(enum msg_type type, uint32_t serial, const void *payload, size_t size)
{
    struct keeper_letter *letter = xcalloc(1, sizeof *letter + size + 1);
    *letter = (struct keeper_letter){.type = type, .serial = serial, .fd = -1, .size = size};
    if (size)
        memcpy(letter->payload, payload, size);
    return letter;
}

void keeper_letter_free(struct keeper_letter *letter)
{
    if (letter->fd >= 0)
        close(letter->fd);
    strbuf_clear(&letter->document);
    strbuf_clear(&letter->lines);
    free(letter);
}

void keeper_job_free(struct keeper_job *job)
{
    if (job->fd >= 0)
        close(job->fd);
    free(job);
}

static void notice(struct keeper *keeper, const char *text)
{
    if (*text)
        post(keeper, letter_new(MSG_NOTICE, 0, text, strlen(text)));
}

static void answer(struct keeper *keeper, enum msg_type type, uint32_t serial, const struct err *err, const char *path)
{
    struct msg_result result = {.ok = !err, .code = err ? (uint32_t)err->code : 0};
    if (err)
        text_copy(result.text, sizeof result.text, err->text);
    text_copy(result.path, sizeof result.path, path);
    post(keeper, letter_new(type, serial, &result, sizeof result));
}

/* --- the session --- */

static int open_folder(const char *session)
{
    char copy[sizeof ((struct keeper *)0)->place];
    text_copy(copy, sizeof copy, session);
    int folder = *session ? open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    return folder < 0 ? AT_FDCWD : folder;
}

/* Takes a session's place and its journal, whose document (if it has one) and lines are added to what is given; note (200
 * bytes): what the operator must know, or "". */
static void take_place(struct keeper *keeper, const char *path, struct strbuf *document, struct strbuf *lines, char *note)
{
    struct err why;
    text_copy(keeper->place, sizeof keeper->place, path);
    struct keeper_letter *moved = letter_new(MSG_PEER, 0, path, strlen(path) + 1);
    moved->fd = open_folder(path);
    post(keeper, moved);
    journal_close(keeper->journal);
    keeper->journal = journal_open(path, keeper->socket, document, lines, note, &why);
    if (!keeper->journal)
        snprintf(note, 200, "edits are kept only once they are saved: %.150s", why.text);
}

/* document: NULL: it is lost. */
static void post_show(struct keeper *keeper, const struct strbuf *document, const struct strbuf *lines)
{
    struct keeper_letter *letter = letter_new(MSG_SHOW, 0, NULL, 0);
    letter->lost = !document;
    letter->document = document ? *document : (struct strbuf){0};
    letter->lines = lines ? *lines : (struct strbuf){0};
    letter->dirty = keeper->journal && journal_lines(keeper->journal) > 0;
    letter->epoch = ++keeper->opened;
    post(keeper, letter);
}

/* answered: a MSG_OPEN to be answered before its show, or NULL. */
static int load(struct keeper *keeper, const char *path, const char *given, bool drop, const struct keeper_job *answered,
                struct err *err)
{
    struct show *show = *path ? session_load(given, NULL, err) : show_new();
    if (!show)
        return -1;
    struct strbuf document = {0}, kept = {0}, lines = {0};
    struct err why;
    char note[200] = "";
    flat_write(show, &document);
    show_free(show);
    if (drop && keeper->journal)
        journal_restart(keeper->journal, &why);     /* open! has been told to */
    take_place(keeper, path, &kept, &lines, note);
    if (kept.len) {
        strbuf_clear(&document);
        document = kept;
    } else {
        strbuf_clear(&kept);
    }
    if (answered)
        answer(keeper, MSG_OPENED, answered->serial, NULL, path);
    post_show(keeper, &document, &lines);
    notice(keeper, note);
    return 0;
}

int keeper_load(struct keeper *keeper, const char *path, const char *given, bool drop, struct err *err)
{
    return load(keeper, path, given, drop, NULL, err);
}

/* --- jobs --- */

static const char *job_path(const struct keeper_job *job, bool *force)
{
    struct msg_path *about = (void *)(uintptr_t)job->payload;
    about->path[sizeof about->path - 1] = '\0';
    *force = about->force;
    return about->path;
}

static int write_session(const struct keeper *keeper, const struct keeper_job *job, const char *path, bool force, struct err *err)
{
    struct strbuf text = {0};
    struct show *show = document_from_fd(job->fd, &text, err) == 0 ? document_parse(text.s ? text.s : "", text.len, err) : NULL;
    strbuf_clear(&text);
    if (!show)
        return -1;
    int result = -1;
    if (strcmp(path, keeper->place) && !force && access(path, F_OK) == 0)
        err_set(err, ERR_REFUSED, "%s: is there already and is not this show's file; save! writes over it", path);
    else
        result = session_save(path, show, err);
    show_free(show);
    return result;
}

static void save(struct keeper *keeper, const struct keeper_job *job)
{
    bool force;
    struct err err;
    char note[200] = "";
    const char *given = job_path(job, &force), *path = *given ? given : keeper->place;
    if (!*path)
        err_set(&err, ERR_REFUSED, "the show has no file name yet: save FILE");
    if (!*path || write_session(keeper, job, path, force, &err) < 0) {
        answer(keeper, MSG_SAVED, job->serial, &err, path);
        return;
    }
    if (keeper->journal)
        journal_restart(keeper->journal, &err);     /* what waited is in the file */
    if (strcmp(path, keeper->place) || !keeper->journal) {
        struct strbuf old_document = {0}, old_lines = {0};
        take_place(keeper, path, &old_document, &old_lines, note);
        if (keeper->journal)
            journal_restart(keeper->journal, &err);
        strbuf_clear(&old_document);
        strbuf_clear(&old_lines);
    }
    answer(keeper, MSG_SAVED, job->serial, NULL, path);
    notice(keeper, note);
}

static void open_other(struct keeper *keeper, const struct keeper_job *job)
{
    bool force;
    struct err err;
    const char *path = job_path(job, &force);
    if (load(keeper, path, path, force, job, &err) < 0)
        answer(keeper, MSG_OPENED, job->serial, &err, path);
}

/* A new engine, of a store that does not know the document: as file and journal have it now. */
static void serve(struct keeper *keeper)
{
    struct err err;
    char place[sizeof keeper->place];
    text_copy(place, sizeof place, keeper->place);
    if (load(keeper, place, place, false, NULL, &err) == 0)
        return;
    post_show(keeper, NULL, NULL);
    notice(keeper, err.text);
}

static void take_up_journal(struct keeper *keeper, const struct keeper_job *job)
{
    struct strbuf ignored = {0};            /* the engine has it all */
    char note[200] = "";
    take_place(keeper, job->payload, &ignored, &ignored, note);
    strbuf_clear(&ignored);
    notice(keeper, note);
}

static void keep_edit(struct keeper *keeper, const struct keeper_job *job)
{
    struct strbuf text = {0};
    struct err err;
    int result = 0;
    keeper->done++;
    if (!keeper->journal || job->epoch < keeper->opened)
        return;                             /* of the document before this one, which nobody has any more */
    if (job->type == MSG_JOURNAL)
        result = journal_add(keeper->journal, job->payload, &err);
    else if ((result = document_from_fd(job->fd, &text, &err)) == 0)
        result = journal_restart_from(keeper->journal, text.s ? text.s : "", text.len, &err);
    strbuf_clear(&text);
    if (result < 0)
        notice(keeper, err.text);
}

static void do_job(struct keeper *keeper, const struct keeper_job *job)
{
    switch (job->type) {
    case MSG_HELLO:
        take_up_journal(keeper, job);
        break;
    case MSG_SHOW_PLEASE:
        serve(keeper);
        break;
    case MSG_SAVE:
        save(keeper, job);
        break;
    case MSG_OPEN:
        open_other(keeper, job);
        break;
    default:
        keep_edit(keeper, job);
    }
}

/* --- the thread --- */

/* Under the lock. Return: the next job; NULL: a sync is due. */
static struct keeper_job *wait_job(struct keeper *keeper)
{
    struct keeper_job *job;
    int due_ms;
    while (!(job = TAILQ_FIRST(&keeper->jobs)) && (due_ms = journal_due_ms(keeper->journal)) != 0) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += (long)(due_ms < 0 ? 999 : due_ms) * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&keeper->changed, &keeper->lock, &until);
    }
    if (job && journal_due_ms(keeper->journal) == 0)
        return NULL;                        /* a stream of edits puts no sync off */
    if (job) {
        TAILQ_REMOVE(&keeper->jobs, job, link);
        keeper->bytes -= job->size;
    }
    return job;
}

static void sync_journal(struct keeper *keeper)
{
    struct err err;
    if (journal_sync(keeper->journal, &err) < 0)
        notice(keeper, err.text);
}

/* With the disk, without the lock. */
static void work(struct keeper *keeper, struct keeper_job *job)
{
    keeper->busy_ns = clock_now_rt();
    pthread_mutex_unlock(&keeper->lock);
    if (job)
        do_job(keeper, job);
    else
        sync_journal(keeper);
    if (job)
        keeper_job_free(job);
    pthread_mutex_lock(&keeper->lock);
    keeper->busy_ns = 0;
    if (journal_due_ms(keeper->journal) < 0)
        keeper->settled = keeper->done;     /* nothing of what it has waits to be synced */
}

static void *run(void *context)
{
    struct keeper *keeper = context;
    struct keeper_job *job;
    pthread_mutex_lock(&keeper->lock);
    while (!(job = wait_job(keeper)) || job->type != MSG_QUIT)
        work(keeper, job);
    keeper_job_free(job);
    keeper->busy_ns = clock_now_rt();
    pthread_mutex_unlock(&keeper->lock);
    journal_close(keeper->journal);
    pthread_mutex_lock(&keeper->lock);
    keeper->journal = NULL;
    keeper->busy_ns = 0;
    keeper->ended = true;
    pthread_cond_broadcast(&keeper->changed);
    pthread_mutex_unlock(&keeper->lock);
    return NULL;
}

void keeper_init_locks(struct keeper *keeper)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&keeper->lock, NULL);
}

int keeper_start(struct keeper *keeper, struct err *err)
{
    if (thread_start(&keeper->thread, "keeper", THREAD_PRIORITY_NONE, run, keeper, NULL, 0) < 0)
        return err_set(err, ERR_IO, "no thread can be started: %s", strerror(errno));
    return 0;
}

bool keeper_wait_end(struct keeper *keeper, unsigned ms)
{
    uint64_t due = clock_now_rt() + ms * (CLOCK_SECOND_NS / 1000);
    struct timespec until = {.tv_sec = (time_t)(due / CLOCK_SECOND_NS), .tv_nsec = (long)(due % CLOCK_SECOND_NS)};
    int error = 0;
    pthread_mutex_lock(&keeper->lock);
    while (!keeper->ended && !error)
        error = pthread_cond_timedwait(&keeper->changed, &keeper->lock, &until);
    bool ended = keeper->ended;
    pthread_mutex_unlock(&keeper->lock);
    if (ended)
        thread_join(&keeper->thread);
    return ended;
}
