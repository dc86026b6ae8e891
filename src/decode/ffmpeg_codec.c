/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FFmpeg over pread of the one descriptor: no name, no protocol, one demuxer and one decoder of
 * a short list, one thread. When a file is opened its packets are listed; every packet stands for
 * a fixed stretch of frames, whatever the decoder makes of it, so that positions are exact. MP4 has
 * the list in its index; bare AAC is read as a whole for it, unless there is a seek table
 * (wire/seek_table.h); so is WMA, whose packets stand for stretches of many lengths.
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

#include "decode/container.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "wire/seek_table.h"
#include "wire/work.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    IO_BYTES = 32 << 10,
    RUN_SECONDS = 2,
    LEAD_PACKETS = 4,               /* decoded ahead of a run: the overlap, WMA's bit reservoir */
    TRIED_PACKETS = 8,              /* to learn rate and channels from */
    PACKETS_MAX = 8 << 20,          /* two days of AAC */
    SAMPLES_MAX = 1 << 16,          /* of one packet and channel */
};

/* --- the libraries --- */
#define AVFORMAT_FUNCTIONS(X) X(avformat_open_input) X(avformat_close_input) X(avformat_alloc_context) X(avformat_free_context) \
    X(avformat_find_stream_info) X(av_find_input_format) X(av_read_frame) X(av_seek_frame) X(avio_alloc_context) \
    X(avio_context_free) X(avformat_index_get_entry) X(avformat_index_get_entries_count)
#define AVCODEC_FUNCTIONS(X) X(avcodec_find_decoder) X(avcodec_alloc_context3) X(avcodec_free_context) X(avcodec_open2) \
    X(avcodec_parameters_to_context) X(avcodec_send_packet) X(avcodec_receive_frame) X(av_packet_alloc) X(av_packet_free) \
    X(av_packet_unref)
#define AVUTIL_FUNCTIONS(X) X(av_frame_alloc) X(av_frame_free) X(av_malloc) X(av_freep) X(av_log_set_level) X(av_dict_get) \
    X(av_dict_set) X(av_dict_free) X(av_rescale_q) X(av_channel_layout_channel_from_index)
#define DECLARE(name) static __typeof__(&name) lib_##name;
AVFORMAT_FUNCTIONS(DECLARE)
AVCODEC_FUNCTIONS(DECLARE)
AVUTIL_FUNCTIONS(DECLARE)
static bool tried, loaded;

static bool load_symbol(void *library, const char *name, void *to)
{
    void *symbol = dlsym(library, name);
    memcpy(to, &symbol, sizeof symbol);
    return symbol;
}

/* By the very versions this was compiled for; they stay loaded. */
void ffmpeg_codec_load(void)
{
    void *format = dlopen("libavformat.so." AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR), RTLD_LAZY | RTLD_LOCAL);
    void *codec = dlopen("libavcodec.so." AV_STRINGIFY(LIBAVCODEC_VERSION_MAJOR), RTLD_LAZY | RTLD_LOCAL);
    void *util = dlopen("libavutil.so." AV_STRINGIFY(LIBAVUTIL_VERSION_MAJOR), RTLD_LAZY | RTLD_LOCAL);
    tried = true;
    if (!format || !codec || !util)
        return;
#define LOAD_FORMAT(name) && load_symbol(format, #name, &lib_##name)
#define LOAD_CODEC(name) && load_symbol(codec, #name, &lib_##name)
#define LOAD_UTIL(name) && load_symbol(util, #name, &lib_##name)
    loaded = true AVFORMAT_FUNCTIONS(LOAD_FORMAT) AVCODEC_FUNCTIONS(LOAD_CODEC) AVUTIL_FUNCTIONS(LOAD_UTIL);
    if (loaded)
        lib_av_log_set_level(AV_LOG_QUIET);
}

struct packet_place {
    int64_t at;                     /* byte of the file, -1: somewhere behind the packet before */
    int64_t stamp;                  /* in the stream's time base */
    int64_t start;                  /* first frame, counted from the first packet's */
};

struct ffmpeg_codec {
    struct codec codec;
    int fd;
    int64_t at, size;               /* bytes */
    enum container container;
    AVFormatContext *format;
    AVIOContext *io;
    AVStream *stream;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    struct packet_place *place;     /* one more than there are: where the last one ends */
    int packets;
    int run, lead;                  /* packets that one decoder decodes; that it is given before them */
    int next;                       /* packet that the decoder is given next, -1: unknown */
    int channels, rate;
    uint32_t sample;                /* enum work_sample */
    int64_t delay, frames;          /* that precede the sound; the sound's */
    int made;                       /* packet whose frames are in `samples`, -1: none */
    void *samples;                  /* interleaved */
    int cut;                        /* packets that are listed but not there */
    bool broken_off;                /* bare AAC: the last packet is not all there */
};

/* --- input --- */
static int io_read(void *user, uint8_t *to, int bytes)
{
    struct ffmpeg_codec *codec = user;
    ssize_t got = bytes > 0 ? pread(codec->fd, to, (size_t)bytes, (off_t)codec->at) : 0;
    if (got <= 0)
        return AVERROR_EOF;
    codec->at += got;
    return (int)got;
}

static int64_t io_seek(void *user, int64_t offset, int whence)
{
    struct ffmpeg_codec *codec = user;
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? codec->at : codec->size, to;
    if (whence & AVSEEK_SIZE)
        return codec->size;
    if (__builtin_add_overflow(base, offset, &to) || to < 0)
        return AVERROR(EINVAL);
    return codec->at = to;
}

static void close_input(struct ffmpeg_codec *codec)
{
    lib_avformat_close_input(&codec->format);
    if (codec->io)
        lib_av_freep(&codec->io->buffer);
    lib_avio_context_free(&codec->io);
}

static bool open_input(struct ffmpeg_codec *codec, bool edited)
{
    static const char *const demuxers[] = {[CONTAINER_MP4] = "mov", [CONTAINER_ASF] = "asf", [CONTAINER_ADTS] = "aac"};
    const char *name = demuxers[codec->container];
    AVDictionary *options = NULL;
    codec->at = 0;
    codec->format = lib_avformat_alloc_context();
    codec->io = lib_avio_alloc_context(lib_av_malloc(IO_BYTES), IO_BYTES, 0, codec, io_read, NULL, io_seek);
    codec->format->pb = codec->io;
    codec->format->flags |= AVFMT_FLAG_CUSTOM_IO;
    lib_av_dict_set(&options, "protocol_whitelist", "none", 0);
    lib_av_dict_set(&options, "format_whitelist", codec->container == CONTAINER_MP4 ? "mov,mp4,m4a,3gp,3g2,mj2" : name, 0);
    lib_av_dict_set(&options, "codec_whitelist", "aac,alac,wmav1,wmav2", 0);
    if (!edited)
        lib_av_dict_set(&options, "ignore_editlist", "1", 0);
    int error = lib_avformat_open_input(&codec->format, NULL, lib_av_find_input_format(name), &options);
    lib_av_dict_free(&options);
    if (error < 0)
        return false;           /* the context is freed */
    if (codec->container == CONTAINER_ADTS)
        lib_avformat_find_stream_info(codec->format, NULL);
    for (unsigned i = 0; i < codec->format->nb_streams; i++) {
        AVStream *stream = codec->format->streams[i];
        bool sound = stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO && !codec->stream;
        stream->discard = sound ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
        if (sound)
            codec->stream = stream;
    }
    return codec->stream;
}

/* Into codec->packet, of the one stream. */
static bool read_packet(struct ffmpeg_codec *codec)
{
    lib_av_packet_unref(codec->packet);
    while (lib_av_read_frame(codec->format, codec->packet) >= 0) {
        if (codec->packet->stream_index == codec->stream->index)
            return true;
        lib_av_packet_unref(codec->packet);
    }
    return false;
}

/* --- decoding --- */
static bool begin_decoder(struct ffmpeg_codec *codec)
{
    const AVCodecParameters *parameters = codec->stream->codecpar;
    const AVCodec *library = lib_avcodec_find_decoder(parameters->codec_id);
    lib_avcodec_free_context(&codec->decoder);
    codec->decoder = library ? lib_avcodec_alloc_context3(library) : NULL;
    if (!codec->decoder || lib_avcodec_parameters_to_context(codec->decoder, parameters) < 0)
        return false;
    codec->decoder->thread_count = 1;
    codec->decoder->flags2 |= AV_CODEC_FLAG2_SKIP_MANUAL;
    return lib_avcodec_open2(codec->decoder, library, NULL) == 0;
}

/* Return: whether the packet gave a frame (codec->frame). */
static bool decode_packet(struct ffmpeg_codec *codec)
{
    return lib_avcodec_send_packet(codec->decoder, codec->packet) == 0 &&
           lib_avcodec_receive_frame(codec->decoder, codec->frame) == 0 && codec->frame->nb_samples <= SAMPLES_MAX;
}

static float float_at(const AVFrame *frame, int n, int channel, int channels)
{
    enum AVSampleFormat format = frame->format;
    bool planar = format == AV_SAMPLE_FMT_FLTP || format == AV_SAMPLE_FMT_S32P;
    const uint8_t *plane = planar ? frame->extended_data[channel] : frame->extended_data[0];
    int at = planar ? n : n * channels + channel;
    if (format == AV_SAMPLE_FMT_FLTP || format == AV_SAMPLE_FMT_FLT)
        return ((const float *)(const void *)plane)[at];
    return (float)((const int32_t *)(const void *)plane)[at] * (1.0f / 2147483648.0f);
}

static bool is_s16(int format)
{
    return format == AV_SAMPLE_FMT_S16 || format == AV_SAMPLE_FMT_S16P;
}

static bool format_known(int format)
{
    return is_s16(format) || format == AV_SAMPLE_FMT_FLT || format == AV_SAMPLE_FMT_FLTP || format == AV_SAMPLE_FMT_S32 ||
           format == AV_SAMPLE_FMT_S32P;
}

/* What the packet gave, as the frames it stands for: silence where it gave too little, or something else. */
static void take_frame(struct ffmpeg_codec *codec, int index, bool decoded)
{
    const AVFrame *frame = codec->frame;
    int frames = (int)(codec->place[index + 1].start - codec->place[index].start), channels = codec->channels, there = 0;
    size_t frame_bytes = work_frame_bytes(codec->sample, (uint32_t)channels);
    if (decoded && frame->ch_layout.nb_channels == channels && frame->sample_rate == codec->rate && format_known(frame->format) &&
        is_s16(frame->format) == (codec->sample == WORK_S16))
        there = frame->nb_samples < frames ? frame->nb_samples : frames;
    memset((char *)codec->samples + (size_t)there * frame_bytes, 0, (size_t)(frames - there) * frame_bytes);
    for (int c = 0; c < channels; c++)
        for (int n = 0; n < there; n++) {
            if (codec->sample == WORK_F32)
                ((float *)codec->samples)[n * channels + c] = float_at(frame, n, c, channels);
            else if (frame->format == AV_SAMPLE_FMT_S16)
                ((int16_t *)codec->samples)[n * channels + c] =
                    ((const int16_t *)(const void *)frame->extended_data[0])[n * channels + c];
            else
                ((int16_t *)codec->samples)[n * channels + c] = ((const int16_t *)(const void *)frame->extended_data[c])[n];
        }
    codec->made = index;
}

/* --- finding packets --- */
/* ASF keeps what is left of a packet over a jump: it is opened anew. */
static bool go_to_byte(struct ffmpeg_codec *codec, int64_t at)
{
    if (codec->container == CONTAINER_ASF) {
        close_input(codec);
        codec->stream = NULL;
        if (!open_input(codec, true))
            return false;
    }
    return lib_av_seek_frame(codec->format, codec->stream->index, at, AVSEEK_FLAG_BYTE) >= 0;
}

/* So that the packet of this index is read next. */
static bool go_to_packet(struct ffmpeg_codec *codec, int index)
{
    int skip = 0;
    while (index > 0 && codec->place[index].at < 0) {
        index--;
        skip++;
    }
    const struct packet_place *place = &codec->place[index];
    if (codec->container == CONTAINER_MP4) {
        if (lib_av_seek_frame(codec->format, codec->stream->index, place->stamp, AVSEEK_FLAG_BACKWARD | AVSEEK_FLAG_ANY) < 0)
            return false;
    } else if (!go_to_byte(codec, place->at)) {
        return false;
    }
    for (; index > 0 && codec->place[index - 1].at == place->at; index--)
        skip++;
    while (skip-- > 0)
        if (!read_packet(codec))
            return false;
    return true;
}

static bool begin_run(struct ffmpeg_codec *codec, int first)
{
    int lead = first < codec->lead ? first : codec->lead;
    if (!go_to_packet(codec, first - lead) || !begin_decoder(codec))
        return false;
    for (int i = 0; i < lead; i++)
        if (read_packet(codec))
            decode_packet(codec);
    codec->next = first;
    return true;
}

/* The frames of this packet into `samples`. */
static bool make_packet(struct ffmpeg_codec *codec, int index)
{
    int run = codec->lead ? index / codec->run * codec->run : index;
    if (codec->made == index)
        return true;
    bool under_way = codec->lead ? codec->next > run && codec->next <= index : codec->next == index;
    if (!under_way && !begin_run(codec, run))
        return false;
    while (codec->next <= index) {
        bool decoded = read_packet(codec) && decode_packet(codec);
        if (codec->next++ == index)
            take_frame(codec, index, decoded);
    }
    return true;
}

static int packet_of(const struct ffmpeg_codec *codec, int64_t frame)
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

static uint32_t ffmpeg_read(struct codec *base, int64_t first, uint32_t frames, void *out)
{
    struct ffmpeg_codec *codec = (struct ffmpeg_codec *)base;
    size_t frame_bytes = work_frame_bytes(codec->sample, (uint32_t)codec->channels);
    uint32_t made = 0;
    while (made < frames && first + made < codec->frames) {
        int64_t at = codec->delay + first + made, left = codec->frames - first - made;
        int index = packet_of(codec, at);
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

/* An MP4 file lists its packets itself. */
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
static int64_t wma_frames(const struct ffmpeg_codec *codec)
{
    const AVCodecParameters *parameters = codec->stream->codecpar;
    bool first = parameters->codec_id == AV_CODEC_ID_WMAV1;
    int flags_at = first ? 2 : 4, rate = parameters->sample_rate;
    int length = rate <= 16000 ? 512 : rate <= 22050 || (rate <= 32000 && first) ? 1024 : 2048;
    bool reservoir = parameters->extradata_size > flags_at && parameters->extradata[flags_at] & 2;
    if (!reservoir)
        return length;
    int count = codec->packet->size ? codec->packet->data[0] & 15 : 0;
    return (int64_t)length * (codec->packets == 0 && count ? count - 1 : count);
}

static void list_read(struct ffmpeg_codec *codec, int64_t frames)
{
    while (read_packet(codec)) {
        int64_t stands_for = codec->container == CONTAINER_ASF ? wma_frames(codec) : frames;
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
    if (!begin_decoder(codec))
        return 0;
    for (int i = 0; i < TRIED_PACKETS && read_packet(codec); i++) {
        const AVFrame *frame = codec->frame;
        if (!decode_packet(codec) || !format_known(frame->format))
            continue;
        frames = frame->nb_samples > frames ? frame->nb_samples : frames;      /* ALAC: the last packet holds what is left */
        codec->channels = frame->ch_layout.nb_channels;
        codec->rate = frame->sample_rate;
        codec->sample = is_s16(frame->format) ? WORK_S16 : WORK_F32;
        take_places(frame, facts);
    }
    return frames;
}

/* Return: whether there are any that stand for frames. */
static bool list_packets(struct ffmpeg_codec *codec, const struct seek_table *table, int64_t frames)
{
    int64_t longest = 0;
    codec->place = xcalloc(1, sizeof *codec->place);
    if (codec->container == CONTAINER_MP4) {
        list_indexed(codec, frames);
    } else if (codec->container == CONTAINER_ADTS && table && table->kind == SEEK_ADTS && table->count &&
               table->point[0].unit == 0) {
        list_tabled(codec, table, frames);
    } else {
        close_input(codec);
        codec->stream = NULL;
        if (open_input(codec, true))
            list_read(codec, frames);
        codec->broken_off = codec->container == CONTAINER_ADTS && ends_within(codec);
    }
    for (int i = 0; i < codec->packets; i++) {
        int64_t length = codec->place[i + 1].start - codec->place[i].start;
        longest = length > longest ? length : longest;
    }
    if (longest == 0 || longest > SAMPLES_MAX || codec->place[codec->packets].start > WORK_FRAMES_MAX)
        return false;
    bool remembers = codec->stream->codecpar->codec_id != AV_CODEC_ID_ALAC;
    int run = remembers ? (int)(RUN_SECONDS * (int64_t)codec->rate / longest) : codec->packets;
    codec->run = run > 0 ? run : 1;
    codec->lead = remembers ? LEAD_PACKETS : 0;
    codec->samples = xcalloc((size_t)longest * (size_t)codec->channels, sizeof(float));
    return true;
}

/* Encoder delay and length. Pre: packets are listed. */
static void find_sound(struct ffmpeg_codec *codec, const char *gapless)
{
    const AVStream *stream = codec->stream;
    int64_t all = codec->place[codec->packets].start, delay = 0, frames = all;
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
    codec->delay = delay > 0 && delay < all ? delay : 0;
    codec->frames = frames > 0 && frames < all - codec->delay ? frames : all - codec->delay;
}

static void name_file(const struct ffmpeg_codec *codec, struct work_opened *facts)
{
    static const char *const names[] = {[CONTAINER_MP4] = "M4A", [CONTAINER_ASF] = "WMA", [CONTAINER_ADTS] = "AAC"};
    enum AVCodecID id = codec->stream->codecpar->codec_id;
    int bits = codec->stream->codecpar->bits_per_raw_sample;
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
    if (!open_input(codec, true))
        return "damaged, cut short before its index, or without sound";
    const AVDictionaryEntry *gapless = lib_av_dict_get(codec->format->metadata, "iTunSMPB", NULL, 0);
    char smoothing[128] = "";
    if (gapless && codec->container == CONTAINER_MP4) {
        text_copy(smoothing, sizeof smoothing, gapless->value);
        close_input(codec);
        codec->stream = NULL;
        if (!open_input(codec, false))
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
    return list_packets(codec, table, frames) ? (find_sound(codec, smoothing[0] ? smoothing : NULL), NULL) : "holds no sound";
}

static void ffmpeg_close(struct codec *base)
{
    struct ffmpeg_codec *codec = (struct ffmpeg_codec *)base;
    lib_avcodec_free_context(&codec->decoder);
    lib_av_packet_free(&codec->packet);
    lib_av_frame_free(&codec->frame);
    close_input(codec);
    free(codec->place);
    free(codec->samples);
    free(codec);
}

static enum codec_answer ffmpeg_open(int fd, const struct seek_table *table, struct work_opened *facts, struct codec **opened)
{
    struct stat st;
    enum container container = container_of(fd);
    if (container != CONTAINER_MP4 && container != CONTAINER_ASF && container != CONTAINER_ADTS)
        return CODEC_FOREIGN;
    if (!tried) {
        codec_refuse(facts, "AAC, M4A and WMA need FFmpeg's libraries, which this decoder has not loaded");
        facts->status = WORK_ELSEWHERE;
        return CODEC_REFUSED;
    }
    if (!loaded)
        return codec_refuse(facts, "AAC, M4A and WMA need FFmpeg's libraries, which are not installed");
    struct ffmpeg_codec *codec = xcalloc(1, sizeof *codec);
    codec->fd = fd;
    codec->size = fstat(fd, &st) < 0 ? 0 : (int64_t)st.st_size;
    codec->container = container;
    codec->packet = lib_av_packet_alloc();
    codec->frame = lib_av_frame_alloc();
    codec->made = codec->next = -1;
    const char *why = codec->packet && codec->frame ? begin(codec, table, facts) : "no memory";
    if (why) {
        if (why != facts->text)
            codec_refuse(facts, why);
        ffmpeg_close(&codec->codec);
        return CODEC_REFUSED;
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
    const struct ffmpeg_codec *codec = (const struct ffmpeg_codec *)base;
    struct seek_maker maker;
    if (codec->container != CONTAINER_ADTS)
        return false;
    seek_maker_begin(&maker, table, SEEK_ADTS, codec->size);
    for (int i = 0; i < codec->packets; i++)
        if (codec->place[i].at >= 0)
            seek_maker_add(&maker, i, codec->place[i].at);
    seek_maker_end(&maker, codec->packets, codec->broken_off ? SEEK_CUT : 0);
    return true;
}

const struct codec_kind ffmpeg_codec = {.open = ffmpeg_open, .read = ffmpeg_read, .close = ffmpeg_close,
                                        .tabulate = ffmpeg_tabulate};
