/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Apple Lossless in CAF is read by FFmpeg where a worker has it, and by libsndfile elsewhere: what a file is said to be and
 * every sample of it, from any place on, are the same by both.
 */
#include "config.h"

#include "../media/rig.h"

#include "base/xalloc.h"
#include "decode/codec.h"
#include "decode/ffmpeg_codec.h"
#include "decode/sndfile_codec.h"
#include "wire/work.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#ifdef HAVE_FFMPEG
enum { PACKET = 4096, PIECES = 12, PIECE_MAX = 3 * PACKET };

static struct codec *open_by(const struct codec_kind *kind, int fd, struct work_opened *facts)
{
    struct codec *codec = NULL;
    *facts = (struct work_opened){0};
    if (kind->open(fd, NULL, facts, &codec) != CODEC_OPENED)
        return NULL;
    codec->kind = kind;
    return codec;
}

static void read_all(struct codec *codec, int64_t first, int64_t frames, size_t frame_bytes, char *out)
{
    for (int64_t got = 0; got < frames;) {
        uint32_t made = codec_read(codec, first + got, (uint32_t)(frames - got), out + (size_t)got * frame_bytes);
        assert_true(made > 0);
        got += made;
    }
}

static void check_same(int format, unsigned channels, int64_t frames)
{
    struct work_opened facts[2];
    rig_make_file("a.caf", format, channels, 44100, frames);
    int fd = open("a.caf", O_RDONLY | O_CLOEXEC);
    struct codec *ours = open_by(&ffmpeg_codec, fd, &facts[0]), *theirs = open_by(&sndfile_codec, fd, &facts[1]);
    assert_non_null(ours);
    assert_non_null(theirs);
    assert_memory_equal(&facts[0], &facts[1], sizeof facts[0]);
    assert_int_equal(facts[0].frames, frames);
    size_t frame_bytes = work_frame_bytes(facts[0].sample, channels);
    char *got = xcalloc((size_t)frames, frame_bytes), *wanted = xcalloc((size_t)frames, frame_bytes);
    read_all(theirs, 0, frames, frame_bytes, wanted);
    read_all(ours, 0, frames, frame_bytes, got);
    assert_memory_equal(got, wanted, (size_t)frames * frame_bytes);
    for (int i = 0; i < PIECES; i++) {          /* around the packets' edges, backwards */
        int64_t at = frames - 1 - i * (frames / PIECES), left = frames - at, count = left < PIECE_MAX ? left : PIECE_MAX;
        read_all(ours, at, count, frame_bytes, got);
        assert_memory_equal(got, wanted + (size_t)at * frame_bytes, (size_t)count * frame_bytes);
    }
    codec_close(ours);
    codec_close(theirs);
    free(got);
    free(wanted);
    close(fd);
}

static void both_readers_give_the_same(void **state)
{
    static const int formats[] = {SF_FORMAT_ALAC_16, SF_FORMAT_ALAC_24};
    static const int64_t lengths[] = {1, 1000, PACKET - 1, PACKET, PACKET + 1, 30 * PACKET, 200001};
    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
            check_same(SF_FORMAT_CAF | formats[i], 1, lengths[j]);
            check_same(SF_FORMAT_CAF | formats[i], 2, lengths[j]);
        }
}

/* Cut short, other widths, more channels, another coding: libsndfile's, which says what is to be said. */
static void what_is_unusual_is_left_alone(void **state)
{
    struct work_opened facts;
    (void)state;
    rig_make_file("whole.caf", SF_FORMAT_CAF | SF_FORMAT_ALAC_16, 2, 44100, 100000);
    rig_cut_file("whole.caf", "cut.caf", 90000);
    rig_make_file("six.caf", SF_FORMAT_CAF | SF_FORMAT_ALAC_16, 6, 44100, 100000);
    rig_make_file("plain.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 2, 44100, 100000);
    rig_make_file("20.caf", SF_FORMAT_CAF | SF_FORMAT_ALAC_20, 1, 44100, 100000);
    rig_make_file("32.caf", SF_FORMAT_CAF | SF_FORMAT_ALAC_32, 2, 44100, 100000);
    static const char *const paths[] = {"cut.caf", "20.caf", "32.caf", "six.caf", "plain.caf"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int fd = open(paths[i], O_RDONLY | O_CLOEXEC);
        assert_null(open_by(&ffmpeg_codec, fd, &facts));
        struct codec *codec = codec_open(fd, NULL, &facts);
        assert_non_null(codec);
        assert_ptr_equal(codec->kind, &sndfile_codec);
        codec_close(codec);
        close(fd);
    }
}
#else
static void both_readers_give_the_same(void **state)
{
    (void)state;
    skip();
}

static void what_is_unusual_is_left_alone(void **state)
{
    (void)state;
    skip();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_readers_give_the_same), cmocka_unit_test(what_is_unusual_is_left_alone),
    };
    codec_load();
    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
