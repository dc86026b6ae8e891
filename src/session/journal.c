/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal of edits on the disk: see journal.h. An edit is one write at the end of the file; all
 * else that changes it makes a new file, which takes the old one's place whole, so that a kill
 * leaves the one or the other.
 */
#include "config.h"

#include "session/journal_inside.h"
#include "base/xxh64.h"
#include "platform/clock.h"
#include "platform/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JOURNAL_BYTES_MAX = 512 * 1024 * 1024, SYNC_MS = 100 };

int journal_io_error(const struct journal *journal, const char *what, struct err *err)
{
    return err_set(err, ERR_IO, "%s: %s: %s", journal->path, what, strerror(errno));
}

int journal_read_all(int fd, struct strbuf *text)
{
    char bytes[65536];
    ssize_t got;
    for (off_t at = 0; text->len < JOURNAL_BYTES_MAX; at += got) {
        got = pread(fd, bytes, sizeof bytes, at);
        if (got < 0 && errno == EINTR)
            got = 0;
        else if (got <= 0)
            return (int)got;
        else
            strbuf_add(text, bytes, (size_t)got);
    }
    errno = EFBIG;
    return -1;
}

uint64_t journal_hash(const char *session)
{
    struct strbuf text = {0};
    struct stat st;
    int fd = *session ? open(session, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
    uint64_t hash = 0;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && journal_read_all(fd, &text) == 0)
        hash = xxh64_of(text.s ? text.s : "", text.len, 0);
    if (fd >= 0)
        close(fd);
    strbuf_clear(&text);
    return hash;
}

/* --- making it anew --- */

static int sync_folder(const struct journal *journal)
{
    int fd = open(journal->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 ? -1 : fsync(fd), saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
    return result < 0 && saved == EINVAL ? 0 : result;      /* EINVAL: a file system whose folders need none */
}

/* Return: 0; -1 with err, and the journal is what it was, or it is this and only its folder is not synced, which is tried again. */
static int put_anew(struct journal *journal, const struct strbuf *text, struct err *err)
{
    char fresh[sizeof journal->path + 8];
    snprintf(fresh, sizeof fresh, "%s.new", journal->path);
    int fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || fd_write_all(fd, text->s, text->len) < 0 || fdatasync(fd) < 0 || rename(fresh, journal->path) < 0) {
        journal_io_error(journal, "cannot be written", err);
        if (fd >= 0)
            close(fd);
        unlink(fresh);
        return -1;
    }
    if (journal->fd >= 0)
        close(journal->fd);
    journal->fd = fd;
    journal->end = (off_t)text->len;
    journal->torn = journal->spoilt = false;
    journal->unnamed = sync_folder(journal) < 0;
    journal->dirty_ns = journal->unnamed ? clock_now_rt() : 0;
    return journal->unnamed ? journal_io_error(journal, "its folder cannot be synced", err) : 0;
}

/* The bytes that are ours. */
static int read_own(const struct journal *journal, struct strbuf *text)
{
    if (journal_read_all(journal->fd, text) < 0)
        return -1;
    if (text->len > (size_t)journal->end)
        text->s[text->len = (size_t)journal->end] = '\0';
    return 0;
}

static int count_edits(const char *lines)
{
    int edits = 0;
    for (const char *p = lines; *p; p++)
        edits += *p == '\n';
    return edits - (strstr(lines, JOURNAL_SAVED "\n") != NULL);
}

int journal_begin(struct journal *journal, const struct strbuf *document, const char *lines, uint32_t serial, uint64_t hash,
                  bool edited, struct err *err)
{
    struct strbuf text = {0};
    int edits = lines ? count_edits(lines) : 0;
    uint32_t number = serial - (uint32_t)edits;
    journal_fmt_head(&text);
    journal_fmt_document(&text, document->s ? document->s : "", document->len, number, hash, edited);
    for (const char *line = lines; line && *line; line = strchr(line, '\n') + 1) {
        size_t bytes = strcspn(line, "\n");
        if (bytes == strlen(JOURNAL_SAVED) && !strncmp(line, JOURNAL_SAVED, bytes))
            journal_fmt_mark(&text, number, JOURNAL_SAVED, hash);
        else
            journal_fmt_line(&text, ++number, line, bytes);
    }
    int result = put_anew(journal, &text, err);
    if (result == 0 || journal->unnamed) {
        journal->edits = edits;
        journal->serial = serial;
        journal->ahead = edited;
    }
    strbuf_clear(&text);
    return result;
}

int journal_take_over(struct journal *journal, const struct journal *from, struct err *err)
{
    struct strbuf text = {0};
    int result = read_own(from, &text) < 0 ? journal_io_error(from, "cannot be read", err) : put_anew(journal, &text, err);
    if (result == 0) {
        journal->edits = from->edits;
        journal->serial = from->serial;
        journal->ahead = from->ahead;
    }
    strbuf_clear(&text);
    return result;
}

/* --- the end --- */

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->fd >= 0) {
        if (journal->dirty_ns)
            journal_sync(journal, NULL);
        if (!journal->edits && !journal->ahead)
            unlink(journal->path);      /* nothing waits, nothing is to be undone: leave nothing */
        close(journal->fd);
    }
    if (journal->lock >= 0)
        close(journal->lock);
    free(journal);
}

void journal_drop(struct journal *journal)
{
    journal->edits = 0;
    journal->ahead = false;
    journal->dirty_ns = 0;
    journal_close(journal);
}

bool journal_begun(const struct journal *journal)
{
    return journal->fd >= 0;
}

bool journal_displaced(const struct journal *journal)
{
    struct stat own, named;
    if (journal->fd < 0 || fstat(journal->fd, &own) < 0)
        return false;
    if (stat(journal->path, &named) < 0)
        return errno == ENOENT || errno == ENOTDIR;
    return own.st_nlink == 0 || own.st_size < journal->end || named.st_ino != own.st_ino || named.st_dev != own.st_dev;
}

void journal_disown(struct journal *journal)
{
    if (journal->fd >= 0)
        close(journal->fd);
    journal->fd = -1;
    journal->dirty_ns = 0;
}

/* --- edits --- */

/* No half line stays: what were added behind it would be lost with it. */
static int mend_end(struct journal *journal)
{
    if (ftruncate(journal->fd, journal->end) < 0 || lseek(journal->fd, journal->end, SEEK_SET) < 0)
        return -1;
    journal->torn = false;
    return 0;
}

static int append(struct journal *journal, const struct strbuf *text, struct err *err)
{
    if ((journal->torn && mend_end(journal) < 0) || fd_write_all(journal->fd, text->s, text->len) < 0) {
        journal_io_error(journal, "edits cannot be written", err);
        journal->torn = true;
        mend_end(journal);
        return -1;
    }
    journal->end += (off_t)text->len;
    if (!journal->dirty_ns)
        journal->dirty_ns = clock_now_rt();
    return 0;
}

int journal_add(struct journal *journal, uint32_t serial, const char *line, struct err *err)
{
    struct strbuf text = {0};
    if (serial <= journal->serial)
        return 0;
    journal_fmt_line(&text, serial, line, strlen(line));
    int result = append(journal, &text, err);
    if (result == 0) {
        journal->serial = serial;
        journal->edits++;
    }
    strbuf_clear(&text);
    return result;
}

static int add_mark(struct journal *journal, const char *mark, uint64_t hash, struct err *err)
{
    struct strbuf text = {0};
    journal_fmt_mark(&text, journal->serial, mark, hash);
    int result = append(journal, &text, err);
    strbuf_clear(&text);
    return result;
}

int journal_saving(struct journal *journal, uint64_t hash, struct err *err)
{
    return add_mark(journal, "@saving", hash, err) < 0 ? -1 : journal_sync(journal, err);
}

int journal_saved(struct journal *journal, uint64_t hash, struct err *err)
{
    if (add_mark(journal, JOURNAL_SAVED, hash, err) < 0)
        return -1;
    journal->ahead = false;
    return 0;
}

int journal_due_ms(const struct journal *journal)
{
    if (!journal || !journal->dirty_ns)
        return -1;
    uint64_t age_ms = (clock_now_rt() - journal->dirty_ns) / 1000000;
    return age_ms >= SYNC_MS ? 0 : (int)(SYNC_MS - age_ms);
}

/* A descriptor is not asked again after a sync of it has failed: the kernel would say that all is well. */
int journal_sync(struct journal *journal, struct err *err)
{
    struct strbuf text = {0};
    int result = journal->spoilt ? -1 : fdatasync(journal->fd);
    if (result == 0 && journal->unnamed)
        result = sync_folder(journal);
    else if (result < 0)
        journal->spoilt = true;
    if (result == 0) {
        journal->dirty_ns = 0;
        journal->unnamed = false;
        return 0;
    }
    journal_io_error(journal, "cannot be synced", err);
    if (journal->spoilt)
        result = read_own(journal, &text) < 0 ? -1 : put_anew(journal, &text, err);
    strbuf_clear(&text);
    if (result < 0)
        journal->dirty_ns = clock_now_rt();         /* tried again */
    return result;
}

int journal_read(const struct journal *journal, uint64_t hash, struct journal_past *past, struct err *err)
{
    struct strbuf text = {0};
    *past = (struct journal_past){0};
    int result = read_own(journal, &text) < 0 ? journal_io_error(journal, "cannot be read", err) : 0;
    if (result == 0 && !journal_parse(text.s ? text.s : "", text.len, hash, past))
        result = err_set(err, ERR_IO, "%s: is not this session's any more", journal->path);
    strbuf_clear(&text);
    return result;
}

int journal_edits(const struct journal *journal)
{
    return journal->edits;
}

uint32_t journal_serial(const struct journal *journal)
{
    return journal->serial;
}
