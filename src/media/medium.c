/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a medium as workers find out about it, and what is told of that: see loader_inside.h. */
#include "config.h"

#include "media/loader_inside.h"

#include "base/log.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ENDS_MAX = 4 };          /* a file that proves shorter so often is left alone */

/* --- telling --- */

static void fmt_text(const struct medium *medium, char *text, size_t size)
{
    char cleaned[120];
    if (medium->header_frames > medium->file_frames)
        snprintf(text, size, "cut short: %" PRId64 " of %" PRId64 " frames are there", medium->file_frames,
                 medium->header_frames);
    else
        text_copy(text, size, medium->warning);
    if (!medium->cleaned)
        return;
    snprintf(cleaned, sizeof cleaned, "%" PRIu64 " samples were no numbers or far too loud and were put right", medium->cleaned);
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used ? "; " : "", cleaned);
}

static void tell(struct loader *loader, struct medium *medium, enum media_state state, const char *why)
{
    struct media_info info = {.state = state, .slot = medium_slot(loader, medium)};
    if (medium->way_known || medium->state == MEDIUM_READY) {
        info.file_rate = medium->way.file_rate;
        info.channels = medium->way.channels;
        info.file_frames = medium->file_frames;
    }
    if (state == MEDIA_READY) {
        info.cold = medium->cold_told = !medium->heads_there;
        medium->cleaned_told = medium->cleaned;
        fmt_text(medium, info.text, sizeof info.text);
    } else {
        text_copy(info.text, sizeof info.text, why);
    }
    log_line(LOG_DEBUG, "slot %u: %s: %s%s%s", info.slot, medium->path,
             state == MEDIA_READY ? "ready" : state == MEDIA_LOADING ? "known" : "failed",
             info.text[0] ? ": " : "", info.text);
    loader->told(loader->context, &info);
}

void medium_fail(struct loader *loader, struct medium *medium, enum media_state state, const char *why)
{
    uint32_t slot = medium_slot(loader, medium);
    if (medium->state == MEDIUM_WANTED || medium->state == MEDIUM_KNOWN || medium->kept)
        loader->unsettled--;
    medium->state = MEDIUM_FAILED;
    medium->kept = medium->way_known = false;
    streams_drop(loader, slot);
    hand_drop(loader, slot);
    clipmem_free_slot(loader->memory, slot);
    clipmem_set_state(loader->memory, slot, CLIPMEM_FAILED);
    loader->shelf_stale = true;
    tell(loader, medium, state, why);
}

/* All there is to say once blocks have come, or the share of memory has changed. */
static void tell_progress(struct loader *loader, struct medium *medium)
{
    bool whole = clipmem_slot_blocks(loader->memory, medium_slot(loader, medium)) == medium->blocks;
    bool ready = medium->state == MEDIUM_KNOWN && (medium->heads_there || (medium->planned && !medium->granted));
    if (ready || medium->kept) {
        loader->unsettled--;
        medium->state = MEDIUM_READY;
        medium->kept = false;
        clipmem_set_state(loader->memory, medium_slot(loader, medium), CLIPMEM_READY);
        tell(loader, medium, MEDIA_READY, "");
    } else if (medium->state == MEDIUM_READY &&
               (medium->cold_told != !(medium->heads_there || medium->granted) || (medium->cleaned && !medium->cleaned_told) ||
                (whole && medium->cleaned != medium->cleaned_told))) {
        tell(loader, medium, MEDIA_READY, "");
    }
}

void medium_take_blocks(struct loader *loader, struct medium *medium, uint64_t cleaned)
{
    uint32_t index;
    if (!medium_known(medium))
        return;
    medium->cleaned += cleaned;
    loader->resting = false;
    shelf_next_head(loader, medium, &index);
    tell_progress(loader, medium);
}

/* --- what a worker finds --- */

static bool same_way(const struct ingest_way *a, const struct ingest_way *b)
{
    return a->file_rate == b->file_rate && a->format == b->format && a->out_channels == b->out_channels;
}

void medium_set_length(struct medium *medium, int64_t file_frames)
{
    medium->file_frames = file_frames;
    medium->frames = clipmem_to_chain_rt(file_frames, medium->way.file_rate, medium->way.chain_rate);
    medium->blocks = (uint32_t)((medium->frames + medium->way.block_frames - 1) / medium->way.block_frames);
}

static bool prepare(struct loader *loader, struct medium *medium, const struct work_opened *facts)
{
    medium->header_frames = facts->frames;
    text_copy(medium->warning, sizeof medium->warning, facts->text);
    medium_set_length(medium, facts->frames);
    if (clipmem_prepare(loader->memory, medium_slot(loader, medium), medium->way.format, medium->way.out_channels,
                        medium->way.file_rate, medium->way.chain_rate, medium->file_frames, medium->frames) < 0) {
        medium_fail(loader, medium, MEDIA_BROKEN,
                    medium->frames < 1 ? "too short: nothing of it is left at the rate it is played at"
                                                                     : "longer than any that can be played");
        return false;
    }
    medium->state = MEDIUM_KNOWN;
    shelf_know(loader, medium);
    tell(loader, medium, MEDIA_LOADING, "");
    return true;
}

bool medium_take_facts(struct loader *loader, struct medium *medium, const struct work_opened *facts)
{
    struct ingest_way way;
    ingest_way_init(&way, facts, clipmem_chain_rate(facts->rate));
    if (medium->state == MEDIUM_WANTED) {
        medium->way = way;
        medium->way_known = true;
        return prepare(loader, medium, facts);
    }
    bool same = same_way(&way, &medium->way) && facts->frames >= medium->file_frames;
    if (!same && medium->recalled) {
        loader->unsettled += medium->state == MEDIUM_READY;     /* the catalogue was wrong: all anew */
        medium->recalled = false;
        medium->state = MEDIUM_KNOWN;
        medium->way = way;
        return prepare(loader, medium, facts);
    }
    medium->recalled = false;
    if (!same) {
        medium_fail(loader, medium, MEDIA_BROKEN, "changes while it is read");
        return false;
    }
    medium->way = way;
    medium->way_known = true;
    return true;
}

bool medium_take_end(struct loader *loader, struct medium *medium, int64_t file_frames)
{
    if (file_frames >= medium->file_frames)
        return true;
    medium_set_length(medium, file_frames);
    if (medium->frames < 1 || ++medium->ends > ENDS_MAX) {
        medium_fail(loader, medium, MEDIA_BROKEN,
                    medium->ends > ENDS_MAX ? "changes while it is read" : "holds no sound that can be decoded");
        return false;
    }
    clipmem_shorten(loader->memory, medium_slot(loader, medium), medium->file_frames, medium->frames);
    medium->whole_next = 0;
    shelf_know(loader, medium);
    if (medium->state == MEDIUM_READY)
        tell(loader, medium, MEDIA_READY, "");
    else
        tell(loader, medium, MEDIA_LOADING, "");
    return true;
}
