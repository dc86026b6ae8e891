/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work on the media of a show that lies on the disk: `clipgrid import` and its like. The session
 * file is taken as a show that runs would take it, by the lock of its journal, so that a running
 * show and its unsaved edits are never overwritten; it is written once, at the end.
 */
#include "config.h"

#include "process/library.h"
#include "process/replay.h"
#include "process/roles.h"
#include "base/text.h"
#include "base/xxh64.h"
#include "platform/paths.h"
#include "session/backups.h"
#include "session/journal.h"
#include "session/session.h"
#include "show/patch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct desk {                       /* a session on the disk and what is done with it */
    const struct args *args;
    char path[PATH_MAX];            /* of the session */
    struct journal *journal;        /* held while the file may be written; else NULL */
    struct library library;
    bool shown;                     /* a line of progress stands on the terminal */
};

static const struct call {
    const char *name;
    enum command_job kind;
    bool edits;                     /* it may write the session file */
} calls[] = {
    {"import", COMMAND_JOB_IMPORT, true}, {"consolidate", COMMAND_JOB_CONSOLIDATE, false}, {"pack", COMMAND_JOB_PACK, false},
    {"unpack", COMMAND_JOB_UNPACK, false}, {"relink", COMMAND_JOB_RELINK, true},
};

static const struct call *find_call(const char *name)
{
    size_t i = 0;
    while (strcmp(calls[i].name, name))
        i++;
    return &calls[i];
}

/* On a terminal one line that changes; else nothing: a log has no use for it. */
static void told(void *context, const char *text)
{
    struct desk *desk = context;
    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r%s: %s\033[K", desk->args->subcommand, text);
    desk->shown = true;
}

static void end_progress(struct desk *desk)
{
    if (desk->shown)
        fputs("\r\033[K", stderr);
    desk->shown = false;
}

/* Takes the session's place in the journal. Return: 0, or -1 with err: the show runs, or has edits that a save here would
 * lose. */
static int hold_session(struct desk *desk, struct err *err)
{
    struct journal_past past;
    char note[200];
    desk->journal = journal_open(desk->path, "", journal_hash(desk->path), &past, note, err);
    int result = desk->journal ? 0 : err_prefix(err, "%s", desk->path);
    if (desk->journal && past.unsaved > 0)
        result = err_set(err, ERR_REFUSED, "%s: has unsaved edits of the last time it ran; open it and save first", desk->path);
    else if (desk->journal && *note)
        front_print(stderr, note, false);
    journal_past_clear(&past);
    return result;
}

/* What is written is one more edit in the journal, so that the show that opens it next can undo it. */
static int save(struct desk *desk, struct err *err)
{
    struct library *library = &desk->library;
    struct strbuf line = {0}, text = {0};
    if (!library->patch.len)
        return 0;
    int result = patch_apply(library->show, library->patch.s, library->patch.len, desk->args->subcommand, err);
    session_write(library->show, &text);
    uint64_t hash = xxh64_of(text.s ? text.s : "", text.len, 0);
    replay_fmt(&line, "@patch", desk->args->subcommand, library->patch.s);
    bool kept = result == 0 && journal_begun(desk->journal) &&
        journal_add(desk->journal, journal_serial(desk->journal) + 1, line.s, err) == 0 &&
        journal_saving(desk->journal, hash, err) == 0;
    if (result == 0)
        result = backups_add_file(desk->path, err);
    if (result == 0)
        result = session_save_text(desk->path, &text, err);
    if (result == 0 && kept)
        result = journal_saved(desk->journal, hash, err);
    strbuf_clear(&line);
    strbuf_clear(&text);
    return result;
}

/* "T/R/C" and --tab as the request has them, from 0. */
static int take_place(const struct desk *desk, struct library_request *request, struct err *err)
{
    const struct args *args = desk->args;
    request->tab = (int)args->tab - 1;
    request->row = request->column = -1;
    if (!args->at)
        return 0;
    if (args->tab)
        return err_set(err, ERR_USAGE, "--at names the tab too: leave out --tab");
    return show_parse_place(desk->library.show, args->at, &request->tab, &request->row, &request->column, err);
}

static int work(struct desk *desk, const struct call *call, struct err *err)
{
    int before = call->kind != COMMAND_JOB_UNPACK;      /* words: the session */
    struct library_request request = {.kind = call->kind, .copy = desk->args->copy, .words = desk->args->words - before,
        .word = desk->args->word + before, .base = "", .clip = desk->args->clip, .take = (int)desk->args->take,
        .neighbours = desk->args->neighbours};
    if (request.take && !request.clip)
        return err_set(err, ERR_USAGE, "--take: of which clip? --clip CLIP");
    desk->library.progress.told = told;
    desk->library.progress.context = desk;
    if (take_place(desk, &request, err) < 0)
        return -1;
    int result = library_run(&desk->library, &request, err);
    end_progress(desk);
    return result < 0 ? -1 : save(desk, err);
}

static int run(struct desk *desk, const struct call *call, struct err *err)
{
    const char *session = desk->args->word[0];
    bool none = call->kind == COMMAND_JOB_UNPACK;       /* it makes one */
    if (!none && paths_absolute(session, desk->path, sizeof desk->path, err) < 0)
        return -1;
    if (call->edits && hold_session(desk, err) < 0)
        return -1;
    struct show *show = none ? show_new() : session_load(session, NULL, err);
    if (!show)
        return -1;
    int result = library_init(&desk->library, show, desk->path, err);
    if (!result)
        result = work(desk, call, err);
    if (!result && desk->library.answer.len)
        front_print(stdout, desk->library.answer.s, true);
    library_clear(&desk->library);
    return result;
}

int library_main(const struct args *args)
{
    static struct desk desk;
    struct err err;
    desk.args = args;
    int result = run(&desk, find_call(args->subcommand), &err);
    journal_close(desk.journal);
    return result < 0 ? front_fail(err.code == ERR_USAGE ? 2 : 1, "%s", err.text) : 0;
}
