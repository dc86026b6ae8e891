/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clip memory whose control words an enemy has written: slots, directory and block nodes are any
 * bytes, and what a voice reads all the same lies inside the blocks, within its medium, in bounded
 * time. Likewise the demand, which the loader reads. The first byte of the input says which; the rest goes
 * over the words one behind the other.
 */
#include "config.h"

#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "clipmem/layout.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCKS = 64, SLOTS = 4 };

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/clipmem", NULL};
const char *const fuzz_words[] = {"\x01", "\x02", "\x03", "\x40", "\x41", "\x80\xbb", "\xff\xff\xff\xff",
                                  "\xff\xff\xff\xff\xff\xff\xff\x7f", NULL};

static struct clipmem *memory, *reader;
static struct demand *demand, *loader;

static void hold(bool law)
{
    if (!law)
        abort();
}

static void map_all(void)
{
    int clips = clipmem_create((uint64_t)BLOCKS * CLIPMEM_BLOCK_BYTES), wanted = demand_create();
    memory = clips < 0 ? NULL : clipmem_map(clips, true);
    reader = clips < 0 ? NULL : clipmem_map(clips, false);
    demand = wanted < 0 ? NULL : demand_map(wanted, true);
    loader = wanted < 0 ? NULL : demand_map(wanted, false);
    if (memory && reader && demand && loader)
        return;
    perror("clip memory");
    exit(1);
}

/* Fills words with the front of the input; those it does not reach are zero. */
static void spread(void *words, size_t size, const uint8_t **bytes, size_t *count)
{
    size_t part = *count < size ? *count : size;
    memset(words, 0, size);
    memcpy(words, *bytes, part);
    *bytes += part;
    *count -= part;
}

static void check_place(const struct clipmem_view *view, int64_t frame)
{
    uint32_t count = 0, frame_bytes = (view->format == CLIPMEM_S16 ? 2 : 4) * view->channels;
    const unsigned char *samples = clipmem_read_rt(view, frame, &count);
    if (samples) {
        hold(frame >= 0 && frame < view->frames && count >= 1 && count <= view->frames - frame);
        hold(samples >= reader->block &&
             samples + (size_t)count * frame_bytes <= reader->block + (size_t)BLOCKS * CLIPMEM_BLOCK_BYTES);
    }
    hold(clipmem_ahead_rt(view, frame, 10000) <= 10000);
}

static void check_slot(uint32_t slot, int64_t somewhere)
{
    struct clipmem_view view;
    hold(clipmem_state_rt(reader, slot) <= CLIPMEM_FAILED);
    if (!clipmem_view_rt(reader, slot, &view))
        return;
    hold(view.channels >= 1 && view.channels <= 2 && view.format <= CLIPMEM_F32 && view.frames >= 1 &&
         view.frames <= CLIPMEM_FRAMES_MAX);
    hold(clipmem_frames_rt(&view) >= 0 && clipmem_frames_rt(&view) <= view.frames);
    const int64_t places[] = {0, 1, view.frames - 1, view.frames, view.frames / 2, somewhere, -1, INT64_MAX - 10000};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        check_place(&view, places[i]);
}

static void check_memory(const uint8_t *bytes, size_t count)
{
    spread(memory->shared->slot, SLOTS * sizeof memory->shared->slot[0], &bytes, &count);
    spread(memory->bucket, (memory->bucket_mask + 1) * sizeof *memory->bucket, &bytes, &count);
    spread(memory->node, BLOCKS * sizeof *memory->node, &bytes, &count);
    int64_t somewhere = 0;
    memcpy(&somewhere, bytes, count < sizeof somewhere ? count : sizeof somewhere);
    for (uint32_t slot = 0; slot <= SLOTS; slot++)
        check_slot(slot, somewhere);
    hold(clipmem_state_rt(reader, CLIPMEM_SLOTS) == CLIPMEM_EMPTY && clipmem_state_rt(reader, UINT32_MAX) == CLIPMEM_EMPTY);
}

static void check_demand(const uint8_t *bytes, size_t count)
{
    static struct demand_picture picture;
    size_t head = offsetof(struct demand, period);
    spread((unsigned char *)demand + head, sizeof *demand - head, &bytes, &count);
    if (demand_read(loader, &picture))
        hold(picture.count <= DEMAND_VOICES);
    demand_passed(loader, demand_stamp(loader));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    if (!memory)
        map_all();
    if (!count)
        return 0;
    if (bytes[0] & 1)
        check_demand(bytes + 1, count - 1);
    else
        check_memory(bytes + 1, count - 1);
    return 0;
}
