/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hash, peaks and loudness of files whose sound is known, by way of a real worker; and answers that cannot be true. */
#include "config.h"

#include "../media/rig.h"

#include "base/xalloc.h"
#include "base/xxh64.h"
#include "decode/loudness.h"
#include "library/measure.h"
#include "pcm/wavhead.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

struct bench {
    int socket, staging_fd;
    void *staging;
    pid_t pid;
};

static int start(void **state)
{
    static struct bench bench;
    if (folder_enter(state) < 0)
        return -1;
    bench.pid = rig_fork_worker(&bench.socket, &bench.staging_fd);
    bench.staging = work_map_staging(bench.staging_fd, false);
    *state = &bench;
    return bench.staging ? 0 : -1;
}

static int stop(void **state)
{
    struct bench *bench = *state;
    close(bench->socket);
    close(bench->staging_fd);
    work_unmap_staging(bench->staging);
    waitpid(bench->pid, NULL, 0);
    return folder_leave(state);
}

static struct seek_table table;         /* of the last measuring with MEASURE_TABLE */

/* A whole measuring. peaks: where bins go, room for all; NULL: not wanted. Return: how it ended. */
static enum measure_outcome measure(struct bench *bench, const char *path, unsigned kinds, struct measures *result,
                                    struct peak *peaks)
{
    static struct msg msg;
    struct measure_job job;
    enum measure_outcome outcome = MEASURE_PIECE;
    measure_job_init(&job, kinds, bench->socket, bench->staging, 0);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    measure_job_open(&job, fd);
    close(fd);
    for (;;) {
        assert_int_equal(msg_recv(bench->socket, &msg), 1);
        outcome = measure_job_handle(&job, &msg);
        for (uint32_t i = 0; i < job.bin_count * job.bin_channels && peaks; i++)
            *peaks++ = job.bins[i];
        if (outcome != MEASURE_FACTS && outcome != MEASURE_PIECE)
            break;
        measure_job_next(&job);
    }
    *result = job.result;
    assert_true((job.table != NULL) == ((job.result.kinds & MEASURE_TABLE) != 0));
    if (job.table)
        memcpy(&table, job.table, seek_table_bytes(job.table));
    measure_job_clear(&job);
    return outcome;
}

/* Adds a sine to a stretch of samples, all channels alike. */
static void add_sine(float *to, unsigned channels, uint32_t rate, double hz, double phase, double db, size_t from, size_t frames)
{
    const double pi = acos(-1);
    for (size_t n = from; n < from + frames; n++)
        for (unsigned c = 0; c < channels; c++)
            to[n * channels + c] += (float)(pow(10, db / 20) * sin(2 * pi * hz * (double)n / rate + phase));
}

static void write_wav(const char *path, const float *samples, unsigned channels, uint32_t rate, size_t frames, bool s16)
{
    struct wavhead head = {.format = s16 ? OUTPUT_S16 : OUTPUT_F32, .channels = channels, .rate = rate};
    size_t count = frames * channels, bytes = count * (s16 ? 2 : 4);
    unsigned char *file = xcalloc(1, WAVHEAD_BYTES + bytes);
    uint32_t length = wavhead_fmt(file, &head, bytes);
    for (size_t i = 0; i < count && s16; i++)
        ((int16_t *)(void *)(file + length))[i] = (int16_t)lrint((double)samples[i] * 32767);
    if (!s16)
        memcpy(file + length, samples, bytes);
    rig_make_bytes(path, file, length + bytes);
    free(file);
}

static struct work_loudness loudness_of(struct bench *bench, const float *samples, unsigned channels, uint32_t rate,
                                        size_t frames)
{
    struct measures result;
    write_wav("sound.wav", samples, channels, rate, frames, false);
    assert_int_equal(measure(bench, "sound.wav", MEASURE_LOUDNESS, &result, NULL), MEASURE_DONE);
    assert_int_equal(result.kinds, MEASURE_LOUDNESS);
    assert_int_equal(result.frames, frames);
    return result.loudness;
}

static void assert_near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        fail_msg("%g is not %g within %g", got, want, tolerance);
}

/* EBU Tech 3341, cases 1 and 3: a sine of -23 dBFS in both channels is -23.0 LUFS, and the gate leaves out what is 13 LU
 * below. */
static void a_sine_has_the_loudness_of_the_book(void **state)
{
    enum { RATE = 16000, SECONDS = 40 };
    if (!loudness_available())
        skip();
    float *samples = xcalloc(2 * RATE * SECONDS, sizeof *samples);
    add_sine(samples, 2, RATE, 997, 0, -23, 0, 20 * RATE);
    struct work_loudness got = loudness_of(*state, samples, 2, RATE, 20 * RATE);
    assert_near(got.integrated, -23, 0.1);
    assert_near(got.momentary_max, -23, 0.1);
    assert_near(got.true_peak, -23, 0.2);
    assert_near(got.range, 0, 0.1);
    memset(samples, 0, 2 * RATE * SECONDS * sizeof *samples);
    add_sine(samples, 1, RATE, 997, 0, -23, 0, 20 * RATE);
    got = loudness_of(*state, samples, 1, RATE, 20 * RATE);
    assert_near(got.integrated, -26, 0.1);              /* one channel of the two */
    memset(samples, 0, 2 * RATE * SECONDS * sizeof *samples);
    add_sine(samples, 2, RATE, 997, 0, -36, 0, 5 * RATE);
    add_sine(samples, 2, RATE, 997, 0, -23, 5 * RATE, 30 * RATE);
    add_sine(samples, 2, RATE, 997, 0, -36, 35 * RATE, 5 * RATE);
    got = loudness_of(*state, samples, 2, RATE, 40 * RATE);
    assert_near(got.integrated, -23, 0.1);
    assert_near(got.momentary_max, -23, 0.1);
    free(samples);
}

/* EBU Tech 3341, case 17: a quarter of the rate, 45 degrees off: no sample is above -9 dBFS, the wave is. */
static void true_peak_is_between_the_samples(void **state)
{
    enum { RATE = 48000 };
    if (!loudness_available())
        skip();
    float *samples = xcalloc(2 * RATE, sizeof *samples);
    add_sine(samples, 2, RATE, RATE / 4.0, acos(-1) / 4, 20 * log10(0.5), 0, RATE);
    struct work_loudness got = loudness_of(*state, samples, 2, RATE, RATE);
    assert_true(got.true_peak > -6.02 - 0.4 && got.true_peak < -6.02 + 0.2);
    free(samples);
}

static void silence_and_clicks_have_none(void **state)
{
    if (!loudness_available())
        skip();
    static float samples[2 * 48000];
    struct work_loudness got = loudness_of(*state, samples, 2, 48000, 48000);
    assert_true(got.integrated == WORK_LEVEL_NONE && got.momentary_max == WORK_LEVEL_NONE && got.true_peak == WORK_LEVEL_NONE &&
                got.range == 0);
    samples[0] = NAN;
    samples[1] = INFINITY;
    samples[2] = 1e30f;
    got = loudness_of(*state, samples, 2, 48000, 2);
    assert_true(got.integrated == WORK_LEVEL_NONE && isfinite(got.true_peak));
}

static void the_hash_is_of_every_byte(void **state)
{
    enum { BYTES = WORK_MEASURE_BYTES_MAX + 44 + 1002 };       /* more than a piece */
    struct measures result;
    float *samples = xcalloc(BYTES / 2, sizeof *samples);
    write_wav("big.wav", samples, 1, 48000, (BYTES - 44) / 2, true);
    free(samples);
    char *bytes = xmalloc(2 * BYTES);
    int fd = open("big.wav", O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    ssize_t size = read(fd, bytes, 2 * BYTES);
    assert_true(size > WORK_MEASURE_BYTES_MAX);
    assert_int_equal(measure(*state, "big.wav", MEASURE_HASH, &result, NULL), MEASURE_DONE);
    assert_int_equal(result.kinds, MEASURE_HASH);
    assert_int_equal(result.stamp.size, size);
    assert_true(result.hash == xxh64_of(bytes, (size_t)size, 0));
    uint64_t before = result.hash;
    assert_int_equal(pwrite(fd, "x", 1, size - 1), 1);
    assert_int_equal(measure(*state, "big.wav", MEASURE_HASH, &result, NULL), MEASURE_DONE);
    assert_true(result.hash != before);
    close(fd);
    free(bytes);
}

/* What every kind of file gives is what its samples, decoded here, give. */
static void peaks_are_those_of_the_samples(void **state)
{
    static const struct {
        const char *path;
        int kind;
        unsigned channels;
    } files[] = {
        {"s16.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2},   {"m16.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1},
        {"s24.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 2}, {"f.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1},
        {"s.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2},
    };
    enum { FRAMES = WORK_MEASURE_FRAMES_MAX + 1000 };           /* more than a piece, the last bin short */
    size_t bins = (size_t)peaks_bins(FRAMES, 0);
    struct peak *got = xcalloc(2 * bins, sizeof *got), *want = xcalloc(2 * bins, sizeof *want);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct measures result;
        unsigned channels, rate;
        int64_t frames;
        rig_make_file(files[i].path, files[i].kind, files[i].channels, 44100, FRAMES);
        assert_int_equal(measure(*state, files[i].path, MEASURE_PEAKS, &result, got), MEASURE_DONE);
        assert_true(result.kinds == MEASURE_PEAKS && result.frames == FRAMES && result.rate == 44100);
        float *samples = rig_decode(files[i].path, &channels, &rate, &frames);
        peaks_f32(want, samples, channels, (size_t)frames);
        free(samples);
        for (size_t b = 0; b < bins * channels; b++)
            if (got[b].low != want[b].low || got[b].high != want[b].high || abs(got[b].rms - want[b].rms) > 1)
                fail_msg("%s: bin %zu is %d %d %d", files[i].path, b, got[b].low, got[b].high, got[b].rms);
    }
    free(got);
    free(want);
}

static void more_channels_are_folded_and_kinds_combined(void **state)
{
    struct measures result;
    struct peak bins[2 * 4];
    static float samples[6 * 1024];
    for (size_t n = 0; n < 1024; n++)
        samples[6 * n + 4] = 0.5f;                              /* left surround alone */
    write_wav("six.wav", samples, 6, 48000, 1024, true);
    assert_int_equal(measure(*state, "six.wav", measure_kinds(), &result, bins), MEASURE_DONE);
    assert_int_equal(result.kinds, measure_kinds());
    assert_int_equal(result.channels, 6);
    for (size_t b = 0; b < 4; b++) {
        assert_near(bins[2 * b].high, 0.5 * 32767 * sqrt(0.5), 1);
        assert_int_equal(bins[2 * b + 1].high, 0);
    }
}

static void what_is_no_medium_is_not_measured(void **state)
{
    struct measures result;
    folder_write("text.wav", "no sound at all");
    assert_int_equal(measure(*state, "text.wav", measure_kinds(), &result, NULL), MEASURE_UNREADABLE);
    assert_int_equal(result.kinds, 0);
    rig_make_file("cut.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 10000);
    rig_cut_file("cut.wav", "short.wav", 44 + 4 * 777);
    assert_int_equal(measure(*state, "short.wav", MEASURE_PEAKS, &result, NULL), MEASURE_DONE);
    assert_int_equal(result.frames, 777);
}

/* A worker that is asked out of turn ends rather than answer. */
static void pieces_must_follow(void **state)
{
    struct bench *bench = *state;
    static struct msg msg;
    struct work_measure ask = {.kinds = WORK_PEAKS, .count = 256, .first = 256};
    rig_make_file("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 10000);
    int fd = open("a.wav", O_RDONLY | O_CLOEXEC);
    msg_send(bench->socket, MSG_WORK_OPEN, 1, NULL, 0, &fd, 1);
    close(fd);
    assert_int_equal(msg_recv(bench->socket, &msg), 1);
    msg_send(bench->socket, MSG_WORK_MEASURE, 2, &ask, sizeof ask, NULL, 0);
    assert_int_equal(msg_recv(bench->socket, &msg), 0);
}

static void a_coded_file_has_its_seek_table(void **state)
{
    struct bench *bench = *state;
    struct measures found;
    rig_make_file("a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 1, 44100, 100000);
    rig_make_file("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 44100, 1000);
    assert_int_equal(measure(bench, "a.ogg", MEASURE_TABLE, &found, NULL), MEASURE_DONE);
    assert_int_equal(found.kinds, MEASURE_TABLE);
    assert_true(table.kind == SEEK_OGG && table.parts == 1 && table.count > 2 && table.units == 100000);
    assert_int_equal(measure(bench, "a.ogg", MEASURE_TABLE | MEASURE_HASH | MEASURE_PEAKS, &found, NULL), MEASURE_DONE);
    assert_int_equal(found.kinds, MEASURE_TABLE | MEASURE_HASH | MEASURE_PEAKS);
    assert_int_equal(found.frames, 100000);
    assert_int_equal(measure(bench, "a.wav", MEASURE_TABLE, &found, NULL), MEASURE_DONE);
    assert_int_equal(table.kind, SEEK_NONE);
}

struct enemy {
    struct measure_job job;
    int pair[2];
    unsigned char *staging;
    struct msg msg;
};

/* A job that waits for the answer to its first piece, 300 frames of stereo that end there. */
static void enemy_init(struct enemy *enemy, unsigned kinds)
{
    struct work_opened facts = {.rate = 48000, .channels = 2, .sample = WORK_S16, .frames = 300,
                                .place = {WORK_LEFT, WORK_RIGHT}, .format = "WAV", .encoding = "16 bit"};
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, enemy->pair), 0);
    enemy->staging = xcalloc(1, WORK_STAGING_BYTES);
    folder_write("any", "file");
    int fd = open("any", O_RDONLY | O_CLOEXEC);
    measure_job_init(&enemy->job, kinds, enemy->pair[0], enemy->staging, 0);
    measure_job_open(&enemy->job, fd);
    close(fd);
    assert_int_equal(msg_recv(enemy->pair[1], &enemy->msg), 1);
    msg_clear(&enemy->msg);
    msg_send(enemy->pair[1], MSG_WORK_OPENED, enemy->msg.serial, &facts, sizeof facts, NULL, 0);
    assert_int_equal(msg_recv(enemy->pair[0], &enemy->msg), 1);
    assert_int_equal(measure_job_handle(&enemy->job, &enemy->msg), MEASURE_FACTS);
    measure_job_next(&enemy->job);
    assert_int_equal(msg_recv(enemy->pair[1], &enemy->msg), 1);
}

static enum measure_outcome enemy_answer(struct enemy *enemy, struct work_measured answer, uint32_t serial_off)
{
    msg_send(enemy->pair[1], MSG_WORK_MEASURED, enemy->msg.serial + serial_off, &answer, sizeof answer, NULL, 0);
    assert_int_equal(msg_recv(enemy->pair[0], &enemy->msg), 1);
    return measure_job_handle(&enemy->job, &enemy->msg);
}

static void enemy_clear(struct enemy *enemy)
{
    measure_job_clear(&enemy->job);
    close(enemy->pair[0]);
    close(enemy->pair[1]);
    free(enemy->staging);
}

static void hostile_answers_are_nonsense(void **state)
{
    (void)state;
    static struct enemy enemy;
    const struct work_measured sound = {.kinds = WORK_PEAKS, .count = 300, .ended = 1};
    const struct {
        struct work_measured answer;
        struct peak bin;
        uint32_t serial_off;
        enum measure_outcome outcome;
    } cases[] = {
        {sound, {-1, 1, 1}, 0, MEASURE_DONE},
        {sound, {1, -1, 1}, 0, MEASURE_NONSENSE},                       /* lowest above highest */
        {sound, {-1, 1, PEAKS_FULL + 1}, 0, MEASURE_NONSENSE},
        {sound, {-1, 1, 1}, 1, MEASURE_NONSENSE},                       /* an answer to something else */
        {{.kinds = WORK_PEAKS, .count = 301, .ended = 1}, {0, 0, 0}, 0, MEASURE_NONSENSE},
        {{.kinds = WORK_PEAKS, .count = UINT32_MAX, .ended = 1}, {0, 0, 0}, 0, MEASURE_NONSENSE},
        {{.kinds = WORK_HASH, .count = 300, .ended = 1}, {0, 0, 0}, 0, MEASURE_NONSENSE},
        {{.kinds = WORK_PEAKS, .count = 300}, {0, 0, 0}, 0, MEASURE_NONSENSE},
        {{.kinds = WORK_PEAKS, .ended = 1}, {0, 0, 0}, 0, MEASURE_UNREADABLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enemy_init(&enemy, MEASURE_PEAKS);
        memcpy(enemy.staging + 3 * sizeof cases[i].bin, &cases[i].bin, sizeof cases[i].bin);    /* the last of two bins' four */
        assert_int_equal(enemy_answer(&enemy, cases[i].answer, cases[i].serial_off), cases[i].outcome);
        enemy_clear(&enemy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sine_has_the_loudness_of_the_book, start, stop),
        cmocka_unit_test_setup_teardown(true_peak_is_between_the_samples, start, stop),
        cmocka_unit_test_setup_teardown(silence_and_clicks_have_none, start, stop),
        cmocka_unit_test_setup_teardown(the_hash_is_of_every_byte, start, stop),
        cmocka_unit_test_setup_teardown(peaks_are_those_of_the_samples, start, stop),
        cmocka_unit_test_setup_teardown(more_channels_are_folded_and_kinds_combined, start, stop),
        cmocka_unit_test_setup_teardown(what_is_no_medium_is_not_measured, start, stop),
        cmocka_unit_test_setup_teardown(pieces_must_follow, start, stop),
        cmocka_unit_test_setup_teardown(a_coded_file_has_its_seek_table, start, stop),
        cmocka_unit_test_setup_teardown(hostile_answers_are_nonsense, folder_enter, folder_leave),
    };
    alarm(300);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
