/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File descriptors: see fd.h. */
#include "config.h"

#include "platform/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int fd_write_all(int fd, const void *bytes, size_t count)
{
    const char *next = bytes;
    while (count) {
        ssize_t written = write(fd, next, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        next += written;
        count -= (size_t)written;
    }
    return 0;
}

int fd_open_beside(const char *path, mode_t mode)
{
    struct stat mine, there;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode);
    if (fd < 0)
        return -1;
    bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &mine) == 0 && lstat(path, &there) == 0 &&
                  mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;   /* else another writer has renamed it since */
    errno = EINVAL;                     /* what it is if no regular file stands there */
    if (locked && S_ISREG(mine.st_mode) && ftruncate(fd, 0) == 0)
        return fd;
    int saved = locked ? errno : EWOULDBLOCK;
    if (locked && S_ISREG(mine.st_mode))
        unlink(path);                   /* ours alone, and of no use */
    close(fd);
    errno = saved;
    return -1;
}

bool fd_is_removed(int fd)
{
    struct stat st;
    return fd >= 0 && fstat(fd, &st) == 0 && st.st_nlink == 0;
}

void fd_close_range(unsigned first, unsigned last)
{
    if (first > last || close_range(first, last, 0) == 0)
        return;
    long most = sysconf(_SC_OPEN_MAX);
    for (long fd = first; fd <= (long)last && fd < most; fd++)
        close((int)fd);
}
