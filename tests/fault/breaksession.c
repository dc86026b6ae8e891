/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * breaksession FILE cut|flip [STEP]: a sound session, cut off behind each of its bytes or with each of its bits turned (every
 * STEP-th), is read. It is refused in a line that names a line of the file, or it is a show with all the clips of the sound one, and
 * if it was cut, the same show: never a grid that has lost some in silence. Prints `N LOST P50 P99 MAX`, in ms, then how many were
 * refused.
 */
#include "config.h"

#include "base/strbuf.h"
#include "platform/clock.h"
#include "session/session.h"
#include "session/textfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct strbuf sound_text;        /* of the sound show, as a save writes it */
static int sound_clips, refused;

static int compare(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, two = *(const uint64_t *)b;
    return (one > two) - (one < two);
}

static bool is_sound(const struct show *show, bool whole)
{
    struct strbuf text = {0};
    session_write(show, &text);
    bool same = !whole || (text.len == sound_text.len && !memcmp(text.s, sound_text.s, text.len));
    strbuf_clear(&text);
    return same && show_clips(show) == sound_clips;
}

/* Return: whether it is refused with a line, or all there. */
static bool judge(const char *text, size_t bytes, bool whole, uint64_t *took_ns)
{
    struct err err = {0};
    int line, used = 0;
    uint64_t began = clock_now_rt();
    struct show *show = session_parse(text, bytes, "f", NULL, &err);
    *took_ns = clock_now_rt() - began;
    bool right = show ? is_sound(show, whole) : sscanf(err.text, "f:%d: %n", &line, &used) == 1 && used && !strchr(err.text, '\n');
    refused += !show;
    show_free(show);
    return right;
}

int main(int argc, char **argv)
{
    struct strbuf text = {0};
    struct err err;
    if (argc < 3 || textfile_read(argv[1], "show", SESSION_BYTES_MAX, &text, &err) < 0)
        return 2;
    bool flip = !strcmp(argv[2], "flip");
    size_t step = argc > 3 ? strtoul(argv[3], NULL, 10) : 1, places = flip ? text.len * 8 : text.len, n = 0, lost = 0;
    uint64_t *took_ns = calloc(places + 1, sizeof *took_ns);
    struct show *show = session_parse(text.s, text.len, "f", NULL, &err);
    if (!took_ns || !show || !step)
        return 2;
    sound_clips = show_clips(show);
    session_write(show, &sound_text);
    for (size_t at = 0; at < places; at += step, n++) {
        if (flip)
            text.s[at / 8] ^= (char)(1 << at % 8);
        if (!judge(text.s, flip ? text.len : at, !flip, &took_ns[n])) {
            fprintf(stderr, "%s at %zu: clips are lost, or it is not said where\n", argv[2], at);
            lost++;
        }
        if (flip)
            text.s[at / 8] ^= (char)(1 << at % 8);
    }
    qsort(took_ns, n, sizeof *took_ns, compare);
    printf("%zu %zu %.2f %.2f %.2f\n%d were refused\n", n, lost, (double)took_ns[n / 2] / 1e6, (double)took_ns[n * 99 / 100] / 1e6,
           (double)took_ns[n - 1] / 1e6, refused);
    show_free(show);
    free(took_ns);
    return lost > 0;
}
