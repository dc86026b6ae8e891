/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The catalogue as its owner sees it: see catalog.h. Reads go through a connection of the owner's,
 * in one read transaction until the next catalog_tend(); in memory there is only that connection,
 * and it is written at once.
 */
#include "config.h"

#include "library/catalog.h"
#include "library/catalog_file.h"
#include "library/catalog_pen.h"
#include "library/catalog_writer.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "media/known.h"
#include "platform/paths.h"
#include "tags/tags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLOSE_MS = 2000, CHECK_MS = 3000 /* a show starts first */ };
enum question { FACTS, BY_PATH, BY_HASH, BY_NAME, BY_TAG, TAGS, MARKERS, SEEK, QUESTIONS };

static const char *const questions[QUESTIONS] = {
    [FACTS] = "SELECT " CATALOG_FACT_COLUMNS " FROM media WHERE path = ?1",
    [BY_PATH] = "SELECT " CATALOG_COLUMNS " FROM media WHERE path = ?1",
    [BY_HASH] = "SELECT " CATALOG_COLUMNS " FROM media WHERE hash = ?1 ORDER BY id",
    [BY_NAME] = "SELECT " CATALOG_COLUMNS " FROM media WHERE media.name = ?1 AND (?2 = 0 OR frames = ?2) ORDER BY id",
    [BY_TAG] = "SELECT " CATALOG_COLUMNS " FROM media"
               " WHERE id IN (SELECT media FROM media_tags WHERE media_tags.name = ?1 AND value = ?2) ORDER BY id",
    [TAGS] = "SELECT name, value FROM media_tags WHERE media = ?1 ORDER BY rowid",
    [MARKERS] = "SELECT at, name FROM media_markers WHERE media = ?1 ORDER BY rowid",
    [SEEK] = "SELECT points FROM media_seek WHERE media = ?1",
};

struct catalog {
    struct catalog_file file;
    struct sqlquery *query[QUESTIONS];
    struct catalog_writer *writer;      /* NULL: in memory */
    struct catalog_pen *pen;            /* in memory only */
    bool reading;                       /* a read transaction is open */
    bool damaged;                       /* a read found it so */
    bool said;                          /* file.notice has been told */
    uint64_t found, learned;
};

/* --- opening and mending --- */

static void begin(struct catalog *catalog, int check_ms)
{
    enum sql_code code;
    if (catalog->file.shared)
        catalog->writer = catalog_writer_new(catalog->file.path, check_ms);
    else
        catalog->pen = catalog_pen_new(catalog->file.db, &code);
    for (int i = 0; i < QUESTIONS; i++)
        catalog->query[i] = sqlquery_new(catalog->file.db, questions[i], &code);
    catalog->said = false;
}

/* Back to an open file without anything on it. */
static void end(struct catalog *catalog, unsigned wait_ms, struct catalog_changes *left)
{
    for (int i = 0; i < QUESTIONS; i++) {
        sqlquery_free(catalog->query[i]);
        catalog->query[i] = NULL;
    }
    if (catalog->reading)
        sqldb_exec(catalog->file.db, "COMMIT");
    catalog->reading = false;
    catalog_pen_free(catalog->pen);
    catalog->pen = NULL;
    if (catalog->writer)
        catalog_writer_free(catalog->writer, wait_ms, left);
    catalog->writer = NULL;
}

struct catalog *catalog_open(const char *path)
{
    char own[CATALOG_FILE_PATH_MAX - 32], whole[CATALOG_FILE_PATH_MAX];
    struct err err = {.code = ERR_NONE};
    if (!path) {
        bool there = paths_cache(own, sizeof own, &err) == 0;
        snprintf(whole, sizeof whole, "%s%s", there ? own : "", there ? "/catalogue.sqlite" : "");
        path = whole;
    }
    struct catalog *catalog = xcalloc(1, sizeof *catalog);
    catalog_file_open(&catalog->file, path);
    if (err.code != ERR_NONE)
        snprintf(catalog->file.notice, sizeof catalog->file.notice, "the catalogue is used in memory: %.150s", err.text);
    begin(catalog, CHECK_MS);
    return catalog;
}

void catalog_close(struct catalog *catalog)
{
    if (!catalog)
        return;
    end(catalog, CLOSE_MS, NULL);
    catalog_file_close(&catalog->file);
    free(catalog);
}

static void write_at_once(struct catalog *catalog, struct catalog_change *change)
{
    if (catalog->pen)
        catalog_pen_write(catalog->pen, change);
    free(change);
}

static void put(struct catalog *catalog, struct catalog_change *change)
{
    if (catalog->writer)
        catalog_writer_post(catalog->writer, change);
    else
        write_at_once(catalog, change);
}

/* The file is damaged: another one takes its place, and what was not written yet goes there. */
static void mend(struct catalog *catalog)
{
    struct catalog_changes left = TAILQ_HEAD_INITIALIZER(left);
    end(catalog, 0, &left);
    catalog_file_replace(&catalog->file);
    begin(catalog, -1);
    catalog->damaged = false;
    while (!TAILQ_EMPTY(&left)) {
        struct catalog_change *change = TAILQ_FIRST(&left);
        TAILQ_REMOVE(&left, change, link);
        put(catalog, change);
    }
}

bool catalog_tend(struct catalog *catalog, char *text, size_t size)
{
    if (catalog->reading)
        sqldb_exec(catalog->file.db, "COMMIT");
    catalog->reading = false;
    if (catalog->damaged || (catalog->writer && catalog_writer_damaged(catalog->writer)))
        mend(catalog);
    if (!catalog->said && catalog->file.notice[0]) {
        text_copy(text, size, catalog->file.notice);
        catalog->said = true;
        return true;
    }
    return catalog->writer && catalog_writer_take_notice(catalog->writer, text, size);
}

bool catalog_in_memory(const struct catalog *catalog)
{
    return !catalog->file.shared;
}

bool catalog_flush(struct catalog *catalog, unsigned wait_ms)
{
    if (catalog->reading)
        sqldb_exec(catalog->file.db, "COMMIT");
    catalog->reading = false;
    return !catalog->writer || catalog_writer_flush(catalog->writer, wait_ms);
}

/* --- questions --- */

/* Return: NULL if it cannot be asked. Reset it afterwards. */
static struct sqlquery *ask(struct catalog *catalog, enum question question)
{
    if (!catalog->reading)
        catalog->reading = sqldb_exec(catalog->file.db, "BEGIN") == SQL_DONE;
    return catalog->query[question];
}

static bool next(struct catalog *catalog, struct sqlquery *query, struct sql_value *cells, int count)
{
    enum sql_code code = sqlquery_step(query);
    catalog->damaged = catalog->damaged || (code == SQL_CORRUPT && catalog->file.shared);
    if (code == SQL_ROW)
        sqlquery_row(query, cells, count);
    return code == SQL_ROW;
}

static void each(struct catalog *catalog, struct sqlquery *query, catalog_seen *seen, void *context)
{
    struct sql_value cells[CATALOG_CELLS];
    struct catalog_row row;
    bool more = true;
    while (more && next(catalog, query, cells, CATALOG_CELLS))
        if (catalog_row_decode(&row, cells))
            more = seen(context, &row);
    sqlquery_reset(query);
}

static bool find(struct catalog *catalog, enum question question, const char *path, struct catalog_row *row)
{
    struct sqlquery *query = ask(catalog, question);
    if (!query)
        return false;
    struct sql_value cells[CATALOG_CELLS];
    sqlquery_bind_text(query, 1, path);
    bool found = next(catalog, query, cells, CATALOG_CELLS) && catalog_row_decode(row, cells) && !strcmp(row->path, path);
    sqlquery_reset(query);
    return found;
}

bool catalog_find_path(struct catalog *catalog, const char *path, struct catalog_row *row)
{
    return find(catalog, BY_PATH, path, row);
}

bool catalog_find(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp, struct catalog_row *row)
{
    return catalog_find_path(catalog, path, row) && catalog_stamp_same(&row->stamp, stamp);
}

void catalog_each_of_hash(struct catalog *catalog, const void *hash, size_t bytes, catalog_seen *seen, void *context)
{
    struct sqlquery *query = ask(catalog, BY_HASH);
    if (!query || bytes == 0)
        return;
    sqlquery_bind_blob(query, 1, hash, bytes);
    each(catalog, query, seen, context);
}

void catalog_each_of_name(struct catalog *catalog, const char *name, int64_t frames, catalog_seen *seen, void *context)
{
    struct sqlquery *query = ask(catalog, BY_NAME);
    if (!query)
        return;
    sqlquery_bind_text(query, 1, name);
    sqlquery_bind_int(query, 2, frames);
    each(catalog, query, seen, context);
}

void catalog_each_of_tag(struct catalog *catalog, const char *name, const char *value, catalog_seen *seen, void *context)
{
    struct sqlquery *query = ask(catalog, BY_TAG);
    if (!query)
        return;
    sqlquery_bind_text(query, 1, name);
    sqlquery_bind_text(query, 2, value);
    each(catalog, query, seen, context);
}

int catalog_tags(struct catalog *catalog, int64_t id, struct catalog_tag *tags, int most)
{
    struct sqlquery *query = ask(catalog, TAGS);
    struct sql_value cells[2];
    int count = 0;
    if (!query)
        return 0;
    sqlquery_bind_int(query, 1, id);
    while (count < most && next(catalog, query, cells, 2))
        count += catalog_tag_decode(&tags[count], cells);
    sqlquery_reset(query);
    return count;
}

int catalog_markers(struct catalog *catalog, int64_t id, struct catalog_marker *markers, int most)
{
    struct sqlquery *query = ask(catalog, MARKERS);
    struct sql_value cells[2];
    int count = 0;
    if (!query)
        return 0;
    sqlquery_bind_int(query, 1, id);
    while (count < most && next(catalog, query, cells, 2))
        count += catalog_marker_decode(&markers[count], cells);
    sqlquery_reset(query);
    return count;
}

void *catalog_seek_table(struct catalog *catalog, int64_t id, size_t *bytes)
{
    struct sqlquery *query = ask(catalog, SEEK);
    struct sql_value cell;
    void *points = NULL;
    if (!query)
        return NULL;
    sqlquery_bind_int(query, 1, id);
    if (next(catalog, query, &cell, 1) && cell.type == SQL_BLOB && cell.count > 0 && cell.count <= CATALOG_SEEK_BYTES_MAX) {
        points = xmalloc(cell.count);
        memcpy(points, cell.bytes, cell.count);
        *bytes = cell.count;
    }
    sqlquery_reset(query);
    return points;
}

bool catalog_find_table(struct catalog *catalog, int64_t id, const struct catalog_stamp *stamp, struct seek_table *table)
{
    size_t count = 0;
    void *bytes = catalog_seek_table(catalog, id, &count);
    bool sound = bytes && seek_table_take(table, bytes, count, stamp->size);
    free(bytes);
    return sound;
}

/* --- what is learned --- */

void catalog_put_facts(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp,
                       const struct work_opened *facts)
{
    if (facts->status == WORK_OK && work_opened_sound(facts))
        put(catalog, catalog_change_new(CATALOG_FACTS, path, stamp, facts, sizeof *facts, 1));
}

void catalog_put_measure(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp,
                         const struct catalog_measure *measure)
{
    put(catalog, catalog_change_new(CATALOG_MEASURE, path, stamp, measure, sizeof *measure, 1));
}

void catalog_put_tags(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp,
                      const struct catalog_tag *tags, int count)
{
    struct strbuf text = {0};
    for (int i = 0; i < count; i++) {
        strbuf_add(&text, tags[i].name, strlen(tags[i].name) + 1);
        strbuf_add(&text, tags[i].value, strlen(tags[i].value) + 1);
    }
    put(catalog, catalog_change_new(CATALOG_TAGS, path, stamp, text.s, text.len, (size_t)count));
    strbuf_clear(&text);
}

void catalog_put_markers(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp,
                         const struct catalog_marker *markers, int count)
{
    size_t many = (size_t)count;
    put(catalog, catalog_change_new(CATALOG_MARKERS, path, stamp, markers, many * sizeof *markers, many));
}

void catalog_put_media_tags(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp,
                            const struct media_tags *tags)
{
    struct strbuf text = {0};
    struct catalog_marker markers[MEDIA_MARKERS_MAX];
    size_t count = 0;
    for (int field = 0; field < TAG_FIELDS; field++) {
        const char *value = tags_get(tags, (enum tag_field)field);
        if (!*value)
            continue;
        const char *name = tags_name((enum tag_field)field);
        strbuf_add(&text, name, strlen(name) + 1);
        strbuf_add(&text, value, strlen(value) + 1);
        count++;
    }
    for (int i = 0; i < tags->markers; i++) {
        markers[i].at = tags->marker[i].frame;
        text_copy(markers[i].name, sizeof markers[i].name, tags->marker[i].name);
    }
    catalog_put_markers(catalog, path, stamp, markers, tags->markers);     /* first: with its tags it counts as tagged */
    put(catalog, catalog_change_new(CATALOG_TAGS, path, stamp, text.s, text.len, count));
    strbuf_clear(&text);
}

void catalog_put_seek_table(struct catalog *catalog, const char *path, const struct catalog_stamp *stamp, const void *bytes,
                            size_t count)
{
    if (count > 0 && count <= CATALOG_SEEK_BYTES_MAX)
        put(catalog, catalog_change_new(CATALOG_SEEK, path, stamp, bytes, count, count));
}

/* --- what is not needed any more --- */

void catalog_use(struct catalog *catalog, const char *path, int64_t day)
{
    const struct catalog_stamp any = {.size = 0};
    put(catalog, catalog_change_new(CATALOG_USED, path, &any, NULL, 0, (size_t)day));
}

void catalog_tidy(struct catalog *catalog, int64_t day)
{
    const struct catalog_stamp any = {.size = 0};
    put(catalog, catalog_change_new(CATALOG_TIDY, "", &any, NULL, 0, (size_t)day));
}

/* --- for the loader --- */

static bool known_find(void *context, const char *path, const struct stat *st, struct work_opened *facts)
{
    struct catalog *catalog = context;
    struct catalog_stamp stamp = catalog_stamp_of(st);
    struct catalog_row row;
    if (!find(catalog, FACTS, path, &row) || !catalog_stamp_same(&row.stamp, &stamp) || !row.opened)
        return false;
    *facts = row.facts;
    catalog->found++;
    return true;
}

static void known_learned(void *context, const char *path, const struct stat *st, const struct work_opened *facts)
{
    struct catalog *catalog = context;
    struct catalog_stamp stamp = catalog_stamp_of(st);
    catalog->learned++;
    catalog_put_facts(catalog, path, &stamp, facts);
}

static bool known_table(void *context, const char *path, const struct stat *st, struct seek_table *table)
{
    struct catalog *catalog = context;
    struct catalog_stamp stamp = catalog_stamp_of(st);
    struct catalog_row row;
    return find(catalog, FACTS, path, &row) && catalog_stamp_same(&row.stamp, &stamp) &&
           catalog_find_table(catalog, row.id, &stamp, table);
}

void catalog_known(struct catalog *catalog, struct media_known *known)
{
    *known = (struct media_known){.find = known_find, .learned = known_learned, .table = known_table, .context = catalog};
}

uint64_t catalog_found(const struct catalog *catalog)
{
    return catalog->found;
}

uint64_t catalog_learned(const struct catalog *catalog)
{
    return catalog->learned;
}
