/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A look at a text before libconfig sees it: see prescan.h. It cuts the text into the same pieces
 * as libconfig's scanner does (names, numbers, strings, comments, brackets), but judges only what
 * is listed there; the grammar stays libconfig's.
 */
#include "config.h"

#include "base/text.h"
#include "session/prescan.h"
#include "session/tree.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct name {
    const char *start;
    int length, line;
};

struct level {
    char bracket;               /* the opening one; 0: the root */
    int line;                   /* where it stands */
    int names;                  /* settings so far, if it is a group */
    struct name name[PRESCAN_NAMES];
};

struct scan {
    const char *p, *end;
    int line;
    const char *file;
    struct err *err;
    bool commented;
    int values;
    long compared;              /* characters of names that libconfig will compare */
    int depth;
    struct level level[PRESCAN_DEPTH + 1];      /* [0] is the root */
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*'; }
static bool is_name(char c) { return is_name_start(c) || is_digit(c) || c == '-' || c == '_'; }

/* The character at p + offset; 0 past the end (the text itself holds no zero byte by now). */
static char peek(const struct scan *scan, size_t offset)
{
    return offset < (size_t)(scan->end - scan->p) ? scan->p[offset] : '\0';
}

static int check_bytes(const struct scan *scan)
{
    int line = 1;
    for (const char *p = scan->p; p < scan->end;) {
        if (!*p)
            return tree_fail(scan->err, scan->file, line, "a zero byte: this is not a text file; UTF-8 text is wanted");
        line += *p == '\n';
        if (!((unsigned char)*p & 0x80)) {
            p++;
            continue;
        }
        uint32_t rune;
        int used = utf8_next(p, (size_t)(scan->end - p), &rune);
        if (used == 1)
            return tree_fail(scan->err, scan->file, line, "byte 0x%02x is not UTF-8; text in UTF-8 is wanted",
                             (unsigned)(unsigned char)*p);
        p += used;
    }
    return 0;
}

static int count_value(struct scan *scan)
{
    if (++scan->values > PRESCAN_VALUES)
        return tree_fail(scan->err, scan->file, scan->line, "more than %d values; that is the most one file may hold",
                         PRESCAN_VALUES);
    return 0;
}

static void skip_line_comment(struct scan *scan)
{
    const char *newline = memchr(scan->p, '\n', (size_t)(scan->end - scan->p));
    scan->p = newline ? newline : scan->end;
    scan->commented = true;
}

static int skip_block_comment(struct scan *scan)
{
    int opened = scan->line;
    scan->commented = true;
    for (scan->p += 2; scan->p < scan->end; scan->p++) {
        if (scan->p[0] == '*' && peek(scan, 1) == '/') {
            scan->p += 2;
            return 0;
        }
        scan->line += *scan->p == '\n';
    }
    return tree_fail(scan->err, scan->file, opened, "a comment begins here and does not end; it wants */");
}

static int take_text(struct scan *scan)
{
    int opened = scan->line;
    const char *start = scan->p;
    for (scan->p++; scan->p < scan->end && *scan->p != '"'; scan->p++) {
        scan->line += *scan->p == '\n';
        if (*scan->p != '\\')
            continue;
        if (peek(scan, 1) == '\\' || peek(scan, 1) == '"')
            scan->p++;
        else if (peek(scan, 1) == 'x' && peek(scan, 2) == '0' && peek(scan, 3) == '0')
            return tree_fail(scan->err, scan->file, scan->line, "\\x00 in a text; a text holds no zero bytes");
    }
    if (scan->p >= scan->end)
        return tree_fail(scan->err, scan->file, opened, "a text begins here and does not end; it wants a closing \"");
    scan->p++;
    if (scan->p - start > PRESCAN_TEXT_BYTES)
        return tree_fail(scan->err, scan->file, opened, "a text longer than %d bytes, which is the most", PRESCAN_TEXT_BYTES);
    return count_value(scan);
}

/* Digits of the given base, saturating. */
static uint64_t take_digits(struct scan *scan, unsigned base)
{
    uint64_t value = 0;
    for (; is_digit(peek(scan, 0)) || (base == 16 && is_hex(peek(scan, 0))); scan->p++) {
        char c = *scan->p;
        unsigned digit = is_digit(c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
        if (value > (UINT64_MAX - digit) / base)
            value = UINT64_MAX;
        else
            value = value * base + digit;
    }
    return value;
}

static int check_integer(struct scan *scan, const char *start, uint64_t value, bool negative)
{
    int length = scan->p - start > 40 ? 40 : (int)(scan->p - start);
    bool wide = peek(scan, 0) == 'L';
    if (wide)
        scan->p += peek(scan, 1) == 'L' ? 2 : 1;
    if (value > (uint64_t)INT64_MAX + negative)
        return tree_fail(scan->err, scan->file, scan->line, "%.*s: too big; whole numbers go up to 9223372036854775807L",
                         length, start);
    if (!wide && value > (uint64_t)INT32_MAX + negative)
        return tree_fail(scan->err, scan->file, scan->line,
                         "%.*s: wants an L behind it (64-bit), as whole numbers past 2147483647 do", length, start);
    return count_value(scan);
}

/* Behind the point or before the exponent of a float; its value is checked when it has been read. */
static int take_fraction(struct scan *scan)
{
    if (peek(scan, 0) == '.')
        for (scan->p++; is_digit(peek(scan, 0));)
            scan->p++;
    size_t sign = peek(scan, 1) == '+' || peek(scan, 1) == '-';
    if ((peek(scan, 0) | 0x20) == 'e' && is_digit(peek(scan, 1 + sign)))
        for (scan->p += 1 + sign; is_digit(peek(scan, 0));)
            scan->p++;
    return count_value(scan);
}

static int take_number(struct scan *scan)
{
    const char *start = scan->p;
    if (*start == '0' && (peek(scan, 1) | 0x20) == 'x' && is_hex(peek(scan, 2))) {
        scan->p += 2;
        return check_integer(scan, start, take_digits(scan, 16), false);
    }
    scan->p += *start == '-' || *start == '+';
    uint64_t value = take_digits(scan, 10);
    char next = peek(scan, 0);
    size_t sign = peek(scan, 1) == '+' || peek(scan, 1) == '-';
    if (next == '.' || ((next | 0x20) == 'e' && is_digit(peek(scan, 1 + sign))))
        return take_fraction(scan);
    if (scan->p == start || !is_digit(scan->p[-1]))
        return 0;                       /* a sign alone: libconfig will say so */
    return check_integer(scan, start, value, *start == '-');
}

/* libconfig compares a new name with every earlier one of its group, character by character: so do we, to know how long it will
 * take, and to tell where the first of two equal names stands. */
static int count_name(struct scan *scan, const char *start, int length)
{
    struct level *level = &scan->level[scan->depth];
    for (int i = 0; i < level->names; i++) {
        const struct name *earlier = &level->name[i];
        int same = 0;
        while (same < length && same < earlier->length && start[same] == earlier->start[same])
            same++;
        if (same == length && same == earlier->length)
            return tree_fail(scan->err, scan->file, scan->line,
                             "%.*s stands in this group already, on line %d; a setting may stand once",
                             length > 40 ? 40 : length, start, earlier->line);
        scan->compared += same + 1;
    }
    if (scan->compared > PRESCAN_COMPARED)
        return tree_fail(scan->err, scan->file, scan->line,
                         "too many names that begin alike; what is wanted are few and short ones");
    if (level->names == PRESCAN_NAMES)
        return tree_fail(scan->err, scan->file, scan->line, "more than %d settings in one group, which is the most",
                         PRESCAN_NAMES);
    level->name[level->names++] = (struct name){start, length, scan->line};
    return 0;
}

static int take_name(struct scan *scan)
{
    const char *start = scan->p;
    while (is_name(peek(scan, 0)))
        scan->p++;
    size_t length = (size_t)(scan->p - start);
    if ((length == 4 && !strncasecmp(start, "true", 4)) || (length == 5 && !strncasecmp(start, "false", 5)))
        return count_value(scan);
    return count_name(scan, start, (int)length);
}

static int take_opening(struct scan *scan)
{
    if (scan->depth == PRESCAN_DEPTH)
        return tree_fail(scan->err, scan->file, scan->line, "brackets nested deeper than %d, which is the most", PRESCAN_DEPTH);
    struct level *level = &scan->level[++scan->depth];
    level->bracket = *scan->p++;
    level->line = scan->line;
    level->names = 0;
    return count_value(scan);
}

static int take_closing(struct scan *scan)
{
    static const char pairs[] = "(){}[]";
    const struct level *level = &scan->level[scan->depth];
    if (!scan->depth)
        return tree_fail(scan->err, scan->file, scan->line, "a %c that closes nothing", *scan->p);
    char wanted = strchr(pairs, level->bracket)[1];
    if (*scan->p != wanted)
        return tree_fail(scan->err, scan->file, scan->line, "a %c where the %c of line %d wants its %c", *scan->p, level->bracket,
                         level->line, wanted);
    scan->depth--;
    scan->p++;
    return 0;
}

static int take_at(struct scan *scan)
{
    if (scan->end - scan->p >= 8 && !strncmp(scan->p, "@include", 8))
        return tree_fail(scan->err, scan->file, scan->line, "@include is refused; everything stands in this one file");
    scan->p++;
    return 0;
}

static int take_piece(struct scan *scan)
{
    char c = *scan->p;
    if (c == '#' || (c == '/' && peek(scan, 1) == '/')) {
        skip_line_comment(scan);
        return 0;
    }
    if (c == '/' && peek(scan, 1) == '*')
        return skip_block_comment(scan);
    if (c == '"')
        return take_text(scan);
    if (is_name_start(c))
        return take_name(scan);
    if (is_digit(c) || c == '-' || c == '+' || c == '.')
        return take_number(scan);
    if (c == '(' || c == '[' || c == '{')
        return take_opening(scan);
    if (c == ')' || c == ']' || c == '}')
        return take_closing(scan);
    if (c == '@')
        return take_at(scan);
    scan->line += c == '\n';
    scan->p++;
    return 0;
}

/* The room for names stays as it is: nearly all of it is never used. */
static void scan_init(struct scan *scan, const char *text, size_t bytes, const char *file, struct err *err)
{
    scan->p = text;
    scan->end = text + bytes;
    scan->line = 1;
    scan->file = file;
    scan->err = err;
    scan->commented = false;
    scan->values = 0;
    scan->compared = 0;
    scan->depth = 0;
    scan->level[0].bracket = '\0';
    scan->level[0].names = 0;
}

int prescan_text(const char *text, size_t bytes, const char *file, bool *commented, struct err *err)
{
    struct scan scan;
    scan_init(&scan, text, bytes, file, err);
    int result = check_bytes(&scan);
    while (!result && scan.p < scan.end)
        result = take_piece(&scan);
    if (commented)
        *commented = scan.commented;
    if (!result && scan.depth)
        return tree_fail(err, file, scan.level[scan.depth].line, "the %c of this line is never closed",
                         scan.level[scan.depth].bracket);
    return result;
}
