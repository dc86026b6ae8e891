/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dispatch: from a line to a row of the table. Everything that holds for all commands is checked
 * here, in this order: the line, its name, the role, the show lock, the place it comes from, the
 * number of its words. What the words mean is the command's own affair.
 */
#include "config.h"

#include "command/command.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const role_words[] = {"view", "control", "edit"};

const struct command_row *command_find(const char *name)
{
    for (int i = 0; i < command_count; i++)
        if (!strcmp(command_table[i].name, name))
            return &command_table[i];
    return NULL;
}

static int check_text(const char *line, struct err *err)
{
    size_t length = strlen(line);
    if (length > COMMAND_LINE_MAX)
        return err_set(err, ERR_USAGE, "the line has %zu bytes, at most %d are allowed", length, COMMAND_LINE_MAX);
    if (!utf8_valid(line, length))
        return err_set(err, ERR_USAGE, "the line is not UTF-8");
    char plain[COMMAND_LINE_MAX + 1];
    for (size_t i = 0; i <= length; i++)
        plain[i] = line[i] == '\t' ? ' ' : line[i];             /* tabs are blanks */
    if (text_has_control(plain))
        return err_set(err, ERR_USAGE, "the line has control characters");
    return 0;
}

/* Return: the row, or NULL with err. Clear words in both cases. */
static const struct command_row *read_line(const char *line, struct words *words, struct err *err)
{
    *words = (struct words){0};
    if (check_text(line, err) || words_split(words, line, err))
        return NULL;
    if (!words->count) {
        err_set(err, ERR_USAGE, "an empty line is no command; help lists them");
        return NULL;
    }
    const struct command_row *row = command_find(words->word[0]);
    if (!row)
        err_set(err, ERR_UNKNOWN, "%s: no such command; help lists them", words->word[0]);
    return row;
}

static int check_count(const struct command_row *row, int count, struct err *err)
{
    if (count >= row->least && (row->most < 0 || count <= row->most))
        return 0;
    return err_set(err, ERR_USAGE, "%s: the words are %s%s%s", row->name, row->name, *row->arguments ? " " : " alone",
                   row->arguments);
}

static int check_allowed(const struct command_context *context, const struct command_row *row, struct err *err)
{
    if (context->role < row->role)
        return err_set(err, ERR_ROLE, "%s: needs the role %s, this connection has %s", row->name, role_words[row->role],
                       role_words[context->role]);
    if (context->locked && !(row->flags & COMMAND_WHEN_LOCKED))
        return err_set(err, ERR_LOCKED, "%s: the show is locked; lock off opens it", row->name);
    if (context->source == COMMAND_FROM_RENDER && (row->flags & COMMAND_NO_RENDER))
        return err_set(err, ERR_REFUSED, "%s: has no place in a render script", row->name);
    return 0;
}

int command_check_line(const char *line, struct err *err)
{
    struct words words;
    const struct command_row *row = read_line(line, &words, err);
    int result = row ? check_count(row, words.count - 1, err) : -1;
    words_clear(&words);
    return result;
}

static void drop_actions(struct command_reply *reply)
{
    for (int i = 0; i < reply->actions; i++) {
        free(reply->action[i].text);
        free(reply->action[i].device);
        if (reply->action[i].edit)
            show_clip_clear(reply->action[i].edit);
        free(reply->action[i].edit);
    }
    reply->actions = 0;
}

int command_dispatch(const struct command_context *context, const char *line, struct command_reply *reply)
{
    struct words words;
    *reply = (struct command_reply){0};
    const struct command_row *row = read_line(line, &words, &reply->err);
    int result = -1;
    if (row && !check_allowed(context, row, &reply->err) && !check_count(row, words.count - 1, &reply->err)) {
        struct command_call call = {
            .context = context, .row = row, .count = words.count - 1, .word = words.word + 1, .quoted = words.quoted + 1,
            .line = line, .reply = reply,
        };
        result = row->run(&call);
    }
    if (result)
        drop_actions(reply);
    words_clear(&words);
    return result;
}

void command_reply_clear(struct command_reply *reply)
{
    drop_actions(reply);
    strbuf_clear(&reply->value);
    *reply = (struct command_reply){0};
}
