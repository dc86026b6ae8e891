/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A show made for one test, rendered by the real program ($CLIPGRID), and the samples that came
 * out. What goes wrong on the way fails the cmocka test that is running.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "base/strbuf.h"
#include "pcm/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { GOLDEN_CHANNELS = 10, GOLDEN_RATE = 48000, GOLDEN_PROTECTION = 48 };

struct golden {
    char folder[40];
    struct strbuf groups[4], clips, script;     /* as in the session file and the script */
    int clip_count;
    float *samples;                     /* of the last render, GOLDEN_CHANNELS interleaved */
    int64_t frames;
    char *refusals;                     /* what it printed on stderr, a line each */
};

/* cmocka set-up and tear-down: *state is a struct golden. Its media have one.wav already: a second of the constant 1 in stereo,
 * so that what is heard of it is the gain. */
int golden_setup(void **state);
int golden_teardown(void **state);
#define GOLDEN_TEST(name) cmocka_unit_test_setup_teardown(name, golden_setup, golden_teardown)
/* The same, named by the rows of the specification that it holds the program to: "P3 stop_alternates". */
#define GOLDEN_LAW(rows, test) {rows " " #test, test, golden_setup, golden_teardown, NULL}

/* A media file whose sample at (frame, channel) is `sample` of them. */
typedef float golden_sample(int64_t frame, unsigned channel);
void golden_media(struct golden *golden, const char *file, unsigned channels, uint32_t rate, enum output_format format,
                  int64_t frames, golden_sample *sample);
float golden_noise(int64_t frame, unsigned channel);    /* without any pattern; 16 bits are enough for it */
/* more: further properties, "" for none. Clips stand in the order of these calls. */
void golden_clip(struct golden *golden, const char *id, const char *file, const char *more);
void golden_group(struct golden *golden, char letter, const char *properties);
/* A line of the script, at a frame of the output. */
void golden_at(struct golden *golden, int64_t frame, const char *command, ...) __attribute__((format(printf, 3, 4)));
void golden_forget_script(struct golden *golden);

/* Renders with these further options; exit status 0 is demanded. */
void golden_render(struct golden *golden, const char *options);
/* The same, but exit status 1, one line on stderr and no file are demanded. */
void golden_render_refused(struct golden *golden, const char *options);
/* channel from 0: A left, A right, B left... Past the end of the file is silence. */
float golden_sample_at(const struct golden *golden, int64_t frame, unsigned channel);
int golden_refusals(const struct golden *golden);                                       /* lines */

/* These fail unless |got - wanted| <= tolerance, and say at which frame. */
void golden_near(int64_t frame, double got, double wanted, double tolerance);
void golden_hears(const struct golden *golden, int64_t frame, unsigned channel, double wanted, double tolerance);
/* Fails unless all of [from, to) is 0 to the bit; to -1: all the rest. */
void golden_silent(const struct golden *golden, int64_t from, int64_t to, unsigned channel);

#endif
