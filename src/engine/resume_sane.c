/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be true of a resume state: see resume_sane.h. */
#include "config.h"

#include "engine/resume_sane.h"

#include <math.h>
#include <string.h>

#define FRAMES_MOST (INT64_C(1) << 50)  /* of any count: a thousand years; sums and products of such do not overflow */
#define GAIN_MOST 1e4f                  /* +80 dB: no gain that can be set is larger */
#define LEVEL_MOST 1e6f                 /* of a sample that was not limited yet */

/* A byte that may be anything becomes a flag, before it is read as one. */
static void settle(void *flag)
{
    unsigned char byte;
    memcpy(&byte, flag, sizeof byte);
    byte = byte != 0;
    memcpy(flag, &byte, sizeof byte);
}

static bool is_frame(int64_t frame)
{
    return frame > -FRAMES_MOST && frame < FRAMES_MOST;
}

static bool is_gain(float gain)
{
    return gain >= 0 && gain <= GAIN_MOST;      /* and a number */
}

static bool is_ramp(const struct ramp *ramp)
{
    return is_gain(ramp->from) && is_gain(ramp->to) && is_frame(ramp->start) && ramp->length <= INT32_MAX &&
           ramp->curve < FADE_CURVES;
}

static bool are_ramps(const struct ramp *ramp, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!is_ramp(&ramp[i]))
            return false;
    return true;
}

static bool is_target(const struct engine_target *target)
{
    switch (target->kind) {
    case TARGET_CLIP:
        return target->index < ENGINE_CLIPS;
    case TARGET_GROUP:
        return target->index < ENGINE_GROUPS;
    case TARGET_BUS:
        return target->index < ENGINE_BUSSES;
    case TARGET_TAB:
    case TARGET_ALL:
        return true;
    }
    return false;
}

/* It names markers that there may be. */
static bool is_order(uint64_t order)
{
    for (; order; order >>= 4)
        if ((order & 15) > ENGINE_MARKERS)
            return false;
    return true;
}

bool resume_sane_samples(const float *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(fabsf(samples[i]) <= LEVEL_MOST))
            return false;
    return true;
}

/* --- head --- */

static bool is_group(struct group_params *group)
{
    settle(&group->choke);
    settle(&group->mute);
    unsigned most = group->choke ? ENGINE_LAYERS_MAX : ENGINE_POOL_UNITS / 2;
    return group->voices >= 1 && group->voices <= most && is_gain(group->gain_lin);
}

static bool are_sends(const struct bus_sends *sends)
{
    if (sends->count > ENGINE_SENDS)
        return false;
    for (unsigned i = 0; i < sends->count; i++)
        if (sends->send[i].channel[0] > ENGINE_CHANNELS || sends->send[i].channel[1] > ENGINE_CHANNELS ||
            !is_gain(sends->send[i].gain_lin))
            return false;
    return true;
}

static bool is_bus(struct resume_bus *bus)
{
    settle(&bus->muted);
    settle(&bus->soloed);
    settle(&bus->edit_mute);
    for (int i = 0; i < FAMILIES; i++) {
        struct resume_chain *chain = &bus->chain[i];
        settle(&chain->open);
        if (!is_frame(chain->onset) || !is_frame(chain->sounded_to) || !is_frame(chain->earlier_to) ||
            !are_ramps(bus->factor[i], BUS_FACTORS))
            return false;
    }
    return is_ramp(&bus->mono) && bus->mono.to <= 1 && are_sends(&bus->sends);
}

static bool is_ahead(const struct resume_ahead *ahead, unsigned streams)
{
    uint32_t all = streams < 32 ? (UINT32_C(1) << streams) - 1 : UINT32_MAX;
    for (unsigned i = 0; i < streams; i++)
        if (ahead->silence[i] > LIMITER_DELAY_MAX)
            return false;
    return !(ahead->kept & ~all) && is_ramp(&ahead->late) && (ahead->late.to == 0 || ahead->late.to == 1);
}

static bool are_counts(const struct resume_head *head)
{
    return head->voices <= ENGINE_VOICES && head->gains <= RESUME_GAINS && head->tasks <= ENGINE_LINK_TASKS &&
           head->channels <= ENGINE_CHANNELS && rates_index_rt(head->rate) >= 0 && is_frame(head->frame) && head->frame >= 0 &&
           is_frame(head->linked_frame) && head->next_serial - head->done_before <= RESUME_SERIALS;
}

static bool is_emergency(struct resume_emergency *emergency)
{
    enum { PHASES = sizeof emergency->raised[0].frame / sizeof emergency->raised[0].frame[0] };
    settle(&emergency->on);
    settle(&emergency->silent);
    for (int i = 0; i < ENGINE_BUSSES; i++) {
        settle(&emergency->fault[i].muted);
        if (!is_frame(emergency->fault[i].back_frame))
            return false;
    }
    for (int i = 0; i < STATE_EMERGENCIES; i++)
        if (emergency->raised[i].phases > PHASES)
            return false;
    return is_frame(emergency->silent_frame) && is_ramp(&emergency->muting) && emergency->muting.to <= 1;
}

bool resume_sane_head(struct resume_head *head)
{
    settle(&head->delay_asked);
    settle(&head->delay_on);
    bool sane = are_counts(head) && is_ramp(&head->delay_late) && is_emergency(&head->emergency) &&
                is_ahead(&head->busses, ENGINE_BUSSES) && is_ahead(&head->pairs, ENGINE_PAIRS);
    for (int i = 0; sane && i < FAMILIES; i++)
        sane = is_frame(head->family[i].engine_origin) && is_frame(head->family[i].origin) && is_frame(head->family[i].frame);
    for (int i = 0; sane && i < ENGINE_GROUPS; i++)
        sane = is_group(&head->group[i]);
    for (int i = 0; sane && i < ENGINE_BUSSES; i++)
        sane = is_bus(&head->bus[i]);
    return sane;
}

/* --- voices --- */

static void settle_voice(struct voice *voice)
{
    void *const flags[] = {
        &voice->choke, &voice->orphan, &voice->looping, &voice->released, &voice->apart, &voice->panicking, &voice->dies,
        &voice->hurried, &voice->dry, &voice->echo, &voice->over, &voice->stands, &voice->leaves, &voice->unasked,
        &voice->linking, &voice->entry.anywhere,
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        settle(flags[i]);
}

static bool are_times(const struct voice *voice)
{
    return is_frame(voice->stood_frame) && is_frame(voice->stood_frames) && is_frame(voice->over_frame) &&
           is_frame((int64_t)voice->start_frame) && is_frame(voice->begun) && is_frame(voice->dry_frame) &&
           is_frame((int64_t)voice->told_frame) &&
           (is_frame(voice->due_frame) || voice->due_frame == INT64_MIN);
}

static bool are_sides(const struct voice_sides *sides)
{
    for (int i = 0; i < 2; i++)
        for (int side = 0; side < SIDES; side++)
            if (!is_gain(sides->side[i][side]))
                return false;
    return true;
}

static bool are_fades(const struct voice *voice)
{
    const struct fade_map *fades = &voice->fades;
    bool fine = fades->count <= ENGINE_FADES && is_gain(voice->was_faded[0]) && is_gain(voice->was_faded[1]) &&
                is_ramp(&voice->faded_anew) && (voice->faded_anew.to == 1 || voice->kind == VOICE_QUEUED) &&
                voice->join_frames <= INT32_MAX;
    for (unsigned i = 0; fine && i < fades->count; i++)
        fine = is_ramp(&fades->part[i]) && (i == 0 || fades->part[i].start >= fades->part[i - 1].start);
    return fine;
}

bool resume_sane_voice(struct resume_voice *item)
{
    struct voice *voice = &item->voice;
    settle_voice(voice);
    voice->calm_until = INT64_MIN;      /* it is found anew */
    bool known = voice->kind > VOICE_FREE && voice->kind <= VOICE_GHOST && voice->clip < ENGINE_CLIPS &&
                 voice->bus < ENGINE_BUSSES && voice->units <= 2 && voice->family < FAMILIES && voice->cause <= END_CLIP_GONE &&
                 voice->pauses <= (PAUSE_ASKED | PAUSE_EMERGENCY) && voice->entry.kind <= ENTRY_SEQUENCE &&
                 is_order(voice->entry.sequence) && is_order(voice->sequence.order);
    return known && item->place < ENGINE_VOICES && item->shown <= STATE_VOICES && !voice->over && voice->lent == 0 &&
           are_times(voice) && is_ramp(&voice->seam) && are_ramps(voice->factor, FACTORS) && are_ramps(voice->side, SIDES) &&
           is_gain(voice->gain_lin) && are_sides(&voice->heir.sides) && are_fades(voice);
}

static bool is_stretch(int64_t from, int64_t to, uint32_t seam_frames)
{
    return from >= 0 && from < to && to <= CLIPMEM_FRAMES_MAX && (int64_t)seam_frames <= (to - from) / 2;
}

/* Whatever part or pass comes next has frames, and those to the end can be counted. */
static bool can_go_on(const struct voice *voice)
{
    const struct sequence *sequence = &voice->sequence;
    unsigned parts = sequence_parts_rt(sequence);
    if (sequence->order && sequence->part >= parts)
        return false;
    for (unsigned part = 0; part < parts; part++) {
        unsigned marker = sequence_marker_rt(sequence, part);
        if (!is_stretch(sequence->from[marker], sequence->to[marker], voice->seam_frames))
            return false;
    }
    if (voice_loops_rt(voice) && !sequence->order && !is_stretch(voice->in, voice->out, voice->seam_frames))
        return false;
    return (double)voice->passes * (double)voice_pass_frames_rt(voice) < (double)INT64_MAX / 4;
}

bool resume_sane_place(const struct voice *voice)
{
    const int64_t places[] = {voice->in, voice->out, voice->pos, voice->seam_pos};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i] < 0 || places[i] > CLIPMEM_FRAMES_MAX)
            return false;
    return can_go_on(voice) && voice->view.chain_rate == family_rate_rt((enum chain_family)voice->family);
}

/* --- the rest of the copy --- */

bool resume_sane_gain(const struct resume_gain *gain)
{
    return gain->bus < ENGINE_BUSSES && gain->side < 2 && gain->channel < ENGINE_CHANNELS && is_ramp(&gain->ramp) &&
           is_ramp(&gain->before);
}

bool resume_sane_link(struct clip_link *link)
{
    settle(&link->at_end);
    return link->does <= LINK_FADE && link->curve < FADE_CURVES && is_target(&link->target) && is_gain(link->level_lin) &&
           isfinite(link->delay_s) && isfinite(link->seconds) && (link->does != LINK_START || link->target.kind == TARGET_CLIP);
}

bool resume_sane_task(struct link_task *task)
{
    return is_frame(task->due_frame) && task->clip < ENGINE_CLIPS && resume_sane_link(&task->link);
}

static bool are_seconds(const struct clip_params *params)
{
    const double seconds[] = {params->fade_in_s, params->fade_out_s, params->fade_end_s, params->seam_s, params->follow_gap_s,
                              params->guard_s};
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        if (!isfinite(seconds[i]))
            return false;
    return true;
}

bool resume_sane_params(struct clip_params *params)
{
    settle(&params->choke);
    settle(&params->stop_others);
    settle(&params->shuffled);
    bool kinds = params->group < ENGINE_GROUPS && params->mode <= CLIP_GATE && params->press <= CLIP_PRESS_PAUSE &&
                 params->follow <= FOLLOW_STOP && params->fade_in_curve < FADE_CURVES && params->fade_out_curve < FADE_CURVES &&
                 params->fade_end_curve < FADE_CURVES;
    bool places = params->in_frames >= -1 && params->in_frames < CLIPMEM_FRAMES_MAX && params->out_frames >= -1 &&
                  params->out_frames < CLIPMEM_FRAMES_MAX && params->markers <= ENGINE_MARKERS && is_order(params->sequence);
    for (unsigned i = 0; places && i < params->markers; i++)
        places = params->marker[i] >= -1 && params->marker[i] < CLIPMEM_FRAMES_MAX;
    bool fades = params->fades <= ENGINE_FADES;
    for (unsigned i = 0; fades && i < params->fades; i++) {
        const struct clip_fade *fade = &params->fade[i];
        int64_t before = i ? params->fade[i - 1].to_frames : 0;
        fades = fade->from_frames >= before && fade->from_frames < fade->to_frames && is_gain(fade->level_lin) &&
                fade->curve < FADE_CURVES;
    }
    return kinds && places && fades && are_seconds(params) && params->turns <= ENGINE_TURNS && params->links <= ENGINE_LINKS &&
           is_gain(params->gain_lin) && params->pan >= -1 && params->pan <= 1;
}

/* Its means are sums of its rings, its gains lie between 0 and 1 in its own units. */
static bool are_means(const struct limiter *limiter, const struct limiter *fresh)
{
    int64_t sum = 0, sum_of_sums = 0;
    for (uint32_t i = 0; i < limiter->box; i++) {
        if (limiter->gains[i] < 0 || limiter->gains[i] > fresh->gain || limiter->sums[i] < 0 ||
            limiter->sums[i] > fresh->sums[0])
            return false;
        sum += limiter->gains[i];
        sum_of_sums += limiter->sums[i];
    }
    return limiter->sum == sum && limiter->sum_of_sums == sum_of_sums;
}

bool resume_sane_limiter(const struct limiter *limiter, const struct limiter *fresh)
{
    bool same = limiter->delay == fresh->delay && limiter->window == fresh->window && limiter->box == fresh->box &&
                limiter->release == fresh->release && limiter->full == fresh->full && limiter->unit == fresh->unit;
    if (!same || limiter->box_at >= limiter->box || limiter->gain < 0 || limiter->gain > fresh->gain ||
        limiter->low_end - limiter->low_first > limiter->window)
        return false;
    for (uint32_t i = limiter->low_first; i != limiter->low_end; i++)
        if (limiter->low[i % LIMITER_RING].gain < 0 || limiter->low[i % LIMITER_RING].gain > fresh->gain)
            return false;
    return are_means(limiter, fresh) && resume_sane_samples(limiter->line, sizeof limiter->line / sizeof *limiter->line);
}
