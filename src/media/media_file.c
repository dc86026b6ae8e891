/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular files only: see media_file.h. */
#include "config.h"

#include "media/media_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse_errno(struct err *err)
{
    if (errno == ENOENT || errno == ENOTDIR)
        return err_set(err, ERR_UNKNOWN, "no such file");
    if (errno == EACCES || errno == EPERM)
        return err_set(err, ERR_IO, "may not be read: permission denied");
    return err_set(err, ERR_IO, "cannot be opened: %s", strerror(errno));
}

static int check_kind(const struct stat *st, struct err *err)
{
    switch (st->st_mode & S_IFMT) {
    case S_IFREG:
        return st->st_size > 0 ? 0 : err_set(err, ERR_IO, "empty file");
    case S_IFDIR:
        return err_set(err, ERR_IO, "a folder, not a file");
    case S_IFIFO:
        return err_set(err, ERR_IO, "a pipe, not a file");
    case S_IFSOCK:
        return err_set(err, ERR_IO, "a socket, not a file");
    default:
        return err_set(err, ERR_IO, "a device, not a file");
    }
}

int media_file_stat(int folder_fd, const char *path, struct stat *st, struct err *err)
{
    return fstatat(folder_fd, path, st, 0) < 0 ? refuse_errno(err) : check_kind(st, err);
}

int media_file_open(int folder_fd, const char *path, struct err *err)
{
    struct stat st;
    /* looked at before it is opened (opening some devices does things), and again in case it has changed since */
    if (media_file_stat(folder_fd, path, &st, err) < 0)
        return -1;
    int fd = openat(folder_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return refuse_errno(err);
    if (fstat(fd, &st) < 0 ? refuse_errno(err) : check_kind(&st, err)) {
        close(fd);
        return -1;
    }
    return fd;
}
