/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store's workers before the loader has them: the first is tried and the others wait; one that fails is killed. */
#include "config.h"

#include "../media/rig.h"

#include "platform/sandbox.h"
#include "process/spares.h"
#include "wire/msg.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* As the supervisor sends one. Return: its pid. */
static pid_t take_one(struct spares *spares)
{
    static struct msg msg;
    msg = (struct msg){.type = MSG_WORKER, .fd = {-1, -1}};
    pid_t pid = rig_fork_worker(&msg.fd[0], &msg.fd[1]);
    struct msg_worker about = {.pid = (uint32_t)pid};
    memcpy(msg.payload, &about, sizeof about);
    spares_take(spares, &msg);
    assert_int_equal(msg.fd[0], -1);
    assert_int_equal(msg.fd[1], -1);
    return pid;
}

static void finish_trial(struct spares *spares)
{
    struct pollfd ready;
    while (spares_poll(spares, &ready)) {
        poll(&ready, 1, 1000);
        spares_handle(spares);
    }
}

static void the_first_is_tried_and_the_others_wait(void **state)
{
    struct rig *rig = *state;
    struct spares spares = {.on_trial = {.socket = -1}};
    uint32_t pids[LOADER_WORKERS_MAX];
    pid_t first = take_one(&spares), second = take_one(&spares);
    assert_int_equal(spares.on_trial.pid, first);
    assert_int_equal(spares.count, 1);
    finish_trial(&spares);
    assert_int_equal(spares.count, 2);
    assert_true(spares_give(&spares, rig->loader, 1));
    assert_false(spares_give(&spares, rig->loader, 1));
    assert_int_equal(spares.count, 1);      /* warm, for when the loader loses one */
    assert_true(spares_give(&spares, rig->loader, LOADER_WORKERS_MAX));
    assert_false(spares_give(&spares, rig->loader, LOADER_WORKERS_MAX));
    assert_int_equal(loader_workers(rig->loader, pids, LOADER_WORKERS_MAX), 2);
    assert_int_equal(pids[0], second);
    assert_int_equal(pids[1], first);
    if (!spares.test.lacks)
        assert_string_equal(spares.text, "");
    else
        assert_non_null(strstr(spares.text, "missing: "));
    rig->pid[rig->pids++] = first;
    rig->pid[rig->pids++] = second;
}

/* It does not listen, so that only a kill ends it. */
static void one_that_fails_is_killed(void **state)
{
    (void)state;
    int status;
    struct spares spares = {.on_trial = {.socket = -1}};
    pid_t pid = take_one(&spares);
    kill(pid, SIGSTOP);
    while (spares.on_trial.socket >= 0) {   /* it may have answered before it stopped */
        spares.test.due_ns = 0;             /* its time is over */
        spares_handle(&spares);
    }
    assert_int_equal(spares.count, 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_non_null(strstr(spares.text, "do not decode as they should here: "));
}

static void missing_walls_are_named(void **state)
{
    (void)state;
    char text[SANDBOX_TEXT], small[24];
    sandbox_describe(SANDBOX_LANDLOCK | SANDBOX_LIMITS, text, sizeof text);
    assert_non_null(strstr(text, "missing: limits (setrlimit), Landlock (Linux 5.13 with landlock among its lsm)"));
    assert_null(strstr(text, "seccomp"));
    sandbox_describe(SANDBOX_ALL, text, sizeof text);
    assert_string_equal(text + strlen(text) - 1, ")");      /* whole */
    sandbox_describe(SANDBOX_ALL, small, sizeof small);
    assert_string_equal(small, "media are decoded with ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_is_tried_and_the_others_wait, rig_set_up, rig_tear_down),
        cmocka_unit_test(one_that_fails_is_killed), cmocka_unit_test(missing_walls_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
