/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faulting in ahead of the voices: see touch.h. */
#include "config.h"

#include "process/touch.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "process/stage.h"

enum { HEAD_PARTS = 4, AHEAD_PARTS = 10 };      /* of a second */

void touch_head(const struct stage *stage, uint32_t slot)
{
    struct clipmem_view view;
    if (clipmem_view_rt(stage->memory, slot, &view))
        clipmem_touch(&view, 0, view.chain_rate / HEAD_PARTS);
}

void touch_ahead(const struct stage *stage)
{
    static struct demand_picture picture;
    if (!stage->demand || !demand_read(stage->demand, &picture))
        return;
    for (uint32_t i = 0; i < picture.count; i++) {
        const struct demand_voice *voice = &picture.voice[i];
        struct clipmem_view view;
        if (!clipmem_view_rt(stage->memory, voice->slot, &view))
            continue;
        int64_t window = view.chain_rate / AHEAD_PARTS;
        clipmem_touch(&view, voice->pos, window);
        if (voice->flags & DEMAND_LOOPS && voice->out - voice->pos < window)
            clipmem_touch(&view, voice->in, window);
    }
}
