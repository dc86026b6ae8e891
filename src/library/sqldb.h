/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SQLite, as thin as it goes: the one file that knows the library. A connection and its queries
 * belong to one thread at a time. Nothing here prints or decides: an outcome is a code, and
 * sqldb_reason() is the library's sentence about the last one.
 */
#ifndef LIBRARY_SQLDB_H
#define LIBRARY_SQLDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sqldb;
struct sqlquery;

enum sql_code {
    SQL_DONE,               /* done; a query has no more rows */
    SQL_ROW,                /* a row is there */
    SQL_BUSY,               /* someone else holds the file: later */
    SQL_FULL,               /* no room on the disk */
    SQL_READONLY,           /* may not be written */
    SQL_CORRUPT,            /* damaged, or no database at all */
    SQL_FAILED,             /* anything else: cannot be opened or read, a wrong statement */
};

enum sqldb_mode { SQLDB_READ, SQLDB_WRITE /* made if missing, mode 0600 */, SQLDB_MEMORY /* path is not used */ };

/* busy_ms: how long a call may wait for another connection. Return: SQL_DONE with *db; else *db is NULL. The file itself is
 * not read before the first statement. Closing never writes (no checkpoint): what is wrong with a file stays as it is. */
enum sql_code sqldb_open(struct sqldb **db, const char *path, enum sqldb_mode mode, unsigned busy_ms);
void sqldb_close(struct sqldb *db);                     /* NULL allowed; its queries must be freed */
/* The first bytes of the file, as it is. Return: how many; -1: it cannot be read. Nobody may read it by a descriptor of his own: closing
 * that drops the locks of all connections of this process (sqlite.org, "How To Corrupt An SQLite Database File", 2.2). */
int sqldb_head(struct sqldb *db, void *bytes, int most);
bool sqldb_readonly(struct sqldb *db);                  /* it was to be written, but may not be */
const char *sqldb_reason(const struct sqldb *db);       /* until the next call */

enum sql_code sqldb_exec(struct sqldb *db, const char *sql);                        /* statements; rows are passed over */
enum sql_code sqldb_ask(struct sqldb *db, const char *sql, int64_t *value);         /* one row of one number; DONE if so */
/* Copies the whole database into another one, in one go. */
enum sql_code sqldb_copy(struct sqldb *from, struct sqldb *to);
/* May be called by any thread: the statement that runs there ends early. */
void sqldb_interrupt(struct sqldb *db);

/* A prepared statement. Return: NULL if it is wrong for this database, or the database is. *code may be NULL. */
struct sqlquery *sqlquery_new(struct sqldb *db, const char *sql, enum sql_code *code);
void sqlquery_free(struct sqlquery *query);             /* NULL allowed */
/* Parameters count from 1. Text and bytes must stay until the query is reset. */
void sqlquery_bind_int(struct sqlquery *query, int at, int64_t value);
void sqlquery_bind_real(struct sqlquery *query, int at, double value);
void sqlquery_bind_text(struct sqlquery *query, int at, const char *text);          /* NULL: null */
void sqlquery_bind_blob(struct sqlquery *query, int at, const void *bytes, size_t count);   /* count 0: null */
enum sql_code sqlquery_step(struct sqlquery *query);
void sqlquery_reset(struct sqlquery *query);            /* back to before the first step; parameters become null */
enum sql_code sqlquery_run(struct sqlquery *query);     /* a step and a reset, for what gives no rows */

/* One cell of a row, as the file has it: any type may stand in any column. */
struct sql_value {
    enum { SQL_NULL, SQL_INT, SQL_REAL, SQL_TEXT, SQL_BLOB } type;
    int64_t integer;                /* if INT */
    double real;                    /* if REAL */
    const void *bytes;              /* if TEXT or BLOB; until the next step. TEXT may hold NULs and wrong UTF-8 */
    size_t count;
};
/* The cells of the row that is there, columns from 0; what the row does not have is NULL. */
void sqlquery_row(const struct sqlquery *query, struct sql_value *values, int count);

#endif
