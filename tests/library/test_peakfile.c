/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peaks come back as they were put, or not at all, whatever was done to their file; and their folder has an end. */
#include "config.h"

#include "../folder.h"

#include "base/xalloc.h"
#include "library/catalog_row.h"
#include "library/peakfile.h"
#include "library/peaktidy.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#define MEDIUM "/media/a.wav"
static const struct catalog_stamp stamp = {.size = 4000, .mtime_ns = 5, .ctime_ns = 6, .inode = 7};

static struct peak bin_of(size_t i)
{
    return (struct peak){.low = (int16_t)-(int16_t)(i % 1000), .high = (int16_t)(i % 777), .rms = (uint16_t)(i % 555)};
}

static struct peakfile_writer *begin(unsigned channels)
{
    struct err err;
    struct peakfile_writer *writer = peakfile_begin(".", MEDIUM, &stamp, 44100, channels, &err);
    if (!writer)
        fail_msg("%s", err.text);
    return writer;
}

/* frames of a medium; bins in pieces of 4096. */
static void write_peaks(unsigned channels, int64_t frames)
{
    struct err err;
    struct peakfile_writer *writer = begin(channels);
    size_t bins = (size_t)peaks_bins(frames, 0);
    struct peak *all = xcalloc(bins * channels, sizeof *all);
    for (size_t i = 0; i < bins * channels; i++)
        all[i] = bin_of(i);
    for (size_t at = 0; at < bins; at += 4096)
        peakfile_add(writer, all + at * channels, bins - at < 4096 ? bins - at : 4096);
    free(all);
    if (peakfile_finish(writer, frames, &err) < 0)
        fail_msg("%s", err.text);
}

static bool reads(void)
{
    struct peakfile file;
    struct err err;
    if (peakfile_read(&file, ".", MEDIUM, &stamp, &err) < 0)
        return false;
    peakfile_clear(&file);
    return true;
}

static int entries(void)
{
    DIR *dir = opendir(".");
    int count = -2;             /* . and .. */
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static void what_is_put_comes_back(void **state)
{
    (void)state;
    static const int64_t lengths[] = {1, 256, 257, 4096, 4097, 65536, 65537, 70000 * 256 + 3};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (unsigned channels = 1; channels <= 2; channels++) {
            struct peakfile file;
            struct err err;
            write_peaks(channels, lengths[i]);
            assert_true(peakfile_kept(".", MEDIUM, &stamp));
            assert_int_equal(peakfile_read(&file, ".", MEDIUM, &stamp, &err), 0);
            assert_true(file.rate == 44100 && file.channels == channels && file.frames == lengths[i]);
            for (unsigned level = 0; level < PEAKS_LEVELS; level++)
                assert_int_equal(file.bins[level], peaks_bins(lengths[i], level));
            for (size_t b = 0; b < (size_t)file.bins[0] * channels; b++) {
                struct peak want = bin_of(b);
                assert_memory_equal(&file.level[0][b], &want, sizeof want);
            }
            for (unsigned level = 1; level < PEAKS_LEVELS; level++)
                for (int64_t b = 0; b < file.bins[level]; b++) {
                    int64_t from = b * PEAKS_REDUCE, left = file.bins[level - 1] - from;
                    struct peak want[2];
                    peaks_reduce(want, file.level[level - 1] + from * channels, channels,
                                 left < PEAKS_REDUCE ? (size_t)left : PEAKS_REDUCE);
                    assert_memory_equal(file.level[level] + b * channels, want, channels * sizeof *want);
                }
            peakfile_clear(&file);
        }
    assert_int_equal(entries(), 1);
}

static void another_medium_has_none(void **state)
{
    (void)state;
    struct peakfile file;
    struct err err;
    write_peaks(2, 1000);
    struct catalog_stamp other = stamp;
    other.mtime_ns++;
    assert_false(peakfile_kept(".", MEDIUM, &other));
    other = stamp;
    other.size++;
    assert_int_equal(peakfile_read(&file, ".", MEDIUM, &other, &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_false(peakfile_kept(".", "/media/b.wav", &stamp));
    char mine[PEAKFILE_NAME_MAX], others[PEAKFILE_NAME_MAX];
    peakfile_name(MEDIUM, mine);
    peakfile_name("/media/b.wav", others);
    assert_int_equal(rename(mine, others), 0);
    assert_false(peakfile_kept(".", "/media/b.wav", &stamp));
}

static void damage_is_noticed_at_every_byte(void **state)
{
    (void)state;
    char name[PEAKFILE_NAME_MAX], bytes[512];
    write_peaks(2, 700);
    peakfile_name(MEDIUM, name);
    int fd = open(name, O_RDWR | O_CLOEXEC);
    ssize_t size = read(fd, bytes, sizeof bytes);
    assert_int_equal(size, 128 + (3 + 1 + 1) * 2 * 6);
    for (ssize_t at = 0; at < size; at++)
        for (int bit = 0; bit < 8; bit++) {
            char flipped = (char)(bytes[at] ^ 1 << bit);
            assert_int_equal(pwrite(fd, &flipped, 1, at), 1);
            assert_false(reads());
            assert_int_equal(pwrite(fd, &bytes[at], 1, at), 1);
        }
    assert_true(reads());
    for (ssize_t length = size - 1; length >= 0; length--) {
        assert_int_equal(ftruncate(fd, length), 0);
        assert_false(reads());
    }
    assert_int_equal(pwrite(fd, bytes, (size_t)size, 0), size);
    assert_true(reads());
    assert_int_equal(pwrite(fd, "", 1, size), 1);
    assert_false(reads());
    close(fd);
}

static void other_things_by_that_name_are_none(void **state)
{
    (void)state;
    char name[PEAKFILE_NAME_MAX];
    peakfile_name(MEDIUM, name);
    assert_int_equal(mkfifo(name, 0600), 0);
    assert_false(reads());
    unlink(name);
    assert_int_equal(mkdir(name, 0700), 0);
    assert_false(reads());
    struct err err;
    struct peakfile_writer *writer = begin(1);
    struct peak bin = {0};
    peakfile_add(writer, &bin, 1);
    assert_int_equal(peakfile_finish(writer, 5, &err), -1);
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(entries(), 1);
}

static void a_writer_that_stops_leaves_nothing(void **state)
{
    (void)state;
    struct err err;
    struct peak bins[2] = {{0}};
    write_peaks(2, 1000);
    struct peakfile_writer *writer = begin(2);
    peakfile_add(writer, bins, 1);
    assert_null(peakfile_begin(".", MEDIUM, &stamp, 44100, 1, &err));     /* one at a time */
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(entries(), 2);
    assert_true(reads());
    peakfile_abandon(writer);
    assert_int_equal(entries(), 1);
    assert_true(reads());
    writer = begin(1);
    peakfile_add(writer, bins, 1);
    assert_int_equal(peakfile_finish(writer, 257, &err), -1);              /* two bins, one came */
    assert_true(reads());
}

/* What a killed writer left is not locked: the next one writes over it. */
static void leftovers_are_written_over(void **state)
{
    (void)state;
    char name[PEAKFILE_NAME_MAX], beside[PEAKFILE_NAME_MAX + 16];
    peakfile_name(MEDIUM, name);
    snprintf(beside, sizeof beside, ".%s.making", name);
    char junk[3000];
    memset(junk, 'x', sizeof junk);
    folder_write_bytes(beside, junk, sizeof junk);
    write_peaks(1, 300);
    assert_true(reads());
    assert_int_equal(entries(), 1);
}

/* --- within bounds --- */

static void put_aged(const char *name, size_t bytes, int64_t used_s)
{
    char *junk = xcalloc(bytes, 1);
    const struct timespec times[2] = {{.tv_sec = (time_t)used_s}, {.tv_sec = (time_t)used_s}};
    folder_write_bytes(name, junk, bytes);
    free(junk);
    assert_int_equal(utimensat(AT_FDCWD, name, times, 0), 0);
}

static bool is_there(const char *name)
{
    return access(name, F_OK) == 0;
}

static void the_longest_unused_go_first(void **state)
{
    (void)state;
    const int64_t day = 86400, now = 20000 * day;
    put_aged("aa.peaks", 1000, now - 400 * day);
    put_aged("bb.peaks", 1000, now - 300 * day);
    put_aged("cc.peaks", 1000, now - 200 * day);
    put_aged("dd.peaks", 1000, now);
    put_aged("letter.txt", 1000, now - 400 * day);              /* nothing of ours */
    put_aged(".ee.peaks.making", 1000, now - 2 * day);
    put_aged(".ff.peaks.making", 1000, now);
    assert_int_equal(peaktidy_folder(".", now, 10000), 2);
    assert_false(is_there("aa.peaks") || is_there(".ee.peaks.making"));
    assert_int_equal(peaktidy_folder(".", now, 10000), 0);
    assert_int_equal(peaktidy_folder(".", now, 2999), 1);
    assert_false(is_there("bb.peaks"));
    assert_true(is_there("cc.peaks") && is_there("dd.peaks") && is_there("letter.txt") && is_there(".ff.peaks.making"));
    assert_int_equal(peaktidy_folder("nowhere", now, 0), 0);
}

static void a_writer_at_work_is_left_alone(void **state)
{
    (void)state;
    struct peakfile_writer *writer = begin(1);
    assert_int_equal(peaktidy_folder(".", (int64_t)time(NULL) + 1000000, 0), 0);
    peakfile_abandon(writer);
}

static void a_look_is_a_use(void **state)
{
    (void)state;
    char name[PEAKFILE_NAME_MAX];
    int64_t now = (int64_t)time(NULL);
    write_peaks(1, 300);
    peakfile_name(MEDIUM, name);
    const struct timespec times[2] = {{.tv_sec = (time_t)(now - 400 * 86400)}, {.tv_sec = (time_t)(now - 400 * 86400)}};
    assert_int_equal(utimensat(AT_FDCWD, name, times, 0), 0);
    assert_true(peakfile_kept(".", MEDIUM, &stamp));
    assert_int_equal(peaktidy_folder(".", now, PEAKTIDY_BYTES_MAX), 0);
    assert_true(reads());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_put_comes_back, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(another_medium_has_none, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(damage_is_noticed_at_every_byte, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(other_things_by_that_name_are_none, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(a_writer_that_stops_leaves_nothing, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(leftovers_are_written_over, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(the_longest_unused_go_first, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(a_writer_at_work_is_left_alone, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(a_look_is_a_use, folder_enter, folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
