/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole screen on a pseudo-terminal: the test is the person at the terminal and the show at the
 * other end of the socket. What is typed must arrive as the right commands and nothing else; what
 * is written must be nothing when nothing changes, and never what a name in the show asks for.
 */
#include "config.h"

#include "fake_show.h"
#include "base/strbuf.h"
#include "platform/clock.h"
#include "screen/screen.h"

#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { PATIENCE_MS = 10000, HUNG = 99 };

static struct fake_show fake;
static int pty = -1, peer = -1;
static pid_t pid;
static struct strbuf written, commands; /* by the screen: to its terminal, to the show */

static void run_screen(int socket)
{
    static const struct keys_binding mine[] = {{"F5", "press mine"}};
    struct screen_options options = {.role = COMMAND_ROLE_EDIT, .colors = true, .binding = mine, .bindings = 1};
    struct screen *screen = screen_open(&options, NULL);
    if (!screen)
        _exit(77);
    enum screen_end end = screen_run(screen, socket, state_map(fake.state_fd));
    screen_close(screen);
    _exit(end == SCREEN_LEFT ? 0 : 1);
}

static int start(void **state)
{
    (void)state;
    int pair[2];
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    fake_show_open(&fake, 60);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    pid = forkpty(&pty, NULL, NULL, &size);
    if (pid == 0) {
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        close(pair[1]);
        run_screen(pair[0]);
    }
    close(pair[0]);
    peer = pair[1];
    return pid < 0 ? -1 : 0;
}

static int end(void **state)
{
    (void)state;
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    if (pty >= 0)
        close(pty);
    if (peer >= 0)
        close(peer);
    close(fake.state_fd);
    strbuf_clear(&written);
    strbuf_clear(&commands);
    return 0;
}

static void take(int fd, struct strbuf *into, bool answer)
{
    char bytes[65536];
    ssize_t count = read(fd, bytes, sizeof bytes);
    if (count <= 0)
        return;
    strbuf_add(into, bytes, (size_t)count);
    for (ssize_t i = 0; answer && i < count; i++)
        if (bytes[i] == '\n')
            assert_int_equal(write(fd, "ok\n", 3), 3);
}

/* Reads what the screen says for a while. Return: bytes written to the terminal meanwhile. */
static size_t listen_for(int ms)
{
    size_t before = written.len;
    uint64_t until = clock_now_rt() + (uint64_t)ms * 1000000;
    while (clock_now_rt() < until) {
        struct pollfd fds[] = {{.fd = pty, .events = POLLIN}, {.fd = peer, .events = POLLIN}};
        fake_show_step(&fake, 0);       /* the engine lives, and nothing sounds */
        if (poll(fds, 2, 5) <= 0)
            continue;
        if (fds[0].revents & POLLIN)
            take(pty, &written, false);
        if (fds[1].revents & POLLIN)
            take(peer, &commands, true);
    }
    return written.len - before;
}

static void wait_until_quiet(void)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += 150)
        if (listen_for(150) == 0 && written.len)
            return;
    fail_msg("the screen never comes to rest");
}

static void wait_for(const struct strbuf *where, const char *text)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += 20) {
        if (where->len && memmem(where->s, where->len, text, strlen(text)))
            return;
        listen_for(20);
    }
    fail_msg("`%s` never comes; there is: %s", text, where->s ? where->s : "");
}

static void type(const char *keys)
{
    assert_int_equal(write(pty, keys, strlen(keys)), (ssize_t)strlen(keys));
}

/* Types and expects exactly these commands; a save ends each try, so that what comes late is seen. */
static void assert_commands(const char *keys, const char *expected)
{
    char whole[512];
    strbuf_reset(&commands);
    type(keys);
    listen_for(130);                    /* an escape at the end gets its time */
    type("\x13");
    wait_for(&commands, "save\n");
    strcpy(whole, expected);
    strcat(whole, "save\n");
    assert_string_equal(commands.s, whole);
}

static int status_of_screen(void)
{
    int status;
    for (int waited = 0; waited < PATIENCE_MS; waited += 20) {
        if (pty >= 0)
            listen_for(20);
        else
            clock_sleep_ms(20);
        if (waitpid(pid, &status, WNOHANG) == pid) {
            pid = -1;
            return WIFEXITED(status) ? WEXITSTATUS(status) : HUNG;
        }
    }
    return HUNG;
}

static void a_still_show_costs_not_one_byte(void **state)
{
    (void)state;
    wait_until_quiet();
    assert_int_equal(listen_for(2200), 0);
}

static void keys_become_the_commands_they_stand_for(void **state)
{
    (void)state;
    wait_until_quiet();
    assert_commands("q1e", "press 1/2/1\npress 1/1/1\npress 1/2/3\n");
    assert_commands("\x1bq", "audition 1/2/1\n");
    assert_commands("w3t", "");                         /* no clips there */
    assert_commands("\r\x1b[B\r\x7f", "press 1/1/1\npress 1/2/1\nstop 1/2/1\n");
    assert_commands("\x1b[20~\x1b[24~", "stop all\npanic\n");
    assert_commands("\x1b[15~", "press mine\n");        /* the configuration's */
    assert_commands("\x0b", "lock on\n");
}

static void what_is_no_key_makes_no_sound(void **state)
{
    (void)state;
    wait_until_quiet();
    assert_commands("\x1b[", "");
    assert_commands("\x1b[1", "");
    assert_commands("\x1b", "");
    assert_commands("QWE!'\" \x01\x02", "");
    assert_commands("\x03\x1a", "");                    /* ^C, ^Z */
    assert_commands("\x1b[200~qwerty\r1234\x1b[201~", "");
    assert_commands("\x1b[99;5~\x1b[?62;c\xff\xfe\xc3", "");
}

static void letters_are_text_on_the_command_line(void **state)
{
    (void)state;
    wait_until_quiet();
    assert_commands(":qwe\x1b", "");
    assert_commands(":press c1\r", "press c1\n");
    assert_commands(":stop @\r", "stop 1/1/1\n");
    assert_commands(":qw\x18" "e\x1b", "panic\n");      /* panic from inside */
    assert_commands(":tab 2\rq", "");                   /* the screen's own; that tab has no clip on q */
    assert_commands("\x1bOP" "q", "press 1/2/1\n");
    assert_commands(":idle\r:page triple\r:tab 9\r", "");
}

static void clear_and_quit_ask_first(void **state)
{
    (void)state;
    wait_until_quiet();
    assert_commands("\x1b[3~n", "");
    assert_commands("\x1b[3~y", "clear 1/1/1\n");
    assert_commands("\x1b[3~\x1b", "");
    assert_commands("\x1b[3~q", "press 1/2/1\n");       /* another key takes the question back */
    assert_commands(":clear c1\rn:quit\rn\x11n", "");
    type("\x11y");
    assert_int_equal(status_of_screen(), 0);
}

static void the_grid_fires_while_help_is_open(void **state)
{
    (void)state;
    wait_until_quiet();
    type("?");
    wait_for(&written, "Play keys");
    assert_commands("q\x1b[B\x1b[6~", "press 1/2/1\n");
    type("\x1b");
    wait_until_quiet();
    assert_commands("\x1b[B\r", "press 1/2/1\n");       /* closed: arrows are the cursor's again */
}

static void names_of_the_show_cannot_reach_the_terminal(void **state)
{
    (void)state;
    struct state_cell cell = fake.segment->cell[0];
    wait_until_quiet();
    strcpy(cell.name, "\x1b]0;evil\x07\x9b" "31m\xc2\x9b" "2J\x1b[2J");
    strcpy(cell.notes, "\x1b[8mgone\r\n");
    strcpy(cell.id, "\x1bP");
    fake_show_publish_cell(&fake, 0, &cell);
    fake_show_notice(&fake, true, "refused \x1b[31m\x07" "bell");
    strbuf_reset(&written);
    wait_for(&written, "bell");
    wait_until_quiet();
    static const char *const never[] = {"\x1b]", "\x07", "\x1bP", "\x1b[8m", "\xc2\x9b"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        assert_null(memmem(written.s, written.len, never[i], strlen(never[i])));
}

static void refusals_are_shown_and_read(void **state)
{
    (void)state;
    wait_until_quiet();
    fake_show_notice(&fake, true, "AAAA");
    fake_show_notice(&fake, true, "BBBB");
    wait_for(&written, "BBBB");         /* the newest stays on top */
    listen_for(200);
    assert_null(memmem(written.s, written.len, "AAAA", 4));
    type("\x0e");
    wait_for(&written, "AAAA");
    strbuf_reset(&written);
    fake_show_notice(&fake, false, "CCCC");
    listen_for(200);                    /* news do not hide what is not read */
    assert_true(!written.len || !memmem(written.s, written.len, "CCCC", 4));
    type("\x0e");
    wait_for(&written, "CCCC");
}

static void a_storm_of_sizes_is_weathered(void **state)
{
    (void)state;
    wait_until_quiet();
    for (int i = 0; i < 400; i++) {
        struct winsize size = {.ws_row = (unsigned short)(1 + i * 37 % 90), .ws_col = (unsigned short)(1 + i * 61 % 250)};
        assert_int_equal(ioctl(pty, TIOCSWINSZ, &size), 0);
        if (i % 20 == 0)
            listen_for(5);
    }
    struct winsize size = {.ws_row = 10, .ws_col = 40};
    assert_int_equal(ioctl(pty, TIOCSWINSZ, &size), 0);
    strbuf_reset(&written);
    wait_for(&written, "needs 80x24");
    assert_commands("q", "press 1/2/1\n");              /* too small to see, but keys work */
    size = (struct winsize){.ws_row = 24, .ws_col = 80};
    assert_int_equal(ioctl(pty, TIOCSWINSZ, &size), 0);
    wait_for(&written, "ACT I");
}

static void resize(unsigned short rows, unsigned short columns)
{
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    assert_int_equal(ioctl(pty, TIOCSWINSZ, &size), 0);
}

/* Each page has its own tab, cursor and key window; keys act on the one with the focus. */
static void two_pages_stand_side_by_side(void **state)
{
    (void)state;
    wait_until_quiet();
    resize(30, 130);
    wait_until_quiet();
    strbuf_reset(&written);
    assert_commands("\x10", "page dual 1 2\n");
    wait_for(&written, "R[2 STORM]");
    assert_commands("q\x17" "q", "press 1/2/1\n");      /* tab 2 has no clip on q */
    assert_commands(":tab 3\r\x1b[B\x7f", "page dual 1 3\nstop 3/2/1\n");
    assert_commands("\x17\x7f\x17\x7f", "stop 1/1/1\nstop 3/2/1\n");
    assert_commands("\x14\x7f\x17q", "page dual 3 1\nstop 3/2/1\npress 1/2/1\n");
    assert_commands(":page single\r\x7f", "page single 3 1\nstop 1/1/1\n");
    assert_commands(":page dual 2 1\r:page dual 2 9\r\x17\x7f", "page dual 2 1\nstop 2/1/1\n");
}

static void two_pages_want_120_columns_and_say_so(void **state)
{
    (void)state;
    wait_until_quiet();
    strbuf_reset(&written);
    fake.desk.page_dual = 1;
    fake.desk.page_left = 2;
    fake.desk.page_serial++;
    fake_show_publish_desk(&fake);      /* by ctl, for all screens */
    wait_for(&written, "two pages want 120 columns and this screen has 80");
    strbuf_reset(&written);
    resize(24, 120);
    wait_for(&written, "L");
    wait_for(&written, "[2 STORM]");
    strbuf_reset(&written);
    resize(24, 119);
    wait_for(&written, "has 119: one is shown");
}

static void an_emergency_is_seen_and_says_how_it_ends(void **state)
{
    (void)state;
    wait_until_quiet();
    assert_commands("\x1b[21~", "emergency\n");        /* F10 */
    strbuf_reset(&written);
    fake.live.emergency = 1;
    wait_for(&written, "E M E R G E N C Y");
    wait_for(&written, "F10: go on from here");
    type("?");                          /* also over an open panel */
    wait_for(&written, "audition it");
    strbuf_reset(&written);
    type("\x0c");
    wait_for(&written, "E M E R G E N C Y");
    type("?");
    wait_until_quiet();
    strbuf_reset(&written);
    fake.live.emergency = 0;
    wait_until_quiet();
    type("\x0c");
    wait_until_quiet();
    assert_true(written.len && !memmem(written.s, written.len, "E M E R G", 9));
}

static void samples_past_full_scale_are_counted(void **state)
{
    (void)state;
    wait_until_quiet();
    fake.live.over = 37;
    wait_for(&written, "over 37");
}

static void it_leaves_when_told_to(void **state)
{
    (void)state;
    wait_until_quiet();
    type("\x04");
    assert_int_equal(status_of_screen(), 0);
}

static void a_lost_terminal_ends_the_screen_alone(void **state)
{
    (void)state;
    wait_until_quiet();
    close(pty);
    pty = -1;
    assert_int_equal(status_of_screen(), 0);
}

static void a_lost_connection_is_told_to_the_caller(void **state)
{
    (void)state;
    wait_until_quiet();
    close(peer);
    peer = -1;
    assert_int_equal(status_of_screen(), 1);
}

static void detach_by_ctl_is_followed(void **state)
{
    (void)state;
    wait_until_quiet();
    fake.desk.follow_tab = 2;
    fake.desk.follow_serial++;
    fake_show_publish_desk(&fake);
    wait_for(&written, "[2 STORM]");
    fake.desk.detach_serial++;
    fake_show_publish_desk(&fake);
    assert_int_equal(status_of_screen(), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        TEST(a_still_show_costs_not_one_byte), TEST(keys_become_the_commands_they_stand_for), TEST(what_is_no_key_makes_no_sound),
        TEST(letters_are_text_on_the_command_line), TEST(clear_and_quit_ask_first), TEST(the_grid_fires_while_help_is_open),
        TEST(names_of_the_show_cannot_reach_the_terminal), TEST(refusals_are_shown_and_read),
        TEST(a_storm_of_sizes_is_weathered), TEST(two_pages_stand_side_by_side),
        TEST(two_pages_want_120_columns_and_say_so), TEST(an_emergency_is_seen_and_says_how_it_ends),
        TEST(samples_past_full_scale_are_counted), TEST(it_leaves_when_told_to), TEST(a_lost_terminal_ends_the_screen_alone),
        TEST(a_lost_connection_is_told_to_the_caller), TEST(detach_by_ctl_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
