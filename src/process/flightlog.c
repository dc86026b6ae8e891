/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the ring to the disk: see flightlog.h. */
#include "config.h"

#include "process/flightlog.h"
#include "process/document.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "logbook/flight_file.h"
#include "logbook/technical.h"
#include "platform/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

/* Of a record that has its text beside the ring. */
struct document {
    STAILQ_ENTRY(document) link;
    struct msg_flight_document about;
    int fd;                         /* owned */
};
STAILQ_HEAD(documents, document);

struct flightlog {
    const char *folder;             /* the caller's, as is what follows */
    struct technical *technical;
    uint64_t flight_bytes;          /* for all recordings */
    bool quit;                      /* nothing is waited for any more */
    bool please;                    /* the next recording is asked for */
    struct flight_reader reader;
    struct flight_file *file;
    bool asked;                     /* for the next one: once, until it has come there is more of what it is asked for */
    uint64_t head_bytes;            /* of it, with which it began: its document; 0 if it was gone on with */
    uint64_t last;                  /* number of the last record written; those up to it are known */
    struct flight_record held;      /* one that was taken and is not written yet */
    char payload[FLIGHT_PAYLOAD_MAX + 1];
    bool has_held;
    uint64_t held_ns;               /* since when */
    struct documents documents;
};

static void ask_please(struct flightlog *log)
{
    log->please = log->please || !log->asked;
    log->asked = true;
}

/* As a line of the technical log: what records say in words. */
static int write_words(struct flightlog *log, const struct flight_record *record, struct err *err)
{
    char text[200];
    const char *words = log->payload;
    struct flight_began began;
    if (record->kind == FLIGHT_DONE || record->kind == FLIGHT_BEAT || record->kind == FLIGHT_GOES_ON ||
        record->kind == FLIGHT_OWED || record->kind == FLIGHT_VOICES)
        return 0;
    if ((record->kind == FLIGHT_LINE || record->kind == FLIGHT_EDIT) && record->size >= sizeof(struct flight_line))
        words += sizeof(struct flight_line);
    if (record->kind == FLIGHT_LINE && !*words)
        return 0;
    if (record->kind == FLIGHT_BEGAN && record->size >= sizeof began) {
        memcpy(&began, log->payload, sizeof began);
        snprintf(text, sizeof text, "engine %" PRIu64 " of clipgrid %.40s at %" PRIu32 " Hz", began.generation,
                 log->payload + sizeof began, began.rate);
        words = text;
    }
    return technical_write(log->technical, record->wall_ns, record->number, record->frame, flight_kind_name(record->kind), words,
                           err);
}

/* --- recordings --- */

static struct document *document_of(struct flightlog *log, uint64_t number)
{
    struct document *document;
    STAILQ_FOREACH(document, &log->documents, link)
        if (document->about.number == number)
            return document;
    return NULL;
}

static void free_document(struct document *document)
{
    close(document->fd);
    free(document);
}

static void drop_documents(struct flightlog *log, uint64_t number)
{
    struct documents kept = STAILQ_HEAD_INITIALIZER(kept);
    struct document *document;
    while ((document = STAILQ_FIRST(&log->documents))) {
        STAILQ_REMOVE_HEAD(&log->documents, link);
        if (document->about.number > number)
            STAILQ_INSERT_TAIL(&kept, document, link);
        else
            free_document(document);
    }
    STAILQ_CONCAT(&log->documents, &kept);
}

/* Path of the session, a newline, and what MSG_SHOW held. */
static int write_document(struct flight_file *file, const struct flight_record *began, const struct document *document,
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
static int write_edit(struct flightlog *log, const struct flight_record *edit, struct err *err)
{
    const struct document *line = document_of(log, edit->number);
    struct strbuf payload = {0};
    int result = 0;
    strbuf_add(&payload, log->payload, sizeof(struct flight_line));
    if (!line || edit->size < sizeof(struct flight_line) || document_from_fd(line->fd, &payload, err) < 0 ||
        payload.len > FLIGHT_DOCUMENT_MAX) {
        ask_please(log);                /* it cannot be played again behind this */
    } else {
        struct flight_record record = *edit;
        record.size = (uint32_t)payload.len;
        record.check = flight_check_of(&record, payload.s);
        result = flight_file_write(log->file, &record, payload.s, err);
    }
    strbuf_clear(&payload);
    if (result == 0)
        drop_documents(log, edit->number);
    return result;
}

/* A recording that begins with this record. Return: 0, or -1 with err and the old file still there. */
static int begin_file(struct flightlog *log, const struct flight_record *began, struct err *err)
{
    const struct document *document = document_of(log, began->number);
    struct flight_file *file = flight_file_new(log->folder, log->reader.ring->run, began->number, began->wall_ns, err);
    if (!file)
        return -1;
    if (flight_file_write(file, began, log->payload, err) < 0 || (document && write_document(file, began, document, err) < 0)) {
        flight_file_close(file);
        return -1;
    }
    flight_file_close(log->file);
    log->file = file;
    log->head_bytes = flight_file_bytes(file);
    log->asked = false;
    if (!document)
        ask_please(log);                /* it cannot be played again from here */
    drop_documents(log, began->number);
    flight_file_prune(log->folder, log->flight_bytes);
    return 0;
}

static int write_record(struct flightlog *log, const struct flight_record *record, struct err *err)
{
    uint64_t most = log->flight_bytes / 4;
    if (!log->flight_bytes)
        return 0;
    if (record->kind == FLIGHT_BEGAN)
        return begin_file(log, record, err);
    if (!log->file || flight_file_bytes(log->file) - log->head_bytes > 2 * most)
        return 0;                       /* no engine heard that it is to begin anew */
    int result = record->kind == FLIGHT_EDIT ? write_edit(log, record, err)
                 : flight_file_write(log->file, record, log->payload, err);
    if (result < 0)
        return -1;
    if (flight_file_bytes(log->file) - log->head_bytes > most || flight_file_is_removed(log->file))
        ask_please(log);
    return 0;
}

/* --- the ring --- */

static bool take_next(struct flightlog *log)
{
    if (log->has_held)
        return true;
    do
        if (!flight_take(&log->reader, &log->held, log->payload))
            return false;
    while (log->held.number <= log->last);        /* a store before this one wrote it */
    log->held_ns = clock_now_rt();
    return log->has_held = true;
}

/* What was written over before it was taken is said in its place. */
static void note_lost(struct flightlog *log)
{
    char text[100];
    struct err err;
    struct flight_record lost = {.size = sizeof log->reader.lost, .number = log->last + 1, .wall_ns = clock_wall_ns(),
                                 .kind = FLIGHT_LOST};
    if (!log->reader.lost || (log->has_held && log->held.number <= lost.number))
        return;
    lost.check = flight_check_of(&lost, &log->reader.lost);
    if (log->file && flight_file_write(log->file, &lost, &log->reader.lost, &err) < 0)
        return;
    snprintf(text, sizeof text, "%" PRIu64 " bytes of records were written over", log->reader.lost);
    technical_write(log->technical, lost.wall_ns, lost.number, 0, flight_kind_name(FLIGHT_LOST), text, &err);
    log->last = lost.number;
    log->reader.lost = 0;
}

/* Its document comes another way, and may come later. */
static bool awaits_document(struct flightlog *log)
{
    uint64_t patience_ns = FLIGHTLOG_DOCUMENT_MS * (CLOCK_SECOND_NS / 1000);
    return has_document(&log->held) && log->flight_bytes && !log->quit &&
        !document_of(log, log->held.number) && clock_now_rt() - log->held_ns < patience_ns;
}

int flightlog_drain(struct flightlog *log, struct err *err)
{
    while (take_next(log)) {
        note_lost(log);
        if (awaits_document(log))
            return 0;
        if (write_record(log, &log->held, err) < 0)
            return -1;
        write_words(log, &log->held, err);
        log->last = log->held.number;
        log->has_held = false;
    }
    return 0;
}

void flightlog_take_ring(struct flightlog *log, int fd)
{
    struct err err;
    struct flight_reader reader;
    if (flight_map(&reader, fd) == 0 && log->reader.ring && reader.ring->run == log->reader.ring->run) {
        flight_unmap(&reader);          /* it is being read already */
        return;
    }
    bool quit = log->quit;
    log->quit = true;                   /* what the engine before this one said last; no more documents of it will come */
    flightlog_drain(log, &err);
    log->quit = quit;
    flight_unmap(&log->reader);
    flight_file_close(log->file);
    log->file = NULL;
    log->has_held = false;
    log->last = log->head_bytes = 0;
    log->asked = false;
    log->reader = reader;
    if (!reader.ring)
        return;
    log->file = flight_file_resume(log->folder, log->reader.ring->run, &log->last);
}

/* --- what is offered --- */

struct flightlog *flightlog_new(const char *folder, uint64_t flight_bytes, struct technical *technical)
{
    struct flightlog *log = xcalloc(1, sizeof *log);
    *log = (struct flightlog){.folder = folder, .technical = technical, .flight_bytes = flight_bytes};
    STAILQ_INIT(&log->documents);
    return log;
}

void flightlog_free(struct flightlog *log)
{
    flight_unmap(&log->reader);
    flight_file_close(log->file);
    drop_documents(log, UINT64_MAX);
    free(log);
}

void flightlog_take_document(struct flightlog *log, const struct msg_flight_document *about, int fd)
{
    struct document *document = xcalloc(1, sizeof *document);
    *document = (struct document){.about = *about, .fd = fd};
    STAILQ_INSERT_TAIL(&log->documents, document, link);
}

bool flightlog_asks(struct flightlog *log)
{
    bool please = log->please;
    log->please = false;
    return please;
}

void flightlog_quit(struct flightlog *log)
{
    log->quit = true;
}
