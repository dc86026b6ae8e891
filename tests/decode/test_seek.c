/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any piece of any coded file, asked for in any order, is bit for bit the same piece of the file
 * decoded from its beginning to its end. Files come from libsndfile's encoders, and from lame,
 * opusenc and ffmpeg where these are there.
 */
#include "config.h"

#include "../folder.h"
#include "../media/rig.h"

#include "base/xalloc.h"
#include "decode/codec.h"
#include "wire/work.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { PIECES = 40, PIECE_MAX = 12000, SEQUENTIAL = 4096, SECONDS = 9 };

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static char *decode_whole(const char *path, struct work_opened *facts)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct codec *codec = codec_open(fd, facts);
    if (!codec)
        fail_msg("%s: %s", path, facts->text);
    size_t frame_bytes = work_frame_bytes(facts->sample, facts->channels);
    char *whole = xcalloc((size_t)facts->frames, frame_bytes);
    for (int64_t at = 0; at < facts->frames;) {
        int64_t left = facts->frames - at;
        uint32_t got = codec_read(codec, at, left < SEQUENTIAL ? (uint32_t)left : SEQUENTIAL, whole + (size_t)at * frame_bytes);
        if (!got)
            fail_msg("%s ends at frame %lld of %lld", path, (long long)at, (long long)facts->frames);
        at += got;
    }
    codec_close(codec);
    close(fd);
    return whole;
}

/* Every fifth piece from a decoder opened anew, as a worker does that had another file in between. */
static void check_pieces(const char *path)
{
    struct work_opened facts, again;
    char *whole = decode_whole(path, &facts);
    size_t frame_bytes = work_frame_bytes(facts.sample, facts.channels);
    char *piece = xcalloc(PIECE_MAX, frame_bytes);
    unsigned random = 7;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct codec *codec = codec_open(fd, &again);
    assert_non_null(codec);
    for (int i = 0; i < PIECES; i++) {
        int64_t at = i == 0 ? facts.frames - 1 : next_random(&random) % facts.frames, left = facts.frames - at;
        uint32_t count = 1 + next_random(&random) % (PIECE_MAX - 1);
        if (count > left)
            count = (uint32_t)left;
        if (i % 5 == 4) {
            codec_close(codec);
            codec = codec_open(fd, &again);
            assert_non_null(codec);
        }
        assert_int_equal(codec_read(codec, at, count, piece), count);
        if (memcmp(piece, whole + (size_t)at * frame_bytes, count * frame_bytes) != 0)
            fail_msg("%s: %u frames from %lld on differ from the whole", path, count, (long long)at);
    }
    codec_close(codec);
    close(fd);
    free(piece);
    free(whole);
}

static void check_made(const char *path, int format, unsigned channels, unsigned rate)
{
    rig_make_file(path, format, channels, rate, (int64_t)SECONDS * rate);
    check_pieces(path);
}

static void libsndfile_s_encoders(void **state)
{
    (void)state;
    for (unsigned channels = 1; channels <= 2; channels++) {
        check_made("a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, channels, 44100);
        check_made("b.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, channels, 8000);
        check_made("a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, channels, 48000);
        check_made("b.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, channels, 16000);
        check_made("a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, channels, 44100);
        check_made("b.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, channels, 22050);
        check_made("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, channels, 48000);
        check_made("ima.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, channels, 44100);
        check_made("ms.wav", SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM, channels, 44100);
    }
    check_made("gsm.wav", SF_FORMAT_WAV | SF_FORMAT_GSM610, 1, 8000);
}

/* Two streams one behind the other in one file are one sound. */
static void chained_ogg(void **state)
{
    (void)state;
    struct work_opened first, both;
    check_made("one.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 2, 44100);
    rig_make_file("two.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 2, 44100, 100001);
    char *sound = decode_whole("one.ogg", &first);
    assert_int_equal(system("cat one.ogg two.ogg >both.ogg"), 0);
    char *whole = decode_whole("both.ogg", &both);
    assert_int_equal(both.frames, first.frames + 100001);
    assert_memory_equal(whole, sound, (size_t)first.frames * work_frame_bytes(first.sample, first.channels));
    check_pieces("both.ogg");
    free(sound);
    free(whole);
}

/* From whatever of these encoders is there, all from the same WAV file. */
static void real_encoders(void **state)
{
    (void)state;
    static const struct {
        const char *program, *command, *path;
    } made[] = {
        {"lame", "lame --quiet -b 128 x.wav l.mp3", "l.mp3"}, {"lame", "lame --quiet -t -b 128 x.wav t.mp3", "t.mp3"},
        {"lame", "lame --quiet -V 4 -m m x.wav v.mp3", "v.mp3"}, {"lame", "lame --quiet -b 32 --resample 16 x.wav s.mp3", "s.mp3"},
        {"lame", "lame --quiet -p -t -V 2 x.wav p.mp3", "p.mp3"}, {"oggenc", "oggenc -Q -q 6 -o o.ogg x.wav", "o.ogg"},
        {"opusenc", "opusenc --quiet --bitrate 24 x.wav o.opus", "o.opus"},
        {"opusenc", "opusenc --quiet --framesize 60 --bitrate 96 x.wav f.opus", "f.opus"},
        {"flac", "flac -s -f --no-seektable -o n.flac x.wav", "n.flac"},
        {"ffmpeg", "ffmpeg -v error -y -i x.wav -c:a mp2 x.mp2", "x.mp2"},
#ifdef HAVE_FFMPEG
        {"ffmpeg", "ffmpeg -v error -y -i x.wav -c:a aac x.m4a", "x.m4a"},
        {"ffmpeg", "ffmpeg -v error -y -i x.wav -c:a aac x.aac", "x.aac"},
        {"ffmpeg", "ffmpeg -v error -y -i x.wav -c:a alac a.m4a", "a.m4a"},
        {"ffmpeg", "ffmpeg -v error -y -i x.wav -c:a wmav2 x.wma", "x.wma"},
#endif
    };
    rig_make_file("x.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 44100, SECONDS * 44100);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        char find[80];
        snprintf(find, sizeof find, "command -v %s >/dev/null", made[i].program);
        if (system(find) != 0)
            print_message("no %s: %s is not tried\n", made[i].program, made[i].path);
        else if (system(made[i].command) != 0)
            fail_msg("%s", made[i].command);
        else
            check_pieces(made[i].path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libsndfile_s_encoders), cmocka_unit_test(chained_ogg), cmocka_unit_test(real_encoders),
    };
    codec_load();
    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
