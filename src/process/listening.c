/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inputs, and their changes: see listening.h. A change goes through three steps: the old device lets go, the new one is
 * opened, and if that does not work, lets go again for the old one. Each may last as long as a driver likes; whoever
 * asked is answered after a few seconds at most.
 */
#include "config.h"

#include "process/listening.h"
#include "base/text.h"
#include "platform/clock.h"
#include "wire/msg.h"

#include <stdio.h>
#include <string.h>

#define PATIENCE_NS (3 * CLOCK_SECOND_NS)       /* for a driver */

static struct capture_request request_of(const struct stage *stage, const struct conf *config)
{
    struct capture_request request = {.rate = stage->audio_status.format.rate, .ltc = (uint8_t)config->ltc};
    text_copy(request.name, sizeof request.name, config->capture);
    for (int side = 0; side < 2; side++) {
        request.record[0][side] = (uint8_t)config->record_a[side];
        request.record[1][side] = (uint8_t)config->record_b[side];
    }
    return request;
}

static void open_capture(struct stage *stage, const struct conf *config)
{
    const struct capture_request request = request_of(stage, config);
    stage->capture_status = (struct capture_status){0};
    stage->capture = capture_open(&request, stage->inputs, stage->state);
    stage->desk_changed = true;
    if (!stage->capture && request.name[0])
        desk_notice(stage, false, "no thread for the inputs: nothing can be recorded");
}

void listening_begin(struct stage *stage)
{
    open_capture(stage, &stage->options.config);
}

/* --- telling --- */

static void fmt_channels(struct strbuf *out, const char *name, const unsigned channel[2])
{
    if (!channel[0] && !channel[1])
        strbuf_addf(out, "\n%s = none", name);
    else if (channel[0] == channel[1])
        strbuf_addf(out, "\n%s = %u", name, channel[0]);
    else
        strbuf_addf(out, "\n%s = %u,%u", name, channel[0], channel[1]);
}

void listening_fmt_choices(const struct stage *stage, struct strbuf *out)
{
    const struct conf *config = &stage->options.config;
    const unsigned ltc[2] = {config->ltc, config->ltc};
    strbuf_addf(out, "\ncapture = %s", config->capture[0] ? config->capture : "none");
    fmt_channels(out, "record_a", config->record_a);
    fmt_channels(out, "record_b", config->record_b);
    fmt_channels(out, "ltc", ltc);
}

/* The capture device came, went or changed. */
static void watch_status(struct stage *stage)
{
    struct capture_status now;
    capture_get_status(stage->capture, &now);
    if (now.changes == stage->capture_status.changes)
        return;
    bool said = strcmp(now.note, stage->capture_status.note) != 0 && now.note[0];
    bool back = now.running && !stage->capture_status.running && stage->capture_status.note[0];
    stage->capture_status = now;
    stage->desk_changed = true;
    if (said)
        desk_notice(stage, false, now.note);
    else if (back)
        desk_notice(stage, false, "the input is there again");
}

/* --- changes --- */

static void answer(struct stage *stage, enum err_code code, const char *text)
{
    struct ticket ticket = stage->listening.ticket;
    stage->listening.ticket = (struct ticket){0};
    if (ticket.client)
        stage_answer(stage, ticket, code, text);
    if (code != ERR_NONE)
        desk_notice(stage, true, text);
}

static void leave(struct stage *stage, enum stage_listening_step step)
{
    capture_leave(stage->capture);
    stage->capture_status = (struct capture_status){0};
    stage->listening.step = step;
    stage->listening.until_ns = clock_now_rt() + PATIENCE_NS;
    stage->desk_changed = true;
}

/* The choices are the configuration's from now on, in the engine's next life too. An input without channels is not armed. */
static void keep_choices(struct stage *stage)
{
    struct conf *config = &stage->options.config;
    const struct conf *asked = &stage->listening.asked;
    memcpy(config->capture, asked->capture, sizeof config->capture);
    memcpy(config->record_a, asked->record_a, sizeof config->record_a);
    memcpy(config->record_b, asked->record_b, sizeof config->record_b);
    config->ltc = asked->ltc;
    const unsigned *channels[INPUTS] = {config->record_a, config->record_b};
    for (int input = 0; input < INPUTS; input++)
        if (stage->take[input].state == TAKE_ARMED && (!config->capture[0] || (!channels[input][0] && !channels[input][1])))
            stage->take[input] = (struct stage_take){0};
    stage->listening.step = LISTENING_SETTLED;
    stage->desk_changed = true;
    msg_send(stage->supervisor, MSG_CONFIG, 0, config, sizeof *config, NULL, 0);
    answer(stage, ERR_NONE, "");
}

static void take_back(struct stage *stage, const char *why)
{
    char text[300];
    snprintf(text, sizeof text, "the inputs stay as they were: %s", why);
    leave(stage, LISTENING_RETURNS);
    answer(stage, ERR_REFUSED, text);
}

/* Return: whether it has let go, or there was none. */
static bool is_left(struct stage *stage)
{
    if (!capture_take_end(stage->capture))
        return false;
    stage->capture = NULL;
    return true;
}

static void take_step(struct stage *stage)
{
    struct stage_listening *listening = &stage->listening;
    bool late = clock_now_rt() > listening->until_ns;
    if (listening->step == LISTENING_LEAVES && is_left(stage)) {
        open_capture(stage, &listening->asked);
        stage->inputs_changed = true;
        listening->step = LISTENING_OPENS;
        listening->until_ns = clock_now_rt() + PATIENCE_NS;
    } else if (listening->step == LISTENING_OPENS) {
        watch_status(stage);
        if (!stage->capture || stage->capture_status.running)
            keep_choices(stage);
        else if (stage->capture_status.note[0] || late)
            take_back(stage, late ? "the device does not answer" : stage->capture_status.note);
    } else if (listening->step == LISTENING_RETURNS && is_left(stage)) {
        open_capture(stage, &stage->options.config);
        listening->step = LISTENING_SETTLED;
    } else if (late && listening->ticket.client) {
        answer(stage, ERR_BUSY, "the device of the inputs hangs; they change when it lets go");
    }
}

void listening_watch(struct stage *stage)
{
    if (stage->listening.step == LISTENING_SETTLED)
        watch_status(stage);
    else
        take_step(stage);
}

static bool is_recorded(const struct stage *stage, int input)
{
    const struct stage_take *take = &stage->take[input];
    return take->state == TAKE_ASKED || take->state == TAKE_RUNNING || take->state == TAKE_ENDING;
}

/* What is kept to, and over it what was chosen. */
static void fill(const struct stage *stage, const struct command_device *choice, struct conf *asked)
{
    *asked = stage->options.config;
    if (choice->has_capture)
        text_copy(asked->capture, sizeof asked->capture, choice->capture);
    for (int side = 0; side < 2; side++) {
        if (choice->has_record[0])
            asked->record_a[side] = choice->record[0][side];
        if (choice->has_record[1])
            asked->record_b[side] = choice->record[1][side];
    }
    if (choice->ltc >= 0)
        asked->ltc = (unsigned)choice->ltc;
}

void listening_change(struct stage *stage, struct ticket ticket, const struct command_device *choice)
{
    char text[160];
    for (int input = 0; input < INPUTS; input++) {
        if (!is_recorded(stage, input))
            continue;
        snprintf(text, sizeof text, "device: Record %c is being recorded; record stop %c ends it", 'A' + input, 'a' + input);
        stage_answer(stage, ticket, ERR_REFUSED, text);
        desk_notice(stage, true, text);
        return;
    }
    if (stage->listening.step != LISTENING_SETTLED) {
        stage_answer(stage, ticket, ERR_BUSY, "the inputs are being changed already");
        return;
    }
    stage->listening.ticket = ticket;
    fill(stage, choice, &stage->listening.asked);
    leave(stage, LISTENING_LEAVES);
}
