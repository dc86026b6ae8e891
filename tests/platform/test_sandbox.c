/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each wall alone. An attack runs in a process of its own, three times over: without walls it
 * must work, or it proves nothing; with each of the walls that are said to stop it, and no other,
 * it must be refused or be the end of its process; and so with all. As root, and as a plain user.
 * A wall that this kernel or this build does not have is not asked for, and that is said.
 *
 * The attacker's parent plays the store: it holds clip memory and belongs to the same user.
 */
#include "config.h"

#include "platform/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

enum { PLAIN_USER = 65534, MEMORY_BYTES = 64 << 20, CPU_S = 0 /* begun seconds count: 1 s */, PATIENCE_S = 60 };
enum { WORKED, REFUSED, BYSTANDER };        /* how an attacker ends, if it is not killed */

/* What the attacked process has, at the same place in the attacker, which is its fork. */
static struct target {
    pid_t pid;
    int memory_fd, socket, port;
    char secret[32];
} target;

/* --- attacks: whether it worked --- */
static bool opens_a_file(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool makes_a_file(void)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/clipgrid-attack-%d", (int)getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write(fd, "x", 1) == 1;
    unlink(path);
    return written;
}

static bool makes_a_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool connects(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)target.port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

static bool forks(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(BYSTANDER);
    return pid > 0;
}

static bool executes(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return false;
}

static bool traces(void)
{
    return ptrace(PTRACE_SEIZE, target.pid, 0, 0) == 0;         /* without stopping it */
}

static bool reads_another_process(void)
{
    char seen[sizeof target.secret] = "";
    struct iovec here = {seen, sizeof seen}, there = {target.secret, sizeof target.secret};
    return process_vm_readv(target.pid, &here, 1, &there, 1, 0) > 0 && !strcmp(seen, "the samples");
}

static bool maps_clip_memory(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)target.pid, target.memory_fd);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    return fd >= 0 && mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED;
}

static bool has_an_inherited_descriptor(void)
{
    return fcntl(target.memory_fd, F_GETFD) >= 0;
}

static bool signals_another_process(void)
{
    return kill(target.pid, 0) == 0;
}

static bool takes_memory(void)
{
    const size_t step = 1 << 20;
    size_t taken = 0;
    for (; taken < 2 * (size_t)MEMORY_BYTES; taken += step)
        if (mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
            return false;
    return true;
}

/* Until this process has used so much in all. */
static void use_time(int ms)
{
    struct timespec used = {0};
    while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms)
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
}

/* It does what it can to go on: it does not hear the signal, and asks for more time. */
static bool takes_time(void)
{
    struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY}, soft;
    signal(SIGXCPU, SIG_IGN);
    if (getrlimit(RLIMIT_CPU, &soft) == 0 && setrlimit(RLIMIT_CPU, &more) < 0) {
        soft.rlim_cur = soft.rlim_max;
        setrlimit(RLIMIT_CPU, &soft);
    }
    use_time(1200);
    return true;
}

static bool takes_descriptors(void)
{
    for (int i = 0; i < 32; i++)
        if (dup(target.socket) < 0)
            return false;
    return true;
}

static bool makes_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool has_capabilities(void)
{
    return prctl(PR_CAPBSET_READ, 0, 0, 0, 0) == 1 && setgid(PLAIN_USER) == 0;
}

static bool may_gain_privileges(void)
{
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
}

enum { ANYONE, ROOT_ONLY, PLAIN_ONLY };
enum { ANY_LANDLOCK = 1, LANDLOCK_OF_TCP = 4, LANDLOCK_OF_SIGNALS = 6 };    /* versions */
static const struct attack {
    const char *name;
    bool (*run)(void);
    unsigned walls;                 /* each of which stops it */
    unsigned plain_walls;           /* which stop it only if it is not root's */
    int who;                        /* it is tried as */
    int landlock;                   /* the version that stops it */
} attacks[] = {
    {"opens a file", opens_a_file, SANDBOX_LANDLOCK | SANDBOX_CALLS, 0, ANYONE, ANY_LANDLOCK},
    {"makes a file", makes_a_file, SANDBOX_LANDLOCK | SANDBOX_CALLS | SANDBOX_LIMITS, 0, ANYONE, ANY_LANDLOCK},
    {"makes a socket", makes_a_socket, SANDBOX_CALLS, 0, ANYONE, 0},
    {"connects", connects, SANDBOX_LANDLOCK | SANDBOX_CALLS, 0, ANYONE, LANDLOCK_OF_TCP},
    {"forks", forks, SANDBOX_CALLS, SANDBOX_LIMITS, ANYONE, 0},
    {"executes a program", executes, SANDBOX_LANDLOCK | SANDBOX_CALLS, 0, ANYONE, ANY_LANDLOCK},
    {"traces another process", traces, SANDBOX_LANDLOCK | SANDBOX_CALLS, 0, ANYONE, ANY_LANDLOCK},
    {"reads another process", reads_another_process, SANDBOX_LANDLOCK | SANDBOX_CALLS, 0, ANYONE, ANY_LANDLOCK},
    {"maps clip memory", maps_clip_memory, SANDBOX_LANDLOCK | SANDBOX_CALLS, 0, ANYONE, ANY_LANDLOCK},
    {"signals another process", signals_another_process, SANDBOX_LANDLOCK | SANDBOX_CALLS, 0, ANYONE, LANDLOCK_OF_SIGNALS},
    {"takes memory", takes_memory, SANDBOX_LIMITS, 0, ANYONE, 0},
    {"takes time", takes_time, SANDBOX_LIMITS, 0, PLAIN_ONLY, 0},
    {"takes descriptors", takes_descriptors, SANDBOX_LIMITS | SANDBOX_CALLS, 0, ANYONE, 0},
    {"makes code", makes_code, SANDBOX_CALLS, 0, ANYONE, 0},
    {"has capabilities", has_capabilities, SANDBOX_PRIVILEGES | SANDBOX_CALLS, 0, ROOT_ONLY, 0},
    {"may gain privileges", may_gain_privileges, SANDBOX_PRIVILEGES | SANDBOX_LANDLOCK | SANDBOX_CALLS, 0, ANYONE, 0},
};

/* --- running them --- */
/* In a fork of the target. Return: its wait status; *lacks: walls this kernel or build does not have. */
static int run_attack(const struct attack *attack, unsigned walls, unsigned *lacks)
{
    int told[2], status;
    *lacks = 0;
    if (pipe(told) < 0)
        _exit(BYSTANDER);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(PATIENCE_S);
        if (walls) {
            struct sandbox sandbox = {.socket = told[1], .memory_bytes = MEMORY_BYTES, .cpu_s = CPU_S, .walls = walls};
            unsigned missing = sandbox_enter(&sandbox);
            if (write(told[1], &missing, sizeof missing) < 0)
                _exit(BYSTANDER);
        }
        _exit(attack->run() ? WORKED : REFUSED);
    }
    close(told[1]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || (walls && read(told[0], lacks, sizeof *lacks) != sizeof *lacks))
        _exit(BYSTANDER);
    close(told[0]);
    return status;
}

/* A process that was killed by one of these was stopped by a wall, not by a mistake of the attack. */
static bool was_stopped(int status)
{
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == REFUSED;
    int killer = WTERMSIG(status);
    return killer == SIGSYS || killer == SIGKILL || killer == SIGXFSZ;     /* KILL: the hard limit of time */
}

static bool check_wall(const struct attack *attack, unsigned walls, const char *name)
{
    unsigned lacks;
    int status = run_attack(attack, walls, &lacks);
    if (was_stopped(status))
        return true;
    printf("%s: %s does not stop it (status %#x)\n", attack->name, name, (unsigned)status);
    return false;
}

/* Of the walls that should stop it, those that are there. */
static unsigned walls_here(const struct attack *attack, unsigned walls)
{
    static const struct attack nothing = {"nothing", may_gain_privileges, 0, 0, ANYONE, 0};
    unsigned lacks;
    run_attack(&nothing, SANDBOX_ALL, &lacks);
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < attack->landlock)
        lacks |= SANDBOX_LANDLOCK;
#ifdef CLIPGRID_SANITIZED
    lacks |= SANDBOX_CALLS;
    if (attack->run == takes_memory || attack->run == forks || attack->run == makes_a_file)
        lacks |= SANDBOX_LIMITS;
#endif
    return walls & ~lacks;
}

static bool check_attack(const struct attack *attack, bool plain)
{
    static const struct {
        unsigned wall;
        const char *name;
    } walls[] = {{SANDBOX_PRIVILEGES, "privileges"}, {SANDBOX_LIMITS, "limits"},
                 {SANDBOX_LANDLOCK, "landlock"}, {SANDBOX_CALLS, "calls"}};
    unsigned lacks, asked = attack->walls | (plain ? attack->plain_walls : 0), here = walls_here(attack, asked);
    if (plain ? attack->who == ROOT_ONLY : attack->who == PLAIN_ONLY)
        return true;
    int status = run_attack(attack, 0, &lacks);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != WORKED) {
        printf("%s: does not work without walls either (status %#x)\n", attack->name, (unsigned)status);
        return false;
    }
    bool held = true;
    for (size_t i = 0; i < sizeof walls / sizeof *walls; i++) {
        if (here & walls[i].wall)
            held &= check_wall(attack, walls[i].wall, walls[i].name);
        else if (asked & walls[i].wall)
            printf("SKIP: %s: this kernel or this build has no such wall: %s\n", attack->name, walls[i].name);
    }
    return here ? held & check_wall(attack, SANDBOX_ALL, "all of them") : held;
}

/* --- the target --- */
static int listening_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 64) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return -1;
    return ntohs(address.sin_port);
}

static bool become_target(bool plain)
{
    if (plain && (setgid(PLAIN_USER) < 0 || setuid(PLAIN_USER) < 0))
        return false;
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);                         /* lost with root */
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);         /* if there is Yama, it shall not be what helps */
    signal(SIGCHLD, SIG_DFL);
    target = (struct target){.pid = getpid(), .memory_fd = memfd_create("clips", 0), .socket = STDERR_FILENO,
                             .port = listening_port(), .secret = "the samples"};
    return target.memory_fd >= 0 && ftruncate(target.memory_fd, 4096) == 0 && target.port > 0;
}

static bool descriptors_are_closed(void)
{
    static const struct attack inherited = {"keeps a descriptor", has_an_inherited_descriptor, 0, 0, ANYONE, 0};
    unsigned lacks;
    int before = run_attack(&inherited, 0, &lacks), after = run_attack(&inherited, SANDBOX_PRIVILEGES, &lacks);
    return WIFEXITED(before) && WEXITSTATUS(before) == WORKED && was_stopped(after);
}

static void check_as(bool plain)
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        bool held = become_target(plain) && descriptors_are_closed();
        for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
            held &= check_attack(&attacks[i], plain);
        fflush(stdout);
        _exit(held ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void each_wall_stops_root(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    check_as(false);
}

static void each_wall_stops_a_plain_user(void **state)
{
    (void)state;
    check_as(geteuid() == 0);
}

/* Counted from what had been used before, and not by a clock that stands still while others run. */
static void processor_time_is_counted_from_now(void **state)
{
    (void)state;
    int status, reached[2];
    char byte;
    assert_int_equal(pipe(reached), 0);
    pid_t pid = fork();
    if (pid == 0) {
        use_time(1100);
        struct sandbox sandbox = {.socket = reached[1], .memory_bytes = MEMORY_BYTES, .cpu_s = CPU_S, .walls = SANDBOX_ALL};
        sandbox_enter(&sandbox);
        use_time(1500);                 /* of 2000: the second that has begun is its */
        _exit(write(reached[1], "", 1) == 1 ? (use_time(4000), WORKED) : BYSTANDER);
    }
    close(reached[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(read(reached[0], &byte, 1), 1);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    close(reached[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wall_stops_root), cmocka_unit_test(each_wall_stops_a_plain_user),
        cmocka_unit_test(processor_time_is_counted_from_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
