/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Media of a show, one after the other: see check_media.h. */
#include "config.h"

#include "process/check_media.h"

#include "process/check_disk.h"
#include "process/memory_advice.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "library/catalog.h"
#include "library/peakfile.h"
#include "library/progress.h"
#include "library/survey.h"
#include "media/prober.h"
#include "platform/sandbox.h"
#include "show/lists.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a report of performances asks of each work (SPEC L3) and a file can say of itself. */
static const enum tag_field rights_wanted[] = {TAG_TITLE, TAG_ARTIST, TAG_COMPOSER, TAG_ISRC};
enum { RIGHTS = sizeof rights_wanted / sizeof *rights_wanted };

/* A medium that could be opened: whose clip, and how long it says it is. */
struct promise {
    char address[16];
    char *file;                         /* relative to the media folder; owned */
    int64_t frames;
};

struct checking {
    struct report *report;
    const char *session, *folder;       /* the media's, as the store names it: without links */
    struct prober prober;
    struct catalog *catalog;            /* what shows have known of these files */
    struct memory_advice *advice;
    char *largest;                      /* the medium of the most bytes, owned */
    off_t largest_bytes;
    struct survey survey;
    struct promise *promise;            /* one an item of the survey */
    int without[RIGHTS];                /* media that do not say it */
    bool shown;                         /* progress stands on the terminal */
};

static void add(struct checking *checking, enum report_level level, const char *clip, const char *media, const char *text)
{
    report_add(checking->report, level, checking->session, 0, clip, media, text);
}

/* --- what a file says --- */

static void note_size(struct checking *checking, const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0 || st.st_size <= checking->largest_bytes)
        return;
    free(checking->largest);
    checking->largest = xstrdup(path);
    checking->largest_bytes = st.st_size;
}

/* It is said until a show has it, or a check: then what is known of it is what it is now. */
static void check_changed(struct checking *checking, const char *address, const char *file, const char *path,
                          const struct probe_info *info)
{
    static struct catalog_row row;
    char text[300];
    if (!catalog_find_path(checking->catalog, path, &row) || !row.opened)
        return;
    if (row.facts.frames == info->frames && row.facts.rate == info->rate && row.facts.channels == info->channels)
        return;
    snprintf(text, sizeof text, "the file is another one than a show last had: %lld frames, %u Hz, %u channels were %lld, %u, %u; "
             "see whether its IN, OUT and markers still fit", (long long)info->frames, info->rate, info->channels,
             (long long)row.facts.frames, row.facts.rate, row.facts.channels);
    add(checking, REPORT_WARNING, address, file, text);
}

/* The first time that a file is met it is put down for decoding. */
static void note_promise(struct checking *checking, const char *address, const char *file, const char *path,
                         const struct probe_info *info, const struct media_tags *tags)
{
    struct survey *survey = &checking->survey;
    size_t before = survey->count;
    survey_add(survey, path);
    if (survey->count == before)
        return;
    checking->promise = xrealloc_array(checking->promise, survey->count, sizeof *checking->promise);
    struct promise *promise = &checking->promise[before];
    *promise = (struct promise){.file = xstrdup(file), .frames = info->frames};
    text_copy(promise->address, sizeof promise->address, address);
    check_changed(checking, address, file, path, info);
    for (int i = 0; i < RIGHTS; i++)
        checking->without[i] += !*tags_get(tags, rights_wanted[i]);
}

static void check_file(struct checking *checking, const struct show_clip *clip, const char *file)
{
    static struct media_tags tags;
    char *path = xasprintf("%s/%s", checking->folder, file);
    struct probe_info info;
    struct err err;
    char address[16], text[200];
    show_address(clip, address);
    if (prober_ask_tags(&checking->prober, path, &info, &tags, &err) < 0) {
        const char *reason = strncmp(err.text, path, strlen(path)) ? err.text : err.text + strlen(path) + 2;
        add(checking, REPORT_ERROR, address, file, reason);
    } else {
        if (info.warning[0])
            add(checking, REPORT_WARNING, address, file, info.warning);
        if (clip->in >= info.frames || clip->out > info.frames) {
            snprintf(text, sizeof text, "IN or OUT lies behind the end of the file, which has %lld frames",
                     (long long)info.frames);
            add(checking, clip->in >= info.frames ? REPORT_ERROR : REPORT_WARNING, address, file, text);
        }
        memory_advice_add(checking->advice, clip, &info);
        note_size(checking, path);
        note_promise(checking, address, file, path, &info, &tags);
    }
    free(path);
}

static void check_clip(struct checking *checking, const struct show_clip *clip)
{
    char *file[SHOW_LIST_FILES];
    int files = files_read(clip->list, file);
    check_file(checking, clip, clip->file);
    for (int i = 0; i < files; i++) {
        check_file(checking, clip, file[i]);
        free(file[i]);
    }
}

/* --- what it holds --- */

/* Frames that were decoded, now or when its peaks were made; -1: nobody knows. */
static int64_t decoded_frames(const struct survey_item *item)
{
    char folder[PATH_MAX];
    struct peakfile file;
    struct err ignored;
    if (item->found.kinds & MEASURE_PEAKS)
        return item->found.frames;
    if (peakfile_folder(folder, sizeof folder, &ignored) < 0 ||
        peakfile_read(&file, folder, item->absolute, &item->found.stamp, &ignored) < 0)
        return -1;
    int64_t frames = file.frames;
    peakfile_clear(&file);
    return frames;
}

static void check_promise(struct checking *checking, const struct promise *promise, const struct survey_item *item)
{
    char text[300];
    if (!item->absolute)
        return;
    int64_t frames = item->failed || item->missing ? 0 : decoded_frames(item);
    if (item->failed || item->missing)
        snprintf(text, sizeof text, "it does not decode to its end: %s", item->text);
    else
        snprintf(text, sizeof text, "its sound ends after %lld of %lld frames: it plays that far; take a whole copy",
                 (long long)frames, (long long)promise->frames);
    if (item->failed || item->missing || (frames >= 0 && frames < promise->frames))
        add(checking, item->failed || item->missing ? REPORT_ERROR : REPORT_WARNING, promise->address, promise->file, text);
}

static void tell(void *context, const char *text)
{
    struct checking *checking = context;
    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r%s\033[K", text);
    checking->shown = true;
}

static void check_decoding(struct checking *checking)
{
    struct progress progress = {.told = tell, .context = checking};
    struct err err;
    if (!checking->survey.count)
        return;
    int result = survey_run(&checking->survey, MEASURE_PEAKS, &progress, &err);
    if (checking->shown)
        fputs("\r\033[K", stderr);
    if (result < 0)
        add(checking, REPORT_WARNING, "", "", err.text);
    for (size_t i = 0; i < checking->survey.count; i++)
        check_promise(checking, &checking->promise[i], &checking->survey.item[i]);
}

/* A show whose media name nobody is not one that rights are reported of; where some do, it is said who does not. */
static void check_rights(struct checking *checking)
{
    struct strbuf text = {0}, *more = &checking->report->more;
    int media = (int)checking->survey.count;
    bool some = false, all = true;
    strbuf_addf(more, ",\"rights\":{\"media\":%d,\"without\":{", media);
    strbuf_addf(&text, "rights fields: of %d media", media);
    for (int i = 0; i < RIGHTS; i++) {
        const char *name = tags_name(rights_wanted[i]);
        int without = checking->without[i];
        strbuf_addf(more, "%s\"%s\":%d", i ? "," : "", name, without);
        strbuf_addf(&text, "%s %d have no %s", i ? "," : "", without, name);
        some = some || (without < media && rights_wanted[i] != TAG_TITLE);
        all = all && !without;
    }
    strbuf_adds(more, "}}");
    if (some && !all)
        report_note(checking->report, text.s);
    strbuf_clear(&text);
}

static void check_all(struct checking *checking, const struct show *show)
{
    prober_init(&checking->prober);
    checking->catalog = catalog_open(NULL);
    for (int slot = 0; slot < show_slots(show); slot++)
        if (show_clip(show, slot))
            check_clip(checking, show_clip(show, slot));
    if (checking->prober.lacks) {
        char text[SANDBOX_TEXT];
        sandbox_describe(checking->prober.lacks, text, sizeof text);
        add(checking, REPORT_WARNING, "", "", text);
    }
    prober_clear(&checking->prober);
    catalog_close(checking->catalog);
    check_decoding(checking);
}

void check_media(const char *session, const struct show *show, uint64_t budget, struct report *report)
{
    struct checking checking = {.report = report, .session = session, .advice = memory_advice_new()};
    const char *media = show_head(show)->media;
    char *copy = xstrdup(session), *folder = xasprintf("%s/%s", dirname(copy), media && *media ? media : "media"),
         *real = realpath(folder, NULL);
    checking.folder = real ? real : folder;
    survey_init(&checking.survey);
    check_all(&checking, show);
    if (checking.largest)
        check_disk_speed(session, checking.largest, report);
    check_rights(&checking);
    memory_advice_report(checking.advice, budget, session, report);
    memory_advice_free(checking.advice);
    for (size_t i = 0; i < checking.survey.count; i++)
        free(checking.promise[i].file);
    free(checking.promise);
    survey_clear(&checking.survey);
    free(checking.largest);
    free(real);
    free(folder);
    free(copy);
}
