/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the command line and clipgrid.conf together ask for: one plain struct, handed from the
 * front process to supervisor, store and engine. The command line wins over the file.
 */
#ifndef PROCESS_OPTIONS_H
#define PROCESS_OPTIONS_H

#include "base/err.h"
#include "session/conf.h"

#include <stdbool.h>
#include <stdint.h>

struct options {
    struct conf config;           /* from clipgrid.conf, then overridden by --device, --rate, --period, --periods */
    char socket[108];               /* path of the control socket */
    char session[1024];             /* absolute path, "" unnamed */
    char session_given[1024];       /* as it was typed: errors name it so */
    bool plain;                     /* --plain: events as lines of text */
    int verbosity;                  /* how many -v */
};

/* The command line, taken apart by the table of options in args.c. */
enum { ARGS_WORDS = 256 };
struct args {
    const char *subcommand;         /* "run", "ctl", ...; NULL: `clipgrid [SESSION]` */
    char *word[ARGS_WORDS];         /* what is not an option, after the subcommand */
    int words;
    const char *socket, *config, *role, *commands, *out, *format, *dither, *seconds, *at, *clip;
    const char *device[1 + CONF_FALLBACKS]; /* each --device, in order */
    int devices;
    int64_t rate, period, periods, channels, tab, take;     /* 0: not given */
    int verbosity;
    bool plain, json, hash, loudness, copy, neighbours, help, version;
};
/* Return: 0, or -1 with err (ERR_USAGE). Points into argv. */
int args_parse(struct args *args, int argc, char **argv, struct err *err);
void args_help(void);                               /* `clipgrid --help`, made from the tables */
/* Reads the config file and puts the command line over it. Return: 0, or -1 with err. */
int options_load(struct options *options, const struct args *args, struct err *err);

#endif
