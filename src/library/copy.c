/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of media that can be trusted: see copy.h. */
#include "config.h"

#include "library/copy.h"
#include "library/progress.h"
#include "base/xalloc.h"
#include "base/xxh64.h"
#include "media/media_file.h"
#include "platform/fd.h"
#include "platform/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { CHUNK_BYTES = 1 << 20, NAMES_MAX = 10000 };

static int fail(struct err *err, const char *path, const char *what)
{
    return err_set(err, ERR_IO, "%s: %s: %s", path, what, strerror(errno));
}

int copy_make_folder(const char *path, struct err *err)
{
    char *part = xstrdup(path);
    int result = 0;
    for (char *slash = part + 1; slash && !result; slash += slash ? 1 : 0) {
        slash = strchr(slash, '/');
        if (slash)
            *slash = '\0';
        if (mkdir(part, 0777) < 0 && errno != EEXIST && errno != EISDIR)
            result = fail(err, part, "cannot be made");
        if (!slash)
            break;
        *slash = '/';
    }
    struct stat st;
    if (!result && (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)))
        result = err_set(err, ERR_REFUSED, "%s: is there and is not a folder", path);
    free(part);
    return result;
}

int copy_check_room(const char *folder, uint64_t bytes, struct err *err)
{
    struct statvfs fs;
    char *path = xstrdup(folder), *slash;
    int result;
    while ((result = statvfs(path, &fs)) < 0 && errno == ENOENT && (slash = strrchr(path, '/')) && slash > path)
        *slash = '\0';
    if (result < 0 && errno == ENOENT)
        result = statvfs(*path == '/' ? "/" : ".", &fs);
    uint64_t room = result < 0 ? UINT64_MAX : (uint64_t)fs.f_bavail * fs.f_frsize;      /* unknown: writing will tell */
    free(path);
    if (bytes <= room)
        return 0;
    return err_set(err, ERR_REFUSED, "%s: %llu MB are wanted and %llu MB are free there; nothing is written", folder,
                   (unsigned long long)(bytes >> 20) + 1, (unsigned long long)(room >> 20));
}

int copy_hash(int fd, uint64_t *hash, uint64_t *bytes, struct progress *progress)
{
    struct xxh64 state;
    unsigned char *chunk = xmalloc(CHUNK_BYTES);
    ssize_t got;
    xxh64_init(&state, 0);
    *bytes = 0;
    while ((got = pread(fd, chunk, CHUNK_BYTES, (off_t)*bytes)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0)
            continue;
        xxh64_add(&state, chunk, (size_t)got);
        *bytes += (uint64_t)got;
        if (progress)
            progress_add(progress, (uint64_t)got);
    }
    free(chunk);
    *hash = xxh64_digest(&state);
    return got < 0 ? -1 : 0;
}

/* Return: 1 the file `there` has the content of fd; 0 another one; -1 there is none. */
static int is_same(int fd, const char *there)
{
    struct stat ours, theirs;
    if (lstat(there, &theirs) < 0)
        return -1;
    if (!S_ISREG(theirs.st_mode) || fstat(fd, &ours) < 0 || ours.st_size != theirs.st_size)
        return 0;
    int other = open(there, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    uint64_t a, b, of_a, of_b;
    bool same = other >= 0 && copy_hash(fd, &a, &of_a, NULL) == 0 && copy_hash(other, &b, &of_b, NULL) == 0 && a == b &&
                of_a == of_b;
    if (other >= 0)
        close(other);
    return same;
}

/* Writes the content of `from` to a file and reads it back from the disk. Return: 0, or -1 with err. */
static int write_copy(int from, int to, const char *name, struct progress *progress, struct err *err)
{
    struct xxh64 state;
    unsigned char *chunk = xmalloc(CHUNK_BYTES);
    ssize_t got;
    off_t at = 0;
    xxh64_init(&state, 0);
    while ((got = pread(from, chunk, CHUNK_BYTES, at)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0)
            continue;
        if (fd_write_all(to, chunk, (size_t)got) < 0)
            break;
        xxh64_add(&state, chunk, (size_t)got);
        at += got;
        if (progress)
            progress_add(progress, (uint64_t)got);
    }
    free(chunk);
    uint64_t hash, bytes;
    if (got)
        return fail(err, name, "cannot be copied");
    if (fsync(to) < 0)
        return fail(err, name, "cannot be synced");
    posix_fadvise(to, 0, 0, POSIX_FADV_DONTNEED);       /* so that it is read from the disk */
    if (copy_hash(to, &hash, &bytes, NULL) < 0)
        return fail(err, name, "cannot be read back");
    if (hash != xxh64_digest(&state) || bytes != (uint64_t)at)
        return err_set(err, ERR_IO, "%s: the copy differs from what was read; the disk cannot be trusted", name);
    return 0;
}

int copy_sync_folder(const char *path, struct err *err)
{
    char folder[PATH_MAX];
    if (paths_folder(path, folder, sizeof folder, err) < 0)
        return -1;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 || (fsync(fd) < 0 && errno != EINVAL) ? fail(err, folder, "cannot be synced") : 0;
    if (fd >= 0)
        close(fd);
    return result;
}

static int move_if_free(const char *from, const char *to)
{
    int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
    struct stat st;
    if (result < 0 && errno == EINVAL && lstat(to, &st) < 0)    /* a file system that cannot */
        result = rename(from, to);
    return result;
}

/* Makes the copy under a name that is free. Return: 0, or -1 with err. */
static int make_copy(int from, const char *to, struct progress *progress, struct err *err)
{
    const char *slash = strrchr(to, '/');
    char *beside = xasprintf("%.*s/.%.200s.copying", (int)(slash - to), to, slash + 1);
    struct stat st = {0};
    int fd = fd_open_beside(beside, 0644), result = -1;
    if (fd < 0 && errno == EWOULDBLOCK)
        err_set(err, ERR_BUSY, "%s: is being copied by someone else", to);
    else if (fd < 0)
        fail(err, to, "cannot be written");
    else if (write_copy(from, fd, to, progress, err) == 0) {
        if (fstat(from, &st) == 0)
            futimens(fd, (struct timespec[]){st.st_atim, st.st_mtim});
        result = move_if_free(beside, to) < 0 ? fail(err, to, "cannot be given its name") : copy_sync_folder(to, err);
    }
    if (fd >= 0) {
        if (result)
            unlink(beside);
        close(fd);
    }
    free(beside);
    return result;
}

/* NAME, NAME-2, NAME-3 ...: before its last dot, unless that begins it. */
static char *numbered(const char *name, int number)
{
    if (number == 1)
        return xstrdup(name);
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name, *dot = strrchr(base, '.');
    size_t stem = dot && dot > base ? (size_t)(dot - name) : strlen(name);
    return xasprintf("%.*s-%d%s", (int)stem, name, number, name + stem);
}

static int copy_open(int fd, const char *folder, const char *name, char **copied, struct progress *progress, struct err *err)
{
    for (int number = 1; number < NAMES_MAX; number++) {
        *copied = numbered(name, number);
        char *to = xasprintf("%s/%s", folder, *copied);
        char above[PATH_MAX];
        int result = is_same(fd, to);
        if (result < 0) {
            result = paths_folder(to, above, sizeof above, err) < 0 || copy_make_folder(above, err) < 0 ||
                make_copy(fd, to, progress, err) < 0 ? -1 : 1;
        } else if (result && progress) {
            struct stat st;
            progress_add(progress, fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0);
        }
        free(to);
        if (result > 0)
            return 0;
        free(*copied);
        *copied = NULL;
        if (result < 0)
            return -1;
    }
    return err_set(err, ERR_REFUSED, "%s/%s: there are %d files of that name", folder, name, NAMES_MAX);
}

int copy_file(const char *from, const char *folder, const char *name, char **copied, struct progress *progress, struct err *err)
{
    *copied = NULL;
    int fd = media_file_open(AT_FDCWD, from, err);
    if (fd < 0)
        return err_prefix(err, "%s", from);
    int result = copy_open(fd, folder, name, copied, progress, err);
    close(fd);
    return result;
}
