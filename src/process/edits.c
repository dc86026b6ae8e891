/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits on their way to the journal: see edits.h. */
#include "config.h"

#include "process/blackbox.h"
#include "process/edits.h"
#include "process/document.h"
#include "process/replay.h"
#include "process/stage.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "show/flat.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHORT_LINE = 8192 };             /* longer ones go in a memfd */

struct edit_sent {
    STAILQ_ENTRY(edit_sent) link;
    uint32_t serial;
    size_t length;
    char line[];
};

struct edit_answer {
    STAILQ_ENTRY(edit_answer) link;
    uint32_t serial;
    struct ticket ticket;
    uint64_t since_ns;
    char text[];
};

void edits_init(struct edits *edits)
{
    *edits = (struct edits){0};
    STAILQ_INIT(&edits->sent);
    STAILQ_INIT(&edits->answers);
}

static void drop_sent(struct edits *edits)
{
    struct edit_sent *first = STAILQ_FIRST(&edits->sent);
    STAILQ_REMOVE_HEAD(&edits->sent, link);
    edits->count--;
    edits->bytes -= first->length;
    free(first);
}

void edits_clear(struct edits *edits)
{
    struct edit_answer *answer;
    while (!STAILQ_EMPTY(&edits->sent))
        drop_sent(edits);
    while ((answer = STAILQ_FIRST(&edits->answers))) {
        STAILQ_REMOVE_HEAD(&edits->answers, link);
        free(answer);
    }
}

int edits_check_room(const struct stage *stage, struct err *err)
{
    if (stage->edits.bytes >= EDITS_BYTES_MAX || (stage->log && !command_log_has_room(stage->log)))
        return err_set(err, ERR_BUSY, "edits not on disk: %u; no more are taken until the session's disk takes them",
                       stage->edits.count);
    if (save_moves_show(stage))
        return err_set(err, ERR_BUSY, "the show is about to have another file; try again in a moment");
    return 0;
}

/* --- to the store --- */

static void send_edit(struct stage *stage, const struct edit_sent *edit)
{
    struct strbuf text = {0};
    struct err err;
    if (edit->length <= SHORT_LINE) {
        outbox_send(&stage->store, MSG_JOURNAL, edit->serial, edit->line, edit->length, -1);
        return;
    }
    strbuf_add(&text, edit->line, edit->length);
    int fd = document_to_fd(&text, &err);
    strbuf_clear(&text);
    if (fd < 0) {
        desk_notice(stage, false, err.text);
        return;
    }
    outbox_send(&stage->store, MSG_JOURNAL, edit->serial, NULL, 0, fd);
    close(fd);
}

void edits_add(struct stage *stage, const char *line)
{
    struct edits *edits = &stage->edits;
    size_t length = strlen(line);
    stage->desk_changed = true;
    if (!stage->server && !stage->log)
        return;                         /* a render has no journal */
    struct edit_sent *edit = xmalloc(sizeof *edit + length + 1);
    *edit = (struct edit_sent){.serial = ++edits->serial, .length = length};
    memcpy(edit->line, line, length + 1);
    if (stage->log)
        command_log_add_edit(stage->log, edit->serial, line);
    STAILQ_INSERT_TAIL(&edits->sent, edit, link);
    edits->count++;
    edits->bytes += length;
    send_edit(stage, edit);
}

void edits_take(struct stage *stage, const char *mark, const char *what, const char *text)
{
    struct strbuf line = {0};
    uint32_t before = stage->serial;
    replay_fmt(&line, mark, what, text);
    edits_add(stage, line.s);
    desk_event(stage, "edit %s", what);
    mirror_changes(stage);
    blackbox_edit(stage, what, line.s, before);
    strbuf_clear(&line);
}

void edits_send_again(struct stage *stage)
{
    struct edit_sent *edit;
    stage->edits.waiting = false;
    STAILQ_FOREACH(edit, &stage->edits.sent, link)
        send_edit(stage, edit);
}

/* The journal has nothing to go on from: here is everything. */
static void send_document(struct stage *stage)
{
    struct strbuf flat = {0};
    struct err err;
    struct msg_document about = {.dirty = show_dirty(stage->show)};
    flat_write(stage->show, &flat);
    int fd = document_to_fd(&flat, &err);
    strbuf_clear(&flat);
    if (fd < 0) {
        desk_notice(stage, false, err.text);
        return;
    }
    outbox_send(&stage->store, MSG_JOURNAL_DOCUMENT, stage->edits.serial, &about, sizeof about, fd);
    close(fd);
}

/* --- answers --- */

/* `ok`, which says that no kill takes it back, or `ok` and that this one could be. */
static void answer(struct stage *stage, struct ticket ticket, const char *text, bool kept)
{
    char *marked = kept ? NULL : xasprintf("%s%s" EDITS_NOT_KEPT, text, *text ? " " : "");
    stage_answer(stage, ticket, ERR_NONE, marked ? marked : text);
    free(marked);
}

static void answer_up_to(struct stage *stage, uint32_t serial, bool kept)
{
    struct edit_answer *first;
    while ((first = STAILQ_FIRST(&stage->edits.answers)) && first->serial <= serial) {
        STAILQ_REMOVE_HEAD(&stage->edits.answers, link);
        answer(stage, first->ticket, first->text, kept);
        free(first);
    }
}

void edits_answer(struct stage *stage, struct ticket ticket, const char *text)
{
    struct edits *edits = &stage->edits;
    if (STAILQ_EMPTY(&edits->sent) || edits->waiting || !ticket.client) {
        answer(stage, ticket, text, STAILQ_EMPTY(&edits->sent));
        return;
    }
    struct edit_answer *later = xmalloc(sizeof *later + strlen(text) + 1);
    *later = (struct edit_answer){.serial = edits->serial, .ticket = ticket, .since_ns = clock_now_rt()};
    strcpy(later->text, text);
    STAILQ_INSERT_TAIL(&edits->answers, later, link);
}

void edits_kept(struct stage *stage, uint32_t serial, uint32_t state)
{
    struct edits *edits = &stage->edits;
    if (state == MSG_KEPT_WANTED) {
        send_document(stage);
        return;
    }
    edits->waiting = state == MSG_KEPT_WAITING;
    answer_up_to(stage, serial, state == MSG_KEPT_WRITTEN);
    while (state == MSG_KEPT_WRITTEN && !STAILQ_EMPTY(&edits->sent) && STAILQ_FIRST(&edits->sent)->serial <= serial)
        drop_sent(edits);
    if (stage->log && STAILQ_EMPTY(&edits->sent))
        command_log_forget_edits(stage->log);
}

void edits_tick(struct stage *stage)
{
    struct edit_answer *first;
    uint64_t due = clock_now_rt() - EDITS_SILENT_MS * (CLOCK_SECOND_NS / 1000);
    while ((first = STAILQ_FIRST(&stage->edits.answers)) && first->since_ns <= due)
        answer_up_to(stage, first->serial, false);
}
