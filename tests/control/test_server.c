/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket: replies in order whatever order they are given in, bounds, bad clients. */
#include "config.h"

#include "base/strbuf.h"
#include "control/server.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

static struct server *server;
static int listener;
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static struct ticket kept[1000];
static int lines;
static char last_line[5000];
static bool hold;

static void take_line(void *context, struct ticket ticket, const char *line)
{
    (void)context;
    snprintf(last_line, sizeof last_line, "%s", line);
    kept[lines++ % 1000] = ticket;
    if (!strcmp(line, "listen"))
        server_listen(server, ticket);
    else if (!hold)
        server_answer(server, ticket, line, -1);
}

static int set_up(void **state)
{
    (void)state;
    snprintf(address.sun_path, sizeof address.sun_path, "/tmp/clipgrid-server-%d", (int)getpid());
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 8) < 0)
        return -1;
    server = server_new(listener, take_line, NULL);
    lines = 0;
    hold = false;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    server_free(server);
    close(listener);
    return unlink(address.sun_path);
}

static void turn(void)
{
    struct pollfd fds[SERVER_CLIENTS + 1];
    for (int i = 0; i < 20; i++) {
        int count = server_poll(server, fds, SERVER_CLIENTS + 1);
        if (poll(fds, (nfds_t)count, 0) > 0)
            server_handle(server, fds, count);
        server_flush(server);
    }
}

static int join(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    turn();
}

static const char *hear(int fd)
{
    static char text[70000];
    ssize_t got = read(fd, text, sizeof text - 1);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

static void replies_come_in_the_order_of_the_lines(void **state)
{
    (void)state;
    int fd = join();
    hold = true;
    say(fd, "one\ntwo\r\nthree\n");
    assert_int_equal(lines, 3);
    assert_string_equal(last_line, "three");
    server_answer(server, kept[2], "3", -1);
    server_answer(server, kept[1], "2", -1);
    turn();
    assert_string_equal(hear(fd), "");
    server_answer(server, kept[0], "1", -1);
    turn();
    assert_string_equal(hear(fd), "1\n2\n3\n");
    close(fd);
}

static void a_line_too_long_costs_one_error(void **state)
{
    (void)state;
    int fd = join();
    char *text = calloc(1, 9002);
    memset(text, 'x', 9000);
    say(fd, text);
    say(fd, "\nfine\n");
    assert_string_equal(hear(fd), "error usage a line has at most 4096 bytes\nfine\n");
    memset(text, 'y', 4096);
    text[4096] = '\n';
    text[4097] = '\0';
    say(fd, text);
    assert_int_equal(strlen(hear(fd)), 4097);
    free(text);
    close(fd);
}

static void a_nul_byte_costs_one_error(void **state)
{
    (void)state;
    int fd = join();
    assert_int_equal(write(fd, "a\0b\nnext\n", 9), 9);
    turn();
    assert_string_equal(hear(fd), "error usage a line is UTF-8 text, without NUL bytes\nnext\n");
    close(fd);
}

static void a_client_with_too_many_lines_unanswered_waits(void **state)
{
    (void)state;
    int fd = join();
    hold = true;
    for (int i = 0; i < SERVER_UNANSWERED + 100; i++)
        say(fd, "x\n");
    assert_int_equal(lines, SERVER_UNANSWERED);
    server_answer(server, kept[0], "0", -1);
    turn();
    assert_int_equal(lines, SERVER_UNANSWERED + 1);
    close(fd);
}

static void answers_to_a_client_that_left_go_nowhere(void **state)
{
    (void)state;
    int fd = join();
    hold = true;
    say(fd, "x\n");
    close(fd);
    server_answer(server, kept[0], "late", -1);
    turn();
    int other = join();
    hold = false;
    say(other, "mine\n");
    server_answer(server, kept[0], "late", -1);
    turn();
    assert_string_equal(hear(other), "mine\n");
    close(other);
}

static void a_half_closed_client_gets_its_answers(void **state)
{
    (void)state;
    int fd = join();
    hold = true;
    assert_int_equal(write(fd, "x\n", 2), 2);
    shutdown(fd, SHUT_WR);
    turn();
    server_answer(server, kept[0], "yes", -1);
    turn();
    assert_string_equal(hear(fd), "yes\n");
    assert_int_equal(read(fd, last_line, 1), 0);
    close(fd);
}

static void listeners_hear_events_and_slow_ones_are_dropped(void **state)
{
    (void)state;
    int fd = join(), deaf = join();
    say(fd, "listen\n");
    say(deaf, "listen\n");
    server_tell(server, "play 1/1/1");
    turn();
    assert_string_equal(hear(fd), "play 1/1/1\n");
    char event[1001];
    memset(event, 'e', 1000);
    event[1000] = '\0';
    for (int i = 0; i < 3000; i++) {
        server_tell(server, event);
        turn();
        hear(fd);
    }
    say(fd, "alive\n");
    assert_non_null(strstr(hear(fd), "alive"));
    long total = 0;
    for (const char *text; *(text = hear(deaf));)
        total += (long)strlen(text);
    assert_true(total < 3000 * 1001);
    char byte;
    assert_int_equal(read(deaf, &byte, 1), 0);
    close(fd);
    close(deaf);
}

static void a_descriptor_goes_along(void **state)
{
    (void)state;
    int fd = join();
    hold = true;
    say(fd, "attach\n");
    server_answer(server, kept[0], "ok 1", STDIN_FILENO);
    turn();
    char text[64];
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {text, sizeof text};
    struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    assert_int_equal(recvmsg(fd, &packet, 0), 5);
    assert_non_null(CMSG_FIRSTHDR(&packet));
    close(fd);
}

/* Nothing may be opened any more. */
static void exhaust(struct rlimit *before)
{
    assert_int_equal(getrlimit(RLIMIT_NOFILE, before), 0);
    int next = dup(listener);
    assert_true(next >= 0);
    close(next);
    struct rlimit none = {.rlim_cur = (rlim_t)next, .rlim_max = before->rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
}

static bool is_heard(void)
{
    struct pollfd fds[SERVER_CLIENTS + 1];
    int count = server_poll(server, fds, SERVER_CLIENTS + 1);
    return count > 0 && fds[0].fd == listener;
}

static void without_descriptors_clients_are_refused_and_the_others_served(void **state)
{
    (void)state;
    int old = join(), late;
    struct rlimit before;
    turn();
    late = join();
    exhaust(&before);
    turn();
    assert_non_null(strstr(hear(late), "error busy the show has no descriptor left"));
    say(old, "still\n");
    assert_string_equal(hear(old), "still\n");
    assert_true(is_heard());                /* the reserve is there again */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    close(late);
    late = join();
    say(late, "again\n");
    assert_string_equal(hear(late), "again\n");
    close(old);
    close(late);
}

/* Not even the reserve helps: the connection stays in the queue, wakes nobody, and is taken when there is room. */
static void without_the_reserve_nobody_is_heard_for_a_while(void **state)
{
    (void)state;
    int late = join();
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){.rlim_cur = 3, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    turn();
    assert_false(is_heard());
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    while (!is_heard())
        ;
    say(late, "heard\n");
    assert_string_equal(hear(late), "heard\n");
    close(late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(replies_come_in_the_order_of_the_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_too_long_costs_one_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_nul_byte_costs_one_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_client_with_too_many_lines_unanswered_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_to_a_client_that_left_go_nowhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_half_closed_client_gets_its_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(listeners_hear_events_and_slow_ones_are_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_descriptor_goes_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_descriptors_clients_are_refused_and_the_others_served, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_the_reserve_nobody_is_heard_for_a_while, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
