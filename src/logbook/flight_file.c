/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flight recorder's files, written: see flight_file.h. */
#include "config.h"

#include "logbook/flight_file.h"
#include "logbook/flight_mark.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "platform/fd.h"
#include "platform/paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FOLDER_BYTES = 1200, PATH_BYTES = FOLDER_BYTES + 300 };

struct flight_file {
    char path[PATH_BYTES];
    int fd;
    uint64_t bytes;
};

const char *flight_kind_name(uint32_t kind)
{
    static const char *const names[FLIGHT_KINDS] = {
        [FLIGHT_BEGAN] = "began", [FLIGHT_DOCUMENT] = "document", [FLIGHT_LINE] = "line", [FLIGHT_EDIT] = "edit",
        [FLIGHT_DONE] = "done", [FLIGHT_GOES_ON] = "goes on", [FLIGHT_OWED] = "owed",
        [FLIGHT_REFUSED] = "refused", [FLIGHT_PLAY] = "play", [FLIGHT_AUDITION] = "audition", [FLIGHT_BEAT] = "beat",
        [FLIGHT_END] = "end", [FLIGHT_NOTICE] = "notice",
        [FLIGHT_DEVICE] = "device", [FLIGHT_EMERGENCY] = "emergency", [FLIGHT_DRY] = "dry",
        [FLIGHT_LOST] = "lost", [FLIGHT_VOICES] = "voices"};
    return kind < FLIGHT_KINDS && names[kind] ? names[kind] : "?";
}

/* --- a folder of them --- */

static int is_flight(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > strlen(FLIGHT_SUFFIX) && !strcmp(entry->d_name + length - strlen(FLIGHT_SUFFIX), FLIGHT_SUFFIX);
}

static void fmt_folder(char path[FOLDER_BYTES], const char *folder)
{
    snprintf(path, FOLDER_BYTES, "%.1100s/flight", folder);
}

/* Names begin with the time: alphabetical is oldest first. */
static int list(const char *folder, struct dirent ***names)
{
    int count = scandir(folder, names, is_flight, alphasort);
    return count < 0 ? 0 : count;
}

/* The number of its first record, if it is of this run; 0: it is not. */
static uint64_t number_in_run(const char *name, uint64_t run)
{
    char tag[24];
    snprintf(tag, sizeof tag, "-%016" PRIx64 "-", run);
    const char *number = strstr(name, tag);
    return number ? strtoull(number + strlen(tag), NULL, 10) : 0;
}

/* The one of this run that begins last, below a number. Return: NULL: there is none. */
static const char *newest_of_run(struct dirent *const *names, int count, uint64_t run, uint64_t below)
{
    const char *newest = NULL;
    uint64_t most = 0;
    for (int i = 0; i < count; i++) {
        uint64_t number = number_in_run(names[i]->d_name, run);
        if (number <= most || number >= below)
            continue;
        newest = names[i]->d_name;
        most = number;
    }
    return newest;
}

static void free_list(struct dirent **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

void flight_file_prune(const char *folder, uint64_t bytes)
{
    char place[FOLDER_BYTES], path[PATH_BYTES];
    struct dirent **names = NULL;
    fmt_folder(place, folder);
    int count = list(place, &names);
    uint64_t sum = 0;
    for (int i = count - 1; i >= 0; i--) {
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", place, names[i]->d_name);
        if (stat(path, &st) == 0)
            sum += (uint64_t)st.st_size;
        if (sum > bytes && i < count - 1)
            unlink(path);
    }
    free_list(names, count);
}

/* --- one of them --- */

/* Up to where its records are whole. */
static uint64_t whole_bytes(const char *path, uint64_t *last)
{
    struct err err;
    struct flight_record record;
    const char *payload;
    struct flight_tape *tape = flight_tape_open(path, &err);
    if (!tape)
        return 0;
    uint64_t bytes = FLIGHT_MARK_BYTES;
    while (flight_tape_next(tape, &record, &payload, &err) > 0) {
        bytes += flight_padded(record.size);
        *last = record.number;
    }
    flight_tape_close(tape);
    return bytes;
}

/* Return: it, positioned behind its last whole record; or NULL. */
static struct flight_file *go_on(const char *path, uint64_t *last)
{
    struct flight_file *file = xcalloc(1, sizeof *file);
    snprintf(file->path, sizeof file->path, "%s", path);
    file->bytes = whole_bytes(path, last);
    file->fd = file->bytes ? open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (file->fd >= 0 && ftruncate(file->fd, (off_t)file->bytes) == 0 &&
        lseek(file->fd, (off_t)file->bytes, SEEK_SET) == (off_t)file->bytes)
        return file;
    flight_file_close(file);
    return NULL;
}

struct flight_file *flight_file_resume(const char *folder, uint64_t run, uint64_t *last)
{
    char place[FOLDER_BYTES], path[PATH_BYTES];
    struct dirent **names = NULL;
    struct flight_file *file = NULL;
    fmt_folder(place, folder);
    int count = list(place, &names);
    const char *newest;
    uint64_t below = UINT64_MAX;
    *last = 0;
    while (!file && (newest = newest_of_run(names, count, run, below))) {
        snprintf(path, sizeof path, "%s/%s", place, newest);
        file = go_on(path, last);
        below = number_in_run(newest, run);
    }
    free_list(names, count);
    return file;
}

char *flight_file_of_run(const char *beside, uint64_t run, uint64_t below)
{
    const char *slash = strrchr(beside, '/');
    char *place = slash ? xstrndup(beside, (size_t)(slash - beside + 1)) : xstrdup("./");
    struct dirent **names = NULL;
    int count = list(place, &names);
    const char *newest = newest_of_run(names, count, run, below);
    char *path = newest ? xasprintf("%s%s", place, newest) : NULL;
    free_list(names, count);
    free(place);
    return path;
}

struct flight_file *flight_file_new(const char *folder, uint64_t run, uint64_t number, int64_t wall_ns, struct err *err)
{
    char place[FOLDER_BYTES], when[32];
    time_t seconds = (time_t)(wall_ns / 1000000000);
    struct tm utc;
    fmt_folder(place, folder);
    if (paths_make(place, err) < 0)
        return NULL;
    strftime(when, sizeof when, "%Y%m%d-%H%M%S", gmtime_r(&seconds, &utc));
    struct flight_file *file = xcalloc(1, sizeof *file);
    snprintf(file->path, sizeof file->path, "%s/%s-%016" PRIx64 "-%" PRIu64 FLIGHT_SUFFIX, place, when, run, number);
    file->fd = open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file->fd >= 0 && fd_write_all(file->fd, FLIGHT_MARK, FLIGHT_MARK_BYTES) == 0) {
        file->bytes = FLIGHT_MARK_BYTES;
        return file;
    }
    err_set(err, ERR_IO, "%s: %s", file->path, strerror(errno));
    flight_file_close(file);
    return NULL;
}

int flight_file_write(struct flight_file *file, const struct flight_record *record, const void *payload, struct err *err)
{
    static const char zeros[8];
    struct strbuf bytes = {0};
    size_t padded = flight_padded(record->size);
    strbuf_add(&bytes, record, sizeof *record);
    strbuf_add(&bytes, payload, record->size);
    strbuf_add(&bytes, zeros, padded - sizeof *record - record->size);
    int result = fd_write_all(file->fd, bytes.s, bytes.len);
    strbuf_clear(&bytes);
    if (result == 0) {
        file->bytes += padded;
        return 0;
    }
    err_set(err, ERR_IO, "%s: %s", file->path, strerror(errno));
    if (ftruncate(file->fd, (off_t)file->bytes) == 0)
        lseek(file->fd, (off_t)file->bytes, SEEK_SET);
    return -1;
}

uint64_t flight_file_bytes(const struct flight_file *file)
{
    return file->bytes;
}

bool flight_file_is_removed(const struct flight_file *file)
{
    return fd_is_removed(file->fd);
}

void flight_file_close(struct flight_file *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    free(file);
}
