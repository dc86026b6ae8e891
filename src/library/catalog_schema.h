/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables of the catalogue and how older ones become today's: step by step, each in the same
 * transaction, checked before it is committed. A step that has been released is never changed.
 */
#ifndef LIBRARY_CATALOG_SCHEMA_H
#define LIBRARY_CATALOG_SCHEMA_H

#include "library/sqldb.h"

/* PRAGMA user_version counts steps. PRAGMA application_id says whose file it is ("CGca"). */
enum { CATALOG_SCHEMA_VERSION = 5, CATALOG_APPLICATION_ID = 0x43476361 };

enum catalog_state {
    CATALOG_EMPTY,          /* nothing in it yet */
    CATALOG_CURRENT,
    CATALOG_OLDER,          /* to be migrated */
    CATALOG_NEWER,          /* of a program that comes after this one */
    CATALOG_FOREIGN,        /* a database of someone else */
    CATALOG_UNREAD,         /* see *code */
};
/* Looks at a database without writing. */
enum catalog_state catalog_schema_look(struct sqldb *db, int *version, enum sql_code *code);
/* Brings it up to date, whatever it was, up to version `to` (tests make old ones so; else CATALOG_SCHEMA_VERSION).
 * Return: SQL_DONE; else nothing has changed. */
enum sql_code catalog_schema_migrate(struct sqldb *db, int to);
/* Whether all that a catalogue of this version must have is there. */
enum sql_code catalog_schema_validate(struct sqldb *db, int version);

#endif
