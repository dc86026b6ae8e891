/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a property is where it is absent, as text: the defaults that depend on other objects. */
#include "config.h"

#include "show/property.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <string.h>

static const void *object_of(const struct show *show, enum property_scope scope, int index)
{
    switch (scope) {
    case PROPERTY_CLIP: return show_clip(show, index);
    case PROPERTY_GROUP: return show_group(show, index);
    case PROPERTY_TAB: return show_tab(show, index);
    case PROPERTY_SHOW: break;
    }
    return show_head(show);
}

/* fade_in, fade_out and their curves. Return: false if the key is another one. */
static bool fmt_fade(const char *key, const struct show_fades *fades, struct strbuf *out)
{
    const char *const *curves = property_find(PROPERTY_SHOW, "fade_in_curve")->choices;
    if (!strcmp(key, "fade_in"))
        text_fmt_double(out, fades->in_s);
    else if (!strcmp(key, "fade_out"))
        text_fmt_double(out, fades->out_s);
    else if (!strcmp(key, "fade_in_curve"))
        strbuf_adds(out, curves[fades->in_curve]);
    else if (!strcmp(key, "fade_out_curve"))
        strbuf_adds(out, curves[fades->out_curve]);
    else
        return false;
    return true;
}

static void fmt_clip(const char *key, const struct show *show, const struct show_clip *clip, struct strbuf *out)
{
    struct show_fades fades;
    char name[256];
    show_fades(show, clip, &fades);
    if (fmt_fade(key, &fades, out))
        return;
    if (!strcmp(key, "name"))
        strbuf_adds(out, show_clip_name(clip, name, sizeof name));
    else if (!strcmp(key, "in"))
        strbuf_addc(out, '0');
    else if (!strcmp(key, "markers"))
        markers_fmt(clip, out);
    else if (!strcmp(key, "fade_markers"))
        fade_markers_fmt(&clip->fade_markers, out);
    else if (!strcmp(key, "sequence"))
        order_fmt(0, out);
    else if (!strcmp(key, "follow"))
        strbuf_adds(out, "none");
    else if (!strcmp(key, "guard"))
        text_fmt_double(out, show_head(show)->guard);
}

static void fmt_output(const struct show *show, int bus, struct strbuf *out)
{
    const struct show_bus in_force = show_bus(show, bus);
    strbuf_addf(out, "[%d, %d]", in_force.output[0], in_force.output[1]);
}

static void fmt_group(const char *key, const struct show *show, int index, struct strbuf *out)
{
    struct show_clip clip;              /* one without fades of its own has the group's */
    struct show_fades fades;
    show_clip_init(&clip);
    clip.group = index;
    show_fades(show, &clip, &fades);
    if (fmt_fade(key, &fades, out))
        return;
    if (!strcmp(key, "name"))
        strbuf_addc(out, "ABCD"[index]);
    else if (!strcmp(key, "voices"))
        strbuf_addf(out, "%d", show_group_voices(show_group(show, index)));
    else if (!strcmp(key, "output"))
        fmt_output(show, index, out);
    else if (!strcmp(key, "sends"))
        strbuf_adds(out, "()");
}

void property_fmt_in_force(const struct property *property, const struct show *show, int index, struct strbuf *out)
{
    const void *object = object_of(show, property->scope, index);
    if (!property_is_absent(property, object))
        property_fmt(property, object, out);
    else if (property->scope == PROPERTY_CLIP)
        fmt_clip(property->key, show, object, out);
    else if (property->scope == PROPERTY_GROUP)
        fmt_group(property->key, show, index, out);
    else if (property->scope == PROPERTY_TAB)
        strbuf_addf(out, "Tab %d", index + 1);
    else if (!strcmp(property->key, "media"))
        strbuf_adds(out, "media");
    else if (!strcmp(property->key, "audition_output"))
        fmt_output(show, SHOW_GROUPS, out);
    else if (!strcmp(property->key, "audition_sends"))
        strbuf_adds(out, "()");
    else if (!strcmp(property->key, "limiters"))
        strbuf_adds(out, "[]");
}
