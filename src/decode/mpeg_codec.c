/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MPEG audio, frame by frame, with libmpg123, the only place that knows it. The frames are found
 * by mpeg_frames.c, so that positions are exact also where no header tells the length, and a
 * jump costs the decoding of a few frames.
 *
 * A frame's samples depend on earlier ones: on the bytes of its bit reservoir (511 at most), on
 * the two frames whose tails overlap it, and, in the last bit, on where in its window of 16 steps
 * the synthesis stands. So decoding begins anew at a multiple of eight frames, which is always a
 * whole turn of the window, far enough ahead for the reservoir and the overlap. A frame whose
 * reservoir begins before that would be skipped and not turn the window: its side information is
 * blanked (2.4.1.7), so that it is decoded as silence.
 */
#include "config.h"

#include "decode/mpeg_codec.h"

#include "decode/container.h"
#include "decode/mpeg_frames.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "wire/work.h"

#include <inttypes.h>
#include <mpg123.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    TURN = 8,                       /* frames */
    OVERLAP = 2,
    RESERVOIR_BYTES = 511,
    NO_SOUND_BYTES = 38,            /* most that header, checksum and side information take of a frame */
    DECODER_DELAY = 529,            /* samples by which every decoder of layer III lags */
    LEAD_MAX = MPEG_STEP,
};

struct mpeg_codec {
    struct codec codec;
    struct mpeg_frames frames;
    mpg123_handle *library;
    int64_t begin, length;          /* samples before the sound; of the sound */
    int64_t next, next_at;          /* frame it is given next, and its byte; -1: none */
    int reservoir;                  /* bytes that it has from frames before */
    int64_t made;                   /* frame in `samples`, -1: none */
    float samples[2 * 1152];
};

/* The frame from which to decode, so that frame `index` is as it would be in the whole. */
static int64_t begin_before(struct mpeg_codec *codec, int64_t index)
{
    struct mpeg_header header;
    int64_t far = index > LEAD_MAX ? index - LEAD_MAX : 0, at = mpeg_frames_find(&codec->frames, far);
    int sound[LEAD_MAX], count = 0, reservoir = 0;
    for (; count < index - OVERLAP - far && at >= 0 && mpeg_frames_read(&codec->frames, &at, &header); at += header.bytes)
        sound[count++] = (int)header.bytes - NO_SOUND_BYTES;
    while (count > 0 && reservoir < RESERVOIR_BYTES)
        reservoir += sound[--count] > 0 ? sound[count] : 0;
    return (far + count) / TURN * TURN;
}

static bool begin_at(struct mpeg_codec *codec, int64_t index)
{
    mpg123_close(codec->library);
    codec->next = index;
    codec->reservoir = 0;
    codec->next_at = mpeg_frames_find(&codec->frames, index);
    return codec->next_at >= 0 && mpg123_open_feed(codec->library) == MPG123_OK;
}

/* Whatever of the frame the library did not make is silence. */
static void take_samples(struct mpeg_codec *codec, const unsigned char *audio, size_t bytes)
{
    size_t whole = (size_t)codec->frames.first.samples * codec->frames.first.channels * sizeof(float);
    size_t made = !audio ? 0 : bytes < whole ? bytes : whole;
    if (made)
        memcpy(codec->samples, audio, made);
    memset((char *)codec->samples + made, 0, whole - made);
}

/* A copy of the frame, blanked if its reservoir is not there. Counts the reservoir on. */
static const unsigned char *fit_to_decode(struct mpeg_codec *codec, const struct mpeg_header *header, const unsigned char *bytes)
{
    static unsigned char copy[MPEG_FRAME_BYTES_MAX];
    bool first = header->version == 1, mono = header->channels == 1, checked = !(bytes[1] & 1);
    unsigned side_at = 4 + (checked ? 2 : 0), side = first ? (mono ? 17 : 32) : mono ? 9 : 17;
    if (header->layer != 3 || header->bytes < side_at + side || header->bytes > sizeof copy)
        return bytes;
    int begins = first ? bytes[side_at] << 1 | bytes[side_at + 1] >> 7 : bytes[side_at];
    int had = codec->reservoir < (first ? 511 : 255) ? codec->reservoir : first ? 511 : 255;
    bool there = begins <= had;
    codec->reservoir += (int)(header->bytes - side_at - side);
    if (codec->reservoir > RESERVOIR_BYTES)
        codec->reservoir = RESERVOIR_BYTES;
    if (there)
        return bytes;
    memcpy(copy, bytes, header->bytes);
    memset(copy + side_at, 0, side);
    copy[side_at] = (unsigned char)(first ? had >> 1 : had);        /* what is there is kept for the next one */
    copy[side_at + 1] = (unsigned char)(first ? had << 7 : 0);
    return copy;
}

/* Gives the library the next frame; if that is `wanted`, its samples are taken. Return: false at the end. */
static bool decode_next(struct mpeg_codec *codec, int64_t wanted)
{
    struct mpeg_header header;
    const unsigned char *bytes = codec->next_at < 0 ? NULL : mpeg_frames_read(&codec->frames, &codec->next_at, &header);
    if (!bytes)
        return false;
    bool taken = codec->next != wanted;
    mpg123_feed(codec->library, fit_to_decode(codec, &header, bytes), header.bytes);
    for (int turns = 0; turns < 3; turns++) {               /* a change of format, the frame, nothing more */
        unsigned char *audio = NULL;
        size_t made = 0;
        off_t number;
        int result = mpg123_decode_frame(codec->library, &number, &audio, &made);
        if (result == MPG123_OK && !taken) {
            take_samples(codec, audio, made);
            taken = true;
        }
        if (result != MPG123_NEW_FORMAT)
            break;
    }
    if (!taken)
        take_samples(codec, NULL, 0);
    codec->made = codec->next == wanted ? wanted : -1;
    codec->next++;
    codec->next_at += header.bytes;
    return true;
}

static bool make_frame(struct mpeg_codec *codec, int64_t index)
{
    if (codec->made == index)
        return true;
    if (codec->next_at < 0 || codec->next > index || codec->next + LEAD_MAX < index)
        if (!begin_at(codec, begin_before(codec, index)))
            return false;
    while (codec->next <= index)
        if (!decode_next(codec, index))
            return false;
    return true;
}

static uint32_t mpeg_read(struct codec *base, int64_t first, uint32_t frames, void *out)
{
    struct mpeg_codec *codec = (struct mpeg_codec *)base;
    unsigned samples = codec->frames.first.samples, channels = codec->frames.first.channels;
    uint32_t made = 0;
    while (made < frames && first + made < codec->length) {
        int64_t at = codec->begin + first + made, left = codec->length - first - made;
        unsigned offset = (unsigned)(at % samples), count = samples - offset;
        if (!make_frame(codec, at / samples))
            break;
        if (count > frames - made)
            count = frames - made;
        if (count > left)
            count = (unsigned)left;
        memcpy((float *)out + (size_t)made * channels, codec->samples + (size_t)offset * channels,
               (size_t)count * channels * sizeof(float));
        made += count;
    }
    return made;
}

static void mpeg_close(struct codec *base)
{
    struct mpeg_codec *codec = (struct mpeg_codec *)base;
    mpg123_delete(codec->library);
    mpeg_frames_clear(&codec->frames);
    free(codec);
}

static mpg123_handle *open_library(void)
{
    mpg123_handle *library = mpg123_new(NULL, NULL);
    if (!library)
        return NULL;
    mpg123_param(library, MPG123_REMOVE_FLAGS, MPG123_GAPLESS | MPG123_AUTO_RESAMPLE, 0);
    mpg123_param(library, MPG123_ADD_FLAGS, MPG123_FORCE_FLOAT | MPG123_QUIET | MPG123_NO_READAHEAD | MPG123_IGNORE_INFOFRAME, 0);
    return library;
}

/* How long it is: as its tag says; else, or if it is cut short, as its frames are counted. */
static void find_length(struct mpeg_codec *codec, struct work_opened *facts)
{
    struct mpeg_frames *frames = &codec->frames;
    bool lame = frames->delay || frames->padding;
    int64_t count = frames->said;
    if (count < 0 || frames->missing) {
        mpeg_frames_walk_all(frames);
        count = frames->count;
    }
    if (frames->said > count)
        snprintf(facts->text, sizeof facts->text, "cut short: %" PRId64 " of %" PRId64 " MPEG frames are there", count,
                 frames->said);
    else if (frames->said < 0 && frames->cut)
        text_copy(facts->text, sizeof facts->text, "cut short: it ends within an MPEG frame");
    int64_t all = count * frames->first.samples;
    codec->begin = (frames->tagged ? frames->first.samples : 0) + (lame ? frames->delay + DECODER_DELAY : 0);
    codec->length = all - codec->begin;
    if (frames->padding > DECODER_DELAY && frames->said == count)
        codec->length -= frames->padding - DECODER_DELAY;
}

static enum codec_answer take_facts(struct mpeg_codec *codec, struct work_opened *facts)
{
    static const char *const layers[] = {"", "MPEG layer I", "MPEG layer II", "MPEG layer III"};
    const struct mpeg_header *header = &codec->frames.first;
    if (!codec->library)
        return codec_refuse(facts, "its decoder cannot be started");
    find_length(codec, facts);
    if (codec->length < 1)
        return codec_refuse(facts, "holds no sound");
    facts->rate = header->rate;
    facts->channels = header->channels;
    facts->frames = codec->length;
    facts->sample = WORK_F32;
    facts->seekable = true;
    facts->place[0] = header->channels == 1 ? WORK_CENTRE : WORK_LEFT;
    facts->place[1] = header->channels == 1 ? WORK_UNKNOWN : WORK_RIGHT;
    text_copy(facts->format, sizeof facts->format, "MP3");
    text_copy(facts->encoding, sizeof facts->encoding, layers[header->layer]);
    return CODEC_OPENED;
}

static enum codec_answer mpeg_open(int fd, const struct seek_table *table, struct work_opened *facts, struct codec **opened)
{
    struct stat st;
    if (container_of(fd) != CONTAINER_MPEG || fstat(fd, &st) < 0)
        return CODEC_FOREIGN;
    struct mpeg_codec *codec = xcalloc(1, sizeof *codec);
    codec->next_at = codec->made = -1;
    enum codec_answer answer = CODEC_FOREIGN;
    if (mpeg_frames_init(&codec->frames, fd, (int64_t)st.st_size)) {
        if (table)
            mpeg_frames_take(&codec->frames, table);
        codec->library = open_library();
        answer = take_facts(codec, facts);
    }
    if (answer == CODEC_OPENED)
        *opened = &codec->codec;
    else
        mpeg_close(&codec->codec);
    return answer;
}

static bool mpeg_tabulate(struct codec *base, struct seek_table *table)
{
    mpeg_frames_tabulate(&((struct mpeg_codec *)base)->frames, table);
    return true;
}

const struct codec_kind mpeg_codec = {.open = mpeg_open, .read = mpeg_read, .close = mpeg_close, .tabulate = mpeg_tabulate};
