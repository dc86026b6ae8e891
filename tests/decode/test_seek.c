/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any piece of any coded file, asked for in any order, is bit for bit the same piece of the file
 * decoded from its beginning to its end. Files come from libsndfile's encoders, and from lame,
 * opusenc and ffmpeg where these are there. All of that again with the file's seek table.
 */
#include "config.h"

#include "../folder.h"
#include "../media/rig.h"

#include "base/xalloc.h"
#include "decode/codec.h"
#include "decode/mpeg_frames.h"
#include "media/known.h"
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
    struct codec *codec = codec_open(fd, NULL, facts);
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

/* What a worker made of the whole file, as another one gets it from the catalogue. */
static void make_table(const char *path, struct seek_table *taken)
{
    static struct seek_table made;
    struct work_opened facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct codec *codec = codec_open(fd, NULL, &facts);
    assert_non_null(codec);
    codec_tabulate(codec, fd, &made);
    codec_close(codec);
    assert_true(seek_table_take(taken, &made, seek_table_bytes(&made), (int64_t)lseek(fd, 0, SEEK_END)));
    close(fd);
}

/* Every fifth piece from a decoder opened anew, as a worker does that had another file in between. */
static void check_pieces_with(const char *path, const struct seek_table *table, const struct work_opened *facts,
                              const char *whole)
{
    struct work_opened again;
    size_t frame_bytes = work_frame_bytes(facts->sample, facts->channels);
    char *piece = xcalloc(PIECE_MAX, frame_bytes);
    unsigned random = 7;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct codec *codec = codec_open(fd, table, &again);
    assert_non_null(codec);
    assert_memory_equal(&again, facts, sizeof again);
    for (int i = 0; i < PIECES; i++) {
        int64_t at = i == 0 ? facts->frames - 1 : next_random(&random) % facts->frames, left = facts->frames - at;
        uint32_t count = 1 + next_random(&random) % (PIECE_MAX - 1);
        if (count > left)
            count = (uint32_t)left;
        if (i % 5 == 4) {
            codec_close(codec);
            codec = codec_open(fd, table, &again);
            assert_non_null(codec);
        }
        assert_int_equal(codec_read(codec, at, count, piece), count);
        if (memcmp(piece, whole + (size_t)at * frame_bytes, count * frame_bytes) != 0)
            fail_msg("%s%s: %u frames from %lld on differ from the whole", path, table ? " by its table" : "", count,
                     (long long)at);
    }
    codec_close(codec);
    close(fd);
    free(piece);
}

/* A table whose numbers are sound and lead anywhere: the decoder gives something or nothing, and lives. */
static void check_made_up_table(const char *path, const struct seek_table *table)
{
    static struct seek_table lie;
    static char room[PIECE_MAX * WORK_CHANNELS_MAX * 4];
    struct work_opened facts;
    struct seek_maker maker;
    unsigned random = 11;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (int i = 0; i < 5; i += 2) {
        int64_t at = 0;
        seek_maker_begin(&maker, &lie, table->kind, table->bytes);
        for (uint32_t part = 0; part < table->parts + (uint32_t)i; part++)
            seek_maker_part(&maker, part * 1000, part * 777);
        for (int point = 0; point < 100 && at < table->bytes; point++, at += next_random(&random) % 5000)
            seek_maker_add(&maker, point * (1 + i * 64), at);
        seek_maker_end(&maker, table->units + (i - 2) * 1000 > 0 ? table->units + (i - 2) * 1000 : 1, 0);
        struct codec *codec = codec_open(fd, &lie, &facts);
        for (int64_t first = 0; codec && first < facts.frames; first += facts.frames / 4 + 1)
            assert_true(codec_read(codec, first, 1000, room) <= 1000);
        codec_close(codec);
    }
    close(fd);
}

static void check_pieces(const char *path)
{
    static struct seek_table table;
    struct work_opened facts;
    char *whole = decode_whole(path, &facts);
    check_pieces_with(path, NULL, &facts, whole);
    make_table(path, &table);
    if (table.kind != SEEK_NONE) {
        check_pieces_with(path, &table, &facts, whole);
        check_made_up_table(path, &table);
    }
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
        check_made("a.caf", SF_FORMAT_CAF | SF_FORMAT_ALAC_16, channels, 48000);
        check_made("ima.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, channels, 44100);
        check_made("ms.wav", SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM, channels, 44100);
    }
    check_made("gsm.wav", SF_FORMAT_WAV | SF_FORMAT_GSM610, 1, 8000);
}

/* Bytes this process has read so far, as the kernel counts them; -1: it does not say. */
static long long bytes_read(void)
{
    char line[80];
    long long bytes = -1;
    FILE *file = fopen("/proc/self/io", "re");
    while (file && bytes < 0 && fgets(line, sizeof line, file))
        sscanf(line, "rchar: %lld", &bytes);
    if (file)
        fclose(file);
    return bytes;
}

/* Places far into a long file: the same frames as from its beginning on, and what is read of the file for one is little. */
static void check_far(const char *path, const struct seek_table *table, int64_t least_bytes)
{
    enum { JUMPS = 25, FRAMES = 3000, PART = 10 };
    static char piece[FRAMES * 2 * sizeof(float)];
    struct work_opened facts, again;
    unsigned random = 3;
    char *whole = decode_whole(path, &facts);
    size_t frame_bytes = work_frame_bytes(facts.sample, facts.channels);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    long long size = (long long)lseek(fd, 0, SEEK_END), most = 0, before = bytes_read();
    struct codec *codec = codec_open(fd, table, &again);
    assert_non_null(codec);
    assert_memory_equal(&again, &facts, sizeof again);
    long long opening = bytes_read() - before;
    for (int i = 0; i < JUMPS; i++) {
        int64_t at = next_random(&random) % (facts.frames - FRAMES);
        before = bytes_read();
        assert_int_equal(codec_read(codec, at, FRAMES, piece), FRAMES);
        most = bytes_read() - before > most ? bytes_read() - before : most;
        if (memcmp(piece, whole + (size_t)at * frame_bytes, FRAMES * frame_bytes) != 0)
            fail_msg("%s: frames from %lld on differ from the whole", path, (long long)at);
    }
    print_message("%s: %lld bytes; read to open it %lld, for a place in it at most %lld\n", path, size, opening, most);
    assert_true(size > least_bytes);
    assert_true(opening < size / PART && most < size / PART);
    codec_close(codec);
    close(fd);
    free(whole);
}

static void far_into_a_long_file(void **state)
{
    (void)state;
    enum { LONG_SECONDS = 240, BYTES = 2 << 20 };
    static struct seek_table table;
    static const struct {
        const char *path;
        int format;
    } made[] = {{"ima-long.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM}, {"ms-long.wav", SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM},
                {"long.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16}};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        rig_make_file(made[i].path, made[i].format, 1, 22050, LONG_SECONDS * 22050);
        make_table(made[i].path, &table);
        assert_int_equal(table.kind, SEEK_NONE);        /* places are found by arithmetic, or by the file's own marks */
        check_far(made[i].path, NULL, BYTES);
    }
#ifdef HAVE_FFMPEG
    if (system("command -v ffmpeg >/dev/null") != 0)
        return;
    rig_make_file("long.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 44100, LONG_SECONDS * 44100);
    assert_int_equal(system("ffmpeg -v error -y -i long.wav -c:a wmav2 -b:a 192k long.wma"), 0);
    make_table("long.wma", &table);
    assert_int_equal(table.kind, SEEK_ASF);
    check_far("long.wma", &table, BYTES);
#endif
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
        {"lame", "lame --quiet -V 4 -m m x.wav v.mp3", "v.mp3"},
        {"lame", "lame --quiet -b 32 --resample 16 x.wav s.mp3", "s.mp3"},
        {"lame", "lame --quiet -p -t -V 2 x.wav p.mp3", "p.mp3"}, {"oggenc", "oggenc -Q -q 6 -o o.ogg x.wav", "o.ogg"},
        {"opusenc", "opusenc --quiet --bitrate 24 x.wav o.opus", "o.opus"},
        {"opusenc", "opusenc --quiet --framesize 60 --bitrate 96 x.wav f.opus", "f.opus"},
        {"flac", "flac -s -f --no-seektable -o n.flac x.wav", "n.flac"},
        {"flac", "flac -s -f -c --force-raw-format --endian=little --sign=signed --channels=2 --bps=16 --sample-rate=44100 - <x.wav"
                 " 2>log | cat >u.flac", "u.flac"},     /* its length is not in its header */
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

/* The table is known of an MP3 without a tag; it says half of its frames, so that it shows where the length came from. */
static bool known_table(void *context, const char *path, const struct stat *st, struct seek_table *table)
{
    static struct seek_table whole;
    struct seek_maker maker;
    (void)context;
    make_table(path, &whole);
    seek_maker_begin(&maker, table, whole.kind, (int64_t)st->st_size);
    for (uint32_t i = 0; i < whole.count; i++)
        seek_maker_add(&maker, whole.point[i].unit, whole.point[i].at);
    seek_maker_end(&maker, whole.units / 2, 0);
    return true;
}

static bool known_nothing(void *context, const char *path, const struct stat *st, struct work_opened *facts)
{
    (void)context, (void)path, (void)st, (void)facts;
    return false;
}

static void learn_nothing(void *context, const char *path, const struct stat *st, const struct work_opened *facts)
{
    (void)context, (void)path, (void)st, (void)facts;
}

/* Nor is the length of a bare AAC file told anywhere: it must end with a packet. */
static void bare_aac_that_is_cut_short_says_so(void **state)
{
    struct rig *rig = *state;
#ifdef HAVE_FFMPEG
    if (system("command -v ffmpeg >/dev/null") != 0)
        skip();
    rig_make_file("y.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 44100, 2 * 44100);
    assert_int_equal(system("ffmpeg -v error -y -i y.wav -c:a aac y.aac"), 0);
    assert_string_equal(rig_load(rig, 4, "y.aac")->text, "");
    rig_cut_file("y.aac", "cut.aac", 5003);
    assert_string_equal(rig_load(rig, 4, "cut.aac")->text, "cut short: it ends within a packet");
#else
    (void)rig;
    skip();
#endif
}

static void a_known_table_goes_with_its_file(void **state)
{
    struct rig *rig = *state;
    struct media_known known = {.find = known_nothing, .learned = learn_nothing, .table = known_table};
    struct mpeg_frames frames;
    rig_make_file("tagged.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 2, 44100, 3 * 44100);
    int fd = open("tagged.mp3", O_RDONLY | O_CLOEXEC);
    assert_true(mpeg_frames_init(&frames, fd, lseek(fd, 0, SEEK_END)));
    int64_t behind_tag = mpeg_frames_find(&frames, 1);
    mpeg_frames_clear(&frames);
    close(fd);
    char command[80];
    snprintf(command, sizeof command, "tail -c +%d tagged.mp3 >bare.mp3", (int)behind_tag + 1);
    assert_int_equal(system(command), 0);
    static struct seek_table table;
    make_table("bare.mp3", &table);
    if (table.kind != SEEK_MPEG)        /* built without libmpg123 */
        skip();
    int64_t whole = rig_load(rig, 1, "bare.mp3")->file_frames;
    assert_in_range(whole, 3 * 44100, 3 * 44100 + 4 * 1152);
    assert_string_equal(rig->info[1].text, "");
    rig_cut_file("bare.mp3", "cut.mp3", 10001);
    assert_string_equal(rig_load(rig, 3, "cut.mp3")->text, "cut short: it ends within an MPEG frame");
    loader_set_known(rig->loader, &known);
    assert_int_equal(rig_load(rig, 2, "bare.mp3")->file_frames, whole / 1152 / 2 * 1152);
    loader_set_known(rig->loader, &(struct media_known){0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libsndfile_s_encoders), cmocka_unit_test(far_into_a_long_file), cmocka_unit_test(chained_ogg),
        cmocka_unit_test(real_encoders),
        cmocka_unit_test(a_known_table_goes_with_its_file), cmocka_unit_test(bare_aac_that_is_cut_short_says_so),
    };
    codec_load();
    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
