/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds where a property is absent: the clip's, else its group's, else the show's (SPEC F1). */
#include "config.h"

#include "show/objects.h"
#include "base/text.h"

#include <string.h>

static double first_seconds(double own, double above, double top)
{
    return own >= 0 ? own : above >= 0 ? above : top;
}

static int first_curve(int own, int above, int top)
{
    return own != SHOW_INHERIT ? own : above != SHOW_INHERIT ? above : top;
}

void show_fades(const struct show *show, const struct show_clip *clip, struct show_fades *fades)
{
    const struct show_group *group = show->group[clip->group];
    const struct show_head *head = show->head;
    *fades = (struct show_fades){
        .in_s = first_seconds(clip->fade_in, group->fade_in, head->fade_in),
        .out_s = first_seconds(clip->fade_out, group->fade_out, head->fade_out),
        .in_curve = first_curve(clip->fade_in_curve, group->fade_in_curve, head->fade_in_curve),
        .out_curve = first_curve(clip->fade_out_curve, group->fade_out_curve, head->fade_out_curve),
        .end_s = clip->fade_end,
    };
    fades->end_curve = fades->out_curve;
}

int show_group_voices(const struct show_group *group)
{
    if (group->voices == SHOW_INHERIT)
        return group->choke ? 3 : 24;
    return group->choke && group->voices > 4 ? 4 : group->voices;
}

struct show_bus show_bus(const struct show *show, int bus)
{
    const struct show_head *head = show->head;
    const struct show_group *group = bus < SHOW_GROUPS ? show->group[bus] : NULL;
    const int *own = group ? group->output : head->audition_output;
    return (struct show_bus){
        .mono = group ? group->mono : head->audition_mono,
        .limiter = group ? group->limiter : head->audition_limiter,
        .output = {own[0] ? own[0] : bus * 2 + 1, own[0] ? own[1] : bus * 2 + 2},
        .output_gain = group ? group->output_gain : head->audition_output_gain,
        .sends = group ? &group->sends : &head->audition_sends,
    };
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

int show_channels(const struct show *show)
{
    int most = 0;
    for (int i = 0; i <= SHOW_GROUPS; i++) {
        const struct show_bus bus = show_bus(show, i);
        most = larger(most, larger(bus.output[0], bus.output[1]));
        for (int k = 0; k < bus.sends->count; k++)
            most = larger(most, larger(bus.sends->send[k].left, bus.sends->send[k].right));
    }
    return most;
}

const char *show_clip_name(const struct show_clip *clip, char *buffer, int size)
{
    if (clip->name)
        return text_copy(buffer, (size_t)size, clip->name);
    const char *slash = strrchr(clip->file, '/');
    const char *stem = slash ? slash + 1 : clip->file;
    const char *dot = strrchr(stem, '.');
    int room = dot && dot != stem && dot - stem < size ? (int)(dot - stem) + 1 : size;
    return text_copy(buffer, (size_t)room, stem);
}
