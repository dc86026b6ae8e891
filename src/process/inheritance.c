/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From one supervisor to the next: see supervisor.h. The one that is there tells its heir whatever
 * changes, before anybody acts on it. The one that follows finds processes that are not its children, watches them by
 * descriptors (platform/pidfd.h), and does once more what the one before may have left half done:
 * each of those words is idle when it is heard twice.
 */
#include "config.h"

#include "process/supervisor.h"
#include "base/log.h"
#include "platform/clock.h"
#include "platform/pidfd.h"
#include "platform/sock.h"
#include "wire/msg.h"

#include <string.h>
#include <unistd.h>

#define HOLD_NS (CLOCK_SECOND_NS / 20)

/* --- the heir --- */

void inheritance_tell(struct supervisor *self)
{
    static struct estate estate;
    memset(&estate, 0, sizeof estate);
    memcpy(&estate.options, &self->options, sizeof estate.options);
    memcpy(&estate.kept, &self->succession.kept, sizeof estate.kept);
    memcpy(&estate.engine, &self->succession.engine, sizeof estate.engine);
    memcpy(&estate.standby, &self->succession.standby, sizeof estate.standby);
    memcpy(&estate.store, &self->store, sizeof estate.store);
    memcpy(&estate.crew, &self->crew, sizeof estate.crew);
    memcpy(estate.introduced, self->introduced, sizeof estate.introduced);
    notify_get(&estate.manager);
    estate.quitting = self->quitting;
    memcpy(estate.left, self->succession.left, sizeof estate.left);
    heir_tell(&self->heir, &estate, self->lock);
}

/* Engines are told of the heir, too, for `status`. */
void inheritance_start_heir(struct supervisor *self, uint64_t now_ns)
{
    if (self->ready && !self->hold_until_ns)
        heir_start(&self->heir, self->succession.shared, now_ns);
    if (self->succession.heir_pid == self->heir.child.pid)
        return;
    self->succession.heir_pid = self->heir.child.pid;
    succession_tell(&self->succession);
}

/* --- what another supervisor has left --- */

int inheritance_list(struct supervisor *self, struct child *list[SUPERVISOR_ADOPTED])
{
    struct child *parts[] = {&self->succession.engine, &self->succession.standby, &self->store};
    int count = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i]->adopted)
            list[count++] = parts[i];
    for (int i = 0; i < self->crew.workers; i++)
        if (self->crew.worker[i].adopted)
            list[count++] = &self->crew.worker[i];
    return count;
}

/* Whoever kills supervisor, engine and store at once means the show, and is not to be contradicted: what is left is ended. They
 * are killed one after the other; so for a moment nothing is concluded of an end, and there is no further heir. */
static bool judge_hold(struct supervisor *self, uint64_t now_ns)
{
    if (!self->hold_until_ns)
        return false;
    if (now_ns < self->hold_until_ns)
        return true;
    self->hold_until_ns = 0;
    if (self->quitting || !pidfd_is_dying(self->succession.engine.pid) || !pidfd_is_dying(self->store.pid))
        return false;
    log_line(LOG_WARN, "supervisor, engine and store were killed at once: the show ends");
    self->status = 1;
    supervisor_begin_quit();
    return false;
}

void inheritance_look(struct supervisor *self, uint64_t now_ns)
{
    struct child *list[SUPERVISOR_ADOPTED];
    int status;
    if (judge_hold(self, now_ns))
        return;
    for (int i = inheritance_list(self, list); i--;)
        if (child_adopted_end(list[i], &status))
            supervisor_note_end(list[i]->pid, status);
}

/* What the one before has been told and not handed on, it is told now; what it may have left half done is done again, which
 * harms nothing. */
static void go_on(struct supervisor *self, const struct estate *estate)
{
    struct msg_adopted about = {.pid = (uint32_t)getpid()};
    struct child *engine = &self->succession.engine;
    sock_sign_lock(self->lock);
    if (engine->socket >= 0)
        msg_send(engine->socket, MSG_ADOPTED, 0, &about, sizeof about, NULL, 0);
    if (self->store.socket >= 0)
        msg_send(self->store.socket, MSG_ADOPTED, 0, &about, sizeof about, NULL, 0);
    if (engine->pid)
        succession_let_go(&self->succession, &self->options);
    if (estate->introduced[0] != engine->pid || estate->introduced[1] != self->store.pid)
        supervisor_introduce();
    if (!self->crew.workers)
        crew_start(&self->crew, self->store.socket);
    if (estate->quitting)
        supervisor_begin_quit();
}

int inheritance_take(struct supervisor *self, const struct estate *estate, const int shared[SUCCESSION_FDS],
                     const int fd[ESTATE_FDS])
{
    struct child engine = estate->engine, standby = estate->standby;
    self->options = estate->options;
    self->ready = self->met = true;           /* there is no heir before */
    self->lock = fd[0];
    engine.socket = fd[1];
    standby.socket = fd[2];
    self->store = estate->store;
    self->store.socket = fd[3];
    self->crew = estate->crew;
    memcpy(self->introduced, estate->introduced, sizeof self->introduced);
    heir_init(&self->heir);
    child_adopt(&self->store);
    crew_inherit(&self->crew);
    if (succession_inherit(&self->succession, shared, &estate->kept, &engine, &standby) < 0)
        return -1;
    memcpy(self->succession.left, &fd[1 + ESTATE_CHILDREN], sizeof self->succession.left);
    self->alive_due_ns = notify_watchdog_ns() ? clock_now_rt() : 0;
    self->hold_until_ns = clock_now_rt() + HOLD_NS;
    log_line(LOG_WARN, "the supervisor before was killed: process %d is the supervisor now, the show goes on", (int)getpid());
    go_on(self, estate);
    return 0;
}
