/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other libraries' converters, by dlopen(): see rivals.h. */
#include "config.h"

#include "rivals.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct soxr_quality {               /* soxr_quality_spec_t */
    double precision, phase_response, passband_end, stopband_begin;
    void *extension;
    unsigned long flags;
};

struct src_data {                   /* SRC_DATA */
    const float *in;
    float *out;
    long in_frames, out_frames, in_used, out_made;
    int end;
    double ratio;
};

struct rival {
    void *library, *state;
    double ratio;                   /* 0: soxr */
    int (*src_process)(void *, struct src_data *);
    void *(*src_delete)(void *);
    const char *(*soxr_process)(void *, const void *, size_t, size_t *, void *, size_t, size_t *);
    void (*soxr_delete)(void *);
};

/* A function of a library, as whatever *function points to; dlsym() gives it as the address of an object. */
static int find(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

static void soxr_open(struct rival *rival, uint32_t in_rate, uint32_t out_rate, unsigned long recipe)
{
    void *(*create)(double, double, unsigned, const char **, const void *, const struct soxr_quality *, const void *);
    struct soxr_quality (*quality_of)(unsigned long, unsigned long);
    if (!find(rival->library, "soxr_create", &create) || !find(rival->library, "soxr_quality_spec", &quality_of) ||
        !find(rival->library, "soxr_process", &rival->soxr_process) || !find(rival->library, "soxr_delete", &rival->soxr_delete))
        return;
    struct soxr_quality quality = quality_of(recipe, 0);
    rival->state = create(in_rate, out_rate, 2, NULL, NULL, &quality, NULL);
}

static void src_open(struct rival *rival, uint32_t in_rate, uint32_t out_rate)
{
    void *(*create)(int, int, int *);
    int error;
    if (!find(rival->library, "src_new", &create) || !find(rival->library, "src_process", &rival->src_process) ||
        !find(rival->library, "src_delete", &rival->src_delete))
        return;
    rival->ratio = (double)out_rate / in_rate;
    rival->state = create(2, 2, &error);        /* SRC_SINC_FASTEST, stereo */
}

struct rival *rival_new(unsigned which, uint32_t in_rate, uint32_t out_rate)
{
    struct rival *rival = calloc(1, sizeof *rival);
    if (!rival)
        return NULL;
    rival->library = dlopen(which == RIVAL_SAMPLERATE ? "libsamplerate.so.0" : "libsoxr.so.0", RTLD_NOW);
    if (rival->library && which == RIVAL_SAMPLERATE)
        src_open(rival, in_rate, out_rate);
    else if (rival->library)
        soxr_open(rival, in_rate, out_rate, which == RIVAL_SOXR_LQ ? 1 : 4);
    if (rival->state)
        return rival;
    rival_free(rival);
    return NULL;
}

void rival_free(struct rival *rival)
{
    if (!rival)
        return;
    if (rival->state && rival->ratio > 0)
        rival->src_delete(rival->state);
    else if (rival->state)
        rival->soxr_delete(rival->state);
    if (rival->library)
        dlclose(rival->library);
    free(rival);
}

const char *rival_name(unsigned which)
{
    static const char *const names[RIVALS] = {"soxr, LQ", "soxr, HQ", "libsamplerate, fastest sinc"};
    return names[which];
}

void rival_convert(struct rival *rival, float *out, size_t out_frames, const float *in, size_t in_frames)
{
    if (rival->ratio > 0) {
        struct src_data data = {.in = in, .out = out, .in_frames = (long)in_frames, .out_frames = (long)out_frames,
                                .ratio = rival->ratio};
        rival->src_process(rival->state, &data);
        return;
    }
    size_t used, made;
    rival->soxr_process(rival->state, in, in_frames, &used, out, out_frames, &made);
}
