/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a worker finds out about a file as a whole: hash, peaks, loudness, a piece at a time
 * (MSG_WORK_MEASURE of wire/work.h). Runs in a worker only.
 */
#ifndef DECODE_WORKER_MEASURE_H
#define DECODE_WORKER_MEASURE_H

#include <stdbool.h>

struct codec;
struct work_measure;
struct work_measured;
struct work_opened;
struct worker_measure;

/* codec and fd: of the open file, not owned; facts: of it. */
struct worker_measure *worker_measure_new(struct codec *codec, int fd, const struct work_opened *facts);
void worker_measure_free(struct worker_measure *measure);       /* NULL: nothing */
/* Goes through the piece; bins go to staging. Pre: ask is as work_parse_measure lets through. Return: false if it does not follow
 * the last piece or its bins do not fit. */
bool worker_measure_piece(struct worker_measure *measure, const struct work_measure *ask, unsigned char *staging,
                          struct work_measured *answer);

#endif
