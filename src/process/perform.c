/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Actions become deeds: what a command said is to be done (command/command.h) is posted to the
 * audio thread, handed to the store, or written on the desk. No rule of the show is here.
 * A line is answered when the last operation it posted has its result.
 */
#include "config.h"

#include "process/blackbox.h"
#include "process/line_rate.h"
#include "process/record.h"
#include "process/stage.h"
#include "base/xalloc.h"
#include "show/property.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct ticket nobody = {0};

static struct engine_target engine_target_of(const struct command_target *target)
{
    static const enum target_kind kinds[] = {
        [TARGET_OBJECT_CLIP] = TARGET_CLIP, [TARGET_OBJECT_GROUP] = TARGET_GROUP, [TARGET_OBJECT_TAB] = TARGET_TAB,
        [TARGET_OBJECT_BUS] = TARGET_BUS, [TARGET_OBJECT_ALL] = TARGET_ALL,
    };
    return (struct engine_target){.kind = kinds[target->object], .index = (uint16_t)(target->index < 0 ? 0 : target->index)};
}

/* Frame of the file; -1: its IN, or the rate is not known yet. clip NULL: of a file that no clip has. */
static int64_t entry_in_file(const struct entry *entry, const struct show_clip *clip, uint32_t rate)
{
    uint64_t order = entry->kind == ENTRY_SEQUENCE ? entry->sequence : clip ? order_playable(clip) : 0;
    if (entry->kind == ENTRY_IN || entry->kind == ENTRY_SEQUENCE)
        return clip && order ? clip->marker[(order & 15) - 1].at : -1;
    if (entry->kind == ENTRY_FRAME)
        return entry->frames;
    return rate ? (int64_t)(entry->seconds * rate + 0.5) : -1;
}

/* A clip whose medium will not come is refused here, in words; one that is still coming is hurried. */
static bool medium_fit(struct stage *stage, struct ticket ticket, int slot, const struct entry *entry)
{
    uint32_t number = slot == ENGINE_CLIP_FILE ? stage->file_medium : stage->clip_medium[slot];
    const struct stage_medium *medium = &stage->media[number];
    const struct show_clip *listed = slot == ENGINE_CLIP_FILE ? NULL : show_clip(stage->show, slot);
    int64_t at = entry_in_file(entry, listed, medium->file_rate);
    char clip[200];
    if (record_holds(stage, number)) {
        results_fmt_clip(stage, slot, clip);
        char *why = xasprintf("%s is being recorded; record stop ends it, then it plays", clip);
        stage_answer(stage, ticket, ERR_REFUSED, why);
        desk_notice(stage, true, why);
        free(why);
        return false;
    }
    if (slot != ENGINE_CLIP_FILE && mirror_has_quarantined(stage, slot)) {
        results_fmt_clip(stage, slot, clip);
        char *why = xasprintf("%s is in quarantine: the engine died twice while it played", clip);
        stage_answer(stage, ticket, ERR_REFUSED, why);
        desk_notice(stage, true, why);
        free(why);
        return false;
    }
    if (medium->state == STATE_MEDIA_LOADING || medium->state == STATE_MEDIA_COLD || at >= 0)
        stage->first(stage, number, at);
    if ((medium->state != STATE_MEDIA_MISSING && medium->state != STATE_MEDIA_BROKEN) || (listed && listed->list))
        return true;                    /* of a list the audio thread takes what there is */
    results_fmt_clip(stage, slot, clip);
    char *text = xasprintf("%s is %s: %s", clip, medium->state == STATE_MEDIA_MISSING ? "missing" : "broken",
                           medium->note[0] ? medium->note : medium->path);
    stage_answer(stage, ticket, ERR_REFUSED, text);
    desk_notice(stage, true, text);
    free(text);
    return false;
}

static struct entry entry_of(const struct action *action)
{
    bool anywhere = action->marker || action->type == ACTION_AUDITION;
    if (action->order)
        return (struct entry){.kind = ENTRY_SEQUENCE, .sequence = action->order};
    if (!action->has_at)
        return (struct entry){.kind = ENTRY_IN};
    if (action->at.kind == POSITION_FRAMES)
        return (struct entry){.kind = ENTRY_FRAME, .anywhere = anywhere, .frames = action->at.frames};
    return (struct entry){.kind = ENTRY_SECONDS, .anywhere = anywhere, .seconds = action->at.seconds};
}

static void post_clip(struct stage *stage, struct ticket ticket, const struct action *action, enum op_type type)
{
    bool starts = type == OP_PRESS || type == OP_PLAY || type == OP_AUDITION || type == OP_SEEK;
    struct entry entry = entry_of(action);
    if (starts && action->edge != EDGE_UP && !medium_fit(stage, ticket, action->slot, &entry))
        return;
    static const enum press_edge edges[] = {[EDGE_BOTH] = PRESS_BOTH, [EDGE_DOWN] = PRESS_DOWN, [EDGE_UP] = PRESS_UP};
    struct op op = {.type = (uint8_t)type, .clip = (uint16_t)action->slot, .edge = (uint8_t)edges[action->edge],
                    .entry = entry, .on = action->edit != NULL};
    stage_post(stage, &op, ticket, action->slot);
}

/* A file that no clip has, or a clip as it would be. One that could not be played is looked at anew. */
static void audition_file(struct stage *stage, struct ticket ticket, const struct action *action)
{
    uint8_t state = stage->file ? stage->media[stage->file_medium].state : STATE_MEDIA_NONE;
    bool same = stage->file && action->text && !stage->file_edited && !strcmp(stage->file, action->text) &&
                state != STATE_MEDIA_MISSING && state != STATE_MEDIA_BROKEN;
    if (action->edit)
        mirror_edit(stage, action->slot, action->edit);
    else if (!same)
        mirror_file(stage, action->text);
    if (!stage->file) {
        stage_answer(stage, ticket, ERR_REFUSED, "no room in clip memory's table");
        return;
    }
    struct action on_slot = *action;
    on_slot.slot = ENGINE_CLIP_FILE;
    post_clip(stage, ticket, &on_slot, OP_AUDITION);
}

static void post_target(struct stage *stage, struct ticket ticket, const struct action *action, enum op_type type)
{
    struct op op = {.type = (uint8_t)type, .target = engine_target_of(&action->target), .on = action->on,
                    .seconds = action->seconds,
        .curve = (uint8_t)action->curve, .level_lin = isinf(action->number) ? 0.0f : (float)pow(10, action->number / 20)};
    op.clip = type == OP_SOLO ? op.target.index : 0;
    stage_post(stage, &op, ticket, action->target.object == TARGET_OBJECT_CLIP ? action->target.index : -1);
}

/* --- one function an action: table `performers` below. Return: true if the answer comes later or was given. --- */

typedef bool perform_fn(struct stage *stage, struct ticket ticket, const struct action *action);

/* The action is an operation on a clip and nothing else. */
static bool do_clip(struct stage *stage, struct ticket ticket, const struct action *action)
{
    static const uint8_t ops[] = {
        [ACTION_PRESS] = OP_PRESS, [ACTION_PLAY] = OP_PLAY, [ACTION_SEEK] = OP_SEEK, [ACTION_RELEASE] = OP_RELEASE,
    };
    post_clip(stage, ticket, action, (enum op_type)ops[action->type]);
    return true;
}

static bool do_audition(struct stage *stage, struct ticket ticket, const struct action *action)
{
    if (action->text || action->edit)
        audition_file(stage, ticket, action);
    else
        post_clip(stage, ticket, action, OP_AUDITION);
    return true;
}

/* The action is an operation on a target and nothing else. */
static bool do_target(struct stage *stage, struct ticket ticket, const struct action *action)
{
    static const uint8_t ops[] = {
        [ACTION_STOP] = OP_STOP, [ACTION_FADE] = OP_FADE, [ACTION_MUTE] = OP_MUTE, [ACTION_SOLO] = OP_SOLO,
        [ACTION_PAUSE] = OP_PAUSE, [ACTION_RESUME] = OP_RESUME,
    };
    post_target(stage, ticket, action, (enum op_type)ops[action->type]);
    return true;
}

static bool do_panic(struct stage *stage, struct ticket ticket, const struct action *action)
{
    (void)action;
    stage_post(stage, &(struct op){.type = OP_PANIC}, ticket, -1);
    desk_notice(stage, false, "panic: everything fades in 1 s; once more cuts");
    return true;
}

static bool do_emergency(struct stage *stage, struct ticket ticket, const struct action *action)
{
    (void)action;
    stage_post(stage, &(struct op){.type = OP_EMERGENCY}, ticket, -1);
    return true;
}

static bool do_lock(struct stage *stage, struct ticket ticket, const struct action *action)
{
    (void)ticket;
    stage->locked = action->on;
    stage->desk_changed = true;
    return false;
}

/* A screen does `tab`, `page` and `detach` itself; by ctl they reach every screen that follows. */
static bool do_tab(struct stage *stage, struct ticket ticket, const struct action *action)
{
    (void)ticket;
    stage->desk.follow_tab = (uint8_t)(action->target.index + 1);
    stage->desk.follow_serial++;
    stage->desk_changed = true;
    return false;
}

static bool do_page(struct stage *stage, struct ticket ticket, const struct action *action)
{
    (void)ticket;
    if (action->keep)
        show_keep_pages(stage->show, action->on, action->left, action->right);
    if (action->told)
        desk_tell_page(stage, action->on, action->left, action->right);
    return false;
}

static bool do_detach(struct stage *stage, struct ticket ticket, const struct action *action)
{
    (void)ticket;
    (void)action;
    stage->desk.detach_serial++;
    stage->desk_changed = true;
    return false;
}

static bool do_save(struct stage *stage, struct ticket ticket, const struct action *action)
{
    save_begin(stage, ticket, action->text, action->force);
    return true;
}

static bool do_open(struct stage *stage, struct ticket ticket, const struct action *action)
{
    save_open(stage, ticket, action->text, action->force);
    return true;
}

static bool do_restore(struct stage *stage, struct ticket ticket, const struct action *action)
{
    save_restore(stage, ticket, (uint32_t)action->number);
    return true;
}

static bool do_status(struct stage *stage, struct ticket ticket, const struct action *action)
{
    struct strbuf text = {0};
    status_fmt(stage, action->on, &text);
    stage_answer(stage, ticket, ERR_NONE, text.s ? text.s : "");
    strbuf_clear(&text);
    return true;
}

static bool do_check(struct stage *stage, struct ticket ticket, const struct action *action)
{
    check_fmt_running(stage, ticket, action->on);
    return true;
}

static bool do_idle(struct stage *stage, struct ticket ticket, const struct action *action)
{
    (void)action;
    if (stage->server)
        server_listen(stage->server, ticket);
    return true;
}

static bool do_job(struct stage *stage, struct ticket ticket, const struct action *action)
{
    jobs_begin(stage, ticket, action);
    return true;
}

static bool do_job_status(struct stage *stage, struct ticket ticket, const struct action *action)
{
    (void)action;
    jobs_status(stage, ticket);
    return true;
}

static bool do_job_cancel(struct stage *stage, struct ticket ticket, const struct action *action)
{
    (void)action;
    jobs_cancel(stage, ticket);
    return true;
}

static bool do_take_offer(struct stage *stage, struct ticket ticket, const struct action *action)
{
    jobs_take_offer(stage, ticket, action);
    return true;
}

static bool do_device(struct stage *stage, struct ticket ticket, const struct action *action)
{
    devices_change(stage, ticket, action->device);
    return true;
}

static bool do_record(struct stage *stage, struct ticket ticket, const struct action *action)
{
    record_perform(stage, ticket, action);
    return true;
}

static bool do_quit(struct stage *stage, struct ticket ticket, const struct action *action)
{
    (void)ticket;
    (void)action;
    stage->quitting = true;
    return false;
}

static perform_fn *const performers[] = {
    [ACTION_PRESS] = do_clip, [ACTION_PLAY] = do_clip, [ACTION_SEEK] = do_clip, [ACTION_RELEASE] = do_clip,
    [ACTION_AUDITION] = do_audition, [ACTION_STOP] = do_target, [ACTION_FADE] = do_target, [ACTION_MUTE] = do_target,
    [ACTION_SOLO] = do_target, [ACTION_PAUSE] = do_target, [ACTION_RESUME] = do_target, [ACTION_PANIC] = do_panic,
    [ACTION_EMERGENCY] = do_emergency, [ACTION_LOCK] = do_lock, [ACTION_SAVE] = do_save, [ACTION_OPEN] = do_open,
    [ACTION_RESTORE] = do_restore,
    [ACTION_TAB] = do_tab, [ACTION_PAGE] = do_page, [ACTION_JOB] = do_job, [ACTION_JOB_STATUS] = do_job_status,
    [ACTION_JOB_CANCEL] = do_job_cancel, [ACTION_TAKE_OFFER] = do_take_offer, [ACTION_DETACH] = do_detach,
    [ACTION_DEVICE] = do_device, [ACTION_RECORD] = do_record, [ACTION_STATUS] = do_status,
    [ACTION_CHECK] = do_check, [ACTION_IDLE] = do_idle, [ACTION_QUIT] = do_quit,
};

/* Of edits only: whatever else a line does goes on. */
static int check_room(const struct stage *stage, const char *line, struct command_reply *reply)
{
    char name[16];
    *reply = (struct command_reply){0};
    line += strspn(line, " \t");
    size_t length = strcspn(line, " \t");
    if (length >= sizeof name)
        return 0;
    memcpy(name, line, length);
    name[length] = '\0';
    const struct command_row *row = command_find(name);
    return row && (row->flags & COMMAND_EDIT) && !stage->locked ? edits_check_room(stage, &reply->err) : 0;
}

static void perform_whole(struct stage *stage, struct ticket ticket, const char *line, enum command_role role,
                          enum command_source source)
{
    struct command_context context = {.show = stage->show, .role = role, .source = source, .locked = stage->locked};
    struct command_reply reply;
    uint32_t serial = stage->serial;
    uint64_t before = show_revision(stage->show);
    if (check_room(stage, line, &reply) < 0 || command_dispatch(&context, line, &reply) < 0) {
        stage_answer(stage, ticket, reply.err.code, reply.err.text);
        if (reply.err.code == ERR_REFUSED || reply.err.code == ERR_LOCKED)
            desk_notice(stage, true, reply.err.text);
        command_reply_clear(&reply);
        return;
    }
    bool answered = false;
    if (reply.edited && show_revision(stage->show) != before)
        edits_add(stage, line);
    if (reply.edited) {
        desk_event(stage, "edit %s", line);
        mirror_changes(stage);
    }
    /* Only the last action's result answers the line; the table gives more than one only to commands that cannot be refused. */
    for (int i = 0; i < reply.actions; i++)
        answered = performers[reply.action[i].type](stage, i + 1 < reply.actions ? nobody : ticket, &reply.action[i]);
    if (stage->serial != serial || reply.edited)
        blackbox_line(stage, line, serial, source);
    if (!answered && reply.edited)
        edits_answer(stage, ticket, reply.value.s ? reply.value.s : "");
    else if (!answered)
        stage_answer(stage, ticket, ERR_NONE, reply.value.s ? reply.value.s : "");
    command_reply_clear(&reply);
}

void perform_line(struct stage *stage, struct ticket ticket, const char *line, enum command_role role, enum command_source source)
{
    char *whole = line_rate_add(stage, line);
    perform_whole(stage, ticket, whole ? whole : line, role, source);
    free(whole);
}
