/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rig of the conformance tests: see rig.h. */
#include "config.h"

#include "rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/clipgrid-golden-XXXXXX";

const char *rig_path(const char *name)
{
    static char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

int rig_open(void **state)
{
    (void)state;
    if (!mkdtemp(folder) || mkdir(rig_path("media"), 0755) < 0)
        return -1;
    setenv("XDG_CONFIG_HOME", folder, 1);
    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("XDG_STATE_HOME", folder, 1);
    return 0;
}

int rig_close(void **state)
{
    (void)state;
    char command[200];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

double rig_one(int64_t frame, unsigned channel)
{
    (void)frame;
    (void)channel;
    return 1;
}

double rig_ramp(int64_t frame, unsigned channel)
{
    return (double)(frame + channel * 1000) / (1 << 20);
}

static void put(FILE *file, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        fputc((int)(value >> 8 * i & 0xff), file);
}

static FILE *begin_wav(const char *name, uint32_t rate, unsigned channels, int64_t frames, unsigned bytes, unsigned tag)
{
    char media[200];
    snprintf(media, sizeof media, "media/%s", name);
    FILE *file = fopen(rig_path(media), "wb");
    assert_non_null(file);
    uint32_t size = (uint32_t)frames * channels * bytes;
    fputs("RIFF", file);
    put(file, 36 + size, 4);
    fputs("WAVEfmt ", file);
    put(file, 16, 4);
    put(file, tag, 2);
    put(file, channels, 2);
    put(file, rate, 4);
    put(file, rate * channels * bytes, 4);
    put(file, channels * bytes, 2);
    put(file, bytes * 8, 2);
    fputs("data", file);
    put(file, size, 4);
    return file;
}

void rig_media_s16(const char *name, uint32_t rate, unsigned channels, int64_t frames, rig_wave *wave)
{
    FILE *file = begin_wav(name, rate, channels, frames, 2, 1);
    for (int64_t i = 0; i < frames; i++)
        for (unsigned c = 0; c < channels; c++) {
            double value = wave(i, c) * 32768;
            put(file, (uint32_t)(int32_t)lrint(value > 32767 ? 32767 : value), 2);
        }
    assert_int_equal(fclose(file), 0);
}

void rig_media_f32(const char *name, uint32_t rate, unsigned channels, int64_t frames, rig_wave *wave)
{
    FILE *file = begin_wav(name, rate, channels, frames, 4, 3);
    for (int64_t i = 0; i < frames; i++)
        for (unsigned c = 0; c < channels; c++) {
            float value = (float)wave(i, c);
            fwrite(&value, sizeof value, 1, file);
        }
    assert_int_equal(fclose(file), 0);
}

void rig_show(const char *text)
{
    FILE *file = fopen(rig_path("show.orp"), "w");
    fprintf(file, "format = \"ORP2026A\";\n%s\n", text);
    assert_int_equal(fclose(file), 0);
}

void rig_session(const char *groups, const char *clips)
{
    size_t size = strlen(groups) + strlen(clips) + 200;
    char *text = malloc(size);
    snprintf(text, size, "groups = ( %s );\ntabs = ( { rows = 8; columns = 10; clips = ( %s ); } );", groups, clips);
    rig_show(text);
    free(text);
}

static void read_said(struct rig_sound *sound)
{
    FILE *file = fopen(rig_path("said"), "r");
    sound->said[fread(sound->said, 1, sizeof sound->said - 1, file)] = '\0';
    fclose(file);
}

static uint32_t take32(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Finds the data chunk of a WAV that render wrote: 16-bit integers or floats. */
static void read_wav(struct rig_sound *sound)
{
    FILE *file = fopen(rig_path("out.wav"), "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file), at = 12, bits = 0;
    rewind(file);
    unsigned char *bytes = malloc(size);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    for (; memcmp(bytes + at, "data", 4); at += 8 + (take32(bytes + at + 4) + 1) / 2 * 2) {
        assert_true(at + 24 < size);
        if (!memcmp(bytes + at, "fmt ", 4))
            bits = bytes[at + 22];
    }
    assert_true(bits == 16 || bits == 32);
    size_t count = take32(bytes + at + 4) / (bits / 8);
    sound->frames = (int64_t)(count / RIG_CHANNELS);
    sound->sample = malloc(count * sizeof(float) + 1);
    if (bits == 32)
        memcpy(sound->sample, bytes + at + 8, count * 4);
    for (size_t i = 0; bits == 16 && i < count; i++)
        sound->sample[i] = (float)(int16_t)(bytes[at + 8 + 2 * i] | bytes[at + 9 + 2 * i] << 8);
    free(bytes);
}

struct rig_sound rig_render_any(const char *script, const char *options)
{
    static struct rig_sound sound;
    sound = (struct rig_sound){0};
    const char *binary = getenv("CLIPGRID");
    FILE *file = fopen(rig_path("script"), "w");
    fputs(script, file);
    assert_int_equal(fclose(file), 0);
    unlink(rig_path("out.wav"));
    char command[1200];
    snprintf(command, sizeof command, "%s render %s/show.orp --commands %s/script --out %s/out.wav %s 2>%s/said", binary ? binary : "./clipgrid",
             folder, folder, folder, options, folder);
    int status = system(command);
    sound.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    read_said(&sound);
    if (sound.status == 0)
        read_wav(&sound);
    return sound;
}

struct rig_sound rig_render(const char *script, const char *options)
{
    struct rig_sound sound = rig_render_any(script, options);
    if (sound.status)
        fail_msg("render: status %d: %s", sound.status, sound.said);
    return sound;
}

void rig_clear(struct rig_sound *sound)
{
    free(sound->sample);
    sound->sample = NULL;
}

float rig_at(const struct rig_sound *sound, int64_t frame, unsigned channel)
{
    return frame >= 0 && frame < sound->frames ? sound->sample[frame * RIG_CHANNELS + channel] : 0;
}

float rig_peak(const struct rig_sound *sound, int64_t from, int64_t to, unsigned channel)
{
    float peak = 0;
    for (int64_t i = from; i < to; i++)
        peak = fmaxf(peak, fabsf(rig_at(sound, i, channel)));
    return peak;
}

int rig_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}
