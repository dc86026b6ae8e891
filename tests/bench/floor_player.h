/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The floor under a trigger: a process that plays one clip from memory and reads its socket in the
 * period callback itself, so that no thread hands anything to another; paced by the clock like the
 * clock device, with the same realtime priority. A byte on the socket starts the clip over at the
 * next period.
 */
#ifndef BENCH_FLOOR_PLAYER_H
#define BENCH_FLOOR_PLAYER_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

struct floor_report {                   /* shared; written by the player */
    _Atomic uint64_t start_ns;          /* when the first frame of the start last made was due; 0: none yet */
    _Atomic uint64_t cpu_ns;            /* processor time it has used */
};

struct floor_player {
    pid_t pid;
    int socket;                         /* write one byte: trigger */
    struct floor_report *report;
};

void floor_player_start(struct floor_player *player, uint32_t rate, uint32_t period);
void floor_player_stop(struct floor_player *player);

#endif
