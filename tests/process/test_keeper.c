/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session's disk hangs: fdatasync, which the journal calls, waits until it is told to go on.
 * Edits are taken all the same, a new engine gets its document, nobody waits; when the disk is
 * back everything is on it, in order. Or it fails: then what was remembered is written anew.
 */
#include "config.h"

#include "../folder.h"

#include "base/strbuf.h"
#include "platform/clock.h"
#include "process/document.h"
#include "process/keeper.h"
#include "session/session.h"
#include "show/flat.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { PROMPT_MS = 500, PATIENCE_MS = 10000 };

/* --- a disk that hangs --- */
static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t thawed = PTHREAD_COND_INITIALIZER;
static bool frozen;
static int failures;                    /* of the next calls */

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

int __wrap_fdatasync(int fd)
{
    pthread_mutex_lock(&disk);
    while (frozen)
        pthread_cond_wait(&thawed, &disk);
    bool fails = failures > 0;
    failures -= fails;
    pthread_mutex_unlock(&disk);
    if (fails)
        errno = EIO;
    return fails ? -1 : __real_fdatasync(fd);
}

static void freeze(bool on)
{
    pthread_mutex_lock(&disk);
    frozen = on;
    pthread_cond_broadcast(&thawed);
    pthread_mutex_unlock(&disk);
}

/* --- an engine --- */
static struct engine {
    int shows;
    char show[8192];                /* the last one's text */
    struct msg_show about;
    int saved, opened;
    struct msg_result result;       /* the last one */
    char notice[1024];              /* the last one */
    char session[1024];
    uint32_t serial, kept;          /* of the last edit given, and told of */
    int kept_state;
} engine;

static void tell(enum msg_type type, uint32_t serial, const void *payload, size_t size, int fd)
{
    struct strbuf text = {0};
    if (type == MSG_SHOW) {
        engine.shows++;
        memcpy(&engine.about, payload, size);
        assert_int_equal(document_from_fd(fd, &text, NULL), 0);
        snprintf(engine.show, sizeof engine.show, "%s", text.s);
        strbuf_clear(&text);
    } else if (type == MSG_JOURNAL_KEPT) {
        engine.kept = serial;
        engine.kept_state = (int)((const struct msg_kept *)payload)->state;
    } else if (type == MSG_NOTICE) {
        snprintf(engine.notice, sizeof engine.notice, "%.*s", (int)size, (const char *)payload);
    } else {
        assert_int_equal(size, sizeof engine.result);
        memcpy(&engine.result, payload, size);
        engine.saved += type == MSG_SAVED;
        engine.opened += type == MSG_OPENED;
    }
}

static void moved(const char *session, int folder)
{
    snprintf(engine.session, sizeof engine.session, "%s", session);
    if (folder >= 0)
        close(folder);
}

static struct keeper *open_keeper(bool restarted)
{
    static const struct keeper_hooks hooks = {tell, moved};
    char path[1024];
    struct err err;
    assert_non_null(realpath("a.orp", path));
    engine = (struct engine){0};
    struct keeper *keeper = keeper_open(path, "a.orp", "socket", restarted, &hooks, &err);
    if (!keeper)
        fail_msg("%s", err.text);
    return keeper;
}

static void give(struct keeper *keeper, enum msg_type type, const void *payload, size_t size, int fd)
{
    static struct msg msg;
    bool edits = type == MSG_JOURNAL || type == MSG_JOURNAL_DOCUMENT;
    msg = (struct msg){.type = type, .size = size, .serial = edits ? ++engine.serial : 1};
    for (int i = 0; i < MSG_FDS_MAX; i++)
        msg.fd[i] = i ? -1 : fd;
    memcpy(msg.payload, payload, size);
    uint64_t began = clock_now_rt();
    keeper_take(keeper, &msg);
    assert_true(clock_now_rt() - began < PROMPT_MS * UINT64_C(1000000));     /* never with the disk */
    msg_clear(&msg);
}

static void edit(struct keeper *keeper, const char *line)
{
    give(keeper, MSG_JOURNAL, line, strlen(line), -1);
}

static void ask_path(struct keeper *keeper, enum msg_type type, const char *path, const char *document)
{
    struct msg_path about = {0};
    struct strbuf text = {0};
    if (*path)
        assert_non_null(realpath(path, about.path));
    strbuf_adds(&text, document ? document : "");
    give(keeper, type, &about, sizeof about, document ? document_to_fd(&text, NULL) : -1);
    strbuf_clear(&text);
}

/* Until *count is not what it was, or (NULL) so long. */
static bool turn(struct keeper *keeper, unsigned ms, const int *count, int was)
{
    uint64_t due = clock_now_rt() + ms * UINT64_C(1000000), now;
    while ((!count || *count == was) && (now = clock_now_rt()) < due) {
        struct pollfd fd;
        int timeout_ms = (int)((due - now) / 1000000) + 1;
        keeper_poll(keeper, &fd, &timeout_ms);
        poll(&fd, 1, timeout_ms < 20 ? timeout_ms : 20);
        keeper_handle(keeper);
    }
    return count && *count != was;
}

static bool is_told(struct keeper *keeper, const char *text)
{
    for (int i = 0; i < PATIENCE_MS / 20; i++) {
        if (strstr(engine.notice, text))
            return true;
        turn(keeper, 20, NULL, 0);
    }
    return false;
}

/* Whether these lines stand in a journal, in this order; each has its number and its checksum before it. */
static bool has_lines(const char *all, const char *lines)
{
    for (char line[200]; sscanf(lines, "%199[^\n]", line) == 1; lines += strlen(line) + (lines[strlen(line)] == '\n')) {
        all = strstr(all, line);
        if (!all)
            return false;
    }
    return true;
}

static bool journal_has(const char *lines)
{
    glob_t files;
    struct strbuf all = {0};
    if (glob("state/clipgrid/journal/*", 0, NULL, &files) == 0) {
        for (size_t i = 0; i < files.gl_pathc; i++) {
            int fd = open(files.gl_pathv[i], O_RDONLY | O_CLOEXEC);
            document_from_fd(fd, &all, NULL);
            close(fd);
        }
        globfree(&files);
    }
    bool has = all.s && has_lines(all.s, lines);
    strbuf_clear(&all);
    return has;
}

static void unsaved_edits_are_gone(void)
{
    assert_int_equal(system("rm -rf state"), 0);
}

/* --- tests --- */
static void edits_go_on_while_the_disk_hangs(void **state)
{
    (void)state;
    struct keeper *keeper = open_keeper(false);
    edit(keeper, "set show name One");
    turn(keeper, 300, NULL, 0);
    freeze(true);
    edit(keeper, "set show name Two");
    turn(keeper, 300, NULL, 0);             /* now its sync hangs */
    edit(keeper, "set show name Three");
    edit(keeper, "set show name Four");
    unsigned count;
    assert_true(is_told(keeper, "; the session's disk does not answer"));
    assert_int_equal(sscanf(engine.notice, "edits not on disk: %u;", &count), 1);
    assert_in_range(count, 3, 4);           /* on a busy machine the first may not have been synced */
    edit(keeper, "set show name Five");
    char next[40];
    snprintf(next, sizeof next, "edits not on disk: %u", count + 1);
    assert_true(is_told(keeper, next));
    assert_false(journal_has("Five"));
    freeze(false);
    assert_true(is_told(keeper, "answers again, and all edits are on it"));
    assert_true(journal_has("set show name Two\nset show name Three\nset show name Four\nset show name Five\n"));
    keeper_close(keeper);
}

static void a_new_engine_needs_no_disk(void **state)
{
    (void)state;
    unsaved_edits_are_gone();
    struct keeper *keeper = open_keeper(false);
    freeze(true);
    edit(keeper, "set show name Before");
    turn(keeper, 300, NULL, 0);
    edit(keeper, "set show name Now");
    engine.shows = 0;
    give(keeper, MSG_SHOW_PLEASE, "", 0, -1);
    assert_int_equal(engine.shows, 1);
    assert_int_equal(engine.about.serial, 2);
    assert_int_equal(engine.about.journal_lines, 2);
    assert_non_null(strstr(engine.show, "\f\nset show name Before\nset show name Now\n"));
    freeze(false);
    keeper_close(keeper);
    keeper = open_keeper(false);            /* as the disk has it */
    engine.shows = 0;
    give(keeper, MSG_SHOW_PLEASE, "", 0, -1);
    assert_non_null(strstr(engine.show, "\f\nset show name Before\nset show name Now\n"));
    keeper_close(keeper);
}

static void a_save_waits_and_nothing_else(void **state)
{
    (void)state;
    unsaved_edits_are_gone();
    struct keeper *keeper = open_keeper(false);
    struct strbuf text = {0};
    struct show *show = show_new();
    flat_write(show, &text);
    show_free(show);
    freeze(true);
    edit(keeper, "set show name Old");
    turn(keeper, 300, NULL, 0);
    ask_path(keeper, MSG_SAVE, "", text.s ? text.s : "");
    edit(keeper, "set show name New");
    turn(keeper, 300, NULL, 0);
    assert_int_equal(engine.saved, 0);
    freeze(false);
    assert_true(turn(keeper, PATIENCE_MS, &engine.saved, 0));
    assert_string_equal(engine.result.text, "");
    assert_true(engine.result.ok);
    give(keeper, MSG_SHOW_PLEASE, "", 0, -1);
    assert_non_null(strstr(engine.show, "\f\nset show name Old\n@saved\nset show name New\n"));
    turn(keeper, 300, NULL, 0);
    assert_true(journal_has("set show name New\n"));
    assert_int_equal(engine.kept, 2);
    strbuf_clear(&text);
    keeper_close(keeper);
}

/* The journal could not be told of the save, and began anew from the document alone. */
static void a_journal_that_began_anew_gets_its_undo_back(void **state)
{
    (void)state;
    unsaved_edits_are_gone();
    struct keeper *keeper = open_keeper(false);
    struct strbuf text = {0};
    struct show *show = show_new();
    struct msg_document about = {0};
    flat_write(show, &text);
    show_free(show);
    edit(keeper, "set show name Old");
    turn(keeper, 300, NULL, 0);
    pthread_mutex_lock(&disk);
    failures = 2;                           /* of the sync, and of writing all of it anew */
    pthread_mutex_unlock(&disk);
    ask_path(keeper, MSG_SAVE, "", text.s);
    assert_true(turn(keeper, PATIENCE_MS, &engine.saved, 0));
    assert_true(engine.result.ok);
    assert_int_equal(failures, 0);
    turn(keeper, 100, NULL, 0);
    assert_int_equal(engine.kept_state, MSG_KEPT_WANTED);
    assert_false(journal_has("set show name Old\n"));
    engine.serial--;                        /* the document is no edit */
    give(keeper, MSG_JOURNAL_DOCUMENT, &about, sizeof about, document_to_fd(&text, NULL));
    turn(keeper, 300, NULL, 0);
    assert_int_equal(engine.kept_state, MSG_KEPT_WRITTEN);
    assert_true(journal_has("set show name Old\n"));
    edit(keeper, "set show name New");
    turn(keeper, 300, NULL, 0);
    give(keeper, MSG_SHOW_PLEASE, "", 0, -1);
    assert_non_null(strstr(engine.show, "\f\nset show name Old\n@saved\nset show name New\n"));
    strbuf_clear(&text);
    keeper_close(keeper);
}

/* Made before the engine had the other show: they are edits of one that it has no more. */
static void edits_of_another_show_are_dropped(void **state)
{
    (void)state;
    unsaved_edits_are_gone();
    struct keeper *keeper = open_keeper(false);
    ask_path(keeper, MSG_OPEN, "b.orp", NULL);
    edit(keeper, "set show name Late");
    int shows = engine.shows;
    assert_true(turn(keeper, PATIENCE_MS, &engine.shows, shows));
    assert_int_equal(engine.opened, 1);
    assert_string_equal(engine.result.text, "");
    assert_non_null(strstr(engine.session, "/b.orp"));
    edit(keeper, "set show name Right");
    turn(keeper, 300, NULL, 0);
    assert_true(journal_has("set show name Right\n"));
    assert_false(journal_has("Late"));
    keeper_close(keeper);
}

static void a_restarted_store_takes_the_journal_up(void **state)
{
    (void)state;
    unsaved_edits_are_gone();
    struct keeper *keeper = open_keeper(false);
    edit(keeper, "set show name First");
    turn(keeper, 300, NULL, 0);
    keeper_close(keeper);
    keeper = open_keeper(true);
    engine.serial = 1;
    assert_non_null(strstr(engine.session, "/a.orp"));
    edit(keeper, "set show name Second");
    turn(keeper, 100, NULL, 0);
    int fd = keeper_show_after(keeper, 2);      /* what can be undone is remembered again */
    assert_true(fd >= 0);
    close(fd);
    give(keeper, MSG_SHOW_PLEASE, "", 0, -1);
    assert_true(turn(keeper, PATIENCE_MS, &engine.shows, 0));
    assert_non_null(strstr(engine.show, "\f\nset show name First\nset show name Second\n"));
    keeper_close(keeper);
}

static void leaving_does_not_wait_for_ever(void **state)
{
    (void)state;
    unsaved_edits_are_gone();
    struct keeper *keeper = open_keeper(false);
    freeze(true);
    edit(keeper, "set show name Lost");
    turn(keeper, 300, NULL, 0);
    uint64_t began = clock_now_rt();
    assert_false(keeper_close(keeper));
    assert_in_range((clock_now_rt() - began) / 1000000, KEEPER_QUIT_MS - 1, KEEPER_QUIT_MS + PATIENCE_MS);
    freeze(false);
    assert_true(keeper_close(keeper));
}

static int set_up(void **state)
{
    struct err err;
    if (folder_enter(state) < 0)
        return -1;
    char here[1024];
    setenv("XDG_STATE_HOME", strcat(getcwd(here, sizeof here - 8), "/state"), 1);
    struct show *show = show_new();
    int saved = session_save("a.orp", show, &err) | session_save("b.orp", show, &err);
    show_free(show);
    return saved;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_go_on_while_the_disk_hangs), cmocka_unit_test(a_new_engine_needs_no_disk),
        cmocka_unit_test(a_save_waits_and_nothing_else), cmocka_unit_test(a_journal_that_began_anew_gets_its_undo_back),
        cmocka_unit_test(edits_of_another_show_are_dropped),
        cmocka_unit_test(a_restarted_store_takes_the_journal_up), cmocka_unit_test(leaving_does_not_wait_for_ever),
    };
    return cmocka_run_group_tests(tests, set_up, folder_leave);
}
