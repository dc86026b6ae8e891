/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The past of the inputs: see inputs.h. */
#include "config.h"

#include "wire/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MARGIN_PARTS = 16 };             /* of the capacity: what a reader stays clear of the writer */

static size_t bytes_of(uint32_t capacity)
{
    return sizeof(struct inputs) + (size_t)capacity * INPUTS_CHANNELS * sizeof(uint32_t);
}

int inputs_create(void)
{
    const struct {
        uint32_t magic, capacity;
    } head = {INPUTS_MAGIC, INPUTS_CAPACITY};
    int fd = memfd_create("clipgrid-inputs", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, (off_t)bytes_of(head.capacity)) < 0 || pwrite(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* What an engine that died was writing belongs to nobody: the next one writes it again. */
static void take_over(struct inputs *inputs)
{
    if (atomic_load(&inputs->lock.sequence) & 1)
        atomic_fetch_add(&inputs->lock.sequence, 1);
    atomic_store(&inputs->claimed, atomic_load(&inputs->written));
}

struct inputs *inputs_map(int fd, bool writable)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return NULL;
    if (st.st_size != (off_t)bytes_of(INPUTS_CAPACITY)) {
        errno = EPROTO;
        return NULL;
    }
    struct inputs *inputs = mmap(NULL, (size_t)st.st_size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (inputs == MAP_FAILED)
        return NULL;
    if (inputs->magic != INPUTS_MAGIC || bytes_of(inputs->capacity) != (size_t)st.st_size) {
        munmap(inputs, (size_t)st.st_size);
        errno = EPROTO;
        return NULL;
    }
    if (writable)
        take_over(inputs);
    return inputs;
}

void inputs_unmap(struct inputs *inputs)
{
    if (inputs)
        munmap(inputs, bytes_of(inputs->capacity));
}

/* --- capture thread --- */

/* frames NULL: silence. The last `count` of the frames before `end` are written, then all before it are there. */
static void write_rt(struct inputs *inputs, const float *frames, uint64_t end, uint32_t count)
{
    const uint32_t mask = inputs->capacity - 1;
    atomic_store_explicit(&inputs->claimed, end, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);      /* whoever sees one of the new samples sees the claim, too */
    for (uint32_t i = 0; i < count; i++) {
        _Atomic uint32_t *to = &inputs->sample[(size_t)((end - count + i) & mask) * INPUTS_CHANNELS];
        uint32_t bits[INPUTS_CHANNELS] = {0};
        if (frames)
            memcpy(bits, frames + (size_t)i * INPUTS_CHANNELS, sizeof bits);
        for (int channel = 0; channel < INPUTS_CHANNELS; channel++)
            atomic_store_explicit(&to[channel], bits[channel], memory_order_relaxed);
    }
    atomic_store_explicit(&inputs->written, end, memory_order_release);
}

void inputs_put_rt(struct inputs *inputs, const float *frames, uint32_t count)
{
    write_rt(inputs, frames, atomic_load_explicit(&inputs->written, memory_order_relaxed) + count, count);
}

void inputs_pass_rt(struct inputs *inputs, uint64_t count)
{
    uint64_t end = atomic_load_explicit(&inputs->written, memory_order_relaxed) + count;
    write_rt(inputs, NULL, end, count < inputs->capacity ? (uint32_t)count : inputs->capacity);
}

void inputs_stamp_rt(struct inputs *inputs, uint64_t time_ns, uint32_t rate)
{
    struct inputs_now now = inputs->now;            /* no other thread writes it */
    now.frame = atomic_load_explicit(&inputs->written, memory_order_relaxed);
    now.time_ns = time_ns;
    if (now.rate != rate)
        now.rate_frame = now.frame;
    now.rate = rate;
    seqlock_write_rt(&inputs->lock, &inputs->now, &now, sizeof now);
}

/* --- readers --- */

uint64_t inputs_written(const struct inputs *inputs)
{
    return atomic_load_explicit(&inputs->written, memory_order_acquire);
}

uint64_t inputs_oldest(const struct inputs *inputs)
{
    uint64_t claimed = atomic_load_explicit(&inputs->claimed, memory_order_acquire);
    uint64_t there = inputs->capacity - inputs->capacity / MARGIN_PARTS;
    return claimed > there ? claimed - there : 0;
}

bool inputs_read(const struct inputs *inputs, unsigned input, uint64_t first, float *stereo, uint32_t count)
{
    const uint32_t mask = inputs->capacity - 1;
    if (inputs->capacity == 0 || input >= INPUTS || first + count > inputs_written(inputs))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const _Atomic uint32_t *from = &inputs->sample[(size_t)((first + i) & mask) * INPUTS_CHANNELS + (size_t)input * 2];
        uint32_t bits[2] = {atomic_load_explicit(&from[0], memory_order_relaxed),
                            atomic_load_explicit(&from[1], memory_order_relaxed)};
        memcpy(stereo + (size_t)i * 2, bits, sizeof bits);
    }
    atomic_thread_fence(memory_order_acquire);      /* a sample that was overwritten brought its claim along */
    return first + inputs->capacity >= atomic_load_explicit(&inputs->claimed, memory_order_relaxed);
}

bool inputs_read_now(const struct inputs *inputs, struct inputs_now *now)
{
    return seqlock_read(&inputs->lock, &inputs->now, now, sizeof *now);
}
