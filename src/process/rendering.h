/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A show, commands with their frames, and the sound of it as a file: what `render` and `replay` share. The same document,
 * engine and loader as in a show, in one thread; commands are done on their exact output frame, and the period cannot be heard.
 */
#ifndef PROCESS_RENDERING_H
#define PROCESS_RENDERING_H

#include "process/output_file.h"
#include "process/script.h"
#include "show/show.h"

enum { RENDERING_HOURS = 24 };          /* the longest there is */

struct rendering_request {
    struct show *show;                  /* taken, whatever becomes of it */
    const char *session;                /* path of its file: media are found beside it; "": beside nothing */
    const char *config;                 /* --config, or NULL */
    const struct script *script;
    struct output_choice out;
    uint32_t period;
    uint64_t end;                       /* frames to be made; UINT64_MAX: until silence */
    uint64_t skip;                      /* the first so many are not written */
};
/* Refusals are said on stderr, and the rest goes on. Return: 0, or -1 with err and no file. */
int rendering_run(const struct rendering_request *request, struct err *err);

/* The options that both have: period, end, and all of `out` but its rate. Return: 0, or -1 with err (ERR_USAGE). */
struct args;
int rendering_parse(const struct args *args, uint32_t rate, struct rendering_request *request, struct err *err);

#endif
