/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a clip does to others, from ids to the engine's numbers: what follows it, and its links. Thread: main. */
#ifndef PROCESS_RELATIONS_H
#define PROCESS_RELATIONS_H

#include "engine/op.h"
#include "show/lists.h"

/* link: room for SHOW_LINKS, of the allocation of params, if the clip has links. What names no clip is left out. */
void relations_fill(const struct show *show, const struct show_clip *clip, struct clip_params *params, struct clip_link *link);
/* A number that is another one when the clip does it to others than before; 0: it does nothing to any. */
uint32_t relations_number(const struct show *show, const struct show_clip *clip);

#endif
