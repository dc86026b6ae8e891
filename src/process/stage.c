/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stage from its beginning to its end, and what goes through it: operations to the audio thread, answers to whoever asked. */
#include "config.h"

#include "process/command_log.h"
#include "process/media_table.h"
#include "process/stage.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

void stage_init(struct stage *stage, struct show *show, struct engine *engine, const struct clipmem *memory)
{
    *stage = (struct stage){.show = show, .engine = engine, .memory = memory, .frame = ENGINE_NOW, .media_free = STAGE_MEDIA_NONE,
        .state_fd = -1, .supervisor = -1};
    outbox_init(&stage->store);
    edits_init(&stage->edits);
    stage->pending = xcalloc(STAGE_PENDING, sizeof *stage->pending);
    media_table_init(stage);
    for (int i = 0; i < SHOW_CLIPS; i++)
        stage->clip_medium[i] = STAGE_MEDIA_NONE;
    stage->file_medium = STAGE_MEDIA_NONE;
}

void stage_clear(struct stage *stage)
{
    for (uint32_t slot = 0; slot < stage->media_count; slot++)
        free(stage->media[slot].path);
    outbox_join(&stage->store, -1);
    jobs_lost(stage);
    edits_clear(&stage->edits);
    strbuf_clear(&stage->offers);
    show_free(stage->show);
    free(stage->file);
    free(stage->waiting);
    free(stage->pending);
    free(stage->media);
    free(stage->media_hash);
}

/* --- answers and operations --- */

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

/* What a live command does; the rest comes from the document, which the next engine mirrors again. */
static bool is_live(enum op_type type)
{
    return type != OP_CLIP && type != OP_GROUP && type != OP_BUS && type != OP_LIMITERS && type != OP_FAMILIES &&
           type != OP_YIELD;
}

static void post(struct stage *stage, const struct op *op, struct ticket ticket, int slot)
{
    bool live = is_live(op->type);
    stage->pending[op->serial % STAGE_PENDING] = (struct stage_pending){.ticket = ticket, .slot = slot, .used = true,
                                                                       .live = live};
    stage->unanswered++;
    stage->unanswered_live += live;
    if (!stage->waiting_count && engine_post(stage->engine, op))
        return;
    if (stage->waiting_count == stage->waiting_cap) {
        stage->waiting_cap = stage->waiting_cap ? stage->waiting_cap * 2 : 256;
        stage->waiting = xrealloc_array(stage->waiting, (size_t)stage->waiting_cap, sizeof *stage->waiting);
    }
    stage->waiting[stage->waiting_count++] = *op;
}

void stage_post_again(struct stage *stage, const struct op *op)
{
    post(stage, op, (struct ticket){0}, -1);
}

void stage_post(struct stage *stage, struct op *op, struct ticket ticket, int slot)
{
    op->serial = ++stage->serial;
    op->frame = stage->frame;
    if (stage->frames_left) {
        op->frame = *stage->frames++;
        stage->frames_left--;
    }
    if (stage->audio && stage->options.config.equal_latency && op->type != OP_CLIP && op->type != OP_GROUP &&
        op->type != OP_BUS && op->type != OP_LIMITERS)
        op->frame = audio_frame_at(stage->audio, stage->arrived_ns);
    if (stage->log && is_live(op->type))
        command_log_add_op(stage->log, op);
    post(stage, op, ticket, slot);
}
