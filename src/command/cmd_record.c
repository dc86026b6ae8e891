/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record: an input into a cell. What is recorded now only the actions know (process/record.c); the cell is judged here. */
#include "config.h"

#include "command/commands.h"

#include <string.h>

/* The words after the place or after stop: an input, and then, if moded, arm or next. Return: 0, or -1 with err. */
static int take_words(struct command_call *call, struct action *action, bool moded)
{
    for (int i = 1; i < call->count; i++) {
        const char *word = call->word[i];
        if (i == 1 && (!strcmp(word, "a") || !strcmp(word, "b")))
            action->input = word[0] - 'a';
        else if (moded && i == call->count - 1 && !strcmp(word, "arm"))
            action->record = RECORD_ARM;
        else if (moded && i == call->count - 1 && !strcmp(word, "next"))
            action->record = RECORD_NEXT;
        else
            return command_refuse(call, ERR_USAGE, "record %s: only %s may stand here", word,
                                  moded ? "a or b, then arm or next," : "a or b");
    }
    return 0;
}

/* The place that the first word names, by itself or by the clip that is there. */
static int take_place(struct command_call *call, struct action *action)
{
    struct show *show = call->context->show;
    if (strchr(call->word[0], '/')) {
        if (show_parse_place(show, call->word[0], &action->tab, &action->row, &action->column, &call->reply->err))
            return -1;
        action->slot = show_slot_at(show, action->tab, action->row, action->column);
        return 0;
    }
    action->slot = show_find(show, call->word[0], &call->reply->err);
    return action->slot < 0 ? -1 : 0;
}

int cmd_record(struct command_call *call)
{
    struct action *action = command_act(call, ACTION_RECORD);
    bool stop = !strcmp(call->word[0], "stop") && !call->quoted[0];
    action->record = stop ? RECORD_STOP : RECORD_START;
    action->slot = -1;
    action->input = stop ? -1 : 0;
    if (take_words(call, action, !stop))
        return -1;
    if (stop)
        return 0;
    if (take_place(call, action))
        return -1;
    bool may_stop = action->record == RECORD_NEXT && action->slot >= 0;
    if (call->context->locked && !may_stop)
        return command_refuse(call, ERR_LOCKED, "record: the show is locked; lock off opens it");
    if (action->slot < 0 || may_stop)
        return 0;
    char name[128];
    const struct show_clip *clip = show_clip(call->context->show, action->slot);
    return command_refuse(call, ERR_REFUSED, "record %s: %s %s is there; a recording takes an empty cell", call->word[0],
                          clip->id, show_clip_name(clip, name, sizeof name));
}
