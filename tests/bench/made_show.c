/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders, media and sessions for benchmarks: see made_show.h. */
#include "config.h"

#include "made_show.h"

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "process/wavfile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CHANNELS = 2, CHUNK = 4096, GRID_MEDIA = 6 };

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

/* --- media --- */

/* Noise from a generator of remainders, x a swell of some 2 Hz that is another one in every file. */
static void make_chunk(float *samples, int64_t first, uint32_t frames, uint32_t rate, uint32_t *seed, double swell_hz)
{
    for (size_t i = 0; i < frames; i++) {
        float level = (float)(0.06 + 0.05 * sin(2 * 3.14159265358979 * swell_hz * (double)(first + (int64_t)i) / rate));
        for (size_t c = 0; c < CHANNELS; c++) {
            *seed = *seed * 1664525 + 1013904223;
            samples[i * CHANNELS + c] = level * ((float)(*seed >> 8) / 8388608.0f - 1);
        }
    }
}

static void make_media(const struct made_show *show, const char *file, uint32_t rate, int bits, uint32_t seconds, uint32_t seed)
{
    static float samples[CHUNK * CHANNELS];
    static unsigned char bytes[CHUNK * CHANNELS * sizeof(float)];
    enum output_format format = bits == 16 ? OUTPUT_S16 : OUTPUT_S24_3;
    struct err err;
    char *path = xasprintf("%s/media/%s", show->folder, file);
    struct wavfile *wav = wavfile_open(path, CHANNELS, rate, format, &err);
    double swell_hz = 1 + (double)(seed % 7) / 3;
    for (int64_t at = 0, end = (int64_t)seconds * rate; wav && at < end; at += CHUNK) {
        uint32_t frames = end - at < CHUNK ? (uint32_t)(end - at) : CHUNK;
        make_chunk(samples, at, frames, rate, &seed, swell_hz);
        output_convert_rt(bytes, samples, format, CHANNELS, frames, (uint64_t)at, false);
        if (wavfile_write(wav, bytes, frames, &err) < 0)
            give_up(path, err.text);
    }
    if (!wav || wavfile_close(wav, &err) < 0)
        give_up(path, err.text);
    free(path);
}

/* --- folders --- */

void made_folder(struct made_show *show)
{
    strcpy(show->folder, "/tmp/clipgrid-bench-XXXXXX");
    if (!mkdtemp(show->folder))
        give_up(show->folder, "cannot be made");
    snprintf(show->session, sizeof show->session, "%s/show.orp", show->folder);
    char *media = xasprintf("%s/media", show->folder);
    if (mkdir(media, 0777) < 0)
        give_up(media, "cannot be made");
    free(media);
}

void made_remove(struct made_show *show)
{
    char *command = xasprintf("rm -rf '%s'", show->folder);
    if (system(command) != 0)
        fprintf(stderr, "bench: %s stays behind\n", show->folder);
    free(command);
}

void made_write(const struct made_show *show, const char *file, const char *text)
{
    char *path = xasprintf("%s/%s", show->folder, file);
    FILE *out = fopen(path, "w");
    if (!out || fputs(text, out) < 0 || fclose(out) != 0)
        give_up(path, "cannot be written");
    free(path);
}

/* --- a full grid --- */

static void add_clip(struct strbuf *text, const struct made_grid *grid, int tab, int cell)
{
    static const char bed_groups[] = "ACD";
    int bed = tab == 0 && cell < grid->beds;
    strbuf_addf(text, "%s\n{ row = %d; column = %d; file = \"%s%d.wav\"; name = \"%s %d\"; group = \"%c\"; mode = \"%s\"; }",
                cell ? "," : "",
                cell / grid->columns + 1, cell % grid->columns + 1, bed ? "bed" : "shot", cell % GRID_MEDIA,
                bed ? "Bed" : "Shot", cell + 1, bed ? bed_groups[cell % 3] : 'B', bed ? "loop" : "once");
}

void made_grid(struct made_show *show, const struct made_grid *grid)
{
    for (int i = 0; i < GRID_MEDIA; i++) {
        char file[32];
        snprintf(file, sizeof file, "bed%d.wav", i);
        make_media(show, file, 48000, i % 2 ? 24 : 16, (uint32_t)grid->bed_seconds, (uint32_t)i + 1);
        snprintf(file, sizeof file, "shot%d.wav", i);
        make_media(show, file, 48000, i % 2 ? 24 : 16, 1, (uint32_t)i + 11);
    }
    struct strbuf text = {0};
    strbuf_adds(&text, "format = \"ORP2026A\";\ngroups = ( { }, { mode = \"choke\"; voices = 1; } );\ntabs = (");
    for (int tab = 0; tab < grid->tabs; tab++) {
        strbuf_addf(&text, "%s\n{ rows = %d; columns = %d; clips = (", tab ? "," : "", grid->rows, grid->columns);
        for (int cell = 0; cell < grid->rows * grid->columns; cell++)
            add_clip(&text, grid, tab, cell);
        strbuf_adds(&text, "); }");
    }
    strbuf_adds(&text, "\n);\n");
    made_write(show, "show.orp", text.s);
    strbuf_clear(&text);
}

/* --- 24 long voices --- */

struct made_voice made_voice(int index)
{
    return (struct made_voice){.rate = index < MADE_VOICES / 2 ? 44100 : 48000, .bits = index % 2 ? 24 : 16};
}

void made_voices(struct made_show *show)
{
    struct strbuf session = {0}, script = {0};
    strbuf_adds(&session, "format = \"ORP2026A\";\ntabs = ( { clips = (");
    for (int i = 0; i < MADE_VOICES; i++) {
        struct made_voice voice = made_voice(i);
        char file[32];
        snprintf(file, sizeof file, "v%d.wav", i + 1);
        make_media(show, file, voice.rate, voice.bits, MADE_SECONDS, (uint32_t)i + 101);
        strbuf_addf(&session, "%s\n{ row = %d; column = %d; id = \"c%d\"; file = \"%s\"; gain = -10.0; }", i ? "," : "",
                    i / 10 + 1, i % 10 + 1, i + 1, file);
        strbuf_addf(&script, "0f press c%d\n", i + 1);
    }
    strbuf_adds(&session, "\n); } );\n");
    made_write(show, "show.orp", session.s);
    made_write(show, "script", script.s);
    strbuf_clear(&session);
    strbuf_clear(&script);
}
