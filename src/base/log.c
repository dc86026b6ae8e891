/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The debug log: see log.h. One write per line, so that lines of several processes never mix. */
#include "config.h"

#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *log_process = "clipgrid";
static int log_most = LOG_WARN;

void log_start(const char *process, int verbosity)
{
    log_process = process;
    log_most = LOG_WARN + verbosity;
}

/* A terminal that is held (Ctrl-S) or a pipe that nobody reads must hold nobody up. A file is always ready: platform/stderr.h. */
static bool may_write(void)
{
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && out.revents & POLLOUT;
}

void log_line(enum log_level level, const char *format, ...)
{
    if ((int)level > log_most)
        return;
    char line[1200];
    int used = snprintf(line, sizeof line, "clipgrid: %s: ", log_process);
    va_list args;
    va_start(args, format);
    vsnprintf(line + used, sizeof line - (size_t)used - 1, format, args);
    va_end(args);
    struct strbuf clean = {0};
    text_fmt_clean(&clean, line, false);
    strbuf_addc(&clean, '\n');
    if (may_write() && write(STDERR_FILENO, clean.s, clean.len) < 0)
        errno = 0;                  /* nobody to tell */
    strbuf_clear(&clean);
}
