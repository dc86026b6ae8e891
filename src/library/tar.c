/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libarchive, loaded when it is first used: see tar.h. Only its tar reader is switched on, and no
 * filter: nothing that is packed inside something else is ever unpacked. Names are UTF-8 whatever
 * the user's locale is.
 */
#include "config.h"

#include "library/tar.h"

#ifdef HAVE_ARCHIVE
#include "base/xalloc.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY "libarchive.so.13"

enum { BLOCK_BYTES = 256 * 1024 };

#define CALLS(X) \
    X(archive_entry_clear) X(archive_entry_filetype) X(archive_entry_free) X(archive_entry_hardlink) X(archive_entry_mtime) \
    X(archive_entry_new) X(archive_entry_pathname) X(archive_entry_set_filetype) X(archive_entry_set_mtime) \
    X(archive_entry_set_pathname) X(archive_entry_set_perm) X(archive_entry_set_size) X(archive_entry_size) X(archive_error_string) \
    X(archive_read_data) X(archive_read_free) X(archive_read_new) X(archive_read_next_header) X(archive_read_open_fd) \
    X(archive_read_support_format_tar) X(archive_write_close) X(archive_write_data) X(archive_write_free) X(archive_write_header) \
    X(archive_write_new) X(archive_write_open_fd) X(archive_write_set_bytes_in_last_block) \
    X(archive_write_set_bytes_per_block) X(archive_write_set_format_pax_restricted)

/* The functions of the library that are used, under their own names. */
static struct {
#define MEMBER(name) __typeof__(name) *name;
    CALLS(MEMBER)
} lib;

static const struct { const char *name; size_t offset; } calls[] = {
#define ROW(name) {#name, offsetof(__typeof__(lib), name)},
    CALLS(ROW)
};

struct tar {
    struct archive *archive;
    struct archive_entry *entry;    /* the member being written, or the last one read (then the library's) */
    bool writing;
    locale_t utf8, before;          /* while it is open */
};

static int load_library(struct err *err)
{
    if (lib.archive_read_new)
        return 0;
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return err_set(err, ERR_REFUSED, "archives need %s, which is not installed", LIBRARY);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        void *call = dlsym(library, calls[i].name);
        if (!call) {
            memset(&lib, 0, sizeof lib);
            return err_set(err, ERR_REFUSED, "%s is too old: it has no %s", LIBRARY, calls[i].name);
        }
        memcpy((char *)&lib + calls[i].offset, &call, sizeof call);
    }
    return 0;
}

/* Return: -1, with the library's own words. */
static int fail(const struct tar *tar, struct err *err)
{
    const char *text = lib.archive_error_string(tar->archive);
    return err_set(err, ERR_IO, "%s", text ? text : "the archive cannot be used");
}

static struct tar *make(bool writing)
{
    struct tar *tar = xcalloc(1, sizeof *tar);
    tar->writing = writing;
    tar->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (tar->utf8)
        tar->before = uselocale(tar->utf8);
    return tar;
}

static void done(struct tar *tar)
{
    if (tar->utf8) {
        uselocale(tar->before);
        freelocale(tar->utf8);
    }
    free(tar);
}

struct tar *tar_create(int fd, struct err *err)
{
    if (load_library(err) < 0)
        return NULL;
    struct tar *tar = make(true);
    tar->archive = lib.archive_write_new();
    tar->entry = lib.archive_entry_new();
    lib.archive_write_set_format_pax_restricted(tar->archive);
    lib.archive_write_set_bytes_per_block(tar->archive, BLOCK_BYTES);
    lib.archive_write_set_bytes_in_last_block(tar->archive, 1);
    if (lib.archive_write_open_fd(tar->archive, fd) == ARCHIVE_OK)
        return tar;
    fail(tar, err);
    tar_abandon(tar);
    return NULL;
}

int tar_add(struct tar *tar, const char *name, int64_t bytes, time_t mtime, struct err *err)
{
    lib.archive_entry_clear(tar->entry);
    lib.archive_entry_set_pathname(tar->entry, name);
    lib.archive_entry_set_filetype(tar->entry, AE_IFREG);
    lib.archive_entry_set_perm(tar->entry, 0644);
    lib.archive_entry_set_size(tar->entry, bytes);
    lib.archive_entry_set_mtime(tar->entry, mtime, 0);
    return lib.archive_write_header(tar->archive, tar->entry) == ARCHIVE_OK ? 0 : fail(tar, err);
}

int tar_write(struct tar *tar, const void *bytes, size_t count, struct err *err)
{
    la_ssize_t written = lib.archive_write_data(tar->archive, bytes, count);
    if (written == (la_ssize_t)count)
        return 0;
    return written < 0 ? fail(tar, err) : err_set(err, ERR_IO, "more bytes than its head says");
}

int tar_finish(struct tar *tar, struct err *err)
{
    int result = lib.archive_write_close(tar->archive) == ARCHIVE_OK ? 0 : fail(tar, err);
    tar_abandon(tar);
    return result;
}

void tar_abandon(struct tar *tar)
{
    if (!tar)
        return;
    lib.archive_entry_free(tar->entry);
    lib.archive_write_free(tar->archive);
    done(tar);
}

struct tar *tar_open(int fd, struct err *err)
{
    if (load_library(err) < 0)
        return NULL;
    struct tar *tar = make(false);
    tar->archive = lib.archive_read_new();
    lib.archive_read_support_format_tar(tar->archive);
    if (lib.archive_read_open_fd(tar->archive, fd, BLOCK_BYTES) == ARCHIVE_OK)
        return tar;
    fail(tar, err);
    tar_close(tar);
    return NULL;
}

int tar_next(struct tar *tar, struct tar_member *member, struct err *err)
{
    int got = lib.archive_read_next_header(tar->archive, &tar->entry);
    if (got == ARCHIVE_EOF)
        return 0;
    if (got != ARCHIVE_OK)              /* a warning is a name or a head that is not as it should be */
        return fail(tar, err);
    struct archive_entry *entry = tar->entry;
    int64_t bytes = lib.archive_entry_size(entry);
    bool plain = !lib.archive_entry_hardlink(entry);
    *member = (struct tar_member){.name = lib.archive_entry_pathname(entry), .bytes = bytes > 0 ? bytes : 0,
        .regular = plain && lib.archive_entry_filetype(entry) == AE_IFREG,
        .folder = plain && lib.archive_entry_filetype(entry) == AE_IFDIR, .mtime = lib.archive_entry_mtime(entry)};
    return 1;
}

ssize_t tar_read(struct tar *tar, void *bytes, size_t count, struct err *err)
{
    la_ssize_t got = lib.archive_read_data(tar->archive, bytes, count);
    return got < 0 ? fail(tar, err) : (ssize_t)got;
}

void tar_close(struct tar *tar)
{
    if (!tar)
        return;
    lib.archive_read_free(tar->archive);
    done(tar);
}

#else   /* a build without libarchive */

static int lacks(struct err *err)
{
    return err_set(err, ERR_REFUSED, "archives need libarchive, which this clipgrid was built without");
}

struct tar *tar_create(int fd, struct err *err)
{
    (void)fd;
    lacks(err);
    return NULL;
}

int tar_add(struct tar *tar, const char *name, int64_t bytes, time_t mtime, struct err *err)
{
    (void)tar, (void)name, (void)bytes, (void)mtime;
    return lacks(err);
}

int tar_write(struct tar *tar, const void *bytes, size_t count, struct err *err)
{
    (void)tar, (void)bytes, (void)count;
    return lacks(err);
}

int tar_finish(struct tar *tar, struct err *err)
{
    (void)tar;
    return lacks(err);
}

void tar_abandon(struct tar *tar)
{
    (void)tar;
}

struct tar *tar_open(int fd, struct err *err)
{
    return tar_create(fd, err);
}

int tar_next(struct tar *tar, struct tar_member *member, struct err *err)
{
    (void)tar, (void)member;
    return lacks(err);
}

ssize_t tar_read(struct tar *tar, void *bytes, size_t count, struct err *err)
{
    (void)tar, (void)bytes, (void)count;
    return lacks(err);
}

void tar_close(struct tar *tar)
{
    (void)tar;
}
#endif
