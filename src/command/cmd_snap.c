/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snap-to: places of a clip onto a grid of time (SPEC M4). What they are in frames goes by the file's rate: a line that does not say
 * it gets it from whoever has the file (process/perform.c), so that the line is an edit that means the same for ever. */
#include "config.h"

#include "command/commands.h"
#include "base/strbuf.h"
#include "show/snap.h"

#include <string.h>

enum { RATE_MOST = 384000 };

static unsigned place_of(const char *word)
{
    static const char *const words[] = {"in", "out", "markers", "fade_markers"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(word, words[i]))
            return 1u << i;
    return 0;
}

/* `rate HZ` and names of places, in any order; no name: all. */
static int read_rest(struct command_call *call, double *rate, unsigned *places)
{
    *rate = 0;
    *places = 0;
    for (int word = 2; word < call->count; word++) {
        unsigned place = place_of(call->word[word]);
        *places |= place;
        if (place)
            continue;
        if (strcmp(call->word[word], "rate") || word + 1 == call->count)
            return command_refuse(call, ERR_USAGE, "snap-to %s: in, out, markers, fade_markers or rate HZ may follow",
                                  call->word[word]);
        if (command_arg_number(call, ++word, 1, RATE_MOST, false, "Hz", rate))
            return -1;
    }
    *places = *places ? *places : SNAP_ALL;
    return 0;
}

int cmd_snap(struct command_call *call)
{
    struct show *show = call->context->show;
    struct snap_grid grid;
    int slot;
    unsigned places;
    double rate;
    if (command_arg_clip(call, 0, &slot) || snap_parse_grid(call->word[1], &grid, &call->reply->err) ||
        read_rest(call, &rate, &places))
        return -1;
    if (rate < 1)
        return command_refuse(call, ERR_REFUSED, "snap-to %s: the rate of its file is not known; rate HZ says it", call->word[0]);
    struct show_clip clip;
    command_edit_begin(call);
    show_clip_copy(&clip, show_clip(show, slot));
    int result = snap_clip(&clip, &grid, (uint32_t)rate, places, &call->reply->err);
    if (!result)
        result = show_put_clip(show, slot, &clip, &call->reply->err);
    show_clip_clear(&clip);
    return command_edit_finish(call, result);
}
