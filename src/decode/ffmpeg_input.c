/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FFmpeg over pread of the one descriptor: no name, no protocol, one demuxer and one decoder of a
 * short list, one thread: see ffmpeg_inside.h.
 */
#include "config.h"

#include "decode/ffmpeg_inside.h"

#include "wire/work.h"

#include <unistd.h>

enum { IO_BYTES = 32 << 10 };

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

void ffmpeg_close_input(struct ffmpeg_codec *codec)
{
    lib_avformat_close_input(&codec->format);
    if (codec->io)
        lib_av_freep(&codec->io->buffer);
    lib_avio_context_free(&codec->io);
}

bool ffmpeg_open_input(struct ffmpeg_codec *codec, bool edited)
{
    static const char *const demuxers[] = {[CONTAINER_MP4] = "mov", [CONTAINER_ASF] = "asf", [CONTAINER_ADTS] = "aac",
                                           [CONTAINER_CAF_ALAC] = "caf"};
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

/* ASF keeps what is left of a packet over a jump: it is opened anew. */
bool ffmpeg_go_to_byte(struct ffmpeg_codec *codec, int64_t at)
{
    if (codec->container == CONTAINER_ASF) {
        ffmpeg_close_input(codec);
        codec->stream = NULL;
        if (!ffmpeg_open_input(codec, true))
            return false;
    }
    return lib_av_seek_frame(codec->format, codec->stream->index, at, AVSEEK_FLAG_BYTE) >= 0;
}

bool ffmpeg_read_packet(struct ffmpeg_codec *codec)
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
bool ffmpeg_begin_decoder(struct ffmpeg_codec *codec)
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

bool ffmpeg_decode_packet(struct ffmpeg_codec *codec)
{
    return lib_avcodec_send_packet(codec->decoder, codec->packet) == 0 &&
           lib_avcodec_receive_frame(codec->decoder, codec->frame) == 0 && codec->frame->nb_samples <= FFMPEG_SAMPLES_MAX;
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

bool ffmpeg_format_s16(int format)
{
    return format == AV_SAMPLE_FMT_S16 || format == AV_SAMPLE_FMT_S16P;
}

bool ffmpeg_format_known(int format)
{
    return ffmpeg_format_s16(format) || format == AV_SAMPLE_FMT_FLT || format == AV_SAMPLE_FMT_FLTP ||
           format == AV_SAMPLE_FMT_S32 || format == AV_SAMPLE_FMT_S32P;
}

void ffmpeg_take_samples(const struct ffmpeg_codec *codec, int there)
{
    const AVFrame *frame = codec->frame;
    int channels = codec->channels;
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
}
