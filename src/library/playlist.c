/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What both kinds of list have in common: lines, paths, memory. See playlist.h. */
#include "config.h"

#include "library/playlist.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "media/media_file.h"
#include "tags/tag_text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct kind {
    const char *ending;
    int (*parse)(struct playlist *list, const char *name, const char *text, size_t bytes, struct err *err);
} kinds[] = {{".m3u", playlist_m3u_parse}, {".m3u8", playlist_m3u_parse}, {".cue", playlist_cue_parse}};

static const struct kind *find_kind(const char *path)
{
    const char *ending = strrchr(path, '.');
    for (size_t i = 0; ending && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcasecmp(ending, kinds[i].ending))
            return &kinds[i];
    return NULL;
}

bool playlist_is_one(const char *path)
{
    return find_kind(path) != NULL;
}

static int read_all(int fd, char *text, size_t size, size_t *bytes, const char *path, struct err *err)
{
    ssize_t got;
    *bytes = 0;
    while (*bytes < size && (got = read(fd, text + *bytes, size - *bytes)) > 0)
        *bytes += (size_t)got;
    return *bytes < size && got < 0 ? err_set(err, ERR_IO, "%s: cannot be read", path) : 0;
}

int playlist_read(struct playlist *list, int folder_fd, const char *path, struct err *err)
{
    const struct kind *kind = find_kind(path);
    if (!kind)
        return err_set(err, ERR_USAGE, "%s: not a list: .m3u, .m3u8 and .cue are", path);
    int fd = media_file_open(folder_fd, path, err);
    if (fd < 0)
        return err_prefix(err, "%s", path);
    size_t bytes;
    char *text = xmalloc(PLAYLIST_BYTES_MAX + 1);       /* one more, so that the parser sees that it is too long */
    int result = read_all(fd, text, PLAYLIST_BYTES_MAX + 1, &bytes, path, err);
    close(fd);
    if (result == 0)
        result = kind->parse(list, path, text, bytes, err);
    free(text);
    return result;
}

int playlist_lines_begin(struct playlist_lines *lines, const char *name, const char *text, size_t bytes, bool strict,
                         struct err *err)
{
    if (bytes > PLAYLIST_BYTES_MAX)
        return err_set(err, ERR_RANGE, "%s: more than %d MB, too long for a list", name, PLAYLIST_BYTES_MAX >> 20);
    if (bytes >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
        text += 3;
        bytes -= 3;
    }
    lines->name = name;
    lines->at = text;
    lines->end = text + bytes;
    lines->line = 0;
    lines->latin1 = !strict && !utf8_valid(text, bytes);
    return 0;
}

int playlist_lines_refuse(const struct playlist_lines *lines, struct err *err, const char *format, ...)
{
    char what[768];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_set(err, ERR_USAGE, "%s:%d: %s", lines->name, lines->line, what);
}

/* Copies one line as UTF-8. Return: false if it is too long. */
static bool copy_line(struct playlist_lines *lines, const char *from, size_t bytes)
{
    size_t made = 0;
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)from[i];
        bool wide = lines->latin1 && c >= 0x80;
        if (made + 2 >= sizeof lines->text)
            return false;
        if (wide)
            lines->text[made++] = (char)(0xc0 | c >> 6);
        lines->text[made++] = (char)(wide ? 0x80 | (c & 0x3f) : c);
    }
    lines->text[made] = '\0';
    return true;
}

/* Return: whether the line is not empty. */
static bool take_line(struct playlist_lines *lines, const char **from, size_t *bytes)
{
    const char *start = lines->at, *stop = start;
    while (stop < lines->end && *stop != '\n' && *stop != '\r')
        stop++;
    lines->at = stop;
    if (lines->at < lines->end)
        lines->at += *stop == '\r' && stop + 1 < lines->end && stop[1] == '\n' ? 2 : 1;
    lines->line++;
    while (start < stop && (*start == ' ' || *start == '\t'))
        start++;
    while (start < stop && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    *from = start;
    *bytes = (size_t)(stop - start);
    return *bytes > 0;
}

int playlist_lines_next(struct playlist_lines *lines, struct err *err)
{
    const char *from;
    size_t bytes;
    do {
        if (lines->at == lines->end)
            return 0;
    } while (!take_line(lines, &from, &bytes));
    if (memchr(from, '\0', bytes))
        return playlist_lines_refuse(lines, err, "holds a NUL byte: not a text");
    if (!lines->latin1 && !utf8_valid(from, bytes))
        return playlist_lines_refuse(lines, err, "not UTF-8");
    if (!copy_line(lines, from, bytes))
        return playlist_lines_refuse(lines, err, "a line of more than %d bytes", PLAYLIST_LINE_BYTES - 1);
    return 1;
}

void playlist_set_text(char **text, const char *value)
{
    char clean[PLAYLIST_LINE_BYTES];
    tag_text_decode(clean, sizeof clean, TAG_UTF8, value, strlen(value));
    free(*text);
    *text = xstrdup(clean);
}

static struct playlist_entry *grow(struct playlist *list)
{
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : 64;
        list->entry = xrealloc_array(list->entry, list->room, sizeof *list->entry);
    }
    struct playlist_entry *entry = &list->entry[list->count++];
    *entry = (struct playlist_entry){.out_75 = -1, .title = xstrdup(""), .performer = xstrdup(""), .songwriter = xstrdup(""),
                                     .isrc = xstrdup("")};
    return entry;
}

int playlist_check_path(const struct playlist_lines *lines, const char *path, struct err *err)
{
    const char *wrong = !*path ? "an empty name of a file" : !utf8_valid(path, strlen(path)) ? "the name of a file is not UTF-8" :
                        text_has_control(path) ? "the name of a file holds control characters" :
                        strlen(path) >= PLAYLIST_PATH_BYTES ? "the name of a file is too long" : NULL;
    return wrong ? playlist_lines_refuse(lines, err, "%s", wrong) : 0;
}

struct playlist_entry *playlist_add(struct playlist *list, const struct playlist_lines *lines, const char *path, struct err *err)
{
    if (playlist_check_path(lines, path, err) < 0)
        return NULL;
    if (list->count == PLAYLIST_ENTRIES_MAX) {
        playlist_lines_refuse(lines, err, "more than %d entries", PLAYLIST_ENTRIES_MAX);
        return NULL;
    }
    struct playlist_entry *entry = grow(list);
    entry->path = xstrdup(path);
    entry->line = lines->line;
    if (!strchr(path, '/'))                     /* a list from a system that parts names otherwise */
        for (char *c = entry->path; (c = strchr(c, '\\')); c++)
            *c = '/';
    return entry;
}

void playlist_clear(struct playlist *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct playlist_entry *entry = &list->entry[i];
        free(entry->path);
        free(entry->title);
        free(entry->performer);
        free(entry->songwriter);
        free(entry->isrc);
    }
    free(list->entry);
    free(list->title);
    free(list->performer);
    free(list->songwriter);
    free(list->catalogue);
    *list = (struct playlist){0};
}
