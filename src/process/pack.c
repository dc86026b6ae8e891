/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pack: a show and its media as one file (SPEC D7; process/pack.h says what is in it). Written
 * beside under a name of its own, synced, and only then given its name, never over anything: an
 * interruption leaves at most `.NAME.packing`, which the next one writes anew.
 */
#include "config.h"

#include "process/pack.h"
#include "process/gather.h"
#include "base/xalloc.h"
#include "base/xxh64.h"
#include "library/copy.h"
#include "library/tar.h"
#include "media/media_file.h"
#include "platform/fd.h"
#include "platform/paths.h"
#include "session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct packing {
    struct library *library;
    struct gather gather;
    struct tar *tar;
    struct strbuf contents;
    struct err *err;
};

static void note_member(struct packing *packing, const struct xxh64 *hash, uint64_t bytes, const char *name)
{
    strbuf_addf(&packing->contents, PACK_LINE, xxh64_digest(hash), bytes, name);
}

static int add_text(struct packing *packing, const char *name, const struct strbuf *text)
{
    if (tar_add(packing->tar, name, (int64_t)text->len, time(NULL), packing->err) < 0 ||
        tar_write(packing->tar, text->s, text->len, packing->err) < 0)
        return -1;
    struct xxh64 hash;
    xxh64_init(&hash, 0);
    xxh64_add(&hash, text->s, text->len);
    note_member(packing, &hash, text->len, name);
    return 0;
}

static int write_bytes(struct packing *packing, int fd, uint64_t bytes, struct xxh64 *hash)
{
    unsigned char *chunk = xmalloc(PACK_CHUNK_BYTES);
    int result = 0;
    for (uint64_t at = 0; at < bytes && !result;) {
        uint64_t left = bytes - at;
        ssize_t got = pread(fd, chunk, left < PACK_CHUNK_BYTES ? (size_t)left : PACK_CHUNK_BYTES, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            result = err_set(packing->err, ERR_IO, "%s", got ? strerror(errno) : "it became shorter while it was packed");
            break;
        }
        xxh64_add(hash, chunk, (size_t)got);
        result = tar_write(packing->tar, chunk, (size_t)got, packing->err);
        at += (uint64_t)got;
        progress_add(&packing->library->progress, (uint64_t)got);
    }
    free(chunk);
    return result;
}

static int add_open(struct packing *packing, int fd, const char *name)
{
    struct stat st;
    struct xxh64 hash;
    xxh64_init(&hash, 0);
    if (fstat(fd, &st) < 0)
        return err_set(packing->err, ERR_IO, "%s", strerror(errno));
    if (tar_add(packing->tar, name, st.st_size, st.st_mtime, packing->err) < 0 ||
        write_bytes(packing, fd, (uint64_t)st.st_size, &hash) < 0)
        return -1;
    note_member(packing, &hash, (uint64_t)st.st_size, name);
    return 0;
}

static int add_medium(struct packing *packing, const struct gather_file *file)
{
    char *path = gather_path(packing->library, file->file), *name = xasprintf("media/%s", file->file);
    int fd = media_file_open(AT_FDCWD, path, packing->err);
    int result = fd < 0 ? -1 : add_open(packing, fd, name);
    if (fd >= 0)
        close(fd);
    if (result < 0)
        err_prefix(packing->err, "%s", path);
    free(path);
    free(name);
    return result;
}

static int add_all(struct packing *packing)
{
    struct library *library = packing->library;
    struct strbuf session = {0};
    const char *slash = strrchr(library->session, '/'), *name = slash ? slash + 1 : "show.orp";
    if (!strcmp(name, PACK_CONTENTS) || !strcmp(name, "media"))
        return err_set(packing->err, ERR_REFUSED, "%s: a session of this name cannot be packed", library->session);
    strbuf_adds(&packing->contents, PACK_HEAD);
    session_write(library->show, &session);
    int result = add_text(packing, name, &session);
    strbuf_clear(&session);
    progress_begin(&library->progress, "packing", packing->gather.bytes);
    for (size_t i = 0; i < packing->gather.count && !result; i++)
        if (!packing->gather.file[i].missing)
            result = add_medium(packing, &packing->gather.file[i]);
    if (result)
        return -1;
    size_t length = packing->contents.len;
    return tar_add(packing->tar, PACK_CONTENTS, (int64_t)length, time(NULL), packing->err) < 0 ||
        tar_write(packing->tar, packing->contents.s, length, packing->err) < 0 ? -1 : 0;
}

/* The archive into an open file. */
static int write_archive(struct packing *packing, int fd)
{
    packing->tar = tar_create(fd, packing->err);
    if (!packing->tar)
        return -1;
    int result = add_all(packing);
    if (result)
        tar_abandon(packing->tar);
    else
        result = tar_finish(packing->tar, packing->err);
    if (!result && fsync(fd) < 0)
        result = err_set(packing->err, ERR_IO, "it cannot be synced: %s", strerror(errno));
    return result;
}

static int fail(struct packing *packing, const char *path, const char *what)
{
    return err_set(packing->err, errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO, "%s: %s: %s", path, what, strerror(errno));
}

/* Writes beside and gives it its name. */
static int put_archive(struct packing *packing, const char *path, const char *folder)
{
    const char *slash = strrchr(path, '/');
    char *beside = xasprintf("%s/.%.200s.packing", folder, slash ? slash + 1 : path);
    int fd = fd_open_beside(beside, 0666), result = -1;
    if (fd < 0)
        fail(packing, path, "cannot be written");
    else if (write_archive(packing, fd) < 0)
        err_prefix(packing->err, "%s", path);
    else if (renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_NOREPLACE) < 0)
        fail(packing, path, "cannot be given its name");
    else
        result = copy_sync_folder(path, packing->err);
    if (result && fd >= 0)
        unlink(beside);
    if (fd >= 0)
        close(fd);
    free(beside);
    return result;
}

static int pack(struct packing *packing, const char *path)
{
    char folder[PATH_MAX];
    if (access(path, F_OK) == 0)
        return err_set(packing->err, ERR_REFUSED, "%s: is there already", path);
    if (paths_folder(path, folder, sizeof folder, packing->err) < 0 ||
        copy_check_room(folder, packing->gather.bytes + packing->gather.count * 2048, packing->err) < 0 ||
        gather_settle(&packing->gather, packing->library, packing->err) < 0 || put_archive(packing, path, folder) < 0)
        return -1;
    struct strbuf *answer = &packing->library->answer;
    strbuf_addf(answer, "%s: ", path);
    library_fmt_count(answer, packing->gather.count - packing->gather.missing, "media file");
    gather_fmt_missing(&packing->gather, answer);
    return 0;
}

int library_pack(struct library *library, const struct library_request *request, struct err *err)
{
    struct packing packing = {.library = library, .err = err};
    char *path = library_path(request, request->word[0]);
    gather_init(&packing.gather, library);
    int result = pack(&packing, path);
    gather_clear(&packing.gather);
    strbuf_clear(&packing.contents);
    free(path);
    return result;
}
