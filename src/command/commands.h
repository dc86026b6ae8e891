/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of the rows in command_table.c, one file cmd_*.c a family. */
#ifndef COMMAND_COMMANDS_H
#define COMMAND_COMMANDS_H

#include "command/command.h"

/* Each checks its words, edits the document or adds actions. Return: 0, or -1 with the reply's err and nothing changed. */
int cmd_audition(struct command_call *call);
int cmd_check(struct command_call *call);
int cmd_clear(struct command_call *call);
int cmd_consolidate(struct command_call *call);
int cmd_copy(struct command_call *call);
int cmd_detach(struct command_call *call);
int cmd_device(struct command_call *call);
int cmd_emergency(struct command_call *call);
int cmd_fade(struct command_call *call);
int cmd_gain(struct command_call *call);
int cmd_get(struct command_call *call);
int cmd_help(struct command_call *call);
int cmd_idle(struct command_call *call);
int cmd_import(struct command_call *call);
int cmd_job(struct command_call *call);
int cmd_load(struct command_call *call);
int cmd_lock(struct command_call *call);
int cmd_move(struct command_call *call);
int cmd_mute(struct command_call *call);
int cmd_open(struct command_call *call);
int cmd_pack(struct command_call *call);
int cmd_page(struct command_call *call);
int cmd_pan(struct command_call *call);
int cmd_panic(struct command_call *call);
int cmd_pause(struct command_call *call);
int cmd_peaks(struct command_call *call);
int cmd_play(struct command_call *call);
int cmd_press(struct command_call *call);
int cmd_quit(struct command_call *call);
int cmd_record(struct command_call *call);
int cmd_redo(struct command_call *call);
int cmd_relink(struct command_call *call);
int cmd_release(struct command_call *call);
int cmd_restore(struct command_call *call);
int cmd_resume(struct command_call *call);
int cmd_save(struct command_call *call);
int cmd_seek(struct command_call *call);
int cmd_set(struct command_call *call);
int cmd_snap(struct command_call *call);
int cmd_solo(struct command_call *call);
int cmd_status(struct command_call *call);
int cmd_stop(struct command_call *call);
int cmd_swap(struct command_call *call);
int cmd_tab(struct command_call *call);
int cmd_undo(struct command_call *call);
int cmd_unpack(struct command_call *call);

#endif
