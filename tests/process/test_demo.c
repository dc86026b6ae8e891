/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo show: the same bytes on every machine, nothing touched that is there. */
#include "config.h"

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "process/demo.h"
#include "process/demoshow.h"
#include "process/demosound.h"
#include "session/session.h"
#include "show/show.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sndfile.h>
#include <cmocka.h>

static char place[] = "/tmp/clipgrid-demo-XXXXXX";
static char *show_dir;

/* FNV-1a: any changed byte changes it. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t hash_file(uint64_t hash, const char *path)
{
    static unsigned char buffer[65536];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, file)) > 0;)
        hash = hash_bytes(hash, buffer, got);
    fclose(file);
    return hash;
}

static uint64_t hash_media(void)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (int i = 0; i < demo_sound_count; i++) {
        char *path = xasprintf("%s/media/%s", show_dir, demo_sounds[i].file);
        hash = hash_file(hash, path);
        free(path);
    }
    return hash;
}

static int write_demo(void **state)
{
    (void)state;
    if (!mkdtemp(place))
        return -1;
    show_dir = xasprintf("%s/show", place);
    return demo_run(show_dir);
}

static int remove_demo(void **state)
{
    (void)state;
    char *command = xasprintf("rm -rf '%s'", place);
    int status = system(command);
    free(command);
    free(show_dir);
    return status;
}

/* The number is that of gcc and clang, optimised or not. It changes when a sound or the head of its file is changed, and only then. */
static void media_are_the_same_bytes_everywhere(void **state)
{
    (void)state;
    assert_int_equal(hash_media(), UINT64_C(0x6ec11b6b329762a7));
}

static void session_is_the_text(void **state)
{
    (void)state;
    struct strbuf text = {0};
    char *path = xasprintf("%s/demo.orp", show_dir);
    demo_show_fmt(&text);
    assert_int_equal(hash_file(0, path), hash_bytes(0, text.s, text.len));
    strbuf_clear(&text);
    free(path);
}

/* It loads, has what was asked of a demo, and is written as a save would write it. */
static void session_is_as_saved(void **state)
{
    (void)state;
    struct err err;
    char *path = xasprintf("%s/demo.orp", show_dir), *saved = xasprintf("%s/saved.orp", place);
    struct show *show = session_load(path, NULL, &err);
    assert_non_null(show);
    assert_int_equal(show_clips(show), demo_show_clips());
    assert_true(show_clips(show) >= 24);
    assert_int_equal(show_tabs(show), 3);
    int clips_of[SHOW_GROUPS] = { 0 }, chokes = 0;
    for (int slot = 0; slot < show_slots(show); slot++)
        if (show_clip(show, slot))
            clips_of[show_clip(show, slot)->group]++;
    for (int group = 0; group < SHOW_GROUPS; group++) {
        assert_true(clips_of[group] > 0);
        chokes += show_group(show, group)->choke;
    }
    assert_int_equal(chokes, 1);
    assert_int_equal(session_save(saved, show, &err), 0);
    assert_int_equal(hash_file(0, saved), hash_file(0, path));
    show_free(show);
    free(path);
    free(saved);
}

static void what_exists_is_not_touched(void **state)
{
    (void)state;
    struct stat before, after;
    uint64_t media = hash_media();
    assert_int_equal(stat(show_dir, &before), 0);
    assert_int_equal(demo_run(show_dir), 1);
    assert_int_equal(stat(show_dir, &after), 0);
    assert_int_equal(hash_media(), media);
    assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim);
}

static int entries_of(const char *path)
{
    DIR *folder = opendir(path);
    int entries = 0;
    assert_non_null(folder);
    while (readdir(folder))
        entries++;
    closedir(folder);
    return entries - 2;
}

static void a_folder_with_something_in_it_is_refused_an_empty_one_taken(void **state)
{
    (void)state;
    char *dir = xasprintf("%s/other", place), *file = xasprintf("%s/other/letter", place);
    assert_int_equal(mkdir(dir, 0777), 0);
    fclose(fopen(file, "w"));
    assert_int_equal(demo_run(dir), 1);
    assert_int_equal(entries_of(dir), 1);
    unlink(file);
    assert_int_equal(demo_run(dir), 0);
    assert_int_equal(entries_of(dir), 2);
    free(dir);
    free(file);
}

/* Every sound is loud enough to be heard and never clipped. */
static void every_sound_sounds(void **state)
{
    (void)state;
    static float samples[1 << 20];
    for (int i = 0; i < demo_sound_count; i++) {
        SF_INFO info = { 0 };
        char *path = xasprintf("%s/media/%s", show_dir, demo_sounds[i].file);
        SNDFILE *file = sf_open(path, SFM_READ, &info);
        free(path);
        assert_non_null(file);
        assert_int_equal(info.channels, demo_sounds[i].channels);
        assert_int_equal(info.samplerate, demo_sounds[i].rate);
        sf_count_t count = sf_read_float(file, samples, sizeof samples / sizeof samples[0]);
        sf_close(file);
        assert_int_equal(count, info.frames * info.channels);
        double most = 0, square = 0;
        for (sf_count_t n = 0; n < count; n++) {
            most = samples[n] > most ? samples[n] : -samples[n] > most ? -samples[n] : most;
            square += samples[n] * samples[n];
        }
        assert_true(most > 0.79 && most < 0.81);
        assert_true(square / (double)count > 0.0004);           /* -34 dB */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(media_are_the_same_bytes_everywhere),
        cmocka_unit_test(session_is_the_text),
        cmocka_unit_test(session_is_as_saved),
        cmocka_unit_test(what_exists_is_not_touched),
        cmocka_unit_test(a_folder_with_something_in_it_is_refused_an_empty_one_taken),
        cmocka_unit_test(every_sound_sounds),
    };
    return cmocka_run_group_tests(tests, write_demo, remove_demo);
}
