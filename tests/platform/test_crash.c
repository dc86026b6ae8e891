/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that dies of its own fault says so, with the status it was given, on any thread. */
#include "config.h"

#include "base/strbuf.h"
#include "platform/crash.h"
#include "platform/thread.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

enum { STATUS = 70 };

static struct crash_record *record;
static void (*last)(void);                  /* what the handler is to do last */

static void *fail_on_thread(void *signal)
{
    raise(*(int *)signal);
    return NULL;
}

/* Return: the status of a child that raises the signal, on a thread of its own if that has a name. */
static int die(int signal, const char *thread, pid_t *pid)
{
    int status;
    *pid = fork();
    if (*pid == 0) {
        struct thread other;
        crash_guard();
        crash_catch(record, STATUS, last);
        if (!thread)
            raise(signal);
        else if (thread_start(&other, thread, THREAD_PRIORITY_NONE, fail_on_thread, &signal, NULL, 0) == 0)
            thread_join(&other);
        _exit(0);
    }
    assert_int_equal(waitpid(*pid, &status, 0), *pid);
    return status;
}

/* Another thread faults too, while the first one is not done; the last register is one that no machine has. */
static void fault_again(void)
{
    static struct thread second;
    static int signal = SIGBUS;
    thread_start(&second, "second", THREAD_PRIORITY_NONE, fail_on_thread, &signal, NULL, 0);
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    record->registers[CRASH_REGISTERS - 1] = 77;
}

static void the_first_fault_is_told_whole(void **state)
{
    (void)state;
    pid_t pid;
#if defined(CLIPGRID_SANITIZED)
    skip();
#endif
    last = fault_again;
    int status = die(SIGSEGV, NULL, &pid);
    last = NULL;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == STATUS);
    assert_true(crash_is_of(record, pid));
    assert_int_equal(atomic_load(&record->signal), SIGSEGV);
    assert_int_equal(record->registers[CRASH_REGISTERS - 1], 77);
    assert_true(record->left_ns - record->entered_ns >= 20000000);
}

static int set_up(void **state)
{
    (void)state;
    record = mmap(NULL, sizeof *record, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return record == MAP_FAILED ? -1 : 0;
}

static void each_fault_is_written_down(void **state)
{
    (void)state;
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
    char text[100], wanted[32];
#if defined(CLIPGRID_SANITIZED)
    skip();                             /* it has handlers of its own */
#endif
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        pid_t pid;
        int status = die(faults[i], i % 2 ? "other" : NULL, &pid);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == STATUS);
        assert_true(crash_is_of(record, pid));
        assert_false(crash_is_of(record, pid + 1));
        assert_int_equal(record->audio, 0);
        crash_fmt(record, text, sizeof text);
        snprintf(wanted, sizeof wanted, "signal %d on thread ", faults[i]);
        assert_int_equal(strncmp(text, wanted, strlen(wanted)), 0);
        assert_true(i % 2 == 0 || strstr(text, "thread other "));
        struct strbuf report = {0};
        crash_fmt_report(record, &report);
        assert_non_null(strstr(report.s, wanted));
        assert_non_null(strstr(report.s, "sp+0x"));         /* the way here */
        assert_non_null(strstr(report.s, "r-xp"));
        strbuf_clear(&report);
    }
}

static void a_kill_writes_nothing(void **state)
{
    (void)state;
    pid_t pid;
    int status = die(SIGKILL, NULL, &pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_false(crash_is_of(record, pid));
}

static void no_core_is_dumped(void **state)
{
    (void)state;
    struct rlimit limit;
#if defined(CLIPGRID_SANITIZED)
    skip();
#endif
    crash_guard();
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_true(limit.rlim_cur <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_fault_is_told_whole), cmocka_unit_test(each_fault_is_written_down),
        cmocka_unit_test(a_kill_writes_nothing),
        cmocka_unit_test(no_core_is_dumped),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
