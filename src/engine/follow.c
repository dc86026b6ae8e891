/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows: see follow.h. Audio thread. */
#include "config.h"

#include "engine/follow.h"
#include "engine/clips.h"
#include "engine/linkage.h"
#include "engine/places.h"
#include "engine/start.h"

/* Parameters of a voice that may be followed; NULL: of any other. */
static const struct clip_params *params_of(const struct engine *engine, const struct voice *voice)
{
    bool apart = voice->orphan || voice->bus == ENGINE_BUS_AUDITION || voice->cause != END_NATURAL;
    return apart || voice->kind < VOICE_PLAYING || voice->kind == VOICE_GHOST ? NULL : engine->clip[voice->clip].params;
}

static bool is_installed(const struct engine *engine, uint16_t clip)
{
    return clip < ENGINE_CLIPS && engine->clip[clip].params;
}

uint16_t follow_next_rt(const struct engine *engine, const struct voice *voice)
{
    const struct clip_params *params = params_of(engine, voice);
    bool follows = params && params->follow == FOLLOW_CLIP && is_installed(engine, params->follow_clip);
    return follows ? params->follow_clip : ENGINE_CLIPS_NONE;
}

/* The end of its sound is not faded by its own wish, and something follows at once. */
static bool may_be_seamless(const struct engine *engine, const struct voice *voice, const struct clip_params *params)
{
    const struct timing *timing = &core_family_rt(engine, voice)->timing;
    return voice->kind == VOICE_PLAYING && !voice->stands && !voice->heir.params &&
           follow_next_rt(engine, voice) != ENGINE_CLIPS_NONE &&
           timing_frames_rt(&engine->rate->timing, params->follow_gap_s) == 0 &&
           timing_frames_rt(timing, params->fade_end_s) < timing->protection_frames;
}

/* Its protection begins at this frame, or has begun and nothing of it was heard. Where the device has fewer frames than the
 * chain, it may be the one before. */
static bool is_time_to_decide(const struct engine *engine, const struct voice *voice)
{
    const struct ramp *end = &voice->factor[FACTOR_END];
    const struct family *family = core_family_rt(engine, voice);
    int64_t left = voice_left_rt(voice), most = family->timing.protection_frames + (family->up > family->down);
    return left >= 0 && left <= most && (end->start >= family->frame || voice->start_frame == (uint64_t)engine->frame);
}

void follow_decide_rt(struct engine *engine)
{
    FOR_EACH_VOICE(engine, voice) {
        const struct clip_params *params = params_of(engine, voice);
        if (!params || params->follow != FOLLOW_CLIP || !may_be_seamless(engine, voice, params) ||
            !is_time_to_decide(engine, voice))
            continue;
        struct start_order order = {.clip = params->follow_clip, .due_frame = engine->frame, .leader = voice};
        struct voice_heir heir;
        if (start_would_follow_rt(engine, &order, &heir))
            voice_hand_over_rt(voice, &heir);
    }
}

/* Engine frames until `left` chain frames have passed; one less if an engine frame falls behind them. */
static int64_t engine_frames_to(const struct engine *engine, const struct family *family, int64_t left)
{
    int64_t frame = family_engine_rt(family, family->frame + left);
    return frame - (family_at_rt(family, frame) > family->frame + left) - engine->frame;
}

uint32_t follow_due_in_rt(struct engine *engine, uint32_t count)
{
    FOR_EACH_VOICE(engine, voice) {
        const struct clip_params *params = params_of(engine, voice);
        bool followed = params && (params->follow != FOLLOW_NONE || params->links);
        if (voice->stands || (!followed && !voice->heir.params))
            continue;
        const struct family *family = core_family_rt(engine, voice);
        int64_t left = followed ? voice_end_left_rt(voice, family->frame) : voice_left_rt(voice);
        if (left < 0)
            continue;
        bool early = left > family->timing.protection_frames;
        int64_t due = engine_frames_to(engine, family, left - (early ? family->timing.protection_frames : 0));
        if (!early || due <= 0)         /* one frame of the device before the protection is the nearest to it */
            due = family_engine_rt(family, family->frame + left) - engine->frame;
        if (due > 0 && due < count)
            count = (uint32_t)due;
    }
    return count;
}

/* What is left of a voice that is over. */
struct leader {
    const struct clip_params *params;   /* NULL: nothing follows */
    uint16_t clip;
    uint64_t line;
    uint8_t pauses;                     /* it was on its way to stand */
    float level;                        /* at its end */
    uint32_t pausing_frames;            /* until it would have stood */
    uint32_t lent;                      /* struct voice */
    struct voice_heir heir;
};

/* Nobody takes over what was loud at its end: the heir dies away. */
static void let_die_away(struct engine *engine, const struct leader *leader)
{
    const struct voice_heir *heir = &leader->heir;
    struct voice *ghost = leader->level > 0 ? places_take_ghost_rt(engine, heir->clip, heir->params->group) : NULL;
    if (!ghost)
        return;
    ghost->family = (uint8_t)family_of_rt(heir->view.chain_rate);
    ghost->start_frame = ghost->told_frame = (uint64_t)engine->frame;
    const struct family *family = core_family_rt(engine, ghost);
    voice_begin_rt(ghost, &family->timing, heir->params, &heir->sides, &heir->view, family->frame, false, false);
    voice_die_away_rt(ghost, family->frame, leader->level,
                      leader->pausing_frames ? leader->pausing_frames : family->timing.protection_frames);
    voice_skip_rt(ghost, leader->lent);
}

/* Whether what follows goes on where the heir is, which sounds already: on the same bus. */
static bool is_heirs(const struct engine *engine, const struct leader *leader, uint16_t follower)
{
    const struct voice_heir *heir = &leader->heir;
    return heir->params && heir->clip == follower && is_installed(engine, follower) &&
           heir->params->group == engine->clip[follower].params->group;
}

static void start_follower(struct engine *engine, const struct leader *leader, bool *taken)
{
    const struct clip_params *params = leader->params;
    bool heir = is_heirs(engine, leader, params->follow_clip);
    int64_t gap = timing_frames_rt(&engine->rate->timing, params->follow_gap_s);
    struct start_order order = {.clip = params->follow_clip, .line = leader->line, .due_frame = engine->frame + gap,
                                .pauses = leader->pauses, .lent = leader->lent, .follows = true};
    if (is_installed(engine, order.clip))
        start_unasked_rt(engine, &order, heir ? leader->level : -1, taken);
}

static void stop_line(struct engine *engine, uint64_t line)
{
    FOR_EACH_VOICE(engine, voice)
        if (voice->line == line && !voice->over && voice->bus != ENGINE_BUS_AUDITION)
            places_stop_rt(engine, voice, END_STOP);
}

static void end_voice(struct engine *engine, struct voice *voice)
{
    struct leader leader = {.params = params_of(engine, voice), .clip = voice->clip, .line = voice->line,
                            .pauses = voice->leaves ? 0 : voice->pauses, .lent = voice->lent, .heir = voice->heir};
    bool taken = false;
    if (voice->pos >= voice->out)
        leader.level = ramps_level_rt(voice->factor, FACTORS, voice->over_frame);
    if (voice->pauses)
        leader.pausing_frames = (uint32_t)ramp_left_rt(&voice->factor[FACTOR_PAUSE], voice->over_frame);
    engine->passing = leader.heir.params;
    places_end_rt(engine, voice, family_engine_rt(core_family_rt(engine, voice), voice->over_frame));
    if (leader.params && leader.params->follow == FOLLOW_CLIP)
        start_follower(engine, &leader, &taken);
    else if (leader.params && leader.params->follow == FOLLOW_STOP)
        stop_line(engine, leader.line);
    if (leader.heir.params && !taken)
        let_die_away(engine, &leader);
    if (leader.params)
        linkage_end_rt(engine, leader.clip, leader.params, leader.line);
    engine->passing = NULL;
    clips_drop_rt(engine, leader.heir.params);
}

static struct voice *first_over(struct engine *engine)
{
    struct voice *first = NULL;
    FOR_EACH_VOICE(engine, voice)
        if (voice->over && (!first || voice->serial < first->serial))
            first = voice;
    return first;
}

/* In the order in which they were fired. */
void follow_ends_rt(struct engine *engine)
{
    if (!engine->ended)
        return;
    engine->ended = false;
    for (struct voice *voice; (voice = first_over(engine));)
        end_voice(engine, voice);
}
