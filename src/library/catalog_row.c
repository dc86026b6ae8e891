/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows out of cells: see catalog_row.h. Nothing is taken on trust, neither a type nor a length nor a number. */
#include "config.h"

#include "library/catalog_row.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

enum {      /* the order of CATALOG_COLUMNS */
    ID, PATH, SIZE, MTIME, CTIME, INODE,
    FACTS_VERSION, FORMAT, ENCODING, FRAMES, RATE, CHANNELS, SAMPLE, SEEKABLE, PLACES, WARNING,
    HASH, INTEGRATED, RANGE, TRUE_PEAK, MOMENTARY, PEAKS, MEASURED_AT, TAGS_VERSION, CELLS
};
_Static_assert((int)CELLS == (int)CATALOG_CELLS, "a cell for each column");

/* Times beyond the year 2262 wrap: they still differ where the file differs. */
static int64_t time_ns(const struct timespec *time)
{
    return (int64_t)((uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec);
}

struct catalog_stamp catalog_stamp_of(const struct stat *st)
{
    return (struct catalog_stamp){
        .size = st->st_size,
        .mtime_ns = time_ns(&st->st_mtim),
        .ctime_ns = time_ns(&st->st_ctim),
        .inode = st->st_ino,
    };
}

bool catalog_stamp_same(const struct catalog_stamp *a, const struct catalog_stamp *b)
{
    return a->size == b->size && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static bool take_int(const struct sql_value *cell, int64_t least, int64_t most, int64_t *value)
{
    if (cell->type != SQL_INT || cell->integer < least || cell->integer > most)
        return false;
    *value = cell->integer;
    return true;
}

static bool take_u32(const struct sql_value *cell, uint32_t most, uint32_t *value)
{
    int64_t wide;
    if (!take_int(cell, 0, most, &wide))
        return false;
    *value = (uint32_t)wide;
    return true;
}

/* Any bytes but NUL, whole and not empty: a path. */
static bool take_name(const struct sql_value *cell, char *text, size_t size)
{
    if (cell->type != SQL_TEXT || cell->count == 0 || cell->count >= size || memchr(cell->bytes, '\0', cell->count))
        return false;
    memcpy(text, cell->bytes, cell->count);
    text[cell->count] = '\0';
    return true;
}

/* What may be shown on a terminal; NULL is "". */
static bool take_text(const struct sql_value *cell, char *text, size_t size)
{
    text[0] = '\0';
    if (cell->type == SQL_NULL || (cell->type == SQL_TEXT && cell->count == 0))
        return true;
    return take_name(cell, text, size) && utf8_valid(text, cell->count) && !text_has_control(text);
}

static bool take_bytes(const struct sql_value *cell, void *bytes, size_t size, uint32_t *count)
{
    if (cell->type != SQL_BLOB || cell->count > size)
        return false;
    if (cell->count)
        memcpy(bytes, cell->bytes, cell->count);
    *count = (uint32_t)cell->count;
    return true;
}

/* A level: finite and not absurd, or minus infinity for silence. */
static bool take_level(const struct sql_value *cell, double *value)
{
    double level = cell->type == SQL_INT ? (double)cell->integer : cell->real;
    if ((cell->type != SQL_REAL && cell->type != SQL_INT) || isnan(level) || level > 1000.0 || (level < -1000.0 && !isinf(level)))
        return false;
    *value = level;
    return true;
}

static bool decode_stamp(struct catalog_stamp *stamp, const struct sql_value *cells)
{
    int64_t inode;
    if (!take_int(&cells[SIZE], 0, INT64_MAX, &stamp->size) || !take_int(&cells[MTIME], INT64_MIN, INT64_MAX, &stamp->mtime_ns) ||
        !take_int(&cells[CTIME], INT64_MIN, INT64_MAX, &stamp->ctime_ns) ||
        !take_int(&cells[INODE], INT64_MIN, INT64_MAX, &inode))
        return false;
    stamp->inode = (uint64_t)inode;
    return true;
}

static bool decode_facts(struct work_opened *facts, const struct sql_value *cells)
{
    int64_t version;
    uint32_t places;
    *facts = (struct work_opened){.status = WORK_OK};
    return take_int(&cells[FACTS_VERSION], CATALOG_FACTS_VERSION, CATALOG_FACTS_VERSION, &version) &&
           take_text(&cells[FORMAT], facts->format, sizeof facts->format) &&
           take_text(&cells[ENCODING], facts->encoding, sizeof facts->encoding) &&
           take_text(&cells[WARNING], facts->text, sizeof facts->text) &&
           take_int(&cells[FRAMES], 1, WORK_FRAMES_MAX, &facts->frames) && take_u32(&cells[RATE], WORK_RATE_MAX, &facts->rate) &&
           take_u32(&cells[CHANNELS], WORK_CHANNELS_MAX, &facts->channels) &&
           take_u32(&cells[SAMPLE], WORK_F32, &facts->sample) &&
           take_u32(&cells[SEEKABLE], 1, &facts->seekable) &&
           take_bytes(&cells[PLACES], facts->place, sizeof facts->place, &places) && places == facts->channels &&
           work_opened_sound(facts);
}

static bool decode_loudness(struct catalog_measure *measure, const struct sql_value *cells)
{
    if (cells[INTEGRATED].type == SQL_NULL)
        return true;
    measure->loud = true;
    return take_level(&cells[INTEGRATED], &measure->integrated_lufs) && take_level(&cells[RANGE], &measure->range_lu) &&
           take_level(&cells[TRUE_PEAK], &measure->true_peak_db) && take_level(&cells[MOMENTARY], &measure->momentary_lufs);
}

static bool decode_measure(struct catalog_measure *measure, const struct sql_value *cells)
{
    *measure = (struct catalog_measure){.hash_bytes = 0};
    if (cells[HASH].type != SQL_NULL && !take_bytes(&cells[HASH], measure->hash, sizeof measure->hash, &measure->hash_bytes))
        return false;
    if (!take_text(&cells[PEAKS], measure->peaks, sizeof measure->peaks) || strchr(measure->peaks, '/') ||
        measure->peaks[0] == '.')
        return false;
    if (cells[MEASURED_AT].type != SQL_NULL && !take_int(&cells[MEASURED_AT], 0, INT64_MAX, &measure->measured_at_ns))
        return false;
    return decode_loudness(measure, cells);
}

bool catalog_row_decode(struct catalog_row *row, const struct sql_value *cells)
{
    if (!take_int(&cells[ID], 1, INT64_MAX, &row->id) || !take_name(&cells[PATH], row->path, sizeof row->path) ||
        row->path[0] != '/' || !decode_stamp(&row->stamp, cells) || !decode_measure(&row->measure, cells))
        return false;
    row->tagged = cells[TAGS_VERSION].type == SQL_INT && cells[TAGS_VERSION].integer == CATALOG_TAGS_VERSION;
    row->opened = decode_facts(&row->facts, cells);
    return true;
}

bool catalog_tag_decode(struct catalog_tag *tag, const struct sql_value cells[2])
{
    return take_text(&cells[0], tag->name, sizeof tag->name) && tag->name[0] &&
           take_name(&cells[1], tag->value, sizeof tag->value) && utf8_valid(tag->value, cells[1].count);
}

bool catalog_marker_decode(struct catalog_marker *marker, const struct sql_value cells[2])
{
    return take_int(&cells[0], 0, WORK_FRAMES_MAX, &marker->at) && take_text(&cells[1], marker->name, sizeof marker->name);
}
