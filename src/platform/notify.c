/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words to the service manager: see notify.h. */
#include "config.h"

#include "platform/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un manager;
static socklen_t manager_bytes;         /* 0: nobody is there */
static uint64_t watchdog_ns;

static void take_address(const char *path)
{
    size_t length = path ? strlen(path) : 0;
    if (length < 2 || length >= sizeof manager.sun_path || (*path != '/' && *path != '@'))
        return;
    manager.sun_family = AF_UNIX;
    memcpy(manager.sun_path, path, length);
    if (*path == '@')
        manager.sun_path[0] = '\0';     /* a name that no file has */
    manager_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

void notify_open(void)
{
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    take_address(getenv("NOTIFY_SOCKET"));
    if (usec && (!pid || strtol(pid, NULL, 10) == getpid()))
        watchdog_ns = strtoull(usec, NULL, 10) / 2 * 1000;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

void notify_get(struct notify_manager *to)
{
    *to = (struct notify_manager){.address_bytes = manager_bytes, .watchdog_ns = watchdog_ns};
    memcpy(to->address, manager.sun_path, sizeof to->address);
}

void notify_set(const struct notify_manager *from)
{
    manager.sun_family = AF_UNIX;
    memcpy(manager.sun_path, from->address, sizeof manager.sun_path);
    manager_bytes = from->address_bytes;
    watchdog_ns = from->watchdog_ns;
}

bool notify_say(const char *lines)
{
    if (!manager_bytes)
        return false;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    ssize_t sent = sendto(fd, lines, strlen(lines), MSG_NOSIGNAL, (const struct sockaddr *)&manager, manager_bytes);
    close(fd);
    return sent >= 0;
}

uint64_t notify_watchdog_ns(void)
{
    return manager_bytes ? watchdog_ns : 0;
}
