/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timing thread's ears: see ltc_input.h. It looks into the ring every 5 ms. A signal is
 * present while it comes above a floor; 40 ms without, a frame at 25 a second, are a drop-out.
 */
#include "config.h"

#include "base/xalloc.h"
#include "engine/ltc_input.h"
#include "platform/clock.h"
#include "platform/thread.h"
#include "rt/ring.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FRAMES = 64, RING_BLOCKS = 1024, LOOK_MS = 5, ABSENT_MS = 40 };
#define FLOOR_LIN 0.005f                /* -46 dBFS: below what any timecode output gives, above the noise of an open input */
#define FALL_DB_A_SECOND 20.0f

struct ltc_block {
    uint64_t end_ns;                    /* when its last frame came */
    uint32_t rate, frames;
    float sample[BLOCK_FRAMES];
};

struct ltc_input {
    struct ring ring;                   /* struct ltc_block: capture to timing thread; full: dropped, and counted */
    _Atomic uint64_t lost;              /* frames; capture thread */
    _Atomic bool quit;
    struct thread thread;
    struct state_segment *state;
    /* timing thread */
    struct state_ltc picture;
    uint64_t quiet_frames;              /* since the signal was above the floor */
};

void ltc_input_put_rt(struct ltc_input *ltc, const float *mono, uint32_t frames, uint64_t end_ns, uint32_t rate)
{
    struct ltc_block block = {.rate = rate};
    for (uint32_t done = 0; done < frames; done += block.frames) {
        block.frames = frames - done < BLOCK_FRAMES ? frames - done : BLOCK_FRAMES;
        block.end_ns = end_ns - (uint64_t)(frames - done - block.frames) * CLOCK_SECOND_NS / rate;
        memcpy(block.sample, mono + done, block.frames * sizeof *mono);
        if (!ring_push_rt(&ltc->ring, &block))
            atomic_fetch_add_explicit(&ltc->lost, block.frames, memory_order_relaxed);
    }
}

/* --- timing thread --- */

static float peak_of(const struct ltc_block *block)
{
    float peak = 0;
    for (uint32_t i = 0; i < block->frames; i++)
        peak = fabsf(block->sample[i]) > peak ? fabsf(block->sample[i]) : peak;
    return peak;
}

static void hear(struct ltc_input *ltc, const struct ltc_block *block)
{
    struct state_ltc *picture = &ltc->picture;
    float peak = peak_of(block);
    float fallen = picture->peak_lin * powf(10, -FALL_DB_A_SECOND / 20 * (float)block->frames / (float)block->rate);
    picture->peak_lin = peak > fallen ? peak : fallen;
    picture->frames += block->frames;
    ltc->quiet_frames = peak >= FLOOR_LIN ? 0 : ltc->quiet_frames + block->frames;
    bool absent = ltc->quiet_frames * 1000 >= (uint64_t)ABSENT_MS * block->rate;
    picture->dropouts += picture->present && absent;
    picture->present = peak >= FLOOR_LIN || (picture->present && !absent);
}

static void *listen(void *context)
{
    struct ltc_input *ltc = context;
    while (!atomic_load_explicit(&ltc->quit, memory_order_acquire)) {
        const struct ltc_block *block;
        clock_sleep_ms(LOOK_MS);
        for (int i = 0; i < RING_BLOCKS && (block = ring_peek_rt(&ltc->ring)); i++) {
            hear(ltc, block);
            ring_pop_rt(&ltc->ring, NULL);
        }
        ltc->picture.lost = atomic_load_explicit(&ltc->lost, memory_order_relaxed);
        seqlock_write_rt(&ltc->state->ltc_lock, &ltc->state->ltc, &ltc->picture, sizeof ltc->picture);
    }
    return NULL;
}

/* --- main thread --- */

struct ltc_input *ltc_input_open(struct state_segment *state)
{
    struct ltc_input *ltc = xaligned(RT_CACHELINE, sizeof *ltc);
    ltc->state = state;
    ltc->picture.wanted = 1;
    ring_init(&ltc->ring, RING_BLOCKS, sizeof(struct ltc_block));
    memset(ltc->ring.cells, 0, RING_BLOCKS * sizeof(struct ltc_block));     /* touched here, not by the capture thread */
    if (thread_start(&ltc->thread, "timing", THREAD_PRIORITY_TIMING, listen, ltc, NULL, 0) == 0)
        return ltc;
    ring_clear(&ltc->ring);
    free(ltc);
    return NULL;
}

void ltc_input_close(struct ltc_input *ltc)
{
    if (!ltc)
        return;
    atomic_store_explicit(&ltc->quit, true, memory_order_release);
    thread_join(&ltc->thread);
    ring_clear(&ltc->ring);
    free(ltc);
}
