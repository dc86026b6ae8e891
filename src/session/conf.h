/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clipgrid.conf: what belongs to the machine and the operator, not to the show. One table of
 * settings (name, kind, range, default, sentence), read with the same care as a session. Unknown
 * settings are an error here: a typing mistake must be seen. SIGHUP reading comes later.
 */
#ifndef SESSION_CONF_H
#define SESSION_CONF_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

enum { CONF_BINDINGS = 128, CONF_FALLBACKS = 7 };
struct conf_binding { char key[24], command[200]; };

struct conf {
    char device[256];           /* "" none configured */
    char fallback[CONF_FALLBACKS][256]; /* devices to play on while that one is not there, in order; "": no more */
    unsigned rate, period, periods;     /* 0: the device's own choice */
    char format[12];            /* "S16_LE", ...; "": the device's own choice */
    bool dither;                /* true */
    char capture[256];          /* the device that is recorded from; "": none */
    unsigned record_a[2], record_b[2];  /* its channels from 1, left and right; 0: none */
    unsigned ltc;               /* likewise */
    unsigned preroll_ms;
    bool equal_latency;         /* false: SPEC E1 */
    unsigned memory_mb;         /* clip memory; 0: a quarter of the machine's, at most 1024 */
    unsigned background_load;   /* per cent of the processors that others may use while media are measured; 0: they are not */
    unsigned load_ceiling;      /* per cent of the system that load may come to, SPEC S4; 0: nothing yields */
    unsigned flight_mb;         /* the flight recorder's files at most; 0: none */
    char after_cut[8];          /* "silent", "resume" or "top": a show that was cut off begins again */
    char socket_group[64];      /* "" : socket 0600; else 0660 with this group */
    struct conf_binding binding[CONF_BINDINGS];     /* bind = ( { key = "F5"; command = "stop all"; }, ... ) */
    int bindings;
};
void conf_init(struct conf *conf);                      /* defaults */
/* path NULL: $XDG_CONFIG_HOME/clipgrid/clipgrid.conf, which may be missing. What the file leaves out keeps the value it has.
 * Return: 0, or -1 with err (FILE:LINE: ...) and conf unchanged. */
int conf_load(struct conf *conf, const char *path, struct err *err);

/* --- the table, for the manual and for the example file's test --- */
int conf_count(void);
const char *conf_key(int index);
void conf_fmt_setting(int index, const struct conf *conf, struct strbuf *out);      /* `key = value;` and a newline */
void conf_fmt_mdoc(struct strbuf *out);                 /* all settings as rows of an mdoc(7) list */

#endif
