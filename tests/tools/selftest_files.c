/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * selftest_files: writes src/decode/selftest_files.c to stdout, with the encoders libsndfile has and ffmpeg's for AAC and WMA.
 * Not part of any build: `make tests/tools/selftest_files`, when a format is added.
 */
#include "config.h"

#include "decode/selftest_files.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

enum { DELAY_AAC = 1024, DELAY_WMA = 2048, TONE = 96 };   /* frames: of the encoders, where nothing in the file tells; the tone's period */

static const struct {
    const char *name, *stem;
    int format;                         /* of libsndfile; 0: what ffmpeg makes of a WAV file */
    int frames;                         /* that are coded */
    const char *options;                /* ffmpeg's */
    int given, first;                   /* of the decoder, where it gives more; a multiple of the period behind the delay */
} kinds[] = {
    {"WAV", "wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 256, NULL, 256, 0},
    {"RF64", "rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 256, NULL, 256, 0},
    {"W64", "w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, 256, NULL, 256, 0},
    {"AIFF", "aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 256, NULL, 256, 0},
    {"CAF", "caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 256, NULL, 256, 0},
    {"AU", "au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 256, NULL, 256, 0},
    {"FLAC", "flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 256, NULL, 256, 0},
    {"ALAC in CAF", "caf_alac", SF_FORMAT_CAF | SF_FORMAT_ALAC_16, 256, NULL, 256, 0},
    {"Ogg Vorbis", "vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 960, NULL, 960, 0},
    {"Ogg Opus", "opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 960, NULL, 960, 0},
    {"MP3", "mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 960, NULL, 960, 0},
    {"M4A", "m4a", 0, 960, "-c:a aac -b:a 64k -aac_pns 0 -f ipod", 960, 0},
    {"AAC", "aac", 0, 3000, "-c:a aac -b:a 64k -aac_pns 0 -f adts", 4096, DELAY_AAC + 2 * TONE},
    {"WMA", "wma", 0, 3000, "-c:a wmav2 -b:a 64k -packet_size 800 -f asf", 4096, DELAY_WMA + 2 * TONE},
};
enum { KINDS = sizeof kinds / sizeof *kinds };
_Static_assert((int)KINDS == (int)SELFTEST_FILES, "each kind is one file");

/* Without a loss: what is given are the tone's own samples. */
static bool is_exact(int kind)
{
    return kinds[kind].format && kinds[kind].frames == 256;
}

/* Return: whether ffmpeg has made its file of the WAV file, in its place. */
static bool make_by_ffmpeg(const char *path, const char *options)
{
    char command[256];
    snprintf(command, sizeof command, "ffmpeg -v error -y -i %s %s -fflags +bitexact %s.new && mv %s.new %s", path, options, path,
             path, path);
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
    if (!is_exact(kind))
        sf_command(out, SFC_SET_COMPRESSION_LEVEL, &quality, sizeof quality);
    for (int n = 0; n < kinds[kind].frames; n++) {
        short sample = selftest_tone(n);
        sf_writef_short(out, &sample, 1);
    }
    sf_close(out);
    if (kinds[kind].options && !make_by_ffmpeg(path, kinds[kind].options))
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
        printf("    {\"%s\", %s, sizeof %s, %d, %d, %d, %s, %s},\n", kinds[kind].name, kinds[kind].stem, kinds[kind].stem,
               kinds[kind].given, kinds[kind].first, kinds[kind].first ? kinds[kind].given - kinds[kind].first - 256 : kinds[kind].given,
               is_exact(kind) ? "true" : "false", kinds[kind].format ? "false" : "true");
    puts("};");
    return 0;
}
