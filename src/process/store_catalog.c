/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Catalogue and watch in the store: see store_catalog.h. */
#include "config.h"

#include "process/store_catalog.h"
#include "base/log.h"
#include "clipmem/clipmem.h"
#include "library/catalog.h"
#include "library/watch.h"
#include "media/loader.h"
#include "platform/clock.h"
#include "wire/msg.h"

#include <errno.h>
#include <string.h>

enum { NEWS_AT_ONCE = 256, NEWS_PAUSE_MS = 100 };

/* --- for the loader --- */

static bool find(void *context, const char *path, const struct stat *st, struct work_opened *facts)
{
    struct store_catalog *about = context;
    if (!about->known.find(about->known.context, path, st, facts))
        return false;
    if (about->watch)
        watch_loaded(about->watch, path, st);
    return true;
}

static void learned(void *context, const char *path, const struct stat *st, const struct work_opened *facts)
{
    struct store_catalog *about = context;
    about->known.learned(about->known.context, path, st, facts);
    if (about->watch)
        watch_loaded(about->watch, path, st);
}

void store_catalog_serve(struct store_catalog *about, struct loader *loader)
{
    struct media_known known = {.find = find, .learned = learned, .context = about};
    loader_set_known(loader, &known);
}

/* --- for the store --- */

void store_catalog_open(struct store_catalog *about)
{
    *about = (struct store_catalog){.catalog = catalog_open(NULL)};
    catalog_known(about->catalog, &about->known);
    about->watch = watch_new(CLIPMEM_SLOTS, WATCH_POLL_MS, false);
    if (!about->watch)
        log_line(LOG_WARN, "media files are not watched: %s", strerror(errno));
}

void store_catalog_close(struct store_catalog *about)
{
    watch_free(about->watch);
    catalog_close(about->catalog);
    *about = (struct store_catalog){.catalog = NULL};
}

void store_catalog_want(struct store_catalog *about, uint32_t slot, int folder_fd, const char *path)
{
    char folder[CATALOG_PATH_MAX], whole[CATALOG_PATH_MAX];
    if (!about->watch)
        return;
    if (media_known_folder(folder_fd, folder, sizeof folder) && media_known_path(folder, path, whole, sizeof whole))
        watch_follow(about->watch, slot, whole);
    else
        watch_forget(about->watch, slot);
}

void store_catalog_drop(struct store_catalog *about, uint32_t slot)
{
    if (about->watch)
        watch_forget(about->watch, slot);
}

void store_catalog_told(struct store_catalog *about, const struct media_info *info)
{
    if (about->watch && info->state == MEDIA_MISSING)
        watch_missing(about->watch, info->slot);
}

void store_catalog_count(const struct store_catalog *about, uint64_t *opened, uint64_t *from_catalogue)
{
    *opened = catalog_learned(about->catalog);
    *from_catalogue = catalog_found(about->catalog);
}

/* --- the loop --- */

static uint64_t pause_ns(const struct store_catalog *about)
{
    uint64_t now = clock_now_rt();
    return about->pass_ns > now ? about->pass_ns - now : 0;
}

int store_catalog_poll(const struct store_catalog *about, struct pollfd *fds, int *timeout_ms)
{
    if (!about->watch)
        return 0;
    uint64_t pause = pause_ns(about);
    if (!pause) {
        fds[0] = (struct pollfd){.fd = watch_fd(about->watch), .events = POLLIN};
        return 1;
    }
    int pause_ms = (int)(pause / (CLOCK_SECOND_NS / 1000)) + 1;
    if (*timeout_ms < 0 || pause_ms < *timeout_ms)
        *timeout_ms = pause_ms;
    return 0;
}

static void pass_news(struct store_catalog *about, int engine)
{
    static const uint32_t words[] = {[WATCH_ARRIVED] = MSG_FILE_ARRIVED, [WATCH_CHANGED] = MSG_FILE_CHANGED,
                                     [WATCH_VANISHED] = MSG_FILE_VANISHED};
    struct watch_news news;
    int count = 0;
    while (count < NEWS_AT_ONCE && watch_take(about->watch, &news)) {
        struct msg_media_changed changed = {.slot = news.slot, .what = words[news.what]};
        msg_send(engine, MSG_MEDIA_CHANGED, 0, &changed, sizeof changed, NULL, 0);
        count++;
    }
    if (count == NEWS_AT_ONCE)
        about->pass_ns = clock_now_rt() + NEWS_PAUSE_MS * (CLOCK_SECOND_NS / 1000);
}

void store_catalog_handle(struct store_catalog *about, int engine)
{
    if (!about->text[0])
        catalog_tend(about->catalog, about->text, sizeof about->text);
    if (engine < 0)
        return;                     /* one that comes wants everything anew, and is told then */
    if (about->text[0])
        msg_send_text(engine, MSG_NOTICE, 0, about->text);
    about->text[0] = '\0';
    if (about->watch && !pause_ns(about))
        pass_news(about, engine);
}
