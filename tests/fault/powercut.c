/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * powercut SAVES [WAYS] [SEED]: what calls did to files while a show was edited and saved so often (tests/fault/calls.h) is played back up to
 * each of them, and the power is cut there, in so many ways (3): only what was synced is on the disk; all is; or of what was not
 * synced each folder has the first few changes of its names, and each file a part of its bytes, in sectors, in
 * any order. Each time the session has to open, whole, and to have every save that was answered and every edit that was synced.
 *
 * The model: a name is on the disk once its folder is synced, bytes once their file is. In the current folder. Prints
 * `N LOST`, then what N is made of.
 */
#include "config.h"

#include "calls.h"
#include "keeping.h"

#include "base/strbuf.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLIPS = 10, EDITS = 4, NAMES = 512, FDS = 1024, SECTOR = 512 };
enum way { WAY_SYNCED, WAY_ALL, WAY_MIXED };

struct file {
    struct strbuf now, synced;
};
struct name {
    char *path;
    struct file *file;                  /* NULL: nothing has this name */
};
/* Names as programs see them, as the disk has them, and the changes between, in order. */
struct names {
    struct name name[NAMES];
    int count;
};
struct change {
    char *folder, *path;
    struct file *file;                  /* NULL: the name is gone */
    struct change *next;
};

static struct names seen, synced;
static struct change *changes, **last_change = &changes;
static struct { struct file *file; char *folder; } open_fd[FDS];
static uint32_t saved;                  /* in the last save that was answered */

/* --- names --- */

/* A place for it among those that nothing has, if it is not there. */
static struct name *find_name(struct names *names, const char *path)
{
    struct name *free_one = NULL;
    for (int i = 0; i < names->count; i++) {
        if (!strcmp(names->name[i].path, path))
            return &names->name[i];
        if (!names->name[i].file)
            free_one = &names->name[i];
    }
    if (!free_one && names->count == NAMES)
        keeping_die("too many names");
    if (!free_one)
        free_one = &names->name[names->count++];
    *free_one = (struct name){strdup(path), NULL};
    return free_one;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strndup(path, slash ? (size_t)(slash - path) : 0);
}

/* Relative ones are of the folder we are in. */
static char *whole_path(const char *path)
{
    static char here[PATH_MAX];
    char *whole;
    if (*path == '/')
        return strdup(path);
    if ((!*here && !getcwd(here, sizeof here)) || asprintf(&whole, "%s/%s", here, path) < 0)
        keeping_die("no memory");
    return whole;
}

static void change_name(const char *path, struct file *file)
{
    struct change *change = calloc(1, sizeof *change);
    *change = (struct change){folder_of(path), strdup(path), file, NULL};
    find_name(&seen, path)->file = file;
    *last_change = change;
    last_change = &change->next;
}

/* All changes of a folder so far are on the disk. */
static void sync_names(const char *folder)
{
    for (struct change **at = &changes; *at;) {
        struct change *change = *at;
        if (strcmp(change->folder, folder)) {
            at = &change->next;
            continue;
        }
        find_name(&synced, change->path)->file = change->file;
        *at = change->next;
        free(change->folder);
        free(change->path);
        free(change);
    }
    for (last_change = &changes; *last_change; last_change = &(*last_change)->next)
        ;
}

/* --- what was done --- */

static void put_bytes(struct strbuf *text, size_t at, const char *bytes, size_t count)
{
    while (text->len < at + count)
        strbuf_addc(text, '\0');
    memcpy(text->s + at, bytes, count);
}

static void copy_bytes(struct strbuf *to, const struct strbuf *from)
{
    strbuf_reset(to);
    strbuf_add(to, from->len ? from->s : "", from->len);
}

static void do_open(const struct call_log *log)
{
    char *path = whole_path(log->bytes);
    struct stat st;
    struct file *file = find_name(&seen, path)->file;
    bool folder = !file && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    if (!file && !folder) {
        file = calloc(1, sizeof *file);
        change_name(path, file);
    }
    if (file && log->emptied)
        strbuf_reset(&file->now);
    if (log->fd < FDS) {
        free(open_fd[log->fd].folder);
        open_fd[log->fd].file = file;
        open_fd[log->fd].folder = folder ? strdup(path) : NULL;
    }
    free(path);
}

static void do_sync(int fd)
{
    struct file *file = open_fd[fd].file;
    if (file)
        copy_bytes(&file->synced, &file->now);
    else if (open_fd[fd].folder)
        sync_names(open_fd[fd].folder);
}

static void do_paths(const struct call_log *log)
{
    char *from = whole_path(log->bytes), *to = log->to ? whole_path(log->to) : NULL;
    if (to)
        change_name(to, find_name(&seen, from)->file);
    if (log->what != DONE_LINK)
        change_name(from, NULL);
    free(from);
    free(to);
}

static void play(const struct call_log *log)
{
    struct file *file = log->fd >= 0 && log->fd < FDS ? open_fd[log->fd].file : NULL;
    switch (log->what) {
    case DONE_OPEN:
        do_open(log);
        break;
    case DONE_WRITE:
        if (file)
            put_bytes(&file->now, (size_t)log->at, log->bytes, log->count);
        break;
    case DONE_TRUNCATE:
        if (file && (size_t)log->at < file->now.len)
            file->now.len = (size_t)log->at;
        break;
    case DONE_SYNC:
        if (log->fd < FDS)
            do_sync(log->fd);
        break;
    case DONE_CLOSE:
        if (log->fd < FDS)
            open_fd[log->fd].file = NULL;
        break;
    case DONE_SAVED:
        saved = (uint32_t)log->at;
        break;
    default:
        do_paths(log);
    }
}

/* --- a disk after a power cut --- */

static void write_file(const char *path, const struct file *file, enum way way)
{
    struct strbuf text = {0};
    copy_bytes(&text, way == WAY_ALL ? &file->now : &file->synced);
    if (way == WAY_MIXED)
        for (size_t at = 0; at < file->now.len; at += SECTOR) {
            size_t count = file->now.len - at < SECTOR ? file->now.len - at : SECTOR;
            if (random() % 2)
                put_bytes(&text, at, file->now.s + at, count);
        }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text.len ? text.s : "", text.len) != (ssize_t)text.len)
        keeping_die("an image cannot be written");
    close(fd);
    strbuf_clear(&text);
}

/* Names, too, as the way has them: of each folder the first few changes, and then no more. */
static void write_disk(enum way way)
{
    const struct names *base = way == WAY_ALL ? &seen : &synced;
    static struct names names;
    char *stopped[NAMES];
    int stops = 0;
    names.count = base->count;
    memcpy(names.name, base->name, sizeof names.name[0] * (size_t)base->count);
    for (const struct change *change = changes; change && way == WAY_MIXED; change = change->next) {
        bool stop = false;
        for (int i = 0; i < stops; i++)
            stop = stop || !strcmp(stopped[i], change->folder);
        if (!stop && stops < NAMES && random() % 3 == 0) {
            stopped[stops++] = change->folder;
            stop = true;
        }
        if (!stop)
            find_name(&names, change->path)->file = change->file;
    }
    if (system("find . -type f -delete") != 0)
        keeping_die("no folder");
    for (int i = 0; i < names.count; i++)
        if (names.name[i].file)
            write_file(names.name[i].path, names.name[i].file, way);
}

/* Number of the last edit in a journal that is on the disk as it is synced: the least that has to be there. */
static uint32_t synced_edit(void)
{
    uint32_t most = 0;
    for (int i = 0; i < synced.count; i++) {
        const struct file *file = synced.name[i].file;
        if (!file || !strstr(synced.name[i].path, "/journal/") || strchr(strrchr(synced.name[i].path, '/'), '.'))
            continue;
        for (const char *line = file->synced.len ? file->synced.s : NULL; line; line = strchr(line, '\n')) {
            unsigned number, check, name;
            line += *line == '\n';
            if (sscanf(line, "%u %x set show name %u", &number, &check, &name) == 3 && name > most)
                most = name;
        }
    }
    return most;
}

/* --- the show --- */

static void edit_and_save(int saves)
{
    struct err err;
    struct keeper *keeper = keeping_open(&err);
    if (!keeper)
        keeping_die(err.text);
    struct show *show = keeping_shown();
    uint32_t serial = keeping_serial();
    for (int i = 0; i < saves; i++) {
        for (int edits = 0; edits < EDITS; edits++)
            keeping_edit(keeper, show, ++serial);
        keeping_save(keeper, show, serial, "");
        while (keeping_is_saving() || keeping_told->kept < serial)
            keeping_turn(keeper, 100);
        calls_note_saved((long)serial);
    }
    keeper_close(keeper);
    show_free(show);
    if (keeping_told->refused)
        keeping_die("a save is refused");
}

/* Return: whether all that has to be there is. */
static bool cut(enum way way, uint32_t kept, uint32_t sent)
{
    write_disk(way);
    keeping_told->saved = saved;
    keeping_told->kept = kept;
    keeping_told->sent = sent;
    return keeping_look(NULL);
}

int main(int argc, char **argv)
{
    int saves = argc > 1 ? atoi(argv[1]) : 10, ways = argc > 2 ? atoi(argv[2]) : 3, count, lost = 0, cuts = 0;
    uint32_t kept = 0;
    srandom(argc > 3 ? (unsigned)atoi(argv[3]) : 1);
    if (saves < 1 || ways < 2)
        keeping_die("powercut SAVES [WAYS] [SEED]");
    calls_log(true);
    keeping_make(CLIPS);
    edit_and_save(saves);
    calls_log(false);
    const struct call_log *log = calls_logged(&count);
    uint32_t sent = keeping_told->sent;
    bool begun = false;
    for (int i = 0; i < count; i++) {
        play(&log[i]);
        kept = synced_edit() > kept ? synced_edit() : kept;
        begun = begun || log[i].what == DONE_SAVED;
        for (int way = 0; way < ways && begun; way++, cuts++)
            if (!cut(way < WAY_MIXED ? (enum way)way : WAY_MIXED, kept > saved ? kept : saved, sent)) {
                fprintf(stderr, "so it is when the power is cut behind call %d, way %d\n", i, way);
                lost++;
            }
    }
    printf("%d %d\n%d saves, %d calls, %d ways each\n", cuts, lost, saves, count, ways);
    return lost > 0 || !cuts;
}
