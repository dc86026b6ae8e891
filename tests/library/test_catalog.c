/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue keeps what it is told, comes up from every older version, and outlives every kind of broken file. */
#include "config.h"

#include "../folder.h"

#include "library/catalog.h"
#include "library/catalog_file.h"
#include "library/catalog_schema.h"
#include "media/known.h"
#include "platform/clock.h"

#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { SOON_MS = 20000 };

static char folder[200];                /* absolute */

static struct catalog_stamp stamp_of(int64_t n)
{
    return (struct catalog_stamp){.size = 1000 + n, .mtime_ns = 5000000000 + n, .ctime_ns = 6000000000 + n,
                                  .inode = 0xffffffff00000001};
}

static struct work_opened facts_of(int64_t frames)
{
    struct work_opened facts = {.status = WORK_OK, .rate = 44100, .channels = 2, .sample = WORK_S16, .seekable = 1,
                                .frames = frames, .place = {WORK_LEFT, WORK_RIGHT}, .format = "WAV", .encoding = "16 bit",
                                .text = "cut short"};
    return facts;
}

static const char *file_of(const char *test)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s.sqlite", folder, test);
    return path;
}

static void put_some(struct catalog *catalog, int first, int count)
{
    for (int i = first; i < first + count; i++) {
        char path[64];
        snprintf(path, sizeof path, "/media/%05d.wav", i);
        struct catalog_stamp stamp = stamp_of(i);
        struct work_opened facts = facts_of(1 + i);
        catalog_put_facts(catalog, path, &stamp, &facts);
    }
}

/* How many of put_some's files are known. */
static int count_known(struct catalog *catalog, int first, int count)
{
    int known = 0;
    for (int i = first; i < first + count; i++) {
        char path[64];
        struct catalog_row row;
        snprintf(path, sizeof path, "/media/%05d.wav", i);
        struct catalog_stamp stamp = stamp_of(i);
        known += catalog_find(catalog, path, &stamp, &row) && row.opened && row.facts.frames == 1 + i;
    }
    return known;
}

static void expect_quiet(struct catalog *catalog)
{
    char text[CATALOG_NOTICE_MAX] = "";
    if (catalog_tend(catalog, text, sizeof text))
        fail_msg("a notice: %s", text);
}

/* One line with these words, and no second one. */
static void expect_notice(struct catalog *catalog, const char *words)
{
    char text[CATALOG_NOTICE_MAX] = "";
    uint64_t due = clock_now_rt() + SOON_MS * (CLOCK_SECOND_NS / 1000);
    while (!catalog_tend(catalog, text, sizeof text) && clock_now_rt() < due)
        clock_sleep_ms(1);
    if (!strstr(text, words))
        fail_msg("\"%s\" does not say \"%s\"", text, words);
    expect_quiet(catalog);
}

static int count_files(const char *pattern)
{
    glob_t found;
    int count = glob(pattern, 0, NULL, &found) == 0 ? (int)found.gl_pathc : 0;
    globfree(&found);
    return count;
}

static int count_beside(const char *path, const char *what)
{
    char pattern[600];
    snprintf(pattern, sizeof pattern, "%s.%s", path, what);
    return count_files(pattern);
}

static size_t read_file(const char *path, unsigned char **bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    *bytes = malloc(size + 1);
    assert_int_equal(fread(*bytes, 1, size, file), size);
    fclose(file);
    return size;
}

/* --- what it keeps --- */

static void what_a_worker_tells_of_tags_comes_back(void **state)
{
    (void)state;
    struct catalog *catalog = catalog_open(file_of("tagged"));
    struct catalog_stamp stamp = stamp_of(0);
    struct work_opened facts = facts_of(48000);
    static struct media_tags tags;
    static struct catalog_row row;
    static struct catalog_tag got[2];
    struct catalog_marker marks[2];
    catalog_put_facts(catalog, "/m/plain.wav", &stamp, &facts);
    assert_true(catalog_flush(catalog, 10000));
    catalog_tend(catalog, (char[200]){0}, 200);
    assert_true(catalog_find(catalog, "/m/plain.wav", &stamp, &row) && !row.tagged);
    catalog_put_media_tags(catalog, "/m/plain.wav", &stamp, &tags);         /* none: that is known, too */
    tags.at[TAG_TITLE] = 1;
    tags.text_bytes = sizeof "\0Rain";
    memcpy(tags.text, "\0Rain", sizeof "\0Rain");
    tags.markers = 1;
    tags.marker[0] = (struct media_marker){.frame = 7, .name = "Drops"};
    catalog_put_media_tags(catalog, "/m/rain.wav", &stamp, &tags);
    catalog_close(catalog);

    catalog = catalog_open(file_of("tagged"));
    assert_true(catalog_find(catalog, "/m/plain.wav", &stamp, &row) && row.tagged && row.opened);
    assert_int_equal(catalog_tags(catalog, row.id, got, 2), 0);
    assert_true(catalog_find(catalog, "/m/rain.wav", &stamp, &row) && row.tagged);
    assert_int_equal(catalog_tags(catalog, row.id, got, 2), 1);
    assert_string_equal(got[0].name, "title");
    assert_string_equal(got[0].value, "Rain");
    assert_int_equal(catalog_markers(catalog, row.id, marks, 2), 1);
    assert_true(marks[0].at == 7 && !strcmp(marks[0].name, "Drops"));
    struct catalog_stamp later = stamp_of(1);
    assert_false(catalog_find(catalog, "/m/rain.wav", &later, &row));       /* another file: to be asked again */
    catalog_close(catalog);
}

static void all_facts_come_back(void **state)
{
    (void)state;
    struct catalog *catalog = catalog_open(file_of("facts"));
    struct catalog_stamp stamp = stamp_of(0);
    struct work_opened facts = facts_of(123456789012);
    catalog_put_facts(catalog, "/m/a.wav", &stamp, &facts);
    struct catalog_measure measure = {.hash_bytes = 16, .hash = "sixteen bytes..", .loud = true, .integrated_lufs = -23.5,
                                      .range_lu = 7.25, .true_peak_db = -HUGE_VAL, .momentary_lufs = -18,
                                      .peaks = "abc.peaks", .measured_at_ns = 76};
    catalog_put_measure(catalog, "/m/a.wav", &stamp, &measure);
    catalog_put_measure(catalog, "/m/a.wav", &stamp,
                        &(struct catalog_measure){.measured_at_ns = 77});     /* takes nothing away */
    struct catalog_tag tags[] = {{"title", "Grüße"}, {"artist", "two\nlines"}, {"title", "another"}};
    catalog_put_tags(catalog, "/m/a.wav", &stamp, tags, 3);
    struct catalog_marker markers[] = {{48000, "Verse"}, {0, ""}};
    catalog_put_markers(catalog, "/m/a.wav", &stamp, markers, 2);
    catalog_put_seek_table(catalog, "/m/a.wav", &stamp, "\0points", 7);
    catalog_close(catalog);

    catalog = catalog_open(file_of("facts"));
    struct catalog_row row;
    assert_true(catalog_find(catalog, "/m/a.wav", &stamp, &row));
    assert_true(row.opened);
    assert_memory_equal(&row.facts, &facts, sizeof facts);
    assert_memory_equal(&row.stamp, &stamp, sizeof stamp);
    assert_int_equal(row.measure.hash_bytes, 16);
    assert_memory_equal(row.measure.hash, measure.hash, 16);
    assert_true(row.measure.loud && row.measure.integrated_lufs == -23.5 && row.measure.range_lu == 7.25);
    assert_true(row.measure.true_peak_db == -HUGE_VAL && row.measure.momentary_lufs == -18);
    assert_string_equal(row.measure.peaks, "abc.peaks");
    assert_int_equal(row.measure.measured_at_ns, 77);
    static struct catalog_tag got[5];
    assert_int_equal(catalog_tags(catalog, row.id, got, 5), 3);
    assert_string_equal(got[1].value, "two\nlines");
    struct catalog_marker marks[5];
    assert_int_equal(catalog_markers(catalog, row.id, marks, 5), 2);
    assert_int_equal(marks[0].at, 48000);
    assert_string_equal(marks[0].name, "Verse");
    size_t bytes = 0;
    void *points = catalog_seek_table(catalog, row.id, &bytes);
    assert_int_equal(bytes, 7);
    assert_memory_equal(points, "\0points", 7);
    free(points);
    expect_quiet(catalog);
    catalog_close(catalog);
}

static void make_table(struct seek_table *table, int64_t file_bytes)
{
    struct seek_maker maker;
    seek_maker_begin(&maker, table, SEEK_MPEG, file_bytes);
    for (int i = 0; i < 10; i++)
        seek_maker_add(&maker, i * 64, i * 50);
    seek_maker_end(&maker, 600, 0);
}

/* What is no table of the file as it is now is none. */
static void the_loader_is_given_seek_tables(void **state)
{
    (void)state;
    static struct seek_table made, got;
    struct catalog *catalog = catalog_open("");
    struct media_known known;
    struct stat st = {.st_size = 1000};
    struct catalog_stamp stamp = catalog_stamp_of(&st);
    catalog_known(catalog, &known);
    assert_false(known.table(known.context, "/m/a.mp3", &st, &got));
    make_table(&made, 1000);
    catalog_put_seek_table(catalog, "/m/a.mp3", &stamp, &made, seek_table_bytes(&made));
    assert_true(known.table(known.context, "/m/a.mp3", &st, &got));
    assert_memory_equal(&got, &made, seek_table_bytes(&made));
    struct stat changed = {.st_size = 1001};
    assert_false(known.table(known.context, "/m/a.mp3", &changed, &got));
    size_t bytes = seek_table_bytes(&made);
    for (size_t i = 0; i < bytes; i++) {
        ((unsigned char *)&made)[i] ^= 1;
        catalog_put_seek_table(catalog, "/m/a.mp3", &stamp, &made, bytes);
        assert_false(known.table(known.context, "/m/a.mp3", &st, &got));
        ((unsigned char *)&made)[i] ^= 1;
    }
    make_table(&made, 1001);            /* another file's */
    catalog_put_seek_table(catalog, "/m/a.mp3", &stamp, &made, seek_table_bytes(&made));
    assert_false(known.table(known.context, "/m/a.mp3", &st, &got));
    catalog_close(catalog);
}

static void a_changed_file_is_another_one(void **state)
{
    (void)state;
    struct catalog *catalog = catalog_open("");
    struct catalog_stamp stamp = stamp_of(0), changed;
    struct work_opened facts = facts_of(10);
    struct catalog_measure measure = {.hash_bytes = 1};
    struct catalog_row row;
    catalog_put_facts(catalog, "/a", &stamp, &facts);
    catalog_put_measure(catalog, "/a", &stamp, &measure);
    changed = stamp;
    changed.size++;
    assert_false(catalog_find(catalog, "/a", &changed, &row));
    changed = stamp;
    changed.mtime_ns++;
    assert_false(catalog_find(catalog, "/a", &changed, &row));
    changed = stamp;
    changed.ctime_ns++;
    assert_false(catalog_find(catalog, "/a", &changed, &row));
    assert_true(catalog_find_path(catalog, "/a", &row));
    assert_int_equal(row.measure.hash_bytes, 1);
    catalog_put_facts(catalog, "/a", &changed, &facts);
    assert_true(catalog_find(catalog, "/a", &changed, &row));
    assert_int_equal(row.measure.hash_bytes, 0);        /* was the other file's */
    catalog_close(catalog);
}

static bool count_row(void *context, const struct catalog_row *row)
{
    char *names = context;
    strcat(names, row->path);
    return true;
}

static void files_are_found_by_what_they_are(void **state)
{
    (void)state;
    struct catalog *catalog = catalog_open("");
    static const char *const paths[] = {"/one/x.wav", "/two/x.wav", "/two/y.wav"};
    struct catalog_stamp stamp = stamp_of(0);
    for (int i = 0; i < 3; i++) {
        struct work_opened facts = facts_of(i < 2 ? 10 + i : 10);
        struct catalog_measure measure = {.hash_bytes = 2, .hash = {1, i != 1}};
        struct catalog_tag tag = {"isrc", ""};
        snprintf(tag.value, sizeof tag.value, "DE%d", i);
        catalog_put_facts(catalog, paths[i], &stamp, &facts);
        catalog_put_measure(catalog, paths[i], &stamp, &measure);
        catalog_put_tags(catalog, paths[i], &stamp, &tag, 1);
    }
    char names[200] = "";
    catalog_each_of_hash(catalog, (const uint8_t[]){1, 1}, 2, count_row, names);
    assert_string_equal(names, "/one/x.wav/two/y.wav");
    names[0] = '\0';
    catalog_each_of_name(catalog, "x.wav", 11, count_row, names);
    assert_string_equal(names, "/two/x.wav");
    names[0] = '\0';
    catalog_each_of_name(catalog, "x.wav", 0, count_row, names);
    assert_string_equal(names, "/one/x.wav/two/x.wav");
    names[0] = '\0';
    catalog_each_of_tag(catalog, "isrc", "DE2", count_row, names);
    assert_string_equal(names, "/two/y.wav");
    catalog_close(catalog);
}

static void the_loader_asks_and_tells(void **state)
{
    (void)state;
    struct catalog *catalog = catalog_open("");
    struct media_known known;
    struct stat st;
    struct work_opened facts = facts_of(10), got;
    folder_write("real.wav", "bytes");
    assert_int_equal(stat("real.wav", &st), 0);
    catalog_known(catalog, &known);
    assert_false(known.find(known.context, "/real.wav", &st, &got));
    known.learned(known.context, "/real.wav", &st, &facts);
    assert_true(known.find(known.context, "/real.wav", &st, &got));
    assert_memory_equal(&got, &facts, sizeof facts);
    struct work_opened unreadable = {.status = WORK_UNREADABLE, .text = "no"};
    known.learned(known.context, "/bad.wav", &st, &unreadable);
    assert_false(known.find(known.context, "/bad.wav", &st, &got));
    assert_int_equal(catalog_found(catalog), 1);
    catalog_close(catalog);
}

static void paths_are_made_absolute(void **state)
{
    (void)state;
    char path[64], here[PATH_MAX];
    static const struct { const char *folder, *path, *whole; } rows[] = {
        {"/show", "media/a.wav", "/show/media/a.wav"}, {"/show/", "./media//a.wav", "/show/media/a.wav"},
        {"/show", "../other/a.wav", "/other/a.wav"}, {"/show", "/a.wav", "/a.wav"}, {"/", "../../a", "/a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(media_known_path(rows[i].folder, rows[i].path, path, sizeof path));
        assert_string_equal(path, rows[i].whole);
    }
    assert_true(media_known_path("/", "12345", path, 7));
    assert_false(media_known_path("/", "123456", path, 7));
    assert_false(media_known_path("/", "..", path, 7));
    int fd = open(".", O_PATH | O_DIRECTORY);
    assert_true(media_known_folder(fd, here, sizeof here));
    assert_string_equal(here, folder);
    assert_false(media_known_folder(fd, here, strlen(folder)));
    close(fd);
}

/* --- what is not needed any more --- */

static void what_no_show_uses_is_dropped(void **state)
{
    (void)state;
    enum { YEAR = CATALOG_UNUSED_DAYS };
    struct catalog *catalog = catalog_open(file_of("unused"));
    int64_t today = clock_wall_ns() / (INT64_C(86400) * (int64_t)CLOCK_SECOND_NS);
    struct catalog_tag tag = {.name = "title", .value = "Left"};
    struct catalog_row row;
    struct catalog_stamp stamp = stamp_of(0);
    put_some(catalog, 0, 4);
    catalog_put_tags(catalog, "/media/00000.wav", &stamp, &tag, 1);
    catalog_use(catalog, "/media/00001.wav", today + 10);
    catalog_use(catalog, "/media/00001.wav", today - 10);               /* never goes back */
    catalog_use(catalog, "/media/nobody.wav", today);                   /* makes no row */
    catalog_tidy(catalog, today + YEAR);
    assert_true(catalog_flush(catalog, SOON_MS));
    expect_quiet(catalog);
    assert_int_equal(count_known(catalog, 0, 4), 4);
    assert_false(catalog_find_path(catalog, "/media/nobody.wav", &row));
    assert_true(catalog_find_path(catalog, "/media/00000.wav", &row));
    int64_t id = row.id;
    catalog_tidy(catalog, today + YEAR + 5);
    assert_true(catalog_flush(catalog, SOON_MS));
    expect_quiet(catalog);
    assert_int_equal(count_known(catalog, 0, 4), 1);
    assert_int_equal(count_known(catalog, 1, 1), 1);
    assert_int_equal(catalog_tags(catalog, id, &tag, 1), 0);            /* what hung on it went, too */
    catalog_tidy(catalog, today + YEAR + 11);
    assert_true(catalog_flush(catalog, SOON_MS));
    expect_quiet(catalog);
    assert_int_equal(count_known(catalog, 0, 4), 0);
    catalog_close(catalog);
}

/* Rows are many: those used last stay. */
static void a_catalogue_has_an_end(void **state)
{
    (void)state;
    enum { MORE = 500 };
    const char *path = file_of("many");
    struct sqldb *db;
    char sql[400];
    int64_t rows = 0;
    struct catalog *catalog = catalog_open(path);
    int64_t today = clock_wall_ns() / (INT64_C(86400) * (int64_t)CLOCK_SECOND_NS);
    put_some(catalog, 0, 2);
    assert_true(catalog_flush(catalog, SOON_MS));
    catalog_close(catalog);
    assert_int_equal(sqldb_open(&db, path, SQLDB_WRITE, 0), SQL_DONE);
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO media(path, name, size, mtime_ns,"
             " ctime_ns, inode, used_day) SELECT '/many/' || i, i, 1, 1, 1, 1, %lld - 7 FROM n", CATALOG_ROWS_MAX + MORE,
             (long long)today);
    assert_int_equal(sqldb_exec(db, sql), SQL_DONE);
    sqldb_close(db);
    catalog = catalog_open(path);
    catalog_tidy(catalog, today);
    assert_true(catalog_flush(catalog, SOON_MS));
    assert_int_equal(count_known(catalog, 0, 2), 2);
    catalog_close(catalog);
    assert_int_equal(sqldb_open(&db, path, SQLDB_READ, 0), SQL_DONE);
    assert_int_equal(sqldb_ask(db, "SELECT count(*) FROM media", &rows), SQL_DONE);
    sqldb_close(db);
    assert_int_equal(rows, CATALOG_ROWS_MAX);
}

/* --- versions --- */

static void make_version(const char *path, int version)
{
    struct sqldb *db;
    char sql[300];
    assert_int_equal(sqldb_open(&db, path, SQLDB_WRITE, 0), SQL_DONE);
    assert_int_equal(sqldb_exec(db, "PRAGMA journal_mode = WAL"), SQL_DONE);
    assert_int_equal(catalog_schema_migrate(db, version), SQL_DONE);
    struct catalog_stamp stamp = stamp_of(7);
    snprintf(sql, sizeof sql,
             "INSERT INTO media VALUES(1, '/media/00007.wav', '00007.wav', %lld, %lld, %lld, 3, 1, 'WAV', '16 bit', 8,"
             " 44100, 1, 0, 1, x'00', ''%s)", (long long)stamp.size, (long long)stamp.mtime_ns, (long long)stamp.ctime_ns,
             version > 3 ? ", x'01', NULL, NULL, NULL, NULL, NULL, 0, 0" : version > 1 ? ", x'01', NULL, NULL, NULL, NULL, NULL, 0" : "");
    assert_int_equal(sqldb_exec(db, sql), SQL_DONE);
    sqldb_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqldb_close(db);
}

static void older_ones_are_brought_up(void **state)
{
    (void)state;
    for (int version = 1; version < CATALOG_SCHEMA_VERSION; version++) {
        char name[32], copy[32];
        snprintf(name, sizeof name, "older%d", version);
        snprintf(copy, sizeof copy, "version-%d-*", version);
        make_version(file_of(name), version);
        struct catalog *catalog = catalog_open(file_of(name));
        assert_int_equal(count_known(catalog, 7, 1), 1);
        assert_false(catalog_in_memory(catalog));
        expect_quiet(catalog);
        put_some(catalog, 8, 1);
        catalog_close(catalog);
        assert_int_equal(count_beside(file_of(name), copy), 1);         /* the recovery point */
        catalog = catalog_open(file_of(name));
        assert_int_equal(count_known(catalog, 7, 2), 2);
        catalog_close(catalog);
        assert_int_equal(count_beside(file_of(name), "version-*"), 1);
    }
}

static void a_failed_migration_changes_nothing(void **state)
{
    (void)state;
    const char *path = file_of("halfway");
    struct sqldb *db;
    int version = 0;
    enum sql_code code;
    make_version(path, 1);
    assert_int_equal(sqldb_open(&db, path, SQLDB_WRITE, 0), SQL_DONE);
    /* in the way of a later step: the one before it will have been taken */
    assert_int_equal(sqldb_exec(db, "CREATE TABLE media_seek(other)"), SQL_DONE);
    sqldb_close(db);
    struct catalog *catalog = catalog_open(path);
    assert_true(catalog_in_memory(catalog));
    expect_notice(catalog, "cannot be brought up to date and stays as it is");
    put_some(catalog, 1, 1);
    assert_int_equal(count_known(catalog, 1, 1), 1);        /* until the end */
    catalog_close(catalog);
    assert_int_equal(sqldb_open(&db, path, SQLDB_READ, 0), SQL_DONE);
    assert_int_equal(catalog_schema_look(db, &version, &code), CATALOG_OLDER);
    assert_int_equal(version, 1);
    assert_int_equal(catalog_schema_validate(db, 1), SQL_DONE);
    assert_int_not_equal(catalog_schema_validate(db, 2), SQL_DONE);
    sqldb_close(db);
}

static void newer_ones_are_only_read(void **state)
{
    (void)state;
    const char *path = file_of("newer");
    struct catalog *catalog = catalog_open(path);
    struct sqldb *db;
    unsigned char *before, *after;
    put_some(catalog, 0, 3);
    catalog_close(catalog);
    assert_int_equal(sqldb_open(&db, path, SQLDB_WRITE, 0), SQL_DONE);
    assert_int_equal(sqldb_exec(db, "ALTER TABLE media ADD COLUMN novelty; PRAGMA user_version = 99"), SQL_DONE);
    assert_int_equal(sqldb_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)"), SQL_DONE);
    sqldb_close(db);
    size_t size = read_file(path, &before);
    catalog = catalog_open(path);
    expect_notice(catalog, "is of a newer clipgrid (version 99");
    assert_int_equal(count_known(catalog, 0, 3), 3);
    put_some(catalog, 3, 1);
    assert_int_equal(count_known(catalog, 3, 1), 1);
    catalog_close(catalog);
    assert_int_equal(read_file(path, &after), size);
    assert_memory_equal(before, after, size);
    free(before);
    free(after);
}

/* --- broken files --- */

static void expect_put_aside(const char *path, const char *words, const unsigned char *bytes, size_t size)
{
    char pattern[600];
    unsigned char *kept;
    glob_t found;
    struct catalog *catalog = catalog_open(path);
    expect_notice(catalog, words);
    put_some(catalog, 0, 2);
    catalog_close(catalog);
    snprintf(pattern, sizeof pattern, "%s.damaged-*[0-9]", path);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 1);
    assert_int_equal(read_file(found.gl_pathv[0], &kept), size);
    assert_memory_equal(kept, bytes, size);
    free(kept);
    unlink(found.gl_pathv[0]);
    globfree(&found);
    catalog = catalog_open(path);
    expect_quiet(catalog);
    assert_false(catalog_in_memory(catalog));
    assert_int_equal(count_known(catalog, 0, 2), 2);
    catalog_close(catalog);
}

static void what_is_none_is_put_aside(void **state)
{
    (void)state;
    static const char words[] = "this is no database, and it is longer than the sixteen bytes that one begins with";
    folder_write("none.sqlite", words);
    folder_write("short.sqlite", "short");
    expect_put_aside(file_of("short"), "was damaged: kept as short.sqlite.damaged-", (const unsigned char *)"short", 5);
    expect_put_aside(file_of("none"), "the catalogue was damaged: kept as none.sqlite.damaged-", (const unsigned char *)words,
                     sizeof words - 1);
}

static void another_programs_file_is_put_aside(void **state)
{
    (void)state;
    struct sqldb *db;
    unsigned char *bytes;
    const char *path = file_of("foreign");
    assert_int_equal(sqldb_open(&db, path, SQLDB_WRITE, 0), SQL_DONE);
    assert_int_equal(sqldb_exec(db, "CREATE TABLE theirs(x); PRAGMA user_version = 1"), SQL_DONE);
    sqldb_close(db);
    size_t size = read_file(path, &bytes);
    expect_put_aside(path, "was another program's file", bytes, size);
    free(bytes);
}

/* A bit in the header of every page: the show opens, whatever comes of it, and nothing wrong is told. */
static void a_bit_in_every_page_header(void **state)
{
    (void)state;
    enum { PAGE = 4096, FILES = 300 };
    const char *path = file_of("flipped");
    struct catalog *catalog = catalog_open(path);
    unsigned char *good;
    put_some(catalog, 0, FILES);
    catalog_close(catalog);
    size_t size = read_file(path, &good);
    assert_true(size >= 10 * PAGE);
    int replaced = 0;
    for (size_t page = 0; page < size / PAGE; page++)
        for (size_t byte = page ? 0 : 100; byte < (page ? 8u : 108u); byte += 3) {
            unsigned char *bad = malloc(size);
            memcpy(bad, good, size);
            bad[page * PAGE + byte] ^= 0x14;
            folder_write_bytes("flipped.sqlite", bad, size);
            catalog = catalog_open(path);
            int known = count_known(catalog, 0, FILES);
            char text[CATALOG_NOTICE_MAX] = "";
            catalog_flush(catalog, 0);
            put_some(catalog, FILES, 1);
            uint64_t due = clock_now_rt() + SOON_MS * (CLOCK_SECOND_NS / 1000);
            while (!catalog_tend(catalog, text, sizeof text) && !catalog_flush(catalog, 20) && clock_now_rt() < due)
                ;
            if (text[0])
                assert_non_null(strstr(text, "was damaged: kept as"));
            assert_true(known <= FILES);
            catalog_close(catalog);
            int aside = count_beside(path, "damaged-*");
            assert_int_equal(aside > 0, text[0] != '\0');
            replaced += aside > 0;
            free(bad);
            unlink(path);
            system("rm -f flipped.sqlite*");
        }
    assert_true(replaced > (int)(size / PAGE));
    free(good);
}

static void wrong_cells_are_no_rows(void **state)
{
    (void)state;
    static const char *const wrongs[] = {
        "rate = 44100.5", "rate = 0", "rate = 400000", "channels = 17", "channels = 3", "frames = 0", "frames = -1",
        "frames = 'many'", "frames = 562949953421312", "sample = 2", "seekable = 2", "places = x'0109'", "places = x'0100'",
        "places = 'ab'",
        "format = x'41'", "format = 'WAV' || char(27)", "format = '12345678901234567890123456789012'",
        "encoding = CAST(x'ff' AS TEXT)",
        "facts_version = 2", "hash = zeroblob(33)", "hash = 'text'", "integrated_lufs = 'loud'", "integrated_lufs = 1e9",
        "integrated_lufs = -1, range_lu = NULL",
        "peaks = '../../x'", "peaks = 'a/b'", "measured_at_ns = -1", "size = -1", "size = 1.5",
    };
    const char *path = file_of("cells");
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        struct sqldb *db;
        char sql[200];
        struct catalog *catalog = catalog_open(path);
        put_some(catalog, 0, 1);
        assert_true(catalog_flush(catalog, SOON_MS));
        assert_int_equal(count_known(catalog, 0, 1), 1);
        snprintf(sql, sizeof sql, "UPDATE media SET %s", wrongs[i]);
        assert_int_equal(sqldb_open(&db, path, SQLDB_WRITE, SOON_MS), SQL_DONE);
        assert_int_equal(sqldb_exec(db, sql), SQL_DONE);
        sqldb_close(db);
        expect_quiet(catalog);
        if (count_known(catalog, 0, 1) != 0)
            fail_msg("taken: %s", wrongs[i]);
        catalog_close(catalog);
        assert_int_equal(system("rm -f cells.sqlite*"), 0);
    }
}

/* --- files that cannot be written --- */

static void no_file_is_no_trouble(void **state)
{
    (void)state;
    struct catalog *catalog = catalog_open("/dev/null/catalogue.sqlite");
    assert_true(catalog_in_memory(catalog));
    expect_notice(catalog, "used in memory, it cannot be opened or written: /dev/null/");
    put_some(catalog, 0, 5);
    assert_int_equal(count_known(catalog, 0, 5), 5);
    catalog_close(catalog);
}

static void read_only_files_are_read(void **state)
{
    (void)state;
    const char *path = file_of("readonly");
    struct catalog *catalog = catalog_open(path);
    put_some(catalog, 0, 3);
    catalog_close(catalog);
    chmod(path, 0400);
    if (access(path, W_OK) == 0) {
        print_message("SKIP: root may write everything\n");
        skip();
    }
    catalog = catalog_open(path);
    expect_notice(catalog, "used in memory, it may not be written");
    assert_int_equal(count_known(catalog, 0, 3), 3);
    put_some(catalog, 3, 1);
    assert_int_equal(count_known(catalog, 3, 1), 1);
    catalog_close(catalog);
}

static void others_may_hold_it(void **state)
{
    (void)state;
    const char *path = file_of("busy");
    struct catalog *catalog = catalog_open(path);
    struct sqldb *other;
    put_some(catalog, 0, 3);
    assert_true(catalog_flush(catalog, SOON_MS));
    assert_int_equal(sqldb_open(&other, path, SQLDB_WRITE, SOON_MS), SQL_DONE);
    assert_int_equal(sqldb_exec(other, "BEGIN EXCLUSIVE"), SQL_DONE);
    uint64_t start = clock_now_rt();
    put_some(catalog, 3, 1000);
    expect_quiet(catalog);
    assert_int_equal(count_known(catalog, 0, 1003), 3);
    struct catalog *second = catalog_open(path);            /* another show */
    assert_int_equal(count_known(second, 0, 3), 3);
    assert_true(clock_now_rt() - start < 2 * CLOCK_SECOND_NS);
    assert_false(catalog_flush(catalog, 300));
    expect_quiet(catalog);
    assert_int_equal(sqldb_exec(other, "COMMIT"), SQL_DONE);
    sqldb_close(other);
    assert_true(catalog_flush(catalog, SOON_MS));
    expect_quiet(second);
    assert_int_equal(count_known(second, 0, 1003), 1003);
    catalog_close(second);
    catalog_close(catalog);
}

/* Whether another process sees that the file is in use: SQLite locks these bytes of it (sqlite.org/lockingv3.html). */
static bool is_seen_in_use(const char *path)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct flock shared = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510};
        int fd = open(path, O_RDWR | O_CLOEXEC);
        _exit(fd >= 0 && fcntl(fd, F_GETLK, &shared) == 0 && shared.l_type != F_UNLCK ? 0 : 1);
    }
    return waitpid(child, &status, 0) == child && status == 0;
}

/* Else whoever leaves it last, as he thinks, takes away what is being written. */
static void a_second_one_leaves_the_first_ones_locks(void **state)
{
    (void)state;
    const char *path = file_of("locks");
    struct catalog *first = catalog_open(path);
    put_some(first, 0, 3);
    assert_true(catalog_flush(first, SOON_MS));
    assert_true(is_seen_in_use(path));
    struct catalog *second = catalog_open(path);
    assert_true(is_seen_in_use(path));
    catalog_close(second);
    assert_true(is_seen_in_use(path));
    catalog_close(first);
    assert_false(is_seen_in_use(path));
}

/* Someone clears the cache: what is learned from then on is kept in another file, and nothing need be said. */
static void it_may_be_removed(void **state)
{
    (void)state;
    struct catalog *catalog = catalog_open(file_of("removed"));
    put_some(catalog, 0, 3);
    assert_true(catalog_flush(catalog, SOON_MS));
    assert_int_equal(system("rm removed.sqlite*"), 0);
    put_some(catalog, 3, 2);
    uint64_t due = clock_now_rt() + SOON_MS * (CLOCK_SECOND_NS / 1000);
    while (!catalog_flush(catalog, 50) && clock_now_rt() < due)
        expect_quiet(catalog);
    catalog_close(catalog);
    catalog = catalog_open(file_of("removed"));
    assert_int_equal(count_known(catalog, 0, 3), 0);
    assert_int_equal(count_known(catalog, 3, 2), 2);
    catalog_close(catalog);
}

static void *open_one(void *path)
{
    return catalog_open(path);
}

/* Both make it, or one does and the other finds it. */
static void two_may_begin_at_once(void **state)
{
    (void)state;
    char path[400];
    snprintf(path, sizeof path, "%s", file_of("twice"));        /* of our own: both threads read it */
    for (int i = 0; i < 30; i++) {
        pthread_t thread;
        void *other;
        assert_int_equal(system("rm -f twice.sqlite*"), 0);
        assert_int_equal(pthread_create(&thread, NULL, open_one, path), 0);
        struct catalog *one = catalog_open(path);
        pthread_join(thread, &other);
        expect_quiet(one);
        expect_quiet(other);
        assert_false(catalog_in_memory(one) || catalog_in_memory(other));
        put_some(one, 0, 1);
        assert_true(catalog_flush(one, SOON_MS));
        assert_int_equal(count_known(other, 0, 1), 1);
        catalog_close(one);
        catalog_close(other);
    }
}

static int set_up(void **state)
{
    if (folder_enter(state) < 0 || !getcwd(folder, sizeof folder))
        return -1;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_worker_tells_of_tags_comes_back),
        cmocka_unit_test(the_loader_is_given_seek_tables), cmocka_unit_test(all_facts_come_back),
        cmocka_unit_test(a_changed_file_is_another_one),
        cmocka_unit_test(files_are_found_by_what_they_are), cmocka_unit_test(the_loader_asks_and_tells),
        cmocka_unit_test(paths_are_made_absolute), cmocka_unit_test(what_no_show_uses_is_dropped),
        cmocka_unit_test(a_catalogue_has_an_end), cmocka_unit_test(older_ones_are_brought_up),
        cmocka_unit_test(a_failed_migration_changes_nothing), cmocka_unit_test(newer_ones_are_only_read),
        cmocka_unit_test(what_is_none_is_put_aside), cmocka_unit_test(another_programs_file_is_put_aside),
        cmocka_unit_test(a_bit_in_every_page_header), cmocka_unit_test(wrong_cells_are_no_rows),
        cmocka_unit_test(no_file_is_no_trouble), cmocka_unit_test(read_only_files_are_read), cmocka_unit_test(others_may_hold_it),
        cmocka_unit_test(a_second_one_leaves_the_first_ones_locks),
        cmocka_unit_test(it_may_be_removed), cmocka_unit_test(two_may_begin_at_once),
    };
    return cmocka_run_group_tests(tests, set_up, folder_leave);
}
