/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session file that moves to another folder while its media stay: the media folder as seen from there. Pure but for getcwd. */
#ifndef PROCESS_MOVING_H
#define PROCESS_MOVING_H

#include <stdbool.h>
#include <stddef.h>

struct moving {
    char from[1024], to[1024];      /* the folders of the old and the new file, absolute, with a slash at their ends */
};

/* Return: false if both files stand in one folder. */
bool moving_between(const char *old_file, const char *new_file, struct moving *moving);
/* A media folder seen from the old file, as seen from the new one: "../sounds". A show_media_map (show/show.h); context: a
 * struct moving. */
char *moving_media(void *context, const char *media);

#endif
