/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inputs' past: what was put comes back, also past the ring's end; what is gone or about to be is never given. */
#include "config.h"

#include "wire/inputs.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

enum { CHUNK = 1000 };

static struct inputs *written, *seen;   /* the writer's map and a reader's */

static int set_up(void **state)
{
    (void)state;
    int fd = inputs_create();
    written = inputs_map(fd, true);
    seen = inputs_map(fd, false);
    close(fd);
    return written && seen ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    inputs_unmap(written);
    inputs_unmap(seen);
    return 0;
}

/* Exact in float for some millions of frames. */
static float sample_of(uint64_t frame, unsigned channel)
{
    return (float)(frame * INPUTS_CHANNELS + channel + 1);
}

static void put(uint64_t frames)
{
    static float chunk[CHUNK * INPUTS_CHANNELS];
    for (uint32_t count; frames; frames -= count) {
        uint64_t first = inputs_written(written);
        count = frames < CHUNK ? (uint32_t)frames : CHUNK;
        for (uint32_t i = 0; i < count * INPUTS_CHANNELS; i++)
            chunk[i] = sample_of(first + i / INPUTS_CHANNELS, i % INPUTS_CHANNELS);
        inputs_put_rt(written, chunk, count);
    }
}

static void assert_there(uint64_t first, uint32_t count)
{
    static float stereo[CHUNK * 2];
    for (unsigned input = 0; input < INPUTS; input++) {
        assert_true(inputs_read(seen, input, first, stereo, count));
        for (uint32_t i = 0; i < count * 2; i++)
            assert_true(stereo[i] == sample_of(first + i / 2, input * 2 + i % 2));
    }
}

static void what_was_put_comes_back(void **state)
{
    (void)state;
    float stereo[2];
    assert_false(inputs_read(seen, 0, 0, stereo, 1));
    put(2500);
    assert_int_equal(inputs_written(seen), 2500);
    assert_there(0, CHUNK);
    assert_there(1500, CHUNK);
    assert_false(inputs_read(seen, 0, 2500, stereo, 1));
    assert_false(inputs_read(seen, INPUTS, 0, stereo, 1));
}

static void the_ring_turns_over(void **state)
{
    (void)state;
    float stereo[2];
    put(INPUTS_CAPACITY + 700);
    assert_there(INPUTS_CAPACITY - 500, CHUNK);         /* across the end */
    assert_there(inputs_oldest(seen), CHUNK);
    assert_true(inputs_oldest(seen) > 700);
    assert_false(inputs_read(seen, 0, 699, stereo, 1));
    assert_there(700, 1);
}

static void what_passed_is_silence(void **state)
{
    (void)state;
    static float stereo[CHUNK * 2];
    put(100);
    inputs_pass_rt(written, 300);
    put(50);
    assert_there(0, 100);
    assert_true(inputs_read(seen, 1, 100, stereo, 300));
    for (int i = 0; i < 600; i++)
        assert_true(stereo[i] == 0);
    assert_there(400, 50);
    inputs_pass_rt(written, UINT64_C(3) * INPUTS_CAPACITY);
    uint64_t end = inputs_written(seen);
    assert_int_equal(end, 450 + UINT64_C(3) * INPUTS_CAPACITY);
    assert_false(inputs_read(seen, 0, 400, stereo, 1));
    assert_true(inputs_read(seen, 0, end - INPUTS_CAPACITY, stereo, CHUNK));
    for (int i = 0; i < CHUNK * 2; i++)
        assert_true(stereo[i] == 0);
}

static void a_rate_holds_from_its_first_frame(void **state)
{
    (void)state;
    struct inputs_now now;
    put(10);
    inputs_stamp_rt(written, 1000, 48000);
    put(10);
    inputs_stamp_rt(written, 2000, 48000);
    assert_true(inputs_read_now(seen, &now));
    assert_true(now.rate == 48000 && now.rate_frame == 10 && now.frame == 20 && now.time_ns == 2000);
    put(10);
    inputs_stamp_rt(written, 3000, 44100);
    assert_true(inputs_read_now(seen, &now));
    assert_true(now.rate == 44100 && now.rate_frame == 30);
}

/* What an engine that was killed had claimed is given again to readers, and its lock is open. */
static void a_dead_writer_leaves_no_trace(void **state)
{
    (void)state;
    struct inputs_now now;
    int fd = inputs_create();
    struct inputs *first = inputs_map(fd, true);
    inputs_put_rt(first, NULL, 10);
    atomic_store(&first->claimed, UINT64_C(5) * INPUTS_CAPACITY);
    atomic_fetch_add(&first->lock.sequence, 1);
    struct inputs *second = inputs_map(fd, true);
    float stereo[20];
    assert_true(inputs_read(second, 0, 0, stereo, 10));
    assert_true(inputs_read_now(second, &now));
    inputs_unmap(first);
    inputs_unmap(second);
    close(fd);
}

static void others_are_refused(void **state)
{
    (void)state;
    const uint32_t lies[2] = {INPUTS_MAGIC + 1, INPUTS_CAPACITY};
    int fd = inputs_create();
    assert_int_equal(pwrite(fd, lies, sizeof lies, 0), sizeof lies);
    assert_null(inputs_map(fd, false));
    assert_int_equal(errno, EPROTO);
    close(fd);
    fd = memfd_create("small", 0);
    assert_null(inputs_map(fd, false));
    assert_int_equal(errno, EPROTO);
    close(fd);
}

static void *write_many(void *context)
{
    (void)context;
    put(UINT64_C(3) * INPUTS_CAPACITY);
    return NULL;
}

/* A reader that is overtaken again and again sees whole frames or none. */
static void readers_never_see_half_a_frame(void **state)
{
    (void)state;
    pthread_t writer;
    static float stereo[CHUNK * 2];
    uint64_t at = 0, read = 0;
    pthread_create(&writer, NULL, write_many, NULL);
    while (at + CHUNK <= UINT64_C(3) * INPUTS_CAPACITY) {
        if (inputs_read(seen, 0, at, stereo, CHUNK)) {
            for (uint32_t i = 0; i < CHUNK * 2; i++)
                assert_true(stereo[i] == sample_of(at + i / 2, i % 2));
            read++;
            at += CHUNK;
        } else if (at < inputs_oldest(seen)) {
            at = inputs_oldest(seen);
        }
    }
    pthread_join(writer, NULL);
    assert_true(read > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_put_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_ring_turns_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_passed_is_silence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rate_holds_from_its_first_frame, set_up, tear_down),
        cmocka_unit_test(a_dead_writer_leaves_no_trace),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test_setup_teardown(readers_never_see_half_a_frame, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
