/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker process: takes its staging memory and serves (media/worker.c). */
#include "config.h"

#include "process/roles.h"
#include "media/worker.h"
#include "platform/spawn.h"
#include "wire/msg.h"

int worker_main(void)
{
    static struct msg msg;
    if (msg_recv(SPAWN_SOCKET, &msg) != 1 || msg.type != MSG_HELLO || msg.fd[0] < 0)
        return 2;
    return worker_run(SPAWN_SOCKET, msg.fd[0]);
}
