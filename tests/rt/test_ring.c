/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring and the seqlock between two threads, past the wrap; run again under ThreadSanitizer. */
#include "config.h"

#include "rt/ring.h"
#include "rt/seqlock.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

enum { MESSAGES = 300000, SNAPSHOTS = 20000 };

struct message {
    uint64_t number, check;
};

static struct ring ring;

static void *produce(void *arg)
{
    (void)arg;
    for (uint64_t i = 0; i < MESSAGES;) {
        struct message message = {.number = i, .check = ~i};
        if (ring_push_rt(&ring, &message))
            i++;
        else
            sched_yield();
    }
    return NULL;
}

static void every_message_arrives_once_and_in_order(void **state)
{
    (void)state;
    pthread_t thread;
    ring_init(&ring, 64, sizeof(struct message));
    /* Begin near the wrap of the free-running indices. */
    atomic_store(&ring.head, UINT32_MAX - 100);
    atomic_store(&ring.tail, UINT32_MAX - 100);
    pthread_create(&thread, NULL, produce, NULL);
    for (uint64_t i = 0; i < MESSAGES;) {
        struct message message;
        if (!ring_pop_rt(&ring, &message)) {
            sched_yield();
            continue;
        }
        assert_int_equal(message.number, i);
        assert_int_equal(message.check, ~i);
        i++;
    }
    pthread_join(thread, NULL);
    assert_null(ring_peek_rt(&ring));
    ring_clear(&ring);
}

static void a_full_ring_refuses_and_keeps_what_it_has(void **state)
{
    (void)state;
    struct ring small;
    uint32_t value;
    ring_init(&small, 4, sizeof value);
    for (value = 0; value < 4; value++)
        assert_true(ring_push_rt(&small, &value));
    assert_false(ring_push_rt(&small, &value));
    assert_int_equal(ring_space_rt(&small), 0);
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(ring_pop_rt(&small, &value));
        assert_int_equal(value, i);
    }
    assert_false(ring_pop_rt(&small, &value));
    ring_clear(&small);
}

struct picture {
    uint32_t word[256];
};
static struct seqlock lock;
static struct picture shared;

static void *write_pictures(void *arg)
{
    (void)arg;
    for (uint32_t n = 1; n <= SNAPSHOTS; n++) {
        struct picture picture;
        for (size_t i = 0; i < 256; i++)
            picture.word[i] = n + (uint32_t)i;
        seqlock_write_rt(&lock, &shared, &picture, sizeof picture);
    }
    return NULL;
}

static void a_reader_never_sees_half_a_picture(void **state)
{
    (void)state;
    pthread_t thread;
    struct picture seen;
    uint32_t last = 0;
    pthread_create(&thread, NULL, write_pictures, NULL);
    while (last < SNAPSHOTS) {
        if (!seqlock_read(&lock, &shared, &seen, sizeof seen) || !seen.word[0])
            continue;
        for (size_t i = 1; i < 256; i++)
            assert_int_equal(seen.word[i], seen.word[0] + i);
        assert_true(seen.word[0] >= last);
        last = seen.word[0];
    }
    pthread_join(thread, NULL);
}

/* The writer stands inside, as one whose processor was taken, until the reader has long begun. */
static void *leave_later(void *arg)
{
    struct seqlock *held = arg;
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    atomic_store(&held->sequence, 10);
    return NULL;
}

static void a_reader_waits_for_a_writer_that_lost_its_processor(void **state)
{
    (void)state;
    struct seqlock held = {0};
    uint32_t space = 7, copy = 0;
    pthread_t thread;
    int read = 0;
    for (int tries = 0; tries < 20 && !read; tries++) {     /* more than one only if this thread stood still meanwhile */
        atomic_store(&held.sequence, 9);
        pthread_create(&thread, NULL, leave_later, &held);
        read = seqlock_read(&held, &space, &copy, sizeof copy);
        pthread_join(thread, NULL);
    }
    assert_true(read);
    assert_int_equal(copy, 7);
}

static void a_writer_that_died_inside_does_not_stop_the_next(void **state)
{
    (void)state;
    struct seqlock torn = {0};
    uint32_t data = 7, copy = 0, space = 0;
    atomic_store(&torn.sequence, 9);
    assert_false(seqlock_read(&torn, &space, &copy, sizeof copy));
    seqlock_write_rt(&torn, &space, &data, sizeof data);
    assert_true(seqlock_read(&torn, &space, &copy, sizeof copy));
    assert_int_equal(copy, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_arrives_once_and_in_order), cmocka_unit_test(a_full_ring_refuses_and_keeps_what_it_has),
        cmocka_unit_test(a_reader_never_sees_half_a_picture),
        cmocka_unit_test(a_reader_waits_for_a_writer_that_lost_its_processor),
        cmocka_unit_test(a_writer_that_died_inside_does_not_stop_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
