/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults of sound cards by the thousand: the real audio thread, its keeper and the ALSA driver, each pair in a process of its
 * own on a scripted card of its own (tests/lab/faultpcm), with an engine whose frame n is the number n. The card writes what
 * sounds at its second T to frame T x rate of a file, so the file alone says when sound stopped, when it was back, and whether
 * each frame stands where it would have stood without any fault.
 *
 *   cardfaults KIND FAULTS CARDS FOLDER      KIND: loss, xrun, suspend, odd
 *
 * Prints a line for each thing measured: WHAT N LOST P50 P99 MAX UNIT. LOST is how many were not as FAULTS says they must be.
 * alsa-lib's environment (ALSA_CONFIG_PATH, FAULTPCM_LIB) is the caller's; FOLDER is in memory, for the card writes its
 * file on the thread that plays.
 */
#include "config.h"

#include "base/err.h"
#include "../engine/fake_engine.h"
#include "engine/audio.h"
#include "platform/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    RATE = 48000, CHANNELS = 2,
    FADE_FRAMES = 256,                  /* what comes back fades in: these frames are not numbers */
    RUN_FRAMES = 64,                    /* in a row that make a piece of sound */
    PLACE_FRAMES = 48,                  /* a millisecond: so far may sound be from its place */
};
#define NEVER (-1.0)
#define LIE_S 0.04                      /* a buffer and the way back, behind a pointer that lied and was believed */

struct outcome {                        /* of one fault; NEVER: it did not happen */
    double noticed_ms;                  /* from the fault until the engine was told of it */
    double back_ms;                     /* from the fault's end until sound */
    double off_frames;                  /* how far what came back was from its place, at worst */
};

struct fault { double from_s, to_s; };  /* of the card's time */

struct verdict {                        /* of one card */
    double share;                       /* of a processor that was used */
    uint64_t wrong, sounded;            /* frames: neither a fade nor in their place; all that sounded */
    bool done;
};

struct card {
    int number, faults;
    struct fault *fault;
    struct outcome *outcome;            /* shared with the parent, as is */
    struct verdict *verdict;
    char *script;
    double end_s;                       /* of the card's time: the player goes */
    unsigned seed;
};

struct kind {
    const char *name;
    uint32_t period, periods;
    double cycle_s, after_s;            /* from one fault to the next; how long is played behind the last */
    double notice_ms, back_ms;          /* what FAULTS allows; 0: nothing of the kind is measured */
    void (*write)(struct card *card, struct fault *fault, int i, FILE *script);
};

static double random_to(struct card *card, double most)
{
    return most * rand_r(&card->seed) / RAND_MAX;
}

static int compare(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

/* --- what fails --- */

/* Row 19: it is gone, or it stands still and says nothing. */
static void write_loss(struct card *card, struct fault *fault, int i, FILE *script)
{
    bool gone = (i + card->number) % 2;
    fault->to_s = fault->from_s + (gone ? 0.06 : 0.25);
    fprintf(script, "%.4f %s", fault->from_s, gone ? "nodev 60" : "stall 250");
}

static void write_xrun(struct card *card, struct fault *fault, int i, FILE *script)
{
    (void)card, (void)i;
    fault->to_s = fault->from_s;
    fprintf(script, "%.4f xrun", fault->from_s);
}

/* Row 18: half of the cards cannot resume. */
static void write_suspend(struct card *card, struct fault *fault, int i, FILE *script)
{
    fault->to_s = fault->from_s;
    fprintf(script, "%s%.4f suspend", i == 0 && card->number % 2 ? "0 noresume, " : "", fault->from_s);
}

/* Row 21: wakeups early, late and never, short writes, a pointer that lies, in any mixture. Card 0 is the one that is well. */
static void write_odd(struct card *card, struct fault *fault, int i, FILE *script)
{
    static const struct { const char *text; double least, most; bool ms; } words[] = {
        {"pollearly ", 1, 5, true}, {"polllate ", 1, 20, true}, {"pollnever ", 1, 60, false}, {"short ", 1, 100, true},
        {"jump ", 1, 100000, false}, {"jump -", 1, 100000, false},      /* at one look */
        {"jump ", 1, 60, true}, {"jump -", 1, 60, true},                /* as a card may be off: it is believed */
        {"jump ", 2000, 100000, true}, {"jump -", 4000, 100000, true},  /* nonsense */
    };
    unsigned word = (unsigned)random_to(card, 9.99);
    double first = words[word].least + random_to(card, words[word].most - words[word].least), ms = 1 + random_to(card, 30);
    (void)i;
    fault->to_s = fault->from_s + (word == 2 ? first : ms) / 1000;
    if (card->number == 0)
        fprintf(script, "%.4f short 100000 1", fault->from_s);
    else if (words[word].ms)
        fprintf(script, "%.4f %s%.0f %.0f", fault->from_s, words[word].text, first, ms);
    else
        fprintf(script, "%.4f %s%.0f", fault->from_s, words[word].text, first);
}

static const struct kind kinds[] = {
    {"loss", 256, 3, 1.5, 1.6, 100, 2000, write_loss},
    {"xrun", 128, 3, 0.04, 0.3, 0, 2 * 128 / 48.0 + 10, write_xrun},
    {"suspend", 128, 3, 0.06, 0.3, 0, 2 * 128 / 48.0 + 20, write_suspend},    /* with two pauses of 5 ms between its tries */
    {"odd", 256, 3, 0.08, 0.3, 0, 0, write_odd},
};

/* Cards fail at other moments than their neighbours. */
static void plan(const struct kind *kind, struct card *card, int cards)
{
    size_t size;
    FILE *script = open_memstream(&card->script, &size);
    double at = 0.5 + kind->cycle_s * card->number / cards;
    for (int i = 0; i < card->faults; i++, at += kind->cycle_s) {
        card->fault[i].from_s = at;
        fputs(i ? ", " : "", script);
        kind->write(card, &card->fault[i], i, script);
    }
    card->end_s = card->fault[card->faults - 1].to_s + kind->after_s;
    fclose(script);
}

/* --- what sounded --- */

struct sound {                          /* the card's file */
    const int32_t *sample;
    int64_t frames, base;               /* base: where frame 0 of the engine is */
};

static bool sound_map(struct sound *sound, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) < 0)
        return false;
    sound->frames = st.st_size / (int64_t)(CHANNELS * sizeof(int32_t));
    sound->sample = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    return sound->sample != MAP_FAILED;
}

static int64_t number_at(const struct sound *sound, int64_t i)
{
    return fake_frame(sound->sample[i * CHANNELS] * 0x1p-31);
}

/* Where the next piece of sound in [at, end) begins, in which frame follows frame; -1: there is none. */
static int64_t find_run(const struct sound *sound, int64_t at, int64_t end)
{
    int64_t first = at, last = end < sound->frames ? end : sound->frames;
    for (int64_t i = at; i + 1 < last; i++) {
        if (number_at(sound, i) < 0 || number_at(sound, i + 1) != number_at(sound, i) + 1)
            first = i + 1;
        else if (i - first >= RUN_FRAMES)
            return first;
    }
    return -1;
}

/* Where most pieces of sound, one a fault, say that frame 0 is. */
static void find_base(const struct card *card, struct sound *sound)
{
    double *base = malloc((size_t)card->faults * sizeof *base);
    int known = 0;
    for (int i = 0; i < card->faults; i++) {
        int64_t at = find_run(sound, (int64_t)(card->fault[i].to_s * RATE), sound->frames);
        if (at >= 0)
            base[known++] = (double)(at - number_at(sound, at));
    }
    qsort(base, (size_t)known, sizeof *base, compare);
    sound->base = known ? (int64_t)base[known / 2] : 0;
    card->verdict->done = known > 0;
    free(base);
}

/* Where sound begins behind a silence that begins at or behind `at`; `end` if there is none. */
static int64_t find_return(const struct sound *sound, int64_t at, int64_t end)
{
    while (at < end && at < sound->frames && sound->sample[at * CHANNELS] != 0)
        at++;
    while (at < end && at < sound->frames && sound->sample[at * CHANNELS] == 0)
        at++;
    return at;
}

static void judge_fault(const struct card *card, const struct sound *sound, int i)
{
    struct outcome *outcome = &card->outcome[i];
    const struct fault *fault = &card->fault[i];
    int64_t from = (int64_t)(fault->from_s * RATE), to = (int64_t)(fault->to_s * RATE);
    int64_t end = i + 1 < card->faults ? (int64_t)(card->fault[i + 1].from_s * RATE) : sound->frames;
    int64_t back = find_return(sound, from, end);
    outcome->back_ms = back < end ? (double)(back > to ? back - to : 0) * 1000 / RATE : NEVER;
    outcome->off_frames = NEVER;
    for (int64_t at = find_run(sound, from, end); at >= 0; at = find_run(sound, at + RUN_FRAMES, end)) {
        double off = fabs((double)(at - number_at(sound, at) - sound->base));
        outcome->off_frames = off > outcome->off_frames ? off : outcome->off_frames;
        at += RUN_FRAMES;
    }
    if (outcome->off_frames == NEVER)
        outcome->back_ms = NEVER;
}

/* Whether a card that was believed a lie may have played something else then. *next: the fault that began last, or the first. */
static bool may_be_wrong(const struct kind *kind, const struct card *card, int64_t frame, int *next)
{
    double at = (double)frame / RATE;
    while (*next + 1 < card->faults && card->fault[*next + 1].from_s <= at)
        (*next)++;
    return kind->write == write_odd && at >= card->fault[*next].from_s && at < card->fault[*next].to_s + LIE_S;
}

/* All of it: what is no fade has to be in its place. */
static void count_wrong(const struct kind *kind, const struct card *card, const struct sound *sound)
{
    struct verdict *verdict = card->verdict;
    int64_t since = 0;
    int next = 0;
    for (int64_t i = 0; i < sound->frames; i++) {
        int64_t number = number_at(sound, i);
        if (number < 0) {
            since = i + 1;
            continue;
        }
        verdict->sounded++;
        if (i - since > FADE_FRAMES && llabs(i - number - sound->base) > PLACE_FRAMES)
            verdict->wrong += !may_be_wrong(kind, card, i, &next);
    }
}

/* --- one card --- */

static double used_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* CLOCK_MONOTONIC of the card's second 0. */
static uint64_t zero_of(const char *path)
{
    unsigned long long zero = 0;
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "faultpcm 1 zero %llu", &zero) != 1)
        zero = 0;
    if (file)
        fclose(file);
    return zero;
}

static void note_notices(const struct card *card, const struct engine *engine, uint64_t zero)
{
    uint32_t raised = atomic_load(&engine->raised), next = 0;
    for (int i = 0; i < card->faults; i++) {
        uint64_t from = zero + (uint64_t)(card->fault[i].from_s * 1e9);
        while (next < raised && next < FAKE_RAISED && engine->raised_ns[next] < from)
            next++;
        bool told = next < raised && next < FAKE_RAISED &&
                    (i + 1 == card->faults || engine->raised_ns[next] < zero + (uint64_t)(card->fault[i + 1].from_s * 1e9));
        card->outcome[i].noticed_ms = told ? (double)(engine->raised_ns[next] - from) / 1e6 : NEVER;
    }
}

static void play(const struct kind *kind, const struct card *card, const char *state)
{
    struct device_request request = {.name = "fault", .rate = RATE, .period = kind->period, .periods = kind->periods,
                                     .channels = CHANNELS};
    struct engine *engine = engine_new(NULL);
    struct err err;
    char note[160];
    struct audio *audio = audio_open(engine, &request, note, &err);
    uint64_t zero = zero_of(state);
    if (!audio || !zero) {
        fprintf(stderr, "card %d cannot be opened\n", card->number);
        return;
    }
    double before = used_seconds();
    uint64_t begin = clock_now_rt(), until = zero + (uint64_t)(card->end_s * 1e9);
    while (clock_now_rt() < until)
        clock_sleep_ms(20);
    card->verdict->share = (used_seconds() - before) / ((double)(clock_now_rt() - begin) / 1e9);
    audio_close(audio);
    note_notices(card, engine, zero);
    engine_free(engine);
}

static int run_card(const struct kind *kind, const struct card *card, const char *folder)
{
    char state[256], out[256];
    struct sound sound;
    snprintf(state, sizeof state, "%s/card%d", folder, card->number);
    snprintf(out, sizeof out, "%s/out%d.raw", folder, card->number);
    setenv("FAULTPCM_STATE", state, 1);
    setenv("FAULTPCM_OUT", out, 1);
    setenv("FAULTPCM_SCRIPT", card->script, 1);
    play(kind, card, state);
    if (!sound_map(&sound, out))
        return 1;
    find_base(card, &sound);
    for (int i = 0; i < card->faults; i++)
        judge_fault(card, &sound, i);
    count_wrong(kind, card, &sound);
    unlink(state);
    unlink(out);
    return 0;
}

/* --- figures --- */

/* What never happened counts as lost, and as nothing else. */
static void print_figures(const char *what, const double *value, int count, double limit, const char *unit)
{
    double *sorted = malloc((size_t)count * sizeof *sorted);
    int known = 0, lost = 0;
    for (int i = 0; i < count; i++) {
        lost += value[i] == NEVER || value[i] > limit;
        if (value[i] != NEVER)
            sorted[known++] = value[i];
    }
    qsort(sorted, (size_t)known, sizeof *sorted, compare);
    if (known == 0)
        sorted[known++] = NEVER;
    printf("%s %d %d %.2f %.2f %.2f %s\n", what, count, lost, sorted[known / 2], sorted[known * 99 / 100], sorted[known - 1],
           unit);
    free(sorted);
}

static void print_outcomes(const struct kind *kind, const struct outcome *outcome, int count)
{
    double *value = malloc((size_t)count * sizeof *value);
    int known = 0;
    for (int i = 0; i < count; i++)                 /* what did not come back in time is told below */
        if (outcome[i].off_frames != NEVER || kind->back_ms <= 0)
            value[known++] = outcome[i].off_frames;
    print_figures("place", value, known, PLACE_FRAMES, "frames");
    for (int i = 0; i < count; i++)
        value[i] = outcome[i].noticed_ms;
    if (kind->notice_ms > 0)
        print_figures("noticed", value, count, kind->notice_ms, "ms");
    for (int i = 0; i < count; i++)
        value[i] = outcome[i].back_ms;
    if (kind->back_ms > 0)
        print_figures("back", value, count, kind->back_ms, "ms");
    free(value);
}

/* share: what a card costs over the one that is well, in per cent of a processor. */
static int print_verdicts(const struct kind *kind, const struct verdict *verdict, int cards)
{
    double *extra = malloc((size_t)cards * sizeof *extra);
    uint64_t wrong = 0, sounded = 0;
    int undone = 0;
    for (int i = 0; i < cards; i++) {
        wrong += verdict[i].wrong;
        sounded += verdict[i].sounded;
        undone += !verdict[i].done;
        extra[i] = 100 * (verdict[i].share - verdict[0].share);
        extra[i] = extra[i] > 0 ? extra[i] : 0;
    }
    printf("wrong %llu %llu - - - frames\n", (unsigned long long)sounded, (unsigned long long)wrong);
    if (kind->write == write_odd)
        print_figures("processor", extra, cards, 5, "percent");
    free(extra);
    return undone;
}

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static void *share(size_t count, size_t size)
{
    return mmap(NULL, count * size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

int main(int argc, char **argv)
{
    const struct kind *kind = argc == 5 ? find_kind(argv[1]) : NULL;
    int cards = kind ? atoi(argv[3]) : 0, each = cards > 0 ? (atoi(argv[2]) + cards - 1) / cards : 0, failed = 0, status;
    if (each <= 0) {
        fprintf(stderr, "usage: cardfaults loss|xrun|suspend|odd FAULTS CARDS FOLDER\n");
        return 2;
    }
    struct outcome *outcome = share((size_t)cards * (size_t)each, sizeof *outcome);
    struct verdict *verdict = share((size_t)cards, sizeof *verdict);
    for (int i = 0; i < cards; i++) {
        struct card card = {.number = i, .faults = each, .seed = (unsigned)i + 1, .verdict = &verdict[i],
                            .outcome = outcome + (size_t)i * (size_t)each};
        card.fault = calloc((size_t)each, sizeof *card.fault);
        plan(kind, &card, cards);
        if (fork() == 0)
            _exit(run_card(kind, &card, argv[4]));
        clock_sleep_ms(10);
        free(card.fault);
        free(card.script);
    }
    while (wait(&status) > 0)
        failed += status != 0;
    print_outcomes(kind, outcome, cards * each);
    failed += print_verdicts(kind, verdict, cards);
    if (failed)
        fprintf(stderr, "%d cards did not come to their end\n", failed);
    return failed > 0;
}
