/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine and its successor: see succession.h. */
#include "config.h"

#include "process/succession.h"
#include "process/command_log.h"
#include "process/roles.h"
#include "base/log.h"
#include "engine/resume.h"
#include "platform/crash.h"
#include "platform/clock.h"
#include "platform/pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int succession_init(struct succession *succession, const int shared[SUCCESSION_SHARED], struct err *err)
{
    *succession = (struct succession){.left = {-1, -1, -1}};
    child_init(&succession->engine, "@engine");
    child_init(&succession->standby, "@engine");
    memcpy(succession->shared, shared, SUCCESSION_SHARED * sizeof *shared);
    int resume = succession->shared[SUCCESSION_SHARED] = resume_create();
    int log = succession->shared[SUCCESSION_SHARED + 1] = command_log_create();
    if (resume >= 0)
        succession->resume = resume_map(resume, false);
    if (succession->resume && log >= 0)
        return 0;
    return err_set(err, ERR_IO, "memory to share cannot be made: %s", strerror(errno));
}

int succession_inherit(struct succession *succession, const int shared[SUCCESSION_FDS], const struct succession_kept *kept,
                       const struct child *engine, const struct child *standby)
{
    *succession = (struct succession){.engine = *engine, .standby = *standby, .kept = *kept, .left = {-1, -1, -1}};
    memcpy(succession->shared, shared, sizeof succession->shared);
    succession->resume = resume_map(succession->shared[SUCCESSION_SHARED], false);
    if (!succession->resume)
        return -1;
    child_adopt(&succession->engine);
    child_adopt(&succession->standby);
    succession->sequence = resume_sequence(succession->resume);
    succession->moved_ns = clock_now_rt();
    return 0;
}

static int start_standing_by(struct succession *succession, struct child *child, const struct options *options)
{
    if (child_start(child) < 0)
        return -1;
    struct engine_hello hello = {.options = *options, .supervisor_pid = getpid(), .rate = succession->kept.began.rate};
    return msg_send(child->socket, MSG_HELLO, 0, &hello, sizeof hello, succession->shared, SUCCESSION_FDS);
}

void succession_tell(const struct succession *succession)
{
    struct msg_standby about = {.pid = (uint32_t)succession->standby.pid, .heir = (uint32_t)succession->heir_pid};
    if (succession->engine.socket >= 0)
        msg_send(succession->engine.socket, MSG_STANDBY, 0, &about, sizeof about, NULL, 0);
}

void succession_let_go(const struct succession *succession, const struct options *options)
{
    struct engine_go go = {.options = *options, .supervisor_pid = getpid(),
                           .generation = succession->kept.generation, .began_ns = succession->kept.began.time_ns,
                           .rate = succession->kept.began.rate, .channels = succession->kept.began.channels,
                           .silent = succession->kept.silent};
    memcpy(go.why, succession->kept.why, sizeof go.why);
    go.quarantined = succession->kept.quarantine.clips;
    memcpy(go.quarantine, succession->kept.quarantine.clip, sizeof go.quarantine);
    const int *left = succession->left;
    int fd[2], count = 0;
    go.ring = left[SUCCESSION_RING_BEFORE] >= 0;
    go.state = left[SUCCESSION_STATE] >= 0;
    if (go.ring)
        fd[count++] = left[SUCCESSION_RING_BEFORE];
    if (go.state)
        fd[count++] = left[SUCCESSION_STATE];
    msg_send(succession->engine.socket, MSG_GO, 0, &go, sizeof go, fd, count);
}

/* The one that stands by takes the engine's place. */
static void promote(struct succession *succession)
{
    struct ladder ladders[] = {succession->engine.ladder, succession->standby.ladder};
    child_kill(&succession->standby, SIGCONT);  /* somebody may have stopped it */
    succession->engine = succession->standby;
    succession->engine.ladder = ladders[0];
    child_init(&succession->standby, "@engine");
    succession->standby.ladder = ladders[1];
    succession->standby.start_at_ns = 1;        /* at once */
}

/* What it recorded outlives an engine, also if the store dies with it, and so do its notices: the next engine hands them on. The
 * number is another one than before, by which the heir is told. */
static void keep(struct succession *succession, enum succession_left what, int fd)
{
    int before = succession->left[what];
    succession->left[what] = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (before >= 0)
        close(before);
}

static void begin_life(struct succession *succession, uint64_t now_ns)
{
    int *left = succession->left;
    if (left[SUCCESSION_RING_BEFORE] >= 0)
        close(left[SUCCESSION_RING_BEFORE]);
    left[SUCCESSION_RING_BEFORE] = left[SUCCESSION_RING];
    left[SUCCESSION_RING] = -1;
    succession->kept.generation++;
    succession->sequence = resume_sequence(succession->resume);
    succession->moved_ns = now_ns;
}

bool succession_start(struct succession *succession, const struct options *options, bool ready, uint64_t now_ns)
{
    struct child *engine = &succession->engine, *standby = &succession->standby;
    bool began = false;
    if (!engine->pid && engine->start_at_ns <= now_ns) {
        if (standby->pid)
            promote(succession);
        else
            start_standing_by(succession, engine, options);
        began = engine->pid != 0;
        if (began)
            begin_life(succession, now_ns);
    }
    if (ready && !began && !standby->pid && standby->start_at_ns <= now_ns) {
        start_standing_by(succession, standby, options);
        succession_tell(succession);
    }
    return began;
}

bool succession_take(struct succession *succession, const struct msg *msg)
{
    switch (msg->type) {
    case MSG_BEGAN:
        memcpy(&succession->kept.began, msg->payload, sizeof succession->kept.began);
        return true;
    case MSG_PARDON:
        quarantine_pardon(&succession->kept.quarantine, ((const struct msg_pardon *)(const void *)msg->payload)->clip);
        return true;
    case MSG_FLIGHT:
        keep(succession, SUCCESSION_RING, msg->fd[0]);
        return true;
    case MSG_LEAVING:
        succession->kept.leaving = true;
        return true;
    case MSG_READY:
        keep(succession, SUCCESSION_STATE, msg->fd[0]);
        succession_tell(succession);
        return false;
    default:
        return false;
    }
}

/* Return: what the engine wrote of its end, NULL if it did not. */
static const struct crash_record *crash_of(const struct succession *succession, pid_t pid)
{
    const struct crash_record *crash = resume_crash(succession->resume);
    return crash_is_of(crash, pid) ? crash : NULL;
}

/* crash: what it says of itself, NULL: nothing. A fault of another thread is none of the clip that was being made. */
static void charge(struct succession *succession, const struct crash_record *crash, uint64_t now_ns)
{
    uint16_t clip = crash && !crash->audio ? ENGINE_CLIPS_NONE : resume_rendering(succession->resume);
    if (clip != ENGINE_CLIPS_NONE && quarantine_charge(&succession->kept.quarantine, clip, now_ns))
        log_line(LOG_WARN, "the engine died twice while it played clip number %u: it is in quarantine", clip + 1u);
    if (!ladder_note(&succession->engine.ladder, now_ns))
        return;
    succession->kept.silent = true;
    succession->kept.silent_until_ns = now_ns + LADDER_WINDOW_NS;
    log_line(LOG_WARN, "the engine died of its own fault too often: silent for now, positions run on");
}

static void note_engine_death(struct succession *succession, int status, uint64_t now_ns)
{
    bool own_fault = succession->kept.stalled || (status != PIDFD_UNKNOWN && ladder_own_fault(status));
    const struct crash_record *crash = crash_of(succession, succession->engine.pid);
    child_note_death(&succession->engine, status, succession->kept.why, sizeof succession->kept.why);
    if (crash)
        crash_fmt(crash, succession->kept.why, sizeof succession->kept.why);
    if (succession->kept.stalled)
        snprintf(succession->kept.why, sizeof succession->kept.why, "it made no sound any more");
    succession->engine.start_at_ns = 0;
    succession->kept.stalled = false;
    if (succession->kept.silent && now_ns > succession->kept.silent_until_ns)
        succession->kept.silent = false;
    if (own_fault)
        charge(succession, crash, now_ns);
}

bool succession_note_death(struct succession *succession, pid_t pid, int status, bool quitting)
{
    char text[80];
    uint64_t now = clock_now_rt();
    if (pid == succession->engine.pid) {
        note_engine_death(succession, status, now);
        if (!quitting)
            log_line(LOG_WARN, "engine (pid %d) ended: %s", (int)pid, succession->kept.why);
        return true;
    }
    if (pid != succession->standby.pid)
        return false;
    child_note_death(&succession->standby, status, text, sizeof text);
    child_start_again(&succession->standby);
    if (!quitting)
        log_line(LOG_WARN, "standby engine (pid %d) ended: %s", (int)pid, text);
    succession_tell(succession);
    return true;
}

void succession_watch(struct succession *succession, uint64_t now_ns)
{
    uint64_t sequence = resume_sequence(succession->resume);
    if (succession->kept.leaving || sequence != succession->sequence || !succession->engine.pid || !succession->kept.began.time_ns) {
        succession->sequence = sequence;
        succession->moved_ns = now_ns;
    } else if (now_ns - succession->moved_ns > SUCCESSION_STALL_NS && !succession->kept.stalled) {
        succession->kept.stalled = true;
        child_kill(&succession->engine, SIGKILL);
    }
}
