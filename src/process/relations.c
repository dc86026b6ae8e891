/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follow and links for the engine: see relations.h. */
#include "config.h"

#include "process/relations.h"

#include <math.h>
#include <string.h>

_Static_assert((int)LINK_START == SHOW_LINK_START && (int)LINK_STOP == SHOW_LINK_STOP && (int)LINK_FADE == SHOW_LINK_FADE,
               "links of the show are those of the engine");
_Static_assert((int)SHOW_LINKS == ENGINE_LINKS, "and as many");

/* "group:A" and the like, or an id. Return: false if there is no such clip. */
static bool find_target(const struct show *show, const char *text, struct engine_target *target)
{
    const char *colon = strchr(text, ':');
    if (!strcmp(text, "all")) {
        *target = (struct engine_target){TARGET_ALL, 0};
    } else if (colon) {
        enum target_kind kind = text[0] == 'g' ? TARGET_GROUP : text[0] == 'b' ? TARGET_BUS : TARGET_TAB;
        *target = (struct engine_target){kind, (uint16_t)(colon[1] - (kind == TARGET_TAB ? '1' : 'A'))};
    } else {
        int slot = show_slot_by_id(show, text);
        *target = (struct engine_target){TARGET_CLIP, (uint16_t)slot};
        return slot >= 0;
    }
    return true;
}

static void fill_link(const struct show_link *from, struct clip_link *to)
{
    to->does = (uint8_t)from->does;
    to->curve = (uint8_t)from->curve;
    to->at_end = from->at_end;
    to->level_lin = isinf(from->level) ? 0.0f : (float)pow(10, from->level / 20);
    to->delay_s = from->delay;
    to->seconds = from->seconds;
}

void relations_fill(const struct show *show, const struct show_clip *clip, struct clip_params *params, struct clip_link *link)
{
    struct show_link links[SHOW_LINKS];
    int count = clip->links ? links_read(clip->links, links) : 0, successor = show_successor(show, clip);
    params->follow = successor >= 0 ? FOLLOW_CLIP : clip->follow && !strcmp(clip->follow, "stop") ? FOLLOW_STOP : FOLLOW_NONE;
    params->follow_clip = (uint16_t)(successor >= 0 ? successor : 0);
    params->follow_gap_s = clip->follow_gap;
    params->links = 0;
    params->link = count ? link : NULL;
    for (int i = 0; i < count; i++) {
        bool itself = links[i].does == SHOW_LINK_START && !strcmp(links[i].target, clip->id);
        if (itself || !find_target(show, links[i].target, &link[params->links].target))
            continue;                   /* a clip never starts itself */
        fill_link(&links[i], &link[params->links]);
        params->links++;
    }
}

static uint32_t add_number(uint32_t number, int slot)
{
    return (number ^ (uint32_t)(slot + 2)) * 16777619u;         /* as FNV-1a does it */
}

uint32_t relations_number(const struct show *show, const struct show_clip *clip)
{
    struct show_link links[SHOW_LINKS];
    uint32_t number = clip->follow ? add_number(1, show_successor(show, clip)) : 0;
    int count = clip->links ? links_read(clip->links, links) : 0;
    for (int i = 0; i < count; i++)
        number = add_number(number, show_slot_by_id(show, links[i].target));
    return number;
}
