/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a show was doing when it went: see aftermath.h. */
#include "config.h"

#include "logbook/aftermath.h"
#include "logbook/flight_chain.h"
#include "logbook/flight_file.h"
#include "base/text.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct reading {
    struct msg_aftermath *aftermath;
    struct since {
        uint64_t began, frame;          /* engine frames: of its first sample, and since which it has sounded */
    } since[MSG_AFTERMATH_CLIPS];
    bool ended;
    bool acted;                         /* something was commanded, or sounded */
    uint64_t last;                      /* frame */
};

/* The id in `ADDRESS ID NAME`, behind `skip` words more. Return: false if there is none. */
static bool read_id(const char *text, int skip, char id[64])
{
    for (int word = 0; word <= skip; word++) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    size_t length = strcspn(text, " ");
    if (!length || length >= 64)
        return false;
    memcpy(id, text, length);
    id[length] = '\0';
    return true;
}

static void add(struct reading *reading, const struct msg_left *left, const struct since *since)
{
    struct msg_aftermath *aftermath = reading->aftermath;
    if (aftermath->count >= MSG_AFTERMATH_CLIPS)
        return;
    reading->since[aftermath->count] = *since;
    aftermath->clip[aftermath->count++] = *left;
}

/* It may have been told already, among what sounds, or was queued until now. */
static void take_play(struct reading *reading, const char *text, uint64_t frame)
{
    const struct since since = {.began = frame, .frame = frame};
    struct msg_left play = {.at = -1};
    if (!read_id(text, 0, play.id))
        return;
    for (uint32_t i = 0; i < reading->aftermath->count; i++) {
        struct msg_left *left = &reading->aftermath->clip[i];
        if (strcmp(left->id, play.id) || (!left->queued && reading->since[i].began != frame))
            continue;
        if (left->queued)
            reading->since[i] = since;
        left->queued = 0;
        return;
    }
    add(reading, &play, &since);
}

/* What was known until then is as this says. */
static void take_voices(struct reading *reading, const char *text, uint64_t frame)
{
    bool held = !strncmp(text, FLIGHT_VOICES_HELD "\n", sizeof FLIGHT_VOICES_HELD);
    reading->aftermath->count = reading->aftermath->held = 0;
    for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        char state[8];
        uint64_t number;
        struct msg_left left = {0};
        if (sscanf(line, "%63s %7s %" SCNu64 " %" SCNd64 " %" SCNd32, left.id, state, &number, &left.at, &left.gain_mdb) != 5)
            continue;
        left.queued = !strcmp(state, "queued");
        left.frames = left.queued ? number : 0;
        if (held || !strcmp(state, "paused"))
            reading->aftermath->held++;
        else
            add(reading, &left, &(struct since){.began = number, .frame = frame});
    }
}

/* Of a clip in layers the oldest ends. */
static void take_off(struct reading *reading, const char *text)
{
    struct msg_aftermath *aftermath = reading->aftermath;
    char id[64];
    uint32_t i = 0;
    if (!read_id(text, 1, id))
        return;
    while (i < aftermath->count && strcmp(aftermath->clip[i].id, id))
        i++;
    if (i == aftermath->count)
        return;
    aftermath->count--;
    memmove(&aftermath->clip[i], &aftermath->clip[i + 1], (size_t)(aftermath->count - i) * sizeof *aftermath->clip);
    memmove(&reading->since[i], &reading->since[i + 1], (size_t)(aftermath->count - i) * sizeof *reading->since);
}

/* A line without a command: the show was ended. */
static bool is_end(const struct flight_record *record)
{
    return record->kind == FLIGHT_LINE && record->size == sizeof(struct flight_line);
}

static void take_record(struct reading *reading, const struct flight_record *record, const char *payload)
{
    struct msg_aftermath *aftermath = reading->aftermath;
    struct flight_began began;
    switch (record->kind) {
    case FLIGHT_BEGAN:
        if (record->size >= sizeof began) {
            memcpy(&began, payload, sizeof began);
            aftermath->rate = began.rate;
        }
        break;
    case FLIGHT_PLAY:
        take_play(reading, payload, record->frame);
        break;
    case FLIGHT_END:
        take_off(reading, payload);
        break;
    case FLIGHT_VOICES:
        if (!reading->ended)
            take_voices(reading, payload, record->frame);
        break;
    case FLIGHT_LINE:
        if (is_end(record))
            aftermath->count = aftermath->held = 0;
        break;
    default:
        break;
    }
}

/* Whether the recording is this session's: its document says so, early. */
static bool is_of(const char *path, const char *session)
{
    struct err err;
    struct flight_record record;
    const char *payload;
    bool ours = false, found = false;
    struct flight_tape *tape = flight_tape_open(path, &err);
    while (tape && !found && flight_tape_next(tape, &record, &payload, &err) > 0) {
        size_t length = strcspn(payload, "\n");
        found = record.kind == FLIGHT_DOCUMENT;
        ours = found && strlen(session) == length && !strncmp(payload, session, length);
    }
    if (tape)
        flight_tape_close(tape);
    return ours;
}

static void read_one(const char *path, struct reading *reading)
{
    struct err err;
    struct flight_record record;
    const char *payload;
    struct flight_tape *tape = flight_tape_open(path, &err);
    while (tape && flight_tape_next(tape, &record, &payload, &err) > 0) {
        take_record(reading, &record, payload);
        reading->acted |= record.kind == FLIGHT_LINE || record.kind == FLIGHT_PLAY || (record.kind == FLIGHT_VOICES && record.size);
        reading->ended = is_end(&record) || (reading->ended && record.kind != FLIGHT_BEGAN);
        if (record.frame > reading->last)
            reading->last = record.frame;
    }
    if (tape)
        flight_tape_close(tape);
}

/* Return: whether the show was cut off before it could do anything: what the one before it left is still left. */
static bool read_chain(const char *path, struct msg_aftermath *aftermath)
{
    struct reading reading = {.aftermath = aftermath};
    struct stat st;
    char *chain[FLIGHT_CHAIN_MOST];
    bool missing;
    int count = flight_chain_find(path, chain, &missing);
    for (int i = count; i-- > 0; free(chain[i]))
        read_one(chain[i], &reading);
    for (uint32_t i = 0; i < aftermath->count; i++) {
        struct msg_left *left = &aftermath->clip[i];
        if (!left->queued && reading.last > reading.since[i].frame)
            left->frames += reading.last - reading.since[i].frame;
        aftermath->queued += left->queued != 0;
    }
    if (!aftermath->rate)
        aftermath->count = aftermath->held = 0;
    if (!reading.ended && stat(path, &st) == 0)
        aftermath->cut_s = st.st_mtim.tv_sec;
    return !reading.ended && !reading.acted;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

void aftermath_find(const char *folder, const char *session, struct msg_aftermath *aftermath)
{
    char place[1200], path[1500];
    struct dirent **names = NULL;
    int found = 0;
    *aftermath = (struct msg_aftermath){0};
    snprintf(place, sizeof place, "%.1100s/flight", folder);
    int count = scandir(place, &names, is_visible, alphasort);
    for (int i = count - 1; i >= 0; free(names[i--])) {         /* the newest last */
        snprintf(path, sizeof path, "%s/%s", place, names[i]->d_name);
        if (found || !is_of(path, session))
            continue;
        struct msg_aftermath before = {0};
        found = !read_chain(path, &before);
        if (aftermath->cut_s && !before.cut_s)
            continue;                   /* ended, and the show that came after it did nothing */
        if (aftermath->cut_s)
            before.cut_s = aftermath->cut_s;
        *aftermath = before;
    }
    free(names);
}
