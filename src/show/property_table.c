/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The option table: see property.h. To add a property: a field in show.h (and in objects.c if it
 * is owned), a row here. Order is the order of writing.
 */
#include "config.h"

#include "show/property.h"

#include <math.h>

static const char *const curve_words[] = {"linear", "log", "exponential", "s-curve", "equal-power", NULL};
static const char *const group_letters[] = {"A", "B", "C", "D", NULL};
static const char *const group_modes[] = {"free", "choke", NULL};
static const char *const list_orders[] = {"ordered", "shuffled", NULL};
static const char *const clip_modes[] = {"once", "loop", "gate", NULL};
static const char *const press_words[] = {"stop", "restart", "layer", "ignore", "pause", NULL};

#define SHOW(key, kind, field) PROPERTY_SHOW, key, kind, offsetof(struct show_head, field)
#define GROUP(key, kind, field) PROPERTY_GROUP, key, kind, offsetof(struct show_group, field)
#define TAB(key, kind, field) PROPERTY_TAB, key, kind, offsetof(struct show_tab, field)
#define CLIP(key, kind, field) PROPERTY_CLIP, key, kind, offsetof(struct show_clip, field)
#define NO_RANGE 0, 0, NULL
#define RANGE(least, most) least, most, NULL
#define WORDS(words) 0, 0, words
#define OWN false, false                /* always there */
#define INHERITS true, false            /* may be absent */
#define LEVEL false, true               /* may be -inf */

const struct property property_table[] = {
    {SHOW("name", PROPERTY_TEXT, name), NO_RANGE, INHERITS, "", "none", "Name of the show."},
    {SHOW("media", PROPERTY_TEXT, media), NO_RANGE, INHERITS, "", "media", "Folder of the media, relative to the session file."},
    {SHOW("guard", PROPERTY_FLOAT, guard), RANGE(0, 5), OWN, "s", "0.0",
     "A repeat of the same trigger within this time is refused."},
    {SHOW("fade_in", PROPERTY_FLOAT, fade_in), RANGE(0, 60), OWN, "s", "0.0", "Fade-in where neither clip nor group has one."},
    {SHOW("fade_out", PROPERTY_FLOAT, fade_out), RANGE(0, 60), OWN, "s", "0.0", "Fade-out where neither clip nor group has one."},
    {SHOW("fade_in_curve", PROPERTY_CHOICE, fade_in_curve), WORDS(curve_words), OWN, "", "linear", "Its curve."},
    {SHOW("fade_out_curve", PROPERTY_CHOICE, fade_out_curve), WORDS(curve_words), OWN, "", "exponential", "Its curve."},
    {SHOW("dual", PROPERTY_BOOL, dual), NO_RANGE, OWN, "", "false", "Screens show two tabs side by side."},
    {SHOW("left", PROPERTY_INT, left), RANGE(1, SHOW_TABS), OWN, "", "1", "Tab of the left page."},
    {SHOW("right", PROPERTY_INT, right), RANGE(1, SHOW_TABS), OWN, "", "2", "Tab of the right page."},
    {SHOW("audition_mono", PROPERTY_BOOL, audition_mono), NO_RANGE, OWN, "", "false",
     "Both sides of the Audition bus have the mean of both."},
    {SHOW("audition_limiter", PROPERTY_BOOL, audition_limiter), NO_RANGE, OWN, "", "false",
     "No true peak of the Audition bus is over -1 dB."},
    {SHOW("audition_output", PROPERTY_PAIR, audition_output), RANGE(1, 128), INHERITS, "", "[9, 10]",
     "Device channels of the Audition bus."},
    {SHOW("audition_output_gain", PROPERTY_FLOAT, audition_output_gain), RANGE(-60, 12), LEVEL, "dB", "0.0", "Gain to them."},
    {SHOW("audition_sends", PROPERTY_SENDS, audition_sends), NO_RANGE, INHERITS, "", "none",
     "More device channels that the Audition bus sounds on."},
    {SHOW("limiters", PROPERTY_SET, limiters), RANGE(1, 32), INHERITS, "", "none",
     "Pairs of device channels with a limiter: 1 is channels 1 and 2, 2 is 3 and 4."},

    {GROUP("name", PROPERTY_TEXT, name), NO_RANGE, INHERITS, "", "the letter", "Name of the group."},
    {GROUP("color", PROPERTY_TEXT, color), NO_RANGE, INHERITS, "", "by letter", "Name of a colour."},
    {GROUP("mode", PROPERTY_SWITCH, choke), WORDS(group_modes), OWN, "", "free",
     "In a choke group a clip that starts fades out the one that sounds."},
    {GROUP("voices", PROPERTY_INT, voices), RANGE(1, 24), INHERITS, "", "3 choke, 24 free", "At most so many voices sound."},
    {GROUP("gain", PROPERTY_FLOAT, gain), RANGE(-60, 12), LEVEL, "dB", "0.0", "Gain of the group's bus."},
    {GROUP("mute", PROPERTY_BOOL, mute), NO_RANGE, OWN, "", "false", "The group's bus is muted."},
    {GROUP("fade_in", PROPERTY_FLOAT, fade_in), RANGE(0, 60), INHERITS, "s", "the show's", "Fade-in where the clip has none."},
    {GROUP("fade_out", PROPERTY_FLOAT, fade_out), RANGE(0, 60), INHERITS, "s", "the show's", "Fade-out where the clip has none."},
    {GROUP("fade_in_curve", PROPERTY_CHOICE, fade_in_curve), WORDS(curve_words), INHERITS, "", "the show's", "Its curve."},
    {GROUP("fade_out_curve", PROPERTY_CHOICE, fade_out_curve), WORDS(curve_words), INHERITS, "", "the show's", "Its curve."},
    {GROUP("mono", PROPERTY_BOOL, mono), NO_RANGE, OWN, "", "false", "Both sides of the bus have the mean of both."},
    {GROUP("limiter", PROPERTY_BOOL, limiter), NO_RANGE, OWN, "", "false", "No true peak of the bus is over -1 dB."},
    {GROUP("output", PROPERTY_PAIR, output), RANGE(1, 128), INHERITS, "", "[1, 2] to [7, 8] by letter",
     "Device channels of the bus."},
    {GROUP("output_gain", PROPERTY_FLOAT, output_gain), RANGE(-60, 12), LEVEL, "dB", "0.0", "Gain to them."},
    {GROUP("sends", PROPERTY_SENDS, sends), NO_RANGE, INHERITS, "", "none", "More device channels that the bus sounds on."},

    {TAB("name", PROPERTY_TEXT, name), NO_RANGE, INHERITS, "", "Tab N", "Name of the tab."},
    {TAB("rows", PROPERTY_INT, rows), RANGE(1, SHOW_ROWS), OWN, "", "8", "Rows of its grid."},
    {TAB("columns", PROPERTY_INT, columns), RANGE(1, SHOW_COLUMNS), OWN, "", "10", "Columns of its grid."},

    {CLIP("row", PROPERTY_PLACE, row), RANGE(1, SHOW_ROWS), OWN, "", NULL, "Row of its cell, from 1."},
    {CLIP("column", PROPERTY_PLACE, column), RANGE(1, SHOW_COLUMNS), OWN, "", NULL, "Column of its cell, from 1."},
    {CLIP("id", PROPERTY_TEXT, id), NO_RANGE, OWN, "", NULL, "Name for commands that survives moves; c1, c2, ... when absent."},
    {CLIP("name", PROPERTY_TEXT, name), NO_RANGE, INHERITS, "", "the file's stem", "Name on the screen."},
    {CLIP("file", PROPERTY_TEXT, file), NO_RANGE, OWN, "", NULL, "Media file, relative to the media folder."},
    {CLIP("list", PROPERTY_FILES, list), NO_RANGE, INHERITS, "", "none",
     "Further files: each play takes the next of the file and these."},
    {CLIP("list_order", PROPERTY_SWITCH, shuffled), WORDS(list_orders), OWN, "", "ordered", "The order in which they are taken."},
    {CLIP("span", PROPERTY_PAIR, rows), RANGE(1, 4), OWN, "", "[1, 1]", "Rows and columns that the clip takes."},
    {CLIP("group", PROPERTY_CHOICE, group), WORDS(group_letters), OWN, "", "A", "The group it belongs to."},
    {CLIP("gain", PROPERTY_FLOAT, gain), RANGE(-60, 12), LEVEL, "dB", "0.0", "Gain."},
    {CLIP("pan", PROPERTY_FLOAT, pan), RANGE(-1, 1), OWN, "", "0.0", "Pan of a mono clip, balance of a stereo one; -1 is left."},
    {CLIP("mode", PROPERTY_CHOICE, mode), WORDS(clip_modes), OWN, "", "once", "Plays once, in a loop, or while it is held."},
    {CLIP("loops", PROPERTY_INT64, loops), RANGE(0, 4294967295.0), OWN, "", "0", "Passes of a loop in all; 0 is for ever."},
    {CLIP("press", PROPERTY_CHOICE, press), WORDS(press_words), OWN, "", "stop", "What a press does while it sounds."},
    {CLIP("in", PROPERTY_INT64, in), RANGE(0, INFINITY), INHERITS, "frames", "the file's first", "First frame that is played."},
    {CLIP("out", PROPERTY_INT64, out), RANGE(0, INFINITY), INHERITS, "frames", "the file's end",
     "First frame that is not played."},
    {CLIP("fade_in", PROPERTY_FLOAT, fade_in), RANGE(0, 60), INHERITS, "s", "the group's", "Fade-in."},
    {CLIP("fade_out", PROPERTY_FLOAT, fade_out), RANGE(0, 60), INHERITS, "s", "the group's", "Fade-out on stop and choke."},
    {CLIP("fade_in_curve", PROPERTY_CHOICE, fade_in_curve), WORDS(curve_words), INHERITS, "", "the group's", "Its curve."},
    {CLIP("fade_out_curve", PROPERTY_CHOICE, fade_out_curve), WORDS(curve_words), INHERITS, "", "the group's", "Its curve."},
    {CLIP("fade_end", PROPERTY_FLOAT, fade_end), RANGE(0, 60), OWN, "s", "0.0",
     "Time before the out point over which the fade-out curve runs at the natural end."},
    {CLIP("seam", PROPERTY_FLOAT, seam), RANGE(0, 10), OWN, "ms", "0.0", "Cross-fade at the seam of a loop."},
    {CLIP("markers", PROPERTY_MARKERS, marker), NO_RANGE, INHERITS, "", "none",
     "Up to four named frames of the file, in file order."},
    {CLIP("fade_markers", PROPERTY_FADES, fade_markers), NO_RANGE, INHERITS, "", "none",
     "Stretches of the file over which the clip's level goes to another one; it is 0 dB before the first and stays behind each."},
    {CLIP("sequence", PROPERTY_ORDER, sequence), NO_RANGE, INHERITS, "", "none",
     "Markers in the order in which the clip plays what begins at them, in place of IN to OUT."},
    {CLIP("choke", PROPERTY_BOOL, choke), NO_RANGE, OWN, "", "false", "In a free group: clips with this flag choke one another."},
    {CLIP("stop_others", PROPERTY_BOOL, stop_others), NO_RANGE, OWN, "", "false", "Its start stops every other clip."},
    {CLIP("pinned", PROPERTY_BOOL, pinned), NO_RANGE, OWN, "", "false", "Stays in memory."},
    {CLIP("follow", PROPERTY_TEXT, follow), NO_RANGE, INHERITS, "", "none",
     "What comes when it ends by itself: nothing, the next clip of the tab, the end of the line, or a clip."},
    {CLIP("follow_gap", PROPERTY_FLOAT, follow_gap), RANGE(0, 3600), OWN, "s", "0.0", "Silence before what follows."},
    {CLIP("links", PROPERTY_LINKS, links), NO_RANGE, INHERITS, "", "none",
     "What it starts, stops or fades besides, when it starts or ends."},
    {CLIP("guard", PROPERTY_FLOAT, guard), RANGE(0, 5), INHERITS, "s", "the show's", "Its own trigger guard."},
    {CLIP("hotkey", PROPERTY_TEXT, hotkey), NO_RANGE, INHERITS, "", "none", "A key of its own."},
    {CLIP("color", PROPERTY_TEXT, color), NO_RANGE, INHERITS, "", "none", "Name of a colour."},
    {CLIP("notes", PROPERTY_TEXT, notes), NO_RANGE, INHERITS, "", "none", "Words for the operator."},
    {CLIP("key", PROPERTY_TEXT, key), NO_RANGE, INHERITS, "", "none", "Musical key."},
};
const int property_count = sizeof property_table / sizeof *property_table;
