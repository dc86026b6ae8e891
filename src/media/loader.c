/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is wanted and what is told of it: see loader.h. Which work is done when is choose.c, who
 * does it hand.c; loader_inside.h names the rest.
 */
#include "config.h"

#include "media/loader_inside.h"

#include "base/xalloc.h"
#include "platform/clock.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- beginning and end --- */

struct loader *loader_new(struct clipmem *memory, loader_told *told, void *context)
{
    struct loader *loader = xcalloc(1, sizeof *loader);
    loader->memory = memory;
    loader->told = told;
    loader->context = context;
    loader->head_ms = BUDGET_HEAD_MS;
    loader->resting = true;
    loader->retry_ns = UINT64_MAX;
    for (uint32_t clip = 0; clip < PREDICT_CLIPS; clip++)
        loader->clip[clip].slot = CLIPMEM_SLOTS;
    for (int i = 0; i < ASKED_MAX; i++)
        loader->asked[i] = CLIPMEM_SLOTS;
    loader_set_deadlines(loader, WORK_OPEN_DEADLINE_MS, WORK_READ_DEADLINE_MS);
    return loader;
}

bool loader_open_apart(struct loader *loader)
{
    if (!loader->opener)
        loader->opener = opener_new();
    return loader->opener != NULL;
}

unsigned loader_silent(const struct loader *loader)
{
    return loader->opener ? opener_silent(loader->opener) : 0;
}

void loader_set_deadlines(struct loader *loader, unsigned open_ms, unsigned read_ms)
{
    loader->open_ns = open_ms * (CLOCK_SECOND_NS / 1000);
    loader->read_ns = read_ms * (CLOCK_SECOND_NS / 1000);
}

void loader_set_known(struct loader *loader, const struct media_known *known)
{
    loader->known = *known;
}

void loader_set_lost(struct loader *loader, loader_lost *lost)
{
    loader->lost = lost;
}

void loader_set_demand(struct loader *loader, const struct demand *demand)
{
    loader->demand = demand;
}

static void folder_unref(struct loader_folder *folder)
{
    if (!folder || --folder->references)
        return;
    if (folder->fd >= 0)
        close(folder->fd);
    free(folder->path);
    free(folder);
}

static void medium_clear(struct medium *medium)
{
    folder_unref(medium->folder);
    free(medium->path);
    free(medium->point);
    free(medium->head);
    *medium = (struct medium){0};
}

void loader_free(struct loader *loader)
{
    if (!loader)
        return;
    for (int i = 0; i < loader->hands; i++)
        hand_clear(&loader->hand[i]);
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS; slot++)
        medium_clear(&loader->medium[slot]);
    folder_unref(loader->folder);
    opener_free(loader->opener);
    ingest_clear(&loader->ingest);
    free(loader);
}

void loader_add_worker(struct loader *loader, int socket, int staging, int pid)
{
    hand_add(loader, socket, staging, pid);
}

int loader_workers(const struct loader *loader, uint32_t *pids, int most)
{
    for (int i = 0; i < loader->hands && i < most; i++)
        pids[i] = (uint32_t)loader->hand[i].life.pid;
    return loader->hands;
}

/* --- wants --- */

/* Takes over what an earlier loader left in the slot. Return: false if there is nothing. */
static bool keep(struct loader *loader, struct medium *medium)
{
    struct clipmem_view view;
    uint32_t slot = medium_slot(loader, medium);
    if (clipmem_state_rt(loader->memory, slot) != CLIPMEM_READY || !clipmem_view_rt(loader->memory, slot, &view) ||
        view.chain_rate != clipmem_chain_rate(view.file_rate))
        return false;
    medium->way = (struct ingest_way){.channels = view.channels, .format = view.format, .out_channels = view.channels,
        .file_rate = view.file_rate, .chain_rate = view.chain_rate,
        .block_frames = clipmem_block_frames(view.format, view.channels)};
    medium->header_frames = view.file_frames;
    medium_set_length(medium, view.file_frames);
    medium->state = MEDIUM_READY;
    medium->kept = true;
    return medium->frames == view.frames;
}

static struct loader_folder *folder_ref(struct loader *loader, int fd)
{
    struct stat st, last;
    struct loader_folder *folder = loader->folder;
    bool same = folder && (fd == AT_FDCWD || folder->fd == AT_FDCWD ? folder->fd == fd
        : fstat(fd, &st) == 0 && fstat(folder->fd, &last) == 0 && st.st_dev == last.st_dev && st.st_ino == last.st_ino);
    if (!same) {
        folder_unref(folder);
        folder = loader->folder = xcalloc(1, sizeof *folder);
        folder->fd = fd == AT_FDCWD ? AT_FDCWD : fcntl(fd, F_DUPFD_CLOEXEC, 0);
        folder->references = 1;
        char path[PATH_MAX];
        folder->path = media_known_folder(folder->fd, path, sizeof path) ? xstrdup(path) : NULL;
    }
    folder->references++;
    return folder;
}

/* Clips that play it stay known: a medium may be wanted again from another folder. */
static void forget(struct loader *loader, uint32_t slot)
{
    struct medium *medium = &loader->medium[slot];
    uint32_t first_clip = medium->first_clip;
    if (medium->state == MEDIUM_WANTED || medium->state == MEDIUM_KNOWN || medium->kept)
        loader->unsettled--;
    hand_drop(loader, slot);
    streams_drop(loader, slot);
    medium_clear(medium);
    medium->first_clip = first_clip;
    loader->shelf_stale = true;
    loader->resting = false;
}

void loader_want(struct loader *loader, uint32_t slot, int folder_fd, const char *path)
{
    if (slot >= CLIPMEM_SLOTS)
        return;
    struct medium *medium = &loader->medium[slot];
    bool fresh = medium->state == MEDIUM_NONE;
    forget(loader, slot);
    medium->folder = folder_ref(loader, folder_fd);
    medium->path = xstrdup(path);
    medium->serial = ++loader->serials;
    if (!fresh || !keep(loader, medium)) {
        clipmem_free_slot(loader->memory, slot);
        medium->state = MEDIUM_WANTED;
        medium->kept = false;
    }
    loader->unsettled++;
}

void loader_clip(struct loader *loader, const struct msg_media_clip *clip)
{
    shelf_clip(loader, clip);
}

void loader_played(struct loader *loader, uint32_t clip)
{
    predict_started(&loader->predict, clip);
    loader->shelf_stale = true;
}

void loader_first(struct loader *loader, uint32_t slot)
{
    if (slot >= CLIPMEM_SLOTS || loader->medium[slot].state == MEDIUM_NONE || loader->medium[slot].state == MEDIUM_FAILED)
        return;
    uint32_t *place = &loader->asked[loader->asked_next++ % ASKED_MAX];
    if (*place < CLIPMEM_SLOTS)
        loader->medium[*place].asked = false;
    *place = slot;
    loader->medium[slot].asked = true;
    loader->resting = false;
}

void loader_first_at(struct loader *loader, uint32_t slot, int64_t file_frame)
{
    if (slot < CLIPMEM_SLOTS && file_frame >= 0)
        shelf_add_entry(loader, &loader->medium[slot], file_frame);
    loader_first(loader, slot);
}

void loader_drop(struct loader *loader, uint32_t slot)
{
    if (slot >= CLIPMEM_SLOTS)
        return;
    forget(loader, slot);
    shelf_drop(loader, slot);
    clipmem_free_slot(loader->memory, slot);
}

unsigned loader_lacks(const struct loader *loader)
{
    return loader->lacks;
}

unsigned loader_left(const struct loader *loader)
{
    return loader->unsettled;
}

bool loader_idle(const struct loader *loader)
{
    for (int i = 0; i < loader->hands; i++)
        if (loader->hand[i].state != HAND_FREE)
            return false;
    return loader->unsettled == 0 && loader->resting && !loader->shelf_stale;
}

bool loader_behind(struct loader *loader, uint32_t frames)
{
    streams_look(loader);
    for (uint32_t i = 0; i < loader->streams; i++) {
        const struct stream *stream = &loader->stream[i];
        if (stream->ahead < stream->window && stream->ahead < frames)
            return true;
    }
    for (int i = 0; i < ASKED_MAX; i++) {
        const struct medium *medium = loader->asked[i] < CLIPMEM_SLOTS ? &loader->medium[loader->asked[i]] : NULL;
        if (medium && (medium->state == MEDIUM_WANTED || (medium_known(medium) && !medium->heads_there)))
            return true;
    }
    return false;
}

bool loader_has_all(const struct loader *loader)
{
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS; slot++) {
        const struct medium *medium = &loader->medium[slot];
        if (medium->state == MEDIUM_WANTED ||
            (medium_known(medium) && clipmem_slot_blocks(loader->memory, slot) < medium->blocks))
            return false;
    }
    return true;
}

void loader_count(const struct loader *loader, struct loader_count *count)
{
    uint64_t blocks = 0;
    *count = (struct loader_count){.budget_bytes = clipmem_capacity_blocks(loader->memory) * CLIPMEM_BLOCK_BYTES};
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS; slot++) {
        const struct medium *medium = &loader->medium[slot];
        blocks += clipmem_slot_blocks(loader->memory, slot);
        count->cold += medium->state == MEDIUM_READY && medium->cold_told;
        count->heads += medium->state == MEDIUM_READY && !medium->cold_told;
    }
    count->resident_bytes = blocks * CLIPMEM_BLOCK_BYTES;
}

/* --- poll --- */

static void lower(int *timeout_ms, uint64_t due_ns, uint64_t now)
{
    uint64_t wait_ms = due_ns <= now ? 0 : (due_ns - now) / (CLOCK_SECOND_NS / 1000) + 1;
    if (due_ns != UINT64_MAX && (*timeout_ms < 0 || wait_ms < (uint64_t)*timeout_ms))
        *timeout_ms = (int)wait_ms;
}

int loader_poll(const struct loader *loader, struct pollfd *fds, int most, int *timeout_ms)
{
    uint64_t now = clock_now_rt();
    int count = 0;
    for (int i = 0; i < loader->hands; i++) {
        const struct hand *hand = &loader->hand[i];
        lower(timeout_ms, hand->state == HAND_FREE && !loader->resting ? now : hand_due_ns(hand), now);
        if (count < most)
            fds[count++] = (struct pollfd){.fd = hand->socket, .events = POLLIN};
    }
    if (loader->hands && loader->shelf_stale)
        lower(timeout_ms, shelf_due_ns(loader), now);
    if (loader->demand)
        lower(timeout_ms, loader->look_due_ns, now);
    lower(timeout_ms, loader->retry_ns, now);
    if (loader->opener && count < most)
        opener_poll(loader->opener, &fds[count++], timeout_ms);
    return count;
}

static bool may_be_ready(const struct hand *hand, const struct pollfd *fds, int count)
{
    for (int i = 0; i < count; i++)
        if (fds[i].fd == hand->socket)
            return fds[i].revents != 0;
    return true;
}

void loader_handle(struct loader *loader, const struct pollfd *fds, int count)
{
    loader->now_ns = clock_now_rt();
    if (loader->now_ns >= loader->retry_ns) {
        loader->retry_ns = UINT64_MAX;
        loader->resting = false;
        loader->need_next = loader->whole_next = 0;
    }
    shelf_make(loader);
    streams_look(loader);
    hands_find(loader);
    for (int i = 0; i < loader->hands;) {
        struct hand *hand = &loader->hand[i];
        bool stays = (!may_be_ready(hand, fds, count) && clock_now_rt() < hand_due_ns(hand)) || hand_handle(loader, hand);
        if (!stays || !hand_tend(loader, hand))
            continue;           /* another one stands here now */
        if (!loader->resting)
            hand_start(loader, hand);
        i++;
    }
}
