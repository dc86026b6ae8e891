/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `clipgrid check` says of media: whether each file of a show is there and whole, and holds what
 * its clip plays. Every file is decoded to its end, by sandboxed workers, unless its peaks are kept and
 * it is what it was then: so the second look at a show is quick. What the catalogue remembers of another file under the same
 * name is told. Blocking; one thread.
 */
#ifndef PROCESS_CHECK_MEDIA_H
#define PROCESS_CHECK_MEDIA_H

#include "process/report.h"
#include "show/show.h"

#include <stdint.h>

/* budget: of clip memory, bytes. Adds items, and to the JSON the fields `memory` and `rights`. */
void check_media(const char *session, const struct show *show, uint64_t budget, struct report *report);

#endif
