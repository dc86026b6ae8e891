/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clip memory: seals, the loader's books, and a reader that trusts no number it finds there. */
#include "config.h"

#include "clipmem/clipmem.h"
#include "clipmem/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

struct rig {
    int fd;
    struct clipmem *writer, *reader;
    struct layout *raw;                 /* the hand that damages */
};

static int rig_open(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    rig->fd = clipmem_create(8 * CLIPMEM_BLOCK_BYTES);
    assert_true(rig->fd >= 0);
    rig->writer = clipmem_map(rig->fd, true);
    rig->reader = clipmem_map(rig->fd, false);
    assert_non_null(rig->writer);
    assert_non_null(rig->reader);
    rig->raw = mmap(NULL, rig->writer->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, rig->fd, 0);
    assert_true(rig->raw != MAP_FAILED);
    *state = rig;
    return 0;
}

static int rig_close(void **state)
{
    struct rig *rig = *state;
    munmap(rig->raw, rig->writer->bytes);
    clipmem_unmap(rig->reader);
    clipmem_unmap(rig->writer);
    close(rig->fd);
    free(rig);
    return 0;
}

/* A stereo 16-bit medium whose left sample is its frame number (low 15 bits), right is minus that. */
static void load(struct rig *rig, uint32_t slot, int64_t frames)
{
    assert_int_equal(clipmem_prepare(rig->writer, slot, CLIPMEM_S16, 2, 48000, 48000, frames, frames), 0);
    uint32_t block_frames = clipmem_block_frames(CLIPMEM_S16, 2);
    for (int64_t first = 0; first < frames; first += block_frames) {
        uint32_t index = (uint32_t)(first / block_frames);
        int16_t *samples = clipmem_fill(rig->writer, slot, index);
        assert_non_null(samples);
        for (uint32_t i = 0; i < block_frames && first + i < frames; i++) {
            samples[2 * i] = (int16_t)((first + i) & 0x7fff);
            samples[2 * i + 1] = (int16_t)-samples[2 * i];
        }
        clipmem_publish(rig->writer, slot, index);
    }
    clipmem_set_state(rig->writer, slot, CLIPMEM_READY);
}

static void its_size_and_seals_are_final(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(clipmem_capacity_blocks(rig->reader), 8);
    assert_int_equal(fcntl(rig->fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    assert_int_equal(ftruncate(rig->fd, 4096), -1);
    assert_int_equal(ftruncate(rig->fd, 1 << 30), -1);
    assert_int_equal(fcntl(rig->fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
    int tiny = clipmem_create(0);
    struct clipmem *memory = clipmem_map(tiny, false);
    assert_int_equal(clipmem_capacity_blocks(memory), 1);
    clipmem_unmap(memory);
    close(tiny);
}

static void another_layout_is_not_mapped(void **state)
{
    struct rig *rig = *state;
    int fd = memfd_create("other", MFD_CLOEXEC);
    assert_null(clipmem_map(fd, false));
    assert_int_equal(errno, EPROTO);
    assert_int_equal(ftruncate(fd, (off_t)rig->writer->bytes), 0);
    assert_null(clipmem_map(fd, false));
    assert_int_equal(errno, EPROTO);
    close(fd);
    rig->raw->blocks = 9;
    assert_null(clipmem_map(rig->fd, true));
    rig->raw->blocks = 0xffffffff;
    assert_null(clipmem_map(rig->fd, true));
    rig->raw->blocks = 8;
}

static void a_medium_reads_back_block_by_block(void **state)
{
    struct rig *rig = *state;
    load(rig, 7, 40000);
    assert_int_equal(clipmem_state_rt(rig->reader, 7), CLIPMEM_READY);
    struct clipmem_view view;
    assert_true(clipmem_view_rt(rig->reader, 7, &view));
    assert_int_equal(view.frames, 40000);
    uint32_t count;
    const int16_t *samples = clipmem_read_rt(&view, 16380, &count);
    assert_int_equal(count, 4);
    assert_int_equal(samples[0], 16380);
    assert_int_equal(samples[7], -16383);
    samples = clipmem_read_rt(&view, 16384, &count);
    assert_int_equal(count, 16384);
    assert_int_equal((uintptr_t)samples % 64, 0);
    assert_int_equal(samples[0], 16384);
    samples = clipmem_read_rt(&view, 39999, &count);
    assert_int_equal(count, 1);
    assert_int_equal(samples[0], 39999 & 0x7fff);
    assert_null(clipmem_read_rt(&view, 40000, &count));
    assert_null(clipmem_read_rt(&view, -1, &count));
    assert_null(clipmem_read_rt(&view, INT64_MAX, &count));
    assert_null(clipmem_read_rt(&view, INT64_MIN, &count));
}

static void blocks_hold_a_power_of_two_of_frames(void **state)
{
    (void)state;
    assert_int_equal(clipmem_block_frames(CLIPMEM_S16, 1), 32768);
    assert_int_equal(clipmem_block_frames(CLIPMEM_S16, 2), 16384);
    assert_int_equal(clipmem_block_frames(CLIPMEM_F32, 1), 16384);
    assert_int_equal(clipmem_block_frames(CLIPMEM_F32, 2), 8192);
}

static void a_block_is_seen_once_published(void **state)
{
    struct rig *rig = *state;
    struct clipmem_view view;
    uint32_t count;
    assert_false(clipmem_view_rt(rig->reader, 3, &view));
    assert_int_equal(clipmem_prepare(rig->writer, 3, CLIPMEM_F32, 1, 44100, 48000, 44100, 48000), 0);
    assert_true(clipmem_view_rt(rig->reader, 3, &view));
    float *samples = clipmem_fill(rig->writer, 3, 1);
    samples[0] = 0.5f;
    assert_null(clipmem_read_rt(&view, 16384, &count));
    clipmem_publish(rig->writer, 3, 1);
    assert_ptr_equal(clipmem_fill(rig->writer, 3, 1), samples);
    clipmem_publish(rig->writer, 3, 1);
    assert_int_equal(atomic_load(&rig->raw->slot[3].blocks_ready), 1);
    assert_true(*(const float *)clipmem_read_rt(&view, 16384, &count) == 0.5f);
    assert_null(clipmem_read_rt(&view, 0, &count));
    assert_null(clipmem_fill(rig->writer, 3, 3));
    assert_null(clipmem_fill(rig->writer, 4, 0));
}

static void a_prepared_slot_can_always_be_filled(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(clipmem_prepare(rig->writer, 0, CLIPMEM_S16, 2, 48000, 48000, 5 * 16384, 5 * 16384), 0);
    assert_int_equal(clipmem_free_blocks(rig->writer), 3);
    assert_int_equal(clipmem_prepare(rig->writer, 1, CLIPMEM_S16, 2, 48000, 48000, 4 * 16384, 4 * 16384), -1);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(clipmem_state_rt(rig->reader, 1), CLIPMEM_EMPTY);
    load(rig, 1, 3 * 16384);
    assert_int_equal(clipmem_free_blocks(rig->writer), 0);
    for (uint32_t i = 0; i < 5; i++)
        assert_non_null(clipmem_fill(rig->writer, 0, i));
    clipmem_free_slot(rig->writer, 0);
    assert_int_equal(clipmem_free_blocks(rig->writer), 5);
    load(rig, 2, 5 * 16384);
    clipmem_free_slot(rig->writer, 1);
    clipmem_free_slot(rig->writer, 2);
    assert_int_equal(clipmem_free_blocks(rig->writer), 8);
}

static void freed_blocks_come_back_for_ever(void **state)
{
    struct rig *rig = *state;
    unsigned seed = 1;
    int64_t held[6] = {0};
    for (int round = 0; round < 3000; round++) {
        seed = seed * 1103515245 + 12345;
        uint32_t slot = seed >> 16 & 3, blocks = 1 + (seed >> 20) % 3;
        clipmem_free_slot(rig->writer, slot);
        held[slot] = 0;
        if ((int64_t)clipmem_free_blocks(rig->writer) >= blocks) {
            held[slot] = blocks;
            load(rig, slot, (int64_t)blocks * 16384 - 5);
        }
        assert_int_equal(clipmem_free_blocks(rig->writer), 8 - held[0] - held[1] - held[2] - held[3]);
        for (uint32_t s = 0; s < 4; s++) {
            struct clipmem_view view;
            uint32_t count;
            assert_int_equal(clipmem_view_rt(rig->reader, s, &view), held[s] != 0);
            for (int64_t b = 0; b < held[s]; b++)
                assert_int_equal(*(const int16_t *)clipmem_read_rt(&view, b * 16384 + 1, &count), (b * 16384 + 1) & 0x7fff);
        }
    }
}

/* Reads everything a view gives; the sanitizers watch. */
static void read_all(const struct rig *rig, uint32_t slot)
{
    struct clipmem_view view;
    if (!clipmem_view_rt(rig->reader, slot, &view))
        return;
    
    int64_t at = 0;
    for (int blocks = 0; blocks < 64; blocks++) {
        uint32_t count;
        const unsigned char *samples = clipmem_read_rt(&view, at, &count);
        if (!samples)
            break;
        size_t bytes = (size_t)count * (CLIPMEM_BLOCK_BYTES >> view.shift);
        assert_true(samples >= rig->reader->shared->block[0]);
        assert_true(samples + bytes <= rig->reader->shared->block[8]);
        assert_true(samples[0] + samples[bytes - 1] < 512);
        at += count;
    }
}

static void hostile_numbers_are_silence_at_worst(void **state)
{
    struct rig *rig = *state;
    load(rig, 0, 40000);
    struct clipmem_slot good = rig->raw->slot[0];
    struct clipmem_view view;
    assert_int_equal(clipmem_state_rt(rig->reader, CLIPMEM_SLOTS), CLIPMEM_EMPTY);
    assert_false(clipmem_view_rt(rig->reader, UINT32_MAX, &view));
#define REFUSES(field, value) \
    rig->raw->slot[0].field = (value); \
    assert_false(clipmem_view_rt(rig->reader, 0, &view)); \
    rig->raw->slot[0].field = good.field
    REFUSES(format, 2);
    REFUSES(channels, 0);
    REFUSES(channels, 3);
    REFUSES(file_rate, 0);
    REFUSES(chain_rate, 0xffffffff);
    REFUSES(frames, 0);
    REFUSES(frames, -1);
    REFUSES(frames, INT64_MAX);
    REFUSES(frames, 16384 * 3 + 1);
    REFUSES(file_frames, 0);
    REFUSES(table_first, CLIPMEM_ENTRIES - 2);
    REFUSES(table_first, 0xffffffff);
    REFUSES(table_count, 4);
    REFUSES(state, 77);
#undef REFUSES
    assert_true(clipmem_view_rt(rig->reader, 0, &view));
    uint32_t count, first = good.table_first;
    static const uint32_t entries[] = {9, 10, 0x7fffffff, 0xffffffff};
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        atomic_store(&rig->raw->entry[first], entries[i]);
        assert_null(clipmem_read_rt(&view, 0, &count));
    }
    srand(5);
    for (int round = 0; round < 20000; round++) {
        unsigned char *bytes = (unsigned char *)&rig->raw->slot[0];
        bytes[(size_t)rand() % sizeof good] = (unsigned char)(rand() >> 8);
        atomic_store(&rig->raw->entry[first + (uint32_t)rand() % 4], (uint32_t)(rand() % 12));
        read_all(rig, 0);
        if (round % 50 == 0)
            memcpy(bytes, &good, sizeof good);
    }
}

static void recovery_keeps_what_is_whole(void **state)
{
    struct rig *rig = *state;
    load(rig, 0, 2 * 16384);
    load(rig, 5, 16384);
    assert_int_equal(clipmem_prepare(rig->writer, 6, CLIPMEM_S16, 2, 48000, 48000, 16384, 16384), 0);
    clipmem_fill(rig->writer, 6, 0);
    load(rig, 8, 16384);
    atomic_store(&rig->raw->entry[rig->raw->slot[8].table_first], 1000);    /* no such block */
    load(rig, 9, 16384);
    atomic_store(&rig->raw->entry[rig->raw->slot[9].table_first], atomic_load(&rig->raw->entry[rig->raw->slot[5].table_first]));
    clipmem_set_state(rig->writer, 10, CLIPMEM_FAILED);
    struct clipmem *next = clipmem_map(rig->fd, true);
    clipmem_recover(next);
    assert_int_equal(clipmem_state_rt(next, 0), CLIPMEM_READY);
    assert_int_equal(clipmem_state_rt(next, 5), CLIPMEM_READY);
    assert_int_equal(clipmem_state_rt(next, 6), CLIPMEM_EMPTY);
    assert_int_equal(clipmem_state_rt(next, 8), CLIPMEM_EMPTY);
    assert_int_equal(clipmem_state_rt(next, 9), CLIPMEM_EMPTY);
    assert_int_equal(clipmem_state_rt(next, 10), CLIPMEM_FAILED);
    assert_int_equal(clipmem_free_blocks(next), 5);
    struct rig again = {.writer = next};
    load(&again, 11, 5 * 16384);
    struct clipmem_view view;
    uint32_t count;
    assert_true(clipmem_view_rt(next, 0, &view));
    assert_int_equal(*(const int16_t *)clipmem_read_rt(&view, 16385, &count), 16385);
    assert_true(clipmem_view_rt(next, 5, &view));
    assert_int_equal(*(const int16_t *)clipmem_read_rt(&view, 100, &count), 100);
    clipmem_free_slot(next, 0);
    assert_int_equal(clipmem_free_blocks(next), 2);
    clipmem_unmap(next);
}

static void frames_round_halves_up(void **state)
{
    (void)state;
    assert_int_equal(clipmem_to_chain_rt(1, 96000, 48000), 1);          /* 0.5 */
    assert_int_equal(clipmem_to_chain_rt(3, 96000, 48000), 2);          /* 1.5 */
    assert_int_equal(clipmem_to_chain_rt(-1, 96000, 48000), 0);         /* -0.5 */
    assert_int_equal(clipmem_to_chain_rt(-3, 96000, 48000), -1);        /* -1.5 */
    assert_int_equal(clipmem_to_chain_rt(1, 44100, 48000), 1);          /* 1.088 */
    assert_int_equal(clipmem_to_chain_rt(44099, 44100, 48000), 47999);  /* 47998.91 */
    assert_int_equal(clipmem_to_chain_rt(147, 44100, 48000), 160);
    assert_int_equal(clipmem_to_file_rt(160, 44100, 48000), 147);
    assert_int_equal(clipmem_to_chain_rt(12345678901234, 48000, 48000), 12345678901234);
    assert_int_equal(clipmem_to_chain_rt(INT64_MAX, 44100, 48000), INT64_MAX);
    assert_int_equal(clipmem_to_chain_rt(INT64_MIN, 44100, 48000), INT64_MIN);
    assert_int_equal(clipmem_to_chain_rt(5, 0, 48000), 0);
    assert_int_equal(clipmem_to_chain_rt(5, 48000, 0xffffffff), 0);
    for (int64_t f = 0; f < 100000; f += 7) {
        int64_t twice = 2 * f * 48000 + 44100;
        assert_int_equal(clipmem_to_chain_rt(f, 44100, 48000), twice / (2 * 44100));
        assert_int_equal(clipmem_to_file_rt(clipmem_to_chain_rt(f, 44100, 48000), 44100, 48000), f);
    }
}

int main(void)
{
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, rig_open, rig_close)
    const struct CMUnitTest tests[] = {
        WITH_RIG(its_size_and_seals_are_final), WITH_RIG(another_layout_is_not_mapped),
        WITH_RIG(a_medium_reads_back_block_by_block), cmocka_unit_test(blocks_hold_a_power_of_two_of_frames),
        WITH_RIG(a_block_is_seen_once_published), WITH_RIG(a_prepared_slot_can_always_be_filled),
        WITH_RIG(freed_blocks_come_back_for_ever), WITH_RIG(hostile_numbers_are_silence_at_worst),
        WITH_RIG(recovery_keeps_what_is_whole), cmocka_unit_test(frames_round_halves_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
