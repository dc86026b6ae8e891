/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File descriptors: see fd.h. */
#include "config.h"

#include "platform/fd.h"

#include <errno.h>
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
