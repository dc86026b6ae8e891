/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables and migrations of the catalogue: see catalog_schema.h. Any thread that owns the connection. */
#include "config.h"

#include "library/catalog_schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct step {
    const char *make;           /* from the version before to this one */
    const char *check;          /* selects what the step must have made; is prepared, not run */
};

/* step[n] leads to version n + 1 */
static const struct step steps[CATALOG_SCHEMA_VERSION] = {
    {   /* files, and what a worker says when it opens one */
        "CREATE TABLE media("
        " id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
        " size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,"
        " facts_version INTEGER NOT NULL DEFAULT 0, format TEXT, encoding TEXT, frames INTEGER, rate INTEGER, channels INTEGER,"
        " sample INTEGER, seekable INTEGER, places BLOB, warning TEXT);"
        "CREATE INDEX media_name ON media(name, frames);",
        "SELECT id, path, name, size, mtime_ns, ctime_ns, inode, facts_version, format, encoding, frames, rate, channels, sample,"
        " seekable, places, warning FROM media INDEXED BY media_name WHERE name = '' AND frames = 0"},
    {   /* what is measured in the background */
        "ALTER TABLE media ADD COLUMN hash BLOB;"
        "ALTER TABLE media ADD COLUMN integrated_lufs REAL;"
        "ALTER TABLE media ADD COLUMN range_lu REAL;"
        "ALTER TABLE media ADD COLUMN true_peak_db REAL;"
        "ALTER TABLE media ADD COLUMN momentary_lufs REAL;"
        "ALTER TABLE media ADD COLUMN peaks TEXT;"
        "ALTER TABLE media ADD COLUMN measured_at_ns INTEGER;"
        "CREATE INDEX media_hash ON media(hash) WHERE hash IS NOT NULL;",
        "SELECT hash, integrated_lufs, range_lu, true_peak_db, momentary_lufs, peaks, measured_at_ns"
        " FROM media INDEXED BY media_hash WHERE hash = x'00'"},
    {   /* what hangs on a file */
        "CREATE TABLE media_tags("
        " media INTEGER NOT NULL REFERENCES media(id) ON DELETE CASCADE, name TEXT NOT NULL, value TEXT NOT NULL);"
        "CREATE INDEX media_tags_media ON media_tags(media);"
        "CREATE INDEX media_tags_value ON media_tags(name, value);"
        "CREATE TABLE media_markers("
        " media INTEGER NOT NULL REFERENCES media(id) ON DELETE CASCADE, at INTEGER NOT NULL, name TEXT);"
        "CREATE INDEX media_markers_media ON media_markers(media);"
        "CREATE TABLE media_seek("
        " media INTEGER PRIMARY KEY REFERENCES media(id) ON DELETE CASCADE, points BLOB NOT NULL);",
        "SELECT t.name, t.value, m.at, m.name, s.points FROM media_tags t INDEXED BY media_tags_media"
        " JOIN media_markers m INDEXED BY media_markers_media JOIN media_seek s"
        " WHERE t.media = 0 AND m.media = 0 AND s.media = 0"},
    {   /* whether a file has been asked for its tags */
        "ALTER TABLE media ADD COLUMN tags_version INTEGER NOT NULL DEFAULT 0",
        "SELECT tags_version FROM media"},
    {   /* when a show last wanted it: days since 1970 */
        "ALTER TABLE media ADD COLUMN used_day INTEGER NOT NULL DEFAULT 0;"
        "UPDATE media SET used_day = CAST(strftime('%s', 'now') AS INTEGER) / 86400;",
        "SELECT used_day FROM media"},
};

enum catalog_state catalog_schema_look(struct sqldb *db, int *version, enum sql_code *code)
{
    int64_t steps_done = 0, changes = 0, owner = 0;
    *code = sqldb_exec(db, "BEGIN");            /* one picture: another process may be making it at this moment */
    if (*code == SQL_DONE)
        *code = sqldb_ask(db, "SELECT count(*) FROM sqlite_schema", &changes);
    if (*code == SQL_DONE)
        *code = sqldb_ask(db, "PRAGMA user_version", &steps_done);
    if (*code == SQL_DONE)
        *code = sqldb_ask(db, "PRAGMA application_id", &owner);
    sqldb_exec(db, "ROLLBACK");
    if (*code != SQL_DONE)
        return CATALOG_UNREAD;
    *version = (int)steps_done;
    if (changes == 0 && owner == 0 && steps_done == 0)
        return CATALOG_EMPTY;
    if (owner != CATALOG_APPLICATION_ID || steps_done < 1)
        return CATALOG_FOREIGN;
    if (steps_done == CATALOG_SCHEMA_VERSION)
        return CATALOG_CURRENT;
    return steps_done > CATALOG_SCHEMA_VERSION ? CATALOG_NEWER : CATALOG_OLDER;
}

enum sql_code catalog_schema_validate(struct sqldb *db, int version)
{
    for (int i = 0; i < version && i < CATALOG_SCHEMA_VERSION; i++) {
        enum sql_code code;
        struct sqlquery *query = sqlquery_new(db, steps[i].check, &code);
        sqlquery_free(query);
        if (!query)
            return code;
    }
    return SQL_DONE;
}

static enum sql_code stamp_version(struct sqldb *db, int version)
{
    char sql[100];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", CATALOG_APPLICATION_ID, version);
    return sqldb_exec(db, sql);
}

/* Within a transaction. */
static enum sql_code take_steps(struct sqldb *db, int to)
{
    int64_t done = 0, orphans = 0;
    enum sql_code code = sqldb_ask(db, "PRAGMA user_version", &done);    /* someone else may have been quicker */
    for (int64_t i = done; i >= 0 && i < to && code == SQL_DONE; i++)
        code = sqldb_exec(db, steps[i].make);
    if (code == SQL_DONE && done < to)
        code = stamp_version(db, to);
    if (code == SQL_DONE)
        code = catalog_schema_validate(db, to);
    if (code == SQL_DONE)
        code = sqldb_ask(db, "SELECT count(*) FROM pragma_foreign_key_check", &orphans);
    return code == SQL_DONE && orphans ? SQL_FAILED : code;
}

enum sql_code catalog_schema_migrate(struct sqldb *db, int to)
{
    enum sql_code code = sqldb_exec(db, "BEGIN IMMEDIATE");
    if (code != SQL_DONE)
        return code;
    code = take_steps(db, to);
    if (code == SQL_DONE)
        code = sqldb_exec(db, "COMMIT");
    if (code != SQL_DONE)
        sqldb_exec(db, "ROLLBACK");
    return code;
}
