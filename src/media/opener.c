/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads that may hang: see opener.h. One lock guards all; no thread holds it while it is with a
 * disk. An ask goes round: queued, worked on, done, free. One whose thread hangs, or that nobody
 * wants any more, is abandoned: its thread closes what it gets in the end. The owner holds one
 * reference to the whole and each thread one; the last one to leave frees it.
 */
#include "config.h"

#include "media/opener.h"

#include "media/media_file.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "platform/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ALERT_THREADS_MAX = 4, PLACES = OPENER_ASKS_MAX + OPENER_THREADS_MAX };
#define SILENT_NS (OPENER_SILENT_MS * (CLOCK_SECOND_NS / 1000))

enum ask_state { ASK_FREE, ASK_QUEUED, ASK_WORKED, ASK_DONE, ASK_ABANDONED /* worked on for nobody */ };

struct ask {
    enum ask_state state;
    bool silent;                    /* worked on for too long; counted in opener.silent */
    enum opener_want want;
    int folder_fd;                  /* its own, or AT_FDCWD */
    char *path;
    uint64_t folder;                /* of the file: a hash */
    uint64_t order;                 /* of the asks: first come, first opened */
    uint64_t began_ns;              /* WORKED */
    struct opener_answer answer;
};

struct opener {
    pthread_mutex_t lock;
    pthread_cond_t queued;
    int event;                      /* an eventfd: something is done */
    bool closed;                    /* the owner has left */
    int threads, idle, silent;      /* threads: all of them; silent: those written off */
    uint64_t asked;
    struct ask ask[PLACES];
};

/* --- asks --- */

/* FNV-1a over the name up to its last slash: files of one folder share it. */
static uint64_t folder_hash(int folder_fd, const char *path)
{
    const char *slash = strrchr(path, '/');
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)(*path == '/' ? -1 : folder_fd);
    for (; slash && path < slash; path++)
        hash = (hash ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
    return hash;
}

static void ask_free(struct ask *ask)
{
    if (ask->folder_fd >= 0)
        close(ask->folder_fd);
    free(ask->path);
    *ask = (struct ask){.folder_fd = AT_FDCWD};
}

static struct ask *find_first(struct opener *opener, enum ask_state state)
{
    struct ask *first = NULL;
    for (int i = 0; i < PLACES; i++)
        if (opener->ask[i].state == state && (!first || opener->ask[i].order < first->order))
            first = &opener->ask[i];
    return first;
}

/* --- the threads --- */

static void answer_stat(struct opener_answer *answer, const struct stat *st)
{
    answer->found = true;
    answer->bytes = st->st_size;
    answer->mtime_ns = (int64_t)st->st_mtim.tv_sec * (int64_t)CLOCK_SECOND_NS + st->st_mtim.tv_nsec;
    answer->ctime_ns = (int64_t)st->st_ctim.tv_sec * (int64_t)CLOCK_SECOND_NS + st->st_ctim.tv_nsec;
    answer->device = st->st_dev;
    answer->inode = st->st_ino;
}

/* With a disk, for as long as it takes; without the lock. */
static void look(enum opener_want want, int folder_fd, const char *path, struct opener_answer *answer)
{
    struct stat st;
    if (want == OPENER_STAT) {
        if (media_file_stat(folder_fd, path, &st, &answer->err) == 0)
            answer_stat(answer, &st);
        return;
    }
    answer->fd = media_file_open(folder_fd, path, &answer->err);
    if (answer->fd >= 0 && fstat(answer->fd, &st) == 0)
        answer_stat(answer, &st);
    else if (answer->fd >= 0)
        err_set(&answer->err, ERR_IO, "cannot be read: %s", strerror(errno));
}

static void post(const struct opener *opener)
{
    uint64_t one = 1;
    ssize_t written = write(opener->event, &one, sizeof one);
    (void)written;                  /* fails only when it is readable anyway */
}

/* Under the lock, which it lets go meanwhile. */
static void work(struct opener *opener, struct ask *ask)
{
    struct opener_answer answer = {.tag = ask->answer.tag, .fd = -1};
    ask->state = ASK_WORKED;
    ask->began_ns = clock_now_rt();
    pthread_mutex_unlock(&opener->lock);
    look(ask->want, ask->folder_fd, ask->path, &answer);
    pthread_mutex_lock(&opener->lock);
    if (ask->silent)
        opener->silent--;
    ask->silent = false;
    if (ask->state == ASK_ABANDONED) {
        if (answer.fd >= 0)
            close(answer.fd);
        ask_free(ask);
        return;
    }
    ask->answer = answer;
    ask->state = ASK_DONE;
    post(opener);
}

/* Under the lock. */
static void leave(struct opener *opener, bool owner)
{
    opener->closed |= owner;
    opener->threads -= !owner;
    bool last = opener->closed && opener->threads == 0;
    pthread_mutex_unlock(&opener->lock);
    if (!last)
        return;
    for (int i = 0; i < PLACES; i++) {
        if (opener->ask[i].state == ASK_DONE && opener->ask[i].answer.fd >= 0)
            close(opener->ask[i].answer.fd);
        ask_free(&opener->ask[i]);
    }
    close(opener->event);
    pthread_cond_destroy(&opener->queued);
    pthread_mutex_destroy(&opener->lock);
    free(opener);
}

static void *run(void *context)
{
    struct opener *opener = context;
    pthread_mutex_lock(&opener->lock);
    while (!opener->closed && opener->threads - opener->silent <= ALERT_THREADS_MAX) {
        struct ask *ask = find_first(opener, ASK_QUEUED);
        if (ask) {
            work(opener, ask);
            continue;
        }
        opener->idle++;
        pthread_cond_wait(&opener->queued, &opener->lock);
        opener->idle--;
    }
    leave(opener, false);
    return NULL;
}

/* Under the lock. Return: whether there is one more thread. */
static bool add_thread(struct opener *opener)
{
    struct thread thread;
    if (opener->threads >= OPENER_THREADS_MAX || opener->threads - opener->silent >= ALERT_THREADS_MAX)
        return false;
    opener->threads++;
    if (thread_start(&thread, "opener", THREAD_PRIORITY_NONE, run, opener, NULL, 0) == 0) {
        pthread_detach(thread.id);
        return true;
    }
    opener->threads--;
    return false;
}

/* --- the owner --- */

struct opener *opener_new(void)
{
    struct opener *opener = xcalloc(1, sizeof *opener);
    for (int i = 0; i < PLACES; i++)
        opener->ask[i].folder_fd = AT_FDCWD;
    opener->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (opener->event < 0) {
        free(opener);
        return NULL;
    }
    pthread_mutex_init(&opener->lock, NULL);
    pthread_cond_init(&opener->queued, NULL);
    pthread_mutex_lock(&opener->lock);
    if (!add_thread(opener)) {
        int saved = errno;
        leave(opener, true);
        errno = saved;
        return NULL;
    }
    pthread_mutex_unlock(&opener->lock);
    return opener;
}

void opener_free(struct opener *opener)
{
    if (!opener)
        return;
    pthread_mutex_lock(&opener->lock);
    for (int i = 0; i < PLACES; i++) {
        struct ask *ask = &opener->ask[i];
        if (ask->state == ASK_QUEUED)
            ask_free(ask);
        else if (ask->state == ASK_WORKED)
            ask->state = ASK_ABANDONED;
    }
    pthread_cond_broadcast(&opener->queued);
    leave(opener, true);
}

static bool folder_is_silent(const struct opener *opener, uint64_t folder)
{
    for (int i = 0; i < PLACES; i++)
        if (opener->ask[i].silent && opener->ask[i].folder == folder)
            return true;
    return false;
}

static void say_busy(struct opener_answer *answer)
{
    err_set(&answer->err, ERR_BUSY, "its disk does not answer");
}

/* Under the lock: an ask that no thread has yet. */
static void refuse(struct ask *ask)
{
    ask->state = ASK_DONE;
    say_busy(&ask->answer);
}

/* Under the lock: writes off threads that hang, and refuses what would make more of them hang. */
static void note_silence(struct opener *opener)
{
    uint64_t now = clock_now_rt();
    for (int i = 0; i < PLACES; i++) {
        struct ask *ask = &opener->ask[i];
        bool with_disk = ask->state == ASK_WORKED || ask->state == ASK_ABANDONED;
        if (with_disk && !ask->silent && now - ask->began_ns >= SILENT_NS) {
            ask->silent = true;
            opener->silent++;
        }
    }
    for (int i = 0; i < PLACES; i++) {
        struct ask *ask = &opener->ask[i];
        if (ask->state == ASK_QUEUED && (folder_is_silent(opener, ask->folder) || opener->silent >= OPENER_THREADS_MAX))
            refuse(ask);
    }
    if (find_first(opener, ASK_QUEUED) && opener->idle == 0)
        add_thread(opener);
}

static unsigned under_way(const struct opener *opener)
{
    unsigned count = 0;
    for (int i = 0; i < PLACES; i++)
        count += opener->ask[i].state != ASK_FREE && opener->ask[i].state != ASK_ABANDONED;
    return count;
}

int opener_ask(struct opener *opener, enum opener_want want, uint64_t tag, int folder_fd, const char *path)
{
    int folder = folder_fd < 0 || *path == '/' ? AT_FDCWD : fcntl(folder_fd, F_DUPFD_CLOEXEC, 0);
    if (folder == -1)
        return -1;
    pthread_mutex_lock(&opener->lock);
    struct ask *ask = under_way(opener) < OPENER_ASKS_MAX ? find_first(opener, ASK_FREE) : NULL;
    if (ask) {
        *ask = (struct ask){.state = ASK_QUEUED, .want = want, .folder_fd = folder, .path = xstrdup(path),
                            .folder = folder_hash(folder_fd, path), .order = ++opener->asked, .answer = {.tag = tag, .fd = -1}};
        note_silence(opener);       /* may refuse it, or start a thread for it */
        if (ask->state == ASK_DONE)
            post(opener);
        else
            pthread_cond_signal(&opener->queued);
    }
    pthread_mutex_unlock(&opener->lock);
    if (ask)
        return 0;
    if (folder >= 0)
        close(folder);
    errno = EAGAIN;
    return -1;
}

void opener_forget(struct opener *opener, uint64_t tag)
{
    pthread_mutex_lock(&opener->lock);
    for (int i = 0; i < PLACES; i++) {
        struct ask *ask = &opener->ask[i];
        if (ask->state == ASK_FREE || ask->state == ASK_ABANDONED || ask->answer.tag != tag)
            continue;
        if (ask->state == ASK_WORKED) {
            ask->state = ASK_ABANDONED;
            continue;
        }
        if (ask->answer.fd >= 0)
            close(ask->answer.fd);
        ask_free(ask);
    }
    pthread_mutex_unlock(&opener->lock);
}

/* Under the lock. */
static bool take_done(struct opener *opener, struct opener_answer *answer)
{
    struct ask *done = find_first(opener, ASK_DONE);
    if (!done)
        return false;
    *answer = done->answer;
    ask_free(done);
    return true;
}

/* Under the lock: an ask whose thread hangs is answered without it. */
static bool take_silent(struct opener *opener, struct opener_answer *answer)
{
    for (int i = 0; i < PLACES; i++) {
        struct ask *ask = &opener->ask[i];
        if (ask->state != ASK_WORKED || !ask->silent)
            continue;
        *answer = ask->answer;
        say_busy(answer);
        ask->state = ASK_ABANDONED;
        return true;
    }
    return false;
}

bool opener_take(struct opener *opener, struct opener_answer *answer)
{
    uint64_t count;
    ssize_t got = read(opener->event, &count, sizeof count);
    (void)got;                      /* what was posted before this is seen below */
    pthread_mutex_lock(&opener->lock);
    note_silence(opener);
    bool taken = take_done(opener, answer) || take_silent(opener, answer);
    pthread_mutex_unlock(&opener->lock);
    return taken;
}

unsigned opener_room(struct opener *opener)
{
    pthread_mutex_lock(&opener->lock);
    unsigned used = under_way(opener);
    pthread_mutex_unlock(&opener->lock);
    return OPENER_ASKS_MAX - used;
}

unsigned opener_silent(struct opener *opener)
{
    pthread_mutex_lock(&opener->lock);
    unsigned silent = (unsigned)opener->silent;
    pthread_mutex_unlock(&opener->lock);
    return silent;
}

void opener_poll(struct opener *opener, struct pollfd *fd, int *timeout_ms)
{
    uint64_t now = clock_now_rt();
    pthread_mutex_lock(&opener->lock);
    for (int i = 0; i < PLACES; i++) {
        const struct ask *ask = &opener->ask[i];
        if ((ask->state != ASK_WORKED && ask->state != ASK_ABANDONED) || ask->silent)
            continue;
        uint64_t age_ns = now - ask->began_ns;
        int wait_ms = age_ns >= SILENT_NS ? 0 : (int)((SILENT_NS - age_ns) / (CLOCK_SECOND_NS / 1000)) + 1;
        if (*timeout_ms < 0 || wait_ms < *timeout_ms)
            *timeout_ms = wait_ms;
    }
    pthread_mutex_unlock(&opener->lock);
    *fd = (struct pollfd){.fd = opener->event, .events = POLLIN};
}
