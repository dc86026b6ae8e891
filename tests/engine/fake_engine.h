/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An engine that plays its own clock: frame n carries the number n, so that every captured
 * sample says which engine frame it is. Stands in for engine.c in the tests of devices.
 */
#ifndef TESTS_ENGINE_FAKE_ENGINE_H
#define TESTS_ENGINE_FAKE_ENGINE_H

#include "engine/engine.h"
#include "engine/matrix.h"

#include <stdatomic.h>

enum {
    FAKE_BIAS = 4096,                   /* frame 0 is loud enough to tell it from silence, 5 ms into a fade too */
    FAKE_RAISED = 4096,                 /* emergencies whose moment is known */
};
#define FAKE_FULL 0x1p24
#define FAKE_AUDITION 0.25f

struct engine {
    _Atomic uint64_t frame;
    _Atomic uint32_t rate;              /* as followed last; at first of the config, 48000 without one */
    _Atomic uint32_t xruns, late;       /* as noted last */
    _Atomic uint32_t raised;            /* emergencies */
    uint64_t raised_ns[FAKE_RAISED];    /* CLOCK_MONOTONIC of each, while there is room */
    _Alignas(64) float bus[ENGINE_BUSSES][2 * ENGINE_PERIOD_MAX];
    float gains[ENGINE_PERIOD_MAX];
    struct matrix matrix;
};

/* The sample of bus A, left, at a frame; the right one is its negative. Busses B to D are silent, Audition has FAKE_AUDITION. */
float fake_sample(uint64_t frame);
/* The frame such a sample stands for; -1: silence. */
int64_t fake_frame(double sample);

#endif
