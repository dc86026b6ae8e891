/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recordings that go on from one another (struct flight_goes_on): an engine that takes the place of one that died begins its own,
 * and the sound goes on. Reads the disk; trusts nothing that it reads.
 */
#ifndef LOGBOOK_FLIGHT_CHAIN_H
#define LOGBOOK_FLIGHT_CHAIN_H

#include <stdbool.h>

enum { FLIGHT_CHAIN_MOST = 1000 };

/* The recording of this path, and those in its folder that lead to it, the last first. path: room for FLIGHT_CHAIN_MOST; they become
 * the caller's. missing: the last one goes on from one that is not there. Return: how many; 1 at least. */
int flight_chain_find(const char *last, char **path, bool *missing);

#endif
