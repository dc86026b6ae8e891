/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small media files with bytes changed at random, through real workers. What a decoder does with
 * them is its own affair; the loader must settle each one, and what is READY must be fit to play.
 */
#include "config.h"

#include "rig.h"

#include "base/xalloc.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { KINDS = 10, VARIANTS = 20 };

static uint64_t seed = 2;

static uint32_t draw(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33);
}

static const struct {
    const char *path;
    int format;
} kinds[KINDS] = {
    {"16.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16}, {"float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
    {"adpcm.wav", SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM}, {"24.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24},
    {"16.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16}, {"24.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
    {"a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS}, {"a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS},
    {"a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III}, {"a.caf", SF_FORMAT_CAF | SF_FORMAT_ALAC_16},
};

/* Half of the changes fall into the first kilobyte, where the headers are; some files lose their end. */
static void mutate(const char *from, const char *to)
{
    struct stat st;
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    size_t size = (size_t)st.st_size;
    unsigned char *bytes = xmalloc(size);
    assert_int_equal(read(fd, bytes, size), size);
    close(fd);
    for (uint32_t changes = 1 + draw() % 20; changes > 0; changes--) {
        size_t within = draw() % 2 && size > 1024 ? 1024 : size;
        bytes[draw() % within] = (unsigned char)(draw() % 3 ? draw() : draw() % 2 ? 0xff : 0);
    }
    rig_make_bytes(to, bytes, draw() % 8 ? size : draw() % size);
    free(bytes);
}

static void assert_fit(struct rig *rig, uint32_t slot)
{
    struct clipmem_view view;
    float *samples = rig_take(rig, slot, &view);
    for (int64_t i = 0; i < view.frames * view.channels; i++)
        if (!isfinite(samples[i]))
            fail_msg("slot %u holds %g", slot, (double)samples[i]);
    free(samples);
}

static void every_variant_is_settled(void **state)
{
    (void)state;
    static struct rig rig;
    int ready = 0, broken = 0;
    rig_init(&rig, 256 << 20, 48000, 2);
    for (uint32_t k = 0; k < KINDS; k++) {
        rig_make_file(kinds[k].path, kinds[k].format, 2, k % 3 == 0 ? 44100 : 48000, 6000);
        for (uint32_t v = 0; v < VARIANTS; v++) {
            char path[32];
            snprintf(path, sizeof path, "%u-%u", k, v);
            mutate(kinds[k].path, path);
            loader_want(rig.loader, k * VARIANTS + v, AT_FDCWD, path);
        }
    }
    rig_run(&rig);
    for (uint32_t slot = 0; slot < KINDS * VARIANTS; slot++) {
        assert_int_equal(rig.settled[slot], 1);
        if (rig.info[slot].state == MEDIA_READY)
            assert_fit(&rig, slot);
        else
            assert_true(rig.info[slot].text[0]);
        ready += rig.info[slot].state == MEDIA_READY;
        broken += rig.info[slot].state == MEDIA_BROKEN;
    }
    assert_true(ready >= 40 && broken >= 40);       /* the changes must neither be harmless nor always fatal */
    rig_clear(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_variant_is_settled)};
    return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
