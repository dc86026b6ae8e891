/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What probe says of each kind of file, and of what is none. */
#include "config.h"

#include "rig.h"

#include "media/probe.h"

#include <setjmp.h>
#include <signal.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

struct probed {
    int socket, staging;
    pid_t pid;
};

static void facts_are_told(void **state)
{
    struct probed *worker = *state;
    static const struct {
        const char *path, *format, *sample;
        int kind;
        unsigned channels, rate;
    } files[] = {
        {"a.wav", "WAV", "16 bit", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 44100},
        {"x.wav", "WAV", "24 bit", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, 6, 48000},
        {"f.wav", "WAV", "float", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, 96000},
        {"a.aiff", "AIFF", "24 bit", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 2, 48000},
        {"a.flac", "FLAC", "16 bit", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, 48000},
        {"a.ogg", "Ogg Vorbis", "Vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 2, 44100},
        {"a.opus", "Ogg Opus", "Opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 2, 48000},
        {"a.mp3", "MP3", "MPEG layer III", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 2, 44100},
        {"a.rf64", "RF64", "16 bit", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 2, 48000},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct probe_info info;
        struct err err;
        rig_make_file(files[i].path, files[i].kind, files[i].channels, files[i].rate, 12345);
        if (probe_file(worker->socket, files[i].path, &info, &err) < 0)
            fail_msg("%s", err.text);
        assert_string_equal(info.format, files[i].format);
        assert_string_equal(info.sample, files[i].sample);
        assert_string_equal(info.warning, "");
        assert_int_equal(info.rate, files[i].rate);
        assert_int_equal(info.channels, files[i].channels);
        assert_int_equal(info.frames, 12345);
    }
}

static void tags_are_told(void **state)
{
    struct probed *worker = *state;
    static const short sound[480];
    static struct media_tags tags;
    SF_INFO kind = {.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16, .channels = 1, .samplerate = 48000};
    SNDFILE *file = sf_open("tagged.flac", SFM_WRITE, &kind);
    assert_non_null(file);
    sf_set_string(file, SF_STR_TITLE, "A door");
    assert_int_equal(sf_writef_short(file, sound, 480), 480);
    sf_close(file);
    struct probe_info info;
    struct err err;
    assert_int_equal(probe_tags(worker->socket, "tagged.flac", &info, &tags, &err), 0);
    assert_int_equal(info.frames, 480);
    assert_string_equal(tags_get(&tags, TAG_TITLE), "A door");
    assert_string_equal(tags_get(&tags, TAG_ARTIST), "");
    assert_int_equal(probe_tags(worker->socket, "a.wav", &info, &tags, &err), 0);
    assert_string_equal(tags_get(&tags, TAG_TITLE), "");
}

static void expect_error(int socket, const char *path, enum err_code code, const char *text)
{
    struct probe_info info;
    struct err err;
    assert_int_equal(probe_file(socket, path, &info, &err), -1);
    assert_string_equal(err.text, text);
    assert_int_equal(err.code, code);
}

static void errors_name_the_file(void **state)
{
    struct probed *worker = *state;
    struct probe_info info;
    struct err err;
    rig_make_bytes("empty.wav", "", 0);
    rig_make_bytes("text.wav", "no sound at all, only words of no use", 37);
    expect_error(worker->socket, "absent.wav", ERR_UNKNOWN, "absent.wav: no such file");
    expect_error(worker->socket, "empty.wav", ERR_IO, "empty.wav: empty file");
    expect_error(worker->socket, "text.wav", ERR_IO, "text.wav: not a media file this program reads");
    expect_error(worker->socket, "/tmp", ERR_IO, "/tmp: a folder, not a file");
    rig_make_file("whole.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 1000);
    rig_cut_file("whole.wav", "cut.wav", 44 + 4 * 600);
    assert_int_equal(probe_file(worker->socket, "cut.wav", &info, &err), 0);
    assert_int_equal(info.frames, 600);
    assert_string_equal(info.warning, "cut short: 1600 bytes of its sound are missing");
}

static void a_dead_worker_is_an_error(void **state)
{
    struct probed *worker = *state;
    kill(worker->pid, SIGKILL);
    waitpid(worker->pid, NULL, 0);
    worker->pid = 0;
    expect_error(worker->socket, "a.wav", ERR_IO, "a.wav: its decoder died");
}

static int set_up(void **state)
{
    static struct probed worker;
    if (folder_enter(state) < 0)
        return -1;
    worker.pid = rig_fork_worker(&worker.socket, &worker.staging);
    close(worker.staging);
    *state = &worker;
    return 0;
}

static int tear_down(void **state)
{
    struct probed *worker = *state;
    close(worker->socket);
    if (worker->pid)
        waitpid(worker->pid, NULL, 0);
    return folder_leave(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_are_told), cmocka_unit_test(tags_are_told), cmocka_unit_test(errors_name_the_file),
        cmocka_unit_test(a_dead_worker_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
