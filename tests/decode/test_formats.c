/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kind of file, through a real worker into clip memory: what is there is what the library decodes. */
#include "config.h"

#include "../media/rig.h"

#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* MP3 is decoded by the library's own library, whose last bit depends on where it begins. */
static void assert_same_samples(const float *a, const float *b, size_t count, const char *what)
{
    float most = strstr(what, ".mp3") ? 0x1p-22f : 0;
    for (size_t i = 0; i < count; i++)
        if (!(fabsf(a[i] - b[i]) <= most))
            fail_msg("%s: sample %zu is %.9g, not %.9g", what, i, (double)a[i], (double)b[i]);
}

/* Makes it, loads it at its own rate, compares. frames: what the file must hold. */
static void check_format(struct rig *rig, const char *path, int format, unsigned channels, unsigned rate, int64_t frames,
                         enum clipmem_format kept)
{
    struct clipmem_view view;
    unsigned file_channels, file_rate;
    int64_t file_frames;
    rig_make_file(path, format, channels, rate, frames);
    float *wanted = rig_decode(path, &file_channels, &file_rate, &file_frames);
    if (file_frames != frames)
        fail_msg("%s: the library has %lld frames", path, (long long)file_frames);
    const struct media_info *info = rig_load(rig, 1, path);
    if (info->state != MEDIA_READY)
        fail_msg("%s: %s", path, info->text);
    assert_string_equal(info->text, "");
    assert_int_equal(info->file_frames, frames);
    assert_int_equal(info->channels, channels);
    assert_int_equal(info->file_rate, rate);
    assert_int_equal(rig->facts[1].file_frames, frames);
    float *got = rig_take(rig, 1, &view);
    assert_int_equal(view.frames, frames);
    assert_int_equal(view.channels, channels);
    assert_int_equal(view.format, kept);
    assert_same_samples(got, wanted, (size_t)frames * channels, path);
    free(got);
    free(wanted);
    loader_drop(rig->loader, 1);
}

static void integers_and_floats_are_exact(void **state)
{
    struct rig *rig = *state;
    static const struct {
        int format;
        enum clipmem_format kept;
        const char *path;
    } subtypes[] = {
        {SF_FORMAT_WAV | SF_FORMAT_PCM_U8, CLIPMEM_S16, "u8.wav"},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, CLIPMEM_S16, "16.wav"},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_24, CLIPMEM_F32, "24.wav"},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_32, CLIPMEM_F32, "32.wav"},
        {SF_FORMAT_WAV | SF_FORMAT_FLOAT, CLIPMEM_F32, "float.wav"},
        {SF_FORMAT_WAV | SF_FORMAT_DOUBLE, CLIPMEM_F32, "double.wav"},
        {SF_FORMAT_WAV | SF_FORMAT_ULAW, CLIPMEM_S16, "ulaw.wav"},
        {SF_FORMAT_WAV | SF_FORMAT_ALAW, CLIPMEM_S16, "alaw.wav"},
        {SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, CLIPMEM_S16, "x16.wav"},
        {SF_FORMAT_RF64 | SF_FORMAT_PCM_24, CLIPMEM_F32, "24.rf64"},
        {SF_FORMAT_W64 | SF_FORMAT_PCM_16, CLIPMEM_S16, "16.w64"},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_S8, CLIPMEM_S16, "8.aiff"},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, CLIPMEM_S16, "16.aiff"},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_24, CLIPMEM_F32, "24.aiff"},
        {SF_FORMAT_AIFF | SF_FORMAT_FLOAT, CLIPMEM_F32, "float.aiff"},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_S8, CLIPMEM_S16, "8.flac"},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, CLIPMEM_S16, "16.flac"},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, CLIPMEM_F32, "24.flac"},
        {SF_FORMAT_AU | SF_FORMAT_PCM_16, CLIPMEM_S16, "16.au"},
        {SF_FORMAT_CAF | SF_FORMAT_PCM_16, CLIPMEM_S16, "16.caf"},
    };
    for (size_t i = 0; i < sizeof subtypes / sizeof *subtypes; i++) {
        check_format(rig, subtypes[i].path, subtypes[i].format, 1, 48000, 70002, subtypes[i].kept);
        check_format(rig, subtypes[i].path, subtypes[i].format, 2, 48000, 100003, subtypes[i].kept);
        check_format(rig, subtypes[i].path, subtypes[i].format, 2, 48000, 1, subtypes[i].kept);
    }
}

static void lengths_around_a_block_and_a_request(void **state)
{
    static const int64_t lengths[] = {8191, 8192, 8193, 16383, 16384, 32767, 32768, 32769, 65536, 65537, 131072, 131073};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        check_format(*state, "16.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, lengths[i], CLIPMEM_S16);
        check_format(*state, "float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 2, 48000, lengths[i], CLIPMEM_F32);
        check_format(*state, "float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, 48000, lengths[i], CLIPMEM_F32);
    }
}

static void coded_sound_has_its_exact_length(void **state)
{
    struct rig *rig = *state;
    for (unsigned channels = 1; channels <= 2; channels++) {
        check_format(rig, "a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, channels, 48000, 96001, CLIPMEM_F32);
        check_format(rig, "a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, channels, 48000, 96001, CLIPMEM_F32);
        check_format(rig, "a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, channels, 48000, 96001, CLIPMEM_F32);
    }
}

/* Opus has no rate but 48 kHz, whatever was put into its encoder. */
static void opus_is_decoded_at_48_khz(void **state)
{
    struct rig *rig = *state;
    struct clipmem_view view;
    rig_make_file("8k.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 1, 8000, 8000);
    const struct media_info *info = rig_load(rig, 2, "8k.opus");
    assert_int_equal(info->state, MEDIA_READY);
    assert_int_equal(info->file_rate, 48000);
    assert_int_equal(info->file_frames, 48000);
    free(rig_take(rig, 2, &view));
    assert_int_equal(view.frames, 48000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_and_floats_are_exact), cmocka_unit_test(lengths_around_a_block_and_a_request),
        cmocka_unit_test(coded_sound_has_its_exact_length), cmocka_unit_test(opus_is_decoded_at_48_khz),
    };
    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
