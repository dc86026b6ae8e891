/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of each format to one worker, one after the other: see selftest.h. */
#include "config.h"

#include "decode/selftest.h"

#include "decode/selftest_files.h"
#include "platform/clock.h"
#include "wire/work.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEADLINE_NS (10 * CLOCK_SECOND_NS)  /* of an answer; on a busy machine */
#define ERROR_MOST 0.02             /* energy of a lossy decoder's error, of the tone's; encoders of today leave 0.0002 */

/* --- asking --- */
static int file_in_memory(const struct selftest_file *file)
{
    int fd = memfd_create("clipgrid-selftest", MFD_CLOEXEC);
    if (fd >= 0 && write(fd, file->bytes, file->size) == (ssize_t)file->size && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool ask_open(struct selftest *test)
{
    int fd = file_in_memory(&selftest_files[test->file]);
    test->reading = false;
    test->due_ns = clock_now_rt() + DEADLINE_NS;
    bool sent = fd >= 0 && msg_send(test->socket, MSG_WORK_OPEN, ++test->serial, NULL, 0, &fd, 1) == 0;
    if (fd >= 0)
        close(fd);
    return sent;
}

static bool ask_read(struct selftest *test)
{
    struct work_read ask = {.frames = (uint32_t)selftest_files[test->file].frames};
    test->reading = true;
    test->due_ns = clock_now_rt() + DEADLINE_NS;
    return msg_send(test->socket, MSG_WORK_READ, ++test->serial, &ask, sizeof ask, NULL, 0) == 0;
}

/* --- comparing --- */
static bool facts_match(const struct selftest_file *file, const struct work_opened *facts)
{
    return facts->status == WORK_OK && facts->rate == SELFTEST_RATE && facts->channels == 1 && facts->frames == file->frames &&
           facts->sample == (file->exact ? WORK_S16 : WORK_F32);
}

static bool samples_match(const struct selftest_file *file, const void *samples)
{
    double error = 0, energy = 0;
    for (int n = 0; n < file->tone_frames; n++) {
        int at = file->first + n;
        double tone = selftest_tone(n) / 32768.0;
        double got = file->exact ? ((const int16_t *)samples)[at] / 32768.0 : (double)((const float *)samples)[at];
        error += (got - tone) * (got - tone);
        energy += tone * tone;
    }
    return file->exact ? error == 0 : error <= energy * ERROR_MOST;     /* false for NaN too */
}

/* --- the course of it --- */
static void note_failure(struct selftest *test)
{
    size_t used = strlen(test->failed);
    snprintf(test->failed + used, sizeof test->failed - used, "%s%s", used ? ", " : "", selftest_files[test->file].format);
}

/* Return: true, for it is over. */
static bool end(struct selftest *test, bool fit)
{
    test->fit = fit;
    if (!fit)
        note_failure(test);
    else
        msg_send(test->socket, MSG_WORK_CLOSE, test->serial, NULL, 0, NULL, 0);
    work_unmap_staging((void *)(uintptr_t)test->staging);
    return true;
}

static bool next_file(struct selftest *test, bool good)
{
    if (!good)
        note_failure(test);
    if (++test->file == SELFTEST_FILES)
        return end(test, true);
    return ask_open(test) ? false : end(test, false);
}

/* Return: whether the test is over. */
static bool take_answer(struct selftest *test, const struct msg *msg)
{
    const struct selftest_file *file = &selftest_files[test->file];
    struct work_opened facts;
    struct work_frames frames;
    if (msg->serial != test->serial || msg->fd[0] >= 0)
        return end(test, false);
    if (test->reading) {
        bool whole = work_parse_frames(&frames, msg) && frames.first == 0 && frames.count == (uint32_t)file->frames;
        return next_file(test, whole && samples_match(file, test->staging));
    }
    if (!work_parse_opened(&facts, msg))
        return end(test, false);
    test->lacks |= facts.lacks;
    if (file->optional && facts.status != WORK_OK)
        return next_file(test, true);
    if (!facts_match(file, &facts))
        return next_file(test, false);
    return ask_read(test) ? false : end(test, false);
}

int selftest_begin(struct selftest *test, int socket, int staging)
{
    *test = (struct selftest){.socket = socket, .staging = work_map_staging(staging, false)};
    if (!test->staging)
        return -1;
    if (ask_open(test))
        return 0;
    work_unmap_staging((void *)(uintptr_t)test->staging);
    return -1;
}

bool selftest_handle(struct selftest *test)
{
    struct pollfd ready = {.fd = test->socket, .events = POLLIN};
    struct msg msg;
    if (poll(&ready, 1, 0) <= 0)
        return clock_now_rt() < test->due_ns ? false : end(test, false);
    if (msg_recv(test->socket, &msg) <= 0)
        return end(test, false);
    bool over = take_answer(test, &msg);
    msg_clear(&msg);
    return over;
}
