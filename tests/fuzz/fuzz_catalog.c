/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any cells as a row of the catalogue: what is taken is sound, and comes back the same when it is
 * written and read again. The input is text, a cell a line: `n`, `i INTEGER`, `r REAL`, `t TEXT`,
 * `b HEX`; anything else is text as it stands.
 */
#include "config.h"

#include "base/text.h"
#include "fuzz.h"
#include "library/catalog.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/catalog", NULL};
const char *const fuzz_words[] = {
    "n\n", "i 0\n", "i -1\n", "i 1\n", "i 16\n", "i 17\n", "i 9223372036854775807\n", "i -9223372036854775808\n",
    "i 281474976710656\n",
    "r nan\n", "r inf\n", "r -inf\n", "r 1e308\n", "t \n", "t /\n", "t ../../etc\n", "t .\n", "b \n", "b 00\n", "b 09\n",
    "b 0000\n", "b 0102\n",
    "b ffffffff\n", "\x1b[2J", "\xff\xfe", "\xe2\x80\xae", "\n", NULL,
};

static void broken(const char *law)
{
    fprintf(stderr, "broken: %s\n", law);
    abort();
}

static size_t parse_hex(const char *text, size_t count, uint8_t *bytes)
{
    size_t made = 0;
    for (; count >= 2; text += 2, count -= 2) {
        char pair[3] = {text[0], text[1], '\0'};
        bytes[made++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return made;
}

/* line: count bytes and a NUL behind them. store: room for count. */
static struct sql_value parse_cell(const char *line, size_t count, uint8_t *store)
{
    bool marked = count >= 2 && line[1] == ' ';
    if (count == 1 && *line == 'n')
        return (struct sql_value){.type = SQL_NULL};
    if (marked && *line == 'i')
        return (struct sql_value){.type = SQL_INT, .integer = strtoll(line + 2, NULL, 10)};
    if (marked && *line == 'r')
        return (struct sql_value){.type = SQL_REAL, .real = strtod(line + 2, NULL)};
    if (marked && *line == 'b')
        return (struct sql_value){.type = SQL_BLOB, .bytes = store, .count = parse_hex(line + 2, count - 2, store)};
    size_t skip = marked && *line == 't' ? 2 : 0;
    memcpy(store, line + skip, count - skip);
    return (struct sql_value){.type = SQL_TEXT, .bytes = store, .count = count - skip};
}

static bool shown(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    return length < size && utf8_valid(text, length) && !text_has_control(text);
}

static void check_row(const struct catalog_row *row)
{
    const struct catalog_measure *measure = &row->measure;
    if (row->id < 1 || row->path[0] != '/' || strnlen(row->path, sizeof row->path) == sizeof row->path || row->stamp.size < 0)
        broken("a row without a name");
    if (row->opened && (!work_opened_sound(&row->facts) || row->facts.status != WORK_OK))
        broken("facts that no worker may tell");
    if (measure->hash_bytes > CATALOG_HASH_MAX || !shown(measure->peaks, sizeof measure->peaks) || strchr(measure->peaks, '/') ||
        measure->peaks[0] == '.')
        broken("measures of nothing");
    if (measure->loud && (isnan(measure->integrated_lufs) || measure->true_peak_db > 1000))
        broken("an absurd level");
}

static void check_kept(const struct catalog_row *row)
{
    static struct catalog *catalog;
    struct catalog_row again;
    if (!catalog)
        catalog = catalog_open("");
    catalog_put_facts(catalog, row->path, &row->stamp, &row->facts);
    catalog_put_measure(catalog, row->path, &row->stamp, &row->measure);
    if (!catalog_find(catalog, row->path, &row->stamp, &again) || !again.opened)
        broken("a row that is lost");
    if (memcmp(&again.facts, &row->facts, sizeof again.facts) || strcmp(again.path, row->path))
        broken("facts that come back as others");
    if (row->measure.loud && again.measure.integrated_lufs > row->measure.integrated_lufs)
        broken("a level that comes back as another");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct sql_value cells[CATALOG_CELLS] = {{.type = SQL_NULL}};
    char *text = malloc(count + 1);
    uint8_t *store = malloc(count + 1), *free_store = store;
    memcpy(text, bytes, count);
    text[count] = '\0';
    char *line = text, *end = text + count;
    for (int i = 0; i < CATALOG_CELLS && line < end; i++) {
        char *next = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((next ? next : end) - line);
        line[length] = '\0';
        cells[i] = parse_cell(line, length, free_store);
        free_store += length;
        line += length + 1;
    }
    static struct catalog_row row;
    struct catalog_tag tag;
    struct catalog_marker marker;
    if (catalog_row_decode(&row, cells)) {
        check_row(&row);
        if (row.opened)
            check_kept(&row);
    }
    for (int i = 0; i + 1 < CATALOG_CELLS; i++) {
        if (catalog_tag_decode(&tag, cells + i) && (!shown(tag.name, sizeof tag.name) || !tag.value[0]))
            broken("a tag without name or value");
        if (catalog_marker_decode(&marker, cells + i) && (marker.at < 0 || !shown(marker.name, sizeof marker.name)))
            broken("a marker nowhere");
    }
    free(store);
    free(text);
    return 0;
}
