/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is found of an engine that died, and done: see takeover.h. Operations that were not done
 * get serials of this life, and the log is turned over to them before the first is posted: so
 * the next death, whenever it comes, finds each of them once.
 */
#include "config.h"

#include "process/takeover.h"
#include "process/blackbox.h"
#include "process/command_log.h"
#include "process/media_table.h"
#include "base/xalloc.h"

#include <stdlib.h>

struct pair {
    struct takeover *takeover;
    struct stage *stage;
};

static bool is_done(const void *context, uint32_t serial)
{
    return resume_is_done(context, serial);
}

/* Parameters that the engine has now come back as if this main had posted them. */
static void kept(void *context, uint16_t clip, const struct clip_params *params)
{
    const struct pair *both = context;
    media_table_keep(both->stage, params->medium);
    for (unsigned i = 1; i < params->turns; i++)
        media_table_keep(both->stage, params->turn_medium[i]);
    if (clip < ENGINE_CLIPS)
        both->takeover->known[clip / 64] |= UINT64_C(1) << clip % 64;
}

static void renumber(struct takeover *takeover, struct stage *stage)
{
    stage->serial = takeover->report.next_serial - 1;
    takeover->before = xcalloc((size_t)takeover->ops + 1, sizeof *takeover->before);
    for (unsigned i = 0; i < takeover->ops; i++) {
        takeover->before[i] = takeover->op[i].serial;
        takeover->op[i].serial = ++stage->serial;
    }
    command_log_begin_ops(stage->log, takeover->op, takeover->ops);
}

void takeover_begin(struct takeover *takeover, struct stage *stage)
{
    struct pair both = {takeover, stage};
    *takeover = (struct takeover){0};
    media_table_adopt(stage);
    takeover->resumed = resume_restore(stage->engine, &takeover->report, kept, &both);
    if (!takeover->resumed)
        takeover->report.next_serial = takeover->report.done_before = 1;
    takeover->op = xcalloc(COMMAND_LOG_OPS, sizeof *takeover->op);
    takeover->ops = command_log_undone(stage->log, is_done, &takeover->report, takeover->op);
    renumber(takeover, stage);
}

void takeover_record(const struct takeover *takeover, struct stage *stage)
{
    struct flight_goes_on goes_on = {.before = command_log_run(stage->log), .frame = takeover->report.frame,
                                     .period = stage->audio_status.format.period};
    struct flight_owed *owed = xcalloc((size_t)takeover->ops + 1, sizeof *owed);
    for (unsigned i = 0; i < takeover->ops; i++)
        owed[i] = (struct flight_owed){takeover->before[i], takeover->op[i].serial};
    blackbox_open(stage, takeover->resumed ? &goes_on : NULL);
    blackbox_owed(stage, owed, takeover->resumed ? takeover->ops : 0);
    free(owed);
}

static bool knows(const struct takeover *takeover, const struct op *op)
{
    if (op->type != OP_PRESS && op->type != OP_PLAY && op->type != OP_AUDITION)
        return true;
    return op->clip < ENGINE_CLIPS && (takeover->known[op->clip / 64] >> op->clip % 64 & 1);
}

void takeover_post(struct takeover *takeover, struct stage *stage)
{
    while (takeover->posted < takeover->ops && knows(takeover, &takeover->op[takeover->posted]))
        stage_post_again(stage, &takeover->op[takeover->posted++]);
}

void takeover_post_all(struct takeover *takeover, struct stage *stage)
{
    while (takeover->posted < takeover->ops)
        stage_post_again(stage, &takeover->op[takeover->posted++]);
}

void takeover_end(struct takeover *takeover, struct stage *stage)
{
    takeover_post_all(takeover, stage);
    free(takeover->op);
    free(takeover->before);
    takeover->op = NULL;
    takeover->before = NULL;
    media_table_settle(stage);
}
