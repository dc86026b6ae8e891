/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A taken-over decoder (hostile_worker.c) in a real worker, as root and as a plain user: whatever
 * it tries, its file is broken and says why, and the files before and after it load as ever. What
 * is refused there works in a process without walls, or the refusal would prove nothing.
 */
#include "config.h"

#include "../media/rig.h"

#include "decode/codec.h"
#include "decode/worker.h"
#include "platform/sandbox.h"
#include "wire/work.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { PLAIN_USER = 65534, SOON_MS = 500, PATIENT_MS = 10000 };

enum end {
    REFUSED,                        /* by a wall; in a debug build the filter may kill instead */
    STOPPED,                        /* its worker dies or is killed */
    LATE,                           /* it goes on until its deadline */
    DISBELIEVED                     /* what it promises cannot be */
};

static const struct attack {
    const char *word;
    enum end end;
    unsigned walls, plain_walls;    /* REFUSED: which refuse it; which do only if it is not root's */
} attacks[] = {
    {"open", REFUSED, SANDBOX_LANDLOCK | SANDBOX_CALLS, 0}, {"socket", REFUSED, SANDBOX_CALLS, 0},
    {"clips", REFUSED, SANDBOX_LANDLOCK | SANDBOX_CALLS, 0}, {"memory", REFUSED, SANDBOX_LIMITS, 0},
    {"fork", REFUSED, SANDBOX_CALLS, SANDBOX_LIMITS}, {"exec", REFUSED, SANDBOX_LANDLOCK | SANDBOX_CALLS, 0},
    {"crash", STOPPED, 0, 0}, {"flood", STOPPED, 0, 0}, {"lie", STOPPED, 0, 0}, {"hang", LATE, 0, 0}, {"spin", LATE, 0, 0},
    {"endless", LATE, 0, 0}, {"excess", STOPPED, 0, 0}, {"chatter", STOPPED, 0, 0},
    {"promise", DISBELIEVED, 0, 0},
};

/* Which walls a worker has here. */
static unsigned walls_here(void)
{
    int status, pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct sandbox sandbox = {.socket = pair[1], .memory_bytes = WORKER_MEMORY_BYTES, .cpu_s = 1, .walls = SANDBOX_ALL};
        _exit((int)sandbox_enter(&sandbox));
    }
    close(pair[0]);
    close(pair[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    unsigned walls = SANDBOX_ALL & ~(unsigned)WEXITSTATUS(status);
#ifdef CLIPGRID_SANITIZED
    walls &= ~(unsigned)(SANDBOX_CALLS | SANDBOX_LIMITS);       /* no filter, no limit of memory or of processes */
#endif
    return walls;
}

static bool file_is_there(const char *path)
{
    bool there = access(path, F_OK) == 0;
    unlink(path);
    return there;
}

/* The control: the same decoder in a process of its own, without walls. */
static bool works_without_walls(const struct attack *attack)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct work_opened facts;
        codec_open(open("attack", O_RDONLY | O_CLOEXEC), NULL, &facts);
        _exit(strcmp(facts.text, "worked") ? 1 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status == 0 && (file_is_there("executed") || strcmp(attack->word, "exec"));
}

static bool ended_well(const struct attack *attack, const struct media_info *info)
{
    bool stopped = !strncmp(info->text, "its decoder ", 12);
    if (info->state != MEDIA_BROKEN || file_is_there("executed"))
        return false;
    if (attack->end == DISBELIEVED)
        return !strcmp(info->text, WORK_TOO_LONG);
    if (attack->end != REFUSED)
        return stopped;
#ifdef CLIPGRID_DEBUG
    if (stopped)
        return true;
#endif
    return !strcmp(info->text, "refused");
}

static void run_attack(struct rig *rig, const struct attack *attack)
{
    rig_make_bytes("attack", attack->word, strlen(attack->word));
    if (attack->end == REFUSED && !works_without_walls(attack))
        fail_msg("%s: does not work without walls either", attack->word);
    unsigned patience_ms = attack->end == LATE ? SOON_MS : PATIENT_MS;
    loader_set_deadlines(rig->loader, patience_ms, patience_ms);
    const struct media_info *info = rig_load(rig, 1, "attack");
    if (!ended_well(attack, info))
        fail_msg("%s: %s", attack->word, info->text);
    loader_set_deadlines(rig->loader, PATIENT_MS, PATIENT_MS);
    info = rig_load(rig, 2, "tame");
    if (info->state != MEDIA_READY || info->file_frames != 480)
        fail_msg("after %s: %s", attack->word, info->text);
}

static void attack_all(bool plain)
{
    static struct rig rig;
    unsigned here = walls_here();
    void *folder;
    assert_int_equal(folder_enter(&folder), 0);
    int clips = memfd_create("clips", MFD_CLOEXEC);     /* what "clips" may find in us */
    rig_init(&rig, 8 << 20, 1);
    rig_make_bytes("tame", "tame", 4);
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        if (attacks[i].end == REFUSED && !(here & (attacks[i].walls | (plain ? attacks[i].plain_walls : 0))))
            printf("SKIP: %s: this kernel or this build has no wall against it\n", attacks[i].word);
        else
            run_attack(&rig, &attacks[i]);
    }
    close(clips);
    rig_clear(&rig);
    assert_int_equal(folder_leave(&folder), 0);
}

static void as_it_is(void **state)
{
    (void)state;
    attack_all(geteuid() != 0);
}

static void as_a_plain_user(void **state)
{
    (void)state;
    int status;
    if (geteuid() != 0)
        skip();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (setgid(PLAIN_USER) < 0 || setuid(PLAIN_USER) < 0)
            _exit(2);
        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);             /* lost with root, and "clips" needs it */
        attack_all(true);
        fflush(stdout);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* While one decoder hangs or spins, the other worker has all the other files. */
static void no_other_file_waits(void **state)
{
    (void)state;
    static const char *const words[] = {"hang", "spin", "endless"};
    enum { FIRST = 10, TAME = 20 };
    void *folder;
    assert_int_equal(folder_enter(&folder), 0);
    rig_make_bytes("tame", "tame", 4);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        static struct rig rig;
        rig_init(&rig, 8 << 20, 2);
        loader_set_deadlines(rig.loader, PATIENT_MS, PATIENT_MS);
        rig_make_bytes("attack", words[i], strlen(words[i]));
        loader_want(rig.loader, 1, AT_FDCWD, "attack");
        for (uint32_t slot = FIRST; slot < FIRST + TAME; slot++)
            loader_want(rig.loader, slot, AT_FDCWD, "tame");
        while (loader_left(rig.loader) > 1)
            rig_turn(&rig, 1000);
        assert_int_equal(rig.settled[1], 0);            /* it is still at it */
        for (uint32_t slot = FIRST; slot < FIRST + TAME; slot++)
            assert_int_equal(rig.info[slot].state, MEDIA_READY);
        rig_clear(&rig);
    }
    assert_int_equal(folder_leave(&folder), 0);
}

/* Output without end ends with its worker: the other files load meanwhile, and the next one after it. */
static void endless_output_is_ended(void **state)
{
    (void)state;
    static const char *const words[] = {"flood", "chatter", "excess", "promise"};
    enum { TAME = 20 };
    void *folder;
    assert_int_equal(folder_enter(&folder), 0);
    rig_make_bytes("tame", "tame", 4);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        static struct rig rig;
        rig_init(&rig, 8 << 20, 2);
        rig_make_bytes("attack", words[i], strlen(words[i]));
        for (uint32_t slot = 0; slot < TAME; slot++)
            loader_want(rig.loader, slot, AT_FDCWD, slot == TAME / 2 ? "attack" : "tame");
        rig_run(&rig);
        for (uint32_t slot = 0; slot < TAME; slot++)
            if (rig.info[slot].state != (slot == TAME / 2 ? MEDIA_BROKEN : MEDIA_READY))
                fail_msg("%s, slot %u: %s", words[i], slot, rig.info[slot].text);
        assert_int_equal(rig_load(&rig, TAME, "tame")->state, MEDIA_READY);
        rig_clear(&rig);
    }
    assert_int_equal(folder_leave(&folder), 0);
}

static void an_unknown_attack_says_so(void **state)
{
    (void)state;
    static struct rig rig;
    void *folder;
    assert_int_equal(folder_enter(&folder), 0);
    rig_init(&rig, 8 << 20, 1);
    rig_make_bytes("attack", "knock", 5);
    assert_string_equal(rig_load(&rig, 1, "attack")->text, "no such attack");
    rig_clear(&rig);
    assert_int_equal(folder_leave(&folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_it_is), cmocka_unit_test(as_a_plain_user), cmocka_unit_test(no_other_file_waits),
        cmocka_unit_test(endless_output_is_ended), cmocka_unit_test(an_unknown_attack_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
