/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of a journal, read: see journal.h for what it is for. A head line, then
 *     @document BYTES CHECK HASH saved|edited SERIAL      and so many bytes of flat document
 *     SERIAL CHECK LINE                                   each edit
 *     SERIAL CHECK @saving HASH                           and the marks, with the number of the edit before them
 * The first line that is not whole and sound ends it. Pure.
 */
#include "config.h"

#include "session/journal_text.h"
#include "base/xxh64.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place {                          /* in the text */
    const char *at, *end;
};

/* The session file is where the last mark with its hash stands, unless another save came after that one. */
struct marks {
    uint64_t hash;                      /* of the session file as it is now */
    bool found;
    size_t at;                          /* behind so many bytes of the lines; 0: the document itself */
};

static uint32_t check_of(uint32_t serial, const char *text, size_t bytes)
{
    return (uint32_t)xxh64_of(text, bytes, serial);
}

static const char head_word[] = "clipgrid-journal ", head_version[] = "2\n";

void journal_fmt_head(struct strbuf *out)
{
    strbuf_adds(out, head_word);
    strbuf_adds(out, head_version);
}

bool journal_is_other_version(const char *bytes, size_t count)
{
    size_t word = sizeof head_word - 1, version = sizeof head_version - 1;
    return count >= word + version && !memcmp(bytes, head_word, word) && bytes[word] >= '0' && bytes[word] <= '9' &&
           memcmp(bytes + word, head_version, version) != 0;
}

void journal_fmt_document(struct strbuf *out, const char *document, size_t bytes, uint32_t serial, uint64_t hash, bool edited)
{
    strbuf_addf(out, "@document %zu %08" PRIx32 " %016" PRIx64 " %s %" PRIu32 "\n", bytes, check_of(serial, document, bytes), hash,
                edited ? "edited" : "saved", serial);
    strbuf_add(out, document, bytes);
}

void journal_fmt_line(struct strbuf *out, uint32_t serial, const char *text, size_t bytes)
{
    strbuf_addf(out, "%" PRIu32 " %08" PRIx32 " ", serial, check_of(serial, text, bytes));
    strbuf_add(out, text, bytes);
    strbuf_addc(out, '\n');
}

void journal_fmt_mark(struct strbuf *out, uint32_t serial, const char *mark, uint64_t hash)
{
    char text[40];
    int length = snprintf(text, sizeof text, "%s %016" PRIx64, mark, hash);
    journal_fmt_line(out, serial, text, (size_t)length);
}

void journal_past_clear(struct journal_past *past)
{
    strbuf_clear(&past->document);
    strbuf_clear(&past->lines);
    *past = (struct journal_past){0};
}

/* A line's text with no newline in it, its end in *end. Return: NULL: it is not whole. */
static const char *take_line(struct place *place, const char **end)
{
    const char *line = place->at, *newline = memchr(line, '\n', (size_t)(place->end - line));
    if (!newline)
        return NULL;
    *end = newline;
    place->at = newline + 1;
    return line;
}

/* Digits of a number at *at, not past end, followed by `after`. */
static bool take_number(const char **at, const char *end, int base, char after, uint64_t *value)
{
    const char *digits = base == 16 ? "0123456789abcdef" : "0123456789";
    const char *p = *at;
    *value = 0;
    for (const char *digit; p < end && *p && (digit = strchr(digits, *p)); p++) {
        if (*value > (UINT64_MAX - 15) / (unsigned)base)
            return false;
        *value = *value * (unsigned)base + (unsigned)(digit - digits);
    }
    if (p == *at || p >= end || *p != after)
        return false;
    *at = p + 1;
    return true;
}

static bool take_word(const char **at, const char *end, const char *word)
{
    size_t size = strlen(word);
    if ((size_t)(end - *at) < size || memcmp(*at, word, size))
        return false;
    *at += size;
    return true;
}

static bool take_head(struct place *place)
{
    return take_word(&place->at, place->end, head_word) && take_word(&place->at, place->end, head_version);
}

static bool take_document(struct place *place, struct journal_past *past, struct marks *marks)
{
    const char *end, *at = take_line(place, &end);
    uint64_t bytes, check, hash, serial;
    if (!at || !take_word(&at, end, "@document ") || !take_number(&at, end, 10, ' ', &bytes) ||
        !take_number(&at, end, 16, ' ', &check) || !take_number(&at, end, 16, ' ', &hash))
        return false;
    past->edited = take_word(&at, end, "edited ");
    if ((!past->edited && !take_word(&at, end, "saved ")) || !take_number(&at, end + 1, 10, '\n', &serial) || serial > UINT32_MAX)
        return false;
    if (bytes > (size_t)(place->end - place->at) || check_of((uint32_t)serial, place->at, bytes) != check)
        return false;
    strbuf_add(&past->document, place->at, bytes);
    place->at += bytes;
    past->serial = (uint32_t)serial;
    marks->found = hash == marks->hash;
    return true;
}

static bool take_mark(const char *text, const char *end, const char *mark, uint64_t *hash)
{
    return take_word(&text, end, mark) && take_word(&text, end, " ") && take_number(&text, end + 1, 16, '\n', hash);
}

/* One edit or mark. Return: false at the first that is not sound. */
static bool take_edit(struct place *place, struct journal_past *past, struct marks *marks)
{
    struct place here = *place;
    const char *end, *at = take_line(&here, &end);
    uint64_t serial, check, hash;
    if (!at || !take_number(&at, end, 10, ' ', &serial) || !take_number(&at, end, 16, ' ', &check) || serial > UINT32_MAX ||
        check_of((uint32_t)serial, at, (size_t)(end - at)) != check)
        return false;
    bool saved = take_mark(at, end, JOURNAL_SAVED, &hash), saving = !saved && take_mark(at, end, "@saving", &hash);
    if (saved || saving) {
        if (hash == marks->hash) {
            past->edited = past->edited && past->lines.len;
            marks->at = past->lines.len;
        }
        marks->found = hash == marks->hash || (marks->found && !saved);
    } else {
        if (serial <= past->serial)
            return false;
        strbuf_add(&past->lines, at, (size_t)(end - at) + 1);
        past->serial = (uint32_t)serial;
        past->edits++;
    }
    *place = here;
    return true;
}

/* Puts the mark among the lines, behind so many bytes of them, and counts what comes after it. */
static void place_mark(struct journal_past *past, size_t at)
{
    struct strbuf lines = {0};
    past->unsaved = past->edited && !at;
    for (size_t i = at; i < past->lines.len; i++)
        past->unsaved += past->lines.s[i] == '\n';
    if (!at)
        return;
    strbuf_add(&lines, past->lines.s, at);
    strbuf_adds(&lines, JOURNAL_SAVED "\n");
    strbuf_add(&lines, past->lines.s + at, past->lines.len - at);
    strbuf_clear(&past->lines);
    past->lines = lines;
    past->edited = false;
}

size_t journal_parse(const char *bytes, size_t count, uint64_t hash, struct journal_past *past)
{
    struct place place = {bytes, bytes + count};
    struct journal_past own = {0}, *to = past ? past : &own;
    struct marks marks = {.hash = hash};
    *to = (struct journal_past){0};
    bool sound = take_head(&place) && take_document(&place, to, &marks);
    while (sound && take_edit(&place, to, &marks))
        ;
    if (sound && marks.found) {
        place_mark(to, marks.at);
    } else {
        place.at = bytes;
        journal_past_clear(to);
    }
    journal_past_clear(&own);
    return (size_t)(place.at - bytes);
}
