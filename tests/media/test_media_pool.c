/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Workers started as render and probe start them: by running this very program again as a role.
 * So it does what the real one's main does: with "@worker" it takes its greeting and serves.
 */
#include "config.h"

#include "clipmem/clipmem.h"
#include "decode/worker.h"
#include "media/media_pool.h"
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

static char path[] = "/tmp/clipgrid-pool-XXXXXX";
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
    return worker_run(SPAWN_SOCKET, msg.fd[0]);
}

static void make_file(void)
{
    static short samples[48000];
    SF_INFO info = {.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16, .channels = 1, .samplerate = 48000};
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
    struct loader *loader = loader_new(memory, 48000, told, NULL);
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

static void a_pool_whose_workers_do_not_live_gives_up(void **state)
{
    (void)state;
    struct media_pool pool = {0};
    struct err err;
    int fd = clipmem_create(1 << 20);
    struct clipmem *memory = clipmem_map(fd, true);
    struct loader *loader = loader_new(memory, 48000, told_nothing, NULL);
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
                                       cmocka_unit_test(a_pool_whose_workers_do_not_live_gives_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
