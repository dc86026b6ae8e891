/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording's file: frame by frame what the past holds, whole at any moment, gone on with by another store, ended by a disk
 * that refuses. */
#include "config.h"

#include "process/take.h"
#include "platform/clock.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

static struct inputs *inputs;
static char folder[64];
static int folder_fd, wake;

static int set_up(void **state)
{
    (void)state;
    int fd = inputs_create();
    inputs = inputs_map(fd, true);
    close(fd);
    inputs_stamp_rt(inputs, 1, 48000);
    strcpy(folder, "/tmp/clipgrid-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    wake = eventfd(0, EFD_CLOEXEC);
    return inputs && folder_fd >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char line[128];
    inputs_unmap(inputs);
    close(folder_fd);
    close(wake);
    snprintf(line, sizeof line, "rm -r %s", folder);
    return system(line);
}

static float sample_of(uint64_t frame, unsigned channel)
{
    return (float)(frame * INPUTS_CHANNELS + channel + 1) / (1 << 24);
}

static void put(uint32_t frames)
{
    uint64_t first = inputs_written(inputs);
    for (uint32_t i = 0; i < frames; i++) {
        float frame[INPUTS_CHANNELS];
        for (unsigned channel = 0; channel < INPUTS_CHANNELS; channel++)
            frame[channel] = sample_of(first + i, channel);
        inputs_put_rt(inputs, frame, 1);
    }
}

/* Begins input B's take of `first` on; path "": a new file. */
static struct take *begin(uint64_t first, const char *path)
{
    struct msg_record order = {.input = 1, .rate = 48000, .first = first, .folder = "media"};
    strcpy(order.path, path);
    return take_begin(inputs, &order, folder_fd, wake);
}

static void await(struct take *take, struct msg_take *news)
{
    uint64_t count;
    do
        assert_int_equal(read(wake, &count, sizeof count), sizeof count);
    while (!take_news(take, news));
}

static void await_running(struct take *take, struct msg_take *news)
{
    await(take, news);
    if (news->state != MSG_TAKE_RUNNING)
        fail_msg("%s", news->text);
}

/* Return: frames of the file, which are those of the past from `first` on, but for silence if that may be. */
static sf_count_t check_file(const char *path, uint64_t first, bool may_be_silent)
{
    char name[256];
    SF_INFO info = {0};
    float frame[2];
    snprintf(name, sizeof name, "%s/%s", folder, path);
    SNDFILE *file = sf_open(name, SFM_READ, &info);
    assert_non_null(file);
    assert_true(info.channels == 2 && info.samplerate == 48000 && (info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_FLOAT);
    for (sf_count_t i = 0; i < info.frames; i++) {
        assert_int_equal(sf_readf_float(file, frame, 1), 1);
        bool silent = may_be_silent && frame[0] == 0 && frame[1] == 0;
        assert_true(silent || (frame[0] == sample_of(first + (uint64_t)i, 2) && frame[1] == sample_of(first + (uint64_t)i, 3)));
    }
    sf_close(file);
    return info.frames;
}

static void a_take_has_every_frame_of_its_stretch(void **state)
{
    (void)state;
    struct msg_take news;
    put(20000);
    struct take *take = begin(7000, "");
    await_running(take, &news);
    assert_non_null(strstr(news.path, "media/take-"));
    assert_non_null(strstr(news.path, "-b.wav"));
    assert_string_equal(take_path(take), news.path);
    put(10000);
    take_end(take, 25001);
    take_end(take, 29000);                      /* the first holds */
    await(take, &news);
    assert_true(news.state == MSG_TAKE_OVER && news.frames == 18001 && news.lost == 0);
    assert_string_equal(news.text, "");
    assert_int_equal(check_file(news.path, 7000, false), 18001);
    take_free(take);
}

static void another_store_goes_on_with_it(void **state)
{
    (void)state;
    struct msg_take news, again;
    put(5000);
    struct take *take = begin(1000, "");
    await_running(take, &news);
    put(3000);
    take_end(take, 8000);
    await(take, &again);                        /* as if that store had died here */
    take_free(take);
    put(50000);
    take = begin(1000, news.path);
    await_running(take, &again);
    assert_string_equal(again.path, news.path);
    take_end(take, 58000);
    await(take, &again);
    assert_true(again.state == MSG_TAKE_OVER && again.frames == 57000 && again.lost == 0);
    assert_int_equal(check_file(news.path, 1000, false), 57000);
    take_free(take);
}

static void names_are_new_each_time(void **state)
{
    (void)state;
    struct msg_take news[4];
    struct take *take[4];
    put(100);
    for (int i = 0; i < 4; i++) {
        take[i] = begin(0, "");
        await_running(take[i], &news[i]);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(news[i].path, news[k].path);
    }
    for (int i = 0; i < 4; i++)
        assert_true(take_finish(take[i]));
    for (int i = 0; i < 4; i++)
        assert_int_equal(check_file(news[i].path, 0, false), 100);
}

static void the_past_reaches_only_so_far(void **state)
{
    (void)state;
    struct msg_take news;
    put(INPUTS_CAPACITY);
    inputs_pass_rt(inputs, 300000);
    put(1000);
    uint64_t end = inputs_written(inputs);
    struct take *take = begin(0, "");
    await_running(take, &news);
    take_end(take, end);
    await(take, &news);
    assert_true(news.frames == end && news.lost >= 300000);
    assert_int_equal(check_file(news.path, 0, true), end);
    take_free(take);
}

static void another_rate_ends_it(void **state)
{
    (void)state;
    struct msg_take news;
    put(1000);
    struct take *take = begin(0, "");
    await_running(take, &news);
    put(2000);
    inputs_stamp_rt(inputs, 2, 44100);
    put(10);
    await(take, &news);
    assert_int_equal(news.state, MSG_TAKE_OVER);
    assert_int_equal(news.frames, 3000);
    assert_string_equal(news.text, "the input has another rate now");
    take_free(take);
}

/* As a full disk does, at the worst place: in the middle of a frame. */
static void a_refusing_disk_keeps_whole_frames(void **state)
{
    (void)state;
    struct msg_take news;
    struct rlimit all, some;
    signal(SIGXFSZ, SIG_IGN);
    put(1000);
    struct take *take = begin(0, "");
    await_running(take, &news);
    getrlimit(RLIMIT_FSIZE, &all);
    some = (struct rlimit){.rlim_cur = 20003, .rlim_max = all.rlim_max};
    setrlimit(RLIMIT_FSIZE, &some);
    put(50000);
    await(take, &news);
    setrlimit(RLIMIT_FSIZE, &all);
    assert_int_equal(news.state, MSG_TAKE_OVER);
    assert_string_equal(news.text, "File too large");
    assert_true(news.frames >= 2400 && news.frames < 2500);
    assert_int_equal(check_file(news.path, 0, false), news.frames);
    take_free(take);
}

static void what_cannot_begin_leaves_no_file(void **state)
{
    (void)state;
    struct msg_take news;
    int fd = openat(folder_fd, "media", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    close(fd);
    put(10);
    struct take *take = begin(0, "");
    await(take, &news);
    assert_int_equal(news.state, MSG_TAKE_FAILED);
    assert_string_equal(news.text, "media: Not a directory");
    take_free(take);
    take = begin(0, "media/absent.wav");
    await(take, &news);
    assert_int_equal(news.state, MSG_TAKE_FAILED);
    take_free(take);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_take_has_every_frame_of_its_stretch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_store_goes_on_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_new_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_past_reaches_only_so_far, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_rate_ends_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refusing_disk_keeps_whole_frames, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_begin_leaves_no_file, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
