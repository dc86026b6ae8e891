/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pausing a voice: see voice.h. Audio thread.
 *
 * A paused voice moves on until its PAUSE factor is 0, then it stands: so every sample is heard,
 * those at the edge by fades. What belongs to its sound is planned in frames of its chain, so
 * when it goes on, these plans move by as long as it stood.
 */
#include "config.h"

#include "engine/voice.h"

int64_t voice_time_rt(const struct voice *voice, int64_t frame)
{
    return voice->stands ? voice->stood_frame : frame;
}

int64_t voice_heard_rt(const struct voice *voice, int64_t frame)
{
    return voice_time_rt(voice, frame) - voice->begun - voice->stood_frames;
}

static void stand(struct voice *voice, int64_t frame)
{
    voice->stands = true;
    voice->stood_frame = frame;
    voice->calm_until = INT64_MIN;
    ramp_set_rt(&voice->factor[FACTOR_PAUSE], 0);
}

bool voice_settle_rt(struct voice *voice, int64_t frame)
{
    if (!voice->pauses || ramp_left_rt(&voice->factor[FACTOR_PAUSE], frame) > 0)
        return true;
    if (voice->leaves)
        return false;
    stand(voice, frame);
    return true;
}

void voice_stand_rt(struct voice *voice, int64_t frame)
{
    if (!voice->stands)
        stand(voice, frame);
}

void voice_hold_rt(struct voice *voice, int64_t frame, unsigned by)
{
    voice->pauses |= (uint8_t)by;
    if (voice->pauses)
        voice_stand_rt(voice, frame);
}

void voice_pause_rt(struct voice *voice, int64_t frame, enum voice_pause by, uint32_t frames)
{
    bool was_paused = voice->pauses != 0;
    if (voice->kind == VOICE_QUEUED) {
        voice_hold_rt(voice, frame, by);
        return;
    }
    voice->pauses |= (uint8_t)by;
    if (!was_paused)
        voice_go_rt(voice, FACTOR_PAUSE, frame, 0, (struct fade_shape){frames, FADE_LINEAR});
}

static void move_plans(struct voice *voice, int64_t frames)
{
    if (voice->kind == VOICE_QUEUED) {
        if (voice->due_frame > voice->stood_frame)
            voice->due_frame += frames;
        return;
    }
    static const enum voice_factor own[] = {FACTOR_ENVELOPE, FACTOR_END, FACTOR_CROSS};
    for (unsigned i = 0; i < sizeof own / sizeof *own; i++)
        voice->factor[own[i]].start += frames;
    voice->seam.start += frames;
    voice->stood_frames += frames;
}

void voice_resume_rt(struct voice *voice, int64_t frame, enum voice_pause by, uint32_t frames)
{
    bool was_paused = voice->pauses != 0;
    if (voice->leaves)
        return;
    voice->pauses &= (uint8_t)~by;
    if (!was_paused || voice->pauses)
        return;
    if (voice->stands)
        move_plans(voice, frame - voice->stood_frame);
    voice->stands = false;
    if (voice_sounds_rt(voice))
        voice_go_rt(voice, FACTOR_PAUSE, frame, 1, (struct fade_shape){frames, FADE_LINEAR});
}
