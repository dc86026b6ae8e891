/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is wanted, who works on it, and how long it may take: see loader.h. The talk with a
 * worker about one file is loader_job.c. A want is waiting, with a worker, or told and settled.
 */
#include "config.h"

#include "media/loader.h"

#include "base/log.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "clipmem/clipmem.h"
#include "media/known.h"
#include "media/loader_job.h"
#include "media/media_file.h"
#include "media/worker_life.h"
#include "platform/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <unistd.h>

enum {
    DEATHS_MAX = 2,             /* workers a file may take with it */
    LOOK_MS = 250,              /* between two looks at what a busy worker uses of the processor */
    SETTLED_AT_ONCE = 64,       /* files that need no worker, told in one go */
};

struct want {
    enum { WANT_NOTHING, WANT_WAITING, WANT_WORKED, WANT_SETTLED } state;
    int folder_fd;
    char *path;                 /* owned; NULL unless waiting or worked on */
    unsigned deaths;            /* of workers, over this file */
    TAILQ_ENTRY(want) link;     /* while waiting */
};

struct hand {                   /* one worker */
    int socket;
    struct worker_life life;
    void *staging;
    enum { HAND_FREE, HAND_BUSY, HAND_DROPPED /* its file is not wanted any more; one answer is to come */ } state;
    uint64_t deadline_ns;       /* unless free */
    struct loader_job job;
    struct stat st;             /* of its file, when it was opened */
    bool known;                 /* nothing new is to be learned of it */
    uint32_t serial;            /* of its last request, while no job has it */
};

struct loader {
    struct clipmem *memory;
    uint32_t chain_rate;
    loader_told *told;
    loader_lost *lost;          /* or NULL */
    struct media_known known;   /* its functions may be NULL */
    void *context;
    uint64_t open_ns, read_ns;  /* deadlines */
    struct want want[CLIPMEM_SLOTS];
    TAILQ_HEAD(, want) waiting;
    unsigned unsettled;         /* wants waiting or worked on */
    struct hand hand[LOADER_WORKERS_MAX];
    int hands;
    unsigned lacks;
    struct msg msg;
};

struct loader *loader_new(struct clipmem *memory, uint32_t chain_rate, loader_told *told, void *context)
{
    struct loader *loader = xcalloc(1, sizeof *loader);
    loader->memory = memory;
    loader->chain_rate = chain_rate;
    loader->told = told;
    loader->context = context;
    TAILQ_INIT(&loader->waiting);
    loader_set_deadlines(loader, WORK_OPEN_DEADLINE_MS, WORK_READ_DEADLINE_MS);
    return loader;
}

void loader_set_deadlines(struct loader *loader, unsigned open_ms, unsigned read_ms)
{
    loader->open_ns = open_ms * (CLOCK_SECOND_NS / 1000);
    loader->read_ns = read_ms * (CLOCK_SECOND_NS / 1000);
}

void loader_set_known(struct loader *loader, const struct media_known *known)
{
    loader->known = *known;
}

void loader_set_lost(struct loader *loader, loader_lost *lost)
{
    loader->lost = lost;
}

static void hand_clear(struct hand *hand)
{
    if (hand->state == HAND_BUSY)
        loader_job_clear(&hand->job);
    worker_life_end(&hand->life);
    close(hand->socket);
    work_unmap_staging(hand->staging);
}

void loader_free(struct loader *loader)
{
    if (!loader)
        return;
    for (int i = 0; i < loader->hands; i++)
        hand_clear(&loader->hand[i]);
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS; slot++)
        free(loader->want[slot].path);
    free(loader);
}

/* --- workers --- */

void loader_add_worker(struct loader *loader, int socket, int staging, int pid)
{
    void *map = loader->hands < LOADER_WORKERS_MAX ? work_map_staging(staging, false) : NULL;
    close(staging);
    int flags = fcntl(socket, F_GETFL);
    if (!map || flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) < 0) {
        work_unmap_staging(map);
        close(socket);
        return;
    }
    struct hand *hand = &loader->hand[loader->hands++];
    *hand = (struct hand){.socket = socket, .staging = map};
    worker_life_begin(&hand->life, pid);
}

int loader_workers(const struct loader *loader, uint32_t *pids, int most)
{
    for (int i = 0; i < loader->hands && i < most; i++)
        pids[i] = (uint32_t)loader->hand[i].life.pid;
    return loader->hands;
}

static void hand_remove(struct loader *loader, struct hand *hand)
{
    int pid = hand->life.pid;
    bool told = loader->lost && hand->life.files > 0;
    hand_clear(hand);
    *hand = loader->hand[--loader->hands];
    if (told)
        loader->lost(loader->context, pid);
}

/* --- wants --- */

static uint32_t want_slot(const struct loader *loader, const struct want *want)
{
    return (uint32_t)(want - loader->want);
}

static void want_settle(struct loader *loader, struct want *want)
{
    if (want->state == WANT_WAITING)
        TAILQ_REMOVE(&loader->waiting, want, link);
    if (want->state == WANT_WAITING || want->state == WANT_WORKED)
        loader->unsettled--;
    want->state = WANT_SETTLED;
    free(want->path);
    want->path = NULL;
}

/* job: whose facts go with it, or NULL. */
static void want_tell(struct loader *loader, struct want *want, enum media_state state, const struct loader_job *job,
                      const char *text)
{
    struct media_info info = {.state = state, .slot = want_slot(loader, want)};
    if (job) {
        info.file_rate = job->facts.rate;
        info.channels = job->facts.channels;
        info.file_frames = job->frames;
    }
    text_copy(info.text, sizeof info.text, text);
    if (state != MEDIA_LOADING) {
        log_line(LOG_DEBUG, "slot %u: %s%s%s", info.slot, want->path, text[0] ? ": " : "", text);
        clipmem_set_state(loader->memory, info.slot, state == MEDIA_READY ? CLIPMEM_READY : CLIPMEM_FAILED);
        want_settle(loader, want);
    }
    loader->told(loader->context, &info);
}

void loader_want(struct loader *loader, uint32_t slot, int folder_fd, const char *path)
{
    if (slot >= CLIPMEM_SLOTS)
        return;
    struct want *want = &loader->want[slot];
    struct clipmem_view view;
    bool kept = want->state == WANT_NOTHING && clipmem_state_rt(loader->memory, slot) == CLIPMEM_READY &&
                clipmem_view_rt(loader->memory, slot, &view) && view.chain_rate == loader->chain_rate;
    if (!kept)
        loader_drop(loader, slot);
    *want = (struct want){.state = WANT_WAITING, .folder_fd = folder_fd, .path = xstrdup(path)};
    TAILQ_INSERT_TAIL(&loader->waiting, want, link);
    loader->unsettled++;
}

void loader_first(struct loader *loader, uint32_t slot)
{
    if (slot >= CLIPMEM_SLOTS || loader->want[slot].state != WANT_WAITING)
        return;
    TAILQ_REMOVE(&loader->waiting, &loader->want[slot], link);
    TAILQ_INSERT_HEAD(&loader->waiting, &loader->want[slot], link);
}

void loader_drop(struct loader *loader, uint32_t slot)
{
    if (slot >= CLIPMEM_SLOTS)
        return;
    struct want *want = &loader->want[slot];
    for (int i = 0; i < loader->hands && want->state == WANT_WORKED; i++) {
        struct hand *hand = &loader->hand[i];
        if (hand->state != HAND_BUSY || hand->job.slot != slot)
            continue;
        loader_job_clear(&hand->job);
        hand->serial = hand->job.serial;
        hand->state = HAND_DROPPED;
    }
    want_settle(loader, want);
    want->state = WANT_NOTHING;
    clipmem_free_slot(loader->memory, slot);
}

unsigned loader_left(const struct loader *loader)
{
    return loader->unsettled;
}

bool loader_idle(const struct loader *loader)
{
    return loader->unsettled == 0;
}

unsigned loader_lacks(const struct loader *loader)
{
    return loader->lacks;
}

/* --- jobs --- */

static void hand_await(struct loader *loader, struct hand *hand)
{
    hand->deadline_ns = clock_now_rt() + (hand->job.opening ? loader->open_ns : loader->read_ns);
    worker_life_ask(&hand->life);
}

/* The worker is free for the next file. */
static void hand_release(struct hand *hand)
{
    if (hand->state == HAND_BUSY) {
        loader_job_clear(&hand->job);
        hand->serial = hand->job.serial;
    }
    hand->state = HAND_FREE;
    if (hand->job.passes > 0)
        msg_send(hand->socket, MSG_WORK_CLOSE, hand->serial, NULL, 0, NULL, 0);
}

static struct want *hand_want(struct loader *loader, const struct hand *hand)
{
    return &loader->want[hand->job.slot];
}

/* The worker is not to be used any more. Its file, if it has one: back to the queue, or broken for the reason given.
 * excused: it may not be the file's fault. */
static void hand_fail(struct loader *loader, struct hand *hand, bool excused, const char *why)
{
    struct want *want = hand->state == HAND_BUSY ? hand_want(loader, hand) : NULL;
    bool innocent = excused && want && !hand->job.reached;  /* it was dead before it had the file */
    log_line(LOG_WARN, "worker %d %s", hand->life.pid, why);
    hand_remove(loader, hand);      /* frees the slot too, before anyone is told */
    if (!want)
        return;
    if (innocent || (excused && ++want->deaths < DEATHS_MAX)) {
        want->state = WANT_WAITING;
        TAILQ_INSERT_HEAD(&loader->waiting, want, link);
        return;
    }
    char text[120];
    snprintf(text, sizeof text, "its decoder %s", why);
    want_tell(loader, want, MEDIA_BROKEN, NULL, text);
}

static void want_refuse(struct loader *loader, struct want *want, const struct err *err)
{
    want_tell(loader, want, err->code == ERR_UNKNOWN ? MEDIA_MISSING : MEDIA_BROKEN, NULL, err->text);
}

/* Return: false if the file has no name by which it is known. */
static bool want_path(const struct want *want, char *path, size_t size)
{
    char folder[PATH_MAX];
    return media_known_folder(want->folder_fd, folder, sizeof folder) && media_known_path(folder, want->path, path, size);
}

/* The file is open: what is known of it can be told before a worker has looked. */
static void job_recall(struct loader *loader, struct hand *hand, int fd)
{
    struct want *want = hand_want(loader, hand);
    char path[PATH_MAX];
    hand->known = !loader->known.find || fstat(fd, &hand->st) < 0 || !want_path(want, path, sizeof path);
    if (hand->known || !loader->known.find(loader->known.context, path, &hand->st, &hand->job.facts))
        return;
    hand->known = true;
    hand->job.frames = hand->job.facts.frames;
    want_tell(loader, want, MEDIA_LOADING, &hand->job, "");
}

/* A worker has said what the file is. */
static void job_learn(struct loader *loader, struct hand *hand)
{
    char path[PATH_MAX];
    if (!hand->known && want_path(hand_want(loader, hand), path, sizeof path))
        loader->known.learned(loader->known.context, path, &hand->st, &hand->job.facts);
    hand->known = true;
}

/* Hands the file over, for the first time or once more. */
static void job_open(struct loader *loader, struct hand *hand)
{
    struct want *want = hand_want(loader, hand);
    struct err err;
    int fd = media_file_open(want->folder_fd, want->path, &err);
    if (fd < 0) {
        hand_release(hand);
        want_refuse(loader, want, &err);
        return;
    }
    hand->life.files += hand->job.passes == 0;
    if (hand->job.passes == 0)
        job_recall(loader, hand, fd);
    loader_job_open(&hand->job, fd);
    close(fd);
    hand_await(loader, hand);
}

static void job_end(struct loader *loader, struct hand *hand, enum media_state state)
{
    struct loader_job told = hand->job;     /* its facts and text; what it owns is freed by the release */
    struct want *want = hand_want(loader, hand);
    hand_release(hand);
    want_tell(loader, want, state, &told, told.text);
}

static void job_reach(struct loader *loader, struct hand *hand, enum job_outcome outcome)
{
    loader->lacks |= hand->job.lacks;
    switch (outcome) {
    case JOB_FACTS:
        job_learn(loader, hand);
        want_tell(loader, hand_want(loader, hand), MEDIA_LOADING, &hand->job, "");
        hand_await(loader, hand);
        return;
    case JOB_GOES_ON:
        hand_await(loader, hand);
        return;
    case JOB_AGAIN:
        hand->life.soiled = true;
        job_open(loader, hand);
        return;
    case JOB_DONE:
        job_end(loader, hand, MEDIA_READY);
        return;
    case JOB_UNREADABLE:
        hand->life.soiled = true;
        job_end(loader, hand, MEDIA_BROKEN);
        return;
    case JOB_NO_ROOM:
        job_end(loader, hand, MEDIA_NO_ROOM);
        return;
    case JOB_NONSENSE:
        hand_fail(loader, hand, false, "answered nonsense and was stopped");
        return;
    }
}

/* A medium that an earlier loader left in memory. Return: false if there is none. */
static bool want_keep(struct loader *loader, struct want *want)
{
    struct clipmem_view view;
    uint32_t slot = want_slot(loader, want);
    if (clipmem_state_rt(loader->memory, slot) != CLIPMEM_READY || !clipmem_view_rt(loader->memory, slot, &view))
        return false;
    struct media_info info = {.state = MEDIA_READY, .slot = slot, .file_rate = view.file_rate, .channels = view.channels,
                              .file_frames = view.file_frames};
    want_settle(loader, want);
    loader->told(loader->context, &info);
    return true;
}

static void hand_start(struct loader *loader, struct hand *hand)
{
    for (int i = 0; i < SETTLED_AT_ONCE && hand->state == HAND_FREE && !TAILQ_EMPTY(&loader->waiting); i++) {
        struct want *want = TAILQ_FIRST(&loader->waiting);
        if (want_keep(loader, want))
            continue;
        TAILQ_REMOVE(&loader->waiting, want, link);
        want->state = WANT_WORKED;
        hand->state = HAND_BUSY;
        loader_job_init(&hand->job, loader->memory, want_slot(loader, want), loader->chain_rate, hand->socket, hand->staging,
                        hand->serial);
        job_open(loader, hand);
    }
}

/* --- poll --- */

/* When a busy worker is to be looked at next. */
static uint64_t hand_look_ns(const struct hand *hand, uint64_t now)
{
    uint64_t look_ns = now + LOOK_MS * (CLOCK_SECOND_NS / 1000);
    return hand->deadline_ns < look_ns ? hand->deadline_ns : look_ns;
}

int loader_poll(const struct loader *loader, struct pollfd *fds, int most, int *timeout_ms)
{
    uint64_t now = clock_now_rt();
    int count = 0;
    for (int i = 0; i < loader->hands; i++) {
        const struct hand *hand = &loader->hand[i];
        uint64_t due = hand->state != HAND_FREE ? hand_look_ns(hand, now) : TAILQ_EMPTY(&loader->waiting) ? UINT64_MAX : now;
        uint64_t wait_ms = due <= now ? 0 : (due - now) / (CLOCK_SECOND_NS / 1000) + 1;
        if (due != UINT64_MAX && (*timeout_ms < 0 || wait_ms < (uint64_t)*timeout_ms))
            *timeout_ms = (int)wait_ms;
        if (count < most)
            fds[count++] = (struct pollfd){.fd = hand->socket, .events = POLLIN};
    }
    return count;
}

/* Return: false if the worker is gone. */
static bool hand_receive(struct loader *loader, struct hand *hand)
{
    struct msg *msg = &loader->msg;
    int got = msg_recv(hand->socket, msg);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return true;
    int hands = loader->hands;
    if (got == 0 || (got < 0 && errno != EPROTO))
        hand_fail(loader, hand, true, "died");
    else if (got < 0 || hand->state == HAND_FREE || (hand->state == HAND_DROPPED && msg->serial != hand->serial))
        hand_fail(loader, hand, false, "answered nonsense and was stopped");
    else if (hand->state == HAND_DROPPED)
        hand_release(hand);
    else
        job_reach(loader, hand, loader_job_handle(&hand->job, msg));
    if (got > 0)
        msg_clear(msg);
    return loader->hands == hands;
}

/* It has used up its time: the clock's, or the processor's. */
static bool hand_late(const struct hand *hand)
{
    if (hand->state == HAND_FREE)
        return false;
    uint64_t cpu_ms = hand->job.opening ? WORK_OPEN_CPU_MS : WORK_READ_CPU_MS;
    return clock_now_rt() >= hand->deadline_ns || worker_life_used_ns(&hand->life) >= cpu_ms * (CLOCK_SECOND_NS / 1000);
}

/* It has not computed for most of that time: it may have waited for a disk or been stopped. */
static bool hand_waited(const struct loader *loader, const struct hand *hand)
{
    return worker_life_used_ns(&hand->life) < (hand->job.opening ? loader->open_ns : loader->read_ns) / 4;
}

static bool may_be_ready(const struct hand *hand, const struct pollfd *fds, int count)
{
    for (int i = 0; i < count; i++)
        if (fds[i].fd == hand->socket)
            return fds[i].revents != 0;
    return true;
}

void loader_handle(struct loader *loader, const struct pollfd *fds, int count)
{
    for (int i = 0; i < loader->hands;) {
        struct hand *hand = &loader->hand[i];
        bool stays = (!may_be_ready(hand, fds, count) && !hand_late(hand)) || hand_receive(loader, hand);
        if (stays && hand_late(hand)) {         /* an answer that was there would have moved its deadline */
            hand_fail(loader, hand, hand_waited(loader, hand), "did not answer in time and was stopped");
            stays = false;
        } else if (stays && hand->state == HAND_FREE && worker_life_over(&hand->life)) {
            hand_remove(loader, hand);
            stays = false;
        }
        if (!stays)
            continue;           /* another one stands here now */
        if (hand->state == HAND_FREE)
            hand_start(loader, hand);
        i++;
    }
}
