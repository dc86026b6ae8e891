/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper's side of `save`, and of other programs that write the session's file. A save is
 * noted in the journal before and after, so that a kill between finds the edits it has and no
 * more; what the file held is a backup by then. Thread: the keeper's.
 */
#include "config.h"

#include "process/keeper_thread.h"

#include "process/document.h"
#include "process/moving.h"
#include "process/replay.h"
#include "base/text.h"
#include "base/xxh64.h"
#include "platform/clock.h"
#include "session/backups.h"
#include "session/session.h"
#include "show/flat.h"

#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEFT_MS = 1000 };            /* an answer has come long before */

struct saving {                         /* one save */
    const char *path;
    bool force, marked;                 /* marked: the journal knows of it */
    uint32_t serial;                    /* of the job */
    struct strbuf flat, text;           /* the document; the session's text */
    uint64_t hash;                      /* of the text */
    struct show *show;
};

/* --- who else writes the file --- */

static struct keeper_seen look_at(const char *path)
{
    struct stat st;
    if (!*path || stat(path, &st) < 0)
        return (struct keeper_seen){0};
    return (struct keeper_seen){.inode = st.st_ino, .bytes = st.st_size, .changed = st.st_mtim};
}

static bool same_seen(const struct keeper_seen *a, const struct keeper_seen *b)
{
    return a->inode == b->inode && a->bytes == b->bytes && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

void keeper_see(struct keeper *keeper, uint64_t hash)
{
    keeper->hash = hash;
    keeper->seen = look_at(keeper->place);
    keeper->changed_told = false;
}

/* Return: whether there is another file now than we know. One that is gone may be written again. */
static bool changed_by_others(struct keeper *keeper)
{
    struct keeper_seen now = look_at(keeper->place);
    if (!now.inode || same_seen(&now, &keeper->seen))
        return false;
    uint64_t hash = journal_hash(keeper->place);
    if (hash == keeper->hash)
        keeper->seen = now;                 /* touched, or copied back */
    return hash != keeper->hash;
}

void keeper_look(struct keeper *keeper)
{
    char text[1200];
    keeper->look_ns = clock_now_rt() + KEEPER_LOOK_MS * (CLOCK_SECOND_NS / 1000);
    if (!*keeper->place || keeper->changed_told || !changed_by_others(keeper))
        return;
    snprintf(text, sizeof text, "%.1000s: another program has changed it; save! writes over that, save FILE keeps both", keeper->place);
    keeper_notice(keeper, text);
    keeper->changed_told = true;
}

/* --- its place --- */

static int open_folder(const char *session)
{
    char copy[sizeof ((struct keeper *)0)->place];
    text_copy(copy, sizeof copy, session);
    int folder = *session ? open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    return folder < 0 ? AT_FDCWD : folder;
}

void keeper_take_place(struct keeper *keeper, const char *path, uint32_t serial)
{
    text_copy(keeper->place, sizeof keeper->place, path);
    keeper_tell_place(keeper, serial, open_folder(path));
}

/* --- a save --- */

static int check_file(struct keeper *keeper, const struct saving *saving, struct err *err)
{
    if (saving->force)
        return 0;
    if (strcmp(saving->path, keeper->place))
        return access(saving->path, F_OK) < 0 ? 0
             : err_set(err, ERR_REFUSED, "%s: is there already and is not this show's file; save! writes over it", saving->path);
    if (changed_by_others(keeper))
        return err_set(err, ERR_REFUSED, "%s: another program has changed it since it was opened; save! writes over that, "
                       "save FILE keeps both", saving->path);
    return 0;
}

static int read_document(const struct keeper_job *job, struct saving *saving, struct err *err)
{
    if (document_from_fd(job->fd, &saving->flat, err) < 0)
        return -1;
    saving->show = document_parse(saving->flat.s ? saving->flat.s : "", saving->flat.len, err);
    if (!saving->show)
        return -1;
    session_write(saving->show, &saving->text);
    saving->hash = xxh64_of(saving->text.s ? saving->text.s : "", saving->text.len, 0);
    return 0;
}

/* A backup that cannot be made keeps nobody from saving. */
static void tell_backup(struct keeper *keeper, int result, const struct err *err)
{
    char text[400];
    if (result == 0)
        return;
    snprintf(text, sizeof text, "no backup was made: %.360s", err->text);
    keeper_notice(keeper, text);
}

static int write_file(struct keeper *keeper, struct saving *saving, struct err *err)
{
    struct err why;
    tell_backup(keeper, backups_add_file(saving->path, &why), &why);
    if (session_save_text(saving->path, &saving->text, err) < 0)
        return -1;
    tell_backup(keeper, backups_add(saving->path, BACKUP_SAVED, &saving->text, saving->show, &why), &why);
    return 0;
}

/* The journal of a document that is saved now, when it could not follow the save: with nothing to undo, until the engine is asked. */
static void begin_anew(struct keeper *keeper, const struct saving *saving, uint32_t serial)
{
    struct err err;
    keeper_drop_held(keeper);
    keeper->lacks_undo = true;
    if (keeper->journal && journal_begin(keeper->journal, &saving->flat, NULL, serial, saving->hash, false, &err) == 0) {
        keeper_tell_kept(keeper, serial, MSG_KEPT_WRITTEN);
        return;
    }
    if (keeper->journal)
        journal_disown(keeper->journal);        /* edits added to it would be another file's */
}

static int save_here(struct keeper *keeper, struct saving *saving, uint32_t last, struct err *err)
{
    struct err why;
    bool whole = keeper->journal && journal_begun(keeper->journal) && !keeper->held_count;
    saving->marked = whole && journal_saving(keeper->journal, saving->hash, &why) == 0;
    int result = write_file(keeper, saving, err);
    if (result < 0 && journal_hash(saving->path) != saving->hash)
        return -1;                          /* else it is written, and only its folder is not synced */
    if (!saving->marked || (result == 0 && journal_saved(keeper->journal, saving->hash, &why) < 0))
        begin_anew(keeper, saving, last);
    keeper_see(keeper, saving->hash);
    return result;
}

/* All that was edited goes along to the new file's journal. The old one stays for a moment: were everything killed before the save is
 * answered, the show would begin with the old file again. */
static void move_journal(struct keeper *keeper, struct journal *journal, const struct saving *saving, uint32_t last)
{
    struct err err;
    struct moving moving;
    struct strbuf line = {0};
    struct journal *old = keeper->journal;
    bool moves = moving_between(keeper->place, saving->path, &moving);
    bool whole = old && journal_begun(old) && !keeper->held_count && journal_take_over(journal, old, &err) == 0;
    if (moves) {
        replay_fmt(&line, "@moved", keeper->place, saving->path);
        last++;
        whole = whole && journal_add(journal, last, line.s, &err) == 0;
        strbuf_clear(&line);
    }
    keeper->journal = journal;
    keeper->hash = saving->hash;
    if (!whole || journal_saved(journal, saving->hash, &err) < 0)
        begin_anew(keeper, saving, last);
    keeper->left = old;
    keeper->left_ns = clock_now_rt() + LEFT_MS * (CLOCK_SECOND_NS / 1000);
}

static int save_elsewhere(struct keeper *keeper, struct saving *saving, uint32_t last, struct err *err)
{
    char note[200];
    struct journal *journal = journal_open(saving->path, keeper->socket, 0, NULL, note, err);
    if (!journal)
        return err_prefix(err, "%s: not saved", saving->path);
    if (write_file(keeper, saving, err) < 0) {
        journal_close(journal);
        return -1;
    }
    move_journal(keeper, journal, saving, last);
    keeper_take_place(keeper, saving->path, saving->serial);
    keeper_see(keeper, saving->hash);
    if (*note)
        keeper_notice(keeper, note);
    return 0;
}

void keeper_save(struct keeper *keeper, const struct keeper_job *job)
{
    struct msg_path about;
    struct err err;
    memcpy(&about, job->payload, sizeof about);
    about.path[sizeof about.path - 1] = '\0';
    struct saving saving = {.path = about.path[0] ? about.path : keeper->place, .force = about.force, .serial = job->serial};
    int result = -1;
    keeper_let_go(keeper);
    if (!*saving.path)
        err_set(&err, ERR_REFUSED, "the show has no file name yet: save FILE");
    else if (check_file(keeper, &saving, &err) == 0 && read_document(job, &saving, &err) == 0)
        result = (strcmp(saving.path, keeper->place) ? save_elsewhere : save_here)(keeper, &saving, about.last, &err);
    keeper_answer(keeper, MSG_SAVED, job->serial, result < 0 ? &err : NULL, saving.path);
    if (keeper->lacks_undo)
        keeper_tell_kept(keeper, about.last, MSG_KEPT_WANTED);
    keeper->lacks_undo = false;
    strbuf_clear(&saving.flat);
    strbuf_clear(&saving.text);
    show_free(saving.show);
}

/* --- backups --- */

/* A list as people read it, or the document of one. Return: 0, or -1 with err. */
static int read_backup(const struct keeper *keeper, uint32_t number, struct strbuf *text, struct strbuf *which, struct err *err)
{
    static struct backup list[BACKUPS_MAX];
    if (!*keeper->place)
        return err_set(err, ERR_REFUSED, "restore: the show has no file yet, and no backups");
    int count = backups_list(keeper->place, list, err);
    if (count < 0)
        return -1;
    if (!number) {
        backups_fmt_list(list, count, text);
        return 0;
    }
    if (number > (uint32_t)count)
        return err_set(err, ERR_RANGE, "restore %u: there are %d backups", number, count);
    struct show *show = backups_load(keeper->place, &list[number - 1], err);
    if (!show)
        return -1;
    flat_write(show, text);
    backups_fmt(&list[number - 1], which);
    show_free(show);
    return 0;
}

void keeper_restore(struct keeper *keeper, const struct keeper_job *job)
{
    struct msg_restore ask;
    struct strbuf text = {0}, which = {0};
    struct err err;
    memcpy(&ask, job->payload, sizeof ask);
    int fd = read_backup(keeper, ask.number, &text, &which, &err) < 0 ? -1 : document_to_fd(&text, &err);
    if (fd < 0)
        keeper_answer(keeper, MSG_RESTORED, job->serial, &err, keeper->place);
    else
        keeper_answer_with(keeper, MSG_RESTORED, job->serial, which.s ? which.s : "", fd);
    strbuf_clear(&text);
    strbuf_clear(&which);
}
