/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loader, workers and files for tests: see rig.h. */
#include "config.h"

#include "rig.h"

#include "base/xalloc.h"
#include "decode/worker.h"
#include "platform/spawn.h"
#include "wire/work.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static void rig_told(void *context, const struct media_info *info)
{
    struct rig *rig = context;
    assert_true(info->slot < RIG_SLOTS);
    if (info->state == MEDIA_LOADING) {
        rig->facts[info->slot] = *info;
        return;
    }
    rig->info[info->slot] = *info;
    rig->settled[info->slot]++;
}

void rig_init(struct rig *rig, uint64_t bytes, int workers)
{
    memset(rig, 0, sizeof *rig);
    int fd = clipmem_create(bytes);
    assert_true(fd >= 0);
    rig->memory = clipmem_map(fd, true);
    close(fd);
    assert_non_null(rig->memory);
    rig->loader = loader_new(rig->memory, rig_told, rig);
    rig->workers = workers;
    alarm(300);                 /* a loader that waits for ever fails the test */
}

void rig_restart(struct rig *rig)
{
    loader_free(rig->loader);
    clipmem_recover(rig->memory);
    rig->loader = loader_new(rig->memory, rig_told, rig);
}

void rig_clear(struct rig *rig)
{
    loader_free(rig->loader);
    clipmem_unmap(rig->memory);
    for (int i = 0; i < rig->pids; i++) {
        kill(rig->pid[i], SIGKILL);
        waitpid(rig->pid[i], NULL, 0);
    }
    alarm(0);
}

int rig_set_up(void **state)
{
    static struct rig rig;
    if (folder_enter(state) < 0)
        return -1;
    rig_init(&rig, 256 << 20, 1);
    *state = &rig;
    return 0;
}

int rig_tear_down(void **state)
{
    rig_clear(*state);
    return folder_leave(state);
}

pid_t rig_fork_worker(int *socket, int *staging)
{
    int pair[2];
    *staging = work_make_staging();
    assert_true(*staging >= 0);
    assert_int_equal(spawn_pair(pair), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int fd = 3; fd < 256; fd++)
            if (fd != pair[1] && fd != *staging)
                close(fd);
        _exit(worker_run(WORKER_WHOLE, pair[1], *staging));
    }
    close(pair[1]);
    *socket = pair[0];
    return pid;
}

pid_t rig_add_worker(struct rig *rig)
{
    int socket, staging;
    assert_true(rig->pids < (int)(sizeof rig->pid / sizeof *rig->pid));
    pid_t pid = rig_fork_worker(&socket, &staging);
    rig->pid[rig->pids++] = pid;
    loader_add_worker(rig->loader, socket, staging, pid);
    return pid;
}

void rig_turn(struct rig *rig, int wait_ms)
{
    struct pollfd fds[LOADER_WORKERS_MAX];
    while (loader_workers(rig->loader, NULL, 0) < rig->workers)
        rig_add_worker(rig);
    int timeout_ms = wait_ms;
    int count = loader_poll(rig->loader, fds, LOADER_WORKERS_MAX, &timeout_ms);
    assert_true(timeout_ms >= 0);
    poll(fds, (nfds_t)count, timeout_ms);
    loader_handle(rig->loader, fds, count);
}

void rig_run(struct rig *rig)
{
    while (!loader_idle(rig->loader))
        rig_turn(rig, 1000);
}

const struct media_info *rig_load(struct rig *rig, uint32_t slot, const char *path)
{
    int before = rig->settled[slot];
    loader_want(rig->loader, slot, AT_FDCWD, path);
    rig_run(rig);
    assert_true(rig->settled[slot] > before);
    return &rig->info[slot];
}

/* Deterministic, multiples of 1/32768 within -1..1. */
static float test_sample(int64_t frame, unsigned channel)
{
    uint32_t noise = (uint32_t)(frame * 16 + channel) * 2654435761u;
    double tone = 0.5 * sin(0.01 * (channel + 1) * (double)frame);
    return (float)(round((tone + (double)(noise >> 8) / (1 << 24) * 0.25) * 32768) / 32768);
}

static bool write_file(const char *path, int format, unsigned channels, unsigned rate, int64_t frames)
{
    SF_INFO info = {.format = format, .channels = (int)channels, .samplerate = (int)rate};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, sf_strerror(NULL));
        return false;
    }
    float *samples = xcalloc((size_t)frames * channels + 1, sizeof *samples);
    for (int64_t n = 0; n < frames; n++)
        for (unsigned c = 0; c < channels; c++)
            samples[n * channels + c] = test_sample(n, c);
    enum { AT_ONCE = 48000 };       /* the Vorbis encoder fails when it is given much more */
    int64_t written = 0;
    for (sf_count_t got = 1; got > 0 && written < frames; written += got)
        got = sf_writef_float(file, samples + written * channels, frames - written < AT_ONCE ? frames - written : AT_ONCE);
    free(samples);
    return sf_close(file) == 0 && written == frames;
}

/* In a child: some encoders leak, which is no business of ours. */
void rig_make_file(const char *path, int format, unsigned channels, unsigned rate, int64_t frames)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(write_file(path, format, channels, rate, frames) ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (status != 0)
        fail_msg("%s could not be made", path);
}

void rig_make_bytes(const char *path, const void *bytes, size_t count)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, bytes, count) == (ssize_t)count);
    close(fd);
}

void rig_cut_file(const char *from, const char *to, size_t bytes)
{
    char *store = xmalloc(bytes);
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && read(fd, store, bytes) == (ssize_t)bytes);
    close(fd);
    rig_make_bytes(to, store, bytes);
    free(store);
}

float *rig_decode(const char *path, unsigned *channels, unsigned *rate, int64_t *frames)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file)
        fail_msg("%s: %s", path, sf_strerror(NULL));
    size_t room = 0;
    float *samples = NULL;
    *frames = 0;
    for (sf_count_t got = 1; got > 0; *frames += got) {
        room += 65536;
        samples = xrealloc_array(samples, room * (size_t)info.channels, sizeof *samples);
        got = sf_readf_float(file, samples + *frames * info.channels, 65536);
    }
    sf_close(file);
    *channels = (unsigned)info.channels;
    *rate = (unsigned)info.samplerate;
    return samples;
}

float *rig_take(struct rig *rig, uint32_t slot, struct clipmem_view *view)
{
    assert_int_equal(clipmem_state_rt(rig->memory, slot), CLIPMEM_READY);
    assert_true(clipmem_view_rt(rig->memory, slot, view));
    float *out = xcalloc((size_t)view->frames * view->channels, sizeof *out);
    uint32_t count;
    for (int64_t at = 0; at < view->frames; at += count) {
        const void *block = clipmem_read_rt(view, at, &count);
        assert_non_null(block);
        for (size_t i = 0; i < (size_t)count * view->channels; i++)
            out[(size_t)at * view->channels + i] =
                view->format == CLIPMEM_S16 ? (float)((const int16_t *)block)[i] / 32768.0f : ((const float *)block)[i];
    }
    return out;
}
