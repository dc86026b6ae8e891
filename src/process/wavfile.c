/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes WAV files: a head with empty sizes, the samples as they come, and on close the head
 * again with the true sizes. What could not be finished is removed: half a file would be taken
 * for a whole one. One thread a file.
 */
#include "config.h"

#include "process/wavfile.h"

#include "base/xalloc.h"
#include "pcm/wavhead.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct wavfile {
    FILE *file;
    char *path;
    struct wavhead head;
    uint64_t data_bytes;                /* written so far */
    int error;                          /* errno of the first write that failed; 0: whole so far */
};

/* The first failure is the one that is told, however often it is asked. */
static int fail(struct wavfile *wav, struct err *err)
{
    if (!wav->error)
        wav->error = errno;
    return err_set(err, ERR_IO, "%s: %s", wav->path, strerror(wav->error));
}

static bool write_head(struct wavfile *wav)
{
    unsigned char bytes[WAVHEAD_BYTES];
    uint32_t count = wavhead_fmt(bytes, &wav->head, wav->data_bytes);
    return fwrite(bytes, 1, count, wav->file) == count;
}

/* Only a plain file is ours to remove: a device or a pipe that was named stays. */
static void remove_file(const char *path)
{
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISREG(info.st_mode))
        unlink(path);
}

static void wavfile_free(struct wavfile *wav)
{
    free(wav->path);
    free(wav);
}

struct wavfile *wavfile_open(const char *path, unsigned channels, uint32_t rate, enum output_format format, struct err *err)
{
    struct wavfile *wav = xcalloc(1, sizeof *wav);
    wav->path = xstrdup(path);
    wav->head = (struct wavhead){ .format = format, .channels = channels, .rate = rate };
    wav->file = fopen(path, "wbe");
    if (!wav->file) {
        fail(wav, err);
        wavfile_free(wav);
        return NULL;
    }
    if (write_head(wav))
        return wav;
    fail(wav, err);
    wavfile_discard(wav);
    return NULL;
}

int wavfile_write(struct wavfile *wav, const void *frames, uint64_t count, struct err *err)
{
    size_t bytes = (size_t)(count * wavhead_frame_bytes(&wav->head));
    wav->data_bytes += bytes;
    return fwrite(frames, 1, bytes, wav->file) == bytes ? 0 : fail(wav, err);
}

static int finish(struct wavfile *wav)
{
    if (wav->data_bytes & 1 && fputc(0, wav->file) == EOF)
        return -1;
    return fseeko(wav->file, 0, SEEK_SET) || !write_head(wav) || fflush(wav->file) ? -1 : 0;
}

int wavfile_close(struct wavfile *wav, struct err *err)
{
    if (!wav->error && finish(wav) == 0) {
        fclose(wav->file);
        wavfile_free(wav);
        return 0;
    }
    fail(wav, err);
    wavfile_discard(wav);
    return -1;
}

void wavfile_discard(struct wavfile *wav)
{
    if (!wav)
        return;
    fclose(wav->file);
    remove_file(wav->path);
    wavfile_free(wav);
}
