/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place in a file as people write it: see position.h. */
#include "config.h"

#include "show/position.h"
#include "base/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char digits[] = "0123456789";
static const double seconds_most = 1e9;         /* thirty years: exact in frames of any rate */

/* "72000f" */
static bool parse_frames(const char *text, struct position *position)
{
    size_t length = strspn(text, digits);
    char number[20];
    if (!length || length >= sizeof number || strcmp(text + length, "f"))
        return false;
    memcpy(number, text, length);
    number[length] = '\0';
    position->kind = POSITION_FRAMES;
    return text_parse_i64(number, &position->frames);
}

/* "01:00:10:12": two digits each */
static bool parse_timecode(const char *text, struct position *position)
{
    static const int most[4] = {23, 59, 59, 99};
    if (strlen(text) != 11)
        return false;
    for (int i = 0; i < 4; i++) {
        const char *field = text + i * 3;
        if (strspn(field, digits) != 2 || field[2] != (i < 3 ? ':' : '\0'))
            return false;
        position->field[i] = (field[0] - '0') * 10 + field[1] - '0';
        if (position->field[i] > most[i])
            return false;
    }
    position->kind = POSITION_TIMECODE;
    return true;
}

/* "1.5", "62", "1:02.250" */
static bool parse_seconds(const char *text, struct position *position)
{
    size_t first = strspn(text, digits);
    int64_t minutes = 0;
    const char *seconds = text;
    if (text[first] == ':') {
        char number[8];
        if (!first || first >= sizeof number)
            return false;
        snprintf(number, sizeof number, "%.*s", (int)first, text);
        text_parse_i64(number, &minutes);
        seconds = text + first + 1;
        if (strspn(seconds, digits) != 2 || seconds[0] > '5')
            return false;
    }
    if (strspn(seconds, "0123456789.") != strlen(seconds) || !text_parse_double(seconds, &position->seconds))
        return false;
    position->seconds += (double)minutes * 60;
    position->kind = POSITION_SECONDS;
    return position->seconds <= seconds_most;
}

int position_parse(const char *text, struct position *position, struct err *err)
{
    *position = (struct position){0};
    if (parse_frames(text, position) || parse_timecode(text, position) || parse_seconds(text, position))
        return 0;
    return err_set(err, ERR_USAGE, "time %s: seconds like 1.5 or 1:02.250, frames like 72000f, or timecode like 01:00:10:12",
                   text);
}

int position_to_frames(const struct position *position, uint32_t rate, int64_t *frames, struct err *err)
{
    if (position->kind == POSITION_TIMECODE)
        return err_set(err, ERR_REFUSED, "timecode as a place comes with a later version");
    *frames = position->kind == POSITION_FRAMES ? position->frames : (int64_t)floor(position->seconds * rate + 0.5);
    return 0;
}
