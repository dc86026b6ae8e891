/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * voicestarts SOCKET SECONDS: watches a running show for so long and then prints, in order, the
 * exact engine frame at which each voice began and its clip: `FRAME ID`, a render script in the
 * making. A voice that began before is there too, if it sounds long enough to be seen.
 */
#include "config.h"

#include "platform/clock.h"
#include "process/client.h"
#include "wire/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VOICES_MAX = 1024, LOOK_MS = 20 };

struct start {
    uint64_t serial, frame;
    uint16_t clip;
};

static struct start starts[VOICES_MAX];
static int count;

static void die(const char *what)
{
    fprintf(stderr, "voicestarts: %s\n", what);
    exit(2);
}

static const struct state_segment *attach(const char *socket)
{
    static struct client_link link;             /* stays open: the show may look who watches */
    int fd = -1;
    if (client_open(&link, socket) < 0)
        die("no show there");
    if (client_send(&link, "attach view") < 0 || !client_receive(&link, &fd) || fd < 0)
        die("the show gives no picture of itself");
    const struct state_segment *segment = state_map(fd);
    if (!segment)
        die("the picture is of another version");
    close(fd);
    return segment;
}

static void note_voice(const struct state_voice *voice)
{
    int i = 0;
    while (i < count && starts[i].serial != voice->serial)
        i++;
    if (i < count || count == VOICES_MAX)
        return;
    starts[count++] = (struct start){.serial = voice->serial, .frame = voice->start_frame, .clip = voice->clip};
}

static void look(const struct state_segment *segment)
{
    static struct state_live live;
    if (!seqlock_read(&segment->live_lock, &segment->live, &live, sizeof live))
        return;
    for (int i = 0; i < STATE_VOICES; i++)
        if (live.voice[i].clip != STATE_NO_CLIP && live.voice[i].kind != STATE_VOICE_QUEUED)
            note_voice(&live.voice[i]);
}

static int by_serial(const void *a, const void *b)
{
    const struct start *first = a, *second = b;
    return first->serial < second->serial ? -1 : first->serial > second->serial;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        die("usage: voicestarts SOCKET SECONDS");
    const struct state_segment *segment = attach(argv[1]);
    uint64_t end = clock_now_rt() + (uint64_t)(atof(argv[2]) * 1e9);
    while (clock_now_rt() < end) {
        look(segment);
        clock_sleep_ms(LOOK_MS);
    }
    qsort(starts, (size_t)count, sizeof *starts, by_serial);
    for (int i = 0; i < count; i++)
        printf("%" PRIu64 " %s\n", starts[i].frame, segment->cell[starts[i].clip].id);
    return 0;
}
