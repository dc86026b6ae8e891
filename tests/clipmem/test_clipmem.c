/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clip memory: seals, the loader's books, and a reader that trusts no number it finds there. */
#include "config.h"

#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "clipmem/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

struct rig {
    int fd;
    struct clipmem *writer, *reader;
    struct layout *raw;                 /* the hand that damages */
    _Atomic uint32_t *raw_bucket;
    struct layout_node *raw_node;
};

/* Where the damaging hand finds what the writer has at an address. */
static void *in_raw(const struct rig *rig, uintptr_t at)
{
    return (unsigned char *)rig->raw + (at - (uintptr_t)rig->writer->shared);
}

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
    rig->raw_bucket = in_raw(rig, (uintptr_t)rig->writer->bucket);
    rig->raw_node = in_raw(rig, (uintptr_t)rig->writer->node);
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
        int16_t *samples = clipmem_take(rig->writer, slot, index);
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
    load(rig, 7, 2500);
    assert_int_equal(clipmem_state_rt(rig->reader, 7), CLIPMEM_READY);
    struct clipmem_view view;
    assert_true(clipmem_view_rt(rig->reader, 7, &view));
    assert_int_equal(view.frames, 2500);
    uint32_t count;
    const int16_t *samples = clipmem_read_rt(&view, 1020, &count);
    assert_int_equal(count, 4);
    assert_int_equal(samples[0], 1020);
    assert_int_equal(samples[7], -1023);
    samples = clipmem_read_rt(&view, 1024, &count);
    assert_int_equal(count, 1024);
    assert_int_equal((uintptr_t)samples % 64, 0);
    assert_int_equal(samples[0], 1024);
    samples = clipmem_read_rt(&view, 2499, &count);
    assert_int_equal(count, 1);
    assert_int_equal(samples[0], 2499 & 0x7fff);
    assert_null(clipmem_read_rt(&view, 2500, &count));
    assert_null(clipmem_read_rt(&view, -1, &count));
    assert_null(clipmem_read_rt(&view, INT64_MAX, &count));
    assert_null(clipmem_read_rt(&view, INT64_MIN, &count));
}

static void blocks_hold_a_power_of_two_of_frames(void **state)
{
    (void)state;
    assert_int_equal(clipmem_block_frames(CLIPMEM_S16, 1), 2048);
    assert_int_equal(clipmem_block_frames(CLIPMEM_S16, 2), 1024);
    assert_int_equal(clipmem_block_frames(CLIPMEM_F32, 1), 1024);
    assert_int_equal(clipmem_block_frames(CLIPMEM_F32, 2), 512);
}

static void a_block_is_seen_once_published(void **state)
{
    struct rig *rig = *state;
    struct clipmem_view view;
    uint32_t count;
    assert_false(clipmem_view_rt(rig->reader, 3, &view));
    assert_int_equal(clipmem_prepare(rig->writer, 3, CLIPMEM_F32, 1, 44100, 48000, 44100, 48000), 0);
    assert_true(clipmem_view_rt(rig->reader, 3, &view));
    float *samples = clipmem_take(rig->writer, 3, 1);
    samples[0] = 0.5f;
    assert_null(clipmem_read_rt(&view, 1024, &count));
    assert_ptr_equal(clipmem_take(rig->writer, 3, 1), samples);
    clipmem_publish(rig->writer, 3, 1);
    assert_null(clipmem_take(rig->writer, 3, 1));
    clipmem_publish(rig->writer, 3, 1);
    assert_int_equal(atomic_load(&rig->raw->slot[3].blocks_resident), 1);
    assert_true(*(const float *)clipmem_read_rt(&view, 1024, &count) == 0.5f);
    assert_null(clipmem_read_rt(&view, 0, &count));
    assert_null(clipmem_take(rig->writer, 3, 47));
    assert_null(clipmem_take(rig->writer, 4, 0));
}

static void what_has_no_room_is_not_given(void **state)
{
    struct rig *rig = *state;
    load(rig, 0, 5 * 1024);
    assert_int_equal(clipmem_free_blocks(rig->writer), 3);
    assert_int_equal(clipmem_prepare(rig->writer, 1, CLIPMEM_S16, 2, 48000, 48000, 4 * 1024, 4 * 1024), 0);
    for (uint32_t i = 0; i < 3; i++)
        assert_non_null(clipmem_take(rig->writer, 1, i));
    assert_null(clipmem_take(rig->writer, 1, 3));
    assert_int_equal(clipmem_free_blocks(rig->writer), 0);
    clipmem_evict(rig->writer, 1, 0);           /* taken, never seen */
    assert_non_null(clipmem_take(rig->writer, 1, 3));
    clipmem_evict(rig->writer, 0, 4);           /* linked */
    assert_non_null(clipmem_take(rig->writer, 1, 0));
    assert_int_equal(clipmem_slot_blocks(rig->writer, 0), 4);
    assert_int_equal(clipmem_slot_blocks(rig->writer, 1), 4);
    clipmem_free_slot(rig->writer, 0);
    clipmem_free_slot(rig->writer, 1);
    assert_int_equal(clipmem_free_blocks(rig->writer), 8);
    assert_int_equal(clipmem_prepare(rig->writer, 1, CLIPMEM_S16, 3, 48000, 48000, 10, 10), -1);
    assert_int_equal(clipmem_prepare(rig->writer, 1, CLIPMEM_S16, 2, 48000, 48000, 10, CLIPMEM_FRAMES_MAX + 1), -1);
    assert_int_equal(clipmem_prepare(rig->writer, CLIPMEM_SLOTS, CLIPMEM_S16, 2, 48000, 48000, 10, 10), -1);
}

static void what_is_evicted_is_away(void **state)
{
    struct rig *rig = *state;
    struct clipmem_view view;
    uint32_t count, cursor = 0, index, seen = 0;
    load(rig, 2, 4 * 1024);
    load(rig, 3, 2 * 1024);
    assert_true(clipmem_view_rt(rig->reader, 2, &view));
    assert_int_equal(clipmem_ahead_rt(&view, 5, 9000), 4 * 1024 - 5);
    clipmem_evict(rig->writer, 2, 2);
    clipmem_evict(rig->writer, 2, 2);
    assert_false(clipmem_resident(rig->writer, 2, 2));
    assert_true(clipmem_resident(rig->writer, 2, 3));
    assert_null(clipmem_read_rt(&view, 2 * 1024, &count));
    assert_non_null(clipmem_read_rt(&view, 3 * 1024, &count));
    assert_int_equal(clipmem_ahead_rt(&view, 5, 9000), 2 * 1024 - 5);
    assert_int_equal(clipmem_ahead_rt(&view, 5, 100), 100);
    assert_int_equal(clipmem_ahead_rt(&view, 2 * 1024, 100), 0);
    while ((index = clipmem_next_block(rig->writer, 2, &cursor)) != CLIPMEM_NO_INDEX) {
        seen |= 1u << index;
        clipmem_evict(rig->writer, 2, index);
    }
    assert_int_equal(seen, 0xb);
    assert_int_equal(clipmem_slot_blocks(rig->writer, 2), 0);
    assert_int_equal(atomic_load(&rig->raw->slot[2].blocks_resident), 0);
    assert_true(clipmem_view_rt(rig->reader, 3, &view));
    assert_int_equal(clipmem_ahead_rt(&view, 0, 9000), 2 * 1024);
}

static void a_sound_that_ends_sooner_is_shortened(void **state)
{
    struct rig *rig = *state;
    struct clipmem_view before, after;
    load(rig, 1, 4 * 1024);
    assert_true(clipmem_view_rt(rig->reader, 1, &before));
    clipmem_shorten(rig->writer, 1, 1030, 1030);
    clipmem_shorten(rig->writer, 1, 2000, 2000);        /* never longer */
    assert_int_equal(clipmem_frames_rt(&before), 1030);
    assert_true(clipmem_view_rt(rig->reader, 1, &after));
    assert_int_equal(after.frames, 1030);
    assert_int_equal(after.file_frames, 1030);
    assert_int_equal(clipmem_slot_blocks(rig->writer, 1), 2);
    assert_int_equal(clipmem_ahead_rt(&after, 0, 5000), 1030);
    clipmem_shorten(rig->writer, 1, 0, 0);
    assert_int_equal(clipmem_frames_rt(&before), 0);
    assert_false(clipmem_view_rt(rig->reader, 1, &after));
}

/* A block that a period may have found is not written again before that period is over. */
static void a_reader_in_its_period_keeps_what_it_found(void **state)
{
    struct rig *rig = *state;
    int fd = demand_create();
    struct demand *engine = demand_map(fd, true);
    const struct demand *store = demand_map(fd, false);
    struct demand_picture nothing = {0};
    clipmem_set_demand(rig->writer, store);
    load(rig, 0, 8 * 1024);
    clipmem_evict(rig->writer, 0, 0);           /* nobody is inside: free at once */
    assert_int_equal(clipmem_free_blocks(rig->writer), 1);
    demand_enter_rt(engine);
    clipmem_evict(rig->writer, 0, 1);
    assert_int_equal(clipmem_free_blocks(rig->writer), 1);
    demand_leave_rt(engine, &nothing);
    assert_int_equal(clipmem_free_blocks(rig->writer), 2);
    demand_enter_rt(engine);
    clipmem_free_slot(rig->writer, 0);
    assert_int_equal(clipmem_free_blocks(rig->writer), 2);
    demand_leave_rt(engine, &nothing);
    demand_enter_rt(engine);                    /* another period: it cannot have found them */
    assert_int_equal(clipmem_free_blocks(rig->writer), 8);
    load(rig, 0, 8 * 1024);
    clipmem_free_slot(rig->writer, 0);
    assert_int_equal(clipmem_free_blocks(rig->writer), 0);
    clipmem_reader_gone(rig->writer);           /* it died inside */
    assert_int_equal(clipmem_free_blocks(rig->writer), 8);
    clipmem_set_demand(rig->writer, NULL);
    demand_unmap(engine);
    demand_unmap((struct demand *)(uintptr_t)store);
    close(fd);
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
            load(rig, slot, (int64_t)blocks * 1024 - 5);
        }
        assert_int_equal(clipmem_free_blocks(rig->writer), 8 - held[0] - held[1] - held[2] - held[3]);
        for (uint32_t s = 0; s < 4; s++) {
            struct clipmem_view view;
            uint32_t count;
            assert_int_equal(clipmem_view_rt(rig->reader, s, &view), held[s] != 0);
            for (int64_t b = 0; b < held[s]; b++)
                assert_int_equal(*(const int16_t *)clipmem_read_rt(&view, b * 1024 + 1, &count), (b * 1024 + 1) & 0x7fff);
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
        assert_true(samples >= rig->reader->block);
        assert_true(samples + bytes <= rig->reader->block + 8 * CLIPMEM_BLOCK_BYTES);
        assert_true(samples[0] + samples[bytes - 1] < 512);
        at += count;
    }
}

static void hostile_numbers_are_silence_at_worst(void **state)
{
    struct rig *rig = *state;
    load(rig, 0, 2500);
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
    REFUSES(file_frames, 0);
    REFUSES(state, 77);
#undef REFUSES
    assert_true(clipmem_view_rt(rig->reader, 0, &view));
    uint32_t count, bucket = layout_bucket_rt(rig->reader, 0, 0);
    uint32_t good_link = atomic_load(&rig->raw_bucket[bucket]);
    static const uint32_t links[] = {9, 10, 0x7fffffff, 0xffffffff};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        atomic_store(&rig->raw_bucket[bucket], links[i]);
        assert_null(clipmem_read_rt(&view, 0, &count));
    }
    atomic_store(&rig->raw_bucket[bucket], good_link);
    atomic_store(&rig->raw_node[good_link - 1].next, good_link);        /* a ring */
    assert_null(clipmem_read_rt(&view, 64 * 1024, &count));
    srand(5);
    for (int round = 0; round < 20000; round++) {
        unsigned char *bytes = (unsigned char *)&rig->raw->slot[0];
        bytes[(size_t)rand() % sizeof good] = (unsigned char)(rand() >> 8);
        atomic_store(&rig->raw_bucket[(bucket + (uint32_t)rand() % 4) & rig->reader->bucket_mask], (uint32_t)(rand() % 12));
        struct layout_node *node = &rig->raw_node[rand() % 8];
        atomic_store(&node->next, (uint32_t)(rand() % 12));
        atomic_store(&node->index, (uint32_t)(rand() % 4));
        read_all(rig, 0);
        if (round % 50 == 0)
            memcpy(bytes, &good, sizeof good);
    }
}

static _Atomic uint32_t *link_of(const struct rig *rig, uint32_t slot, uint32_t index)
{
    return &rig->raw_bucket[layout_bucket_rt(rig->writer, slot, index)];
}

static void recovery_keeps_what_is_sound(void **state)
{
    struct rig *rig = *state;
    load(rig, 0, 2 * 1024);
    load(rig, 5, 1024);
    assert_int_equal(clipmem_prepare(rig->writer, 6, CLIPMEM_S16, 2, 48000, 48000, 1024, 1024), 0);
    clipmem_take(rig->writer, 6, 0);
    load(rig, 8, 1024);
    atomic_store(link_of(rig, 8, 0), 1000);             /* no such block */
    load(rig, 9, 1024);
    atomic_store(link_of(rig, 9, 0), atomic_load(link_of(rig, 5, 0)));  /* another's */
    clipmem_evict(rig->writer, 0, 0);
    clipmem_set_state(rig->writer, 10, CLIPMEM_FAILED);
    struct clipmem *next = clipmem_map(rig->fd, true);
    clipmem_recover(next);
    assert_int_equal(clipmem_state_rt(next, 0), CLIPMEM_READY);
    assert_int_equal(clipmem_slot_blocks(next, 0), 1);
    assert_true(clipmem_resident(next, 0, 1));
    assert_int_equal(clipmem_slot_blocks(next, 5), 1);
    assert_int_equal(clipmem_state_rt(next, 6), CLIPMEM_EMPTY);
    assert_int_equal(clipmem_slot_blocks(next, 6) + clipmem_slot_blocks(next, 8) + clipmem_slot_blocks(next, 9), 0);
    assert_int_equal(clipmem_state_rt(next, 10), CLIPMEM_FAILED);
    assert_int_equal(clipmem_free_blocks(next), 6);
    struct rig again = {.writer = next};
    load(&again, 11, 6 * 1024);
    struct clipmem_view view;
    uint32_t count;
    assert_true(clipmem_view_rt(next, 0, &view));
    assert_int_equal(*(const int16_t *)clipmem_read_rt(&view, 1025, &count), 1025);
    assert_true(clipmem_view_rt(next, 5, &view));
    assert_int_equal(*(const int16_t *)clipmem_read_rt(&view, 100, &count), 100);
    clipmem_free_slot(next, 0);
    assert_int_equal(clipmem_free_blocks(next), 1);
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

static blkcnt_t pages_used(const struct rig *rig)
{
    struct stat st;
    assert_int_equal(fstat(rig->fd, &st), 0);
    return st.st_blocks * 512 / CLIPMEM_BLOCK_BYTES;
}

static void fill_block(struct rig *rig, uint32_t index, int byte)
{
    void *block = clipmem_take(rig->writer, 0, index);
    assert_non_null(block);
    memset(block, byte, CLIPMEM_BLOCK_BYTES);
    clipmem_publish(rig->writer, 0, index);
}

static void free_blocks_are_given_back(void **state)
{
    struct rig *rig = *state;
    const int64_t frames = 8 * clipmem_block_frames(CLIPMEM_F32, 2);
    if (sysconf(_SC_PAGESIZE) != CLIPMEM_BLOCK_BYTES)
        skip();
    blkcnt_t empty = pages_used(rig);
    assert_int_equal(clipmem_give_back(rig->writer, UINT32_MAX), 0);        /* nothing was written */
    assert_int_equal(clipmem_prepare(rig->writer, 0, CLIPMEM_F32, 2, 48000, 48000, frames, frames), 0);
    for (uint32_t i = 0; i < 8; i++)
        fill_block(rig, i, 1 + (int)i);
    blkcnt_t full = pages_used(rig);
    assert_true(full >= empty + 8);
    for (uint32_t i = 0; i < 8; i += i == 2 ? 3 : 1)
        clipmem_evict(rig->writer, 0, i);                                   /* 3 and 4 stay */
    assert_int_equal(clipmem_give_back(rig->writer, 4), 3);
    assert_int_equal(clipmem_give_back(rig->writer, UINT32_MAX), 3);
    assert_int_equal(pages_used(rig), full - 6);
    assert_int_equal(clipmem_give_back(rig->writer, UINT32_MAX), 0);
    const unsigned char *kept = clipmem_take(rig->writer, 0, 0);
    assert_non_null(kept);
    clipmem_evict(rig->writer, 0, 0);
    fill_block(rig, 7, 9);                                                  /* one that went comes again */
    assert_true(clipmem_resident(rig->writer, 0, 3) && clipmem_resident(rig->writer, 0, 4) &&
                clipmem_resident(rig->writer, 0, 7));
    clipmem_free_slot(rig->writer, 0);
    clipmem_give_back(rig->writer, UINT32_MAX);
    clipmem_give_back(rig->writer, UINT32_MAX);
    assert_int_equal(pages_used(rig), full - 8);
}

int main(void)
{
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, rig_open, rig_close)
    const struct CMUnitTest tests[] = {
        WITH_RIG(its_size_and_seals_are_final), WITH_RIG(another_layout_is_not_mapped),
        WITH_RIG(a_medium_reads_back_block_by_block), cmocka_unit_test(blocks_hold_a_power_of_two_of_frames),
        WITH_RIG(a_block_is_seen_once_published), WITH_RIG(what_has_no_room_is_not_given),
        WITH_RIG(what_is_evicted_is_away), WITH_RIG(a_sound_that_ends_sooner_is_shortened),
        WITH_RIG(a_reader_in_its_period_keeps_what_it_found), WITH_RIG(freed_blocks_come_back_for_ever),
        WITH_RIG(hostile_numbers_are_silence_at_worst),
        WITH_RIG(free_blocks_are_given_back),
        WITH_RIG(recovery_keeps_what_is_sound), cmocka_unit_test(frames_round_halves_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
