/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The device as the engine's main thread sees it: what the configuration asks for, what
 * `device` changes while the show plays, and what screens and listeners are told. The device
 * itself belongs to engine/audio.c. Thread: main.
 */
#include "config.h"

#include "process/blackbox.h"
#include "process/engine_begin.h"
#include "process/listening.h"
#include "process/stage.h"
#include "base/log.h"
#include "base/text.h"
#include "wire/msg.h"

#include <stdio.h>
#include <string.h>

_Static_assert((int)CONF_FALLBACKS == DEVICE_FALLBACKS && (int)COMMAND_FALLBACKS == DEVICE_FALLBACKS,
               "as many names everywhere");

/* A card is opened with so many channels as the show sends to. */
static uint32_t channels_wanted(const struct stage *stage)
{
    int channels = show_channels(stage->show);
    return (uint32_t)(channels < ENGINE_CHANNELS ? channels : ENGINE_CHANNELS);
}

struct device_request devices_wanted(const struct stage *stage, uint64_t began_ns)
{
    const struct conf *config = &stage->options.config;
    struct device_request request = {.rate = config->rate, .period = config->period, .periods = config->periods,
                                     .dither = config->dither, .start_ns = began_ns};
    text_copy(request.name, sizeof request.name, config->device[0] ? config->device : "default");
    text_copy(request.format, sizeof request.format, config->format);
    for (int i = 0; i < DEVICE_FALLBACKS; i++)
        text_copy(request.fallback[i], sizeof request.fallback[i], config->fallback[i]);
    request.channels = channels_wanted(stage);
    return request;
}

/* --- telling --- */

/* Said once for each reason, to whoever looks: screens, listeners, and the terminal of `clipgrid run`. */
static void say_note(struct stage *stage, const struct audio_status *status)
{
    char text[300];
    bool silent = status->state != AUDIO_RUNNING;
    snprintf(text, sizeof text, "%s; %s", status->note,
             silent ? "the show runs on, unheard, and takes the device when it is there" : "the show goes back when it is there");
    desk_notice(stage, false, text);
    log_line(LOG_WARN, "%s", text);
}

void devices_begin(struct stage *stage)
{
    audio_get_status(stage->audio, &stage->audio_status);
    if (stage->audio_status.note[0])
        say_note(stage, &stage->audio_status);
    if (stage->realtime_note[0])
        log_line(LOG_WARN, "%s", stage->realtime_note);
    if (stage->memory_note[0] && strcmp(stage->memory_note, stage->realtime_note) != 0)
        log_line(LOG_WARN, "%s", stage->memory_note);
}

static void watch_status(struct stage *stage)
{
    struct audio_status now;
    audio_get_status(stage->audio, &now);
    if (now.changes == stage->audio_status.changes)
        return;
    blackbox_device(stage, &now);
    bool said = strcmp(now.note, stage->audio_status.note) != 0 && now.note[0];
    bool back = now.state == AUDIO_RUNNING && (stage->audio_status.state != AUDIO_RUNNING || stage->audio_status.note[0]);
    stage->audio_status = now;
    stage->desk_changed = true;
    if (said)
        say_note(stage, &now);
    else if (back)
        desk_notice(stage, false, "the device is there; the show sounds in its place");
    desk_event(stage, "device %s %s", now.state == AUDIO_RUNNING ? "running" : "silent", now.name);
}

static void answer_choices(struct stage *stage, struct ticket ticket)
{
    struct device_request request;
    const struct audio_status *status = &stage->audio_status;
    struct strbuf text = {0};
    audio_get_request(stage->audio, &request);
    strbuf_addf(&text, "device = %s", request.name);
    for (int i = 0; i < DEVICE_FALLBACKS && request.fallback[i][0]; i++)
        strbuf_addf(&text, "\nfallback = %s", request.fallback[i]);
    strbuf_addf(&text, "\nplays = %s", status->state == AUDIO_RUNNING ? status->name : "nothing");
    strbuf_addf(&text, "\nrate = %u\nperiod = %u\nperiods = %u\nchannels = %u\nformat = %s", status->format.rate,
                status->format.period, status->format.periods, status->format.channels, status->format.format);
    strbuf_addf(&text, "\ndither = %s\nequal_latency = %s", request.dither ? "on" : "off",
                stage->options.config.equal_latency ? "on" : "off");
    listening_fmt_choices(stage, &text);
    stage_answer(stage, ticket, ERR_NONE, text.s);
    strbuf_clear(&text);
}

/* --- changes --- */

static bool needs_device(const struct command_device *choice)
{
    return choice->name[0] || choice->has_fallback || choice->has_format || choice->rate >= 0 || choice->period >= 0 ||
           choice->periods >= 0 || choice->channels >= 0 || choice->dither >= 0;
}

/* What is kept to, and over it what was chosen. */
static void fill_request(struct stage *stage, const struct command_device *choice, struct device_request *request)
{
    const struct conf *config = &stage->options.config;
    audio_get_request(stage->audio, request);
    request->start_ns = 0;
    request->rate = choice->rate >= 0 ? (uint32_t)choice->rate : config->rate;
    if (choice->period >= 0)
        request->period = (uint32_t)choice->period;
    if (choice->periods >= 0)
        request->periods = (uint32_t)choice->periods;
    request->channels = choice->channels > 0 ? (uint32_t)choice->channels : channels_wanted(stage);
    if (choice->has_format)
        text_copy(request->format, sizeof request->format, choice->format);
    if (choice->dither >= 0)
        request->dither = choice->dither;
    if (choice->name[0])
        text_copy(request->name, sizeof request->name, choice->name);
    if (!choice->has_fallback)
        return;
    memset(request->fallback, 0, sizeof request->fallback);
    memcpy(request->fallback, choice->fallback, (size_t)choice->fallbacks * sizeof *choice->fallback);
}

static bool needs_inputs(const struct command_device *choice)
{
    return choice->has_capture || choice->has_record[0] || choice->has_record[1] || choice->ltc >= 0;
}

/* The choices are the configuration's from now on, in the engine's next life too. */
static void keep_choices(struct stage *stage)
{
    struct conf *config = &stage->options.config;
    const struct device_request *request = &stage->device_asked;
    text_copy(config->device, sizeof config->device, request->name);
    text_copy(config->format, sizeof config->format, request->format);
    for (int i = 0; i < DEVICE_FALLBACKS; i++)
        text_copy(config->fallback[i], sizeof config->fallback[i], request->fallback[i]);
    config->rate = request->rate;
    config->period = request->period;
    config->periods = request->periods;
    config->dither = request->dither;
    msg_send(stage->supervisor, MSG_CONFIG, 0, config, sizeof *config, NULL, 0);
    engine_begin_tell(stage, request->channels);
}

static bool ask(struct stage *stage, struct ticket ticket, const struct device_request *request)
{
    if (!audio_change(stage->audio, request))
        return false;
    stage->device_asked = *request;
    stage->device_ticket = ticket;
    return true;
}

void devices_change(struct stage *stage, struct ticket ticket, const struct command_device *choice)
{
    struct device_request request;
    if (needs_inputs(choice)) {
        listening_change(stage, ticket, choice);
        return;
    }
    if (!needs_device(choice) && choice->equal_latency < 0) {
        answer_choices(stage, ticket);
        return;
    }
    if (choice->equal_latency >= 0)
        stage->options.config.equal_latency = choice->equal_latency;
    if (!needs_device(choice)) {
        msg_send(stage->supervisor, MSG_CONFIG, 0, &stage->options.config, sizeof stage->options.config, NULL, 0);
        stage_answer(stage, ticket, ERR_NONE, "");
        return;
    }
    fill_request(stage, choice, &request);
    if (choice->channels > 0)
        devices_keep_channels(stage);
    if (!ask(stage, ticket, &request))
        stage_answer(stage, ticket, ERR_BUSY, "the device is being changed already");
}

static void take_answer(struct stage *stage)
{
    struct err err;
    if (!audio_take_change(stage->audio, &err))
        return;
    watch_status(stage);
    if (err.code == ERR_NONE)
        keep_choices(stage);
    if (err.code == ERR_NONE) {
        stage_answer(stage, stage->device_ticket, ERR_NONE, "");
    } else {
        stage_answer(stage, stage->device_ticket, ERR_REFUSED, err.text);
        desk_notice(stage, true, err.text);
    }
    stage->device_ticket = (struct ticket){0};
}

void devices_keep_channels(struct stage *stage)
{
    stage->channels_tried = channels_wanted(stage);
}

/* Busses were sent to channels that the card has, and was not opened with. */
static void follow_channels(struct stage *stage)
{
    struct device_request request;
    const struct audio_status *status = &stage->audio_status;
    uint32_t wanted = channels_wanted(stage), most = status->channels_most;
    if (wanted > most && most)
        wanted = most;
    if (status->state != AUDIO_RUNNING || wanted <= status->format.channels || wanted <= stage->channels_tried ||
        strcmp(status->name, status->wanted) != 0 || device_driver_for(status->name) != &device_alsa)
        return;
    audio_get_request(stage->audio, &request);
    request.channels = wanted;
    request.rate = stage->options.config.rate;
    if (ask(stage, (struct ticket){0}, &request))
        stage->channels_tried = wanted;
}

void devices_watch(struct stage *stage)
{
    watch_status(stage);
    take_answer(stage);
    follow_channels(stage);
}
