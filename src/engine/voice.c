/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A voice's life: begin, be edited, be released, be told to stop, become a ghost. See voice.h;
 * its sound is in voice_mix.c. Audio thread.
 *
 * The natural end of a voice that has one is at a frame known beforehand, passes and seams
 * counted, so the END factor is one ramp that ends there. It is planned at the start and again
 * when an edit or a release moves the end; one under way is left alone.
 */
#include "config.h"

#include "engine/turns.h"
#include "engine/voice.h"

bool voice_sounds_rt(const struct voice *voice)
{
    return voice->kind >= VOICE_PLAYING;
}

bool voice_in_pool_rt(const struct voice *voice)
{
    return voice->kind != VOICE_FREE && voice->kind != VOICE_GHOST && voice->bus != ENGINE_BUS_AUDITION;
}

bool voice_is_of_rt(const struct voice *voice, uint16_t clip)
{
    return voice->kind != VOICE_FREE && voice->kind != VOICE_GHOST && voice->clip == clip && !voice->orphan;
}

bool voice_loops_rt(const struct voice *voice)
{
    return voice->looping && !voice->released && (voice->passes == 0 || voice->pass < voice->passes);
}

bool voice_endless_rt(const struct voice *voice)
{
    bool goes_on = voice->pauses || (voice_loops_rt(voice) && voice->passes == 0);
    return goes_on && voice->kind <= VOICE_PLAYING && !voice->dies;
}

bool voice_joins_rt(const struct voice *voice)
{
    return sequence_goes_on_rt(&voice->sequence) || voice_loops_rt(voice);
}

int64_t voice_pass_end_rt(const struct voice *voice)
{
    int64_t end = voice->out - (voice_joins_rt(voice) ? voice->seam_frames : 0);
    return end > voice->pos ? end : voice->pos;
}

int64_t voice_pass_frames_rt(const struct voice *voice)
{
    const struct sequence *sequence = &voice->sequence;
    return sequence->order ? sequence_frames_rt(sequence, 0, voice->seam_frames) : voice->out - voice->in;
}

int64_t voice_pass_left_rt(const struct voice *voice)
{
    const struct sequence *sequence = &voice->sequence;
    if (!sequence_goes_on_rt(sequence))
        return voice->out - voice->pos;
    return voice_pass_end_rt(voice) - voice->pos + sequence_frames_rt(sequence, sequence->part + 1u, voice->seam_frames);
}

int64_t voice_left_rt(const struct voice *voice)
{
    if (!voice_loops_rt(voice))
        return voice_pass_left_rt(voice);
    if (voice->passes == 0)
        return -1;
    int64_t seam = voice->seam_frames, further = voice->passes - voice->pass;
    int64_t left = sequence_goes_on_rt(&voice->sequence) ? voice_pass_left_rt(voice)
                                                         : voice_pass_end_rt(voice) - voice->pos + seam;
    return left + further * (voice_pass_frames_rt(voice) - seam);
}

int64_t voice_end_left_rt(const struct voice *voice, int64_t frame)
{
    if (voice->cause != END_NATURAL)
        return -1;
    if (voice->kind == VOICE_STOPPING)
        return ramp_left_rt(&voice->factor[FACTOR_ENVELOPE], frame);
    return voice->kind == VOICE_PLAYING ? voice_left_rt(voice) : -1;
}

/* The END factor for an end where it now is. at_start: it may be under way at once, as the fade-in covers it; otherwise
 * it is never longer than what is left. */
static void plan_end(struct voice *voice, const struct timing *timing, const struct clip_params *params, int64_t frame,
                     bool at_start)
{
    struct ramp *end = &voice->factor[FACTOR_END];
    voice->calm_until = INT64_MIN;
    int64_t left = voice_left_rt(voice);
    ramp_set_rt(end, 1);
    if (left < 0)
        return;
    struct fade_shape fade = timing_fade_rt(timing, params->fade_end_s, params->fade_end_curve);
    int64_t pass_frames = voice_pass_frames_rt(voice), most = INT64_MAX;
    if (voice->pass > 1 || voice_loops_rt(voice))
        most = pass_frames > timing->protection_frames ? pass_frames : timing->protection_frames;
    if (!at_start && left < most)
        most = left;
    if (fade.frames > most)
        fade.frames = (uint32_t)most;
    *end = (struct ramp){.from = 1, .to = 0, .start = voice_time_rt(voice, frame) + left - fade.frames, .length = fade.frames,
                         .curve = fade.curve};
}

static uint32_t seam_frames(const struct voice *voice, const struct timing *timing, const struct clip_params *params)
{
    const struct sequence *sequence = &voice->sequence;
    uint32_t frames = voice->looping || sequence->order ? timing_frames_rt(timing, params->seam_s) : 0;
    int64_t half = (sequence->order ? sequence_shortest_rt(sequence) : voice->out - voice->in) / 2;
    return frames < half ? frames : (uint32_t)half;
}

static void set_loop(struct voice *voice, const struct timing *timing, const struct clip_params *params)
{
    voice->looping = params->mode == CLIP_LOOP;
    voice->passes = voice->looping ? params->loops : 1;
    voice->seam_frames = seam_frames(voice, timing, params);
}

/* Frame of the file at which an entry lies; past every file if it makes no sense. */
static int64_t entry_frame(const struct entry *entry, uint32_t file_rate)
{
    if (entry->kind == ENTRY_FRAME)
        return entry->frames;
    double frames = entry->seconds * file_rate + 0.5;
    return frames >= 0 && frames < (double)CLIPMEM_FRAMES_MAX ? (int64_t)frames : CLIPMEM_FRAMES_MAX;
}

/* Its first part, if there is a sequence. Return: false if it names what is not in the medium. */
static bool begin_sequence(const struct clip_params *params, const struct clipmem_view *view, const struct entry *entry,
                           struct voice_region *region)
{
    struct sequence *sequence = &region->sequence;
    sequence->order = entry->kind == ENTRY_SEQUENCE ? entry->sequence : params->sequence;
    if (!sequence->order)
        return true;
    if (!sequence_place_rt(sequence, params, view, region->out))
        return false;
    unsigned marker = sequence_marker_rt(sequence, 0);
    region->in = region->pos = sequence->from[marker];
    region->out = sequence->to[marker];
    return true;
}

static bool whole_region(const struct clip_params *params, const struct clipmem_view *view, struct voice_region *region)
{
    int64_t out = params->out_frames < 0 ? view->frames
                                         : clipmem_to_chain_rt(params->out_frames, view->file_rate, view->chain_rate);
    int64_t in = clipmem_to_chain_rt(params->in_frames, view->file_rate, view->chain_rate);
    *region = (struct voice_region){.in = in < 0 ? 0 : in, .out = out > view->frames ? view->frames : out};
    region->pos = region->in;
    return region->in < region->out;
}

enum engine_result voice_region_rt(const struct clip_params *params, const struct clipmem_view *view, const struct entry *entry,
                                   struct voice_region *region)
{
    if (!whole_region(params, view, region))
        return RESULT_NOT_READY;
    if (entry->kind == ENTRY_IN || entry->kind == ENTRY_SEQUENCE)
        return begin_sequence(params, view, entry, region) ? RESULT_OK : RESULT_NO_ENTRY;
    region->pos = clipmem_to_chain_rt(entry_frame(entry, view->file_rate), view->file_rate, view->chain_rate);
    if (region->pos < 0 || region->pos >= view->frames)
        return RESULT_NO_ENTRY;
    if (!entry->anywhere && (region->pos < region->in || region->pos >= region->out))
        return RESULT_OUTSIDE;
    region->once = region->pos >= region->out;
    if (region->once)
        region->out = view->frames;
    return RESULT_OK;
}

static void set_region(struct voice *voice, const struct voice_region *region)
{
    voice->in = region->in;
    voice->out = region->out;
    voice->pos = region->pos;
    voice->sequence = region->sequence;
    voice->apart = region->once;
    voice->released |= region->once;
}

void voice_begin_rt(struct voice *voice, const struct timing *timing, const struct clip_params *params,
                    const struct voice_sides *sides, const struct clipmem_view *view, int64_t frame, bool restart,
                    bool muted)
{
    struct voice_region region;
    voice_region_rt(params, view, &voice->entry, &region);
    set_region(voice, &region);
    voice->kind = VOICE_PLAYING;
    voice->view = *view;
    voice->held = params;
    voice->choke = params->choke;
    voice->gain_lin = params->gain_lin;
    voice->begun = frame;
    voice->pass = 1;
    voice->cause = END_NATURAL;
    set_loop(voice, timing, params);
    for (int i = 0; i < FACTORS; i++)
        if (i != FACTOR_LIVE)
            ramp_set_rt(&voice->factor[i], 1);
    ramp_set_rt(&voice->factor[FACTOR_PAUSE], voice->stands ? 0 : 1);
    fade_map_place_rt(&voice->fades, params, view);
    ramp_set_rt(&voice->faded_anew, 1);
    voice->join_frames = timing->protection_frames;
    ramp_set_rt(&voice->seam, 1);
    for (int i = 0; i < SIDES; i++)
        ramp_set_rt(&voice->side[i], sides->side[view->channels - 1][i]);
    if (muted)
        ramp_set_rt(&voice->factor[FACTOR_MUTE], 0);
    struct fade_shape in = timing_fade_rt(timing, params->fade_in_s, params->fade_in_curve);
    bool protection_only = timing_frames_rt(timing, params->fade_in_s) < timing->protection_frames;
    if (!restart || !protection_only)
        voice->factor[FACTOR_ENVELOPE] = (struct ramp){.to = 1, .start = frame, .length = in.frames, .curve = in.curve};
    if (restart)
        voice->factor[FACTOR_CROSS] = (struct ramp){.to = 1, .start = frame, .length = timing->cross_frames};
    plan_end(voice, timing, params, frame, true);
}

void voice_hand_over_rt(struct voice *voice, const struct voice_heir *heir)
{
    voice->heir = *heir;
    voice->calm_until = INT64_MIN;
    ramp_set_rt(&voice->factor[FACTOR_END], 1);
}

void voice_take_over_rt(struct voice *voice, const struct timing *timing, int64_t frame, float level)
{
    struct ramp *envelope = &voice->factor[FACTOR_ENVELOPE];
    ramp_set_rt(envelope, level);
    if (level != 1)
        ramp_go_rt(envelope, frame, 1, FADE_LINEAR, timing->protection_frames);
    struct ramp *mute = &voice->factor[FACTOR_MUTE];
    if (mute->to == 0) {                /* muted when it was too late for its leader to fade */
        ramp_set_rt(mute, 1);
        ramp_go_rt(mute, frame, 0, FADE_LINEAR, timing->protection_frames);
    }
}

void voice_skip_rt(struct voice *voice, uint32_t frames)
{
    voice->pos += frames;
    voice->factor[FACTOR_END].start -= frames;
}

void voice_die_away_rt(struct voice *voice, int64_t frame, float level, uint32_t frames)
{
    struct ramp *envelope = &voice->factor[FACTOR_ENVELOPE];
    voice->kind = VOICE_GHOST;
    ramp_set_rt(envelope, level);
    ramp_go_rt(envelope, frame, 0, FADE_LINEAR, frames);
}

void voice_jump_rt(struct voice *voice, const struct timing *timing, const struct clip_params *params,
                   const struct voice_region *region, int64_t frame)
{
    voice->released = false;
    set_region(voice, region);
    set_loop(voice, timing, params);        /* the seam is as long as this pass allows */
    ramp_set_rt(&voice->seam, 1);
    if (voice->stands)
        ramp_set_rt(&voice->factor[FACTOR_CROSS], 1);           /* it comes in when it is resumed */
    else
        voice->factor[FACTOR_CROSS] = (struct ramp){.to = 1, .start = frame, .length = timing->cross_frames};
    plan_end(voice, timing, params, frame, true);
}

void voice_go_rt(struct voice *voice, enum voice_factor factor, int64_t frame, float level, struct fade_shape fade)
{
    voice->calm_until = INT64_MIN;
    ramp_go_rt(&voice->factor[factor], frame, level, fade.curve, fade.frames);
}

bool voice_stop_rt(struct voice *voice, int64_t frame, struct fade_shape fade, enum end_cause cause)
{
    struct ramp *envelope = &voice->factor[FACTOR_ENVELOPE];
    if (voice->kind == VOICE_PLAYING)
        voice->kind = VOICE_STOPPING;
    voice->cause = (uint8_t)cause;
    voice->leaves = voice->pauses != 0;
    if (voice->stands || ramp_level_rt(envelope, frame) == 0)
        return false;
    voice_go_rt(voice, FACTOR_ENVELOPE, frame, 0, fade);
    return true;
}

bool voice_ghost_rt(struct voice *voice, int64_t frame, uint32_t frames, enum end_cause cause)
{
    struct ramp *envelope = &voice->factor[FACTOR_ENVELOPE], *cross = &voice->factor[FACTOR_CROSS];
    bool soon = voice->kind >= VOICE_STOPPING && ramp_left_rt(envelope, frame) <= frames;
    if (voice->kind != VOICE_GHOST) {
        voice->kind = VOICE_GHOST;
        voice->cause = (uint8_t)cause;
    }
    voice->leaves = voice->pauses != 0;
    if (voice->stands)
        return false;
    if (soon)
        return true;
    /* A cross-fade coming in stays where it is, or a row of quick restarts would swell. */
    ramp_set_rt(envelope, ramp_level_rt(envelope, frame) * ramp_level_rt(cross, frame));
    ramp_set_rt(cross, 1);
    if (envelope->to == 0)
        return false;
    voice_go_rt(voice, FACTOR_ENVELOPE, frame, 0, (struct fade_shape){frames, FADE_LINEAR});
    return true;
}

/* Where less than the protection is left of the pass that shall be the last, the voice goes round once more and is told
 * to stop: it ends within the protection, which so is never cut short. */
static bool stop_across_seam(struct voice *voice, const struct timing *timing, int64_t frame)
{
    return voice_stop_rt(voice, frame, (struct fade_shape){timing->protection_frames, FADE_LINEAR}, END_NATURAL);
}

bool voice_release_rt(struct voice *voice, const struct timing *timing, const struct clip_params *params, int64_t frame)
{
    if (!voice->stands && voice_pass_left_rt(voice) < timing->protection_frames)
        return stop_across_seam(voice, timing, frame);
    voice->released = true;
    plan_end(voice, timing, params, frame, voice->stands);
    return true;
}

/* The parts of its sequence lie elsewhere, or IN and OUT do: region is made what it would play now. Return: false if nothing has
 * changed. */
static bool recut_sequence(const struct voice *voice, const struct clip_params *params, struct voice_region *region)
{
    const struct sequence *was = &voice->sequence;
    if (!was->order)
        return region->in != voice->in || region->out != voice->out;
    struct sequence *sequence = &region->sequence;
    *sequence = *was;
    sequence_place_rt(sequence, params, &voice->view, region->out);
    unsigned marker = sequence_marker_rt(sequence, sequence->part);
    region->in = region->pos = sequence->from[marker];
    region->out = sequence->to[marker];
    bool same = true;
    for (unsigned i = 0; i < ENGINE_MARKERS; i++)
        same = same && sequence->from[i] == was->from[i] && sequence->to[i] == was->to[i];
    return !same;
}

enum voice_cut voice_cut_rt(const struct voice *voice, const struct timing *timing, const struct clip_params *params,
                            int64_t frame, struct voice_region *region)
{
    bool ends = voice->heir.params || ramp_moving_rt(&voice->factor[FACTOR_END], voice_time_rt(voice, frame));
    if (voice->kind != VOICE_PLAYING || ends || voice->apart || !turns_have_rt(params, voice->view.slot) ||
        !whole_region(params, &voice->view, region) || !recut_sequence(voice, params, region))
        return CUT_NOTHING;
    bool entering = voice->pos < voice->in;
    bool loops = params->mode == CLIP_LOOP && !voice->released && (params->loops == 0 || voice->pass < params->loops);
    bool joins = loops || sequence_goes_on_rt(&voice->sequence);
    int64_t least = joins ? 1 : timing->protection_frames;     /* there has to be room for the fade at the end */
    bool outside = region->out - voice->pos < least || (voice->pos < region->in && !entering);
    return outside ? CUT_OUTSIDE : CUT_INSIDE;
}

static bool edit_loop(struct voice *voice, const struct timing *timing, const struct clip_params *params, int64_t frame)
{
    if (voice->heir.params || ramp_moving_rt(&voice->factor[FACTOR_END], voice_time_rt(voice, frame)))
        return true;
    bool was_looping = voice->looping;
    uint32_t were_passes = voice->passes;
    set_loop(voice, timing, params);
    int64_t left = voice_left_rt(voice);
    if (left < 0 || left >= timing->protection_frames || voice->stands) {
        plan_end(voice, timing, params, frame, voice->stands);
        return true;
    }
    voice->looping = was_looping;
    voice->passes = were_passes;
    return stop_across_seam(voice, timing, frame);
}

bool voice_edit_rt(struct voice *voice, const struct timing *timing, const struct clip_params *params,
                   const struct voice_sides *sides, int64_t frame)
{
    const float *side = sides->side[voice->view.channels - 1];
    voice->gain_lin = params->gain_lin;
    voice->calm_until = INT64_MIN;
    if (side[0] != voice->side[0].to || side[1] != voice->side[1].to)
        for (int i = 0; i < SIDES; i++)
            ramp_go_rt(&voice->side[i], frame, side[i], FADE_LINEAR, timing->cross_frames);
    if (turns_have_rt(params, voice->view.slot))
        voice_refade_rt(voice, timing, params, frame);
    if (voice->kind != VOICE_PLAYING)
        return true;
    voice->choke = params->choke;
    return edit_loop(voice, timing, params, frame);
}
