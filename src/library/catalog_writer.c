/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue's writing thread: see catalog_writer.h. All that both threads touch is under the lock; the lock is never held
 * over a call of the database. */
#include "config.h"

#include "library/catalog_writer.h"
#include "library/catalog_file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WRONG_TRIES = 3 };           /* for a batch that the database does not take, whatever the reason */

struct catalog_writer {
    struct thread thread;
    char path[CATALOG_FILE_PATH_MAX];
    bool check;                     /* is wanted still, at check_at */
    struct timespec check_at;
    pthread_mutex_t lock;
    pthread_cond_t changed;         /* any of what follows */
    struct catalog_changes waiting, taken;      /* taken: by the thread, in a transaction */
    size_t count;                   /* of both */
    bool hurry, stop;               /* do not wait for more; nor try again */
    bool damaged, told;             /* told: of the trouble there is */
    char notice[CATALOG_NOTICE_MAX];
    struct sqldb *db;               /* the thread's, from here on; under the lock when it comes and goes */
    struct catalog_pen *pen;
    uint64_t inode;                 /* of what db is */
    unsigned wrong;                 /* tries of the batch at the head */
};

/* --- the thread --- */

static struct timespec in_ms(unsigned ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ns = at.tv_nsec + (int64_t)ms * 1000000;
    return (struct timespec){.tv_sec = at.tv_sec + ns / 1000000000, .tv_nsec = ns % 1000000000};
}

/* Looks through the whole file, while nothing else is to be done. Under the lock, which it lets go meanwhile. */
static void check(struct catalog_writer *writer)
{
    int64_t faults = 0;
    writer->check = false;
    if (!writer->db)
        return;
    pthread_mutex_unlock(&writer->lock);
    enum sql_code code = sqldb_ask(writer->db, "SELECT count(*) FROM pragma_quick_check(1) WHERE quick_check <> 'ok'", &faults);
    pthread_mutex_lock(&writer->lock);
    writer->damaged = writer->damaged || code == SQL_CORRUPT || faults > 0;
}

/* Under the lock. */
static void await_change(struct catalog_writer *writer)
{
    if (!writer->check)
        pthread_cond_wait(&writer->changed, &writer->lock);
    else if (pthread_cond_timedwait(&writer->changed, &writer->lock, &writer->check_at) == ETIMEDOUT)
        check(writer);
}

/* Under the lock: until there is a batch, or whoever waits wants it now. Return: false if the thread is to end. */
static bool await_batch(struct catalog_writer *writer)
{
    while (writer->count == 0 && !writer->stop)
        await_change(writer);
    struct timespec due = in_ms(CATALOG_DELAY_MS);
    while (writer->count < CATALOG_BATCH && !writer->hurry && !writer->stop)
        if (pthread_cond_timedwait(&writer->changed, &writer->lock, &due) == ETIMEDOUT)
            break;
    return writer->count > 0 && !writer->stop;
}

/* Under the lock: nothing can be written for a while. */
static void await_better(struct catalog_writer *writer, unsigned ms)
{
    struct timespec due = in_ms(ms);
    while (!writer->stop && pthread_cond_timedwait(&writer->changed, &writer->lock, &due) != ETIMEDOUT)
        ;
}

static void take_batch(struct catalog_writer *writer)
{
    for (int i = 0; i < CATALOG_BATCH && !TAILQ_EMPTY(&writer->waiting); i++) {
        struct catalog_change *change = TAILQ_FIRST(&writer->waiting);
        TAILQ_REMOVE(&writer->waiting, change, link);
        TAILQ_INSERT_TAIL(&writer->taken, change, link);
    }
}

static void end_batch(struct catalog_writer *writer, bool written)
{
    struct catalog_changes kept = TAILQ_HEAD_INITIALIZER(kept);
    while (!TAILQ_EMPTY(&writer->taken)) {
        struct catalog_change *change = TAILQ_FIRST(&writer->taken);
        TAILQ_REMOVE(&writer->taken, change, link);
        if (written) {
            writer->count--;
            free(change);
        } else {
            TAILQ_INSERT_TAIL(&kept, change, link);
        }
    }
    TAILQ_CONCAT(&kept, &writer->waiting, link);
    TAILQ_CONCAT(&writer->waiting, &kept, link);
    pthread_cond_broadcast(&writer->changed);
}

/* A connection. */
static void begin(struct catalog_writer *writer)
{
    struct sqldb *db;
    if (sqldb_open(&db, writer->path, SQLDB_WRITE, CATALOG_BUSY_MS) != SQL_DONE)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->db = db;
    pthread_mutex_unlock(&writer->lock);
    writer->inode = catalog_file_inode(writer->path);
    enum sql_code code = catalog_file_tune(db);
    pthread_mutex_lock(&writer->lock);
    writer->damaged = writer->damaged || code == SQL_CORRUPT;
    pthread_mutex_unlock(&writer->lock);
}

static enum sql_code write_batch(struct catalog_writer *writer)
{
    if (!writer->db)
        begin(writer);
    else if (catalog_file_inode(writer->path) != writer->inode)
        return SQL_CORRUPT;         /* someone has removed it, or put it aside: what were written now would be lost */
    enum sql_code code = writer->db ? SQL_DONE : SQL_FAILED;
    if (!writer->pen && writer->db)
        writer->pen = catalog_pen_new(writer->db, &code);
    if (code == SQL_DONE)
        code = sqldb_exec(writer->db, "BEGIN IMMEDIATE");
    if (code != SQL_DONE)
        return code;
    struct catalog_change *change;
    TAILQ_FOREACH (change, &writer->taken, link)
        if (code == SQL_DONE)
            code = catalog_pen_write(writer->pen, change);
    if (code == SQL_DONE)
        code = sqldb_exec(writer->db, "COMMIT");
    if (code != SQL_DONE)
        sqldb_exec(writer->db, "ROLLBACK");
    return code;
}

/* Under the lock. */
static void heed(struct catalog_writer *writer, enum sql_code code)
{
    static const char *const trouble[] = {
        [SQL_FULL] = "no room on the disk", [SQL_READONLY] = "it may not be written", [SQL_FAILED] = "its disk does not take it",
    };
    if (code == SQL_DONE || code == SQL_BUSY) {
        writer->told = writer->told && code != SQL_DONE;
        return;
    }
    writer->damaged = writer->damaged || code == SQL_CORRUPT;
    if (writer->told || code == SQL_CORRUPT)
        return;
    writer->told = true;
    snprintf(writer->notice, sizeof writer->notice, "the catalogue is not written, %s: %.120s", trouble[code], writer->path);
}

static void serve_batch(struct catalog_writer *writer)
{
    take_batch(writer);
    pthread_mutex_unlock(&writer->lock);
    enum sql_code code = write_batch(writer);
    pthread_mutex_lock(&writer->lock);
    writer->wrong = code == SQL_FAILED ? writer->wrong + 1 : 0;
    heed(writer, code);
    bool given_up = writer->wrong >= WRONG_TRIES;
    if (given_up) {
        log_line(LOG_WARN, "%s: some rows were not taken", writer->path);
        writer->wrong = 0;
    }
    end_batch(writer, code == SQL_DONE || given_up);
    if (code != SQL_DONE)
        await_better(writer, code == SQL_BUSY ? CATALOG_DELAY_MS : CATALOG_RETRY_MS);
}

static void end(struct catalog_writer *writer)
{
    catalog_pen_free(writer->pen);
    if (writer->db && !writer->damaged)
        sqldb_exec(writer->db, "PRAGMA wal_checkpoint(TRUNCATE)");
    pthread_mutex_lock(&writer->lock);
    sqldb_close(writer->db);
    writer->db = NULL;
    pthread_mutex_unlock(&writer->lock);
}

static void *run(void *context)
{
    struct catalog_writer *writer = context;
    begin(writer);
    pthread_mutex_lock(&writer->lock);
    while (await_batch(writer))
        if (writer->damaged)
            await_better(writer, CATALOG_RETRY_MS);
        else
            serve_batch(writer);
    pthread_mutex_unlock(&writer->lock);
    end(writer);
    return NULL;
}

/* --- the owner --- */

struct catalog_writer *catalog_writer_new(const char *path, int check_ms)
{
    struct catalog_writer *writer = xcalloc(1, sizeof *writer);
    pthread_condattr_t monotonic;
    text_copy(writer->path, sizeof writer->path, path);
    writer->check = check_ms >= 0;
    writer->check_at = in_ms(check_ms >= 0 ? (unsigned)check_ms : 0);
    TAILQ_INIT(&writer->waiting);
    TAILQ_INIT(&writer->taken);
    pthread_mutex_init(&writer->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (thread_start(&writer->thread, "catalogue", THREAD_PRIORITY_NONE, run, writer, NULL, 0) == 0)
        return writer;
    free(writer);
    return NULL;
}

bool catalog_writer_flush(struct catalog_writer *writer, unsigned wait_ms)
{
    struct timespec due = in_ms(wait_ms);
    pthread_mutex_lock(&writer->lock);
    writer->hurry = true;
    pthread_cond_broadcast(&writer->changed);
    while (writer->count > 0 && !writer->damaged)
        if (pthread_cond_timedwait(&writer->changed, &writer->lock, &due) == ETIMEDOUT)
            break;
    writer->hurry = false;
    bool done = writer->count == 0;
    pthread_mutex_unlock(&writer->lock);
    return done;
}

void catalog_writer_free(struct catalog_writer *writer, unsigned wait_ms, struct catalog_changes *left)
{
    if (wait_ms)
        catalog_writer_flush(writer, wait_ms);
    pthread_mutex_lock(&writer->lock);
    writer->stop = true;
    if (writer->db)
        sqldb_interrupt(writer->db);
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
    thread_join(&writer->thread);
    while (!TAILQ_EMPTY(&writer->waiting)) {
        struct catalog_change *change = TAILQ_FIRST(&writer->waiting);
        TAILQ_REMOVE(&writer->waiting, change, link);
        if (left)
            TAILQ_INSERT_TAIL(left, change, link);
        else
            free(change);
    }
    pthread_cond_destroy(&writer->changed);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

void catalog_writer_post(struct catalog_writer *writer, struct catalog_change *change)
{
    pthread_mutex_lock(&writer->lock);
    if (writer->count < CATALOG_WAITING_MAX) {
        TAILQ_INSERT_TAIL(&writer->waiting, change, link);
        writer->count++;
        change = NULL;
        pthread_cond_broadcast(&writer->changed);
    }
    pthread_mutex_unlock(&writer->lock);
    free(change);
}

bool catalog_writer_damaged(struct catalog_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    bool damaged = writer->damaged;
    pthread_mutex_unlock(&writer->lock);
    return damaged;
}

bool catalog_writer_take_notice(struct catalog_writer *writer, char *text, size_t size)
{
    pthread_mutex_lock(&writer->lock);
    bool there = writer->notice[0] != '\0';
    if (there)
        text_copy(text, size, writer->notice);
    writer->notice[0] = '\0';
    pthread_mutex_unlock(&writer->lock);
    return there;
}
