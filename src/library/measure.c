/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions about a whole file: see measure.h. Tags come first, for they take one answer; then bytes, for the hash finds
 * files; then frames; then the seek table, of which the decoder knows most by then. */
#include "config.h"

#include "library/measure.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "decode/loudness.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    LOUDNESS_FRAMES = WORK_MEASURE_FRAMES_MAX / 4,      /* of a piece: it takes far longer than peaks alone */
    SOUND_KINDS = MEASURE_PEAKS | MEASURE_LOUDNESS,
    BINS_MAX = WORK_MEASURE_FRAMES_MAX / PEAKS_BIN_FRAMES,
};
_Static_assert(WORK_MEASURE_FRAMES_MAX % PEAKS_BIN_FRAMES == 0 && LOUDNESS_FRAMES % PEAKS_BIN_FRAMES == 0,
               "pieces are whole bins");

unsigned measure_kinds(void)
{
    return MEASURE_TAGS | MEASURE_TABLE | MEASURE_HASH | MEASURE_PEAKS | (loudness_available() ? MEASURE_LOUDNESS : 0u);
}

void measure_job_init(struct measure_job *job, unsigned kinds, int socket, const unsigned char *staging, uint32_t serial)
{
    *job = (struct measure_job){.socket = socket, .staging = staging, .serial = serial, .todo = kinds & measure_kinds()};
    if (job->todo & MEASURE_PEAKS)
        job->bins = xcalloc((size_t)BINS_MAX * PEAKS_CHANNELS_MAX, sizeof *job->bins);
}

void measure_job_clear(struct measure_job *job)
{
    free(job->bins);
    free(job->tags);
    free(job->table);
    job->bins = NULL;
    job->tags = NULL;
    job->table = NULL;
}

void measure_job_open(struct measure_job *job, int fd)
{
    struct stat st = {0};
    if (fstat(fd, &st) == 0)
        job->result.stamp = catalog_stamp_of(&st);
    job->step = MEASURE_OPENING;
    msg_send(job->socket, MSG_WORK_OPEN, ++job->serial, NULL, 0, &fd, 1);
}

static int64_t step_length(const struct measure_job *job)
{
    return job->step == MEASURE_BYTES ? job->result.stamp.size : job->facts.frames;
}

void measure_job_next(struct measure_job *job)
{
    if (job->step == MEASURE_TAGGING || job->step == MEASURE_TABLING) {
        msg_send(job->socket, job->step == MEASURE_TAGGING ? MSG_WORK_TAGS : MSG_WORK_TABLE, ++job->serial, NULL, 0, NULL, 0);
        return;
    }
    uint32_t most = job->step == MEASURE_BYTES      ? WORK_MEASURE_BYTES_MAX
                    : job->todo & MEASURE_LOUDNESS ? LOUDNESS_FRAMES
                                                   : WORK_MEASURE_FRAMES_MAX;
    int64_t left = step_length(job) - job->at;
    job->ask = (struct work_measure){.kinds = job->step == MEASURE_BYTES ? MEASURE_HASH : job->todo & SOUND_KINDS,
                                     .first = job->at,
                                     .count = left > most ? most : (uint32_t)left, .last = left <= most};
    msg_send(job->socket, MSG_WORK_MEASURE, ++job->serial, &job->ask, sizeof job->ask, NULL, 0);
}

/* The first step of those that are left, or the one after tags. */
static void begin_step(struct measure_job *job)
{
    job->step = job->todo & MEASURE_TAGS   ? MEASURE_TAGGING
                : job->todo & MEASURE_HASH ? MEASURE_BYTES
                : job->todo & SOUND_KINDS  ? MEASURE_FRAMES
                                           : MEASURE_TABLING;
    job->at = 0;
}

static enum measure_outcome unreadable(struct measure_job *job, const char *why)
{
    text_copy(job->text, sizeof job->text, why);
    return MEASURE_UNREADABLE;
}

static enum measure_outcome handle_opened(struct measure_job *job, const struct msg *msg)
{
    if (!work_parse_opened(&job->facts, msg))
        return MEASURE_NONSENSE;
    if (job->facts.status != WORK_OK) {
        unreadable(job, job->facts.text);
        return job->facts.status == WORK_ELSEWHERE ? MEASURE_ELSEWHERE : MEASURE_UNREADABLE;
    }
    if (job->result.stamp.size < 1)
        return unreadable(job, "empty file");
    if (!work_opened_fits(&job->facts, job->result.stamp.size))
        return unreadable(job, WORK_TOO_LONG);
    job->result.rate = job->facts.rate;
    job->result.channels = job->facts.channels;
    job->result.frames = job->facts.frames;
    job->bin_channels = job->facts.channels == 1 ? 1 : 2;
    begin_step(job);
    return MEASURE_FACTS;
}

static bool bin_sound(const struct peak *bin)
{
    return bin->low <= bin->high && bin->rms <= PEAKS_FULL;
}

/* Return: false if they are none that samples could have made. */
static bool take_bins(struct measure_job *job, uint32_t frames)
{
    job->bin_count = (uint32_t)peaks_bins(frames, 0);
    size_t count = (size_t)job->bin_count * job->bin_channels;
    memcpy(job->bins, job->staging + job->ask.at, count * sizeof *job->bins);
    for (size_t i = 0; i < count; i++)
        if (!bin_sound(&job->bins[i]))
            return false;
    return true;
}

static void end_step(struct measure_job *job, const struct work_measured *got)
{
    if (job->step == MEASURE_BYTES)
        job->result.hash = got->hash;
    else
        job->result.frames = job->at;
    if (got->kinds & MEASURE_LOUDNESS)
        job->result.loudness = got->loudness;
    job->result.kinds |= got->kinds;
    job->todo &= ~got->kinds;
    begin_step(job);
}

static enum measure_outcome handle_tagged(struct measure_job *job, const struct msg *msg)
{
    job->tags = xmalloc(sizeof *job->tags);
    if (!work_parse_tags(job->tags, msg)) {
        free(job->tags);
        job->tags = NULL;
        return MEASURE_NONSENSE;
    }
    job->result.kinds |= MEASURE_TAGS;
    job->todo &= ~(unsigned)MEASURE_TAGS;
    begin_step(job);
    return job->todo ? MEASURE_PIECE : MEASURE_DONE;
}

static enum measure_outcome handle_tabled(struct measure_job *job, const struct msg *msg)
{
    job->table = xmalloc(sizeof *job->table);
    if (msg->type != MSG_WORK_TABLED || !seek_table_take(job->table, msg->payload, msg->size, job->result.stamp.size)) {
        free(job->table);
        job->table = NULL;
        return MEASURE_NONSENSE;
    }
    job->result.kinds |= MEASURE_TABLE;
    job->todo &= ~(unsigned)MEASURE_TABLE;
    return MEASURE_DONE;
}

static enum measure_outcome handle_measured(struct measure_job *job, const struct msg *msg)
{
    struct work_measured got;
    if (!work_parse_measured(&got, &job->ask, msg))
        return MEASURE_NONSENSE;
    if (job->ask.kinds & MEASURE_PEAKS && !take_bins(job, got.count))
        return MEASURE_NONSENSE;
    job->at += got.count;
    if (!got.ended)
        return MEASURE_PIECE;
    if (job->step == MEASURE_BYTES && job->at < job->result.stamp.size)
        return unreadable(job, "changes while it is read");
    if (job->step == MEASURE_FRAMES && job->at == 0)
        return unreadable(job, "holds no sound that can be decoded");
    end_step(job, &got);
    return job->todo ? MEASURE_PIECE : MEASURE_DONE;
}

enum measure_outcome measure_job_handle(struct measure_job *job, const struct msg *msg)
{
    job->bin_count = 0;
    if (msg->serial != job->serial || msg->fd[0] >= 0)
        return MEASURE_NONSENSE;
    switch (job->step) {
    case MEASURE_OPENING:
        return handle_opened(job, msg);
    case MEASURE_TAGGING:
        return handle_tagged(job, msg);
    case MEASURE_TABLING:
        return handle_tabled(job, msg);
    case MEASURE_BYTES:
    case MEASURE_FRAMES:
        break;
    }
    return handle_measured(job, msg);
}

double measure_job_share(const struct measure_job *job)
{
    bool counts = job->step == MEASURE_BYTES || job->step == MEASURE_FRAMES;
    int64_t length = counts ? step_length(job) : 0;
    double share = length > 0 ? (double)job->at / (double)length : 0;
    bool first_of_two = job->todo & MEASURE_HASH && job->todo & SOUND_KINDS, second = job->result.kinds & MEASURE_HASH;
    return first_of_two ? share / 2 : second ? 0.5 + share / 2 : share;
}
