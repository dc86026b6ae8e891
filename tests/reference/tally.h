/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came up in all the worlds that were judged: a law that none of them touched has not been tried. */
#ifndef REFERENCE_TALLY_H
#define REFERENCE_TALLY_H

#include "laws.h"

#include <stdio.h>

enum { TALLY_TARGETS = TARGET_TAB + 1 };
struct tally {
    int orders, voices_most, ghosts_most;
    int verbs[VERBS], properties[PROPERTIES], targets[TALLY_TARGETS], refusals[REFUSALS], met[METS];
};

void tally_add(struct tally *tally, const struct world *world, const struct outcome *outcome);
/* Return: of how many kinds there were none. */
int tally_print(const struct tally *tally, FILE *to);

#endif
