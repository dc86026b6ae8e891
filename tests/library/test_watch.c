/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a file is told once, whichever way it happens, and only what the show does not know. */
#include "config.h"

#include "../folder.h"

#include "library/watch.h"
#include "library/watch_list.h"
#include "platform/clock.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <cmocka.h>

enum { SLOTS = 600, SOON_MS = 30000, POLL_MS = 150, QUIET_MS = 3 * WATCH_SETTLE_MS };

static char folder[200];

static const char *absolute(const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Whole at once, whoever looks when. */
static void put(const char *name, const char *text)
{
    folder_write("being-made", text);
    assert_int_equal(rename("being-made", name), 0);
}

static void follow(struct watch *watch, uint32_t slot, const char *name)
{
    struct stat st;
    watch_follow(watch, slot, absolute(name));
    if (stat(name, &st) == 0)
        watch_loaded(watch, absolute(name), &st);
    else
        watch_missing(watch, slot);
}

static bool await(struct watch *watch, int ms, struct watch_news *news)
{
    uint64_t due = clock_now_rt() + (uint64_t)ms * (CLOCK_SECOND_NS / 1000);
    while (!watch_take(watch, news)) {
        uint64_t now = clock_now_rt();
        struct pollfd ready = {.fd = watch_fd(watch), .events = POLLIN};
        if (now >= due)
            return false;
        poll(&ready, 1, (int)((due - now) / 1000000) + 1);
    }
    return true;
}

static void expect(struct watch *watch, uint32_t slot, enum watch_what what)
{
    struct watch_news news;
    assert_true(await(watch, SOON_MS, &news));
    assert_int_equal(news.slot, slot);
    assert_int_equal(news.what, what);
}

static void expect_silence(struct watch *watch)
{
    struct watch_news news;
    if (await(watch, QUIET_MS, &news))
        fail_msg("slot %u: news %d", news.slot, (int)news.what);
}

static void files_come_change_and_go(void **state)
{
    (void)state;
    struct watch *watch = watch_new(SLOTS, POLL_MS, false);
    follow(watch, 1, "a.wav");
    expect_silence(watch);
    folder_write("a.wav", "one");
    expect(watch, 1, WATCH_ARRIVED);
    folder_write("a.wav", "three");
    expect(watch, 1, WATCH_CHANGED);
    folder_write("new", "seven");                       /* as long as the old one */
    rename("new", "a.wav");
    expect(watch, 1, WATCH_CHANGED);
    rename("a.wav", "b.wav");
    expect(watch, 1, WATCH_VANISHED);
    rename("b.wav", "a.wav");
    expect(watch, 1, WATCH_ARRIVED);
    unlink("a.wav");
    expect(watch, 1, WATCH_VANISHED);
    folder_write("elsewhere", "x");
    link("elsewhere", "a.wav");
    expect(watch, 1, WATCH_ARRIVED);
    folder_write("unrelated.wav", "x");
    expect_silence(watch);
    watch_forget(watch, 1);
    unlink("a.wav");
    expect_silence(watch);
    watch_free(watch);
}

static void a_file_is_told_when_it_is_whole(void **state)
{
    (void)state;
    struct watch *watch = watch_new(SLOTS, POLL_MS, false);
    follow(watch, 1, "slow.wav");
    expect_silence(watch);
    int fd = open("slow.wav", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "half", 4), 4);
    expect_silence(watch);
    assert_int_equal(write(fd, "half", 4), 4);
    close(fd);
    expect(watch, 1, WATCH_ARRIVED);
    expect_silence(watch);
    watch_free(watch);
}

/* Between its load and the first look at it. */
static void what_the_show_has_is_what_counts(void **state)
{
    (void)state;
    struct watch *watch = watch_new(SLOTS, POLL_MS, false);
    struct stat st;
    folder_write("c.wav", "old");
    assert_int_equal(stat("c.wav", &st), 0);
    folder_write("c.wav", "newer");
    watch_follow(watch, 1, absolute("c.wav"));
    watch_loaded(watch, absolute("c.wav"), &st);
    expect(watch, 1, WATCH_CHANGED);
    watch_follow(watch, 2, absolute("c.wav"));
    watch_missing(watch, 2);
    expect(watch, 2, WATCH_ARRIVED);
    expect_silence(watch);
    watch_free(watch);
}

static void folders_come_and_go(void **state)
{
    (void)state;
    struct watch *watch = watch_new(SLOTS, POLL_MS, false);
    follow(watch, 1, "later/deep/a.wav");
    expect_silence(watch);
    mkdir("later", 0700);
    mkdir("later/deep", 0700);
    put("later/deep/a.wav", "x");
    expect(watch, 1, WATCH_ARRIVED);
    rename("later", "gone");
    expect(watch, 1, WATCH_VANISHED);
    rename("gone", "later");
    expect(watch, 1, WATCH_ARRIVED);
    rename("later/deep", "later/other");
    expect(watch, 1, WATCH_VANISHED);
    put("later/other/a.wav", "xyz");
    rename("later/other", "later/deep");
    expect(watch, 1, WATCH_ARRIVED);
    put("later/deep/a.wav", "watched again");
    expect(watch, 1, WATCH_CHANGED);
    watch_free(watch);
}

/* Every file is renamed away and back many times: what is told ends with how things are. */
static void a_storm_ends_in_the_truth(void **state)
{
    (void)state;
    struct watch *watch = watch_new(SLOTS, POLL_MS, false);
    bool there[SLOTS];
    char name[32], away[32];
    struct watch_news news;
    mkdir("storm", 0700);
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        snprintf(name, sizeof name, "storm/%u", slot);
        folder_write(name, "x");
        follow(watch, slot, name);
        there[slot] = true;
    }
    for (int round = 0; round < 21; round++)
        for (uint32_t slot = 0; slot < SLOTS; slot++) {
            snprintf(name, sizeof name, "storm/%u", slot);
            snprintf(away, sizeof away, "storm/%u.away", slot);
            if (slot % 3 || round < 20)
                rename(round % 2 ? away : name, round % 2 ? name : away);
        }
    int wrong = 0;
    do {
        wrong = 0;
        for (uint32_t slot = 0; slot < SLOTS; slot++)
            wrong += there[slot] != (slot % 3 == 0);
        if (!wrong)
            break;
        assert_true(await(watch, SOON_MS, &news));
        there[news.slot] = news.what != WATCH_VANISHED;
    } while (wrong);
    while (await(watch, QUIET_MS, &news))
        assert_int_equal(news.what == WATCH_VANISHED, news.slot % 3 != 0);
    watch_free(watch);
}

static void without_inotify_files_are_looked_at(void **state)
{
    (void)state;
    struct watch *watch = watch_new(SLOTS, POLL_MS, true);
    follow(watch, 1, "polled.wav");
    put("polled.wav", "x");
    expect(watch, 1, WATCH_ARRIVED);
    put("polled.wav", "xx");
    expect(watch, 1, WATCH_CHANGED);
    unlink("polled.wav");
    expect(watch, 1, WATCH_VANISHED);
    watch_free(watch);
}

static void the_target_of_a_link_counts(void **state)
{
    (void)state;
    struct watch *watch = watch_new(SLOTS, POLL_MS, false);
    mkdir("far", 0700);
    put("far/target", "x");
    symlink("far/target", "link.wav");
    follow(watch, 1, "link.wav");
    expect_silence(watch);
    put("far/target", "changed");
    expect(watch, 1, WATCH_CHANGED);
    watch_free(watch);
}

static void note(void *context, uint32_t slot, uint32_t serial, enum watch_what what)
{
    int *told = context;
    assert_int_equal(slot, 5);
    assert_int_equal(serial, 77);
    assert_int_equal(what, WATCH_CHANGED);
    (*told)++;
}

/* The kernel threw signs away: everything is looked at. */
static void an_overflow_is_made_good(void **state)
{
    (void)state;
    int ends[2], told = 0;
    struct stat st;
    assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    struct watch_list *list = watch_list_new(SLOTS, ends[0], note, &told);
    folder_write("lost.wav", "x");
    watch_list_follow(list, 5, 77, absolute("lost.wav"));
    assert_int_equal(stat("lost.wav", &st), 0);
    watch_list_loaded(list, absolute("lost.wav"), &st);
    watch_list_look(list);
    folder_write("lost.wav", "changed");
    assert_false(watch_list_due(list));
    struct inotify_event overflow = {.wd = -1, .mask = IN_Q_OVERFLOW};
    assert_int_equal(write(ends[1], &overflow, sizeof overflow), sizeof overflow);
    watch_list_read(list);
    assert_true(watch_list_due(list));
    watch_list_look(list);
    assert_int_equal(told, 1);
    watch_list_free(list);
    close(ends[0]);
    close(ends[1]);
}

static int set_up(void **state)
{
    return folder_enter(state) < 0 || !getcwd(folder, sizeof folder) ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_change_and_go), cmocka_unit_test(a_file_is_told_when_it_is_whole),
        cmocka_unit_test(what_the_show_has_is_what_counts), cmocka_unit_test(folders_come_and_go),
        cmocka_unit_test(a_storm_ends_in_the_truth), cmocka_unit_test(without_inotify_files_are_looked_at),
        cmocka_unit_test(the_target_of_a_link_counts), cmocka_unit_test(an_overflow_is_made_good),
    };
    return cmocka_run_group_tests(tests, set_up, folder_leave);
}
