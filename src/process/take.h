/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One recording under way, in the store: a thread of its own, for a disk may hang, takes an input's
 * frames out of the past (wire/inputs.h) and writes them into a new WAV file of the media folder.
 *
 * The file is a whole one at any moment: every 250 ms at most its head tells its length, every
 * second it is synced. Whatever is killed, what is older is there. A disk that hangs for longer
 * than the past reaches costs frames, for which silence stands; one that is full, or nearly (see
 * TAKE_RESERVE_BYTES), ends the take, which keeps all it has.
 *
 * Threads: the store's main calls all of this.
 */
#ifndef PROCESS_TAKE_H
#define PROCESS_TAKE_H

#include "wire/inputs.h"
#include "wire/msg.h"

/* A take leaves so much free on its disk, for sessions and journals; of a small disk a part. */
#define TAKE_RESERVE_BYTES (UINT64_C(4) << 20)
#define TAKE_RESERVE_PART 16

struct take;

/* Begins, or goes on if order->path is not "". folder: what order's paths start from, copied (AT_FDCWD allowed). wake: an eventfd
 * that is written when there is news. Never fails: the news tell. */
struct take *take_begin(const struct inputs *inputs, const struct msg_record *order, int folder, int wake);
/* It ends before this frame of the past. */
void take_end(struct take *take, uint64_t frame);
/* What became of it. Return: false if that is not known yet, or was told before. */
bool take_news(struct take *take, struct msg_take *news);
/* Path and folder of its file, while it has one. */
const char *take_path(const struct take *take);
int take_folder(const struct take *take);
/* Once the news say OVER or FAILED. Waits for the last sync, in a thread of its own: returns at once. */
void take_free(struct take *take);
/* The store leaves: ends it with what there is. Return: false if its disk hangs; it is left behind then. */
bool take_finish(struct take *take);

#endif
