/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FFmpeg's decoders beside libsndfile's: the same file of each format, from its beginning to its end
 * as floats, one thread each, in turn; the processor time of both, and whether they give the same
 * samples. Then what it costs a process to have FFmpeg's libraries, and a place far into a file of
 * each format, opened for it: what a voice waits for. `bench_ffmpeg FLAC` measures the formats whose names begin so.
 */
#include "config.h"

#include "bench.h"

#include "base/xalloc.h"

#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef HAVE_FFMPEG
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

enum { RATE = 48000, CHANNELS = 2, SECONDS = 60, RUNS = 5, JUMPS = 20, PIECE = 4096 };
#define NOTHING "nothing"                   /* as an argument: only to be started */
#define FRAMES ((int64_t)SECONDS * RATE)
#define ROOM (FRAMES + 2 * RATE)            /* a decoder may give more than there was */

static const struct {
    const char *name;
    int format;
} formats[] = {
    {"WAV 16 bit", SF_FORMAT_WAV | SF_FORMAT_PCM_16}, {"WAV 24 bit", SF_FORMAT_WAV | SF_FORMAT_PCM_24},
    {"WAV float", SF_FORMAT_WAV | SF_FORMAT_FLOAT}, {"A-law", SF_FORMAT_WAV | SF_FORMAT_ALAW},
    {"IMA ADPCM", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM}, {"MS ADPCM", SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM},
    {"FLAC 16 bit", SF_FORMAT_FLAC | SF_FORMAT_PCM_16}, {"FLAC 24 bit", SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
    {"ALAC in CAF", SF_FORMAT_CAF | SF_FORMAT_ALAC_16}, {"Vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
    {"Opus", SF_FORMAT_OGG | SF_FORMAT_OPUS}, {"MP3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III},
};

static char path[] = "/tmp/bench-ffmpeg-XXXXXX";

static void make_file(int format)
{
    SF_INFO info = {.format = format, .channels = CHANNELS, .samplerate = RATE};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    uint32_t noise = 1;
    if (!file)
        exit(1);
    for (int64_t at = 0; at < FRAMES; at++) {
        float frame[CHANNELS];
        noise = noise * 1664525u + 1013904223u;
        frame[0] = 0.4f * sinf((float)at * 0.0576f) + (float)(noise >> 8) * 0x1p-27f;
        frame[1] = 0.4f * sinf((float)at * 0.0311f) + (float)(noise >> 12) * 0x1p-23f;
        sf_writef_float(file, frame, 1);
    }
    sf_close(file);
}

/* --- libsndfile --- */

/* From that frame on, `most` frames at most. Return: how many. */
static int64_t by_sndfile(int64_t from, int64_t most, float *to)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    int64_t made = 0;
    if (from)
        sf_seek(file, from, SEEK_SET);
    for (sf_count_t got = 1; got > 0 && made < most; made += got)
        got = sf_readf_float(file, to + made * CHANNELS, most - made < PIECE ? most - made : PIECE);
    sf_close(file);
    return made;
}

/* --- FFmpeg --- */

/* A channel of a frame: every step-th sample from the plane, as floats. */
static void take_channel(const AVFrame *frame, const uint8_t *plane, int step, int64_t count, float *to)
{
    switch (frame->format) {
    case AV_SAMPLE_FMT_S16: case AV_SAMPLE_FMT_S16P:
        for (int64_t n = 0; n < count; n++)
            to[n * CHANNELS] = (float)((const int16_t *)(const void *)plane)[n * step] * 0x1p-15f;
        break;
    case AV_SAMPLE_FMT_S32: case AV_SAMPLE_FMT_S32P:
        for (int64_t n = 0; n < count; n++)
            to[n * CHANNELS] = (float)((const int32_t *)(const void *)plane)[n * step] * 0x1p-31f;
        break;
    default:
        for (int64_t n = 0; n < count; n++)
            to[n * CHANNELS] = ((const float *)(const void *)plane)[n * step];
    }
}

static int64_t take_frame(const AVFrame *frame, int64_t made, int64_t most, float *to)
{
    int64_t count = frame->nb_samples < most - made ? frame->nb_samples : most - made;
    bool planar = frame->format >= AV_SAMPLE_FMT_U8P;
    int bytes = frame->format == AV_SAMPLE_FMT_S16 ? 2 : 4;
    for (int c = 0; c < CHANNELS; c++)
        take_channel(frame, planar ? frame->extended_data[c] : frame->extended_data[0] + c * bytes, planar ? 1 : CHANNELS, count,
                     to + made * CHANNELS + c);
    return count;
}

static AVCodecContext *open_decoder(const AVStream *stream)
{
    const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
    AVCodecContext *decoder = avcodec_alloc_context3(codec);
    if (!codec || avcodec_parameters_to_context(decoder, stream->codecpar) < 0)
        exit(1);
    decoder->thread_count = 1;
    if (avcodec_open2(decoder, codec, NULL) < 0)
        exit(1);
    return decoder;
}

/* The same; where it begins after a seek is where FFmpeg sought to, which need not be the frame. */
static int64_t by_ffmpeg(int64_t from, int64_t most, float *to)
{
    AVFormatContext *input = NULL;
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    int64_t made = 0;
    if (avformat_open_input(&input, path, NULL, NULL) < 0 || avformat_find_stream_info(input, NULL) < 0)
        exit(1);
    AVCodecContext *decoder = open_decoder(input->streams[0]);
    if (from)
        av_seek_frame(input, 0, av_rescale_q(from, (AVRational){1, RATE}, input->streams[0]->time_base), AVSEEK_FLAG_BACKWARD);
    for (bool more = true; more && made < most;) {
        more = av_read_frame(input, packet) >= 0;
        avcodec_send_packet(decoder, more ? packet : NULL);
        while (made < most && avcodec_receive_frame(decoder, frame) == 0)
            made += take_frame(frame, made, most, to);
        av_packet_unref(packet);
    }
    avcodec_free_context(&decoder);
    avformat_close_input(&input);
    av_frame_free(&frame);
    av_packet_free(&packet);
    return made;
}

/* --- side by side --- */

static void measure(struct bench *bench, int64_t (*decode)(int64_t, int64_t, float *), int64_t from, int64_t most, float *to, int64_t *made)
{
    double begin = bench_cpu_s();
    *made = decode(from, most, to);
    bench_add(bench, 1e3 * (bench_cpu_s() - begin));
}

/* How the samples of two decoders compare. */
static void compare(const float *ours, int64_t count, const float *theirs, int64_t their_count, char *text, size_t size)
{
    int64_t common = count < their_count ? count : their_count, other = 0;
    double most = 0;
    for (int64_t i = 0; i < common * CHANNELS; i++) {
        other += ours[i] != theirs[i];
        most = fmax(most, fabs((double)ours[i] - (double)theirs[i]));
    }
    if (!other && count == their_count)
        snprintf(text, size, "the same");
    else
        snprintf(text, size, "%.0f %% differ, by %.1g at most; %+lld frames", 100.0 * (double)other / (double)(common * CHANNELS), most,
                 (long long)(their_count - count));
}

static void one_format(size_t index, float *ours, float *theirs)
{
    static struct bench sndfile, ffmpeg, sndfile_jump, ffmpeg_jump;
    int64_t count = 0, their_count = 0, ignored;
    char text[100];
    sndfile.count = ffmpeg.count = sndfile_jump.count = ffmpeg_jump.count = 0;
    make_file(formats[index].format);
    for (int i = 0; i < RUNS; i++) {
        measure(&sndfile, by_sndfile, 0, ROOM, ours, &count);
        measure(&ffmpeg, by_ffmpeg, 0, ROOM, theirs, &their_count);
    }
    compare(ours, count, theirs, their_count, text, sizeof text);
    for (int i = 1; i <= JUMPS; i++) {
        measure(&sndfile_jump, by_sndfile, FRAMES * i / (JUMPS + 2), RATE / 2, ours, &ignored);
        measure(&ffmpeg_jump, by_ffmpeg, FRAMES * i / (JUMPS + 2), RATE / 2, theirs, &ignored);
    }
    printf("  %-12s %8.1f %8.1f   %7.2f %8.2f   %s\n", formats[index].name, bench_quantile(&sndfile, 0.5),
           bench_quantile(&ffmpeg, 0.5), bench_quantile(&sndfile_jump, 0.5), bench_quantile(&ffmpeg_jump, 0.5), text);
    fflush(stdout);
}

/* Processor time of a process that is this program, or another one, and does nothing. */
static double process_ms(const char *program)
{
    struct rusage used;
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        execl(program, "bench_ffmpeg", NOTHING, (char *)NULL);
        _exit(1);
    }
    if (pid < 0 || wait4(pid, &status, 0, &used) != pid || status != 0)
        exit(1);
    return 1e3 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1e-3 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static void what_it_costs_to_have(void)
{
    static struct bench with, without;
    for (int i = 0; i < RUNS * 4; i++) {
        bench_add(&with, process_ms("/proc/self/exe"));
        bench_add(&without, process_ms("/bin/true"));
    }
    printf("  a process that is linked with FFmpeg's libraries and does nothing: %.1f ms more than one that is not\n",
           bench_quantile(&with, 0.5) - bench_quantile(&without, 0.5));
}

int main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : "";
    if (!strcmp(only, NOTHING))
        return 0;
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    float *ours = xcalloc((size_t)ROOM * CHANNELS, sizeof *ours), *theirs = xcalloc((size_t)ROOM * CHANNELS, sizeof *theirs);
    av_log_set_level(AV_LOG_QUIET);
    printf("A minute of 48 kHz stereo: ms of processor time; half a second far into it, opened for that; samples\n"
           "               libsndfile FFmpeg   libsndfile FFmpeg\n");
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (!strncmp(formats[i].name, only, strlen(only)))
            one_format(i, ours, theirs);
    what_it_costs_to_have();
    unlink(path);
    free(ours);
    free(theirs);
    return 0;
}
#else
int main(void)
{
    puts("built without FFmpeg: nothing to compare");
    return 0;
}
#endif
