/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a show was doing when it went without having been ended: clips that had been fired and had not come to an end, told from
 * the newest recording of its session (flight_file.h); if that is of a show that was cut off before it did anything, from the one
 * before. For a machine that comes back after a power cut, or after several in a row. Not for the audio thread; reads the disk.
 */
#ifndef LOGBOOK_AFTERMATH_H
#define LOGBOOK_AFTERMATH_H

#include "wire/msg.h"

/* Clips stand in the order in which they were fired; those past MSG_AFTERMATH_CLIPS are left out. folder: that of flight_file_new();
 * session: absolute path. cut_s 0: it was ended, or nothing is known; count 0: the same, or nothing sounded
 * or was queued. */
void aftermath_find(const char *folder, const char *session, struct msg_aftermath *aftermath);

#endif
