/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command log: operations are not lost and not done twice, whenever a life ends; edits come back once, in order; what is
 * full says so. And which lines need no document.
 */
#include "config.h"

#include "process/command_log.h"
#include "process/interim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { ROOM = COMMAND_LOG_OPS };

struct rig {
    int fd;
    struct command_log *log;
    struct op op[ROOM];                 /* as the next life finds them */
};

static int begin(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    rig->fd = command_log_create();
    assert_true(rig->fd >= 0);
    rig->log = command_log_map(rig->fd);
    assert_non_null(rig->log);
    *state = rig;
    return 0;
}

static int end(void **state)
{
    struct rig *rig = *state;
    command_log_unmap(rig->log);
    close(rig->fd);
    free(rig);
    return 0;
}

/* Another process has the memory, not the pointers. */
static void begin_life(struct rig *rig)
{
    command_log_unmap(rig->log);
    rig->log = command_log_map(rig->fd);
    assert_non_null(rig->log);
}

static void add(struct rig *rig, uint32_t from, uint32_t to)
{
    for (uint32_t serial = from; serial < to; serial++)
        command_log_add_op(rig->log, &(struct op){.type = OP_PRESS, .serial = serial, .clip = (uint16_t)(serial % 1000)});
}

/* context: all before this number are done, and it. */
static bool is_done(const void *context, uint32_t serial)
{
    return serial <= *(const uint32_t *)context;
}

static bool is_odd(const void *context, uint32_t serial)
{
    (void)context;
    return serial % 2;
}

static void what_is_not_done_comes_back_in_order(void **state)
{
    struct rig *rig = *state;
    uint32_t done = 60;
    add(rig, 1, 101);
    begin_life(rig);
    assert_int_equal(command_log_undone(rig->log, is_done, &done, rig->op), 40);
    for (uint32_t i = 0; i < 40; i++) {
        assert_int_equal(rig->op[i].serial, 61 + i);
        assert_int_equal(rig->op[i].clip, 61 + i);
    }
    assert_int_equal(command_log_undone(rig->log, is_odd, NULL, rig->op), 50);
    assert_int_equal(rig->op[49].serial, 100);
}

/* A life after the other dies at the worst moments: before it has turned the log over, and after. */
static void nothing_is_done_twice_over_lives(void **state)
{
    struct rig *rig = *state;
    uint32_t done = 10, serial = 21;
    add(rig, 1, serial);
    for (int life = 0; life < 50; life++) {
        begin_life(rig);
        unsigned undone = command_log_undone(rig->log, is_done, &done, rig->op);
        assert_int_equal(undone, 10);
        begin_life(rig);                /* dead before the log is turned over: found again, the same */
        assert_int_equal(command_log_undone(rig->log, is_done, &done, rig->op), undone);
        for (unsigned i = 0; i < undone; i++)
            rig->op[i].serial = serial++;
        command_log_begin_ops(rig->log, rig->op, undone);
        begin_life(rig);                /* dead behind it: once, under the new numbers */
        done = serial - 1 - undone;
        assert_int_equal(command_log_undone(rig->log, is_done, &done, rig->op), undone);
        assert_int_equal(rig->op[0].serial, serial - undone);
        done = serial - 1;
        add(rig, serial, serial + 10);
        serial += 10;
    }
}

/* As many as may be unanswered are there, wherever the ring begins; of more the newest. */
static void the_ring_wraps(void **state)
{
    struct rig *rig = *state;
    for (uint32_t from = 1; from < 5 * ROOM; from += ROOM / 3 + 7) {
        uint32_t done = from + ROOM / 3 + 6 > COMMAND_LOG_WAITING ? from + ROOM / 3 + 6 - COMMAND_LOG_WAITING : 0;
        uint32_t last = from + ROOM / 3 + 6;
        add(rig, from, last + 1);
        unsigned undone = command_log_undone(rig->log, is_done, &done, rig->op);
        assert_int_equal(undone, last - done);
        for (unsigned i = 0; i < undone; i++)
            assert_int_equal(rig->op[i].serial, done + 1 + i);
    }
    uint32_t none = 0;
    assert_int_equal(command_log_undone(rig->log, is_done, &none, rig->op), ROOM - 1);     /* one may be half written over */
}

static void edits_come_back_once(void **state)
{
    struct rig *rig = *state;
    char line[40];
    for (uint32_t number = 1; number <= 20; number++) {
        snprintf(line, sizeof line, "set show name %u", number);
        assert_true(command_log_add_edit(rig->log, number, line));
        assert_true(command_log_add_edit(rig->log, number, line));      /* added again by the next life */
    }
    begin_life(rig);
    char *lines = command_log_edits_after(rig->log, 18);
    assert_string_equal(lines, "set show name 19\nset show name 20\n");
    free(lines);
    command_log_forget_edits(rig->log);
    lines = command_log_edits_after(rig->log, 0);
    assert_string_equal(lines, "");
    free(lines);
    assert_true(command_log_add_edit(rig->log, 21, ""));
    assert_true(command_log_add_edit(rig->log, 22, "undo"));
    lines = command_log_edits_after(rig->log, 20);
    assert_string_equal(lines, "\nundo\n");
    free(lines);
}

static void a_full_log_says_so_and_keeps_what_it_has(void **state)
{
    struct rig *rig = *state;
    static char line[4097];
    uint32_t number = 0;
    memset(line, 'x', sizeof line - 1);
    while (command_log_has_room(rig->log))
        assert_true(command_log_add_edit(rig->log, ++number, line));
    uint32_t told = number;
    while (command_log_add_edit(rig->log, number + 1, line))
        number++;
    assert_in_range(number - told, 1, 2);       /* there was room for a line of a command, and not for ever */
    begin_life(rig);
    char *lines = command_log_edits_after(rig->log, 0);
    assert_int_equal(strlen(lines), number * sizeof line);
    free(lines);
    command_log_forget_edits(rig->log);
    assert_true(command_log_has_room(rig->log));
}

static void media_keep_their_slots(void **state)
{
    struct rig *rig = *state;
    command_log_set_medium(rig->log, 0, 17);
    command_log_set_medium(rig->log, 4095, 18);
    command_log_set_medium(rig->log, UINT32_MAX, 19);      /* nowhere */
    begin_life(rig);
    assert_int_equal(command_log_medium(rig->log, 0), 17);
    assert_int_equal(command_log_medium(rig->log, 4095), 18);
    assert_int_equal(command_log_medium(rig->log, 1), 0);
    assert_int_equal(command_log_medium(rig->log, UINT32_MAX), 0);
}

static void another_layout_is_refused(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(pwrite(rig->fd, "no", 2, 0), 2);
    assert_null(command_log_map(rig->fd));
    assert_null(command_log_map(-1));
}

static void lines_know_whether_they_need_a_document(void **state)
{
    (void)state;
    static const char *const acts[] = {"panic", "  panic ", "emergency", "stop all", "stop group:B", "fade bus:A -inf 2", "pause all",
                                       "resume\tall", "mute group:A on", "solo group:A on"};
    static const char *const tells[] = {"status", "status --json", "help", "idle", "quit"};
    static const char *const waits[] = {"stop rain", "stop", "stop tab:2", "stop allegro", "fade 1/1/1 -6 2", "press rain", "panics",
                                        "save", "undo", "attach view", "", "check", "set show name panic", "mute rain on"};
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        assert_int_equal(interim_kind_of(acts[i]), INTERIM_ACTS);
    for (size_t i = 0; i < sizeof tells / sizeof *tells; i++)
        assert_int_equal(interim_kind_of(tells[i]), INTERIM_TELLS);
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        assert_int_equal(interim_kind_of(waits[i]), INTERIM_WAITS);
}

#define LIFE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIFE(what_is_not_done_comes_back_in_order), LIFE(nothing_is_done_twice_over_lives), LIFE(the_ring_wraps),
        LIFE(edits_come_back_once), LIFE(a_full_log_says_so_and_keeps_what_it_has), LIFE(media_keep_their_slots),
        LIFE(another_layout_is_refused), cmocka_unit_test(lines_know_whether_they_need_a_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
