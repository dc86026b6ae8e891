/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gaps FILE.raw [MIN_FRAMES [CHANNELS]]
 *
 * Where a raw 16-bit recording is silent: a line for each run of at least
 * MIN_FRAMES (default 1) frames that are all zero, between sounds, and a last
 * line. The sound itself must have no zero samples (see probe): a frame that
 * is zero in some channels only was torn in two.
 *     gap AT_FRAME LENGTH
 *     frames N sound N first N gaps N torn N
 *                                                     cc -O2 -o gaps gaps.c
 */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    long min = argc > 2 ? atol(argv[2]) : 1, ch = argc > 3 ? atol(argv[3]) : 2;
    if (!f || min < 1 || ch < 1 || ch > 64) { perror(argc > 1 ? argv[1] : "usage: gaps FILE.raw [MIN_FRAMES [CHANNELS]]"); return 2; }
    short s[64];
    long n = 0, sound = 0, first = -1, gaps = 0, torn = 0, last = -1;
    for (; fread(s, sizeof *s * ch, 1, f) == 1; n++) {
        long zero = 0;
        for (long c = 0; c < ch; c++) zero += s[c] == 0;
        if (zero == ch) continue;
        torn += zero > 0;
        sound++;
        if (first < 0) first = n;
        else if (n - last - 1 >= min) { gaps++; printf("gap %ld %ld\n", last + 1, n - last - 1); }
        last = n;
    }
    printf("frames %ld sound %ld first %ld gaps %ld torn %ld\n", n, sound, first, gaps, torn);
    return 0;
}
