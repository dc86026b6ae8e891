/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M3U: a path a line; lines that begin with # are comments, of which the extended form's say what
 * the next file is called. A file: URL is a path; any other URL is an error, for it names no file.
 */
#include "config.h"

#include "library/playlist.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Return: what stands behind the word; NULL if the line does not begin with it. */
static const char *after(const char *line, const char *word)
{
    size_t length = strlen(word);
    return strncasecmp(line, word, length) ? NULL : line + length;
}

/* Length, perhaps attributes with quotes, a comma, the title. */
static const char *skip_length(const char *text)
{
    bool quoted = false;
    for (; *text; text++) {
        if (*text == '"')
            quoted = !quoted;
        else if (*text == ',' && !quoted)
            return text + 1;
    }
    return text;
}

static void take_comment(struct playlist *list, const char *line, char **title, char **performer)
{
    const char *value;
    if ((value = after(line, "#EXTINF:")))
        playlist_set_text(title, skip_length(value));
    else if ((value = after(line, "#EXTART:")))
        playlist_set_text(performer, value);
    else if ((value = after(line, "#PLAYLIST:")))
        playlist_set_text(&list->title, value);
}

static int hex_digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

/* In place. Return: false if a % is not followed by the two digits of a byte that is not NUL. */
static bool decode_percents(char *text)
{
    char *w = text;
    for (; *text; text++) {
        if (*text != '%') {
            *w++ = *text;
            continue;
        }
        int high = hex_digit(text[1]), low = high < 0 ? -1 : hex_digit(text[2]);
        if (low < 0 || (high | low) == 0)
            return false;
        *w++ = (char)(high << 4 | low);
        text += 2;
    }
    *w = '\0';
    return true;
}

/* Makes the line a path. Return: it, inside the line; NULL if it is none. */
static char *path_of(char *line)
{
    char *scheme_end = strstr(line, "://");
    for (char *c = line; scheme_end && c < scheme_end; c++)
        if (!isalnum((unsigned char)*c) && !strchr("+-.", *c))
            scheme_end = NULL;
    if (!scheme_end || scheme_end == line)
        return line;
    char *path = scheme_end + 3;
    if (!after(line, "file://"))
        return NULL;
    if (after(path, "localhost/"))
        path += strlen("localhost");
    return *path == '/' && decode_percents(path) ? path : NULL;
}

static int take_path(struct playlist *list, struct playlist_lines *lines, char **title, char **performer, struct err *err)
{
    char *path = path_of(lines->text);
    if (!path)
        return playlist_lines_refuse(lines, err, "a URL that names no file here");
    struct playlist_entry *entry = playlist_add(list, lines, path, err);
    if (!entry)
        return -1;
    if (*title)
        playlist_set_text(&entry->title, *title);
    if (*performer)
        playlist_set_text(&entry->performer, *performer);
    playlist_set_text(title, "");               /* they are of one file only */
    playlist_set_text(performer, "");
    return 0;
}

int playlist_m3u_parse(struct playlist *list, const char *name, const char *text, size_t bytes, struct err *err)
{
    const char *ending = strrchr(name, '.');
    struct playlist_lines lines;
    char *title = NULL, *performer = NULL;
    int got = playlist_lines_begin(&lines, name, text, bytes, ending && !strcasecmp(ending, ".m3u8"), err);
    for (bool more = got == 0; more; more = got > 0) {
        got = playlist_lines_next(&lines, err);
        if (got > 0 && lines.text[0] == '#')
            take_comment(list, lines.text, &title, &performer);
        else if (got > 0 && take_path(list, &lines, &title, &performer, err) < 0)
            got = -1;
    }
    if (got < 0)
        playlist_clear(list);
    free(title);
    free(performer);
    return got;
}
