/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any packet between two processes of a show: what msg_recv() takes has a known type and the size that the table allows it. */
#include "config.h"

#include "fuzz.h"
#include "wire/msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/msg", NULL};
const char *const fuzz_words[] = {"GC\0", "\xff\xff\xff\xff", "\x01", "\x10", "\x7f", NULL};

static void hold(int law)
{
    if (!law)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static int pair[2] = {-1, -1};
    static struct msg msg;
    if (pair[0] < 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0) {
        perror("socketpair");
        exit(1);
    }
    if (!count || send(pair[0], bytes, count, MSG_NOSIGNAL) != (ssize_t)count)
        return 0;
    int got = msg_recv(pair[1], &msg);
    hold(got == 1 || (got == -1 && errno == EPROTO));
    if (got == 1) {
        hold(msg.type > MSG_NONE && msg.type < MSG_TYPES && strcmp(msg_name(msg.type), "?") != 0);
        hold(msg.size <= MSG_PAYLOAD_MAX && msg.size < count && msg.payload[msg.size] == '\0');
        for (int i = 0; i < MSG_FDS_MAX; i++)
            hold(msg.fd[i] < 0);                    /* bytes bring no descriptors */
        hold(msg_send(pair[1], msg.type, msg.serial, msg.payload, msg.size, NULL, 0) == 0);
        hold(recv(pair[0], msg.payload, sizeof msg.payload, 0) == (ssize_t)count);
    }
    msg_clear(&msg);
    return 0;
}
