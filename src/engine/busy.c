/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How busy the audio thread is: see busy.h. The median is found in the counts, once a window. */
#include "config.h"

#include "engine/busy.h"

#include <string.h>

/* Rounded to the middle of a step. */
static uint32_t find_median(const struct busy *busy)
{
    uint32_t step = 0;
    for (uint32_t seen = busy->steps[0]; 2 * seen < busy->periods && step + 1 < BUSY_STEPS; seen += busy->steps[step])
        step++;
    return step * BUSY_STEP_PPM + BUSY_STEP_PPM / 2;
}

static void close_window(struct busy *busy)
{
    busy->median_ppm = find_median(busy);
    busy->worst_ppm = busy->peak_ppm;
    busy->window_ns = 0;
    busy->periods = busy->peak_ppm = 0;
    memset(busy->steps, 0, sizeof busy->steps);
}

void busy_note_rt(struct busy *busy, uint64_t busy_ns, uint64_t period_ns)
{
    uint64_t share = busy_ns * 1000000 / period_ns;
    uint32_t ppm = share < BUSY_MOST_PPM ? (uint32_t)share : BUSY_MOST_PPM;
    if (ppm >= busy->recent_ppm)
        busy->recent_ppm = ppm;
    else
        busy->recent_ppm -= (uint32_t)((busy->recent_ppm - ppm) * period_ns / (period_ns + 2 * BUSY_WINDOW_NS));
    if (ppm > busy->peak_ppm)
        busy->peak_ppm = ppm;
    uint32_t step = ppm / BUSY_STEP_PPM;
    busy->steps[step < BUSY_STEPS ? step : BUSY_STEPS - 1]++;
    busy->periods++;
    busy->window_ns += period_ns;
    if (busy->window_ns >= BUSY_WINDOW_NS)
        close_window(busy);
}
