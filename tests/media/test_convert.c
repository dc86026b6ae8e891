/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of another rate, converted on the way in piece by piece, is bit for bit what converting the whole gives. */
#include "config.h"

#include "rig.h"

#include "base/xalloc.h"
#include "media/ingest.h"
#include "pcm/resample.h"
#include "wire/work.h"

#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
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
    assert_int_equal(clipmem_chain_rate(file_rate), chain_rate);
    struct rig rig;
    struct clipmem_view view;
    unsigned file_channels, rate;
    int64_t file_frames, out_frames;
    rig_init(&rig, 32 << 20, 1);
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
    check_rates(88200, 44100, 2, 100000, SF_FORMAT_PCM_16);
    check_rates(46000, 44100, 1, 100001, SF_FORMAT_PCM_24);
    check_rates(96000, 48000, 2, 150001, SF_FORMAT_FLOAT);
    check_rates(22050, 44100, 1, 50000, SF_FORMAT_PCM_U8);
    check_rates(8000, 48000, 1, 40001, SF_FORMAT_ULAW);
    check_rates(8363, 44100, 2, 30001, SF_FORMAT_PCM_16);
    check_rates(384000, 48000, 2, 300000, SF_FORMAT_PCM_16);
    check_rates(1000, 44100, 1, 3000, SF_FORMAT_PCM_16);
}

static void very_short_files_convert(void **state)
{
    (void)state;
    for (int64_t frames = 1; frames <= 5; frames++) {
        check_rates(22050, 44100, 2, frames, SF_FORMAT_PCM_16);
        check_rates(32000, 48000, 1, frames, SF_FORMAT_PCM_16);
    }
}

/* Half a frame is rounded up and stays; less than that is nothing at all. */
static void what_vanishes_at_the_rate_it_is_played_at_is_said(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, 1 << 20, 1);
    rig_make_file("tiny.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 192000, 1);
    assert_int_equal(rig_load(&rig, 1, "tiny.wav")->state, MEDIA_BROKEN);
    assert_string_equal(rig.info[1].text, "too short: nothing of it is left at the rate it is played at");
    rig_make_file("tiny.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 96000, 1);
    assert_int_equal(rig_load(&rig, 1, "tiny.wav")->state, MEDIA_READY);
    rig_clear(&rig);
}

/* --- block by block, without a worker --- */

/* A medium of one pair of rates: its samples as a worker gives them, and what has to become of them. */
struct made {
    struct ingest ingest;
    struct ingest_way way;
    struct clipmem *memory;
    struct ingest_piece whole;
    float *file, *wanted;
};

/* A noise of 24 bits, another one in each channel. */
static float noise(int64_t frame, unsigned channel)
{
    uint32_t x = (uint32_t)(frame * 8 + channel) * 2654435761u;
    x = (x ^ x >> 15) * 2246822519u;
    return (float)((int)(x >> 8) - (1 << 23)) / (1 << 24);
}

static void made_init(struct made *made, unsigned file_rate, unsigned chain_rate, unsigned channels)
{
    enum { CHAIN_FRAMES = 5003 };
    struct work_opened facts = {.sample = WORK_F32, .channels = channels, .rate = file_rate};
    static const uint8_t surround[] = {WORK_LEFT, WORK_RIGHT, WORK_CENTRE, WORK_LFE, WORK_LEFT_SURROUND, WORK_RIGHT_SURROUND};
    if (channels == 6)
        memcpy(facts.place, surround, sizeof surround);
    *made = (struct made){.whole.file_frames = (int64_t)CHAIN_FRAMES * file_rate / chain_rate + 1};
    struct ingest_piece *whole = &made->whole;
    whole->frames = clipmem_to_chain_rt(whole->file_frames, file_rate, chain_rate);
    ingest_way_init(&made->way, &facts, chain_rate);
    whole->blocks = (uint32_t)ingest_blocks(&facts, whole->file_frames, chain_rate);
    made->file = xcalloc((size_t)whole->file_frames * channels, sizeof *made->file);
    for (int64_t n = 0; n < whole->file_frames; n++)
        for (unsigned c = 0; c < channels; c++)
            made->file[n * channels + c] = noise(n, c);
    int fd = clipmem_create((uint64_t)whole->blocks * CLIPMEM_BLOCK_BYTES);
    made->memory = clipmem_map(fd, true);
    close(fd);
    assert_non_null(made->memory);
    assert_int_equal(clipmem_prepare(made->memory, 0, made->way.format, made->way.out_channels, file_rate, chain_rate,
                                     whole->file_frames, whole->frames), 0);
    clipmem_set_state(made->memory, 0, CLIPMEM_READY);
}

/* Folded, then converted in one go. */
static void made_want(struct made *made)
{
    const struct ingest_way *way = &made->way;
    int64_t frames = made->whole.file_frames;
    size_t count = (size_t)frames * way->channels;
    float *folded = xcalloc(count, sizeof *folded);
    memcpy(folded, made->file, count * sizeof *folded);
    if (way->channels > 2)
        fold_frames(&way->fold, folded, folded, (uint32_t)frames);
    if (way->file_rate == way->chain_rate) {
        made->wanted = folded;
        return;
    }
    made->wanted = convert_whole(folded, frames, way->out_channels, way->file_rate, way->chain_rate, &frames);
    free(folded);
    assert_int_equal(frames, made->whole.frames);
}

static void made_clear(struct made *made)
{
    ingest_clear(&made->ingest);
    clipmem_unmap(made->memory);
    free(made->file);
    free(made->wanted);
}

/* What the tail has is not read again. */
static void make_piece(struct made *made, uint32_t first, uint32_t blocks, struct ingest_tail *tail)
{
    struct ingest_piece piece = made->whole;
    piece.first = first;
    piece.blocks = blocks;
    piece.read = ingest_reach(&made->ingest, &made->way, &piece);
    if (tail->reach.from <= piece.read.from && piece.read.from < tail->reach.to)
        piece.read.from = tail->reach.to;
    assert_int_equal(ingest_make(&made->ingest, &made->way, made->memory, &piece,
                                 made->file + piece.read.from * made->way.channels, tail), 0);
}

static void expect_made(const struct made *made, const char *how)
{
    struct clipmem_view view;
    uint32_t count;
    assert_true(clipmem_view_rt(made->memory, 0, &view));
    for (int64_t at = 0; at < view.frames; at += count) {
        const float *got = clipmem_read_rt(&view, at, &count);
        assert_non_null(got);
        if (memcmp(got, made->wanted + at * view.channels, (size_t)count * view.channels * sizeof *got) != 0)
            fail_msg("%u Hz to %u Hz, %u channels, %s: the block at %lld differs", view.file_rate, view.chain_rate,
                     made->way.channels, how, (long long)at);
    }
}

static void evict_all(struct made *made)
{
    for (uint32_t index = 0; index < made->whole.blocks; index++)
        clipmem_evict(made->memory, 0, index);
}

static void check_blocks(unsigned file_rate, unsigned chain_rate, unsigned channels)
{
    struct made made;
    struct ingest_tail tail = {0};
    made_init(&made, file_rate, chain_rate, channels);
    made_want(&made);
    for (uint32_t i = made.whole.blocks; i-- > 0; ingest_tail_clear(&tail))
        make_piece(&made, i, 1, &tail);
    expect_made(&made, "each alone");
    evict_all(&made);
    for (uint32_t first = 0, blocks = 1; first < made.whole.blocks; first += blocks, blocks = blocks % 3 + 1) {
        if (blocks > made.whole.blocks - first)
            blocks = made.whole.blocks - first;
        make_piece(&made, first, blocks, &tail);
    }
    expect_made(&made, "one after the other");
    ingest_tail_clear(&tail);
    made_clear(&made);
}

static void every_block_is_that_of_the_whole(void **state)
{
    (void)state;
    static const unsigned file_rates[] = {8000, 11025, 22050, 32000, 44100, 48000, 88200, 96000, 192000};
    static const unsigned chain_rates[] = {44100, 48000, 96000}, channels[] = {1, 2, 6};
    for (int f = 0; f < 9; f++)
        for (int c = 0; c < 3; c++)
            for (int n = 0; n < 3; n++)
                check_blocks(file_rates[f], chain_rates[c], channels[n]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_equal_the_whole), cmocka_unit_test(very_short_files_convert),
        cmocka_unit_test(what_vanishes_at_the_rate_it_is_played_at_is_said), cmocka_unit_test(every_block_is_that_of_the_whole),
    };
    return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
