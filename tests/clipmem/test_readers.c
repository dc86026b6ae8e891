/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A loader that evicts and fills without pause, and an audio thread that reads meanwhile: what
 * a period finds holds the samples it asked for until the period is over.
 */
#include "config.h"

#include "clipmem/clipmem.h"
#include "clipmem/demand.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>
#include <cmocka.h>

enum { BLOCKS = 8, SLOTS = 3, INDICES = 16, ROUNDS = 60000, FOUND = 20000 };

static struct clipmem *writer, *reader;
static struct demand *inside;
static _Atomic bool over;
static _Atomic uint64_t found, wrong;

static float value_of(uint32_t slot, uint32_t index)
{
    return (float)(slot * 100 + index + 1);
}

/* Every frame of the block must be the one asked for, at the beginning of the period and at its end. */
static void check(const struct clipmem_view *view, uint32_t index)
{
    uint32_t count;
    const float *samples = clipmem_read_rt(view, (int64_t)index << view->shift, &count);
    if (!samples)
        return;
    found++;
    for (int look = 0; look < 2; look++)
        for (uint32_t i = 0; i < count; i += 61)
            wrong += samples[i] != value_of(view->slot, index);
}

static void *read_on(void *argument)
{
    (void)argument;
    struct clipmem_view view[SLOTS];
    struct demand_picture nothing = {0};
    unsigned seed = 1;
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        clipmem_view_rt(reader, slot, &view[slot]);
    while (!atomic_load(&over)) {
        demand_enter_rt(inside);
        for (int i = 0; i < 8; i++) {
            seed = seed * 1103515245 + 12345;
            check(&view[(seed >> 8) % SLOTS], (seed >> 16) % INDICES);
        }
        demand_leave_rt(inside, &nothing);
    }
    return NULL;
}

static void fill_one(uint32_t slot, uint32_t index)
{
    float *samples = clipmem_take(writer, slot, index);
    if (!samples)
        return;
    for (uint32_t i = 0; i < clipmem_block_frames(CLIPMEM_F32, 1); i++)
        samples[i] = value_of(slot, index);
    clipmem_publish(writer, slot, index);
}

static void a_period_keeps_what_it_found(void **state)
{
    (void)state;
    int fd = clipmem_create(BLOCKS * CLIPMEM_BLOCK_BYTES), demand_fd = demand_create();
    writer = clipmem_map(fd, true);
    reader = clipmem_map(fd, false);
    inside = demand_map(demand_fd, true);
    struct demand *seen = demand_map(demand_fd, false);
    clipmem_set_demand(writer, seen);
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        int64_t frames = (int64_t)INDICES * clipmem_block_frames(CLIPMEM_F32, 1);
        assert_int_equal(clipmem_prepare(writer, slot, CLIPMEM_F32, 1, 48000, 48000, frames, frames), 0);
        clipmem_set_state(writer, slot, CLIPMEM_READY);
    }
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, read_on, NULL), 0);
    unsigned seed = 7;
    for (int round = 0; round < ROUNDS || atomic_load(&found) < FOUND; round++) {
        seed = seed * 1103515245 + 12345;
        uint32_t slot = (seed >> 8) % SLOTS, index = (seed >> 16) % INDICES;
        clipmem_evict(writer, slot, index);
        fill_one((seed >> 12) % SLOTS, (seed >> 20) % INDICES);
    }
    atomic_store(&over, true);
    pthread_join(thread, NULL);
    assert_int_equal(wrong, 0);
    clipmem_unmap(writer);
    clipmem_unmap(reader);
    demand_unmap(inside);
    demand_unmap(seen);
    close(fd);
    close(demand_fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_period_keeps_what_it_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
