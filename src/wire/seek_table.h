/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A seek table: where in a coded file which part of its sound is found. A worker makes it
 * (MSG_WORK_TABLE of wire/work.h), the catalogue keeps it as bytes, and a worker that opens the file later
 * gets it with the file: it need not walk the file to know how long it is, nor look for a place in it.
 * Whatever the file's length there are SEEK_POINTS_MAX places at most, in the order of the file and
 * about equally far apart; what lies between two of them is walked. It is a help and nothing else:
 * without it, or with one that is not sound, the same samples come, only later.
 *
 * Whoever gets the bytes of a table takes them by seek_table_take(), which trusts none of them. One
 * that was made up with care may lead its decoder to wrong places of that one file, to nothing else.
 * Numbers are in the machine's byte order. Pure; any thread.
 */
#ifndef WIRE_SEEK_TABLE_H
#define WIRE_SEEK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEEK_TABLE_VERSION = 2, SEEK_POINTS_MAX = 2048 };

enum seek_kind {                    /* what is counted in units */
    SEEK_NONE,                      /* nothing: a file of this kind needs no table; no points */
    SEEK_MPEG,                      /* frames of the MPEG stream; a point is where one begins */
    SEEK_OGG,                       /* frames of sound; the parts are the streams that are chained; a point is a page that ends
                                     * there */
    SEEK_ADTS,                      /* packets; a point is where one begins */
    SEEK_LENGTH,                    /* frames of sound; no points: the file does not say its length, and the decoder finds its
                                     * places */
    SEEK_ASF,                       /* frames of the packets; a point is where one begins, and the first of its frames */
    SEEK_KINDS
};
enum { SEEK_CUT = 1 };              /* flags: the file is cut short */

struct seek_point {
    int64_t unit, at;               /* at: byte of the file */
};

struct seek_table {
    uint64_t check;                 /* XXH64, seed 0, of all that follows and is used */
    uint32_t version, kind;         /* enum seek_kind */
    uint32_t flags, parts;          /* the first `parts` points are where the parts of the file begin, not more of them than
                                     * half */
    uint32_t count, pad;            /* points */
    int64_t bytes;                  /* of the file it is made for */
    int64_t units;                  /* in the whole file */
    struct seek_point point[SEEK_POINTS_MAX];   /* the parts ascend, and so do the others: in units strictly, and in bytes */
};

/* Bytes that are used of it. Pre: count is sound. */
size_t seek_table_bytes(const struct seek_table *table);
/* Copies what may be a table, and checks the copy. file_bytes: of the file it is to be used with. Return: false if it is none,
 * or that of another file. */
bool seek_table_take(struct seek_table *table, const void *bytes, size_t count, int64_t file_bytes);
/* The last point at or before the unit, not of the parts. Return: its index; -1 if there is none. */
int seek_table_find(const struct seek_table *table, int64_t unit);

/* --- making one --- */

struct seek_maker {
    struct seek_table *table;       /* the caller's */
    uint32_t step, since;           /* of so many points that are offered one is taken; offered since then */
    struct seek_point last;         /* that was offered */
};
void seek_maker_begin(struct seek_maker *maker, struct seek_table *table, enum seek_kind kind, int64_t file_bytes);
/* Where a part begins. Pre: no other point was offered yet. Those beyond half of the room are left out. */
void seek_maker_part(struct seek_maker *maker, int64_t unit, int64_t at);
/* Offers a point. Left out are those that do not ascend, and others: the first of those offered remains, and then every 1st, 2nd,
 * 4th ... of them, as there is room. */
void seek_maker_add(struct seek_maker *maker, int64_t unit, int64_t at);
void seek_maker_end(struct seek_maker *maker, int64_t units, uint32_t flags);

#endif
