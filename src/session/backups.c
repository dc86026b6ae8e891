/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Backups of a session: see backups.h. All that is told of one stands in its name,
 *     20261122T201503.042Z.saved.HASH.CLIPS.ADDED.GONE.CHANGED.orp
 * so that a list opens no file, and names in order are in the order of time.
 */
#include "config.h"

#include "session/backups.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "base/xxh64.h"
#include "platform/clock.h"
#include "platform/paths.h"
#include "session/session.h"
#include "session/textfile.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FOLDER_BYTES = 1100, LIST_MAX = 4096, QUARTER_MS = 900 * 1000, DAY_MS = 24 * 3600 * 1000 };

static const char *const kind_words[] = {"saved", "found", "unsaved", "older"};

/* --- names --- */

static int folder_of(const char *session, char *folder, size_t size, struct err *err)
{
    char state[1000];
    if (paths_state(state, sizeof state, err) < 0)
        return -1;
    snprintf(folder, size, "%s/backups", state);
    mkdir(folder, 0700);
    snprintf(folder, size, "%s/backups/%016" PRIx64, state, xxh64_of(session, strlen(session), 0));
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return err_set(err, ERR_IO, "%s: cannot be made: %s", folder, strerror(errno));
    return 0;
}

static void fmt_name(struct backup *backup)
{
    time_t seconds = (time_t)(backup->wall_ms / 1000);
    struct tm utc;
    char when[32];
    gmtime_r(&seconds, &utc);
    strftime(when, sizeof when, "%Y%m%dT%H%M%S", &utc);
    snprintf(backup->name, sizeof backup->name, "%s.%03uZ.%s.%016" PRIx64 ".%d.%d.%d.%d.orp", when,
             (unsigned)(backup->wall_ms % 1000), kind_words[backup->kind], backup->hash, backup->clips, backup->added, backup->gone,
             backup->changed);
}

static bool parse_name(const char *name, struct backup *backup)
{
    struct tm utc = {0};
    int ms, used = 0;
    char kind[16];
    *backup = (struct backup){0};
    if (strlen(name) >= sizeof backup->name ||
        sscanf(name, "%4d%2d%2dT%2d%2d%2d.%3dZ.%15[a-z].%16" SCNx64 ".%9d.%9d.%9d.%9d.orp%n", &utc.tm_year, &utc.tm_mon, &utc.tm_mday,
               &utc.tm_hour, &utc.tm_min, &utc.tm_sec, &ms, kind, &backup->hash, &backup->clips, &backup->added, &backup->gone,
               &backup->changed, &used) != 13 || !used || name[used])
        return false;
    int found = -1;
    for (int i = 0; i < (int)(sizeof kind_words / sizeof *kind_words); i++)
        if (!strcmp(kind, kind_words[i]))
            found = i;
    utc.tm_year -= 1900;
    utc.tm_mon -= 1;
    backup->wall_ms = (int64_t)timegm(&utc) * 1000 + ms;
    backup->kind = (enum backup_kind)found;
    text_copy(backup->name, sizeof backup->name, name);
    return found >= 0;
}

/* --- which are kept --- */

void backups_choose(const struct backup *list, int count, bool *keep)
{
    bool weekday[BACKUPS_WEEKDAYS] = {false};
    int64_t quarter = -1;
    int older = 0;
    for (int i = 0; i < count; i++) {
        int64_t age_ms = list[0].wall_ms - list[i].wall_ms, its = list[i].wall_ms / QUARTER_MS;
        unsigned day = (unsigned)(((uint64_t)list[i].wall_ms / DAY_MS) % BACKUPS_WEEKDAYS);
        keep[i] = i < BACKUPS_NEWEST || (age_ms < DAY_MS && its != quarter) || !weekday[day];
        keep[i] = keep[i] || (list[i].kind == BACKUP_OLDER && older++ < BACKUPS_OLDER);
        weekday[day] = true;
        quarter = its;
    }
}

static int later_first(const void *a, const void *b)
{
    return -strcmp(((const struct backup *)a)->name, ((const struct backup *)b)->name);
}

/* All there are, the newest first. Return: how many; *list is the caller's. -1 with err. */
static int read_folder(const char *folder, struct backup **list, struct err *err)
{
    DIR *dir = opendir(folder);
    int count = 0;
    if (!dir)
        return err_set(err, ERR_IO, "%s: cannot be read: %s", folder, strerror(errno));
    *list = xcalloc(LIST_MAX, sizeof **list);
    for (struct dirent *entry; (entry = readdir(dir)) && count < LIST_MAX;)
        count += parse_name(entry->d_name, &(*list)[count]);
    closedir(dir);
    qsort(*list, (size_t)count, sizeof **list, later_first);
    return count;
}

static void prune(const char *folder)
{
    struct backup *list;
    struct err ignored;
    int count = read_folder(folder, &list, &ignored);
    if (count < 0)
        return;
    bool *keep = xcalloc((size_t)count + 1, sizeof *keep);
    backups_choose(list, count, keep);
    for (int i = 0; i < count; i++) {
        char *path = xasprintf("%s/%s", folder, list[i].name);
        if (!keep[i])
            unlink(path);
        free(path);
    }
    free(keep);
    free(list);
}

/* --- adding --- */

static void compare(struct backup *backup, const struct show *show, const struct show *before)
{
    backup->clips = show_clips(show);
    for (int slot = 0; slot < show_slots(show); slot++) {
        const struct show_clip *clip = show_clip(show, slot);
        if (!clip)
            continue;
        int old = before ? show_slot_by_id(before, clip->id) : -1;
        if (old < 0)
            backup->added++;
        else
            backup->changed += !show_clip_same(clip, show_clip(before, old));
    }
    if (before)
        backup->gone = show_clips(before) - (backup->clips - backup->added);
}

static struct show *load(const char *folder, const struct backup *backup, struct err *err)
{
    char *path = xasprintf("%s/%s", folder, backup->name);
    struct show *show = session_load(path, NULL, err);
    free(path);
    return show;
}

static int put(const char *folder, const struct backup *backup, const struct strbuf *text, struct err *err)
{
    char *path = xasprintf("%s/%s", folder, backup->name);
    int result = textfile_keep(path, text->s ? text->s : "", text->len, err);
    free(path);
    return result;
}

int backups_add(const char *session, enum backup_kind kind, const struct strbuf *text, const struct show *show, struct err *err)
{
    char folder[FOLDER_BYTES];
    struct backup *list, backup = {.kind = kind, .wall_ms = (int64_t)(clock_wall_ns() / 1000000),
                                   .hash = xxh64_of(text->s ? text->s : "", text->len, 0)};
    struct err ignored;
    if (folder_of(session, folder, sizeof folder, err) < 0)
        return -1;
    int count = read_folder(folder, &list, err), result = 0;
    if (count < 0)
        return -1;
    if (!count || list[0].hash != backup.hash) {
        struct show *before = count ? load(folder, &list[0], &ignored) : NULL;
        if (count && backup.wall_ms <= list[0].wall_ms)
            backup.wall_ms = list[0].wall_ms + 1;       /* in order also when the clock was set back */
        compare(&backup, show, before);
        show_free(before);
        fmt_name(&backup);
        result = put(folder, &backup, text, err);
        prune(folder);
    }
    free(list);
    return result;
}

int backups_add_file(const char *session, struct err *err)
{
    struct strbuf text = {0};
    struct err ignored, why;
    int result = textfile_read(session, "show", SESSION_BYTES_MAX, &text, &why);
    if (result < 0)
        result = why.code == ERR_IO ? err_set(err, ERR_IO, "%s", why.text) : 0;
    else if (text.s) {
        struct session_info info;
        struct show *show = session_parse(text.s, text.len, session, &info, &ignored);
        if (show)
            result = backups_add(session, info.age == SESSION_OLDER ? BACKUP_OLDER : BACKUP_FOUND, &text, show, err);
        show_free(show);
    }
    strbuf_clear(&text);
    return result;
}

/* --- reading --- */

int backups_list(const char *session, struct backup list[BACKUPS_MAX], struct err *err)
{
    char folder[FOLDER_BYTES];
    struct backup *all;
    if (folder_of(session, folder, sizeof folder, err) < 0)
        return -1;
    int count = read_folder(folder, &all, err);
    if (count < 0)
        return -1;
    count = count < BACKUPS_MAX ? count : BACKUPS_MAX;
    memcpy(list, all, (size_t)count * sizeof *list);
    free(all);
    return count;
}

struct show *backups_load(const char *session, const struct backup *backup, struct err *err)
{
    char folder[FOLDER_BYTES];
    return folder_of(session, folder, sizeof folder, err) < 0 ? NULL : load(folder, backup, err);
}

static void add_count(struct strbuf *out, int count, const char *word, const char **before)
{
    if (!count)
        return;
    strbuf_addf(out, "%s%d %s", *before, count, word);
    *before = ", ";
}

void backups_fmt(const struct backup *backup, struct strbuf *out)
{
    static const char *const what[] = {"saved", "found in the file", "not saved", "of an earlier format"};
    time_t seconds = (time_t)(backup->wall_ms / 1000);
    const char *before = ": ";
    struct tm local;
    char when[40];
    localtime_r(&seconds, &local);
    strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &local);
    strbuf_addf(out, "%s  %s, %d clip%s", when, what[backup->kind], backup->clips, backup->clips == 1 ? "" : "s");
    add_count(out, backup->added, "new", &before);
    add_count(out, backup->gone, "gone", &before);
    add_count(out, backup->changed, "changed", &before);
}

void backups_fmt_list(const struct backup *list, int count, struct strbuf *out)
{
    for (int i = 0; i < count; i++) {
        strbuf_addf(out, "%s%3d  ", i ? "\n" : "", i + 1);
        backups_fmt(&list[i], out);
    }
    if (!count)
        strbuf_adds(out, "no backups");
}
