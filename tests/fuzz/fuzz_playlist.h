/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The laws of both readers of lists. */
#ifndef FUZZ_FUZZ_PLAYLIST_H
#define FUZZ_FUZZ_PLAYLIST_H

#include "library/playlist.h"

#include <stdint.h>

/* Fuzzes one reader, the list being of this name; aborts when a law is broken. Return: 0. */
int fuzz_playlist(int (*parse)(struct playlist *list, const char *name, const char *text, size_t bytes, struct err *err),
                  const char *name, const uint8_t *bytes, size_t count);

#endif
