/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every refusal is one clear line with its code, and changes nothing. */
#include "config.h"

#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct { const char *line, *answer; } samples[] = {
    {"", "error usage an empty line is no command; help lists them"},
    {"  \t ", "error usage an empty line is no command; help lists them"},
    {"frobnicate 1", "error unknown frobnicate: no such command; help lists them"},
    {"PRESS 1/1/1", "error unknown PRESS: no such command; help lists them"},
    {"press", "error usage press: the words are press CLIP [down|up]"},
    {"press 1/1/1 down now", "error usage press: the words are press CLIP [down|up]"},
    {"press 1/1/1 sideways", "error usage press sideways: down or up"},
    {"panic now", "error usage panic: the words are panic alone"},
    {"press \"1/1/1", "error usage a quote is opened and not closed"},
    {"press \xff", "error usage the line is not UTF-8"},
    {"press \x1b[2J", "error usage the line has control characters"},
    {"press 9/1/1", "error unknown 9/1/1: there is no tab 9, the show has 2"},
    {"press 1/9/1", "error range 1/9/1: outside of tab 1, which has 8 rows and 10 columns"},
    {"press 1/0/1", "error range 1/0/1: outside of tab 1, which has 8 rows and 10 columns"},
    {"press 1/8/10", "error unknown 1/8/10: no clip there"},
    {"press 1/1", "error usage 1/1: not a place; one is TAB/ROW/COLUMN, from 1, like 1/2/3"},
    {"press 1/-1/1", "error usage 1/-1/1: not a place; one is TAB/ROW/COLUMN, from 1, like 1/2/3"},
    {"press nobody", "error unknown nobody: no clip has this id"},
    {"press 7up", "error usage 7up: not a clip; one is TAB/ROW/COLUMN, like 1/2/3, or an id"},
    {"play a marker 2", "error refused a has 0 markers"},
    {"play a marker 5", "error range marker 5: 1 to 4"},
    {"play a at 00:00:10:12", "error refused timecode as a place comes with a later version"},
    {"play a at noon", "error usage time noon: seconds like 1.5 or 1:02.250, frames like 72000f, or timecode like 01:00:10:12"},
    {"play a at", "error usage play at: a time is missing"},
    {"play a from 1", "error usage play from: marker N, markers ORDER or at TIME may stand here"},
    {"play a markers", "error usage play markers: an order of markers, like 2,1,3, is missing"},
    {"play a markers 1", "error refused a has 0 markers"},
    {"play a markers one", "error usage markers one: up to 16 numbers of markers, 1 to 4, like [2, 1, 3]"},
    {"play a markers []", "error range markers []: at least one"},
    {"set a sequence 1", "error refused a has 0 markers"},
    {"set a sequence [1", "error usage sequence [1: up to 16 numbers of markers, 1 to 4, like [2, 1, 3]"},
    {"set a sequence 5", "error range sequence 5: up to 16 numbers of markers, 1 to 4, like [2, 1, 3]"},
    {"audition a at soon",
     "error usage time soon: seconds like 1.5 or 1:02.250, frames like 72000f, or timecode like 01:00:10:12"},
    {"audition a with", "error usage audition with: pairs of PROPERTY and VALUE follow"},
    {"audition a with in", "error usage audition with: pairs of PROPERTY and VALUE follow"},
    {"audition a with press stop",
     "error unknown audition with press: in, out, gain, pan, mode, loops, seam, markers, fade_markers, sequence and the fades are heard"},
    {"audition a with gain 13", "error range gain 13: a number from -60 to 12 dB, or -inf"},
    {"audition a with in 5 out 5", "error range audition with: IN has to be before OUT"},
    {"audition a at 5f gain 3", "error usage audition gain: only with may stand here"},
    {"audition a marker 1", "error usage audition marker: at TIME may stand here"},
    {"pause", "error usage pause: the words are pause TARGET"},
    {"resume group:E", "error unknown group:E: group:A to group:D"},
    {"pause nobody", "error unknown nobody: no clip has this id"},
    {"seek a 01:00:10:12", "error refused timecode as a place comes with a later version"},
    {"snap-to a", "error usage snap-to: the words are snap-to CLIP GRID [in|out|markers|fade_markers] [rate HZ]"},
    {"snap-to nobody 25", "error unknown nobody: no clip has this id"},
    {"snap-to a 26",
     "error range 26: 23.976, 24, 25, 29.97, 30, 60, 75 frames a second, or beats like 120bpm, from 20 to 400"},
    {"snap-to a 25", "error refused snap-to a: the rate of its file is not known; rate HZ says it"},
    {"snap-to a 25 all", "error usage snap-to all: in, out, markers, fade_markers or rate HZ may follow"},
    {"snap-to a 25 rate", "error usage snap-to rate: in, out, markers, fade_markers or rate HZ may follow"},
    {"snap-to a 25 rate 0", "error range snap-to 0: a number from 1 to 384000 Hz"},
    {"record", "error usage record: the words are record T/R/C|stop [a|b] [arm|next]"},
    {"record 1/1/1", "error refused record 1/1/1: a a is there; a recording takes an empty cell"},
    {"record a b arm", "error refused record a: a a is there; a recording takes an empty cell"},
    {"record nobody", "error unknown nobody: no clip has this id"},
    {"record 1/8/11", "error range 1/8/11: outside of tab 1, which has 8 rows and 10 columns"},
    {"record 1/8/8 c", "error usage record c: only a or b, then arm or next, may stand here"},
    {"record 1/8/8 arm a", "error usage record arm: only a or b, then arm or next, may stand here"},
    {"record stop arm", "error usage record arm: only a or b may stand here"},
    {"emergency now", "error usage emergency: the words are emergency alone"},
    {"page dual 1", "error usage page: LEFT and RIGHT are two tabs"},
    {"page dual 1 9", "error range page 9: a number from 1 to 2, as many as the show has"},
    {"page single one 1", "error usage page one: a number from 1 to 2"},
    {"page triple", "error usage page triple: single or dual"},
    {"stop group:E", "error unknown group:E: group:A to group:D"},
    {"stop group:", "error unknown group:: group:A to group:D"},
    {"stop tab:3", "error unknown tab:3: the show has 2 tabs"},
    {"stop tab:9", "error unknown tab:9: tab:1 to tab:8"},
    {"stop bus:E", "error unknown bus:E: bus:A to bus:D, or bus:audition"},
    {"stop ?", "error usage ?: not a target; one is a clip, group:A, tab:2, bus:A, bus:audition or all"},
    {"fade a -6", "error usage fade: the words are fade TARGET DB SECONDS [CURVE]"},
    {"fade a loud 1", "error usage fade loud: a number from -60 to 12 dB, or -inf"},
    {"fade a 0 -1", "error range fade -1: a number from 0 to 3600 s"},
    {"fade a 0 1 wobbly", "error range fade wobbly: linear, log, exponential, s-curve or equal-power"},
    {"mute a maybe", "error usage mute maybe: on or off"},
    {"solo a on", "error refused a: only groups have a solo, group:A to group:D"},
    {"gain a 13", "error range gain 13: a number from -60 to 12 dB, or -inf"},
    {"gain a -60.1", "error range gain -60.1: a number from -60 to 12 dB, or -inf"},
    {"gain a inf", "error usage gain inf: a number from -60 to 12 dB, or -inf"},
    {"gain bus:audition 0", "error refused bus:audition: has no gain of its own; clips have theirs"},
    {"gain tab:2 0", "error refused tab:2: there are no clips"},
    {"pan a 1.01", "error range pan 1.01: a number from -1 to 1"},
    {"set a colour red", "error unknown colour: a clip has no such property; get a lists them"},
    {"set all gain 0", "error usage all: has no properties; a clip, group:A, tab:1 or show has"},
    {"set bus:A gain 0", "error usage bus:A: has no properties; a clip, group:A, tab:1 or show has"},
    {"set a row 3", "error refused row: a clip changes its place by move"},
    {"set a column default", "error refused column: a clip changes its place by move"},
    {"set a gain 13", "error range gain 13: a number from -60 to 12 dB, or -inf"},
    {"set a fade_in 60.5", "error range fade_in 60.5: a number from 0 to 60 s"},
    {"set a guard 6", "error range guard 6: a number from 0 to 5 s"},
    {"set a seam -1", "error range seam -1: a number from 0 to 10 ms"},
    {"set a loops 1.5", "error range loops 1.5: a whole number from 0 to 4294967295"},
    {"set a loops many", "error usage loops many: a whole number from 0 to 4294967295"},
    {"set a follow_gap 3601", "error range follow_gap 3601: a number from 0 to 3600 s"},
    {"set a in -1", "error range in -1: a whole number of frames from 0 up"},
    {"set a in 99999999999999999999", "error range in 99999999999999999999: a whole number of frames from 0 up"},
    {"set a out 0", "error range in 0, out 0: in must be before out"},
    {"set cut in 2000", "error range in 2000, out 2000: in must be before out"},
    {"set cut out 100", "error range in 100, out 100: in must be before out"},
    {"set a mode twice", "error range mode twice: once, loop or gate"},
    {"set a press hard", "error range press hard: stop, restart, layer, ignore or pause"},
    {"set a group E", "error range group E: A, B, C or D"},
    {"set a choke perhaps", "error range choke perhaps: true or false"},
    {"set a span [1, 3]", "error range span [1, 3]: [rows, columns] of [1, 1], [1, 2], [2, 1], [2, 2], [1, 4] or [4, 1]"},
    {"set a span wide", "error usage span wide: [rows, columns] of [1, 1], [1, 2], [2, 1], [2, 2], [1, 4] or [4, 1]"},
    {"set a span [1, 2]", "error refused 1/1/2: taken by b"},
    {"set last span [2, 1]", "error range 1/8/9 with its span: outside of tab 1, which has 8 rows and 10 columns"},
    {"set a id b", "error refused id b: taken by the clip at 1/1/2"},
    {"set a id all", "error range id all: a letter and up to 62 letters, digits, _ . or -, and no word of the commands"},
    {"set a id 9lives", "error range id 9lives: a letter and up to 62 letters, digits, _ . or -, and no word of the commands"},
    {"set a id default", "error refused id: has no default"},
    {"set a file /etc/passwd", "error range file /etc/passwd: a path relative to the media folder, without control characters"},
    {"set a file ../x.wav", "error range file ../x.wav: a path that stays in the media folder, without .."},
    {"set a file \"\"", "error range file \"\": a path relative to the media folder, without control characters"},
    {"set a follow nobody", "error unknown follow nobody: no clip has this id; none, next and stop are allowed too"},
    {"set a markers one two",
     "error usage markers: up to 4 of ( { name = TEXT; at = FRAME; }, ... ), names without control characters"},
    {"set group:A voices 25", "error range voices 25: a whole number from 1 to 24, in a choke group to 4"},
    {"set group:D voices 5", "error range voices: a choke group has 1 to 4 voices, this one is given 5"},
    {"set group:C mode choke", "error range mode: a choke group has 1 to 4 voices, this one is given 9"},
    {"set group:A output [0, 1]", "error range output [0, 1]: two device channels from 1, like [3, 4]"},
    {"set group:A output 3", "error usage output 3: two device channels from 1, like [3, 4]"},
    {"device record_b 0", "error range device record 0: one or two channels from 1 to 64, as 1,2, or none"},
    {"device record_a 1,65", "error range device record 1,65: one or two channels from 1 to 64, as 1,2, or none"},
    {"device ltc 65", "error range device ltc 65: a channel from 1 to 64, or none"},
    {"device capture", "error usage device capture: a value follows"},
    {"device period 64 capture hw:0", "error usage device: what is played on and what is heard are changed one after the other"},
    {"set tab:1 rows 33", "error range rows 33: a whole number from 1 to 32"},
    {"set tab:1 columns 0", "error range columns 0: a whole number from 1 to 40"},
    {"set tab:1 columns 1", "error refused tab:1 with 8 rows and 1 columns: 3 clips would not fit"},
    {"set tab:1 rows 7", "error refused tab:1 with 7 rows and 10 columns: 1 clip would not fit"},
    {"set tab:5 rows 8", "error refused tab:5: the show has 2 tabs, the next new one is tab:3 of at most 8"},
    {"set tab:9 rows 8", "error unknown tab:9: tab:1 to tab:8"},
    {"set show fade_out_curve steep", "error range fade_out_curve steep: linear, log, exponential, s-curve or equal-power"},
    {"set show left 9", "error range left 9: a whole number from 1 to 8"},
    {"get show sound", "error unknown sound: the show has no such property; get show lists them"},
    {"get tab:3", "error unknown tab:3: the show has 2 tabs"},
    {"load a.wav nobody", "error unknown nobody: no clip has this id"},
    {"load a.wav 3/1/1", "error unknown 3/1/1: there is no tab 3, the show has 2"},
    {"load a.wav 1/9/1", "error range 1/9/1: outside of tab 1, which has 8 rows and 10 columns"},
    {"load a/../../b.wav 2/1/1", "error range file a/../../b.wav: a path that stays in the media folder, without .."},
    {"load .. 2/1/1", "error range file ..: a path that stays in the media folder, without .."},
    {"clear 2/1/1", "error unknown 2/1/1: no clip there"},
    {"move a 1/1/2", "error refused 1/1/2: taken by b"},
    {"move a 1/1/1", "error refused 1/1/1: the clip is there already"},
    {"move a b", "error usage b: not a place; one is TAB/ROW/COLUMN, from 1, like 1/2/3"},
    {"move 2/1/1 2/1/2", "error unknown 2/1/1: no clip there"},
    {"copy a 1/1/2", "error refused 1/1/2: taken by b"},
    {"swap a a", "error refused a a: these are the same clip"},
    {"swap a 2/1/1", "error unknown 2/1/1: no clip there"},
    {"redo", "error refused redo: there is nothing to redo"},
    {"save! a b", "error usage save!: the words are save! [FILE]"},
    {"save \"\"", "error usage save: an empty name is no file"},
    {"tab 3", "error range tab 3: a number from 1 to 2, as many as the show has"},
    {"tab one", "error usage tab one: a number from 1 to 2"},
    {"lock maybe", "error usage lock maybe: on or off"},
    {"status json", "error usage status json: only --json may stand here"},
    {"help frobnicate", "error unknown frobnicate: no such command; help lists them"},
};

static void fill(struct desk *desk)
{
    static const char *const lines[] = {
        "load a.wav 1/1/1", "set 1/1/1 id a", "load b.wav 1/1/2", "set 1/1/2 id b", "load c.wav 1/8/10", "set 1/8/10 id last",
        "move last 1/8/9", "load d.wav 1/2/1", "set 1/2/1 id gated", "set gated mode gate", "load e.wav 1/3/1",
        "set 1/3/1 id pausing", "set pausing press pause", "load f.wav 1/4/10", "set 1/4/10 id cut", "set cut in 100",
        "set cut out 2000", "set tab:2 rows 4", "set group:D mode choke", "set group:C voices 9", "gain a -1", "undo",
        "gain a -2",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_string_equal(desk_say(desk, lines[i]), "ok");
}

static void every_refusal_is_one_line_and_changes_nothing(void **state)
{
    (void)state;
    struct desk desk;
    struct strbuf before = {0}, after = {0};
    desk_open(&desk);
    fill(&desk);
    flat_write(desk.context.show, &before);
    uint64_t revision = show_revision(desk.context.show);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        assert_string_equal(desk_say(&desk, samples[i].line), samples[i].answer);
        assert_int_equal(desk.reply.actions, 0);
        assert_false(desk.reply.edited);
        assert_true(revision == show_revision(desk.context.show));
    }
    flat_write(desk.context.show, &after);
    assert_string_equal(before.s, after.s);
    strbuf_clear(&before);
    strbuf_clear(&after);
    desk_close(&desk);
}

static void long_lines_are_refused(void **state)
{
    (void)state;
    struct desk desk;
    char line[COMMAND_LINE_MAX + 2];
    desk_open(&desk);
    memset(line, ' ', sizeof line);
    memcpy(line, "panic", 5);
    line[COMMAND_LINE_MAX + 1] = '\0';
    assert_string_equal(desk_say(&desk, line), "error usage the line has 4097 bytes, at most 4096 are allowed");
    line[COMMAND_LINE_MAX] = '\0';
    assert_string_equal(desk_say(&desk, line), "ok");
    desk_close(&desk);
}

static void a_refusal_keeps_what_can_be_redone(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_say(&desk, "load a.wav 1/1/1");
    desk_say(&desk, "gain c1 -3");
    desk_say(&desk, "undo");
    desk_say(&desk, "gain c1 99");
    desk_say(&desk, "set c1 span [4, 4]");
    assert_string_equal(desk_say(&desk, "redo"), "ok");
    assert_string_equal(desk_say(&desk, "get c1 gain"), "ok -3.0");
    desk_close(&desk);
}

/* Under the show lock only firing, stopping, panic and looking work (SPEC U3). */
static void the_lock_leaves_fire_stop_and_panic(void **state)
{
    (void)state;
    static const char *const open[] = {
        "press", "play", "stop", "release", "pause", "resume", "seek", "audition", "panic", "emergency",
        "get", "tab", "page", "detach", "lock", "status", "check", "idle", "help", "record",
    };
    struct desk desk;
    desk_open(&desk);
    fill(&desk);
    desk.context.locked = true;
    for (int i = 0; i < command_count; i++) {
        bool allowed = false;
        for (size_t k = 0; k < sizeof open / sizeof *open; k++)
            allowed = allowed || !strcmp(open[k], command_table[i].name);
        assert_int_equal(allowed, (command_table[i].flags & COMMAND_WHEN_LOCKED) != 0);
        char expected[80];
        snprintf(expected, sizeof expected, "error locked %s: the show is locked; lock off opens it", command_table[i].name);
        if (!allowed)
            assert_string_equal(desk_say(&desk, command_table[i].name), expected);
    }
    assert_string_equal(desk_say(&desk, "record 1/8/8"), "error locked record: the show is locked; lock off opens it");
    assert_string_equal(desk_say(&desk, "record 1/8/8 b arm"), "error locked record: the show is locked; lock off opens it");
    assert_string_equal(desk_say(&desk, "record stop"), "ok");
    assert_string_equal(desk_say(&desk, "press a"), "ok");
    assert_string_equal(desk_say(&desk, "lock off"), "ok");
    desk_close(&desk);
}

static void roles_rise(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    fill(&desk);
    desk.context.role = COMMAND_ROLE_VIEW;
    assert_string_equal(desk_say(&desk, "press a"), "error role press: needs the role control, this connection has view");
    assert_string_equal(desk_say(&desk, "get a gain"), "ok -2.0");
    desk.context.role = COMMAND_ROLE_CONTROL;
    assert_string_equal(desk_say(&desk, "press a"), "ok");
    assert_string_equal(desk_say(&desk, "gain a 0"), "error role gain: needs the role edit, this connection has control");
    assert_string_equal(desk_say(&desk, "quit"), "error role quit: needs the role edit, this connection has control");
    desk_close(&desk);
}

static void render_scripts_have_no_desk(void **state)
{
    (void)state;
    static const char *const desk_words[] = {"save", "open x", "open! x", "save! x", "quit", "tab 1", "detach", "lock on",
        "status", "idle", "help"};
    struct desk desk;
    desk_open(&desk);
    fill(&desk);
    desk.context.source = COMMAND_FROM_RENDER;
    for (size_t i = 0; i < sizeof desk_words / sizeof *desk_words; i++)
        assert_non_null(strstr(desk_say(&desk, desk_words[i]), ": has no place in a render script"));
    assert_string_equal(desk_say(&desk, "gain a 0"), "ok");
    assert_string_equal(desk_say(&desk, "press a"), "ok");
    desk_close(&desk);
}

static void a_line_can_be_checked_without_a_show(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(command_check_line("press nobody", &err), 0);
    assert_int_equal(command_check_line("press", &err), -1);
    assert_int_equal(err.code, ERR_USAGE);
    assert_int_equal(command_check_line("dance 1/1/1", &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_int_equal(command_check_line("press \"a", &err), -1);
    assert_int_equal(command_check_line("", &err), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_is_one_line_and_changes_nothing), cmocka_unit_test(long_lines_are_refused),
        cmocka_unit_test(a_refusal_keeps_what_can_be_redone), cmocka_unit_test(the_lock_leaves_fire_stop_and_panic),
        cmocka_unit_test(roles_rise), cmocka_unit_test(render_scripts_have_no_desk),
        cmocka_unit_test(a_line_can_be_checked_without_a_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
