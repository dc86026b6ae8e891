/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The debug log: lines on stderr, off unless -v; one for which stderr has no room is lost, for nobody
 * waits. What an operator must know is a notice (wire/state.h) or an error reply, never only a log line.
 * Not for the audio thread.
 *
 *   LOG_ERROR  something of the show does not work now
 *   LOG_WARN   it works, but someone should look
 *   LOG_INFO   what happened, a few lines a show (shown by -v)
 *   LOG_DEBUG  for programmers (shown by -v -v)
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_start(const char *process, int verbosity);     /* verbosity 0: ERROR and WARN */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
