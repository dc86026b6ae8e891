/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening the catalogue: see catalog_file.h. Runs on the thread that owns the catalogue; waits for
 * other programs CATALOG_BUSY_MS at most. Nothing is written to a file before it is known to be ours.
 */
#include "config.h"

#include "library/catalog_file.h"
#include "library/catalog_schema.h"
#include "base/text.h"
#include "platform/clock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ASIDE_TRIES = 100 };

__attribute__((format(printf, 2, 3)))
static void say(struct catalog_file *file, const char *format, ...)
{
    char text[2 * CATALOG_NOTICE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_copy(file->notice, sizeof file->notice, text);
}

enum sql_code catalog_file_tune(struct sqldb *db)
{
    return sqldb_exec(db, "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 4194304;"
                           "PRAGMA cache_size = -16384");
}

uint64_t catalog_file_inode(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_ino : 0;
}

/* A name beside path that is free: PATH.WORD-DATE-TIME, with a number behind it if need be. */
static bool free_name(const char *path, const char *word, char *name, size_t size)
{
    char date[32];
    time_t now = time(NULL);
    struct tm tm;
    strftime(date, sizeof date, "%Y%m%d-%H%M%S", localtime_r(&now, &tm));
    for (int i = 0; i < ASIDE_TRIES; i++) {
        char number[16] = "";
        if (i > 0)
            snprintf(number, sizeof number, "-%d", i);
        int length = snprintf(name, size, "%s.%s-%s%s", path, word, date, number);
        if (length > 0 && (size_t)length < size && access(name, F_OK) < 0)
            return true;
    }
    return false;
}

/* --- in memory --- */

/* from: what memory begins with, or NULL for an empty catalogue. */
static void use_memory(struct catalog_file *file, struct sqldb *from)
{
    file->shared = false;
    if (sqldb_open(&file->db, NULL, SQLDB_MEMORY, 0) != SQL_DONE)
        abort();                /* nothing but memory can be missing */
    catalog_file_tune(file->db);
    if (from && sqldb_copy(from, file->db) == SQL_DONE && catalog_schema_validate(file->db, CATALOG_SCHEMA_VERSION) == SQL_DONE)
        return;
    sqldb_close(file->db);
    if (sqldb_open(&file->db, NULL, SQLDB_MEMORY, 0) != SQL_DONE || catalog_file_tune(file->db) != SQL_DONE ||
        catalog_schema_migrate(file->db, CATALOG_SCHEMA_VERSION) != SQL_DONE)
        abort();
}

static void use_copy(struct catalog_file *file, struct sqldb *db)
{
    use_memory(file, db);
    sqldb_close(db);
}

/* --- aside --- */

/* Moves the database and what belongs to it, as they are. Return: false with errno. */
static bool put_aside(const char *path, char *aside, size_t size)
{
    char from[CATALOG_FILE_PATH_MAX + 8], to[CATALOG_FILE_PATH_MAX + 64];
    if (!free_name(path, "damaged", aside, size)) {
        errno = EEXIST;
        return false;
    }
    if (rename(path, aside) < 0)
        return false;
    static const char *const parts[] = {"-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(from, sizeof from, "%s%s", path, parts[i]);
        snprintf(to, sizeof to, "%s%s", aside, parts[i]);
        rename(from, to);       /* most are not there */
    }
    return true;
}

static void open_shared(struct catalog_file *file, bool again);

/* inode: of the damaged file; another program may have put it aside before us. */
static void begin_anew(struct catalog_file *file, uint64_t inode, const char *what)
{
    char aside[CATALOG_FILE_PATH_MAX + 64] = "";
    if (catalog_file_inode(file->path) == inode && !put_aside(file->path, aside, sizeof aside)) {
        use_memory(file, NULL);
        say(file, "the catalogue %s and cannot be put aside (%s): %s; this show makes do without", what, strerror(errno),
            file->path);
        return;
    }
    open_shared(file, false);
    if (!file->notice[0] && aside[0])
        say(file, "the catalogue %s: kept as %s, a new one is made", what, strrchr(aside, '/') + 1);
}

/* --- on the disk --- */

/* A copy as it was, for whoever wants to go back to the older program. */
static enum sql_code take_recovery_point(struct sqldb *db, const char *path, int version)
{
    char word[32], name[CATALOG_FILE_PATH_MAX + 64];
    snprintf(word, sizeof word, "version-%d", version);
    if (!free_name(path, word, name, sizeof name))
        return SQL_FAILED;
    struct sqldb *copy;
    enum sql_code code = sqldb_open(&copy, name, SQLDB_WRITE, 0);
    if (code != SQL_DONE)
        return code;
    code = sqldb_copy(db, copy);
    sqldb_close(copy);
    if (code != SQL_DONE)
        unlink(name);
    return code;
}

static const char *trouble(enum sql_code code)
{
    switch (code) {
    case SQL_BUSY:
        return "another program holds it";
    case SQL_FULL:
        return "no room on the disk";
    case SQL_READONLY:
        return "it may not be written";
    default:
        return "it cannot be opened or written";
    }
}

static void make_do(struct catalog_file *file, struct sqldb *copy, enum sql_code code)
{
    use_copy(file, copy);
    say(file, "the catalogue is used in memory, %s: %s", trouble(code), file->path);
}

/* The library does not wait for whoever does the same at this moment. */
static enum sql_code begin_log(struct sqldb *db)
{
    enum { PAUSE_MS = 10 };
    enum sql_code code;
    for (int waited_ms = 0;; waited_ms += PAUSE_MS) {
        code = sqldb_exec(db, "PRAGMA journal_mode = WAL");
        if (code != SQL_BUSY || waited_ms >= CATALOG_BUSY_MS)
            return code;
        clock_sleep_ms(PAUSE_MS);
    }
}

/* Empty or older. again: see take(). */
static void bring_up(struct catalog_file *file, struct sqldb *db, int version, bool again)
{
    enum sql_code code = begin_log(db);
    if (code == SQL_DONE && version > 0)
        code = take_recovery_point(db, file->path, version);
    if (code == SQL_DONE)
        code = catalog_schema_migrate(db, CATALOG_SCHEMA_VERSION);
    if (code == SQL_DONE) {
        file->db = db;
        file->shared = true;
    } else if (code == SQL_CORRUPT && again) {
        sqldb_close(db);
        begin_anew(file, catalog_file_inode(file->path), "was damaged");
    } else if (version > 0 && code == SQL_FAILED) {
        use_memory(file, NULL);
        say(file, "the catalogue cannot be brought up to date and stays as it is (%.80s): %s", sqldb_reason(db), file->path);
        sqldb_close(db);
    } else {
        sqldb_close(db);
        make_do(file, NULL, code);
    }
}

static void use_current(struct catalog_file *file, struct sqldb *db, bool again)
{
    enum sql_code code = catalog_schema_validate(db, CATALOG_SCHEMA_VERSION);
    if (code == SQL_BUSY || sqldb_readonly(db)) {
        make_do(file, db, code == SQL_BUSY ? SQL_BUSY : SQL_READONLY);
    } else if (code != SQL_DONE && again) {
        uint64_t inode = catalog_file_inode(file->path);
        sqldb_close(db);
        begin_anew(file, inode, "was damaged");
    } else {
        file->db = db;
        file->shared = true;
    }
}

static void use_newer(struct catalog_file *file, struct sqldb *db, int version)
{
    use_copy(file, db);
    say(file, "the catalogue is of a newer clipgrid (version %d; this one knows %d) and is only read: %s", version,
        CATALOG_SCHEMA_VERSION, file->path);
}

/* It opened; what is in it? again: it may be put aside and another one made. */
static void take(struct catalog_file *file, struct sqldb *db, bool again)
{
    int version = 0;
    enum sql_code code;
    enum catalog_state state = catalog_schema_look(db, &version, &code);
    bool bad = state == CATALOG_FOREIGN || (state == CATALOG_UNREAD && code == SQL_CORRUPT);
    if (bad && again) {
        uint64_t inode = catalog_file_inode(file->path);
        sqldb_close(db);
        begin_anew(file, inode, state == CATALOG_FOREIGN ? "was another program's file" : "was damaged");
        return;
    }
    if (bad || state == CATALOG_UNREAD) {
        sqldb_close(db);
        make_do(file, NULL, code == SQL_DONE ? SQL_FAILED : code);
    } else if (state == CATALOG_NEWER) {
        use_newer(file, db, version);
    } else if (state == CATALOG_CURRENT) {
        use_current(file, db, again);
    } else if (sqldb_readonly(db)) {
        sqldb_close(db);
        make_do(file, NULL, SQL_READONLY);
    } else {
        bring_up(file, db, version, again);
    }
}

/* Something that is there and is no file, which the library would wait for. */
static bool is_no_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* What begins like no database, which the library would take for an empty one if it is short. */
static bool is_strange(struct sqldb *db)
{
    static const char head[16] = "SQLite format 3";
    char bytes[100];
    int count = sqldb_head(db, bytes, sizeof bytes);
    return count != 0 && (count < (int)sizeof bytes || memcmp(bytes, head, sizeof head) != 0);
}

static void open_shared(struct catalog_file *file, bool again)
{
    struct sqldb *db = NULL;
    uint64_t inode = catalog_file_inode(file->path);
    enum sql_code code = SQL_CORRUPT;
    bool strange = is_no_file(file->path);
    if (!strange)
        code = sqldb_open(&db, file->path, SQLDB_WRITE, CATALOG_BUSY_MS);
    if (db && again && is_strange(db)) {
        sqldb_close(db);
        strange = true;
    }
    if (strange && again) {
        begin_anew(file, inode, "was damaged");
        return;
    }
    if (db)
        take(file, db, again);
    else
        make_do(file, NULL, code);
    file->inode = file->shared ? catalog_file_inode(file->path) : 0;
    if (file->shared)
        catalog_file_tune(file->db);
}

void catalog_file_open(struct catalog_file *file, const char *path)
{
    *file = (struct catalog_file){.db = NULL};
    text_copy(file->path, sizeof file->path, path);
    if (*path)
        open_shared(file, true);
    else
        use_memory(file, NULL);
}

void catalog_file_close(struct catalog_file *file)
{
    sqldb_close(file->db);
    file->db = NULL;
}

void catalog_file_replace(struct catalog_file *file)
{
    uint64_t inode = file->inode;
    catalog_file_close(file);
    file->notice[0] = '\0';
    begin_anew(file, inode, "was damaged");
}
