/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measuring between the samples: see interpolate.h. Slow and obvious. */
#include "config.h"

#include "interpolate.h"

#include <math.h>

enum { STANDARD_TAPS = 12, HALF = 64 };

/* Phases 0 and 1 of the standard's table; 3 and 2 are their mirror images. */
static const double standard[2][STANDARD_TAPS] = {
    {0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625, 0.9721679687500,
     -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500},
    {-0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250, 0.7797851562500,
     -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375},
};

static double standard_value(const float *at, size_t phase)
{
    double sum = 0;
    for (size_t k = 0; k < STANDARD_TAPS; k++)
        sum += (phase < 2 ? standard[phase][k] : standard[3 - phase][STANDARD_TAPS - 1 - k]) * (double)at[2 * k];
    return sum;
}

double interpolate_standard_peak(const float *stereo, size_t frames)
{
    double peak = 0;
    for (size_t i = 0; i + 2 * STANDARD_TAPS <= 2 * frames; i++)
        for (size_t phase = 0; phase < 4; phase++)
            peak = fmax(peak, fabs(standard_value(stereo + i, phase)));
    return peak;
}

/* Taps for a value `part` of a frame after frame HALF - 1 of 2 * HALF: a sinc under a Blackman-Harris window. */
static void taps_make(double taps[2 * HALF], double part)
{
    const double pi = acos(-1);
    double sum = 0;
    for (int k = 0; k < 2 * HALF; k++) {
        double away = k - (HALF - 1) - part, angle = pi * away / HALF;
        taps[k] = fabs(away) < 1e-9 ? 1 : sin(pi * away) / (pi * away);
        taps[k] *= 0.35875 + 0.48829 * cos(angle) + 0.14128 * cos(2 * angle) + 0.01168 * cos(3 * angle);
        sum += taps[k];
    }
    for (int k = 0; k < 2 * HALF; k++)
        taps[k] /= sum;
}

double interpolate_peak(const float *stereo, size_t frames, size_t times)
{
    double taps[2 * HALF], peak = 0;
    for (size_t phase = 0; phase < times; phase++) {
        taps_make(taps, (double)phase / (double)times);
        for (size_t i = 0; i + 2 * HALF <= frames; i++) {
            double left = 0, right = 0;
            for (size_t k = 0; k < 2 * HALF; k++) {
                left += taps[k] * (double)stereo[2 * (i + k)];
                right += taps[k] * (double)stereo[2 * (i + k) + 1];
            }
            peak = fmax(peak, fmax(fabs(left), fabs(right)));
        }
    }
    return peak;
}
