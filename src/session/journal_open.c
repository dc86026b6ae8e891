/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Journals, found and opened: whose they are (a lock), what an earlier show left in them, and what
 * of that is put aside because it is of another file or another version.
 */
#include "config.h"

#include "session/journal_inside.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "platform/fd.h"
#include "platform/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ASIDE_TRIES = 100, DYING_MS = 2000 };       /* DYING_MS: a process that was killed may end a write first */

/* FNV-1a, 64 bit (Fowler, Noll, Vo): a short file name for a long path. */
static uint64_t path_hash(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

void journal_set_aside(const struct journal *journal, const char *why, char note[200])
{
    char aside[sizeof journal->path + 32];
    long long seconds = (long long)(clock_wall_ns() / 1000000000);
    for (int i = 0; i < ASIDE_TRIES; i++) {             /* a name for each second; another may have taken this one's */
        snprintf(aside, sizeof aside, "%s.%lld", journal->path, seconds + i);
        if (link(journal->path, aside) == 0 || (errno != EEXIST && rename(journal->path, aside) == 0)) {
            snprintf(note, 200, "%s: they are kept in %.100s", why, aside);
            return;
        }
        if (errno != EEXIST)
            return;
    }
}

/* Whether a journal that is not of this file has edits that no save took. */
static bool has_unsaved(const struct strbuf *text)
{
    const char *edit = NULL;
    for (const char *line = text->s, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (!next)
            break;
        const char *words = memchr(line, '@', (size_t)(next - line));
        bool saved = words && !strncmp(words, JOURNAL_SAVED " ", sizeof JOURNAL_SAVED);
        edit = saved ? NULL : line;
        next++;
    }
    return edit != NULL;
}

/* Takes up what an earlier show left, if it is of this session file. */
static void take_up(struct journal *journal, uint64_t hash, struct journal_past *past, char note[200])
{
    struct strbuf text = {0};
    struct journal_past own;
    int fd = open(journal->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return;
    size_t sound = journal_read_all(fd, &text) == 0 ? journal_parse(text.s ? text.s : "", text.len, hash, &own) : 0;
    bool torn = sound && sound < text.len && memchr(text.s + sound, '\n', text.len - sound) == NULL;
    if (sound && sound < text.len && !torn)
        journal_set_aside(journal, "edits behind a damaged place of the journal are not back", note);
    if (sound && ftruncate(fd, (off_t)sound) == 0 && lseek(fd, (off_t)sound, SEEK_SET) >= 0) {
        journal->fd = fd;
        journal->end = (off_t)sound;
        journal->edits = own.edits;
        journal->serial = own.serial;
        journal->ahead = own.edited;
        if (past)
            *past = own;
        else
            journal_past_clear(&own);
    } else {
        if (sound)
            journal_past_clear(&own);
        if (text.len && journal_is_other_version(text.s, text.len))
            journal_set_aside(journal, "edits of another version of clipgrid cannot be done again", note);
        else if (text.len && has_unsaved(&text))
            journal_set_aside(journal, "the session file has changed since its unsaved edits were made", note);
        close(fd);
    }
    strbuf_clear(&text);
}

/* The holder has our own name: a store of the show before this one, killed with it, which is not gone yet. Or it has none: work on
 * media, which may have been killed too, and a process that it had just forked shares its locks until it becomes another program. */
static bool may_be_dying(const struct journal *journal, const char *holder)
{
    char other[128] = "";
    ssize_t got = pread(journal->lock, other, sizeof other - 1, 0);
    return got == 0 || (got > 0 && !strcmp(other, holder));
}

/* The lock is a file of its own: the journal's is replaced now and then. It stays, with the name of its last holder in it. */
static int take_lock(struct journal *journal, const char *holder, struct err *err)
{
    char path[sizeof journal->path + 8];
    snprintf(path, sizeof path, "%s.lock", journal->path);
    journal->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (journal->lock < 0)
        return journal_io_error(journal, "cannot be opened", err);
    bool locked = flock(journal->lock, LOCK_EX | LOCK_NB) == 0;
    for (int i = 0; !locked && i < DYING_MS / 10 && may_be_dying(journal, holder); i++) {
        clock_sleep_ms(10);
        locked = flock(journal->lock, LOCK_EX | LOCK_NB) == 0;
    }
    if (locked) {
        bool named = ftruncate(journal->lock, 0) == 0 && fd_write_all(journal->lock, holder, strlen(holder)) == 0;
        return named || errno == ENOSPC ? 0 : journal_io_error(journal, "cannot be written", err);
    }
    char other[128] = "";
    ssize_t got = pread(journal->lock, other, sizeof other - 1, 0);
    other[got > 0 ? got : 0] = '\0';
    if (!*other)
        return err_set(err, ERR_BUSY, "another clipgrid is at work on this session");
    return err_set(err, ERR_BUSY, "the show that runs on the socket %s has this session open and keeps its unsaved edits", other);
}

struct journal *journal_open(const char *session, const char *fallback, uint64_t hash, struct journal_past *past,
                             char note[200], struct err *err)
{
    char state[1000];
    note[0] = '\0';
    if (past)
        *past = (struct journal_past){0};
    if (paths_state(state, sizeof state, err) < 0)
        return NULL;
    struct journal *journal = xcalloc(1, sizeof *journal);
    snprintf(journal->folder, sizeof journal->folder, "%s/journal", state);
    mkdir(journal->folder, 0700);
    snprintf(journal->path, sizeof journal->path, "%s/%016" PRIx64, journal->folder, path_hash(*session ? session : fallback));
    journal->fd = -1;
    if (take_lock(journal, fallback, err) < 0) {
        journal_close(journal);
        return NULL;
    }
    take_up(journal, hash, past, note);
    return journal;
}
