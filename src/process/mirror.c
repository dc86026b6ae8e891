/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The mirror: whatever changes in the document is shown to the engine (parameters of clips and
 * groups), to the store (which media are wanted) and to the screens (cells). One direction only:
 * nothing here changes the document.
 *
 * A medium is kept while a clip of the document names it or parameters of it are with the audio
 * thread, so that a voice never loses its samples.
 */
#include "config.h"

#include "process/media_table.h"
#include "process/relations.h"
#include "process/stage.h"
#include "base/xalloc.h"
#include "clipmem/clipmem.h"
#include "platform/spawn.h"
#include "show/property.h"
#include "wire/msg.h"

#include <math.h>
#include <stdlib.h>

static float db_to_lin(double db)
{
    return isinf(db) ? 0.0f : (float)pow(10, db / 20);
}

/* --- clips and groups to the engine --- */

/* FNV-1a, 32 bit: a clip shuffles its list in its own way, and always in the same. */
static uint32_t seed_of(const char *id)
{
    uint32_t seed = 2166136261u;
    for (; *id; id++)
        seed = (seed ^ (unsigned char)*id) * 16777619u;
    return seed;
}

/* The media of its list, which the parameters keep. medium: room for ENGINE_TURNS, of their allocation. */
static void fill_turns(struct stage *stage, const struct show_clip *clip, struct clip_params *params, uint32_t *medium)
{
    char *file[SHOW_LIST_FILES];
    int files = files_read(clip->list, file);
    params->turn_medium = medium;
    params->shuffled = clip->shuffled;
    params->seed = seed_of(clip->id);
    medium[params->turns++] = params->medium;
    for (int i = 0; i < files; i++) {
        medium[params->turns] = media_table_of_file(stage, file[i]);
        params->turns += medium[params->turns] != STAGE_MEDIA_NONE;
        free(file[i]);
    }
}

/* No medium has more frames; what the engine keeps is held to that. */
static int64_t frame_of(int64_t frame)
{
    return frame < CLIPMEM_FRAMES_MAX ? frame : CLIPMEM_FRAMES_MAX - 1;
}

static void fill_fades(const struct show_fade_markers *fades, struct clip_params *params)
{
    for (int i = 0; i < fades->count && fades->fade[i].from < CLIPMEM_FRAMES_MAX - 1; i++)
        params->fade[params->fades++] = (struct clip_fade){
            .from_frames = fades->fade[i].from, .to_frames = frame_of(fades->fade[i].to),
            .level_lin = db_to_lin(fades->fade[i].level), .curve = (uint8_t)fades->fade[i].curve,
        };
}

static struct clip_params *make_params(struct stage *stage, int slot, const struct show_clip *clip)
{
    struct show_fades fades;
    show_fades(stage->show, clip, &fades);
    size_t links = SHOW_LINKS * sizeof(struct clip_link) * (clip->links != NULL),
        media = ENGINE_TURNS * sizeof(uint32_t) * (clip->list != NULL);
    struct clip_params *params = xmalloc(sizeof *params + links + media);
    *params = (struct clip_params){
        .medium = stage->clip_medium[slot], .tab = (uint8_t)clip->tab, .group = (uint8_t)clip->group, .mode = (uint8_t)clip->mode,
        .press = (uint8_t)clip->press, .choke = clip->choke, .stop_others = clip->stop_others,
        .fade_in_curve = (uint8_t)fades.in_curve, .fade_out_curve = (uint8_t)fades.out_curve,
        .fade_end_curve = (uint8_t)fades.end_curve,
        .loops = clip->loops > UINT32_MAX ? UINT32_MAX : (uint32_t)clip->loops,
        .in_frames = clip->in < 0 ? 0 : frame_of(clip->in), .out_frames = frame_of(clip->out), .sequence = order_playable(clip),
        .fade_in_s = fades.in_s, .fade_out_s = fades.out_s, .fade_end_s = fades.end_s, .seam_s = clip->seam / 1000,
        .guard_s = clip->guard >= 0 ? clip->guard : show_head(stage->show)->guard,
        .gain_lin = db_to_lin(clip->gain), .pan = (float)clip->pan,
    };
    for (int i = 0; i < clip->markers; i++)
        params->marker[params->markers++] = frame_of(clip->marker[i].at);
    fill_fades(&clip->fade_markers, params);
    struct clip_link *link = (struct clip_link *)(params + 1);
    relations_fill(stage->show, clip, params, link);
    stage->media[params->medium].references++;
    if (clip->list)
        fill_turns(stage, clip, params, (uint32_t *)(link + (clip->links ? SHOW_LINKS : 0)));
    return params;
}

void mirror_release_params(struct stage *stage, const struct clip_params *params)
{
    if (!params)
        return;
    media_table_unref(stage, params->medium);
    for (unsigned i = 1; i < params->turns; i++)
        media_table_unref(stage, params->turn_medium[i]);
    free((void *)(uintptr_t)params);
}

/* Where a clip may start, and what stands beside it: what its medium's loader goes by. */
static void tell_clip(struct stage *stage, int slot)
{
    const struct show_clip *clip = show_clip(stage->show, slot);
    struct msg_media_clip about = {.clip = (uint32_t)slot, .slot = clip ? stage->clip_medium[slot] : MSG_NO_SLOT};
    if (clip) {
        about.tab = (uint8_t)clip->tab;
        about.row = (uint8_t)clip->row;
        about.column = (uint8_t)clip->column;
        about.group = (uint8_t)clip->group;
        about.pinned = clip->pinned;
        about.loops = clip->mode == SHOW_MODE_LOOP;
        about.start[about.starts++] = clip->in < 0 ? 0 : clip->in;
        for (int i = 0; i < clip->markers && about.starts < MSG_CLIP_STARTS; i++)
            about.start[about.starts++] = clip->marker[i].at;
        about.out = clip->out;
    }
    stage->clip(stage, &about);
}

void mirror_want_again(struct stage *stage)
{
    for (uint32_t slot = 0; slot < stage->media_count; slot++)
        if (stage->media[slot].path && !stage->media[slot].apart)
            stage->want(stage, slot, stage->media[slot].path);
        else if (stage->media[slot].dropping)
            stage->drop(stage, slot);
    for (int slot = 0; slot < show_slots(stage->show); slot++)
        if (show_clip(stage->show, slot))
            tell_clip(stage, slot);
}

bool mirror_has_quarantined(const struct stage *stage, int slot)
{
    for (unsigned i = 0; i < stage->quarantined; i++)
        if (stage->quarantine[i] == (uint32_t)slot)
            return true;
    return false;
}

/* The supervisor forgets too, or the next engine would leave it out again. */
static void pardon(struct stage *stage, int slot)
{
    struct msg_pardon about = {.clip = (uint32_t)slot};
    unsigned kept = 0;
    for (unsigned i = 0; i < stage->quarantined; i++)
        if (stage->quarantine[i] != about.clip)
            stage->quarantine[kept++] = stage->quarantine[i];
    stage->quarantined = kept;
    msg_send(SPAWN_SOCKET, MSG_PARDON, 0, &about, sizeof about, NULL, 0);
}

static void mirror_clip(struct stage *stage, int slot)
{
    const struct show_clip *clip = show_clip(stage->show, slot);
    uint32_t old = stage->clip_medium[slot];
    stage->clip_medium[slot] = clip ? media_table_of_file(stage, clip->file) : STAGE_MEDIA_NONE;
    stage->clip_others[slot] = clip ? relations_number(stage->show, clip) : 0;
    if (old != STAGE_MEDIA_NONE && stage->clip_medium[slot] != old && mirror_has_quarantined(stage, slot))
        pardon(stage, slot);
    struct op op = {.type = OP_CLIP, .clip = (uint16_t)slot};
    if (clip && stage->clip_medium[slot] != STAGE_MEDIA_NONE && !mirror_has_quarantined(stage, slot))
        op.params = make_params(stage, slot, clip);
    stage_post(stage, &op, (struct ticket){0}, -1);
    if (clip || old != STAGE_MEDIA_NONE)
        tell_clip(stage, slot);
    if (old != STAGE_MEDIA_NONE)
        media_table_unref(stage, old);
    mirror_cell(stage, slot);
}

void mirror_medium_changed(struct stage *stage, uint32_t medium_slot, uint32_t what)
{
    static const char *const words[] = {
        [MSG_FILE_ARRIVED] = "is there now", [MSG_FILE_CHANGED] = "has changed on the disk, loaded anew",
    };
    struct stage_medium *medium = medium_slot < stage->media_count ? &stage->media[medium_slot] : NULL;
    if (!medium || !medium->path || medium->apart)
        return;
    if (what <= MSG_FILE_CHANGED) {         /* that one is missing, the loader says */
        char *text = xasprintf("%s: %s", medium->path, words[what]);
        desk_notice(stage, false, text);
        free(text);
    }
    media_table_part(stage, medium_slot);
    for (int slot = 0; slot < show_slots(stage->show); slot++) {
        const struct show_clip *clip = show_clip(stage->show, slot);
        if (stage->clip_medium[slot] == medium_slot || (clip && clip->list))
            mirror_clip(stage, slot);
    }
}

static void mirror_group(struct stage *stage, int index)
{
    const struct show_group *group = show_group(stage->show, index);
    struct op op = {.type = OP_GROUP, .clip = (uint16_t)index,
        .group = {.choke = group->choke, .voices = (uint8_t)show_group_voices(group), .mute = group->mute,
                  .gain_lin = db_to_lin(group->gain)}};
    stage_post(stage, &op, (struct ticket){0}, -1);
}

static void mirror_bus(struct stage *stage, int index)
{
    const struct show_bus bus = show_bus(stage->show, index);
    struct op op = {.type = OP_BUS, .clip = (uint16_t)index, .bus = {.mono = bus.mono, .limiter = bus.limiter}};
    struct bus_sends *sends = &op.bus.sends;
    sends->send[sends->count++] = (struct bus_send){
        .channel = {(uint8_t)bus.output[0], (uint8_t)bus.output[1]}, .gain_lin = db_to_lin(bus.output_gain),
    };
    for (int i = 0; i < bus.sends->count; i++) {
        const struct show_send *send = &bus.sends->send[i];
        sends->send[sends->count++] = (struct bus_send){
            .channel = {(uint8_t)send->left, (uint8_t)send->right}, .gain_lin = db_to_lin(send->gain),
        };
    }
    stage_post(stage, &op, (struct ticket){0}, -1);
}

static void mirror_limiters(struct stage *stage)
{
    struct op op = {.type = OP_LIMITERS, .pairs = show_head(stage->show)->limiters};
    stage_post(stage, &op, (struct ticket){0}, -1);
}

static void mirror_inheriting(struct stage *stage, int group)
{
    for (int slot = 0; slot < show_slots(stage->show); slot++) {
        const struct show_clip *clip = show_clip(stage->show, slot);
        if (clip && (group < 0 || clip->group == group))
            mirror_clip(stage, slot);
    }
}

/* Where a clip came, went, moved or got another id, others may be followed by or linked to another one than before. */
static void mirror_relations(struct stage *stage)
{
    for (int slot = 0; slot < show_slots(stage->show); slot++) {
        const struct show_clip *clip = show_clip(stage->show, slot);
        if (clip && relations_number(stage->show, clip) != stage->clip_others[slot])
            mirror_clip(stage, slot);
    }
}

void mirror_changes(struct stage *stage)
{
    struct show_change change;
    unsigned groups = 0;
    bool head = false, clips = false;
    while (show_take_change(stage->show, &change)) {
        stage->desk_changed = true;
        clips |= change.object == SHOW_OBJECT_CLIP || change.object == SHOW_OBJECT_TAB;
        if (change.object == SHOW_OBJECT_CLIP)
            mirror_clip(stage, change.index);
        else if (change.object == SHOW_OBJECT_GROUP)
            groups |= 1u << change.index;
        else if (change.object == SHOW_OBJECT_HEAD)
            head = true;
    }
    for (int group = 0; group < SHOW_GROUPS; group++) {
        if (!(groups & 1u << group))
            continue;
        mirror_group(stage, group);
        mirror_bus(stage, group);
        if (!head)
            mirror_inheriting(stage, group);
    }
    if (head) {
        mirror_bus(stage, ENGINE_BUS_AUDITION);
        mirror_limiters(stage);
        mirror_inheriting(stage, -1);
    }
    if (clips)
        mirror_relations(stage);
}

void mirror_new_show(struct stage *stage, struct show *show)
{
    struct op silence = {.type = OP_SILENCE};
    stage_post(stage, &silence, (struct ticket){0}, -1);
    int slots = show_slots(stage->show);
    mirror_file(stage, NULL);
    show_free(stage->show);
    stage->show = show;
    stage->shows++;
    media_table_set_apart(stage);
    show_touch_all(show);
    mirror_changes(stage);
    for (int slot = show_slots(show); slot < slots; slot++)
        mirror_clip(stage, slot);
}

/* --- the file that is auditioned before it is loaded --- */

void mirror_file(struct stage *stage, const char *file)
{
    struct op op = {.type = OP_CLIP, .clip = ENGINE_CLIP_FILE};
    if (stage->file) {
        stage_post(stage, &op, (struct ticket){0}, -1);         /* what still sounds of the one before fades, and is no one's */
        media_table_unref(stage, stage->file_medium);
        free(stage->file);
        stage->file = NULL;
        stage->file_medium = STAGE_MEDIA_NONE;
        stage->file_edited = false;
    }
    uint32_t medium = file ? media_table_of_file(stage, file) : STAGE_MEDIA_NONE;
    if (medium == STAGE_MEDIA_NONE)
        return;
    struct clip_params *params = xcalloc(1, sizeof *params);
    *params = (struct clip_params){.medium = medium, .tab = UINT8_MAX, .out_frames = -1, .gain_lin = 1};
    op.params = params;
    stage->media[medium].references++;
    stage->file = xstrdup(file);
    stage->file_medium = medium;
    stage_post(stage, &op, (struct ticket){0}, -1);
    mirror_file_cell(stage);
}

void mirror_edit(struct stage *stage, int slot, const struct show_clip *edit)
{
    uint32_t medium = stage->clip_medium[slot];
    bool same = stage->file && stage->file_edited && stage->file_slot == slot && stage->file_medium == medium;
    if (!same)
        mirror_file(stage, NULL);
    if (medium == STAGE_MEDIA_NONE)
        return;
    struct show_clip alone = *edit;     /* nothing comes of it */
    alone.follow = NULL;
    alone.links = NULL;
    alone.list = NULL;
    struct clip_params *params = make_params(stage, slot, &alone);
    params->tab = UINT8_MAX;
    struct op op = {.type = OP_CLIP, .clip = ENGINE_CLIP_FILE, .params = params};
    stage_post(stage, &op, (struct ticket){0}, -1);
    if (same)
        return;
    stage->media[medium].references++;
    stage->file = xstrdup(edit->file);
    stage->file_medium = medium;
    stage->file_edited = true;
    stage->file_slot = slot;
    mirror_file_cell(stage);
}
