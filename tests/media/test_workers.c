/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workers that die, hang or are dead from the start: their file is broken at worst, others load. */
#include "config.h"

#include "rig.h"

#include "media/worker_life.h"
#include "wire/work.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { WAV16 = SF_FORMAT_WAV | SF_FORMAT_PCM_16, LONG_FRAMES = 40 * 48000 };

static void turn_until_facts(struct rig *rig, uint32_t slot)
{
    rig->facts[slot] = (struct media_info){0};
    while (rig->facts[slot].file_frames == 0)
        rig_turn(rig, 1000);
}

static void assert_ready(struct rig *rig, uint32_t slot, int64_t frames)
{
    struct clipmem_view view;
    if (rig->info[slot].state != MEDIA_READY)
        fail_msg("slot %u: %s", slot, rig->info[slot].text);
    free(rig_take(rig, slot, &view));
    assert_int_equal(view.frames, frames);
}

static void one_death_is_forgiven(void **state)
{
    struct rig *rig = *state;
    loader_want(rig->loader, 1, AT_FDCWD, "long.wav");
    loader_want(rig->loader, 2, AT_FDCWD, "short.wav");
    turn_until_facts(rig, 1);
    kill(rig->pid[rig->pids - 1], SIGKILL);
    rig_run(rig);
    assert_ready(rig, 1, LONG_FRAMES);
    assert_ready(rig, 2, 1000);
    assert_int_equal(rig->settled[1], 1);
}

static void two_deaths_break_the_file_alone(void **state)
{
    struct rig *rig = *state;
    uint64_t free_before = clipmem_free_blocks(rig->memory);
    assert_int_equal(rig_load(rig, 4, "short.wav")->state, MEDIA_READY);
    loader_want(rig->loader, 3, AT_FDCWD, "long.wav");
    turn_until_facts(rig, 3);
    assert_int_equal(kill(rig->pid[rig->pids - 1], SIGKILL), 0);
    for (int pids = rig->pids; rig->pids == pids;)
        rig_turn(rig, 1000);
    assert_int_equal(kill(rig->pid[rig->pids - 1], SIGKILL), 0);       /* it has the file now, and nothing else */
    rig_run(rig);
    assert_int_equal(rig->info[3].state, MEDIA_BROKEN);
    assert_string_equal(rig->info[3].text, "its decoder died");
    assert_ready(rig, 4, 1000);
    assert_int_equal(clipmem_free_blocks(rig->memory), free_before - 1);
}

static void a_worker_that_died_idle_costs_nothing(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(kill(rig->pid[rig->pids - 1], SIGKILL), 0);
    waitpid(rig->pid[rig->pids - 1], NULL, 0);
    assert_int_equal(rig_load(rig, 5, "short.wav")->state, MEDIA_READY);
    assert_int_equal(loader_workers(rig->loader, NULL, 0), 1);
}

static void a_worker_that_hangs_is_killed(void **state)
{
    struct rig *rig = *state;
    uint32_t hung, pids[2];
    for (unsigned turns = 1; turns <= 3; turns++) {
        rig_turn(rig, 0);
        assert_int_equal(loader_workers(rig->loader, &hung, 1), 1);
        assert_int_equal(kill((pid_t)hung, SIGSTOP), 0);
        loader_set_deadlines(rig->loader, 200, 200);
        loader_want(rig->loader, 6, AT_FDCWD, "long.wav");
        rig_turn(rig, 0);                       /* it has the file now; the others get all the time they want */
        loader_set_deadlines(rig->loader, 60000, 60000);
        rig->workers = 2;
        loader_want(rig->loader, 7, AT_FDCWD, "short.wav");
        loader_want(rig->loader, 8, AT_FDCWD, "long.wav");
        rig_run(rig);
        assert_ready(rig, 6, LONG_FRAMES);      /* it did not compute: it may have been a disk, so a second one had it */
        assert_ready(rig, 7, 1000);
        assert_ready(rig, 8, LONG_FRAMES);
        int status;
        assert_int_equal(waitpid((pid_t)hung, &status, 0), (pid_t)hung);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        rig->workers = 1;
        while (loader_workers(rig->loader, pids, 2) > 1) {
            kill((pid_t)pids[0], SIGKILL);
            rig_turn(rig, 1000);
        }
    }
}

/* Nobody waits for its deadline then. */
static void a_worker_that_is_stopped_is_found_at_once(void **state)
{
    struct rig *rig = *state;
    uint32_t stopped;
    rig_turn(rig, 0);
    assert_int_equal(loader_workers(rig->loader, &stopped, 1), 1);
    assert_int_equal(kill((pid_t)stopped, SIGSTOP), 0);
    loader_set_deadlines(rig->loader, 3600000, 3600000);
    loader_want(rig->loader, 9, AT_FDCWD, "long.wav");
    rig_run(rig);
    assert_ready(rig, 9, LONG_FRAMES);
    int status;
    assert_int_equal(waitpid((pid_t)stopped, &status, 0), (pid_t)stopped);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void many_deaths_lose_no_other_file(void **state)
{
    struct rig *rig = *state;
    rig->workers = 3;
    for (uint32_t slot = 10; slot < 60; slot++)
        loader_want(rig->loader, slot, AT_FDCWD, slot % 5 ? "short.wav" : "middle.wav");
    unsigned random = 12345;
    for (int kills = 0; kills < 8; kills++) {
        rig_turn(rig, 1000);
        uint32_t pids[3];
        int count = loader_workers(rig->loader, pids, 3);
        random = random * 1103515245 + 12345;
        if (count > 0)
            kill((pid_t)pids[(random >> 16) % (unsigned)count], SIGKILL);
    }
    rig_run(rig);
    int broken = 0;
    for (uint32_t slot = 10; slot < 60; slot++) {
        assert_int_equal(rig->settled[slot], 1);
        if (rig->info[slot].state == MEDIA_READY)
            assert_ready(rig, slot, slot % 5 ? 1000 : 100000);
        else
            broken++;
    }
    assert_in_range(broken, 0, 4);              /* eight deaths, two for each */
    rig->workers = 1;
}

static int lost;

static void note_lost(void *context, int pid)
{
    struct rig *rig = context;
    assert_int_equal(pid, rig->pid[rig->pids - 1]);
    lost++;
}

static void a_worker_has_so_many_files(void **state)
{
    (void)state;
    static struct rig rig;
    int status;
    rig_init(&rig, 32 << 20, 1);
    loader_set_lost(rig.loader, note_lost);
    for (uint32_t slot = 0; slot < 2 * WORKER_LIFE_FILES + 1; slot++)
        loader_want(rig.loader, slot, AT_FDCWD, "short.wav");
    rig_run(&rig);
    for (uint32_t slot = 0; slot < 2 * WORKER_LIFE_FILES + 1; slot++)
        assert_ready(&rig, slot, 1000);
    assert_int_equal(rig.pids, 3);
    assert_int_equal(lost, 2);
    assert_int_equal(waitpid(rig.pid[0], &status, 0), rig.pid[0]);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    rig_clear(&rig);
}

/* Also by one that is only cut short: what a decoder did when its file ended is nobody's business. */
static void one_that_met_a_bad_file_is_thrown_away(void **state)
{
    (void)state;
    static struct rig rig;
    rig_init(&rig, 32 << 20, 1);
    rig_make_bytes("text.wav", "These are words.\n", 17);
    rig_cut_file("cut.flac", "half.flac", 30000);
    loader_want(rig.loader, 1, AT_FDCWD, "short.wav");
    loader_want(rig.loader, 2, AT_FDCWD, "gone.wav");       /* no worker sees this one */
    loader_want(rig.loader, 3, AT_FDCWD, "text.wav");
    loader_want(rig.loader, 4, AT_FDCWD, "half.flac");
    loader_want(rig.loader, 5, AT_FDCWD, "short.wav");
    rig_run(&rig);
    assert_ready(&rig, 1, 1000);
    assert_int_equal(rig.info[2].state, MEDIA_MISSING);
    assert_int_equal(rig.info[3].state, MEDIA_BROKEN);
    assert_int_equal(rig.info[4].state, MEDIA_READY);
    assert_non_null(strstr(rig.info[4].text, "cut short"));
    assert_ready(&rig, 5, 1000);
    assert_int_equal(rig.pids, 3);
    rig_clear(&rig);
}

/* Staging memory that its maker could still shrink would be a way to make the loader fault. */
static void staging_that_is_not_sealed_is_refused(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, 1 << 20, 0);
    int pair[2], loose = memfd_create("loose", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    assert_int_equal(ftruncate(loose, WORK_STAGING_BYTES), 0);
    loader_add_worker(rig.loader, pair[0], loose, -1);
    assert_int_equal(loader_workers(rig.loader, NULL, 0), 0);
    assert_int_equal(fcntl(pair[0], F_GETFD), -1);
    assert_int_equal(fcntl(loose, F_GETFD), -1);
    close(pair[1]);

    int staging = work_make_staging();
    assert_int_equal(ftruncate(staging, 4096), -1);
    assert_int_equal(ftruncate(staging, WORK_STAGING_BYTES * 2), -1);
    assert_int_equal(fcntl(staging, F_ADD_SEALS, F_SEAL_WRITE), -1);
    close(staging);
    rig_clear(&rig);
}

static int open_descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* Sends a packet of so many zero bytes with descriptors beside it. */
static void send_gifts(int socket, size_t bytes)
{
    static char nothing[64];
    union {
        char space[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control = {.space = {0}};
    struct iovec part = {nothing, bytes};
    struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space,
                            .msg_controllen = sizeof control.space};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&packet);
    int gifts[2] = {STDERR_FILENO, STDERR_FILENO};
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof gifts);
    memcpy(CMSG_DATA(rights), gifts, sizeof gifts);
    assert_int_equal(sendmsg(socket, &packet, 0), bytes);
}

static void descriptors_nobody_asked_for_are_closed(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 16, 64};
    struct rig rig;
    rig_init(&rig, 1 << 20, 0);
    int before = open_descriptors();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int pair[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
        loader_add_worker(rig.loader, pair[0], work_make_staging(), -1);
        send_gifts(pair[1], sizes[i]);
        rig_turn(&rig, 1000);
        assert_int_equal(loader_workers(rig.loader, NULL, 0), 0);
        close(pair[1]);
        assert_int_equal(open_descriptors(), before);
    }
    rig_clear(&rig);
}

static int set_up(void **state)
{
    if (rig_set_up(state) < 0)
        return -1;
    rig_make_file("long.wav", WAV16, 2, 48000, LONG_FRAMES);
    rig_make_file("middle.wav", WAV16, 2, 48000, 100000);
    rig_make_file("short.wav", WAV16, 1, 48000, 1000);
    rig_make_file("cut.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, 48000, 100000);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_death_is_forgiven), cmocka_unit_test(two_deaths_break_the_file_alone),
        cmocka_unit_test(a_worker_that_died_idle_costs_nothing), cmocka_unit_test(a_worker_that_hangs_is_killed),
        cmocka_unit_test(a_worker_that_is_stopped_is_found_at_once),
        cmocka_unit_test(a_worker_has_so_many_files), cmocka_unit_test(one_that_met_a_bad_file_is_thrown_away),
        cmocka_unit_test(many_deaths_lose_no_other_file), cmocka_unit_test(staging_that_is_not_sealed_is_refused),
        cmocka_unit_test(descriptors_nobody_asked_for_are_closed),
    };
    return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}
