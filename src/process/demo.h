/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `clipgrid demo [DIR]`: a show to look around in, made of nothing. */
#ifndef PROCESS_DEMO_H
#define PROCESS_DEMO_H

#define DEMO_FOLDER "./clipgrid-demo"   /* without DIR */

/* Writes DIR/demo.orp and DIR/media, the same bytes every time, and prints the session's path last. dir may be NULL. What
 * exists is not touched (an empty folder is taken). Return: exit status; 1 with one line on stderr. */
int demo_run(const char *dir);

#endif
