/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of media files that other programs made: M3U (.m3u, .m3u8) and CUE sheets (.cue). What a
 * list says, in its order; nothing is opened but the list itself, and whether a named file is
 * there, inside the media folder, and what it holds is for the caller to find out.
 *
 * A list is UTF-8, or Latin-1 where it is not valid UTF-8 (.m3u8 must be UTF-8); a byte order mark
 * and either kind of line end are fine. Any thread but the audio thread.
 */
#ifndef LIBRARY_PLAYLIST_H
#define LIBRARY_PLAYLIST_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLAYLIST_BYTES_MAX = 16 << 20, PLAYLIST_ENTRIES_MAX = 100000,
    PLAYLIST_LINE_BYTES = 8192,         /* the longest line, with its NUL */
    PLAYLIST_PATH_BYTES = 2048,         /* the longest path, with its NUL */
    PLAYLIST_POINTS_MAX = 16,           /* of an entry */
    PLAYLIST_HZ = 75,                   /* frames of a compact disc: the unit of in_75 and out_75 */
};

/* Texts are UTF-8 of one line without controls, "" where the list has none; owned by the list. */
struct playlist_entry {
    char *path;                         /* as the list has it: absolute, or relative to the list's folder; may hold `..` */
    char *title, *performer, *songwriter, *isrc;       /* performer and songwriter: the whole list's, where it names no other */
    int64_t in_75, out_75;              /* 1/75 s from the file's beginning; out_75 -1: to its end, else above in_75 */
    int64_t point_75[PLAYLIST_POINTS_MAX];  /* places within it, by a CUE sheet's INDEX 02 and above; as many as fit */
    int point[PLAYLIST_POINTS_MAX];     /* the numbers of these: 2 to 99 */
    int points;
    int track;                          /* of a CUE sheet, 1 to 99; else 0 */
    int line;                           /* of the list, for messages */
};

struct playlist {
    struct playlist_entry *entry;
    size_t count, room;                 /* entries there are; entries there is memory for */
    char *title, *performer, *songwriter, *catalogue;      /* of the whole list, as above; NULL in a zeroed list */
};

/* Each fills a zeroed list from a text, whose name goes into errors. A CUE sheet's track lasts from its INDEX 01 to the INDEX 00,
 * or where there is none the INDEX 01, of the track that follows in the same file; tracks of data are left out. Return: 0; -1
 * with err, `NAME:LINE: what is wrong` or `NAME: what is wrong`, and the list empty. Clear it in both cases. */
int playlist_m3u_parse(struct playlist *list, const char *name, const char *text, size_t bytes, struct err *err);
int playlist_cue_parse(struct playlist *list, const char *name, const char *text, size_t bytes, struct err *err);
/* Opens a list (as media_file_open() does) and reads it as its name ends. Return: as above; ERR_UNKNOWN: there is no such
 * file. */
int playlist_read(struct playlist *list, int folder_fd, const char *path, struct err *err);
/* Return: whether a file of this name is a list, by its ending. */
bool playlist_is_one(const char *path);
void playlist_clear(struct playlist *list);

/* --- for the two readers --- */

struct playlist_lines {
    const char *name, *at, *end;
    int line;                           /* of text, from 1 */
    bool latin1;
    char text[PLAYLIST_LINE_BYTES];     /* the line, without blanks at its ends */
};
/* strict: it must be UTF-8. Return: 0, or -1 with err. */
int playlist_lines_begin(struct playlist_lines *lines, const char *name, const char *text, size_t bytes, bool strict,
                         struct err *err);
/* Return: 1 a line that is not empty; 0 the end; -1 with err. */
int playlist_lines_next(struct playlist_lines *lines, struct err *err);
/* `NAME:LINE: ...` with the line's number. Return: -1. */
int playlist_lines_refuse(const struct playlist_lines *lines, struct err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Return: 0 if a file may be named so; -1 with err. */
int playlist_check_path(const struct playlist_lines *lines, const char *path, struct err *err);
/* Adds a file; path as it stands in the list. Return: the entry, until the next one is added; NULL with err. */
struct playlist_entry *playlist_add(struct playlist *list, const struct playlist_lines *lines, const char *path, struct err *err);
/* Replaces a text of the list by a clean copy. */
void playlist_set_text(char **text, const char *value);

#endif
