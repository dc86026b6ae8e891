/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cmd_*.c files share: typed arguments, actions, refusals, and the frame of an edit. */
#include "config.h"

#include "command/command.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "show/property.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int command_refuse(struct command_call *call, enum err_code code, const char *format, ...)
{
    char text[sizeof call->reply->err.text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_set(&call->reply->err, code, "%s", text);
}

struct action *command_act(struct command_call *call, enum action_type type)
{
    struct command_reply *reply = call->reply;
    assert(reply->actions < COMMAND_ACTIONS_MAX);
    struct action *action = &reply->action[reply->actions++];
    *action = (struct action){.type = type};
    return action;
}

int command_arg_clip(struct command_call *call, int word, int *slot)
{
    *slot = show_find(call->context->show, call->word[word], &call->reply->err);
    return *slot < 0 ? -1 : 0;
}

/* Return: the index of the one letter after the prefix, -1 if it is another one, -2 without the prefix. */
static int prefixed_letter(const char *text, const char *prefix, const char *letters)
{
    size_t length = strlen(prefix);
    if (strncmp(text, prefix, length))
        return -2;
    const char *at = text[length] && !text[length + 1] ? strchr(letters, text[length]) : NULL;
    return at ? (int)(at - letters) : -1;
}

static int parse_target(struct command_call *call, const char *text, struct command_target *target)
{
    static const struct { const char *prefix, *letters; enum target_object object; const char *allowed; } kinds[] = {
        {"group:", "ABCD", TARGET_OBJECT_GROUP, "group:A to group:D"},
        {"tab:", "12345678", TARGET_OBJECT_TAB, "tab:1 to tab:8"},
        {"bus:", "ABCD", TARGET_OBJECT_BUS, "bus:A to bus:D, or bus:audition"},
    };
    if (!strcmp(text, "bus:audition")) {
        *target = (struct command_target){TARGET_OBJECT_BUS, 4};
        return 0;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int index = prefixed_letter(text, kinds[i].prefix, kinds[i].letters);
        if (index == -1)
            return command_refuse(call, ERR_UNKNOWN, "%s: %s", text, kinds[i].allowed);
        if (index < 0)
            continue;
        if (kinds[i].object == TARGET_OBJECT_TAB && index >= show_tabs(call->context->show))
            return command_refuse(call, ERR_UNKNOWN, "%s: the show has %d tabs", text, show_tabs(call->context->show));
        *target = (struct command_target){kinds[i].object, index};
        return 0;
    }
    return 1;
}

int command_arg_target(struct command_call *call, int word, struct command_target *target)
{
    const char *text = call->word[word];
    if (!strcmp(text, "all")) {
        *target = (struct command_target){TARGET_OBJECT_ALL, 0};
        return 0;
    }
    int result = parse_target(call, text, target);
    if (result <= 0)
        return result;
    *target = (struct command_target){TARGET_OBJECT_CLIP, show_find(call->context->show, text, &call->reply->err)};
    if (target->index >= 0)
        return 0;
    if (call->reply->err.code == ERR_USAGE)
        return command_refuse(call, ERR_USAGE, "%s: not a target; one is a clip, group:A, tab:2, bus:A, bus:audition or all",
                              text);
    return -1;
}

int command_arg_number(struct command_call *call, int word, double least, double most, bool minus_inf, const char *unit,
                       double *value)
{
    const char *text = call->word[word];
    if (minus_inf && !strcmp(text, "-inf")) {
        *value = -INFINITY;
        return 0;
    }
    bool good = text_parse_double(text, value);
    if (good && *value >= least && *value <= most)
        return 0;
    return command_refuse(call, good ? ERR_RANGE : ERR_USAGE, "%s %s: a number from %.15g to %.15g%s%s%s", call->row->name, text,
                          least, most, *unit ? " " : "", unit, minus_inf ? ", or -inf" : "");
}

int command_arg_on_off(struct command_call *call, int word, bool *on)
{
    *on = !strcmp(call->word[word], "on");
    if (*on || !strcmp(call->word[word], "off"))
        return 0;
    return command_refuse(call, ERR_USAGE, "%s %s: on or off", call->row->name, call->word[word]);
}

int command_arg_curve(struct command_call *call, int word, int *curve)
{
    const char *const *curves = property_find(PROPERTY_SHOW, "fade_in_curve")->choices;
    for (*curve = 0; curves[*curve]; ++*curve)
        if (!strcmp(curves[*curve], call->word[word]))
            return 0;
    return command_refuse(call, ERR_RANGE, "%s %s: linear, log, exponential, s-curve or equal-power", call->row->name,
                          call->word[word]);
}

int command_arg_keyword(struct command_call *call, int word, const char *keyword)
{
    if (!strcmp(call->word[word], keyword) && !call->quoted[word])
        return 0;
    return command_refuse(call, ERR_USAGE, "%s %s: only %s may stand here", call->row->name, call->word[word], keyword);
}

/* Where word number `word` of the line begins; the line has been split without error. */
static const char *find_word(const char *line, int word)
{
    for (;; word--) {
        line += strspn(line, " \t");
        if (!word)
            return line;
        for (bool quoted = false; *line && (quoted || !strchr(" \t", *line)); line++) {
            if (quoted && *line == '\\')
                line++;
            else if (*line == '"')
                quoted = !quoted;
        }
    }
}

char *command_arg_rest(struct command_call *call, int word)
{
    if (word == call->count - 1)
        return xstrdup(call->word[word]);
    char *rest = xstrdup(find_word(call->line, word + 1));
    size_t length = strlen(rest);
    while (length && strchr(" \t", rest[length - 1]))
        rest[--length] = '\0';
    return rest;
}

void command_edit_begin(struct command_call *call)
{
    show_edit_begin(call->context->show, find_word(call->line, 0));
}

int command_edit_finish(struct command_call *call, int result)
{
    if (result < 0) {
        show_edit_abort(call->context->show);
        return -1;
    }
    show_edit_end(call->context->show);
    call->reply->edited = true;
    return 0;
}
