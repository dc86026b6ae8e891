/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flight recorder's ring: what is whole is read once and in order, what is written over is counted, garbage ends nobody. */
#include "config.h"

#include "wire/flight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

static struct flight_ring *ring;
static struct flight_reader reader;
static struct flight_record record;
static char payload[FLIGHT_PAYLOAD_MAX + 1];

static int set_up(void **state)
{
    (void)state;
    int fd = flight_create(&ring, 77);
    int result = fd < 0 ? -1 : flight_map(&reader, fd);
    close(fd);
    return result;
}

static int tear_down(void **state)
{
    (void)state;
    flight_unmap(&reader);
    return munmap(ring, sizeof *ring);
}

static void say(const char *text)
{
    flight_append(ring, FLIGHT_NOTICE, 1000, 5, NULL, 0, text);
}

static void records_come_in_order_and_once(void **state)
{
    (void)state;
    struct flight_line line = {.serial = 9, .operations = 2};
    assert_int_equal(reader.ring->run, 77);
    assert_false(flight_take(&reader, &record, payload));
    say("one");
    flight_append(ring, FLIGHT_LINE, 2000, 480, &line, sizeof line, "press 1/1/1");
    assert_true(flight_take(&reader, &record, payload));
    assert_int_equal(record.number, 1);
    assert_string_equal(payload, "one");
    assert_true(flight_take(&reader, &record, payload));
    assert_int_equal(record.number, 2);
    assert_int_equal(record.frame, 480);
    assert_int_equal(record.wall_ns, 2000);
    assert_int_equal(record.kind, FLIGHT_LINE);
    assert_memory_equal(payload, &line, sizeof line);
    assert_string_equal(payload + sizeof line, "press 1/1/1");
    assert_false(flight_take(&reader, &record, payload));
}

static void a_long_text_is_cut(void **state)
{
    (void)state;
    static char text[2 * FLIGHT_PAYLOAD_MAX];
    memset(text, 'x', sizeof text - 1);
    say(text);
    assert_true(flight_take(&reader, &record, payload));
    assert_int_equal(record.size, FLIGHT_PAYLOAD_MAX);
}

/* Three times round, of every length, read all the while: the seam of the ring falls everywhere. */
static void the_ring_goes_round(void **state)
{
    (void)state;
    static char text[3000];
    uint64_t bytes = 0;
    for (uint64_t n = 1; bytes < 3 * (uint64_t)FLIGHT_RING_BYTES; n++) {
        memset(text, 'a' + (int)(n % 26), n % 2999);
        text[n % 2999] = '\0';
        say(text);
        bytes += sizeof record + n % 2999;
        assert_true(flight_take(&reader, &record, payload));
        assert_int_equal(record.number, n);
        assert_string_equal(payload, text);
    }
    assert_int_equal(reader.lost, 0);
}

static void what_is_written_over_is_counted(void **state)
{
    (void)state;
    char text[1000];
    uint64_t said = 2 * FLIGHT_RING_BYTES / 512;
    for (uint64_t n = 1; n <= said; n++) {
        snprintf(text, sizeof text, "%0*d", 500, (int)n);
        say(text);
    }
    assert_true(flight_take(&reader, &record, payload));
    uint64_t first = record.number;
    assert_true(first > 1);
    assert_int_equal(reader.lost, (first - 1) * (sizeof record + 504));
    uint64_t taken = 1;
    for (; flight_take(&reader, &record, payload); taken++)
        assert_int_equal(record.number, first + taken);
    assert_int_equal(first + taken - 1, said);
}

/* A reader that comes late gets all that is still there. */
static void a_new_reader_begins_with_the_oldest(void **state)
{
    (void)state;
    for (int n = 0; n < 3 * FLIGHT_RING_BYTES / 4096; n++)
        flight_append(ring, FLIGHT_NOTICE, 0, 0, payload, 4000, NULL);
    int count = 0;
    while (flight_take(&reader, &record, payload))
        count++;
    assert_in_range(count, FLIGHT_RING_BYTES / 4096 - 1, FLIGHT_RING_BYTES / 4040);
}

static void a_wild_writer_ends_nobody(void **state)
{
    (void)state;
    srandom(1);
    for (int round = 0; round < 2000; round++) {
        say("fine");
        size_t where = (size_t)random() % 512;
        ring->data[where] = (unsigned char)random();
        if (round % 3 == 0)
            atomic_store(&ring->head, (uint64_t)random());
        if (round % 5 == 0)
            atomic_store(&ring->tail, (uint64_t)random() << 20);
        for (int i = 0; i < 10 && flight_take(&reader, &record, payload); i++)
            assert_true(record.size <= FLIGHT_PAYLOAD_MAX);
        atomic_store(&ring->head, reader.taken);
        atomic_store(&ring->tail, atomic_load(&ring->head));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(records_come_in_order_and_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_text_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_ring_goes_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_written_over_is_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_reader_begins_with_the_oldest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wild_writer_ends_nobody, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("flight", tests, NULL, NULL);
}
