/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain mode: events as lines of text on standard output, commands as lines from standard
 * input: for screen readers, serial consoles, and where there is no terminal.
 */
#ifndef PROCESS_PLAIN_H
#define PROCESS_PLAIN_H

/* Until standard input ends or the show does. Return: exit status. */
int plain_run(const char *socket);

#endif
