/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A background of one's own, run to its end: see survey.h. */
#include "config.h"

#include "library/survey.h"

#include "library/background.h"
#include "library/catalog.h"
#include "library/measured.h"
#include "library/progress.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "media/media_pool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum {
    STARTS_MAX = 100,           /* workers that may come and go before one file is told */
    PIDS_MAX = 2 * BACKGROUND_WORKERS_MAX,
    STEPS = 1000,               /* of progress, a file */
};

struct crew {                   /* the workers, to be waited for */
    pid_t pid[PIDS_MAX];        /* 0: none */
    unsigned started;           /* since a file was told */
};

void survey_init(struct survey *survey)
{
    *survey = (struct survey){0};
}

void survey_clear(struct survey *survey)
{
    for (size_t i = 0; i < survey->count; i++) {
        free(survey->item[i].path);
        free(survey->item[i].absolute);
    }
    free(survey->item);
    survey_init(survey);
}

void survey_add(struct survey *survey, const char *path)
{
    for (size_t i = 0; i < survey->count; i++)
        if (!strcmp(survey->item[i].path, path))
            return;
    if (survey->count == survey->room) {
        survey->room = survey->room ? 2 * survey->room : 64;
        survey->item = xrealloc_array(survey->item, survey->room, sizeof *survey->item);
    }
    survey->item[survey->count++] = (struct survey_item){.path = xstrdup(path)};
}

static void told(void *context, const struct background_result *result)
{
    struct survey *survey = context;
    struct survey_item *item = &survey->item[result->id];
    item->absolute = xstrdup(result->path);
    item->failed = result->failed;
    item->missing = result->missing;
    item->kept = result->peaks_kept;
    item->found = *result->found;
    text_copy(item->text, sizeof item->text, result->text);
    survey->told++;
    measured_keep(survey->catalog, result);
}

static double no_load(void *context)
{
    (void)context;
    return 0;
}

static pid_t *free_place(struct crew *crew)
{
    pid_t *place = NULL;
    for (int i = 0; i < PIDS_MAX; i++) {
        if (crew->pid[i] && waitpid(crew->pid[i], NULL, WNOHANG) != 0)
            crew->pid[i] = 0;
        if (!crew->pid[i])
            place = &crew->pid[i];
    }
    return place;
}

static int hire(struct crew *crew, struct background *background, struct err *err)
{
    while (background_lacks(background) > 0) {
        int socket, staging;
        pid_t *place = free_place(crew);
        if (!place)
            return 0;           /* they are dying; their places come free */
        enum worker_kind kind = background_needs_whole(background) ? WORKER_WHOLE : WORKER_PLAIN;
        if (++crew->started > STARTS_MAX)
            return err_set(err, ERR_IO, "decoders die as soon as they are started");
        if (media_start_worker(kind, &socket, &staging, place) < 0) {
            *place = 0;
            return err_set(err, ERR_IO, "cannot start a decoder: %s", strerror(errno));
        }
        background_add_worker(background, socket, staging, *place);
    }
    return 0;
}

static void dismiss(struct crew *crew)
{
    for (int i = 0; i < PIDS_MAX; i++)
        if (crew->pid[i]) {
            kill(crew->pid[i], SIGKILL);
            waitpid(crew->pid[i], NULL, 0);
        }
}

static void show_progress(const struct survey *survey, const struct background *background, struct progress *progress)
{
    uint64_t done = (uint64_t)(((double)survey->told + background_share(background)) * STEPS);
    progress_add(progress, done > progress->done ? done - progress->done : 0);
}

static int run(struct survey *survey, struct crew *crew, struct background *background, struct progress *progress,
               struct err *err)
{
    while (background_left(background) > 0) {
        struct pollfd fds[BACKGROUND_FDS_MAX];
        size_t before = survey->told;
        int timeout_ms = 1000;
        if (hire(crew, background, err) < 0)
            return -1;
        int count = background_poll(background, fds, BACKGROUND_FDS_MAX, &timeout_ms);
        if (poll(fds, (nfds_t)count, timeout_ms) >= 0)
            background_handle(background);
        if (survey->told != before)
            crew->started = 0;
        show_progress(survey, background, progress);
    }
    return 0;
}

int survey_run(struct survey *survey, unsigned kinds, struct progress *progress, struct err *err)
{
    survey->catalog = catalog_open(NULL);
    const struct background_hooks hooks = {.told = told, .load = no_load, .context = survey, .whole_peaks = true};
    struct background *background = background_new(&hooks, NULL);
    struct crew crew = {0};
    for (size_t i = 0; i < survey->count; i++)
        background_want(background, (uint32_t)i, AT_FDCWD, survey->item[i].path, kinds);
    progress_begin(progress, "measuring", survey->count * STEPS);
    int result = run(survey, &crew, background, progress, err);
    background_free(background);
    dismiss(&crew);
    catalog_close(survey->catalog);
    survey->catalog = NULL;
    return result;
}
