/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unpack: a packed show becomes a folder. The archive may come from anyone: it is gone through
 * once for its members alone, and refused if one is anything but a regular file with a plain name
 * below the folder, or if there is no room for all of them. Then all is written into a folder
 * beside, compared with the hashes that the archive brings, synced, and that folder is given its
 * name: an interruption leaves at most `.NAME.unpacking`, which the next one removes.
 */
#include "config.h"

#include "process/library.h"
#include "process/pack.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "base/xxh64.h"
#include "library/copy.h"
#include "library/tar.h"
#include "media/media_file.h"
#include "platform/fd.h"
#include "platform/paths.h"
#include "session/session.h"
#include "show/property.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct unpacking {
    struct library *library;
    int archive;                    /* the file */
    char *beside;                   /* the folder that is filled */
    char *session;                  /* name of the session's member */
    uint64_t bytes, members;        /* of all members */
    struct strbuf contents;         /* as unpacked */
    struct strbuf brought;          /* as the archive says */
    struct err *err;
};

/* --- what may be in it --- */

/* The name without what other programs put before it. */
static const char *plain_name(const char *name)
{
    while (name && name[0] == '.' && name[1] == '/')
        name += 2;
    return name;
}

static int refuse_member(struct unpacking *unpacking, const char *name, const char *why)
{
    struct strbuf clean = {0};
    text_fmt_clean(&clean, name ? name : "(a name that cannot be read)", false);
    err_set(unpacking->err, ERR_REFUSED, "%.300s: %s; nothing is unpacked", clean.s ? clean.s : "(no name)", why);
    strbuf_clear(&clean);
    return -1;
}

static int check_member(struct unpacking *unpacking, const struct tar_member *member)
{
    const char *name = plain_name(member->name);
    if (!member->regular)
        return refuse_member(unpacking, name, "is a link, a device or a pipe");
    if (!name || property_check_file(name, NULL) < 0 || strlen(name) >= PATH_MAX / 2 || strstr(name, "//") ||
        name[strlen(name) - 1] == '/')
        return refuse_member(unpacking, name, "is not a plain name below the folder");
    if (!strcmp(name, PACK_CONTENTS) ? member->bytes > PACK_CONTENTS_MAX
                                     : strncmp(name, "media/", 6) && (strchr(name, '/') || member->bytes > SESSION_BYTES_MAX))
        return refuse_member(unpacking, name, "has no place in a packed show");
    return 0;
}

/* Names and sizes alone. */
static int look_through(struct unpacking *unpacking, struct tar *tar)
{
    struct tar_member member;
    bool contents = false;
    int got;
    while ((got = tar_next(tar, &member, unpacking->err)) > 0) {
        const char *name = plain_name(member.name);
        if (member.folder)
            continue;               /* folders are made for what is in them */
        if (check_member(unpacking, &member) < 0)
            return -1;
        if (++unpacking->members > PACK_MEMBERS_MAX || (uint64_t)member.bytes > INT64_MAX / 2 - unpacking->bytes)
            return err_set(unpacking->err, ERR_REFUSED, "more than %d members, or more than any disk holds", PACK_MEMBERS_MAX);
        unpacking->bytes += (uint64_t)member.bytes;
        bool is_contents = !strcmp(name, PACK_CONTENTS);
        contents = contents || is_contents;
        if (is_contents || strchr(name, '/'))
            continue;
        if (unpacking->session)
            return refuse_member(unpacking, name, "is a second session");
        unpacking->session = xstrdup(name);
    }
    if (got < 0)
        return err_prefix(unpacking->err, "it is no packed show, or a damaged one");
    if (!contents || !unpacking->session)
        return err_set(unpacking->err, ERR_REFUSED, "it is no packed show, or one that is cut short");
    return 0;
}

/* --- unpacking --- */

static int write_failed(struct unpacking *unpacking, const char *name)
{
    return err_set(unpacking->err, ERR_IO, "%s: cannot be written: %s", name, strerror(errno));
}

/* The present member's bytes, into a file (or, fd -1, a text). */
static int take_bytes(struct unpacking *unpacking, struct tar *tar, const char *name, int fd, struct strbuf *text)
{
    unsigned char *chunk = xmalloc(PACK_CHUNK_BYTES);
    struct xxh64 hash;
    uint64_t bytes = 0;
    ssize_t got;
    int result = 0;
    xxh64_init(&hash, 0);
    while (!result && (got = tar_read(tar, chunk, PACK_CHUNK_BYTES, unpacking->err)) != 0) {
        if (got < 0)
            result = err_prefix(unpacking->err, "%s", name);
        else if (fd < 0)
            strbuf_add(text, chunk, (size_t)got);
        else if (fd_write_all(fd, chunk, (size_t)got) < 0)
            result = write_failed(unpacking, name);
        if (got > 0) {
            xxh64_add(&hash, chunk, (size_t)got);
            bytes += (uint64_t)got;
            progress_add(&unpacking->library->progress, (uint64_t)got);
        }
    }
    free(chunk);
    if (fd >= 0)
        strbuf_addf(&unpacking->contents, PACK_LINE, xxh64_digest(&hash), bytes, name);
    return result;
}

static int take_file(struct unpacking *unpacking, struct tar *tar, const char *name, time_t mtime)
{
    char *path = xasprintf("%s/%s", unpacking->beside, name), folder[PATH_MAX];
    int result = -1;
    if (paths_folder(path, folder, sizeof folder, unpacking->err) == 0 && copy_make_folder(folder, unpacking->err) == 0) {
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (fd < 0)
            result = errno == EEXIST ? refuse_member(unpacking, name, "is in it twice") : write_failed(unpacking, name);
        else
            result = take_bytes(unpacking, tar, name, fd, NULL);
        if (fd >= 0) {
            futimens(fd, (struct timespec[]){{.tv_nsec = UTIME_OMIT}, {.tv_sec = mtime}});
            close(fd);
        }
    }
    free(path);
    return result;
}

static int take_members(struct unpacking *unpacking, struct tar *tar)
{
    struct tar_member member;
    int got;
    strbuf_adds(&unpacking->contents, PACK_HEAD);
    progress_begin(&unpacking->library->progress, "unpacking", unpacking->bytes);
    while ((got = tar_next(tar, &member, unpacking->err)) > 0) {
        if (member.folder)
            continue;
        if (check_member(unpacking, &member) < 0)       /* the file may be another one than a moment ago */
            return -1;
        char *name = xstrdup(plain_name(member.name));
        int result = !strcmp(name, PACK_CONTENTS) ? take_bytes(unpacking, tar, name, -1, &unpacking->brought)
                                                  : take_file(unpacking, tar, name, member.mtime);
        free(name);
        if (result < 0)
            return -1;
    }
    return got;
}

static int check_whole(struct unpacking *unpacking)
{
    const struct strbuf *a = &unpacking->contents, *b = &unpacking->brought;
    if (a->len != b->len || memcmp(a->s, b->s, a->len))
        return err_set(unpacking->err, ERR_REFUSED,
                       "the archive is damaged: what is in it is not what was packed; nothing is unpacked");
    char *path = xasprintf("%s/%s", unpacking->beside, unpacking->session);
    struct show *show = session_load(path, NULL, unpacking->err);
    free(path);
    show_free(show);
    return show ? 0 : -1;
}

/* Return: 0, or -1 with err. pass: what is done with the archive, from its beginning. */
static int go_through(struct unpacking *unpacking, int (*pass)(struct unpacking *, struct tar *))
{
    if (lseek(unpacking->archive, 0, SEEK_SET) < 0)
        return err_set(unpacking->err, ERR_IO, "%s", strerror(errno));
    struct tar *tar = tar_open(unpacking->archive, unpacking->err);
    if (!tar && unpacking->err->code == ERR_IO)
        err_prefix(unpacking->err, "it is no packed show, or a damaged one");
    int result = tar ? pass(unpacking, tar) : -1;
    tar_close(tar);
    return result < 0 ? -1 : 0;
}

/* --- the folder --- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void remove_beside(const struct unpacking *unpacking)
{
    nftw(unpacking->beside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Makes the folder, in place of one that was left by an unpacking that was killed. Return: its descriptor, locked; or -1 with
 * err. */
static int make_beside(struct unpacking *unpacking)
{
    int fd = open(unpacking->beside, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
        close(fd);
        return err_set(unpacking->err, ERR_BUSY, "%s: is being unpacked by someone else", unpacking->beside);
    }
    if (fd >= 0) {
        remove_beside(unpacking);
        close(fd);
    }
    bool made = mkdir(unpacking->beside, 0777) == 0;
    fd = made ? open(unpacking->beside, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    write_failed(unpacking, unpacking->beside);
    if (fd >= 0)
        close(fd);
    if (made)
        rmdir(unpacking->beside);
    return -1;
}

/* Fills the folder beside and gives it its name. */
static int fill_folder(struct unpacking *unpacking, const char *folder)
{
    int fd = make_beside(unpacking);
    if (fd < 0)
        return -1;
    int result = go_through(unpacking, take_members);
    if (!result)
        result = check_whole(unpacking);
    if (!result && (syncfs(fd) < 0 || rename(unpacking->beside, folder) < 0))
        result = write_failed(unpacking, folder);
    if (result)
        remove_beside(unpacking);
    close(fd);
    return result ? result : copy_sync_folder(folder, unpacking->err);
}

/* A folder that is there must be empty: it is replaced. */
static int check_folder(struct unpacking *unpacking, const char *folder)
{
    struct stat st;
    if (lstat(folder, &st) < 0)
        return 0;
    if (S_ISDIR(st.st_mode) && rmdir(folder) == 0)
        return mkdir(folder, st.st_mode & 0777) < 0 ? write_failed(unpacking, folder) : 0;
    return err_set(unpacking->err, ERR_REFUSED, "%s: is there already and is not an empty folder", folder);
}

static int unpack(struct unpacking *unpacking, const char *path, const char *folder)
{
    char above[PATH_MAX];
    if (check_folder(unpacking, folder) < 0 || paths_folder(folder, above, sizeof above, unpacking->err) < 0)
        return -1;
    unpacking->archive = media_file_open(AT_FDCWD, path, unpacking->err);
    if (unpacking->archive < 0 || go_through(unpacking, look_through) < 0)
        return err_prefix(unpacking->err, "%s", path);
    if (copy_check_room(above, unpacking->bytes, unpacking->err) < 0)
        return -1;
    const char *slash = strrchr(folder, '/');
    unpacking->beside = xasprintf("%s/.%.200s.unpacking", above, slash ? slash + 1 : folder);
    if (fill_folder(unpacking, folder) < 0)
        return err_prefix(unpacking->err, "%s", path);
    strbuf_addf(&unpacking->library->answer, "%s/%s", folder, unpacking->session);
    return 0;
}

int library_unpack(struct library *library, const struct library_request *request, struct err *err)
{
    struct unpacking unpacking = {.library = library, .archive = -1, .err = err};
    char *path = library_path(request, request->word[0]), *folder = library_path(request, request->word[1]);
    for (size_t length = strlen(folder); length > 1 && folder[length - 1] == '/';)
        folder[--length] = '\0';
    int result = unpack(&unpacking, path, folder);
    if (unpacking.archive >= 0)
        close(unpacking.archive);
    strbuf_clear(&unpacking.contents);
    strbuf_clear(&unpacking.brought);
    free(unpacking.beside);
    free(unpacking.session);
    free(path);
    free(folder);
    return result;
}
