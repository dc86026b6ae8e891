/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages of a worker that belongs to an enemy, through every reader of wire/work.h: what a
 * reader takes keeps the bounds that its header promises. The first byte of the input says which
 * message the rest is, or that it is a raw packet, for msg_recv() to look at first.
 */
#include "config.h"

#include "base/text.h"
#include "base/xxh64.h"
#include "fuzz.h"
#include "tags/tags.h"
#include "wire/seek_table.h"
#include "wire/work.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/work", NULL};
const char *const fuzz_words[] = {"GC", "\xff\xff\xff\xff", "\x80\xbb", "\x01", "\x10", "\x7f", "\033[2J", "\xfc",
                                  "\xf0\x7f", NULL};

static void hold(int law)
{
    if (!law)
        abort();
}

/* Any packet, through a socket. Return: whether it was a message. */
static bool pass_socket(const uint8_t *bytes, size_t count, struct msg *msg)
{
    static int pair[2] = {-1, -1};
    if (pair[0] < 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0) {
        perror("socketpair");
        exit(1);
    }
    return count && send(pair[0], bytes, count, MSG_NOSIGNAL) == (ssize_t)count && msg_recv(pair[1], msg) > 0;
}

static bool make_message(const uint8_t *bytes, size_t count, struct msg *msg)
{
    static const enum msg_type types[] = {MSG_WORK_OPENED, MSG_WORK_READ, MSG_WORK_FRAMES, MSG_WORK_TAGGED, MSG_WORK_MEASURE,
                                          MSG_WORK_MEASURED, MSG_WORK_TABLED};
    enum { TYPES = sizeof types / sizeof *types };
    unsigned kind = bytes[0] % (TYPES + 1);
    if (kind == TYPES)
        return pass_socket(bytes + 1, count - 1, msg);
    if (count - 1 > MSG_PAYLOAD_MAX)
        return false;
    *msg = (struct msg){.type = types[kind], .size = count - 1, .fd = {-1, -1}};
    memcpy(msg->payload, bytes + 1, count - 1);
    return true;
}

static void check_opened(const struct msg *msg)
{
    struct work_opened opened;
    if (!work_parse_opened(&opened, msg))
        return;
    hold(strnlen(opened.text, sizeof opened.text) < sizeof opened.text && !text_has_control(opened.text));
    if (opened.status != WORK_OK)
        return;
    hold(opened.rate >= WORK_RATE_MIN && opened.rate <= WORK_RATE_MAX && opened.channels >= 1 &&
         opened.channels <= WORK_CHANNELS_MAX);
    hold(opened.frames >= 1 && opened.frames <= WORK_FRAMES_MAX && opened.sample <= WORK_F32);
}

static void check_read(const struct msg *msg)
{
    struct work_read ask;
    struct work_frames frames;
    if (work_parse_read(&ask, msg))
        hold(ask.first >= 0 && ask.at < WORK_STAGING_BYTES && ask.at % 64 == 0);
    work_parse_frames(&frames, msg);            /* any numbers: the caller compares them with what it asked */
}

static void check_tags(const struct msg *msg)
{
    static struct media_tags tags;
    if (!work_parse_tags(&tags, msg))
        return;
    for (int field = 0; field < TAG_FIELDS; field++)
        hold(!text_has_control(tags_get(&tags, (enum tag_field)field)) &&
             strlen(tags_get(&tags, (enum tag_field)field)) < MEDIA_TAG_BYTES);
    for (int i = 0; i < tags.markers; i++)
        hold(tags.marker[i].frame >= 0 && tags_marker_source(&tags.marker[i]) && !text_has_control(tags.marker[i].name));
}

static void check_measured(const struct msg *msg)
{
    static const struct work_measure asked = {.kinds = WORK_PEAKS | WORK_LOUDNESS, .count = 65536};
    struct work_measure ask;
    struct work_measured measured;
    if (work_parse_measure(&ask, msg))
        hold(ask.first >= 0 && ask.at < WORK_STAGING_BYTES);
    if (!work_parse_measured(&measured, &asked, msg))
        return;
    hold(measured.first == asked.first && measured.count <= asked.count);
    if (measured.ended)
        hold(isfinite(measured.loudness.integrated) && isfinite(measured.loudness.range) &&
             isfinite(measured.loudness.true_peak));
}

/* Numbers of all kinds under a checksum that is right. */
static void check_table(const struct msg *msg)
{
    static struct seek_table table, taken;
    enum { FILE_BYTES = 1 << 20 };
    if (msg->type != MSG_WORK_TABLED || msg->size < offsetof(struct seek_table, point) || msg->size > sizeof table)
        return;
    memcpy(&table, msg->payload, msg->size);
    table.version = SEEK_TABLE_VERSION;
    table.bytes = FILE_BYTES;
    table.check = xxh64_of(&table.version, msg->size - offsetof(struct seek_table, version), 0);
    if (!seek_table_take(&taken, &table, msg->size, FILE_BYTES))
        return;
    hold(taken.kind < SEEK_KINDS && taken.parts <= taken.count && taken.count <= SEEK_POINTS_MAX && taken.units >= 0);
    for (uint32_t i = 0; i < taken.count; i++)
        hold(taken.point[i].unit >= 0 && taken.point[i].unit <= taken.units && taken.point[i].at >= 0 &&
             taken.point[i].at < FILE_BYTES);
    int found = seek_table_find(&taken, taken.units / 2);
    hold(found == -1 || (found >= (int)taken.parts && found < (int)taken.count && taken.point[found].unit <= taken.units / 2));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static struct msg msg;
    if (!count || !make_message(bytes, count, &msg))
        return 0;
    check_opened(&msg);
    check_read(&msg);
    check_tags(&msg);
    check_measured(&msg);
    check_table(&msg);
    msg_clear(&msg);
    return 0;
}
