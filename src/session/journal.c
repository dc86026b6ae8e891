/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal of edits: see journal.h. A file of text: one head line that binds it to its
 * session file, then a command a line. A line cut short by a crash has no newline and is dropped.
 */
#include "config.h"

#include "session/journal.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "platform/fd.h"
#include "platform/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DOCUMENT_MARK "@document "

enum { JOURNAL_BYTES_MAX = 256 * 1024 * 1024, SYNC_MS = 100 };

struct journal {
    char path[1200];
    char session[1024];             /* "" unnamed */
    int fd;
    int lock;                       /* held while open: one show a journal */
    int lines;
    uint64_t dirty_ns;              /* of the first edit not synced; 0: none */
};

/* FNV-1a, 64 bit (Fowler, Noll, Vo): a short file name for a long path. */
static uint64_t path_hash(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

static void fmt_head(const struct journal *journal, char head[128])
{
    struct stat st = {0};
    if (journal->session[0] && stat(journal->session, &st) < 0)
        st = (struct stat){0};
    snprintf(head, 128, "clipgrid-journal 1 %016" PRIx64 " %lld %lld.%09ld\n", path_hash(journal->session), (long long)st.st_size,
             (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static int io_error(const struct journal *journal, const char *what, struct err *err)
{
    return err_set(err, ERR_IO, "%s: %s: %s", journal->path, what, strerror(errno));
}

/* A new file takes the old one's place whole, so that a kill leaves the one or the other. */
static int start_anew(struct journal *journal, const char *document, size_t bytes, struct err *err)
{
    char head[128], fresh[sizeof journal->path + 8], mark[40];
    fmt_head(journal, head);
    snprintf(fresh, sizeof fresh, "%s.new", journal->path);
    snprintf(mark, sizeof mark, DOCUMENT_MARK "%zu\n", bytes);
    int fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool fine = fd >= 0 && fd_write_all(fd, head, strlen(head)) == 0 &&
        (!document || (fd_write_all(fd, mark, strlen(mark)) == 0 && fd_write_all(fd, document, bytes) == 0)) &&
        fdatasync(fd) == 0 &&
        rename(fresh, journal->path) == 0;
    if (!fine) {
        io_error(journal, "cannot be written", err);
        if (fd >= 0)
            close(fd);
        unlink(fresh);
        return -1;
    }
    if (journal->fd >= 0)
        close(journal->fd);
    journal->fd = fd;
    journal->lines = document ? 1 : 0;
    journal->dirty_ns = 0;
    return 0;
}

int journal_restart(struct journal *journal, struct err *err)
{
    return start_anew(journal, NULL, 0, err);
}

int journal_restart_from(struct journal *journal, const char *document, size_t bytes, struct err *err)
{
    return start_anew(journal, document, bytes, err);
}

static int read_all(int fd, struct strbuf *text)
{
    char bytes[65536];
    ssize_t got;
    while ((got = read(fd, bytes, sizeof bytes)) > 0 && text->len < JOURNAL_BYTES_MAX)
        strbuf_add(text, bytes, (size_t)got);
    return got < 0 ? -1 : 0;
}

static void set_aside(struct journal *journal, char note[200])
{
    char aside[sizeof journal->path + 32];
    snprintf(aside, sizeof aside, "%s.%lld", journal->path, (long long)(clock_wall_ns() / 1000000000));
    if (rename(journal->path, aside) == 0)
        snprintf(note, 200, "the session file has changed since its unsaved edits were made: they are kept in %.100s", aside);
}

/* Takes the document off the front of what was read, if there is one. Return: bytes it took; SIZE_MAX: it is not whole. */
static size_t take_document(const char *text, size_t bytes, struct strbuf *document)
{
    size_t mark = strlen(DOCUMENT_MARK);
    if (bytes < mark || memcmp(text, DOCUMENT_MARK, mark))
        return 0;
    char *end;
    unsigned long long size = strtoull(text + mark, &end, 10);
    size_t before = (size_t)(end - text) + 1;
    if (*end != '\n' || before > bytes || size > bytes - before)
        return SIZE_MAX;
    strbuf_add(document, text + before, (size_t)size);
    return before + (size_t)size;
}

/* Takes up what an earlier show left. Return: false if the file is not (or no longer) this session's. */
static bool take_up(struct journal *journal, struct strbuf *document, struct strbuf *lines)
{
    struct strbuf text = {0};
    char head[128];
    fmt_head(journal, head);
    bool ours = read_all(journal->fd, &text) == 0 && text.len >= strlen(head) && !memcmp(text.s, head, strlen(head));
    if (ours) {
        char *end = text.s + text.len;
        while (end > text.s && end[-1] != '\n')
            end--;
        size_t whole = (size_t)(end - text.s);
        if (ftruncate(journal->fd, (off_t)whole) < 0 || lseek(journal->fd, (off_t)whole, SEEK_SET) < 0)
            ours = false;
        size_t from = strlen(head), taken = ours ? take_document(text.s + from, whole - from, document) : 0;
        ours = ours && taken != SIZE_MAX;
        journal->lines = taken && ours;
        for (char *p = text.s + from + taken; ours && p < end; p++)
            journal->lines += *p == '\n';
        if (ours)
            strbuf_add(lines, text.s + from + taken, whole - from - taken);
    }
    strbuf_clear(&text);
    return ours;
}

/* The lock is a file of its own: the journal's is replaced at every save. It stays, with the name of its last holder in it. */
static int take_lock(struct journal *journal, const char *holder, struct err *err)
{
    char path[sizeof journal->path + 8];
    snprintf(path, sizeof path, "%s.lock", journal->path);
    journal->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (journal->lock < 0)
        return io_error(journal, "cannot be opened", err);
    if (flock(journal->lock, LOCK_EX | LOCK_NB) == 0) {
        bool named = ftruncate(journal->lock, 0) == 0 && fd_write_all(journal->lock, holder, strlen(holder)) == 0;
        return named || errno == ENOSPC ? 0 : io_error(journal, "cannot be written", err);
    }
    char other[128] = "";
    ssize_t got = pread(journal->lock, other, sizeof other - 1, 0);
    other[got > 0 ? got : 0] = '\0';
    if (!*other)
        return err_set(err, ERR_BUSY, "another clipgrid is at work on this session");
    return err_set(err, ERR_BUSY, "the show that runs on the socket %s has this session open and keeps its unsaved edits", other);
}

struct journal *journal_open(const char *session, const char *fallback, struct strbuf *document, struct strbuf *lines,
                             char note[200], struct err *err)
{
    char folder[1024];
    note[0] = '\0';
    if (paths_state(folder, sizeof folder, err) < 0)
        return NULL;
    struct journal *journal = xcalloc(1, sizeof *journal);
    snprintf(journal->session, sizeof journal->session, "%s", session);
    snprintf(journal->path, sizeof journal->path, "%s/journal", folder);
    mkdir(journal->path, 0700);
    snprintf(journal->path, sizeof journal->path, "%s/journal/%016" PRIx64, folder, path_hash(*session ? session : fallback));
    journal->fd = -1;
    if (take_lock(journal, fallback, err) < 0) {
        journal_close(journal);
        return NULL;
    }
    struct stat st;
    bool old = stat(journal->path, &st) == 0 && st.st_size > 0;
    journal->fd = open(journal->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (journal->fd >= 0 && old && take_up(journal, document, lines))
        return journal;
    if (journal->fd >= 0 && old) {
        close(journal->fd);
        journal->fd = -1;
        set_aside(journal, note);
    } else if (journal->fd < 0) {
        io_error(journal, "cannot be opened", err);
        journal_close(journal);
        return NULL;
    }
    if (journal_restart(journal, err) == 0)
        return journal;
    journal_close(journal);
    return NULL;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->lock >= 0)
        close(journal->lock);
    if (journal->fd >= 0) {
        if (journal->dirty_ns)
            fdatasync(journal->fd);
        if (!journal->lines)
            unlink(journal->path);      /* nothing waits: leave nothing */
        close(journal->fd);
    }
    free(journal);
}

int journal_add(struct journal *journal, const char *line, struct err *err)
{
    struct strbuf text = {0};
    strbuf_adds(&text, line);
    strbuf_addc(&text, '\n');
    off_t before = lseek(journal->fd, 0, SEEK_CUR);
    int result = fd_write_all(journal->fd, text.s, text.len);
    if (result < 0) {
        io_error(journal, "edits are not kept", err);
        if (ftruncate(journal->fd, before) == 0)        /* no half line stays */
            lseek(journal->fd, before, SEEK_SET);
    } else {
        journal->lines++;
        if (!journal->dirty_ns)
            journal->dirty_ns = clock_now_rt();
    }
    strbuf_clear(&text);
    return result;
}

int journal_due_ms(const struct journal *journal)
{
    if (!journal || !journal->dirty_ns)
        return -1;
    uint64_t age_ms = (clock_now_rt() - journal->dirty_ns) / 1000000;
    return age_ms >= SYNC_MS ? 0 : (int)(SYNC_MS - age_ms);
}

int journal_sync(struct journal *journal, struct err *err)
{
    journal->dirty_ns = 0;
    return fdatasync(journal->fd) < 0 ? io_error(journal, "cannot be synced", err) : 0;
}

int journal_lines(const struct journal *journal)
{
    return journal->lines;
}
