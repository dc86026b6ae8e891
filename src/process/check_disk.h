/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `clipgrid check` says of disks: room, who may write, and whether media come as fast as the worst case needs them. */
#ifndef PROCESS_CHECK_DISK_H
#define PROCESS_CHECK_DISK_H

#include "process/report.h"

/* session: the file's path. Both may wait for the disk. */
void check_disk_room(const char *session, struct report *report);
/* Reads of this file past the kernel's memory, for a second at most. */
void check_disk_speed(const char *session, const char *file, struct report *report);

#endif
