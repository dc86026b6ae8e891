/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The segment of the resume state, and main's part of it: the blocks of parameters. See
 * resume.h and resume_layout.h. A block that the audio thread has given back may still be named
 * by a copy, so it is used again only when both copies are younger than that.
 */
#include "config.h"

#include "base/xalloc.h"
#include "engine/resume_blocks.h"
#include "engine/resume_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another build lays the engine's structures out otherwise. */
static uint32_t layout_number(void)
{
    const size_t sizes[] = {
        sizeof(struct resume_segment), sizeof(struct resume_head), sizeof(struct voice), sizeof(struct clip_params),
        sizeof(struct limiter), ENGINE_VOICES, RESUME_DATA_BYTES, offsetof(struct resume_segment, block),
    };
    uint32_t number = 2166136261u;              /* as FNV-1a does it */
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        number = (number ^ (uint32_t)sizes[i]) * 16777619u;
    return number;
}

size_t resume_bytes(void)
{
    return sizeof(struct resume_segment);
}

int resume_create(void)
{
    const uint32_t head[] = {RESUME_MAGIC, layout_number()};
    int fd = memfd_create("clipgrid-resume", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, (off_t)resume_bytes()) < 0 || pwrite(fd, head, sizeof head, 0) != (ssize_t)sizeof head ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/* The pages that the audio thread will write are there before it does. */
static void touch_pages(const struct resume_segment *shared)
{
    const volatile unsigned char *bytes = (const volatile unsigned char *)shared;
    for (size_t i = 0; i < offsetof(struct resume_segment, block); i += 4096)
        (void)bytes[i];
}

static struct resume_segment *map_segment(int fd, bool writable)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return NULL;
    if (st.st_size != (off_t)resume_bytes()) {
        errno = EPROTO;
        return NULL;
    }
    void *map = mmap(NULL, resume_bytes(), writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return NULL;
    struct resume_segment *shared = map;
    if (shared->magic != RESUME_MAGIC || shared->layout != layout_number()) {
        munmap(map, resume_bytes());
        errno = EPROTO;
        return NULL;
    }
    return shared;
}

struct resume *resume_map(int fd, bool writable)
{
    struct resume_segment *shared = map_segment(fd, writable);
    if (!shared)
        return NULL;
    struct resume *resume = xcalloc(1, sizeof *resume);
    resume->shared = shared;
    resume->sequence = resume_sequence(resume);
    if (writable) {
        touch_pages(shared);
        resume->freed = xcalloc(RESUME_BLOCKS, sizeof *resume->freed);
        resume_count_blocks(resume, NULL);
    }
    return resume;
}

void resume_unmap(struct resume *resume)
{
    if (!resume)
        return;
    munmap(resume->shared, resume_bytes());
    free(resume->freed);
    free(resume);
}

uint16_t resume_rendering(const struct resume *resume)
{
    uint32_t clip = atomic_load_explicit(&resume->shared->rendering, memory_order_acquire);
    return clip == 0 || clip > ENGINE_CLIPS ? ENGINE_CLIPS_NONE : (uint16_t)(clip - 1);
}

struct crash_record *resume_crash(const struct resume *resume)
{
    return &resume->shared->crash;
}

void resume_leave_out(struct resume *resume, uint16_t clip)
{
    if (clip < ENGINE_CLIPS)
        resume->left_out[clip / 64] |= UINT64_C(1) << clip % 64;
}

uint64_t resume_sequence(const struct resume *resume)
{
    uint64_t sequence[2];
    for (int i = 0; i < 2; i++)
        sequence[i] = atomic_load_explicit(&resume->shared->copy[i].sequence, memory_order_acquire);
    return sequence[0] > sequence[1] ? sequence[0] : sequence[1];
}

void resume_forget(struct resume *resume)
{
    for (int i = 0; i < 2; i++)
        atomic_store(&resume->shared->copy[i].sequence, 0);
    for (int i = 0; i < ENGINE_CLIPS; i++)
        for (int k = 0; k < 2; k++)
            atomic_store_explicit(&resume->shared->clip[i][k].stamp, 0, memory_order_relaxed);
    atomic_store(&resume->shared->rendering, 0);
    atomic_store(&resume->sequence, 0);
}

bool resume_is_done(const struct resume_report *report, uint32_t serial)
{
    uint32_t since = serial - report->done_before, bit = serial % RESUME_SERIALS;
    if (since >= RESUME_SERIALS)
        return since > UINT32_MAX / 2;          /* before it, in numbers that wrap */
    return report->done[bit / 64] >> bit % 64 & 1;
}

/* --- blocks --- */

static void free_block(struct resume *resume, uint32_t block, uint64_t sequence)
{
    if (resume->count_freed == RESUME_BLOCKS)
        return;
    uint32_t last = (resume->first_freed + resume->count_freed++) % RESUME_BLOCKS;
    resume->freed[last] = (struct resume_freed){block, sequence};
}

void resume_count_blocks(struct resume *resume, const bool *used)
{
    resume->first_freed = resume->count_freed = 0;
    for (uint32_t block = 1; block < RESUME_BLOCKS; block++)
        if (!used || !used[block])
            free_block(resume, block, 0);
}

void resume_give_block(struct resume *resume, uint32_t block)
{
    if (block > 0 && block < RESUME_BLOCKS)
        free_block(resume, block, atomic_load_explicit(&resume->sequence, memory_order_acquire));
}

static uint32_t take_block(struct resume *resume)
{
    enum { COPIES = 2 };
    const struct resume_freed *first = &resume->freed[resume->first_freed];
    uint64_t sequence = atomic_load_explicit(&resume->sequence, memory_order_acquire);
    if (!resume->count_freed || (first->sequence && first->sequence + COPIES > sequence))
        return 0;
    resume->first_freed = (resume->first_freed + 1) % RESUME_BLOCKS;
    resume->count_freed--;
    return first->block;
}

uint64_t resume_block_sum(const struct resume_block *block)
{
    enum { BEGIN = RESUME_LINE, BYTES = sizeof *block - BEGIN };
    return resume_sum_rt((const unsigned char *)block + BEGIN, BYTES);
}

uint32_t resume_write_block(struct resume *resume, uint16_t clip, const struct clip_params *params)
{
    uint32_t number = params->links <= ENGINE_LINKS && params->turns <= ENGINE_TURNS ? take_block(resume) : 0;
    if (!number)
        return 0;
    struct resume_block *block = &resume->shared->block[number];
    memset(block, 0, sizeof *block);
    block->clip = clip;
    block->params = *params;
    block->params.link = NULL;
    block->params.turn_medium = NULL;
    if (params->links)
        memcpy(block->link, params->link, params->links * sizeof *params->link);
    if (params->turns)
        memcpy(block->turn_medium, params->turn_medium, params->turns * sizeof *params->turn_medium);
    block->sum = resume_block_sum(block);
    return number;
}
