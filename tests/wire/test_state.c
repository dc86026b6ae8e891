/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state segment's seals: a client that has the descriptor can look, and nothing else (SPEC S8). */
#include "config.h"

#include "wire/state.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

static struct state_segment *writable;
static int fd;

static int set_up(void **state)
{
    (void)state;
    fd = state_create(&writable, 3);
    return fd < 0;
}

static int tear_down(void **state)
{
    (void)state;
    munmap(writable, sizeof *writable);
    return close(fd);
}

static void the_engine_writes_and_a_client_reads(void **state)
{
    (void)state;
    const struct state_segment *seen = state_map(fd);
    assert_non_null(seen);
    struct state_live live = {.frame = 4711}, copy;
    seqlock_write_rt(&writable->live_lock, &writable->live, &live, sizeof live);
    assert_true(seqlock_read(&seen->live_lock, &seen->live, &copy, sizeof copy));
    assert_int_equal(copy.frame, 4711);
    assert_int_equal(seen->generation, 3);
    state_unmap(seen);
}

static void a_client_cannot_write(void **state)
{
    (void)state;
    assert_int_equal(write(fd, "x", 1), -1);
    assert_int_equal(pwrite(fd, "x", 1, 64), -1);
    assert_int_equal(errno, EPERM);
}

static void a_client_cannot_map_for_writing(void **state)
{
    (void)state;
    assert_ptr_equal(mmap(NULL, sizeof *writable, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
    assert_int_equal(errno, EPERM);
    const struct state_segment *seen = state_map(fd);
    assert_int_equal(mprotect((void *)(uintptr_t)seen, sizeof *seen, PROT_READ | PROT_WRITE), -1);
    assert_int_equal(errno, EACCES);
    state_unmap(seen);
}

static void a_client_cannot_change_its_size_or_punch_holes(void **state)
{
    (void)state;
    assert_int_equal(ftruncate(fd, 4096), -1);
    assert_int_equal(ftruncate(fd, (off_t)sizeof *writable * 2), -1);
    assert_int_equal(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096), -1);
    assert_int_equal(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 4096), -1);
    assert_int_equal(fallocate(fd, 0, 0, (off_t)sizeof *writable * 2), -1);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_RDWR);
    if (again >= 0) {           /* a second way in is just as sealed */
        assert_int_equal(write(again, "x", 1), -1);
        assert_ptr_equal(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, again, 0), MAP_FAILED);
        close(again);
    }
}

static void another_layout_is_refused(void **state)
{
    (void)state;
    int other = memfd_create("other", 0);
    assert_null(state_map(other));
    assert_int_equal(ftruncate(other, (off_t)sizeof *writable), 0);
    assert_null(state_map(other));
    assert_int_equal(errno, EPROTO);
    close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_engine_writes_and_a_client_reads), cmocka_unit_test(a_client_cannot_write),
        cmocka_unit_test(a_client_cannot_map_for_writing), cmocka_unit_test(a_client_cannot_change_its_size_or_punch_holes),
        cmocka_unit_test(another_layout_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
