/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files: what is refused, what a failed or killed save leaves. */
#include "config.h"

#include "../folder.h"

#include "base/strbuf.h"
#include "session/textfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

/* --- calls that fail: the linker sends the program's own here (--wrap) --- */
static int fail_at;                     /* the call that fails, counted down; 0: none */
static int fail_with;                   /* its errno */

static bool fails(void)
{
    if (!fail_at || --fail_at)
        return false;
    errno = fail_with;
    return true;
}

ssize_t __real_write(int fd, const void *bytes, size_t count);
ssize_t __wrap_write(int fd, const void *bytes, size_t count);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

ssize_t __wrap_write(int fd, const void *bytes, size_t count)
{
    return fails() ? -1 : __real_write(fd, bytes, fail_at && count > 2 ? 2 : count);        /* short ones before it */
}

int __wrap_fsync(int fd)
{
    return fails() ? -1 : __real_fsync(fd);
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return fails() ? -1 : __real_fchmod(fd, mode);
}

int __wrap_rename(const char *from, const char *to)
{
    return fails() ? -1 : __real_rename(from, to);
}

static int files_here(void)
{
    DIR *folder = opendir(".");
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(folder));)
        count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    closedir(folder);
    return count;
}

static void refuse(const char *path, enum err_code code, const char *wanted)
{
    struct strbuf out = {0};
    struct err err = {0};
    assert_int_equal(textfile_read(path, "show", 1000, &out, &err), -1);
    assert_int_equal(err.code, code);
    if (!strstr(err.text, wanted))
        fail_msg("%s: got \"%s\"", path, err.text);
    assert_int_equal(out.len, 0);
    strbuf_clear(&out);
}

static void only_regular_files_of_a_sane_size(void **state)
{
    (void)state;
    refuse("absent", ERR_UNKNOWN, "absent: no such show");
    refuse(".", ERR_REFUSED, "is a folder");
    refuse("/dev/zero", ERR_REFUSED, "a show is a regular file");
    assert_int_equal(mkfifo("fifo", 0600), 0);
    refuse("fifo", ERR_REFUSED, "a show is a regular file");
    folder_write("big", "");
    assert_int_equal(truncate("big", 1 << 30), 0);
    refuse("big", ERR_REFUSED, "1073741824 bytes; a show has at most 1000");
    folder_write("fits", "text");
    assert_int_equal(symlink("fits", "link"), 0);
    folder_holds("link", "text");
}

static void a_save_replaces_the_bytes_and_keeps_the_rest(void **state)
{
    (void)state;
    struct err err;
    struct stat st;
    mode_t old = umask(022);
    assert_int_equal(textfile_replace("new", "one", 3, &err), 0);
    umask(old);
    folder_holds("new", "one");
    assert_int_equal(stat("new", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0644);
    assert_int_equal(chmod("new", 0640), 0);
    assert_int_equal(symlink("new", "alias"), 0);
    assert_int_equal(textfile_replace("alias", "second", 6, &err), 0);
    folder_holds("new", "second");
    assert_int_equal(lstat("alias", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat("new", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(files_here(), 2);
}

static void a_copy_is_kept_once(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(textfile_keep("x.orig", "first", 5, &err), 0);
    assert_int_equal(textfile_keep("x.orig", "second", 6, &err), 0);
    folder_holds("x.orig", "first");
    assert_int_equal(files_here(), 1);
}

static void no_folder_no_save(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(textfile_replace("no/such/folder", "x", 1, &err), -1);
    assert_non_null(strstr(err.text, "no/such"));
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(textfile_replace("sub", "x", 1, &err), -1);
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(textfile_replace("fifo", "x", 1, &err), -1);
    assert_int_equal(files_here(), 2);
}

/* A file size limit stands for the full disk: the write fails in the middle. */
static void a_failed_write_changes_nothing(void **state)
{
    (void)state;
    static char bytes[100000];
    memset(bytes, 'x', sizeof bytes);
    folder_write("show", "old");
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit was, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = was;
    small.rlim_cur = 50000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct err err;
    int result = textfile_replace("show", bytes, sizeof bytes, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(result, -1);
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.text, "show: not saved: writing: "));
    folder_holds("show", "old");
    assert_int_equal(files_here(), 1);
}

/* Every call of a save in turn. An interrupted write goes on; everything else is said, and the old file stands. */
static void every_failing_call_leaves_the_old_file(void **state)
{
    (void)state;
    static const int errors[] = {EIO, ENOSPC, EINTR};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        int call = 0, refusals = 0;
        for (bool reached = true; reached; refusals += reached) {
            struct err err = {0};
            folder_write("show", "old");
            fail_at = ++call;
            fail_with = errors[i];
            int result = textfile_replace("show", "a new text", 10, &err);
            reached = fail_at == 0;
            fail_at = 0;
            bool written = result == 0 || strstr(err.text, "show: written, but its folder cannot be synced");
            if (!written && !strstr(err.text, "show: not saved: "))
                fail_msg("%s", err.text);
            folder_holds("show", written ? "a new text" : "old");
            assert_int_equal(files_here(), 1);
            assert_true(reached || result == 0);
        }
        assert_int_equal(refusals, 1 + 5 + 1 + 1 + 1);          /* mode, five writes, sync, rename, sync of the folder */
    }
}

static void one_saver_at_a_time(void **state)
{
    (void)state;
    struct err err;
    folder_write(".show.saving", "half of somethi");
    assert_int_equal(textfile_replace("show", "whole", 5, &err), 0);
    folder_holds("show", "whole");
    assert_int_equal(files_here(), 1);
    int other = open(".show.saving", O_RDWR | O_CREAT, 0600);
    assert_int_equal(flock(other, LOCK_EX), 0);
    assert_int_equal(textfile_replace("show", "mine", 4, &err), -1);
    assert_non_null(strstr(err.text, "being saved by someone else"));
    folder_holds("show", "whole");
    close(other);
}

/* Children that save one of two texts again and again are killed at random moments. */
static void a_killed_saver_leaves_one_whole_file(void **state)
{
    (void)state;
    enum { KILLS = 60, BYTES = 60000 };
    static char texts[2][BYTES + 1];
    memset(texts[0], 'a', BYTES);
    memset(texts[1], 'b', BYTES);
    assert_int_equal(textfile_replace("show", texts[0], BYTES, NULL), 0);
    srand(1);
    for (int i = 0; i < KILLS; i++) {
        pid_t child = fork();
        if (child == 0)
            for (int turn = 0;; turn++)
                if (textfile_replace("show", texts[turn & 1], BYTES, NULL) < 0)
                    _exit(1);
        struct timespec pause = {.tv_nsec = rand() % 4000 * 1000L};
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        struct strbuf got = {0};
        assert_int_equal(textfile_read("show", "show", BYTES, &got, NULL), 0);
        assert_true(!strcmp(got.s, texts[0]) || !strcmp(got.s, texts[1]));
        strbuf_clear(&got);
        assert_true(files_here() <= 2);
    }
    assert_int_equal(textfile_replace("show", "done", 4, NULL), 0);
    assert_int_equal(files_here(), 1);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_enter, folder_leave)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(only_regular_files_of_a_sane_size), IN_FOLDER(a_save_replaces_the_bytes_and_keeps_the_rest),
        IN_FOLDER(a_copy_is_kept_once), IN_FOLDER(no_folder_no_save), IN_FOLDER(a_failed_write_changes_nothing),
        IN_FOLDER(every_failing_call_leaves_the_old_file),
        IN_FOLDER(one_saver_at_a_time), IN_FOLDER(a_killed_saver_leaves_one_whole_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
