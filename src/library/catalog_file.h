/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The catalogue's file: found, made, brought up to date, or put aside. Opening never fails: what
 * cannot be used on the disk is replaced by a database in memory, and one line says so.
 *
 *   damaged, or no catalogue at all   renamed beside itself, byte for byte; a new one is made
 *   older                             copied beside itself, then migrated; if that fails it stays as it was
 *   newer, or not writable            read into memory; what is learned is kept until the end only
 *   held by someone, no room, no file memory
 */
#ifndef LIBRARY_CATALOG_FILE_H
#define LIBRARY_CATALOG_FILE_H

#include "library/sqldb.h"

#include <stdbool.h>
#include <stdint.h>

enum { CATALOG_FILE_PATH_MAX = 1024, CATALOG_NOTICE_MAX = 200, CATALOG_BUSY_MS = 200 };

struct catalog_file {
    char path[CATALOG_FILE_PATH_MAX];
    struct sqldb *db;               /* the owner's connection; never NULL once opened */
    bool shared;                    /* it is on the disk: more connections may be opened to path */
    uint64_t inode;                 /* of what was opened, if shared */
    char notice[CATALOG_NOTICE_MAX];    /* what the operator should know, or "" */
};

/* path: of the file, its folder is there; "" is a catalogue in memory. */
void catalog_file_open(struct catalog_file *file, const char *path);
void catalog_file_close(struct catalog_file *file);
/* It proved damaged: puts it aside and opens another. Pre: nobody else of this process has it open, and no query of db is
 * left. */
void catalog_file_replace(struct catalog_file *file);
/* What stands at path now; 0: nothing. */
uint64_t catalog_file_inode(const char *path);
/* How every connection of ours is set. */
enum sql_code catalog_file_tune(struct sqldb *db);

#endif
