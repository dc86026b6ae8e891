/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * AAC, ALAC and WMA by FFmpeg: see ffmpeg_codec.h and ffmpeg_inside.h. ALAC in CAF, which libsndfile reads too, is the same
 * by both and quicker by FFmpeg; what is unusual about such a file is left to libsndfile.
 *
 * Decoders of AAC and WMA remember what went before, some for ever (noise, spectral band
 * replication). So each run of about two seconds is decoded by a decoder begun anew a few
 * packets earlier, also when the file is read from its beginning to its end.
 *
 * The frames an encoder put before the sound and behind it are taken off as the file says: by
 * iTunSMPB where there is one, else by the edit list. Bare AAC and WMA say nothing of them.
 */
#include "config.h"

#include "decode/ffmpeg_codec.h"

#include "decode/cut.h"
#include "decode/ffmpeg_inside.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "wire/seek_table.h"
#include "wire/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TRIED_PACKETS = 8 /* to learn rate and channels from */ };

/* What the packet gave, as the frames it stands for: silence where it gave too little, or something else. */
static void take_frame(struct ffmpeg_codec *codec, int index, bool decoded)
{
    const AVFrame *frame = codec->frame;
    int frames = (int)(codec->place[index + 1].start - codec->place[index].start), channels = codec->channels, there = 0;
    size_t frame_bytes = work_frame_bytes(codec->sample, (uint32_t)channels);
    if (decoded && frame->ch_layout.nb_channels == channels && frame->sample_rate == codec->rate &&
        ffmpeg_format_known(frame->format) && ffmpeg_format_s16(frame->format) == (codec->sample == WORK_S16))
        there = frame->nb_samples < frames ? frame->nb_samples : frames;
    memset((char *)codec->samples + (size_t)there * frame_bytes, 0, (size_t)(frames - there) * frame_bytes);
    ffmpeg_take_samples(codec, there);
    codec->made = index;
}

static bool begin_run(struct ffmpeg_codec *codec, int first)
{
    int lead = first < codec->lead ? first : codec->lead;
    if (!ffmpeg_list_go_to(codec, first - lead) || !ffmpeg_begin_decoder(codec))
        return false;
    for (int i = 0; i < lead; i++)
        if (ffmpeg_read_packet(codec))
            ffmpeg_decode_packet(codec);
    codec->next = first;
    return true;
}

/* The first packet of those that one decoder decodes. */
static int run_of(const struct ffmpeg_codec *codec, int index)
{
    int64_t run = codec->place[index].start / codec->run_frames;
    while (codec->lead && index > 0 && codec->place[index - 1].start / codec->run_frames == run)
        index--;
    return index;
}

/* The frames of this packet into `samples`. */
static bool make_packet(struct ffmpeg_codec *codec, int index)
{
    int run = run_of(codec, index);
    if (codec->made == index)
        return true;
    bool under_way = codec->lead ? codec->next > run && codec->next <= index : codec->next == index;
    if (!under_way && !begin_run(codec, run))
        return false;
    while (codec->next <= index) {
        bool decoded = ffmpeg_read_packet(codec) && ffmpeg_decode_packet(codec);
        if (codec->next++ == index)
            take_frame(codec, index, decoded);
    }
    return true;
}

static uint32_t ffmpeg_read(struct codec *base, int64_t first, uint32_t frames, void *out)
{
    struct ffmpeg_codec *codec = (struct ffmpeg_codec *)base;
    size_t frame_bytes = work_frame_bytes(codec->sample, (uint32_t)codec->channels);
    uint32_t made = 0;
    while (made < frames && first + made < codec->frames) {
        int64_t at = codec->delay + first + made, left = codec->frames - first - made;
        if (!ffmpeg_list_reach(codec, at))
            break;
        int index = ffmpeg_list_find(codec, at);
        if (!make_packet(codec, index))
            break;
        int64_t offset = at - codec->place[index].start, count = codec->place[index + 1].start - at;
        if (count > frames - made)
            count = frames - made;
        if (count > left)
            count = left;
        if (count <= 0)
            break;
        memcpy((char *)out + made * frame_bytes, (char *)codec->samples + (size_t)offset * frame_bytes,
               (size_t)count * frame_bytes);
        made += (uint32_t)count;
    }
    return made;
}

/* --- opening --- */
static uint8_t place_of(enum AVChannel channel)
{
    switch (channel) {
    case AV_CHAN_FRONT_LEFT: case AV_CHAN_FRONT_LEFT_OF_CENTER:
        return WORK_LEFT;
    case AV_CHAN_FRONT_RIGHT: case AV_CHAN_FRONT_RIGHT_OF_CENTER:
        return WORK_RIGHT;
    case AV_CHAN_FRONT_CENTER:
        return WORK_CENTRE;
    case AV_CHAN_LOW_FREQUENCY:
        return WORK_LFE;
    case AV_CHAN_BACK_LEFT: case AV_CHAN_SIDE_LEFT:
        return WORK_LEFT_SURROUND;
    case AV_CHAN_BACK_RIGHT: case AV_CHAN_SIDE_RIGHT:
        return WORK_RIGHT_SURROUND;
    case AV_CHAN_BACK_CENTER:
        return WORK_BACK_CENTRE;
    default:
        return WORK_UNKNOWN;
    }
}

/* Places are known for all channels or for none. */
static void take_places(const AVFrame *frame, struct work_opened *facts)
{
    int channels = frame->ch_layout.nb_channels, known = 0;
    for (int c = 0; c < channels && c < WORK_CHANNELS_MAX; c++) {
        facts->place[c] = place_of(lib_av_channel_layout_channel_from_index(&frame->ch_layout, (unsigned)c));
        known += facts->place[c] != WORK_UNKNOWN;
    }
    if (known != channels)
        memset(facts->place, WORK_UNKNOWN, sizeof facts->place);
}

/* Rate, channels and samples as the decoder gives them: a header may not know of its extensions. Return: frames of a
 * packet, 0 if none can be decoded. */
static int64_t try_packets(struct ffmpeg_codec *codec, struct work_opened *facts)
{
    int64_t frames = 0;
    if (!ffmpeg_begin_decoder(codec))
        return 0;
    for (int i = 0; i < TRIED_PACKETS && ffmpeg_read_packet(codec); i++) {
        const AVFrame *frame = codec->frame;
        if (!ffmpeg_decode_packet(codec) || !ffmpeg_format_known(frame->format))
            continue;
        frames = frame->nb_samples > frames ? frame->nb_samples : frames;      /* ALAC: the last packet holds what is left */
        codec->channels = frame->ch_layout.nb_channels;
        codec->rate = frame->sample_rate;
        codec->sample = ffmpeg_format_s16(frame->format) ? WORK_S16 : WORK_F32;
        take_places(frame, facts);
    }
    return frames;
}

/* ALAC's last packet holds what is left, and the decoder alone knows how much that is. Return: how much it lacks of a whole one. */
static int64_t cut_from_last(struct ffmpeg_codec *codec)
{
    int last = codec->packets - 1;
    int64_t whole = codec->place[last + 1].start - codec->place[last].start;
    bool decoded = begin_run(codec, last) && ffmpeg_read_packet(codec) && ffmpeg_decode_packet(codec);
    codec->next = -1;
    return decoded && codec->frame->nb_samples < whole ? whole - codec->frame->nb_samples : 0;
}

/* Encoder delay and length. Pre: packets are listed. */
static void find_sound(struct ffmpeg_codec *codec, const char *gapless)
{
    const AVStream *stream = codec->stream;
    int64_t all = codec->all, delay = 0, frames = all;
    unsigned before, behind;
    unsigned long long length;
    if (gapless && sscanf(gapless, "%*x %x %x %llx", &before, &behind, &length) == 3) {
        delay = before;
        frames = length < (unsigned long long)all ? (int64_t)length : all;
    } else if (codec->container == CONTAINER_MP4) {
        AVRational frame = {1, codec->rate};
        delay = -lib_av_rescale_q(codec->place[0].stamp, stream->time_base, frame);
        if (stream->duration > 0)
            frames = lib_av_rescale_q(stream->duration, stream->time_base, frame);
    }
    if (codec->container == CONTAINER_CAF_ALAC)
        frames = all - cut_from_last(codec);
    codec->delay = delay > 0 && delay < all ? delay : 0;
    codec->frames = frames > 0 && frames < all - codec->delay ? frames : all - codec->delay;
}

static void name_file(const struct ffmpeg_codec *codec, struct work_opened *facts)
{
    static const char *const names[] = {[CONTAINER_MP4] = "M4A", [CONTAINER_ASF] = "WMA", [CONTAINER_ADTS] = "AAC",
                                        [CONTAINER_CAF_ALAC] = "CAF"};
    enum AVCodecID id = codec->stream->codecpar->codec_id;
    int bits = codec->decoder->bits_per_raw_sample;
    text_copy(facts->format, sizeof facts->format, names[codec->container]);
    if (id == AV_CODEC_ID_ALAC)
        snprintf(facts->encoding, sizeof facts->encoding, "ALAC %d bit", codec->sample == WORK_S16 ? 16 : bits > 0 ? bits : 24);
    else
        text_copy(facts->encoding, sizeof facts->encoding,
                  id == AV_CODEC_ID_AAC ? "AAC" : id == AV_CODEC_ID_WMAV1 ? "WMA 1" : "WMA 2");
    if (codec->cut)
        snprintf(facts->text, sizeof facts->text, "cut short: %d of %d packets are missing", codec->cut,
                 codec->cut + codec->packets);
    else if (codec->broken_off)
        text_copy(facts->text, sizeof facts->text, "cut short: it ends within a packet");
}

/* Decoding begins anew; the list of packets is there or is made. Return: NULL, or why not. */
static const char *begin(struct ffmpeg_codec *codec, const struct seek_table *table, struct work_opened *facts)
{
    if (!ffmpeg_open_input(codec, true))
        return "damaged, cut short before its index, or without sound";
    const AVDictionaryEntry *gapless = lib_av_dict_get(codec->format->metadata, "iTunSMPB", NULL, 0);
    char smoothing[128] = "";
    if (gapless && codec->container == CONTAINER_MP4) {
        text_copy(smoothing, sizeof smoothing, gapless->value);
        ffmpeg_close_input(codec);
        codec->stream = NULL;
        if (!ffmpeg_open_input(codec, false))
            return "damaged";
    }
    enum AVCodecID id = codec->stream->codecpar->codec_id;
    if (id != AV_CODEC_ID_AAC && id != AV_CODEC_ID_ALAC && id != AV_CODEC_ID_WMAV1 && id != AV_CODEC_ID_WMAV2)
        return "holds sound in a coding this program does not read";
    int64_t frames = try_packets(codec, facts);
    if (!frames)
        return "holds no sound that can be decoded";
    if (!codec_check_limits(facts, codec->channels, codec->rate) || !codec_check_length(facts, codec->fd))
        return facts->text;
    if (!ffmpeg_list_packets(codec, table, frames))
        return "holds no sound";
    find_sound(codec, smoothing[0] ? smoothing : NULL);
    return NULL;
}

static void ffmpeg_close(struct codec *base)
{
    struct ffmpeg_codec *codec = (struct ffmpeg_codec *)base;
    lib_avcodec_free_context(&codec->decoder);
    lib_av_packet_free(&codec->packet);
    lib_av_frame_free(&codec->frame);
    ffmpeg_close_input(codec);
    free(codec->place);
    free(codec->table);
    free(codec->samples);
    free(codec);
}

/* Of CAF: whether it is whole, and its sound such that both libraries make the same of it: not of 20 bits, which FFmpeg 5.1 cannot
 * decode in stereo, nor of 32, where single samples differ, nor of more channels, whose order differs. */
static bool is_plain_caf(const struct ffmpeg_codec *codec)
{
    struct cut_sound sound;
    int bits = codec->decoder->bits_per_raw_sample;
    return cut_find_sound(codec->fd, &sound) && sound.said >= 0 && !cut_missing_bytes(&sound) && codec->channels <= 2 &&
           (bits == 16 || bits == 24);
}

static enum codec_answer ffmpeg_open(int fd, const struct seek_table *table, struct work_opened *facts, struct codec **opened)
{
    struct stat st;
    enum container container = container_of(fd);
    bool shared = container == CONTAINER_CAF_ALAC;
    if (container != CONTAINER_MP4 && container != CONTAINER_ASF && container != CONTAINER_ADTS && !(shared && ffmpeg_loaded))
        return CODEC_FOREIGN;
    if (!ffmpeg_tried) {
        codec_refuse(facts, "AAC, M4A and WMA need FFmpeg's libraries, which this decoder has not loaded");
        facts->status = WORK_ELSEWHERE;
        return CODEC_REFUSED;
    }
    if (!ffmpeg_loaded)
        return codec_refuse(facts, "AAC, M4A and WMA need FFmpeg's libraries, which are not installed");
    struct ffmpeg_codec *codec = xcalloc(1, sizeof *codec);
    codec->fd = fd;
    codec->size = fstat(fd, &st) < 0 ? 0 : (int64_t)st.st_size;
    codec->container = container;
    codec->packet = lib_av_packet_alloc();
    codec->frame = lib_av_frame_alloc();
    codec->made = codec->next = -1;
    const char *why = codec->packet && codec->frame ? begin(codec, table, facts) : "no memory";
    if (why || (shared && !is_plain_caf(codec))) {
        if (!shared && why != facts->text)
            codec_refuse(facts, why);
        ffmpeg_close(&codec->codec);
        return shared ? CODEC_FOREIGN : CODEC_REFUSED;
    }
    facts->rate = (uint32_t)codec->rate;
    facts->channels = (uint32_t)codec->channels;
    facts->sample = codec->sample;
    facts->frames = codec->frames;
    facts->seekable = true;
    name_file(codec, facts);
    *opened = &codec->codec;
    return CODEC_OPENED;
}

static bool ffmpeg_tabulate(struct codec *base, struct seek_table *table)
{
    return ffmpeg_list_tabulate((const struct ffmpeg_codec *)base, table);
}

const struct codec_kind ffmpeg_codec = {.open = ffmpeg_open, .read = ffmpeg_read, .close = ffmpeg_close,
                                        .tabulate = ffmpeg_tabulate};
