/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flight recorder, written: see blackbox.h. */
#include "config.h"

#include "process/blackbox.h"
#include "process/blackbox_voices.h"
#include "process/command_log.h"
#include "process/document.h"
#include "base/log.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/spawn.h"
#include "show/flat.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void append(struct stage *stage, enum flight_kind kind, uint64_t frame, const void *head, size_t size, const char *text)
{
    stage->blackbox.beat_ns = clock_now_rt();
    stage->blackbox.voices_due |= kind != FLIGHT_BEAT && kind != FLIGHT_VOICES;
    flight_append(stage->blackbox.ring, kind, clock_wall_ns(), frame, head, size, text);
}

uint64_t blackbox_frame(const struct stage *stage)
{
    return stage->audio ? audio_frame_at(stage->audio, clock_now_rt()) : 0;
}

/* --- beginning, and beginning anew --- */

/* goes_on: from what; NULL: from nothing. */
static void append_began(struct stage *stage, const struct flight_goes_on *goes_on)
{
    struct blackbox *box = &stage->blackbox;
    uint64_t frame = goes_on ? goes_on->frame : blackbox_frame(stage);
    struct flight_began began = {.generation = stage->generation, .rate = stage->audio_status.format.rate,
                                 .delay = engine_delay_rt(stage->engine)};
    append(stage, FLIGHT_BEGAN, frame, &began, sizeof began, PACKAGE_VERSION);
    box->began = box->ring->number;
    if (goes_on && goes_on->before)
        append(stage, FLIGHT_GOES_ON, frame, goes_on, sizeof *goes_on, NULL);
}

/* The document goes beside the ring: the store writes it behind the record with which the recording began. flat: it has no undo. */
static void keep_document(struct stage *stage, int document_fd, bool flat)
{
    struct blackbox *box = &stage->blackbox;
    box->about = (struct msg_flight_document){.number = box->began, .flat = flat, .serial = stage->edits.serial};
    text_copy(box->about.path, sizeof box->about.path, stage->session);
    if (box->document >= 0)
        close(box->document);
    box->document = document_fd >= 0 ? fcntl(document_fd, F_DUPFD_CLOEXEC, 0) : -1;
    box->wanted = false;
}

static void send_document(struct stage *stage)
{
    struct blackbox *box = &stage->blackbox;
    if (box->document < 0 || stage->store.socket < 0)
        return;
    outbox_send(&stage->store, MSG_FLIGHT_DOCUMENT, 0, &box->about, sizeof box->about, box->document);
    close(box->document);
    box->document = -1;
}

void blackbox_inherit(struct stage *stage, int fd)
{
    stage->blackbox.before_fd = fd;
}

void blackbox_open(struct stage *stage, const struct flight_goes_on *goes_on)
{
    struct blackbox *box = &stage->blackbox;
    box->document = -1;
    box->fd = flight_create(&box->ring, (uint64_t)clock_wall_ns() ^ (uint64_t)getpid());
    if (box->fd < 0) {
        log_line(LOG_WARN, "no flight recorder: %s", strerror(errno));
        return;
    }
    msg_send(SPAWN_SOCKET, MSG_FLIGHT, 0, NULL, 0, &box->fd, 1);     /* the supervisor keeps it */
    append_began(stage, goes_on);
    command_log_set_run(stage->log, box->ring->run);
}

void blackbox_owed(struct stage *stage, const struct flight_owed *owed, unsigned count)
{
    enum { MOST = FLIGHT_PAYLOAD_MAX / sizeof *owed };
    for (unsigned part; stage->blackbox.ring && count; owed += part, count -= part) {
        part = count < MOST ? count : MOST;
        append(stage, FLIGHT_OWED, blackbox_frame(stage), owed, part * sizeof *owed, NULL);
    }
}

void blackbox_begin(struct stage *stage, int document_fd)
{
    if (stage->blackbox.ring)
        keep_document(stage, document_fd, false);
}

void blackbox_end(struct stage *stage)
{
    struct blackbox *box = &stage->blackbox;
    if (!box->ring)
        return;
    munmap(box->ring, sizeof *box->ring);
    close(box->fd);
    if (box->before_fd >= 0)
        close(box->before_fd);
    if (box->document >= 0)
        close(box->document);
    *box = (struct blackbox){0};
}

void blackbox_join(struct stage *stage)
{
    struct blackbox *box = &stage->blackbox;
    if (!box->ring)
        return;
    if (box->before_fd >= 0)
        outbox_send(&stage->store, MSG_FLIGHT, 0, NULL, 0, box->before_fd);
    outbox_send(&stage->store, MSG_FLIGHT, 0, NULL, 0, box->fd);
    send_document(stage);
}

void blackbox_renew(struct stage *stage)
{
    struct blackbox *box = &stage->blackbox;
    if (box->wanted || !box->ring)
        return;
    box->wanted = true;
    box->wanted_ns = clock_now_rt();
}

static void flush(struct stage *stage)
{
    struct blackbox *box = &stage->blackbox;
    if (box->done.count)
        append(stage, FLIGHT_DONE, box->done_frame, &box->done, sizeof box->done, NULL);
    box->done.count = 0;
}

void blackbox_other_show(struct stage *stage, int document_fd)
{
    if (!stage->blackbox.ring)
        return;
    flush(stage);
    append_began(stage, NULL);
    keep_document(stage, document_fd, false);
    send_document(stage);
}

/* sounds: what does was begun in the recording before. */
static void begin_anew(struct stage *stage, bool sounds)
{
    struct strbuf flat = {0};
    struct err err;
    struct flight_goes_on goes_on = {.before = stage->blackbox.ring->run, .frame = blackbox_frame(stage)};
    flat_write(stage->show, &flat);
    int fd = document_to_fd(&flat, &err);
    strbuf_clear(&flat);
    append_began(stage, sounds ? &goes_on : NULL);
    keep_document(stage, fd, true);
    if (fd >= 0)
        close(fd);
    send_document(stage);
}

void blackbox_turn(struct stage *stage)
{
    struct blackbox *box = &stage->blackbox;
    if (!stage->blackbox.ring)
        return;
    flush(stage);
    if (!stage->audio)
        return;                         /* the show is over: its last words are told */
    bool sounds = engine_is_sounding(stage->engine);
    uint64_t now = clock_now_rt();
    if (sounds && now - box->beat_ns >= CLOCK_SECOND_NS)
        append(stage, FLIGHT_BEAT, blackbox_frame(stage), NULL, 0, NULL);
    blackbox_voices_turn(stage, now);
    sounds = sounds || stage->unanswered;
    if (box->wanted && (!sounds || now - box->wanted_ns >= BLACKBOX_PATIENCE_S * CLOCK_SECOND_NS))
        begin_anew(stage, sounds);
}

/* --- what is recorded --- */

void blackbox_line(struct stage *stage, const char *line, uint32_t before, unsigned source)
{
    struct flight_line about = {.serial = before + 1, .operations = stage->serial - before, .source = source};
    if (!stage->blackbox.ring)
        return;
    flush(stage);
    append(stage, FLIGHT_LINE, blackbox_frame(stage), &about, sizeof about, line);
}

/* The line itself goes beside the ring, like a document: it may be long. */
void blackbox_edit(struct stage *stage, const char *what, const char *line, uint32_t before)
{
    struct flight_line about = {.serial = before + 1, .operations = stage->serial - before, .source = COMMAND_FROM_JOURNAL};
    struct strbuf text = {0};
    struct err err;
    if (!stage->blackbox.ring)
        return;
    flush(stage);
    append(stage, FLIGHT_EDIT, blackbox_frame(stage), &about, sizeof about, what);
    strbuf_adds(&text, line);
    struct msg_flight_document message = {.number = stage->blackbox.ring->number};
    int fd = document_to_fd(&text, &err);
    strbuf_clear(&text);
    if (fd < 0)
        return;                         /* the store says that it is missing */
    outbox_send(&stage->store, MSG_FLIGHT_DOCUMENT, 0, &message, sizeof message, fd);
    close(fd);
}

/* Operations that follow one another at one frame are one record. */
void blackbox_done(struct stage *stage, const struct event *event)
{
    struct blackbox *box = &stage->blackbox;
    if (!box->ring)
        return;
    if (box->done.count && (box->done.serial + box->done.count != event->serial || box->done_frame != event->frame))
        flush(stage);
    if (!box->done.count)
        box->done.serial = event->serial;
    box->done.count++;
    box->done_frame = event->frame;
}

void blackbox_text(struct stage *stage, enum flight_kind kind, uint64_t frame, const char *text)
{
    if (!stage->blackbox.ring)
        return;
    flush(stage);
    append(stage, kind, frame, NULL, 0, text);
}

void blackbox_device(struct stage *stage, const struct audio_status *now)
{
    char text[500];
    snprintf(text, sizeof text, "%.200s %s, %u Hz, %u x %u frames, %u channels%s%.200s", now->name,
             now->state == AUDIO_RUNNING ? "runs" : "is silent", now->format.rate, now->format.period, now->format.periods,
             now->format.channels, now->note[0] ? ": " : "", now->note);
    blackbox_text(stage, FLIGHT_DEVICE, blackbox_frame(stage), text);
}
