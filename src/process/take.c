/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recording's thread: see take.h. The frames of a take are those of the past from `first` on, so
 * that its place in the file is known whatever happened to store or disk meanwhile: a store that
 * goes on with a take of its predecessor finds in the past all that is not in the file yet.
 */
#include "config.h"

#include "process/take.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "engine/recording.h"
#include "platform/clock.h"
#include "platform/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK_FRAMES = 4096, LOOK_MS = 50, NAMES_MAX = 99, FINISH_MS = 1500 };
#define UPDATE_NS (CLOCK_SECOND_NS / 4)
#define SYNC_NS CLOCK_SECOND_NS

struct take {
    const struct inputs *inputs;
    struct msg_record order;            /* constant */
    int folder, wake;
    int hurry;                          /* eventfd: the thread looks at once */
    struct thread thread;
    pthread_mutex_t lock;               /* for all down to left_behind */
    struct msg_take news;
    bool fresh;                         /* news that were not taken */
    uint64_t end;                       /* frame of the past; UINT64_MAX: not known */
    bool ended;                         /* the thread touches nothing any more */
    bool left_behind;                   /* nobody waits for the thread: it frees */
    /* its thread */
    struct recording recording;
    uint64_t at;                        /* frame of the past, the next to write */
    uint64_t lost;
    uint64_t updated_ns, synced_ns;
    float samples[CHUNK_FRAMES * 2];
};

static void free_all(struct take *take)
{
    if (take->folder >= 0)
        close(take->folder);
    close(take->hurry);
    pthread_mutex_destroy(&take->lock);
    free(take);
}

/* --- its thread --- */

static void tell(struct take *take, uint32_t state, const char *text)
{
    const uint64_t one = 1;
    pthread_mutex_lock(&take->lock);
    take->news.state = state;
    take->news.frames = take->recording.frames;
    take->news.lost = take->lost;
    text_copy(take->news.text, sizeof take->news.text, text);
    take->fresh = true;
    pthread_mutex_unlock(&take->lock);
    if (write(take->wake, &one, sizeof one) < 0)
        errno = 0;                      /* it is full: main wakes anyhow */
}

/* A free name of the media folder: take-20261122-201407-a.wav, then -2 and so on. Return: its descriptor, or -1 with errno. */
static int make_file(int media, unsigned input, char *name, size_t size)
{
    time_t now = (time_t)(clock_wall_ns() / (int64_t)CLOCK_SECOND_NS);
    struct tm local;
    char when[32];
    int fd = -1;
    strftime(when, sizeof when, "%Y%m%d-%H%M%S", localtime_r(&now, &local));
    for (int i = 1; i <= NAMES_MAX && (fd < 0 && (i == 1 || errno == EEXIST)); i++) {
        char number[8] = "";
        if (i > 1)
            snprintf(number, sizeof number, "-%d", i);
        snprintf(name, size, "take-%s-%c%s.wav", when, 'a' + (int)input, number);
        fd = openat(media, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    }
    return fd;
}

/* Return: the descriptor of a new file, or -1 with errno. A media folder that is not there yet is made. */
static int create(struct take *take)
{
    const char *folder = take->order.folder;
    char name[64], path[sizeof take->news.path];
    int media = openat(take->folder, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (media < 0 && errno == ENOENT && mkdirat(take->folder, folder, 0777) == 0)
        media = openat(take->folder, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (media < 0)
        return -1;
    int fd = make_file(media, take->order.input, name, sizeof name);
    int error = errno;
    close(media);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    pthread_mutex_lock(&take->lock);
    text_copy(take->news.path, sizeof take->news.path, path);
    pthread_mutex_unlock(&take->lock);
    errno = error;
    return fd;
}

static bool too_full(const struct take *take)
{
    struct statvfs disk;
    if (fstatvfs(take->recording.fd, &disk) < 0)
        return false;
    uint64_t part = (uint64_t)disk.f_blocks * disk.f_frsize / TAKE_RESERVE_PART;
    uint64_t reserve = part < TAKE_RESERVE_BYTES ? part : TAKE_RESERVE_BYTES;
    return (uint64_t)disk.f_bavail * disk.f_frsize < reserve;
}

static const char *words_of(int error)
{
    return error == ENOSPC || error == EDQUOT ? "the disk is full"
         : error == EBADF ? "the session's folder could not be opened" : strerror(error);
}

static bool open_file(struct take *take)
{
    char text[sizeof take->news.text];
    bool again = take->order.path[0];
    int fd = again ? openat(take->folder, take->order.path, O_RDWR | O_NOFOLLOW | O_CLOEXEC) : create(take);
    bool fine = fd >= 0 && recording_take(&take->recording, fd, take->order.rate, 2, again) == 0;
    int error = errno;
    if (fine && !again && too_full(take)) {
        recording_close(&take->recording);
        error = ENOSPC;
        fine = false;
    }
    if (!fine) {
        if (fd >= 0 && !again)
            unlinkat(take->folder, take->news.path, 0);         /* nothing was taken yet */
        snprintf(text, sizeof text, "%.200s: %s", take->order.folder, words_of(error));
        tell(take, MSG_TAKE_FAILED, text);
        return false;
    }
    take->at = take->order.first + take->recording.frames;
    tell(take, MSG_TAKE_RUNNING, "");
    return true;
}

/* What the past does not have any more stays a hole in the file. */
static void skip_lost(struct take *take, uint64_t end)
{
    uint64_t oldest = inputs_oldest(take->inputs);
    uint64_t to = oldest < take->at ? take->at + CHUNK_FRAMES : oldest;
    to = to < end ? to : end;
    take->lost += to - take->at;
    take->at = to;
}

/* Writes what there is before `end`. Return: 0, or an errno. */
static int write_pending(struct take *take, uint64_t end)
{
    while (take->at < end) {
        uint32_t count = end - take->at < CHUNK_FRAMES ? (uint32_t)(end - take->at) : CHUNK_FRAMES;
        if (!inputs_read(take->inputs, take->order.input, take->at, take->samples, count)) {
            skip_lost(take, end);
            continue;
        }
        if (too_full(take))
            return ENOSPC;
        if (recording_write(&take->recording, take->at - take->order.first, take->samples, count) < 0)
            return errno;
        take->at += count;
    }
    return 0;
}

/* The head, and now and then the disk itself. Return: 0, or an errno. */
static int keep_right(struct take *take)
{
    uint64_t now = clock_now_rt();
    if (now < take->updated_ns + UPDATE_NS)
        return 0;
    take->updated_ns = now;
    if (recording_update(&take->recording) < 0)
        return errno;
    if (now < take->synced_ns + SYNC_NS)
        return 0;
    take->synced_ns = now;
    return fdatasync(take->recording.fd) < 0 ? errno : 0;
}

/* The frame before which it ends: as told, or where the input's rate became another one. *why: for the latter. */
static uint64_t end_of(struct take *take, const char **why)
{
    struct inputs_now now;
    pthread_mutex_lock(&take->lock);
    uint64_t end = take->end;
    pthread_mutex_unlock(&take->lock);
    if (!inputs_read_now(take->inputs, &now) || now.rate_frame <= take->order.first || now.rate_frame >= end)
        return end;
    *why = "the input has another rate now";
    return now.rate_frame;
}

static void rest(struct take *take)
{
    uint64_t hurries;
    struct pollfd ready = {.fd = take->hurry, .events = POLLIN};
    if (poll(&ready, 1, LOOK_MS) > 0 && read(take->hurry, &hurries, sizeof hurries) < 0)
        errno = 0;
}

static void record(struct take *take)
{
    const char *why = "";
    int error = 0;
    uint64_t end;
    for (;;) {
        uint64_t written = inputs_written(take->inputs);
        end = end_of(take, &why);
        error = write_pending(take, written < end ? written : end);
        if (!error && take->at < end)
            error = keep_right(take);
        if (error || take->at >= end)
            break;
        rest(take);
    }
    if (take->at > end && end > take->order.first)
        take->recording.frames = end - take->order.first;   /* it was written a little further than it was told to end */
    int synced = dup(take->recording.fd);
    recording_close(&take->recording);
    tell(take, MSG_TAKE_OVER, error ? words_of(error) : why);
    if (synced >= 0) {                  /* it plays already */
        fdatasync(synced);
        close(synced);
    }
}

static void *run_take(void *context)
{
    struct take *take = context;
    if (open_file(take))
        record(take);
    pthread_mutex_lock(&take->lock);
    take->ended = true;
    bool left_behind = take->left_behind;
    pthread_mutex_unlock(&take->lock);
    if (left_behind)
        free_all(take);
    return NULL;
}

/* --- the store's main --- */

struct take *take_begin(const struct inputs *inputs, const struct msg_record *order, int folder, int wake)
{
    struct take *take = xcalloc(1, sizeof *take);
    take->inputs = inputs;
    take->order = *order;
    take->order.folder[sizeof take->order.folder - 1] = take->order.path[sizeof take->order.path - 1] = '\0';
    take->folder = folder == AT_FDCWD ? AT_FDCWD : fcntl(folder, F_DUPFD_CLOEXEC, 0);
    take->wake = wake;
    take->hurry = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    take->end = UINT64_MAX;
    take->recording.fd = -1;
    take->news = (struct msg_take){.input = order->input, .rate = order->rate, .first = order->first};
    text_copy(take->news.path, sizeof take->news.path, take->order.path);
    pthread_mutex_init(&take->lock, NULL);
    if (thread_start(&take->thread, "take", THREAD_PRIORITY_NONE, run_take, take, NULL, 0) < 0) {
        take->ended = true;
        tell(take, MSG_TAKE_FAILED, strerror(errno));
    }
    return take;
}

void take_end(struct take *take, uint64_t frame)
{
    const uint64_t one = 1;
    pthread_mutex_lock(&take->lock);
    if (frame < take->end)
        take->end = frame;
    pthread_mutex_unlock(&take->lock);
    if (write(take->hurry, &one, sizeof one) < 0)
        errno = 0;
}

bool take_news(struct take *take, struct msg_take *news)
{
    pthread_mutex_lock(&take->lock);
    bool fresh = take->fresh;
    take->fresh = false;
    *news = take->news;
    pthread_mutex_unlock(&take->lock);
    return fresh;
}

const char *take_path(const struct take *take)
{
    return take->news.path;
}

int take_folder(const struct take *take)
{
    return take->folder;
}

void take_free(struct take *take)
{
    pthread_mutex_lock(&take->lock);
    bool ended = take->ended;
    take->left_behind = !ended;
    if (!ended)
        pthread_detach(take->thread.id);
    pthread_mutex_unlock(&take->lock);
    if (!ended)
        return;
    thread_join(&take->thread);
    free_all(take);
}

bool take_finish(struct take *take)
{
    take_end(take, inputs_written(take->inputs));
    for (int ms = 0; ms < FINISH_MS; ms += 5) {
        pthread_mutex_lock(&take->lock);
        bool ended = take->ended;
        pthread_mutex_unlock(&take->lock);
        if (ended) {
            take_free(take);
            return true;
        }
        clock_sleep_ms(5);
    }
    take_free(take);
    return false;
}
