/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store's background work: see store_measure.h. */
#include "config.h"

#include "process/store_measure.h"
#include "base/log.h"
#include "media/background.h"
#include "media/catalog.h"
#include "media/known.h"
#include "media/peakfile.h"
#include "platform/clock.h"
#include "platform/spawn.h"
#include "wire/msg.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { HASH_BYTES = 8 };
#define ASK_NS CLOCK_SECOND_NS          /* between two asks for a worker */

static unsigned known(void *context, const char *path, const struct catalog_stamp *stamp)
{
    static struct catalog_row row;
    const struct store_measure *about = context;
    if (!catalog_find(about->catalog, path, stamp, &row))
        return 0;
    return (row.measure.hash_bytes == HASH_BYTES ? MEASURE_HASH : 0u) | (row.measure.loud ? MEASURE_LOUDNESS : 0u);
}

static double level(double db)
{
    return db <= WORK_LEVEL_NONE ? -HUGE_VAL : db;
}

static void told(void *context, const struct background_result *result)
{
    const struct store_measure *about = context;
    const struct measures *found = result->found;
    struct catalog_measure row = {.measured_at_ns = clock_wall_ns()};
    if (result->failed)
        log_line(LOG_INFO, "%s: not measured: %s", result->path, result->text);
    if (!found->kinds)
        return;
    if (found->kinds & MEASURE_HASH) {
        row.hash_bytes = HASH_BYTES;
        for (int i = 0; i < HASH_BYTES; i++)
            row.hash[i] = (uint8_t)(found->hash >> (8 * (HASH_BYTES - 1 - i)));     /* as its digits are written */
    }
    if (found->kinds & MEASURE_LOUDNESS) {
        row.loud = true;
        row.integrated_lufs = level(found->loudness.integrated);
        row.momentary_lufs = level(found->loudness.momentary_max);
        row.true_peak_db = level(found->loudness.true_peak);
        row.range_lu = found->loudness.range;
    }
    if (result->peaks_kept)
        peakfile_name(result->path, row.peaks);
    catalog_put_measure(about->catalog, result->path, &found->stamp, &row);
}

void store_measure_open(struct store_measure *measure, struct catalog *catalog, unsigned pause_load)
{
    const struct background_hooks hooks = {.known = known, .told = told, .context = measure, .pause_load = pause_load / 100.0};
    *measure = (struct store_measure){.catalog = catalog};
    if (pause_load)
        measure->background = background_new(&hooks, NULL);
}

void store_measure_close(struct store_measure *measure)
{
    background_free(measure->background);
    measure->background = NULL;
}

/* By its whole path: the folder's descriptor may be closed before its turn comes. */
void store_measure_want(struct store_measure *measure, uint32_t slot, int folder_fd, const char *path)
{
    char folder[CATALOG_PATH_MAX], whole[CATALOG_PATH_MAX];
    if (!measure->background)
        return;
    if (media_known_folder(folder_fd, folder, sizeof folder) && media_known_path(folder, path, whole, sizeof whole))
        background_want(measure->background, slot, folder_fd, whole, measure_kinds());
    else
        background_drop(measure->background, slot);
}

void store_measure_drop(struct store_measure *measure, uint32_t slot)
{
    if (measure->background)
        background_drop(measure->background, slot);
}

void store_measure_take(struct store_measure *measure, struct msg *msg)
{
    struct msg_worker about;
    memcpy(&about, msg->payload, sizeof about);
    if (!measure->background || msg->fd[0] < 0 || msg->fd[1] < 0)
        return;
    background_add_worker(measure->background, msg->fd[0], msg->fd[1], (int)about.pid);
    msg->fd[0] = msg->fd[1] = -1;
}

int store_measure_poll(const struct store_measure *measure, struct pollfd *fds, int most, int *timeout_ms)
{
    return measure->background ? background_poll(measure->background, fds, most, timeout_ms) : 0;
}

void store_measure_handle(struct store_measure *measure, bool hold)
{
    if (!measure->background)
        return;
    background_hold(measure->background, hold);
    background_handle(measure->background);
    uint64_t now = clock_now_rt();
    if (background_lacks(measure->background) == 0 || now - measure->asked_ns < ASK_NS)
        return;
    measure->asked_ns = now;
    msg_send(SPAWN_SOCKET, MSG_WORKER_PLEASE, 0, NULL, 0, NULL, 0);
}
