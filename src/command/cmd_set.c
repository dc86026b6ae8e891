/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set and get: every property of CONTRACT 5, through the table of show/property.h. */
#include "config.h"

#include "command/commands.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "show/property.h"

#include <stdlib.h>
#include <string.h>

/* What set and get name: an object of the document. */
struct owner {
    enum property_scope scope;
    int index;                  /* slot, group, tab */
};

static int take_owner(struct command_call *call, bool may_be_new, struct owner *owner)
{
    const char *text = call->word[0];
    *owner = (struct owner){PROPERTY_SHOW, 0};
    if (!strcmp(text, "show"))
        return 0;
    int tabs = show_tabs(call->context->show);
    if (may_be_new && !strncmp(text, "tab:", 4) && strlen(text) == 5 && text[4] > '0' + tabs && text[4] <= '0' + SHOW_TABS) {
        *owner = (struct owner){PROPERTY_TAB, text[4] - '1'};
        return 0;
    }
    struct command_target target;
    if (command_arg_target(call, 0, &target))
        return -1;
    owner->index = target.index;
    switch (target.object) {
    case TARGET_OBJECT_CLIP: owner->scope = PROPERTY_CLIP; return 0;
    case TARGET_OBJECT_GROUP: owner->scope = PROPERTY_GROUP; return 0;
    case TARGET_OBJECT_TAB: owner->scope = PROPERTY_TAB; return 0;
    case TARGET_OBJECT_BUS:
    case TARGET_OBJECT_ALL: break;
    }
    return command_refuse(call, ERR_USAGE, "%s: has no properties; a clip, group:A, tab:1 or show has", text);
}

static const struct property *take_property(struct command_call *call, enum property_scope scope)
{
    static const char *const words[] = {"the show", "a group", "a tab", "a clip"};
    const struct property *property = property_find(scope, call->word[1]);
    if (!property)
        command_refuse(call, ERR_UNKNOWN, "%s: %s has no such property; get %s lists them", call->word[1], words[scope],
                       call->word[0]);
    return property;
}

/* --- set --- */

/* The value as one text. A text of several words is those words; lists are taken as typed. */
static char *take_value(struct command_call *call, const struct property *property)
{
    if (property->kind != PROPERTY_TEXT || call->count == 3)
        return command_arg_rest(call, 2);
    struct strbuf joined = {0};
    for (int i = 2; i < call->count; i++) {
        if (i > 2)
            strbuf_addc(&joined, ' ');
        strbuf_adds(&joined, call->word[i]);
    }
    return strbuf_take(&joined);
}

/* A sequence names markers that are there; one that goes later is passed over. */
static int check_order(struct command_call *call, const struct property *property, const void *object)
{
    const struct show_clip *clip = object;
    if (property->kind != PROPERTY_ORDER || order_most(clip->sequence) <= clip->markers)
        return 0;
    return command_refuse(call, ERR_REFUSED, "%s has %d marker%s", call->word[0], clip->markers, clip->markers == 1 ? "" : "s");
}

static int parse_into(struct command_call *call, const struct property *property, void *object)
{
    char *value = take_value(call, property);
    bool literal = call->count == 3 && call->quoted[2];         /* "default" in quotes is a text */
    int result = (literal ? property_parse_value : property_parse)(property, object, value, &call->reply->err);
    free(value);
    return result ? result : check_order(call, property, object);
}

/* Clips that follow to an id follow to its new name. */
static int rename_follows(struct command_call *call, const char *from, const char *to)
{
    struct show *show = call->context->show;
    for (int slot = 0; slot < show_slots(show); slot++) {
        const struct show_clip *clip = show_clip(show, slot);
        if (!clip || !clip->follow || strcmp(clip->follow, from))
            continue;
        struct show_clip copy;
        show_clip_copy(&copy, clip);
        free(copy.follow);
        copy.follow = xstrdup(to);
        int result = show_put_clip(show, slot, &copy, &call->reply->err);
        show_clip_clear(&copy);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int check_follow(struct command_call *call, const struct show_clip *clip)
{
    const char *follow = clip->follow;
    if (!follow || !strcmp(follow, "next") || !strcmp(follow, "stop") || show_slot_by_id(call->context->show, follow) >= 0 ||
        !strcmp(follow, clip->id))
        return 0;
    return command_refuse(call, ERR_UNKNOWN, "follow %s: no clip has this id; none, next and stop are allowed too", follow);
}

static int put_clip(struct command_call *call, int slot, const struct property *property, const struct show_clip *clip)
{
    struct show *show = call->context->show;
    char *old_id = xstrdup(show_clip(show, slot)->id);
    bool renamed = strcmp(old_id, clip->id) != 0;
    int result = !strcmp(property->key, "follow") ? check_follow(call, clip) : 0;
    if (!result)
        result = show_put_clip(show, slot, clip, &call->reply->err);
    if (result >= 0 && renamed)
        result = rename_follows(call, old_id, clip->id);
    free(old_id);
    return result;
}

static int set_clip(struct command_call *call, int slot, const struct property *property)
{
    if (property->kind == PROPERTY_PLACE)
        return command_refuse(call, ERR_REFUSED, "%s: a clip changes its place by move", property->key);
    struct show_clip clip;
    show_clip_copy(&clip, show_clip(call->context->show, slot));
    int result = parse_into(call, property, &clip);
    if (!result)
        result = put_clip(call, slot, property, &clip);
    show_clip_clear(&clip);
    return result;
}

static int set_group(struct command_call *call, int index, const struct property *property)
{
    struct show_group group;
    show_group_copy(&group, show_group(call->context->show, index));
    int result = parse_into(call, property, &group);
    if (!result)
        show_put_group(call->context->show, index, &group);
    show_group_clear(&group);
    return result;
}

static int set_tab(struct command_call *call, int index, const struct property *property)
{
    struct show_tab tab;
    if (show_tab(call->context->show, index))
        show_tab_copy(&tab, show_tab(call->context->show, index));
    else
        show_tab_init(&tab);
    int result = parse_into(call, property, &tab);
    if (!result)
        result = show_put_tab(call->context->show, index, &tab, &call->reply->err);
    show_tab_clear(&tab);
    return result;
}

static int set_head(struct command_call *call, const struct property *property)
{
    struct show_head head;
    show_head_copy(&head, show_head(call->context->show));
    int result = parse_into(call, property, &head);
    if (!result)
        show_put_head(call->context->show, &head);
    show_head_clear(&head);
    return result;
}

int cmd_set(struct command_call *call)
{
    struct owner owner;
    if (take_owner(call, true, &owner))
        return -1;
    const struct property *property = take_property(call, owner.scope);
    if (!property)
        return -1;
    int result = -1;
    command_edit_begin(call);
    switch (owner.scope) {
    case PROPERTY_CLIP: result = set_clip(call, owner.index, property); break;
    case PROPERTY_GROUP: result = set_group(call, owner.index, property); break;
    case PROPERTY_TAB: result = set_tab(call, owner.index, property); break;
    case PROPERTY_SHOW: result = set_head(call, property); break;
    }
    return command_edit_finish(call, result);
}

/* --- get --- */

static const void *object_of(const struct show *show, struct owner owner)
{
    switch (owner.scope) {
    case PROPERTY_CLIP: return show_clip(show, owner.index);
    case PROPERTY_GROUP: return show_group(show, owner.index);
    case PROPERTY_TAB: return show_tab(show, owner.index);
    case PROPERTY_SHOW: break;
    }
    return show_head(show);
}

static void list_all(const void *object, enum property_scope scope, struct strbuf *out)
{
    struct strbuf value = {0};
    for (int i = 0; i < property_count; i++) {
        const struct property *property = &property_table[i];
        if (property->scope != scope || property_is_absent(property, object))
            continue;
        strbuf_reset(&value);
        property_fmt(property, object, &value);
        strbuf_addf(out, "%s%s = ", out->len ? "\n" : "", property->key);
        if (value.len)
            text_fmt_escaped(out, value.s);     /* notes may have lines; here a line is a property */
    }
    strbuf_clear(&value);
}

int cmd_get(struct command_call *call)
{
    struct owner owner;
    if (take_owner(call, false, &owner))
        return -1;
    if (call->count == 1) {
        list_all(object_of(call->context->show, owner), owner.scope, &call->reply->value);
        return 0;
    }
    const struct property *property = take_property(call, owner.scope);
    if (!property)
        return -1;
    property_fmt_in_force(property, call->context->show, owner.index, &call->reply->value);
    return 0;
}
