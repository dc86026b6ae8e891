/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors as one plain sentence: see err.h. Any thread but the audio thread. */
#include "config.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
}

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
    if (!err)
        return -1;
    err->code = code;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    one_line(err->text);
    return -1;
}

int err_prefix(struct err *err, const char *format, ...)
{
    if (!err)
        return -1;
    char old[sizeof err->text];
    memcpy(old, err->text, sizeof old);
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    size_t used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", old);
    one_line(err->text);
    return -1;
}

const char *err_word(enum err_code code)
{
    static const char *const words[] = {
        [ERR_NONE] = "ok", [ERR_USAGE] = "usage", [ERR_UNKNOWN] = "unknown", [ERR_RANGE] = "range",
        [ERR_REFUSED] = "refused", [ERR_BUSY] = "busy", [ERR_LOCKED] = "locked", [ERR_ROLE] = "role", [ERR_IO] = "io",
    };
    return words[code];
}
