# SPDX-License-Identifier: GPL-3.0-or-later
"""A small show with what the demo has not: many small tabs, spans, clips without ids, inheritance at every level."""

SMALL = r'''
format = "ORP2026A";   // comments are read, too
name = "Small \"and\" crowded";
guard = 0;
fade_in = 1;  fade_out_curve = "s-curve";
dual = true; left = 2; right = 5;
groups = (
    { name = "Räume"; voices = 2; gain = -3; fade_in = 0.25; },
    { mode = "choke"; output = [5, 6]; },
    { mute = true; fade_out_curve = "log"; color = "red"; }
);
tabs = (
    { rows = 4; columns = 4; clips = (
        { row = 1; column = 1; file = "beat.wav"; span = [2, 2]; mode = "loop"; loops = 3; },
        { row = 1; column = 3; file = "kick.wav"; span = [4, 1]; press = "restart"; group = "B"; },
        { row = 3; column = 1; file = "pad.wav"; span = [1, 2]; in = 4800; out = 9600; follow = "next"; }
    ); },
    { name = "Strip"; rows = 1; columns = 40; clips = (
        { row = 1; column = 1; id = "c2"; file = "bell.wav"; span = [1, 4]; follow = "c3"; follow_gap = 0.5; },
        { row = 1; column = 40; id = "c3"; file = "pips.wav"; group = "C"; choke = true;
          markers = ( { name = "last"; at = 120000; }, { name = ""; at = 3000000000L; } ); }
    ); },
    { },
    { rows = 32; columns = 1; clips = (
        { row = 32; column = 1; file = "owl.wav"; gain = "-inf"; pan = 1; press = "layer";
          stop_others = true; hotkey = "F5"; key = "Am"; },
        { row = 1; column = 1; file = "owl.wav"; span = [2, 1]; press = "ignore";
          notes = "two\nlines"; pinned = true; guard = 0.2; },
        { row = 3; column = 1; file = "steps.wav"; mode = "gate"; },
        { row = 4; column = 1; file = "steps.wav"; press = "pause"; fade_end = 1; seam = 10; }
    ); },
    { name = "Last"; rows = 2; columns = 2; }
);
'''
