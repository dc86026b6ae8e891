/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files around FFmpeg share; nobody else includes this, nor FFmpeg's headers. Each has one job:
 *
 *   ffmpeg_load.c      the libraries: found, opened, never linked
 *   ffmpeg_input.c     bytes of the one descriptor in, packets and frames of sound out
 *   ffmpeg_list.c      which packet lies where and stands for which frames; the seek table of that
 *   ffmpeg_codec.c     the codec: opening, facts, reading
 *
 * Every packet stands for a fixed stretch of frames, whatever the decoder makes of it, so that positions are exact.
 */
#ifndef DECODE_FFMPEG_INSIDE_H
#define DECODE_FFMPEG_INSIDE_H

#include "decode/codec.h"
#include "decode/container.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    FFMPEG_RUN_SECONDS = 2,         /* that one decoder decodes, if it remembers */
    FFMPEG_LEAD_PACKETS = 4,        /* decoded ahead of a run: the overlap, WMA's bit reservoir */
    FFMPEG_SAMPLES_MAX = 1 << 16,   /* of one packet and channel */
};

/* --- the libraries (ffmpeg_load.c); each function as lib_NAME, which holds when ffmpeg_loaded --- */
#define AVFORMAT_FUNCTIONS(X) X(avformat_open_input) X(avformat_close_input) X(avformat_alloc_context) X(avformat_free_context) \
    X(avformat_find_stream_info) X(av_find_input_format) X(av_read_frame) X(av_seek_frame) X(avio_alloc_context) \
    X(avio_context_free) X(avformat_index_get_entry) X(avformat_index_get_entries_count)
#define AVCODEC_FUNCTIONS(X) X(avcodec_find_decoder) X(avcodec_alloc_context3) X(avcodec_free_context) X(avcodec_open2) \
    X(avcodec_parameters_to_context) X(avcodec_send_packet) X(avcodec_receive_frame) X(av_packet_alloc) X(av_packet_free) \
    X(av_packet_unref)
#define AVUTIL_FUNCTIONS(X) X(av_frame_alloc) X(av_frame_free) X(av_malloc) X(av_freep) X(av_log_set_level) X(av_dict_get) \
    X(av_dict_set) X(av_dict_free) X(av_rescale_q) X(av_channel_layout_channel_from_index)
#define DECLARE(name) extern __typeof__(&name) lib_##name;
AVFORMAT_FUNCTIONS(DECLARE)
AVCODEC_FUNCTIONS(DECLARE)
AVUTIL_FUNCTIONS(DECLARE)
#undef DECLARE
extern bool ffmpeg_tried, ffmpeg_loaded;

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
    int packets;                    /* that are listed: all, or, by a table of WMA, those of a stretch */
    struct seek_table *table;       /* of WMA: where packets are; owned; NULL: all are listed */
    int64_t listed_from;            /* frame, counted from the first packet's, before which the stretch is no help */
    int64_t all;                    /* frames of all packets */
    int64_t run_frames;             /* one decoder decodes the packets that start in so many */
    int lead;                       /* packets it is given before them; 0: it remembers nothing, and every packet is a run */
    int next;                       /* packet that the decoder is given next, -1: unknown */
    int64_t longest;                /* frames of a packet, at most: there is room for them in `samples` */
    int channels, rate;
    uint32_t sample;                /* enum work_sample */
    int64_t delay, frames;          /* that precede the sound; the sound's */
    int made;                       /* packet whose frames are in `samples`, -1: none */
    void *samples;                  /* interleaved */
    int cut;                        /* packets that are listed but not there */
    bool broken_off;                /* bare AAC: the last packet is not all there */
};

/* --- ffmpeg_input.c --- */
/* From the beginning. edited: edit lists are followed. Return: whether there is sound (codec->stream). */
bool ffmpeg_open_input(struct ffmpeg_codec *codec, bool edited);
void ffmpeg_close_input(struct ffmpeg_codec *codec);
/* So that the packet at this byte is read next, or the first that begins behind it. */
bool ffmpeg_go_to_byte(struct ffmpeg_codec *codec, int64_t at);
/* Into codec->packet, of the one stream. */
bool ffmpeg_read_packet(struct ffmpeg_codec *codec);
bool ffmpeg_begin_decoder(struct ffmpeg_codec *codec);
/* Return: whether the packet gave a frame (codec->frame). */
bool ffmpeg_decode_packet(struct ffmpeg_codec *codec);
bool ffmpeg_format_known(int format);
bool ffmpeg_format_s16(int format);
/* `there` frames of codec->frame into codec->samples. Pre: its format is known. */
void ffmpeg_take_samples(const struct ffmpeg_codec *codec, int there);

/* --- ffmpeg_list.c --- */
/* frames: of a packet, where all are alike. Return: whether there are any that stand for frames. */
bool ffmpeg_list_packets(struct ffmpeg_codec *codec, const struct seek_table *table, int64_t frames);
/* Has the packets listed that this frame, counted from the first packet's, takes. Return: false if there are none. */
bool ffmpeg_list_reach(struct ffmpeg_codec *codec, int64_t frame);
/* Return: the index of the packet that stands for the frame. Pre: it is listed. */
int ffmpeg_list_find(const struct ffmpeg_codec *codec, int64_t frame);
/* So that the packet of this index is read next. */
bool ffmpeg_list_go_to(struct ffmpeg_codec *codec, int index);
bool ffmpeg_list_tabulate(const struct ffmpeg_codec *codec, struct seek_table *table);

#endif
