/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of a period: see publish.h. Audio thread. */
#include "config.h"

#include "engine/publish.h"
#include "engine/levels.h"
#include "engine/places.h"

_Static_assert(STATE_VOICES == ENGINE_POOL_UNITS + 1, "a place for every voice that can have one");
_Static_assert((int)STATE_BUSSES == ENGINE_BUSSES && (int)STATE_GROUPS == ENGINE_GROUPS, "the picture has the engine's busses");
_Static_assert(sizeof(struct state_live) % 4 == 0, "published by words");

void publish_init(struct engine *engine)
{
    for (int i = 0; i < STATE_VOICES; i++)
        engine->picture.voice[i].clip = STATE_NO_CLIP;
}

void publish_show_rt(struct engine *engine, struct voice *voice)
{
    int place = SHOWN_AUDITION;
    if (voice->bus != ENGINE_BUS_AUDITION)
        for (place = 0; place < SHOWN_AUDITION && engine->shown[place]; place++)
            ;
    engine->shown[place] = voice;
}

void publish_hide_rt(struct engine *engine, const struct voice *voice)
{
    for (int i = 0; i < STATE_VOICES; i++) {
        if (engine->shown[i] != voice)
            continue;
        engine->shown[i] = NULL;
        engine->picture.voice[i] = (struct state_voice){.clip = STATE_NO_CLIP};
    }
}

static enum state_voice_kind kind_of(const struct voice *voice)
{
    if (voice->pauses && !voice->leaves)
        return STATE_VOICE_PAUSED;
    if (voice->kind == VOICE_QUEUED)
        return STATE_VOICE_QUEUED;
    if (voice->kind == VOICE_STOPPING)
        return STATE_VOICE_STOPPING;
    if (voice->bus == ENGINE_BUS_AUDITION)
        return STATE_VOICE_AUDITIONING;
    return voice->looping && !voice->released ? STATE_VOICE_LOOPING : STATE_VOICE_PLAYING;
}

static int64_t to_ns(const struct family *family, int64_t frames)
{
    return (int64_t)((double)frames * (1e9 / family->timing.rate) + 0.5);
}

/* The frame of the file that stands at the playhead. */
static int64_t file_position(const struct voice *voice)
{
    return clipmem_to_file_rt(voice->pos, voice->view.file_rate, voice->view.chain_rate);
}

static void draw_voice(const struct engine *engine, const struct voice *voice, struct state_voice *to)
{
    to->clip = voice->clip;
    to->kind = (uint8_t)kind_of(voice);
    to->bus = voice->bus;
    to->serial = voice->serial;
    if (voice->kind == VOICE_QUEUED) {
        to->position_frames = voice->entry.kind == ENTRY_FRAME ? voice->entry.frames : 0;
        to->fade_mdb = levels_mdb_rt(&engine->rate->levels_law, voice->factor[FACTOR_LIVE].to);
        return;
    }
    const struct family *family = core_family_rt(engine, voice);
    int64_t left = voice_left_rt(voice);
    to->pass = voice->pass;
    to->start_frame = voice->start_frame;
    to->position_frames = file_position(voice);
    to->elapsed_ns = to_ns(family, voice_heard_rt(voice, family->frame));
    to->remaining_ns = left < 0 ? -1 : to_ns(family, left);
    float live = ramp_level_rt(&voice->factor[FACTOR_LIVE], family->frame);
    to->gain_mdb = levels_mdb_rt(&engine->rate->levels_law, voice->gain_lin * live);
    to->fade_mdb = levels_mdb_rt(&engine->rate->levels_law, voice->factor[FACTOR_LIVE].to);
    to->load_ppm = voice->load_ppm;
    to->memory_kb = clipmem_resident_kb_rt(engine->memory, voice->view.slot);
    int64_t all = voice_pass_frames_rt(voice), done = all - voice_pass_left_rt(voice);
    done = done > 0 ? done : 0;         /* on its way to IN */
    to->progress = done < all ? (uint32_t)((double)done / (double)all * 65535) : 65535;
}

static void draw_bus(const struct engine *engine, int index, struct state_bus *to)
{
    const struct bus *bus = &engine->bus[index];
    const struct outputs *outputs = &engine->outputs;
    to->peak_lin = bus->levels.peak_lin;
    to->true_peak_lin = bus->levels.true_peak_lin;
    to->rms_lin = bus->levels.rms_lin;
    to->momentary_lin = bus->levels.lufs.momentary_lin;
    to->short_term_lin = bus->levels.lufs.short_term_lin;
    to->gain_lin = bus_level_rt(bus, engine->family);
    to->over = outputs->bus_over[index];
    to->limiter = outputs->busses.on >> index & 1;
    to->mono = outputs->mono[index].to == 1;
    to->mute = bus->muted;
    to->solo = bus->soloed;
}

void publish_period_rt(struct engine *engine)
{
    if (!engine->live)
        return;
    struct state_live *picture = &engine->picture;
    picture->frame = (uint64_t)engine->frame;
    picture->latency_frames = delay_frames_rt(&engine->delay) + outputs_delay_rt(&engine->outputs);
    picture->voices_used = places_units_rt(engine);
    picture->emergency = engine->emergency;
    for (int i = 0; i < STATE_VOICES; i++)
        if (engine->shown[i])
            draw_voice(engine, engine->shown[i], &picture->voice[i]);
    for (int i = 0; i < ENGINE_BUSSES; i++)
        draw_bus(engine, i, &picture->bus[i]);
    picture->over = engine->outputs.over;
    seqlock_write_rt(engine->live_lock, engine->live, picture, sizeof *picture);
}
