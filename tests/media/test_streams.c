/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Streaming: 24 voices over media that are twice what memory holds, some straight on and some
 * round loops. The demand is written by the test, whose time goes on whenever the loader says
 * that nothing is left to do: what it left undone then is found whatever the pace of the machine.
 */
#include "config.h"

#include "rig.h"

#include "clipmem/demand.h"
#include "wire/msg.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

enum {
    RATE = 48000, MEDIA = 8, VOICES = 24, MEDIUM_S = 20, MEMORY_MB = 16,
    STEP = RATE / 50, STEPS = 600,
    NEAR = RATE / 10,                       /* what every voice must have before it when nothing is left to do */
    KEPT = RATE / 4,                        /* what no eviction may take from a voice, and the length of a head */
};

struct streams {
    struct rig rig;
    struct demand *inside, *seen;           /* as the audio thread has it, and the loader */
    struct demand_picture picture;
    int64_t ahead[VOICES];                  /* resident at the last look, of KEPT */
    float *whole[MEDIA];                    /* every medium as it is in memory that holds all */
    struct clipmem_view view[MEDIA];
};

static void make_files(void)
{
    static const struct {
        int format;
        unsigned channels, rate;
    } kinds[MEDIA / 2] = {
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000}, {SF_FORMAT_WAV | SF_FORMAT_FLOAT, 2, 48000},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_24, 1, 44100}, {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, 48000},
    };
    for (int i = 0; i < MEDIA; i++) {
        char path[16];
        snprintf(path, sizeof path, "%d", i);
        rig_make_file(path, kinds[i % 4].format, kinds[i % 4].channels, kinds[i % 4].rate,
                      MEDIUM_S * kinds[i % 4].rate + i * 333);
    }
}

static void want_all(struct rig *rig)
{
    for (uint32_t slot = 0; slot < MEDIA; slot++) {
        char path[16];
        snprintf(path, sizeof path, "%u", slot);
        loader_want(rig->loader, slot, AT_FDCWD, path);
    }
}

static void take_wholes(struct streams *streams)
{
    struct rig rig;
    rig_init(&rig, 256 << 20, 2);
    want_all(&rig);
    rig_run(&rig);
    for (uint32_t slot = 0; slot < MEDIA; slot++)
        streams->whole[slot] = rig_take(&rig, slot, &streams->view[slot]);
    rig_clear(&rig);
}

/* Three clips of every medium, with a marker each. */
static int64_t clip_start(uint32_t clip, int which)
{
    return (int64_t)(clip / MEDIA) * 6 * 44100 + which * 2 * 44100 + clip * 17;
}

static void tell_clips(struct loader *loader)
{
    for (uint32_t clip = 0; clip < VOICES; clip++) {
        struct msg_media_clip told = {.clip = clip, .slot = clip % MEDIA, .row = (uint8_t)(clip / 8),
                                      .column = (uint8_t)(clip % 8),
                                      .starts = 2, .start = {clip_start(clip, 0), clip_start(clip, 1)}, .out = -1};
        loader_clip(loader, &told);
    }
}

static void begin_voices(struct streams *streams)
{
    streams->picture.count = VOICES;
    for (uint32_t i = 0; i < VOICES; i++) {
        const struct clipmem_view *view = &streams->view[i % MEDIA];
        struct demand_voice *voice = &streams->picture.voice[i];
        int64_t in = clipmem_to_chain_rt(clip_start(i, 0), view->file_rate, view->chain_rate);
        *voice = (struct demand_voice){.slot = i % MEDIA, .clip = (uint16_t)i, .pos = in, .in = in, .out = view->frames};
        if (i % 3 == 0)
            voice->flags = DEMAND_LOOPS;
        if (i % 3 == 0 && i % 2 == 0)           /* down to a loop shorter than a block */
            voice->out = in + 300 + (int64_t)i * i * 250;
    }
}

static void streams_init(struct streams *streams)
{
    int fd = demand_create();
    make_files();
    take_wholes(streams);
    rig_init(&streams->rig, MEMORY_MB << 20, 2);
    streams->inside = demand_map(fd, true);
    streams->seen = demand_map(fd, false);
    close(fd);
    assert_true(streams->inside && streams->seen);
    clipmem_set_demand(streams->rig.memory, streams->seen);
    loader_set_demand(streams->rig.loader, streams->seen);
    tell_clips(streams->rig.loader);
    want_all(&streams->rig);
    rig_run(&streams->rig);
    size_t blocks = 0;
    for (uint32_t slot = 0; slot < MEDIA; slot++) {
        assert_true(clipmem_view_rt(streams->rig.memory, slot, &streams->view[slot]));
        blocks += (size_t)(streams->view[slot].frames >> streams->view[slot].shift) + 1;
    }
    assert_true(blocks > 2 * clipmem_capacity_blocks(streams->rig.memory));
}

static void streams_clear(struct streams *streams)
{
    rig_clear(&streams->rig);
    demand_unmap(streams->inside);
    demand_unmap(streams->seen);
    for (int i = 0; i < MEDIA; i++)
        free(streams->whole[i]);
}

/* --- what is demanded --- */

/* Frames from the voice's place on, round its loop, that are there without a gap: at most KEPT, or to its end. */
static int64_t ahead_of(const struct streams *streams, const struct demand_voice *voice, int64_t *most)
{
    int64_t ahead = 0, pos = voice->pos;
    for (*most = KEPT; ahead < KEPT; pos = voice->in) {
        int64_t left = voice->out - pos < KEPT - ahead ? voice->out - pos : KEPT - ahead;
        uint32_t there = clipmem_ahead_rt(&streams->view[voice->slot], pos, (uint32_t)left);
        ahead += there;
        if (there < left)
            return ahead;
        if (!(voice->flags & DEMAND_LOOPS))
            *most = ahead;
        if (ahead >= *most)
            return ahead;
    }
    return ahead;
}

/* What was there before a voice is there still, and so is every head. */
static void expect_kept(struct streams *streams)
{
    int64_t most;
    for (uint32_t i = 0; i < VOICES; i++) {
        const struct demand_voice *voice = &streams->picture.voice[i];
        int64_t ahead = ahead_of(streams, voice, &most);
        if (ahead < streams->ahead[i])
            fail_msg("voice %u at %lld has %lld frames before it, and had %lld", i, (long long)voice->pos, (long long)ahead,
                     (long long)streams->ahead[i]);
        streams->ahead[i] = ahead;
        for (int which = 0; which < 2; which++) {
            const struct clipmem_view *view = &streams->view[voice->slot];
            int64_t start = clipmem_to_chain_rt(clip_start(i, which), view->file_rate, view->chain_rate);
            assert_int_equal(clipmem_ahead_rt(view, start, view->chain_rate / 4), view->chain_rate / 4);
        }
    }
}

static void expect_near(const struct streams *streams)
{
    int64_t most;
    for (uint32_t i = 0; i < VOICES; i++) {
        const struct demand_voice *voice = &streams->picture.voice[i];
        int64_t ahead = ahead_of(streams, voice, &most);
        if (ahead < (most < NEAR ? most : NEAR))
            fail_msg("voice %u at %lld: nothing is left to do, and it has %lld frames before it", i, (long long)voice->pos,
                     (long long)ahead);
    }
}

/* --- what is read --- */

static void expect_sample(const struct streams *streams, uint32_t slot, int64_t frame)
{
    const struct clipmem_view *view = &streams->view[slot];
    uint32_t count;
    const void *at = clipmem_read_rt(view, frame, &count);
    assert_non_null(at);
    for (unsigned c = 0; c < view->channels; c++) {
        float got = view->format == CLIPMEM_S16 ? (float)((const int16_t *)at)[c] / 32768.0f : ((const float *)at)[c];
        if (got != streams->whole[slot][frame * view->channels + c])
            fail_msg("medium %u: frame %lld is %.9g, not %.9g", slot, (long long)frame, (double)got,
                     (double)streams->whole[slot][frame * view->channels + c]);
    }
}

/* One period: every voice reads a step. At its end one that does not loop begins once more. */
static void play_step(struct streams *streams)
{
    demand_enter_rt(streams->inside);
    for (uint32_t i = 0; i < VOICES; i++) {
        struct demand_voice *voice = &streams->picture.voice[i];
        bool again = false;
        for (int n = 0; n < STEP && !again; n++) {
            expect_sample(streams, voice->slot, voice->pos);
            if (++voice->pos < voice->out)
                continue;
            voice->pos = voice->in;
            again = !(voice->flags & DEMAND_LOOPS);
        }
        streams->ahead[i] = again ? 0 : streams->ahead[i] - STEP;
    }
    streams->picture.frame += STEP;
    demand_leave_rt(streams->inside, &streams->picture);
}

static void load_on(struct streams *streams)
{
    rig_turn(&streams->rig, 0);             /* sees the demand */
    expect_kept(streams);
    while (!loader_idle(streams->rig.loader)) {
        rig_turn(&streams->rig, 1000);
        expect_kept(streams);
    }
    expect_near(streams);
}

static void voices_have_what_they_read(void **state)
{
    (void)state;
    static struct streams streams;
    streams_init(&streams);
    begin_voices(&streams);
    demand_enter_rt(streams.inside);
    demand_leave_rt(streams.inside, &streams.picture);
    load_on(&streams);
    for (int step = 0; step < STEPS; step++) {
        play_step(&streams);
        load_on(&streams);
    }
    streams_clear(&streams);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(voices_have_what_they_read),
    };
    return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
