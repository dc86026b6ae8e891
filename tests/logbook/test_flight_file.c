/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings on the disk: cut anywhere they are what is whole of them, gone on with from there, and bounded. */
#include "config.h"

#include "../folder.h"

#include "logbook/flight_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static const char *const folder = ".";

static struct flight_record record_of(uint64_t number, const char *payload)
{
    struct flight_record record = {.size = (uint32_t)strlen(payload), .number = number, .wall_ns = 1764000000000000000,
                                   .kind = FLIGHT_NOTICE};
    record.check = flight_check_of(&record, payload);
    return record;
}

static void write_one(struct flight_file *file, uint64_t number, const char *payload)
{
    struct err err;
    struct flight_record record = record_of(number, payload);
    assert_int_equal(flight_file_write(file, &record, payload, &err), 0);
}

/* The name of the newest recording. Return: how many there are. */
static int newest(char path[600])
{
    char place[300];
    struct dirent **names;
    snprintf(place, sizeof place, "%s/flight", folder);
    int count = scandir(place, &names, NULL, alphasort) - 2;
    snprintf(path, 600, "%s/%s", place, names[count + 1]->d_name);
    for (int i = 0; i < count + 2; i++)
        free(names[i]);
    free(names);
    return count;
}

static int count_whole(const char *path)
{
    struct err err;
    struct flight_record record;
    const char *payload;
    int count = 0;
    struct flight_tape *tape = flight_tape_open(path, &err);
    if (!tape)
        return -1;
    while (flight_tape_next(tape, &record, &payload, &err) > 0) {
        char wanted[40];
        count++;
        snprintf(wanted, sizeof wanted, "record %d", count);
        assert_int_equal(record.number, count);
        assert_string_equal(payload, wanted);
    }
    flight_tape_close(tape);
    return count;
}

static void make_three(void)
{
    struct err err;
    struct flight_file *file = flight_file_new(folder, 5, 1, 1764000000000000000, &err);
    assert_non_null(file);
    write_one(file, 1, "record 1");
    write_one(file, 2, "record 2");
    write_one(file, 3, "record 3");
    flight_file_close(file);
}

static void cut_anywhere_it_is_what_is_whole(void **state)
{
    (void)state;
    char path[600];
    struct stat st;
    make_three();
    newest(path);
    assert_int_equal(stat(path, &st), 0);
    int last = 3;
    for (off_t bytes = st.st_size; bytes >= 0; bytes--) {
        assert_int_equal(truncate(path, bytes), 0);
        int count = count_whole(path);
        assert_true(count <= last && count >= last - 1);
        last = count;
    }
    assert_int_equal(last, -1);
}

static void one_changed_byte_ends_it_there(void **state)
{
    (void)state;
    char path[600], byte;
    struct stat st;
    make_three();
    newest(path);
    assert_int_equal(stat(path, &st), 0);
    for (off_t at = 0; at < st.st_size; at++) {
        int fd = open(path, O_RDWR | O_CLOEXEC);
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        char other = (char)(byte ^ 0x40);
        assert_int_equal(pwrite(fd, &other, 1, at), 1);
        assert_true(count_whole(path) < 3 || at >= 16);     /* the padding of a record is nobody's */
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
    }
    assert_int_equal(count_whole(path), 3);
}

static void a_run_is_gone_on_with_behind_what_is_whole(void **state)
{
    (void)state;
    char path[600];
    struct stat st;
    uint64_t last;
    make_three();
    newest(path);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size - 3), 0);
    assert_null(flight_file_resume(folder, 6, &last));
    struct flight_file *file = flight_file_resume(folder, 5, &last);
    assert_non_null(file);
    assert_int_equal(last, 2);
    write_one(file, 3, "record 3");
    write_one(file, 4, "record 4");
    flight_file_close(file);
    assert_int_equal(count_whole(path), 4);
}

static void the_oldest_go_first_and_the_newest_stays(void **state)
{
    (void)state;
    char path[600];
    struct err err;
    for (unsigned i = 1; i <= 5; i++) {
        struct flight_file *file = flight_file_new(folder, i, 1, 1764000000000000000 + (int64_t)i * 1000000000, &err);
        assert_non_null(file);
        write_one(file, 1, "record 1");
        flight_file_close(file);
    }
    flight_file_prune(folder, 1000);
    assert_int_equal(newest(path), 5);
    flight_file_prune(folder, 150);
    assert_int_equal(newest(path), 2);
    flight_file_prune(folder, 1);
    assert_int_equal(newest(path), 1);
    assert_non_null(strstr(path, "-0000000000000005-1.flight"));
}

static void what_is_no_recording_is_refused(void **state)
{
    (void)state;
    struct err err;
    assert_null(flight_tape_open("/dev/zero", &err));
    assert_null(flight_tape_open(folder, &err));
    assert_null(flight_tape_open("/nowhere", &err));
    assert_string_equal(err.text, "/nowhere: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cut_anywhere_it_is_what_is_whole, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(one_changed_byte_ends_it_there, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(a_run_is_gone_on_with_behind_what_is_whole, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(the_oldest_go_first_and_the_newest_stays, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(what_is_no_recording_is_refused, folder_enter, folder_leave),
    };
    return cmocka_run_group_tests_name("flight_file", tests, NULL, NULL);
}
