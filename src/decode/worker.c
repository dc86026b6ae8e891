/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The worker's loop: see worker.h and wire/work.h. It keeps at most one file open, answers each
 * request once, and ends when its socket does or when it is asked something it does not know.
 */
#include "config.h"

#include "decode/worker.h"

#include "decode/codec.h"
#include "decode/worker_measure.h"
#include "platform/machine.h"
#include "platform/sandbox.h"
#include "tags/tags.h"
#include "wire/seek_table.h"
#include "wire/work.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

/* Processor time of its whole life, which it cannot renew: more than an honest one uses (media/worker_life.h). */
enum { LIFE_CPU_S = 6 * WORKER_LIFE_S, OOM_SCORE = 500 };

struct worker {
    int socket;
    unsigned char *staging;
    struct codec *codec;            /* NULL: no file is open */
    int fd;                         /* of the open file, else -1 */
    uint32_t frame_bytes, rate;     /* of the open file */
    struct worker_measure *measure; /* of the open file */
    unsigned lacks;                 /* enum sandbox_wall: those that could not be put up */
};

static void worker_close(struct worker *worker)
{
    worker_measure_free(worker->measure);
    worker->measure = NULL;
    codec_close(worker->codec);
    worker->codec = NULL;
    if (worker->fd >= 0)
        close(worker->fd);
    worker->fd = -1;
}

static bool worker_open(struct worker *worker, struct msg *ask)
{
    static struct seek_table table;
    struct work_opened facts;
    struct stat st;
    worker_close(worker);
    if (ask->fd[0] < 0)
        return false;
    worker->fd = ask->fd[0];
    ask->fd[0] = -1;
    bool known = ask->size && fstat(worker->fd, &st) == 0 &&
                 seek_table_take(&table, ask->payload, ask->size, (int64_t)st.st_size);
    worker->codec = codec_open(worker->fd, known ? &table : NULL, &facts);
    if (worker->codec)
        worker->measure = worker_measure_new(worker->codec, worker->fd, &facts);
    worker->frame_bytes = work_frame_bytes(facts.sample, facts.channels);
    worker->rate = facts.rate;
    facts.lacks = worker->lacks;
    return msg_send(worker->socket, MSG_WORK_OPENED, ask->serial, &facts, sizeof facts, NULL, 0) == 0;
}

static bool worker_read(struct worker *worker, const struct msg *msg)
{
    struct work_read ask;
    if (!worker->codec || !work_parse_read(&ask, msg) || ask.frames > (WORK_STAGING_BYTES - ask.at) / worker->frame_bytes)
        return false;
    struct work_frames frames = {.first = ask.first};
    frames.count = codec_read(worker->codec, ask.first, ask.frames, worker->staging + ask.at);
    return msg_send(worker->socket, MSG_WORK_FRAMES, msg->serial, &frames, sizeof frames, NULL, 0) == 0;
}

static bool worker_tag(struct worker *worker, const struct msg *msg)
{
    static struct media_tags tags;
    if (!worker->codec)
        return false;
    tags_read(worker->fd, worker->rate, &tags);
    return msg_send(worker->socket, MSG_WORK_TAGGED, msg->serial, &tags, work_tags_bytes(&tags), NULL, 0) == 0;
}

static bool worker_tabulate(struct worker *worker, const struct msg *msg)
{
    static struct seek_table table;
    if (!worker->codec)
        return false;
    codec_tabulate(worker->codec, worker->fd, &table);
    return msg_send(worker->socket, MSG_WORK_TABLED, msg->serial, &table, seek_table_bytes(&table), NULL, 0) == 0;
}

static bool worker_measure(struct worker *worker, const struct msg *msg)
{
    struct work_measure ask;
    struct work_measured answer;
    if (!worker->codec || !work_parse_measure(&ask, msg))
        return false;
    if (!worker_measure_piece(worker->measure, &ask, worker->staging, &answer))
        return false;
    return msg_send(worker->socket, MSG_WORK_MEASURED, msg->serial, &answer, sizeof answer, NULL, 0) == 0;
}

/* Return: false when the worker should end. */
static bool worker_handle(struct worker *worker, struct msg *msg)
{
    switch (msg->type) {
    case MSG_WORK_OPEN:
        return worker_open(worker, msg);
    case MSG_WORK_READ:
        return worker_read(worker, msg);
    case MSG_WORK_TAGS:
        return worker_tag(worker, msg);
    case MSG_WORK_TABLE:
        return worker_tabulate(worker, msg);
    case MSG_WORK_MEASURE:
        return worker_measure(worker, msg);
    case MSG_WORK_CLOSE:
        worker_close(worker);
        return true;
    default:
        return false;
    }
}

int worker_serve(int socket, unsigned char *staging, unsigned lacks)
{
    struct worker worker = {.socket = socket, .staging = staging, .lacks = lacks, .fd = -1};
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
    return got == 0 ? 0 : 1;
}

int worker_run(enum worker_kind kind, int socket, int staging_fd)
{
    unsigned char *staging = work_map_staging(staging_fd, true);
    if (!staging)
        return 1;
    if (kind == WORKER_WHOLE)
        codec_load();
    machine_offer_to_oom(OOM_SCORE);
    struct sandbox sandbox = {.socket = socket, .memory_bytes = WORKER_MEMORY_BYTES, .cpu_s = LIFE_CPU_S, .walls = SANDBOX_ALL};
    return worker_serve(socket, staging, sandbox_enter(&sandbox));
}
