/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A row of the catalogue: what is known of one media file. The file it stands in is anybody's: a
 * row is taken from its cells only if every one of them is what we could have written.
 * Pure; any thread.
 */
#ifndef LIBRARY_CATALOG_ROW_H
#define LIBRARY_CATALOG_ROW_H

#include "library/sqldb.h"
#include "wire/work.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum {
    CATALOG_ROWS_MAX = 100000,      /* that are kept, ten times the largest show: those used last */
    CATALOG_UNUSED_DAYS = 365,      /* what no show has wanted for so long goes, whether its file is there or not */
    CATALOG_PATH_MAX = 4096,        /* with its NUL */
    CATALOG_HASH_MAX = 32,
    CATALOG_PEAKS_MAX = 128,
    CATALOG_TAG_NAME_MAX = 64, CATALOG_TAG_VALUE_MAX = 4096,    /* with their NULs */
    CATALOG_TAGS_MAX = 256,         /* of one file */
    CATALOG_MARKERS_MAX = 1000,     /* of one file */
    CATALOG_MARKER_NAME_MAX = 128,
    CATALOG_SEEK_BYTES_MAX = 16 << 20,
};

/* By this a file is the same as it was. The change time moves also where someone sets the others back. */
struct catalog_stamp {
    int64_t size;                   /* bytes */
    int64_t mtime_ns, ctime_ns;     /* since 1970 */
    uint64_t inode;                 /* not compared: some file systems make new ones up */
};

struct catalog_measure {
    uint32_t hash_bytes;            /* 0: not known yet */
    uint8_t hash[CATALOG_HASH_MAX]; /* of the content */
    bool loud;                      /* loudness is known: the next four hold, -HUGE_VAL where there is silence only */
    double integrated_lufs, range_lu, true_peak_db, momentary_lufs;     /* EBU R 128; the momentary one is the highest */
    char peaks[CATALOG_PEAKS_MAX];  /* name of the file of its peaks in the cache, no slash in it; "": none */
    int64_t measured_at_ns;         /* wall clock; 0: never */
};

struct catalog_row {
    int64_t id;                     /* for what hangs on it: tags, markers, seek table */
    char path[CATALOG_PATH_MAX];    /* absolute */
    struct catalog_stamp stamp;
    bool tagged;                    /* such a worker has told its tags and markers, which may be none */
    bool opened;                    /* a worker of this version of us has opened it: facts hold */
    struct work_opened facts;       /* status WORK_OK, lacks 0 */
    struct catalog_measure measure;
};

struct catalog_tag {
    char name[CATALOG_TAG_NAME_MAX];        /* "title", "isrc" */
    char value[CATALOG_TAG_VALUE_MAX];      /* UTF-8, may have several lines */
};

struct catalog_marker {
    int64_t at;                     /* frame of the file */
    char name[CATALOG_MARKER_NAME_MAX];
};

/* Facts that an older program took may mean something else, and it may have known fewer tags: they count only if they carry
 * this number. */
enum { CATALOG_FACTS_VERSION = 1, CATALOG_TAGS_VERSION = 2 };

/* What a row is selected with, in the order that the decoder takes; what is left out at the end is not known. */
#define CATALOG_FACT_COLUMNS \
    "id, path, size, mtime_ns, ctime_ns, inode, facts_version, format, encoding, frames, rate, channels, sample, seekable, " \
    "places, warning"
#define CATALOG_COLUMNS CATALOG_FACT_COLUMNS \
    ", hash, integrated_lufs, range_lu, true_peak_db, momentary_lufs, peaks, measured_at_ns, tags_version"
enum { CATALOG_CELLS = 24 };

struct catalog_stamp catalog_stamp_of(const struct stat *st);
bool catalog_stamp_same(const struct catalog_stamp *a, const struct catalog_stamp *b);

/* cells: CATALOG_CELLS of them. Return: false if any is not what it must be; facts alone being unsound, or of another
 * version, make `opened` false. */
bool catalog_row_decode(struct catalog_row *row, const struct sql_value *cells);
bool catalog_tag_decode(struct catalog_tag *tag, const struct sql_value cells[2]);              /* name, value */
bool catalog_marker_decode(struct catalog_marker *marker, const struct sql_value cells[2]);     /* frame, name */

#endif
