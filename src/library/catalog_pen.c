/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing into the catalogue: see catalog_pen.h. Runs on the writer's thread, or the owner's if all is in memory. */
#include "config.h"

#include "library/catalog_pen.h"
#include "base/xalloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum statement {
    FORGET_OLDER, MAKE_ROW, FIND_ID, SET_FACTS, SET_MEASURE, CLEAR_TAGS, ADD_TAG, SET_TAGGED, CLEAR_MARKERS, ADD_MARKER, SET_SEEK,
    SET_USED, DROP_UNUSED, DROP_MOST, STATEMENTS
};

static const char *const statements[STATEMENTS] = {
    [FORGET_OLDER] = "DELETE FROM media WHERE path = ?1 AND NOT (size = ?3 AND mtime_ns = ?4 AND ctime_ns = ?5)",
    [MAKE_ROW] = "INSERT INTO media(path, name, size, mtime_ns, ctime_ns, inode, used_day)"
                 " VALUES(?1, ?2, ?3, ?4, ?5, ?6, CAST(strftime('%s', 'now') AS INTEGER) / 86400)"
                 " ON CONFLICT(path) DO NOTHING",
    [FIND_ID] = "SELECT id FROM media WHERE path = ?1",
    [SET_FACTS] = "UPDATE media SET facts_version = ?2, format = ?3, encoding = ?4, frames = ?5, rate = ?6, channels = ?7,"
                  " sample = ?8, seekable = ?9, places = ?10, warning = ?11 WHERE id = ?1",
    [SET_MEASURE] = "UPDATE media SET hash = coalesce(?2, hash), integrated_lufs = coalesce(?3, integrated_lufs),"
                    " range_lu = coalesce(?4, range_lu), true_peak_db = coalesce(?5, true_peak_db),"
                    " momentary_lufs = coalesce(?6, momentary_lufs), peaks = coalesce(?7, peaks),"
                    " measured_at_ns = ?8 WHERE id = ?1",
    [CLEAR_TAGS] = "DELETE FROM media_tags WHERE media = ?1",
    [ADD_TAG] = "INSERT INTO media_tags(media, name, value) VALUES(?1, ?2, ?3)",
    [SET_TAGGED] = "UPDATE media SET tags_version = ?2 WHERE id = ?1",
    [CLEAR_MARKERS] = "DELETE FROM media_markers WHERE media = ?1",
    [ADD_MARKER] = "INSERT INTO media_markers(media, at, name) VALUES(?1, ?2, ?3)",
    [SET_SEEK] = "INSERT INTO media_seek(media, points) VALUES(?1, ?2) ON CONFLICT(media) DO UPDATE SET points = excluded.points",
    [SET_USED] = "UPDATE media SET used_day = ?2 WHERE path = ?1 AND used_day < ?2",
    [DROP_UNUSED] = "DELETE FROM media WHERE used_day < ?1",
    [DROP_MOST] = "DELETE FROM media WHERE id IN (SELECT id FROM media ORDER BY used_day DESC, id DESC LIMIT -1 OFFSET ?1)",
};

struct catalog_pen {
    struct sqlquery *query[STATEMENTS];
};

struct catalog_change *catalog_change_new(enum catalog_change_kind kind, const char *path, const struct catalog_stamp *stamp,
                                          const void *body, size_t bytes, size_t count)
{
    size_t path_bytes = strlen(path) + 1;
    struct catalog_change *change = xcalloc(1, sizeof *change + bytes + path_bytes);
    char *behind = (char *)(change + 1);
    if (bytes)
        memcpy(behind, body, bytes);
    memcpy(behind + bytes, path, path_bytes);
    change->kind = kind;
    change->stamp = *stamp;
    change->body = behind;
    change->path = behind + bytes;
    change->count = count;
    return change;
}

struct catalog_pen *catalog_pen_new(struct sqldb *db, enum sql_code *code)
{
    struct catalog_pen *pen = xcalloc(1, sizeof *pen);
    for (int i = 0; i < STATEMENTS; i++) {
        pen->query[i] = sqlquery_new(db, statements[i], code);
        if (!pen->query[i]) {
            catalog_pen_free(pen);
            return NULL;
        }
    }
    return pen;
}

void catalog_pen_free(struct catalog_pen *pen)
{
    if (!pen)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlquery_free(pen->query[i]);
    free(pen);
}

static enum sql_code write_row(struct sqlquery *query, const struct catalog_change *change)
{
    const char *slash = strrchr(change->path, '/');
    sqlquery_bind_text(query, 1, change->path);
    sqlquery_bind_text(query, 2, slash ? slash + 1 : change->path);
    sqlquery_bind_int(query, 3, change->stamp.size);
    sqlquery_bind_int(query, 4, change->stamp.mtime_ns);
    sqlquery_bind_int(query, 5, change->stamp.ctime_ns);
    sqlquery_bind_int(query, 6, (int64_t)change->stamp.inode);
    return sqlquery_run(query);
}

/* Return: SQL_DONE with the id of the change's file. */
static enum sql_code find_row(struct catalog_pen *pen, const struct catalog_change *change, int64_t *id)
{
    enum sql_code code = write_row(pen->query[FORGET_OLDER], change);
    if (code == SQL_DONE)
        code = write_row(pen->query[MAKE_ROW], change);
    if (code != SQL_DONE)
        return code;
    struct sqlquery *query = pen->query[FIND_ID];
    struct sql_value cell = {.type = SQL_NULL};
    sqlquery_bind_text(query, 1, change->path);
    code = sqlquery_step(query);
    if (code == SQL_ROW)
        sqlquery_row(query, &cell, 1);
    sqlquery_reset(query);
    *id = cell.integer;
    return code == SQL_ROW && cell.type == SQL_INT ? SQL_DONE : code == SQL_ROW || code == SQL_DONE ? SQL_FAILED : code;
}

static enum sql_code write_facts(struct sqlquery *query, int64_t id, const struct work_opened *facts)
{
    sqlquery_bind_int(query, 1, id);
    sqlquery_bind_int(query, 2, CATALOG_FACTS_VERSION);
    sqlquery_bind_text(query, 3, facts->format);
    sqlquery_bind_text(query, 4, facts->encoding);
    sqlquery_bind_int(query, 5, facts->frames);
    sqlquery_bind_int(query, 6, facts->rate);
    sqlquery_bind_int(query, 7, facts->channels);
    sqlquery_bind_int(query, 8, facts->sample);
    sqlquery_bind_int(query, 9, facts->seekable != 0);
    sqlquery_bind_blob(query, 10, facts->place, facts->channels);
    sqlquery_bind_text(query, 11, facts->text);
    return sqlquery_run(query);
}

/* NaN would be stored as null: it is none of ours. */
static void bind_level(struct sqlquery *query, int at, double level)
{
    sqlquery_bind_real(query, at, isnan(level) ? -HUGE_VAL : level);
}

static enum sql_code write_measure(struct sqlquery *query, int64_t id, const struct catalog_measure *measure)
{
    sqlquery_bind_int(query, 1, id);
    sqlquery_bind_blob(query, 2, measure->hash, measure->hash_bytes);
    if (measure->loud) {
        bind_level(query, 3, measure->integrated_lufs);
        bind_level(query, 4, measure->range_lu);
        bind_level(query, 5, measure->true_peak_db);
        bind_level(query, 6, measure->momentary_lufs);
    }
    sqlquery_bind_text(query, 7, measure->peaks[0] ? measure->peaks : NULL);
    sqlquery_bind_int(query, 8, measure->measured_at_ns);
    return sqlquery_run(query);
}

static enum sql_code clear(struct sqlquery *query, int64_t id)
{
    sqlquery_bind_int(query, 1, id);
    return sqlquery_run(query);
}

static enum sql_code write_tags(struct catalog_pen *pen, int64_t id, const char *text, size_t count)
{
    struct sqlquery *query = pen->query[ADD_TAG];
    enum sql_code code = clear(pen->query[CLEAR_TAGS], id);
    for (size_t i = 0; i < count && code == SQL_DONE; i++) {
        sqlquery_bind_int(query, 1, id);
        sqlquery_bind_text(query, 2, text);
        text += strlen(text) + 1;
        sqlquery_bind_text(query, 3, text);
        text += strlen(text) + 1;
        code = sqlquery_run(query);
    }
    if (code != SQL_DONE)
        return code;
    sqlquery_bind_int(pen->query[SET_TAGGED], 1, id);
    sqlquery_bind_int(pen->query[SET_TAGGED], 2, CATALOG_TAGS_VERSION);
    return sqlquery_run(pen->query[SET_TAGGED]);
}

static enum sql_code write_markers(struct catalog_pen *pen, int64_t id, const struct catalog_marker *markers, size_t count)
{
    struct sqlquery *query = pen->query[ADD_MARKER];
    enum sql_code code = clear(pen->query[CLEAR_MARKERS], id);
    for (size_t i = 0; i < count && code == SQL_DONE; i++) {
        sqlquery_bind_int(query, 1, id);
        sqlquery_bind_int(query, 2, markers[i].at);
        sqlquery_bind_text(query, 3, markers[i].name);
        code = sqlquery_run(query);
    }
    return code;
}

static enum sql_code write_seek(struct sqlquery *query, int64_t id, const void *points, size_t count)
{
    sqlquery_bind_int(query, 1, id);
    sqlquery_bind_blob(query, 2, points, count);
    return sqlquery_run(query);
}

static enum sql_code write_used(struct sqlquery *query, const struct catalog_change *change)
{
    sqlquery_bind_text(query, 1, change->path);
    sqlquery_bind_int(query, 2, (int64_t)change->count);
    return sqlquery_run(query);
}

/* What hangs on a row goes with it. */
static enum sql_code tidy(struct catalog_pen *pen, int64_t today)
{
    sqlquery_bind_int(pen->query[DROP_UNUSED], 1, today - CATALOG_UNUSED_DAYS);
    enum sql_code code = sqlquery_run(pen->query[DROP_UNUSED]);
    sqlquery_bind_int(pen->query[DROP_MOST], 1, CATALOG_ROWS_MAX);
    return code == SQL_DONE ? sqlquery_run(pen->query[DROP_MOST]) : code;
}

static enum sql_code write_known(struct catalog_pen *pen, const struct catalog_change *change)
{
    int64_t id;
    enum sql_code code = find_row(pen, change, &id);
    if (code != SQL_DONE)
        return code;
    switch (change->kind) {
    case CATALOG_FACTS:
        return write_facts(pen->query[SET_FACTS], id, change->body);
    case CATALOG_MEASURE:
        return write_measure(pen->query[SET_MEASURE], id, change->body);
    case CATALOG_TAGS:
        return write_tags(pen, id, change->body, change->count);
    case CATALOG_MARKERS:
        return write_markers(pen, id, change->body, change->count);
    case CATALOG_SEEK:
        return write_seek(pen->query[SET_SEEK], id, change->body, change->count);
    case CATALOG_USED:
    case CATALOG_TIDY:
    case CATALOG_CHANGES:
        break;
    }
    return SQL_FAILED;
}

enum sql_code catalog_pen_write(struct catalog_pen *pen, const struct catalog_change *change)
{
    if (change->kind == CATALOG_USED)
        return write_used(pen->query[SET_USED], change);
    return change->kind == CATALOG_TIDY ? tidy(pen, (int64_t)change->count) : write_known(pen, change);
}
