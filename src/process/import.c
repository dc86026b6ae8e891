/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import: files, folders and lists of files become clips in the next free cells (SPEC D8). Everything that can be
 * refused is known before the first file is copied: which of the files are media is a worker's
 * word, then they are counted against the free cells, then against the room on the disk.
 */
#include "config.h"

#include "process/import_item.h"
#include "process/library.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "library/copy.h"
#include "library/playlist.h"
#include "library/walk.h"
#include "show/property.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct import {
    struct library *library;
    const struct library_request *request;
    struct import_item *item;
    size_t items, room;
    size_t skipped;                 /* files in folders that are no media */
    struct import_learner learner;
    struct err *err;
};

static void add_item(struct import *import, const char *path, char *file, bool inside, bool named)
{
    if (import->items == import->room) {
        import->room = import->room ? import->room * 2 : 64;
        import->item = xrealloc_array(import->item, import->room, sizeof *import->item);
    }
    struct import_item *item = &import->item[import->items++];
    *item = (struct import_item){.path = xstrdup(path), .file = file, .inside = inside, .named = named, .out_75 = -1};
}

static void clear_items(struct import *import)
{
    for (size_t i = 0; i < import->items; i++)
        import_item_clear(&import->item[i]);
    free(import->item);
}

/* --- what is to be imported --- */

/* below: how many bytes of path lead to what a person named; what follows is kept under the media folder. */
static int take_file(struct import *import, const char *path, size_t below, bool named)
{
    char *file = library_in_media(import->library, path);
    bool inside = file != NULL;
    if (!inside && !import->request->copy)
        return err_set(import->err, ERR_REFUSED, "%s: is not in the media folder %s: import with --copy, or move it there", path,
                       import->library->media);
    if (!inside)
        file = xstrdup(path + below);
    if (property_check_file(file, import->err) == 0) {
        add_item(import, path, file, inside, named);
        return 0;
    }
    free(file);
    if (named)
        return -1;
    import->skipped++;                  /* a name that no session can hold */
    return 0;
}

static int take_folder(struct import *import, const char *folder)
{
    struct walk walk = {0};
    const char *slash = strrchr(folder, '/');
    size_t below = slash ? (size_t)(slash + 1 - folder) : 0;
    int result = walk_folder(&walk, folder, import->err);
    for (size_t i = 0; i < walk.count && !result; i++)
        result = take_file(import, walk.path[i], below, false);
    walk_clear(&walk);
    return result;
}

static int take_entry(struct import *import, const struct playlist_entry *entry, const char *list)
{
    const char *slash = strrchr(list, '/');
    int folder = slash && *entry->path != '/' ? (int)(slash + 1 - list) : 0;
    char *path = xasprintf("%.*s%s", folder, list, entry->path);
    const char *last = strrchr(path, '/');
    size_t before = import->items;
    struct stat st;
    int result = stat(path, &st) < 0 ? err_set(import->err, ERR_UNKNOWN, "%s: no such file", path)
                                     : take_file(import, path, last ? (size_t)(last + 1 - path) : 0, true);
    if (!result && import->items > before) {
        struct import_item *item = &import->item[before];
        item->name = *entry->title ? xstrdup(entry->title) : NULL;
        item->in_75 = entry->in_75;
        item->out_75 = entry->out_75;
        item->points = entry->points;
        memcpy(item->point, entry->point, sizeof item->point);
        memcpy(item->point_75, entry->point_75, sizeof item->point_75);
    }
    free(path);
    return result ? err_prefix(import->err, "%s:%d", list, entry->line) : 0;
}

static int take_list(struct import *import, const char *path)
{
    struct playlist list = {0};
    int result = playlist_read(&list, AT_FDCWD, path, import->err);
    for (size_t i = 0; i < list.count && !result; i++)
        result = take_entry(import, &list.entry[i], path);
    playlist_clear(&list);
    return result;
}

static int take_word(struct import *import, const char *word)
{
    char *path = library_path(import->request, word);
    for (size_t length = strlen(path); length > 1 && path[length - 1] == '/';)
        path[--length] = '\0';
    const char *slash = strrchr(path, '/');
    struct stat st;
    int result;
    if (stat(path, &st) < 0)
        result = err_set(import->err, errno == ENOENT || errno == ENOTDIR ? ERR_UNKNOWN : ERR_IO, "%s: %s", path,
                         errno == ENOENT || errno == ENOTDIR ? "no such file" : strerror(errno));
    else if (S_ISDIR(st.st_mode))
        result = take_folder(import, path);
    else if (playlist_is_one(path))
        result = take_list(import, path);
    else
        result = take_file(import, path, slash ? (size_t)(slash + 1 - path) : 0, true);
    free(path);
    return result;
}

/* --- which of them are media --- */

/* Leaves out what is no medium in folders; a file that was named must be one. */
static int probe_items(struct import *import)
{
    size_t kept = 0, i = 0;
    int result = 0;
    progress_begin(&import->library->progress, "looking at the files", import->items);
    for (; i < import->items; i++) {
        struct import_item *item = &import->item[i];
        progress_add(&import->library->progress, 1);
        result = import_item_learn(item, &import->learner, import->err);
        if (!result) {
            import->item[kept++] = *item;
            continue;
        }
        if (item->named || result == -2)
            break;
        result = 0;
        import_item_clear(item);
        import->skipped++;
    }
    for (; i < import->items; i++)
        import->item[kept++] = import->item[i];
    import->items = kept;
    return result ? -1 : 0;
}

/* --- where they go --- */

struct cell { int tab, row, column; };

static bool is_free(const struct show *show, struct cell cell)
{
    return show_slot_at(show, cell.tab, cell.row, cell.column) < 0;
}

/* The next cell in reading order. Return: false behind the last: of the tab if one was asked for, else of the show. */
static bool next_cell(const struct import *import, struct cell *cell)
{
    const struct show *show = import->library->show;
    const struct show_tab *tab = show_tab(show, cell->tab);
    if (++cell->column < tab->columns)
        return true;
    cell->column = 0;
    if (++cell->row < tab->rows)
        return true;
    cell->row = 0;
    return import->request->tab < 0 && ++cell->tab < show_tabs(show);
}

static struct cell first_cell(const struct import *import)
{
    const struct library_request *request = import->request;
    struct cell cell = {request->tab, request->row, request->column};
    cell.tab = cell.tab < 0 ? 0 : cell.tab;
    cell.row = cell.row < 0 ? 0 : cell.row;
    cell.column = cell.column < 0 ? 0 : cell.column;
    return cell;
}

static int check_cells(struct import *import)
{
    const struct show *show = import->library->show;
    struct cell cell = first_cell(import);
    const struct show_tab *tab = show_tab(show, cell.tab);
    if (!tab)
        return err_set(import->err, ERR_UNKNOWN, "tab %d: the show has %d", cell.tab + 1, show_tabs(show));
    if (cell.row >= tab->rows || cell.column >= tab->columns)
        return err_set(import->err, ERR_RANGE, "%d/%d/%d: tab %d has %d rows and %d columns", cell.tab + 1, cell.row + 1,
                       cell.column + 1, cell.tab + 1, tab->rows, tab->columns);
    size_t room = 0;
    do
        room += is_free(show, cell);
    while (next_cell(import, &cell));
    if (import->items <= room)
        return 0;
    return err_set(import->err, ERR_REFUSED, "%zu files and %zu free cells: %zu do not fit; nothing is changed",
                   import->items, room, import->items - room);
}

/* --- doing it --- */

/* The same file as that of the clip before: a track of it. */
static bool is_again(const struct import *import, size_t i)
{
    return i && !strcmp(import->item[i].path, import->item[i - 1].path);
}

static int copy_items(struct import *import)
{
    struct library *library = import->library;
    uint64_t bytes = 0;
    for (size_t i = 0; i < import->items; i++)
        bytes += import->item[i].inside || is_again(import, i) ? 0 : import->item[i].bytes;
    if (!bytes)
        return 0;
    if (copy_check_room(library->media, bytes, import->err) < 0)
        return -1;
    progress_begin(&library->progress, "copying", bytes);
    for (size_t i = 0; i < import->items; i++) {
        struct import_item *item = &import->item[i];
        char *copied;
        if (item->inside)
            continue;
        if (is_again(import, i))
            copied = xstrdup(item[-1].file);
        else if (copy_file(item->path, library->media, item->file, &copied, &library->progress, import->err) < 0)
            return -1;
        free(item->file);
        item->file = copied;
    }
    return 0;
}

static void write_patch(struct import *import)
{
    struct cell cell = first_cell(import);
    for (size_t i = 0; i < import->items; i++) {
        char object[48];
        while (!is_free(import->library->show, cell))
            next_cell(import, &cell);
        snprintf(object, sizeof object, "new %d/%d/%d", cell.tab + 1, cell.row + 1, cell.column + 1);
        import_item_patch(&import->item[i], object, &import->library->patch);
        next_cell(import, &cell);
    }
}

static void write_answer(struct import *import)
{
    struct strbuf *answer = &import->library->answer;
    library_fmt_count(answer, import->items, "clip");
    if (import->skipped) {
        strbuf_adds(answer, "; ");
        library_fmt_count(answer, import->skipped, "file");
        strbuf_adds(answer, import->skipped == 1 ? " is no medium" : " are no media");
    }
    size_t left_out = 0;
    for (size_t i = 0; i < import->items; i++)
        left_out += import->item[i].left_out;
    if (left_out) {
        strbuf_adds(answer, "; ");
        library_fmt_count(answer, left_out, "marker");
        strbuf_addf(answer, " left out, a clip has the first %d", SHOW_MARKERS);
    }
}

static int do_import(struct import *import)
{
    for (int i = 0; i < import->request->words; i++)
        if (take_word(import, import->request->word[i]) < 0)
            return -1;
    if (probe_items(import) < 0)
        return -1;
    if (!import->items)
        return err_set(import->err, ERR_REFUSED, "nothing to import: %zu files, and none is a medium", import->skipped);
    if (check_cells(import) < 0 || copy_items(import) < 0)
        return -1;
    write_patch(import);
    write_answer(import);
    return 0;
}

int library_import(struct library *library, const struct library_request *request, struct err *err)
{
    struct import import = {.library = library, .request = request, .learner.prober = &library->prober, .err = err};
    int result = do_import(&import);
    clear_items(&import);
    return result;
}
