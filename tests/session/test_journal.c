/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal: what was added is there at the next open; a changed session file's edits are set aside. */
#include "config.h"

#include "base/strbuf.h"
#include "session/journal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/clipgrid-journal-XXXXXX";
static char session[100], note[200];
static struct strbuf document;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return 1;
    setenv("XDG_STATE_HOME", folder, 1);
    snprintf(session, sizeof session, "%s/a.orp", folder);
    FILE *file = fopen(session, "w");
    fputs("one", file);
    return fclose(file);
}

static int tear_down(void **state)
{
    (void)state;
    char command[200];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static struct journal *open_it(struct strbuf *lines)
{
    struct journal *journal = journal_open(session, "", &document, lines, note, &err);
    assert_non_null(journal);
    return journal;
}

static void edits_are_there_again_until_the_save(void **state)
{
    (void)state;
    struct strbuf lines = {0};
    struct journal *journal = open_it(&lines);
    assert_int_equal(lines.len, 0);
    assert_int_equal(journal_add(journal, "gain 1/1/1 -6", &err), 0);
    assert_int_equal(journal_add(journal, "undo", &err), 0);
    assert_true(journal_due_ms(journal) >= 0);
    assert_int_equal(journal_sync(journal, &err), 0);
    journal_close(journal);
    journal = open_it(&lines);
    assert_string_equal(lines.s, "gain 1/1/1 -6\nundo\n");
    assert_int_equal(journal_lines(journal), 2);
    assert_int_equal(journal_restart(journal, &err), 0);
    journal_close(journal);
    strbuf_clear(&lines);
    journal = open_it(&lines);
    assert_int_equal(lines.len, 0);
    journal_close(journal);
}

static void a_line_cut_short_is_dropped(void **state)
{
    (void)state;
    struct strbuf lines = {0};
    struct journal *journal = open_it(&lines);
    assert_int_equal(journal_add(journal, "pan 1/1/1 0.5", &err), 0);
    journal_close(journal);
    char command[300];
    snprintf(command, sizeof command, "for f in %s/clipgrid/journal/*; do printf 'pan 1/1/2 0' >> $f; done", folder);
    assert_int_equal(system(command), 0);
    journal = open_it(&lines);
    assert_string_equal(lines.s, "pan 1/1/1 0.5\n");
    assert_int_equal(journal_add(journal, "undo", &err), 0);
    journal_close(journal);
    strbuf_clear(&lines);
    journal = open_it(&lines);
    assert_string_equal(lines.s, "pan 1/1/1 0.5\nundo\n");
    journal_restart(journal, &err);
    journal_close(journal);
    strbuf_clear(&lines);
}

static void a_document_may_stand_before_the_lines(void **state)
{
    (void)state;
    static const char flat[] = "show name \"x\"\nclip 1/1/1 c1 file \"a.wav\"\n";
    struct strbuf lines = {0};
    struct journal *journal = open_it(&lines);
    assert_int_equal(journal_restart_from(journal, flat, sizeof flat - 1, &err), 0);
    assert_int_equal(journal_add(journal, "gain c1 -3", &err), 0);
    journal_close(journal);
    strbuf_clear(&lines);
    journal = open_it(&lines);
    assert_string_equal(document.s, flat);
    assert_string_equal(lines.s, "gain c1 -3\n");
    assert_int_equal(journal_lines(journal), 2);
    assert_int_equal(journal_restart(journal, &err), 0);
    journal_close(journal);
    strbuf_clear(&lines);
    strbuf_clear(&document);
}

static void two_shows_do_not_share_a_journal(void **state)
{
    (void)state;
    struct strbuf lines = {0};
    struct journal *journal = open_it(&lines);
    assert_null(journal_open(session, "", &document, &lines, note, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(journal_add(journal, "undo", &err), 0);
    assert_int_equal(journal_restart(journal, &err), 0);
    assert_null(journal_open(session, "", &document, &lines, note, &err));
    journal_close(journal);
    journal_close(open_it(&lines));
}

static void edits_of_another_version_of_the_file_are_set_aside(void **state)
{
    (void)state;
    struct strbuf lines = {0};
    struct journal *journal = open_it(&lines);
    assert_int_equal(journal_add(journal, "undo", &err), 0);
    journal_close(journal);
    FILE *file = fopen(session, "w");
    fputs("another text", file);
    fclose(file);
    journal = open_it(&lines);
    assert_int_equal(lines.len, 0);
    assert_non_null(strstr(note, "are kept in"));
    journal_close(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_are_there_again_until_the_save), cmocka_unit_test(a_line_cut_short_is_dropped),
        cmocka_unit_test(two_shows_do_not_share_a_journal), cmocka_unit_test(a_document_may_stand_before_the_lines),
        cmocka_unit_test(edits_of_another_version_of_the_file_are_set_aside),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
