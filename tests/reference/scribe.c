/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worlds on paper: see scribe.h. The session is CONTRACT 5, the script CONTRACT 4, the media are WAV. */
#include "config.h"

#include "scribe.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const curve_names[CURVES] = {"linear", "log", "exponential", "s-curve", "equal-power"};
static const char *const mode_names[] = {"once", "loop", "gate"};
static const char *const does_names[] = {"start", "stop", "fade"};
static const char *const press_names[] = {"stop", "restart", "layer", "ignore", "pause"};

/* --- media --- */

static void put_number(FILE *to, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        fputc((int)(number >> 8 * i & 0xff), to);
}

static void put_sample(FILE *to, double sample, enum medium_format format)
{
    float single = (float)sample;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    if (format == MEDIUM_F32)
        put_number(to, bits, 4);
    else if (format == MEDIUM_S16)
        put_number(to, (uint32_t)lrint(sample * 32768), 2);
    else
        put_number(to, (uint32_t)lrint(sample * 8388608), 3);
}

static void write_medium(const struct medium *medium, FILE *to)
{
    int bytes = medium->format == MEDIUM_S16 ? 2 : medium->format == MEDIUM_S24 ? 3 : 4;
    int frame_bytes = bytes * medium->channels;
    uint32_t data_bytes = (uint32_t)(medium->frames * frame_bytes);
    fputs("RIFF", to);
    put_number(to, 36 + data_bytes + (data_bytes & 1), 4);
    fputs("WAVEfmt ", to);
    put_number(to, 16, 4);
    put_number(to, medium->format == MEDIUM_F32 ? 3 : 1, 2);
    put_number(to, (uint32_t)medium->channels, 2);
    put_number(to, (uint32_t)medium->rate, 4);
    put_number(to, (uint32_t)(medium->rate * frame_bytes), 4);
    put_number(to, (uint32_t)frame_bytes, 2);
    put_number(to, (uint32_t)(8 * bytes), 2);
    fputs("data", to);
    put_number(to, data_bytes, 4);
    for (int64_t i = 0; i < medium->frames * medium->channels; i++)
        put_sample(to, medium->samples[i], medium->format);
    if (data_bytes & 1)
        fputc(0, to);
}

void scribe_media(const struct world *world, const char *folder)
{
    for (int i = 0; i < world->media; i++) {
        char path[200];
        snprintf(path, sizeof path, "%s/media/m%d.wav", folder, i);
        FILE *to = fopen(path, "wb");
        if (!to)
            abort();
        write_medium(&world->medium[i], to);
        if (fclose(to))
            abort();
    }
}

/* --- session --- */

static void put_fades(const struct fades *fades, FILE *to)
{
    if (fades->in_s >= 0)
        fprintf(to, " fade_in = %.4f;", fades->in_s);
    if (fades->out_s >= 0)
        fprintf(to, " fade_out = %.4f;", fades->out_s);
    if (fades->in_curve != CURVE_ABSENT)
        fprintf(to, " fade_in_curve = \"%s\";", curve_names[fades->in_curve]);
    if (fades->out_curve != CURVE_ABSENT)
        fprintf(to, " fade_out_curve = \"%s\";", curve_names[fades->out_curve]);
}

static void put_group(const struct group *group, FILE *to)
{
    fprintf(to, "    { mode = \"%s\"; voices = %d; gain = %.1f; mute = %s;", group->choke ? "choke" : "free", group->voices,
            group->gain_db, group->mute ? "true" : "false");
    if (group->mono)
        fputs(" mono = true;", to);
    if (group->limiter)
        fputs(" limiter = true;", to);
    put_fades(&group->fades, to);
    fputs(" }", to);
}

static void put_markers(const struct clip *clip, FILE *to)
{
    fputs(" markers = (", to);
    for (int i = 0; i < clip->markers; i++)
        fprintf(to, "%s { name = \"m\"; at = %" PRId64 "; }", i ? "," : "", clip->marker[i]);
    fputs(" );", to);
}

/* Markers from 1, `1,3,1`; "[]": none. */
static void fmt_parts(const struct parts *parts, char *word, size_t size)
{
    size_t length = (size_t)snprintf(word, size, parts->count ? "" : "[]");
    for (int i = 0; i < parts->count; i++)
        length += (size_t)snprintf(word + length, size - length, "%s%d", i ? "," : "", parts->marker[i] + 1);
}

static void put_sequence(const struct parts *parts, FILE *to)
{
    char word[64];
    fmt_parts(parts, word, sizeof word);
    fprintf(to, " sequence = [%s];", word);
}

static void fmt_level(double db, char *word, size_t size)
{
    if (db <= WORLD_SILENCE_DB)
        snprintf(word, size, "-inf");
    else
        snprintf(word, size, "%.1f", db);
}

/* `(0, 480, -6.0, "log"), (960, 1000, "-inf", "linear")`, `()`; quote: `"`, or nothing in a command. */
static void fmt_dips(const struct dips *dips, const char *quote, char *text, size_t size)
{
    size_t length = (size_t)snprintf(text, size, dips->count ? "" : "()");
    for (int i = 0; i < dips->count; i++) {
        const struct dip *dip = &dips->dip[i];
        char level[32];
        fmt_level(dip->level_db, level, sizeof level);
        const char *word = dip->level_db <= WORLD_SILENCE_DB ? quote : "";
        length += (size_t)snprintf(text + length, size - length, "%s(%" PRId64 ", %" PRId64 ", %s%s%s, %s%s%s)", i ? ", " : "",
                                   dip->from, dip->to, word, level, word, quote, curve_names[dip->curve], quote);
    }
}

static void put_dips(const struct dips *dips, FILE *to)
{
    char text[300];
    fmt_dips(dips, "\"", text, sizeof text);
    fprintf(to, " fade_markers = ( %s );", text);
}

static void fmt_target(const struct target *target, char *word, size_t size)
{
    switch (target->kind) {
    case TARGET_CLIP:
        snprintf(word, size, "k%d", target->index);
        break;
    case TARGET_GROUP:
        snprintf(word, size, "group:%c", 'A' + target->index);
        break;
    case TARGET_BUS:
        snprintf(word, size, target->index == 4 ? "bus:audition" : "bus:%c", 'A' + target->index);
        break;
    case TARGET_TAB:
        snprintf(word, size, "tab:%d", target->index + 1);
        break;
    case TARGET_ALL:
        snprintf(word, size, "all");
        break;
    }
}

static void put_follow(const struct clip *clip, FILE *to)
{
    static const char *const words[] = {[FOLLOW_NEXT] = "next", [FOLLOW_STOP] = "stop"};
    if (clip->follow == FOLLOW_CLIP)
        fprintf(to, " follow = \"k%d\";", clip->follow_clip);
    else if (clip->follow != FOLLOW_NONE)
        fprintf(to, " follow = \"%s\";", words[clip->follow]);
    if (clip->gap_s > 0)
        fprintf(to, " follow_gap = %.4f;", clip->gap_s);
}

static void put_link(const struct link *link, FILE *to)
{
    char target[32], level[32];
    fmt_target(&link->target, target, sizeof target);
    fmt_level(link->level_db, level, sizeof level);
    fprintf(to, " { do = \"%s\"; target = \"%s\"; at = \"%s\"; delay = %.4f;", does_names[link->does], target,
            link->at_end ? "end" : "start", link->delay_s);
    if (link->does == DOES_FADE && link->level_db > WORLD_SILENCE_DB)
        fprintf(to, " level = %s;", level);
    if (link->does == DOES_FADE)
        fprintf(to, " seconds = %.4f;", link->seconds);
    if (link->does == DOES_FADE && link->curve != CURVE_ABSENT)
        fprintf(to, " curve = \"%s\";", curve_names[link->curve]);
    fputs(" }", to);
}

static void put_relations(const struct clip *clip, FILE *to)
{
    put_follow(clip, to);
    fputs(clip->links ? " links = (" : "", to);
    for (int i = 0; i < clip->links; i++) {
        put_link(&clip->link[i], to);
        fputs(i + 1 < clip->links ? "," : " );", to);
    }
    fputs(clip->list ? " list = [" : "", to);
    for (int i = 0; i < clip->list; i++)
        fprintf(to, "%s \"m%d.wav\"", i ? "," : "", clip->list_medium[i]);
    if (clip->list)
        fprintf(to, " ]; list_order = \"%s\";", clip->shuffled ? "shuffled" : "ordered");
}

static void put_clip(const struct world *world, int number, FILE *to)
{
    const struct clip *clip = &world->clip[number];
    int place = number / world->tabs;
    fprintf(to, "    { row = %d; column = %d; id = \"k%d\"; file = \"m%d.wav\"; group = \"%c\"; gain = %.1f; pan = %.2f;",
            place / 10 + 1, place % 10 + 1, number, clip->medium, 'A' + clip->group, clip->gain_db, clip->pan);
    fprintf(to, " mode = \"%s\"; loops = %d; press = \"%s\";", mode_names[clip->mode], clip->loops, press_names[clip->press]);
    if (clip->in >= 0)
        fprintf(to, " in = %" PRId64 ";", clip->in);
    if (clip->out >= 0)
        fprintf(to, " out = %" PRId64 ";", clip->out);
    put_fades(&clip->fades, to);
    fprintf(to, " fade_end = %.4f; seam = %.4f;", clip->fade_end_s, clip->seam_ms);
    if (clip->markers)
        put_markers(clip, to);
    if (clip->sequence.count)
        put_sequence(&clip->sequence, to);
    if (clip->dips.count)
        put_dips(&clip->dips, to);
    if (clip->guard_s >= 0)
        fprintf(to, " guard = %.4f;", clip->guard_s);
    if (clip->choke)
        fputs(" choke = true;", to);
    if (clip->stop_others)
        fputs(" stop_others = true;", to);
    put_relations(clip, to);
    fputs(" }", to);
}

static void put_tab(const struct world *world, int tab, FILE *to)
{
    fputs(tab ? ",\n  { clips = (\n" : " { clips = (\n", to);
    for (int i = tab, written = 0; i < world->clips; i += world->tabs) {
        if (world->clip[i].unwritten)
            continue;
        fputs(written++ ? ",\n" : "", to);
        put_clip(world, i, to);
    }
    fputs(" ); }", to);
}

void scribe_session(const struct world *world, FILE *to)
{
    fputs("format = \"ORP2026A\";\n", to);
    fprintf(to, "guard = %.4f;", world->guard_s);
    put_fades(&world->fades, to);
    fputs("\ngroups = (\n", to);
    for (int i = 0; i < WORLD_GROUPS; i++) {
        put_group(&world->group[i], to);
        fputs(i + 1 < WORLD_GROUPS ? ",\n" : " );\n", to);
    }
    fputs("tabs = (", to);
    for (int i = 0; i < world->tabs; i++)
        put_tab(world, i, to);
    fputs(" );\n", to);
}

/* --- script --- */

static const char *const property_names[PROPERTIES] = {
    [PROPERTY_FADE_IN] = "fade_in", [PROPERTY_FADE_OUT] = "fade_out", [PROPERTY_FADE_IN_CURVE] = "fade_in_curve",
    [PROPERTY_FADE_OUT_CURVE] = "fade_out_curve", [PROPERTY_FADE_END] = "fade_end", [PROPERTY_PRESS] = "press",
    [PROPERTY_MODE] = "mode", [PROPERTY_LOOPS] = "loops", [PROPERTY_SEAM] = "seam", [PROPERTY_IN] = "in",
    [PROPERTY_OUT] = "out", [PROPERTY_CHOKE] = "choke", [PROPERTY_STOP_OTHERS] = "stop_others", [PROPERTY_GROUP] = "group",
    [PROPERTY_GUARD] = "guard", [PROPERTY_FOLLOW] = "follow", [PROPERTY_GAP] = "follow_gap",
    [PROPERTY_LIST_ORDER] = "list_order", [PROPERTY_MARKERS] = "markers", [PROPERTY_SEQUENCE] = "sequence", [PROPERTY_FADE_MARKERS] = "fade_markers",
    [PROPERTY_GROUP_MODE] = "mode", [PROPERTY_GROUP_VOICES] = "voices",
    [PROPERTY_GROUP_MUTE] = "mute", [PROPERTY_GROUP_MONO] = "mono", [PROPERTY_GROUP_FADE_OUT] = "fade_out",
    [PROPERTY_GROUP_OUTPUT] = "output", [PROPERTY_GROUP_OUTPUT_GAIN] = "output_gain",
    [PROPERTY_SHOW_FADE_OUT] = "fade_out", [PROPERTY_SHOW_GUARD] = "guard"};

static void fmt_follow(int64_t place, char *value, size_t size)
{
    static const char *const words[] = {"none", "next", "stop"};
    if (place < 0)
        snprintf(value, size, "%s", words[-place - 1]);
    else
        snprintf(value, size, "k%" PRId64, place);
}

static void fmt_markers(const struct order *order, char *value, size_t size)
{
    size_t length = (size_t)snprintf(value, size, order->markers ? "" : "()");
    for (int i = 0; i < order->markers; i++)
        length += (size_t)snprintf(value + length, size - length, "%sm%d %" PRId64, i ? " " : "", i, order->marker[i]);
}

static void fmt_value(const struct order *order, char *value, size_t size)
{
    switch (order->property) {
    case PROPERTY_FADE_IN_CURVE:
    case PROPERTY_FADE_OUT_CURVE:
        snprintf(value, size, "%s", curve_names[order->place]);
        break;
    case PROPERTY_PRESS:
        snprintf(value, size, "%s", press_names[order->place]);
        break;
    case PROPERTY_MODE:
        snprintf(value, size, "%s", mode_names[order->place]);
        break;
    case PROPERTY_GROUP:
        snprintf(value, size, "%c", (int)('A' + order->place));
        break;
    case PROPERTY_FOLLOW:
        fmt_follow(order->place, value, size);
        break;
    case PROPERTY_MARKERS:
        fmt_markers(order, value, size);
        break;
    case PROPERTY_SEQUENCE:
        fmt_parts(&order->parts, value, size);
        break;
    case PROPERTY_FADE_MARKERS:
        fmt_dips(&order->dips, "", value, size);
        break;
    case PROPERTY_LIST_ORDER:
        snprintf(value, size, order->on ? "shuffled" : "ordered");
        break;
    case PROPERTY_GROUP_MODE:
        snprintf(value, size, order->on ? "choke" : "free");
        break;
    case PROPERTY_GROUP_OUTPUT:
        snprintf(value, size, "[%" PRId64 ", %" PRId64 "]", order->place, order->place + 1);
        break;
    case PROPERTY_LOOPS:
    case PROPERTY_IN:
    case PROPERTY_OUT:
    case PROPERTY_GROUP_VOICES:
        snprintf(value, size, "%" PRId64, order->place);
        break;
    case PROPERTY_CHOKE:
    case PROPERTY_STOP_OTHERS:
    case PROPERTY_GROUP_MUTE:
    case PROPERTY_GROUP_MONO:
        snprintf(value, size, order->on ? "true" : "false");
        break;
    default:
        snprintf(value, size, "%.4f", order->number);
    }
}

static void fmt_property(const struct order *order, char *rest, size_t size)
{
    char value[200];
    fmt_value(order, value, sizeof value);
    snprintf(rest, size, " %s %s", property_names[order->property], value);
}

const char *scribe_property(enum property property)
{
    return property_names[property];
}

/* What follows the first word and the target. */
static void fmt_rest(const struct order *order, char *rest, size_t size)
{
    char level[32], parts[40];
    fmt_level(order->number, level, sizeof level);
    switch (order->verb) {
    case VERB_PLAY_AT:
    case VERB_AUDITION_AT:
        snprintf(rest, size, " at %" PRId64 "f", order->place);
        break;
    case VERB_PLAY_SECONDS:
        snprintf(rest, size, " at %.4f", order->number);
        break;
    case VERB_PLAY_MARKER:
        snprintf(rest, size, " marker %" PRId64, order->place);
        break;
    case VERB_PLAY_MARKERS:
        fmt_parts(&order->parts, parts, sizeof parts);
        snprintf(rest, size, " markers %s", parts);
        break;
    case VERB_SEEK:
        snprintf(rest, size, " %" PRId64 "f", order->place);
        break;
    case VERB_FADE:
        snprintf(rest, size, " %s %.4f%s%s", level, order->seconds, order->curve == CURVE_ABSENT ? "" : " ",
                 order->curve == CURVE_ABSENT ? "" : curve_names[order->curve]);
        break;
    case VERB_GAIN:
        snprintf(rest, size, " %s", level);
        break;
    case VERB_PAN:
        snprintf(rest, size, " %.2f", order->number);
        break;
    case VERB_MUTE:
    case VERB_SOLO:
        snprintf(rest, size, order->on ? " on" : " off");
        break;
    case VERB_SET:
        fmt_property(order, rest, size);
        break;
    case VERB_PRESS_DOWN:
        snprintf(rest, size, " down");
        break;
    case VERB_PRESS_UP:
        snprintf(rest, size, " up");
        break;
    default:
        rest[0] = '\0';
    }
}

static const char *const verb_words[VERBS] = {
    [VERB_PRESS] = "press", [VERB_PRESS_DOWN] = "press", [VERB_PRESS_UP] = "press", [VERB_PLAY] = "play",
    [VERB_PLAY_AT] = "play", [VERB_PLAY_SECONDS] = "play", [VERB_PLAY_MARKER] = "play", [VERB_AUDITION] = "audition",
    [VERB_AUDITION_AT] = "audition", [VERB_STOP] = "stop", [VERB_RELEASE] = "release", [VERB_SEEK] = "seek",
    [VERB_FADE] = "fade", [VERB_PANIC] = "panic", [VERB_PAUSE] = "pause", [VERB_RESUME] = "resume",
    [VERB_EMERGENCY] = "emergency", [VERB_MUTE] = "mute", [VERB_SOLO] = "solo", [VERB_GAIN] = "gain", [VERB_PAN] = "pan",
    [VERB_SET] = "set", [VERB_LOAD] = "load", [VERB_CLEAR] = "clear", [VERB_UNDO] = "undo", [VERB_REDO] = "redo",
    [VERB_PLAY_MARKERS] = "play"};

const char *scribe_verb(enum verb verb)
{
    return verb_words[verb];
}

static bool stands_alone(enum verb verb)
{
    return verb == VERB_PANIC || verb == VERB_EMERGENCY || verb == VERB_UNDO || verb == VERB_REDO;
}

void scribe_order(const struct order *order, char *line, size_t size)
{
    char target[32] = "", rest[240];
    if (!stands_alone(order->verb))
        fmt_target(&order->target, target, sizeof target);
    if (order->verb == VERB_SET && order->target.kind == TARGET_ALL)
        snprintf(target, sizeof target, "show");
    if (order->verb == VERB_LOAD)
        snprintf(rest, sizeof rest, " m%" PRId64 ".wav", order->place);
    else
        fmt_rest(order, rest, sizeof rest);
    bool file_first = order->verb == VERB_LOAD;
    snprintf(line, size, "%" PRId64 "f %s%s%s%s%s", order->frame, verb_words[order->verb], file_first ? rest : "",
             *target ? " " : "", target, file_first ? "" : rest);
}

void scribe_script(const struct world *world, FILE *to)
{
    for (int i = 0; i < world->orders; i++) {
        char line[320];
        scribe_order(&world->order[i], line, sizeof line);
        fprintf(to, "%s\n", line);
    }
}
