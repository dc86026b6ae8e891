/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file:PATH, a clock that records: the five busses as ten channels, as they are before
 * routing. The audio thread only fills a ring of blocks that know their place; a thread of
 * the device's own writes them (the store will, once it writes recordings). Where the ring
 * was full because the disk hangs, the file is silent and everything else is in its place.
 */
#include "config.h"

#include "base/err.h"
#include "base/xalloc.h"
#include "engine/device.h"
#include "engine/engine.h"
#include "engine/pace.h"
#include "engine/recording.h"
#include "platform/clock.h"
#include "platform/thread.h"
#include "rt/ring.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHANNELS = 2 * ENGINE_BUSSES,
    BLOCK_FRAMES = 64,
    RING_BLOCKS = 4096,                 /* 5.4 s at 48 kHz: as long as a disk may hang before blocks are dropped */
    WRITE_BLOCKS = 64,                  /* one write to the disk at most */
    WRITE_PAUSE_MS = 5,                 /* what a kill may cost */
};

struct block {
    uint64_t at_frame;                  /* of the file */
    uint32_t frames;
    float samples[BLOCK_FRAMES * CHANNELS];
};

struct file_device {
    struct device device;
    struct pace pace;
    uint64_t start_ns;                  /* of the file's first frame; 0: the first due time */
    uint64_t at_frame;                  /* of the file, next to record. Audio thread */
    struct ring ring;                   /* struct block: audio thread to writer; full: the block is dropped */
    struct recording recording;         /* writer */
    struct thread writer;
    _Atomic bool quit;
    _Atomic bool broken;                /* the disk refused a write */
};

/* --- writer thread --- */

/* Joins what lies side by side in the ring. Return: frames gathered into `out` that belong at *at_frame; 0: the ring is empty. */
static uint32_t gather(struct ring *ring, float *out, uint64_t *at_frame)
{
    uint32_t frames = 0;
    const struct block *block;
    for (int blocks = 0; blocks < WRITE_BLOCKS && (block = ring_peek_rt(ring)); blocks++) {
        if (frames == 0)
            *at_frame = block->at_frame;
        else if (block->at_frame != *at_frame + frames)
            break;
        memcpy(out + (size_t)frames * CHANNELS, block->samples, block->frames * CHANNELS * sizeof *out);
        frames += block->frames;
        ring_pop_rt(ring, NULL);
    }
    return frames;
}

static bool write_pending(struct file_device *file, float *buffer)
{
    uint64_t at_frame;
    uint32_t frames;
    while ((frames = gather(&file->ring, buffer, &at_frame)) > 0)
        if (recording_write(&file->recording, at_frame, buffer, frames) < 0)
            return false;
    return true;
}

static void *write_blocks(void *context)
{
    struct file_device *file = context;
    thread_be_ordinary();
    float *buffer = xcalloc((size_t)WRITE_BLOCKS * BLOCK_FRAMES * CHANNELS, sizeof *buffer);
    uint64_t updated = clock_now_rt();
    bool fine = true;
    while (fine && !atomic_load_explicit(&file->quit, memory_order_acquire)) {
        clock_sleep_ms(WRITE_PAUSE_MS);
        fine = write_pending(file, buffer);
        uint64_t now = clock_now_rt();
        if (fine && now - updated >= CLOCK_SECOND_NS - 2 * WRITE_PAUSE_MS * UINT64_C(1000000)) {
            fine = recording_update(&file->recording) == 0;
            updated = now;
        }
    }
    if (fine)
        write_pending(file, buffer);
    else
        atomic_store_explicit(&file->broken, true, memory_order_release);
    free(buffer);
    return NULL;
}

/* --- device thread --- */

static struct device *file_open(const struct device_request *request, struct err *err)
{
    struct file_device *file = xcalloc(1, sizeof *file);
    struct device_format *format = &file->device.format;
    file->device.driver = &device_file;
    *format = (struct device_format){
        .rate = request->rate ? request->rate : 48000, .period = request->period ? request->period : 64,
        .periods = request->periods ? request->periods : 2, .channels = CHANNELS, .format = "FLOAT_LE",
    };
    file->start_ns = request->start_ns;
    const char *path = request->name + strlen("file:");
    if (recording_open(&file->recording, path, format->rate, CHANNELS, request->start_ns != 0, err) < 0) {
        free(file);
        return NULL;
    }
    ring_init(&file->ring, RING_BLOCKS, sizeof(struct block));
    memset(file->ring.cells, 0, RING_BLOCKS * sizeof(struct block));       /* touched here, not by the audio thread */
    if (thread_start(&file->writer, "recorder", THREAD_PRIORITY_NONE, write_blocks, file, NULL, 0) < 0) {
        err_set(err, ERR_IO, "%s: no thread to write it: %s", path, strerror(errno));
        recording_close(&file->recording);
        ring_clear(&file->ring);
        free(file);
        return NULL;
    }
    return &file->device;
}

static void file_close(struct device *device)
{
    struct file_device *file = (void *)device;
    atomic_store_explicit(&file->quit, true, memory_order_release);
    thread_join(&file->writer);
    recording_close(&file->recording);
    ring_clear(&file->ring);
    free(file);
}

/* --- audio thread --- */

static void file_start_rt(struct device *device, uint64_t due_ns)
{
    struct file_device *file = (void *)device;
    uint32_t rate = device->format.rate;
    pace_start_rt(&file->pace, rate, due_ns);
    file->at_frame = file->start_ns && due_ns > file->start_ns ? pace_frames_rt(due_ns - file->start_ns, rate) : 0;
}

static enum device_wait file_wait_rt(struct device *device, uint32_t *frames, uint64_t *lost)
{
    struct file_device *file = (void *)device;
    uint64_t due = pace_due_rt(&file->pace), now = clock_now_rt();
    *frames = 0;
    *lost = 0;
    if (atomic_load_explicit(&file->broken, memory_order_acquire)) {
        device->why = "cannot be written any more";
        return DEVICE_LOST;
    }
    *lost = pace_skip_rt(&file->pace, now);
    file->at_frame += *lost;
    if (*lost)
        return DEVICE_XRUN;
    if (now < due)
        clock_sleep_until_rt(due);
    device->due_ns = due;
    *frames = device->format.period;
    pace_advance_rt(&file->pace, *frames);
    return DEVICE_READY;
}

static void file_take_rt(struct device *device, const struct engine_output *output, uint32_t frames, uint64_t first_frame)
{
    (void)first_frame;                          /* the file keeps its own place: an engine's next life counts anew */
    struct file_device *file = (void *)device;
    struct block block;
    for (uint32_t done = 0; done < frames; done += block.frames) {
        block.frames = frames - done < BLOCK_FRAMES ? frames - done : BLOCK_FRAMES;
        block.at_frame = file->at_frame;
        for (int bus = 0; bus < ENGINE_BUSSES; bus++) {
            const float *from = output->bus[bus] + (size_t)done * 2;
            float *to = block.samples + (size_t)bus * 2;
            for (uint32_t i = 0; i < block.frames; i++, from += 2, to += CHANNELS) {
                to[0] = from[0];
                to[1] = from[1];
            }
        }
        ring_push_rt(&file->ring, &block);
        file->at_frame += block.frames;
    }
}

const struct device_driver device_file = {
    .name = "file", .open = file_open, .start = file_start_rt, .wait = file_wait_rt, .take = file_take_rt, .close = file_close,
};
