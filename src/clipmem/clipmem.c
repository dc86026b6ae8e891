/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clip memory, made, mapped and read: see clipmem.h. A reader takes each shared number once,
 * into its own memory, and checks the copy; what it follows afterwards are its own numbers and
 * block numbers checked at each use. So the worst that wrong numbers do is silence.
 */
#include "config.h"

#include "clipmem/clipmem.h"
#include "base/xalloc.h"
#include "clipmem/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCKS_MAX = 1 << 28 };            /* 1 TiB of samples */

struct parts {
    uint64_t bucket, node, block, bytes;        /* where each begins in the memfd, and its length */
    uint32_t buckets;
};

static uint64_t to_page(uint64_t bytes)
{
    return (bytes + 4095) / 4096 * 4096;
}

static struct parts layout_parts(uint32_t blocks)
{
    struct parts parts = {.buckets = 64};
    while (parts.buckets < blocks)
        parts.buckets *= 2;
    parts.bucket = to_page(sizeof(struct layout));
    parts.node = to_page(parts.bucket + (uint64_t)parts.buckets * sizeof(uint32_t));
    parts.block = to_page(parts.node + (uint64_t)blocks * sizeof(struct layout_node));
    parts.bytes = parts.block + (uint64_t)blocks * CLIPMEM_BLOCK_BYTES;
    return parts;
}

int clipmem_create(uint64_t bytes)
{
    uint64_t blocks = bytes / CLIPMEM_BLOCK_BYTES + (bytes % CLIPMEM_BLOCK_BYTES != 0);
    if (blocks < 1)
        blocks = 1;
    if (blocks > BLOCKS_MAX) {
        errno = EFBIG;
        return -1;
    }
    uint64_t total = layout_parts((uint32_t)blocks).bytes;
    int fd = memfd_create("clipgrid-clips", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    struct {
        uint32_t magic, blocks;
        uint64_t bytes;
    } head = {CLIPMEM_MAGIC, (uint32_t)blocks, total};
    _Static_assert(offsetof(struct layout, bytes) == 8, "head is written as it is laid out");
    if (ftruncate(fd, (off_t)total) < 0 || pwrite(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool layout_sane(const struct layout *shared, uint64_t size)
{
    return shared->magic == CLIPMEM_MAGIC && shared->bytes == size && shared->blocks >= 1 && shared->blocks <= BLOCKS_MAX &&
           layout_parts(shared->blocks).bytes == size;
}

struct clipmem *clipmem_map(int fd, bool writable)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return NULL;
    if (st.st_size < (off_t)sizeof(struct layout)) {
        errno = EPROTO;
        return NULL;
    }
    size_t bytes = (size_t)st.st_size;
    struct layout *shared = mmap(NULL, bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED)
        return NULL;
    uint32_t blocks = shared->blocks;
    if (!layout_sane(shared, bytes)) {
        munmap(shared, bytes);
        errno = EPROTO;
        return NULL;
    }
    madvise(shared, bytes, MADV_DONTDUMP);
    struct parts parts = layout_parts(blocks);
    struct clipmem *memory = xcalloc(1, sizeof *memory);
    *memory = (struct clipmem){
        .shared = shared, .bytes = bytes, .blocks = blocks, .bucket_mask = parts.buckets - 1,
        .bucket = (void *)((unsigned char *)shared + parts.bucket), .node = (void *)((unsigned char *)shared + parts.node),
        .block = (unsigned char *)shared + parts.block, .fill = writable ? fill_new(blocks) : NULL,
    };
    return memory;
}

void clipmem_unmap(struct clipmem *memory)
{
    if (!memory)
        return;
    fill_free(memory->fill);
    munmap(memory->shared, memory->bytes);
    free(memory);
}

uint64_t clipmem_capacity_blocks(const struct clipmem *memory)
{
    return memory->blocks;
}

static unsigned frame_bytes(enum clipmem_format format, unsigned channels)
{
    return (format == CLIPMEM_S16 ? 2 : 4) * channels;
}

uint32_t clipmem_block_frames(enum clipmem_format format, unsigned channels)
{
    return CLIPMEM_BLOCK_BYTES / frame_bytes(format, channels);
}

/* log2 of the frames of a block: 11 for the smallest frame of two bytes, one less for each doubling. */
static unsigned block_shift(enum clipmem_format format, unsigned channels)
{
    return 11 - (format == CLIPMEM_F32) - (channels == 2);
}

enum clipmem_state clipmem_state_rt(const struct clipmem *memory, uint32_t slot)
{
    if (slot >= CLIPMEM_SLOTS)
        return CLIPMEM_EMPTY;
    uint32_t state = atomic_load_explicit(&memory->shared->slot[slot].state, memory_order_acquire);
    return state <= CLIPMEM_FAILED ? (enum clipmem_state)state : CLIPMEM_FAILED;
}

uint32_t clipmem_resident_kb_rt(const struct clipmem *memory, uint32_t slot)
{
    uint32_t blocks = atomic_load_explicit(&memory->shared->slot[slot].blocks_resident, memory_order_relaxed);
    return blocks < UINT32_MAX / (CLIPMEM_BLOCK_BYTES / 1024) ? blocks * (CLIPMEM_BLOCK_BYTES / 1024) : UINT32_MAX;
}

static bool view_sane(const struct clipmem_view *view)
{
    if (view->format > CLIPMEM_F32 || view->channels < 1 || view->channels > 2)
        return false;
    if (view->file_rate < 1 || view->file_rate > LAYOUT_RATE_MAX || view->chain_rate < 1 || view->chain_rate > LAYOUT_RATE_MAX)
        return false;
    return view->file_frames >= 1 && view->frames >= 1 && view->frames <= CLIPMEM_FRAMES_MAX;
}

bool clipmem_view_rt(const struct clipmem *memory, uint32_t slot, struct clipmem_view *view)
{
    enum clipmem_state state = clipmem_state_rt(memory, slot);
    if (state != CLIPMEM_READY && state != CLIPMEM_LOADING)
        return false;
    /* volatile: each number is loaded once; what was checked is what is used */
    const volatile struct clipmem_slot *shared = &memory->shared->slot[slot];
    view->memory = memory;
    view->slot = slot;
    view->format = (enum clipmem_format)shared->format;
    view->channels = shared->channels;
    view->file_rate = shared->file_rate;
    view->chain_rate = shared->chain_rate;
    view->file_frames = shared->file_frames;
    view->frames = atomic_load_explicit(&memory->shared->slot[slot].frames, memory_order_acquire);
    if (!view_sane(view))
        return false;
    view->shift = block_shift(view->format, view->channels);
    return true;
}

uint32_t clipmem_serial_rt(const struct clipmem *memory, uint32_t slot)
{
    if (slot >= CLIPMEM_SLOTS)
        return 0;
    const volatile struct clipmem_slot *shared = &memory->shared->slot[slot];
    return shared->serial;
}

int64_t clipmem_frames_rt(const struct clipmem_view *view)
{
    int64_t frames = atomic_load_explicit(&view->memory->shared->slot[view->slot].frames, memory_order_acquire);
    return frames < 0 ? 0 : frames < view->frames ? frames : view->frames;
}

/* Return: the block that holds a place, or NULL if it is not resident. */
static const unsigned char *find_block_rt(const struct clipmem *memory, uint32_t slot, uint32_t index)
{
    uint32_t link = atomic_load(&memory->bucket[layout_bucket_rt(memory, slot, index)]);
    for (int steps = 0; link != 0 && link <= memory->blocks && steps < LAYOUT_CHAIN_MAX; steps++) {
        struct layout_node *node = &memory->node[link - 1];
        if (atomic_load_explicit(&node->index, memory_order_relaxed) == index &&
            atomic_load_explicit(&node->slot, memory_order_relaxed) == slot)
            return layout_block_rt(memory, link - 1);
        link = atomic_load(&node->next);
    }
    return NULL;
}

const void *clipmem_read_rt(const struct clipmem_view *view, int64_t frame, uint32_t *count)
{
    if (frame < 0 || frame >= view->frames)
        return NULL;
    const unsigned char *block = find_block_rt(view->memory, view->slot, (uint32_t)(frame >> view->shift));
    if (!block)
        return NULL;
    uint32_t block_frames = 1u << view->shift;
    uint32_t offset = (uint32_t)frame & (block_frames - 1);
    uint32_t here = block_frames - offset;
    *count = view->frames - frame < here ? (uint32_t)(view->frames - frame) : here;
    return block + (size_t)offset * (CLIPMEM_BLOCK_BYTES >> view->shift);
}

uint32_t clipmem_ahead_rt(const struct clipmem_view *view, int64_t frame, uint32_t count)
{
    uint32_t ahead = 0, here;
    while (ahead < count && clipmem_read_rt(view, frame + ahead, &here))
        ahead += here;
    return ahead < count ? ahead : count;
}

void clipmem_touch(const struct clipmem_view *view, int64_t first, int64_t count)
{
    int64_t block_frames = INT64_C(1) << view->shift, end = first + count < view->frames ? first + count : view->frames;
    uint32_t here;
    for (int64_t frame = first & ~(block_frames - 1); frame < end; frame += block_frames) {
        const volatile unsigned char *block = clipmem_read_rt(view, frame, &here);
        if (block)
            (void)*block;
    }
}

/* round(frames * to / from), halves up, for rates that make sense; the result stays inside int64_t. */
static int64_t scale_frames(int64_t frames, uint32_t from, uint32_t to)
{
    if (from == to)
        return frames;
    if (from < 1 || from > LAYOUT_RATE_MAX || to < 1 || to > LAYOUT_RATE_MAX)
        return 0;
    int64_t whole = frames / (int64_t)from, rest = frames % (int64_t)from;
    if (rest < 0) {
        whole--;
        rest += from;
    }
    int64_t scaled;
    if (__builtin_mul_overflow(whole, (int64_t)to, &scaled))
        return frames < 0 ? INT64_MIN : INT64_MAX;
    int64_t part = (2 * rest * (int64_t)to + (int64_t)from) / (2 * (int64_t)from);
    return scaled > INT64_MAX - part ? INT64_MAX : scaled + part;
}

uint32_t clipmem_chain_rate(uint32_t file_rate)
{
    if (file_rate % 11025 == 0)
        return 44100;
    if (file_rate % 8000 == 0 || file_rate == 12000)
        return 48000;
    return file_rate < (44100 + 48000) / 2 ? 44100 : 48000;
}

int64_t clipmem_to_chain_rt(int64_t file_frame, uint32_t file_rate, uint32_t chain_rate)
{
    return scale_frames(file_frame, file_rate, chain_rate);
}

int64_t clipmem_to_file_rt(int64_t chain_frame, uint32_t file_rate, uint32_t chain_rate)
{
    return scale_frames(chain_frame, chain_rate, file_rate);
}
