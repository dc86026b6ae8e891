/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fuzz target: one function on any bytes, which aborts when a law is broken. `make check` links
 * it with mutate.c, whose main runs ten thousand seeded mutations; a build with --enable-fuzz
 * links it with libFuzzer, and `make fuzz-run` runs each for a minute from the seeds that stand
 * in seeds/NAME. What once broke a target stays there as a seed.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);     /* Return: 0 */

/* For mutate.c: files to begin with, or folders of such, below $TOP (the source tree; without it: where one is); and words
 * that mean something to the reader. Both end with NULL. */
extern const char *const fuzz_seeds[];
extern const char *const fuzz_words[];

/* For mutate.c, where a target defines it: so many times what a run of others costs; it gets as many fewer. */
extern unsigned fuzz_costs;

#endif
