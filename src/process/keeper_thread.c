/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper's thread: does with the session's disk what the engine asks, one job after the other,
 * and syncs the journal 100 ms after its first edit. It may hang for as long as the disk does.
 */
#include "config.h"

#include "process/keeper_thread.h"

#include "process/document.h"
#include "process/replay.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "platform/thread.h"
#include "session/journal.h"
#include "session/session.h"
#include "show/flat.h"

#include <errno.h>
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

void keeper_notice(struct keeper *keeper, const char *text)
{
    if (*text)
        post(keeper, letter_new(MSG_NOTICE, 0, text, strlen(text)));
}

void keeper_answer(struct keeper *keeper, enum msg_type type, uint32_t serial, const struct err *err, const char *path)
{
    struct msg_result result = {.ok = !err, .code = err ? (uint32_t)err->code : 0};
    if (err)
        text_copy(result.text, sizeof result.text, err->text);
    text_copy(result.path, sizeof result.path, path);
    post(keeper, letter_new(type, serial, &result, sizeof result));
}

void keeper_answer_with(struct keeper *keeper, enum msg_type type, uint32_t serial, const char *text, int fd)
{
    struct msg_result result = {.ok = true};
    text_copy(result.text, sizeof result.text, text);
    struct keeper_letter *letter = letter_new(type, serial, &result, sizeof result);
    letter->fd = fd;
    post(keeper, letter);
}

void keeper_tell_kept(struct keeper *keeper, uint32_t serial, uint32_t state)
{
    struct msg_kept kept = {.state = state};
    post(keeper, letter_new(MSG_JOURNAL_KEPT, serial, &kept, sizeof kept));
}

void keeper_tell_journal(struct keeper *keeper, struct strbuf *document, const char *lines, uint32_t serial, bool dirty)
{
    struct keeper_letter *letter = letter_new(MSG_JOURNAL_DOCUMENT, 0, NULL, 0);
    letter->document = *document;
    *document = (struct strbuf){0};
    strbuf_adds(&letter->lines, lines);
    letter->last = serial;
    letter->dirty = dirty;
    post(keeper, letter);
}

void keeper_tell_place(struct keeper *keeper, uint32_t serial, int folder)
{
    struct keeper_letter *moved = letter_new(MSG_PEER, serial, keeper->place, strlen(keeper->place) + 1);
    moved->fd = folder;
    post(keeper, moved);
}

/* --- the session --- */

/* Edits that wait for the disk belong to the document too. */
static void add_held(const struct keeper *keeper, struct keeper_letter *letter)
{
    struct keeper_job *job;
    TAILQ_FOREACH(job, &keeper->held, link) {
        if (job->fd < 0)
            strbuf_adds(&letter->lines, job->payload);
        else
            document_from_fd(job->fd, &letter->lines, NULL);
        strbuf_addc(&letter->lines, '\n');
        letter->last = job->serial;
    }
}

/* past: what it is made of, which is the letter's afterwards; NULL: it is lost. */
static void post_show(struct keeper *keeper, struct journal_past *past)
{
    struct keeper_letter *letter = letter_new(MSG_SHOW, 0, NULL, 0);
    letter->lost = !past;
    if (past) {
        letter->document = past->document;
        letter->lines = past->lines;
        letter->dirty = past->edited;
        letter->last = past->serial;
        add_held(keeper, letter);
    }
    letter->epoch = ++keeper->opened;
    post(keeper, letter);
}

static bool same_documents(const struct show *a, const struct show *b)
{
    struct strbuf of_a = {0}, of_b = {0};
    session_write(a, &of_a);
    session_write(b, &of_b);
    bool same = of_a.len == of_b.len && !memcmp(of_a.s, of_b.s, of_a.len);
    strbuf_clear(&of_a);
    strbuf_clear(&of_b);
    return same;
}

/* What the journal says is run again, here where it can still be mended. Return: whether it leads to the document that the file
 * has, and from there through all its lines. */
static bool leads_on(const struct journal_past *past, const struct show *file, struct err *err)
{
    struct show *show = document_parse(past->document.s, past->document.len, err);
    const char *lines = past->lines.s ? past->lines.s : "", *mark = strstr(lines, JOURNAL_SAVED "\n");
    if (!show)
        return false;
    size_t done = mark ? replay_lines(show, lines, true, err) : 0;
    bool same = (!mark && past->edited) || (lines + done == (mark ? mark : lines) && same_documents(show, file));
    done += same ? replay_lines(show, lines + done, false, err) : 0;
    show_free(show);
    return same && done == strlen(lines);
}

/* A journal that leads elsewhere: the file is what holds, and of the edits since its save what can be done. */
static void mend(struct keeper *keeper, struct journal_past *past, const struct show *file, char *note)
{
    struct journal_past mended = {.serial = past->serial};
    struct err err;
    const char *mark = past->lines.s ? strstr(past->lines.s, JOURNAL_SAVED "\n") : NULL;
    const char *lines = mark ? mark + strlen(JOURNAL_SAVED "\n") : past->edited || !past->lines.s ? "" : past->lines.s;
    struct show *show = show_new();
    show_replace(show, file, "");
    journal_set_aside(keeper->journal, "edits of the last time cannot all be done again", note);
    size_t done = replay_lines(show, lines, false, &err);
    strbuf_add(&mended.lines, lines, done);
    flat_write(file, &mended.document);
    journal_begin(keeper->journal, &mended.document, mended.lines.s, mended.serial, keeper->hash, false, &err);
    show_free(show);
    journal_past_clear(past);
    *past = mended;
}

/* What the journal has of this session, or a beginning of one. past: document and lines, to be cleared by the caller. */
static void take_past(struct keeper *keeper, const struct show *file, struct journal_past *past, char *note)
{
    struct err err;
    keeper_take_journal(keeper, past, note);
    if (past->document.len && !leads_on(past, file, &err))
        mend(keeper, past, file, note);
    if (past->document.len)
        return;
    flat_write(file, &past->document);
    if (keeper->journal && journal_begin(keeper->journal, &past->document, NULL, 0, keeper->hash, false, &err) < 0)
        snprintf(note, 200, "edits are kept only once they are saved: %.150s", err.text);
}

static void tell_format(struct keeper *keeper, const struct session_info *info)
{
    char text[200];
    if (info->age != SESSION_OLDER)
        return;
    snprintf(text, sizeof text, "the session's file is of the earlier format ORP%04d%c: the first save makes it " SESSION_FORMAT
             ", and what it is now becomes a backup", info->version_year, info->version_letter);
    keeper_notice(keeper, text);
}

void keeper_let_go(struct keeper *keeper)
{
    if (keeper->left)
        journal_drop(keeper->left);
    keeper->left = NULL;
}

/* answered: a MSG_OPEN to be answered before its show, or NULL. */
static int load(struct keeper *keeper, const char *path, const char *given, bool drop, const struct keeper_job *answered,
                struct err *err)
{
    keeper_let_go(keeper);
    struct session_info info = {0};
    struct show *show = *path ? session_load(given, &info, err) : show_new();
    struct journal_past past;
    char note[200] = "";
    if (!show)
        return -1;
    if (answered)
        keeper_drop_held(keeper);
    if (drop && keeper->journal)
        journal_drop(keeper->journal);              /* open! has been told to */
    if (drop)
        keeper->journal = NULL;
    keeper_take_place(keeper, path, 0);
    keeper_see(keeper, info.hash);
    take_past(keeper, show, &past, note);
    show_free(show);
    if (answered)
        keeper_answer(keeper, MSG_OPENED, answered->serial, NULL, path);
    post_show(keeper, &past);
    keeper_notice(keeper, note);
    tell_format(keeper, &info);
    return 0;
}

int keeper_load(struct keeper *keeper, const char *path, const char *given, bool drop, struct err *err)
{
    return load(keeper, path, given, drop, NULL, err);
}

/* --- jobs --- */

static void open_other(struct keeper *keeper, const struct keeper_job *job)
{
    struct msg_path about;
    struct err err;
    memcpy(&about, job->payload, sizeof about);
    about.path[sizeof about.path - 1] = '\0';
    if (load(keeper, about.path, about.path, about.force, job, &err) < 0)
        keeper_answer(keeper, MSG_OPENED, job->serial, &err, about.path);
}

/* A new engine, of a store that does not know the document: as file and journal have it now. */
static void serve(struct keeper *keeper)
{
    struct err err;
    char place[sizeof keeper->place];
    text_copy(place, sizeof place, keeper->place);
    if (load(keeper, place, place, false, NULL, &err) == 0)
        return;
    post_show(keeper, NULL);
    keeper_notice(keeper, err.text);
}

/* The engine has it all, and sends what this one does not have yet. */
static void take_up_journal(struct keeper *keeper, const struct keeper_job *job)
{
    char note[200] = "";
    keeper_let_go(keeper);
    keeper_take_place(keeper, job->payload, 0);
    keeper_see(keeper, journal_hash(keeper->place));
    struct journal_past past = {0};
    keeper_take_journal(keeper, &past, note);
    if (past.document.len)
        keeper_tell_journal(keeper, &past.document, past.lines.s ? past.lines.s : "", past.serial, past.edited);
    if (keeper->journal && !journal_begun(keeper->journal))
        keeper_tell_kept(keeper, 0, MSG_KEPT_WANTED);
    journal_past_clear(&past);
    keeper_notice(keeper, note);
}

/* Return: whether it keeps the job. */
static bool take_edit(struct keeper *keeper, struct keeper_job *job)
{
    keeper->done++;
    if (job->epoch < keeper->opened)
        return false;                       /* of the document before this one, which nobody has any more */
    if (job->type != MSG_JOURNAL_DOCUMENT)
        keeper_guard_journal(keeper, job->serial);
    return keeper_edit(keeper, job);
}

/* Return: whether it keeps the job. */
static bool do_job(struct keeper *keeper, struct keeper_job *job)
{
    switch (job->type) {
    case MSG_HELLO:
        take_up_journal(keeper, job);
        break;
    case MSG_SHOW_PLEASE:
        serve(keeper);
        break;
    case MSG_SAVE:
        keeper_guard_journal(keeper, 0);
        keeper_save(keeper, job);
        break;
    case MSG_RESTORE:
        keeper_restore(keeper, job);
        break;
    case MSG_OPEN:
        open_other(keeper, job);
        break;
    default:
        return take_edit(keeper, job);
    }
    return false;
}

/* What is done when there is no job, or in between. */
static void tend(struct keeper *keeper)
{
    uint64_t now = clock_now_rt();
    if (journal_due_ms(keeper->journal) == 0)
        keeper_sync(keeper);
    if (keeper->retry_ns && now >= keeper->retry_ns)
        keeper_retry(keeper);
    if (keeper->left && now >= keeper->left_ns)
        keeper_let_go(keeper);
    if (now >= keeper->look_ns) {
        keeper_look(keeper);
        keeper_guard_journal(keeper, 0);
    }
    if (now >= keeper->autosave_ns)
        keeper_autosave(keeper);
}

/* --- the thread --- */

/* Milliseconds until there is something to tend. */
static int due_ms(const struct keeper *keeper)
{
    uint64_t now = clock_now_rt(), next = keeper->look_ns;
    if (keeper->retry_ns && keeper->retry_ns < next)
        next = keeper->retry_ns;
    if (keeper->left && keeper->left_ns < next)
        next = keeper->left_ns;
    int due = next <= now ? 0 : (int)((next - now) / 1000000) + 1, sync = journal_due_ms(keeper->journal);
    return sync >= 0 && sync < due ? sync : due;
}

/* Under the lock. Return: the next job; NULL: something is to be tended. */
static struct keeper_job *wait_job(struct keeper *keeper)
{
    struct keeper_job *job;
    int wait_ms;
    while (!(job = TAILQ_FIRST(&keeper->jobs)) && (wait_ms = due_ms(keeper)) != 0) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += (long)(wait_ms > 999 ? 999 : wait_ms) * 1000000;
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

/* With the disk, without the lock. */
static void work(struct keeper *keeper, struct keeper_job *job)
{
    keeper->busy_ns = clock_now_rt();
    pthread_mutex_unlock(&keeper->lock);
    if (!job)
        tend(keeper);
    else if (!do_job(keeper, job))
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
    if (keeper->held_count)
        keeper_retry(keeper);
    keeper_let_go(keeper);
    journal_close(keeper->journal);
    keeper_drop_held(keeper);
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
    keeper->autosave_ns = clock_now_rt() + KEEPER_AUTOSAVE_S * CLOCK_SECOND_NS;
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
