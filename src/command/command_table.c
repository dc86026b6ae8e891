/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command table: see command.h. To add a command: a row here, a function in a cmd_*.c, its
 * name in the reserved words of show/ids.c. A row's arguments drive completion too (complete.c).
 */
#include "config.h"

#include "command/commands.h"

#define VIEW COMMAND_ROLE_VIEW
#define CONTROL COMMAND_ROLE_CONTROL
#define EDIT COMMAND_ROLE_EDIT

enum {
    FIRE = COMMAND_LIVE | COMMAND_WHEN_LOCKED,
    LIVE = COMMAND_LIVE,
    CHANGE = COMMAND_EDIT,
    TELL = COMMAND_WHEN_LOCKED,
    DESK = COMMAND_NO_RENDER,
    EARLY = COMMAND_EARLY,
    VIEWER = COMMAND_SCREEN | COMMAND_WHEN_LOCKED | COMMAND_NO_RENDER,
};

const struct command_row command_table[] = {
    {"press", "CLIP [down|up]", "What the clip's key does: start it, or what its press property says.", FIRE, CONTROL, 1, 2,
     cmd_press},
    {"play", "CLIP [marker N|markers ORDER|at TIME]", "Start the clip, whatever its press property says.", FIRE, CONTROL, 1, 3,
     cmd_play},
    {"stop", "TARGET", "Stop what sounds there, each clip with its fade-out.", FIRE | EARLY, CONTROL, 1, 1, cmd_stop},
    {"release", "CLIP", "Leave the loop: the present pass is the last.", FIRE, CONTROL, 1, 1, cmd_release},
    {"pause", "TARGET", "Let what sounds there stand still, until resume or a press.", FIRE | EARLY, CONTROL, 1, 1, cmd_pause},
    {"resume", "TARGET", "Go on with what is paused there.", FIRE | EARLY, CONTROL, 1, 1, cmd_resume},
    {"seek", "CLIP TIME", "Go on from another place in the file.", FIRE, CONTROL, 2, 2, cmd_seek},
    {"fade", "TARGET DB SECONDS [CURVE]", "Fade what sounds there from its present level; to -inf ends clips.",
     LIVE | EARLY, CONTROL, 3, 4, cmd_fade},
    {"audition", "CLIP|file:PATH [at TIME] [with PROPERTY VALUE...]",
     "Play the clip, or a file of the media folder, on the Audition bus alone, again: stop it; with properties, play the clip as "
     "it would be with them, again: change them while it sounds.", FIRE, CONTROL, 1, -1, cmd_audition},
    {"panic", "", "Fade everything out in one second; again: cut it.", FIRE | EARLY, CONTROL, 0, 0, cmd_panic},
    {"emergency", "", "Silence everything within 1 ms and hold it where it is; again: go on.", FIRE | EARLY, CONTROL, 0, 0,
     cmd_emergency},
    {"mute", "TARGET on|off", "Mute or unmute.", LIVE | EARLY, CONTROL, 2, 2, cmd_mute},
    {"solo", "group:A on|off", "Hear this group alone, with others that are soloed.", LIVE | EARLY, CONTROL, 2, 2, cmd_solo},
    {"gain", "TARGET DB", "Set the gain of clips or of a group, from -60 to 12 dB, or -inf.", CHANGE, EDIT, 2, 2, cmd_gain},
    {"pan", "CLIP P", "Set the pan of the clip, from -1 (left) to 1 (right).", CHANGE, EDIT, 2, 2, cmd_pan},
    {"set", "CLIP|group:A|tab:N|show PROPERTY VALUE", "Set a property; the value default puts its default back.",
     CHANGE, EDIT, 3, -1, cmd_set},
    {"get", "CLIP|group:A|tab:N|show [PROPERTY]", "Tell a property, or all that are set.", TELL, VIEW, 1, 2, cmd_get},
    {"snap-to", "CLIP GRID [in|out|markers|fade_markers] [rate HZ]",
     "Move IN, OUT, the markers and fade markers of the clip, or some of them, onto a grid of time that begins with its file: 23.976, 24, 25, "
     "29.97, 30, 60 or 75 frames a second, or beats like 120bpm.", CHANGE, EDIT, 2, -1, cmd_snap},
    {"load", "FILE CLIP", "Put a file of the media folder into a cell, or another file into a clip.", CHANGE, EDIT, 2, 2,
     cmd_load},
    {"import", "[--copy] FILE|FOLDER... [T/R/C]",
     "Make clips of files, in the next free cells; --copy brings files from elsewhere into the media folder.",
     CHANGE | DESK, EDIT, 1, -1, cmd_import},
    {"peaks", "[CLIP|all]", "Make the waveform of the clip's file, or of all, now.", DESK, EDIT, 0, 1, cmd_peaks},
    {"relink", "[--copy] [CLIP] [FILE|FOLDER|NUMBER...]",
     "Look for missing media, also in the folders; take the file or the candidate for the clip; relink neighbours takes what "
     "went with it.", CHANGE | DESK, EDIT, 0, -1, cmd_relink},
    {"record", "T/R/C|stop [a|b] [arm|next]",
     "Record an input into an empty cell; arm shows its level first; next arms, then starts, then stops; stop ends it, also while "
     "locked.", COMMAND_LIVE | COMMAND_WHEN_LOCKED | DESK, EDIT, 1, 3, cmd_record},
    {"clear", "CLIP", "Take the clip out of the show.", CHANGE, EDIT, 1, 1, cmd_clear},
    {"move", "A B", "Move the clip A to the free place B.", CHANGE, EDIT, 2, 2, cmd_move},
    {"copy", "A B", "Copy the clip A to the free place B; the copy has an id of its own.", CHANGE, EDIT, 2, 2, cmd_copy},
    {"swap", "A B", "Let two clips change places.", CHANGE, EDIT, 2, 2, cmd_swap},
    {"undo", "", "Undo the last edit.", CHANGE, EDIT, 0, 0, cmd_undo},
    {"redo", "", "Do again what was undone.", CHANGE, EDIT, 0, 0, cmd_redo},
    {"save", "[FILE]", "Save the show; never over another show's file.", DESK, EDIT, 0, 1, cmd_save},
    {"save!", "[FILE]", "Save the show, also over another show's file, and over what another program wrote.", DESK, EDIT, 0, 1,
     cmd_save},
    {"open", "FILE", "Open another show, if nothing is unsaved.", DESK, EDIT, 1, 1, cmd_open},
    {"open!", "FILE", "Open another show and drop unsaved edits.", DESK, EDIT, 1, 1, cmd_open},
    {"restore", "[NUMBER]", "List the backups of the show, the newest first, or bring one back; undo takes that back.",
     CHANGE | DESK, EDIT, 0, 1, cmd_restore},
    {"consolidate", "DIR", "Copy the show as it is now and all its media into a folder; this show goes on where it is.", DESK,
     EDIT, 1, 1, cmd_consolidate},
    {"pack", "FILE", "Make one file of the show as it is now and all its media.", DESK, EDIT, 1, 1, cmd_pack},
    {"unpack", "FILE DIR", "Make a folder of a packed show; open takes its session.", DESK, EDIT, 2, 2, cmd_unpack},
    {"tab", "N", "Show a tab on this screen; by ctl: on all screens that follow.", VIEWER, VIEW, 1, 1, cmd_tab},
    {"page", "single|dual [LEFT RIGHT]",
     "Show one tab or two side by side, from 120 columns on, on this screen; by ctl: on all screens that follow.", VIEWER,
     VIEW, 1, 3, cmd_page},
    {"device", "[PCM] [PROPERTY VALUE...]",
     "Tell the device; or play on another, or with another rate, period, periods, channels, format, fallback, "
     "dither or equal_latency, or hear another by capture, record_a, record_b or ltc, while clips go on; what does not work "
     "is refused, and the old one goes on.", DESK, EDIT, 0, -1,
     cmd_device},
    {"detach", "", "Leave; the show goes on.", VIEWER, VIEW, 0, 0, cmd_detach},
    {"lock", "on|off", "Show lock: only firing, stopping and panic work.", TELL | DESK, CONTROL, 1, 1, cmd_lock},
    {"status", "[--json]", "Tell what sounds and how the machine is.", TELL | DESK | EARLY, VIEW, 0, 1, cmd_status},
    {"check", "[--json]", "List everything that could go wrong.", TELL | DESK, VIEW, 0, 1, cmd_check},
    {"job", "[cancel]", "Tell how far the work on media has come, or give it up.", DESK, EDIT, 0, 1, cmd_job},
    {"idle", "", "Wait for events, a line each.", TELL | DESK | EARLY, VIEW, 0, 0, cmd_idle},
    {"help", "[COMMAND]", "List the commands, or explain one.", TELL | DESK | EARLY, VIEW, 0, 1, cmd_help},
    {"quit", "", "End the show; unsaved edits are there at the next start.", DESK | EARLY, EDIT, 0, 0, cmd_quit},
};
const int command_count = sizeof command_table / sizeof *command_table;
