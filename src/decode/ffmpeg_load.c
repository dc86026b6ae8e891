/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FFmpeg's libraries, by dlopen: see ffmpeg_codec.h. */
#include "config.h"

#include "decode/ffmpeg_inside.h"

#include "decode/ffmpeg_codec.h"

#include <dlfcn.h>
#include <string.h>

#define DEFINE(name) __typeof__(&name) lib_##name;
AVFORMAT_FUNCTIONS(DEFINE)
AVCODEC_FUNCTIONS(DEFINE)
AVUTIL_FUNCTIONS(DEFINE)
bool ffmpeg_tried, ffmpeg_loaded;

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
    ffmpeg_tried = true;
    if (!format || !codec || !util)
        return;
#define LOAD_FORMAT(name) && load_symbol(format, #name, &lib_##name)
#define LOAD_CODEC(name) && load_symbol(codec, #name, &lib_##name)
#define LOAD_UTIL(name) && load_symbol(util, #name, &lib_##name)
    ffmpeg_loaded = true AVFORMAT_FUNCTIONS(LOAD_FORMAT) AVCODEC_FUNCTIONS(LOAD_CODEC) AVUTIL_FUNCTIONS(LOAD_UTIL);
    if (ffmpeg_loaded)
        lib_av_log_set_level(AV_LOG_QUIET);
}
