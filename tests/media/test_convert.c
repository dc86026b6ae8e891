/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of another rate, converted on the way in piece by piece, is bit for bit what converting the whole gives. */
#include "config.h"

#include "rig.h"

#include "base/xalloc.h"
#include "pcm/resample.h"

#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The whole at once. Caller frees. */
static float *convert_whole(const float *in, int64_t frames, unsigned channels, unsigned from_rate, unsigned to_rate,
                            int64_t *out_frames)
{
    struct resampler *resampler = resample_new(from_rate, to_rate, channels);
    int64_t from, to;
    *out_frames = resample_length(resampler, frames);
    resample_span(resampler, 0, (uint32_t)*out_frames, &from, &to);
    float *padded = xcalloc((size_t)(to - from) * channels, sizeof *padded);
    float *out = xcalloc((size_t)*out_frames * channels, sizeof *out);
    for (int64_t n = from; n < to; n++)
        for (unsigned c = 0; c < channels && n >= 0 && n < frames; c++)
            padded[(n - from) * channels + c] = in[n * channels + c];
    resample_make(resampler, out, 0, (uint32_t)*out_frames, padded);
    resample_free(resampler);
    free(padded);
    return out;
}

static void check_rates(unsigned file_rate, unsigned chain_rate, unsigned channels, int64_t frames, int format)
{
    struct rig rig;
    struct clipmem_view view;
    unsigned file_channels, rate;
    int64_t file_frames, out_frames;
    rig_init(&rig, 32 << 20, chain_rate, 1);
    rig_make_file("any.wav", SF_FORMAT_WAV | format, channels, file_rate, frames);
    float *in = rig_decode("any.wav", &file_channels, &rate, &file_frames);
    float *wanted = convert_whole(in, frames, channels, file_rate, chain_rate, &out_frames);
    const struct media_info *info = rig_load(&rig, 1, "any.wav");
    if (info->state != MEDIA_READY)
        fail_msg("%u Hz to %u Hz: %s", file_rate, chain_rate, info->text);
    assert_int_equal(info->file_frames, frames);
    assert_int_equal(info->file_rate, file_rate);
    float *got = rig_take(&rig, 1, &view);
    assert_int_equal(view.frames, out_frames);
    assert_int_equal(view.file_frames, frames);
    assert_int_equal(view.format, CLIPMEM_F32);
    assert_memory_equal(got, wanted, (size_t)out_frames * channels * sizeof *got);
    free(got);
    free(wanted);
    free(in);
    rig_clear(&rig);
}

static void pieces_equal_the_whole(void **state)
{
    (void)state;
    check_rates(44100, 48000, 2, 100000, SF_FORMAT_PCM_16);
    check_rates(48000, 44100, 1, 100001, SF_FORMAT_PCM_24);
    check_rates(96000, 48000, 2, 150001, SF_FORMAT_FLOAT);
    check_rates(22050, 48000, 1, 50000, SF_FORMAT_PCM_U8);
    check_rates(8000, 48000, 1, 40001, SF_FORMAT_ULAW);
    check_rates(8363, 44100, 2, 30001, SF_FORMAT_PCM_16);
    check_rates(384000, 44100, 2, 300000, SF_FORMAT_PCM_16);
    check_rates(1000, 192000, 1, 3000, SF_FORMAT_PCM_16);
    check_rates(384000, 8000, 2, 200000, SF_FORMAT_PCM_16);
}

static void very_short_files_convert(void **state)
{
    (void)state;
    for (int64_t frames = 1; frames <= 5; frames++) {
        check_rates(44100, 48000, 2, frames, SF_FORMAT_PCM_16);
        check_rates(48000, 44100, 1, frames, SF_FORMAT_PCM_16);
    }
}

/* Half a frame is rounded up and stays; less than that is nothing at all. */
static void what_vanishes_at_the_rate_of_the_device_is_said(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, 1 << 20, 48000, 1);
    rig_make_file("tiny.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 192000, 1);
    assert_int_equal(rig_load(&rig, 1, "tiny.wav")->state, MEDIA_BROKEN);
    assert_string_equal(rig.info[1].text, "too short: nothing of it is left at the device's rate");
    rig_make_file("tiny.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 96000, 1);
    assert_int_equal(rig_load(&rig, 1, "tiny.wav")->state, MEDIA_READY);
    rig_clear(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_equal_the_whole), cmocka_unit_test(very_short_files_convert),
        cmocka_unit_test(what_vanishes_at_the_rate_of_the_device_is_said),
    };
    return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
