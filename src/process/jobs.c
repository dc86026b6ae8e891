/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Long work on media, as the engine sees it: the document as it is goes to the store, which has a
 * process do the work (process/library.h); what is to change comes back as a patch and is applied
 * as one edit to the document as it is then. A screen is answered when the work has begun, since it
 * goes on firing clips over the same connection; who else asked waits for the end. Thread: main.
 */
#include "config.h"

#include "process/document.h"
#include "process/stage.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "show/flat.h"
#include "show/patch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct stage_job {
    enum command_job kind;
    struct ticket ticket;           /* client 0: answered already */
    uint32_t serial;
    char *what;                     /* the command, for undo */
    char *session;                  /* the show's file when it began */
    uint64_t shows;                 /* documents the stage had had by then */
    char told[200];                 /* how far it has come */
};

static const char *const names[COMMAND_JOBS] = {
    [COMMAND_JOB_IMPORT] = "import", [COMMAND_JOB_CONSOLIDATE] = "consolidate", [COMMAND_JOB_PACK] = "pack",
    [COMMAND_JOB_UNPACK] = "unpack", [COMMAND_JOB_RELINK] = "relink", [COMMAND_JOB_PEAKS] = "peaks",
};

static void end_job(struct stage *stage)
{
    free(stage->job->what);
    free(stage->job->session);
    free(stage->job);
    stage->job = NULL;
}

/* Whoever waits is answered; who does not wait any more, and all others, read it as a notice. */
static void conclude(struct stage *stage, enum err_code code, const char *text)
{
    struct stage_job *job = stage->job;
    char *notice = xasprintf("%s: %s", names[job->kind], *text ? text : "done");
    notice[strcspn(notice, "\n")] = '\0';
    if (code == ERR_NONE)
        edits_answer(stage, job->ticket, text);
    else
        stage_answer(stage, job->ticket, code, text);
    desk_notice(stage, code != ERR_NONE, notice);
    free(notice);
    end_job(stage);
}

static void send_job(struct stage *stage, const struct action *action, int document)
{
    struct msg_job message = {.kind = (uint32_t)action->job, .copy = action->force, .tab = action->tab, .row = action->row,
        .column = action->column};
    if (action->job == COMMAND_JOB_RELINK && action->slot >= 0)
        text_copy(message.clip, sizeof message.clip, show_clip(stage->show, action->slot)->id);
    text_copy(message.session, sizeof message.session, stage->session);
    text_copy(message.words, sizeof message.words, action->text);
    outbox_send(&stage->store, MSG_JOB, stage->job->serial, &message, sizeof message, document);
}

void jobs_begin(struct stage *stage, struct ticket ticket, const struct action *action)
{
    struct strbuf flat = {0};
    struct err err;
    if (stage->job || stage->store.socket < 0) {
        stage_answer(stage, ticket, ERR_BUSY, stage->job ? "work on media is under way; job tells how far, job cancel gives it up"
                                                         : "the store is being started again; try once more");
        return;
    }
    flat_write(stage->show, &flat);
    int fd = document_to_fd(&flat, &err);
    strbuf_clear(&flat);
    if (fd < 0) {
        stage_answer(stage, ticket, err.code, err.text);
        return;
    }
    bool screen = stage->server && server_is_screen(stage->server, ticket);
    stage->job = xcalloc(1, sizeof *stage->job);
    *stage->job = (struct stage_job){.kind = action->job, .ticket = screen ? (struct ticket){0} : ticket,
                                     .serial = ++stage->save_serial,
        .what = xasprintf("%s %s", names[action->job], action->text), .session = xstrdup(stage->session), .shows = stage->shows};
    send_job(stage, action, fd);
    close(fd);
    if (screen)
        stage_answer(stage, ticket, ERR_NONE, "it has begun; job tells how far");
}

void jobs_told(struct stage *stage, const char *text)
{
    if (!stage->job)
        return;
    text_copy(stage->job->told, sizeof stage->job->told, text);
    desk_event(stage, "job %s: %s", names[stage->job->kind], text);
}

/* Applies what is to change. Return: 0, or -1 with err and the document as it was. */
static int take_patch(struct stage *stage, const char *patch, size_t bytes, struct err *err)
{
    struct stage_job *job = stage->job;
    if (!bytes)
        return 0;
    if (job->shows != stage->shows || strcmp(job->session, stage->session))
        return err_set(err, ERR_REFUSED, "the show is another one, or has another file, than when it began; nothing is changed");
    if (edits_check_room(stage, err) < 0)
        return -1;
    if (patch_apply(stage->show, patch, bytes, job->what, err) < 0)
        return err_prefix(err, "the show was edited meanwhile; nothing is changed, try again");
    edits_take(stage, "@patch", job->what, patch);
    return 0;
}

/* The part of a text before the next mark; *rest goes behind it, or to the end. */
static char *next_part(char **rest)
{
    char *part = *rest, *mark = strstr(part, "\f\n");
    *rest = mark ? mark + 2 : part + strlen(part);
    if (mark)
        *mark = '\0';
    return part;
}

static void take_results(struct stage *stage, int fd)
{
    struct strbuf all = {0};
    struct err err = {0};
    if (document_from_fd(fd, &all, &err) < 0) {
        conclude(stage, err.code, err.text);
        strbuf_clear(&all);
        return;
    }
    strbuf_adds(&all, "");              /* a text, also if nothing came */
    char *rest = all.s, *patch = next_part(&rest), *answer = next_part(&rest);
    if (take_patch(stage, patch, strlen(patch), &err) < 0) {
        conclude(stage, err.code, err.text);
    } else {
        if (stage->job->kind == COMMAND_JOB_RELINK) {
            strbuf_reset(&stage->offers);
            strbuf_adds(&stage->offers, rest);
        }
        conclude(stage, ERR_NONE, answer);
    }
    strbuf_clear(&all);
}

void jobs_done(struct stage *stage, const struct msg *msg)
{
    struct msg_job_done done;
    memcpy(&done, msg->payload, sizeof done);
    done.text[sizeof done.text - 1] = '\0';
    if (!stage->job || stage->job->serial != msg->serial)
        return;
    if (done.ok && msg->fd[0] >= 0)
        take_results(stage, msg->fd[0]);
    else
        conclude(stage, done.code > ERR_NONE && done.code <= ERR_IO ? (enum err_code)done.code : ERR_IO, done.text);
}

void jobs_lost(struct stage *stage)
{
    if (stage->job)
        conclude(stage, ERR_IO, "the store was started again; nothing is half done, and a second try goes on");
}

void jobs_cancel(struct stage *stage, struct ticket ticket)
{
    if (!stage->job) {
        stage_answer(stage, ticket, ERR_REFUSED, "job cancel: no work on media is under way");
        return;
    }
    outbox_send(&stage->store, MSG_JOB_CANCEL, 0, NULL, 0, -1);
    conclude(stage, ERR_REFUSED, "given up");
    stage_answer(stage, ticket, ERR_NONE, "");
}

void jobs_status(struct stage *stage, struct ticket ticket)
{
    char *text = stage->job ? xasprintf("%s: %s", names[stage->job->kind], stage->job->told[0] ? stage->job->told : "begins")
                            : xstrdup("no work on media is under way");
    stage_answer(stage, ticket, ERR_NONE, text);
    free(text);
}

/* --- what relink has offered --- */

/* Takes one line `ID NUMBER FILE`, or that with one word more of a neighbour, of the offers apart. Return: the clip's slot, or -1
 * if it does not offer what is asked for. */
static int parse_offer(const struct stage *stage, struct words *words, char *line, int number, bool neighbour)
{
    bool sound = words_split(words, line, NULL) == 0 && words->count >= 3 && atoi(words->word[1]) == number &&
                 (!neighbour || words->count == 4);
    return sound ? show_slot_by_id(stage->show, words->word[0]) : -1;
}

static int apply_offers(struct stage *stage, const struct strbuf *patch, const char *what, struct err *err)
{
    if (!patch->len)
        return err_set(err, ERR_UNKNOWN, "%s: nothing is offered; relink CLIP FILE offers what went the same way", what);
    if (edits_check_room(stage, err) < 0 || patch_apply(stage->show, patch->s, patch->len, what, err) < 0)
        return -1;
    edits_take(stage, "@patch", what, patch->s);
    return 0;
}

/* What has gone the same way as the file that was taken last, in one edit. */
static void take_neighbours(struct stage *stage, struct ticket ticket, const struct action *action, char *lines)
{
    struct strbuf patch = {0};
    struct err err;
    for (char *line; (line = strsep(&lines, "\n"));) {
        struct words words;
        if (parse_offer(stage, &words, line, 1, true) >= 0) {
            char object[80] = "clip ";
            text_copy(object + 5, sizeof object - 5, words.word[0]);
            patch_add(&patch, object, "file", words.word[2]);
        }
        words_clear(&words);
    }
    if (apply_offers(stage, &patch, action->text, &err) < 0) {
        stage_answer(stage, ticket, err.code, err.text);
    } else {
        stage_answer(stage, ticket, ERR_NONE, "");
        strbuf_reset(&stage->offers);   /* they hold no more */
    }
    strbuf_clear(&patch);
}

/* `relink CLIP NUMBER` is `relink CLIP FILE` with the file that was offered, and its neighbours are offered in turn. */
static void take_candidate(struct stage *stage, struct ticket ticket, const struct action *action, char *lines)
{
    struct strbuf file = {0};
    for (char *line; (line = strsep(&lines, "\n"));) {
        struct words words;
        if (!file.len && parse_offer(stage, &words, line, (int)action->number, false) == action->slot)
            text_fmt_word(&file, words.word[2]);
        words_clear(&words);
    }
    struct action relink = *action;
    relink.type = ACTION_JOB;
    relink.job = COMMAND_JOB_RELINK;
    relink.text = file.s;
    if (file.len)
        jobs_begin(stage, ticket, &relink);
    else
        stage_answer(stage, ticket, ERR_UNKNOWN,
                     "nothing of that number is offered for this clip; relink looks for what is missing");
    strbuf_clear(&file);
}

void jobs_take_offer(struct stage *stage, struct ticket ticket, const struct action *action)
{
    char *lines = xstrdup(stage->offers.s ? stage->offers.s : "");
    if (action->slot >= 0)
        take_candidate(stage, ticket, action, lines);
    else
        take_neighbours(stage, ticket, action, lines);
    free(lines);
}
