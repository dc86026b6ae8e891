/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program's word against the laws': see heard.h. */
#include "config.h"

#include "heard.h"
#include "routes.h"
#include "scribe.h"
#include "tally.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/*
 * -120 dB of full scale. The sum of a bus stays below full scale in these worlds but for crowds of
 * noise, whose single precision is that of the sum: so where the sum is more, so is the tolerance.
 */
static const double tolerance = 1e-6;
/*
 * A quick converter is not the sampling theorem: they differ above 20 kHz, where the corners of fades of 1 ms reach, by 2e-4 at
 * these levels. Half a frame of the chain too early or too late would be 1e-3.
 */
static const double mixed_tolerance = 4e-4;

static char *read_all(const char *path, size_t *size)
{
    FILE *from = fopen(path, "rb");
    *size = 0;
    if (!from)
        return NULL;
    fseek(from, 0, SEEK_END);
    long bytes = ftell(from);
    rewind(from);
    char *text = malloc((size_t)bytes + 1);
    if (!text)
        abort();
    *size = fread(text, 1, (size_t)bytes, from);
    text[*size] = '\0';
    fclose(from);
    return text;
}

static uint32_t number_at(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

void heard_read(struct heard *heard, const char *path, int channels)
{
    size_t size;
    char *wav = read_all(path, &size);
    for (size_t at = 12; wav && at + 8 <= size;) {
        size_t bytes = number_at(wav + at + 4);
        if (memcmp(wav + at, "data", 4)) {
            at += 8 + bytes + (bytes & 1);
            continue;
        }
        bytes = bytes > size - at - 8 ? size - at - 8 : bytes;
        heard->frames = (int64_t)(bytes / ((size_t)channels * sizeof(float)));
        heard->samples = malloc(bytes + 1);
        if (!heard->samples)
            abort();
        memcpy(heard->samples, wav + at + 8, bytes);
        break;
    }
    free(wav);
}

static void write_with(const struct world *world, const char *folder, const char *file,
                       void (*scribe)(const struct world *, FILE *))
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *to = fopen(path, "w");
    if (!to)
        abort();
    scribe(world, to);
    if (fclose(to))
        abort();
}

int heard_render(struct heard *heard, const struct world *world, const char *folder, int channels)
{
    char command[1200], path[200], of[32] = "";
    const char *clipgrid = getenv("CLIPGRID");
    size_t size;
    *heard = (struct heard){0};
    if (channels)
        snprintf(of, sizeof of, "--channels %d ", channels);
    write_with(world, folder, "show.orp", scribe_session);
    write_with(world, folder, "script", scribe_script);
    snprintf(command, sizeof command,
             "cd '%s' && rm -f out.wav && XDG_CONFIG_HOME=. XDG_CACHE_HOME=. '%s' render show.orp --commands script "
             "--out out.wav "
             "%s--rate %d --period %d --seconds %.9f 2>said </dev/null",
             folder, clipgrid ? clipgrid : "./clipgrid", of, world->rate, world->period, (double)world->frames / world->rate);
    int status = system(command);
    snprintf(path, sizeof path, "%s/said", folder);
    heard->said = read_all(path, &size);
    snprintf(path, sizeof path, "%s/out.wav", folder);
    heard_read(heard, path, channels ? channels : LAWS_CHANNELS);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 && heard->samples ? 0 : -1;
}

void heard_clear(struct heard *heard)
{
    free(heard->samples);
    free(heard->said);
}

static struct difference differs(int64_t frame, const char *format, ...) __attribute__((format(printf, 2, 3)));
static struct difference differs(int64_t frame, const char *format, ...)
{
    struct difference difference = {.found = true, .frame = frame};
    va_list args;
    va_start(args, format);
    vsnprintf(difference.text, sizeof difference.text, format, args);
    va_end(args);
    return difference;
}

static const char *channel_name(int channel)
{
    static const char *const names[LAWS_CHANNELS] = {"A left", "A right", "B left", "B right", "C left", "C right", "D left",
                                                     "D right", "Audition left", "Audition right"};
    return names[channel];
}

/* Every line has to be the next refusal of the laws, and has to give its reason. */
static struct difference compare_refusals(const struct heard *heard, const struct world *world, const struct outcome *outcome)
{
    const char *line = heard->said ? heard->said : "";
    for (int i = 0; i < world->orders; i++) {
        const char *words = refusal_words(outcome->refusal[i]);
        char order[200];
        scribe_order(&world->order[i], order, sizeof order);
        size_t length = strlen(order);
        bool said = !strncmp(line, order, length) && line[length] == ':';
        if (!said && !*words)
            continue;
        int chars = (int)strcspn(line, "\n");
        if (!said)
            return differs(world->order[i].frame, "'%s' has to be refused ('%s'), the next refusal is '%.*s'", order, words,
                           chars, line);
        const char *reason = *words ? strstr(line, words) : NULL;
        /* The same order may stand there twice, only one of them refused: it is the samples that tell. */
        if (!*words && i + 1 < world->orders && world->order[i + 1].frame == world->order[i].frame)
            continue;
        if (!reason || reason > line + chars)
            return differs(world->order[i].frame, "'%.*s' is refused, and not for '%s'", chars, line, words);
        line += chars + (line[chars] == '\n');
    }
    return *line ? differs(-1, "it says '%.*s'", (int)strcspn(line, "\n"), line) : (struct difference){0};
}

void heard_say_refusals(const struct world *world, const struct outcome *outcome, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; i < world->orders && length < size; i++) {
        char order[200];
        scribe_order(&world->order[i], order, sizeof order);
        if (outcome->refusal[i] != REFUSAL_NONE)
            length += (size_t)snprintf(text + length, size - length, "%s: %s\n", order, refusal_words(outcome->refusal[i]));
    }
}

/*
 * B4, of a bus with a limiter: as the laws have it up to 1 ms before its first sample that might make a true peak of -1 dB (half
 * of full scale: between samples noise may be more); from there on turned down, both sides alike, and no sample over -1 dB. Its
 * delay is left out of a render, so it stays aligned all the time.
 */
static struct difference judge_limited(const struct heard *heard, const struct world *world, const struct outcome *outcome,
                                       int bus)
{
    const double loud = 0.5, ceiling = pow(10, -1 / 20.0) + tolerance;
    int64_t first = 0;
    for (; first < outcome->frames; first++) {
        const double *wanted = outcome->samples + first * LAWS_CHANNELS + 2 * bus;
        if (fmax(fabs(wanted[LEFT]), fabs(wanted[RIGHT])) > loud)
            break;
    }
    for (int64_t n = 0; n < heard->frames; n++) {
        const float *got = heard->samples + n * LAWS_CHANNELS + 2 * bus;
        const double *wanted = outcome->samples + n * LAWS_CHANNELS + 2 * bus;
        bool below = first == outcome->frames || n < first - world->rate / 1000 - 1;
        bool alike = fabs(got[LEFT] * wanted[RIGHT] - got[RIGHT] * wanted[LEFT]) <= 4 * tolerance;
        for (int i = 0; i < SIDES; i++) {
            bool turned_down = fabs(got[i]) <= fabs(wanted[i]) + tolerance && got[i] * wanted[i] >= -tolerance;
            if (below ? fabs(got[i] - wanted[i]) > tolerance : !turned_down || !alike || fabs(got[i]) > ceiling)
                return differs(n, "frame %" PRId64 " of %s, which has a limiter, is %.9g of %.9g", n, channel_name(2 * bus + i),
                               got[i], wanted[i]);
        }
    }
    return (struct difference){0};
}

static bool is_limited(const struct world *world, int channel)
{
    return channel / 2 < WORLD_GROUPS && world->group[channel / 2].limiter;
}

static struct difference compare_samples(const struct heard *heard, const struct world *world, const struct outcome *outcome)
{
    double most = world->mixed ? mixed_tolerance : tolerance;
    if (heard->frames != outcome->frames)
        return differs(-1, "%" PRId64 " frames, not %" PRId64, heard->frames, outcome->frames);
    for (int64_t i = 0; i < heard->frames * LAWS_CHANNELS; i++) {
        double got = heard->samples[i], wanted = outcome->samples[i];
        if (is_limited(world, (int)(i % LAWS_CHANNELS)))
            continue;
        if (!(fabs(got - wanted) <= most * fmax(1, fabs(wanted))))
            return differs(i / LAWS_CHANNELS, "frame %" PRId64 " of %s is %.9g, not %.9g", i / LAWS_CHANNELS,
                           channel_name((int)(i % LAWS_CHANNELS)), got, wanted);
    }
    for (int bus = 0; bus < WORLD_GROUPS; bus++) {
        struct difference difference = {0};
        if (world->group[bus].limiter)
            difference = judge_limited(heard, world, outcome, bus);
        if (difference.found)
            return difference;
    }
    return (struct difference){0};
}

/*
 * Clicks. A sum of voices a g(n) sin(wn), each in gains g, goes from a frame to the next by at most the sum of
 * a (g 2 sin(w / 2) + |g(n+1) - g(n)|): what the sines go, and what the gains go. A gain is a product of levels; each that moves
 * goes by at most its way times the curve's steepest slope over its frames, of which the protection makes it at least 1 ms. What
 * neither moves nor is a sine may not step at all. 1 % is for the product's second order.
 */
static struct difference find_step(const struct heard *heard, const struct world *world, const struct outcome *outcome)
{
    double besides = HEARD_GRAIN + (world->mixed ? mixed_tolerance : 0);
    for (int64_t i = 0; i + LAWS_CHANNELS < heard->frames * LAWS_CHANNELS; i++) {
        double step = fabs((double)heard->samples[i + LAWS_CHANNELS] - heard->samples[i]);
        if (step > outcome->steps[i] * 1.01 + besides)
            return differs(i / LAWS_CHANNELS, "from frame %" PRId64 " of %s to the next it is a step of %.6f, "
                           "at most %.6f is allowed",
                           i / LAWS_CHANNELS, channel_name((int)(i % LAWS_CHANNELS)), step, outcome->steps[i] * 1.01 + besides);
    }
    return (struct difference){0};
}

struct difference heard_compare(const struct heard *heard, const struct world *world, const struct outcome *outcome)
{
    struct difference difference = compare_refusals(heard, world, outcome);
    if (!difference.found)
        difference = compare_samples(heard, world, outcome);
    if (!difference.found && world->sines)
        difference = find_step(heard, world, outcome);
    return difference;
}

/* Where busses move: what a device's channels play. In worlds of both families moves begin where the slower chain has come to. */
static struct difference judge_channels(const struct world *world, const char *folder, const struct outcome *outcome,
                                        const struct heard *busses)
{
    struct heard channels;
    struct difference difference;
    if (heard_render(&channels, world, folder, ROUTES_CHANNELS) < 0)
        difference = differs(-1, "its channels are not rendered: %.300s", channels.said ? channels.said : "nothing said");
    else
        difference = routes_judge(world, outcome, busses, &channels);
    heard_clear(&channels);
    return difference;
}

struct difference heard_judge(const struct world *world, const char *folder, struct tally *tally)
{
    struct heard heard;
    struct outcome outcome;
    struct difference difference;
    if (heard_render(&heard, world, folder, 0) < 0) {
        difference = differs(-1, "it does not render: %.300s", heard.said ? heard.said : "nothing said");
    } else {
        laws_render(world, &outcome);
        difference = heard_compare(&heard, world, &outcome);
        if (!difference.found && outcome.moves && !world->mixed)
            difference = judge_channels(world, folder, &outcome, &heard);
        if (tally)
            tally_add(tally, world, &outcome);
        outcome_clear(&outcome);
    }
    heard_clear(&heard);
    return difference;
}
