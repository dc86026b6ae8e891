/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the store does for the engine with media, and tells it of them: see store.h. */
#include "config.h"

#include "process/store.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "clipmem/clipmem.h"
#include "media/loader.h"
#include "platform/clock.h"
#include "platform/memory.h"
#include "platform/spawn.h"
#include "wire/state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_NS (CLOCK_SECOND_NS / 5)
#define BUSY_NS (CLOCK_SECOND_NS / 50)

void store_tell(struct store *store, enum msg_type type, uint32_t serial, const void *payload, size_t size)
{
    if (store->engine >= 0)
        msg_send(store->engine, type, serial, payload, size, NULL, 0);
}

void store_notice(struct store *store, const char *text)
{
    if (store->engine >= 0 && *text)
        msg_send_text(store->engine, MSG_NOTICE, 0, text);
}

static void told(void *context, const struct media_info *info)
{
    struct store *store = context;
    struct msg_media_info out = {.slot = info->slot, .file_rate = info->file_rate, .channels = info->channels,
                                 .file_frames = info->file_frames,
        .state = info->state == MEDIA_LOADING ? CLIPMEM_LOADING : info->state == MEDIA_READY ? CLIPMEM_READY : CLIPMEM_FAILED,
        .missing = info->state == MEDIA_MISSING, .cold = info->cold};
    text_copy(out.text, sizeof out.text, info->text);
    store_catalog_told(&store->catalog, info);
    if (info->state == MEDIA_BROKEN || info->state == MEDIA_MISSING)
        logkeeper_say(store->logs, "media", info->text);
    store_tell(store, MSG_MEDIA_INFO, 0, &out, sizeof out);
}

static void tell_status(struct store *store)
{
    struct msg_store_status status = {.store_pid = (uint32_t)getpid()};
    struct loader_count count = {0};
    if (store->loader)
        status.workers = (uint32_t)loader_workers(store->loader, status.pid, 16);
    if (store->loader)
        loader_count(store->loader, &count);
    status.heads = count.heads;
    status.cold = count.cold;
    status.budget_bytes = count.budget_bytes;
    status.resident_bytes = count.resident_bytes;
    store_catalog_count(&store->catalog, &status.opened, &status.from_catalogue);
    status.idle = store->idle_told = !store->loader || loader_idle(store->loader);
    store->workers_told = (int)status.workers;
    store->media_told = status.opened + status.from_catalogue;
    store->told_ns = clock_now_rt();
    store_tell(store, MSG_STORE_STATUS, 0, &status, sizeof status);
}

void store_tell_status_changes(struct store *store)
{
    uint64_t opened, known;
    store_catalog_count(&store->catalog, &opened, &known);
    uint64_t since_ns = clock_now_rt() - store->told_ns;
    bool counted = opened + known != store->media_told && since_ns >= STATUS_NS;
    bool idle = !store->loader || loader_idle(store->loader), rested = idle != store->idle_told && (idle || since_ns >= BUSY_NS);
    if (rested && idle)
        memory_give_back();             /* the session and its media were read: much of what that took is free */
    if (counted || rested || (store->loader && loader_workers(store->loader, NULL, 0) != store->workers_told))
        tell_status(store);
}

/* The supervisor starts another one. */
static void lost(void *context, int pid)
{
    (void)context;
    struct msg_worker about = {.pid = (uint32_t)pid};
    msg_send(SPAWN_SOCKET, MSG_WORKER_LOST, 0, &about, sizeof about, NULL, 0);
}

static void do_begin(struct store *store, const struct msg *msg)
{
    (void)msg;
    store_takes_forget(store->takes);
    store_takes_tell_all(store->takes);
    loader_free(store->loader);
    for (uint32_t slot = 0; slot < CLIPMEM_SLOTS && !store->keep_media; slot++)
        if (clipmem_state_rt(store->memory, slot) != CLIPMEM_EMPTY)
            clipmem_free_slot(store->memory, slot);
    store->loader = loader_new(store->memory, told, store);
    loader_set_demand(store->loader, store->demand);
    loader_open_apart(store->loader);     /* or it opens files itself */
    loader_set_lost(store->loader, lost);
    loader_yield(store->loader, store->yielding);
    store_catalog_serve(&store->catalog, store->loader);
    spares_give(&store->spares, store->loader, spares_active());
    tell_status(store);
}

void store_handle_spares(struct store *store)
{
    spares_handle(&store->spares);
    if (store->loader && spares_give(&store->spares, store->loader, spares_active()))
        tell_status(store);
    if (store->engine < 0)
        return;                         /* one that comes will be told */
    store_notice(store, store->spares.text);
    store->spares.text[0] = '\0';
}

/* The session's folder could not be opened, or its disk has not answered yet: media are found by the whole name. */
static char *beside_session(struct store *store, const char *path)
{
    const char *slash = strrchr(store->options.session, '/');
    if (*path == '/' || !slash)
        return xstrdup(path);
    return xasprintf("%.*s/%s", (int)(slash - store->options.session), store->options.session, path);
}

static void want_file(struct store *store, uint32_t slot, int folder, const char *path)
{
    store_catalog_want(&store->catalog, slot, folder, path);
    store_measure_want(store->measure, slot, folder, path);
    loader_want(store->loader, slot, folder, path);
}

void store_want_take(struct store *store, uint32_t slot, int folder, const char *path)
{
    if (!store->loader)
        return;
    want_file(store, slot, folder, path);
    loader_first(store->loader, slot);
}

static void do_want(struct store *store, const struct msg *msg)
{
    struct msg_media_want want = {0};
    memcpy(&want, msg->payload, msg->size);
    want.path[sizeof want.path - 1] = '\0';
    if (!store->loader || want.slot >= CLIPMEM_SLOTS)
        return;
    if (store_takes_hold(store->takes, want.slot, want.path))
        return;                         /* it is being recorded: store_want_take() follows */
    char *path = store->folder < 0 ? beside_session(store, want.path) : xstrdup(want.path);
    want_file(store, want.slot, store->folder, path);
    free(path);
}

static void do_clip(struct store *store, const struct msg *msg)
{
    struct msg_media_clip clip;
    memcpy(&clip, msg->payload, sizeof clip);
    if (store->loader)
        loader_clip(store->loader, &clip);
}

static void do_played(struct store *store, const struct msg *msg)
{
    struct msg_media_played played;
    memcpy(&played, msg->payload, sizeof played);
    if (store->loader)
        loader_played(store->loader, played.clip);
}

/* The engine may use the slot for another file only after this. */
static void tell_freed(struct store *store, const struct msg *msg)
{
    struct msg_media_info info = {.state = CLIPMEM_EMPTY};
    memcpy(&info.slot, msg->payload, sizeof info.slot);
    store_tell(store, MSG_MEDIA_INFO, 0, &info, sizeof info);
}

static void do_drop(struct store *store, const struct msg *msg)
{
    struct msg_media_drop about;
    memcpy(&about, msg->payload, sizeof about);
    if (store->loader && about.slot < CLIPMEM_SLOTS) {
        store_takes_drop(store->takes, about.slot);
        store_catalog_drop(&store->catalog, about.slot);
        store_measure_drop(store->measure, about.slot);
        loader_drop(store->loader, about.slot);
    }
    tell_freed(store, msg);
}

static void do_first(struct store *store, const struct msg *msg)
{
    struct msg_media_first about;
    memcpy(&about, msg->payload, sizeof about);
    if (store->loader)
        loader_first_at(store->loader, about.slot, about.at);
}

static void do_yield(struct store *store, const struct msg *msg)
{
    struct msg_yield about;
    memcpy(&about, msg->payload, sizeof about);
    store->yielding = about.yields > STATE_YIELD_PREDICTION;
    if (store->loader)
        loader_yield(store->loader, store->yielding);
}

bool store_take_media(struct store *store, const struct msg *msg)
{
    static void (*const does[])(struct store *store, const struct msg *msg) = {
        [MSG_MEDIA_BEGIN] = do_begin, [MSG_MEDIA_WANT] = do_want, [MSG_MEDIA_CLIP] = do_clip, [MSG_MEDIA_PLAYED] = do_played,
        [MSG_MEDIA_FIRST] = do_first, [MSG_MEDIA_DROP] = do_drop, [MSG_YIELD] = do_yield};
    if (msg->type >= sizeof does / sizeof *does || !does[msg->type])
        return false;
    does[msg->type](store, msg);
    return true;
}

/* A disk with media hangs, or answers again: said once. */
static void tell_silence(struct store *store)
{
    bool silent = store->loader && loader_silent(store->loader) > 0;
    if (silent == store->silent)
        return;
    store->silent = silent;
    store_notice(store, silent ? "a disk with media does not answer: what is loaded plays on, the rest waits"
                               : "the disk with media answers again");
}

/* Gives way while the machine is short of memory: said once. */
static void look_at_memory(struct store *store)
{
    struct memory_look look;
    uint64_t now = clock_now_rt();
    if (now < store->memory_due_ns)
        return;
    store->memory_due_ns = now + CLOCK_SECOND_NS;
    memory_look(&look);
    bool is_short = memory_is_short(&look, store->short_of_memory);
    if (is_short && !store->short_of_memory)
        store_notice(store, "the machine is short of memory: media that are not played next make room");
    store->short_of_memory = is_short;
    if (store->loader && loader_give_way(store->loader, is_short))
        tell_status(store);
}

void store_watch_media(struct store *store)
{
    look_at_memory(store);
    tell_silence(store);
}
