/* SPDX-License-Identifier: GPL-3.0-or-later */
/* More than two channels into stereo: the gains by name, and whole files of 3 to 16 channels. */
#include "config.h"

#include "../media/rig.h"

#include "decode/fold.h"
#include "wire/work.h"

#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { L = WORK_LEFT, R = WORK_RIGHT, C = WORK_CENTRE, LF = WORK_LFE, LS = WORK_LEFT_SURROUND, RS = WORK_RIGHT_SURROUND,
       BC = WORK_BACK_CENTRE, FRAMES = 20000 };

static void gains_are_those_of_the_recommendation(void **state)
{
    (void)state;
    static const uint8_t places[] = {L, R, C, LF, LS, RS, BC};
    static const double wanted[][2] = {{1, 0}, {0, 1}, {M_SQRT1_2, M_SQRT1_2}, {0, 0}, {M_SQRT1_2, 0}, {0, M_SQRT1_2},
                                      {0.5, 0.5}};
    struct fold fold;
    fold_init(&fold, 7, places);
    for (unsigned c = 0; c < 7; c++) {
        float in[7] = {0}, out[2];
        in[c] = 1;
        fold_frames(&fold, out, in, 1);
        assert_true(fabs(out[0] - wanted[c][0]) < 1e-7 && fabs(out[1] - wanted[c][1]) < 1e-7);
    }
}

static void folding_in_place_equals_folding_beside(void **state)
{
    (void)state;
    static const uint8_t places[] = {L, R, C};
    float in[300], out[200];
    struct fold fold;
    for (int i = 0; i < 300; i++)
        in[i] = (float)(i * 37 % 101) / 128;
    fold_init(&fold, 3, places);
    fold_frames(&fold, out, in, 100);
    fold_frames(&fold, in, in, 100);
    assert_memory_equal(in, out, sizeof out);
}

/* Loads a file and compares it with what the gains make of its decode. */
static void check_file(struct rig *rig, int format, unsigned channels, const uint8_t *places)
{
    struct clipmem_view view;
    unsigned file_channels, rate;
    int64_t frames;
    struct fold fold;
    static const uint8_t unknown[FOLD_CHANNELS_MAX];
    rig_make_file("many", format, channels, 48000, FRAMES);
    float *decoded = rig_decode("many", &file_channels, &rate, &frames);
    const struct media_info *info = rig_load(rig, 1, "many");
    if (info->state != MEDIA_READY)
        fail_msg("%u channels: %s", channels, info->text);
    assert_int_equal(info->channels, channels);
    float *got = rig_take(rig, 1, &view);
    assert_int_equal(view.channels, 2);
    assert_int_equal(view.format, CLIPMEM_F32);
    assert_int_equal(view.frames, frames);
    fold_init(&fold, channels, places ? places : unknown);
    fold_frames(&fold, decoded, decoded, (uint32_t)frames);
    assert_memory_equal(got, decoded, (size_t)frames * 2 * sizeof *got);
    free(got);
    free(decoded);
}

static void wave_files_are_in_the_order_of_wave(void **state)
{
    static const uint8_t order[][8] = {{L, R, C}, {L, R, LS, RS}, {L, R, C, LS, RS}, {L, R, C, LF, LS, RS},
                                       {L, R, C, LF, BC, LS, RS},
                                       {L, R, C, LF, LS, RS, LS, RS}};
    for (unsigned channels = 3; channels <= 8; channels++) {
        check_file(*state, SF_FORMAT_WAV | SF_FORMAT_PCM_16, channels, order[channels - 3]);
        check_file(*state, SF_FORMAT_FLAC | SF_FORMAT_PCM_24, channels, order[channels - 3]);
        check_file(*state, SF_FORMAT_AIFF | SF_FORMAT_FLOAT, channels, order[channels - 3]);
    }
}

static void ogg_files_are_in_the_order_of_vorbis(void **state)
{
    static const uint8_t order[][8] = {{L, C, R}, {L, R, LS, RS}, {L, C, R, LS, RS}, {L, C, R, LS, RS, LF},
                                       {L, C, R, LS, RS, BC, LF},
                                       {L, C, R, LS, RS, LS, RS, LF}};
    for (unsigned channels = 3; channels <= 8; channels++)
        check_file(*state, SF_FORMAT_OGG | SF_FORMAT_VORBIS, channels, order[channels - 3]);
    check_file(*state, SF_FORMAT_OGG | SF_FORMAT_OPUS, 6, order[3]);
}

static void a_stated_layout_is_taken(void **state)
{
    static const uint8_t quad[] = {L, R, LS, RS}, surround[] = {L, R, C, LF, LS, RS};
    check_file(*state, SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 4, quad);
    check_file(*state, SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 6, surround);
}

static void unknown_layouts_alternate(void **state)
{
    struct fold fold;
    static const uint8_t unknown[FOLD_CHANNELS_MAX];
    float in[9] = {5, 40, 10, 0, 0, 0, 0, 0, 0}, out[2];
    fold_init(&fold, 9, unknown);
    fold_frames(&fold, out, in, 1);
    assert_true(fabsf(out[0] - 3) < 1e-6f && out[1] == 10);
    for (unsigned channels = 9; channels <= 16; channels++)
        check_file(*state, SF_FORMAT_WAV | SF_FORMAT_PCM_16, channels, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gains_are_those_of_the_recommendation), cmocka_unit_test(folding_in_place_equals_folding_beside),
        cmocka_unit_test(wave_files_are_in_the_order_of_wave), cmocka_unit_test(ogg_files_are_in_the_order_of_vorbis),
        cmocka_unit_test(a_stated_layout_is_taken), cmocka_unit_test(unknown_layouts_alternate),
    };
    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
