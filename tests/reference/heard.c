/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program's word against the laws': see heard.h. */
#include "config.h"

#include "heard.h"
#include "scribe.h"

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
/* What 16-bit media add to a sine's step: half a step of the converter at either end, a few voices at once. */
static const double grain = 2.0 / 32768;

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

void heard_read(struct heard *heard, const char *path)
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
        heard->frames = (int64_t)(bytes / (LAWS_CHANNELS * sizeof(float)));
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

int heard_render(struct heard *heard, const struct world *world, const char *folder)
{
    char command[1200], path[200];
    const char *clipgrid = getenv("CLIPGRID");
    size_t size;
    *heard = (struct heard){0};
    write_with(world, folder, "show.orp", scribe_session);
    write_with(world, folder, "script", scribe_script);
    snprintf(command, sizeof command,
             "cd '%s' && rm -f out.wav && XDG_CONFIG_HOME=. XDG_CACHE_HOME=. '%s' render show.orp --commands script "
             "--out out.wav "
             "--rate %d --period %d --seconds %.9f 2>said </dev/null",
             folder, clipgrid ? clipgrid : "./clipgrid", world->rate, world->period, (double)world->frames / world->rate);
    int status = system(command);
    snprintf(path, sizeof path, "%s/said", folder);
    heard->said = read_all(path, &size);
    snprintf(path, sizeof path, "%s/out.wav", folder);
    heard_read(heard, path);
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

static struct difference compare_samples(const struct heard *heard, const struct world *world, const struct outcome *outcome)
{
    double most = world->mixed ? mixed_tolerance : tolerance;
    if (heard->frames != outcome->frames)
        return differs(-1, "%" PRId64 " frames, not %" PRId64, heard->frames, outcome->frames);
    for (int64_t i = 0; i < heard->frames * LAWS_CHANNELS; i++) {
        double got = heard->samples[i], wanted = outcome->samples[i];
        if (!(fabs(got - wanted) <= most * fmax(1, fabs(wanted))))
            return differs(i / LAWS_CHANNELS, "frame %" PRId64 " of %s is %.9g, not %.9g", i / LAWS_CHANNELS,
                           channel_name((int)(i % LAWS_CHANNELS)), got, wanted);
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
    double besides = grain + (world->mixed ? mixed_tolerance : 0);
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

static void count_in(struct tally *tally, const struct world *world, const struct outcome *outcome)
{
    tally->orders += world->orders;
    for (int i = 0; i < world->orders; i++)
        tally->refusals[outcome->refusal[i]]++;
    tally->voices_most = outcome->voices_most > tally->voices_most ? outcome->voices_most : tally->voices_most;
    tally->ghosts_most = outcome->ghosts_most > tally->ghosts_most ? outcome->ghosts_most : tally->ghosts_most;
}

void tally_print(const struct tally *tally, FILE *to)
{
    fprintf(to, "%d orders; up to %d voices and %d ghosts at once; refused:", tally->orders, tally->voices_most,
            tally->ghosts_most);
    for (int i = REFUSAL_NONE + 1; i < REFUSALS; i++)
        fprintf(to, "%s '%s' %d", i > REFUSAL_NONE + 1 ? "," : "", refusal_words((enum refusal)i), tally->refusals[i]);
    fputc('\n', to);
}

struct difference heard_judge(const struct world *world, const char *folder, struct tally *tally)
{
    struct heard heard;
    struct outcome outcome;
    struct difference difference;
    if (heard_render(&heard, world, folder) < 0) {
        difference = differs(-1, "it does not render: %.300s", heard.said ? heard.said : "nothing said");
    } else {
        laws_render(world, &outcome);
        difference = heard_compare(&heard, world, &outcome);
        if (tally)
            count_in(tally, world, &outcome);
        outcome_clear(&outcome);
    }
    heard_clear(&heard);
    return difference;
}
