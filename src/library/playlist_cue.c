/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CUE sheets: FILE names a file, TRACK begins a track in it, INDEX places it in minutes, seconds
 * and frames of 1/75 s. A FILE may come between the INDEX 00 of a track, which is the gap at the
 * end of the file before, and its INDEX 01. INDEX 02 and above are places within the track. Words
 * that say nothing to us (FLAGS, PREGAP, REM) are passed over.
 */
#include "config.h"

#include "library/playlist.h"

#include "base/text.h"
#include "base/xalloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The track that is being read. Its texts may stand before or behind its INDEX 01, and wait here for its end. */
struct track {
    int number;                         /* 0: there was no TRACK yet */
    int line;
    bool sound, begun;                  /* AUDIO; INDEX 01 was there */
    char *title, *performer, *songwriter, *isrc;
};

struct sheet {
    struct playlist *list;
    struct playlist_lines lines;
    struct track track;
    char *file;                         /* NULL: there was no FILE yet */
    bool file_used;                     /* by the entry before: that track ends where this one begins */
    int64_t place_75;                   /* the latest index in this file */
};

/* Takes the next word, or what stands in quotes, off *at. Return: false if there is none, or a quote is not closed. */
static bool take_word(const char **at, char *word, size_t size)
{
    const char *p = *at + strspn(*at, " \t");
    bool quoted = *p == '"';
    size_t length = quoted ? strcspn(++p, "\"") : strcspn(p, " \t");
    if (length >= size || (quoted ? !p[length] : !length))
        return false;
    memcpy(word, p, length);
    word[length] = '\0';
    *at = p + length + quoted;
    return true;
}

/* Digits only. Return: the number; -1 if it is none or above most. */
static int64_t parse_number(const char *word, int64_t most)
{
    int64_t value;
    return strspn(word, "0123456789") == strlen(word) && text_parse_i64(word, &value) && value <= most ? value : -1;
}

static int64_t parse_place(char *word)
{
    enum { MINUTES_MAX = 1000000 };
    char *seconds = strchr(word, ':'), *frames = seconds ? strchr(seconds + 1, ':') : NULL;
    if (!frames)
        return -1;
    *seconds++ = *frames++ = '\0';
    int64_t m = parse_number(word, MINUTES_MAX), s = parse_number(seconds, 59), f = parse_number(frames, PLAYLIST_HZ - 1);
    return m < 0 || s < 0 || f < 0 ? -1 : (m * 60 + s) * PLAYLIST_HZ + f;
}

static int take_file(struct sheet *sheet, const char *rest, struct err *err)
{
    char path[PLAYLIST_LINE_BYTES];
    if (!take_word(&rest, path, sizeof path) || !*path)
        return playlist_lines_refuse(&sheet->lines, err, "FILE must be followed by a name, in quotes if it has blanks");
    if (playlist_check_path(&sheet->lines, path, err) < 0)
        return -1;
    free(sheet->file);
    sheet->file = xstrdup(path);
    sheet->file_used = false;
    sheet->place_75 = 0;
    return 0;
}

static void clear_track(struct track *track)
{
    free(track->title);
    free(track->performer);
    free(track->songwriter);
    free(track->isrc);
    *track = (struct track){0};
}

/* Moves a text to where it belongs, or else a copy of the one that stands for all. */
static void give_text(char **to, char **from, const char *otherwise)
{
    if (*from) {
        free(*to);
        *to = *from;
        *from = NULL;
    } else if (otherwise) {
        playlist_set_text(to, otherwise);
    }
}

/* A track is whole when it has its INDEX 01: then the last entry is its. Return: 0, or -1 with err. */
static int end_track(struct sheet *sheet, struct err *err)
{
    struct track *track = &sheet->track;
    struct playlist *list = sheet->list;
    if (track->number && track->sound && !track->begun)
        return err_set(err, ERR_USAGE, "%s:%d: TRACK %02d has no INDEX 01", sheet->lines.name, track->line, track->number);
    if (track->begun) {
        struct playlist_entry *entry = &list->entry[list->count - 1];
        give_text(&entry->title, &track->title, NULL);
        give_text(&entry->performer, &track->performer, list->performer);
        give_text(&entry->songwriter, &track->songwriter, list->songwriter);
        give_text(&entry->isrc, &track->isrc, NULL);
    }
    clear_track(track);
    return 0;
}

static int take_track(struct sheet *sheet, const char *rest, struct err *err)
{
    char number[16], mode[32];
    int64_t parsed = take_word(&rest, number, sizeof number) ? parse_number(number, 99) : -1;
    if (parsed < 1 || !take_word(&rest, mode, sizeof mode))
        return playlist_lines_refuse(&sheet->lines, err,
                                     "TRACK must be followed by a number from 1 to 99 and its kind, as AUDIO");
    if (!sheet->file)
        return playlist_lines_refuse(&sheet->lines, err, "TRACK before any FILE");
    if (end_track(sheet, err) < 0)
        return -1;
    sheet->track.number = (int)parsed;
    sheet->track.line = sheet->lines.line;
    sheet->track.sound = !strcasecmp(mode, "AUDIO");
    return 0;
}

/* The track before, if it is in this file and has no end yet, ends here. Return: 0, or -1 with err. */
static int end_entry(struct sheet *sheet, int64_t place_75, struct err *err)
{
    struct playlist *list = sheet->list;
    struct playlist_entry *last = list->count ? &list->entry[list->count - 1] : NULL;
    if (!last || !sheet->file_used || last->out_75 >= 0)
        return 0;
    if (place_75 == last->in_75)
        return playlist_lines_refuse(&sheet->lines, err, "INDEX leaves no length to TRACK %02d before", last->track);
    last->out_75 = place_75;
    return 0;
}

static int begin_entry(struct sheet *sheet, int64_t place_75, struct err *err)
{
    struct track *track = &sheet->track;
    struct playlist_entry *entry = playlist_add(sheet->list, &sheet->lines, sheet->file, err);
    if (!entry)
        return -1;
    entry->in_75 = place_75;
    entry->track = track->number;
    sheet->file_used = track->begun = true;
    return 0;
}

/* INDEX 02 and above; of a track of data it is nobody's. */
static void add_point(struct sheet *sheet, int64_t index, int64_t place_75)
{
    struct playlist *list = sheet->list;
    struct playlist_entry *entry = sheet->track.begun ? &list->entry[list->count - 1] : NULL;
    if (!entry || !sheet->file_used || entry->points == PLAYLIST_POINTS_MAX)
        return;
    entry->point[entry->points] = (int)index;
    entry->point_75[entry->points++] = place_75;
}

static int take_index(struct sheet *sheet, const char *rest, struct err *err)
{
    char number[16], place[32];
    int64_t index = take_word(&rest, number, sizeof number) ? parse_number(number, 99) : -1;
    int64_t place_75 = index >= 0 && take_word(&rest, place, sizeof place) ? parse_place(place) : -1;
    if (place_75 < 0)
        return playlist_lines_refuse(&sheet->lines, err,
                                     "INDEX must be followed by a number and MM:SS:FF, SS below 60 and FF below 75");
    if (!sheet->track.number)
        return playlist_lines_refuse(&sheet->lines, err, "INDEX before any TRACK");
    if (place_75 < sheet->place_75)
        return playlist_lines_refuse(&sheet->lines, err, "INDEX goes back in its file");
    sheet->place_75 = place_75;
    if (index > 1)
        add_point(sheet, index, place_75);
    if (index > 1 || sheet->track.begun)
        return index > 1 ? 0 : playlist_lines_refuse(&sheet->lines, err, "a second INDEX 01, or an INDEX 00 behind it");
    if (end_entry(sheet, place_75, err) < 0)
        return -1;
    if (!sheet->track.sound)
        sheet->file_used = false;       /* what follows data is no end of a sound */
    return index == 1 && sheet->track.sound ? begin_entry(sheet, place_75, err) : 0;
}

/* Where a text goes: to the track being read or, before any, to the list. NULL: no text that is kept. */
static char **text_named(struct sheet *sheet, const char *word)
{
    bool whole = !sheet->track.number;
    if (!strcasecmp(word, "TITLE"))
        return whole ? &sheet->list->title : &sheet->track.title;
    if (!strcasecmp(word, "PERFORMER"))
        return whole ? &sheet->list->performer : &sheet->track.performer;
    if (!strcasecmp(word, "SONGWRITER"))
        return whole ? &sheet->list->songwriter : &sheet->track.songwriter;
    if (!strcasecmp(word, "ISRC"))
        return whole ? NULL : &sheet->track.isrc;
    return !strcasecmp(word, "CATALOG") ? &sheet->list->catalogue : NULL;
}

/* A text without quotes may be several words. */
static int take_text(struct sheet *sheet, char **text, const char *rest, struct err *err)
{
    char word[PLAYLIST_LINE_BYTES];
    const char *value = rest + strspn(rest, " \t");
    bool quoted = *value == '"';
    if (quoted && !take_word(&value, word, sizeof word))
        return playlist_lines_refuse(&sheet->lines, err, "a quote is opened and not closed");
    playlist_set_text(text, quoted ? word : value);
    return 0;
}

static int take_line(struct sheet *sheet, struct err *err)
{
    char word[16];
    const char *rest = sheet->lines.text;
    if (!take_word(&rest, word, sizeof word))
        return 0;
    if (!strcasecmp(word, "FILE"))
        return take_file(sheet, rest, err);
    if (!strcasecmp(word, "TRACK"))
        return take_track(sheet, rest, err);
    if (!strcasecmp(word, "INDEX"))
        return take_index(sheet, rest, err);
    char **text = text_named(sheet, word);
    return text ? take_text(sheet, text, rest, err) : 0;
}

int playlist_cue_parse(struct playlist *list, const char *name, const char *text, size_t bytes, struct err *err)
{
    struct sheet sheet = {.list = list};
    int got = playlist_lines_begin(&sheet.lines, name, text, bytes, false, err);
    for (bool more = got == 0; more; more = got > 0) {
        got = playlist_lines_next(&sheet.lines, err);
        if (got > 0 && take_line(&sheet, err) < 0)
            got = -1;
    }
    if (got == 0)
        got = end_track(&sheet, err);
    if (got < 0)
        playlist_clear(list);
    clear_track(&sheet.track);
    free(sheet.file);
    return got;
}
