/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads that open files, on disks that hang: the first call that names a file called hung*
 * waits until it is told to go on. Files of other folders must be opened meanwhile, nobody may
 * wait who is not a thread of the opener, and when the disk is back all is as it was.
 */
#include "config.h"

#include "../folder.h"

#include "media/opener.h"
#include "platform/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { PROMPT_MS = 500 };           /* what does not wait for a disk; on a busy machine */

/* --- a disk that hangs --- */
static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t thawed = PTHREAD_COND_INITIALIZER;
static bool frozen;

int __real_fstatat(int folder, const char *path, struct stat *st, int flags);
int __wrap_fstatat(int folder, const char *path, struct stat *st, int flags);

int __wrap_fstatat(int folder, const char *path, struct stat *st, int flags)
{
    pthread_mutex_lock(&disk);
    while (frozen && strstr(path, "hung"))
        pthread_cond_wait(&thawed, &disk);
    pthread_mutex_unlock(&disk);
    return __real_fstatat(folder, path, st, flags);
}

static void freeze(bool on)
{
    pthread_mutex_lock(&disk);
    frozen = on;
    pthread_cond_broadcast(&thawed);
    pthread_mutex_unlock(&disk);
}

/* --- what is asked --- */
static bool take_within(struct opener *opener, struct opener_answer *answer, unsigned ms)
{
    uint64_t due = clock_now_rt() + ms * UINT64_C(1000000), now;
    while (!opener_take(opener, answer)) {
        struct pollfd fd;
        int timeout_ms;
        if ((now = clock_now_rt()) >= due)
            return false;
        timeout_ms = (int)((due - now) / 1000000) + 1;
        opener_poll(opener, &fd, &timeout_ms);
        poll(&fd, 1, timeout_ms);
    }
    return true;
}

static void ask(struct opener *opener, uint64_t tag, const char *path)
{
    assert_int_equal(opener_ask(opener, OPENER_OPEN, tag, AT_FDCWD, path), 0);
}

/* The answers come in any order on a busy machine. */
static struct opener_answer take_tag(struct opener *opener, uint64_t tag)
{
    static struct opener_answer early;
    struct opener_answer answer;
    if (early.tag == tag) {
        answer = early;
        early.tag = 0;
        return answer;
    }
    while (take_within(opener, &answer, OPENER_SILENT_MS + PROMPT_MS * 10)) {
        if (answer.tag == tag)
            return answer;
        assert_int_equal(early.tag, 0);
        early = answer;
    }
    fail_msg("no answer to %u", (unsigned)tag);
    return answer;
}

static void assert_opens(struct opener *opener, uint64_t tag, const char *path)
{
    ask(opener, tag, path);
    struct opener_answer answer = take_tag(opener, tag);
    assert_true(answer.found && answer.fd >= 0);
    close(answer.fd);
}

static void assert_busy(struct opener *opener, uint64_t tag)
{
    struct opener_answer answer = take_tag(opener, tag);
    assert_false(answer.found);
    assert_int_equal(answer.fd, -1);
    assert_int_equal(answer.err.code, ERR_BUSY);
    assert_string_equal(answer.err.text, "its disk does not answer");
}

static void wait_until_nothing_hangs(struct opener *opener)
{
    for (int i = 0; i < 1000 && opener_silent(opener) > 0; i++)
        clock_sleep_ms(10);
    assert_int_equal(opener_silent(opener), 0);
}

static int open_descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* --- tests --- */
static void a_file_is_opened_or_refused(void **state)
{
    (void)state;
    struct opener *opener = opener_new();
    struct opener_answer answer;
    struct stat st;
    char byte;
    assert_non_null(opener);
    assert_false(opener_take(opener, &answer));
    ask(opener, 7, "a/here");
    assert_true(take_within(opener, &answer, PROMPT_MS * 10));
    assert_int_equal(stat("a/here", &st), 0);
    assert_true(answer.found && answer.tag == 7 && answer.bytes == 4);
    assert_true(answer.inode == st.st_ino && answer.device == st.st_dev);
    assert_int_equal(answer.mtime_ns, (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
    assert_int_equal(answer.ctime_ns, (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec);
    assert_int_equal(read(answer.fd, &byte, 1), 1);
    assert_true(fcntl(answer.fd, F_GETFD) & FD_CLOEXEC);
    close(answer.fd);
    ask(opener, 8, "a/gone");
    assert_true(take_within(opener, &answer, PROMPT_MS * 10));
    assert_true(!answer.found && answer.fd == -1 && answer.err.code == ERR_UNKNOWN);
    ask(opener, 9, "a");
    assert_true(take_within(opener, &answer, PROMPT_MS * 10));
    assert_true(!answer.found && answer.err.code == ERR_IO);
    assert_string_equal(answer.err.text, "a folder, not a file");
    opener_free(opener);
}

/* The folder's descriptor may be closed, and even be another one's, as soon as it was asked. */
static void a_folder_is_kept(void **state)
{
    (void)state;
    struct opener *opener = opener_new();
    struct opener_answer answer;
    int folder = open("a", O_PATH | O_DIRECTORY | O_CLOEXEC), other = open("b", O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(opener_ask(opener, OPENER_STAT, 1, folder, "here"), 0);
    dup2(other, folder);
    assert_true(take_within(opener, &answer, PROMPT_MS * 10));
    assert_true(answer.found && answer.fd == -1 && answer.bytes == 4);
    close(folder);
    close(other);
    opener_free(opener);
}

static void a_hung_disk_stops_no_other(void **state)
{
    (void)state;
    struct opener *opener = opener_new();
    freeze(true);
    ask(opener, 1, "a/hung");
    assert_opens(opener, 2, "b/here");
    assert_busy(opener, 1);
    assert_int_equal(opener_silent(opener), 1);
    uint64_t began = clock_now_rt();
    ask(opener, 3, "a/hung too");           /* no second thread is given to this folder */
    assert_busy(opener, 3);
    assert_true(clock_now_rt() - began < OPENER_SILENT_MS * UINT64_C(1000000));
    assert_int_equal(opener_silent(opener), 1);
    assert_opens(opener, 4, "b/here");
    freeze(false);
    wait_until_nothing_hangs(opener);
    assert_opens(opener, 5, "a/hung");
    opener_free(opener);
}

static void when_all_hang_nobody_waits(void **state)
{
    (void)state;
    struct opener *opener = opener_new();
    struct opener_answer answer;
    char path[32];
    uint64_t tag = 100;
    freeze(true);
    while (opener_silent(opener) < OPENER_THREADS_MAX) {
        while (opener_room(opener) > 0) {
            snprintf(path, sizeof path, "%u/hung", (unsigned)tag);
            ask(opener, tag++, path);
        }
        assert_int_equal(opener_ask(opener, OPENER_OPEN, 1, AT_FDCWD, "b/here"), -1);
        assert_true(take_within(opener, &answer, OPENER_SILENT_MS + PROMPT_MS * 10));
        assert_int_equal(answer.err.code, ERR_BUSY);
    }
    while (opener_take(opener, &answer))
        assert_int_equal(answer.err.code, ERR_BUSY);
    assert_int_equal(opener_room(opener), OPENER_ASKS_MAX);
    ask(opener, 1, "b/here");
    assert_busy(opener, 1);
    freeze(false);
    wait_until_nothing_hangs(opener);
    assert_opens(opener, 2, "b/here");
    opener_free(opener);
}

static void what_is_forgotten_is_not_answered(void **state)
{
    (void)state;
    struct opener *opener = opener_new();
    struct opener_answer answer;
    int before = open_descriptors();
    freeze(true);
    ask(opener, 1, "a/hung");
    opener_forget(opener, 1);
    assert_int_equal(opener_room(opener), OPENER_ASKS_MAX);
    freeze(false);
    assert_opens(opener, 2, "b/here");
    ask(opener, 3, "b/here");
    clock_sleep_ms(20);                     /* done by now, or not: both must be well */
    opener_forget(opener, 3);
    assert_false(take_within(opener, &answer, 50));
    for (int i = 0; i < 1000 && open_descriptors() > before; i++)
        clock_sleep_ms(10);
    assert_in_range(open_descriptors(), 0, before);     /* fewer: threads of the tests before have come back since */
    opener_free(opener);
}

/* What is left is freed by the thread that comes back last; the leak checker of a sanitizer looks whether it is. */
static void leaving_waits_for_nobody(void **state)
{
    (void)state;
    struct opener *opener = opener_new();
    struct pollfd event;
    int timeout_ms = -1;
    opener_poll(opener, &event, &timeout_ms);
    freeze(true);
    ask(opener, 1, "a/hung");
    ask(opener, 2, "b/here");
    uint64_t began = clock_now_rt();
    opener_free(opener);
    assert_true(clock_now_rt() - began < PROMPT_MS * UINT64_C(1000000));
    assert_int_not_equal(fcntl(event.fd, F_GETFD), -1);
    freeze(false);
    for (int i = 0; i < 1000 && fcntl(event.fd, F_GETFD) >= 0; i++)
        clock_sleep_ms(10);
    assert_int_equal(fcntl(event.fd, F_GETFD), -1);         /* the last thing that is left of it */
}

static int set_up(void **state)
{
    if (folder_enter(state) < 0 || mkdir("a", 0700) < 0 || mkdir("b", 0700) < 0)
        return -1;
    folder_write("a/here", "four");
    folder_write("a/hung", "four");
    folder_write("b/here", "fives");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_opened_or_refused), cmocka_unit_test(a_folder_is_kept),
        cmocka_unit_test(a_hung_disk_stops_no_other), cmocka_unit_test(when_all_hang_nobody_waits),
        cmocka_unit_test(what_is_forgotten_is_not_answered), cmocka_unit_test(leaving_waits_for_nobody),
    };
    return cmocka_run_group_tests(tests, set_up, folder_leave);
}
