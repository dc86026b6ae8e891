/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes wrong with files and with memory, and the order of loading. Workers are real processes. */
#include "config.h"

#include "rig.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

enum { WAV16 = SF_FORMAT_WAV | SF_FORMAT_PCM_16 };

static size_t file_size(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return (size_t)st.st_size;
}

static void patch_u32(const char *path, off_t at, uint32_t value)
{
    unsigned char bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0 && pwrite(fd, bytes, sizeof bytes, at) == (ssize_t)sizeof bytes);
    close(fd);
}

/* Loads it, and wants this in the end. text: how the text begins. */
static void expect(struct rig *rig, const char *path, enum media_state state, const char *text)
{
    const struct media_info *info = rig_load(rig, 3, path);
    if (info->state != state || strncmp(info->text, text, strlen(text)) != 0 || (!text[0] && info->text[0]))
        fail_msg("%s: state %d (%s), not %d (%s)", path, info->state, info->text, state, text);
    assert_int_equal(clipmem_state_rt(rig->memory, 3), state == MEDIA_READY ? CLIPMEM_READY : CLIPMEM_FAILED);
}

/* READY, and every sample of it is what the library decodes. */
static void expect_samples(struct rig *rig, const char *path, const char *text)
{
    struct clipmem_view view;
    unsigned channels, rate;
    int64_t frames;
    expect(rig, path, MEDIA_READY, text);
    float *wanted = rig_decode(path, &channels, &rate, &frames), *got = rig_take(rig, 3, &view);
    assert_int_equal(view.frames, frames);
    assert_int_equal(rig->info[3].file_frames, frames);
    assert_memory_equal(got, wanted, (size_t)frames * channels * sizeof *got);
    free(got);
    free(wanted);
}

static void what_is_no_media_file_is_named(void **state)
{
    struct rig *rig = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket.wav"};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(mkdir("folder.wav", 0700), 0);
    assert_int_equal(mkfifo("fifo.wav", 0600), 0);
    assert_int_equal(symlink("nowhere.wav", "dangling.wav"), 0);
    assert_int_equal(symlink("/dev/zero", "zero.wav"), 0);
    rig_make_bytes("empty.wav", "", 0);
    rig_make_bytes("text.wav", "These are words, and no sound is in them at all.\n", 49);
    char noise[4096];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * i * 31 + 7);
    rig_make_bytes("raw.gsm", noise, sizeof noise);
    rig_make_bytes("raw.vox", noise, sizeof noise);
    rig_make_bytes("raw.snd", noise, sizeof noise);
    expect(rig, "absent.wav", MEDIA_MISSING, "no such file");
    expect(rig, "text.wav/absent.wav", MEDIA_MISSING, "no such file");
    expect(rig, "dangling.wav", MEDIA_MISSING, "no such file");
    expect(rig, "empty.wav", MEDIA_BROKEN, "empty file");
    expect(rig, "folder.wav", MEDIA_BROKEN, "a folder, not a file");
    expect(rig, "fifo.wav", MEDIA_BROKEN, "a pipe, not a file");
    expect(rig, "socket.wav", MEDIA_BROKEN, "a socket, not a file");
    expect(rig, "zero.wav", MEDIA_BROKEN, "a device, not a file");
    assert_int_equal(rig->pids, 1);         /* none of those cost a worker: none was shown to it */
    expect(rig, "text.wav", MEDIA_BROKEN, "not a media file this program reads");
    expect(rig, "raw.gsm", MEDIA_BROKEN, "not a media file this program reads");
    expect(rig, "raw.vox", MEDIA_BROKEN, "not a media file this program reads");
    expect(rig, "raw.snd", MEDIA_BROKEN, "not a media file this program reads");
    assert_int_equal(rig->pids, 5);         /* each of those had one to itself, and the last is replaced */
    close(listener);
}

static void links_and_folders_are_followed(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(mkdir("media", 0700), 0);
    rig_make_file("media/good.wav", WAV16, 2, 48000, 5000);
    assert_int_equal(symlink("good.wav", "media/link.wav"), 0);
    int folder = open("media", O_PATH | O_DIRECTORY | O_CLOEXEC);
    loader_want(rig->loader, 4, folder, "good.wav");
    loader_want(rig->loader, 5, folder, "link.wav");
    rig_run(rig);
    assert_int_equal(rig->info[4].state, MEDIA_READY);
    assert_int_equal(rig->info[5].state, MEDIA_READY);
    close(folder);
}

static void what_is_cut_short_plays_as_far_as_it_goes(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *path;
        int format;
    } files[] = {
        {"whole.wav", WAV16}, {"whole24.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24},
        {"whole.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16}, {"whole.au", SF_FORMAT_AU | SF_FORMAT_PCM_24},
        {"whole.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_24}, {"whole.voc", SF_FORMAT_VOC | SF_FORMAT_PCM_16},
        {"whole.nist", SF_FORMAT_NIST | SF_FORMAT_PCM_16},
        {"whole.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16}, {"whole.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
        {"whole24.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24}, {"whole.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
        {"whole.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char cut[64];
        snprintf(cut, sizeof cut, "cut-%s", files[i].path);
        rig_make_file(files[i].path, files[i].format, 2, 48000, 10 * 48000);
        rig_cut_file(files[i].path, cut, file_size(files[i].path) * 6 / 10);
        expect_samples(rig, files[i].path, "");
        expect_samples(rig, cut, "cut short: ");
        assert_in_range(rig->info[3].file_frames, 1, 8 * 48000);
    }
    rig_make_file("whole.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 2, 48000, 10 * 48000);
    rig_cut_file("whole.caf", "cut.caf", file_size("whole.caf") / 2);      /* which libsndfile, left to itself, refuses */
    expect(rig, "cut.caf", MEDIA_READY, "cut short: ");
    assert_in_range(rig->info[3].file_frames, 4 * 48000, 5 * 48000);
    rig_make_file("whole.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 2, 48000, 10 * 48000);
    rig_cut_file("whole.opus", "cut.opus", file_size("whole.opus") / 2);
    expect(rig, "cut.opus", MEDIA_READY, "cut short: its end is missing");
}

static void cut_in_the_header_is_broken(void **state)
{
    struct rig *rig = *state;
    rig_make_file("head.wav", WAV16, 2, 48000, 1000);
    for (size_t bytes = 1; bytes <= 44; bytes++) {
        rig_cut_file("head.wav", "cuthead.wav", bytes);
        assert_int_equal(rig_load(rig, 3, "cuthead.wav")->state, MEDIA_BROKEN);
    }
    rig_make_file("none.wav", WAV16, 2, 48000, 0);
    expect(rig, "none.wav", MEDIA_BROKEN, "holds no sound");
}

static void lies_in_a_header_are_seen(void **state)
{
    struct rig *rig = *state;
    rig_make_file("lie.wav", WAV16, 2, 48000, 1000);
    patch_u32("lie.wav", 40, 4000 + 400);           /* data: a hundred frames that are not there */
    expect_samples(rig, "lie.wav", "cut short: 400 bytes");
    patch_u32("lie.wav", 40, 4000 * 1000);
    expect_samples(rig, "lie.wav", "cut short: ");
    patch_u32("lie.wav", 40, 4000 * 1001);
    expect(rig, "lie.wav", MEDIA_BROKEN, "its header lies: 4004000 bytes of sound, and 4000 are there");
    patch_u32("lie.wav", 40, 0xffffff00);
    expect(rig, "lie.wav", MEDIA_BROKEN, "its header lies: 4294967040 bytes of sound, and 4000 are there");
    patch_u32("lie.wav", 40, 0xffffffff);           /* written to a pipe: nobody knew */
    expect_samples(rig, "lie.wav", "");
    rig_make_file("slow.wav", WAV16, 1, 48000, 1000);
    patch_u32("slow.wav", 24, 999);
    expect(rig, "slow.wav", MEDIA_BROKEN, "its rate of 999 Hz is outside 1000 to 384000 Hz");
    patch_u32("slow.wav", 24, 384001);
    expect(rig, "slow.wav", MEDIA_BROKEN, "its rate of 384001 Hz is outside");
    patch_u32("slow.wav", 24, 384000);
    expect(rig, "slow.wav", MEDIA_READY, "");
    rig_make_file("wide.wav", WAV16, 17, 48000, 100);
    expect(rig, "wide.wav", MEDIA_BROKEN, "has 17 channels, more than 16");
    rig_make_file("wide.wav", WAV16, 16, 48000, 100);
    expect(rig, "wide.wav", MEDIA_READY, "");
}

static void absurd_samples_are_put_right(void **state)
{
    struct rig *rig = *state;
    struct clipmem_view view;
    static const uint32_t bits[] = {0x7fc00000, 0x7f800000, 0xff800000, 0x42c80000, 0xc2c80000, 0x42800000, 0x3f000000,
                                    0x80000001};
    static const uint32_t wanted[] = {0, 0, 0, 0x42800000, 0xc2800000, 0x42800000, 0x3f000000, 0x80000001};
    rig_make_file("odd.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, 48000, 64);
    off_t data = (off_t)(file_size("odd.wav") - 64 * 4);
    for (size_t i = 0; i < 8; i++)
        patch_u32("odd.wav", data + (off_t)(i * 4), bits[i]);
    expect(rig, "odd.wav", MEDIA_READY, "5 samples were no numbers or far too loud");
    float *got = rig_take(rig, 3, &view);
    assert_memory_equal(got, wanted, sizeof wanted);
    free(got);
}

static void a_file_may_shrink_while_it_is_read(void **state)
{
    struct rig *rig = *state;
    rig_make_file("shrinks.wav", WAV16, 2, 48000, 40 * 48000);
    loader_want(rig->loader, 3, AT_FDCWD, "shrinks.wav");
    rig->facts[3] = (struct media_info){0};
    while (rig->facts[3].file_frames == 0)
        rig_turn(rig, 1000);
    assert_int_equal(truncate("shrinks.wav", 44 + 4 * 1000000), 0);
    rig_run(rig);
    assert_int_equal(rig->info[3].state, MEDIA_READY);
    assert_int_equal(rig->info[3].file_frames, 1000000);
    assert_string_equal(rig->info[3].text, "cut short: 1000000 of 1920000 frames are there");
}

static void what_does_not_fit_whole_has_its_head(void **state)
{
    (void)state;
    struct rig rig;
    struct clipmem_view view;
    rig_init(&rig, 320 * CLIPMEM_BLOCK_BYTES, 2);
    rig_make_file("192blocks.wav", WAV16, 2, 48000, 192 * 1024);
    assert_int_equal(rig_load(&rig, 0, "192blocks.wav")->state, MEDIA_READY);
    assert_int_equal(rig_load(&rig, 1, "192blocks.wav")->state, MEDIA_READY);
    assert_false(rig.info[1].cold);
    assert_int_equal(rig.info[1].file_frames, 192 * 1024);
    assert_int_equal(clipmem_slot_blocks(rig.memory, 0), 192);
    assert_in_range(clipmem_slot_blocks(rig.memory, 1), 12, 127);
    assert_true(clipmem_view_rt(rig.memory, 1, &view));
    assert_int_equal(clipmem_ahead_rt(&view, 0, 12000), 12000);
    loader_drop(rig.loader, 0);
    rig_run(&rig);
    assert_int_equal(clipmem_slot_blocks(rig.memory, 1), 192);
    rig_clear(&rig);
}

static void it_gives_way_while_the_machine_is_short(void **state)
{
    (void)state;
    enum { MEDIA = 24, BLOCKS = 48, LIKELY = 16 };
    struct rig rig;
    uint32_t whole = 0;
    rig_init(&rig, 2 * MEDIA * BLOCKS * CLIPMEM_BLOCK_BYTES, 1);
    rig_make_file("48blocks.wav", WAV16, 2, 48000, BLOCKS * 1024);
    for (uint32_t slot = 0; slot < MEDIA; slot++)
        assert_int_equal(rig_load(&rig, slot, "48blocks.wav")->state, MEDIA_READY);
    assert_true(loader_has_all(rig.loader));
    loader_give_way(rig.loader, true);
    rig_run(&rig);                                          /* nothing is loaded again meanwhile */
    for (uint32_t slot = 0; slot < MEDIA; slot++) {
        assert_true(clipmem_resident(rig.memory, slot, 0) && clipmem_resident(rig.memory, slot, 11));       /* its head */
        whole += clipmem_slot_blocks(rig.memory, slot) == BLOCKS;
        assert_false(rig.info[slot].cold);
    }
    assert_int_equal(whole, LIKELY);
    loader_give_way(rig.loader, false);
    rig_run(&rig);
    assert_true(loader_has_all(rig.loader));
    rig_clear(&rig);
}

static void first_goes_before_others(void **state)
{
    (void)state;
    static const uint32_t order[] = {7, 5, 1, 2, 3, 4, 6};
    struct rig rig;
    rig_init(&rig, 1 << 20, 0);
    rig_make_file("small.wav", WAV16, 1, 48000, 100);
    for (uint32_t slot = 1; slot <= 7; slot++)
        loader_want(rig.loader, slot, AT_FDCWD, "small.wav");
    loader_first(rig.loader, 5);
    loader_first(rig.loader, 7);
    assert_false(loader_idle(rig.loader));
    rig.workers = 1;
    for (unsigned i = 0; i < 7; i++) {
        while (!rig.settled[order[i]])
            rig_turn(&rig, 1000);
        for (unsigned later = i + 1; later < 7; later++)
            assert_int_equal(rig.settled[order[later]], 0);
    }
    rig_clear(&rig);
}

static void a_slot_may_change_its_file_at_any_time(void **state)
{
    struct rig *rig = *state;
    struct clipmem_view view;
    uint64_t free_before;
    rig_make_file("long.wav", WAV16, 2, 48000, 20 * 48000);
    rig_make_file("short.wav", WAV16, 1, 48000, 777);
    loader_drop(rig->loader, 3);
    loader_drop(rig->loader, 9);
    int workers_before = rig->pids;
    free_before = clipmem_free_blocks(rig->memory);
    for (int turns = 0; turns < 12; turns++) {
        int settled = rig->settled[9];
        loader_want(rig->loader, 9, AT_FDCWD, "long.wav");
        for (int i = 0; i < turns; i++)
            rig_turn(rig, 1000);
        loader_want(rig->loader, 9, AT_FDCWD, "short.wav");
        rig_run(rig);
        assert_in_range(rig->settled[9] - settled, 1, 2);
        assert_int_equal(rig->info[9].state, MEDIA_READY);
        free(rig_take(rig, 9, &view));
        assert_int_equal(view.frames, 777);
        assert_int_equal(clipmem_free_blocks(rig->memory), free_before - 1);
    }
    loader_want(rig->loader, 9, AT_FDCWD, "long.wav");
    rig_turn(rig, 1000);
    rig_turn(rig, 1000);
    loader_drop(rig->loader, 9);
    assert_int_equal(loader_left(rig->loader), 0);
    assert_int_equal(clipmem_free_blocks(rig->memory), free_before);
    assert_in_range(rig->pids - workers_before, 0, 1);      /* its term may have been over */
}

static void what_an_earlier_loader_left_is_kept(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, 1 << 20, 1);
    rig_make_file("kept.wav", WAV16, 1, 48000, 1234);
    assert_int_equal(rig_load(&rig, 2, "kept.wav")->state, MEDIA_READY);
    unlink("kept.wav");
    rig_restart(&rig);
    const struct media_info *info = rig_load(&rig, 2, "kept.wav");
    assert_int_equal(info->state, MEDIA_READY);
    assert_int_equal(info->file_frames, 1234);
    rig_clear(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_media_file_is_named), cmocka_unit_test(links_and_folders_are_followed),
        cmocka_unit_test(what_is_cut_short_plays_as_far_as_it_goes), cmocka_unit_test(cut_in_the_header_is_broken),
        cmocka_unit_test(lies_in_a_header_are_seen), cmocka_unit_test(absurd_samples_are_put_right),
        cmocka_unit_test(a_file_may_shrink_while_it_is_read), cmocka_unit_test(what_does_not_fit_whole_has_its_head),
        cmocka_unit_test(first_goes_before_others),
        cmocka_unit_test(it_gives_way_while_the_machine_is_short), cmocka_unit_test(a_slot_may_change_its_file_at_any_time),
        cmocka_unit_test(what_an_earlier_loader_left_is_kept),
    };
    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
