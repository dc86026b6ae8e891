/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a world down as the program reads it: media, session and script. What cannot be written ends the test. */
#ifndef REFERENCE_SCRIBE_H
#define REFERENCE_SCRIBE_H

#include "world.h"

#include <stddef.h>
#include <stdio.h>

/* folder/media/m0.wav and so on; folder/media is there. */
void scribe_media(const struct world *world, const char *folder);
void scribe_session(const struct world *world, FILE *to);
void scribe_script(const struct world *world, FILE *to);
/* One line of it, without the newline: "480f press k3". */
void scribe_order(const struct order *order, char *line, size_t size);
/* The words of a coverage table. */
const char *scribe_verb(enum verb verb);
const char *scribe_property(enum property property);

#endif
