/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A decoder that has been taken over, in place of the real one: the worker around it is the real
 * one. The file says in one word what it tries. Some is tried when the file is opened: where that is
 * refused, the file is unreadable with the text "refused", where it succeeds, with "worked", and if
 * there is no such attack, with "no such attack"; a program that could be executed leaves a file
 * "executed". The rest opens as a file should, and comes when samples are asked for: output without
 * end, in each of the ways there are.
 */
#include "config.h"

#include "decode/codec.h"

#include "base/text.h"
#include "wire/work.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static bool opens(void)
{
    return open("/proc/self/maps", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool connects(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool forks(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid > 0;
}

static bool executes(void)
{
    execl("/bin/sh", "sh", "-c", ": >executed", (char *)NULL);
    return false;
}

static bool maps_clip_memory(void)
{
    for (int fd = 0; fd < 64; fd++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getppid(), fd);
        if (open(path, O_RDWR | O_CLOEXEC) >= 0)
            return true;
    }
    return false;
}

static bool bombs(void)
{
    for (int i = 0; i < 1024; i++)
        if (mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
            return false;
    return true;
}

static bool crashes(void)
{
    __builtin_trap();
}

static bool hangs(void)
{
    while (poll(NULL, 0, -1) <= 0)
        ;
    return true;
}

static bool spins(void)
{
    for (volatile uint64_t n = 1; n != 0; n++)
        ;
    return true;
}

static bool floods(void)
{
    static const char junk[4096] = "junk";
    struct iovec part = {(void *)(uintptr_t)junk, sizeof junk};
    struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1};
    for (uint64_t n = 1; n != 0; n++)
        sendmsg(3 + (int)(n % 29), &packet, MSG_NOSIGNAL);
    return true;
}

/* --- output without end; these are asked for `frames` of one channel --- */

/* Decodes on and on, over what it has decoded. */
static uint32_t read_endlessly(uint32_t frames, int16_t *out)
{
    for (volatile uint64_t n = 1; n != 0; n++)
        memset(out, (int)n, frames * sizeof *out);
    return frames;
}

/* Says that it made more than was asked for. */
static uint32_t read_excess(uint32_t frames, int16_t *out)
{
    memset(out, 0, frames * sizeof *out);
    return frames + 1;
}

/* Answers as often as the socket takes it, also the question that was asked. */
static uint32_t read_chattering(uint32_t frames, int16_t *out)
{
    struct work_frames answer = {.count = frames};
    out[0] = 0;
    for (uint32_t n = 1; n != 0; n++)
        for (int fd = 3; fd < 32; fd++)
            msg_send(fd, MSG_WORK_FRAMES, 1 + n % 8, &answer, sizeof answer, NULL, 0);
    return frames;
}

static uint32_t read_tame(uint32_t frames, int16_t *out)
{
    memset(out, 0, frames * sizeof *out);
    return frames;
}

static const struct reading {
    const char *word;
    int64_t promised;               /* frames */
    uint32_t (*read)(uint32_t frames, int16_t *out);
} readings[] = {{"tame", 480, read_tame}, {"endless", 480, read_endlessly}, {"excess", 480, read_excess},
                {"chatter", 480, read_chattering}, {"promise", WORK_FRAMES_MAX, read_tame}};

/* Return: how it went, a word for test_walls.c. */
static const char *attack(const char *word)
{
    static const struct {
        const char *word;
        bool (*act)(void);
    } acts[] = {{"open", opens}, {"socket", connects}, {"fork", forks}, {"exec", executes}, {"clips", maps_clip_memory},
                {"memory", bombs}, {"crash", crashes}, {"hang", hangs}, {"spin", spins}, {"flood", floods}};
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (!strcmp(acts[i].word, word))
            return acts[i].act() ? "worked" : "refused";
    return "no such attack";
}

static const struct reading *reading_of(const char *word)
{
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++)
        if (!strcmp(readings[i].word, word))
            return &readings[i];
    return NULL;
}

static const struct reading *reading;   /* of the open file */

struct codec *codec_open(int fd, const struct seek_table *table, struct work_opened *facts)
{
    static struct codec codec;
    (void)table;
    char word[16] = "";
    *facts = (struct work_opened){.rate = 48000, .channels = 1, .sample = WORK_S16, .frames = 480, .place = {WORK_CENTRE},
                                  .format = "TEST"};
    reading = read(fd, word, sizeof word - 1) > 0 ? reading_of(word) : NULL;
    if (reading) {
        facts->frames = reading->promised;
        return &codec;
    }
    bool lies = !strcmp(word, "lie");
    facts->status = WORK_UNREADABLE;
    text_copy(facts->text, sizeof facts->text, lies ? "lied" : attack(word));
    if (lies)
        *facts = (struct work_opened){.rate = 0xffffffff, .channels = 1024, .frames = INT64_MAX};
    return NULL;
}

uint32_t codec_read(struct codec *codec, int64_t first, uint32_t frames, void *out)
{
    (void)codec, (void)first;
    return reading->read(frames, out);
}

void codec_tabulate(struct codec *codec, int fd, struct seek_table *table)
{
    (void)codec, (void)fd;
    memset(table, 0, sizeof *table);
}

void codec_close(struct codec *codec)
{
    (void)codec;
}

void codec_load(void)
{
}
