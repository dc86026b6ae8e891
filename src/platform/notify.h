/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words to the service manager (sd_notify(3): datagrams to the socket in $NOTIFY_SOCKET), without its library. Where there is
 * no service manager they are said to nobody. Not for the audio thread; never waits.
 */
#ifndef PLATFORM_NOTIFY_H
#define PLATFORM_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID and takes them out of the environment: they are this process's alone.
 * Call once, before there are threads or children. */
void notify_open(void);
/* What it has read: for a process that is to speak in this one's place. Plain data. */
struct notify_manager {
    char address[108];                  /* as in struct sockaddr_un */
    uint32_t address_bytes;             /* 0: nobody is there */
    uint64_t watchdog_ns;
};
void notify_get(struct notify_manager *manager);
void notify_set(const struct notify_manager *manager);
/* Lines `NAME=VALUE` with newlines between: "READY=1", "STOPPING=1", "STATUS=...", "WATCHDOG=1", "MAINPID=...".
 * Return: whether somebody was told. */
bool notify_say(const char *lines);
/* How often the service manager wants to hear WATCHDOG=1: half of its patience, in nanoseconds; 0: it does not watch. */
uint64_t notify_watchdog_ns(void);

#endif
