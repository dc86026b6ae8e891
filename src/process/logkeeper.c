/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper of logs: see logkeeper.h. */
#include "config.h"

#include "process/logkeeper.h"
#include "process/document.h"
#include "process/flightlog.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "logbook/aftermath.h"
#include "logbook/crashfile.h"
#include "logbook/technical.h"
#include "platform/clock.h"
#include "platform/paths.h"
#include "platform/thread.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

/* To the thread: a ring, a document, or words of the store. */
struct letter {
    STAILQ_ENTRY(letter) link;
    enum msg_type type;             /* MSG_FLIGHT, MSG_FLIGHT_DOCUMENT; MSG_NOTICE: words */
    struct msg_flight_document about;
    int fd;                         /* owned; -1: none */
    int64_t wall_ns;
    const char *kind;               /* static */
    char text[400];
};
STAILQ_HEAD(letters, letter);
enum { WORDS_MAX = 1000 };          /* of the store, that wait for a disk */

struct logkeeper {
    struct thread thread;
    char folder[1024];
    char session[1024];             /* whose last recording is looked into; "": none's */
    /* the thread's */
    struct technical *technical;
    struct flightlog *flightlog;
    /* under the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;         /* on CLOCK_MONOTONIC */
    struct letters letters;
    int words;
    bool quit, ended, please;
    struct msg_aftermath aftermath; /* count 0: none, or given away */
    char trouble[200];
};

/* --- the thread --- */

static void free_letter(struct letter *letter)
{
    if (letter->fd >= 0)
        close(letter->fd);
    free(letter);
}

static void tell_please(struct logkeeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    keeper->please = true;
    pthread_mutex_unlock(&keeper->lock);
}

static void tell_trouble(struct logkeeper *keeper, const char *text)
{
    pthread_mutex_lock(&keeper->lock);
    text_copy(keeper->trouble, sizeof keeper->trouble, text);
    pthread_mutex_unlock(&keeper->lock);
}

/* Where it is goes into the technical log, or why it is nowhere. */
static void keep_crash(struct logkeeper *keeper, const struct letter *letter)
{
    struct strbuf text = {0};
    struct err err;
    char path[1200];
    bool kept = document_from_fd(letter->fd, &text, &err) == 0 &&
        crashfile_write(keeper->folder, &text, path, sizeof path, &err) == 0;
    struct err lost;
    technical_write(keeper->technical, clock_wall_ns(), 0, 0, "crash", kept ? path : err.text, &lost);
    strbuf_clear(&text);
}

static void read_letter(struct logkeeper *keeper, struct letter *letter)
{
    struct err err;
    if (letter->type == MSG_FLIGHT_DOCUMENT) {
        flightlog_take_document(keeper->flightlog, &letter->about, letter->fd);
        letter->fd = -1;
    } else if (letter->type == MSG_FLIGHT)
        flightlog_take_ring(keeper->flightlog, letter->fd);
    else if (letter->type == MSG_CRASH)
        keep_crash(keeper, letter);
    else
        technical_write(keeper->technical, letter->wall_ns, 0, 0, letter->kind, letter->text, &err);
    free_letter(letter);
}

/* Waits for letters, or until the ring is looked at again. Return: the letters. */
static struct letters await_letters(struct logkeeper *keeper, bool *quit)
{
    struct letters letters = STAILQ_HEAD_INITIALIZER(letters);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOGKEEPER_EVERY_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&keeper->lock);
    while (STAILQ_EMPTY(&keeper->letters) && !keeper->quit &&
           pthread_cond_timedwait(&keeper->changed, &keeper->lock, &until) == 0)
        ;
    STAILQ_CONCAT(&letters, &keeper->letters);
    keeper->words = 0;
    *quit = keeper->quit;
    pthread_mutex_unlock(&keeper->lock);
    return letters;
}

static void look_back(struct logkeeper *keeper)
{
    struct msg_aftermath found;
    if (!keeper->session[0])
        return;
    aftermath_find(keeper->folder, keeper->session, &found);
    pthread_mutex_lock(&keeper->lock);
    keeper->aftermath = found;
    pthread_mutex_unlock(&keeper->lock);
}

static void *run(void *context)
{
    struct logkeeper *keeper = context;
    look_back(keeper);                  /* before a new recording is the newest */
    bool quit = false, silent = false;
    struct err err;
    while (!quit) {
        struct letters letters = await_letters(keeper, &quit);
        struct letter *letter;
        while ((letter = STAILQ_FIRST(&letters))) {
            STAILQ_REMOVE_HEAD(&letters, link);
            read_letter(keeper, letter);
        }
        if (quit)
            flightlog_quit(keeper->flightlog);
        bool fails = flightlog_drain(keeper->flightlog, &err) < 0;
        if (flightlog_asks(keeper->flightlog))
            tell_please(keeper);
        if (fails && !silent) {
            char text[200];
            snprintf(text, sizeof text, "the logs are not written: %.160s", err.text);
            tell_trouble(keeper, text);
        }
        silent = fails;
    }
    pthread_mutex_lock(&keeper->lock);
    keeper->ended = true;
    pthread_cond_broadcast(&keeper->changed);
    pthread_mutex_unlock(&keeper->lock);
    return NULL;
}

/* --- the store's main --- */

struct logkeeper *logkeeper_open(unsigned flight_mb, const char *session, struct err *err)
{
    struct logkeeper *keeper = xcalloc(1, sizeof *keeper);
    pthread_condattr_t attributes;
    STAILQ_INIT(&keeper->letters);
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (session)
        text_copy(keeper->session, sizeof keeper->session, session);
    if (paths_state(keeper->folder, sizeof keeper->folder, err) == 0)
        keeper->technical = technical_open(keeper->folder, err);
    if (keeper->technical) {
        keeper->flightlog = flightlog_new(keeper->folder, (uint64_t)flight_mb << 20, keeper->technical);
        if (thread_start(&keeper->thread, "logs", THREAD_PRIORITY_NONE, run, keeper, NULL, 0) == 0)
            return keeper;
        flightlog_free(keeper->flightlog);
        err_set(err, ERR_IO, "there is no thread for the logs");
    }
    technical_close(keeper->technical);
    free(keeper);
    return NULL;
}

static void post(struct logkeeper *keeper, struct letter *letter)
{
    pthread_mutex_lock(&keeper->lock);
    STAILQ_INSERT_TAIL(&keeper->letters, letter, link);
    pthread_cond_signal(&keeper->changed);
    pthread_mutex_unlock(&keeper->lock);
}

void logkeeper_take(struct logkeeper *keeper, struct msg *msg)
{
    if (!keeper || msg->fd[0] < 0)
        return;
    struct letter *letter = xcalloc(1, sizeof *letter);
    letter->type = msg->type;
    letter->fd = msg->fd[0];
    msg->fd[0] = -1;
    if (msg->type == MSG_FLIGHT_DOCUMENT)
        memcpy(&letter->about, msg->payload, sizeof letter->about);
    letter->about.path[sizeof letter->about.path - 1] = '\0';
    post(keeper, letter);
}

void logkeeper_say(struct logkeeper *keeper, const char *kind, const char *text)
{
    if (!keeper || !*text)
        return;
    struct letter *letter = xcalloc(1, sizeof *letter);
    *letter = (struct letter){.type = MSG_NOTICE, .fd = -1, .wall_ns = clock_wall_ns(), .kind = kind};
    text_copy(letter->text, sizeof letter->text, text);
    pthread_mutex_lock(&keeper->lock);
    bool room = keeper->words++ < WORDS_MAX;
    pthread_mutex_unlock(&keeper->lock);
    if (room)
        post(keeper, letter);
    else
        free(letter);
}

bool logkeeper_ask(struct logkeeper *keeper, char trouble[200])
{
    trouble[0] = '\0';
    if (!keeper)
        return false;
    pthread_mutex_lock(&keeper->lock);
    bool please = keeper->please;
    keeper->please = false;
    text_copy(trouble, 200, keeper->trouble);
    keeper->trouble[0] = '\0';
    pthread_mutex_unlock(&keeper->lock);
    return please;
}

bool logkeeper_aftermath(struct logkeeper *keeper, struct msg_aftermath *aftermath)
{
    if (!keeper)
        return false;
    pthread_mutex_lock(&keeper->lock);
    *aftermath = keeper->aftermath;
    keeper->aftermath.cut_s = 0;
    pthread_mutex_unlock(&keeper->lock);
    return aftermath->cut_s != 0;
}

void logkeeper_close(struct logkeeper *keeper)
{
    if (!keeper)
        return;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOGKEEPER_QUIT_MS / 1000;
    pthread_mutex_lock(&keeper->lock);
    keeper->quit = true;
    pthread_cond_broadcast(&keeper->changed);
    int late = 0;
    while (!keeper->ended && !late)
        late = pthread_cond_timedwait(&keeper->changed, &keeper->lock, &until);
    bool ended = keeper->ended;
    pthread_mutex_unlock(&keeper->lock);
    if (!ended)
        return;                         /* its disk hangs: it is left to it, and the process ends */
    thread_join(&keeper->thread);
    flightlog_free(keeper->flightlog);
    technical_close(keeper->technical);
    pthread_cond_destroy(&keeper->changed);
    pthread_mutex_destroy(&keeper->lock);
    free(keeper);
}
