/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A packed show: one archive in the pax format (library/tar.h), whose members are the session file,
 * each medium as media/FILE, and last PACK_CONTENTS, a text that makes the archive whole:
 *     clipgrid-pack 1
 *     XXH64-OF-THE-BYTES SIZE NAME        a line a member before it, in their order
 * Peaks, loudness and the catalogue are not in it: they are made again from the media.
 */
#ifndef PROCESS_PACK_H
#define PROCESS_PACK_H

#include <inttypes.h>

#define PACK_CONTENTS "clipgrid-pack"
#define PACK_HEAD "clipgrid-pack 1\n"
#define PACK_LINE "%016" PRIx64 " %" PRIu64 " %s\n"

enum { PACK_CHUNK_BYTES = 1 << 20, PACK_MEMBERS_MAX = 100 * 1000, PACK_CONTENTS_MAX = 512 * 1024 * 1024 };

#endif
