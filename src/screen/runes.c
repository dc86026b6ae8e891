/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as terminal cells: see runes.h. */
#include "config.h"

#include "screen/runes.h"
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static bool only_ascii;

void runes_init(bool ascii)
{
    only_ascii = ascii;
}

static bool is_control(uint32_t rune)
{
    return rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || (rune >= 0x202a && rune <= 0x202e) ||
           (rune >= 0x2066 && rune <= 0x2069) || (rune >= 0x2028 && rune <= 0x2029);
}

/* Marks that show nothing but make terminals disagree about widths: joiners, variation selectors, byte order marks. */
static bool is_invisible(uint32_t rune)
{
    return (rune >= 0x200b && rune <= 0x200f) || (rune >= 0x2060 && rune <= 0x2064) || (rune >= 0xfe00 && rune <= 0xfe0f) ||
           rune == 0xfeff || rune == 0xad || (rune >= 0xe0000 && rune <= 0xe0fff);
}

/* Return: columns of a rune; 0: it combines with what stands before it; -1: skip it. Replaces what must not be shown. */
static int clean(uint32_t *rune)
{
    if (is_invisible(*rune))
        return -1;
    if (only_ascii) {
        bool combines = *rune >= 0x300 && *rune < 0x370;
        if (*rune >= 0x7f || *rune < 0x20)
            *rune = '?';
        return combines ? -1 : 1;
    }
    if (is_control(*rune))
        *rune = 0xfffd;
    int width = *rune < 0x7f ? 1 : wcwidth((wchar_t)*rune);
    if (width >= 0)
        return width;
    *rune = 0xfffd;
    return 1;
}

static int next_clean(const char **text, uint32_t *rune)
{
    for (;;) {
        int used = utf8_next(*text, strnlen(*text, 4), rune);
        if (!used)
            return -1;
        *text += used;
        int width = clean(rune);
        if (width >= 0)
            return width;
    }
}

bool runes_next(const char **text, struct rune_cell *cell)
{
    uint32_t rune;
    int width = next_clean(text, &rune);
    if (width < 0)
        return false;
    memset(cell, 0, sizeof *cell);
    int used = 0;
    if (width == 0)                     /* nothing to combine with: give it a blank */
        cell->text[used++] = ' ';
    cell->text[used++] = (wchar_t)rune;
    cell->width = width ? width : 1;
    for (;;) {
        const char *ahead = *text;
        width = next_clean(&ahead, &rune);
        if (width != 0)
            return true;
        *text = ahead;
        if (used < RUNES_A_CELL - 1)
            cell->text[used++] = (wchar_t)rune;
    }
}

int runes_width(const char *text)
{
    struct rune_cell cell;
    int width = 0;
    while (runes_next(&text, &cell))
        width += cell.width;
    return width;
}

size_t runes_fit(const char *text, int width)
{
    struct rune_cell cell;
    const char *p = text, *fits = text;
    while (runes_next(&p, &cell) && cell.width <= width) {
        width -= cell.width;
        fits = p;
    }
    return (size_t)(fits - text);
}

size_t runes_last(const char *text, size_t bytes)
{
    struct rune_cell cell;
    const char *p = text, *start = text;
    while (p < text + bytes) {
        start = p;
        if (!runes_next(&p, &cell))
            break;
    }
    return (size_t)(text + bytes - start);
}

void runes_copy(char *out, size_t size, const char *text, int width, const char *mark)
{
    size_t fit = runes_fit(text, width);
    if (!text[fit])
        mark = "";
    else
        fit = runes_fit(text, width - runes_width(mark));
    snprintf(out, size, "%.*s%s", (int)fit, text, mark);
}
