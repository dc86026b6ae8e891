/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The worker: decodes one file at a time, whose descriptor it is handed, into its staging
 * memory. Its own process, inside the sandbox before it looks at the first byte of a file: it
 * opens nothing, and has its socket, its staging memory and the file. Messages: wire/work.h.
 */
#ifndef DECODE_WORKER_H
#define DECODE_WORKER_H

enum {
    WORKER_MEMORY_BYTES = 64 << 20,     /* for decoding, beside the program itself */
    WORKER_LIFE_FILES = 64,             /* it has no more than this (media/worker_life.h) */
    WORKER_LIFE_S = 600,                /* of the processor's time; then it ends with its file */
};

enum worker_kind {
    WORKER_WHOLE,                       /* has every decoder */
    WORKER_PLAIN,                       /* starts in a fifth of the time, without FFmpeg, and says WORK_ELSEWHERE to what needs
                                         * it */
};

/* Enters the sandbox and serves requests until the socket closes. Return: exit status. */
int worker_run(enum worker_kind kind, int socket, int staging_fd);
/* The serving alone. lacks: the walls that are missing (enum sandbox_wall), which every answer to OPEN tells. */
int worker_serve(int socket, unsigned char *staging, unsigned lacks);

#endif
