/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The worker's loop: see worker.h and wire/work.h. It keeps at most one file open, answers each
 * request once, and ends when its socket does or when it is asked something it does not know.
 */
#include "config.h"

#include "media/worker.h"

#include "media/sndfile_codec.h"
#include "wire/work.h"

#include <stdbool.h>
#include <stdio.h>

struct worker {
    int socket;
    unsigned char *staging;
    struct sndfile_codec *codec;    /* NULL: no file is open */
    uint32_t frame_bytes;           /* of the open file */
};

static void worker_close(struct worker *worker)
{
    sndfile_codec_close(worker->codec);
    worker->codec = NULL;
}

static bool worker_open(struct worker *worker, struct msg *ask)
{
    struct work_opened facts;
    worker_close(worker);
    if (ask->fd[0] < 0)
        return false;
    int fd = ask->fd[0];
    ask->fd[0] = -1;
    worker->codec = sndfile_codec_open(fd, &facts);
    worker->frame_bytes = work_frame_bytes(facts.sample, facts.channels);
    return msg_send(worker->socket, MSG_WORK_OPENED, ask->serial, &facts, sizeof facts, NULL, 0) == 0;
}

static bool worker_read(struct worker *worker, const struct msg *msg)
{
    struct work_read ask;
    if (!worker->codec || !work_parse_read(&ask, msg) || ask.frames > (WORK_STAGING_BYTES - ask.at) / worker->frame_bytes)
        return false;
    struct work_frames frames = {.first = ask.first};
    frames.count = sndfile_codec_read(worker->codec, ask.first, ask.frames, worker->staging + ask.at);
    return msg_send(worker->socket, MSG_WORK_FRAMES, msg->serial, &frames, sizeof frames, NULL, 0) == 0;
}

/* Return: false when the worker should end. */
static bool worker_handle(struct worker *worker, struct msg *msg)
{
    switch (msg->type) {
    case MSG_WORK_OPEN:
        return worker_open(worker, msg);
    case MSG_WORK_READ:
        return worker_read(worker, msg);
    case MSG_WORK_CLOSE:
        worker_close(worker);
        return true;
    default:
        return false;
    }
}

/* Decoders write warnings of their own to stderr, which may be someone's terminal. */
static void worker_silence_libraries(void)
{
    FILE *nowhere = fopen("/dev/null", "we");
    if (nowhere)
        stderr = nowhere;
}

int worker_run(int socket, int staging_fd)
{
    struct worker worker = {.socket = socket, .staging = work_map_staging(staging_fd, true)};
    if (!worker.staging)
        return 1;
    worker_silence_libraries();
    struct msg msg;
    int got;
    while ((got = msg_recv(socket, &msg)) > 0) {
        bool goes_on = worker_handle(&worker, &msg);
        msg_clear(&msg);
        if (!goes_on) {
            got = -1;
            break;
        }
    }
    worker_close(&worker);
    work_unmap_staging(worker.staging);
    return got == 0 ? 0 : 1;
}
