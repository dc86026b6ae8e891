/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The desk: what every screen sees of the show as a whole, written to the state segment when it
 * changes, and the events that `idle` listeners get as lines. Thread: main.
 */
#include "config.h"

#include "process/blackbox.h"
#include "process/record.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/clock.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void desk_event(struct stage *stage, const char *format, ...)
{
    if (!stage->server)
        return;
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    server_tell(stage->server, line);
}

/* Fit for a screen. */
static void set_text(struct state_notice *notice, const char *text)
{
    char clean[sizeof notice->text];
    text_copy(clean, sizeof clean, text);
    snprintf(notice->text, sizeof notice->text, "%s", text_has_control(clean) ? "(a message with control characters)" : clean);
}

void desk_notice(struct stage *stage, bool refusal, const char *text)
{
    if (!stage->server)
        return;
    struct state_desk *desk = &stage->desk;
    desk->notices = ++stage->notices;
    struct state_notice *notice = &desk->notice[(desk->notices - 1) % STATE_NOTICES];
    *notice = (struct state_notice){.number = desk->notices, .wall_ns = clock_wall_ns(), .refusal = refusal};
    set_text(notice, text);
    stage->desk_changed = true;
    desk_event(stage, "%s %s", refusal ? "refused" : "notice", notice->text);
    blackbox_text(stage, refusal ? FLIGHT_REFUSED : FLIGHT_NOTICE, blackbox_frame(stage), notice->text);
}

void desk_keep_notices(struct stage *stage, int state_fd)
{
    static struct state_desk before;
    const struct state_segment *segment = state_fd >= 0 ? state_map(state_fd) : NULL;
    bool whole = segment && seqlock_read(&segment->desk_lock, &segment->desk, &before, sizeof before);
    for (int i = 0; whole && i < STATE_NOTICES; i++) {
        struct state_notice *notice = &before.notice[i];
        notice->text[sizeof notice->text - 1] = '\0';
        if (!notice->number || notice->number > before.notices || (notice->number - 1) % STATE_NOTICES != (uint64_t)i)
            continue;
        stage->desk.notice[i] = *notice;
        set_text(&stage->desk.notice[i], notice->text);
    }
    if (whole)
        stage->desk.notices = stage->notices = before.notices;
    state_unmap(segment);
    if (state_fd >= 0)
        close(state_fd);
}

static int32_t mdb(double db)
{
    return isinf(db) ? INT32_MIN : (int32_t)lrint(db * 1000);
}

static void fill_groups(const struct stage *stage, struct state_desk *desk)
{
    for (int i = 0; i < STATE_GROUPS; i++) {
        const struct show_group *group = show_group(stage->show, i);
        char letter[2] = {(char)('A' + i), 0};
        struct state_group *to = &desk->group[i];
        *to = (struct state_group){.choke = group->choke, .mute = group->mute, .gain_mdb = mdb(group->gain)};
        text_copy(to->name, sizeof to->name, group->name ? group->name : letter);
        text_copy(to->color, sizeof to->color, group->color ? group->color : "");
    }
    for (int i = 0; i < STATE_TABS; i++) {
        const struct show_tab *tab = show_tab(stage->show, i);
        struct state_tab *to = &desk->tab[i];
        *to = (struct state_tab){0};
        if (!tab)
            continue;
        to->rows = (uint16_t)tab->rows;
        to->columns = (uint16_t)tab->columns;
        if (tab->name)
            text_copy(to->name, sizeof to->name, tab->name);
        else
            snprintf(to->name, sizeof to->name, "Tab %d", i + 1);
    }
}

static void fill_device(const struct stage *stage, struct state_desk *desk)
{
    const struct audio_status *status = &stage->audio_status;
    desk->device_state = status->state == AUDIO_RUNNING ? STATE_DEVICE_RUNNING : STATE_DEVICE_SILENT;
    text_copy(desk->device, sizeof desk->device, status->name);
    text_copy(desk->device_note, sizeof desk->device_note, status->note);
    text_copy(desk->realtime_note, sizeof desk->realtime_note, stage->realtime_note);
    desk->rate = status->format.rate;
    desk->period = status->format.period;
    desk->periods = status->format.periods;
    desk->channels = status->format.channels;
}

static void fill_load(const struct stage *stage, struct state_desk *desk)
{
    const struct burden *burden = &stage->burden;
    bool high = burden->yielding.level != STATE_LOAD_NORMAL;
    desk->load = (uint8_t)burden->yielding.level;
    desk->yields = (uint8_t)burden->yielding.yields;
    desk->sound_percent = high ? (uint8_t)(burden->sound_ppm / 10000 < 255 ? burden->sound_ppm / 10000 : 255) : 0;
    desk->system_percent = high ? (uint8_t)(burden->system_ppm / 10000) : 0;
}

static void fill_power(const struct stage *stage, struct state_desk *desk)
{
    const struct msg_power *power = &stage->mains.power;
    desk->power = (uint8_t)((power->discharging ? STATE_POWER_BATTERY : 0) | (power->throttled ? STATE_POWER_THROTTLED : 0));
    desk->battery_percent = power->battery_percent < 0 ? 255 : (uint8_t)power->battery_percent;
}

void desk_tell_page(struct stage *stage, bool dual, int left, int right)
{
    struct state_desk *desk = &stage->desk;
    desk->page_dual = dual;
    desk->page_left = (uint8_t)left;
    desk->page_right = (uint8_t)right;
    desk->page_serial++;
    stage->desk_changed = true;
}

void desk_publish(struct stage *stage)
{
    if (!stage->desk_changed || !stage->state)
        return;
    stage->desk_changed = false;
    struct state_desk *desk = &stage->desk;
    const struct show_head *head = show_head(stage->show);
    if (stage->shows_told != stage->shows)
        desk_tell_page(stage, head->dual, head->left, head->right);
    stage->shows_told = stage->shows;
    text_copy(desk->session, sizeof desk->session, stage->session);
    text_copy(desk->name, sizeof desk->name, head->name ? head->name : "");
    desk->dirty = show_dirty(stage->show);
    desk->locked = stage->locked;
    desk->dual = head->dual;
    desk->left = (uint8_t)head->left;
    desk->right = (uint8_t)head->right;
    desk->clips = (uint32_t)show_clips(stage->show);
    desk->loading = mirror_loading(stage);
    fill_groups(stage, desk);
    fill_device(stage, desk);
    fill_load(stage, desk);
    fill_power(stage, desk);
    record_fill_desk(stage, desk);
    seqlock_write_rt(&stage->state->desk_lock, &stage->state->desk, desk, sizeof *desk);
}
