/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which packet lies where: see ffmpeg_inside.h. MP4 and CAF have the list in their index. Bare AAC and WMA are read as a whole for
 * it, unless there is a seek table (wire/seek_table.h): of AAC, whose packets are all alike, that stands for the list; WMA's
 * stand for stretches of many lengths, and the packets around a place are listed when it is needed.
 */
#include "config.h"

#include "decode/ffmpeg_inside.h"

#include "base/xalloc.h"
#include "wire/seek_table.h"
#include "wire/work.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PACKETS_MAX = 8 << 20,          /* two days of AAC */
    STRETCH_RUNS = 4,               /* listed at once by a table of WMA */
    WMA_FRAMES_MAX = 2048, WMA_COUNT_MAX = 15,      /* of one of a packet's frames; of them in a packet */
};

/* Whether the file lists its packets itself. */
static bool has_index(const struct ffmpeg_codec *codec)
{
    return codec->container == CONTAINER_MP4 || codec->container == CONTAINER_CAF_ALAC;
}

bool ffmpeg_list_go_to(struct ffmpeg_codec *codec, int index)
{
    int skip = 0;
    while (index > 0 && codec->place[index].at < 0) {
        index--;
        skip++;
    }
    const struct packet_place *place = &codec->place[index];
    if (has_index(codec)) {
        if (lib_av_seek_frame(codec->format, codec->stream->index, place->stamp, AVSEEK_FLAG_BACKWARD | AVSEEK_FLAG_ANY) < 0)
            return false;
    } else if (!ffmpeg_go_to_byte(codec, place->at)) {
        return false;
    }
    for (; index > 0 && codec->place[index - 1].at == place->at; index--)
        skip++;
    while (skip-- > 0)
        if (!ffmpeg_read_packet(codec))
            return false;
    return true;
}

int ffmpeg_list_find(const struct ffmpeg_codec *codec, int64_t frame)
{
    int low = 0, high = codec->packets - 1;
    while (low < high) {
        int middle = low + (high - low + 1) / 2;
        if (codec->place[middle].start <= frame)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static bool add_packet(struct ffmpeg_codec *codec, int64_t at, int64_t stamp, int64_t frames)
{
    struct packet_place *place = codec->place;
    if (codec->packets >= PACKETS_MAX)
        return false;
    if ((codec->packets & (codec->packets + 1)) == 0)       /* room is always a power of two */
        codec->place = place = xrealloc_array(place, 2 * ((size_t)codec->packets + 1), sizeof *place);
    place += codec->packets++;
    place[1].start = place->start + frames;
    place->at = at;
    place->stamp = stamp;
    return true;
}

static void list_indexed(struct ffmpeg_codec *codec, int64_t frames)
{
    int count = lib_avformat_index_get_entries_count(codec->stream);
    for (int i = 0; i < count; i++) {
        const AVIndexEntry *entry = lib_avformat_index_get_entry(codec->stream, i);
        if (entry->pos + entry->size > codec->size)
            codec->cut++;
        else if (codec->cut || !add_packet(codec, entry->pos, entry->timestamp, frames))
            return;
    }
}

/* WMA tells in each packet's second half byte how many frames it ends; the very first one's reservoir is empty. */
static int64_t wma_frames(const struct ffmpeg_codec *codec, bool very_first)
{
    const AVCodecParameters *parameters = codec->stream->codecpar;
    bool first = parameters->codec_id == AV_CODEC_ID_WMAV1;
    int flags_at = first ? 2 : 4, rate = parameters->sample_rate;
    int length = rate <= 16000 ? 512 : rate <= 22050 || (rate <= 32000 && first) ? 1024 : 2048;
    bool reservoir = parameters->extradata_size > flags_at && parameters->extradata[flags_at] & 2;
    if (!reservoir)
        return length;
    int count = codec->packet->size ? codec->packet->data[0] & WMA_COUNT_MAX : 0;
    return (int64_t)length * (very_first && count ? count - 1 : count);
}

/* From where the input is, until one starts at `end` or later. */
static void list_read(struct ffmpeg_codec *codec, int64_t frames, int64_t end)
{
    while (codec->place[codec->packets].start < end && ffmpeg_read_packet(codec)) {
        bool very_first = codec->packets == 0 && codec->place[0].start == 0;
        int64_t stands_for = codec->container == CONTAINER_ASF ? wma_frames(codec, very_first) : frames;
        if (!add_packet(codec, codec->packet->pos, codec->packet->pts, stands_for))
            break;
    }
}

/* As an earlier listing of a bare AAC stream found it, which had to read all of it. */
static void list_tabled(struct ffmpeg_codec *codec, const struct seek_table *table, int64_t frames)
{
    uint32_t next = 0;
    while (codec->packets < table->units) {
        bool known = next < table->count && table->point[next].unit == codec->packets;
        if (!add_packet(codec, known ? table->point[next].at : -1, AV_NOPTS_VALUE, frames))
            return;
        next += known;
    }
    codec->broken_off = table->flags & SEEK_CUT;
}

/* Bare AAC: where the packet at this byte should end, by the length in its head (ISO/IEC 14496-3 1.A.2.2.1). Return: -1 if no
 * packet begins there; beyond the file if not even its head is all there. */
static int64_t packet_end(const struct ffmpeg_codec *codec, int64_t at)
{
    unsigned char head[6];
    ssize_t got = pread(codec->fd, head, sizeof head, (off_t)at);
    if (got < 2 || head[0] != 0xff || (head[1] & 0xf6) != 0xf0)
        return -1;
    return got < (ssize_t)sizeof head ? INT64_MAX : at + ((head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5);
}

/* Whether the file ends within the last packet that is listed, or the one behind it, which the library leaves out. */
static bool ends_within(const struct ffmpeg_codec *codec)
{
    int64_t at = codec->packets ? codec->place[codec->packets - 1].at : -1, end = at < 0 ? -1 : packet_end(codec, at);
    return end > codec->size || (end > 0 && packet_end(codec, end) > codec->size);
}

/* From the beginning of the file to its end. */
static void list_whole(struct ffmpeg_codec *codec, int64_t frames)
{
    ffmpeg_close_input(codec);
    codec->stream = NULL;
    if (ffmpeg_open_input(codec, true))
        list_read(codec, frames, INT64_MAX);
    codec->broken_off = codec->container == CONTAINER_ADTS && ends_within(codec);
}

static int64_t longest_listed(const struct ffmpeg_codec *codec)
{
    int64_t longest = 0;
    for (int i = 0; i < codec->packets; i++) {
        int64_t length = codec->place[i + 1].start - codec->place[i].start;
        longest = length > longest ? length : longest;
    }
    return longest;
}

/* The table of WMA is kept, and nothing listed yet. */
static void keep_table(struct ffmpeg_codec *codec, const struct seek_table *table)
{
    codec->table = xmalloc(sizeof *codec->table);
    memcpy(codec->table, table, seek_table_bytes(table));
    codec->listed_from = INT64_MAX;
    codec->all = table->units;
}

bool ffmpeg_list_packets(struct ffmpeg_codec *codec, const struct seek_table *table, int64_t frames)
{
    bool tabled = table && table->count && table->point[0].unit == 0;
    codec->place = xcalloc(1, sizeof *codec->place);
    codec->longest = (int64_t)WMA_FRAMES_MAX * WMA_COUNT_MAX;
    if (has_index(codec))
        list_indexed(codec, frames);
    else if (tabled && codec->container == CONTAINER_ADTS && table->kind == SEEK_ADTS)
        list_tabled(codec, table, frames);
    else if (tabled && codec->container == CONTAINER_ASF && table->kind == SEEK_ASF)
        keep_table(codec, table);
    else
        list_whole(codec, frames);
    if (!codec->table)
        codec->all = codec->place[codec->packets].start;
    if (codec->container != CONTAINER_ASF)
        codec->longest = longest_listed(codec);
    if (codec->all < 1 || codec->longest < 1 || codec->longest > FFMPEG_SAMPLES_MAX || codec->all > WORK_FRAMES_MAX)
        return false;
    codec->run_frames = FFMPEG_RUN_SECONDS * (int64_t)codec->rate;
    codec->lead = codec->stream->codecpar->codec_id == AV_CODEC_ID_ALAC ? 0 : FFMPEG_LEAD_PACKETS;
    codec->samples = xcalloc((size_t)codec->longest * (size_t)codec->channels, sizeof(float));
    return true;
}

/* By its table: those of some runs from the frame's on, and so many before them that its run can be begun. */
static bool list_stretch(struct ffmpeg_codec *codec, int64_t frame)
{
    int64_t run = frame > codec->longest ? (frame - codec->longest) / codec->run_frames * codec->run_frames : 0;
    int64_t from = run - codec->lead * codec->longest, end = (frame / codec->run_frames + STRETCH_RUNS) * codec->run_frames;
    int point = seek_table_find(codec->table, from > 0 ? from : 0);
    codec->packets = 0;
    codec->made = codec->next = -1;
    codec->listed_from = run ? run + codec->longest : 0;
    if (point < 0 || !ffmpeg_go_to_byte(codec, codec->table->point[point].at))
        return false;
    codec->place[0].start = codec->table->point[point].unit;
    list_read(codec, 0, end);
    return true;
}

static bool is_listed(const struct ffmpeg_codec *codec, int64_t frame)
{
    return frame >= codec->listed_from && codec->packets && frame >= codec->place[0].start &&
           frame < codec->place[codec->packets].start;
}

bool ffmpeg_list_reach(struct ffmpeg_codec *codec, int64_t frame)
{
    return is_listed(codec, frame) || (codec->table && list_stretch(codec, frame) && is_listed(codec, frame));
}

/* One byte may begin several packets of WMA: the first of them counts. */
static void offer_wma(const struct ffmpeg_codec *codec, struct seek_maker *maker)
{
    for (int i = 0; i < codec->packets; i++)
        if (i == 0 || codec->place[i].at != codec->place[i - 1].at)
            seek_maker_add(maker, codec->place[i].start, codec->place[i].at);
}

bool ffmpeg_list_tabulate(const struct ffmpeg_codec *codec, struct seek_table *table)
{
    struct seek_maker maker;
    if (has_index(codec))
        return false;
    if (codec->table) {
        memcpy(table, codec->table, seek_table_bytes(codec->table));
        return true;
    }
    seek_maker_begin(&maker, table, codec->container == CONTAINER_ASF ? SEEK_ASF : SEEK_ADTS, codec->size);
    if (codec->container == CONTAINER_ASF)
        offer_wma(codec, &maker);
    else
        for (int i = 0; i < codec->packets; i++)
            if (codec->place[i].at >= 0)
                seek_maker_add(&maker, i, codec->place[i].at);
    seek_maker_end(&maker, codec->container == CONTAINER_ASF ? codec->all : codec->packets, codec->broken_off ? SEEK_CUT : 0);
    return true;
}
