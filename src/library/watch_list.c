/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files and folders under watch: see watch_list.h. A sign, whatever it is, only marks files; a look at
 * the marked ones says what has become of them, so that signs may be lost, doubled or late.
 */
#include "config.h"

#include "library/watch_list.h"
#include "base/xalloc.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/queue.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { BUCKETS = 16384 };
#define SIGNS (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

struct file {
    uint32_t slot, serial;
    char *path;
    struct folder *folder;
    enum { FILE_UNKNOWN, FILE_THERE, FILE_GONE } state;
    int64_t size, mtime_ns;         /* if there */
    uint64_t inode;
    bool linked;                    /* a symbolic link: its folder does not tell what becomes of its target */
    bool marked;
    LIST_ENTRY(file) same_bucket, same_folder;
    TAILQ_ENTRY(file) next_marked;
};

struct folder {
    char *path;
    int watch;                      /* inotify's, -1: not watched (yet) */
    bool remote;                    /* others may write there without a sign, and inode numbers mean nothing */
    uint64_t device, inode;         /* of what is watched */
    LIST_HEAD(, file) files;
    LIST_ENTRY(folder) next, same_bucket;
};

struct watch_list {
    int inotify;
    watch_tell *tell;
    void *context;
    uint32_t slots;
    struct file **file;             /* by slot */
    LIST_HEAD(, file) file_bucket[BUCKETS];
    LIST_HEAD(folders, folder) folders;
    LIST_HEAD(, folder) folder_bucket[BUCKETS];     /* by path */
    TAILQ_HEAD(, file) marked;
};

/* FNV-1a, 32 bit */
static uint32_t bucket_of(const char *text, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash % BUCKETS;
}

static void mark(struct watch_list *list, struct file *file)
{
    if (file->marked)
        return;
    file->marked = true;
    TAILQ_INSERT_TAIL(&list->marked, file, next_marked);
}

static void mark_folder(struct watch_list *list, struct folder *folder)
{
    struct file *file;
    LIST_FOREACH (file, &folder->files, same_folder)
        mark(list, file);
}

/* --- folders --- */

/* By statfs(2): file systems that others change behind the kernel's back. */
static bool is_remote(const char *path)
{
    static const unsigned long kinds[] = {
        0x6969 /* NFS */, 0x517b /* SMB */, 0xff534d42 /* CIFS */, 0xfe534d42 /* SMB2 */,
        0x65735546 /* FUSE */, 0x01021997 /* 9P */, 0x00c36400 /* Ceph */, 0x5346414f /* AFS */,
    };
    struct statfs about;
    if (statfs(path, &about) < 0)
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (((unsigned long)about.f_type & 0xffffffff) == kinds[i])
            return true;
    return false;
}

static void watch_folder(struct watch_list *list, struct folder *folder)
{
    struct stat st;
    folder->watch = list->inotify < 0 ? -1 : inotify_add_watch(list->inotify, folder->path, SIGNS);
    if (folder->watch < 0 || stat(folder->path, &st) < 0)
        return;
    folder->remote = is_remote(folder->path);
    folder->device = st.st_dev;
    folder->inode = st.st_ino;
}

static bool watch_shared(const struct watch_list *list, const struct folder *of)
{
    struct folder *folder;
    LIST_FOREACH (folder, &list->folders, next)
        if (folder != of && folder->watch == of->watch)
            return true;
    return false;
}

static void unwatch_folder(struct watch_list *list, struct folder *folder)
{
    if (folder->watch >= 0 && !watch_shared(list, folder))      /* two paths may lead to one folder, which has one watch */
        inotify_rm_watch(list->inotify, folder->watch);
    folder->watch = -1;
}

static struct folder *get_folder(struct watch_list *list, const char *path, size_t length)
{
    uint32_t bucket = bucket_of(path, length);
    struct folder *folder;
    LIST_FOREACH (folder, &list->folder_bucket[bucket], same_bucket)
        if (strlen(folder->path) == length && !memcmp(folder->path, path, length))
            return folder;
    folder = xcalloc(1, sizeof *folder);
    folder->path = xstrndup(path, length);
    LIST_INIT(&folder->files);
    LIST_INSERT_HEAD(&list->folders, folder, next);
    LIST_INSERT_HEAD(&list->folder_bucket[bucket], folder, same_bucket);
    watch_folder(list, folder);
    return folder;
}

static void put_folder(struct watch_list *list, struct folder *folder)
{
    if (!LIST_EMPTY(&folder->files))
        return;
    unwatch_folder(list, folder);
    LIST_REMOVE(folder, next);
    LIST_REMOVE(folder, same_bucket);
    free(folder->path);
    free(folder);
}

/* --- files --- */

struct watch_list *watch_list_new(uint32_t slots, int inotify, watch_tell *tell, void *context)
{
    struct watch_list *list = xcalloc(1, sizeof *list);
    list->inotify = inotify;
    list->tell = tell;
    list->context = context;
    list->slots = slots;
    list->file = xcalloc(slots, sizeof *list->file);
    TAILQ_INIT(&list->marked);
    return list;
}

void watch_list_free(struct watch_list *list)
{
    for (uint32_t slot = 0; slot < list->slots; slot++)
        watch_list_forget(list, slot);
    free(list->file);
    free(list);
}

void watch_list_follow(struct watch_list *list, uint32_t slot, uint32_t serial, const char *path)
{
    const char *slash = strrchr(path, '/');
    watch_list_forget(list, slot);
    if (slot >= list->slots || !slash)
        return;
    struct file *file = xcalloc(1, sizeof *file);
    file->slot = slot;
    file->serial = serial;
    file->path = xstrdup(path);
    file->folder = get_folder(list, path, slash == path ? 1 : (size_t)(slash - path));
    LIST_INSERT_HEAD(&file->folder->files, file, same_folder);
    LIST_INSERT_HEAD(&list->file_bucket[bucket_of(path, strlen(path))], file, same_bucket);
    list->file[slot] = file;
    mark(list, file);
}

void watch_list_forget(struct watch_list *list, uint32_t slot)
{
    struct file *file = slot < list->slots ? list->file[slot] : NULL;
    if (!file)
        return;
    list->file[slot] = NULL;
    if (file->marked)
        TAILQ_REMOVE(&list->marked, file, next_marked);
    LIST_REMOVE(file, same_bucket);
    LIST_REMOVE(file, same_folder);
    put_folder(list, file->folder);
    free(file->path);
    free(file);
}

static void keep(struct file *file, const struct stat *st)
{
    file->state = FILE_THERE;
    file->size = st->st_size;
    file->mtime_ns = (int64_t)((uint64_t)st->st_mtim.tv_sec * 1000000000 + (uint64_t)st->st_mtim.tv_nsec);
    file->inode = st->st_ino;
}

void watch_list_loaded(struct watch_list *list, const char *path, const struct stat *st)
{
    struct file *file;
    LIST_FOREACH (file, &list->file_bucket[bucket_of(path, strlen(path))], same_bucket) {
        if (strcmp(file->path, path))
            continue;
        keep(file, st);
        mark(list, file);
    }
}

void watch_list_missing(struct watch_list *list, uint32_t slot)
{
    struct file *file = slot < list->slots ? list->file[slot] : NULL;
    if (!file)
        return;
    file->state = FILE_GONE;
    mark(list, file);
}

/* --- looking --- */

static bool differs(const struct file *file, const struct stat *st)
{
    struct file now = {.state = FILE_THERE};
    keep(&now, st);
    return now.size != file->size || now.mtime_ns != file->mtime_ns || (now.inode != file->inode && !file->folder->remote);
}

static void look_at(struct watch_list *list, struct file *file)
{
    struct stat st;
    bool there = stat(file->path, &st) == 0 && S_ISREG(st.st_mode);
    int before = (int)file->state;
    bool changed = there && before == FILE_THERE && differs(file, &st);
    struct stat link;
    file->linked = lstat(file->path, &link) == 0 && S_ISLNK(link.st_mode);
    if (there)
        keep(file, &st);
    else
        file->state = FILE_GONE;
    if (changed)
        list->tell(list->context, file->slot, file->serial, WATCH_CHANGED);
    else if (before == FILE_GONE && there)
        list->tell(list->context, file->slot, file->serial, WATCH_ARRIVED);
    else if (before == FILE_THERE && !there)
        list->tell(list->context, file->slot, file->serial, WATCH_VANISHED);
}

bool watch_list_due(const struct watch_list *list)
{
    return !TAILQ_EMPTY(&list->marked);
}

void watch_list_look(struct watch_list *list)
{
    while (!TAILQ_EMPTY(&list->marked)) {
        struct file *file = TAILQ_FIRST(&list->marked);
        TAILQ_REMOVE(&list->marked, file, next_marked);
        file->marked = false;
        look_at(list, file);
    }
}

/* Whether what stands at the path is still what is watched: an outer folder may have been renamed, or another disk mounted. */
static bool is_same_folder(const struct folder *folder)
{
    struct stat st;
    return stat(folder->path, &st) == 0 && st.st_dev == folder->device && st.st_ino == folder->inode;
}

static void poll_folder(struct watch_list *list, struct folder *folder)
{
    struct file *file;
    if (folder->watch >= 0 && !is_same_folder(folder)) {
        unwatch_folder(list, folder);
        mark_folder(list, folder);
    }
    bool blind = folder->watch < 0 || folder->remote;
    if (folder->watch < 0)
        watch_folder(list, folder);
    LIST_FOREACH (file, &folder->files, same_folder)
        if (blind || file->linked)
            mark(list, file);
}

void watch_list_poll(struct watch_list *list)
{
    struct folder *folder;
    LIST_FOREACH (folder, &list->folders, next)
        poll_folder(list, folder);
}

/* --- signs --- */

static void mark_path(struct watch_list *list, const char *path)
{
    struct file *file;
    LIST_FOREACH (file, &list->file_bucket[bucket_of(path, strlen(path))], same_bucket)
        if (!strcmp(file->path, path))
            mark(list, file);
}

/* A name that has just been made: a link is whole at once, a file when its writer closes it, which is another sign. */
static bool is_whole(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && (S_ISLNK(st.st_mode) || st.st_nlink > 1);
}

static void take_name(struct watch_list *list, const struct folder *folder, const struct inotify_event *event)
{
    char path[PATH_MAX];
    size_t length = strlen(folder->path), count = strlen(event->name);
    if (length + 1 + count >= sizeof path)
        return;
    memcpy(path, folder->path, length);
    if (length > 1)
        path[length++] = '/';
    memcpy(path + length, event->name, count + 1);
    if (!(event->mask & IN_CREATE) || is_whole(path))
        mark_path(list, path);
}

static void take_sign(struct watch_list *list, const struct inotify_event *event)
{
    struct folder *folder;
    LIST_FOREACH (folder, &list->folders, next) {
        if (event->mask & IN_Q_OVERFLOW) {
            mark_folder(list, folder);
        } else if (folder->watch == event->wd && event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) {
            folder->watch = -1;
            mark_folder(list, folder);
        } else if (folder->watch == event->wd && event->len) {
            take_name(list, folder, event);
        }
    }
    if (event->mask & IN_MOVE_SELF)
        inotify_rm_watch(list->inotify, event->wd);     /* it would follow the folder to its new name */
}

void watch_list_read(struct watch_list *list)
{
    _Alignas(struct inotify_event) char bytes[16384];
    ssize_t count;
    while ((count = read(list->inotify, bytes, sizeof bytes)) > 0) {
        const struct inotify_event *event;
        for (char *at = bytes; at < bytes + count; at += sizeof *event + event->len) {
            event = (const struct inotify_event *)(const void *)at;
            take_sign(list, event);
        }
    }
}
