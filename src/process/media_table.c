/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Media and their slots of clip memory: see media_table.h and stage.h. */
#include "config.h"

#include "process/media_table.h"
#include "process/command_log.h"
#include "process/touch.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "clipmem/clipmem.h"

#include <stdlib.h>
#include <string.h>

enum { HASH_BUCKETS = 16384, NAME_APART = 1 };      /* NAME_APART: what no path means any more */

static uint64_t name_of(const char *path)
{
    uint64_t name = UINT64_C(0xcbf29ce484222325);       /* FNV-1a, 64 bit */
    for (; *path; path++)
        name = (name ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
    return name > NAME_APART ? name : name + NAME_APART + 1;
}

void media_table_init(struct stage *stage)
{
    stage->media = xcalloc(CLIPMEM_SLOTS, sizeof *stage->media);
    stage->media_hash = xcalloc(HASH_BUCKETS, sizeof *stage->media_hash);
    for (int i = 0; i < HASH_BUCKETS; i++)
        stage->media_hash[i] = STAGE_MEDIA_NONE;
}

static void set_name(struct stage *stage, uint32_t slot, uint64_t name)
{
    stage->media[slot].name = name;
    if (stage->log)
        command_log_set_medium(stage->log, slot, name);
}

static void link_medium(struct stage *stage, uint32_t slot)
{
    uint32_t *first = &stage->media_hash[stage->media[slot].name % HASH_BUCKETS];
    stage->media[slot].next = *first;
    *first = slot;
}

static void unlink_medium(struct stage *stage, uint32_t slot)
{
    uint32_t *link = &stage->media_hash[stage->media[slot].name % HASH_BUCKETS];
    while (*link != slot)
        link = &stage->media[*link].next;
    *link = stage->media[slot].next;
}

/* A medium of this rate came or went. The engine is told which chains the show has clips for. */
static void count_family(struct stage *stage, uint32_t file_rate, uint32_t by)
{
    if (!file_rate)
        return;
    stage->family_media[family_of_rt(clipmem_chain_rate(file_rate))] += by;
    struct op op = {.type = OP_FAMILIES};
    for (int i = 0; i < FAMILIES; i++)
        op.clip |= (uint16_t)((stage->family_media[i] > 0) << i);
    if (op.clip != stage->families_told)
        stage_post(stage, &op, (struct ticket){0}, -1);
    stage->families_told = op.clip;
}

static void let_go(struct stage *stage, uint32_t slot)
{
    struct stage_medium *medium = &stage->media[slot];
    if (!medium->apart)
        unlink_medium(stage, slot);
    free(medium->path);
    count_family(stage, medium->file_rate, UINT32_MAX);
    *medium = (struct stage_medium){.dropping = true};
    set_name(stage, slot, NAME_APART);
    stage->drop(stage, slot);
}

void media_table_unref(struct stage *stage, uint32_t slot)
{
    if (slot != STAGE_MEDIA_NONE && --stage->media[slot].references == 0)
        let_go(stage, slot);
}

/* The loader has let go of a dropped slot: only now may another file use it, or a voice could start with the old samples. */
void mirror_medium_freed(struct stage *stage, uint32_t slot)
{
    if (slot >= stage->media_count || !stage->media[slot].dropping)
        return;
    stage->media[slot] = (struct stage_medium){.next = stage->media_free};
    set_name(stage, slot, 0);
    stage->media_free = slot;
}

static uint32_t free_slot(struct stage *stage)
{
    uint32_t slot = stage->media_free;
    if (slot != STAGE_MEDIA_NONE)
        stage->media_free = stage->media[slot].next;
    else if (stage->media_count < CLIPMEM_SLOTS)
        slot = stage->media_count++;
    return slot;
}

/* The document asks for what the engine before has left. */
static void claim(struct stage *stage, uint32_t slot, const char *path)
{
    struct stage_medium *medium = &stage->media[slot];
    if (medium->path)
        return;
    medium->path = xstrdup(path);
    medium->changed = true;
    stage->media_changed = true;
}

static uint32_t ref_medium(struct stage *stage, const char *path)
{
    uint64_t name = name_of(path);
    uint32_t slot = stage->media_hash[name % HASH_BUCKETS];
    for (; slot != STAGE_MEDIA_NONE; slot = stage->media[slot].next) {
        const struct stage_medium *medium = &stage->media[slot];
        if (medium->path ? !strcmp(medium->path, path) : medium->name == name) {
            claim(stage, slot, path);
            stage->media[slot].references++;
            return slot;
        }
    }
    slot = free_slot(stage);
    if (slot == STAGE_MEDIA_NONE)
        return slot;
    stage->media[slot] = (struct stage_medium){.path = xstrdup(path), .references = 1, .state = STATE_MEDIA_LOADING};
    set_name(stage, slot, name);
    link_medium(stage, slot);
    stage->want(stage, slot, path);
    return slot;
}

uint32_t media_table_of_file(struct stage *stage, const char *file)
{
    const char *folder = show_head(stage->show)->media;
    char *path = xasprintf("%s/%s", folder && *folder ? folder : "media", file);
    uint32_t slot = ref_medium(stage, path);
    free(path);
    return slot;
}

void mirror_media_info(struct stage *stage, uint32_t slot, uint32_t state, uint32_t rate, uint32_t channels, int64_t frames,
                       const char *note)
{
    struct stage_medium *medium = slot < stage->media_count ? &stage->media[slot] : NULL;
    if (!medium || !medium->path)
        return;
    if (rate != medium->file_rate) {
        count_family(stage, rate, 1);
        count_family(stage, medium->file_rate, UINT32_MAX);
    }
    medium->state = (uint8_t)state;
    medium->file_rate = rate;
    medium->channels = channels;
    medium->file_frames = frames;
    text_copy(medium->note, sizeof medium->note, note);
    medium->changed = true;
    if (state == STATE_MEDIA_READY)
        touch_head(stage, slot);
    stage->media_changed = true;
    stage->desk_changed = true;
    if (state >= STATE_MEDIA_MISSING) {
        char *text = xasprintf("%s: %s", medium->path, note);
        desk_notice(stage, false, text);
        free(text);
    } else if (state == STATE_MEDIA_READY && *note) {
        char *text = xasprintf("%s: %s", medium->path, note);
        desk_notice(stage, false, text);
        free(text);
    }
}

uint32_t mirror_loading(const struct stage *stage)
{
    uint32_t loading = 0;
    for (uint32_t slot = 0; slot < stage->media_count; slot++)
        loading += stage->media[slot].path && stage->media[slot].state == STATE_MEDIA_LOADING;
    return loading;
}

void media_table_part(struct stage *stage, uint32_t slot)
{
    unlink_medium(stage, slot);
    stage->media[slot].apart = true;
    set_name(stage, slot, NAME_APART);
}

void media_table_set_apart(struct stage *stage)
{
    for (uint32_t slot = 0; slot < stage->media_count; slot++)
        if (stage->media[slot].path && !stage->media[slot].apart)
            media_table_part(stage, slot);
}

void mirror_media_moved(struct stage *stage, const char *from, const char *to)
{
    size_t length = strlen(from);
    for (uint32_t slot = 0; slot < stage->media_count; slot++) {
        struct stage_medium *medium = &stage->media[slot];
        if (!medium->path || medium->apart || strncmp(medium->path, from, length) || medium->path[length] != '/')
            continue;
        char *path = xasprintf("%s%s", to, medium->path + length);
        unlink_medium(stage, slot);
        free(medium->path);
        medium->path = path;
        set_name(stage, slot, name_of(path));
        link_medium(stage, slot);
        if (medium->state != STATE_MEDIA_READY)
            stage->want(stage, slot, path);     /* the store may have looked for it in the wrong folder */
    }
}

/* --- after another engine --- */

static void adopt(struct stage *stage, uint32_t slot, uint64_t name)
{
    struct stage_medium *medium = &stage->media[slot];
    struct clipmem_view view;
    /* held: until the document has said what it wants, nothing is let go that an edit or the end of a voice gives back */
    *medium = (struct stage_medium){.name = name, .references = 1, .held = true, .apart = name == NAME_APART,
                                    .state = STATE_MEDIA_LOADING};
    if (!medium->apart)
        link_medium(stage, slot);
    if (clipmem_state_rt(stage->memory, slot) != CLIPMEM_READY || !clipmem_view_rt(stage->memory, slot, &view))
        return;
    medium->state = STATE_MEDIA_READY;
    medium->file_rate = view.file_rate;
    medium->channels = view.channels;
    medium->file_frames = view.file_frames;
    unsigned family = family_of_rt(view.chain_rate);
    stage->family_media[family]++;
    stage->families_told |= (uint16_t)(1u << family);   /* as the engine before was told; what is too much goes with the medium */
}

void media_table_adopt(struct stage *stage)
{
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS; slot++)
        if (command_log_medium(stage->log, slot))
            stage->media_count = slot + 1;
    for (uint32_t slot = 0; slot < stage->media_count; slot++) {
        uint64_t name = command_log_medium(stage->log, slot);
        if (name) {
            adopt(stage, slot, name);
        } else {
            stage->media[slot].next = stage->media_free;
            stage->media_free = slot;
        }
    }
}

void media_table_keep(struct stage *stage, uint32_t slot)
{
    if (slot < stage->media_count)
        stage->media[slot].references++;
}

void media_table_settle(struct stage *stage)
{
    for (uint32_t slot = 0; slot < stage->media_count; slot++) {
        bool held = stage->media[slot].held;
        stage->media[slot].held = false;
        if (held)
            media_table_unref(stage, slot);
    }
}
