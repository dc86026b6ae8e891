/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One worker, seen from the loader: it is given a file, asked for a piece, and its answer is
 * checked against what was asked before it is used. It keeps the file open until another is
 * needed or it has been idle for a while. Two halves of staging memory take turns, so that the
 * worker decodes into one while the other is read.
 */
#include "config.h"

#include "media/loader_inside.h"

#include "base/log.h"
#include "platform/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
    HALF_BYTES = WORK_STAGING_BYTES / 2,
    DEATHS_MAX = 2,                 /* workers a file may take with it */
    DEATHS_APART_S = 10,            /* or they are no sign of a bad file */
    IDLE_MS = 1000,                 /* then it closes its file */
    LOOK_MS = 250,                  /* between two looks at what a busy worker uses of the processor */
    PIECES_AT_ONCE = 64,            /* that need no answer, in one go */
};

/* --- coming and going --- */

void hand_add(struct loader *loader, int socket, int staging, int pid)
{
    void *map = loader->hands < LOADER_WORKERS_MAX ? work_map_staging(staging, false) : NULL;
    close(staging);
    int flags = fcntl(socket, F_GETFL);
    if (!map || flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) < 0) {
        work_unmap_staging(map);
        close(socket);
        return;
    }
    struct hand *hand = &loader->hand[loader->hands++];
    *hand = (struct hand){.socket = socket, .staging = map, .slot = CLIPMEM_SLOTS};
    worker_life_begin(&hand->life, pid);
    loader->resting = false;
}

void hand_clear(struct hand *hand)
{
    worker_life_end(&hand->life);
    close(hand->socket);
    work_unmap_staging(hand->staging);
    ingest_tail_clear(&hand->tail);
}

static void hand_remove(struct loader *loader, struct hand *hand)
{
    int pid = hand->life.pid;
    bool told = loader->lost && hand->life.files > 0;
    hand_clear(hand);
    *hand = loader->hand[--loader->hands];
    if (told)
        loader->lost(loader->context, pid);
    loader->resting = false;
}

void hand_forget_file(struct hand *hand)
{
    hand->slot = CLIPMEM_SLOTS;
    hand->tail_next = hand->tail.reach = (struct reach){0};
}

static void close_file(struct hand *hand)
{
    if (hand->slot < CLIPMEM_SLOTS)
        msg_send(hand->socket, MSG_WORK_CLOSE, hand->serial, NULL, 0, NULL, 0);
    hand_forget_file(hand);
}

static void hand_release(struct hand *hand)
{
    hand->state = HAND_FREE;
    hand->piece = (struct piece){.slot = CLIPMEM_SLOTS};
    hand->idle_ns = clock_now_rt();
    if (hand->dropped)
        close_file(hand);
    hand->dropped = false;
}

void hand_drop(struct loader *loader, uint32_t slot)
{
    for (int i = 0; i < loader->hands; i++) {
        struct hand *hand = &loader->hand[i];
        if (hand->state == HAND_FINDING && hand->piece.slot == slot) {
            opener_forget(loader->opener, hand->find_tag);
            hand_release(hand);
        }
        if (hand->slot != slot)
            continue;
        if (hand->state == HAND_FREE || hand->state == HAND_FINDING)
            close_file(hand);
        else
            hand->dropped = true;
    }
}

/* --- what is in work --- */

static bool holds(const struct piece *piece, uint32_t slot, uint32_t index)
{
    return piece->slot == slot && index >= piece->first && index - piece->first < piece->blocks;
}

bool hand_has(const struct loader *loader, uint32_t slot, uint32_t index)
{
    for (int i = 0; i < loader->hands; i++) {
        const struct hand *hand = &loader->hand[i];
        if ((hand->state != HAND_FREE && !hand->dropped && holds(&hand->piece, slot, index)) || holds(&hand->making, slot, index))
            return true;
    }
    return false;
}

unsigned hands_on(const struct loader *loader, uint32_t slot)
{
    unsigned count = 0;
    for (int i = 0; i < loader->hands; i++)
        count += loader->hand[i].state != HAND_FREE && !loader->hand[i].dropped && loader->hand[i].piece.slot == slot;
    return count;
}

uint64_t hands_blocks(const struct loader *loader)
{
    uint64_t blocks = 0;
    for (int i = 0; i < loader->hands; i++)
        blocks += loader->hand[i].making.blocks +
                  (loader->hand[i].state == HAND_FREE || loader->hand[i].dropped ? 0 : loader->hand[i].piece.blocks);
    return blocks;
}

/* --- its end --- */

/* Return: whether the file must be given up. */
static bool charge(struct medium *medium)
{
    uint64_t now = clock_now_rt();
    if (now - medium->death_ns > DEATHS_APART_S * CLOCK_SECOND_NS)
        medium->deaths = 0;
    medium->death_ns = now;
    return ++medium->deaths >= DEATHS_MAX;
}

/* The worker is not to be used any more. Its file, if it has one: once more with another, or broken for the reason given.
 * excused: it may not be the file's fault. */
static void hand_fail(struct loader *loader, struct hand *hand, bool excused, const char *why)
{
    bool busy = (hand->state == HAND_OPENING || hand->state == HAND_READING) && !hand->dropped;
    if (hand->state == HAND_FINDING)
        opener_forget(loader->opener, hand->find_tag);
    struct medium *medium = busy ? &loader->medium[hand->slot] : NULL;
    bool innocent = excused && hand->state == HAND_OPENING && !hand->reached;      /* it was dead before it had the file */
    log_line(LOG_WARN, "worker %d %s", hand->life.pid, why);
    hand_remove(loader, hand);
    if (!medium || innocent || (excused && !charge(medium)))
        return;
    char text[120];
    snprintf(text, sizeof text, "its decoder %s", why);
    medium_fail(loader, medium, MEDIA_BROKEN, text);
}

/* --- asking --- */

void hand_await(struct hand *hand, uint64_t patience_ns)
{
    hand->looked_ns = clock_now_rt();
    hand->deadline_ns = hand->looked_ns + patience_ns;
    worker_life_ask(&hand->life);
}

static struct ingest_piece ingest_piece_of(const struct medium *medium, const struct piece *piece, struct reach read)
{
    return (struct ingest_piece){.slot = piece->slot, .first = piece->first, .blocks = piece->blocks,
                                 .file_frames = medium->file_frames, .frames = medium->frames, .read = read};
}

/* What is still to be read for a piece: without what the tail holds. */
static struct reach reach_to_read(struct loader *loader, const struct hand *hand, const struct medium *medium)
{
    struct ingest_piece piece = ingest_piece_of(medium, &hand->piece, (struct reach){0});
    struct reach reach = ingest_reach(&loader->ingest, &medium->way, &piece);
    if (hand->tail_next.from <= reach.from && hand->tail_next.to > reach.from)
        reach.from = hand->tail_next.to < reach.to ? hand->tail_next.to : reach.to;
    return reach;
}

static void make(struct loader *loader, struct hand *hand, struct medium *medium, const struct piece *piece, struct reach read,
                 uint32_t at)
{
    struct ingest_piece whole = ingest_piece_of(medium, piece, read);
    if (!medium_known(medium) || piece->first >= medium->blocks)
        return;                         /* it failed or proved shorter meanwhile */
    if (whole.blocks > medium->blocks - whole.first)
        whole.blocks = medium->blocks - whole.first;
    uint64_t cleaned = ingest_make(&loader->ingest, &medium->way, loader->memory, &whole, (unsigned char *)hand->staging + at,
                                   &hand->tail);
    medium_take_blocks(loader, medium, cleaned);
}

/* Asks for the piece. Return: false if that must wait until what was answered has been made, or if the tail held all of it
 * and it is made. */
static bool ask_piece(struct loader *loader, struct hand *hand, struct medium *medium)
{
    struct reach read = reach_to_read(loader, hand, medium);
    uint64_t bytes = (uint64_t)(read.to - read.from) *
                     work_frame_bytes(medium->way.s16 ? WORK_S16 : WORK_F32, medium->way.channels);
    if (hand->making.blocks && (bytes == 0 || bytes > HALF_BYTES))
        return false;
    if (bytes == 0) {
        make(loader, hand, medium, &hand->piece, read, 0);
        return false;
    }
    if (bytes > WORK_STAGING_BYTES) {
        medium_fail(loader, medium, MEDIA_BROKEN, "its rate is too far from the device's for so many channels");
        return false;
    }
    struct ingest_piece piece = ingest_piece_of(medium, &hand->piece, read);
    hand->ask = (struct work_read){.first = read.from, .frames = (uint32_t)(read.to - read.from),
                                   .at = bytes > HALF_BYTES || hand->ask.at ? 0 : HALF_BYTES};
    hand->tail_next = ingest_tail_after(&loader->ingest, &medium->way, &piece);
    hand->state = HAND_READING;
    msg_send(hand->socket, MSG_WORK_READ, ++hand->serial, &hand->ask, sizeof hand->ask, NULL, 0);
    hand->walk_ns = work_walk_ms(medium->way.seekable, read.from) * (CLOCK_SECOND_NS / 1000);
    hand_await(hand, loader->read_ns + hand->walk_ns);
    return true;
}

void hand_start(struct loader *loader, struct hand *hand)
{
    for (int i = 0; i < PIECES_AT_ONCE && hand->state == HAND_FREE; i++) {
        struct piece piece;
        if (!choose_piece(loader, hand, &piece)) {
            loader->resting = true;
            return;
        }
        struct medium *medium = &loader->medium[piece.slot];
        if (medium->kept) {
            medium_take_blocks(loader, medium, 0);
            continue;
        }
        hand->piece = piece;
        if (hand->slot == piece.slot && hand->medium_serial == medium->serial && piece.blocks) {
            if (!ask_piece(loader, hand, medium) && hand->making.blocks)
                return;
        } else if (hand->making.blocks) {
            return;                     /* the tail is needed for what is being made */
        } else {
            hand_open_file(loader, hand, medium);
        }
    }
}

/* --- answers --- */

static void take_opened(struct loader *loader, struct hand *hand, const struct work_opened *facts)
{
    struct medium *medium = &loader->medium[hand->slot];
    struct piece piece = hand->piece;
    bool known = medium->way_known;
    hand_release(hand);
    loader->lacks |= facts->lacks;
    if (facts->status != WORK_OK) {
        hand->life.soiled = true;
        hand_forget_file(hand);
        medium_fail(loader, medium, MEDIA_BROKEN, facts->text);
        return;
    }
    if (!work_opened_fits(facts, medium->bytes)) {
        hand->life.soiled = true;
        close_file(hand);
        medium_fail(loader, medium, MEDIA_BROKEN, WORK_TOO_LONG);
        return;
    }
    hand_learn(loader, hand, medium, facts);
    if (!medium_take_facts(loader, medium, facts)) {
        close_file(hand);
        return;
    }
    if (!known || piece.blocks == 0 || piece.first + piece.blocks > medium->blocks)
        return;                         /* the next choice is its heads, or what is more urgent meanwhile */
    hand->piece = piece;
    ask_piece(loader, hand, medium);
}

static void take_frames(struct loader *loader, struct hand *hand, const struct work_frames *got)
{
    struct medium *medium = &loader->medium[hand->slot];
    struct work_read ask = hand->ask;
    struct piece piece = hand->piece;
    struct reach tail_next = hand->tail_next;
    hand_release(hand);
    if (got->count < ask.frames) {
        hand->tail_next = hand->tail.reach = (struct reach){0};
        hand->life.soiled = true;
        medium_take_end(loader, medium, ask.first + got->count);
        return;
    }
    hand->tail_next = tail_next;
    hand->making = piece;
    hand_start(loader, hand);           /* it decodes on while we make this one */
    hand->making = (struct piece){.slot = CLIPMEM_SLOTS};
    make(loader, hand, medium, &piece, (struct reach){ask.first, ask.first + ask.frames}, ask.at);
}

/* Return: false if the worker answers what nobody asked. */
static bool take_answer(struct loader *loader, struct hand *hand, const struct msg *msg)
{
    struct work_opened facts;
    struct work_frames got;
    if (msg->serial != hand->serial || msg->fd[0] >= 0 || hand->state == HAND_FREE || hand->state == HAND_FINDING)
        return false;
    bool opening = hand->state == HAND_OPENING;
    if (opening ? !work_parse_opened(&facts, msg)
                : !work_parse_frames(&got, msg) || got.first != hand->ask.first || got.count > hand->ask.frames)
        return false;
    if (hand->dropped)
        hand_release(hand);
    else if (opening)
        take_opened(loader, hand, &facts);
    else
        take_frames(loader, hand, &got);
    return true;
}

bool hand_handle(struct loader *loader, struct hand *hand)
{
    struct msg *msg = &loader->msg;
    int got = msg_recv(hand->socket, msg);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return true;
    int hands = loader->hands;
    if (got == 0 || (got < 0 && errno != EPROTO))
        hand_fail(loader, hand, true, "died");
    else if (got < 0 || !take_answer(loader, hand, msg))
        hand_fail(loader, hand, false, "answered nonsense and was stopped");
    if (got > 0)
        msg_clear(msg);
    loader->resting = false;            /* what another hand had to leave to this one may be done now */
    return loader->hands == hands;
}

/* --- time --- */

/* It has used up its time: the clock's, or the processor's; or it has been stopped, when it is looked at. */
static bool is_late(const struct hand *hand)
{
    uint64_t cpu_ns = hand->state == HAND_OPENING ? WORK_OPEN_CPU_MS * (CLOCK_SECOND_NS / 1000)
                                                  : WORK_READ_CPU_MS * (CLOCK_SECOND_NS / 1000) + hand->walk_ns;
    return clock_now_rt() >= hand->deadline_ns || worker_life_used_ns(&hand->life) >= cpu_ns ||
           worker_life_stopped(&hand->life);
}

/* It has not computed for most of that time: it may have waited for a disk or been stopped. */
static bool has_waited(const struct loader *loader, const struct hand *hand)
{
    uint64_t patience_ns = hand->state == HAND_OPENING ? loader->open_ns : loader->read_ns + hand->walk_ns;
    return worker_life_used_ns(&hand->life) < patience_ns / 4;
}

uint64_t hand_due_ns(const struct hand *hand)
{
    if (hand->state == HAND_FREE)
        return hand->slot < CLIPMEM_SLOTS ? hand->idle_ns + IDLE_MS * (CLOCK_SECOND_NS / 1000) : UINT64_MAX;
    if (hand->state == HAND_FINDING)
        return UINT64_MAX;
    uint64_t look_ns = hand->looked_ns + LOOK_MS * (CLOCK_SECOND_NS / 1000);
    return hand->deadline_ns < look_ns ? hand->deadline_ns : look_ns;
}

bool hand_tend(struct loader *loader, struct hand *hand)
{
    if (hand->state == HAND_FREE && worker_life_over(&hand->life)) {
        hand_remove(loader, hand);
        return false;
    }
    uint64_t now = clock_now_rt();
    if (now < hand_due_ns(hand))
        return true;
    hand->looked_ns = now;
    if (hand->state == HAND_FREE)
        close_file(hand);
    else if (is_late(hand)) {
        hand_fail(loader, hand, has_waited(loader, hand), "did not answer in time and was stopped");
        return false;
    }
    return true;
}
