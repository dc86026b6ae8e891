/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crashes, kept: see crashfile.h. */
#include "config.h"

#include "logbook/crashfile.h"
#include "base/strbuf.h"
#include "platform/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fmt_path(const char *folder, char path[PATH_MAX], int age)
{
    if (age)
        snprintf(path, PATH_MAX, "%.1100s/log/crash.%d.txt", folder, age);
    else
        snprintf(path, PATH_MAX, "%.1100s/log/crash.txt", folder);
}

static void make_room(const char *folder)
{
    char from[PATH_MAX], to[PATH_MAX];
    for (int age = CRASHFILE_KEPT; age > 0; age--) {
        fmt_path(folder, to, age);
        fmt_path(folder, from, age - 1);
        rename(from, to);
    }
}

int crashfile_write(const char *folder, const struct strbuf *text, char *path, size_t size, struct err *err)
{
    char name[PATH_MAX];
    make_room(folder);
    fmt_path(folder, name, 0);
    snprintf(path, size, "%s", name);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    int failed = fd_write_all(fd, text->s, text->len) < 0 ? errno : 0;
    close(fd);
    return failed ? err_set(err, ERR_IO, "%s: %s", path, strerror(failed)) : 0;
}
