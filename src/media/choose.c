/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The most urgent piece of work, in this order:
 *
 *   1. voices that have less than NEAR_DRY_MS before them, the one that runs dry first first
 *   2. heads of media somebody waits for
 *   3. voices whose window is half empty, or not full and their file is open in this worker
 *   4. facts and heads of all media, the likeliest first
 *   5. the first seconds of the likeliest
 *   6. the rest of all media that still fit, the likeliest first
 *
 * The last two wait while the machine is short of memory, or its load is high.
 *
 * Reading a piece takes a worker some milliseconds; opening a file may take any time. So while
 * something sounds, one worker at least has no file to open that nobody waits for.
 */
#include "config.h"

#include "media/loader_inside.h"

enum {
    NEAR_DRY_MS = 300,
    QUEUED_MS = 150,                /* a voice that waits for its beginning comes like one that has so much before it */
    AFFINITY_MS = 200,              /* what an open file is worth */
    TIGHT_MS = 100,                 /* of sound in a piece while another voice is near its end */
    PIECE_BLOCKS = 128,             /* 512 KiB */
    CONVERTED_FRAMES = 16384,       /* made in a piece, where rates differ: 1 or 2 ms of work */
    LIKELY_S = 2,
    READ_BYTES = WORK_STAGING_BYTES / 2,
};

/* --- how much at once --- */

static uint32_t blocks_of_ms(const struct medium *medium, unsigned ms)
{
    return (uint32_t)((uint64_t)medium->way.chain_rate * ms / 1000 / medium->way.block_frames) + 1;
}

/* As much as can be read in one go and made in little time. */
static uint32_t blocks_at_once(struct loader *loader, const struct medium *medium, struct piece *piece)
{
    const struct ingest_way *way = &medium->way;
    uint32_t most = PIECE_BLOCKS;
    if (way->file_rate != way->chain_rate) {
        uint64_t frames = way->file_rate > way->chain_rate ? (uint64_t)CONVERTED_FRAMES * way->chain_rate / way->file_rate
                                                          : CONVERTED_FRAMES;
        most = (uint32_t)(frames / way->block_frames) + 1;
    }
    if (piece->blocks < most)
        most = piece->blocks;
    int64_t room = READ_BYTES / work_frame_bytes(way->s16 ? WORK_S16 : WORK_F32, way->channels);
    for (; most > 1; most -= most / 4 + 1) {
        struct ingest_piece whole = {.first = piece->first, .blocks = most, .file_frames = medium->file_frames,
                                     .frames = medium->frames};
        struct reach reach = ingest_reach(&loader->ingest, way, &whole);
        if (reach.to - reach.from <= room)
            break;
    }
    return most;
}

/* Cuts a run of blocks down to a piece, at the first that is there or in work already. Pre: its first one is neither. */
static void cut_piece(struct loader *loader, const struct medium *medium, struct piece *piece)
{
    uint32_t blocks = 1;
    if (piece->blocks > medium->blocks - piece->first)
        piece->blocks = medium->blocks - piece->first;
    if (loader->hungry && piece->blocks > blocks_of_ms(medium, TIGHT_MS))
        piece->blocks = blocks_of_ms(medium, TIGHT_MS);
    uint32_t most = blocks_at_once(loader, medium, piece);
    while (blocks < most && !clipmem_resident(loader->memory, piece->slot, piece->first + blocks) &&
           !hand_has(loader, piece->slot, piece->first + blocks))
        blocks++;
    piece->blocks = blocks;
}

/* --- voices --- */

static int64_t us_of_ms(int ms)
{
    return (int64_t)ms * 1000;
}

static bool has_open(const struct hand *hand, uint32_t slot, uint32_t serial)
{
    return hand->slot == slot && hand->medium_serial == serial;
}

static bool others_have_open(const struct loader *loader, const struct hand *hand, const struct stream *stream)
{
    for (int i = 0; i < loader->hands; i++)
        if (&loader->hand[i] != hand && has_open(&loader->hand[i], stream->slot, stream->serial))
            return true;
    return false;
}

/* In us; the less, the sooner. */
static int64_t stream_rank(const struct loader *loader, const struct hand *hand, const struct stream *stream)
{
    int64_t rank = stream->ahead * 1000000 / loader->medium[stream->slot].way.chain_rate;
    if (stream->flags & DEMAND_QUEUED)
        rank += us_of_ms(QUEUED_MS);
    if (stream->flags & (DEMAND_DRY | DEMAND_ENDING))
        rank += us_of_ms(NEAR_DRY_MS);
    if (has_open(hand, stream->slot, stream->serial))
        return rank - us_of_ms(AFFINITY_MS);
    return rank > us_of_ms(NEAR_DRY_MS) && others_have_open(loader, hand, stream) ? rank + us_of_ms(AFFINITY_MS) : rank;
}

/* Frames that are there, or will be when this hand's piece has been made. */
static int64_t ahead_soon(const struct loader *loader, const struct hand *hand, const struct stream *stream)
{
    const int64_t block = loader->medium[stream->slot].way.block_frames;
    int64_t ahead = stream->ahead, at;
    while (hand->making.slot == stream->slot && ahead < stream->window && (at = stream_place(stream, ahead)) >= 0 &&
           at / block >= hand->making.first && at / block - hand->making.first < hand->making.blocks)
        ahead += ((at / block + 1) * block < stream->out ? (at / block + 1) * block : stream->out) - at;
    return ahead;
}

/* Its disk does not answer, and this hand does not have its file. */
static bool out_of_reach(const struct loader *loader, const struct hand *hand, uint32_t slot)
{
    const struct medium *medium = &loader->medium[slot];
    return medium->silent_ns > loader->now_ns && !has_open(hand, slot, medium->serial);
}

static bool stream_wants(struct loader *loader, const struct hand *hand, const struct stream *stream, struct piece *piece)
{
    if (out_of_reach(loader, hand, stream->slot))
        return false;
    int64_t ahead = ahead_soon(loader, hand, stream), at = stream_place(stream, ahead);
    bool due = ahead < stream->window / 2 || stream->flags & DEMAND_QUEUED || has_open(hand, stream->slot, stream->serial);
    if (ahead >= stream->window || at < 0 || !due)
        return false;
    const struct medium *medium = &loader->medium[stream->slot];
    int64_t left = stream->window - ahead, end = at < stream->out - left ? at + left : stream->out;
    *piece = (struct piece){.slot = stream->slot, .first = (uint32_t)(at / medium->way.block_frames), .urgent = true};
    piece->blocks = (uint32_t)((end - 1) / medium->way.block_frames) + 1 - piece->first;
    return !hand_has(loader, piece->slot, piece->first) && !clipmem_resident(loader->memory, piece->slot, piece->first);
}

/* Return: its rank; INT64_MAX if no voice wants anything of this hand. */
static int64_t choose_stream(struct loader *loader, const struct hand *hand, struct piece *best)
{
    int64_t least = INT64_MAX;
    struct piece piece;
    for (uint32_t i = 0; i < loader->streams; i++) {
        const struct stream *stream = &loader->stream[i];
        if (!stream_wants(loader, hand, stream, &piece))
            continue;
        int64_t rank = stream_rank(loader, hand, stream);
        if (rank >= least)
            continue;
        least = rank;
        *best = piece;
    }
    return least;
}

static bool take_stream(struct loader *loader, struct piece *piece)
{
    const struct medium *medium = &loader->medium[piece->slot];
    cut_piece(loader, medium, piece);
    return evict_for(loader, medium, piece->blocks, EVICT_FOR_VOICE);
}

/* --- heads --- */

/* What a medium lacks of facts and heads. Return: false if nothing that this hand could do. */
static bool choose_need(struct loader *loader, struct medium *medium, struct piece *piece)
{
    *piece = (struct piece){.slot = medium_slot(loader, medium)};
    if (hands_on(loader, piece->slot) || medium->silent_ns > loader->now_ns)
        return false;
    if (medium->state == MEDIUM_WANTED || medium->kept)
        return true;
    if (!medium_known(medium) || (!medium->granted && !medium->asked) || !shelf_next_head(loader, medium, &piece->first))
        return false;
    for (piece->blocks = 1; shelf_is_head(medium, piece->first + piece->blocks);)
        piece->blocks++;
    cut_piece(loader, medium, piece);
    return true;
}

static bool take_need(struct loader *loader, const struct piece *piece)
{
    return piece->blocks == 0 || evict_for(loader, &loader->medium[piece->slot], piece->blocks, EVICT_FOR_HEAD);
}

/* The one asked for last first. */
static bool choose_asked(struct loader *loader, struct piece *piece)
{
    for (uint32_t i = 1; i <= ASKED_MAX; i++) {
        uint32_t slot = loader->asked[(loader->asked_next + ASKED_MAX - i) % ASKED_MAX];
        if (slot < CLIPMEM_SLOTS && choose_need(loader, &loader->medium[slot], piece) && take_need(loader, piece)) {
            piece->urgent = true;
            return true;
        }
    }
    return false;
}

static bool settled(const struct medium *medium)
{
    return medium->state == MEDIUM_NONE || medium->state == MEDIUM_FAILED ||
           (medium->state == MEDIUM_READY && !medium->kept && (medium->heads_there || !medium->granted));
}

static bool choose_on_shelf(struct loader *loader, struct piece *piece)
{
    for (uint32_t i = loader->need_next; i < loader->shelved; i++) {
        struct medium *medium = &loader->medium[loader->shelf[i]];
        if (choose_need(loader, medium, piece))
            return take_need(loader, piece);
        if (i == loader->need_next && settled(medium))
            loader->need_next++;
    }
    return false;
}

/* --- what else fits --- */

/* The first block from medium->whole_next to `end` that is neither resident nor in work. */
static bool next_missing(struct loader *loader, struct medium *medium, uint32_t end, struct piece *piece)
{
    uint32_t slot = medium_slot(loader, medium), index = medium->whole_next;
    bool all_there = true;
    for (; index < end; index++) {
        bool there = clipmem_resident(loader->memory, slot, index);
        if (!there && !hand_has(loader, slot, index))
            break;
        all_there &= there;
        if (all_there)
            medium->whole_next = index + 1;
    }
    *piece = (struct piece){.slot = slot, .first = index, .blocks = end - index};
    return index < end;
}

static bool choose_likely(struct loader *loader, struct piece *piece)
{
    for (uint32_t i = 0; i < loader->shelved && i < LIKELY_MEDIA; i++) {
        struct medium *medium = &loader->medium[loader->shelf[i]];
        uint32_t slot = loader->shelf[i];
        if (medium->state != MEDIUM_READY || !medium->way_known || hands_on(loader, slot) || medium->heads < 1 ||
            medium->silent_ns > loader->now_ns)
            continue;
        uint32_t end = medium->head[0].first + blocks_of_ms(medium, LIKELY_S * 1000);
        for (uint32_t index = medium->head[0].first; index < end && index < medium->blocks; index++) {
            if (clipmem_resident(loader->memory, slot, index) || hand_has(loader, slot, index))
                continue;
            *piece = (struct piece){.slot = slot, .first = index, .blocks = end - index};
            cut_piece(loader, medium, piece);
            if (evict_for(loader, medium, piece->blocks, EVICT_FOR_LIKELY))
                return true;
            break;
        }
    }
    return false;
}

static bool fits_whole(struct loader *loader, const struct medium *medium, uint64_t room)
{
    return medium->blocks - clipmem_slot_blocks(loader->memory, medium_slot(loader, medium)) <= room;
}

static bool choose_whole(struct loader *loader, struct piece *piece)
{
    uint64_t free = clipmem_free_blocks(loader->memory), busy = hands_blocks(loader);
    uint64_t room = free > busy ? free - busy : 0;
    for (uint32_t i = loader->whole_next; i < loader->shelved && room; i++) {
        uint32_t slot = loader->shelf[i];
        struct medium *medium = &loader->medium[slot];
        bool done = medium->state == MEDIUM_FAILED || medium->state == MEDIUM_NONE ||
                    (medium->state == MEDIUM_READY && !medium->kept &&
                     (clipmem_slot_blocks(loader->memory, slot) >= medium->blocks || !fits_whole(loader, medium, room)));
        if (i == loader->whole_next && done)
            loader->whole_next++;
        if (done || medium->state != MEDIUM_READY || medium->silent_ns > loader->now_ns || hands_on(loader, slot) ||
            !next_missing(loader, medium, medium->blocks, piece))
            continue;
        cut_piece(loader, medium, piece);
        return true;
    }
    return false;
}

/* --- all together --- */

/* Whether it would have to open the file, and too many hands do so already for nobody. */
static bool must_wait(const struct loader *loader, const struct hand *hand, const struct piece *piece)
{
    if (!loader->streams || loader->hands < 2 || has_open(hand, piece->slot, loader->medium[piece->slot].serial))
        return false;
    int opening = 0;
    for (int i = 0; i < loader->hands; i++)
        opening += (loader->hand[i].state == HAND_OPENING || loader->hand[i].state == HAND_FINDING) &&
            !loader->hand[i].piece.urgent;
    return opening >= loader->hands - 1;
}

bool choose_piece(struct loader *loader, const struct hand *hand, struct piece *piece)
{
    struct piece voice;
    int64_t rank = choose_stream(loader, hand, &voice);
    bool near = rank < us_of_ms(NEAR_DRY_MS);
    if (near && take_stream(loader, &voice)) {
        *piece = voice;
        return true;
    }
    if (choose_asked(loader, piece))
        return true;
    if (!near && rank < INT64_MAX && take_stream(loader, &voice)) {
        *piece = voice;
        return true;
    }
    return (choose_on_shelf(loader, piece) ||
            (!loader->frugal && !loader->yielding && (choose_likely(loader, piece) || choose_whole(loader, piece)))) &&
           !must_wait(loader, hand, piece);
}
