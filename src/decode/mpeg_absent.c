/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In place of mpeg_codec.c, in a build without libmpg123: leaves its files to libsndfile. */
#include "config.h"

#include "decode/mpeg_codec.h"

static enum codec_answer absent_open(int fd, const struct seek_table *table, struct work_opened *facts, struct codec **codec)
{
    (void)fd, (void)table, (void)facts, (void)codec;
    return CODEC_FOREIGN;
}

const struct codec_kind mpeg_codec = {.open = absent_open};
