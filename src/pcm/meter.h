/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peak and energy of interleaved stereo. Pure; the ballistics are the caller's. */
#ifndef PCM_METER_H
#define PCM_METER_H

#include "rt/guard.h"

#include <stdint.h>

/* Largest magnitude of both channels; NaN counts as 0. */
RT_SAFE float meter_peak_rt(const float *stereo, uint32_t frames);
/* Sum of squares of both channels, in a fixed order of lanes; NaN counts as 0. */
RT_SAFE double meter_energy_rt(const float *stereo, uint32_t frames);

#endif
