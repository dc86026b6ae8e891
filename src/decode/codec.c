/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decoders, one after the other: see codec.h. */
#include "config.h"

#include "decode/codec.h"

#include "decode/cut.h"
#include "decode/ffmpeg_codec.h"
#include "decode/mpeg_codec.h"
#include "decode/ogg_codec.h"
#include "decode/sndfile_codec.h"
#include "base/text.h"
#include "wire/work.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Those that know their files by the first bytes come before the one that looks deeper. */
static const struct codec_kind *const kinds[] = {&ffmpeg_codec, &mpeg_codec, &ogg_codec, &sndfile_codec};

void codec_load(void)
{
    ffmpeg_codec_load();
}

enum codec_answer codec_refuse(struct work_opened *facts, const char *why)
{
    facts->status = WORK_UNREADABLE;
    text_copy(facts->text, sizeof facts->text, why);
    return CODEC_REFUSED;
}

int codec_check_limits(struct work_opened *facts, int64_t channels, int64_t rate)
{
    char why[128] = "";
    if (channels < 1 || channels > WORK_CHANNELS_MAX)
        snprintf(why, sizeof why, "has %" PRId64 " channels, more than %d", channels, WORK_CHANNELS_MAX);
    else if (rate < WORK_RATE_MIN || rate > WORK_RATE_MAX)
        snprintf(why, sizeof why, "its rate of %" PRId64 " Hz is outside %d to %d Hz", rate, WORK_RATE_MIN, WORK_RATE_MAX);
    if (why[0])
        codec_refuse(facts, why);
    return !why[0];
}

int codec_check_length(struct work_opened *facts, int fd)
{
    struct cut_sound sound;
    char text[128];
    if (!cut_find_sound(fd, &sound) || !cut_missing_bytes(&sound))
        return 1;
    if (cut_is_lie(&sound)) {
        snprintf(text, sizeof text, "its header lies: %" PRId64 " bytes of sound, and %" PRId64 " are there", sound.said,
                 sound.there);
        codec_refuse(facts, text);
        return 0;
    }
    snprintf(facts->text, sizeof facts->text, "cut short: %" PRId64 " bytes of its sound are missing", cut_missing_bytes(&sound));
    return 1;
}

struct codec *codec_open(int fd, const struct seek_table *table, struct work_opened *facts)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct codec *codec = NULL;
        memset(facts, 0, sizeof *facts);
        enum codec_answer answer = kinds[i]->open(fd, table, facts, &codec);
        if (answer == CODEC_OPENED) {
            codec->kind = kinds[i];
            return codec;
        }
        if (answer == CODEC_REFUSED)
            return NULL;
    }
    codec_refuse(facts, "not a media file this program reads");
    return NULL;
}

uint32_t codec_read(struct codec *codec, int64_t first, uint32_t frames, void *out)
{
    return codec->kind->read(codec, first, frames, out);
}

void codec_tabulate(struct codec *codec, int fd, struct seek_table *table)
{
    struct seek_maker maker;
    struct stat st = {0};
    if (codec->kind->tabulate && codec->kind->tabulate(codec, table))
        return;
    fstat(fd, &st);
    seek_maker_begin(&maker, table, SEEK_NONE, (int64_t)st.st_size);
    seek_maker_end(&maker, 0, 0);
}

void codec_close(struct codec *codec)
{
    if (codec)
        codec->kind->close(codec);
}
