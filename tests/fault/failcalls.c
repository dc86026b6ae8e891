/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * failcalls KIND [MOST]: a show is opened, edited, saved, saved elsewhere and closed (tests/fault/keeping.h), and its n-th call of
 * a kind fails, once, and once more from the n-th call on for ever; n = 1, 2, 3... until there are no more, or MOST of them evenly
 * spread (0: all). KIND: open, write, sync, move, truncate, close, folder, memory.
 *
 * Each time in a process of its own, which has to end by itself; where memory is refused, by the one line that says so. Another
 * looks then: the session is whole, what was answered is there. A descriptor whose sync failed must not be asked again.
 * In the current folder. Prints `N LOST`, then how many saves were refused and how many edits were told to wait.
 */
#include "config.h"

#include "calls.h"
#include "keeping.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLIPS = 3, TURNS = 400, TURN_MS = 5 };
enum { SHORT = -1, TORN = -2 };         /* TORN: one byte is written, then the disk is full */
enum { ENDED_WELL, ENDED_REFUSED = 3, ENDED_SYNCED_AGAIN, ENDED_NEVER_REACHED };

static const struct kind {
    const char *name;
    enum call_kind kind;
    int errors[6];                      /* errno, SHORT, TORN; 0 ends them */
} kinds[] = {
    {"open", CALL_OPEN, {EMFILE, ENOSPC, EACCES, 0}}, {"write", CALL_WRITE, {ENOSPC, EIO, EINTR, SHORT, TORN, 0}},
    {"sync", CALL_SYNC, {EIO, ENOSPC, EINTR, 0}},     {"move", CALL_MOVE, {EIO, ENOSPC, EACCES, 0}},
    {"truncate", CALL_TRUNCATE, {EIO, 0}},            {"close", CALL_CLOSE, {EIO, EINTR, 0}},
    {"folder", CALL_FOLDER, {ENOSPC, EACCES, 0}},     {"memory", CALL_MEMORY, {ENOMEM, 0}},
};

static uint32_t refused, waiting;

/* --- the one that fails --- */

/* Until the edits so far have an answer, of one kind or the other. */
static void settle(struct keeper *keeper)
{
    uint32_t before = keeping_told->waiting;
    for (int i = 0; i < TURNS && keeping_told->kept < keeping_told->sent && keeping_told->waiting == before; i++)
        keeping_turn(keeper, TURN_MS);
}

static void save(struct keeper *keeper, const struct show *show, uint32_t serial, const char *file)
{
    keeping_save(keeper, show, serial, file);
    for (int i = 0; i < TURNS && keeping_is_saving(); i++)
        keeping_turn(keeper, TURN_MS);
}

static int run_show(const struct call_fault *fault, int n)
{
    struct err err = {0};
    calls_fail(fault, n);
    struct keeper *keeper = keeping_open(&err);
    if (!keeper && (!*err.text || strchr(err.text, '\n')))
        keeping_die("not opened, and not said why");
    if (!keeper)
        return ENDED_REFUSED;
    struct show *show = keeping_shown();
    uint32_t serial = keeping_serial();
    static const char *const files[] = {"", "", "b.orp", ""};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        for (int edits = 0; edits < 2; edits++)
            keeping_edit(keeper, show, ++serial);
        settle(keeper);
        save(keeper, show, serial, files[i]);
    }
    keeping_edit(keeper, show, ++serial);
    settle(keeper);
    if (!fault->for_ever)
        calls_mend();                   /* the last moment tries again what waits */
    keeper_close(keeper);
    show_free(show);
    if (calls_synced_again())
        return ENDED_SYNCED_AGAIN;
    return calls_mend() ? ENDED_WELL : ENDED_NEVER_REACHED;
}

/* --- the one that looks --- */

static bool says_out_of_memory(void)
{
    char text[200] = "";
    int fd = open("said", O_RDONLY);
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    return got > 0 && !strcmp(text, "clipgrid: out of memory\n");
}

static bool ended_right(int status, const struct call_fault *fault, int n)
{
    if (fault->kind == CALL_MEMORY && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && says_out_of_memory())
        return true;
    if (WIFEXITED(status) && (WEXITSTATUS(status) == ENDED_WELL || WEXITSTATUS(status) == ENDED_REFUSED))
        return true;
    fprintf(stderr, "call %d of kind %d, error %d%s: status %x%s\n", n, (int)fault->kind, fault->error,
            fault->for_ever ? " for ever" : "", (unsigned)status,
            WEXITSTATUS(status) == ENDED_SYNCED_AGAIN ? ": synced again after a failed sync" : "");
    return false;
}

static void start_fresh(void)
{
    if (system("rm -rf state b.orp; cp fresh.orp a.orp") != 0)
        keeping_die("no folder");
    memset((void *)keeping_told, 0, sizeof *keeping_told);
}

/* Return: whether nothing is lost; *more: the call was reached. */
static bool try_one(const struct call_fault *fault, int n, bool *more)
{
    int status;
    start_fresh();
    pid_t pid = fork();
    if (pid == 0) {
        int said = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(said, fault->kind == CALL_MEMORY ? STDERR_FILENO : said);
        signal(SIGABRT, SIG_DFL);
        _exit(run_show(fault, n));
    }
    if (waitpid(pid, &status, 0) != pid)
        return false;
    *more = !WIFEXITED(status) || WEXITSTATUS(status) != ENDED_NEVER_REACHED;
    bool right = !*more || ended_right(status, fault, n);
    refused += keeping_told->refused;
    waiting += keeping_told->waiting;
    if (!fault->for_ever && fault->kind != CALL_MEMORY && WIFEXITED(status) && WEXITSTATUS(status) == ENDED_WELL)
        keeping_told->kept = keeping_told->sent;        /* it could be written in the end, so it has to be there */
    bool whole = keeping_look(NULL);
    if (!whole)
        fprintf(stderr, "so it is after call %d of kind %d, error %d%s\n", n, (int)fault->kind, fault->error,
                fault->for_ever ? " for ever" : "");
    return whole && right;
}

/* How many calls of the kind there are. */
static int count_calls(enum call_kind kind)
{
    bool more = true;
    int low = 0, high = 1 << 20;
    while (high - low > 1) {            /* one that is never reached changes nothing */
        const struct call_fault far = {kind, EIO, false, false};
        int middle = low ? (low + high) / 2 : 64;
        try_one(&far, middle, &more);
        if (more)
            low = middle;
        else
            high = middle;
    }
    return high;
}

int main(int argc, char **argv)
{
    int most = argc > 2 ? atoi(argv[2]) : 0, done = 0, lost = 0;
    const struct kind *kind = kinds;
    while (kind < kinds + sizeof kinds / sizeof *kinds && (argc < 2 || strcmp(argv[1], kind->name)))
        kind++;
    if (kind == kinds + sizeof kinds / sizeof *kinds)
        keeping_die("failcalls KIND [MOST]");
    keeping_make(CLIPS);
    if (rename("a.orp", "fresh.orp") < 0)
        keeping_die("no folder");
    int stride = most ? count_calls(kind->kind) / most + 1 : 1;
    for (int i = 0; i < 6 && kind->errors[i]; i++)
        for (int for_ever = 0; for_ever < 1 + (kind->kind != CALL_MEMORY); for_ever++) {
            const int error = kind->errors[i];
            const struct call_fault fault = {kind->kind, error == SHORT ? 0 : error == TORN ? ENOSPC : error, for_ever || error == TORN,
                                             error == TORN};
            bool more = true;
            if (for_ever && fault.error == EINTR && fault.kind == CALL_WRITE)
                continue;               /* asked again for ever, as POSIX has it */
            for (int n = 1; more; n += stride, done += more)
                lost += !try_one(&fault, n, &more);
        }
    printf("%d %d\n%u saves were refused, %u edits were told to wait\n", done, lost, refused, waiting);
    return lost > 0 || !done;
}
