/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long work on the media of the show, and job, which tells of it. What is done is the affair of process/library.h. */
#include "config.h"

#include "command/commands.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* Words `from` to `to - 1` as one line again. */
static struct action *act_on_words(struct command_call *call, enum command_job job, int from, int to)
{
    struct strbuf words = {0};
    for (int i = from; i < to; i++) {
        if (i > from)
            strbuf_addc(&words, ' ');
        text_fmt_word(&words, call->word[i]);
    }
    struct action *action = command_act(call, ACTION_JOB);
    action->job = job;
    action->tab = action->row = action->column = -1;
    action->text = strbuf_take(&words);
    return action;
}

/* "1/2/3" by its form; a file of that name is written in quotes. */
static bool looks_like_place(const char *word)
{
    return strspn(word, "0123456789/") == strlen(word) && strchr(word, '/');
}

int cmd_import(struct command_call *call)
{
    int from = !strcmp(call->word[0], "--copy") && !call->quoted[0], to = call->count, tab = -1, row = -1, column = -1;
    if (to > from && looks_like_place(call->word[to - 1]) && !call->quoted[to - 1]) {
        if (show_parse_place(call->context->show, call->word[--to], &tab, &row, &column, &call->reply->err))
            return -1;
    }
    if (from == to)
        return command_refuse(call, ERR_USAGE, "import: which file or folder?");
    struct action *action = act_on_words(call, COMMAND_JOB_IMPORT, from, to);
    action->force = from;
    action->tab = tab;
    action->row = row;
    action->column = column;
    return 0;
}

int cmd_peaks(struct command_call *call)
{
    int slot = -1;
    bool one = call->count && (call->quoted[0] || strcmp(call->word[0], "all"));
    if (one && command_arg_clip(call, 0, &slot))
        return -1;
    struct action *action = act_on_words(call, COMMAND_JOB_PEAKS, 0, 0);
    free(action->text);
    action->text = xstrdup(one ? show_clip(call->context->show, slot)->id : "all");
    return 0;
}

int cmd_consolidate(struct command_call *call)
{
    act_on_words(call, COMMAND_JOB_CONSOLIDATE, 0, call->count);
    return 0;
}

static int take_offer(struct command_call *call, int slot, int number, bool copy)
{
    struct action *action = command_act(call, ACTION_TAKE_OFFER);
    action->force = copy;
    action->slot = slot;
    action->number = number;
    action->text = xstrdup(call->line);
    return 0;
}

/* `relink`, `relink FOLDER...`, `relink CLIP`, `relink CLIP FILE|FOLDER...`, `relink CLIP NUMBER`, `relink neighbours` */
int cmd_relink(struct command_call *call)
{
    int from = call->count && !strcmp(call->word[0], "--copy") && !call->quoted[0], slot = -1;
    bool copy = from;
    if (call->count == 1 && !strcmp(call->word[0], "neighbours") && !call->quoted[0])
        return take_offer(call, -1, 1, false);
    if (call->count > from && !call->quoted[from]) {
        slot = show_find(call->context->show, call->word[from], NULL);
        from += slot >= 0;
    }
    int64_t number;
    if (slot >= 0 && call->count == from + 1 && !call->quoted[from] && text_parse_i64(call->word[from], &number)) {
        if (number < 1 || number > 99)
            return command_refuse(call, ERR_RANGE, "relink %s %s: a number of those that are offered", call->word[from - 1],
                                  call->word[from]);
        return take_offer(call, slot, (int)number, copy);
    }
    struct action *action = act_on_words(call, COMMAND_JOB_RELINK, from, call->count);
    action->slot = slot;
    action->force = copy;
    return 0;
}

int cmd_pack(struct command_call *call)
{
    act_on_words(call, COMMAND_JOB_PACK, 0, call->count);
    return 0;
}

int cmd_unpack(struct command_call *call)
{
    act_on_words(call, COMMAND_JOB_UNPACK, 0, call->count);
    return 0;
}

int cmd_job(struct command_call *call)
{
    if (call->count && command_arg_keyword(call, 0, "cancel"))
        return -1;
    command_act(call, call->count ? ACTION_JOB_CANCEL : ACTION_JOB_STATUS);
    return 0;
}
