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

static int read_marker(struct command_call *call, int slot, struct position *at)
{
    const struct show_clip *clip = show_clip(call->context->show, slot);
    const char *word = call->word[2];
    if (strlen(word) != 1 || word[0] < '1' || word[0] > '0' + SHOW_MARKERS)
        return command_refuse(call, ERR_RANGE, "marker %s: 1 to %d", word, SHOW_MARKERS);
    if (word[0] - '0' > clip->markers)
        return command_refuse(call, ERR_REFUSED, "%s has %d marker%s", call->word[0], clip->markers,
                              clip->markers == 1 ? "" : "s");
    *at = (struct position){.kind = POSITION_FRAMES, .frames = clip->marker[word[0] - '1'].at};
    return 0;
}

/* The words `at TIME` or `marker N` after the clip, which must be there. */
static int read_entry(struct command_call *call, int slot, bool markers, struct position *at)
{
    bool marker = markers && !strcmp(call->word[1], "marker");
    if (!marker && strcmp(call->word[1], "at"))
        return command_refuse(call, ERR_USAGE, "%s %s: %s may stand here", call->row->name, call->word[1],
                              markers ? "marker N or at TIME" : "at TIME");
    if (call->count < 3)
        return command_refuse(call, ERR_USAGE, "%s %s: %s is missing", call->row->name, call->word[1],
                              marker ? "a marker, 1 to 4" : "a time");
    return marker ? read_marker(call, slot, at) : read_position(call, 2, at);
}

static int act_from(struct command_call *call, enum action_type type, int slot, bool has_at, const struct position *at)
{
    act_on_clip(call, type, slot);
    call->reply->action[0].has_at = has_at;
    call->reply->action[0].at = *at;
    return 0;
}

int cmd_play(struct command_call *call)
{
    struct position at = {0};
    int slot;
    if (command_arg_clip(call, 0, &slot) || (call->count > 1 && read_entry(call, slot, true, &at)))
        return -1;
    act_from(call, ACTION_PLAY, slot, call->count > 1, &at);
    call->reply->action[0].marker = call->count > 1 && !strcmp(call->word[1], "marker");
    return 0;
}

/* A file of the media folder that no clip has yet. */
static int audition_file(struct command_call *call)
{
    struct position at = {0};
    const char *file = call->word[0] + strlen(file_prefix);
    if (call->count > 3)
        return command_refuse(call, ERR_USAGE, "audition %s: only at TIME may stand behind a file", call->word[0]);
    if (property_check_file(file, &call->reply->err) || (call->count > 1 && read_entry(call, -1, false, &at)))
        return -1;
    act_from(call, ACTION_AUDITION, -1, call->count > 1, &at);
    call->reply->action[0].text = xstrdup(file);
    return 0;
}

static bool is_heard(const char *key)
{
    static const char *const keys[] = {"in", "out", "gain", "pan", "mode", "loops", "seam", "fade_in", "fade_out", "fade_end",
                                       "fade_in_curve", "fade_out_curve"};
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
                                  "audition with %s: in, out, gain, pan, mode, loops, seam and the fades are heard",
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
    if (has_at && read_entry(call, slot, false, &at))
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
