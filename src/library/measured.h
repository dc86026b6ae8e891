/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured of a medium goes into the catalogue, whoever had it measured: the store in the background, or `peaks`. */
#ifndef LIBRARY_MEASURED_H
#define LIBRARY_MEASURED_H

struct background_result;
struct catalog;

enum { MEASURED_HASH_BYTES = 8 };       /* of the hash in a row, as its digits are written */

/* Thread: the catalogue's owner. */
void measured_keep(struct catalog *catalog, const struct background_result *result);

#endif
