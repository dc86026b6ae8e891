/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of levels.h, made once by the main thread. */
#include "config.h"

#include "engine/levels.h"

#include <math.h>

void levels_init(struct levels_law *law, uint32_t rate)
{
    truepeak_tables_init();
    lufs_law_init(&law->lufs, rate);
    law->window_frames = rate * 3 / 10;
    law->part_frames = law->window_frames / (LEVELS_PARTS - 2);
    for (int i = 0; i < LEVELS_FALLS; i++)
        law->fall[i] = (float)pow(10, -(double)(1 << i) / rate);
    for (int i = 0; i <= LEVELS_LOG_STEPS; i++)
        law->log[i] = (float)log2(1 + i / (double)LEVELS_LOG_STEPS);
}
