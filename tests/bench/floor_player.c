/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least a player does from trigger to sound: see floor_player.h. */
#include "config.h"

#include "floor_player.h"

#include "engine/pace.h"
#include "platform/clock.h"
#include "platform/thread.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CLIP_FRAMES = 1 << 16, PERIOD_MAX = 4096 };

static float clip[2 * CLIP_FRAMES], output[2 * PERIOD_MAX];
static volatile float sink;             /* keeps the output alive */

static uint64_t thread_cpu_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * CLOCK_SECOND_NS + (uint64_t)time.tv_nsec;
}

/* Copies a period of the clip, or silence. Return: where the clip is now. */
static uint32_t play(uint32_t at, uint32_t period)
{
    if (at + period <= CLIP_FRAMES)
        memcpy(output, clip + 2 * (size_t)at, 2 * period * sizeof *output);
    else
        memset(output, 0, 2 * period * sizeof *output);
    sink = output[0];
    return at + period <= CLIP_FRAMES ? at + period : CLIP_FRAMES;
}

static _Noreturn void run(int socket, struct floor_report *report, uint32_t rate, uint32_t period)
{
    struct pace pace;
    uint32_t at = CLIP_FRAMES;
    char bytes[64];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    thread_lock_memory(NULL, 0);
    thread_set_priority(THREAD_PRIORITY_AUDIO, NULL, 0);
    for (size_t i = 0; i < 2 * CLIP_FRAMES; i++)
        clip[i] = 0.5f;
    pace_start_rt(&pace, rate, clock_now_rt());
    for (;;) {
        uint64_t due = pace_due_rt(&pace);
        if (clock_now_rt() < due)
            clock_sleep_until_rt(due);
        if (recv(socket, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
            at = 0;
            atomic_store(&report->start_ns, due);
        }
        at = play(at, period);
        pace_advance_rt(&pace, period);
        atomic_store_explicit(&report->cpu_ns, thread_cpu_ns(), memory_order_relaxed);
    }
}

void floor_player_start(struct floor_player *player, uint32_t rate, uint32_t period)
{
    int pair[2];
    fflush(stdout);
    player->report = mmap(NULL, sizeof *player->report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (player->report == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || (player->pid = fork()) < 0) {
        perror("bench: floor player");
        exit(1);
    }
    if (player->pid == 0)
        run(pair[1], player->report, rate, period);
    close(pair[1]);
    player->socket = pair[0];
}

void floor_player_stop(struct floor_player *player)
{
    kill(player->pid, SIGKILL);
    waitpid(player->pid, NULL, 0);
    close(player->socket);
    munmap(player->report, sizeof *player->report);
}
