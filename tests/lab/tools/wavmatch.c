/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wavmatch REFERENCE.wav RECORDED.wav [-t TOLERANCE] [-q]
 *
 * Finds the reference (16-bit PCM) inside the recording and says, frame by
 * frame, whether it is all there: every place where frames were inserted
 * (a gap, or a repeated piece), lost, or changed. Exit code 0: the whole
 * reference is there without a fault; 1: not; 2: cannot be compared.
 *
 * TOLERANCE is how far a sample may be off (0: bit exact, the default).
 * Use a reference that never repeats (a sweep: sox -D -n ref.wav synth 5 sine
 * 300-6000, or noise, or speech), or a place cannot be told from the next one.
 *                                             cc -O2 -o wavmatch wavmatch.c
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY = 48 };             /* frames that must agree for a place to count */

typedef struct { int16_t *s; long n; int ch; long rate; } wav;

static uint32_t le(const unsigned char *p, int n)
{
    uint32_t v = 0;
    while (n--) v = v << 8 | p[n];
    return v;
}

static wav load(const char *path)
{
    wav w = {0};
    FILE *f = fopen(path, "rb");
    if (!f) { perror(path); exit(2); }
    fseek(f, 0, SEEK_END);
    long size = ftell(f), at = 12;
    rewind(f);
    unsigned char *b = malloc(size + 1);
    if (!b || (long)fread(b, 1, size, f) != size || size < 44 || memcmp(b, "RIFF", 4)) {
        fprintf(stderr, "%s: not a WAV file\n", path); exit(2);
    }
    fclose(f);
    while (at + 8 <= size) {
        long len = le(b + at + 4, 4);
        if (!memcmp(b + at, "fmt ", 4)) {
            if (le(b + at + 22, 2) != 16) { fprintf(stderr, "%s: not 16 bit\n", path); exit(2); }
            w.ch = le(b + at + 10, 2); w.rate = le(b + at + 12, 4);
        } else if (!memcmp(b + at, "data", 4)) {
            /* a writer that was cut off leaves 0 or too much here */
            if (len == 0 || at + 8 + len > size) len = size - at - 8;
            w.s = (int16_t *)(b + at + 8);
            if (w.ch) w.n = len / 2 / w.ch;
            break;
        }
        at += 8 + len + (len & 1);
    }
    if (!w.ch) { fprintf(stderr, "%s: no sound in it\n", path); exit(2); }
    return w;
}

static int tol;

static int same(const wav *a, long i, const wav *b, long j, long n)
{
    if (i + n > a->n || j + n > b->n) return 0;
    for (long k = 0; k < n * a->ch; k++) {
        int d = a->s[i * a->ch + k] - b->s[j * b->ch + k];
        if (d > tol || -d > tol) return 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    int quiet = 0;
    const char *name[2] = {0};
    int n = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-t") && i + 1 < argc) tol = atoi(argv[++i]);
        else if (!strcmp(argv[i], "-q")) quiet = 1;
        else if (n < 2) name[n++] = argv[i];
        else n++;
    }
    if (n != 2) { fprintf(stderr, "wavmatch REFERENCE RECORDED [-t TOLERANCE] [-q]\n"); return 2; }
    wav a = load(name[0]), b = load(name[1]);
    if (a.ch != b.ch || a.rate != b.rate) {
        fprintf(stderr, "%d channels at %ld Hz against %d at %ld\n", a.ch, a.rate, b.ch, b.rate);
        return 2;
    }

    /* where in the recording the reference's first sound is */
    long first = 0, i, j = -1;
    for (; first < a.n; first++) {
        int loud = 0;
        for (int c = 0; c < a.ch; c++) loud |= abs(a.s[first * a.ch + c]) > 256;
        if (loud) break;
    }
    for (long k = 0; k + KEY <= b.n; k++)
        if (same(&a, first, &b, k, KEY)) { j = k; break; }
    if (j < 0) { printf("reference not found\n"); return 1; }
    printf("starts at frame %ld of the recording (%.6f s)\n", j - first, (double)(j - first) / a.rate);

    long faults = 0, good = 0;
    for (i = first; i < a.n; ) {
        if (j < b.n && same(&a, i, &b, j, 1)) { i++; j++; good++; continue; }
        if (j >= b.n) {
            if (!quiet) printf("%.6f s: the recording ends, %ld frames missing\n", (double)i / a.rate, a.n - i);
            faults++;
            break;
        }
        /* the nearest place where the two agree again */
        long best = -1, di = 0, dj = 0, reach = a.rate;
        for (long d = 1; d < reach && best < 0; d++) {
            if (same(&a, i, &b, j + d, KEY)) { best = d; di = 0; dj = d; }
            else if (same(&a, i + d, &b, j, KEY)) { best = d; di = d; dj = 0; }
            else if (same(&a, i + d, &b, j + d, KEY)) { best = d; di = d; dj = d; }
        }
        faults++;
        if (best < 0) {
            if (!quiet) printf("%.6f s: lost the thread (%ld frames of the reference left)\n", (double)i / a.rate, a.n - i);
            break;
        }
        if (!quiet) {
            int silent = 1;
            for (long k = 0; k < dj * a.ch; k++) if (abs(b.s[j * a.ch + k]) > tol) silent = 0;
            if (!di)       printf("%.6f s: %ld frames inserted%s\n", (double)i / a.rate, dj, silent ? " (silence)" : "");
            else if (!dj)  printf("%.6f s: %ld frames lost\n", (double)i / a.rate, di);
            else           printf("%.6f s: %ld frames changed%s\n", (double)i / a.rate, di, silent ? " (silence)" : "");
        }
        i += di; j += dj;
    }
    printf("%ld of %ld frames right, %ld faults\n", good, a.n - first, faults);
    return faults != 0;
}
