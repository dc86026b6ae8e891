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
static uint32_t make_head(unsigned char head[static WAVHEAD_BYTES], const struct recording *recording, uint64_t frames)
{
    struct wavhead kind = {.format = OUTPUT_F32, .channels = recording->channels, .rate = recording->rate};
    return wavhead_fmt(head, &kind, frames * wavhead_frame_bytes(&kind));
}

/* Return: bytes written; less than count: with errno. */
static size_t write_most(int fd, const void *bytes, size_t all, uint64_t at)
{
    const unsigned char *from = bytes;
    size_t count = all;
    while (count) {
        ssize_t done = pwrite(fd, from, count, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done ? errno : ENOSPC;
            break;
        }
        from += done;
        count -= (size_t)done;
        at += (size_t)done;
    }
    return all - count;
}

/* Is what stands there a recording of ours, of this kind? Then its length is what the file holds, which a kill may have left
 * longer than its head says. */
static bool find_end(struct recording *recording, uint64_t bytes)
{
    enum { SIZES_AT_END = 12, FMT_AT = WAVHEAD_BYTES - SIZES_AT_END - 34 };     /* fmt and the head of fact, between what grows */
    unsigned char have[WAVHEAD_BYTES], want[WAVHEAD_BYTES];
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

int recording_take(struct recording *recording, int fd, uint32_t rate, uint32_t channels, bool carry_on)
{
    unsigned char head[WAVHEAD_BYTES];
    struct stat st;
    *recording = (struct recording){.fd = fd, .rate = rate, .channels = channels};
    recording->head_bytes = make_head(head, recording, 0);
    if (fstat(fd, &st) == 0 && ((carry_on && find_end(recording, (uint64_t)st.st_size)) || ftruncate(fd, 0) == 0) &&
        recording_update(recording) == 0)
        return 0;
    int error = errno;
    close(fd);
    recording->fd = -1;
    errno = error;
    return -1;
}

int recording_open(struct recording *recording, const char *path, uint32_t rate, uint32_t channels, bool carry_on,
                   struct err *err)
{
    *recording = (struct recording){.rate = rate, .channels = channels};
    struct stat st;
    recording->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
    if (recording->fd < 0 || fstat(recording->fd, &st) < 0)
        return open_failed(recording, path, err);
    if (!S_ISREG(st.st_mode)) {
        close(recording->fd);
        recording->fd = -1;
        return err_set(err, ERR_IO, "%s: cannot record into it: not a regular file", path);
    }
    return recording_take(recording, recording->fd, rate, channels, carry_on) < 0 ? open_failed(recording, path, err) : 0;
}

int recording_write(struct recording *recording, uint64_t at_frame, const float *interleaved, uint32_t frames)
{
    size_t frame_bytes = recording->channels * sizeof(float);
    uint64_t at = recording->head_bytes + at_frame * frame_bytes;
    uint32_t done = (uint32_t)(write_most(recording->fd, interleaved, frames * frame_bytes, at) / frame_bytes);
    if (done && at_frame + done > recording->frames)
        recording->frames = at_frame + done;
    return done == frames ? 0 : -1;
}

int recording_update(struct recording *recording)
{
    unsigned char head[WAVHEAD_BYTES];
    uint32_t length = make_head(head, recording, recording->frames);
    return write_most(recording->fd, head, length, 0) == length ? 0 : -1;
}

void recording_close(struct recording *recording)
{
    if (recording->fd < 0)
        return;
    struct stat st;
    uint64_t bytes = recording->head_bytes + recording->frames * recording->channels * sizeof(float);
    if (fstat(recording->fd, &st) == 0 && (uint64_t)st.st_size > bytes && ftruncate(recording->fd, (off_t)bytes) < 0)
        errno = 0;                      /* readers go by the head */
    recording_update(recording);
    close(recording->fd);
    recording->fd = -1;
}
