/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small media files of every format with bytes changed at random, through real workers. What a
 * decoder does with them is its own affair; the loader must settle each one, what is READY must
 * be fit to play, and neither memory nor descriptors of ours may grow: between the first round
 * and the last by no more than GROWTH_KB, which is what an allocator may keep, and by none.
 *
 * `make check` makes a few hundred, `make check-long` (tests/fault/mutants.sh) 2,000 (MUTATE_ROUNDS).
 */
#include "config.h"

#include "../media/rig.h"

#include "base/xalloc.h"
#include "decode/selftest_files.h"
#include "media/loader_inside.h"

#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
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

#ifndef MUTATE_ROUNDS
#define MUTATE_ROUNDS 2
#endif
enum { FILES = 100 /* a round */, WARM_ROUNDS = 1, GROWTH_KB = 2048, PATIENCE_MS = 2000, ALARM_S = 900 };

static uint64_t seed = 2;

static uint32_t draw(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33);
}

static const struct {
    const char *path;
    int format;
} kinds[] = {
    {"16.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16}, {"float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
    {"adpcm.wav", SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM}, {"24.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24},
    {"16.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16}, {"24.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
    {"a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS}, {"a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS},
    {"a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III}, {"a.caf", SF_FORMAT_CAF | SF_FORMAT_ALAC_16},
    {"a.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16}, {"a.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_24},
    {"a.au", SF_FORMAT_AU | SF_FORMAT_ULAW}, {"x.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_32},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* The files of the self-test are seeds too: there are formats among them that libsndfile does not write. */
static int make_seeds(char names[][32], int most)
{
    int count = 0;
    for (int k = 0; k < KINDS; k++) {
        snprintf(names[count++], 32, "%s", kinds[k].path);
        rig_make_file(kinds[k].path, kinds[k].format, 2, k % 3 == 0 ? 44100 : 48000, 6000);
    }
    for (int f = 0; f < SELFTEST_FILES && count < most; f++) {
        snprintf(names[count], 32, "selftest-%d", f);
        rig_make_bytes(names[count++], selftest_files[f].bytes, selftest_files[f].size);
    }
    return count;
}

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

/* Of our own: clip memory is shared, and a page of it that was ever used stays resident; converters are kept, a few megabytes
 * each for the rates that only damage makes, at most CONVERT_KEPT. */
static long resident_kb(struct rig *rig)
{
    char line[128];
    long kb = -1;
    convert_clear(&rig->loader->ingest.convert);
    malloc_trim(0);             /* what is free is not grown */
    FILE *file = fopen("/proc/self/status", "re");
    assert_non_null(file);
    while (kb < 0 && fgets(line, sizeof line, file))
        sscanf(line, "RssAnon: %ld kB", &kb);
    fclose(file);
    assert_true(kb > 0);
    return kb;
}

static int descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void run_round(struct rig *rig, char names[][32], int seeds, int *ready, int *broken)
{
    for (uint32_t slot = 0; slot < FILES; slot++) {
        char path[32];
        snprintf(path, sizeof path, "mutant-%u", slot);
        mutate(names[draw() % (uint32_t)seeds], path);
        rig->settled[slot] = 0;
        loader_want(rig->loader, slot, AT_FDCWD, path);
    }
    rig_run(rig);
    for (uint32_t slot = 0; slot < FILES; slot++) {
        assert_int_equal(rig->settled[slot], 1);
        if (rig->info[slot].state == MEDIA_READY)
            assert_fit(rig, slot);
        else
            assert_true(rig->info[slot].text[0]);
        *ready += rig->info[slot].state == MEDIA_READY;
        *broken += rig->info[slot].state == MEDIA_BROKEN;
    }
}

static void every_mutant_is_settled(void **state)
{
    (void)state;
    static struct rig rig;
    static char names[64][32];
    int ready = 0, broken = 0, fds = 0, seeds = make_seeds(names, 64);
    long kb = 0;
    rig_init(&rig, 256 << 20, 2);
    loader_set_deadlines(rig.loader, PATIENCE_MS, PATIENCE_MS);
    alarm(ALARM_S);
    for (int round = 0; round < MUTATE_ROUNDS; round++) {
        run_round(&rig, names, seeds, &ready, &broken);
        if (round + 1 == WARM_ROUNDS) {
            kb = resident_kb(&rig);
            fds = descriptors();
        }
    }
    for (uint32_t slot = 0; slot < FILES; slot++)
        loader_drop(rig.loader, slot);
    printf("%d files of %d seeds: %d ready, %d broken, %d workers; memory grew by %ld KB, descriptors by %d\n",
           MUTATE_ROUNDS * FILES, seeds, ready, broken, rig.pids, resident_kb(&rig) - kb, descriptors() - fds);
    /* neither harmless nor always fatal */
    assert_true(ready >= FILES * MUTATE_ROUNDS / 8 && broken >= FILES * MUTATE_ROUNDS / 8);
    assert_in_range(descriptors(), 0, fds + 1);         /* a worker more or less is at work now */
#ifndef CLIPGRID_SANITIZED
    assert_true(resident_kb(&rig) - kb <= GROWTH_KB);       /* a sanitizer keeps what was freed */
#endif
    rig_clear(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_mutant_is_settled)};
    return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
