/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `clipgrid replay`: what the flight recorder wrote (logbook/flight_file.h) becomes sound again (SPEC L5): the document that the
 * recording begins with, and its lines, each operation on the frame on which the audio thread did it. Time begins with the second
 * in which the recording does, so that a clip lies to the engine's clock as it did. Without a file: the recordings there are.
 *
 * An engine that took the place of one that died has a recording of its own, which names the one it goes on from (struct
 * flight_goes_on); these are read first, the oldest at the front. What the dead engine had not done the next one did, under another
 * number (FLIGHT_OWED); what it had done without a word was done in its last period. So is a recording that grew too long while
 * something sounded.
 */
#include "config.h"

#include "process/document.h"
#include "process/rendering.h"
#include "process/replay.h"
#include "process/roles.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "engine/device.h"
#include "logbook/flight_chain.h"
#include "logbook/flight_file.h"
#include "platform/paths.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct told {                           /* a line of the recording */
    uint32_t operations;
    uint32_t *serials;                  /* of each operation */
    uint64_t *frames;                   /* likewise; those that are not known yet: UINT64_MAX */
    char *time;
};

struct replay {
    struct flight_began began;
    uint64_t from, until;               /* engine frames: the recording's first; behind its last record */
    char session[1024];
    struct show *show;
    struct script script;
    struct told *told;
    int cap;
    int settled;                        /* no operation of the lines before this one is looked for any more */
    uint64_t lost;
    bool begun;
};

/* --- reading --- */

static void add_line(struct replay *replay, const struct flight_record *record, const char *payload)
{
    struct flight_line about;
    memcpy(&about, payload, sizeof about);
    if (about.operations > 1 << 20)
        return;                         /* more than any line has: not ours */
    if (replay->script.lines == replay->cap) {
        replay->cap = replay->cap ? replay->cap * 2 : 256;
        replay->script.line = xrealloc_array(replay->script.line, (size_t)replay->cap, sizeof *replay->script.line);
        replay->told = xrealloc_array(replay->told, (size_t)replay->cap, sizeof *replay->told);
    }
    struct told *told = &replay->told[replay->script.lines];
    struct script_line *line = &replay->script.line[replay->script.lines++];
    *told = (struct told){.operations = about.operations};
    told->frames = xcalloc((size_t)about.operations + 1, sizeof *told->frames);
    told->serials = xcalloc((size_t)about.operations + 1, sizeof *told->serials);
    for (uint32_t i = 0; i < about.operations; i++) {
        told->frames[i] = UINT64_MAX;
        told->serials[i] = about.serial + i;
    }
    *line = (struct script_line){.frame = record->frame, .command = xstrdup(payload + sizeof about)};
}

/* Lines whose operations have all been done, at the front, are not looked at again. */
static void settle(struct replay *replay)
{
    for (; replay->settled < replay->script.lines; replay->settled++) {
        const struct told *told = &replay->told[replay->settled];
        for (uint32_t k = 0; k < told->operations; k++)
            if (told->frames[k] == UINT64_MAX)
                return;
    }
}

static void add_done(struct replay *replay, const struct flight_record *record, const char *payload)
{
    struct flight_done done;
    memcpy(&done, payload, sizeof done);
    for (int i = replay->settled; i < replay->script.lines; i++)
        for (uint32_t k = 0; k < replay->told[i].operations; k++)
            if (replay->told[i].serials[k] - done.serial < done.count)
                replay->told[i].frames[k] = record->frame;
    settle(replay);
}

/* What the engine before was told and has not said to be done, it did in its last period, unless it is owed. */
static void go_on(struct replay *replay, const char *payload)
{
    struct flight_goes_on goes_on;
    memcpy(&goes_on, payload, sizeof goes_on);
    if (!goes_on.period)
        return;                         /* that engine lives */
    for (int i = replay->settled; i < replay->script.lines; i++)
        for (uint32_t k = 0; k < replay->told[i].operations; k++)
            if (replay->told[i].frames[k] == UINT64_MAX)
                replay->told[i].frames[k] = goes_on.frame > goes_on.period ? goes_on.frame - goes_on.period : 0;
}

/* Of the lines of the engine before, the last ones. One that it did in a period which it did not end was not heard. */
static void add_owed(struct replay *replay, const struct flight_record *record, const char *payload)
{
    struct flight_owed owed;
    for (uint32_t at = 0; at + sizeof owed <= record->size; at += sizeof owed) {
        memcpy(&owed, payload + at, sizeof owed);
        for (int i = replay->script.lines - 1; i >= 0; i--) {
            struct told *told = &replay->told[i];
            uint32_t k = 0;
            while (k < told->operations && told->serials[k] != owed.before)
                k++;
            if (k == told->operations)
                continue;
            told->serials[k] = owed.now;
            told->frames[k] = UINT64_MAX;
            replay->settled = i < replay->settled ? i : replay->settled;
            break;
        }
    }
}

/* Path, newline, flat document, form feed, and the journal's lines over it. */
static int take_document(struct replay *replay, const char *path, const char *payload, struct err *err)
{
    const char *text = strchr(payload, '\n'), *end = text ? strstr(text, "\f\n") : NULL;
    if (replay->show)
        return 0;                       /* of a recording that goes on from another */
    if (!text || (size_t)(text - payload) >= sizeof replay->session)
        return err_set(err, ERR_IO, "%s: its document is not whole", path);
    memcpy(replay->session, payload, (size_t)(text - payload));
    text++;
    replay->show = document_parse(text, end ? (size_t)(end - text) : strlen(text), err);
    if (!replay->show || (end && replay_lines(replay->show, end + 2, false, err) < strlen(end + 2)))
        return -1;
    return 0;
}

static int take_record(struct replay *replay, const char *path, const struct flight_record *record, const char *payload,
                       struct err *err)
{
    if (record->frame >= replay->until)
        replay->until = record->frame + 1;
    if (record->kind == FLIGHT_BEGAN && record->size >= sizeof replay->began && !replay->begun) {
        memcpy(&replay->began, payload, sizeof replay->began);
        replay->begun = true;
        replay->from = record->frame;
    } else if (record->kind == FLIGHT_DOCUMENT) {
        return take_document(replay, path, payload, err);
    } else if (record->kind == FLIGHT_GOES_ON && record->size >= sizeof(struct flight_goes_on)) {
        go_on(replay, payload);
    } else if (record->kind == FLIGHT_OWED) {
        add_owed(replay, record, payload);
    } else if ((record->kind == FLIGHT_LINE || record->kind == FLIGHT_EDIT) && record->size >= sizeof(struct flight_line)) {
        add_line(replay, record, payload);
    } else if (record->kind == FLIGHT_DONE && record->size >= sizeof(struct flight_done)) {
        add_done(replay, record, payload);
    } else if (record->kind == FLIGHT_LOST && record->size >= sizeof replay->lost) {
        uint64_t lost;
        memcpy(&lost, payload, sizeof lost);
        replay->lost += lost;
    }
    return 0;
}

static int read_one(struct replay *replay, const char *path, struct err *err)
{
    struct flight_record record;
    const char *payload;
    int got, result = 0;
    struct flight_tape *tape = flight_tape_open(path, err);
    if (!tape)
        return -1;
    while (result == 0 && (got = flight_tape_next(tape, &record, &payload, err)) != 0)
        result = got < 0 ? -1 : take_record(replay, path, &record, payload, err);
    flight_tape_close(tape);
    return result;
}

static int read_recording(struct replay *replay, const char *path, struct err *err)
{
    static char *chain[FLIGHT_CHAIN_MOST];
    bool missing;
    int count = flight_chain_find(path, chain, &missing), result = 0;
    if (missing)
        front_fail(0, "%s: the recording that it goes on from is not there: what sounded before is not in it", chain[count - 1]);
    for (int i = count; i-- > 0; free(chain[i]))
        if (result == 0)
            result = read_one(replay, chain[i], err);
    if (result == 0 && (!replay->begun || !replay->show))
        return err_set(err, ERR_IO, "%s: it begins without a show, and cannot be played again", path);
    if (result == 0 && !device_rate_is_known(replay->began.rate))
        return err_set(err, ERR_IO, "%s: a rate of %" PRIu32 " Hz is none of clipgrid's", path, replay->began.rate);
    return result;
}

/* --- frames --- */

/* Engine frames become frames of the output. What was never done is done where the one before was. */
static void place_lines(struct replay *replay)
{
    uint64_t zero = replay->from / replay->began.rate * replay->began.rate, before = replay->from - zero;
    for (int i = 0; i < replay->script.lines; i++) {
        struct told *told = &replay->told[i];
        struct script_line *line = &replay->script.line[i];
        for (uint32_t k = 0; k < told->operations; k++) {
            uint64_t frame = told->frames[k] == UINT64_MAX ? before : told->frames[k] - zero;
            told->frames[k] = frame < before || told->frames[k] < zero ? before : frame;
            before = told->frames[k];
        }
        line->frame = told->operations ? told->frames[0] : before;
        line->frames = told->frames;
        line->operations = told->operations;
        told->time = xasprintf("%" PRIu64 "f", line->frame);
        line->time = told->time;
    }
    replay->until -= zero;
}

static void clear(struct replay *replay)
{
    for (int i = 0; i < replay->script.lines; i++) {
        free(replay->told[i].frames);
        free(replay->told[i].serials);
        free(replay->told[i].time);
        free(replay->script.line[i].command);
    }
    free(replay->told);
    free(replay->script.line);
}

/* --- the list of recordings --- */

static int is_recording(const struct dirent *entry)
{
    return strstr(entry->d_name, ".flight") != NULL;
}

static void list_one(const char *path)
{
    static struct replay replay;
    struct flight_record record;
    const char *payload;
    struct err err;
    char when[40] = "?";
    int lines = 0;
    double seconds = 0;
    replay = (struct replay){0};
    struct flight_tape *tape = flight_tape_open(path, &err);
    while (tape && flight_tape_next(tape, &record, &payload, &err) > 0) {
        time_t began = (time_t)(record.wall_ns / 1000000000);
        struct tm local;
        if (record.kind == FLIGHT_BEGAN && record.size >= sizeof replay.began) {
            strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", localtime_r(&began, &local));
            memcpy(&replay.began, payload, sizeof replay.began);
            replay.from = record.frame;
        } else if (record.kind == FLIGHT_DOCUMENT) {
            text_copy(replay.session, sizeof replay.session, payload);
            replay.session[strcspn(replay.session, "\n")] = '\0';
        }
        lines += record.kind == FLIGHT_LINE;
        if (replay.began.rate && record.frame > replay.from)
            seconds = (double)(record.frame - replay.from) / replay.began.rate;
    }
    if (tape)
        flight_tape_close(tape);
    char *text = xasprintf("%s  %8.1f s %6d lines  %s\n%s", when, seconds, lines, replay.session[0] ? replay.session : "(unnamed)",
                           path);
    front_print(stdout, text, true);
    free(text);
}

static int list_recordings(void)
{
    char folder[1024], path[1400];
    struct dirent **names = NULL;
    struct err err;
    if (paths_state(folder, sizeof folder, &err) < 0)
        return front_fail(1, "%s", err.text);
    snprintf(path, sizeof path, "%s/flight", folder);
    int count = scandir(path, &names, is_recording, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/flight/%s", folder, names[i]->d_name);
        list_one(path);
        free(names[i]);
    }
    free(names);
    if (count <= 0) {
        char *text = xasprintf("no recordings in %s/flight", folder);
        front_print(stdout, text, true);
        free(text);
    }
    return 0;
}

/* --- the subcommand --- */

int replay_main(const struct args *args)
{
    static struct replay replay;
    struct rendering_request request = {0};
    struct err err = {0};
    if (!args->words)
        return list_recordings();
    if (!args->out && !args->hash)
        return front_fail(2, "usage: clipgrid replay FILE --out FILE.wav");
    int result = read_recording(&replay, args->word[0], &err);
    if (result == 0)
        result = rendering_parse(args, replay.began.rate, &request, &err);
    if (result == 0) {
        place_lines(&replay);
        if (replay.lost)
            front_fail(0, "%s: %" PRIu64 " bytes of it were lost: what follows them may be other than it was", args->word[0],
                       replay.lost);
        if (request.end == UINT64_MAX)
            request.end = replay.until;
        request.session = replay.session;
        request.show = replay.show;
        request.script = &replay.script;
        replay.show = NULL;
        result = rendering_run(&request, &err);
    }
    show_free(replay.show);
    clear(&replay);
    return result < 0 ? front_fail(err.code == ERR_USAGE ? 2 : 1, "%s", err.text) : 0;
}
