/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `record` does: see record.h. The frames of a take are numbered by the inputs' past: one begins
 * with the pre-roll before the moment of its command, and ends at the moment of `record stop`, however
 * long the store takes to open or to close its file.
 */
#include "config.h"

#include "process/record.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char letters[INPUTS] = {'A', 'B'};

static void refuse(struct stage *stage, struct ticket ticket, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void refuse(struct stage *stage, struct ticket ticket, enum err_code code, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    stage_answer(stage, ticket, code, text);
    desk_notice(stage, true, text);
}

static const char *media_folder(const struct stage *stage)
{
    const char *folder = show_head(stage->show)->media;
    return folder && *folder ? folder : "media";
}

/* The file's name within its folder. */
static const char *file_of(const struct stage_take *take)
{
    return take->path + take->folder_length + 1;
}

/* The clip that has the file of a take, or -1. */
static int slot_of(const struct stage *stage, const struct stage_take *take)
{
    for (int slot = 0; take->path[0] && slot < show_slots(stage->show); slot++) {
        uint32_t medium = show_clip(stage->show, slot) ? stage->clip_medium[slot] : STAGE_MEDIA_NONE;
        if (medium != STAGE_MEDIA_NONE && stage->media[medium].path && !strcmp(stage->media[medium].path, take->path))
            return slot;
    }
    return -1;
}

/* Where a command about an input goes: while the store closes its file, to what comes after it. */
static struct stage_take *take_at(struct stage *stage, int input)
{
    struct stage_take *take = &stage->take[input];
    return take->state == TAKE_ENDING || (take->state == TAKE_ASKED && take->end) ? &stage->next_take[input] : take;
}

static bool is_recorded(const struct stage_take *take)
{
    return take->state == TAKE_ASKED || take->state == TAKE_RUNNING || take->state == TAKE_ENDING;
}

/* --- beginning --- */

static bool input_is_there(struct stage *stage, struct ticket ticket, int input)
{
    const struct conf *config = &stage->options.config;
    const unsigned *channels = input ? config->record_b : config->record_a;
    if (!stage->capture && stage->listening.step == LISTENING_SETTLED)
        refuse(stage, ticket, ERR_REFUSED, "record: there is no input; device capture PCM names one, as capture = \"PCM\" in "
               "clipgrid.conf");
    else if (!channels[0] && !channels[1])
        refuse(stage, ticket, ERR_REFUSED, "record: Record %c has no channels; device record_%c 1,2 gives it some, as "
               "record_%c = [1, 2] in clipgrid.conf", letters[input], 'a' + input, 'a' + input);
    else if (!stage->capture_status.running)
        refuse(stage, ticket, ERR_REFUSED, "record: the input is not there: %s",
               stage->capture_status.note[0] ? stage->capture_status.note : "it is being opened");
    else
        return true;
    return false;
}

static bool input_is_free(struct stage *stage, struct ticket ticket, int input)
{
    const struct stage_take *take = take_at(stage, input);
    if (!is_recorded(take))
        return true;
    char clip[200];
    results_fmt_clip(stage, slot_of(stage, take), clip);
    refuse(stage, ticket, ERR_REFUSED, "record: Record %c is recorded into %s already; record stop %c ends it", letters[input],
           clip[0] ? clip : take->path[0] ? file_of(take) : "another cell", 'a' + input);
    return false;
}

/* No other input may be on its way into the same cell. */
static bool place_is_free(struct stage *stage, struct ticket ticket, const struct action *action)
{
    for (int input = 0; input < INPUTS; input++) {
        const struct stage_take *take = take_at(stage, input);
        bool same = take->tab == action->tab && take->row == action->row && take->column == action->column;
        if (input == action->input || !same || (take->state != TAKE_ARMED && take->state != TAKE_ASKED))
            continue;
        refuse(stage, ticket, ERR_REFUSED, "record: %d/%d/%d is taken by Record %c; record stop %c frees it", take->tab + 1,
               take->row + 1, take->column + 1, letters[input], 'a' + input);
        return false;
    }
    return true;
}

/* The oldest frame that may belong to a take that begins now. */
static uint64_t first_frame(const struct stage *stage, const struct inputs_now *now)
{
    uint64_t written = inputs_written(stage->inputs), oldest = inputs_oldest(stage->inputs);
    uint64_t before = (uint64_t)stage->options.config.preroll_ms * now->rate / 1000;
    uint64_t first = written > before ? written - before : 0;
    first = first < oldest ? oldest : first;
    uint64_t heard = stage->inputs_changed ? capture_first_frame(stage->capture) : 0;
    first = first < heard ? heard : first;
    return first < now->rate_frame ? now->rate_frame : first;
}

static void order(struct stage *stage, int input)
{
    const struct stage_take *take = &stage->take[input];
    struct msg_record order = {.input = (uint32_t)input, .rate = take->rate, .first = take->first};
    text_copy(order.folder, sizeof order.folder, media_folder(stage));
    outbox_send(&stage->store, MSG_RECORD, 0, &order, sizeof order, -1);
}

static void start(struct stage *stage, struct ticket ticket, const struct action *action)
{
    struct stage_take *take = take_at(stage, action->input);
    struct inputs_now now;
    if (stage->store.socket < 0) {
        refuse(stage, ticket, ERR_IO, "record: the store is being started again; once more");
        return;
    }
    if (!inputs_read_now(stage->inputs, &now) || !now.rate || capture_first_frame(stage->capture) == UINT64_MAX) {
        refuse(stage, ticket, ERR_REFUSED, "record: the input has brought no sound yet");
        return;
    }
    *take = (struct stage_take){.state = TAKE_ASKED, .ticket = ticket, .tab = action->tab, .row = action->row,
                                .column = action->column, .first = first_frame(stage, &now), .rate = now.rate};
    if (take == &stage->take[action->input])
        order(stage, action->input);
    stage->desk_changed = true;
}

static void arm(struct stage *stage, struct ticket ticket, const struct action *action)
{
    *take_at(stage, action->input) = (struct stage_take){.state = TAKE_ARMED, .tab = action->tab, .row = action->row,
                                                         .column = action->column};
    stage->desk_changed = true;
    stage_answer(stage, ticket, ERR_NONE, "");
}

/* --- ending --- */

/* What was to begin after it does not. */
static void forget_next(struct stage *stage, int input, enum err_code code, const char *why)
{
    struct ticket ticket = stage->next_take[input].ticket;
    stage->next_take[input] = (struct stage_take){0};
    if (ticket.client)
        refuse(stage, ticket, code, "record: %s", why);
}

/* The moment of the command is the end. Return: seconds that the take has. */
static double end(struct stage *stage, int input)
{
    struct stage_take *take = &stage->take[input];
    struct msg_record_end order = {.input = (uint32_t)input, .frame = inputs_written(stage->inputs)};
    if (take->state == TAKE_ARMED) {
        *take = (struct stage_take){0};
    } else if (take->end == 0) {
        take->end = order.frame;
        take->state = take->state == TAKE_RUNNING ? TAKE_ENDING : take->state;
        outbox_send(&stage->store, MSG_RECORD_END, 0, &order, sizeof order, -1);
    }
    stage->desk_changed = true;
    return take->rate ? (double)(take->end - take->first) / take->rate : 0;
}

static void stop(struct stage *stage, struct ticket ticket, int which)
{
    struct strbuf value = {0};
    int ended = 0;
    for (int input = 0; input < INPUTS; input++) {
        if ((which >= 0 && which != input) || stage->take[input].state == TAKE_NONE)
            continue;
        forget_next(stage, input, ERR_REFUSED, "stopped before it began");
        double seconds = end(stage, input);
        ended++;
        if (stage->take[input].path[0])
            strbuf_addf(&value, "%s%s %.3f", value.len ? " " : "", file_of(&stage->take[input]), seconds);
    }
    if (ended)
        stage_answer(stage, ticket, ERR_NONE, value.s ? value.s : "");
    else if (which >= 0)
        refuse(stage, ticket, ERR_REFUSED, "record stop: Record %c is not recorded", letters[which]);
    else
        refuse(stage, ticket, ERR_REFUSED, "record stop: nothing is recorded");
    strbuf_clear(&value);
}

/* --- the command --- */

static void refuse_clip(struct stage *stage, struct ticket ticket, int slot)
{
    char clip[200];
    results_fmt_clip(stage, slot, clip);
    refuse(stage, ticket, ERR_REFUSED, "record: %s is there; a recording takes an empty cell", clip);
}

/* Arm what is not, start what is, stop what is recorded. */
static void next(struct stage *stage, struct ticket ticket, const struct action *action)
{
    const struct stage_take *take = take_at(stage, action->input);
    bool same = take->tab == action->tab && take->row == action->row && take->column == action->column;
    for (int input = 0; action->slot >= 0 && input < INPUTS; input++) {
        if (stage->take[input].state == TAKE_RUNNING && slot_of(stage, &stage->take[input]) == action->slot) {
            stop(stage, ticket, input);
            return;
        }
    }
    if (action->slot >= 0)
        refuse_clip(stage, ticket, action->slot);
    else if (take->state == TAKE_ARMED && same)
        start(stage, ticket, action);
    else
        arm(stage, ticket, action);
}

void record_perform(struct stage *stage, struct ticket ticket, const struct action *action)
{
    if (action->record == RECORD_STOP) {
        stop(stage, ticket, action->input);
        return;
    }
    bool may_stop = action->record == RECORD_NEXT && action->slot >= 0;
    if (!may_stop && (!input_is_there(stage, ticket, action->input) || !input_is_free(stage, ticket, action->input) ||
                      !place_is_free(stage, ticket, action)))
        return;
    if (action->record == RECORD_NEXT)
        next(stage, ticket, action);
    else if (action->record == RECORD_ARM)
        arm(stage, ticket, action);
    else
        start(stage, ticket, action);
}

/* --- what the store says --- */

/* The file has a name: it gets its cell, unless somebody was there first. */
static void load(struct stage *stage, const struct stage_take *take)
{
    struct strbuf line = {0};
    if (show_slot_at(stage->show, take->tab, take->row, take->column) < 0) {
        strbuf_adds(&line, "load ");
        text_fmt_word(&line, file_of(take));
        strbuf_addf(&line, " %d/%d/%d", take->tab + 1, take->row + 1, take->column + 1);
        perform_line(stage, (struct ticket){0}, line.s, COMMAND_ROLE_EDIT, COMMAND_FROM_SOCKET);
    }
    if (slot_of(stage, take) < 0) {
        char *text = xasprintf("%s is recorded, but %d/%d/%d is not free any more: load it where it shall be", file_of(take),
                               take->tab + 1, take->row + 1, take->column + 1);
        desk_notice(stage, false, text);
        free(text);
    }
    strbuf_clear(&line);
}

static void told_running(struct stage *stage, int input, const struct msg_take *news)
{
    struct stage_take *take = &stage->take[input];
    bool asked = take->state == TAKE_ASKED, known = take->state == TAKE_RUNNING || take->state == TAKE_ENDING;
    if (known)
        return;                         /* a new store goes on with it */
    text_copy(take->path, sizeof take->path, news->path);
    const char *slash = strrchr(take->path, '/');
    size_t folder = strlen(media_folder(stage));
    take->folder_length = asked || (!strncmp(take->path, media_folder(stage), folder) && take->path[folder] == '/')
                              ? folder : slash ? (size_t)(slash - take->path) : 0;
    take->first = news->first;
    take->rate = news->rate;
    take->state = take->end ? TAKE_ENDING : TAKE_RUNNING;
    stage->desk_changed = true;
    if (!asked)
        return;                         /* this engine is a new one: the clip is in the document */
    struct ticket ticket = take->ticket;
    take->ticket = (struct ticket){0};
    load(stage, take);
    stage_answer(stage, ticket, ERR_NONE, file_of(take));
    desk_event(stage, "record start %c %d/%d/%d %s", letters[input], take->tab + 1, take->row + 1, take->column + 1,
               file_of(take));
}

/* The input is free: what waited for that begins. */
static void begin_next(struct stage *stage, int input)
{
    stage->take[input] = stage->next_take[input];
    stage->next_take[input] = (struct stage_take){0};
    if (stage->take[input].state == TAKE_ASKED)
        order(stage, input);
}

static void told_over(struct stage *stage, int input, const struct msg_take *news)
{
    if (stage->take[input].state == TAKE_ASKED)         /* so short that it was over before anyone looked */
        told_running(stage, input, news);
    double seconds = news->rate ? (double)news->frames / news->rate : 0;
    const char *slash = strrchr(news->path, '/'), *file = slash ? slash + 1 : news->path;
    char *text = NULL;
    if (news->text[0])
        text = xasprintf("Record %c stopped, %s: %s keeps the %.1f s that were taken", letters[input], news->text, file, seconds);
    else if (news->lost)
        text = xasprintf("%s: %.1f s of it were lost while its disk did not answer, silence stands for them", file,
                         (double)news->lost / news->rate);
    if (text)
        desk_notice(stage, false, text);
    free(text);
    desk_event(stage, "record end %c %s %.3f", letters[input], file, seconds);
    begin_next(stage, input);
}

static void told_failed(struct stage *stage, int input, const struct msg_take *news)
{
    refuse(stage, stage->take[input].ticket, ERR_IO, "record: %s", news->text);
    begin_next(stage, input);
}

void record_told(struct stage *stage, const struct msg *msg)
{
    struct msg_take news;
    memcpy(&news, msg->payload, sizeof news);
    news.path[sizeof news.path - 1] = news.text[sizeof news.text - 1] = '\0';
    if (news.input >= INPUTS)
        return;
    if (news.state == MSG_TAKE_RUNNING)
        told_running(stage, (int)news.input, &news);
    else if (news.state == MSG_TAKE_OVER)
        told_over(stage, (int)news.input, &news);
    else
        told_failed(stage, (int)news.input, &news);
    stage->desk_changed = true;
}

void record_lost(struct stage *stage)
{
    for (int input = 0; input < INPUTS; input++) {
        struct stage_take *take = &stage->take[input];
        forget_next(stage, input, ERR_IO, "the store died and is started again; try once more");
        if (take->state != TAKE_ASKED)
            continue;
        refuse(stage, take->ticket, ERR_IO, "record: the store died and is started again; try once more");
        *take = (struct stage_take){0};
    }
}

void record_again(struct stage *stage)
{
    for (int input = 0; input < INPUTS; input++) {
        const struct stage_take *take = &stage->take[input];
        if (take->state != TAKE_RUNNING && take->state != TAKE_ENDING)
            continue;
        int slot = slot_of(stage, take);
        struct msg_record order = {.input = (uint32_t)input, .rate = take->rate, .first = take->first};
        text_copy(order.path, sizeof order.path, slot < 0 ? take->path : stage->media[stage->clip_medium[slot]].path);
        outbox_send(&stage->store, MSG_RECORD, 0, &order, sizeof order, -1);
        struct msg_record_end ending = {.input = (uint32_t)input, .frame = take->end};
        if (take->state == TAKE_ENDING)
            outbox_send(&stage->store, MSG_RECORD_END, 0, &ending, sizeof ending, -1);
    }
}

/* --- what is shown --- */

bool record_holds(const struct stage *stage, uint32_t medium)
{
    for (int input = 0; input < INPUTS; input++)
        if (stage->take[input].state == TAKE_RUNNING && !strcmp(stage->media[medium].path, stage->take[input].path))
            return true;
    return false;
}

void record_fill_desk(const struct stage *stage, struct state_desk *desk)
{
    text_copy(desk->capture, sizeof desk->capture, stage->options.config.capture);
    text_copy(desk->capture_note, sizeof desk->capture_note, stage->capture_status.note);
    for (int input = 0; input < INPUTS; input++) {
        const struct stage_take *take = &stage->take[input];
        struct state_record *record = &desk->record[input];
        *record = (struct state_record){.clip = STATE_NO_CLIP, .tab = (uint8_t)take->tab, .row = (uint8_t)take->row,
                                        .column = (uint8_t)take->column, .first_frame = take->first};
        int slot = take->state == TAKE_RUNNING ? slot_of(stage, take) : -1;
        record->clip = slot < 0 ? STATE_NO_CLIP : (uint16_t)slot;
        record->take = take->state == TAKE_ARMED ? STATE_TAKE_ARMED
                     : take->state == TAKE_NONE ? STATE_TAKE_NONE : STATE_TAKE_RUNNING;
    }
}

bool record_get(const struct stage *stage, unsigned input, struct record_take *take)
{
    const struct stage_take *from = &stage->take[input];
    if (from->state != TAKE_RUNNING)
        return false;
    uint64_t written = inputs_written(stage->inputs);
    *take = (struct record_take){.slot = slot_of(stage, from), .frames = written > from->first ? written - from->first : 0,
                                 .rate = from->rate, .file = file_of(from)};
    return true;
}
