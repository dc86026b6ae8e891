/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper's edits: each is written to the journal, in order, and then told. What cannot be
 * written (the disk is full, read-only, not ours) is held, said once, and tried again every
 * second; the engine keeps it too, until it is told that it is written. Thread: the keeper's.
 */
#include "config.h"

#include "process/keeper_thread.h"

#include "process/document.h"
#include "process/replay.h"
#include "base/text.h"
#include "platform/clock.h"
#include "session/backups.h"
#include "session/session.h"
#include "show/flat.h"

#include <stdio.h>
#include <string.h>

void keeper_take_journal(struct keeper *keeper, struct journal_past *past, char *note)
{
    struct err why;
    journal_close(keeper->journal);
    keeper->journal = journal_open(keeper->place, keeper->socket, keeper->hash, past, note, &why);
    if (keeper->journal && !past && journal_begun(keeper->journal)) {
        if (journal_edits(keeper->journal))
            journal_set_aside(keeper->journal, "edits that were found in the journal are not of this show", note);
        journal_disown(keeper->journal);
    }
    if (keeper->journal)
        return;
    snprintf(note, 200, "edits are kept only once they are saved: %.150s", why.text);
    keeper->retry_ns = clock_now_rt() + KEEPER_RETRY_MS * (CLOCK_SECOND_NS / 1000);
}

void keeper_guard_journal(struct keeper *keeper, uint32_t serial)
{
    char note[200] = "";
    if (!keeper->journal || !journal_displaced(keeper->journal))
        return;
    keeper_notice(keeper, "another program has removed or changed the journal of edits: it is written anew");
    keeper_take_journal(keeper, NULL, note);
    keeper_notice(keeper, note);
    if (keeper->journal)
        keeper_tell_kept(keeper, serial, MSG_KEPT_WANTED);
}

/* --- what cannot be written --- */

static void hold(struct keeper *keeper, struct keeper_job *job)
{
    TAILQ_INSERT_TAIL(&keeper->held, job, link);
    keeper->held_count++;
    if (!keeper->retry_ns)              /* a stream of edits puts no try off */
        keeper->retry_ns = clock_now_rt() + KEEPER_RETRY_MS * (CLOCK_SECOND_NS / 1000);
}

static void tell_held(struct keeper *keeper, const char *why)
{
    char text[400];
    if (keeper->held_count == keeper->held_told)
        return;
    snprintf(text, sizeof text, "edits not on disk: %u; tried again every second: %.300s", keeper->held_count, why);
    keeper_notice(keeper, text);
    keeper->held_told = keeper->held_count;
}

void keeper_drop_held(struct keeper *keeper)
{
    struct keeper_job *job;
    while ((job = TAILQ_FIRST(&keeper->held))) {
        TAILQ_REMOVE(&keeper->held, job, link);
        keeper_job_free(job);
    }
    keeper->held_count = keeper->held_told = 0;
    keeper->retry_ns = 0;
}

/* --- one edit --- */

static int write_line(struct keeper *keeper, const struct keeper_job *job, struct err *err)
{
    struct strbuf text = {0};
    if (job->fd < 0)
        return journal_add(keeper->journal, job->serial, job->payload, err);
    int result = document_from_fd(job->fd, &text, err);
    if (result == 0)
        result = journal_add(keeper->journal, job->serial, text.s ? text.s : "", err);
    strbuf_clear(&text);
    return result;
}

static int write_document(struct keeper *keeper, const struct keeper_job *job, struct err *err)
{
    struct strbuf text = {0};
    struct msg_document about;
    memcpy(&about, job->payload, sizeof about);
    int result = document_from_fd(job->fd, &text, err);
    if (result == 0) {
        char *lines = memmem(text.s ? text.s : "", text.len, "\f\n", 2);     /* of undo, if the store remembers it */
        text.len = lines ? (size_t)(lines - text.s) : text.len;
        result = journal_begin(keeper->journal, &text, lines ? lines + 2 : NULL, job->serial, keeper->hash, about.dirty, err);
    }
    strbuf_clear(&text);
    return result;
}

static int write_edit(struct keeper *keeper, const struct keeper_job *job, struct err *err)
{
    if (!keeper->journal)
        return err_set(err, ERR_IO, "the journal of edits cannot be opened");
    if (job->type == MSG_JOURNAL_DOCUMENT)
        return write_document(keeper, job, err);
    if (journal_begun(keeper->journal))
        return write_line(keeper, job, err);
    keeper_tell_kept(keeper, job->serial, MSG_KEPT_WANTED);
    return err_set(err, ERR_IO, "the journal of edits begins anew");
}

bool keeper_edit(struct keeper *keeper, struct keeper_job *job)
{
    struct err err;
    bool first = TAILQ_EMPTY(&keeper->held), whole = job->type == MSG_JOURNAL_DOCUMENT;
    err_set(&err, ERR_IO, "others wait before it");
    if ((first || whole) && write_edit(keeper, job, &err) == 0) {
        if (whole)
            keeper_drop_held(keeper);       /* it has them all */
        keeper_tell_kept(keeper, job->serial, MSG_KEPT_WRITTEN);
        keeper_shorten(keeper);
        return false;
    }
    keeper_tell_kept(keeper, job->serial, MSG_KEPT_WAITING);
    if (whole)
        return false;                       /* it is asked for again */
    hold(keeper, job);
    if (first && (!keeper->journal || journal_begun(keeper->journal)))
        tell_held(keeper, err.text);
    return true;
}

void keeper_retry(struct keeper *keeper)
{
    struct keeper_job *job;
    struct err err;
    char note[200] = "";
    keeper->retry_ns = clock_now_rt() + KEEPER_RETRY_MS * (CLOCK_SECOND_NS / 1000);
    if (!keeper->journal)
        keeper_take_journal(keeper, NULL, note);
    while ((job = TAILQ_FIRST(&keeper->held))) {
        if (write_edit(keeper, job, &err) < 0) {
            tell_held(keeper, err.text);
            return;
        }
        keeper_tell_kept(keeper, job->serial, MSG_KEPT_WRITTEN);
        TAILQ_REMOVE(&keeper->held, job, link);
        keeper->held_count--;
        keeper_job_free(job);
    }
    if (keeper->held_told)
        keeper_notice(keeper, "all edits are on the disk again");
    keeper->held_told = 0;
    keeper->retry_ns = keeper->journal ? 0 : keeper->retry_ns;
}

void keeper_sync(struct keeper *keeper)
{
    struct err err;
    if (journal_sync(keeper->journal, &err) < 0)
        keeper_notice(keeper, err.text);
}

/* --- a long journal --- */

/* The first `cut` lines become part of the document. Return: what is left of the lines, NULL if that cannot be. */
static const char *absorb(const struct journal_past *past, int cut, struct strbuf *document)
{
    struct err err;
    struct show *show = document_parse(past->document.s, past->document.len, &err);
    const char *rest = past->lines.s;
    for (int i = 0; i < cut; i++)
        rest = strchr(rest, '\n') + 1;
    struct strbuf front = {0};
    strbuf_add(&front, past->lines.s, (size_t)(rest - past->lines.s));
    bool whole = show && replay_lines(show, front.s, false, &err) == front.len;
    if (whole)
        flat_write(show, document);
    strbuf_clear(&front);
    show_free(show);
    return whole ? rest : NULL;
}

void keeper_shorten(struct keeper *keeper)
{
    struct journal_past past;
    struct strbuf document = {0};
    struct err err;
    if (journal_edits(keeper->journal) < KEEPER_LONG || journal_edits(keeper->journal) % KEEPER_STEP ||
        journal_read(keeper->journal, keeper->hash, &past, &err) < 0)
        return;
    int cut = replay_cut(past.lines.s ? past.lines.s : "", KEEPER_UNDO);
    const char *rest = cut ? absorb(&past, cut, &document) : NULL;
    const char *mark = past.lines.s ? strstr(past.lines.s, JOURNAL_SAVED "\n") : NULL;
    bool edited = !mark || (rest && mark < rest && rest - mark > (ptrdiff_t)strlen(JOURNAL_SAVED "\n"));
    if (rest && journal_begin(keeper->journal, &document, rest, past.serial, keeper->hash, edited, &err) == 0)
        keeper_tell_journal(keeper, &document, rest, past.serial, edited);
    strbuf_clear(&document);
    journal_past_clear(&past);
}

/* --- autosave --- */

void keeper_autosave(struct keeper *keeper)
{
    struct journal_past past;
    struct strbuf text = {0};
    struct err err;
    keeper->autosave_ns = clock_now_rt() + KEEPER_AUTOSAVE_S * CLOCK_SECOND_NS;
    if (!*keeper->place || !keeper->journal || !journal_begun(keeper->journal) ||
        journal_serial(keeper->journal) == keeper->autosaved || journal_read(keeper->journal, keeper->hash, &past, &err) < 0)
        return;
    keeper->autosaved = journal_serial(keeper->journal);
    struct show *show = past.unsaved ? document_parse(past.document.s, past.document.len, &err) : NULL;
    if (show && replay_lines(show, past.lines.s ? past.lines.s : "", false, &err) == past.lines.len) {
        session_write(show, &text);
        if (backups_add(keeper->place, BACKUP_UNSAVED, &text, show, &err) < 0)
            keeper_notice(keeper, err.text);
    }
    strbuf_clear(&text);
    show_free(show);
    journal_past_clear(&past);
}
