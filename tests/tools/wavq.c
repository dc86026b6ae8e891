/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wavq: questions about WAV files, answered in numbers, for the scripts of tests/regress.
 * Channels count from 1, 0 is all of them; frames from 0; TO is the first frame not looked at, -1 the end.
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sndfile.h>

struct sound {
    SF_INFO info;
    int64_t from, to;                   /* what of it was read */
    const float *samples;               /* interleaved, of frame `from` on; stays until the program ends */
};
static float *loaded[2];                  /* the samples of all sounds there are */

static const char usage_text[] =
    "wavq info FILE                                     frames channels rate bits-or-float\n"
    "wavq peak FILE CHANNEL FROM TO                     the largest magnitude\n"
    "wavq rms FILE CHANNEL FROM TO                      in dB, -inf for silence\n"
    "wavq first FILE CHANNEL FROM TO                    the first frame that is not silent, -1: none\n"
    "wavq last FILE CHANNEL FROM TO                     the last such\n"
    "wavq get FILE CHANNEL FRAME COUNT                  samples, one a line\n"
    "wavq find FILE CHANNEL REFERENCE CHANNEL COUNT     where the first COUNT frames of REFERENCE stand in FILE, -1: nowhere\n"
    "wavq diff FILE CHANNEL AT REFERENCE CHANNEL FROM COUNT     the largest difference of the two stretches\n"
    "wavq noise FILE CHANNEL AT REFERENCE CHANNEL FROM COUNT    the RMS of their difference in dB, -inf if they are the same\n"
    "wavq apart FILE CHANNEL AT REFERENCE CHANNEL FROM COUNT    after how many frames they differ, -1: they do not\n"
    "wavq gaps FILE CHANNEL FROM TO LEAST               stretches of LEAST silent frames or more: first frame and count of each\n"
    "wavq resumed FILE CHANNEL AT TO REFERENCE CHANNEL SETTLED  of each gap of 2 frames or more in what stands at AT: its first\n"
    "                                                   frame, its count, how many frames early what comes after it\n"
    "                                                   is, how many of that differ from SETTLED frames after the\n"
    "                                                   gap to the next, the first that does, there and as it should\n"
    "                                                   be\n";

static void die(const char *what, const char *which)
{
    fprintf(stderr, "wavq: %s: %s\n", which, what);
    exit(2);
}

/* Reads frames [from, to); to -1: to the end. */
static struct sound load(const char *path, int64_t from, int64_t to)
{
    struct sound sound = { .info = { 0 } };
    SNDFILE *file = sf_open(path, SFM_READ, &sound.info);
    if (!file)
        die(sf_strerror(NULL), path);
    sound.from = from;
    sound.to = to == -1 ? sound.info.frames : to;
    if (from < 0 || sound.to > sound.info.frames || from > sound.to)
        die("not that many frames", path);
    sf_count_t count = sound.to - from;
    float *samples = calloc((size_t)count * (size_t)sound.info.channels + 1, sizeof(float));
    if (!samples || sf_seek(file, from, SEEK_SET) != from || sf_readf_float(file, samples, count) != count)
        die("cannot be read whole", path);
    sound.samples = loaded[loaded[0] != NULL] = samples;
    sf_close(file);
    return sound;
}

static double sample(const struct sound *sound, int64_t frame, int channel)
{
    return (double)sound->samples[(frame - sound->from) * sound->info.channels + channel];
}

static int64_t number(const char *text)
{
    char *end;
    int64_t value = strtoll(text, &end, 10);
    if (*end || end == text)
        die("not a whole number", text);
    return value;
}

/* A stretch of one channel or of all. */
struct stretch {
    struct sound sound;
    int first, last;                    /* channels, from 0 */
};

static struct stretch stretch_of(const char *path, const char *channel, int64_t from, int64_t to)
{
    struct stretch stretch = { .sound = load(path, from, to) };
    int64_t c = number(channel);
    if (c < 0 || c > stretch.sound.info.channels)
        die("no such channel", channel);
    stretch.first = c ? (int)c - 1 : 0;
    stretch.last = c ? (int)c - 1 : stretch.sound.info.channels - 1;
    return stretch;
}

static double magnitude(const struct stretch *stretch, int64_t frame)
{
    double most = 0;
    for (int c = stretch->first; c <= stretch->last; c++)
        most = fmax(most, fabs(sample(&stretch->sound, frame, c)));
    return most;
}

static int ask_info(char **argument)
{
    struct sound sound = load(argument[0], 0, 0);
    static const struct { int format; const char *word; } words[] = {
        { SF_FORMAT_PCM_16, "16" }, { SF_FORMAT_PCM_24, "24" }, { SF_FORMAT_PCM_32, "32" }, { SF_FORMAT_FLOAT, "float" },
    };
    const char *kept = "other";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if ((sound.info.format & SF_FORMAT_SUBMASK) == words[i].format)
            kept = words[i].word;
    printf("%lld %d %d %s\n", (long long)sound.info.frames, sound.info.channels, sound.info.samplerate, kept);
    return 0;
}

static int ask_peak(char **argument)
{
    struct stretch stretch = stretch_of(argument[0], argument[1], number(argument[2]), number(argument[3]));
    double most = 0;
    for (int64_t i = stretch.sound.from; i < stretch.sound.to; i++)
        most = fmax(most, magnitude(&stretch, i));
    printf("%.9g\n", most);
    return 0;
}

static int ask_rms(char **argument)
{
    struct stretch stretch = stretch_of(argument[0], argument[1], number(argument[2]), number(argument[3]));
    double sum = 0;
    for (int64_t i = stretch.sound.from; i < stretch.sound.to; i++)
        sum += magnitude(&stretch, i) * magnitude(&stretch, i);
    printf("%.3f\n", 10 * log10(sum / (double)(stretch.sound.to - stretch.sound.from)));
    return 0;
}

static int ask_first(char **argument)
{
    struct stretch stretch = stretch_of(argument[0], argument[1], number(argument[2]), number(argument[3]));
    int64_t i = stretch.sound.from;
    while (i < stretch.sound.to && magnitude(&stretch, i) == 0)
        i++;
    printf("%lld\n", (long long)(i < stretch.sound.to ? i : -1));
    return 0;
}

static int ask_last(char **argument)
{
    struct stretch stretch = stretch_of(argument[0], argument[1], number(argument[2]), number(argument[3]));
    int64_t i = stretch.sound.to - 1;
    while (i >= stretch.sound.from && magnitude(&stretch, i) == 0)
        i--;
    printf("%lld\n", (long long)(i >= stretch.sound.from ? i : -1));
    return 0;
}

static int ask_get(char **argument)
{
    int64_t from = number(argument[2]);
    struct stretch stretch = stretch_of(argument[0], argument[1], from, from + number(argument[3]));
    for (int64_t i = from; i < stretch.sound.to; i++)
        printf("%.9g\n", sample(&stretch.sound, i, stretch.first));
    return 0;
}

static int ask_find(char **argument)
{
    int64_t count = number(argument[4]), found = -1;
    struct stretch in = stretch_of(argument[0], argument[1], 0, -1), reference = stretch_of(argument[2], argument[3], 0, count);
    for (int64_t at = 0; at + count <= in.sound.to && found < 0; at++) {
        int64_t i = 0;
        while (i < count && sample(&in.sound, at + i, in.first) == sample(&reference.sound, i, reference.first))
            i++;
        if (i == count)
            found = at;
    }
    printf("%lld\n", (long long)found);
    return 0;
}

static int ask_diff(char **argument)
{
    int64_t at = number(argument[2]), from = number(argument[5]), count = number(argument[6]);
    struct stretch a = stretch_of(argument[0], argument[1], at, at + count),
        b = stretch_of(argument[3], argument[4], from, from + count);
    double most = 0;
    for (int64_t i = 0; i < count; i++)
        most = fmax(most, fabs(sample(&a.sound, at + i, a.first) - sample(&b.sound, from + i, b.first)));
    printf("%.9g\n", most);
    return 0;
}

static int ask_noise(char **argument)
{
    int64_t at = number(argument[2]), from = number(argument[5]), count = number(argument[6]);
    struct stretch a = stretch_of(argument[0], argument[1], at, at + count),
        b = stretch_of(argument[3], argument[4], from, from + count);
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += pow(sample(&a.sound, at + i, a.first) - sample(&b.sound, from + i, b.first), 2);
    printf("%.3f\n", 10 * log10(sum / (double)count));
    return 0;
}

static int ask_apart(char **argument)
{
    int64_t at = number(argument[2]), from = number(argument[5]), count = number(argument[6]), i = 0;
    struct stretch a = stretch_of(argument[0], argument[1], at, at + count),
        b = stretch_of(argument[3], argument[4], from, from + count);
    while (i < count && sample(&a.sound, at + i, a.first) == sample(&b.sound, from + i, b.first))
        i++;
    printf("%lld\n", (long long)(i < count ? i : -1));
    return 0;
}

/* --- what was interrupted --- */

enum { GAP = 2, LOOK = 480, ALIKE = 96 };       /* frames: a gap of `resumed`; early or late at most; that show how much */

/* Return: the first frame of the next silent stretch from `from` on, with its end; or where it stops, twice. */
static int64_t next_gap(const struct stretch *stretch, int64_t from, int64_t least, int64_t *end)
{
    int64_t to = stretch->sound.to, first = from;
    for (int64_t i = from; i < to; i++) {
        if (magnitude(stretch, i) == 0)
            continue;
        if (i - first >= least) {
            *end = i;
            return first;
        }
        first = i + 1;
    }
    *end = to;
    return to - first >= least ? first : to;
}

static int ask_gaps(char **argument)
{
    struct stretch stretch = stretch_of(argument[0], argument[1], number(argument[2]), number(argument[3]));
    int64_t end = stretch.sound.from, first;
    while ((first = next_gap(&stretch, end, number(argument[4]), &end)) < stretch.sound.to)
        printf("%lld %lld\n", (long long)first, (long long)(end - first));
    return 0;
}

/* Frames of two stretches from `at` on, the reference's shifted, that are not the same. */
static int64_t differing(const struct stretch *stretch, const struct stretch *reference, int64_t from, int64_t to, int64_t place)
{
    int64_t count = 0;
    for (int64_t i = from; i < to && i - place < reference->sound.to; i++)
        count += i < place ||
                 sample(&stretch->sound, i, stretch->first) != sample(&reference->sound, i - place, reference->first);
    return count;
}

/* Return: by how much it is early, LOOK + 1: nothing there is as in the reference. */
static int64_t early(const struct stretch *stretch, const struct stretch *reference, int64_t from, int64_t place)
{
    for (int64_t by = 0; by <= LOOK; by++)
        for (int sign = -1; sign <= 1; sign += 2)
            if (differing(stretch, reference, from, from + ALIKE, place - sign * by) == 0)
                return sign * by;
    return LOOK + 1;
}

static void print_first_difference(const struct stretch *stretch, const struct stretch *reference, int64_t from, int64_t place)
{
    int64_t at = from;
    while (differing(stretch, reference, at, at + 1, place) == 0)
        at++;
    printf(" %lld %.9g %.9g", (long long)at, sample(&stretch->sound, at, stretch->first),
           at < place ? 0.0 : sample(&reference->sound, at - place, reference->first));
}

static int ask_resumed(char **argument)
{
    int64_t place = number(argument[2]), settled = number(argument[6]), end, next_end;
    struct stretch stretch = stretch_of(argument[0], argument[1], 0, number(argument[3]));
    struct stretch reference = stretch_of(argument[4], argument[5], 0, -1);
    if (stretch.sound.to > place + reference.sound.to)
        stretch.sound.to = place + reference.sound.to;
    int64_t first = next_gap(&stretch, place, GAP, &end), last = stretch.sound.to;
    while (first < last && end < last) {
        int64_t next = next_gap(&stretch, end, GAP, &next_end), from = end + settled, by = 0, differ = -1;
        if (next > from + ALIKE) {
            by = early(&stretch, &reference, from, place);
            differ = by > LOOK ? next - from : differing(&stretch, &reference, from, next, place - by);
        }
        printf("%lld %lld %lld %lld", (long long)first, (long long)(end - first), (long long)by, (long long)differ);
        if (differ > 0 && by <= LOOK)
            print_first_difference(&stretch, &reference, from, place - by);
        printf("\n");
        first = next;
        end = next_end;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct { const char *name; int arguments; int (*ask)(char **argument); } questions[] = {
        { "info", 1, ask_info }, { "peak", 4, ask_peak }, { "rms", 4, ask_rms }, { "first", 4, ask_first },
        { "last", 4, ask_last },
        { "get", 4, ask_get }, { "find", 5, ask_find }, { "diff", 7, ask_diff }, { "noise", 7, ask_noise },
        { "apart", 7, ask_apart }, { "gaps", 5, ask_gaps }, { "resumed", 7, ask_resumed },
    };
    for (size_t i = 0; argc > 1 && i < sizeof questions / sizeof questions[0]; i++)
        if (strcmp(argv[1], questions[i].name) == 0 && argc == questions[i].arguments + 2)
            return questions[i].ask(argv + 2);
    fputs(usage_text, stderr);
    return 2;
}
