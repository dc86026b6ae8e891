/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make_show FOLDER CLIPS [FILES]: a show of 1 to 10,240 clips in FOLDER (made, if it is not there): show.orp, and media/ with a
 * file of its own for each clip, or FILES files that the clips share. The same bytes every time, but for what encoders put in.
 *
 * The files are of every kind that libsndfile can encode here, 0.3 to 1 s long, one in 97 of them 8 s. Encoding is slow, so
 * one template of each kind and length is made; a clip's file is a copy of one with its own number in the title, so that no two
 * are the same to whoever hashes them. A title stands behind no checksum but that of an Ogg page, which is made anew.
 * Takes some eight seconds and 0.8 GB for 10,240 clips.
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ROWS = 32, COLUMNS = 40, TAB_CLIPS = ROWS * COLUMNS, CLIPS_MAX = 8 * TAB_CLIPS, FOLDER_FILES = 1000, LONG_EVERY = 97,
       TITLE_AT = 5 };

static const struct kind {
    const char *suffix;
    int format, rate, channels;
} kinds[] = {
    {"wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 48000, 2}, {"wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 48000, 2},
    {"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 2}, {"wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1},
    {"mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100, 2}, {"aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 48000, 2},
    {"ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 2}, {"wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 2},
    {"opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000, 2}, {"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 96000, 2},
};
static const double lengths[] = {0.3, 0.4, 0.6, 1.0, 8};       /* s; the last one is that of long files */
enum { KINDS = sizeof kinds / sizeof *kinds, LENGTHS = sizeof lengths / sizeof *lengths };
static const char title[] = "Clip 00000 of a made show";

static struct template {
    unsigned char *bytes;           /* NULL: cannot be encoded here */
    size_t size;
    int frames;
} templates[KINDS][LENGTHS];

static void die(const char *what)
{
    fprintf(stderr, "make_show: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* --- templates --- */

/* A note that dies away, loud from its first frame on. */
static void write_note(SNDFILE *file, const struct kind *kind, int frames, double hz)
{
    float frame[2];
    for (int n = 0; n < frames; n++) {
        double t = (double)n / kind->rate;
        frame[0] = (float)(0.4 * exp(-t) * cos(2 * 3.14159265358979 * hz * t));
        frame[1] = (float)(0.4 * exp(-t) * cos(2 * 3.14159265358979 * 1.5 * hz * t));
        sf_writef_float(file, frame, 1);
    }
}

static void read_template(struct template *template, const char *path)
{
    struct stat st;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &st) < 0)
        die(path);
    template->size = (size_t)st.st_size;
    template->bytes = malloc(template->size);
    if (!template->bytes || fread(template->bytes, 1, template->size, file) != template->size)
        die(path);
    fclose(file);
    remove(path);
}

static void make_template(const char *folder, const struct kind *kind, int length, double hz)
{
    struct template *template = &templates[kind - kinds][length];
    char path[4096];
    SF_INFO info = {.format = kind->format, .samplerate = kind->rate, .channels = kind->channels};
    snprintf(path, sizeof path, "%s/template.%s", folder, kind->suffix);
    SNDFILE *file = sf_format_check(&info) ? sf_open(path, SFM_WRITE, &info) : NULL;
    if (!file)
        return;
    template->frames = (int)(lengths[length] * kind->rate);
    sf_set_string(file, SF_STR_TITLE, title);
    write_note(file, kind, template->frames, hz);
    sf_close(file);
    read_template(template, path);
}

/* --- a file of one's own --- */

/* The checksum of an Ogg page (RFC 3533, section 6): polynomial 04c11db7, nothing inverted. */
static uint32_t ogg_checksum(const unsigned char *bytes, size_t size)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum ^= (uint32_t)bytes[i] << 24;
        for (int bit = 0; bit < 8; bit++)
            sum = sum & 0x80000000u ? sum << 1 ^ 0x04c11db7u : sum << 1;
    }
    return sum;
}

/* Makes the checksum of the page that holds this place anew. */
static void seal_page(unsigned char *bytes, size_t size, size_t place)
{
    for (size_t at = 0, length; at + 27 < size && !memcmp(bytes + at, "OggS", 4); at += length) {
        unsigned segments = bytes[at + 26];
        length = 27 + segments;
        for (unsigned i = 0; i < segments; i++)
            length += bytes[at + 27 + i];
        if (place < at || place >= at + length)
            continue;
        memset(bytes + at + 22, 0, 4);
        uint32_t sum = ogg_checksum(bytes + at, length);
        for (int i = 0; i < 4; i++)
            bytes[at + 22 + (size_t)i] = (unsigned char)(sum >> 8 * i);
        return;
    }
}

/* Writes the number into every title. */
static void number(unsigned char *bytes, size_t size, int index)
{
    char digits[8];
    snprintf(digits, sizeof digits, "%05d", index + 1);
    for (size_t at = 0; at + sizeof title - 1 <= size; at++) {
        const unsigned char *found = memchr(bytes + at, title[0], size - at);
        if (!found)
            return;
        at = (size_t)(found - bytes);
        if (at + sizeof title - 1 > size || memcmp(found, title, sizeof title - 1))
            continue;
        memcpy(bytes + at + TITLE_AT, digits, 5);
        seal_page(bytes, size, at);
    }
}

static const struct template *template_of(int index, const struct kind **kind)
{
    int length = index % LONG_EVERY == LONG_EVERY - 1 ? LENGTHS - 1 : index / KINDS % (LENGTHS - 1);
    for (int i = index % KINDS;; i = (i + 1) % KINDS)
        if (templates[i][length].bytes) {
            *kind = &kinds[i];
            return &templates[i][length];
        }
}

static void fmt_file(char *name, size_t size, int index)
{
    const struct kind *kind;
    template_of(index, &kind);
    snprintf(name, size, "%02d/clip%05d.%s", index / FOLDER_FILES, index + 1, kind->suffix);
}

static void make_file(const char *folder, int index)
{
    const struct kind *kind;
    const struct template *template = template_of(index, &kind);
    char name[64], path[4096];
    fmt_file(name, sizeof name, index);
    snprintf(path, sizeof path, "%s/media/%s", folder, name);
    FILE *file = fopen(path, "wb");
    unsigned char *bytes = malloc(template->size);
    if (!file || !bytes)
        die(path);
    memcpy(bytes, template->bytes, template->size);
    number(bytes, template->size, index);
    if (fwrite(bytes, 1, template->size, file) != template->size || fclose(file))
        die(path);
    free(bytes);
}

/* --- the session --- */

/* All groups, one in sixteen a loop, one in eight from an IN point, another one in eight with markers. */
static void write_clip(FILE *out, int index, int files)
{
    const struct kind *kind;
    const struct template *template = template_of(index % files, &kind);
    char name[64];
    int cell = index % TAB_CLIPS;
    fmt_file(name, sizeof name, index % files);
    fprintf(out, "%s{ row = %d; column = %d; file = \"%s\"; group = \"%c\";", cell ? ",\n" : "", cell / COLUMNS + 1,
            cell % COLUMNS + 1, name, "ABCD"[index % 4]);
    if (index % 16 == 15)
        fputs(" mode = \"loop\";", out);
    if (index % 8 == 3)
        fprintf(out, " in = %d;", template->frames / 10);
    if (index % 8 == 5)
        fprintf(out, " markers = ( { name = \"half\"; at = %d; }, { name = \"late\"; at = %d; } );", template->frames / 2,
                template->frames * 9 / 10);
    fputs(" }", out);
}

static void write_session(const char *folder, int clips, int files)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/show.orp", folder);
    FILE *out = fopen(path, "w");
    if (!out)
        die(path);
    fputs("format = \"ORP2026A\"; name = \"Made\"; media = \"media\";\ntabs = (", out);
    for (int index = 0; index < clips; index++) {
        if (index % TAB_CLIPS == 0)
            fprintf(out, "%s\n{ rows = %d; columns = %d; clips = (\n", index ? " ); }," : "", ROWS, COLUMNS);
        write_clip(out, index, files);
    }
    fputs(" ); } );\n", out);
    if (fclose(out))
        die(path);
}

/* --- */

static void make_folder(const char *path)
{
    if (mkdir(path, 0777) < 0 && errno != EEXIST)
        die(path);
}

static void make_folders(const char *folder, int files)
{
    char path[4096];
    make_folder(folder);
    snprintf(path, sizeof path, "%s/media", folder);
    make_folder(path);
    for (int i = 0; i * FOLDER_FILES < files; i++) {
        snprintf(path, sizeof path, "%s/media/%02d", folder, i);
        make_folder(path);
    }
}

int main(int argc, char **argv)
{
    int clips = argc > 2 ? atoi(argv[2]) : 0, files = argc > 3 ? atoi(argv[3]) : clips;
    if (argc < 3 || argc > 4 || clips < 1 || clips > CLIPS_MAX || files < 1 || files > clips) {
        fprintf(stderr, "usage: make_show FOLDER CLIPS [FILES]: 1 to %d clips\n", CLIPS_MAX);
        return 2;
    }
    make_folders(argv[1], files);
    for (int kind = 0; kind < KINDS; kind++)
        for (int length = 0; length < LENGTHS; length++)
            make_template(argv[1], &kinds[kind], length, 220 * pow(2, kind / 12.0));
    for (int index = 0; index < files; index++)
        make_file(argv[1], index);
    write_session(argv[1], clips, files);
    return 0;
}
