/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper of logs: see logkeeper.h. */
#include "config.h"

#include "process/logkeeper.h"
#include "process/document.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "logbook/aftermath.h"
#include "logbook/crashfile.h"
#include "logbook/flight_file.h"
#include "logbook/technical.h"
#include "platform/clock.h"
#include "platform/paths.h"
#include "platform/thread.h"

#include <inttypes.h>
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
    uint64_t flight_bytes;          /* for all recordings */
    /* the thread's */
    struct technical *technical;
    struct flight_reader reader;
    struct flight_file *file;
    bool asked;                     /* for the next one */
    uint64_t head_bytes;            /* of it, with which it began: its document; 0 if it was gone on with */
    uint64_t last;                  /* number of the last record written; those up to it are known */
    struct flight_record held;      /* one that was taken and is not written yet */
    char payload[FLIGHT_PAYLOAD_MAX + 1];
    bool has_held;
    uint64_t held_ns;               /* since when */
    struct letters documents;
    /* under the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;         /* on CLOCK_MONOTONIC */
    struct letters letters;
    int words;
    bool quit, ended, please;
    struct msg_aftermath aftermath; /* count 0: none, or given away */
    char trouble[200];
};

/* --- the thread: where it writes --- */

static void tell_trouble(struct logkeeper *keeper, const char *text)
{
    pthread_mutex_lock(&keeper->lock);
    text_copy(keeper->trouble, sizeof keeper->trouble, text);
    pthread_mutex_unlock(&keeper->lock);
}

/* Once a recording: until it has come, there is more of what it is asked for. */
static void ask_please(struct logkeeper *keeper)
{
    if (keeper->asked)
        return;
    keeper->asked = true;
    pthread_mutex_lock(&keeper->lock);
    keeper->please = true;
    pthread_mutex_unlock(&keeper->lock);
}

/* As a line of the technical log: what records say in words. */
static int write_words(struct logkeeper *keeper, const struct flight_record *record, struct err *err)
{
    char text[200];
    const char *words = keeper->payload;
    struct flight_began began;
    if (record->kind == FLIGHT_DONE || record->kind == FLIGHT_BEAT || record->kind == FLIGHT_GOES_ON || record->kind == FLIGHT_OWED)
        return 0;
    if ((record->kind == FLIGHT_LINE || record->kind == FLIGHT_EDIT) && record->size >= sizeof(struct flight_line))
        words += sizeof(struct flight_line);
    if (record->kind == FLIGHT_LINE && !*words)
        return 0;
    if (record->kind == FLIGHT_BEGAN && record->size >= sizeof began) {
        memcpy(&began, keeper->payload, sizeof began);
        snprintf(text, sizeof text, "engine %" PRIu64 " of clipgrid %.40s at %" PRIu32 " Hz", began.generation,
                 keeper->payload + sizeof began, began.rate);
        words = text;
    }
    return technical_write(keeper->technical, record->wall_ns, record->number, record->frame, flight_kind_name(record->kind), words,
                           err);
}

/* --- recordings --- */

static struct letter *document_of(struct logkeeper *keeper, uint64_t number)
{
    struct letter *letter;
    STAILQ_FOREACH(letter, &keeper->documents, link)
        if (letter->about.number == number)
            return letter;
    return NULL;
}

static void free_letter(struct letter *letter)
{
    if (letter->fd >= 0)
        close(letter->fd);
    free(letter);
}

static void drop_documents(struct logkeeper *keeper, uint64_t number)
{
    struct letters kept = STAILQ_HEAD_INITIALIZER(kept);
    struct letter *letter;
    while ((letter = STAILQ_FIRST(&keeper->documents))) {
        STAILQ_REMOVE_HEAD(&keeper->documents, link);
        if (letter->about.number > number)
            STAILQ_INSERT_TAIL(&kept, letter, link);
        else
            free_letter(letter);
    }
    STAILQ_CONCAT(&keeper->documents, &kept);
}

/* Path of the session, a newline, and what MSG_SHOW held. */
static int write_document(struct flight_file *file, const struct flight_record *began, const struct letter *document,
                          struct err *err)
{
    struct strbuf payload = {0};
    strbuf_addf(&payload, "%s\n", document->about.path);
    int result = document_from_fd(document->fd, &payload, err);
    struct flight_record record = {.size = (uint32_t)payload.len, .number = began->number, .wall_ns = began->wall_ns,
                                   .frame = began->frame, .kind = FLIGHT_DOCUMENT};
    if (result == 0 && payload.len <= FLIGHT_DOCUMENT_MAX) {
        record.check = flight_check_of(&record, payload.s);
        result = flight_file_write(file, &record, payload.s, err);
    }
    strbuf_clear(&payload);
    return result;
}

static bool has_document(const struct flight_record *record)
{
    return record->kind == FLIGHT_BEGAN || record->kind == FLIGHT_EDIT;
}

/* Its line comes in place of the words for it. */
static int write_edit(struct logkeeper *keeper, const struct flight_record *edit, struct err *err)
{
    const struct letter *line = document_of(keeper, edit->number);
    struct strbuf payload = {0};
    int result = 0;
    strbuf_add(&payload, keeper->payload, sizeof(struct flight_line));
    if (!line || edit->size < sizeof(struct flight_line) || document_from_fd(line->fd, &payload, err) < 0 ||
        payload.len > FLIGHT_DOCUMENT_MAX) {
        ask_please(keeper);             /* it cannot be played again behind this */
    } else {
        struct flight_record record = *edit;
        record.size = (uint32_t)payload.len;
        record.check = flight_check_of(&record, payload.s);
        result = flight_file_write(keeper->file, &record, payload.s, err);
    }
    strbuf_clear(&payload);
    if (result == 0)
        drop_documents(keeper, edit->number);
    return result;
}

/* A recording that begins with this record. Return: 0, or -1 with err and the old file still there. */
static int begin_file(struct logkeeper *keeper, const struct flight_record *began, struct err *err)
{
    const struct letter *document = document_of(keeper, began->number);
    struct flight_file *file = flight_file_new(keeper->folder, keeper->reader.ring->run, began->number, began->wall_ns, err);
    if (!file)
        return -1;
    if (flight_file_write(file, began, keeper->payload, err) < 0 || (document && write_document(file, began, document, err) < 0)) {
        flight_file_close(file);
        return -1;
    }
    flight_file_close(keeper->file);
    keeper->file = file;
    keeper->head_bytes = flight_file_bytes(file);
    keeper->asked = false;
    if (!document)
        ask_please(keeper);             /* it cannot be played again from here */
    drop_documents(keeper, began->number);
    flight_file_prune(keeper->folder, keeper->flight_bytes);
    return 0;
}

static int write_record(struct logkeeper *keeper, const struct flight_record *record, struct err *err)
{
    uint64_t most = keeper->flight_bytes / 4;
    if (!keeper->flight_bytes)
        return 0;
    if (record->kind == FLIGHT_BEGAN)
        return begin_file(keeper, record, err);
    if (!keeper->file || flight_file_bytes(keeper->file) - keeper->head_bytes > 2 * most)
        return 0;                       /* no engine heard that it is to begin anew */
    if ((record->kind == FLIGHT_EDIT ? write_edit(keeper, record, err) : flight_file_write(keeper->file, record, keeper->payload, err)) < 0)
        return -1;
    if (flight_file_bytes(keeper->file) - keeper->head_bytes > most)
        ask_please(keeper);
    return 0;
}

/* --- the ring --- */

static bool take_next(struct logkeeper *keeper)
{
    if (keeper->has_held)
        return true;
    do
        if (!flight_take(&keeper->reader, &keeper->held, keeper->payload))
            return false;
    while (keeper->held.number <= keeper->last);        /* a store before this one wrote it */
    keeper->held_ns = clock_now_rt();
    return keeper->has_held = true;
}

/* What was written over before it was taken is said in its place. */
static void note_lost(struct logkeeper *keeper)
{
    char text[100];
    struct err err;
    struct flight_record lost = {.size = sizeof keeper->reader.lost, .number = keeper->last + 1, .wall_ns = clock_wall_ns(),
                                 .kind = FLIGHT_LOST};
    if (!keeper->reader.lost || (keeper->has_held && keeper->held.number <= lost.number))
        return;
    lost.check = flight_check_of(&lost, &keeper->reader.lost);
    if (keeper->file && flight_file_write(keeper->file, &lost, &keeper->reader.lost, &err) < 0)
        return;
    snprintf(text, sizeof text, "%" PRIu64 " bytes of records were written over", keeper->reader.lost);
    technical_write(keeper->technical, lost.wall_ns, lost.number, 0, flight_kind_name(FLIGHT_LOST), text, &err);
    keeper->last = lost.number;
    keeper->reader.lost = 0;
}

/* Its document comes another way, and may come later. */
static bool awaits_document(struct logkeeper *keeper)
{
    uint64_t patience_ns = LOGKEEPER_DOCUMENT_MS * (CLOCK_SECOND_NS / 1000);
    return has_document(&keeper->held) && keeper->flight_bytes && !keeper->quit &&
        !document_of(keeper, keeper->held.number) && clock_now_rt() - keeper->held_ns < patience_ns;
}

/* Return: 0, or -1 with err: what is left is tried again. */
static int drain(struct logkeeper *keeper, struct err *err)
{
    while (take_next(keeper)) {
        note_lost(keeper);
        if (awaits_document(keeper))
            return 0;
        if (write_record(keeper, &keeper->held, err) < 0)
            return -1;
        write_words(keeper, &keeper->held, err);
        keeper->last = keeper->held.number;
        keeper->has_held = false;
    }
    return 0;
}

static void take_ring(struct logkeeper *keeper, int fd)
{
    struct err err;
    drain(keeper, &err);                /* what the engine before this one said last */
    flight_unmap(&keeper->reader);
    flight_file_close(keeper->file);
    keeper->file = NULL;
    keeper->has_held = false;
    keeper->last = keeper->head_bytes = 0;
    keeper->asked = false;
    if (flight_map(&keeper->reader, fd) < 0)
        return;
    keeper->file = flight_file_resume(keeper->folder, keeper->reader.ring->run, &keeper->last);
}

/* --- the thread --- */

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
        STAILQ_INSERT_TAIL(&keeper->documents, letter, link);
        return;
    }
    if (letter->type == MSG_FLIGHT)
        take_ring(keeper, letter->fd);
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
        bool fails = drain(keeper, &err) < 0;
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
    STAILQ_INIT(&keeper->documents);
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    keeper->flight_bytes = (uint64_t)flight_mb << 20;
    if (session)
        text_copy(keeper->session, sizeof keeper->session, session);
    if (paths_state(keeper->folder, sizeof keeper->folder, err) == 0 &&
        (keeper->technical = technical_open(keeper->folder, err)) &&
        thread_start(&keeper->thread, "logs", THREAD_PRIORITY_NONE, run, keeper, NULL, 0) == 0)
        return keeper;
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
    flight_unmap(&keeper->reader);
    flight_file_close(keeper->file);
    technical_close(keeper->technical);
    drop_documents(keeper, UINT64_MAX);
    pthread_cond_destroy(&keeper->changed);
    pthread_mutex_destroy(&keeper->lock);
    free(keeper);
}
