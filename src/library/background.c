/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who works on what, and when it holds still: see background.h. What one worker does is background_work.c. */
#include "config.h"

#include "library/background_inside.h"

#include "library/peakfile.h"
#include "base/log.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "media/known.h"
#include "media/opener.h"
#include "platform/clock.h"
#include "platform/load.h"
#include "platform/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LINGER_MS = 5000 };   /* workers that have nothing to do are kept so long */
#define PAUSE_LOAD 0.7
#define GO_ON_BELOW 0.1         /* the pause's load */

struct background *background_new(const struct background_hooks *hooks, const char *peaks)
{
    struct err err;
    struct background *background = xcalloc(1, sizeof *background);
    background->hooks = *hooks;
    if (hooks->pause_load <= 0)
        background->hooks.pause_load = PAUSE_LOAD;
    background->opener = opener_new();
    TAILQ_INIT(&background->waiting);
    if (peaks)
        text_copy(background->peaks, sizeof background->peaks, peaks);
    else if (peakfile_folder(background->peaks, sizeof background->peaks, &err) < 0)
        log_line(LOG_WARN, "peaks cannot be kept: %s", err.text);
    return background;
}

static void hand_clear(struct hand *hand)
{
    worker_life_end(&hand->life);
    peakfile_abandon(hand->writer);
    measure_job_clear(&hand->job);
    close(hand->socket);
    work_unmap_staging(hand->staging);
}

void background_free(struct background *background)
{
    if (!background)
        return;
    for (int i = 0; i < background->hands; i++)
        hand_clear(&background->hand[i]);
    background->hands = 0;              /* what they held is gone with them */
    background_drop_all(background);
    if (background->opener)
        opener_free(background->opener);
    free(background->want);
    free(background);
}

/* --- wants --- */

static struct want *find_want(const struct background *background, uint32_t id)
{
    return id < background->wants ? background->want[id] : NULL;
}

void background_wait(struct background *background, struct want *want, bool at_once)
{
    want->state = WANT_WAITING;
    background->waiting_count++;
    if (at_once)
        TAILQ_INSERT_HEAD(&background->waiting, want, link);
    else
        TAILQ_INSERT_TAIL(&background->waiting, want, link);
}

void background_unwait(struct background *background, struct want *want)
{
    TAILQ_REMOVE(&background->waiting, want, link);
    background->waiting_count--;
}

void background_forget(struct background *background, struct want *want)
{
    if (want->state == WANT_WAITING)
        background_unwait(background, want);
    background->want[want->id] = NULL;
    background->left--;
    free(want->path);
    free(want);
}

void background_want(struct background *background, uint32_t id, int folder_fd, const char *path, unsigned kinds)
{
    background_drop(background, id);
    if (id >= background->wants) {
        uint32_t room = id < 1024 ? 1024 : 2 * id;
        background->want = xrealloc_array(background->want, room, sizeof *background->want);
        while (background->wants < room)
            background->want[background->wants++] = NULL;
    }
    struct want *want = background->want[id] = xcalloc(1, sizeof *want);
    *want = (struct want){.id = id, .folder_fd = folder_fd, .path = xstrdup(path), .kinds = kinds};
    if (background->hooks.loudness_last && kinds & ~(unsigned)MEASURE_LOUDNESS) {
        want->later = kinds & MEASURE_LOUDNESS & measure_kinds();
        want->kinds = kinds & ~(unsigned)MEASURE_LOUDNESS;
    }
    background->left++;
    background_wait(background, want, false);
}

void background_first(struct background *background, uint32_t id)
{
    struct want *want = find_want(background, id);
    if (!want)
        return;
    want->urgent = true;
    if (want->state != WANT_WAITING)
        return;
    background_unwait(background, want);
    background_wait(background, want, true);
}

void background_drop_all(struct background *background)
{
    for (uint32_t id = 0; id < background->wants; id++)
        background_drop(background, id);
}

unsigned background_left(const struct background *background)
{
    return background->left;
}

double background_share(const struct background *background)
{
    double share = 0;
    for (int i = 0; i < background->hands; i++)
        if (background->hand[i].want && background->hand[i].state >= HAND_BUSY)
            share += measure_job_share(&background->hand[i].job);
    return share;
}

bool background_may_go(const struct background *background, const struct want *want)
{
    return !background->held && (!background->paused || want->urgent);
}

void background_hold(struct background *background, bool hold)
{
    background->held = hold;
}

bool background_paused(const struct background *background)
{
    return background->paused;
}

/* --- workers --- */

static int workers_most(void)
{
    int most = machine_cores() - 1;
    return most < 1 ? 1 : most > BACKGROUND_WORKERS_MAX ? BACKGROUND_WORKERS_MAX : most;
}

int background_lacks(const struct background *background)
{
    const struct want *next = TAILQ_FIRST(&background->waiting);
    int more = workers_most() - background->hands,
        use = background->waiting_count < INT_MAX ? (int)background->waiting_count : INT_MAX;
    for (int i = 0; i < background->hands; i++)
        use -= background->hand[i].state == HAND_FREE;
    return !next || !background_may_go(background, next) || more < 0 || use < 0 ? 0 : use < more ? use : more;
}

bool background_needs_whole(const struct background *background)
{
    return background->needs_whole;
}

void background_add_worker(struct background *background, int socket, int staging, int pid)
{
    void *map = background->hands < BACKGROUND_WORKERS_MAX ? work_map_staging(staging, false) : NULL;
    close(staging);
    int flags = fcntl(socket, F_GETFL);
    if (!map || flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) < 0) {
        work_unmap_staging(map);
        close(socket);
        return;
    }
    struct hand *hand = &background->hand[background->hands++];
    *hand = (struct hand){.socket = socket, .staging = map};
    worker_life_begin(&hand->life, pid);
}

void background_remove_hand(struct background *background, struct hand *hand)
{
    hand_clear(hand);
    *hand = background->hand[--background->hands];
}

void background_drop(struct background *background, uint32_t id)
{
    struct want *want = find_want(background, id);
    if (!want)
        return;
    for (int i = 0; i < background->hands && want->state == WANT_WORKED; i++) {
        struct hand *hand = &background->hand[i];
        if (hand->want != want)
            continue;
        hand->want = NULL;
        if (hand->state == HAND_OPENING)
            opener_forget(background->opener, hand->tag);
        if (hand->state == HAND_OPENING || hand->state == HAND_HELD)
            hand_release(hand);                 /* else when its answer has come */
    }
    background_forget(background, want);
}

/* --- the loop --- */

static void take_opened(struct background *background)
{
    struct opener_answer answer;
    while (background->opener && opener_take(background->opener, &answer)) {
        for (int i = 0; i < background->hands; i++)
            if (background->hand[i].state == HAND_OPENING && background->hand[i].tag == answer.tag) {
                hand_opened(background, &background->hand[i], &answer);
                break;
            }
        if (answer.found && answer.fd >= 0)
            close(answer.fd);
    }
}

static void look_at_load(struct background *background, uint64_t now)
{
    uint64_t own_ns = 0;
    if (background->left == 0 || now < background->look_ns)
        return;
    background->look_ns = now + CLOCK_SECOND_NS;
    for (int i = 0; i < background->hands; i++)
        own_ns += load_process_ns(background->hand[i].life.pid);
    double load = background->hooks.load ? background->hooks.load(background->hooks.context)
                                           : load_meter_read(&background->meter, own_ns);
    background->paused = load > background->hooks.pause_load - (background->paused ? GO_ON_BELOW : 0);
}

static void start_waiting(struct background *background, uint64_t now)
{
    for (int i = 0; i < background->hands && now >= background->rest_until_ns; i++) {
        struct hand *hand = &background->hand[i];
        struct want *next = TAILQ_FIRST(&background->waiting);
        if (hand->state == HAND_HELD && background_may_go(background, hand->want))
            hand_go_on(background, hand);
        else if (hand->state == HAND_FREE && next && background->opener && background_may_go(background, next))
            hand_open(background, hand, next);
    }
}

/* Workers that have had nothing to do for a while are let go. */
static void let_go(struct background *background, uint64_t now)
{
    if (background->left > 0 || background->hands == 0) {
        background->idle_since_ns = 0;
        return;
    }
    if (!background->idle_since_ns)
        background->idle_since_ns = now;
    if (now - background->idle_since_ns < LINGER_MS * (CLOCK_SECOND_NS / 1000))
        return;
    while (background->hands > 0)
        background_remove_hand(background, &background->hand[0]);
}

void background_handle(struct background *background)
{
    uint64_t now = clock_now_rt();
    take_opened(background);
    for (int i = 0; i < background->hands;) {
        struct hand *hand = &background->hand[i];
        if (!hand_receive(background, hand))
            continue;
        if (hand_late(background, hand, now))
            continue;
        i++;
    }
    look_at_load(background, now);
    start_waiting(background, now);
    let_go(background, now);
}

static void lower(int *timeout_ms, uint64_t now, uint64_t due_ns)
{
    uint64_t wait_ms = due_ns <= now ? 0 : (due_ns - now) / (CLOCK_SECOND_NS / 1000) + 1;
    if (*timeout_ms < 0 || wait_ms < (uint64_t)*timeout_ms)
        *timeout_ms = (int)wait_ms;
}

int background_poll(const struct background *background, struct pollfd *fds, int most, int *timeout_ms)
{
    uint64_t now = clock_now_rt();
    int count = 0;
    if (background->opener && count < most)
        opener_poll(background->opener, &fds[count++], timeout_ms);
    for (int i = 0; i < background->hands; i++) {
        const struct hand *hand = &background->hand[i];
        if (hand->state == HAND_BUSY)
            lower(timeout_ms, now, hand->deadline_ns);
        if (count < most)
            fds[count++] = (struct pollfd){.fd = hand->socket, .events = POLLIN};
    }
    const struct want *next = TAILQ_FIRST(&background->waiting);
    if (background->left > 0)
        lower(timeout_ms, now, background->look_ns);
    else if (background->hands > 0)
        lower(timeout_ms, now,
              (background->idle_since_ns ? background->idle_since_ns : now) + LINGER_MS * (CLOCK_SECOND_NS / 1000));
    if (next && background->rest_until_ns > now)
        lower(timeout_ms, now, background->rest_until_ns);
    return count;
}
