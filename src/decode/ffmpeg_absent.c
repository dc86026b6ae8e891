/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In place of ffmpeg_codec.c, in a build without FFmpeg: says what is missing. */
#include "config.h"

#include "decode/ffmpeg_codec.h"

#include "decode/container.h"

#include <stddef.h>

void ffmpeg_codec_load(void)
{
}

static enum codec_answer absent_open(int fd, const struct seek_table *table, struct work_opened *facts, struct codec **codec)
{
    enum container container = container_of(fd);
    (void)table;
    *codec = NULL;
    if (container != CONTAINER_MP4 && container != CONTAINER_ASF && container != CONTAINER_ADTS)
        return CODEC_FOREIGN;
    return codec_refuse(facts, "AAC, M4A and WMA are not read by this build: it has no FFmpeg");
}

const struct codec_kind ffmpeg_codec = {.open = absent_open};
