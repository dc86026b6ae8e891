/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the audio thread says: results answer the lines that wait for them, starts and ends
 * become event lines, retired parameters are let go. Thread: main.
 */
#include "config.h"

#include "process/blackbox.h"
#include "base/log.h"
#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>

static const char *reason_of(enum engine_result result, unsigned value, char buffer[64])
{
    switch (result) {
    case RESULT_OK:
        return "";
    case RESULT_NO_CLIP:
        return "there is no clip";
    case RESULT_NOT_READY:
        return "its medium did not load";
    case RESULT_POOL_FULL:
        snprintf(buffer, 64, value < 24 ? "the %u of 24 voices that choke groups leave are in use" : "%u voices in use", value);
        return buffer;
    case RESULT_GROUP_FULL:
        snprintf(buffer, 64, "the group's limit of %u voices is in use", value);
        return buffer;
    case RESULT_LAYERS_FULL:
        return "4 layers of it sound";
    case RESULT_IGNORED:
        return "it sounds, and its press is ignore";
    case RESULT_NO_ENTRY:
        return "that is past the end of its file";
    case RESULT_OUTSIDE:
        return "that is outside of its IN and OUT, where only markers lead";
    case RESULT_NOT_SOUNDING:
        return "it does not sound";
    case RESULT_NOT_LOOPING:
        return "it does not loop";
    case RESULT_GHOSTS_FULL:
        return "too many voices are being ended at once";
    case RESULT_GUARDED:
        snprintf(buffer, 64, "again within %u ms, its guard", value);
        return buffer;
    case RESULT_EMERGENCY:
        return "an emergency holds everything; emergency once more goes on";
    case RESULT_LINKS_FULL:
        return "too many links at once";
    case RESULT_OVERLOAD:
        return "the load is critical: nothing new starts until it is lower";
    }
    return "";
}

void results_fmt_clip(const struct stage *stage, int slot, char buffer[200])
{
    const struct show_clip *clip = slot >= 0 ? show_clip(stage->show, slot) : NULL;
    char address[16], name[96];
    buffer[0] = '\0';
    if (slot == ENGINE_CLIP_FILE && stage->file)
        snprintf(buffer, 200, "file:%s", stage->file);
    if (clip)
        snprintf(buffer, 200, "%s %s %s", show_address(clip, address), clip->id, show_clip_name(clip, name, sizeof name));
}

static void refuse(struct stage *stage, struct ticket ticket, int slot, const struct event *event)
{
    char clip[200], why[64];
    results_fmt_clip(stage, slot, clip);
    char *text = xasprintf("%s%s%s", clip, *clip ? ": " : "", reason_of((enum engine_result)event->result, event->value, why));
    stage_answer(stage, ticket, ERR_REFUSED, text);
    desk_notice(stage, true, text);
    free(text);
}

static void take_result(struct stage *stage, const struct event *event)
{
    struct stage_pending *pending = &stage->pending[event->serial % STAGE_PENDING];
    blackbox_done(stage, event);
    if (!pending->used)
        return;
    struct stage_pending done = *pending;
    pending->used = false;
    stage->unanswered--;
    stage->unanswered_live -= done.live;
    if (event->result == RESULT_OK)
        stage_answer(stage, done.ticket, ERR_NONE, "");
    else if (done.ticket.client || !stage->server)
        refuse(stage, done.ticket, done.slot, event);
}

/* A voice that went unheard for want of samples. What repeats is told to the operator, every time is in the log. */
static void tell_dry(struct stage *stage, const struct event *event)
{
    enum { TOLD_EVERY = 8 };
    char clip[200];
    results_fmt_clip(stage, event->clip, clip);
    double ms = (double)event->heard_frames * 1000 / stage->audio_status.format.rate;
    char *text = xasprintf("%s: %.0f ms of it were not loaded in time", clip, ms);
    log_line(LOG_WARN, "%s", text);
    blackbox_text(stage, FLIGHT_DRY, event->frame, text);
    if (stage->dry_told++ % TOLD_EVERY == 0)
        desk_notice(stage, false, text);
    free(text);
}

static void tell_emergency(struct stage *stage, bool raised)
{
    desk_notice(stage, false, raised ? "emergency: everything stands still; once more goes on" : "emergency: over");
    desk_event(stage, "emergency %s", raised ? "on" : "off");
}

/* How soon the phases were reached: by the frames of the show, and by the clock. */
static void tell_phases(struct stage *stage, unsigned number)
{
    static struct state_live live;
    char text[300];
    if (!stage->state || !seqlock_read(&stage->state->live_lock, &stage->state->live, &live, sizeof live))
        return;
    for (int i = 0; i < STATE_EMERGENCIES; i++) {
        const struct state_emergency *record = &live.raised[i];
        if ((record->number & 0xffff) != number || record->phases < STATE_PHASES)
            continue;
        const uint64_t *frame = record->frame, *ns = record->time_ns;
        snprintf(text, sizeof text, "emergency %u, %s, at frame %llu: phase 2 after %llu frames, %.2f ms; 3 after %llu, %.2f ms; "
                 "4 after %llu, %.2f ms", record->number, state_cause_word(record->cause), (unsigned long long)frame[0],
                 (unsigned long long)(frame[1] - frame[0]), (double)(ns[1] - ns[0]) / 1e6,
                 (unsigned long long)(frame[2] - frame[0]), (double)(ns[2] - ns[0]) / 1e6,
                 (unsigned long long)(frame[3] - frame[0]), (double)(ns[3] - ns[0]) / 1e6);
        log_line(LOG_WARN, "%s", text);
        blackbox_text(stage, FLIGHT_EMERGENCY, frame[0], text);
        if (record->cause == STATE_CAUSE_FAULT)
            desk_notice(stage, false, "a bus was muted for samples that are no numbers; it sounds again");
    }
}

static void tell_end(struct stage *stage, const struct event *event)
{
    static const char *const causes[] = {[END_NATURAL] = "end", [END_STOP] = "stop", [END_CHOKE] = "choke", [END_STEAL] = "steal",
        [END_RESTART] = "restart", [END_PANIC] = "panic", [END_CLIP_GONE] = "gone"};
    char clip[200], text[240];
    results_fmt_clip(stage, event->clip, clip);
    snprintf(text, sizeof text, "%s %s", causes[event->cause], clip);
    desk_event(stage, "end %s", text);
    blackbox_text(stage, FLIGHT_END, event->frame, text);
}

void results_take(struct stage *stage)
{
    struct event event;
    char clip[200];
    while (engine_take_event(stage->engine, &event)) {
        switch ((enum event_type)event.type) {
        case EVENT_RESULT:
            take_result(stage, &event);
            break;
        case EVENT_START:
            results_fmt_clip(stage, event.clip, clip);
            desk_event(stage, "play %s", clip);
            blackbox_text(stage, event.bus == ENGINE_BUS_AUDITION ? FLIGHT_AUDITION : FLIGHT_PLAY, event.frame, clip);
            if (stage->played)
                stage->played(stage, event.clip);
            break;
        case EVENT_DRY:
            tell_dry(stage, &event);
            break;
        case EVENT_END:
            tell_end(stage, &event);
            break;
        case EVENT_REFUSED:
            refuse(stage, (struct ticket){0}, event.clip, &event);
            break;
        case EVENT_EMERGENCY:
            tell_emergency(stage, event.value);
            break;
        case EVENT_PHASES:
            tell_phases(stage, event.value);
            break;
        case EVENT_RETIRED:
            mirror_release_params(stage, event.params);
            break;
        }
    }
}
