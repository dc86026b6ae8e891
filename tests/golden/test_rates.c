/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Media of other rates: converted, a sine is the same sine and next to nothing else, and a length stays a length. */
#include "config.h"

#include "golden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FROM = 4800, COUNT = 9600 };         /* what is looked at: whole periods of both sines */

static const double amplitude = 0.5, hertz[2] = { 1000, 9000 };
static uint32_t media_rate;

static float sine(int64_t frame, unsigned channel)
{
    return (float)(amplitude * sin(2 * M_PI * hertz[channel] * (double)frame / media_rate));
}

static double angle_at(unsigned channel, int64_t frame)
{
    return 2 * M_PI * hertz[channel] * (double)frame / GOLDEN_RATE;
}

/* Takes the sine of this channel out by least squares. Return: its amplitude; *rest: the RMS of what is left. */
static double take_sine_out(const struct golden *golden, unsigned channel, double *rest)
{
    double c = 0, s = 0, sum = 0;
    for (int64_t i = FROM; i < FROM + COUNT; i++) {
        c += golden_sample_at(golden, i, channel) * cos(angle_at(channel, i)) * 2 / COUNT;
        s += golden_sample_at(golden, i, channel) * sin(angle_at(channel, i)) * 2 / COUNT;
    }
    for (int64_t i = FROM; i < FROM + COUNT; i++)
        sum += pow(golden_sample_at(golden, i, channel) - c * cos(angle_at(channel, i)) - s * sin(angle_at(channel, i)), 2);
    *rest = sqrt(sum / COUNT);
    return hypot(c, s);
}

/* Half a second of this rate is 24,000 frames, its sines are kept within 0.1 dB, and all else is 100 dB below them. */
static void check_rate(struct golden *golden, uint32_t rate)
{
    media_rate = rate;
    golden_media(golden, "sines.wav", 2, rate, OUTPUT_F32, rate / 2, sine);
    golden_clip(golden, "sines", "sines.wav", "");
    golden_at(golden, 0, "press sines");
    golden_render(golden, "");
    for (unsigned c = 0; c < 2; c++) {
        double rest, got = take_sine_out(golden, c, &rest);
        golden_near(FROM, 20 * log10(got / amplitude), 0, 0.1);
        assert_true(20 * log10(rest / (got / sqrt(2))) < -100);
    }
    float last = 0;
    for (int64_t i = 23990; i < 24000; i++)
        last = fmaxf(last, fabsf(golden_sample_at(golden, i, 0)));
    assert_true(last > 0);
    golden_silent(golden, 24000, -1, 0);
}

static void the_44100_of_a_disc(void **state)
{
    check_rate(*state, 44100);
}

static void the_32000_of_a_broadcaster(void **state)
{
    check_rate(*state, 32000);
}

static void the_96000_of_a_recorder(void **state)
{
    check_rate(*state, 96000);
}

/* IN and OUT stay frames of the file: at 44.1 kHz, 4410 of them are 4800. */
static void in_and_out_are_converted_too(void **state)
{
    struct golden *golden = *state;
    media_rate = 44100;
    golden_media(golden, "sines.wav", 2, 44100, OUTPUT_F32, 22050, sine);
    golden_clip(golden, "sines", "sines.wav", "in = 4410; out = 8820;");
    golden_at(golden, 0, "press sines");
    golden_render(golden, "");
    for (int64_t n = GOLDEN_PROTECTION; n <= 4800 - GOLDEN_PROTECTION; n++)
        golden_hears(golden, n, 0, amplitude * sin(angle_at(0, 4800 + n)), 1e-3);
    golden_silent(golden, 4800, -1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("B3", the_44100_of_a_disc),
        GOLDEN_LAW("B3", the_32000_of_a_broadcaster),
        GOLDEN_LAW("B3", the_96000_of_a_recorder),
        GOLDEN_LAW("B3 M1", in_and_out_are_converted_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
