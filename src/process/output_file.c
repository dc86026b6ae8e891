/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where render's frames go: see output_file.h. */
#include "config.h"

#include "process/output_file.h"
#include "process/wavfile.h"
#include "base/xalloc.h"
#include "engine/device.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUS_CHANNELS = ENGINE_BUSSES * 2, CHUNK = 128 };

struct output_file {
    struct output_choice choice;
    char *part;                     /* name while it is being written */
    uint32_t channels;
    struct wavfile *wav;            /* NULL: hashes only, or thrown away (a character device such as /dev/null) */
    uint64_t frame;
    uint64_t hash[ENGINE_CHANNELS];        /* FNV-1a, 64 bit, over the bytes of each channel's samples */
};

struct output_file *output_file_open(const struct output_choice *choice, struct err *err)
{
    struct stat st;
    bool there = choice->path && stat(choice->path, &st) == 0;
    if (there && !S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)) {
        err_set(err, ERR_IO, "%s: not a regular file", choice->path);
        return NULL;
    }
    struct output_file *file = xcalloc(1, sizeof *file);
    file->choice = *choice;
    file->channels = choice->channels ? choice->channels : BUS_CHANNELS;
    for (uint32_t c = 0; c < file->channels; c++)
        file->hash[c] = UINT64_C(0xcbf29ce484222325);
    if (choice->hash || (there && S_ISCHR(st.st_mode)))
        return file;
    file->part = xasprintf("%s.part", choice->path);
    file->wav = wavfile_open(file->part, file->channels, choice->rate, choice->format, err);
    if (file->wav)
        return file;
    output_file_discard(file);
    return NULL;
}

static void add_hash(struct output_file *file, const unsigned char *bytes, uint32_t frames)
{
    uint32_t size = output_sample_bytes(file->choice.format);
    for (uint32_t i = 0; i < frames; i++)
        for (uint32_t c = 0; c < file->channels; c++)
            for (uint32_t b = 0; b < size; b++)
                file->hash[c] = (file->hash[c] ^ *bytes++) * UINT64_C(0x100000001b3);
}

static void put_busses(const struct engine_output *output, uint32_t first, float *in, uint32_t frames)
{
    for (uint32_t i = 0; i < frames; i++)
        for (int b = 0; b < ENGINE_BUSSES; b++)
            memcpy(&in[(i * ENGINE_BUSSES + (uint32_t)b) * 2], &output->bus[b][(first + i) * 2], 2 * sizeof(float));
}

static void put_channels(const struct engine_output *output, uint32_t first, uint32_t channels, float *in, uint32_t frames)
{
    struct engine_output from = *output;
    for (int pair = 0; pair < ENGINE_PAIRS; pair++)
        if (from.pair[pair])
            from.pair[pair] += (size_t)first * 2;
    device_interleave_rt(&from, channels, in, frames);
}

int output_file_write(struct output_file *file, const struct engine_output *output, uint32_t frames, struct err *err)
{
    float in[CHUNK * ENGINE_CHANNELS];
    unsigned char out[CHUNK * ENGINE_CHANNELS * 4];
    if (!file->wav && !file->choice.hash)
        return 0;
    for (uint32_t at = 0; at < frames;) {
        uint32_t count = frames - at < CHUNK ? frames - at : CHUNK;
        if (file->choice.channels)
            put_channels(output, at, file->channels, in, count);
        else
            put_busses(output, at, in, count);
        output_convert_rt(out, in, file->choice.format, file->channels, count, file->frame, file->choice.dither);
        if (file->choice.hash)
            add_hash(file, out, count);
        else if (wavfile_write(file->wav, out, count, err) < 0)
            return -1;
        file->frame += count;
        at += count;
    }
    return 0;
}

int output_file_finish(struct output_file *file, struct err *err)
{
    int result = 0;
    struct wavfile *wav = file->wav;
    file->wav = NULL;
    for (uint32_t c = 0; file->choice.hash && c < file->channels; c++)
        printf("%" PRIu32 " %016" PRIx64 "\n", c + 1, file->hash[c]);
    if (wav)
        result = wavfile_close(wav, err);
    if (wav && result == 0 && rename(file->part, file->choice.path) < 0) {
        result = err_set(err, ERR_IO, "%s: %s", file->choice.path, strerror(errno));
        unlink(file->part);
    }
    output_file_discard(file);
    return result;
}

void output_file_discard(struct output_file *file)
{
    wavfile_discard(file->wav);
    free(file->part);
    free(file);
}
