/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls that fail and calls that are written down: see calls.h. */
#define _GNU_SOURCE 1
#include "config.h"

#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FDS = 1024 };

#define REAL(type, name, parameters) \
    type __real_##name parameters; \
    type __wrap_##name parameters
REAL(int, open, (const char *path, int flags, ...));
REAL(ssize_t, write, (int fd, const void *bytes, size_t count));
REAL(int, fsync, (int fd));
REAL(int, fdatasync, (int fd));
REAL(int, ftruncate, (int fd, off_t bytes));
REAL(int, rename, (const char *from, const char *to));
REAL(int, renameat2, (int old, const char *from, int new, const char *to, unsigned flags));
REAL(int, link, (const char *from, const char *to));
REAL(int, unlink, (const char *path));
REAL(int, close, (int fd));
REAL(int, mkdir, (const char *path, mode_t mode));
REAL(void *, malloc, (size_t bytes));
REAL(void *, calloc, (size_t count, size_t bytes));
REAL(void *, realloc, (void *old, size_t bytes));
REAL(void *, aligned_alloc, (size_t alignment, size_t bytes));

/* --- failing --- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct call_fault fault;
static int left, reached;               /* left: calls until it fails; 0: none does */
static bool failing, synced_again;
static bool unsynced[FDS];              /* a sync of it has failed */

void calls_fail(const struct call_fault *which, int n)
{
    pthread_mutex_lock(&lock);
    fault = *which;
    left = n;
    reached = 0;
    failing = true;
    pthread_mutex_unlock(&lock);
}

int calls_mend(void)
{
    failing = false;
    return reached;
}

bool calls_synced_again(void)
{
    return synced_again;
}

/* Under the lock, but for memory, which one thread asks for or another: the count may then be off by one. */
static bool fails(enum call_kind kind)
{
    if (!failing || fault.kind != kind || (left > 1 && left--))
        return false;
    if (reached++ && !fault.for_ever)
        return false;
    errno = fault.error;
    return true;
}

/* --- writing down --- */

static struct call_log *logged;
static int count_logged, room;
static bool logging;

void calls_log(bool on)
{
    logging = on;
}

const struct call_log *calls_logged(int *count)
{
    *count = count_logged;
    return logged;
}

static struct call_log *note(enum call_done what, int fd)
{
    if (count_logged == room) {
        room = room ? room * 2 : 1024;
        logged = realloc(logged, (size_t)room * sizeof *logged);
        if (!logged)
            abort();
    }
    logged[count_logged] = (struct call_log){.what = what, .fd = fd};
    return &logged[count_logged++];
}

static void note_paths(enum call_done what, const char *from, const char *to)
{
    struct call_log *log = note(what, -1);
    log->bytes = strdup(from);
    log->to = to ? strdup(to) : NULL;
}

void calls_note_saved(long number)
{
    pthread_mutex_lock(&lock);
    note(DONE_SAVED, -1)->at = number;
    pthread_mutex_unlock(&lock);
}

static void note_write(int fd, off_t at, const void *bytes, size_t count)
{
    struct call_log *log = note(DONE_WRITE, fd);
    log->at = at;
    log->count = count;
    log->bytes = malloc(count + 1);
    memcpy(log->bytes, bytes, count);
}

/* --- the calls --- */

/* Makes the call unless it fails, and writes it down if it is done. */
#define CALL(kind, call, writing) \
    pthread_mutex_lock(&lock); \
    int result = fails(kind) ? -1 : (call); \
    int saved = errno; \
    if (result >= 0 && logging) \
        writing; \
    pthread_mutex_unlock(&lock); \
    errno = saved; \
    return result

static void note_open(int fd, const char *path, int flags)
{
    struct call_log *log = note(DONE_OPEN, fd);
    log->bytes = strdup(path);
    log->emptied = flags & O_TRUNC;
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    CALL(CALL_OPEN, __real_open(path, flags, mode), note_open(result, path, flags));
}

ssize_t __wrap_write(int fd, const void *bytes, size_t count)
{
    pthread_mutex_lock(&lock);
    bool now = fails(CALL_WRITE);
    bool one = now && count > 1 && (!fault.error || (fault.torn && reached == 1));
    off_t at = logging ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t result = now && fault.error && !one ? -1 : __real_write(fd, bytes, one ? 1 : count);
    int saved = now && result < 0 ? fault.error : errno;
    if (result > 0 && logging)
        note_write(fd, at, bytes, (size_t)result);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return result;
}

static int sync_once(int fd, int (*call)(int fd))
{
    if (fd >= 0 && fd < FDS && unsynced[fd])
        synced_again = true;
    if (!fails(CALL_SYNC))
        return call(fd);
    if (fd >= 0 && fd < FDS)
        unsynced[fd] = true;
    return -1;
}

int __wrap_fsync(int fd)
{
    CALL(CALL_KINDS, sync_once(fd, __real_fsync), note(DONE_SYNC, fd));
}

int __wrap_fdatasync(int fd)
{
    CALL(CALL_KINDS, sync_once(fd, __real_fdatasync), note(DONE_SYNC, fd));
}

int __wrap_ftruncate(int fd, off_t bytes)
{
    CALL(CALL_TRUNCATE, __real_ftruncate(fd, bytes), note(DONE_TRUNCATE, fd)->at = bytes);
}

int __wrap_rename(const char *from, const char *to)
{
    CALL(CALL_MOVE, __real_rename(from, to), note_paths(DONE_RENAME, from, to));
}

int __wrap_renameat2(int old, const char *from, int new, const char *to, unsigned flags)
{
    CALL(CALL_MOVE, __real_renameat2(old, from, new, to, flags), note_paths(DONE_RENAME, from, to));
}

int __wrap_link(const char *from, const char *to)
{
    CALL(CALL_MOVE, __real_link(from, to), note_paths(DONE_LINK, from, to));
}

int __wrap_unlink(const char *path)
{
    CALL(CALL_MOVE, __real_unlink(path), note_paths(DONE_UNLINK, path, NULL));
}

/* The descriptor is gone also where it fails, as Linux has it. */
int __wrap_close(int fd)
{
    if (fd >= 0 && fd < FDS)
        unsynced[fd] = false;
    CALL(CALL_KINDS, __real_close(fd) < 0 || fails(CALL_CLOSE) ? -1 : 0, note(DONE_CLOSE, fd));
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    CALL(CALL_FOLDER, __real_mkdir(path, mode), (void)0);
}

/* --- memory --- */

void *__wrap_malloc(size_t bytes)
{
    return fails(CALL_MEMORY) ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return fails(CALL_MEMORY) ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
    return fails(CALL_MEMORY) ? NULL : __real_realloc(old, bytes);
}

void *__wrap_aligned_alloc(size_t alignment, size_t bytes)
{
    return fails(CALL_MEMORY) ? NULL : __real_aligned_alloc(alignment, bytes);
}
