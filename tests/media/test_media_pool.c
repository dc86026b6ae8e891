/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Workers started as render and probe start them: by running this very program again as a role.
 * So it does what the real one's main does: with "@worker" it takes its greeting and serves.
 */
#include "config.h"

#include "clipmem/clipmem.h"
#include "decode/selftest_files.h"
#include "decode/worker.h"
#include "media/media_pool.h"
#include "media/prober.h"
#include "platform/spawn.h"
#include "wire/msg.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char path[sizeof "/tmp/clipgrid-pool-XXXXXX"];
static int ready;

static void told(void *context, const struct media_info *info)
{
    (void)context;
    if (info->state != MEDIA_LOADING && info->state != MEDIA_READY)
        fail_msg("slot %u: %s", info->slot, info->text);
    ready += info->state == MEDIA_READY;
}

static void told_nothing(void *context, const struct media_info *info)
{
    (void)context;
    assert_int_equal(info->state, MEDIA_BROKEN);
}

static int serve(void)
{
    if (getenv("WORKER_IS_STILLBORN"))
        return 1;
    struct msg msg;
    if (msg_recv(SPAWN_SOCKET, &msg) != 1 || msg.type != MSG_HELLO || msg.fd[0] < 0)
        return 2;
    return worker_run(msg.size == 0 ? WORKER_WHOLE : WORKER_PLAIN, SPAWN_SOCKET, msg.fd[0]);
}

static void make_file(void)
{
    static short samples[48000];
    SF_INFO info = {.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16, .channels = 1, .samplerate = 48000};
    strcpy(path, "/tmp/clipgrid-pool-XXXXXX");
    close(mkstemp(path));
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    assert_non_null(file);
    sf_writef_short(file, samples, 48000);
    sf_close(file);
}

static void a_pool_loads_and_replaces_its_dead(void **state)
{
    (void)state;
    struct media_pool pool = {0};
    struct err err;
    make_file();
    int fd = clipmem_create(8 << 20);
    struct clipmem *memory = clipmem_map(fd, true);
    struct loader *loader = loader_new(memory, told, NULL);
    for (int round = 1; round <= 40; round++) {
        uint32_t pids[3];
        loader_want(loader, 1, AT_FDCWD, path);
        loader_want(loader, 2, AT_FDCWD, path);
        assert_int_equal(media_pool_load(&pool, loader, 3, &err), 0);
        assert_int_equal(ready, 2 * round);
        pid_t victim = (pid_t)pids[round % loader_workers(loader, pids, 3)];
        assert_int_equal(kill(victim, SIGKILL), 0);
        assert_int_equal(waitpid(victim, NULL, 0), victim);     /* dead for sure before it can be given a file */
    }
    loader_free(loader);
    media_pool_clear(&pool);
    for (int i = 0; i < LOADER_WORKERS_MAX; i++)
        assert_int_equal(pool.pid[i], 0);
    clipmem_unmap(memory);
    close(fd);
    unlink(path);
}

static bool is_spare(const struct media_pool *pool, pid_t pid)
{
    for (int i = 0; i < pool->spares; i++)
        if (pool->spare[i].pid == pid)
            return true;
    return false;
}

/* While there is more to load, two workers wait, started and walled in: one of them has the file after a death. */
static void after_a_death_a_warm_spare_goes_on(void **state)
{
    (void)state;
    enum { DEATHS = 10, SLOTS = DEATHS + 4 };
    struct media_pool pool = {0};
    struct err err;
    make_file();
    int fd = clipmem_create(8 << 20);
    struct clipmem *memory = clipmem_map(fd, true);
    struct loader *loader = loader_new(memory, told, NULL);
    ready = 0;
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        loader_want(loader, slot, AT_FDCWD, path);
    for (int death = 0; death < DEATHS; death++) {
        uint32_t pid = 0;
        assert_int_equal(media_pool_fill(&pool, loader, 1, &err), 0);
        assert_int_equal(pool.spares, MEDIA_POOL_SPARES);
        assert_int_equal(loader_workers(loader, &pid, 1), 1);
        struct media_pool before = pool;
        assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
        assert_int_equal(waitpid((pid_t)pid, NULL, 0), (pid_t)pid);
        while (loader_workers(loader, NULL, 0) == 1)
            loader_handle(loader, NULL, 0);
        assert_int_equal(media_pool_fill(&pool, loader, 1, &err), 0);
        assert_int_equal(loader_workers(loader, &pid, 1), 1);
        assert_true(is_spare(&before, (pid_t)pid));
    }
    assert_int_equal(media_pool_load(&pool, loader, 1, &err), 0);
    assert_int_equal(ready, SLOTS);
    loader_free(loader);
    media_pool_clear(&pool);
    clipmem_unmap(memory);
    close(fd);
    unlink(path);
}

/* The first that is asked is plain; AAC takes one that is whole, and so do those after it. */
static void a_file_that_needs_more_has_a_whole_worker(void **state)
{
    (void)state;
    const struct selftest_file *m4a = selftest_files;
    struct prober prober;
    struct probe_info info;
    struct err err;
    while (strcmp(m4a->format, "M4A") != 0)
        m4a++;
    make_file();
    char coded[] = "/tmp/clipgrid-pool-XXXXXX";
    int fd = mkstemp(coded);
    assert_true(m4a->optional && write(fd, m4a->bytes, m4a->size) == (ssize_t)m4a->size);
    close(fd);
    prober_init(&prober);
    assert_int_equal(prober_ask(&prober, path, &info, &err), 0);
    assert_int_equal(prober.kind, WORKER_PLAIN);
    if (prober_ask(&prober, coded, &info, &err) < 0)
        assert_true(strstr(err.text, "FFmpeg") && !strstr(err.text, "not loaded"));     /* it is not there at all */
    else
        assert_true(prober.kind == WORKER_WHOLE && info.frames == m4a->frames);
    assert_int_equal(prober_ask(&prober, path, &info, &err), 0);
    assert_int_equal(info.frames, 48000);
    prober_clear(&prober);
    unlink(coded);
    unlink(path);
}

static void a_pool_whose_workers_do_not_live_gives_up(void **state)
{
    (void)state;
    struct media_pool pool = {0};
    struct err err;
    int fd = clipmem_create(1 << 20);
    struct clipmem *memory = clipmem_map(fd, true);
    struct loader *loader = loader_new(memory, told_nothing, NULL);
    setenv("WORKER_IS_STILLBORN", "1", 1);
    loader_want(loader, 1, AT_FDCWD, "/proc/self/exe");
    loader_want(loader, 2, AT_FDCWD, "/proc/self/exe");
    if (media_pool_load(&pool, loader, 2, &err) < 0)
        assert_string_equal(err.text, "decoders die as soon as they are started");
    else
        assert_true(loader_idle(loader));       /* or each was charged with two deaths */
    unsetenv("WORKER_IS_STILLBORN");
    loader_free(loader);
    media_pool_clear(&pool);
    clipmem_unmap(memory);
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "@worker"))
        return serve();
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_pool_loads_and_replaces_its_dead),
                                       cmocka_unit_test(after_a_death_a_warm_spare_goes_on),
                                       cmocka_unit_test(a_file_that_needs_more_has_a_whole_worker),
                                       cmocka_unit_test(a_pool_whose_workers_do_not_live_gives_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
