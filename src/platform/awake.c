/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the machine awake: see awake.h. */
#include "config.h"

#include "platform/awake.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Runs it with `in` as its input and `words` as its stderr, away from our terminal and signals. Return: as posix_spawnp(3). */
static int run(pid_t *pid, char *const argv[], int in, int words)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, words, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int error = posix_spawnp(pid, argv[0], &files, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

int awake_begin(struct awake *awake, const char *what)
{
    char kinds[80];
    int life[2], words[2];
    snprintf(kinds, sizeof kinds, "--what=%s", what);
    char *argv[] = {(char[]){"systemd-inhibit"}, kinds, (char[]){"--who=clipgrid"}, (char[]){"--why=a show runs"},
                    (char[]){"--mode=block"}, (char[]){"cat"}, NULL};
    if (pipe2(life, O_CLOEXEC) < 0)
        return -1;
    if (pipe2(words, O_CLOEXEC | O_NONBLOCK) < 0) {
        close(life[0]);
        close(life[1]);
        return -1;
    }
    int error = run(&awake->pid, argv, life[0], words[1]);
    close(life[0]);
    close(words[1]);
    awake->life = life[1];
    awake->words = words[0];
    if (!error)
        return 0;
    awake->pid = 0;
    close(life[1]);
    close(words[0]);
    errno = error;
    return -1;
}

bool awake_holds(struct awake *awake, char *why, size_t size)
{
    if (awake->pid && waitpid(awake->pid, NULL, WNOHANG) == 0)
        return true;
    why[0] = '\0';
    if (!awake->pid)
        return false;
    ssize_t got = read(awake->words, why, size - 1);
    why[got > 0 ? (size_t)got : 0] = '\0';
    why[strcspn(why, "\n")] = '\0';
    awake->pid = 0;
    close(awake->life);
    close(awake->words);
    return false;
}

void awake_end(struct awake *awake)
{
    if (!awake->pid)
        return;
    close(awake->life);
    close(awake->words);
    waitpid(awake->pid, NULL, WNOHANG);
    awake->pid = 0;
}

bool awake_hold_processors(void)
{
    int32_t most_us = AWAKE_PROCESSORS_US;
    int request = open("/dev/cpu_dma_latency", O_WRONLY | O_CLOEXEC);
    if (request < 0)
        return false;
    return write(request, &most_us, sizeof most_us) == sizeof most_us;      /* it stays open: that is the request */
}
