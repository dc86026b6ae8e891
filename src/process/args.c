/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line (CONTRACT 2): one table of subcommands, one of options. Each subcommand
 * names the options it takes; all else is wrong usage in one line.
 */
#include "config.h"

#include "process/options.h"
#include "base/text.h"
#include "engine/device.h"
#include "platform/paths.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { OPT_COMMON = 1, OPT_JSON = 2, OPT_RENDER = 4, OPT_ATTACH = 8, OPT_IMPORT = 16, OPT_RELINK = 64, OPT_PEAKS = 32 };
enum option_kind { OPTION_TEXT, OPTION_DEVICE, OPTION_NUMBER, OPTION_RATE, OPTION_FLAG, OPTION_COUNT };

static const struct option_row {
    const char *name, *value, *help;
    enum option_kind kind;
    size_t offset;
    int64_t least, most;
    unsigned group;
} option_table[] = {
    {"--socket", "PATH", "the show's socket; else $CLIPGRID_SOCKET, else /tmp/clipgrid-UID/default", OPTION_TEXT,
     offsetof(struct args, socket), 0, 0, OPT_COMMON},
    {"--config", "FILE", "the configuration file", OPTION_TEXT, offsetof(struct args, config), 0, 0, OPT_COMMON},
    {"--device", "PCM", "an ALSA PCM name, clock, or file:PATH; more of them are fall-backs", OPTION_DEVICE, 0, 0, 0, OPT_COMMON},
    {"--rate", "N", "frames a second: 44100, 48000, 88200 or 96000", OPTION_RATE, offsetof(struct args, rate), 0, 0, OPT_COMMON},
    {"--period", "N", "frames a period, 16 to 4096", OPTION_NUMBER, offsetof(struct args, period), 16, 4096, OPT_COMMON},
    {"--periods", "N", "periods of the buffer, 2 to 16", OPTION_NUMBER, offsetof(struct args, periods), 2, 16, OPT_COMMON},
    {"--plain", NULL, "events as lines of text instead of the screen", OPTION_FLAG, offsetof(struct args, plain), 0, 0,
     OPT_COMMON},
    {"-v", NULL, "say more on stderr; twice: still more", OPTION_COUNT, offsetof(struct args, verbosity), 0, 0, OPT_COMMON},
    {"--json", NULL, "JSON instead of text", OPTION_FLAG, offsetof(struct args, json), 0, 0, OPT_JSON},
    {"--role", "ROLE", "what the screen may do: view, control or edit", OPTION_TEXT, offsetof(struct args, role), 0, 0,
     OPT_ATTACH},
    {"--commands", "FILE", "the script: lines TIME COMMAND", OPTION_TEXT, offsetof(struct args, commands), 0, 0, OPT_RENDER},
    {"--out", "FILE.wav", "where the sound goes", OPTION_TEXT, offsetof(struct args, out), 0, 0, OPT_RENDER},
    {"--seconds", "S", "how long; without it until silence", OPTION_TEXT, offsetof(struct args, seconds), 0, 0, OPT_RENDER},
    {"--channels", "N", "what so many device channels play, not the busses", OPTION_NUMBER, offsetof(struct args, channels), 1,
     ENGINE_CHANNELS, OPT_RENDER},
    {"--format", "F", "f32, s16 or s24", OPTION_TEXT, offsetof(struct args, format), 0, 0, OPT_RENDER},
    {"--dither", "D", "off or tpdf", OPTION_TEXT, offsetof(struct args, dither), 0, 0, OPT_RENDER},
    {"--hash", NULL, "one hash a channel on stdout instead of a file", OPTION_FLAG, offsetof(struct args, hash), 0, 0,
     OPT_RENDER},
    {"--tab", "N", "the tab that clips go to, 1 to 8", OPTION_NUMBER, offsetof(struct args, tab), 1, 8, OPT_IMPORT},
    {"--at", "T/R/C", "the cell where clips begin", OPTION_TEXT, offsetof(struct args, at), 0, 0, OPT_IMPORT},
    {"--copy", NULL, "bring files from elsewhere into the media folder", OPTION_FLAG, offsetof(struct args, copy), 0, 0,
     OPT_IMPORT | OPT_RELINK},
    {"--clip", "CLIP", "the clip that is meant, by its place or id", OPTION_TEXT, offsetof(struct args, clip), 0, 0, OPT_RELINK},
    {"--take", "N", "take the candidate of this number", OPTION_NUMBER, offsetof(struct args, take), 1, 99, OPT_RELINK},
    {"--neighbours", NULL, "and the files that went the same way", OPTION_FLAG, offsetof(struct args, neighbours), 0, 0,
     OPT_RELINK},
    {"--loudness", NULL, "the loudness by EBU R 128 too, which takes far longer", OPTION_FLAG, offsetof(struct args, loudness), 0,
     0, OPT_PEAKS},
    {"--help", NULL, "this", OPTION_FLAG, offsetof(struct args, help), 0, 0, OPT_COMMON},
    {"--version", NULL, "the version", OPTION_FLAG, offsetof(struct args, version), 0, 0, OPT_COMMON},
};

static const struct subcommand_row {
    const char *name, *synopsis, *help;
    int least, most;                    /* words; most -1: any */
    unsigned groups;
} subcommand_table[] = {
    {NULL, "[SESSION]", "open a show and its screen, or attach to the one that runs", 0, 1, OPT_COMMON},
    {"run", "run SESSION", "run a show without a screen, in the foreground", 1, 1, OPT_COMMON},
    {"attach", "attach [--role view|control|edit]", "one more screen on the show that runs", 0, 0, OPT_COMMON | OPT_ATTACH},
    {"ctl", "ctl [COMMAND...]", "one command, or one a line from standard input", 0, -1, OPT_COMMON},
    {"status", "status [--json]", "what the running show is doing", 0, 0, OPT_COMMON | OPT_JSON},
    {"check", "check SESSION [--json]", "everything that could go wrong in a show", 1, 1, OPT_COMMON | OPT_JSON},
    {"render", "render SESSION --commands FILE --out FILE.wav", "the sound of a script, as a file", 1, 1,
     OPT_COMMON | OPT_RENDER},
    {"replay", "replay [FILE --out FILE.wav]", "what the flight recorder wrote, as sound; or what there is of it", 0, 1,
     OPT_COMMON | OPT_RENDER},
    {"probe", "probe FILE...", "what media files hold", 1, -1, OPT_COMMON | OPT_JSON},
    {"import", "import SESSION FILE|FOLDER...", "make clips of files, in the next free cells", 2, -1, OPT_COMMON | OPT_IMPORT},
    {"peaks", "peaks FILE|SESSION...", "make the waveforms of media, or of all a session's, now", 1, -1,
     OPT_COMMON | OPT_JSON | OPT_PEAKS},
    {"consolidate", "consolidate SESSION DIR", "copy a show and all its media into a folder", 2, 2, OPT_COMMON},
    {"pack", "pack SESSION FILE", "a show and all its media as one file", 2, 2, OPT_COMMON},
    {"unpack", "unpack FILE DIR", "a packed show becomes a folder", 2, 2, OPT_COMMON},
    {"relink", "relink SESSION [FILE|FOLDER...]", "look for missing media, by their content", 1, -1, OPT_COMMON | OPT_RELINK},
    {"restore", "restore SESSION [NUMBER]", "the backups of a show, or one of them back", 1, 2, OPT_COMMON},
    {"demo", "demo [DIR]", "write a demo show", 0, 1, OPT_COMMON},
};
enum { SUBCOMMANDS = sizeof subcommand_table / sizeof *subcommand_table, OPTIONS = sizeof option_table / sizeof *option_table };

static const struct subcommand_row *find_subcommand(const char *name)
{
    for (int i = 1; i < SUBCOMMANDS; i++)
        if (!strcmp(subcommand_table[i].name, name))
            return &subcommand_table[i];
    return NULL;
}

static int take_value(struct args *args, const struct option_row *row, const char *value, struct err *err)
{
    void *field = (char *)args + row->offset;
    int64_t number;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return 0;
    case OPTION_COUNT:
        ++*(int *)field;
        return 0;
    case OPTION_TEXT:
        *(const char **)field = value;
        return 0;
    case OPTION_DEVICE:
        if (args->devices == 1 + CONF_FALLBACKS)
            return err_set(err, ERR_USAGE, "--device: at most %d of them", 1 + CONF_FALLBACKS);
        args->device[args->devices++] = value;
        return 0;
    case OPTION_NUMBER:
        if (!text_parse_i64(value, &number) || number < row->least || number > row->most)
            return err_set(err, ERR_USAGE, "%s %s: a whole number from %lld to %lld", row->name, value, (long long)row->least,
                           (long long)row->most);
        *(int64_t *)field = number;
        return 0;
    case OPTION_RATE:
        if (!text_parse_i64(value, &number) || !device_rate_is_known(number))
            return err_set(err, ERR_USAGE, "%s %s: 44100, 48000, 88200 or 96000", row->name, value);
        *(int64_t *)field = number;
        return 0;
    }
    return -1;
}

/* Takes the option at argv[*i], in the forms `--name VALUE` and `--name=VALUE`. */
static int take_option(struct args *args, const struct subcommand_row *sub, int argc, char **argv, int *i, struct err *err)
{
    const char *given = argv[*i];
    size_t length = strcspn(given, "=");
    for (int o = 0; o < OPTIONS; o++) {
        const struct option_row *row = &option_table[o];
        if (strlen(row->name) != length || strncmp(row->name, given, length))
            continue;
        if (!(row->group & sub->groups))
            return err_set(err, ERR_USAGE, "%s does not go with `clipgrid %s`", row->name, sub->name ? sub->name : sub->synopsis);
        if (!row->value)
            return given[length] ? err_set(err, ERR_USAGE, "%s takes no value", row->name) : take_value(args, row, NULL, err);
        const char *value = given[length] ? given + length + 1 : *i + 1 < argc ? argv[++*i] : NULL;
        if (!value || !*value)
            return err_set(err, ERR_USAGE, "%s wants a value: %s %s", row->name, row->name, row->value);
        return take_value(args, row, value, err);
    }
    if (!strncmp(given, "-v", 2) && strspn(given + 1, "v") == strlen(given + 1)) {
        args->verbosity += (int)strlen(given + 1);
        return 0;
    }
    return err_set(err, ERR_USAGE, "%s: no such option; clipgrid --help lists them", given);
}

static bool takes_value(const char *given)
{
    for (int o = 0; o < OPTIONS; o++)
        if (option_table[o].value && !strcmp(option_table[o].name, given))
            return true;
    return false;
}

/* The subcommand is the first word that is no option: looked for first, since options depend on it. */
static const struct subcommand_row *look_ahead(int argc, char **argv, int *at)
{
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--"))
            break;
        if (argv[i][0] != '-' || !argv[i][1]) {
            const struct subcommand_row *sub = find_subcommand(argv[i]);
            *at = sub ? i : 0;
            return sub ? sub : &subcommand_table[0];
        }
        if (takes_value(argv[i]))
            i++;
    }
    *at = 0;
    return &subcommand_table[0];
}

int args_parse(struct args *args, int argc, char **argv, struct err *err)
{
    *args = (struct args){0};
    int at;
    const struct subcommand_row *sub = look_ahead(argc, argv, &at);
    args->subcommand = sub->name;
    /* The words of a command given to ctl are the command's own, -6 among them. */
    bool own = false;
    for (int i = 1; i < argc; i++) {
        if (i == at)
            continue;
        bool option = argv[i][0] == '-' && argv[i][1] && !own;
        if (option && !strcmp(argv[i], "--")) {
            own = true;
            continue;
        }
        if (option) {
            if (take_option(args, sub, argc, argv, &i, err) < 0)
                return -1;
            continue;
        }
        own = own || (sub->name && !strcmp(sub->name, "ctl") && i > at);
        if (args->words == ARGS_WORDS)
            return err_set(err, ERR_USAGE, "more than %d words on the command line", ARGS_WORDS);
        args->word[args->words++] = argv[i];
    }
    if (args->help || args->version)
        return 0;
    if (args->words < sub->least || (sub->most >= 0 && args->words > sub->most))
        return err_set(err, ERR_USAGE, "usage: clipgrid %s", sub->synopsis);
    return 0;
}

void args_help(void)
{
    puts("clipgrid " PACKAGE_VERSION ": a show-control program for the terminal\n");
    for (int i = 0; i < SUBCOMMANDS; i++)
        printf("  clipgrid %-46s %s\n", subcommand_table[i].synopsis, subcommand_table[i].help);
    puts("");
    for (int i = 0; i < OPTIONS; i++)
        printf("  %-12s %-8s %s\n", option_table[i].name, option_table[i].value ? option_table[i].value : "",
               option_table[i].help);
    puts("\nThe commands of ctl, scripts and the : line: clipgrid ctl help, or clipgrid(1).");
}

/* name: room for a device's name. */
static int take_device(const char *given, char *name, size_t size, struct err *err)
{
    if (strlen(given) >= size)
        return err_set(err, ERR_USAGE, "--device: the name is longer than %zu bytes", size - 1);
    text_copy(name, size, given);
    if (strncmp(given, "file:", 5))
        return 0;
    char absolute[sizeof ((struct conf *)0)->device];
    if (paths_absolute(given + 5, absolute, sizeof absolute - 5, err) < 0)
        return -1;
    snprintf(name, size, "file:%.*s", (int)sizeof absolute - 6, absolute);
    return 0;
}

/* The first is the device, the others its fall-backs: none of the file's are left then. */
static int take_devices(struct conf *config, const struct args *args, struct err *err)
{
    if (args->devices)
        memset(config->fallback, 0, sizeof config->fallback);
    for (int i = 0; i < args->devices; i++)
        if (take_device(args->device[i], i ? config->fallback[i - 1] : config->device, sizeof config->device, err) < 0)
            return -1;
    return 0;
}

int options_load(struct options *options, const struct args *args, struct err *err)
{
    *options = (struct options){.plain = args->plain, .verbosity = args->verbosity};
    conf_init(&options->config);
    if (conf_load(&options->config, args->config, err) < 0 || take_devices(&options->config, args, err) < 0)
        return -1;
    if (args->rate)
        options->config.rate = (unsigned)args->rate;
    if (args->period)
        options->config.period = (unsigned)args->period;
    if (args->periods)
        options->config.periods = (unsigned)args->periods;
    return paths_socket(args->socket, options->socket, sizeof options->socket, err);
}
