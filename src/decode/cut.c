/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks the chunks of a file to the one with the sound: see cut.h. The decoder quietly takes what
 * is there; the operator wants to know that something is not.
 *
 * RIFF and RF64 as EBU Tech 3306 has them, FORM as AIFF 1.3, W64 as Sony's Wave64 paper, caff as
 * Apple's Core Audio Format 1.0, .snd as Sun's au(4), ASF as Microsoft's specification 1.20.3, VOC as the
 * Creative Voice file format of the Sound Blaster developer kit, NIST as SPHERE 2.6's header.doc.
 */
#include "config.h"

#include "decode/cut.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CHUNKS_MAX = 1000,              /* a file with more before its sound is not worth walking */
    CHUNK_HEAD_MAX = 24,
};

struct chunks {                     /* how a kind of file is cut into chunks */
    const char *magic;
    const char *sound, *other;      /* the names that the chunk with the sound may have */
    int64_t first;                  /* byte of the first chunk */
    int name, length;               /* bytes of a chunk's name and of its length, which follows */
    int align;                      /* bytes to which a chunk is rounded */
    bool big;                       /* endian */
    bool counts_head;               /* the length is that of the chunk with its head */
};
static const struct chunks kinds[] = {
    {"RIFF", "data", "data", 12, 4, 4, 2, false, false}, {"RIFX", "data", "data", 12, 4, 4, 2, true, false},
    {"RF64", "data", "data", 12, 4, 4, 2, false, false}, {"FORM", "SSND", "BODY", 12, 4, 4, 2, true, false},
    {"riff", "data", "data", 40, 16, 8, 8, false, true}, {"caff", "data", "data", 8, 4, 8, 1, true, false},
};

static uint64_t read_number(const unsigned char *at, int bytes, bool big)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[big ? i : bytes - 1 - i];
    return value;
}

/* The lengths that programs write when they cannot go back and write the right one. */
static bool left_open(uint64_t length, int bytes)
{
    if (bytes == 8)
        return length == 0 || length == INT64_MAX || length == UINT64_MAX;
    return length == 0 || length == 0xffffffff || length == 0x7fffffff || length == 0x7ffff000 || length == 0x80000000;
}

/* The length of the data chunk of an RF64 file stands in its ds64 chunk, the first one. */
static uint64_t rf64_data_bytes(int fd)
{
    unsigned char ds64[24];
    if (pread(fd, ds64, sizeof ds64, 12) != (ssize_t)sizeof ds64 || memcmp(ds64, "ds64", 4) != 0)
        return 0;
    return read_number(ds64 + 16, 8, false);
}

static bool take_length(struct cut_sound *sound, int64_t size, uint64_t length, int bytes)
{
    sound->there = size > sound->at ? size - sound->at : 0;
    sound->said = left_open(length, bytes) ? -1 : length < INT64_MAX ? (int64_t)length : INT64_MAX;
    return true;
}

static bool walk_chunks(int fd, int64_t size, const struct chunks *kind, struct cut_sound *sound)
{
    int64_t at = kind->first, head = kind->name + kind->length;
    for (int i = 0; i < CHUNKS_MAX; i++) {
        unsigned char chunk[CHUNK_HEAD_MAX];
        if (pread(fd, chunk, (size_t)head, (off_t)at) != (ssize_t)head)
            return false;
        uint64_t length = read_number(chunk + kind->name, kind->length, kind->big);
        if (kind->counts_head && !left_open(length, kind->length))
            length -= length < (uint64_t)head ? length : (uint64_t)head;
        sound->length_at = at + kind->name;
        sound->at = at + head;
        bool is_sound = !memcmp(chunk, kind->sound, 4) || !memcmp(chunk, kind->other, 4);
        if (is_sound && !memcmp(kind->magic, "RF64", 4) && length == 0xffffffff)
            return take_length(sound, size, rf64_data_bytes(fd), 8);
        if (is_sound)
            return take_length(sound, size, length, kind->length);
        if (length > (uint64_t)size)
            return false;
        at = sound->at + (int64_t)((length + (uint64_t)kind->align - 1) / (uint64_t)kind->align) * kind->align;
    }
    return false;
}

/* One header, the sound behind it. */
static bool look_au(int64_t size, const unsigned char *head, struct cut_sound *sound)
{
    bool big = !memcmp(head, ".snd", 4);
    sound->length_at = 8;
    sound->at = (int64_t)read_number(head + 4, 4, big);
    return take_length(sound, size, read_number(head + 8, 4, big), 4);
}

/* Blocks with a type and a length of three bytes; the first one with sound counts, as it does for the decoder. */
static bool look_voc(int fd, int64_t size, struct cut_sound *sound)
{
    enum { FIRST_AT = 20, SOUND = 1, NEW_SOUND = 9, SOUND_HEAD = 2, NEW_SOUND_HEAD = 12 };
    unsigned char block[4];
    if (pread(fd, block, 2, FIRST_AT) != 2)
        return false;
    int64_t at = (int64_t)read_number(block, 2, false);
    for (int i = 0; i < CHUNKS_MAX && pread(fd, block, sizeof block, (off_t)at) == (ssize_t)sizeof block && block[0]; i++) {
        uint64_t length = read_number(block + 1, 3, false);
        unsigned head = block[0] == SOUND ? SOUND_HEAD : NEW_SOUND_HEAD;
        if ((block[0] == SOUND || block[0] == NEW_SOUND) && length >= head) {
            sound->length_at = at + 1;
            sound->at = at + (int64_t)sizeof block + head;
            return take_length(sound, size, length - head, 4);
        }
        at += (int64_t)sizeof block + (int64_t)length;
    }
    return false;
}

/* The number that a header in words gives a name, "sample_count -i 48000", or 0. */
static int64_t nist_number(const char *header, const char *name)
{
    const char *at = strstr(header, name);
    long long value = at ? strtoll(at + strlen(name), NULL, 10) : 0;
    return value > 0 && value < INT32_MAX ? value : 0;
}

static bool look_nist(int fd, int64_t size, struct cut_sound *sound)
{
    char header[1025] = "";
    if (pread(fd, header, sizeof header - 1, 0) != (ssize_t)sizeof header - 1)
        return false;
    sound->at = strtol(header + 8, NULL, 10);
    int64_t frame = nist_number(header, "channel_count -i ") * nist_number(header, "sample_n_bytes -i ");
    int64_t frames = nist_number(header, "sample_count -i ");
    if (sound->at < (int64_t)sizeof header - 1 || sound->at > size || frame < 1 || frame > 1024)
        return false;
    return take_length(sound, size, (uint64_t)(frames * frame), 8);
}

/* The Header Object, then the Data Object with the sound. */
static bool look_asf(int fd, int64_t size, struct cut_sound *sound)
{
    unsigned char length[8];
    if (pread(fd, length, sizeof length, 16) != (ssize_t)sizeof length)
        return false;
    sound->at = (int64_t)(read_number(length, 8, false) & INT64_MAX / 4);
    sound->length_at = sound->at + 16;
    if (pread(fd, length, sizeof length, (off_t)sound->length_at) != (ssize_t)sizeof length)
        return false;
    return take_length(sound, size, read_number(length, 8, false), 8);
}

bool cut_find_sound(int fd, struct cut_sound *sound)
{
    unsigned char head[12];
    struct stat st;
    *sound = (struct cut_sound){0};
    if (fstat(fd, &st) < 0 || pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
        return false;
    if (!memcmp(head, ".snd", 4) || !memcmp(head, "dns.", 4))
        return look_au((int64_t)st.st_size, head, sound);
    if (!memcmp(head, "\x30\x26\xb2\x75", 4))
        return look_asf(fd, (int64_t)st.st_size, sound);
    if (!memcmp(head, "Creative Voi", sizeof head))
        return look_voc(fd, (int64_t)st.st_size, sound);
    if (!memcmp(head, "NIST_1A\n", 8))
        return look_nist(fd, (int64_t)st.st_size, sound);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!memcmp(head, kinds[i].magic, 4))
            return walk_chunks(fd, (int64_t)st.st_size, &kinds[i], sound);
    return false;
}

int64_t cut_missing_bytes(const struct cut_sound *sound)
{
    return sound->said > sound->there ? sound->said - sound->there : 0;
}

bool cut_is_lie(const struct cut_sound *sound)
{
    return sound->said / CUT_THERE_MIN > sound->there;
}
