/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A place in a file as people write it (TIME of CONTRACT 3): `1.5` or `1:02.250` seconds, `72000f`
 * frames of the file, `01:00:10:12` timecode. Reading is by form alone; what a place is in
 * frames depends on a rate, which the caller knows.
 */
#ifndef SHOW_POSITION_H
#define SHOW_POSITION_H

#include "base/err.h"

#include <stdint.h>

enum position_kind { POSITION_SECONDS, POSITION_FRAMES, POSITION_TIMECODE };
struct position {
    enum position_kind kind;
    double seconds;             /* POSITION_SECONDS */
    int64_t frames;             /* POSITION_FRAMES */
    int field[4];               /* POSITION_TIMECODE: hours, minutes, seconds, frames */
};
/* Return: 0, or -1 with err and what is allowed. */
int position_parse(const char *text, struct position *position, struct err *err);
/* Frames of a file with this rate, seconds rounded to the nearest frame, halves up. Return: 0, or -1 with err: timecode needs
 * a timecode rate, which comes with a later version. */
int position_to_frames(const struct position *position, uint32_t rate, int64_t *frames, struct err *err);

#endif
