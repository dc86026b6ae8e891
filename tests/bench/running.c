/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program under measurement, started and ended: see running.h. */
#include "config.h"

#include "running.h"

#include "base/xalloc.h"
#include "platform/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 120000, LOOK_MS = 5 };

static void give_up(struct running *running, const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    if (running->pid > 0)
        kill(running->pid, SIGTERM);
    exit(1);
}

const char *running_program(void)
{
    const char *program = getenv("CLIPGRID");
    return program ? program : "./clipgrid";
}

void running_isolate(const struct made_show *show)
{
    setenv("HOME", show->folder, 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("XDG_STATE_HOME");
}

const char *running_tool(const char *name)
{
    static char path[512];
    const char *tools = getenv("TOOLS");
    snprintf(path, sizeof path, "%s/%s", tools ? tools : "./tests/tools", name);
    return path;
}

static pid_t start_program(const struct running *running, const struct made_show *show)
{
    char *config = xasprintf("%s/clipgrid.conf", show->folder);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout))
            _exit(127);
        execlp(running_program(), "clipgrid", "run", show->session, "--config", config, "--socket", running->socket,
               "--device", "clock", "--rate", "48000", "--period", "64", "--periods", "2", NULL);
        _exit(127);
    }
    free(config);
    return pid;
}

static void attach(struct running *running)
{
    int fd = -1;
    if (client_send(&running->link, "attach edit") < 0 || !client_receive(&running->link, &fd) || fd < 0)
        give_up(running, "the show gives no state segment");
    running->state = state_map(fd);
    close(fd);
    if (!running->state)
        give_up(running, "the state segment cannot be mapped");
}

void running_begin(struct running *running, struct made_show *show, const char *config)
{
    uint64_t until = clock_now_rt() + PATIENCE_MS * UINT64_C(1000000);
    *running = (struct running){0};
    snprintf(running->socket, sizeof running->socket, "%s/socket", show->folder);
    made_write(show, "clipgrid.conf", config);
    running->pid = start_program(running, show);
    while (client_open(&running->link, running->socket) < 0) {
        if (clock_now_rt() > until || waitpid(running->pid, NULL, WNOHANG) != 0)
            give_up(running, "clipgrid run does not come up; is $CLIPGRID the program?");
        clock_sleep_ms(1);
    }
    attach(running);
}

void running_await(struct running *running)
{
    uint64_t until = clock_now_rt() + PATIENCE_MS * UINT64_C(1000000);
    struct state_desk desk;
    do {
        clock_sleep_ms(LOOK_MS);
        running_desk(running, &desk);
    } while ((!desk.clips || desk.loading) && clock_now_rt() < until);
    if (!desk.clips || desk.loading)
        give_up(running, "the media do not load");
}

void running_start(struct running *running, struct made_show *show, const char *config)
{
    running_begin(running, show, config);
    running_await(running);
}

void running_stop(struct running *running)
{
    client_send(&running->link, "quit");
    waitpid(running->pid, NULL, 0);
    client_close(&running->link);
    state_unmap(running->state);
}

void running_do(struct running *running, const char *command, ...)
{
    char line[256];
    va_list args;
    va_start(args, command);
    vsnprintf(line, sizeof line, command, args);
    va_end(args);
    const char *reply = client_ask(&running->link, line);
    if (reply && !strncmp(reply, "ok", 2))
        return;
    fprintf(stderr, "%s: %s\n", line, reply ? reply : "no reply");
    give_up(running, "a command was refused");
}

void running_live(const struct running *running, struct state_live *live)
{
    while (!seqlock_read(&running->state->live_lock, &running->state->live, live, sizeof *live))
        ;
}

void running_desk(const struct running *running, struct state_desk *desk)
{
    while (!seqlock_read(&running->state->desk_lock, &running->state->desk, desk, sizeof *desk))
        ;
}

void running_press_beds(struct running *running, int count, int columns)
{
    static struct state_live live;
    uint64_t until = clock_now_rt() + PATIENCE_MS * UINT64_C(1000000);
    for (int i = 0; i < count; i++)
        running_do(running, "press 1/%d/%d", i / columns + 1, i % columns + 1);
    do
        running_live(running, &live);
    while (live.voices_used != 2 * (uint32_t)count && clock_now_rt() < until);
    if (live.voices_used != 2 * (uint32_t)count)
        give_up(running, "the clips do not sound");
}

/* The first line of a small file below /proc. */
static bool read_proc(pid_t pid, const char *thread, const char *file, char line[128])
{
    char path[128];
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/%s", (int)pid, thread, file);
    FILE *in = fopen(path, "r");
    bool got = in && fgets(line, 128, in);
    if (in)
        fclose(in);
    return got;
}

uint64_t running_thread_ns(const struct running *running, const char *thread)
{
    pid_t engine = (pid_t)running->state->engine_pid;
    char path[64], line[128], main_id[16];
    uint64_t ns = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)engine);
    snprintf(main_id, sizeof main_id, "%d", (int)engine);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        bool is_main = !strcmp(entry->d_name, main_id);
        if (entry->d_name[0] == '.' || is_main != !*thread || !read_proc(engine, entry->d_name, "comm", line))
            continue;
        line[strcspn(line, "\n")] = '\0';
        if ((is_main || !strcmp(line, thread)) && read_proc(engine, entry->d_name, "schedstat", line))
            ns = strtoull(line, NULL, 10);
    }
    if (folder)
        closedir(folder);
    return ns;
}
