/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entry: becomes a role, or parses the command line and runs a subcommand. */
#include "config.h"

#include "process/demo.h"
#include "process/roles.h"
#include "rt/guard.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "platform/sandbox.h"
#include "platform/stderr.h"

#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct role {
    const char *name;
    int (*run)(void);
} roles[] = {
    {"@supervisor", supervisor_main}, {"@heir", heir_main}, {"@store", store_main}, {"@engine", engine_main},
    {"@worker", worker_main}, {"@job", job_main}, {"@stderr", stderr_main},
};

static int demo_main(const struct args *args)
{
    return demo_run(args->words ? args->word[0] : "clipgrid-demo");
}

static const struct front {
    const char *name;
    int (*run)(const struct args *args);
} fronts[] = {
    {"run", open_main}, {"attach", open_main}, {"ctl", ctl_main}, {"status", ctl_main}, {"check", check_main},
    {"render", render_main}, {"replay", replay_main}, {"probe", probe_main}, {"demo", demo_main},
    {"import", library_main}, {"consolidate", library_main}, {"pack", library_main}, {"unpack", library_main},
    {"relink", library_main},
    {"restore", restore_main},
    {"peaks", peaks_main},
};

void front_print(FILE *to, const char *text, bool lines)
{
    struct strbuf clean = {0};
    text_fmt_clean(&clean, text, lines);
    strbuf_addc(&clean, '\n');
    fputs(clean.s, to);
    strbuf_clear(&clean);
}

int front_fail(int status, const char *format, ...)
{
    char text[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    front_print(stderr, text, false);
    return status;
}

void front_tell_lacks(unsigned lacks)
{
    char text[SANDBOX_TEXT];
    if (!lacks)
        return;
    sandbox_describe(lacks, text, sizeof text);
    front_print(stderr, text, false);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    rt_guard_init();
    pthread_setname_np(pthread_self(), "clipgrid");     /* a role was started as /proc/self/exe */
    if (argc == 2 && argv[1][0] == '@')
        for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
            if (!strcmp(argv[1], roles[i].name)) {
                signal(SIGHUP, SIG_IGN);            /* a terminal that goes away is nothing to a part of a show */
                return roles[i].run();
            }
    struct args args;
    struct err err;
    if (args_parse(&args, argc, argv, &err) < 0)
        return front_fail(2, "%s", err.text);
    log_start(args.subcommand ? args.subcommand : "open", args.verbosity);
    if (args.help || args.version) {
        if (args.help)
            args_help();
        else
            puts("clipgrid " PACKAGE_VERSION);
        return 0;
    }
    for (size_t i = 0; args.subcommand && i < sizeof fronts / sizeof *fronts; i++)
        if (!strcmp(args.subcommand, fronts[i].name))
            return fronts[i].run(&args);
    return open_main(&args);
}
