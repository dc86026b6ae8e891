/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `clipgrid restore SESSION [NUMBER]`: lists the backups of a session that does not run, or writes
 * one over it. The present is a backup by then, and the next show that opens the file can undo it.
 */
#include "config.h"

#include "process/replay.h"
#include "process/roles.h"
#include "base/text.h"
#include "base/xxh64.h"
#include "platform/paths.h"
#include "session/backups.h"
#include "session/journal.h"
#include "session/session.h"
#include "show/flat.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

static struct backup list[BACKUPS_MAX];

static int print_list(int count)
{
    struct strbuf text = {0};
    backups_fmt_list(list, count, &text);
    front_print(stdout, text.s, true);
    strbuf_clear(&text);
    return 0;
}

/* The session's journal, if nobody runs it and it has no unsaved edits. Return: NULL with err. */
static struct journal *hold(const char *path, struct err *err)
{
    struct journal_past past;
    char note[200];
    struct journal *journal = journal_open(path, "", journal_hash(path), &past, note, err);
    if (!journal) {
        err_prefix(err, "%s", path);
    } else if (past.unsaved) {
        err_set(err, ERR_REFUSED, "%s: has unsaved edits of the last time it ran; open it and save first", path);
        journal_close(journal);
        journal = NULL;
    }
    journal_past_clear(&past);
    return journal;
}

static int write_over(const char *path, const struct show *show, const char *what, struct journal *journal, struct err *err)
{
    struct strbuf text = {0}, flat = {0}, line = {0};
    session_write(show, &text);
    flat_write(show, &flat);
    replay_fmt(&line, "@replace", what, flat.s);
    uint64_t hash = xxh64_of(text.s, text.len, 0);
    bool kept = journal_begun(journal) && journal_add(journal, journal_serial(journal) + 1, line.s, err) == 0 &&
        journal_saving(journal, hash, err) == 0;
    int result = backups_add_file(path, err);
    if (result == 0)
        result = session_save_text(path, &text, err);
    if (result == 0 && kept)
        result = journal_saved(journal, hash, err);
    strbuf_clear(&text);
    strbuf_clear(&flat);
    strbuf_clear(&line);
    return result;
}

static int restore(const char *path, const struct backup *backup, struct err *err)
{
    struct strbuf which = {0};
    struct journal *journal = hold(path, err);
    struct show *show = journal ? backups_load(path, backup, err) : NULL;
    backups_fmt(backup, &which);
    int result = show ? write_over(path, show, which.s, journal, err) : -1;
    if (result == 0)
        front_print(stdout, which.s, false);
    journal_close(journal);
    show_free(show);
    strbuf_clear(&which);
    return result;
}

int restore_main(const struct args *args)
{
    char path[PATH_MAX];
    struct err err;
    int64_t number = 0;
    if (args->words > 1 && (!text_parse_i64(args->word[1], &number) || number < 1))
        return front_fail(2, "restore %s: a number of those that are listed, from 1", args->word[1]);
    if (paths_absolute(args->word[0], path, sizeof path, &err) < 0)
        return front_fail(1, "%s", err.text);
    int count = backups_list(path, list, &err);
    if (count < 0)
        return front_fail(1, "%s", err.text);
    if (!count && access(path, F_OK) < 0)
        return front_fail(1, "%s: no such show", args->word[0]);
    if (!number)
        return print_list(count);
    if (number > count)
        return front_fail(1, "%s: there are %d backups", args->word[0], count);
    return restore(path, &list[number - 1], &err) < 0 ? front_fail(1, "%s", err.text) : 0;
}
