/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The supervisor: the process diagram (DESIGN 1) as code. It owns what must outlive the others:
 * the lock, the listening socket, clip memory; starts engine, store and workers, joins them by
 * socket pairs, and starts again what dies. It parses nothing and decides nothing of the show.
 * One thread, one poll loop.
 *
 * The standby engine (a second row of the engine, started and waiting) comes with the survival
 * issue; its place is the `standby` child below, which is never started yet.
 */
#include "config.h"

#include "process/roles.h"
#include "process/spares.h"
#include "base/log.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "media/media_pool.h"
#include "platform/clock.h"
#include "platform/machine.h"
#include "platform/sock.h"
#include "platform/spawn.h"
#include "wire/msg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS_MAX = SPARES_ACTIVE_MAX + SPARES_WARM, LADDER_DEATHS = 5 };
#define LADDER_WINDOW_NS (60 * CLOCK_SECOND_NS)
#define QUIT_PATIENCE_NS (3 * CLOCK_SECOND_NS)
#define KILL_PATIENCE_NS (2 * CLOCK_SECOND_NS)          /* a process that hangs with a disk outlives its SIGKILL */

struct child {
    const char *role;
    pid_t pid;                      /* 0: not running */
    pid_t last_pid;                 /* a worker's: of the one that was started last; 0 for the others */
    int socket;                     /* to it, -1: none */
    uint64_t death_ns[LADDER_DEATHS];   /* of its last deaths, a ring */
    unsigned deaths;
    uint64_t start_at_ns;           /* when it is to be started again; 0: not waiting */
};

static struct supervisor {
    struct options options;
    bool foreground, ready, quitting;
    bool met;                       /* the first engine has been shown the first store */
    uint64_t quit_by_ns;
    int front;                      /* to the front process, -1 once told */
    int lock, listener, memory, demand, signals;
    uint64_t generation;
    uint64_t began_ns;              /* as the first engine said */
    int status;                     /* exit status */
    struct child engine, standby, store;
    struct child worker[WORKERS_MAX];
    int workers;
} self = {.front = SPAWN_SOCKET, .listener = -1, .memory = -1, .demand = -1,
          .engine = {.role = "@engine", .socket = -1}, .standby = {.role = "@engine", .socket = -1},
          .store = {.role = "@store", .socket = -1}};

/* Tells the front process, once, how the start went; code: why not, ERR_BUSY if another one holds the socket. */
static void tell_front(enum msg_type type, enum err_code code, const char *text)
{
    if (self.front < 0)
        return;
    if (type == MSG_FAILED && self.foreground)
        front_print(stderr, text, false);
    else
        msg_send_text(self.front, type, (uint32_t)code, text);
    close(self.front);
    self.front = -1;
}

static void begin_quit(void)
{
    if (self.quitting)
        return;
    self.quitting = true;
    self.quit_by_ns = clock_now_rt() + QUIT_PATIENCE_NS;
    if (self.engine.socket >= 0)
        msg_send(self.engine.socket, MSG_QUIT, 0, NULL, 0, NULL, 0);
}

static void fail(const char *text)
{
    tell_front(MSG_FAILED, ERR_IO, text);
    self.status = 1;
    begin_quit();
}

static int start_child(struct child *child)
{
    child->start_at_ns = 0;
    child->socket = spawn_role(child->role, &child->pid, true);
    if (child->socket >= 0)
        return 0;
    child->pid = 0;
    child->start_at_ns = clock_now_rt() + CLOCK_SECOND_NS;
    return -1;
}

/* Joins engine and store by a fresh pair. */
static void introduce(void)
{
    int pair[2];
    if (self.engine.socket < 0 || self.store.socket < 0 || spawn_pair(pair) < 0)
        return;
    msg_send(self.engine.socket, MSG_PEER, 0, NULL, 0, &pair[0], 1);
    msg_send(self.store.socket, MSG_PEER, 0, NULL, 0, &pair[1], 1);
    close(pair[0]);
    close(pair[1]);
}

static void start_worker(int index)
{
    struct child *worker = &self.worker[index];
    int staging;
    worker->start_at_ns = 0;
    if (media_start_worker(WORKER_WHOLE, &worker->socket, &staging, &worker->pid) < 0) {
        worker->pid = 0;
        worker->start_at_ns = clock_now_rt() + CLOCK_SECOND_NS;
        return;
    }
    worker->last_pid = worker->pid;
    struct msg_worker about = {.index = (uint32_t)index, .pid = (uint32_t)worker->pid};
    int fds[2] = {worker->socket, staging};
    if (self.store.socket >= 0)
        msg_send(self.store.socket, MSG_WORKER, 0, &about, sizeof about, fds, 2);
    close(worker->socket);          /* the store's from now on */
    close(staging);
    worker->socket = -1;
}

/* Nobody's child to be watched: the store asks for another one when it needs one. */
static void start_background_worker(void)
{
    struct msg_worker about = {.background = 1};
    int fds[2];
    pid_t pid;
    if (media_start_worker(WORKER_WHOLE, &fds[0], &fds[1], &pid) < 0)
        return;
    spawn_make_idle(pid);
    about.pid = (uint32_t)pid;
    msg_send(self.store.socket, MSG_WORKER, 0, &about, sizeof about, fds, 2);
    close(fds[0]);
    close(fds[1]);
}

/* The end of its term, or of its file's: no death to be counted, and none to be waited for. */
static void replace_worker(pid_t pid)
{
    for (int i = 0; i < self.workers; i++) {
        struct child *worker = &self.worker[i];
        if (pid <= 0 || worker->last_pid != pid)
            continue;
        worker->pid = 0;                /* it is reaped as one that nobody knows */
        start_worker(i);
        return;
    }
}

static void start_store(bool restarted)
{
    if (start_child(&self.store) < 0)
        return;
    struct store_hello hello = {.options = self.options, .restarted = restarted};
    const int fds[2] = {self.memory, self.demand};
    msg_send(self.store.socket, MSG_HELLO, 0, &hello, sizeof hello, fds, 2);
}

static void start_engine(void)
{
    if (start_child(&self.engine) < 0)
        return;
    struct engine_hello hello = {.options = self.options, .generation = ++self.generation, .began_ns = self.began_ns,
                                .supervisor_pid = getpid()};
    const int fds[3] = {self.memory, self.demand, self.listener};
    msg_send(self.engine.socket, MSG_HELLO, 0, &hello, sizeof hello, fds, 3);
}

/* Five deaths in a minute: from then on it is started once a second only. */
static uint64_t ladder_ns(struct child *child, uint64_t now)
{
    uint64_t oldest = child->death_ns[child->deaths % LADDER_DEATHS];
    child->death_ns[child->deaths++ % LADDER_DEATHS] = now;
    return child->deaths > LADDER_DEATHS && now - oldest < LADDER_WINDOW_NS ? now + CLOCK_SECOND_NS : now;
}

static void note_death(struct child *child, int status)
{
    if (!self.quitting)
        log_line(child->last_pid ? LOG_INFO : LOG_WARN, "%s (pid %d) ended: %s %d", child->role + 1, (int)child->pid,
                 WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    child->pid = 0;
    if (child->socket >= 0)
        close(child->socket);
    child->socket = -1;
    if (!self.quitting && self.ready)
        child->start_at_ns = ladder_ns(child, clock_now_rt());
    else if (!self.quitting && child != &self.engine && child != &self.store)
        child->start_at_ns = clock_now_rt() + CLOCK_SECOND_NS;
    else if (!self.quitting)
        fail("the show could not be started: a part of clipgrid died at once");
}

static void reap(void)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        struct child *child = pid == self.engine.pid ? &self.engine : pid == self.store.pid ? &self.store : NULL;
        for (int i = 0; i < self.workers && !child; i++)
            if (pid == self.worker[i].pid)
                child = &self.worker[i];
        if (child)
            note_death(child, status);
    }
}

static void start_due(void)
{
    uint64_t now = clock_now_rt();
    if (self.quitting)
        return;
    if (self.store.start_at_ns && self.store.start_at_ns <= now) {
        start_store(self.engine.pid != 0);
        introduce();
        /* The old workers' sockets died with the old store: they leave by themselves and are started anew. */
    }
    if (self.engine.start_at_ns && self.engine.start_at_ns <= now) {
        start_engine();
        introduce();
    }
    for (int i = 0; i < self.workers; i++)
        if (self.worker[i].start_at_ns && self.worker[i].start_at_ns <= now)
            start_worker(i);
}

static void handle_signals(void)
{
    struct signalfd_siginfo info;
    while (read(self.signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            reap();
        else
            begin_quit();
    }
}

/* Not before the grid is there: linking them takes time of the same cores. */
static void start_workers(void)
{
    int workers = spares_active() + SPARES_WARM;
    for (self.workers = 0; self.workers < workers; self.workers++) {
        self.worker[self.workers] = (struct child){.role = "@worker", .socket = -1};
        start_worker(self.workers);
    }
}

static void handle_child(struct child *child)
{
    static struct msg msg;
    int got = msg_recv(child->socket, &msg);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) {
            close(child->socket);
            child->socket = -1;
        }
        return;
    }
    if (msg.type == MSG_FAILED && self.ready)
        log_line(LOG_WARN, "%s: %s", child->role + 1, msg.payload);     /* a running show is not given up: it is tried again */
    else if (msg.type == MSG_FAILED)
        fail(msg.payload);
    else if (msg.type == MSG_OPTIONS && msg.size == sizeof self.options)
        memcpy(&self.options, msg.payload, sizeof self.options);        /* the store: the show has another file now */
    else if (msg.type == MSG_WORKER_PLEASE && child == &self.store && !self.quitting)
        start_background_worker();
    else if (msg.type == MSG_WORKER_LOST && child == &self.store && !self.quitting)
        replace_worker((pid_t)((const struct msg_worker *)msg.payload)->pid);
    else if (msg.type == MSG_BEGAN && child == &self.engine)
        self.began_ns = ((const struct msg_began *)msg.payload)->time_ns;
    else if (msg.type == MSG_QUIT)
        begin_quit();
    else if (msg.type == MSG_READY && child == &self.store && !self.met) {
        self.met = true;
        introduce();
    } else if (msg.type == MSG_READY && child == &self.engine && !self.ready) {
        self.ready = true;
        tell_front(MSG_READY, ERR_NONE, msg.payload);
        start_workers();
    }
    msg_clear(&msg);
}

/* The engine goes first, so that it can finish what it plays and hand its last words to the store. */
static bool quit_step(void)
{
    bool late = clock_now_rt() > self.quit_by_ns;
    if (self.engine.pid && late)
        kill(self.engine.pid, SIGKILL);
    if (!self.engine.pid && self.store.socket >= 0) {
        msg_send(self.store.socket, MSG_QUIT, 0, NULL, 0, NULL, 0);
        close(self.store.socket);
        self.store.socket = -1;
    }
    if (self.store.pid && late)
        kill(self.store.pid, SIGKILL);
    return (!self.engine.pid && !self.store.pid) || clock_now_rt() > self.quit_by_ns + KILL_PATIENCE_NS;
}

static int poll_timeout(void)
{
    uint64_t now = clock_now_rt(), next = now + CLOCK_SECOND_NS;
    if (self.quitting)
        return 50;
    const struct child *all[] = {&self.engine, &self.store};
    for (int i = 0; i < 2 + self.workers; i++) {
        const struct child *child = i < 2 ? all[i] : &self.worker[i - 2];
        if (child->start_at_ns && child->start_at_ns < next)
            next = child->start_at_ns;
    }
    return next <= now ? 0 : (int)((next - now) / 1000000) + 1;
}

static void loop(void)
{
    while (!self.quitting || !quit_step()) {
        struct pollfd fds[3] = {{.fd = self.signals, .events = POLLIN}, {.fd = self.engine.socket, .events = POLLIN},
                                {.fd = self.store.socket, .events = POLLIN}};
        if (poll(fds, 3, poll_timeout()) > 0) {
            if (fds[1].revents && self.engine.socket >= 0)
                handle_child(&self.engine);
            if (fds[2].revents && self.store.socket >= 0)
                handle_child(&self.store);
            if (fds[0].revents)
                handle_signals();
        }
        start_due();
    }
}

static int receive_hello(struct err *err)
{
    static struct msg msg;
    if (msg_recv(self.front, &msg) != 1 || msg.type != MSG_HELLO || msg.size != sizeof(struct supervisor_hello))
        return err_set(err, ERR_IO, "the supervisor is started by clipgrid itself");
    struct supervisor_hello hello;
    memcpy(&hello, msg.payload, sizeof hello);
    self.options = hello.options;
    self.foreground = hello.foreground;
    return 0;
}

static int take_place(struct err *err)
{
    fcntl(SPAWN_SOCKET, F_SETFD, FD_CLOEXEC);
    self.lock = sock_lock(self.options.socket, err);
    if (self.lock < 0)
        return -1;
    self.listener = sock_listen(self.options.socket, self.options.config.socket_group, err);
    if (self.listener < 0)
        return -1;
    self.memory = clipmem_create(machine_clip_memory_bytes(self.options.config.memory_mb));
    if (self.memory < 0)
        return err_set(err, ERR_IO, "clip memory cannot be made: %s", strerror(errno));
    self.demand = demand_create();
    if (self.demand < 0)
        return err_set(err, ERR_IO, "memory to share cannot be made: %s", strerror(errno));
    sigset_t set;
    sigemptyset(&set);
    static const int watched[] = {SIGCHLD, SIGTERM, SIGINT, SIGQUIT};
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        sigaddset(&set, watched[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGHUP, SIG_IGN);        /* the terminal may go, the show goes on */
    self.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return 0;
}

int supervisor_main(void)
{
    struct err err;
    if (receive_hello(&err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    log_start("supervisor", self.options.verbosity);
    if (take_place(&err) < 0) {
        tell_front(MSG_FAILED, err.code, err.text);
        return 1;
    }
    start_store(false);
    start_engine();                     /* makes itself ready while the store reads the session */
    loop();
    unlink(self.options.socket);
    for (int i = 0; i < self.workers; i++)
        if (self.worker[i].pid > 0)
            kill(self.worker[i].pid, SIGKILL);
    sock_unlock(self.lock);
    return self.status;
}
