/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Firing a clip: press, play, release, audition. */
#include "config.h"

#include "command/commands.h"
#include "base/xalloc.h"
#include "show/position.h"
#include "show/property.h"

#include <string.h>

static const char file_prefix[] = "file:";

static int act_on_clip(struct command_call *call, enum action_type type, int slot)
{
    struct action *action = command_act(call, type);
    action->slot = slot;
    action->target = (struct command_target){TARGET_OBJECT_CLIP, slot};
    return 0;
}

int cmd_press(struct command_call *call)
{
    enum command_edge edge = EDGE_BOTH;
    int slot;
    if (command_arg_clip(call, 0, &slot))
        return -1;
    if (call->count == 2) {
        if (strcmp(call->word[1], "down") && strcmp(call->word[1], "up"))
            return command_refuse(call, ERR_USAGE, "press %s: down or up", call->word[1]);
        edge = call->word[1][0] == 'd' ? EDGE_DOWN : EDGE_UP;
    }
    act_on_clip(call, ACTION_PRESS, slot);
    call->reply->action[0].edge = edge;
    return 0;
}

/* A place in a file, of a kind that can be used. */
static int read_position(struct command_call *call, int word, struct position *at)
{
    int64_t frames;
    if (position_parse(call->word[word], at, &call->reply->err))
        return -1;
    return position_to_frames(at, 1, &frames, &call->reply->err);
}

static int refuse_number(struct command_call *call, const struct show_clip *clip)
{
    return command_refuse(call, ERR_REFUSED, "%s has %d marker%s", call->word[0], clip->markers, clip->markers == 1 ? "" : "s");
}

static int read_marker(struct command_call *call, int slot, struct position *at)
{
    const struct show_clip *clip = show_clip(call->context->show, slot);
    const char *word = call->word[2];
    if (strlen(word) != 1 || word[0] < '1' || word[0] > '0' + SHOW_MARKERS)
        return command_refuse(call, ERR_RANGE, "marker %s: 1 to %d", word, SHOW_MARKERS);
    if (word[0] - '0' > clip->markers)
        return refuse_number(call, clip);
    *at = (struct position){.kind = POSITION_FRAMES, .frames = clip->marker[word[0] - '1'].at};
    return 0;
}

/* Markers as they are to be played, in place of the clip's own sequence. */
static int read_order(struct command_call *call, int slot, uint64_t *order)
{
    const struct show_clip *clip = show_clip(call->context->show, slot);
    if (order_parse("markers", call->word[2], order, &call->reply->err))
        return -1;
    if (!*order)
        return command_refuse(call, ERR_RANGE, "markers %s: at least one", call->word[2]);
    return order_most(*order) <= clip->markers ? 0 : refuse_number(call, clip);
}

/* The words `at TIME` after what is to be heard, which must be there. */
static int read_time(struct command_call *call, struct position *at)
{
    if (strcmp(call->word[1], "at"))
        return command_refuse(call, ERR_USAGE, "%s %s: at TIME may stand here", call->row->name, call->word[1]);
    if (call->count < 3)
        return command_refuse(call, ERR_USAGE, "%s at: a time is missing", call->row->name);
    return read_position(call, 2, at);
}

static int act_from(struct command_call *call, enum action_type type, int slot, bool has_at, const struct position *at)
{
    act_on_clip(call, type, slot);
    call->reply->action[0].has_at = has_at;
    call->reply->action[0].at = *at;
    return 0;
}

enum play_from { PLAY_MARKER, PLAY_MARKERS, PLAY_AT, PLAY_FROMS };

/* The word after the clip, which must be there, and that another follows it. Return: -1 with an error. */
static int read_from(struct command_call *call)
{
    static const char *const words[] = {"marker", "markers", "at"};
    static const char *const wanted[] = {"a marker, 1 to 4,", "an order of markers, like 2,1,3,", "a time"};
    int from = 0;
    while (from < PLAY_FROMS && strcmp(call->word[1], words[from]))
        from++;
    if (from == PLAY_FROMS)
        return command_refuse(call, ERR_USAGE, "play %s: marker N, markers ORDER or at TIME may stand here", call->word[1]);
    if (call->count < 3)
        return command_refuse(call, ERR_USAGE, "play %s: %s is missing", call->word[1], wanted[from]);
    return from;
}

int cmd_play(struct command_call *call)
{
    struct position at = {0};
    uint64_t order = 0;
    int slot, from = PLAY_FROMS;
    if (command_arg_clip(call, 0, &slot) || (call->count > 1 && (from = read_from(call)) < 0))
        return -1;
    if ((from == PLAY_MARKER && read_marker(call, slot, &at)) || (from == PLAY_MARKERS && read_order(call, slot, &order)) ||
        (from == PLAY_AT && read_position(call, 2, &at)))
        return -1;
    act_from(call, ACTION_PLAY, slot, from == PLAY_MARKER || from == PLAY_AT, &at);
    call->reply->action[0].marker = from == PLAY_MARKER;
    call->reply->action[0].order = order;
    return 0;
}

/* A file of the media folder that no clip has yet. */
static int audition_file(struct command_call *call)
{
    struct position at = {0};
    const char *file = call->word[0] + strlen(file_prefix);
    if (call->count > 3)
        return command_refuse(call, ERR_USAGE, "audition %s: only at TIME may stand behind a file", call->word[0]);
    if (property_check_file(file, &call->reply->err) || (call->count > 1 && read_time(call, &at)))
        return -1;
    act_from(call, ACTION_AUDITION, -1, call->count > 1, &at);
    call->reply->action[0].text = xstrdup(file);
    return 0;
}

static bool is_heard(const char *key)
{
    static const char *const keys[] = {"in", "out", "gain", "pan", "mode", "loops", "seam", "markers", "fade_markers", "sequence",
                                       "fade_in", "fade_out", "fade_end", "fade_in_curve", "fade_out_curve"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(keys[i], key))
            return true;
    return false;
}

/* The pairs from this word on, into a clip that is in no show. */
static int read_edit(struct command_call *call, int word, struct show_clip *edit)
{
    if (word == call->count || (call->count - word) % 2)
        return command_refuse(call, ERR_USAGE, "audition with: pairs of PROPERTY and VALUE follow");
    for (; word < call->count; word += 2) {
        if (!is_heard(call->word[word]))
            return command_refuse(call, ERR_UNKNOWN,
                                  "audition with %s: in, out, gain, pan, mode, loops, seam, markers, fade_markers, sequence and the fades are heard",
                                  call->word[word]);
        if (property_parse(property_find(PROPERTY_CLIP, call->word[word]), edit, call->word[word + 1], &call->reply->err))
            return -1;
    }
    if (edit->out >= 0 && (edit->in < 0 ? 0 : edit->in) >= edit->out)
        return command_refuse(call, ERR_RANGE, "audition with: IN has to be before OUT");
    return 0;
}

int cmd_audition(struct command_call *call)
{
    struct position at = {0};
    int slot, with = 1;
    if (!strncmp(call->word[0], file_prefix, strlen(file_prefix)))
        return audition_file(call);
    if (command_arg_clip(call, 0, &slot))
        return -1;
    bool has_at = call->count > 1 && (call->quoted[1] || strcmp(call->word[1], "with") != 0);
    if (has_at && read_time(call, &at))
        return -1;
    with += has_at ? 2 : 0;
    if (with < call->count && command_arg_keyword(call, with, "with"))
        return -1;
    act_from(call, ACTION_AUDITION, slot, has_at, &at);
    if (with >= call->count)
        return 0;
    struct show_clip *edit = call->reply->action[0].edit = xcalloc(1, sizeof *edit);
    show_clip_copy(edit, show_clip(call->context->show, slot));
    return read_edit(call, with + 1, edit);
}

int cmd_seek(struct command_call *call)
{
    struct position at;
    int slot;
    if (command_arg_clip(call, 0, &slot) || read_position(call, 1, &at))
        return -1;
    return act_from(call, ACTION_SEEK, slot, true, &at);
}

int cmd_release(struct command_call *call)
{
    int slot;
    if (command_arg_clip(call, 0, &slot))
        return -1;
    return act_on_clip(call, ACTION_RELEASE, slot);
}
