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

static void put_clip(const struct clip *clip, int number, FILE *to)
{
    fprintf(to, "    { row = %d; column = %d; id = \"k%d\"; file = \"m%d.wav\"; group = \"%c\"; gain = %.1f; pan = %.2f;",
            number / 10 + 1, number % 10 + 1, number, clip->medium, 'A' + clip->group, clip->gain_db, clip->pan);
    fprintf(to, " mode = \"%s\"; loops = %d; press = \"%s\";", mode_names[clip->mode], clip->loops, press_names[clip->press]);
    if (clip->in >= 0)
        fprintf(to, " in = %" PRId64 ";", clip->in);
    if (clip->out >= 0)
        fprintf(to, " out = %" PRId64 ";", clip->out);
    put_fades(&clip->fades, to);
    fprintf(to, " fade_end = %.4f; seam = %.4f;", clip->fade_end_s, clip->seam_ms);
    if (clip->markers)
        put_markers(clip, to);
    if (clip->guard_s >= 0)
        fprintf(to, " guard = %.4f;", clip->guard_s);
    if (clip->choke)
        fputs(" choke = true;", to);
    if (clip->stop_others)
        fputs(" stop_others = true;", to);
    fputs(" }", to);
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
    fputs("tabs = ( { clips = (\n", to);
    for (int i = 0, written = 0; i < world->clips; i++) {
        if (world->clip[i].unwritten)
            continue;
        fputs(written++ ? ",\n" : "", to);
        put_clip(&world->clip[i], i, to);
    }
    fputs(" ); } );\n", to);
}

/* --- script --- */

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
    case TARGET_ALL:
        snprintf(word, size, "all");
        break;
    }
}

static void fmt_level(double db, char *word, size_t size)
{
    if (db <= WORLD_SILENCE_DB)
        snprintf(word, size, "-inf");
    else
        snprintf(word, size, "%.1f", db);
}

/* What follows the first word and the target. */
static void fmt_rest(const struct order *order, char *rest, size_t size)
{
    char level[32];
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
    case VERB_SET_FADE_OUT:
        snprintf(rest, size, " fade_out %.4f", order->number);
        break;
    case VERB_SET_PRESS:
        snprintf(rest, size, " press %s", press_names[order->place]);
        break;
    case VERB_SET_CHOKE:
        snprintf(rest, size, " choke %s", order->on ? "true" : "false");
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

void scribe_order(const struct order *order, char *line, size_t size)
{
    static const char *const words[] = {
        [VERB_PRESS] = "press", [VERB_PRESS_DOWN] = "press", [VERB_PRESS_UP] = "press", [VERB_PLAY] = "play",
        [VERB_PLAY_AT] = "play", [VERB_PLAY_SECONDS] = "play", [VERB_PLAY_MARKER] = "play", [VERB_AUDITION] = "audition",
        [VERB_AUDITION_AT] = "audition", [VERB_STOP] = "stop", [VERB_RELEASE] = "release", [VERB_SEEK] = "seek",
        [VERB_FADE] = "fade", [VERB_PANIC] = "panic", [VERB_PAUSE] = "pause",
        [VERB_RESUME] = "resume", [VERB_EMERGENCY] = "emergency", [VERB_MUTE] = "mute", [VERB_SOLO] = "solo",
        [VERB_GAIN] = "gain",
        [VERB_PAN] = "pan", [VERB_SET_FADE_OUT] = "set", [VERB_SET_PRESS] = "set", [VERB_SET_CHOKE] = "set"};
    char target[32] = "", rest[64];
    if (order->verb != VERB_PANIC && order->verb != VERB_EMERGENCY)
        fmt_target(&order->target, target, sizeof target);
    fmt_rest(order, rest, sizeof rest);
    snprintf(line, size, "%" PRId64 "f %s%s%s%s", order->frame, words[order->verb], *target ? " " : "", target, rest);
}

void scribe_script(const struct world *world, FILE *to)
{
    for (int i = 0; i < world->orders; i++) {
        char line[200];
        scribe_order(&world->order[i], line, sizeof line);
        fprintf(to, "%s\n", line);
    }
}
