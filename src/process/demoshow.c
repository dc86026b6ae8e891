/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The demo's session file: see demoshow.h. A row is a cell; what is not a column of the table
 * stands in `more`, as the file has it. The text is as a save would write it. Pure.
 */
#include "config.h"

#include "process/demoshow.h"

#include "base/strbuf.h"

struct demo_clip {
    int row, column;
    const char *id, *name, *sound;      /* sound: the file's stem */
    char group;
    const char *more;                   /* further properties, one a line, in the table's order */
};

struct demo_tab {
    const char *name;
    int rows;
    const struct demo_clip *clip;
    int clips;
};

static const struct demo_clip stage_clips[] = {
    { 1, 1, "rain", "Rain", "rain", 'A', "gain = -6.0; mode = \"loop\"; color = \"blue\";" },
    { 1, 2, "wind", "Wind", "wind", 'A',
      "gain = -8.0; mode = \"loop\"; color = \"cyan\"; notes = \"Swell with: fade wind 3 4\";" },
    { 1, 3, "night", "Night", "night", 'A', "gain = -12.0; pan = 0.4; mode = \"loop\"; color = \"blue\";" },
    { 1, 4, "choir", "Choir", "choir", 'A', "gain = -9.0; mode = \"loop\"; color = \"magenta\";" },
    { 1, 5, "fire", "Fire", "fire", 'A', "gain = -8.0; pan = -0.3; mode = \"loop\"; color = \"red\";" },
    { 1, 6, "ticking", "Clock", "ticking", 'A',
      "gain = -10.0; mode = \"loop\"; fade_in = 0.0; fade_out = 0.0; color = \"white\";" },
    { 2, 1, "thunder", "Thunder", "thunder", 'B',
      "press = \"layer\"; color = \"yellow\"; notes = \"Up to four strikes at once\";" },
    { 2, 2, "far", "Thunder far", "thunder", 'B',
      "gain = -14.0; pan = 0.6; fade_in = 0.5; fade_in_curve = \"s-curve\"; color = \"yellow\";" },
    { 2, 3, "bell", "Church bell", "bell", 'B', "gain = -6.0; press = \"restart\"; color = \"yellow\";" },
    { 2, 4, "knock", "Knock", "knock", 'B', "pan = -0.8; press = \"restart\"; color = \"red\"; notes = \"cue 14, after CUT\";" },
    { 2, 5, "phone", "Telephone", "phone", 'B',
      "gain = -9.0; pan = 0.8; mode = \"loop\"; loops = 4; fade_out = 0.0; color = \"green\";" },
    { 2, 6, "foghorn", "Foghorn", "foghorn", 'B', "press = \"ignore\"; color = \"green\";" },
    { 2, 7, "siren", "Siren", "siren", 'B', "gain = -12.0; mode = \"loop\"; fade_in = 2.0; fade_out = 3.0; color = \"red\";" },
    { 2, 8, "owl", "Owl", "owl", 'B', "gain = -10.0; pan = 0.5; color = \"cyan\";" },
    { 2, 9, "steps", "Footsteps", "steps", 'B', "mode = \"loop\"; loops = 3; fade_end = 1.5; color = \"white\";" },
};

static const struct demo_clip band_clips[] = {
    { 1, 1, "beat", "Beat", "beat", 'C', "mode = \"loop\"; color = \"red\";" },
    { 1, 2, "hats", "Hats", "hats", 'C', "gain = -10.0; mode = \"loop\"; color = \"yellow\";" },
    { 1, 3, "bass", "Bass", "bass", 'C', "gain = -4.0; mode = \"loop\"; color = \"blue\";" },
    { 1, 4, "pad", "Pad", "pad", 'C',
      "gain = -10.0; mode = \"loop\"; fade_in = 0.5; fade_out = 2.0; choke = true; color = \"magenta\";" },
    { 1, 5, "arp", "Arpeggio", "arp", 'C',
      "gain = -8.0; mode = \"loop\"; choke = true; color = \"cyan\"; notes = \"Arpeggio and pad choke each other\";" },
    { 2, 1, "kick", "Kick", "kick", 'C', "press = \"restart\"; color = \"red\";" },
    { 2, 2, "snare", "Snare", "snare", 'C', "press = \"restart\"; color = \"red\";" },
    { 2, 3, "clap", "Clap", "clap", 'C', "press = \"layer\"; color = \"yellow\";" },
    { 2, 4, "cowbell", "Cowbell", "cowbell", 'C', "gain = -8.0; pan = 0.3; press = \"restart\"; color = \"yellow\";" },
    { 2, 5, "crash", "Crash", "crash", 'C', "gain = -8.0; press = \"layer\"; color = \"yellow\";" },
    { 2, 6, "riser", "Riser", "riser", 'C', "gain = -8.0; color = \"green\";" },
    { 2, 7, "stab", "Stab", "pad", 'C',
      "gain = -8.0; press = \"restart\"; in = 96000; out = 120000; fade_end = 0.1; color = \"magenta\";" },
};

static const struct demo_clip studio_clips[] = {
    { 1, 1, "jingle", "Jingle", "jingle", 'D', "press = \"restart\"; color = \"green\";" },
    { 1, 2, "sting", "Sting", "sting", 'D', "press = \"restart\"; color = \"green\";" },
    { 1, 3, "ident", "Ident", "ident", 'D', "color = \"cyan\";" },
    { 1, 4, "laugh", "Laughter", "laugh", 'D', "press = \"restart\"; color = \"yellow\";" },
    { 1, 5, "applause", "Applause", "applause", 'D', "fade_end = 1.0; color = \"yellow\";" },
    { 2, 1, "pips", "Time signal", "pips", 'D',
      "gain = -9.0; press = \"ignore\"; fade_out = 0.0; markers = ( { name = \"last\"; at = 120000; } ); color = \"white\";" },
    { 2, 2, "line", "Line-up 1 kHz", "tone", 'D', "gain = -16.0; mode = \"loop\"; color = \"white\";" },
    { 2, 3, "hiss", "Noise", "noise", 'D', "gain = -16.0; mode = \"loop\"; color = \"white\";" },
    { 2, 4, "sweep", "Sweep", "sweep", 'D', "gain = -12.0; color = \"white\";" },
};

#define CLIPS(table) (table), (int)(sizeof (table) / sizeof (table)[0])
static const struct demo_tab tabs[] = {
    { "Stage", 8, CLIPS(stage_clips) },
    { "Band", 8, CLIPS(band_clips) },
    { "Studio", 4, CLIPS(studio_clips) },
};
enum { TABS = sizeof tabs / sizeof tabs[0] };

static const char head_text[] =
    "format = \"ORP2026A\";\n"
    "name = \"Demo\";\n"
    "fade_out = 0.2;\n"
    "groups = (\n"
    "    {\n        name = \"Scene\";\n        fade_in = 1.0;\n        fade_out = 2.0;\n"
    "        fade_in_curve = \"s-curve\";\n    },\n"
    "    {\n        name = \"Effects\";\n    },\n"
    "    {\n        name = \"Band\";\n        fade_out = 0.05;\n    },\n"
    "    {\n        name = \"On air\";\n        mode = \"choke\";\n        voices = 2;\n        fade_out = 0.4;\n    }\n"
    ");\n";

static void fmt_more(const char *more, struct strbuf *out)
{
    int depth = 0;
    for (; *more; more++) {
        depth += *more == '(' ? 1 : *more == ')' ? -1 : 0;
        strbuf_addc(out, *more);
        if (*more == ';' && depth == 0 && more[1])
            strbuf_adds(out, "\n               ");
    }
}

static void fmt_clip(const struct demo_clip *clip, struct strbuf *out)
{
    strbuf_addf(out, "            {\n                row = %d;\n                column = %d;\n", clip->row, clip->column);
    strbuf_addf(out, "                id = \"%s\";\n                name = \"%s\";\n", clip->id, clip->name);
    strbuf_addf(out, "                file = \"%s.wav\";\n", clip->sound);
    if (clip->group != 'A')
        strbuf_addf(out, "                group = \"%c\";\n", clip->group);
    strbuf_adds(out, "                ");
    fmt_more(clip->more, out);
    strbuf_adds(out, "\n            }");
}

static void fmt_tab(const struct demo_tab *tab, struct strbuf *out)
{
    strbuf_addf(out, "    {\n        name = \"%s\";\n", tab->name);
    if (tab->rows != 8)
        strbuf_addf(out, "        rows = %d;\n", tab->rows);
    strbuf_adds(out, "        clips = (\n");
    for (int i = 0; i < tab->clips; i++) {
        fmt_clip(&tab->clip[i], out);
        strbuf_adds(out, i + 1 < tab->clips ? ",\n" : "\n");
    }
    strbuf_adds(out, "        );\n    }");
}

void demo_show_fmt(struct strbuf *out)
{
    strbuf_adds(out, head_text);
    strbuf_adds(out, "tabs = (\n");
    for (int i = 0; i < TABS; i++) {
        fmt_tab(&tabs[i], out);
        strbuf_adds(out, i + 1 < TABS ? ",\n" : "\n");
    }
    strbuf_adds(out, ");\n");
}

int demo_show_clips(void)
{
    int clips = 0;
    for (int i = 0; i < TABS; i++)
        clips += tabs[i].clips;
    return clips;
}
