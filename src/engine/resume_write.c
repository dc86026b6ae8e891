/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The resume state as the audio thread writes it: see resume_write.h and resume_layout.h. Items
 * are packed one behind the other, so that what is at rest costs nothing, and the sum is of what
 * is there alone.
 */
#include "config.h"

#include "engine/resume_write.h"
#include "engine/resume_layout.h"

#include <string.h>

struct pen {
    unsigned char *at;
};

/* There is room: RESUME_DATA_BYTES has every item there can be. The rest of its last line is zero. */
static void put(struct pen *pen, const void *item, size_t bytes)
{
    size_t rest = (RESUME_LINE - bytes % RESUME_LINE) % RESUME_LINE;
    memcpy(pen->at, item, bytes);
    memset(pen->at + bytes, 0, rest);
    pen->at += bytes + rest;
}

uint64_t resume_sum_rt(const void *data, size_t bytes)
{
    enum { LANES = RESUME_LINE / sizeof(uint64_t) };
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    const unsigned char *from = data;
    uint64_t lane[LANES] = {1, 2, 3, 4}, sum = bytes;
    for (size_t at = 0; at + RESUME_LINE <= bytes; at += RESUME_LINE) {
        uint64_t word[LANES];
        memcpy(word, from + at, sizeof word);
        for (int i = 0; i < LANES; i++)
            lane[i] = ((lane[i] ^ word[i]) * odd) ^ lane[i] >> 29;
    }
    for (int i = 0; i < LANES; i++)
        sum = (sum ^ lane[i] ^ lane[i] >> 32) * odd;
    return sum ^ sum >> 32;
}

/* --- what changes between periods --- */

void resume_touch_rt(struct engine *engine, uint16_t clip)
{
    engine->touched[clip / 64] |= UINT64_C(1) << clip % 64;
}

void resume_done_rt(struct engine *engine, uint32_t serial)
{
    if (serial - engine->done_before >= RESUME_SERIALS)
        return;                         /* not one of consecutive numbers */
    engine->done[serial % RESUME_SERIALS / 64] |= UINT64_C(1) << serial % 64;
    if (serial - engine->done_before >= engine->next_serial - engine->done_before)
        engine->next_serial = serial + 1;
    for (;;) {
        uint32_t bit = engine->done_before % RESUME_SERIALS;
        if (!(engine->done[bit / 64] >> bit % 64 & 1))
            return;
        engine->done[bit / 64] &= ~(UINT64_C(1) << bit % 64);
        engine->done_before++;
    }
}

void resume_rendering_rt(struct engine *engine, uint16_t clip)
{
    if (engine->resume)
        atomic_store_explicit(&engine->resume->shared->rendering, (uint32_t)(uint16_t)(clip + 1), memory_order_release);
    crash_rehearse_rt(clip);
}

/* --- cells of clips --- */

static void write_cell(const struct engine *engine, uint16_t clip, uint64_t sequence)
{
    const struct clip_slot *slot = &engine->clip[clip];
    struct resume_cell *row = engine->resume->shared->clip[clip];
    uint64_t stamp[2];
    for (int i = 0; i < 2; i++)
        stamp[i] = atomic_load_explicit(&row[i].stamp, memory_order_relaxed);
    struct resume_cell *cell = &row[stamp[0] > stamp[1]];
    atomic_store_explicit(&cell->stamp, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    cell->fired_frame = slot->fired_frame;
    cell->block = slot->params ? slot->params->block : 0;
    cell->turn = slot->turn;
    cell->muted = slot->muted;
    cell->fired = slot->fired;
    atomic_store_explicit(&cell->stamp, sequence, memory_order_release);
}

static void write_cells(struct engine *engine, uint64_t sequence)
{
    for (unsigned i = 0; i < sizeof engine->touched / sizeof *engine->touched; i++) {
        for (uint64_t bits = engine->touched[i]; bits; bits &= bits - 1)
            write_cell(engine, (uint16_t)(64 * i + (unsigned)__builtin_ctzll(bits)), sequence);
        engine->touched[i] = 0;
    }
}

/* --- the copy --- */

static void fill_bus(const struct engine *engine, int index, struct resume_bus *to)
{
    const struct bus *bus = &engine->bus[index];
    for (int i = 0; i < FAMILIES; i++) {
        const struct chain *chain = &bus->chain[i];
        to->chain[i] = (struct resume_chain){.onset = chain->onset, .sounded_to = chain->sounded_to,
                                             .earlier_to = chain->earlier_to, .open = chain->open};
    }
    memcpy(to->factor, bus->factor, sizeof to->factor);
    to->mono = engine->outputs.mono[index];
    to->sends = engine->outputs.matrix.sends[index];
    to->over = engine->outputs.bus_over[index];
    to->muted = bus->muted;
    to->soloed = bus->soloed;
    to->edit_mute = bus->edit_mute;
}

static void fill_ahead(const struct lookahead *ahead, int64_t frame, struct resume_ahead *to)
{
    to->on = ahead->on;
    to->late = ahead->late;
    for (unsigned i = 0; i < ahead->streams; i++) {
        to->silence[i] = ahead->silence[i];
        to->kept |= (uint32_t)lookahead_needs_rt(ahead, i, frame) << i;
    }
}

static uint32_t count_bits(uint64_t bits)
{
    uint32_t count = 0;
    for (; bits; bits &= bits - 1)
        count++;
    return count;
}

static uint32_t count_voices(const struct engine *engine)
{
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof engine->taken / sizeof *engine->taken; i++)
        count += count_bits(engine->taken[i]);
    return count;
}

static uint32_t count_gains(const struct matrix *matrix)
{
    uint32_t count = 0;
    for (int i = 0; i < 2 * ENGINE_BUSSES; i++)
        count += count_bits(matrix->open[i / 2][i % 2]);
    return count;
}

static void fill_time(const struct engine *engine, struct resume_head *head)
{
    head->frame = engine->frame;
    head->time_ns = engine->picture.time_ns;
    head->rate = engine->rate->hz;
    for (int i = 0; i < FAMILIES; i++)
        head->family[i] = (struct resume_family){.engine_origin = engine->family[i].engine_origin,
                                                 .origin = engine->family[i].origin, .frame = engine->family[i].frame};
    head->families = engine->families;
    head->delay_asked = engine->delay.asked;
    head->delay_on = engine->delay.on;
    head->delay_late = engine->delay.late;
}

static void fill_counts(const struct engine *engine, struct resume_head *head)
{
    head->serial = engine->serial;
    head->linked_frame = engine->linked_frame;
    head->linked = engine->linked;
    head->over = engine->outputs.over;
    head->dry = engine->picture.dry;
    head->starts_late = engine->picture.starts_late;
    head->next_serial = engine->next_serial;
    head->done_before = engine->done_before;
    memcpy(head->done, engine->done, sizeof head->done);
    head->voices = count_voices(engine);
    head->gains = count_gains(&engine->outputs.matrix);
    head->tasks = engine->tasks;
}

static void fill_emergency(const struct engine *engine, struct resume_emergency *to)
{
    to->on = engine->emergency;
    to->silent = engine->silent;
    to->silent_frame = engine->silent_frame;
    to->muting = engine->muting;
    memcpy(to->fault, engine->fault, sizeof to->fault);
    to->number = engine->picture.emergencies;
    memcpy(to->raised, engine->picture.raised, sizeof to->raised);
}

static void put_head(const struct engine *engine, struct pen *pen)
{
    struct resume_head head;
    memset(&head, 0, sizeof head);
    fill_time(engine, &head);
    fill_counts(engine, &head);
    head.channels = engine->outputs.matrix.channels;
    fill_emergency(engine, &head.emergency);
    memcpy(head.group, engine->group, sizeof head.group);
    for (int i = 0; i < ENGINE_BUSSES; i++)
        fill_bus(engine, i, &head.bus[i]);
    fill_ahead(&engine->outputs.busses, engine->frame, &head.busses);
    fill_ahead(&engine->outputs.pairs, engine->frame, &head.pairs);
    put(pen, &head, sizeof head);
}

static uint16_t place_shown(const struct engine *engine, const struct voice *voice)
{
    uint16_t place = 0;
    while (place < STATE_VOICES && engine->shown[place] != voice)
        place++;
    return place;
}

static void put_voice(const struct engine *engine, const struct voice *voice, struct pen *pen)
{
    struct resume_voice item = {.place = (uint16_t)(voice - engine->voice), .shown = place_shown(engine, voice),
                                .voice = *voice};
    if (voice->held) {
        item.held = voice->held->block;
        item.medium = clipmem_serial_rt(engine->memory, voice->view.slot);
    }
    if (voice->heir.params) {
        item.heir = voice->heir.params->block;
        item.heirs_medium = clipmem_serial_rt(engine->memory, voice->heir.view.slot);
    }
    item.voice.held = item.voice.heir.params = NULL;
    item.voice.view.memory = item.voice.heir.view.memory = NULL;
    put(pen, &item, sizeof item);
}

static void put_gains(const struct matrix *matrix, struct pen *pen)
{
    for (uint8_t bus = 0; bus < ENGINE_BUSSES; bus++)
        for (uint8_t side = 0; side < 2; side++)
            for (uint64_t open = matrix->open[bus][side]; open; open &= open - 1) {
                uint8_t channel = (uint8_t)__builtin_ctzll(open);
                struct resume_gain item = {bus, side, channel, matrix->gain[bus][side][channel],
                                           matrix->before[bus][side][channel]};
                put(pen, &item, sizeof item);
            }
}

static void put_chains(struct engine *engine, struct pen *pen)
{
    for (int i = 0; i < ENGINE_BUSSES * FAMILIES; i++) {
        struct chain *chain = &engine->bus[i / FAMILIES].chain[i % FAMILIES];
        if (chain->open)
            put(pen, chain_frame_rt(chain, engine->family[i % FAMILIES].frame - CHAIN_HISTORY),
                sizeof(float[2 * CHAIN_HISTORY]));
    }
}

static void put_limiters(const struct lookahead *ahead, int64_t frame, struct pen *pen)
{
    for (unsigned i = 0; i < ahead->streams; i++)
        if (lookahead_needs_rt(ahead, i, frame))
            put(pen, &ahead->limiter[i], sizeof ahead->limiter[i]);
}

void resume_write_rt(struct engine *engine)
{
    if (!engine->resume)
        return;
    uint64_t sequence = atomic_load_explicit(&engine->resume->sequence, memory_order_relaxed) + 1;
    write_cells(engine, sequence);
    struct resume_copy *copy = &engine->resume->shared->copy[sequence % 2];
    atomic_store_explicit(&copy->sequence, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    struct pen pen = {copy->data};
    put_head(engine, &pen);
    FOR_EACH_VOICE(engine, voice)
        put_voice(engine, voice, &pen);
    put_gains(&engine->outputs.matrix, &pen);
    for (unsigned i = 0; i < engine->tasks; i++)
        put(&pen, &engine->task[i], sizeof engine->task[i]);
    put_chains(engine, &pen);
    put_limiters(&engine->outputs.busses, engine->frame, &pen);
    put_limiters(&engine->outputs.pairs, engine->frame, &pen);
    copy->bytes = (uint32_t)(pen.at - copy->data);
    copy->sum = resume_sum_rt(copy->data, copy->bytes);
    atomic_store_explicit(&copy->sequence, sequence, memory_order_release);
    atomic_store_explicit(&engine->resume->sequence, sequence, memory_order_release);
}
