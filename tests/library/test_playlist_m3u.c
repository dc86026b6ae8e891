/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M3U lists as players write them, and as enemies do. */
#include "config.h"

#include "../folder.h"
#include "library/playlist.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

static struct playlist list;
static struct err err;

static void parse(const char *name, const char *text)
{
    playlist_clear(&list);
    if (playlist_m3u_parse(&list, name, text, strlen(text), &err) < 0)
        fail_msg("%s", err.text);
}

static void expect_error(const char *name, const char *text, size_t bytes, const char *error)
{
    playlist_clear(&list);
    assert_int_equal(playlist_m3u_parse(&list, name, text, bytes, &err), -1);
    assert_string_equal(err.text, error);
    assert_int_equal(list.count, 0);
}

static void expect_entry(size_t index, const char *path, const char *title, int line)
{
    assert_true(index < list.count);
    const struct playlist_entry *entry = &list.entry[index];
    assert_string_equal(entry->path, path);
    assert_string_equal(entry->title, title);
    assert_int_equal(entry->line, line);
    assert_int_equal(entry->in_75, 0);
    assert_int_equal(entry->out_75, -1);
}

static void extended_lists_are_read(void **state)
{
    (void)state;
    parse("a.m3u8", "\xef\xbb\xbf#EXTM3U\r\n#PLAYLIST:Evening\r\n#EXTINF:123,Band - Song\r\nmusic/song one.flac\r\n\r\n"
                    "# a word\r\n  /abs/two.wav  \r\n#EXTINF:-1 tvg-name=\"a,b\",Three\r\n#EXTART:Somebody\r\n../three.ogg");
    assert_int_equal(list.count, 3);
    assert_string_equal(list.title, "Evening");
    expect_entry(0, "music/song one.flac", "Band - Song", 4);
    expect_entry(1, "/abs/two.wav", "", 7);
    expect_entry(2, "../three.ogg", "Three", 10);
    assert_string_equal(list.entry[2].performer, "Somebody");
    assert_string_equal(list.entry[1].performer, "");
}

static void encodings_are_known(void **state)
{
    (void)state;
    parse("a.m3u", "#EXTINF:1,Gr\374n\nStra\337e.wav\rold.wav\n");
    expect_entry(0, "Straße.wav", "Grün", 2);
    expect_entry(1, "old.wav", "", 3);
    parse("a.m3u", "Straße.wav\n");
    expect_entry(0, "Straße.wav", "", 1);
    expect_error("a.m3u8", "ok.wav\nStra\337e.wav\n", 18, "a.m3u8:2: not UTF-8");
}

static void names_of_other_systems_are_read(void **state)
{
    (void)state;
    parse("a.m3u", "music\\drums\\kick.wav\na\\b/c.wav\nfile:///srv/My%20Music/%C3%BC.wav\nfile://localhost/x.wav\nC:\\x.wav\n");
    expect_entry(0, "music/drums/kick.wav", "", 1);
    expect_entry(1, "a\\b/c.wav", "", 2);
    expect_entry(2, "/srv/My Music/ü.wav", "", 3);
    expect_entry(3, "/x.wav", "", 4);
    expect_entry(4, "C:/x.wav", "", 5);
}

static void hostile_lists_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"a.wav\nhttp://example.org/a.mp3\n", "a.m3u:2: a URL that names no file here"},
        {"file:///a%00b", "a.m3u:1: a URL that names no file here"},
        {"file:///a%2", "a.m3u:1: a URL that names no file here"},
        {"file://server/a.wav", "a.m3u:1: a URL that names no file here"},
        {"a\033[2Jb.wav", "a.m3u:1: the name of a file holds control characters"},
        {"#x\n\na\xe2\x80\xae""b.wav", "a.m3u:3: the name of a file holds control characters"},
        {"file:///a%ff.wav", "a.m3u:1: the name of a file is not UTF-8"},
        {"file:///a%1bb.wav", "a.m3u:1: the name of a file holds control characters"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_error("a.m3u", cases[i].text, strlen(cases[i].text), cases[i].error);
    expect_error("a.m3u", "a.wav\nb\0c.wav\n", 14, "a.m3u:2: holds a NUL byte: not a text");
    parse("a.m3u", "#EXTINF:1,\033[2JTi\007tle\nx.wav");
    expect_entry(0, "x.wav", "[2JTitle", 2);
}

/* Return: a text of so many lines "x". */
static char *lines_of(size_t count)
{
    char *text = malloc(count * 2 + 1);
    for (size_t i = 0; i < count; i++)
        memcpy(text + 2 * i, "x\n", 3);
    return text;
}

static void everything_has_an_end(void **state)
{
    (void)state;
    char *text = lines_of(PLAYLIST_ENTRIES_MAX + 1);
    playlist_clear(&list);
    assert_int_equal(playlist_m3u_parse(&list, "a.m3u", text, 2 * PLAYLIST_ENTRIES_MAX, &err), 0);
    assert_int_equal(list.count, PLAYLIST_ENTRIES_MAX);
    expect_error("a.m3u", text, strlen(text), "a.m3u:100001: more than 100000 entries");
    free(text);
    text = calloc(1, PLAYLIST_BYTES_MAX + 1);
    expect_error("a.m3u", text, PLAYLIST_BYTES_MAX + 1, "a.m3u: more than 16 MB, too long for a list");
    memset(text, 'x', PLAYLIST_LINE_BYTES + 8);
    expect_error("a.m3u", text, PLAYLIST_LINE_BYTES, "a.m3u:1: a line of more than 8191 bytes");
    expect_error("a.m3u", text, PLAYLIST_PATH_BYTES, "a.m3u:1: the name of a file is too long");
    playlist_clear(&list);
    assert_int_equal(playlist_m3u_parse(&list, "a.m3u", text, PLAYLIST_PATH_BYTES - 1, &err), 0);
    free(text);
    playlist_clear(&list);
    assert_int_equal(playlist_m3u_parse(&list, "a.m3u", "", 0, &err), 0);
    assert_int_equal(list.count, 0);
}

static void expect_read_error(const char *path, enum err_code code, const char *error)
{
    playlist_clear(&list);
    assert_int_equal(playlist_read(&list, AT_FDCWD, path, &err), -1);
    assert_string_equal(err.text, error);
    assert_int_equal(err.code, code);
}

static void files_are_read(void **state)
{
    (void)state;
    FILE *file = fopen("list.M3U", "w");
    fputs("one.wav\ntwo.wav\n", file);
    fclose(file);
    playlist_clear(&list);
    assert_int_equal(playlist_read(&list, AT_FDCWD, "list.M3U", &err), 0);
    expect_entry(1, "two.wav", "", 2);
    assert_true(playlist_is_one("a.cue") && playlist_is_one("b/a.m3u8"));
    assert_false(playlist_is_one("a.wav") || playlist_is_one("cue"));
    assert_int_equal(mkfifo("fifo.m3u", 0600), 0);
    expect_read_error("absent.m3u", ERR_UNKNOWN, "absent.m3u: no such file");
    expect_read_error("fifo.m3u", ERR_IO, "fifo.m3u: a pipe, not a file");
    expect_read_error("a.wav", ERR_USAGE, "a.wav: not a list: .m3u, .m3u8 and .cue are");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extended_lists_are_read), cmocka_unit_test(encodings_are_known),
        cmocka_unit_test(names_of_other_systems_are_read),
        cmocka_unit_test(hostile_lists_are_refused), cmocka_unit_test(everything_has_an_end), cmocka_unit_test(files_are_read),
    };
    int failed = cmocka_run_group_tests(tests, folder_enter, folder_leave);
    playlist_clear(&list);
    return failed;
}
