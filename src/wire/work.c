/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests to a worker and their answers, checked: see work.h. */
#include "config.h"

#include "wire/work.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STAGING_SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

int work_make_staging(void)
{
    int fd = memfd_create("clipgrid-staging", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, WORK_STAGING_BYTES) < 0 || fcntl(fd, F_ADD_SEALS, STAGING_SEALS) < 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

void *work_map_staging(int fd, bool writable)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return NULL;
    if (st.st_size != WORK_STAGING_BYTES || (fcntl(fd, F_GET_SEALS) & STAGING_SEALS) != STAGING_SEALS) {
        errno = EPROTO;
        return NULL;
    }
    void *staging = mmap(NULL, WORK_STAGING_BYTES, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (staging == MAP_FAILED)
        return NULL;
    madvise(staging, WORK_STAGING_BYTES, MADV_DONTDUMP);
    return staging;
}

void work_unmap_staging(void *staging)
{
    if (staging)
        munmap(staging, WORK_STAGING_BYTES);
}

uint32_t work_frame_bytes(uint32_t sample, uint32_t channels)
{
    return (sample == WORK_S16 ? 2 : 4) * channels;
}

uint32_t work_walk_ms(bool seekable, int64_t first)
{
    enum { NS_IN_MS = 1000000 };
    if (seekable)
        return 0;
    if (first >= (int64_t)WORK_WALK_MS_MAX * NS_IN_MS / WORK_WALK_NS)
        return WORK_WALK_MS_MAX;
    return (uint32_t)(first * WORK_WALK_NS / NS_IN_MS);
}

static bool take(void *to, size_t size, const struct msg *msg, enum msg_type type)
{
    if (msg->type != type || msg->size != size)
        return false;
    memcpy(to, msg->payload, size);
    return true;
}

/* A text that ends, and that may be shown on a terminal. */
static bool text_sound(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    return length < size && utf8_valid(text, length) && !text_has_control(text);
}

static bool places_sound(const struct work_opened *opened)
{
    for (uint32_t c = 0; c < opened->channels; c++)
        if (opened->place[c] >= WORK_PLACES || (opened->place[c] == WORK_UNKNOWN) != (opened->place[0] == WORK_UNKNOWN))
            return false;
    return true;
}

bool work_opened_sound(const struct work_opened *opened)
{
    if (opened->lacks > WORK_LACKS_MAX || !text_sound(opened->text, sizeof opened->text))
        return false;
    if (opened->status != WORK_OK)
        return opened->status <= WORK_ELSEWHERE && opened->text[0];
    return opened->rate >= WORK_RATE_MIN && opened->rate <= WORK_RATE_MAX &&
           opened->channels >= 1 && opened->channels <= WORK_CHANNELS_MAX && opened->sample <= WORK_F32 &&
           opened->frames >= 1 && opened->frames <= WORK_FRAMES_MAX && places_sound(opened) &&
           text_sound(opened->format, sizeof opened->format) && text_sound(opened->encoding, sizeof opened->encoding);
}

bool work_opened_fits(const struct work_opened *opened, int64_t file_bytes)
{
    return opened->frames / WORK_FRAMES_A_BYTE <= file_bytes;
}

bool work_parse_opened(struct work_opened *opened, const struct msg *msg)
{
    return take(opened, sizeof *opened, msg, MSG_WORK_OPENED) && work_opened_sound(opened);
}

bool work_parse_read(struct work_read *ask, const struct msg *msg)
{
    return take(ask, sizeof *ask, msg, MSG_WORK_READ) && ask->first >= 0 && ask->first < WORK_FRAMES_MAX &&
           ask->at % 64 == 0 && ask->at < WORK_STAGING_BYTES;
}

bool work_parse_frames(struct work_frames *frames, const struct msg *msg)
{
    return take(frames, sizeof *frames, msg, MSG_WORK_FRAMES);
}

size_t work_tags_bytes(const struct media_tags *tags)
{
    return offsetof(struct media_tags, text) + tags->text_bytes;
}

static bool values_sound(const struct media_tags *tags)
{
    size_t used = tags->text_bytes;
    if (used && (tags->text[0] || tags->text[used - 1]))
        return false;
    for (int field = 0; field < TAG_FIELDS; field++) {
        size_t at = tags->at[field];
        if (at && (at >= used || !tags->text[at] || !text_sound(tags->text + at, MEDIA_TAG_BYTES)))
            return false;
    }
    return true;
}

static bool markers_sound(const struct media_tags *tags)
{
    for (int i = 0; i < tags->markers; i++) {
        const struct media_marker *marker = &tags->marker[i];
        if (marker->frame < (i ? marker[-1].frame : 0) || marker->frame >= WORK_FRAMES_MAX || marker->source >= MARKER_SOURCES ||
            !text_sound(marker->name, sizeof marker->name))
            return false;
    }
    return true;
}

bool work_parse_tags(struct media_tags *tags, const struct msg *msg)
{
    size_t head = offsetof(struct media_tags, text);
    if (msg->type != MSG_WORK_TAGGED || msg->size < head || msg->size > sizeof *tags)
        return false;
    memset(tags, 0, sizeof *tags);
    memcpy(tags, msg->payload, msg->size);
    return tags->text_bytes == msg->size - head && tags->markers <= MEDIA_MARKERS_MAX && values_sound(tags) &&
           markers_sound(tags);
}

bool work_parse_measure(struct work_measure *ask, const struct msg *msg)
{
    if (!take(ask, sizeof *ask, msg, MSG_WORK_MEASURE) || ask->first < 0 || ask->count < 1 || ask->at % 64 != 0 ||
        ask->at >= WORK_STAGING_BYTES || ask->last > 1)
        return false;
    if (ask->kinds == WORK_HASH)
        return ask->count <= WORK_MEASURE_BYTES_MAX;
    return ask->kinds && !(ask->kinds & ~(uint32_t)(WORK_PEAKS | WORK_LOUDNESS)) && ask->first < WORK_FRAMES_MAX &&
           ask->count <= WORK_MEASURE_FRAMES_MAX;
}

/* False for what is no number. */
static bool level_sound(double level)
{
    return level >= WORK_LEVEL_NONE && level <= WORK_LEVEL_MOST;
}

bool work_parse_measured(struct work_measured *measured, const struct work_measure *asked, const struct msg *msg)
{
    if (!take(measured, sizeof *measured, msg, MSG_WORK_MEASURED) || measured->kinds != asked->kinds ||
        measured->first != asked->first || measured->count > asked->count || measured->ended > 1 ||
        measured->ended != (asked->last || measured->count < asked->count))
        return false;
    const struct work_loudness *loudness = &measured->loudness;
    return !measured->ended || !(measured->kinds & WORK_LOUDNESS) ||
           (level_sound(loudness->integrated) && level_sound(loudness->momentary_max) && level_sound(loudness->true_peak) &&
            loudness->range >= 0 && loudness->range <= WORK_LEVEL_MOST - WORK_LEVEL_NONE);
}
