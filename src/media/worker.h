/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The worker: decodes one file at a time, whose descriptor it is handed, into its staging
 * memory. Its own process; the sandbox around it comes with the media issue, so it already asks
 * for nothing but its socket and its staging memory. Messages: wire/work.h.
 */
#ifndef MEDIA_WORKER_H
#define MEDIA_WORKER_H

/* Serves requests until the socket closes. Return: exit status. */
int worker_run(int socket, int staging_fd);

#endif
