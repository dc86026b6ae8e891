/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WAV files as written, read back by libsndfile; and what is left when writing fails. */
#include "config.h"

#include "process/wavfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>
#include <sndfile.h>
#include <cmocka.h>

static char path[] = "/tmp/clipgrid-wavfile-XXXXXX";

static int make_path(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void write_and_read(enum output_format format, unsigned channels, int frames, int sndfile_format)
{
    struct err err;
    unsigned char bytes[4 * 4 * 10] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    struct wavfile *wav = wavfile_open(path, channels, 44100, format, &err);
    assert_non_null(wav);
    for (int i = 0; i < frames; i++)
        assert_int_equal(wavfile_write(wav, bytes, 1, &err), 0);
    assert_int_equal(wavfile_close(wav, &err), 0);

    SF_INFO info = { 0 };
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    assert_non_null(file);
    assert_int_equal(info.frames, frames);
    assert_int_equal(info.channels, channels);
    assert_int_equal(info.samplerate, 44100);
    assert_int_equal(info.format & SF_FORMAT_SUBMASK, sndfile_format);
    unsigned char back[sizeof bytes];
    size_t frame_bytes = frames ? channels * output_sample_bytes(format) : 0;
    assert_int_equal(sf_read_raw(file, back, (sf_count_t)frame_bytes), frame_bytes);
    assert_memory_equal(back, bytes, frame_bytes);
    sf_close(file);
}

static void reads_back(void **state)
{
    (void)state;
    write_and_read(OUTPUT_S16, 2, 5, SF_FORMAT_PCM_16);
    write_and_read(OUTPUT_S24_3, 1, 3, SF_FORMAT_PCM_24);       /* nine bytes: padded */
    write_and_read(OUTPUT_F32, 2, 1, SF_FORMAT_FLOAT);
    write_and_read(OUTPUT_F32, 10, 4, SF_FORMAT_FLOAT);
    write_and_read(OUTPUT_S16, 10, 0, SF_FORMAT_PCM_16);
}

static void a_place_that_is_not_there_is_said(void **state)
{
    (void)state;
    struct err err;
    assert_null(wavfile_open("/nonexistent/x.wav", 2, 48000, OUTPUT_S16, &err));
    assert_string_equal(err.text, "/nonexistent/x.wav: No such file or directory");
}

/* A file size limit stands for a full disk. */
static void half_a_file_is_removed(void **state)
{
    (void)state;
    static const unsigned char zeros[4000];
    struct rlimit old, limit;
    struct err err;
    struct stat info;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    limit = old;
    limit.rlim_cur = 100000;
    struct wavfile *wav = wavfile_open(path, 2, 48000, OUTPUT_S16, &err);
    assert_non_null(wav);
    setrlimit(RLIMIT_FSIZE, &limit);
    int failed = 0;
    for (int i = 0; i < 100; i++)
        failed |= wavfile_write(wav, zeros, 1000, &err);
    failed |= wavfile_close(wav, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_true(failed);
    assert_non_null(strstr(err.text, "File too large"));
    assert_int_equal(stat(path, &info), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_back, make_path, remove_path),
        cmocka_unit_test(a_place_that_is_not_there_is_said),
        cmocka_unit_test(half_a_file_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
