/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The supervisor: the process diagram (DESIGN 1) as code. It owns what must outlive the others:
 * the lock, the listening socket, the shared memories; starts engines (succession.h), store and
 * workers (crew.h), joins them by socket pairs, and starts again what dies. It parses nothing and
 * decides nothing of the show. Its heir (heir.h) is told of whatever changes before anybody acts on it, and goes on
 * from there when this process is killed. One thread, one poll loop.
 */
#include "config.h"

#include "process/roles.h"
#include "process/supervisor.h"
#include "process/reaper.h"
#include "base/log.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "platform/clock.h"
#include "platform/machine.h"
#include "platform/node.h"
#include "platform/notify.h"
#include "platform/power.h"
#include "platform/sock.h"
#include "platform/spawn.h"
#include "platform/stderr.h"
#include "platform/thread.h"
#include "wire/inputs.h"
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

#define QUIT_PATIENCE_NS (3 * CLOCK_SECOND_NS)
#define KILL_PATIENCE_NS (2 * CLOCK_SECOND_NS)          /* a process that hangs with a disk outlives its SIGKILL */
#define WATCH_NS (CLOCK_SECOND_NS / 4)

static struct supervisor self = {.front = SPAWN_SOCKET};

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

void supervisor_begin_quit(void)
{
    if (self.quitting)
        return;
    self.quitting = true;
    notify_say("STOPPING=1");
    self.quit_by_ns = clock_now_rt() + QUIT_PATIENCE_NS;
    if (self.succession.engine.socket >= 0)
        msg_send(self.succession.engine.socket, MSG_QUIT, 0, NULL, 0, NULL, 0);
}

static void fail(const char *text)
{
    tell_front(MSG_FAILED, ERR_IO, text);
    self.status = 1;
    supervisor_begin_quit();
}

/* Joins engine and store by a fresh pair. */
void supervisor_introduce(void)
{
    int pair[2];
    if (self.succession.engine.socket < 0 || self.store.socket < 0 || spawn_pair(pair) < 0)
        return;
    msg_send(self.succession.engine.socket, MSG_PEER, 0, NULL, 0, &pair[0], 1);
    msg_send(self.store.socket, MSG_PEER, 0, NULL, 0, &pair[1], 1);
    close(pair[0]);
    close(pair[1]);
    self.introduced[0] = self.succession.engine.pid;
    self.introduced[1] = self.store.pid;
}

/* --- the service manager --- */

static void tell_manager_ready(void)
{
    char text[sizeof self.options.session + 40];
    snprintf(text, sizeof text, "READY=1\nSTATUS=the show %.1000s runs", self.options.session);
    notify_say(text);
    self.alive_due_ns = notify_watchdog_ns() ? clock_now_rt() : 0;
}

/* Asks the engine's main; the answer feeds the watchdog. */
static void ask_alive(uint64_t now)
{
    if (!self.alive_due_ns || now < self.alive_due_ns)
        return;
    self.alive_due_ns = now + notify_watchdog_ns();
    if (self.succession.engine.socket >= 0)
        msg_send(self.succession.engine.socket, MSG_ALIVE, 0, NULL, 0, NULL, 0);
}

/* Main has answered; its audio thread has made periods, too. */
static void feed_watchdog(void)
{
    if (clock_now_rt() - self.succession.moved_ns < SUCCESSION_STALL_NS)
        notify_say("WATCHDOG=1");
}

static void start_store(bool restarted)
{
    if (child_start(&self.store) < 0)
        return;
    struct store_hello hello = {.options = self.options, .restarted = restarted};
    const int *shared = self.succession.shared, fds[3] = {shared[0], shared[1], shared[3]};
    msg_send(self.store.socket, MSG_HELLO, 0, &hello, sizeof hello, fds, 3);
}

static void note_death(struct child *child, int status)
{
    char text[80];
    pid_t pid = child->pid;
    bool worker = child != &self.store;
    child_note_death(child, status, text, sizeof text);
    if (self.quitting)
        return;
    log_line(worker ? LOG_INFO : LOG_WARN, "%s (pid %d) ended: %s", child->role + 1, (int)pid, text);
    if (self.ready)
        child_start_again(child);
    else if (worker)
        child->start_at_ns = clock_now_rt() + CLOCK_SECOND_NS;
    else
        fail("the show could not be started: a part of clipgrid died at once");
}

void supervisor_note_end(pid_t pid, int status)
{
    bool engine = pid == self.succession.engine.pid;
    struct child *child = pid == self.store.pid ? &self.store : crew_find(&self.crew, pid);
    if (succession_note_death(&self.succession, pid, status, self.quitting)) {
        if (engine && self.succession.kept.leaving)
            supervisor_begin_quit();
        else if (engine && !self.ready && !self.quitting)
            fail("the show could not be started: a part of clipgrid died at once");
    } else if (child) {
        note_death(child, status);
    } else if (!heir_note_death(&self.heir, pid, status)) {
        crew_forget(&self.crew, pid);
    }
}

/* Without a reaper. */
static void reap(void)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        supervisor_note_end(pid, status);
}

/* Of the engines at once; the others' ends the reaper tells. */
static void look_at_engines(void)
{
    const struct child *engines[] = {&self.succession.engine, &self.succession.standby};
    int status;
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        pid_t pid = engines[i]->adopted ? 0 : engines[i]->pid;
        if (reaper_sees_end(pid, &status))
            supervisor_note_end(pid, status);
    }
}

/* What is known of already is nobody's any more. */
static void handle_reaped(void)
{
    pid_t pid;
    int status;
    while (reaper_take(&pid, &status))
        supervisor_note_end(pid, status);
}

static void start_due(void)
{
    uint64_t now = clock_now_rt();
    if (self.quitting)
        return;
    if (succession_start(&self.succession, &self.options, self.ready, now)) {
        /* Who finds a new engine told nothing tells it once more; one that nobody knows of is none. */
        inheritance_tell(&self);
        succession_let_go(&self.succession, &self.options);
        if (self.met)
            supervisor_introduce();                /* the first engine meets the store when that is ready */
    }
    if (self.store.start_at_ns && self.store.start_at_ns <= now) {
        start_store(self.succession.engine.pid != 0);
        supervisor_introduce();
        /* The old workers' sockets died with the old store: they leave by themselves and are started anew. */
    }
    crew_start_due(&self.crew, self.store.socket, now);
    inheritance_start_heir(&self, now);
    succession_watch(&self.succession, now);
    ask_alive(now);
}

static void handle_signals(void)
{
    struct signalfd_siginfo info;
    while (read(self.signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGCHLD && self.reaped >= 0) {
            look_at_engines();
            reaper_wake();
        } else if (info.ssi_signo == SIGCHLD) {
            reap();
        } else {
            supervisor_begin_quit();
        }
    }
}

/* The store: the show has another file now. What it is played on, the engine tells. */
static void move_session(const struct options *moved)
{
    memcpy(self.options.session, moved->session, sizeof self.options.session);
    memcpy(self.options.session_given, moved->session_given, sizeof self.options.session_given);
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
    if (child == &self.succession.engine && succession_take(&self.succession, &msg))
        ;
    else if (msg.type == MSG_FAILED && self.ready)
        log_line(LOG_WARN, "%s: %s", child->role + 1, msg.payload);     /* a running show is not given up: it is tried again */
    else if (msg.type == MSG_FAILED)
        fail(msg.payload);
    else if (msg.type == MSG_OPTIONS && msg.size == sizeof self.options)
        move_session((const struct options *)(const void *)msg.payload);
    else if (msg.type == MSG_CONFIG && msg.size == sizeof self.options.config)
        memcpy(&self.options.config, msg.payload, sizeof self.options.config);      /* the engine: another device */
    else if (msg.type == MSG_WORKER_PLEASE && child == &self.store && !self.quitting)
        crew_start_background(&self.crew, self.store.socket);
    else if (msg.type == MSG_WORKER_LOST && child == &self.store && !self.quitting)
        crew_replace(&self.crew, self.store.socket, (pid_t)((const struct msg_worker *)msg.payload)->pid);
    else if (msg.type == MSG_ALIVE && child == &self.succession.engine)
        feed_watchdog();
    else if (msg.type == MSG_QUIT)
        supervisor_begin_quit();
    else if (msg.type == MSG_READY && child == &self.store && !self.met) {
        self.met = true;
        supervisor_introduce();
    } else if (msg.type == MSG_READY && child == &self.succession.engine && !self.ready) {
        self.ready = true;
        tell_front(MSG_READY, ERR_NONE, msg.payload);
        tell_manager_ready();
        crew_start(&self.crew, self.store.socket);      /* not before the grid is there: linking them takes time of the same cores */
    }
    msg_clear(&msg);
}

/* The engine goes first, so that it can finish what it plays and hand its last words to the store. */
static bool quit_step(void)
{
    bool late = clock_now_rt() > self.quit_by_ns;
    if (late)
        child_kill(&self.succession.engine, SIGKILL);
    if (!self.succession.engine.pid && self.store.socket >= 0) {
        msg_send(self.store.socket, MSG_QUIT, 0, NULL, 0, NULL, 0);
        close(self.store.socket);
        self.store.socket = -1;
    }
    if (late)
        child_kill(&self.store, SIGKILL);
    return (!self.succession.engine.pid && !self.store.pid) || clock_now_rt() > self.quit_by_ns + KILL_PATIENCE_NS;
}

static int poll_timeout(void)
{
    uint64_t now = clock_now_rt(), next = now + WATCH_NS;
    const struct child *due[] = {&self.store, &self.succession.standby};
    if (self.quitting)
        return 50;
    if (self.hold_until_ns)
        return 5;
    for (size_t i = 0; i < sizeof due / sizeof *due; i++)
        if (!due[i]->pid && due[i]->start_at_ns && due[i]->start_at_ns < next)
            next = due[i]->start_at_ns;
    crew_next_due(&self.crew, &next);
    if (self.alive_due_ns && self.alive_due_ns < next)
        next = self.alive_due_ns;
    return next <= now ? 0 : (int)((next - now) / 1000000) + 1;
}

static void loop(void)
{
    while (!self.quitting || !quit_step()) {
        enum { OURS = 4 };
        struct pollfd fds[OURS + SUPERVISOR_ADOPTED] = {{.fd = self.signals, .events = POLLIN},
                                           {.fd = self.succession.engine.socket, .events = POLLIN},
                                           {.fd = self.store.socket, .events = POLLIN},
                                           {.fd = self.reaped, .events = POLLIN}};
        struct child *adopted[SUPERVISOR_ADOPTED];
        int count = self.hold_until_ns ? 0 : inheritance_list(&self, adopted);
        for (int i = 0; i < count; i++)
            fds[OURS + i] = (struct pollfd){.fd = adopted[i]->pidfd, .events = POLLIN};
        if (poll(fds, (nfds_t)(OURS + count), poll_timeout()) > 0) {
            if (fds[1].revents && self.succession.engine.socket >= 0)
                handle_child(&self.succession.engine);
            if (fds[2].revents && self.store.socket >= 0)
                handle_child(&self.store);
            if (fds[0].revents)
                handle_signals();
            if (fds[3].revents)
                handle_reaped();
        }
        inheritance_look(&self, clock_now_rt());
        start_due();
        inheritance_tell(&self);
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
    char why[128];
    fcntl(SPAWN_SOCKET, F_SETFD, FD_CLOEXEC);
    if (machine_lacks_descriptors(why, sizeof why))
        return err_set(err, ERR_IO, "%s", why);
    self.lock = sock_lock(self.options.socket, err);
    if (self.lock < 0)
        return -1;
    int listener = sock_listen(self.options.socket, self.options.config.socket_group, err);
    if (listener < 0)
        return -1;
    int memory = clipmem_create(machine_clip_memory_bytes(self.options.config.memory_mb));
    if (memory < 0)
        return err_set(err, ERR_IO, "clip memory cannot be made: %s", strerror(errno));
    int demand = demand_create(), inputs = inputs_create();
    if (demand < 0 || inputs < 0)
        return err_set(err, ERR_IO, "memory to share cannot be made: %s", strerror(errno));
    const int shared[SUCCESSION_SHARED] = {memory, demand, listener, inputs};
    return succession_init(&self.succession, shared, err);
}

static void begin_watch(void)
{
    sigset_t set;
    sigemptyset(&set);
    static const int watched[] = {SIGCHLD, SIGTERM, SIGINT, SIGQUIT};
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        sigaddset(&set, watched[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGHUP, SIG_IGN);        /* the terminal may go, the show goes on */
    self.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    self.reaped = reaper_begin();
    thread_raise_alone(THREAD_PRIORITY_MAIN);       /* between the end of an engine and the next one's beginning nobody else runs */
}

/* To the end of the show, and of whatever is left of it then. Return: exit status. */
static int run_show(void)
{
    loop();
    heir_dismiss(&self.heir);
    unlink(self.options.socket);
    crew_kill(&self.crew);
    child_kill(&self.succession.standby, SIGKILL);
    sock_unlock(self.lock);
    stderr_end();
    return self.status;
}

int supervisor_main(void)
{
    struct err err;
    notify_open();
    node_settle(power_sys());
    if (receive_hello(&err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    log_start("supervisor", self.options.verbosity);
    child_init(&self.store, "@store");
    heir_init(&self.heir);
    if (take_place(&err) < 0) {
        tell_front(MSG_FAILED, err.code, err.text);
        return 1;
    }
    stderr_begin();
    begin_watch();
    start_store(false);
    start_due();                        /* the engine makes itself ready while the store reads the session */
    return run_show();
}

int supervisor_inherit(const struct estate *estate, const int shared[SUCCESSION_FDS], const int fd[ESTATE_FDS])
{
    self.front = -1;
    begin_watch();
    return inheritance_take(&self, estate, shared, fd) < 0 ? 1 : run_show();
}
