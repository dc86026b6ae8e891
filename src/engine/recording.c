/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file a recording is: see recording.h. The head is pcm/wavhead's; the samples follow it as they are in memory. */
#include "config.h"

#include "engine/recording.h"
#include "base/err.h"
#include "pcm/wavhead.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The head says how long the file is; its length does not depend on that. */
static uint32_t make_head(unsigned char head[static WAVHEAD_BYTES_MAX], const struct recording *recording, uint64_t frames)
{
    struct wavhead kind = {.format = OUTPUT_F32, .channels = recording->channels, .rate = recording->rate};
    return wavhead_fmt(head, &kind, frames * wavhead_frame_bytes(&kind));
}

static int write_all(int fd, const void *bytes, size_t count, uint64_t at)
{
    const unsigned char *from = bytes;
    while (count) {
        ssize_t done = pwrite(fd, from, count, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done ? errno : ENOSPC;
            return -1;
        }
        from += done;
        count -= (size_t)done;
        at += (size_t)done;
    }
    return 0;
}

/* Is what stands there a recording of ours, of this kind? Then its length is what the file holds, which a kill may have left
 * longer than its head says. */
static bool find_end(struct recording *recording, uint64_t bytes)
{
    enum { FMT_AT = 48, SIZES_AT_END = 20 };    /* what grows stands before the fmt chunk, and after it: fact and data */
    unsigned char have[WAVHEAD_BYTES_MAX], want[WAVHEAD_BYTES_MAX];
    uint32_t length = make_head(want, recording, 0);
    if (bytes < length || pread(recording->fd, have, length, 0) != (ssize_t)length)
        return false;
    if (memcmp(have + FMT_AT, want + FMT_AT, length - FMT_AT - SIZES_AT_END) != 0)
        return false;
    recording->frames = (bytes - length) / (recording->channels * sizeof(float));
    return true;
}

static int open_failed(struct recording *recording, const char *path, struct err *err)
{
    err_set(err, ERR_IO, "%s: cannot record into it: %s", path, strerror(errno));
    if (recording->fd >= 0)
        close(recording->fd);
    recording->fd = -1;
    return -1;
}

int recording_open(struct recording *recording, const char *path, uint32_t rate, uint32_t channels, bool carry_on,
                   struct err *err)
{
    unsigned char head[WAVHEAD_BYTES_MAX];
    *recording = (struct recording){.rate = rate, .channels = channels};
    recording->head_bytes = make_head(head, recording, 0);
    struct stat st;
    recording->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
    if (recording->fd < 0 || fstat(recording->fd, &st) < 0)
        return open_failed(recording, path, err);
    if (!S_ISREG(st.st_mode)) {
        close(recording->fd);
        recording->fd = -1;
        return err_set(err, ERR_IO, "%s: cannot record into it: not a regular file", path);
    }
    if (!(carry_on && find_end(recording, (uint64_t)st.st_size)) && ftruncate(recording->fd, 0) < 0)
        return open_failed(recording, path, err);
    if (recording_update(recording) < 0)
        return open_failed(recording, path, err);
    return 0;
}

int recording_write(struct recording *recording, uint64_t at_frame, const float *interleaved, uint32_t frames)
{
    size_t frame_bytes = recording->channels * sizeof(float);
    if (write_all(recording->fd, interleaved, frames * frame_bytes, recording->head_bytes + at_frame * frame_bytes) < 0)
        return -1;
    if (at_frame + frames > recording->frames)
        recording->frames = at_frame + frames;
    return 0;
}

int recording_update(struct recording *recording)
{
    unsigned char head[WAVHEAD_BYTES_MAX];
    uint32_t length = make_head(head, recording, recording->frames);
    return write_all(recording->fd, head, length, 0);
}

void recording_close(struct recording *recording)
{
    if (recording->fd < 0)
        return;
    recording_update(recording);
    close(recording->fd);
    recording->fd = -1;
}
