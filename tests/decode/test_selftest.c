/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decoders' self-test: a sound worker passes with every format; a wrong sample, a lie and a death are found. */
#include "config.h"

#include "../media/rig.h"

#include "decode/selftest.h"
#include "decode/selftest_files.h"
#include "wire/work.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static void run(struct selftest *test)
{
    struct pollfd ready = {.fd = test->socket, .events = POLLIN};
    do
        poll(&ready, 1, 1000);
    while (!selftest_handle(test));
}

static void a_sound_worker_passes(void **state)
{
    (void)state;
    struct selftest test;
    int socket, staging;
    pid_t pid = rig_fork_worker(&socket, &staging);
    assert_int_equal(selftest_begin(&test, socket, staging), 0);
    run(&test);
    assert_true(test.fit);
    assert_string_equal(test.failed, "");
    assert_int_equal(test.file, SELFTEST_FILES);
    close(socket);
    close(staging);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Plays a worker whose every decoder gives silence, and which says it has no wall of number 4. */
static void silence_is_found_in_every_format(void **state)
{
    (void)state;
    struct selftest test;
    struct msg ask;
    int pair[2], staging = work_make_staging();
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    assert_int_equal(selftest_begin(&test, pair[0], staging), 0);
    for (bool over = false; !over; over = selftest_handle(&test)) {
        assert_int_equal(msg_recv(pair[1], &ask), 1);
        const struct selftest_file *file = &selftest_files[test.file];
        struct work_opened facts = {.rate = SELFTEST_RATE, .channels = 1, .sample = file->exact ? WORK_S16 : WORK_F32,
                                    .frames = file->frames, .place = {WORK_CENTRE}, .lacks = 4};
        struct work_frames frames = {.count = (uint32_t)file->frames};
        if (ask.type == MSG_WORK_OPEN)
            assert_int_equal(msg_send(pair[1], MSG_WORK_OPENED, ask.serial, &facts, sizeof facts, NULL, 0), 0);
        else
            assert_int_equal(msg_send(pair[1], MSG_WORK_FRAMES, ask.serial, &frames, sizeof frames, NULL, 0), 0);
        msg_clear(&ask);
    }
    assert_true(test.fit);
    assert_int_equal(test.lacks, 4);
    assert_string_equal(test.failed, "WAV, RF64, W64, AIFF, CAF, AU, FLAC, ALAC in CAF, Ogg Vorbis, Ogg Opus, MP3, M4A, AAC, WMA");
    close(pair[0]);
    close(pair[1]);
    close(staging);
}

static void a_dead_worker_is_not_fit(void **state)
{
    (void)state;
    struct selftest test;
    int socket, staging;
    pid_t pid = rig_fork_worker(&socket, &staging);
    kill(pid, SIGSTOP);
    assert_int_equal(selftest_begin(&test, socket, staging), 0);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    run(&test);
    assert_false(test.fit);
    assert_string_equal(test.failed, "WAV");
    close(socket);
    close(staging);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_worker_passes), cmocka_unit_test(silence_is_found_in_every_format),
        cmocka_unit_test(a_dead_worker_is_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
