/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal: what was added is there at the next open, as far as the session file goes with it;
 * a damaged one gives what stands before the damage, whatever byte it is.
 */
#include "config.h"

#include "base/xxh64.h"
#include "session/journal.h"

#include "../folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static const char flat[] = "show name \"x\"\nclip 1/1/1 c1 file \"a.wav\"\n";
static struct strbuf document = {(char *)(uintptr_t)flat, sizeof flat - 1, 0};
static struct journal_past past;
static char note[200];
static struct err err;

static void write_session(const char *text)
{
    FILE *file = fopen("a.orp", "w");
    fputs(text, file);
    fclose(file);
}

static struct journal *open_it(void)
{
    journal_past_clear(&past);
    struct journal *journal = journal_open("/a.orp", "", journal_hash("a.orp"), &past, note, &err);
    assert_non_null(journal);
    return journal;
}

static struct journal *begin_it(void)
{
    write_session("one");
    struct journal *journal = open_it();
    assert_int_equal(journal_begin(journal, &document, NULL, 0, journal_hash("a.orp"), false, &err), 0);
    return journal;
}

static const char *lines(void)
{
    return past.lines.s ? past.lines.s : "";
}

static void a_hash_is_of_the_bytes(void **state)
{
    (void)state;
    write_session("one");
    assert_true(journal_hash("a.orp") == xxh64_of("one", 3, 0));
    assert_true(journal_hash("nothing.orp") == 0);
}

static void edits_are_there_again(void **state)
{
    (void)state;
    struct journal *journal = begin_it();
    assert_int_equal(journal_due_ms(journal), -1);
    assert_int_equal(journal_add(journal, 1, "gain 1/1/1 -6", &err), 0);
    assert_int_equal(journal_add(journal, 2, "undo", &err), 0);
    assert_int_equal(journal_add(journal, 2, "undo", &err), 0);     /* sent twice */
    assert_true(journal_due_ms(journal) >= 0);
    assert_int_equal(journal_sync(journal, &err), 0);
    assert_int_equal(journal_due_ms(journal), -1);
    journal_close(journal);
    journal = open_it();
    assert_string_equal(past.document.s, flat);
    assert_string_equal(lines(), "gain 1/1/1 -6\nundo\n");
    assert_int_equal(past.unsaved, 2);
    assert_int_equal(past.serial, 2);
    assert_int_equal(journal_edits(journal), 2);
    journal_drop(journal);
    journal_close(open_it());
    assert_int_equal(past.document.len, 0);
}

static void what_was_saved_can_still_be_undone(void **state)
{
    (void)state;
    struct journal *journal = begin_it();
    journal_add(journal, 1, "gain 1/1/1 -6", &err);
    assert_int_equal(journal_saving(journal, xxh64_of("two", 3, 0), &err), 0);
    journal_close(journal);
    journal = open_it();                            /* killed before the rename */
    assert_string_equal(lines(), "gain 1/1/1 -6\n");
    assert_int_equal(past.unsaved, 1);
    journal_close(journal);
    write_session("two");
    journal = open_it();                            /* and behind it */
    assert_string_equal(lines(), "gain 1/1/1 -6\n@saved\n");
    assert_int_equal(past.unsaved, 0);
    assert_int_equal(journal_saved(journal, xxh64_of("two", 3, 0), &err), 0);
    journal_add(journal, 2, "undo", &err);
    journal_close(journal);
    journal_drop(open_it());
    assert_string_equal(lines(), "gain 1/1/1 -6\n@saved\nundo\n");
    assert_int_equal(past.unsaved, 1);
}

/* Killed behind the rename of one save and before that of the next: the file is still the first one's. */
static void each_save_may_be_the_last(void **state)
{
    (void)state;
    struct journal *journal = begin_it();
    journal_add(journal, 1, "gain c1 -1", &err);
    journal_saving(journal, xxh64_of("two", 3, 0), &err);
    journal_add(journal, 2, "gain c1 -2", &err);
    journal_saving(journal, xxh64_of("three", 5, 0), &err);
    journal_close(journal);
    write_session("two");
    journal = open_it();
    assert_string_equal(lines(), "gain c1 -1\n@saved\ngain c1 -2\n");
    journal_saved(journal, xxh64_of("three", 5, 0), &err);
    journal_close(journal);
    journal_drop(open_it());                        /* then somebody put the second one back */
    assert_int_equal(past.document.len, 0);
}

static void a_document_may_be_ahead_of_its_file(void **state)
{
    (void)state;
    struct journal *journal = begin_it();
    assert_int_equal(journal_begin(journal, &document, NULL, 7, journal_hash("a.orp"), true, &err), 0);
    journal_add(journal, 8, "gain c1 -3", &err);
    journal_close(journal);
    journal = open_it();
    assert_true(past.edited);
    assert_int_equal(past.unsaved, 2);
    journal_saved(journal, journal_hash("a.orp"), &err);
    journal_close(journal);
    journal_drop(open_it());
    assert_false(past.edited);
    assert_int_equal(past.unsaved, 0);
    journal = begin_it();                           /* without a line behind it, it is kept too */
    assert_int_equal(journal_begin(journal, &document, NULL, 7, journal_hash("a.orp"), true, &err), 0);
    journal_close(journal);
    journal_close(open_it());
    journal_drop(open_it());
    assert_true(past.edited);
    assert_int_equal(past.unsaved, 1);
}

static void lines_go_along_when_it_begins_anew(void **state)
{
    (void)state;
    struct journal *journal = begin_it();
    assert_int_equal(journal_begin(journal, &document, "gain c1 -1\n@saved\ngain c1 -2\n", 9, journal_hash("a.orp"), true, &err), 0);
    assert_int_equal(journal_edits(journal), 2);
    journal_add(journal, 10, "undo", &err);
    struct journal *other = journal_open("/b.orp", "", 0, NULL, note, &err);
    assert_non_null(other);
    assert_false(journal_begun(other));
    assert_int_equal(journal_take_over(other, journal, &err), 0);
    assert_int_equal(journal_serial(other), 10);
    struct journal_past read;
    assert_int_equal(journal_read(other, journal_hash("a.orp"), &read, &err), 0);
    assert_string_equal(read.lines.s, "gain c1 -1\n@saved\ngain c1 -2\nundo\n");
    journal_past_clear(&read);
    journal_drop(other);
    journal_drop(journal);
}

static void two_shows_do_not_share_a_journal(void **state)
{
    (void)state;
    struct journal *journal = begin_it();
    assert_null(journal_open("/a.orp", "", 0, NULL, note, &err));
    assert_int_equal(err.code, ERR_BUSY);
    journal_drop(journal);
    journal_close(open_it());
}

/* Work on media was killed, and a process that it had forked just then still shares its lock, for as long as it takes to become
 * another program. */
static void a_lock_of_one_that_dies_is_waited_for(void **state)
{
    (void)state;
    char byte;
    int pair[2];
    struct journal *killed = begin_it();
    assert_int_equal(pipe(pair), 0);
    pid_t pid = fork();
    if (pid == 0) {
        assert_int_equal(write(pair[1], "", 1), 1);
        usleep(300000);
        _exit(0);
    }
    assert_int_equal(read(pair[0], &byte, 1), 1);
    journal_close(killed);
    struct journal *next = open_it();
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    journal_close(next);
    close(pair[0]);
    close(pair[1]);
}

static void edits_of_another_version_of_the_file_are_set_aside(void **state)
{
    (void)state;
    struct journal *journal = begin_it();
    journal_add(journal, 1, "gain c1 -3", &err);
    journal_close(journal);
    write_session("another text");
    journal = open_it();
    assert_int_equal(past.document.len, 0);
    assert_false(journal_begun(journal));
    assert_non_null(strstr(note, "are kept in"));
    journal_close(journal);
    journal = begin_it();                           /* nothing unsaved: nothing to be said */
    journal_add(journal, 1, "gain c1 -3", &err);
    journal_saved(journal, journal_hash("a.orp"), &err);
    journal_close(journal);
    write_session("another text");
    journal_drop(open_it());
    assert_string_equal(note, "");
}

/* Older and newer ones: what they hold stays, under another name, and this show begins one of its own. */
static void a_journal_of_another_version_is_set_aside(void **state)
{
    (void)state;
    assert_int_equal(system("rm -f state/clipgrid/journal/????????????????.*[0-9]"), 0);
    struct journal *journal = begin_it();
    journal_add(journal, 1, "gain c1 -3", &err);
    journal_close(journal);
    for (int version = 1; version <= 3; version += 2) {
        char command[200];
        snprintf(command, sizeof command, "sed -i '1s/journal [0-9]*/journal %d/' state/clipgrid/journal/????????????????; "
                 "cp state/clipgrid/journal/???????????????? before", version);
        assert_int_equal(system(command), 0);
        journal = open_it();
        assert_int_equal(past.document.len, 0);
        assert_false(journal_begun(journal));
        assert_non_null(strstr(note, "edits of another version of clipgrid cannot be done again: they are kept in"));
        assert_int_equal(system("cmp before state/clipgrid/journal/????????????????.*[0-9]"), 0);
        assert_int_equal(journal_begin(journal, &document, NULL, 0, journal_hash("a.orp"), true, &err), 0);
        journal_close(journal);
        assert_int_equal(system("rm state/clipgrid/journal/????????????????.*[0-9]"), 0);
    }
    journal_drop(open_it());
}

static struct strbuf whole_journal(void)
{
    struct strbuf text = {0};
    char bytes[4096];
    struct journal *journal = begin_it();
    journal_add(journal, 1, "gain c1 -1", &err);
    journal_add(journal, 2, "gain c1 -2", &err);
    journal_saving(journal, journal_hash("a.orp"), &err);
    journal_saved(journal, journal_hash("a.orp"), &err);
    journal_add(journal, 3, "gain c1 -3", &err);
    journal_sync(journal, &err);
    FILE *pipe = popen("cat state/clipgrid/journal/????????????????", "r");
    size_t got = fread(bytes, 1, sizeof bytes, pipe);
    pclose(pipe);
    strbuf_add(&text, bytes, got);
    journal_drop(journal);
    return text;
}

static void a_torn_or_damaged_one_gives_its_beginning(void **state)
{
    (void)state;
    static const char all[] = "gain c1 -1\ngain c1 -2\n@saved\ngain c1 -3\n", edits[] = "gain c1 -1\ngain c1 -2\ngain c1 -3\n";
    struct strbuf text = whole_journal();
    uint64_t hash = xxh64_of("one", 3, 0);
    journal_past_clear(&past);
    assert_int_equal(journal_parse(text.s, text.len, hash, &past), text.len);
    assert_string_equal(lines(), all);
    for (size_t cut = 0; cut < text.len; cut++) {
        journal_past_clear(&past);
        size_t sound = journal_parse(text.s, cut, hash, &past);
        assert_true(sound <= cut);
        assert_true(!strncmp(lines(), all, past.lines.len) || !strncmp(lines(), edits, past.lines.len));
    }
    for (size_t bit = 0; bit < text.len * 8; bit++) {
        journal_past_clear(&past);
        text.s[bit / 8] ^= (char)(1 << bit % 8);
        journal_parse(text.s, text.len, hash, &past);
        text.s[bit / 8] ^= (char)(1 << bit % 8);
        assert_true(!past.document.len || !strcmp(past.document.s, flat));
        assert_true(!strncmp(lines(), all, past.lines.len) || !strncmp(lines(), edits, past.lines.len));
    }
    strbuf_clear(&text);
}

static int set_up(void **state)
{
    char here[1024];
    if (folder_enter(state) < 0)
        return -1;
    return setenv("XDG_STATE_HOME", strcat(getcwd(here, sizeof here - 8), "/state"), 1);
}

static int tear_down(void **state)
{
    journal_past_clear(&past);
    return folder_leave(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_is_of_the_bytes), cmocka_unit_test(edits_are_there_again),
        cmocka_unit_test(what_was_saved_can_still_be_undone), cmocka_unit_test(each_save_may_be_the_last), cmocka_unit_test(a_document_may_be_ahead_of_its_file),
        cmocka_unit_test(lines_go_along_when_it_begins_anew), cmocka_unit_test(two_shows_do_not_share_a_journal),
        cmocka_unit_test(a_lock_of_one_that_dies_is_waited_for),
        cmocka_unit_test(edits_of_another_version_of_the_file_are_set_aside),
        cmocka_unit_test(a_journal_of_another_version_is_set_aside),
        cmocka_unit_test(a_torn_or_damaged_one_gives_its_beginning),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
