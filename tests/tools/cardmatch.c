/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cardmatch RENDER.wav CAPTURE [RATE-CHANNELS-FORMAT]: finds a render (five busses) in what a card was given, sample for
 * sample. The render is routed and converted as for that card, without dither; the capture is a WAV file, or raw frames of
 * the kind named as the sound lab's card does ("48000-10-S32_LE"). Frames are compared whole.
 *
 * Every place where they part is a line:  fault AT_FRAME REFERENCE_FRAME lost N inserted N silent|sounding
 * and the last line is:                   right N of N faults N moved N
 * moved: the farthest, in frames, that any piece of sound stands from where the first one puts it.
 * Exit status: 0 the whole render is there without a fault; 1 not; 2 cannot be compared.
 */
#include "config.h"

#include "engine/device.h"
#include "engine/engine.h"
#include "engine/matrix.h"
#include "pcm/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sndfile.h>

enum { KEY = 64 };                      /* frames that must agree for a place to count */

struct frames {                         /* packed in the card's format */
    unsigned char *bytes;
    int64_t count;
    size_t size;                        /* of one frame */
};

static const struct { const char *name; enum output_format format; } formats[] = {
    {"S16_LE", OUTPUT_S16}, {"S24_3LE", OUTPUT_S24_3}, {"S24_LE", OUTPUT_S24_4}, {"S32_LE", OUTPUT_S32}, {"FLOAT_LE", OUTPUT_F32},
};

static void die(const char *what, const char *which)
{
    fprintf(stderr, "cardmatch: %s: %s\n", which, what);
    exit(2);
}

static void *need(void *memory)
{
    if (!memory)
        die("no memory", "cardmatch");
    return memory;
}

/* --- the capture --- */

struct kind {
    unsigned rate, channels;
    enum output_format format;
};

static struct kind parse_kind(const char *text)
{
    struct kind kind = {0};
    char name[16];
    if (sscanf(text, "%u-%u-%15s", &kind.rate, &kind.channels, name) != 3 || kind.channels == 0)
        die("not RATE-CHANNELS-FORMAT", text);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(name, formats[i].name) == 0) {
            kind.format = formats[i].format;
            return kind;
        }
    die("no such format", name);
    return kind;
}

static struct frames load_raw(const char *path, const struct kind *kind)
{
    struct frames frames = {.size = kind->channels * output_sample_bytes(kind->format)};
    FILE *file = fopen(path, "rb");
    if (!file || fseeko(file, 0, SEEK_END) < 0)
        die("cannot be read", path);
    frames.count = ftello(file) / (int64_t)frames.size;
    rewind(file);
    frames.bytes = need(malloc((size_t)frames.count * frames.size + 1));
    if (fread(frames.bytes, frames.size, (size_t)frames.count, file) != (size_t)frames.count)
        die("cannot be read whole", path);
    fclose(file);
    return frames;
}

/* A WAV file's own samples. One that was cut off before its sizes were written is read to its end. */
static struct frames load_wav(const char *path, struct kind *kind)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file)
        die(sf_strerror(NULL), path);
    int depth = info.format & SF_FORMAT_SUBMASK;
    *kind = (struct kind){.rate = (unsigned)info.samplerate, .channels = (unsigned)info.channels};
    kind->format = depth == SF_FORMAT_PCM_16 ? OUTPUT_S16 : depth == SF_FORMAT_PCM_24 ? OUTPUT_S24_3
                 : depth == SF_FORMAT_PCM_32 ? OUTPUT_S32 : OUTPUT_F32;
    struct frames frames = {.size = kind->channels * output_sample_bytes(kind->format), .count = info.frames};
    frames.bytes = need(malloc((size_t)frames.count * frames.size + 1));
    sf_count_t bytes = sf_read_raw(file, frames.bytes, (sf_count_t)((size_t)frames.count * frames.size));
    frames.count = bytes / (sf_count_t)frames.size;
    sf_close(file);
    return frames;
}

/* --- the reference --- */

enum { CHUNK = 4096 };
_Static_assert((int)CHUNK <= (int)ENGINE_PERIOD_MAX, "a chunk is a period");

static void make_pairs(struct matrix *matrix, float busses[ENGINE_BUSSES][2 * CHUNK], uint32_t count,
                       struct engine_output *output)
{
    static float gains[CHUNK];
    matrix_begin_rt(matrix);
    for (unsigned bus = 0; bus < ENGINE_BUSSES; bus++)
        matrix_add_rt(matrix, bus, busses[bus], 0, count, 0, count, gains);
    for (unsigned pair = 0; pair < ENGINE_PAIRS; pair++)
        output->pair[pair] = matrix_pair_rt(matrix, pair);
}

static struct frames load_render(const char *path, const struct kind *kind)
{
    static float busses[ENGINE_BUSSES][2 * CHUNK], file_frames[CHUNK * 2 * ENGINE_BUSSES];
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file || info.channels != 2 * ENGINE_BUSSES || info.samplerate != (int)kind->rate)
        die("not a render of five busses at the card's rate", path);
    struct matrix *matrix = need(aligned_alloc(64, sizeof *matrix));
    memset(matrix, 0, sizeof *matrix);
    matrix_init(matrix);
    matrix_set_channels_rt(matrix, kind->channels);
    struct frames frames = {.size = kind->channels * output_sample_bytes(kind->format), .count = info.frames};
    frames.bytes = need(malloc((size_t)frames.count * frames.size + 1));
    float *routed = need(malloc(CHUNK * kind->channels * sizeof *routed));
    struct engine_output output;
    for (int64_t at = 0; at < frames.count;) {
        sf_count_t count = sf_readf_float(file, file_frames, CHUNK);
        if (count <= 0)
            die("cannot be read whole", path);
        for (int bus = 0; bus < ENGINE_BUSSES; bus++) {
            for (sf_count_t i = 0; i < 2 * count; i++)
                busses[bus][i] = file_frames[i / 2 * 2 * ENGINE_BUSSES + 2 * bus + i % 2];
        }
        make_pairs(matrix, busses, (uint32_t)count, &output);
        device_interleave_rt(&output, kind->channels, routed, (uint32_t)count);
        output_convert_rt(frames.bytes + (size_t)at * frames.size, routed, kind->format, kind->channels,
                          (uint32_t)count, 0, false);
        at += count;
    }
    free(matrix);
    free(routed);
    sf_close(file);
    return frames;
}

/* --- comparing --- */

static bool same(const struct frames *a, int64_t i, const struct frames *b, int64_t j, int64_t count)
{
    return i >= 0 && j >= 0 && i + count <= a->count && j + count <= b->count &&
           memcmp(a->bytes + (size_t)i * a->size, b->bytes + (size_t)j * b->size, (size_t)count * a->size) == 0;
}

static bool is_silent(const struct frames *frames, int64_t at, int64_t count)
{
    for (size_t i = (size_t)at * frames->size; i < (size_t)(at + count) * frames->size; i++)
        if (frames->bytes[i])
            return false;
    return true;
}

/* The first of the reference that is not silent for a while, and where the capture has it. Return: false: nowhere. */
static bool find_begin(const struct frames *reference, const struct frames *capture, int64_t *i, int64_t *j)
{
    for (*i = 0; *i + KEY <= reference->count && is_silent(reference, *i, KEY / 2);)
        ++*i;
    for (*j = 0; *j + KEY <= capture->count; ++*j)
        if (same(reference, *i, capture, *j, KEY))
            return true;
    return false;
}

/* From (i, j), where they part: the nearest (i + di, j + dj) where they agree again. In place first: what a card does not play
 * is missing, and what follows is where it belongs or a little off. */
static bool find_again(const struct frames *reference, int64_t i, const struct frames *capture, int64_t j, int64_t reach,
                       int64_t *di, int64_t *dj)
{
    for (int64_t d = 1; d < reach; d++)
        for (int64_t off = 0; off <= (d < 240 ? d : 240); off++) {
            *di = d - off;
            *dj = d;
            if (same(reference, i + *di, capture, j + *dj, KEY))
                return true;
            *di = d;
            *dj = d - off;
            if (same(reference, i + *di, capture, j + *dj, KEY))
                return true;
        }
    return false;
}

static int compare(const struct frames *reference, const struct frames *capture, int64_t reach)
{
    int64_t i, j, di, dj, right = 0, faults = 0, moved = 0;
    if (!find_begin(reference, capture, &i, &j)) {
        printf("the render is not in the capture\n");
        return 1;
    }
    const int64_t begin = i, offset = j - i;
    printf("begins at %lld of the capture, %lld of the render\n", (long long)j, (long long)i);
    while (i < reference->count) {
        if (same(reference, i, capture, j, 1)) {
            i++, j++, right++;
            continue;
        }
        faults++;
        if (!find_again(reference, i, capture, j, reach, &di, &dj)) {
            printf("fault %lld %lld: not found again\n", (long long)j, (long long)i);
            break;
        }
        printf("fault %lld %lld lost %lld inserted %lld %s\n", (long long)j, (long long)i, (long long)di, (long long)dj,
               is_silent(capture, j, dj) ? "silent" : "sounding");
        i += di;
        j += dj;
        if (llabs(j - i - offset) > moved)
            moved = llabs(j - i - offset);
    }
    printf("right %lld of %lld faults %lld moved %lld\n", (long long)right, (long long)(reference->count - begin),
           (long long)faults, (long long)moved);
    return faults != 0;
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4)
        die("usage: cardmatch RENDER.wav CAPTURE [RATE-CHANNELS-FORMAT]", "wrong use");
    struct kind kind = argc == 4 ? parse_kind(argv[3]) : (struct kind){0};
    struct frames capture = argc == 4 ? load_raw(argv[2], &kind) : load_wav(argv[2], &kind);
    struct frames reference = load_render(argv[1], &kind);
    return compare(&reference, &capture, 3 * (int64_t)kind.rate);
}
