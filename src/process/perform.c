/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Actions become deeds: what a command said is to be done (command/command.h) is posted to the
 * audio thread, handed to the store, or written on the desk. No rule of the show is here.
 * A line is answered when the last operation it posted has its result.
 */
#include "config.h"

#include "process/document.h"
#include "process/stage.h"
#include "base/log.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "show/flat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct ticket nobody = {0};

void stage_answer(struct stage *stage, struct ticket ticket, enum err_code code, const char *text)
{
    if (code != ERR_NONE && stage->refused)
        stage->refused(stage, ticket, text);
    if (!stage->server || !ticket.client)
        return;
    struct strbuf line = {0};
    strbuf_adds(&line, code == ERR_NONE ? "ok" : "error ");
    if (code != ERR_NONE)
        strbuf_addf(&line, "%s ", err_word(code));
    else if (*text)
        strbuf_addc(&line, ' ');
    text_fmt_escaped(&line, text);
    server_answer(stage->server, ticket, line.s, -1);
    strbuf_clear(&line);
}

void stage_flush(struct stage *stage)
{
    int done = 0;
    while (done < stage->waiting_count && engine_post(stage->engine, &stage->waiting[done]))
        done++;
    stage->waiting_count -= done;
    if (done && stage->waiting_count)
        memmove(stage->waiting, stage->waiting + done, (size_t)stage->waiting_count * sizeof *stage->waiting);
}

void stage_post(struct stage *stage, struct op *op, struct ticket ticket, int slot)
{
    op->serial = ++stage->serial;
    op->frame = stage->frame;
    if (stage->audio && stage->options.config.equal_latency && op->type != OP_CLIP && op->type != OP_GROUP &&
        op->type != OP_BUS && op->type != OP_LIMITERS)
        op->frame = audio_frame_at(stage->audio, stage->arrived_ns);
    stage->pending[op->serial % STAGE_PENDING] = (struct stage_pending){.ticket = ticket, .slot = slot, .used = true};
    stage->unanswered++;
    if (!stage->waiting_count && engine_post(stage->engine, op))
        return;
    if (stage->waiting_count == stage->waiting_cap) {
        stage->waiting_cap = stage->waiting_cap ? stage->waiting_cap * 2 : 256;
        stage->waiting = xrealloc_array(stage->waiting, (size_t)stage->waiting_cap, sizeof *stage->waiting);
    }
    stage->waiting[stage->waiting_count++] = *op;
}

static struct engine_target engine_target_of(const struct command_target *target)
{
    static const enum target_kind kinds[] = {
        [TARGET_OBJECT_CLIP] = TARGET_CLIP, [TARGET_OBJECT_GROUP] = TARGET_GROUP, [TARGET_OBJECT_TAB] = TARGET_TAB,
        [TARGET_OBJECT_BUS] = TARGET_BUS, [TARGET_OBJECT_ALL] = TARGET_ALL,
    };
    return (struct engine_target){.kind = kinds[target->object], .index = (uint16_t)(target->index < 0 ? 0 : target->index)};
}

/* Frame of the file; -1: its IN, or the rate is not known yet. */
static int64_t entry_in_file(const struct entry *entry, uint32_t rate)
{
    if (entry->kind == ENTRY_IN)
        return -1;
    if (entry->kind == ENTRY_FRAME)
        return entry->frames;
    return rate ? (int64_t)(entry->seconds * rate + 0.5) : -1;
}

/* A clip whose medium will not come is refused here, in words; one that is still coming is hurried. */
static bool medium_fit(struct stage *stage, struct ticket ticket, int slot, const struct entry *entry)
{
    uint32_t number = slot == ENGINE_CLIP_FILE ? stage->file_medium : stage->clip_medium[slot];
    const struct stage_medium *medium = &stage->media[number];
    int64_t at = entry_in_file(entry, medium->file_rate);
    if (medium->state == STATE_MEDIA_LOADING || medium->state == STATE_MEDIA_COLD || at >= 0)
        stage->first(stage, number, at);
    const struct show_clip *listed = slot == ENGINE_CLIP_FILE ? NULL : show_clip(stage->show, slot);
    if ((medium->state != STATE_MEDIA_MISSING && medium->state != STATE_MEDIA_BROKEN) || (listed && listed->list))
        return true;                    /* of a list the audio thread takes what there is */
    char clip[200];
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

static void answer_status(struct stage *stage, struct ticket ticket, bool json)
{
    struct strbuf text = {0};
    status_fmt(stage, json, &text);
    stage_answer(stage, ticket, ERR_NONE, text.s ? text.s : "");
    strbuf_clear(&text);
}

/* A screen does `tab` and `detach` itself; by ctl they reach every screen that follows. */
static void tell_screens(struct stage *stage, const struct action *action)
{
    if (action->type == ACTION_TAB) {
        stage->desk.follow_tab = (uint8_t)(action->target.index + 1);
        stage->desk.follow_serial++;
    } else {
        stage->desk.detach_serial++;
    }
    stage->desk_changed = true;
}

/* Return: true if the answer comes later or was given. */
static bool perform_action(struct stage *stage, struct ticket ticket, const struct action *action)
{
    struct op panic = {.type = OP_PANIC}, emergency = {.type = OP_EMERGENCY};
    switch (action->type) {
    case ACTION_PRESS:
        post_clip(stage, ticket, action, OP_PRESS);
        return true;
    case ACTION_PLAY:
        post_clip(stage, ticket, action, OP_PLAY);
        return true;
    case ACTION_SEEK:
        post_clip(stage, ticket, action, OP_SEEK);
        return true;
    case ACTION_RELEASE:
        post_clip(stage, ticket, action, OP_RELEASE);
        return true;
    case ACTION_AUDITION:
        if (action->text || action->edit)
            audition_file(stage, ticket, action);
        else
            post_clip(stage, ticket, action, OP_AUDITION);
        return true;
    case ACTION_STOP:
        post_target(stage, ticket, action, OP_STOP);
        return true;
    case ACTION_FADE:
        post_target(stage, ticket, action, OP_FADE);
        return true;
    case ACTION_MUTE:
        post_target(stage, ticket, action, OP_MUTE);
        return true;
    case ACTION_SOLO:
        post_target(stage, ticket, action, OP_SOLO);
        return true;
    case ACTION_PAUSE:
        post_target(stage, ticket, action, OP_PAUSE);
        return true;
    case ACTION_RESUME:
        post_target(stage, ticket, action, OP_RESUME);
        return true;
    case ACTION_EMERGENCY:
        stage_post(stage, &emergency, ticket, -1);
        return true;
    case ACTION_PANIC:
        stage_post(stage, &panic, ticket, -1);
        desk_notice(stage, false, "panic: everything fades in 1 s; once more cuts");
        return true;
    case ACTION_LOCK:
        stage->locked = action->on;
        stage->desk_changed = true;
        return false;
    case ACTION_TAB:
    case ACTION_DETACH:
        tell_screens(stage, action);
        return false;
    case ACTION_SAVE:
        save_begin(stage, ticket, action->text, action->force);
        return true;
    case ACTION_OPEN:
        save_open(stage, ticket, action->text, action->force);
        return true;
    case ACTION_STATUS:
        answer_status(stage, ticket, action->on);
        return true;
    case ACTION_CHECK:
        check_fmt_running(stage, ticket, action->on);
        return true;
    case ACTION_IDLE:
        if (stage->server)
            server_listen(stage->server, ticket);
        return true;
    case ACTION_JOB:
        jobs_begin(stage, ticket, action);
        return true;
    case ACTION_JOB_STATUS:
        jobs_status(stage, ticket);
        return true;
    case ACTION_TAKE_OFFER:
        jobs_take_offer(stage, ticket, action);
        return true;
    case ACTION_JOB_CANCEL:
        jobs_cancel(stage, ticket);
        return true;
    case ACTION_QUIT:
        stage->quitting = true;
        return false;
    }
    return false;
}

void perform_journal_document(struct stage *stage)
{
    struct strbuf flat = {0};
    struct err err;
    flat_write(stage->show, &flat);
    int fd = document_to_fd(&flat, &err);
    strbuf_clear(&flat);
    if (fd < 0) {
        desk_notice(stage, false, err.text);
        return;
    }
    outbox_send(&stage->store, MSG_JOURNAL_DOCUMENT, 0, NULL, 0, fd);
    close(fd);
    stage->journal_undos = stage->journal_redos = 0;
}

/* Every edit is journalled as the line that made it: running the lines again over the file gives the same document. */
static void journal(struct stage *stage, const char *line, bool send)
{
    const char *word = line + strspn(line, " \t");
    size_t length = strcspn(word, " \t");
    bool undo = length == 4 && !strncmp(word, "undo", 4), redo = length == 4 && !strncmp(word, "redo", 4);
    stage->desk_changed = true;
    if (send && ((undo && !stage->journal_undos) || (redo && !stage->journal_redos))) {
        perform_journal_document(stage);
        return;
    }
    if (undo ? stage->journal_undos > 0 : true)
        stage->journal_undos += undo ? -1u : 1u;
    stage->journal_redos = undo ? stage->journal_redos + 1 : redo && stage->journal_redos ? stage->journal_redos - 1 : 0;
    if (send)
        outbox_send(&stage->store, MSG_JOURNAL, 0, line, strlen(line), -1);
}

void perform_line(struct stage *stage, struct ticket ticket, const char *line, enum command_role role, enum command_source source)
{
    struct command_context context = {.show = stage->show, .role = role, .source = source, .locked = stage->locked};
    struct command_reply reply;
    if (command_dispatch(&context, line, &reply) < 0) {
        stage_answer(stage, ticket, reply.err.code, reply.err.text);
        if (reply.err.code == ERR_REFUSED || reply.err.code == ERR_LOCKED)
            desk_notice(stage, true, reply.err.text);
        command_reply_clear(&reply);
        return;
    }
    bool answered = false;
    if (reply.edited) {
        if (stage->server || source == COMMAND_FROM_JOURNAL)
            journal(stage, line, source != COMMAND_FROM_JOURNAL);
        desk_event(stage, "edit %s", line);
        mirror_changes(stage);
    }
    /* Only the last action's result answers the line; the table gives more than one only to commands that cannot be refused. */
    for (int i = 0; i < reply.actions; i++)
        answered = perform_action(stage, i + 1 < reply.actions ? nobody : ticket, &reply.action[i]);
    if (!answered)
        stage_answer(stage, ticket, ERR_NONE, reply.value.s ? reply.value.s : "");
    command_reply_clear(&reply);
}
