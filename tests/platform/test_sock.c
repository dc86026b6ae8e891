/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket: one holder, no stale one in the way, descriptors beside lines. */
#include "config.h"

#include "../folder.h"

#include "platform/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static void the_lock_has_one_holder(void **state)
{
    (void)state;
    struct err err;
    int lock = sock_lock("s", &err);
    assert_true(lock >= 0);
    assert_int_equal(sock_lock("s", &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    char pid[32];
    snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_non_null(strstr(err.text, pid));
    close(lock);
    lock = sock_lock("s", &err);
    assert_true(lock >= 0);
    close(lock);
}

static void a_killed_holder_leaves_no_lock(void **state)
{
    (void)state;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        bool held = sock_lock("k", NULL) >= 0;
        if (write(ready[1], held ? "y" : "n", 1) == 1)
            pause();
        _exit(1);
    }
    char answer;
    assert_int_equal(read(ready[0], &answer, 1), 1);
    assert_int_equal(answer, 'y');
    struct err err;
    assert_int_equal(sock_lock("k", &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    int lock = sock_lock("k", &err);
    assert_true(lock >= 0);
    close(lock);
    close(ready[0]);
    close(ready[1]);
}

static void a_stale_socket_is_replaced_and_a_file_is_not(void **state)
{
    (void)state;
    struct err err;
    int first = sock_listen("stale", "", &err);
    assert_true(first >= 0);
    close(first);
    assert_int_equal(sock_connect("stale"), -1);
    assert_int_equal(errno, ECONNREFUSED);
    int second = sock_listen("stale", "", &err);
    assert_true(second >= 0);
    struct stat st;
    assert_int_equal(stat("stale", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    close(second);
    fclose(fopen("file", "w"));
    assert_int_equal(sock_listen("file", "", &err), -1);
    assert_int_equal(stat("file", &st), 0);
    assert_int_equal(sock_connect("absent"), -1);
    assert_int_equal(errno, ENOENT);
}

static void a_group_may_be_let_in(void **state)
{
    (void)state;
    struct err err;
    struct stat st;
    assert_int_equal(sock_listen("g", "no-such-group-here", &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_int_equal(stat("g", &st), -1);
    if (geteuid() != 0)
        return;                         /* only root may give a file to any group */
    int fd = sock_listen("g", "root", &err);
    assert_true(fd >= 0);
    assert_int_equal(stat("g", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    close(fd);
}

static void a_line_brings_a_descriptor(void **state)
{
    (void)state;
    int pair[2], got, beside[2];
    char line[32];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(pipe(beside), 0);
    assert_int_equal(sock_send_fd(pair[0], "ok 7", beside[1]), 0);
    assert_int_equal(sock_recv_fd(pair[1], line, sizeof line, &got), 5);
    assert_memory_equal(line, "ok 7\n", 5);
    assert_true(got >= 0 && fcntl(got, F_GETFD) == FD_CLOEXEC);
    assert_int_equal(write(got, "x", 1), 1);
    assert_int_equal(read(beside[0], line, 1), 1);
    assert_int_equal(sock_send_fd(pair[0], "done\n", -1), 0);
    assert_int_equal(sock_recv_fd(pair[1], line, sizeof line, &got), 5);
    assert_int_equal(got, -1);
    pid_t pid;
    uid_t uid;
    assert_true(sock_peer(pair[0], &pid, &uid));
    assert_int_equal(pid, getpid());
    assert_int_equal(uid, geteuid());
    close(pair[1]);
    assert_int_equal(sock_send_fd(pair[0], "x", -1), -1);
    assert_int_equal(errno, EPIPE);
    close(pair[0]);
    close(beside[0]);
    close(beside[1]);
}

static void a_long_path_works(void **state)
{
    char path[PATH_MAX];
    int used = snprintf(path, sizeof path, "%s", (char *)*state);
    for (int i = 0; i < 6; i++) {
        used += snprintf(path + used, sizeof path - (size_t)used, "/a-folder-with-a-name-that-is-rather-long");
        assert_int_equal(mkdir(path, 0700), 0);
    }
    snprintf(path + used, sizeof path - (size_t)used, "/socket");
    struct err err;
    int listener = sock_listen(path, "", &err);
    assert_true(listener >= 0);
    int client = sock_connect(path);
    assert_true(client >= 0);
    int server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(server >= 0);
    close(server);
    close(client);
    close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lock_has_one_holder), cmocka_unit_test(a_killed_holder_leaves_no_lock),
        cmocka_unit_test(a_stale_socket_is_replaced_and_a_file_is_not), cmocka_unit_test(a_group_may_be_let_in),
        cmocka_unit_test(a_line_brings_a_descriptor), cmocka_unit_test(a_long_path_works),
    };
    return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
