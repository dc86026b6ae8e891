/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CUE sheets: where tracks begin and end, in one file and over several, and what is wrong by line. */
#include "config.h"

#include "library/playlist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static struct playlist list;
static struct err err;

static void parse(const char *text)
{
    playlist_clear(&list);
    if (playlist_cue_parse(&list, "a.cue", text, strlen(text), &err) < 0)
        fail_msg("%s", err.text);
}

static void expect_entry(size_t index, int track, const char *path, int64_t in_75, int64_t out_75)
{
    assert_true(index < list.count);
    const struct playlist_entry *entry = &list.entry[index];
    assert_int_equal(entry->track, track);
    assert_string_equal(entry->path, path);
    assert_int_equal(entry->in_75, in_75);
    assert_int_equal(entry->out_75, out_75);
}

static const char album[] =
    "REM GENRE Folk\r\nCATALOG 1234567890123\r\nPERFORMER \"The Band\"\r\nTITLE \"An Album\"\r\nFILE \"the album.flac\" WAVE\r\n"
    "  TRACK 01 AUDIO\r\n    TITLE \"First\"\r\n    ISRC DEABC2600001\r\n    INDEX 01 00:00:00\r\n"
    "  TRACK 02 AUDIO\r\n    TITLE Second of them\r\n    PERFORMER \"Guest\"\r\n    SONGWRITER \"Ann\"\r\n    FLAGS DCP\r\n"
    "    INDEX 00 03:59:70\r\n    INDEX 01 04:02:00\r\n    INDEX 02 05:00:00\r\n"
    "  TRACK 03 AUDIO\r\n    INDEX 01 75:10:74\r\n    TITLE \"Third\"\r\n";

static void one_file_has_many_tracks(void **state)
{
    (void)state;
    parse(album);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.title, "An Album");
    assert_string_equal(list.catalogue, "1234567890123");
    expect_entry(0, 1, "the album.flac", 0, (3 * 60 + 59) * 75 + 70);
    expect_entry(1, 2, "the album.flac", (4 * 60 + 2) * 75, (75 * 60 + 10) * 75 + 74);
    expect_entry(2, 3, "the album.flac", (75 * 60 + 10) * 75 + 74, -1);
    assert_int_equal(list.entry[0].points, 0);
    assert_int_equal(list.entry[1].points, 1);
    assert_int_equal(list.entry[1].point[0], 2);
    assert_int_equal(list.entry[1].point_75[0], 5 * 60 * 75);
    assert_string_equal(list.entry[0].title, "First");
    assert_string_equal(list.entry[0].isrc, "DEABC2600001");
    assert_string_equal(list.entry[0].performer, "The Band");
    assert_string_equal(list.entry[1].title, "Second of them");
    assert_string_equal(list.entry[1].performer, "Guest");
    assert_string_equal(list.entry[1].songwriter, "Ann");
    assert_string_equal(list.entry[1].isrc, "");
    assert_string_equal(list.entry[2].title, "Third");
}

static void tracks_have_files_of_their_own(void **state)
{
    (void)state;
    parse("FILE 01.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 03:20:00\n"
          "FILE \"disc one\\02.wav\" WAVE\nINDEX 01 00:00:00\nTRACK 03 AUDIO\nINDEX 01 01:00:00\n"
          "FILE 03.wav WAVE\nTRACK 04 AUDIO\nINDEX 01 00:00:00\n");
    assert_int_equal(list.count, 4);
    expect_entry(0, 1, "01.wav", 0, 200 * 75);
    expect_entry(1, 2, "disc one/02.wav", 0, 60 * 75);
    expect_entry(2, 3, "disc one/02.wav", 60 * 75, -1);
    expect_entry(3, 4, "03.wav", 0, -1);
}

static void data_is_left_out(void **state)
{
    (void)state;
    parse("file x.bin binary\ntrack 1 mode1/2352\nindex 1 0:0:0\ntrack 2 audio\nindex 0 1:0:0\nindex 1 1:2:0\n"
          "track 3 mode1/2352\nindex 1 3:0:0\ntrack 4 audio\nindex 1 4:0:0\n");
    assert_int_equal(list.count, 2);
    expect_entry(0, 2, "x.bin", 62 * 75, 180 * 75);
    expect_entry(1, 4, "x.bin", 240 * 75, -1);
}

static void errors_name_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"TRACK 01 AUDIO\n", "a.cue:1: TRACK before any FILE"},
        {"\nFILE\n", "a.cue:2: FILE must be followed by a name, in quotes if it has blanks"},
        {"FILE \"a.wav WAVE\n", "a.cue:1: FILE must be followed by a name, in quotes if it has blanks"},
        {"FILE a WAVE\nTRACK 0 AUDIO\n", "a.cue:2: TRACK must be followed by a number from 1 to 99 and its kind, as AUDIO"},
        {"FILE a WAVE\nTRACK 100 AUDIO\n", "a.cue:2: TRACK must be followed by a number from 1 to 99 and its kind, as AUDIO"},
        {"FILE a WAVE\nINDEX 01 00:00:00\n", "a.cue:2: INDEX before any TRACK"},
        {"FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:60:00\n",
         "a.cue:3: INDEX must be followed by a number and MM:SS:FF, SS below 60 and FF below 75"},
        {"FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:00:75\n",
         "a.cue:3: INDEX must be followed by a number and MM:SS:FF, SS below 60 and FF below 75"},
        {"FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 -1:00:00\n",
         "a.cue:3: INDEX must be followed by a number and MM:SS:FF, SS below 60 and FF below 75"},
        {"FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:00\n",
         "a.cue:3: INDEX must be followed by a number and MM:SS:FF, SS below 60 and FF below 75"},
        {"FILE a WAVE\nTRACK 1 AUDIO\nTRACK 2 AUDIO\nINDEX 01 00:00:00\n", "a.cue:2: TRACK 01 has no INDEX 01"},
        {"FILE a WAVE\nTRACK 1 AUDIO\n", "a.cue:2: TRACK 01 has no INDEX 01"},
        {"FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:01:00\nTRACK 2 AUDIO\nINDEX 01 00:00:74\n",
         "a.cue:5: INDEX goes back in its file"},
        {"FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:01:00\nTRACK 2 AUDIO\nINDEX 01 00:01:00\n",
         "a.cue:5: INDEX leaves no length to TRACK 01 before"},
        {"FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:01:00\nINDEX 01 00:02:00\n",
         "a.cue:4: a second INDEX 01, or an INDEX 00 behind it"},
        {"TITLE \"open\n", "a.cue:1: a quote is opened and not closed"},
        {"FILE \"a\033[2Jb\" WAVE\nTRACK 1 AUDIO\nINDEX 01 00:00:00\n", "a.cue:1: the name of a file holds control characters"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        playlist_clear(&list);
        assert_int_equal(playlist_cue_parse(&list, "a.cue", cases[i].text, strlen(cases[i].text), &err), -1);
        assert_string_equal(err.text, cases[i].error);
        assert_int_equal(list.count, 0);
    }
}

/* A sheet that is cut is refused or is a shorter sheet. */
static void cut_sheets_are_short_or_refused(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < sizeof album - 1; cut++) {
        playlist_clear(&list);
        if (playlist_cue_parse(&list, "a.cue", album, cut, &err) < 0)
            assert_int_equal(strncmp(err.text, "a.cue:", 6), 0);
        else
            assert_true(list.count <= 3);
        for (size_t i = 0; i < list.count; i++)
            assert_true(list.entry[i].out_75 == -1 || list.entry[i].out_75 > list.entry[i].in_75);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_file_has_many_tracks), cmocka_unit_test(tracks_have_files_of_their_own),
        cmocka_unit_test(data_is_left_out),
        cmocka_unit_test(errors_name_the_line), cmocka_unit_test(cut_sheets_are_short_or_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    playlist_clear(&list);
    return failed;
}
