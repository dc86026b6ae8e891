/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the decoders work inside the sandbox, asked at the start of a show: the first worker
 * is given one small built-in file of each format, as it will be given media, and what it makes
 * of them is compared with what they hold. Waits for nothing: the caller polls the worker's socket.
 */
#ifndef DECODE_SELFTEST_H
#define DECODE_SELFTEST_H

#include <stdbool.h>
#include <stdint.h>

struct selftest {
    int socket;                     /* the worker's, not owned */
    const void *staging;            /* its memory, mapped */
    int file;                       /* under test: index of selftest_files */
    bool reading;                   /* READ is under way, else OPEN */
    uint32_t serial;
    uint64_t due_ns;                /* of its answer */
    bool fit;                       /* the worker may be used from now on; false: it is dead or talks nonsense */
    unsigned lacks;                 /* walls it is without (enum sandbox_wall) */
    char failed[160];               /* formats that do not decode, "WAV, MP3", or "" */
};

/* staging: its descriptor, not owned. Return: 0 and the first question is asked; -1: no test with this worker. */
int selftest_begin(struct selftest *test, int socket, int staging);
/* After poll, also when nothing came. Return: true when the test is over; then `fit`, `lacks` and `failed` hold. */
bool selftest_handle(struct selftest *test);

#endif
