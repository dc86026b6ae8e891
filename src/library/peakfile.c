/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peaks in files, see peakfile.h. Level 0 goes out as it comes; the levels above it, a fifteenth of
 * it together, are kept until the end. What is read is first held to the size that its head speaks
 * of, so that no number in a file makes us take more memory than the file has bytes.
 */
#include "config.h"

#include "library/peakfile.h"

#include "library/catalog_row.h"
#include "base/xalloc.h"
#include "base/xxh64.h"
#include "platform/fd.h"
#include "platform/paths.h"
#include "wire/work.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LAYOUT = 1, PATH_SEED = 1, BYTES_MAX = 1 << 30, USED_S = 86400 /* between two marks that they are used */ };
#define MAGIC UINT64_C(0x534b414550474c43)      /* "CLGPEAKS", and shows the byte order */

struct head {
    uint64_t magic;
    uint32_t version, bin_frames, reduce, levels;
    uint32_t rate, channels;
    int64_t frames;
    int64_t size, mtime_ns, ctime_ns;           /* of the medium */
    uint64_t path;                              /* hash of its path, by another seed than the name's */
    uint64_t body;                              /* hash of all that follows the head */
    uint64_t reserved[5];                       /* 0 */
    uint64_t self;                              /* hash of the head up to here */
};
_Static_assert(sizeof(struct head) == 128, "the head has no holes");
_Static_assert(sizeof(struct peak) == 6, "nor have the bins");

struct level {                                  /* above 0, while it is made */
    struct peak pending[PEAKS_REDUCE * PEAKS_CHANNELS_MAX];
    size_t pending_bins;
    struct peak *made;
    size_t bins, room;                          /* of one channel */
};

struct peakfile_writer {
    int fd;                                     /* of the file beside, locked */
    bool failed;
    int why;                                    /* errno of the first failure */
    char path[PATH_MAX], beside[PATH_MAX];
    struct head head;
    struct xxh64 body;
    size_t bins;                                /* of level 0, of one channel */
    struct level level[PEAKS_LEVELS];           /* [0] is not used */
};

int peakfile_folder(char *folder, size_t size, struct err *err)
{
    char cache[PATH_MAX];
    if (paths_cache(cache, sizeof cache, err) < 0)
        return -1;
    if (snprintf(folder, size, "%s/peaks", cache) >= (int)size)
        return err_set(err, ERR_RANGE, "%.60s...: a path longer than %zu bytes", cache, size - 1);
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return err_set(err, ERR_IO, "%s: cannot be made: %s", folder, strerror(errno));
    return 0;
}

void peakfile_name(const char *path, char name[PEAKFILE_NAME_MAX])
{
    snprintf(name, PEAKFILE_NAME_MAX, "%016llx.peaks", (unsigned long long)xxh64_of(path, strlen(path), 0));
}

static struct head make_head(const char *path, const struct catalog_stamp *stamp, uint32_t rate, uint32_t channels,
                             int64_t frames)
{
    return (struct head){.magic = MAGIC, .version = LAYOUT, .bin_frames = PEAKS_BIN_FRAMES, .reduce = PEAKS_REDUCE,
                         .levels = PEAKS_LEVELS, .rate = rate, .channels = channels, .frames = frames, .size = stamp->size,
                         .mtime_ns = stamp->mtime_ns, .ctime_ns = stamp->ctime_ns,
                         .path = xxh64_of(path, strlen(path), PATH_SEED)};
}

static uint64_t head_hash(const struct head *head)
{
    return xxh64_of(head, offsetof(struct head, self), 0);
}

static bool place(char path[PATH_MAX], const char *folder, const char *before, const char *medium, const char *after)
{
    char name[PEAKFILE_NAME_MAX];
    peakfile_name(medium, name);
    return snprintf(path, PATH_MAX, "%s/%s%s%s", folder, before, name, after) < PATH_MAX;
}

/* --- reading --- */

static uint64_t body_bytes(const struct head *head)
{
    int64_t bins = 0;
    for (unsigned level = 0; level < PEAKS_LEVELS; level++)
        bins += peaks_bins(head->frames, level);
    return (uint64_t)bins * head->channels * sizeof(struct peak);
}

static bool head_sound(const struct head *head, const char *path, const struct catalog_stamp *stamp)
{
    if (head->self != head_hash(head) || head->frames < 1 || head->frames > WORK_FRAMES_MAX || head->channels < 1 ||
        head->channels > PEAKS_CHANNELS_MAX || head->rate < WORK_RATE_MIN || head->rate > WORK_RATE_MAX)
        return false;
    struct head want = make_head(path, stamp, head->rate, head->channels, head->frames);
    want.body = head->body;
    want.self = head_hash(&want);
    return !memcmp(&want, head, sizeof want);
}

/* Return: a descriptor behind the head, or -1. */
static int open_kept(struct head *head, const char *folder, const char *path, const struct catalog_stamp *stamp)
{
    char name[PATH_MAX];
    struct stat st;
    int fd = place(name, folder, "", path, "") ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY) : -1;
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read(fd, head, sizeof *head) == (ssize_t)sizeof *head &&
        head_sound(head, path, stamp) && st.st_size <= BYTES_MAX && (uint64_t)st.st_size == sizeof *head + body_bytes(head)) {
        if (time(NULL) - st.st_mtim.tv_sec > USED_S)
            futimens(fd, NULL);         /* they are used: peaktidy.h */
        return fd;
    }
    close(fd);
    return -1;
}

bool peakfile_kept(const char *folder, const char *path, const struct catalog_stamp *stamp)
{
    struct head head;
    int fd = open_kept(&head, folder, path, stamp);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool read_whole(int fd, void *to, size_t bytes)
{
    ssize_t got;
    for (char *at = to; bytes > 0; at += got, bytes -= (size_t)got)
        if ((got = read(fd, at, bytes)) <= 0)
            return false;
    return true;
}

static bool bins_sound(const struct peak *bins, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bins[i].low > bins[i].high || bins[i].rms > PEAKS_FULL)
            return false;
    return true;
}

int peakfile_read(struct peakfile *file, const char *folder, const char *path, const struct catalog_stamp *stamp, struct err *err)
{
    struct head head;
    int fd = open_kept(&head, folder, path, stamp);
    if (fd < 0)
        return err_set(err, ERR_UNKNOWN, "%s: no peaks are kept of it as it is now", path);
    size_t bytes = (size_t)body_bytes(&head);
    struct peak *bins = xmalloc(bytes);
    bool sound = read_whole(fd, bins, bytes) && xxh64_of(bins, bytes, 0) == head.body && bins_sound(bins, bytes / sizeof *bins);
    close(fd);
    if (!sound) {
        free(bins);
        return err_set(err, ERR_IO, "%s: the peaks that were kept of it are damaged", path);
    }
    *file = (struct peakfile){.rate = head.rate, .channels = head.channels, .frames = head.frames, .memory = bins};
    for (unsigned level = 0; level < PEAKS_LEVELS; level++) {
        file->bins[level] = peaks_bins(head.frames, level);
        file->level[level] = bins;
        bins += file->bins[level] * head.channels;
    }
    return 0;
}

void peakfile_clear(struct peakfile *file)
{
    free(file->memory);
    *file = (struct peakfile){0};
}

/* --- writing --- */

static void put(struct peakfile_writer *writer, const void *bytes, size_t count)
{
    xxh64_add(&writer->body, bytes, count);
    for (const char *at = bytes; count > 0 && !writer->failed;) {
        ssize_t wrote = write(writer->fd, at, count);
        if (wrote < 0) {
            writer->failed = true;
            writer->why = errno;
            return;
        }
        at += wrote;
        count -= (size_t)wrote;
    }
}

struct peakfile_writer *peakfile_begin(const char *folder, const char *path, const struct catalog_stamp *stamp, uint32_t rate,
                                       uint32_t channels, struct err *err)
{
    struct peakfile_writer *writer = xcalloc(1, sizeof *writer);
    writer->head = make_head(path, stamp, rate, channels, 0);
    writer->fd = -1;
    errno = ENAMETOOLONG;
    if (place(writer->path, folder, "", path, "") && place(writer->beside, folder, ".", path, ".making"))
        writer->fd = fd_open_beside(writer->beside, 0600);
    if (writer->fd < 0) {
        err_set(err, errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO, "%s: cannot be written: %s", writer->path, strerror(errno));
        free(writer);
        return NULL;
    }
    xxh64_init(&writer->body, 0);
    struct head nothing = {0};          /* its place; the true one comes when all else is there */
    put(writer, &nothing, sizeof nothing);
    xxh64_init(&writer->body, 0);
    return writer;
}

static void level_add(struct peakfile_writer *writer, unsigned index, const struct peak *bin);

static void level_flush(struct peakfile_writer *writer, unsigned index)
{
    struct level *level = &writer->level[index];
    size_t channels = writer->head.channels;
    if (level->pending_bins == 0)
        return;
    if (level->bins == level->room) {
        level->room = level->room ? 2 * level->room : 64;
        level->made = xrealloc_array(level->made, level->room * channels, sizeof *level->made);
    }
    struct peak *made = level->made + level->bins++ * channels;
    peaks_reduce(made, level->pending, (unsigned)channels, level->pending_bins);
    level->pending_bins = 0;
    if (index + 1 < PEAKS_LEVELS)
        level_add(writer, index + 1, made);
}

/* A bin of each channel of the level below. */
static void level_add(struct peakfile_writer *writer, unsigned index, const struct peak *bin)
{
    struct level *level = &writer->level[index];
    size_t channels = writer->head.channels;
    memcpy(level->pending + level->pending_bins++ * channels, bin, channels * sizeof *bin);
    if (level->pending_bins == PEAKS_REDUCE)
        level_flush(writer, index);
}

void peakfile_add(struct peakfile_writer *writer, const struct peak *peaks, size_t bins)
{
    size_t channels = writer->head.channels;
    put(writer, peaks, bins * channels * sizeof *peaks);
    writer->bins += bins;
    for (size_t i = 0; i < bins; i++)
        level_add(writer, 1, peaks + i * channels);
}

static void put_levels(struct peakfile_writer *writer)
{
    for (unsigned i = 1; i < PEAKS_LEVELS; i++) {
        level_flush(writer, i);
        put(writer, writer->level[i].made, writer->level[i].bins * writer->head.channels * sizeof *writer->level[i].made);
    }
}

static bool put_head(struct peakfile_writer *writer, int64_t frames)
{
    struct head *head = &writer->head;
    head->frames = frames;
    head->body = xxh64_digest(&writer->body);
    head->self = head_hash(head);
    return pwrite(writer->fd, head, sizeof *head, 0) == (ssize_t)sizeof *head;
}

static void writer_free(struct peakfile_writer *writer)
{
    close(writer->fd);
    for (unsigned i = 1; i < PEAKS_LEVELS; i++)
        free(writer->level[i].made);
    free(writer);
}

void peakfile_abandon(struct peakfile_writer *writer)
{
    if (!writer)
        return;
    unlink(writer->beside);
    writer_free(writer);
}

/* No sync: after a power cut the hashes tell, and it is made again. */
int peakfile_finish(struct peakfile_writer *writer, int64_t frames, struct err *err)
{
    put_levels(writer);
    errno = EIO;                        /* what it is if the bins are not those of so many frames */
    if (!writer->failed && ((int64_t)writer->bins != peaks_bins(frames, 0) || !put_head(writer, frames) ||
                            rename(writer->beside, writer->path) < 0)) {
        writer->failed = true;
        writer->why = errno;
    }
    if (writer->failed) {
        err_set(err, ERR_IO, "%s: cannot be written: %s", writer->path, strerror(writer->why));
        peakfile_abandon(writer);
        return -1;
    }
    writer_free(writer);
    return 0;
}
