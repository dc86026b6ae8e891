/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The supervisor's side of its heir: see heir.h. */
#include "config.h"

#include "process/heir.h"
#include "base/log.h"
#include "wire/msg.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

_Static_assert(sizeof(struct estate) <= MSG_PAYLOAD_MAX, "an estate is one message");
_Static_assert((int)ESTATE_FDS <= (int)MSG_FDS_MAX && (int)SUCCESSION_FDS <= (int)MSG_FDS_MAX, "descriptors beside one message");

void heir_init(struct heir *heir)
{
    *heir = (struct heir){0};
    child_init(&heir->child, "@heir");
}

bool heir_start(struct heir *heir, const int shared[SUCCESSION_FDS], uint64_t now_ns)
{
    if (heir->child.pid || heir->child.start_at_ns > now_ns || child_start(&heir->child) < 0)
        return false;
    memset(&heir->told, 0, sizeof heir->told);
    fcntl(heir->child.socket, F_SETFL, fcntl(heir->child.socket, F_GETFL) | O_NONBLOCK);
    msg_send(heir->child.socket, MSG_HELLO, 0, NULL, 0, shared, SUCCESSION_FDS);
    return true;
}

/* Return: how many descriptors there are; *estate: with our sockets made marks. */
static int take_out(struct estate *estate, int lock, int fd[ESTATE_FDS])
{
    struct child *children[] = {&estate->engine, &estate->standby, &estate->store};
    int count = 0;
    fd[count++] = lock;
    for (size_t i = 0; i < sizeof children / sizeof *children; i++) {
        if (children[i]->socket >= 0)
            fd[count++] = children[i]->socket;
        children[i]->socket = children[i]->socket >= 0 ? 0 : -1;
        children[i]->pidfd = -1;
    }
    for (int i = 0; i < SUCCESSION_LEFT; i++) {
        if (estate->left[i] >= 0)
            fd[count++] = estate->left[i];
        estate->left[i] = estate->left[i] >= 0 ? 0 : -1;
    }
    return count;
}

void heir_tell(struct heir *heir, const struct estate *estate, int lock)
{
    static struct estate marked;
    int fd[ESTATE_FDS];
    if (!heir->child.pid || heir->child.socket < 0 || !memcmp(estate, &heir->told, sizeof *estate))
        return;
    memcpy(&heir->told, estate, sizeof *estate);
    memcpy(&marked, estate, sizeof *estate);
    int count = take_out(&marked, lock, fd);
    if (msg_send(heir->child.socket, MSG_ESTATE, 0, &marked, sizeof marked, fd, count) < 0)
        child_kill(&heir->child, SIGKILL);      /* it knows less than it has to: another one does not */
}

bool heir_note_death(struct heir *heir, pid_t pid, int status)
{
    char text[80];
    if (pid != heir->child.pid)
        return false;
    child_note_death(&heir->child, status, text, sizeof text);
    child_start_again(&heir->child);
    log_line(LOG_WARN, "the supervisor's heir (pid %d) ended: %s", (int)pid, text);
    return true;
}

void heir_dismiss(struct heir *heir)
{
    if (!heir->child.pid)
        return;
    child_kill(&heir->child, SIGKILL);
    waitpid(heir->child.pid, NULL, 0);
    close(heir->child.socket);
    heir_init(heir);
}
