/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker process: takes its staging memory and serves (decode/worker.c). */
#include "config.h"

#include "process/roles.h"
#include "decode/worker.h"
#include "platform/spawn.h"
#include "wire/msg.h"

#include <unistd.h>

int worker_main(void)
{
    static struct msg msg;
    if (msg_recv(SPAWN_SOCKET, &msg) != 1 || msg.type != MSG_HELLO || msg.fd[0] < 0)
        return 2;
    enum worker_kind kind = msg.size == 0 ? WORKER_WHOLE : WORKER_PLAIN;
    /* nothing is worth an orderly end, and a decoder may have left anything behind */
    _exit(worker_run(kind, SPAWN_SOCKET, msg.fd[0]));
}
