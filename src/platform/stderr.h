/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stderr that holds nobody up. A terminal or a pipe says whether it has room (base/log.h); a file is always ready, and a write
 * to it waits for as long as its disk hangs. Such a file is given to a process of its own, which may hang with it: who writes
 * has a pipe that never blocks, and what it has no room for is lost. Call while there is one thread.
 */
#ifndef PLATFORM_STDERR_H
#define PLATFORM_STDERR_H

enum { STDERR_PATIENCE_MS = 200 };

/* From here on our stderr, and that of all we start, waits for nothing. Nothing changes if it is no regular file, or if there
 * is no process to be had. */
void stderr_begin(void);
/* That process, a role of its own: "@stderr". Return: its exit status. */
int stderr_main(void);
/* We say no more: waits until the file has what we said, for STDERR_PATIENCE_MS at most. */
void stderr_end(void);

#endif
