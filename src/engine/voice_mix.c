/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sound of a voice: its medium into a chain, run by run. See voice.h. Audio thread.
 *
 * In a run every ramp rests or moves throughout, and no pass begins or ends; so a run takes
 * the plain kernel with one gain for all frames, or a buffer of gains. Both give a frame the
 * same bits: the factors are multiplied in the same order, then by the side, then the sample.
 */
#include "config.h"

#include "engine/voice.h"
#include "pcm/mix.h"

enum { POS, SEAM_POS };     /* of voice.was_faded */

static void mix_samples(float *to, const struct clipmem_view *view, const void *from, const float *gains, const float side[SIDES],
                        uint32_t frames)
{
    if (view->format == CLIPMEM_S16) {
        if (view->channels == 2)
            mix_s16_stereo_rt(to, from, gains, side[0], side[1], frames);
        else
            mix_s16_mono_rt(to, from, gains, side[0], side[1], frames);
    } else if (view->channels == 2) {
        mix_f32_stereo_rt(to, from, gains, side[0], side[1], frames);
    } else {
        mix_f32_mono_rt(to, from, gains, side[0], side[1], frames);
    }
}

static void mix_samples_lr(float *to, const struct clipmem_view *view, const void *from, const float *gains, const float *lr,
                           uint32_t frames)
{
    if (view->format == CLIPMEM_S16) {
        if (view->channels == 2)
            mix_s16_stereo_lr_rt(to, from, gains, lr, frames);
        else
            mix_s16_mono_lr_rt(to, from, gains, lr, frames);
    } else if (view->channels == 2) {
        mix_f32_stereo_lr_rt(to, from, gains, lr, frames);
    } else {
        mix_f32_mono_lr_rt(to, from, gains, lr, frames);
    }
}

/* Frames pos.. of the medium, block by block. gains NULL: none; lr NULL: side holds. A block that is not there is silent. */
static void mix_part(float *to, const struct clipmem_view *view, int64_t pos, const float *gains, const float *lr,
                     const float side[SIDES], uint32_t frames)
{
    uint32_t block_frames = 1u << view->shift;
    for (uint32_t done = 0; done < frames;) {
        uint32_t count = 0;
        const void *from = clipmem_read_rt(view, pos + done, &count);
        if (!from)
            count = block_frames - ((uint32_t)(pos + done) & (block_frames - 1));
        if (count > frames - done)
            count = frames - done;
        const float *part = gains ? gains + done : NULL;
        if (from && lr)
            mix_samples_lr(to + 2 * done, view, from, part, lr + 2 * done, count);
        else if (from)
            mix_samples(to + 2 * done, view, from, part, side, count);
        done += count;
    }
}

static void fill_sides(const struct ramp side[SIDES], int64_t frame, float *lr, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        lr[2 * i] = ramp_level_rt(&side[0], frame + i);
        lr[2 * i + 1] = ramp_level_rt(&side[1], frame + i);
    }
}

/* Of the fade markers, at one of its two positions: POS or SEAM_POS. */
static float faded(const struct voice *voice, int which, int64_t pos, int64_t frame)
{
    float level = fade_map_level_rt(&voice->fades, pos);
    if (!ramp_moving_rt(&voice->faded_anew, frame))
        return level;
    float anew = ramp_level_rt(&voice->faded_anew, frame);
    return voice->was_faded[which] * (1 - anew) + level * anew;
}

static void apply_fades(const struct voice *voice, int which, int64_t pos, int64_t frame, float *gains, uint32_t count)
{
    if (voice->fades.count == 0 && !ramp_moving_rt(&voice->faded_anew, frame))
        return;
    for (uint32_t i = 0; i < count; i++)
        gains[i] *= faded(voice, which, pos + i, frame + i);
}

void voice_refade_rt(struct voice *voice, const struct timing *timing, const struct clip_params *params, int64_t frame)
{
    struct fade_map fades;
    fade_map_place_rt(&fades, params, &voice->view);
    if (fade_map_same_rt(&fades, &voice->fades))
        return;
    float level[] = {faded(voice, POS, voice->pos, frame), faded(voice, SEAM_POS, voice->seam_pos, frame)};
    voice->was_faded[POS] = level[POS];
    voice->was_faded[SEAM_POS] = level[SEAM_POS];
    voice->fades = fades;
    ramp_set_rt(&voice->faded_anew, 0);
    ramp_go_rt(&voice->faded_anew, frame, 1, FADE_LINEAR, timing->cross_frames);
    voice->calm_until = INT64_MIN;
}

/* No ramp moves from `frame` until which, and what the sides come to: so that a voice that just plays need not look at
 * seven ramps a period. Whoever sets a ramp sets calm_until to INT64_MIN. */
static void find_calm(struct voice *voice, int64_t frame)
{
    if (ramp_moving_rt(&voice->side[0], frame) || ramp_moving_rt(&voice->seam, frame) ||
        ramp_moving_rt(&voice->faded_anew, frame) || ramps_moving_rt(voice->factor, FACTORS, frame))
        return;
    int64_t rest = fade_map_rest_rt(&voice->fades, voice->pos);
    uint32_t frames = ramps_run_rt(voice->factor, FACTORS, frame, rest < UINT32_MAX ? (uint32_t)rest : UINT32_MAX);
    float level = ramps_level_rt(voice->factor, FACTORS, frame) * fade_map_level_rt(&voice->fades, voice->pos);
    for (int i = 0; i < SIDES; i++)
        voice->calm[i] = level * voice->side[i].to;
    voice->calm_until = frame + frames;
}

/* A run in which something moves. */
static void mix_run(const struct voice *voice, float *to, int64_t frame, uint32_t count, struct voice_scratch *scratch)
{
    bool sliding = ramp_moving_rt(&voice->side[0], frame), in_seam = ramp_moving_rt(&voice->seam, frame);
    const float side[SIDES] = {voice->side[0].to, voice->side[1].to};   /* unless they slide */
    const float *lr = sliding ? scratch->lr : NULL;
    if (sliding)
        fill_sides(voice->side, frame, scratch->lr, count);
    ramps_fill_rt(voice->factor, FACTORS, frame, scratch->gains, count);
    if (in_seam) {
        struct ramp out = voice->seam;
        out.from = 1;
        out.to = 0;
        for (uint32_t i = 0; i < count; i++)
            scratch->seam_gains[i] = scratch->gains[i];
        ramp_apply_rt(&out, frame, scratch->seam_gains, count);
        apply_fades(voice, SEAM_POS, voice->seam_pos, frame, scratch->seam_gains, count);
        ramp_apply_rt(&voice->seam, frame, scratch->gains, count);
        mix_part(to, &voice->view, voice->seam_pos, scratch->seam_gains, lr, side, count);
    }
    apply_fades(voice, POS, voice->pos, frame, scratch->gains, count);
    mix_part(to, &voice->view, voice->pos, scratch->gains, lr, side, count);
}

static void next_part(struct voice *voice)
{
    struct sequence *sequence = &voice->sequence;
    sequence->part = (uint8_t)sequence_next_rt(sequence, sequence->part);
    unsigned marker = sequence_marker_rt(sequence, sequence->part);
    voice->in = sequence->from[marker];
    voice->out = sequence->to[marker];
}

/* The fade markers may have another level where the voice goes on at `frame` than where it was: each has its own in a seam; without
 * one it glides over. */
static void join_fades(struct voice *voice, float was, int64_t frame)
{
    float now = fade_map_level_rt(&voice->fades, voice->pos);
    if (ramp_moving_rt(&voice->seam, frame)) {
        voice->was_faded[SEAM_POS] = voice->was_faded[POS];
        voice->was_faded[POS] = now;
    } else if (was != now) {
        voice->was_faded[POS] = was;
        voice->faded_anew = (struct ramp){.to = 1, .start = frame, .length = voice->join_frames};
    }
}

/* Or the next part of this one. */
static void next_pass(struct voice *voice, int64_t frame)
{
    int64_t left = voice->out - voice->pos;
    float was = faded(voice, POS, voice->pos, frame);
    ramp_set_rt(&voice->seam, 1);
    voice->calm_until = INT64_MIN;
    if (left > 0)
        voice->seam = (struct ramp){.from = 0, .to = 1, .start = frame, .length = (uint32_t)left};
    voice->seam_pos = voice->pos;
    if (!sequence_goes_on_rt(&voice->sequence))
        voice->pass++;
    if (voice->sequence.order)
        next_part(voice);
    voice->pos = voice->in;
    join_fades(voice, was, frame);
}

static bool is_over(const struct voice *voice, int64_t frame)
{
    if (voice->pos >= voice->out && !voice_joins_rt(voice))
        return true;
    if (frame < voice->calm_until)
        return false;
    if (voice->kind >= VOICE_STOPPING && ramp_left_rt(&voice->factor[FACTOR_ENVELOPE], frame) == 0)
        return true;
    return voice->dies && ramp_left_rt(&voice->factor[FACTOR_LIVE], frame) == 0;
}

static uint32_t run_frames(const struct voice *voice, int64_t frame, uint32_t count)
{
    int64_t left = voice_pass_end_rt(voice) - voice->pos;
    if (left < count)
        count = (uint32_t)left;
    if (frame < voice->calm_until)
        return voice->calm_until - frame < count ? (uint32_t)(voice->calm_until - frame) : count;
    count = ramps_run_rt(voice->factor, FACTORS, frame, count);
    count = ramp_run_rt(&voice->side[0], frame, count);
    count = ramp_run_rt(&voice->faded_anew, frame, count);
    return ramp_run_rt(&voice->seam, frame, count);
}

/* Only a fade that ends it goes on. */
static bool stand_still(const struct voice *voice, int64_t frame, uint32_t count, uint32_t *sounded)
{
    int64_t left = ramp_left_rt(&voice->factor[FACTOR_LIVE], frame);
    bool over = voice->dies && left <= count;
    *sounded = over ? (uint32_t)left : count;
    return !over;
}

bool voice_mix_rt(struct voice *voice, float *to, int64_t frame, uint32_t count, uint32_t *sounded, struct voice_scratch *scratch)
{
    uint32_t done = 0;
    bool over = false;
    if (voice->stands)
        return stand_still(voice, frame, count, sounded);
    for (uint32_t run; done < count && !over && !voice->stands; done += run, frame += run) {
        if (voice_joins_rt(voice) && voice->pos == voice_pass_end_rt(voice))
            next_pass(voice, frame);
        if (frame >= voice->calm_until)
            find_calm(voice, frame);
        run = run_frames(voice, frame, count - done);
        float *part = to + 2 * (size_t)done;
        if (frame >= voice->calm_until)
            mix_run(voice, part, frame, run, scratch);
        else if (voice->calm[0] != 0 || voice->calm[1] != 0)
            mix_part(part, &voice->view, voice->pos, NULL, NULL, voice->calm, run);
        voice->pos += run;
        voice->seam_pos += run;
        over = is_over(voice, frame + run) || !voice_settle_rt(voice, frame + run);
    }
    *sounded = done;
    return !over;
}

/* The fade at an heir's end as it is at its frame n; none if it goes on, or hands over itself. */
static float heir_end(const struct clip_params *params, const struct voice_region *region, const struct timing *timing, int64_t n)
{
    bool again = params->mode == CLIP_LOOP && params->loops != 1;
    struct fade_shape fade = timing_fade_rt(timing, params->fade_end_s, params->fade_end_curve);
    bool hands_over = params->follow == FOLLOW_CLIP && params->follow_gap_s == 0 && fade.frames <= timing->protection_frames;
    if (again || hands_over || sequence_goes_on_rt(&region->sequence))
        return 1;
    const struct ramp end = {.from = 1, .to = 0, .start = region->out - region->pos - fade.frames, .length = fade.frames,
                             .curve = fade.curve};
    return ramp_level_rt(&end, n);
}

uint32_t voice_lend_rt(const struct voice *voice, const struct timing *timing, float *to, int64_t frame, uint32_t frames)
{
    static const struct entry at_in;    /* ENTRY_IN */
    const struct voice_heir *heir = &voice->heir;
    float level = ramps_level_rt(voice->factor, FACTORS, frame), side[SIDES];
    struct voice_region region;
    if (voice->pos < voice->out || voice_region_rt(heir->params, &heir->view, &at_in, &region) != RESULT_OK ||
        region.out - region.pos <= frames)
        return 0;
    struct fade_map fades;
    fade_map_place_rt(&fades, heir->params, &heir->view);
    for (uint32_t n = 0; n < frames; n++) {
        float end = fade_map_level_rt(&fades, region.pos + n) * heir_end(heir->params, &region, timing, n);
        for (int i = 0; i < SIDES; i++)
            side[i] = level * end * heir->sides.side[heir->view.channels - 1][i];
        mix_part(to + 2 * (size_t)n, &heir->view, region.pos + n, NULL, NULL, side, 1);
    }
    return frames;
}
