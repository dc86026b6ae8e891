/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seek tables, made and checked: see seek_table.h. */
#include "config.h"

#include "wire/seek_table.h"

#include "base/xxh64.h"

#include <string.h>

#define UNITS_MAX (INT64_C(1) << 48)

size_t seek_table_bytes(const struct seek_table *table)
{
    return offsetof(struct seek_table, point) + table->count * sizeof *table->point;
}

static uint64_t check_of(const struct seek_table *table)
{
    return xxh64_of(&table->version, seek_table_bytes(table) - offsetof(struct seek_table, version), 0);
}

static bool ascends(const struct seek_table *table, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        const struct seek_point *point = &table->point[i];
        if (point->unit < 0 || point->unit > table->units || point->at < 0 || point->at >= table->bytes)
            return false;
        if (i > from && (point->unit <= point[-1].unit || point->at <= point[-1].at))
            return false;
    }
    return true;
}

bool seek_table_take(struct seek_table *table, const void *bytes, size_t count, int64_t file_bytes)
{
    if (count < offsetof(struct seek_table, point) || count > sizeof *table)
        return false;
    memcpy(table, bytes, count);
    if (table->version != SEEK_TABLE_VERSION || table->kind >= SEEK_KINDS || table->count > SEEK_POINTS_MAX ||
        table->parts > table->count || table->parts > SEEK_POINTS_MAX / 2 || seek_table_bytes(table) != count)
        return false;
    if (table->bytes != file_bytes || table->units < 0 || table->units > UNITS_MAX || table->check != check_of(table))
        return false;
    return ascends(table, 0, table->parts) && ascends(table, table->parts, table->count);
}

int seek_table_find(const struct seek_table *table, int64_t unit)
{
    int low = (int)table->parts - 1, high = (int)table->count - 1;
    while (low < high) {
        int middle = low + (high - low + 1) / 2;
        if (table->point[middle].unit <= unit)
            low = middle;
        else
            high = middle - 1;
    }
    return low < (int)table->parts ? -1 : low;
}

void seek_maker_begin(struct seek_maker *maker, struct seek_table *table, enum seek_kind kind, int64_t file_bytes)
{
    memset(table, 0, sizeof *table);
    table->version = SEEK_TABLE_VERSION;
    table->kind = kind;
    table->bytes = file_bytes;
    *maker = (struct seek_maker){.table = table, .step = 1};
}

static void append(struct seek_table *table, int64_t unit, int64_t at)
{
    table->point[table->count++] = (struct seek_point){unit, at};
}

void seek_maker_part(struct seek_maker *maker, int64_t unit, int64_t at)
{
    struct seek_table *table = maker->table;
    if (table->parts == SEEK_POINTS_MAX / 2)
        return;
    append(table, unit, at);
    table->parts++;
}

/* Every other point goes: they stay as far apart from each other as before. Return: whether the point that would be next
 * stays, too. */
static bool thin_out(struct seek_maker *maker)
{
    struct seek_table *table = maker->table;
    uint32_t kept = table->parts;
    bool even = (table->count - table->parts) % 2 == 0;
    for (uint32_t i = table->parts; i < table->count; i += 2)
        table->point[kept++] = table->point[i];
    table->count = kept;
    maker->since = maker->step;     /* since the last of those that stay, if the next one does not */
    maker->step *= 2;
    return even;
}

void seek_maker_add(struct seek_maker *maker, int64_t unit, int64_t at)
{
    struct seek_table *table = maker->table;
    bool first = table->count == table->parts;
    if (unit < 0 || (!first && (unit <= maker->last.unit || at <= maker->last.at)))
        return;
    maker->last = (struct seek_point){unit, at};
    if (!first && ++maker->since < maker->step)
        return;
    if (table->count == SEEK_POINTS_MAX && !thin_out(maker))
        return;
    maker->since = 0;
    append(table, unit, at);
}

void seek_maker_end(struct seek_maker *maker, int64_t units, uint32_t flags)
{
    struct seek_table *table = maker->table;
    table->units = units;
    table->flags = flags;
    while (table->count > table->parts && table->point[table->count - 1].unit > units)
        table->count--;
    table->check = check_of(table);
}
