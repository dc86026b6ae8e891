/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether voices have their samples: see supply.h. Audio thread.
 *
 * The look goes 1 ms further than the frames about to be mixed, so that the fade-out always has
 * samples to fade. It follows the voice round its loop.
 */
#include "config.h"

#include "engine/supply.h"
#include "engine/follow.h"
#include "engine/turns.h"

enum {
    HEAD_PARTS = 50,                    /* of a second: 20 ms */
    FOLLOWER_S = 5,                     /* before its leader's end a follower is asked for, and the next part of a sequence */
};

static uint32_t head_frames(const struct clipmem_view *view)
{
    return view->chain_rate / HEAD_PARTS;
}

bool supply_has_head_rt(const struct clipmem_view *view, const struct voice_region *region)
{
    uint32_t frames = head_frames(view);
    if (region->out - region->pos < frames)
        frames = (uint32_t)(region->out - region->pos);
    return clipmem_ahead_rt(view, region->pos, frames) == frames;
}

/* The same of a sequence, part by part; of its last pass it looks round once more. */
static uint32_t ahead_in_parts(const struct voice *voice, uint32_t count)
{
    const struct sequence *sequence = &voice->sequence;
    int64_t pos = voice->pos, end = voice_pass_end_rt(voice);
    unsigned part = sequence->part;
    for (uint32_t found = 0; found < count;) {
        if (pos >= end) {
            part = sequence_next_rt(sequence, part);
            if (part == 0 && !voice_loops_rt(voice))
                return count;
            pos = sequence->from[sequence_marker_rt(sequence, part)];
            end = sequence->to[sequence_marker_rt(sequence, part)] - voice->seam_frames;
        }
        uint32_t want = end - pos < count - found ? (uint32_t)(end - pos) : count - found;
        uint32_t here = clipmem_ahead_rt(&voice->view, pos, want);
        found += here;
        if (here < want)
            return found;
        pos += here;
    }
    return count;
}

/* How many of the next `count` frames of the voice are there without a gap; past its end nothing is wanting. */
static uint32_t ahead(const struct voice *voice, uint32_t count)
{
    int64_t pos = voice->pos, end = voice_pass_end_rt(voice);
    bool loops = voice_loops_rt(voice), whole = false;
    if (voice->sequence.order)
        return ahead_in_parts(voice, count);
    for (uint32_t found = 0; found < count && !whole;) {
        if (pos >= end) {
            if (!loops)
                return count;
            whole = pos > voice->in && found >= end - voice->in;    /* a pass has been looked at from its beginning */
            pos = voice->in;
            end = voice->out - voice->seam_frames;
            continue;
        }
        uint32_t want = end - pos < count - found ? (uint32_t)(end - pos) : count - found;
        uint32_t here = clipmem_ahead_rt(&voice->view, pos, want);
        found += here;
        if (here < want)
            return found;
        pos += here;
    }
    return count;
}

/* The sound may have proved to end sooner than the facts said: then it ends there. */
static void check_end(struct voice *voice)
{
    int64_t frames = clipmem_frames_rt(&voice->view);
    bool all = sequence_cut_rt(&voice->sequence, frames);
    if (!all)
        voice->sequence.order = 0;      /* the present part is the last */
    voice->released |= !all;
    if (frames >= voice->out)
        return;
    voice->out = frames;
    voice->calm_until = INT64_MIN;
    if (voice->out <= voice->in)
        voice->released = true;         /* nothing is left to go round in */
}

/* The medium is there for `found` frames more. */
static void run_dry(struct engine *engine, struct voice *voice, uint32_t found)
{
    struct ramp *supply = &voice->factor[FACTOR_SUPPLY];
    const struct family *family = core_family_rt(engine, voice);
    uint32_t length = family->timing.protection_frames < found ? family->timing.protection_frames : found;
    float level = ramp_level_rt(supply, family->frame);
    *supply = (struct ramp){.from = level, .to = 0, .start = family->frame + found - length, .length = length};
    voice->calm_until = INT64_MIN;
    voice->dry = true;
    voice->dry_frame = family->frame + found;
    engine->picture.dry++;
}

static void come_back(struct engine *engine, struct voice *voice)
{
    const struct family *family = core_family_rt(engine, voice);
    voice->dry = false;
    voice->calm_until = INT64_MIN;
    ramp_go_rt(&voice->factor[FACTOR_SUPPLY], family->frame, 1, FADE_LINEAR, family->timing.protection_frames);
    core_mention_rt(engine, &(struct event){
        .type = EVENT_DRY, .clip = voice->clip, .bus = voice->bus, .voice = voice->serial, .frame = (uint64_t)engine->frame,
        .heard_frames = (uint64_t)family_length_rt(family, family->frame - voice->dry_frame)});
}

void supply_check_rt(struct engine *engine, struct voice *voice, uint32_t count)
{
    const struct family *family = core_family_rt(engine, voice);
    uint32_t margin = family->timing.protection_frames;
    if (voice->stands)
        return;
    check_end(voice);
    if (voice->dry) {
        uint32_t wanted = count + head_frames(&voice->view);
        if (ramp_left_rt(&voice->factor[FACTOR_SUPPLY], family->frame) == 0 && ahead(voice, wanted) == wanted)
            come_back(engine, voice);
        return;
    }
    uint32_t found = ahead(voice, count + margin);
    if (found < count + margin)
        run_dry(engine, voice, found);
}

static uint16_t flags_of(const struct voice *voice)
{
    unsigned flags = 0;
    if (voice->kind == VOICE_QUEUED)
        flags |= DEMAND_QUEUED;
    if (voice->kind >= VOICE_STOPPING)
        flags |= DEMAND_ENDING;
    if (voice->dry)
        flags |= DEMAND_DRY;
    if (voice->kind != VOICE_QUEUED && voice_loops_rt(voice) && !voice->sequence.order)
        flags |= DEMAND_LOOPS;
    if (voice->bus == ENGINE_BUS_AUDITION)
        flags |= DEMAND_AUDITION;
    return (uint16_t)flags;
}

/* Where a clip would start, if its medium is known. */
static void tell_start(const struct engine *engine, uint16_t clip, uint32_t turn, const struct entry *entry,
                       struct demand_voice *to)
{
    const struct clip_params *params = engine->clip[clip].params;
    struct clipmem_view view;
    struct voice_region region;
    to->slot = turns_medium_rt(engine->memory, params, &turn);
    if (!clipmem_view_rt(engine->memory, to->slot, &view) ||
        voice_region_rt(params, &view, entry, &region) != RESULT_OK)
        return;
    to->pos = region.pos;
    to->in = region.in;
    to->out = region.out;
}

/* The next part of a sequence is asked for as if it waited already. */
static void tell_part(const struct voice *voice, struct demand_picture *picture)
{
    const struct sequence *sequence = &voice->sequence;
    if (voice->kind == VOICE_GHOST || !sequence->order || !voice_joins_rt(voice) ||
        voice->out - voice->pos > (int64_t)FOLLOWER_S * voice->view.chain_rate)
        return;
    unsigned marker = sequence_marker_rt(sequence, sequence_next_rt(sequence, sequence->part));
    picture->voice[picture->count++] = (struct demand_voice){
        .slot = voice->view.slot, .clip = voice->clip, .flags = DEMAND_QUEUED, .pos = sequence->from[marker],
        .in = sequence->from[marker], .out = sequence->to[marker]};
}

/* What follows is asked for as if it waited already; of a loop without an end all the time. */
static void tell_follower(const struct engine *engine, const struct voice *voice, struct demand_picture *picture)
{
    static const struct entry at_in;    /* ENTRY_IN */
    uint16_t next = follow_next_rt(engine, voice);
    int64_t left = voice_left_rt(voice);
    if (next == ENGINE_CLIPS_NONE || left > (int64_t)FOLLOWER_S * voice->view.chain_rate || picture->count == DEMAND_VOICES)
        return;
    struct demand_voice *to = &picture->voice[picture->count++];
    *to = (struct demand_voice){.clip = next, .flags = DEMAND_QUEUED};
    tell_start(engine, next, engine->clip[next].turn, &at_in, to);
}

void supply_tell_rt(struct engine *engine)
{
    struct demand_picture *picture = &engine->demanded;
    picture->frame = (uint64_t)engine->frame;
    picture->count = 0;
    FOR_EACH_VOICE(engine, voice) {
        struct demand_voice *to = &picture->voice[picture->count++];
        *to = (struct demand_voice){.slot = voice->view.slot, .clip = voice->clip, .flags = flags_of(voice), .pos = voice->pos,
                                    .in = voice->in, .out = voice->out};
        if (voice->kind == VOICE_QUEUED)
            tell_start(engine, voice->clip, voice->turn, &voice->entry, to);
        else {
            tell_part(voice, picture);
            tell_follower(engine, voice, picture);
        }
    }
    demand_leave_rt(engine->demand, picture);
}
