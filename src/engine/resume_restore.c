/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A new engine takes up what an old one has left: see resume.h and resume_layout.h. Main thread,
 * before there is an audio thread. Each copy is taken out of the shared memory before it is
 * looked at; what makes no sense of a voice costs that voice, of a clip that clip, of the rest the whole
 * copy, and then the older one is taken.
 */
#include "config.h"

#include "base/xalloc.h"
#include "engine/publish.h"
#include "engine/resume_blocks.h"
#include "engine/resume_layout.h"
#include "engine/resume_sane.h"

#include <stdlib.h>
#include <string.h>

struct restoring {
    struct engine *engine;
    struct resume *resume;
    struct resume_report *report;
    uint64_t sequence;                  /* of the copy */
    struct resume_head head;
    unsigned char *data;                /* RESUME_DATA_BYTES: the copy, taken out */
    size_t at, bytes;
    struct clip_params **params;        /* of each block that was read */
};

/* --- blocks --- */

/* Both lists follow the parameters. */
static struct clip_params *make_params(const struct clip_params *from, const struct clip_link *link, const uint32_t *turn_medium)
{
    size_t links = from->links * sizeof *link, turns = from->turns * sizeof *turn_medium;
    struct clip_params *params = xmalloc(sizeof *params + links + turns);
    struct clip_link *own_links = (struct clip_link *)(params + 1);
    uint32_t *own_turns = (uint32_t *)(own_links + from->links);
    *params = *from;
    memcpy(own_links, link, links);
    memcpy(own_turns, turn_medium, turns);
    params->link = from->links ? own_links : NULL;
    params->turn_medium = from->turns ? own_turns : NULL;
    return params;
}

struct clip_params *resume_read_block(const struct resume *resume, uint32_t number, uint16_t clip)
{
    if (number == 0 || number >= RESUME_BLOCKS)
        return NULL;
    struct resume_block block;
    memcpy(&block, &resume->shared->block[number], sizeof block);
    if (block.sum != resume_block_sum(&block) || block.clip != clip || !resume_sane_params(&block.params))
        return NULL;
    for (unsigned i = 0; i < block.params.links; i++)
        if (!resume_sane_link(&block.link[i]))
            return NULL;
    block.params.block = number;
    return make_params(&block.params, block.link, block.turn_medium);
}

/* Read once, however many hold them; they are of one clip alone. */
static const struct clip_params *params_of(struct restoring *restoring, uint32_t number, uint16_t clip)
{
    if (number >= RESUME_BLOCKS || restoring->resume->shared->block[number].clip != clip)
        return NULL;
    struct clip_params **params = &restoring->params[number];
    if (!*params)
        *params = resume_read_block(restoring->resume, number, clip);
    return *params;
}

/* --- the copy --- */

static bool get(struct restoring *restoring, void *item, size_t bytes)
{
    size_t lines = (bytes + RESUME_LINE - 1) / RESUME_LINE * RESUME_LINE;
    if (restoring->bytes - restoring->at < lines)
        return false;
    memcpy(item, restoring->data + restoring->at, bytes);
    restoring->at += lines;
    return true;
}

/* Takes a copy out, with its head. Return: false if it is not whole. */
static bool take_copy(struct restoring *restoring, const struct resume_copy *copy)
{
    size_t bytes = copy->bytes;
    restoring->sequence = atomic_load_explicit(&copy->sequence, memory_order_acquire);
    if (!restoring->sequence || bytes > RESUME_DATA_BYTES || bytes % RESUME_LINE)
        return false;
    memcpy(restoring->data, copy->data, bytes);
    restoring->bytes = bytes;
    restoring->at = 0;
    return copy->sum == resume_sum_rt(restoring->data, bytes) && get(restoring, &restoring->head, sizeof restoring->head) &&
           resume_sane_head(&restoring->head);
}

/* The newer one, or the older if that is broken. */
static bool find_copy(struct restoring *restoring)
{
    const struct resume_copy *copy = restoring->resume->shared->copy;
    unsigned newer = atomic_load(&copy[1].sequence) > atomic_load(&copy[0].sequence);
    restoring->report->older = false;
    if (take_copy(restoring, &copy[newer]))
        return true;
    restoring->report->older = true;
    return take_copy(restoring, &copy[!newer]);
}

/* --- clips --- */

static bool is_left_out(const struct restoring *restoring, uint16_t clip)
{
    return clip < ENGINE_CLIPS && restoring->resume->left_out[clip / 64] >> clip % 64 & 1;
}

/* The version that goes with the copy; versions of a period that was not finished are no more. */
static const struct resume_cell *find_cell(struct restoring *restoring, uint16_t clip)
{
    struct resume_cell *row = restoring->resume->shared->clip[clip], *found = NULL;
    uint64_t newest = 0;
    for (int i = 0; i < 2; i++) {
        uint64_t stamp = atomic_load_explicit(&row[i].stamp, memory_order_acquire);
        if (stamp > restoring->sequence) {
            atomic_store_explicit(&row[i].stamp, 0, memory_order_relaxed);
        } else if (stamp > newest) {
            newest = stamp;
            found = &row[i];
        }
    }
    return found;
}

static void restore_clip(struct restoring *restoring, uint16_t clip)
{
    const struct resume_cell *cell = is_left_out(restoring, clip) ? NULL : find_cell(restoring, clip);
    const struct clip_params *params = cell ? params_of(restoring, cell->block, clip) : NULL;
    struct clip_slot *slot = &restoring->engine->clip[clip];
    if (!params)
        return;
    *slot = (struct clip_slot){.params = params, .tab = params->tab, .muted = cell->muted != 0, .turn = cell->turn,
                               .fired = cell->fired != 0, .fired_frame = cell->fired_frame};
    core_fill_sides(&slot->sides, params);
    if (slot->fired_frame > restoring->head.frame || slot->fired_frame < 0)
        slot->fired = false;
}

/* --- time, counts, busses --- */

static void restore_time(struct engine *engine, const struct resume_head *head)
{
    engine_know_rate(engine, head->rate);
    core_follow_rt(engine, engine->known[rates_index_rt(head->rate)]);
    engine->frame = head->frame;
    for (int i = 0; i < FAMILIES; i++) {
        engine->family[i].engine_origin = head->family[i].engine_origin;
        engine->family[i].origin = head->family[i].origin;
        engine->family[i].frame = head->family[i].frame;
        if (family_at_rt(&engine->family[i], engine->frame) != engine->family[i].frame) {
            engine->family[i].engine_origin = engine->frame;    /* makes no sense: from now on it does */
            engine->family[i].origin = engine->family[i].frame;
        }
    }
    engine->families = head->families;
    engine->delay.asked = head->delay_asked;
    engine->delay.on = head->delay_on;
    engine->delay.late = head->delay_late;
    engine->serial = head->serial;
    engine->linked_frame = head->linked_frame;
    engine->linked = head->linked;
    memcpy(engine->group, head->group, sizeof engine->group);
}

static void restore_emergency(struct engine *engine, const struct resume_emergency *from)
{
    engine->emergency = from->on;
    engine->silent = from->silent;
    engine->silent_frame = from->silent_frame;
    engine->muting = from->muting;
    memcpy(engine->fault, from->fault, sizeof engine->fault);
    engine->picture.emergencies = from->number;
    memcpy(engine->picture.raised, from->raised, sizeof engine->picture.raised);
}

static void restore_counts(struct engine *engine, const struct resume_head *head)
{
    engine->next_serial = engine->done_before = head->next_serial;     /* what was not done comes again under new numbers */
    engine->picture.dry = head->dry;
    engine->picture.starts_late = head->starts_late;
    engine->picture.time_ns = head->time_ns;
    engine->outputs.over = head->over;
}

static void restore_bus(struct engine *engine, int index, const struct resume_bus *from)
{
    struct bus *bus = &engine->bus[index];
    for (int i = 0; i < FAMILIES; i++) {
        struct chain *chain = &bus->chain[i];
        chain->begin = engine->family[i].frame;
        chain->onset = from->chain[i].onset;
        chain->sounded_to = from->chain[i].sounded_to;
        chain->earlier_to = from->chain[i].earlier_to;
        chain->open = from->chain[i].open;
    }
    memcpy(bus->factor, from->factor, sizeof bus->factor);
    bus->muted = from->muted;
    bus->soloed = from->soloed;
    bus->edit_mute = from->edit_mute;
    engine->outputs.mono[index] = from->mono;
    engine->outputs.bus_over[index] = from->over;
    engine->outputs.matrix.sends[index] = from->sends;
}

static void restore_ahead(struct lookahead *ahead, const struct resume_ahead *from)
{
    ahead->on = from->on;
    ahead->late = from->late;
    for (unsigned i = 0; i < ahead->streams; i++)
        ahead->silence[i] = from->silence[i] < ahead->delay_frames ? from->silence[i] : ahead->delay_frames;
}

/* --- voices --- */

/* The medium is still the one it was, and its facts are taken anew. */
static bool find_medium(const struct engine *engine, struct clipmem_view *view, uint32_t serial)
{
    struct clipmem_view found;
    if (!engine->memory || !clipmem_view_rt(engine->memory, view->slot, &found) ||
        clipmem_serial_rt(engine->memory, view->slot) != serial || found.channels != view->channels ||
        found.format != view->format || found.chain_rate != view->chain_rate || found.file_rate != view->file_rate)
        return false;
    *view = found;
    return true;
}

/* Without its heir it ends by the protection, as far as that is still to come. */
static void restore_heir(struct restoring *restoring, const struct resume_voice *item, struct voice *voice)
{
    struct voice_heir *heir = &voice->heir;
    struct ramp *end = &voice->factor[FACTOR_END];
    heir->params = NULL;
    if (!item->heir)
        return;
    if (heir->clip < ENGINE_CLIPS && !is_left_out(restoring, heir->clip) &&
        find_medium(restoring->engine, &heir->view, item->heirs_medium))
        heir->params = params_of(restoring, item->heir, heir->clip);
    int64_t left = voice_left_rt(voice);
    if (!heir->params && left > 0 && left <= UINT32_MAX)
        ramp_go_rt(end, restoring->engine->family[voice->family].frame, 0, FADE_LINEAR, (uint32_t)left);
}

static bool restore_medium(struct restoring *restoring, const struct resume_voice *item, struct voice *voice)
{
    struct engine *engine = restoring->engine;
    const struct clip_params *installed = engine->clip[voice->clip].params;
    if (!voice_sounds_rt(voice))
        return installed != NULL;
    if (!find_medium(engine, &voice->view, item->medium) || !resume_sane_place(voice))
        return false;
    voice->held = params_of(restoring, item->held, voice->clip);
    if (!voice->held)
        voice->held = installed;
    voice->orphan |= !installed;        /* nobody's, as if its clip were gone */
    if (voice->held)
        restore_heir(restoring, item, voice);
    return voice->held != NULL;
}

/* Ghosts are not shown, all others are. Return: false if its place is none, or taken. */
static bool restore_shown(struct engine *engine, uint16_t place, struct voice *voice)
{
    if (voice->kind == VOICE_GHOST)
        return true;
    bool fits = place < STATE_VOICES && (place == SHOWN_AUDITION) == (voice->bus == ENGINE_BUS_AUDITION);
    if (!fits || engine->shown[place])
        return false;
    engine->shown[place] = voice;
    return true;
}

static bool restore_voice(struct restoring *restoring, struct resume_voice *item)
{
    struct engine *engine = restoring->engine;
    if (!resume_sane_voice(item) || is_left_out(restoring, item->voice.clip) ||
        engine->taken[item->place / 64] >> item->place % 64 & 1)
        return false;
    struct voice *voice = &engine->voice[item->place];
    *voice = item->voice;
    voice->held = voice->heir.params = NULL;
    if (!restore_medium(restoring, item, voice) || !restore_shown(engine, item->shown, voice)) {
        *voice = (struct voice){.kind = VOICE_FREE};
        return false;
    }
    engine->taken[item->place / 64] |= UINT64_C(1) << item->place % 64;
    engine->quiet_queue = engine->quiet_links = false;
    engine->ended = true;
    return true;
}

static void restore_voices(struct restoring *restoring)
{
    struct resume_voice item;
    for (uint32_t i = 0; i < restoring->head.voices && get(restoring, &item, sizeof item); i++) {
        bool fine = restore_voice(restoring, &item);
        restoring->report->voices += fine;
        restoring->report->dropped += !fine;
    }
}

/* --- what follows in the copy --- */

static void restore_gains(struct restoring *restoring)
{
    struct matrix *matrix = &restoring->engine->outputs.matrix;
    struct resume_gain item;
    matrix->channels = restoring->head.channels;
    for (uint32_t i = 0; i < restoring->head.gains && get(restoring, &item, sizeof item); i++) {
        if (!resume_sane_gain(&item))
            continue;
        matrix->gain[item.bus][item.side][item.channel] = item.ramp;
        matrix->before[item.bus][item.side][item.channel] = item.before;
        matrix->open[item.bus][item.side] |= UINT64_C(1) << item.channel;
    }
}

static void restore_tasks(struct restoring *restoring)
{
    struct engine *engine = restoring->engine;
    struct link_task item;
    for (uint32_t i = 0; i < restoring->head.tasks && get(restoring, &item, sizeof item); i++)
        if (resume_sane_task(&item))
            engine->task[engine->tasks++] = item;
}

static void restore_chains(struct restoring *restoring)
{
    float history[2 * CHAIN_HISTORY];
    for (int i = 0; i < ENGINE_BUSSES * FAMILIES; i++) {
        struct chain *chain = &restoring->engine->bus[i / FAMILIES].chain[i % FAMILIES];
        if (!chain->open)
            continue;
        chain->open = get(restoring, history, sizeof history) &&
                      resume_sane_samples(history, sizeof history / sizeof *history);
        if (chain->open)
            memcpy(chain->frames, history, sizeof history);
    }
}

static void restore_limiters(struct restoring *restoring, struct lookahead *ahead, uint32_t kept)
{
    struct limiter item;
    for (unsigned i = 0; i < ahead->streams; i++)
        if (kept >> i & 1 && get(restoring, &item, sizeof item) && resume_sane_limiter(&item, &ahead->fresh))
            ahead->limiter[i] = item;
}

/* --- parameters --- */

static bool is_held(struct engine *engine, const struct clip_params *params)
{
    FOR_EACH_VOICE(engine, voice)
        if (voice->held == params || voice->heir.params == params)
            return true;
    return false;
}

/* Those that nobody took after all are freed; those that only voices hold go as if they had been replaced. */
static void settle_params(struct restoring *restoring, resume_kept *kept, void *context)
{
    struct engine *engine = restoring->engine;
    bool *used = xcalloc(RESUME_BLOCKS, sizeof *used);
    for (uint32_t number = 1; number < RESUME_BLOCKS; number++) {
        struct clip_params *params = restoring->params[number];
        uint16_t clip = (uint16_t)(params ? restoring->resume->shared->block[number].clip : 0);
        bool installed = params && clip < ENGINE_CLIPS && engine->clip[clip].params == params;
        used[number] = params && (installed || is_held(engine, params));
        if (!used[number]) {
            free(params);
            continue;
        }
        if (!installed)
            engine->retiring[engine->retirings++] = params;
        if (kept)
            kept(context, installed ? clip : ENGINE_CLIPS_NONE, params);
    }
    resume_count_blocks(restoring->resume, used);
    free(used);
}

static void restore(struct restoring *restoring)
{
    struct engine *engine = restoring->engine;
    restore_time(engine, &restoring->head);
    restore_emergency(engine, &restoring->head.emergency);
    restore_counts(engine, &restoring->head);
    for (uint16_t clip = 0; clip < ENGINE_CLIPS; clip++)
        restore_clip(restoring, clip);
    for (int i = 0; i < ENGINE_BUSSES; i++)
        restore_bus(engine, i, &restoring->head.bus[i]);
    restore_ahead(&engine->outputs.busses, &restoring->head.busses);
    restore_ahead(&engine->outputs.pairs, &restoring->head.pairs);
    restore_voices(restoring);
    restore_gains(restoring);
    restore_tasks(restoring);
    restore_chains(restoring);
    restore_limiters(restoring, &engine->outputs.busses, restoring->head.busses.kept);
    restore_limiters(restoring, &engine->outputs.pairs, restoring->head.pairs.kept);
    atomic_store_explicit(&engine->sounding, engine_sounding_rt(engine), memory_order_relaxed);
}

static void fill_report(const struct restoring *restoring, struct resume_report *report)
{
    const struct resume_head *head = &restoring->head;
    report->sequence = restoring->sequence;
    report->frame = (uint64_t)head->frame;
    report->time_ns = head->time_ns;
    report->rate = head->rate;
    report->next_serial = head->next_serial;
    report->done_before = head->done_before;
    memcpy(report->done, head->done, sizeof report->done);
}

bool resume_restore(struct engine *engine, struct resume_report *report, resume_kept *kept, void *context)
{
    *report = (struct resume_report){0};
    if (!engine->resume)
        return false;
    struct restoring restoring = {.engine = engine, .resume = engine->resume, .report = report,
                                  .data = xmalloc(RESUME_DATA_BYTES), .params = xcalloc(RESUME_BLOCKS, sizeof(void *))};
    bool found = find_copy(&restoring);
    if (found) {
        restore(&restoring);
        settle_params(&restoring, kept, context);
        fill_report(&restoring, report);
        atomic_store(&engine->resume->sequence, restoring.sequence);
    } else {
        resume_forget(engine->resume);
    }
    free(restoring.params);
    free(restoring.data);
    return found;
}
