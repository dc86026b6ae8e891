/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages between processes: what fits the table arrives whole, all else is refused. */
#include "config.h"

#include "wire/msg.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

static int pair[2];
static struct msg msg;

static int set_up(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
}

static int tear_down(void **state)
{
    (void)state;
    close(pair[1]);
    return close(pair[0]);
}

static void a_message_and_its_descriptor_arrive(void **state)
{
    (void)state;
    struct msg_worker about = {.index = 2, .pid = 99};
    int fds[2] = {STDIN_FILENO, STDOUT_FILENO};
    assert_int_equal(msg_send(pair[0], MSG_WORKER, 7, &about, sizeof about, fds, 2), 0);
    assert_int_equal(msg_recv(pair[1], &msg), 1);
    assert_int_equal(msg.type, MSG_WORKER);
    assert_int_equal(msg.serial, 7);
    assert_memory_equal(msg.payload, &about, sizeof about);
    assert_true(msg.fd[0] >= 0 && msg.fd[1] >= 0);
    int first = msg.fd[0];
    msg_clear(&msg);
    assert_int_equal(fcntl(first, F_GETFD), -1);
}

static void a_wrong_size_is_refused_on_both_sides(void **state)
{
    (void)state;
    assert_int_equal(msg_send(pair[0], MSG_WORKER, 0, "x", 1, NULL, 0), -1);
    assert_int_equal(errno, EMSGSIZE);
    uint32_t forged[5] = {MSG_WORKER, 0, 4, 0x4347, 1};
    assert_int_equal(send(pair[0], forged, sizeof forged, 0), sizeof forged);
    assert_int_equal(msg_recv(pair[1], &msg), -1);
    assert_int_equal(errno, EPROTO);
}

static void noise_is_refused(void **state)
{
    (void)state;
    srand(1);
    for (int i = 0; i < 5000; i++) {
        unsigned char noise[64];
        size_t size = 1 + (size_t)rand() % sizeof noise;
        for (size_t b = 0; b < size; b++)
            noise[b] = (unsigned char)rand();
        assert_int_equal(send(pair[0], noise, size, 0), size);
        assert_int_equal(msg_recv(pair[1], &msg), -1);
    }
}

static void the_end_is_told_from_an_error(void **state)
{
    (void)state;
    shutdown(pair[0], SHUT_RDWR);
    assert_int_equal(msg_recv(pair[1], &msg), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_message_and_its_descriptor_arrive, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_size_is_refused_on_both_sides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(noise_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_end_is_told_from_an_error, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
