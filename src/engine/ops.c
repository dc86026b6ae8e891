/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations, by table: see ops.h and op.h. Audio thread. */
#include "config.h"

#include "engine/ops.h"
#include "engine/clips.h"
#include "engine/emergency.h"
#include "engine/linkage.h"
#include "engine/places.h"
#include "engine/resume_write.h"
#include "engine/press.h"
#include "engine/seek.h"
#include "engine/start.h"

/* Runs through the table below, so it bears its promise in its name. */
typedef enum engine_result operation(struct engine *engine, const struct posted *posted, uint16_t *value);

bool ops_mean_rt(const struct engine *engine, const struct engine_target *target, const struct voice *voice)
{
    if (voice->kind == VOICE_GHOST)
        return false;
    switch (target->kind) {
    case TARGET_CLIP:
        return voice_is_of_rt(voice, target->index);
    case TARGET_GROUP:
    case TARGET_BUS:
        return voice->bus == target->index;
    case TARGET_TAB:
        return !voice->orphan && engine->clip[voice->clip].tab == target->index;
    case TARGET_ALL:
        return true;
    }
    return false;
}

/* A target that names one clip needs that clip; any other may be empty. */
static enum engine_result check_target(const struct engine *engine, const struct engine_target *target)
{
    if (target->kind == TARGET_CLIP && (target->index >= ENGINE_CLIPS || !engine->clip[target->index].params))
        return RESULT_NO_CLIP;
    if (target->kind == TARGET_BUS && target->index >= ENGINE_BUSSES)
        return RESULT_NO_CLIP;
    if (target->kind == TARGET_GROUP && target->index >= ENGINE_GROUPS)
        return RESULT_NO_CLIP;
    return RESULT_OK;
}

static bool is_bus_target(const struct engine_target *target)
{
    return target->kind == TARGET_GROUP || target->kind == TARGET_BUS;
}

/* An edit or a release may have stopped it. on: it goes on. */
static void note_stop(struct engine *engine, struct voice *voice, enum voice_kind kind, bool on)
{
    if (voice->kind != kind)
        voice->told_frame = (uint64_t)engine->frame;
    if (!on)
        places_end_rt(engine, voice, engine->frame);
}

static void edit_voice(struct engine *engine, struct voice *voice, const struct clip_params *params,
                       const struct voice_sides *sides)
{
    const struct family *family = core_family_rt(engine, voice);
    enum voice_kind kind = voice->kind;
    seek_recut_rt(engine, voice, params);
    note_stop(engine, voice, kind, voice_edit_rt(voice, &family->timing, params, sides, family->frame));
}

static enum engine_result op_clip_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    uint16_t clip = posted->op.clip;
    const struct clip_params *params = posted->op.params;
    if (!params) {                      /* its voices fade with the fade-out they had, and are nobody's */
        FOR_EACH_VOICE(engine, voice) {
            if (!voice_is_of_rt(voice, clip))
                continue;
            voice->orphan = true;
            places_stop_rt(engine, voice, END_CLIP_GONE);
        }
    }
    clips_install_rt(engine, clip, posted);
    if (!params)
        return RESULT_OK;
    FOR_EACH_VOICE(engine, voice)
        if (voice_is_of_rt(voice, clip) && voice_sounds_rt(voice))
            edit_voice(engine, voice, params, &posted->sides);
    return RESULT_OK;
}

static void mute_bus(struct engine *engine, unsigned index, bool on)
{
    struct bus *bus = &engine->bus[index];
    bus->muted = on;
    bus_go_rt(bus, BUS_MUTE, engine->family, on ? 0 : 1, places_bus_sounds_rt(engine, index));
}

static enum engine_result op_group_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    unsigned index = posted->op.clip;
    if (index >= ENGINE_GROUPS)
        return RESULT_NO_CLIP;
    struct bus *bus = &engine->bus[index];
    engine->group[index] = posted->op.group;
    bus_go_rt(bus, BUS_GAIN, engine->family, posted->op.group.gain_lin, places_bus_sounds_rt(engine, index));
    if (posted->op.group.mute != bus->edit_mute)
        mute_bus(engine, index, posted->op.group.mute);
    bus->edit_mute = posted->op.group.mute;
    return RESULT_OK;
}

static bool any_heard(const struct engine *engine)
{
    for (int i = 0; i < ENGINE_BUSSES; i++)
        if (bus_heard_rt(&engine->bus[i], engine->family, engine->frame - delay_frames_rt(&engine->delay)))
            return true;
    return false;
}

static enum engine_result op_bus_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    unsigned index = posted->op.clip;
    if (index >= ENGINE_BUSSES)
        return RESULT_NO_CLIP;
    bool heard = bus_heard_rt(&engine->bus[index], engine->family, engine->frame - delay_frames_rt(&engine->delay));
    outputs_set_rt(&engine->outputs, index, &posted->op.bus, &engine->rate->timing, engine->frame, heard, any_heard(engine));
    return RESULT_OK;
}

static enum engine_result op_limiters_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    outputs_set_limiters_rt(&engine->outputs, posted->op.pairs, &engine->rate->timing, engine->frame, any_heard(engine));
    return RESULT_OK;
}

static enum engine_result op_press_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    return press_clip_rt(engine, posted->op.clip, (enum press_edge)posted->op.edge, value);
}

static enum engine_result op_play_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    return press_play_rt(engine, posted->op.clip, &posted->op.entry, value);
}

static enum engine_result op_stop_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    FOR_EACH_VOICE(engine, voice)
        if (ops_mean_rt(engine, &posted->op.target, voice))
            places_stop_rt(engine, voice, END_STOP);
    if (posted->op.target.kind == TARGET_ALL)
        linkage_forget_rt(engine);
    return RESULT_OK;
}

/* Tails go on to their end. */
static enum engine_result op_pause_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    FOR_EACH_VOICE(engine, voice)
        if (ops_mean_rt(engine, &posted->op.target, voice) && voice->kind <= VOICE_PLAYING)
            voice_pause_rt(voice, core_now_rt(engine, voice), PAUSE_ASKED,
                           core_family_rt(engine, voice)->timing.protection_frames);
    return RESULT_OK;
}

static enum engine_result op_resume_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    if (posted->op.target.kind == TARGET_ALL)
        emergency_lift_rt(engine);
    FOR_EACH_VOICE(engine, voice)
        if (ops_mean_rt(engine, &posted->op.target, voice))
            voice_resume_rt(voice, core_now_rt(engine, voice), PAUSE_ASKED,
                           core_family_rt(engine, voice)->timing.protection_frames);
    return RESULT_OK;
}

static enum engine_result op_release_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    const struct clip_params *params = engine->clip[posted->op.clip].params;
    enum engine_result result = RESULT_NOT_SOUNDING;
    FOR_EACH_VOICE(engine, voice) {
        if (!voice_is_of_rt(voice, posted->op.clip) || voice->kind != VOICE_PLAYING)
            continue;
        if (!voice_loops_rt(voice)) {
            if (result == RESULT_NOT_SOUNDING)
                result = RESULT_NOT_LOOPING;
            continue;
        }
        result = RESULT_OK;
        const struct family *family = core_family_rt(engine, voice);
        note_stop(engine, voice, VOICE_PLAYING, voice_release_rt(voice, &family->timing, params, family->frame));
    }
    return result;
}

static enum engine_result op_seek_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    return seek_clip_rt(engine, posted->op.clip, &posted->op.entry);
}

void ops_fade_voice_rt(struct engine *engine, struct voice *voice, float level_lin, double seconds, unsigned curve)
{
    const struct family *family = core_family_rt(engine, voice);
    voice->dies = level_lin == 0;
    if (voice->kind == VOICE_QUEUED) {
        if (voice->dies)
            places_end_rt(engine, voice, engine->frame);
        else
            voice_go_rt(voice, FACTOR_LIVE, engine->frame, level_lin, timing_fade_rt(&engine->rate->timing, seconds, curve));
        return;
    }
    if (voice->kind == VOICE_PLAYING)
        voice->cause = voice->dies ? END_STOP : END_NATURAL;
    voice_go_rt(voice, FACTOR_LIVE, family->frame, level_lin, timing_fade_rt(&family->timing, seconds, curve));
}

static enum engine_result op_fade_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    const struct op *op = &posted->op;
    if (is_bus_target(&op->target)) {
        bus_fade_rt(&engine->bus[op->target.index], engine->family, op->level_lin, op->seconds, op->curve);
        return RESULT_OK;
    }
    FOR_EACH_VOICE(engine, voice)
        if (ops_mean_rt(engine, &op->target, voice))
            ops_fade_voice_rt(engine, voice, op->level_lin, op->seconds, op->curve);
    return RESULT_OK;
}

static enum engine_result op_audition_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    return start_audition_rt(engine, posted->op.clip, &posted->op.entry, posted->op.on);
}

static void ghost_all(struct engine *engine)
{
    FOR_EACH_VOICE(engine, voice)
        places_ghost_rt(engine, voice, END_PANIC);
}

/* Down to nothing within a second; a fade that is done sooner goes on. */
static void panic_voice(struct engine *engine, struct voice *voice)
{
    const struct clip_params *params = voice->orphan ? voice->held : engine->clip[voice->clip].params;
    const struct family *family = core_family_rt(engine, voice);
    struct fade_shape fade = {family->timing.rate, FADE_LINEAR};
    bool going = voice->kind == VOICE_STOPPING && ramp_left_rt(&voice->factor[FACTOR_ENVELOPE], family->frame) <= fade.frames;
    if (voice->kind == VOICE_QUEUED || voice->stands) {
        voice->cause = END_PANIC;
        places_end_rt(engine, voice, engine->frame);
    }
    voice->panicking = voice->kind >= VOICE_PLAYING;        /* the second panic cuts it, whatever fade it is in */
    if (going && voice->cause == END_NATURAL)
        voice->cause = END_PANIC;       /* nothing follows */
    if (voice->kind < VOICE_PLAYING || voice->kind == VOICE_GHOST || going)
        return;
    if (params->fade_out_curve < FADE_CURVES)
        fade.curve = params->fade_out_curve;
    enum voice_kind kind = voice->kind;
    note_stop(engine, voice, kind, voice_stop_rt(voice, family->frame, fade, END_PANIC));
}

static enum engine_result op_panic_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)posted;
    (void)value;
    bool again = false;
    linkage_forget_rt(engine);
    if (engine->emergency) {            /* what it holds is over now, and the rest fades */
        FOR_EACH_VOICE(engine, voice)
            panic_voice(engine, voice);
        emergency_lift_rt(engine);
        return RESULT_OK;
    }
    FOR_EACH_VOICE(engine, voice)
        again |= voice->kind == VOICE_STOPPING && voice->panicking;
    if (again) {
        ghost_all(engine);
        return RESULT_OK;
    }
    FOR_EACH_VOICE(engine, voice)
        panic_voice(engine, voice);
    return RESULT_OK;
}

static enum engine_result op_emergency_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)posted;
    (void)value;
    if (engine->emergency)
        emergency_lift_rt(engine);
    else
        emergency_raise_rt(engine);
    return RESULT_OK;
}

static void mute_slot(struct engine *engine, struct clip_slot *slot, bool on)
{
    slot->muted = on;
    resume_touch_rt(engine, (uint16_t)(slot - engine->clip));
}

static enum engine_result op_mute_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    const struct engine_target *target = &posted->op.target;
    bool on = posted->op.on;
    if (is_bus_target(target)) {
        mute_bus(engine, target->index, on);
        return RESULT_OK;
    }
    for (int i = 0; i < ENGINE_CLIPS; i++) {
        struct clip_slot *slot = &engine->clip[i];
        if (slot->params && (target->kind == TARGET_ALL || (target->kind == TARGET_TAB && slot->tab == target->index) ||
                             (target->kind == TARGET_CLIP && target->index == i)))
            mute_slot(engine, slot, on);
    }
    FOR_EACH_VOICE(engine, voice) {
        const struct family *family = core_family_rt(engine, voice);
        struct fade_shape fade = {family->timing.cross_frames, FADE_LINEAR};
        if (voice->bus != ENGINE_BUS_AUDITION && voice_sounds_rt(voice) && ops_mean_rt(engine, target, voice))
            voice_go_rt(voice, FACTOR_MUTE, family->frame, on ? 0 : 1, fade);
    }
    return RESULT_OK;
}

static enum engine_result op_solo_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    if (posted->op.clip >= ENGINE_GROUPS)
        return RESULT_NO_CLIP;
    engine->bus[posted->op.clip].soloed = posted->op.on;
    bool any = false;
    for (int i = 0; i < ENGINE_GROUPS; i++)
        any |= engine->bus[i].soloed;
    for (unsigned i = 0; i < ENGINE_GROUPS; i++)
        bus_go_rt(&engine->bus[i], BUS_SOLO, engine->family, any && !engine->bus[i].soloed ? 0 : 1,
                  places_bus_sounds_rt(engine, i));
    return RESULT_OK;
}

static enum engine_result op_silence_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)posted;
    (void)value;
    linkage_forget_rt(engine);
    ghost_all(engine);
    emergency_lift_rt(engine);
    return RESULT_OK;
}

static enum engine_result op_families_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    engine->families = posted->op.clip;
    core_settle_rt(engine, false);
    return RESULT_OK;
}

static enum engine_result op_yield_rt(struct engine *engine, const struct posted *posted, uint16_t *value)
{
    (void)value;
    engine->yields = posted->op.clip;
    return RESULT_OK;
}

enum need { NEED_NOTHING, NEED_INDEX, NEED_CLIP, NEED_TARGET };
static const struct row {
    operation *run;
    enum need need;                     /* checked before it runs */
} rows[] = {
    [OP_CLIP] = {op_clip_rt, NEED_INDEX},
    [OP_GROUP] = {op_group_rt, NEED_NOTHING},
    [OP_BUS] = {op_bus_rt, NEED_NOTHING},
    [OP_LIMITERS] = {op_limiters_rt, NEED_NOTHING},
    [OP_PRESS] = {op_press_rt, NEED_CLIP},
    [OP_PLAY] = {op_play_rt, NEED_CLIP},
    [OP_SEEK] = {op_seek_rt, NEED_CLIP},
    [OP_STOP] = {op_stop_rt, NEED_TARGET},
    [OP_RELEASE] = {op_release_rt, NEED_CLIP},
    [OP_FADE] = {op_fade_rt, NEED_TARGET},
    [OP_AUDITION] = {op_audition_rt, NEED_CLIP},
    [OP_PANIC] = {op_panic_rt, NEED_NOTHING},
    [OP_PAUSE] = {op_pause_rt, NEED_TARGET},
    [OP_RESUME] = {op_resume_rt, NEED_TARGET},
    [OP_EMERGENCY] = {op_emergency_rt, NEED_NOTHING},
    [OP_MUTE] = {op_mute_rt, NEED_TARGET},
    [OP_SOLO] = {op_solo_rt, NEED_NOTHING},
    [OP_SILENCE] = {op_silence_rt, NEED_NOTHING},
    [OP_YIELD] = {op_yield_rt, NEED_NOTHING},
    [OP_FAMILIES] = {op_families_rt, NEED_NOTHING},
};

static enum engine_result check_need(const struct engine *engine, const struct op *op)
{
    enum need need = rows[op->type].need;
    if (need == NEED_TARGET)
        return check_target(engine, &op->target);
    if (need != NEED_NOTHING && op->clip >= ENGINE_CLIPS)
        return RESULT_NO_CLIP;
    return need == NEED_CLIP && !engine->clip[op->clip].params ? RESULT_NO_CLIP : RESULT_OK;
}

void ops_run_rt(struct engine *engine, const struct posted *posted)
{
    const struct op *op = &posted->op;
    uint16_t value = 0;
    resume_done_rt(engine, op->serial);
    enum engine_result result = check_need(engine, op);
    if (result == RESULT_OK)
        result = rows[op->type].run(engine, posted, &value);
    core_tell_rt(engine, &(struct event){.type = EVENT_RESULT, .result = (uint8_t)result, .clip = op->clip, .value = value,
                                         .serial = op->serial, .frame = op->frame});
}
