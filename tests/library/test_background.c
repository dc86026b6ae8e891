/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Media measured behind the show's back: what is told, what is kept, and when it holds still. */
#include "config.h"

#include "../media/rig.h"

#include "base/xalloc.h"
#include "base/xxh64.h"
#include "library/background.h"
#include "library/peakfile.h"
#include "platform/clock.h"
#include "tags/tags.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { IDS = 8, LONG_FRAMES = 6 * WORK_MEASURE_FRAMES_MAX };

struct scene {
    struct background *background;
    double load;                    /* what the machine says */
    unsigned known;                 /* of every file */
    int told[IDS];
    bool failed[IDS], missing[IDS], kept[IDS];
    struct measures found[IDS];
    char title[IDS][64];            /* as its tags have it */
    int markers[IDS];
    char path[IDS][4096], text[IDS][200];
    pid_t worker;                   /* the last */
};
static struct scene scene;

static unsigned known(void *context, const char *path, const struct catalog_stamp *stamp)
{
    assert_true(path[0] == '/' && stamp->size > 0);
    return ((struct scene *)context)->known;
}

static double load(void *context)
{
    return ((struct scene *)context)->load;
}

static void told(void *context, const struct background_result *result)
{
    struct scene *s = context;
    assert_true(result->id < IDS);
    s->told[result->id]++;
    s->failed[result->id] = result->failed;
    s->missing[result->id] = result->missing;
    s->kept[result->id] = result->peaks_kept;
    s->found[result->id] = *result->found;
    assert_true((result->tags != NULL) == ((result->found->kinds & MEASURE_TAGS) != 0));
    if (result->tags) {
        snprintf(s->title[result->id], sizeof s->title[0], "%s", tags_get(result->tags, TAG_TITLE));
        s->markers[result->id] = result->tags->markers;
    }
    snprintf(s->path[result->id], sizeof s->path[0], "%s", result->path);
    snprintf(s->text[result->id], sizeof s->text[0], "%s", result->text);
}

static int begin(void **state, unsigned patience_ms, bool loudness_last)
{
    const struct background_hooks hooks = {.known = known, .told = told, .load = load, .context = &scene,
                                           .patience_ms = patience_ms,
                                           .loudness_last = loudness_last};
    if (folder_enter(state) < 0)
        return -1;
    scene = (struct scene){0};
    mkdir("peaks", 0700);
    scene.background = background_new(&hooks, "peaks");
    alarm(300);
    return 0;
}

static int start(void **state)
{
    return begin(state, 0, false);
}

static int start_hasty(void **state)
{
    return begin(state, 300, false);
}

static int start_loudness_last(void **state)
{
    return begin(state, 0, true);
}

static int stop(void **state)
{
    background_free(scene.background);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    return folder_leave(state);
}

/* One turn, with a worker if one is lacking. */
static void turn(void)
{
    struct pollfd fds[BACKGROUND_FDS_MAX];
    int timeout_ms = 100;
    if (background_lacks(scene.background) > 0) {
        int socket, staging;
        scene.worker = rig_fork_worker(&socket, &staging);
        background_add_worker(scene.background, socket, staging, scene.worker);
    }
    int count = background_poll(scene.background, fds, BACKGROUND_FDS_MAX, &timeout_ms);
    assert_true(timeout_ms >= 0);
    poll(fds, (nfds_t)count, timeout_ms);
    background_handle(scene.background);
}

static void run(void)
{
    while (background_left(scene.background) > 0)
        turn();
}

static void run_for(unsigned ms)
{
    uint64_t until = clock_now_rt() + ms * (CLOCK_SECOND_NS / 1000);
    while (clock_now_rt() < until)
        turn();
}

static uint64_t hash_of(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    char *bytes = xmalloc((size_t)st.st_size);
    assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
    close(fd);
    uint64_t hash = xxh64_of(bytes, (size_t)st.st_size, 0);
    free(bytes);
    return hash;
}

static void media_are_measured_once(void **state)
{
    (void)state;
    static const char *files[] = {"a.wav", "b.flac", "c.wav"};
    rig_make_file("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 70000);
    rig_make_file("b.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 2, 44100, 30000);
    rig_make_file("c.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, 96000, 1);
    for (uint32_t i = 0; i < 3; i++)
        background_want(scene.background, i, AT_FDCWD, files[i], measure_kinds());
    assert_int_equal(background_left(scene.background), 3);
    run();
    for (uint32_t i = 0; i < 3; i++) {
        struct peakfile peaks;
        struct err err;
        assert_true(scene.told[i] == 1 && !scene.failed[i] && scene.kept[i]);
        assert_int_equal(scene.found[i].kinds, measure_kinds());
        assert_true(scene.found[i].hash == hash_of(files[i]));
        assert_int_equal(peakfile_read(&peaks, "peaks", scene.path[i], &scene.found[i].stamp, &err), 0);
        assert_int_equal(peaks.frames, scene.found[i].frames);
        peakfile_clear(&peaks);
        background_want(scene.background, i, AT_FDCWD, files[i], measure_kinds());
    }
    scene.known = MEASURE_TAGS | MEASURE_TABLE | MEASURE_HASH | MEASURE_LOUDNESS;
    run();
    for (uint32_t i = 0; i < 3; i++)
        assert_true(scene.told[i] == 2 && !scene.failed[i] && scene.kept[i] && scene.found[i].kinds == 0);
}

/* The first of two files has all but its loudness, then the second, then the first its loudness. */
static void make_titled(const char *path, const char *title)
{
    SF_INFO info = {.samplerate = 48000, .channels = 1, .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    static const short samples[4800];
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    assert_true(file && sf_set_string(file, SF_STR_TITLE, title) == 0);
    assert_int_equal(sf_write_short(file, samples, 4800), 4800);
    assert_int_equal(sf_close(file), 0);
}

static void what_a_file_says_of_itself_is_told_once(void **state)
{
    (void)state;
    make_titled("a.flac", "Rain on the roof");
    background_want(scene.background, 0, AT_FDCWD, "a.flac", MEASURE_TAGS);
    background_want(scene.background, 1, AT_FDCWD, "a.flac", MEASURE_TAGS | MEASURE_HASH);
    run();
    for (int i = 0; i < 2; i++) {
        assert_true(scene.told[i] == 1 && !scene.failed[i]);
        assert_string_equal(scene.title[i], "Rain on the roof");
        assert_int_equal(scene.markers[i], 0);
    }
    assert_int_equal(scene.found[0].kinds, MEASURE_TAGS);
    assert_true(scene.found[1].kinds == (MEASURE_TAGS | MEASURE_HASH) && scene.found[1].hash == hash_of("a.flac"));
    scene.known = MEASURE_TAGS;
    background_want(scene.background, 0, AT_FDCWD, "a.flac", MEASURE_TAGS);
    run();
    assert_true(scene.told[0] == 2 && scene.found[0].kinds == 0);
}

static void loudness_comes_last(void **state)
{
    (void)state;
    if (!(measure_kinds() & MEASURE_LOUDNESS))
        skip();
    for (uint32_t i = 0; i < 2; i++) {
        char name[] = {(char)('a' + i), '.', 'w', 'a', 'v', '\0'};
        rig_make_file(name, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 1000);
        background_want(scene.background, i, AT_FDCWD, name, measure_kinds());
    }
    while (!scene.told[0])
        turn();
    assert_int_equal(scene.found[0].kinds, MEASURE_TAGS | MEASURE_TABLE | MEASURE_HASH | MEASURE_PEAKS);
    while (!scene.told[1])
        turn();
    assert_int_equal(scene.found[1].kinds, MEASURE_TAGS | MEASURE_TABLE | MEASURE_HASH | MEASURE_PEAKS);
    run();
    assert_true(scene.told[0] == 2 && scene.found[0].kinds == MEASURE_LOUDNESS && !scene.failed[0]);
    assert_true(scene.told[1] == 2 && scene.found[1].kinds == MEASURE_LOUDNESS && !scene.failed[1]);
}

static void what_cannot_be_measured_is_told(void **state)
{
    (void)state;
    folder_write("text.wav", "no sound");
    background_want(scene.background, 0, AT_FDCWD, "none.wav", MEASURE_PEAKS);
    background_want(scene.background, 1, AT_FDCWD, "text.wav", MEASURE_PEAKS);
    run();
    assert_true(scene.missing[0] && scene.failed[0] && strstr(scene.text[0], "no such file"));
    assert_true(!scene.missing[1] && scene.failed[1] && !scene.kept[1] && scene.text[1][0]);
    assert_int_equal(scene.told[0] + scene.told[1], 2);
}

static void it_pauses_when_the_machine_is_busy(void **state)
{
    (void)state;
    rig_make_file("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 1000);
    scene.load = 0.71;
    background_want(scene.background, 0, AT_FDCWD, "a.wav", MEASURE_HASH);
    background_want(scene.background, 1, AT_FDCWD, "a.wav", MEASURE_HASH);
    background_handle(scene.background);
    run_for(1200);
    assert_true(background_paused(scene.background));
    assert_int_equal(background_lacks(scene.background), 0);
    assert_int_equal(background_left(scene.background), 2);
    background_first(scene.background, 1);          /* someone waits for this one */
    while (!scene.told[1])
        turn();
    scene.load = 0.65;                              /* not yet */
    run_for(1200);
    assert_true(background_paused(scene.background) && !scene.told[0]);
    scene.load = 0.59;
    run();
    assert_true(scene.told[0] && !background_paused(scene.background));
}

static void it_holds_between_two_pieces(void **state)
{
    (void)state;
    rig_make_file("long.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 48000, LONG_FRAMES);
    background_want(scene.background, 0, AT_FDCWD, "long.wav", MEASURE_PEAKS);
    while (background_share(scene.background) == 0)
        turn();
    background_hold(scene.background, true);
    turn();
    run_for(100);
    double held = background_share(scene.background);
    assert_true(held > 0 && held < 1);
    run_for(300);
    assert_true(background_share(scene.background) == held);
    background_hold(scene.background, false);
    run();
    assert_true(scene.told[0] && scene.kept[0] && scene.found[0].frames == LONG_FRAMES);
}

static void a_killed_worker_costs_its_file_nothing(void **state)
{
    (void)state;
    rig_make_file("long.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 48000, LONG_FRAMES);
    background_want(scene.background, 0, AT_FDCWD, "long.wav", MEASURE_PEAKS);
    while (background_share(scene.background) == 0)
        turn();
    kill(scene.worker, SIGKILL);
    run();
    assert_true(scene.told[0] == 1 && !scene.failed[0] && scene.found[0].frames == LONG_FRAMES);
}

static void files_dropped_are_not_told_and_leave_nothing(void **state)
{
    (void)state;
    rig_make_file("long.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 48000, LONG_FRAMES);
    rig_make_file("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 1000);
    background_want(scene.background, 0, AT_FDCWD, "long.wav", MEASURE_PEAKS);
    while (background_share(scene.background) == 0)
        turn();
    background_drop(scene.background, 0);
    assert_int_equal(background_left(scene.background), 0);
    background_want(scene.background, 1, AT_FDCWD, "a.wav", MEASURE_PEAKS);
    run();
    assert_true(scene.told[0] == 0 && scene.told[1] == 1 && scene.kept[1]);
    DIR *dir = opendir("peaks");
    int entries = -2;
    while (readdir(dir))
        entries++;
    closedir(dir);
    assert_int_equal(entries, 1);
}

/* A worker that is us, and has been asked to open a file. Return: its end of the socket. */
static int be_asked(void)
{
    static struct msg msg;
    int pair[2], staging = work_make_staging();
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    rig_make_file("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 1000);
    background_add_worker(scene.background, pair[0], staging, -1);
    background_want(scene.background, 0, AT_FDCWD, "a.wav", MEASURE_PEAKS);
    struct pollfd asked = {.fd = pair[1], .events = POLLIN};
    while (poll(&asked, 1, 0) == 0)
        turn();
    assert_int_equal(msg_recv(pair[1], &msg), 1);
    msg_clear(&msg);
    return pair[1];
}

static void nonsense_ends_the_worker(void **state)
{
    (void)state;
    int socket = be_asked();
    assert_int_equal(write(socket, "junk", 4), 4);
    run();
    assert_true(scene.told[0] == 1 && scene.failed[0] && strstr(scene.text[0], "nonsense"));
    close(socket);
}

static void a_hang_ends_the_worker_and_delays_no_other_file(void **state)
{
    (void)state;
    int socket = be_asked();
    rig_make_file("b.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 1000);
    background_want(scene.background, 1, AT_FDCWD, "b.wav", MEASURE_PEAKS);
    run();
    assert_true(scene.told[0] == 1 && scene.failed[0] && strstr(scene.text[0], "did not answer in time"));
    assert_true(scene.told[1] == 1);
    close(socket);
}

/* Two processes that measure the same medium: one waits for the other, and takes what it made. */
static void another_process_may_be_at_it(void **state)
{
    (void)state;
    char path[4096];
    struct stat st;
    struct err err;
    struct peak bins[8] = {{0}};
    rig_make_file("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 1000);
    assert_non_null(realpath("a.wav", path));
    assert_int_equal(stat(path, &st), 0);
    struct catalog_stamp stamp = catalog_stamp_of(&st);
    struct peakfile_writer *other = peakfile_begin("peaks", path, &stamp, 48000, 2, &err);
    assert_non_null(other);
    background_want(scene.background, 0, AT_FDCWD, "a.wav", MEASURE_PEAKS);
    run_for(500);
    assert_int_equal(background_left(scene.background), 1);
    peakfile_add(other, bins, 4);
    assert_int_equal(peakfile_finish(other, 1000, &err), 0);
    run();
    assert_true(!scene.failed[0] && scene.kept[0] && scene.found[0].kinds == 0);
}

/* Without a folder for peaks the rest is found all the same. */
static void no_place_for_peaks_is_said(void **state)
{
    (void)state;
    rig_make_file("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 1000);
    assert_int_equal(rmdir("peaks"), 0);
    background_want(scene.background, 0, AT_FDCWD, "a.wav", MEASURE_PEAKS | MEASURE_HASH);
    run();
    assert_true(scene.failed[0] && !scene.kept[0] && scene.found[0].kinds == MEASURE_HASH);
    assert_true(scene.found[0].hash == hash_of("a.wav"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(media_are_measured_once, start, stop),
        cmocka_unit_test_setup_teardown(what_a_file_says_of_itself_is_told_once, start, stop),
        cmocka_unit_test_setup_teardown(loudness_comes_last, start_loudness_last, stop),
        cmocka_unit_test_setup_teardown(what_cannot_be_measured_is_told, start, stop),
        cmocka_unit_test_setup_teardown(it_pauses_when_the_machine_is_busy, start, stop),
        cmocka_unit_test_setup_teardown(it_holds_between_two_pieces, start, stop),
        cmocka_unit_test_setup_teardown(a_killed_worker_costs_its_file_nothing, start, stop),
        cmocka_unit_test_setup_teardown(files_dropped_are_not_told_and_leave_nothing, start, stop),
        cmocka_unit_test_setup_teardown(nonsense_ends_the_worker, start, stop),
        cmocka_unit_test_setup_teardown(a_hang_ends_the_worker_and_delays_no_other_file, start_hasty, stop),
        cmocka_unit_test_setup_teardown(another_process_may_be_at_it, start, stop),
        cmocka_unit_test_setup_teardown(no_place_for_peaks_is_said, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
