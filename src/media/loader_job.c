/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One medium on one worker: see loader_job.h. */
#include "config.h"

#include "media/loader_job.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    HALF_BYTES = WORK_STAGING_BYTES / 2,
    PASSES_MAX = 4,                 /* a file that is shorter each time it is read is left alone */
};

void loader_job_init(struct loader_job *job, struct clipmem *memory, uint32_t slot, uint32_t chain_rate, int socket,
                     const unsigned char *staging, uint32_t serial)
{
    *job = (struct loader_job){.memory = memory, .slot = slot, .chain_rate = chain_rate, .socket = socket,
                               .staging = staging, .serial = serial};
}

void loader_job_clear(struct loader_job *job)
{
    ingest_clear(&job->ingest);
    if (job->prepared)
        clipmem_free_slot(job->memory, job->slot);
    job->prepared = false;
}

void loader_job_open(struct loader_job *job, int fd)
{
    job->opening = true;
    job->passes++;
    job->reached = msg_send(job->socket, MSG_WORK_OPEN, ++job->serial, NULL, 0, &fd, 1) == 0;
}

/* As much as fits, and as is converted in a few milliseconds: the loader's thread has others to serve. */
static uint32_t frames_at_once(const struct loader_job *job)
{
    uint32_t fit = HALF_BYTES / work_frame_bytes(job->facts.sample, job->facts.channels), most = INGEST_FRAMES_MAX;
    if (job->facts.rate < job->chain_rate)
        most = (uint32_t)((uint64_t)most * job->facts.rate / job->chain_rate) + 1;
    return fit < most ? fit : most;
}

/* Asks for the next frames into the half that is not the last one. Pre: frames are left. */
static void ask_next(struct loader_job *job)
{
    int64_t first = job->ask.first + job->ask.frames, left = job->frames - first;
    uint32_t frames = frames_at_once(job);
    job->ask.first = first;
    job->ask.frames = left < frames ? (uint32_t)left : frames;
    job->ask.at = job->ask.at ? 0 : HALF_BYTES;
    msg_send(job->socket, MSG_WORK_READ, ++job->serial, &job->ask, sizeof job->ask, NULL, 0);
}

static enum job_outcome no_room(struct loader_job *job)
{
    const double megabyte = 1e6;
    double needed = (double)ingest_blocks(&job->facts, job->frames, job->chain_rate) * CLIPMEM_BLOCK_BYTES / megabyte;
    double free = (double)clipmem_free_blocks(job->memory) * CLIPMEM_BLOCK_BYTES / megabyte;
    if (needed > free)
        snprintf(job->text, sizeof job->text, "clip memory has no room: it needs %.1f MB, %.1f MB are free, %.1f MB are missing",
                 needed, free, needed - free);
    else
        snprintf(job->text, sizeof job->text, "clip memory has no room: its tables are full");
    return JOB_NO_ROOM;
}

static enum job_outcome unreadable(struct loader_job *job, const char *why)
{
    text_copy(job->text, sizeof job->text, why);
    return JOB_UNREADABLE;
}

/* A second pass must find the same file. */
static bool same_facts(const struct work_opened *a, const struct work_opened *b)
{
    return a->rate == b->rate && a->channels == b->channels && a->sample == b->sample;
}

static enum job_outcome handle_opened(struct loader_job *job, const struct msg *msg)
{
    struct work_opened facts;
    if (!work_parse_opened(&facts, msg))
        return JOB_NONSENSE;
    job->lacks = facts.lacks;
    if (facts.status != WORK_OK)
        return unreadable(job, facts.text);
    if (job->passes == 1) {
        job->facts = facts;
        job->frames = job->header_frames = facts.frames;
    } else if (!same_facts(&facts, &job->facts) || facts.frames < job->frames) {
        return unreadable(job, "changes while it is read");
    }
    job->opening = false;
    job->ask = (struct work_read){0};
    if (ingest_init(&job->ingest, job->memory, job->slot, &job->facts, job->frames, job->chain_rate) < 0)
        return errno == ENOSPC ? no_room(job) : unreadable(job, "too short: nothing of it is left at the device's rate");
    job->prepared = true;
    ask_next(job);
    return JOB_FACTS;
}

static void add_warning(struct loader_job *job, const char *warning)
{
    size_t used = strlen(job->text);
    snprintf(job->text + used, sizeof job->text - used, "%s%s", used ? "; " : "", warning);
}

static enum job_outcome finish(struct loader_job *job)
{
    char warning[120];
    ingest_finish(&job->ingest);
    if (job->ingest.full)
        return no_room(job);
    job->text[0] = '\0';
    if (job->frames < job->header_frames)
        snprintf(job->text, sizeof job->text, "cut short: %" PRId64 " of %" PRId64 " frames are there", job->frames,
                 job->header_frames);
    else if (job->facts.text[0])
        text_copy(job->text, sizeof job->text, job->facts.text);
    if (job->ingest.cleaned) {
        snprintf(warning, sizeof warning, "%" PRIu64 " samples were no numbers or far too loud and were put right",
                 job->ingest.cleaned);
        add_warning(job, warning);
    }
    job->prepared = false;          /* the slot is the medium's now */
    return JOB_DONE;
}

/* The sound ends at this frame of the file. */
static enum job_outcome ends_early(struct loader_job *job, int64_t at)
{
    loader_job_clear(job);
    job->frames = at;
    if (at > 0 && job->passes < PASSES_MAX)
        return JOB_AGAIN;
    return unreadable(job, at > 0 ? "changes while it is read" : "holds no sound that can be decoded");
}

static enum job_outcome handle_frames(struct loader_job *job, const struct msg *msg)
{
    struct work_frames got;
    struct work_read asked = job->ask;
    if (!work_parse_frames(&got, msg) || got.first != asked.first || got.count > asked.frames)
        return JOB_NONSENSE;
    if (got.count < asked.frames)
        return ends_early(job, asked.first + got.count);
    bool last = asked.first + asked.frames >= job->frames;
    if (!last)
        ask_next(job);
    ingest_add(&job->ingest, job->staging + asked.at, asked.frames);
    return last ? finish(job) : JOB_GOES_ON;
}

enum job_outcome loader_job_handle(struct loader_job *job, const struct msg *msg)
{
    if (msg->serial != job->serial || msg->fd[0] >= 0)
        return JOB_NONSENSE;
    return job->opening ? handle_opened(job, msg) : handle_frames(job, msg);
}
