/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole text files, in and out: see textfile.h. Each failing call is said once, with the name of the user's file. */
#include "config.h"

#include "base/strbuf.h"
#include "platform/fd.h"
#include "platform/paths.h"
#include "session/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 32 * 1024, TRIES = 10 };

/* --- in --- */
static int open_regular(const char *path, const char *noun, size_t max, struct err *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return err_set(err, ERR_UNKNOWN, "%s: no such %s", path, noun);
    if (fd < 0)
        return err_set(err, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    struct stat st;
    if (fstat(fd, &st) < 0)
        err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        err_set(err, ERR_REFUSED, "%s: is %s; a %s is a regular file", path,
                S_ISDIR(st.st_mode) ? "a folder" : "not a file of bytes", noun);
    else if ((uintmax_t)st.st_size > max)
        err_set(err, ERR_REFUSED, "%s: %jd bytes; a %s has at most %zu", path, (intmax_t)st.st_size, noun, max);
    else
        return fd;
    close(fd);
    return -1;
}

int textfile_read(const char *path, const char *noun, size_t max, struct strbuf *out, struct err *err)
{
    int fd = open_regular(path, noun, max, err);
    if (fd < 0)
        return -1;
    char chunk[CHUNK_BYTES];
    size_t before = out->len;
    ssize_t count;
    while ((count = read(fd, chunk, sizeof chunk)) > 0 || (count < 0 && errno == EINTR)) {
        if (count > 0)
            strbuf_add(out, chunk, (size_t)count);
        if (out->len - before > max) {          /* it grew since we looked */
            count = -1;
            errno = EFBIG;
            break;
        }
    }
    if (count < 0) {
        err_set(err, ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
        if (out->s)
            out->s[out->len = before] = '\0';
    }
    close(fd);
    return count < 0 ? -1 : 0;
}

/* --- out --- */
/* A file being made beside the one it shall become. */
struct beside {
    const char *path;           /* the user's, for errors */
    char target[PATH_MAX];      /* without links */
    char folder[PATH_MAX];
    char temporary[PATH_MAX];
    int fd;
    struct err *err;
};

static int fail(const struct beside *beside, const char *what)
{
    return err_set(beside->err, ERR_IO, "%s: not saved: %s: %s", beside->path, what, strerror(errno));
}

static int plan(struct beside *beside)
{
    if (paths_absolute(beside->path, beside->target, sizeof beside->target, beside->err) < 0 ||
        paths_folder(beside->target, beside->folder, sizeof beside->folder, beside->err) < 0)
        return -1;
    const char *name = strrchr(beside->target, '/') + 1;
    int length = snprintf(beside->temporary, sizeof beside->temporary, "%s/.%s.saving", beside->folder, name);
    if (*name && (size_t)length < sizeof beside->temporary)
        return 0;
    errno = *name ? ENAMETOOLONG : EISDIR;
    return fail(beside, "the name will not do");
}

/* Locks fd and makes sure that it still is the file of that name: another saver may have taken it for a stale one between our
 * open and our lock. Return: 1 ours, 0 gone, -1 someone else is saving. */
static int claim(const struct beside *beside, int fd)
{
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return -1;
    struct stat ours, there;
    return fstat(fd, &ours) == 0 && lstat(beside->temporary, &there) == 0 && ours.st_ino == there.st_ino &&
           ours.st_dev == there.st_dev;
}

/* What a killed saver left is not locked any more. */
static int remove_stale(const struct beside *beside)
{
    int fd = open(beside->temporary, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : -1;
    int claimed = claim(beside, fd);
    int result = claimed < 0 || (claimed && unlink(beside->temporary) < 0) ? -1 : 0;
    int saved = claimed < 0 ? EBUSY : errno;
    close(fd);
    errno = saved;
    return result;
}

static int open_beside(struct beside *beside)
{
    for (int i = 0; i < TRIES; i++) {
        beside->fd = open(beside->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (beside->fd >= 0) {
            if (claim(beside, beside->fd) > 0)
                return 0;
            close(beside->fd);
        } else if (errno != EEXIST || remove_stale(beside) < 0) {
            break;
        }
    }
    return fail(beside, errno == EBUSY ? "it is being saved by someone else" : "no file can be made beside it");
}

/* Mode and owner of the old file, if there is one. */
static int dress(const struct beside *beside)
{
    struct stat old;
    if (stat(beside->target, &old) < 0)
        return errno == ENOENT ? 0 : fail(beside, "the old file");
    if (!S_ISREG(old.st_mode)) {
        errno = S_ISDIR(old.st_mode) ? EISDIR : EINVAL;
        return fail(beside, "what is there is not a regular file");
    }
    if (faccessat(AT_FDCWD, beside->target, W_OK, AT_EACCESS) < 0)
        return fail(beside, "it is write-protected");
    if (fchown(beside->fd, old.st_uid, old.st_gid) < 0 && errno != EPERM)
        return fail(beside, "its owner");
    return fchmod(beside->fd, old.st_mode & 07777) < 0 ? fail(beside, "its mode") : 0;
}

/* A failed fsync is final: the kernel may have dropped the pages, a second call would lie. */
static int fill(const struct beside *beside, const char *bytes, size_t count)
{
    if (fd_write_all(beside->fd, bytes, count) < 0)
        return fail(beside, "writing");
    return fsync(beside->fd) < 0 ? fail(beside, "syncing") : 0;
}

static int move_over(const struct beside *beside)
{
    return rename(beside->temporary, beside->target) < 0 ? fail(beside, "renaming") : 0;
}

static int move_if_free(const struct beside *beside)
{
    int result = renameat2(AT_FDCWD, beside->temporary, AT_FDCWD, beside->target, RENAME_NOREPLACE);
    if (result < 0 && errno == EINVAL) {        /* a file system that cannot; look first */
        struct stat st;
        errno = EEXIST;
        if (lstat(beside->target, &st) < 0)
            result = rename(beside->temporary, beside->target);
    }
    if (result < 0 && errno == EEXIST)
        return unlink(beside->temporary) < 0 ? fail(beside, "removing what is not needed") : 0;
    return result < 0 ? fail(beside, "renaming") : 0;
}

static int sync_folder(const struct beside *beside)
{
    int fd = open(beside->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 ? -1 : fsync(fd);
    int saved = errno;
    if (fd >= 0)
        close(fd);
    if (result == 0 || saved == EINVAL)         /* EINVAL: a file system whose folders need none */
        return 0;
    return err_set(beside->err, ERR_IO,
                   "%s: written, but its folder cannot be synced (%s): a power cut may bring the old one back",
                   beside->path, strerror(saved));
}

static int put(const char *path, const void *bytes, size_t count, bool keep_mode, int (*move)(const struct beside *),
               struct err *err)
{
    struct beside beside = {.path = path, .fd = -1, .err = err};
    if (plan(&beside) < 0 || open_beside(&beside) < 0)
        return -1;
    int result = keep_mode ? dress(&beside) : 0;
    if (!result)
        result = fill(&beside, bytes, count);
    if (!result)
        result = move(&beside);
    if (result)
        unlink(beside.temporary);
    close(beside.fd);                   /* gives the lock back; what was written is synced */
    return result ? result : sync_folder(&beside);
}

int textfile_replace(const char *path, const void *bytes, size_t count, struct err *err)
{
    return put(path, bytes, count, true, move_over, err);
}

int textfile_keep(const char *path, const void *bytes, size_t count, struct err *err)
{
    return put(path, bytes, count, false, move_if_free, err);
}
