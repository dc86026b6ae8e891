/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite: see sqldb.h. The library is told nothing but what stands here; its codes become ours in one place. */
#include "config.h"

#include "library/sqldb.h"
#include "base/xalloc.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

struct sqldb {
    sqlite3 *handle;
};

struct sqlquery {
    sqlite3_stmt *handle;
};

static enum sql_code code_of(int result)
{
    switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
        return SQL_DONE;
    case SQLITE_ROW:
        return SQL_ROW;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return SQL_BUSY;
    case SQLITE_FULL:
        return SQL_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return SQL_READONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return SQL_CORRUPT;
    default:
        return SQL_FAILED;
    }
}

/* The library would make the file with the mode that the umask leaves. */
static void make_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

/* No counting of memory: it costs a lock at each allocation. */
static void prepare_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum sql_code sqldb_open(struct sqldb **db, const char *path, enum sqldb_mode mode, unsigned busy_ms)
{
    static const int flags[] = {[SQLDB_READ] = SQLITE_OPEN_READONLY, [SQLDB_WRITE] = SQLITE_OPEN_READWRITE,
                                [SQLDB_MEMORY] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY};
    static pthread_once_t prepared = PTHREAD_ONCE_INIT;
    sqlite3 *handle;
    *db = NULL;
    pthread_once(&prepared, prepare_library);
    if (mode == SQLDB_WRITE)
        make_private(path);
    int result = sqlite3_open_v2(mode == SQLDB_MEMORY ? ":memory:" : path, &handle, flags[mode] | SQLITE_OPEN_NOMUTEX, NULL);
    if (result != SQLITE_OK) {
        sqlite3_close(handle);
        return code_of(result);
    }
    sqlite3_extended_result_codes(handle, 0);
    sqlite3_busy_timeout(handle, (int)busy_ms);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    *db = xcalloc(1, sizeof **db);
    (*db)->handle = handle;
    return SQL_DONE;
}

void sqldb_close(struct sqldb *db)
{
    if (!db)
        return;
    sqlite3_close(db->handle);
    free(db);
}

int sqldb_head(struct sqldb *db, void *bytes, int most)
{
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    if (sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file || !file->pMethods ||
        file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        return -1;
    int count = size < most ? (int)size : most;
    return count == 0 || file->pMethods->xRead(file, bytes, count, 0) == SQLITE_OK ? count : -1;
}

bool sqldb_readonly(struct sqldb *db)
{
    return sqlite3_db_readonly(db->handle, "main") == 1;
}

const char *sqldb_reason(const struct sqldb *db)
{
    return sqlite3_errmsg(db->handle);
}

enum sql_code sqldb_exec(struct sqldb *db, const char *sql)
{
    return code_of(sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

enum sql_code sqldb_ask(struct sqldb *db, const char *sql, int64_t *value)
{
    enum sql_code code;
    struct sqlquery *query = sqlquery_new(db, sql, &code);
    if (!query)
        return code;
    code = sqlquery_step(query);
    if (code == SQL_ROW) {
        *value = sqlite3_column_int64(query->handle, 0);
        code = SQL_DONE;
    } else if (code == SQL_DONE) {
        code = SQL_FAILED;
    }
    sqlquery_free(query);
    return code;
}

enum sql_code sqldb_copy(struct sqldb *from, struct sqldb *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
    if (!backup)
        return code_of(sqlite3_errcode(to->handle));
    int step = sqlite3_backup_step(backup, -1);
    int end = sqlite3_backup_finish(backup);
    return step == SQLITE_DONE ? code_of(end) : code_of(step);
}

void sqldb_interrupt(struct sqldb *db)
{
    sqlite3_interrupt(db->handle);
}

struct sqlquery *sqlquery_new(struct sqldb *db, const char *sql, enum sql_code *code)
{
    sqlite3_stmt *handle = NULL;
    int result = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);
    if (code)
        *code = result == SQLITE_OK && !handle ? SQL_FAILED : code_of(result);
    if (result != SQLITE_OK || !handle)
        return NULL;
    struct sqlquery *query = xcalloc(1, sizeof *query);
    query->handle = handle;
    return query;
}

void sqlquery_free(struct sqlquery *query)
{
    if (!query)
        return;
    sqlite3_finalize(query->handle);
    free(query);
}

void sqlquery_bind_int(struct sqlquery *query, int at, int64_t value)
{
    sqlite3_bind_int64(query->handle, at, value);
}

void sqlquery_bind_real(struct sqlquery *query, int at, double value)
{
    sqlite3_bind_double(query->handle, at, value);
}

void sqlquery_bind_text(struct sqlquery *query, int at, const char *text)
{
    if (text)
        sqlite3_bind_text(query->handle, at, text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(query->handle, at);
}

void sqlquery_bind_blob(struct sqlquery *query, int at, const void *bytes, size_t count)
{
    if (count)
        sqlite3_bind_blob64(query->handle, at, bytes, count, SQLITE_STATIC);
    else
        sqlite3_bind_null(query->handle, at);
}

enum sql_code sqlquery_step(struct sqlquery *query)
{
    return code_of(sqlite3_step(query->handle));
}

void sqlquery_reset(struct sqlquery *query)
{
    sqlite3_reset(query->handle);
    sqlite3_clear_bindings(query->handle);
}

enum sql_code sqlquery_run(struct sqlquery *query)
{
    enum sql_code code = sqlquery_step(query);
    sqlquery_reset(query);
    return code;
}

static void take_cell(sqlite3_stmt *row, int column, struct sql_value *value)
{
    *value = (struct sql_value){.type = SQL_NULL};
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        value->type = SQL_INT;
        value->integer = sqlite3_column_int64(row, column);
        break;
    case SQLITE_FLOAT:
        value->type = SQL_REAL;
        value->real = sqlite3_column_double(row, column);
        break;
    case SQLITE_TEXT:
        value->type = SQL_TEXT;
        value->bytes = sqlite3_column_blob(row, column);        /* the same bytes, without a copy that ends in NUL */
        value->count = (size_t)sqlite3_column_bytes(row, column);
        break;
    case SQLITE_BLOB:
        value->type = SQL_BLOB;
        value->bytes = sqlite3_column_blob(row, column);
        value->count = (size_t)sqlite3_column_bytes(row, column);
        break;
    default:
        break;
    }
}

void sqlquery_row(const struct sqlquery *query, struct sql_value *values, int count)
{
    int columns = sqlite3_data_count(query->handle);
    for (int i = 0; i < count; i++) {
        if (i < columns)
            take_cell(query->handle, i, &values[i]);
        else
            values[i] = (struct sql_value){.type = SQL_NULL};
    }
}
