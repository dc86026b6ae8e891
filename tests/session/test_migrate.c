/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sessions of earlier formats, made up here: ORP2025A, in which a clip has a `colour` and a `level` in
 * per cent, and ORP2025B, in which `colour` is `color` already. Each is brought up one step at a
 * time; its file stays byte for byte until a save, is a backup by then, and is whole whatever call of the save fails or
 * is the last one of a process that is killed.
 */
#include "config.h"

#include "../folder.h"

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "session/backups.h"
#include "session/migrate.h"
#include "session/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* --- the formats --- */

typedef int change_clip(struct tree_doc *doc, struct tree *clip, const char *file, struct err *err);

static int change_clips(struct tree_doc *doc, change_clip *change, const char *file, struct err *err)
{
    struct tree *tabs = tree_find(doc->root, "tabs");
    for (struct tree *tab = tabs->first; tab; tab = tab->next) {
        struct tree *clips = tree_find(tab, "clips");
        for (struct tree *clip = clips ? clips->first : NULL; clip; clip = clip->next)
            if (change(doc, clip, file, err) < 0)
                return -1;
    }
    return 0;
}

static int rename_colour(struct tree_doc *doc, struct tree *clip, const char *file, struct err *err)
{
    (void)file, (void)err;
    struct tree *colour = tree_find(clip, "colour");
    if (colour)
        colour->name = tree_keep_text(doc, "color");
    return 0;
}

static int level_to_gain(struct tree_doc *doc, struct tree *clip, const char *file, struct err *err)
{
    struct tree *level = tree_find(clip, "level");
    if (!level)
        return 0;
    if (level->kind != TREE_INT || level->integer < 1)
        return tree_fail(err, file, level->line, "level: wants per cent from 1 up");
    tree_add(doc, clip, TREE_FLOAT, "gain", level->line)->real = 20 * log10((double)level->integer / 100);
    tree_drop(clip, level);
    return 0;
}

static char taken[8];                   /* letters of the formats that were left, as many as fit */

static void take(char letter)
{
    size_t length = strlen(taken);
    if (length < sizeof taken - 1)
        taken[length] = letter;
}

static int from_a(struct tree_doc *doc, const char *file, struct err *err)
{
    take('A');
    return change_clips(doc, rename_colour, file, err);
}

static int from_b(struct tree_doc *doc, const char *file, struct err *err)
{
    take('B');
    return change_clips(doc, level_to_gain, file, err);
}

static int without_tabs(struct tree_doc *doc, const char *file, struct err *err)
{
    (void)file, (void)err;
    tree_drop(doc->root, tree_find(doc->root, "tabs"));
    return 0;
}

static int nothing(struct tree_doc *doc, const char *file, struct err *err)
{
    (void)doc, (void)file, (void)err;
    return 0;
}

static const struct migrate_step two_steps[] = {
    {"ORP2025B", SESSION_FORMAT, from_b}, {"ORP2025A", "ORP2025B", from_a}, {NULL, NULL, NULL},
};
static const struct migrate_step bad_step[] = {{"ORP2025A", SESSION_FORMAT, without_tabs}, {NULL, NULL, NULL}};
static const struct migrate_step round_trip[] = {
    {"ORP2025A", "ORP2025B", nothing}, {"ORP2025B", "ORP2025A", nothing}, {NULL, NULL, NULL},
};
static const struct migrate_step no_end[] = {{"ORP2025A", "ORP2025B", nothing}, {NULL, NULL, NULL}};

#define CLIPS(settings) \
    "name = \"Old\";\ntabs = ( { clips = (\n{ row = 1; column = 2; id = \"x\"; file = \"x.wav\"; " settings " } ); } );\n"
#define OLD_A "format = \"ORP2025A\";\n" CLIPS("colour = \"red\"; level = 50; later = 7;")
#define OLD_B "format = \"ORP2025B\";\n" CLIPS("color = \"red\"; level = 50; later = 7;")
#define OLD_BAD "format = \"ORP2025A\";\n" CLIPS("level = 0;")

/* --- calls that fail or are the last: the linker sends the program's own here (--wrap) --- */

static int fault_at;                    /* the call, counted down; 0: none */
static int fault_errno;                 /* 0: the process is killed there */

static bool fails(void)
{
    if (!fault_at || --fault_at)
        return false;
    if (!fault_errno)
        raise(SIGKILL);
    errno = fault_errno;
    return true;
}

#define WRAP(type, name, parameters, arguments) \
    type __real_##name parameters; \
    type __wrap_##name parameters; \
    type __wrap_##name parameters { return fails() ? -1 : __real_##name arguments; }
WRAP(ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(int, rename, (const char *from, const char *to), (from, to))
WRAP(int, renameat2, (int old, const char *from, int new, const char *to, unsigned flags), (old, from, new, to, flags))
WRAP(int, open, (const char *path, int flags, mode_t mode), (path, flags, mode))

/* --- tests --- */

static struct show *load(const char *path)
{
    struct err err = {0};
    struct session_info info;
    struct show *show = session_load(path, &info, &err);
    if (!show)
        fail_msg("%s", err.text);
    return show;
}

static void looks_right(const struct show *show)
{
    const struct show_clip *clip = show_clip(show, show_slot_by_id(show, "x"));
    assert_non_null(clip);
    assert_float_equal(clip->gain, -6.0206, 0.001);
    assert_string_equal(clip->color, "red");
    assert_string_equal(clip->extra, "later = 7;\n");
    assert_false(show_dirty(show));
}

static void each_format_is_brought_up_step_by_step(void **state)
{
    (void)state;
    struct session_info info;
    struct err err = {0};
    migrate_use(two_steps);
    memset(taken, 0, sizeof taken);
    struct show *show = session_parse(OLD_A, strlen(OLD_A), "f.orp", &info, &err);
    assert_non_null(show);
    looks_right(show);
    assert_string_equal(taken, "AB");
    assert_int_equal(info.age, SESSION_OLDER);
    assert_int_equal(info.version_year, 2025);
    assert_int_equal(info.version_letter, 'A');
    show_free(show);
    show = session_parse(OLD_B, strlen(OLD_B), "f.orp", &info, &err);
    looks_right(show);
    assert_string_equal(taken, "ABB");
    assert_int_equal(info.version_letter, 'B');
    show_free(show);
    migrate_use(NULL);
    assert_null(session_parse(OLD_B, strlen(OLD_B), "f.orp", &info, &err));
    assert_string_equal(err.text, "f.orp:1: format ORP2025B: no such format was ever written; the first is ORP2026A");
}

static void refuse(const struct migrate_step *steps, const char *text, const char *wanted)
{
    struct err err = {0};
    migrate_use(steps);
    folder_write("f.orp", text);
    assert_null(session_load("f.orp", NULL, &err));
    if (strncmp(err.text, wanted, strlen(wanted)) || strchr(err.text, '\n'))
        fail_msg("got    %s\n  wanted %s", err.text, wanted);
    folder_holds("f.orp", text);
    migrate_use(NULL);
}

static void a_chain_that_breaks_leaves_the_file(void **state)
{
    (void)state;
    refuse(two_steps, OLD_BAD, "f.orp:4: level: wants per cent from 1 up; so this show of format ORP2025A cannot be brought to "
                               "ORP2026A, and its file stays as it is");
    refuse(bad_step, OLD_A, "f.orp:1: tabs: there is none");
    refuse(round_trip, OLD_A, "f.orp:1: format ORP2025B: no such format was ever written");
    refuse(no_end, OLD_A, "f.orp:1: format ORP2025B: no such format was ever written");
    refuse(two_steps, "format = \"ORP2024C\";\n" CLIPS(""), "f.orp:1: format ORP2024C: no such format was ever written");
    refuse(two_steps, "format = \"ORP2026B\";\n" CLIPS(""), "f.orp:1: written by a newer clipgrid (ORP2026B)");
    refuse(two_steps, "x = 1;\nformat = \"ORP2027A\";\n" CLIPS(""), "f.orp:2: written by a newer clipgrid (ORP2027A)");
}

static void what_a_newer_clipgrid_wrote_is_not_written_over(void **state)
{
    (void)state;
    static const char newer[] = "# mine\nformat = \"ORP2030Z\";\nwarp = 1;\n";
    struct err err = {0};
    struct show *show = show_new();
    folder_write("newer.orp", newer);
    assert_int_equal(session_save("newer.orp", show, &err), -1);
    assert_string_equal(err.text, "newer.orp: not saved: what is there was written by a newer clipgrid (ORP2030Z); save FILE "
                                  "keeps both");
    folder_holds("newer.orp", newer);
    assert_int_equal(session_save("other.orp", show, &err), 0);
    show_free(show);
}

/* Return: how many backups there are with exactly this text, of its kind. */
static int kept(const char *path, const char *text)
{
    static struct backup list[BACKUPS_MAX];
    char absolute[1024];
    struct err err;
    int count = backups_list(realpath(path, absolute), list, &err), found = 0;
    folder_write("wanted", text);
    for (int i = 0; i < count; i++) {
        char *command = xasprintf("cmp -s wanted state/clipgrid/backups/*/%s", list[i].name);
        found += list[i].kind == BACKUP_OLDER && system(command) == 0;
        free(command);
    }
    return found;
}

static void a_save_keeps_the_old_file_as_a_backup(void **state)
{
    (void)state;
    struct err err = {0};
    migrate_use(two_steps);
    folder_write("f.orp", OLD_A);
    struct show *show = load("f.orp");
    folder_holds("f.orp", OLD_A);
    assert_int_equal(session_save("f.orp", show, &err), 0);
    assert_int_equal(kept("f.orp", OLD_A), 1);
    show_free(show);
    migrate_use(NULL);
    looks_right(show = load("f.orp"));              /* of now, and no step is needed */
    assert_int_equal(session_save("f.orp", show, &err), 0);
    assert_int_equal(kept("f.orp", OLD_A), 1);
    show_free(show);
}

/* Pruning takes nothing of an earlier format while there are few. */
static void backups_of_earlier_formats_stay(void **state)
{
    (void)state;
    static struct backup list[200];
    bool keep[200];
    for (int i = 0; i < 200; i++)
        list[i] = (struct backup){.wall_ms = INT64_C(1790000000000) - i * 1000,
                                  .kind = i >= 190 ? BACKUP_OLDER : BACKUP_SAVED};
    backups_choose(list, 200, keep);
    int older = 0;
    for (int i = 190; i < 200; i++)
        older += keep[i];
    assert_int_equal(older, BACKUPS_OLDER);
}

static void start_old(void)
{
    assert_int_equal(system("rm -rf state .f.orp.saving f.orp"), 0);
    folder_write("f.orp", OLD_A);
}

/* The file is the old one byte for byte, or the whole new one with the old one among the backups. Return: whether it is new. */
static bool old_or_new(const char *new)
{
    struct strbuf text = {0};
    assert_int_equal(textfile_read("f.orp", "show", 100000, &text, NULL), 0);
    bool is_new = !strcmp(text.s, new);
    if (!is_new)
        assert_string_equal(text.s, OLD_A);
    else
        assert_int_equal(kept("f.orp", OLD_A), 1);
    strbuf_clear(&text);
    return is_new;
}

static void a_save_is_whole_whatever_fails_in_it(void **state)
{
    (void)state;
    static const int errors[] = {EIO, ENOSPC, EACCES};
    struct strbuf new = {0};
    migrate_use(two_steps);
    folder_write("f.orp", OLD_A);
    struct show *show = load("f.orp");
    session_write(show, &new);
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        int refusals = 0;
        bool reached = true;
        for (int call = 1; reached; call++) {
            struct err err = {0};
            start_old();
            fault_errno = errors[i];
            fault_at = call;
            int result = session_save("f.orp", show, &err);
            reached = !fault_at;
            fault_at = 0;
            refusals += result < 0;
            assert_true(old_or_new(new.s) || result < 0);
            assert_true(result == 0 || (*err.text && !strchr(err.text, '\n')));
        }
        assert_true(refusals > 8);
    }
    show_free(show);
    strbuf_clear(&new);
}

static void a_save_is_whole_wherever_it_is_killed(void **state)
{
    (void)state;
    struct strbuf new = {0};
    int olds = 0, news = 0;
    bool killed = true;
    migrate_use(two_steps);
    folder_write("f.orp", OLD_A);
    struct show *show = load("f.orp");
    session_write(show, &new);
    for (int call = 1; killed; call++) {
        int status;
        start_old();
        pid_t child = fork();
        if (child == 0) {
            fault_errno = 0;
            fault_at = call;
            _exit(session_save("f.orp", show, NULL) < 0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        killed = WIFSIGNALED(status);
        bool is_new = old_or_new(new.s);
        olds += !is_new;
        news += is_new;
        assert_int_equal(session_save("f.orp", show, NULL), 0);         /* and is done after all */
        assert_true(old_or_new(new.s));
    }
    assert_true(olds > 8 && news > 1);
    show_free(show);
    strbuf_clear(&new);
}

static int set_up(void **state)
{
    char here[1024];
    if (folder_enter(state) < 0)
        return -1;
    return setenv("XDG_STATE_HOME", strcat(getcwd(here, sizeof here - 8), "/state"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_is_brought_up_step_by_step), cmocka_unit_test(a_chain_that_breaks_leaves_the_file),
        cmocka_unit_test(what_a_newer_clipgrid_wrote_is_not_written_over),
        cmocka_unit_test(a_save_keeps_the_old_file_as_a_backup),
        cmocka_unit_test(backups_of_earlier_formats_stay), cmocka_unit_test(a_save_is_whole_whatever_fails_in_it),
        cmocka_unit_test(a_save_is_whole_wherever_it_is_killed),
    };
    return cmocka_run_group_tests(tests, set_up, folder_leave);
}
