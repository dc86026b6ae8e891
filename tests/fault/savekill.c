/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * savekill N [SEED]: a process that edits and saves a session as fast as it can is killed after a moment, N times. What it was
 * told to be kept, and what it was told to be saved, must be there each time; the session file is a whole session, old or new.
 * In the current folder. Prints `N LOST P50 P99 MAX`, the times in ms being those of opening again, then how many edits were kept and
 * saved in all.
 */
#include "config.h"

#include "keeping.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLIPS = 60, SAVE_EVERY = 7, AHEAD = 200, DELAY_US = 9000 };

static void edit_until_killed(void)
{
    struct err err;
    struct keeper *keeper = keeping_open(&err);
    if (!keeper)
        keeping_die(err.text);
    struct show *show = keeping_shown();
    keeping_told->ready = 1;
    for (uint32_t serial = keeping_serial() + 1; !keeping_told->refused;) {
        if (serial - keeping_told->kept < AHEAD)
            keeping_edit(keeper, show, serial++);
        if (!keeping_is_saving() && serial % SAVE_EVERY == 0)
            keeping_save(keeper, show, serial - 1, "");
        keeping_turn(keeper, 0);
    }
    keeping_die("a save is refused");
}

/* Return: whether it edited until the kill. */
static bool kill_one(bool early)
{
    int status;
    keeping_told->ready = early;
    pid_t pid = fork();
    if (pid == 0)
        edit_until_killed();
    while (!keeping_told->ready && waitpid(pid, &status, WNOHANG) == 0)
        usleep(100);
    usleep((useconds_t)(random() % DELAY_US));
    kill(pid, SIGKILL);
    return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static int compare(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, two = *(const uint64_t *)b;
    return (one > two) - (one < two);
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 100, lost = 0;
    uint64_t edits = 0, saves = 0;
    srandom(argc > 2 ? (unsigned)atoi(argv[2]) : 1);
    uint64_t *opened_ns = calloc((size_t)n + 1, sizeof *opened_ns);
    if (!opened_ns || n < 1)
        keeping_die("savekill N [SEED]");
    keeping_make(CLIPS);
    for (int i = 0; i < n; i++) {
        uint32_t kept = keeping_told->kept, saved = keeping_told->saved;
        if (!kill_one(i % 4 == 0))              /* one in four while it opens, or soon after */
            keeping_die("it ended by itself");
        edits += keeping_told->kept - kept;
        saves += keeping_told->saved != saved;
        lost += !keeping_look(&opened_ns[i]);
    }
    qsort(opened_ns, (size_t)n, sizeof *opened_ns, compare);
    printf("%d %d %.2f %.2f %.2f\n", n, lost, (double)opened_ns[n / 2] / 1e6, (double)opened_ns[n * 99 / 100] / 1e6,
           (double)opened_ns[n - 1] / 1e6);
    printf("%llu edits were kept before the kills, and a save was done before %llu of them\n", (unsigned long long)edits,
           (unsigned long long)saves);
    return lost > 0 || !edits || !saves;
}
