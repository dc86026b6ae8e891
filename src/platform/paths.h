/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things stand (CONTRACT 2). Each fills buffer and returns 0, or -1 with err (too long, no home, wrong owner). */
#ifndef PLATFORM_PATHS_H
#define PLATFORM_PATHS_H

#include "base/err.h"

#include <stddef.h>

/* given, else $CLIPGRID_SOCKET, else /tmp/clipgrid-UID/default with its folder made (0700) and its owner checked.
 * Post: the path is absolute, so that a process may change its folder. */
int paths_socket(const char *given, char *buffer, size_t size, struct err *err);
int paths_config(char *buffer, size_t size, struct err *err);       /* $XDG_CONFIG_HOME/clipgrid/clipgrid.conf */
int paths_state(char *buffer, size_t size, struct err *err);        /* $XDG_STATE_HOME/clipgrid, made if missing */
int paths_cache(char *buffer, size_t size, struct err *err);        /* $XDG_CACHE_HOME/clipgrid, made if missing */
/* The folder itself, with those it stands in. */
int paths_make(const char *folder, struct err *err);
/* An absolute form of path without links, `.` and `..`; the last part need not exist. */
int paths_absolute(const char *path, char *buffer, size_t size, struct err *err);
/* The folder path stands in: "." for a bare name, "/" for what stands in the root. */
int paths_folder(const char *path, char *buffer, size_t size, struct err *err);

#endif
