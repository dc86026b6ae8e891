/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * selftest_files: writes src/decode/selftest_files.c to stdout, with the encoders libsndfile has and ffmpeg's for AAC.
 * Not part of any build: `make tests/tools/selftest_files`, when a format is added.
 */
#include "config.h"

#include "decode/selftest_files.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name, *stem;
    int format, frames;
} kinds[] = {
    {"WAV", "wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 256}, {"AIFF", "aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 256},
    {"FLAC", "flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 256}, {"Ogg Vorbis", "vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 960},
    {"Ogg Opus", "opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 960}, {"MP3", "mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 960},
    {"M4A", "m4a", 0, 960},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Return: whether ffmpeg has made an M4A file of the WAV file, in its place. */
static bool make_m4a(const char *path)
{
    char command[256];
    snprintf(command, sizeof command,
             "ffmpeg -v error -y -i %s -c:a aac -b:a 64k -aac_pns 0 -f ipod -fflags +bitexact %s.m4a && mv %s.m4a %s",
             path, path, path, path);
    return system(command) == 0;
}

/* Prints one file as an array. Return: false if it could not be made. */
static bool print_file(int kind)
{
    char path[] = "/tmp/selftest-XXXXXX";
    int fd = mkstemp(path), byte, column = 0;
    SF_INFO info = {.format = kinds[kind].format ? kinds[kind].format : SF_FORMAT_WAV | SF_FORMAT_PCM_16, .channels = 1,
                    .samplerate = SELFTEST_RATE};
    SNDFILE *out = fd < 0 ? NULL : sf_open(path, SFM_WRITE, &info);
    double quality = 0.5;
    if (!out)
        return false;
    if (kind > 2)
        sf_command(out, SFC_SET_COMPRESSION_LEVEL, &quality, sizeof quality);
    for (int n = 0; n < kinds[kind].frames; n++) {
        short sample = selftest_tone(n);
        sf_writef_short(out, &sample, 1);
    }
    sf_close(out);
    if (!kinds[kind].format && !make_m4a(path))
        return false;
    FILE *in = fopen(path, "rb");
    if (!in)
        return false;
    printf("static const unsigned char %s[] = {", kinds[kind].stem);
    for (; (byte = fgetc(in)) != EOF; column += (byte > 9) + (byte > 99) + 2) {
        if (column == 0 || column > 120)
            column = printf("\n    ") - 1;
        printf("%d,", byte);
    }
    puts("\n};");
    fclose(in);
    return remove(path) == 0;
}

int main(void)
{
    puts("/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
         "/* The files of the decoders' self-test. Written by tests/tools/selftest_files.c: change that, not this. */\n"
         "#include \"config.h\"\n\n#include \"decode/selftest_files.h\"\n");
    for (int kind = 0; kind < KINDS; kind++)
        if (!print_file(kind))
            return 1;
    puts("\nconst struct selftest_file selftest_files[SELFTEST_FILES] = {");
    for (int kind = 0; kind < KINDS; kind++)
        printf("    {\"%s\", %s, sizeof %s, %d, %s, %s},\n", kinds[kind].name, kinds[kind].stem, kinds[kind].stem,
               kinds[kind].frames, kind < 3 ? "true" : "false", kinds[kind].format ? "false" : "true");
    puts("};");
    return 0;
}
