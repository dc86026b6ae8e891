/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fuzz target: one function on any bytes, which aborts when a law is broken. It links either
 * with libFuzzer, for as long as one likes:
 *     clang -fsanitize=fuzzer,address -I. -Isrc tests/fuzz/fuzz_session.c LIBRARIES -lconfig
 * or with mutate.c, whose main runs ten thousand seeded mutations in `make check`.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);     /* Return: 0 */

/* For mutate.c: files to begin with, and words that mean something to the reader; both end with NULL. */
extern const char *const fuzz_seeds[];
extern const char *const fuzz_words[];

#endif
