/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clipgrid.conf: see conf.h. To add a setting: a field there, a row here, a line in conf/clipgrid.conf.example. */
#include "config.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/paths.h"
#include "session/conf.h"
#include "session/libconf.h"
#include "session/textfile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONF_BYTES_MAX = 1024 * 1024 };

enum setting_kind {
    SETTING_BOOL,
    SETTING_NUMBER,             /* unsigned; 0, or least to most */
    SETTING_RATE,               /* unsigned; 0, or one that a device may have */
    SETTING_PAIR,               /* two unsigned, each 1 to most: [left, right], [both] or [] for none; fallback: the left one */
    SETTING_TEXT,               /* a buffer of `most` bytes */
    SETTING_WORD,               /* a buffer of `most` bytes: one of the words that stand in `allowed` in quotes, at first the first */
    SETTING_NAMES,              /* `most` buffers of `least` bytes */
    SETTING_BINDINGS,
};

struct setting {
    const char *key;
    enum setting_kind kind;
    size_t offset;              /* in struct conf */
    unsigned least, most;
    unsigned fallback;          /* BOOL, NUMBER; TEXT and BINDINGS are empty */
    const char *allowed;        /* for errors and the manual */
    const char *help;
};

#define FIELD(key, kind) #key, kind, offsetof(struct conf, key)
#define BUFFER(key) FIELD(key, SETTING_TEXT), 0, sizeof ((struct conf *)0)->key, 0

static const struct setting settings[] = {
    {BUFFER(device), "the name of an ALSA PCM, \"clock\", \"file:PATH\", or \"\"",
     "The device to play on; without one, ALSA's default."},
    {FIELD(fallback, SETTING_NAMES), sizeof ((struct conf *)0)->fallback[0], CONF_FALLBACKS, 0,
     "a list ( \"NAME\", ... ) of at most 7 names",
     "Devices to play on while that one is not there, the first that is; it is taken again when it returns."},
    {FIELD(rate, SETTING_RATE), 0, 0, 0, "0, 44100, 48000, 88200 or 96000",
     "Its sample rate; 0 leaves the choice to the device."},
    {FIELD(period, SETTING_NUMBER), 16, 8192, 0, "0, or frames from 16 to 8192",
     "Frames of a period; 0 leaves the choice to the device."},
    {FIELD(periods, SETTING_NUMBER), 2, 16, 0, "0, or a number from 2 to 16",
     "Periods of its buffer; 0 leaves the choice to the device."},
    {FIELD(format, SETTING_WORD), 0, sizeof ((struct conf *)0)->format, 0,
     "\"\", \"S16_LE\", \"S24_3LE\", \"S24_LE\", \"S32_LE\" or \"FLOAT_LE\"",
     "Its sample format; \"\" takes the best it has."},
    {FIELD(dither, SETTING_BOOL), 0, 1, true, "true or false", "Outputs of 16 bits are dithered."},
    {BUFFER(capture), "the name of an ALSA PCM, \"clock\", \"count\", or \"\"",
     "The device that is recorded from; clock hears silence, count a signal for tests; without one nothing is recorded."},
    {FIELD(record_a, SETTING_PAIR), 1, 64, 1, "[], or one or two channels from 1 to 64",
     "Which of its channels are Record A, left and right; one alone is both."},
    {FIELD(record_b, SETTING_PAIR), 1, 64, 0, "[], or one or two channels from 1 to 64", "The same for Record B."},
    {FIELD(ltc, SETTING_NUMBER), 1, 64, 0, "0, or a channel from 1 to 64",
     "Which of its channels brings timecode; it is never heard."},
    {FIELD(preroll_ms, SETTING_NUMBER), 1, 5000, 1000, "0, or milliseconds from 1 to 5000",
     "So much of what was heard before it began belongs to a recording."},
    {FIELD(equal_latency, SETTING_BOOL), 0, 1, false, "true or false",
     "Every trigger sounds one period after its arrival, for rhythm, instead of as soon as it can."},
    {FIELD(memory_mb, SETTING_NUMBER), 16, 1024 * 1024, 0, "0, or megabytes from 16 to 1048576",
     "Memory for samples; 0 is a quarter of the machine's, at most 1024 MB. clipgrid check says what a show needs."},
    {FIELD(background_load, SETTING_NUMBER), 1, 100, 70, "0, or per cent from 1 to 100",
     "Waveforms, loudness and hashes of media are made in the background while all else takes less than this "
     "of the processors; 0: never."},
    {FIELD(load_ceiling, SETTING_NUMBER), 10, 100, 90, "0, or per cent from 10 to 100",
     "What load may come to, of the system. 80 % of this warn, 90 % are critical, under 70 % it has recovered; what yields "
     "meanwhile is told in clipgrid(7). 0: nothing does."},
    {FIELD(flight_mb, SETTING_NUMBER), 4, 65536, 64, "0, or megabytes from 4 to 65536",
     "What the flight recorder's files may take on the disk, the oldest going first; 0: nothing is recorded."},
    {FIELD(after_cut, SETTING_WORD), 0, sizeof ((struct conf *)0)->after_cut, 0, "\"silent\", \"resume\" or \"top\"",
     "What becomes of clips that sounded when the show was cut off, by a power cut or a kill of all of it, when it is begun "
     "again: nothing, they go on where they were, or they begin again."},
    {BUFFER(socket_group), "the name of a group, or \"\"", "Members of this group may connect too; without one, only the owner."},
    {"bind", SETTING_BINDINGS, offsetof(struct conf, binding), 0, CONF_BINDINGS, 0,
     "a list ( { key = \"KEY\"; command = \"COMMAND\"; }, ... ) of at most 128 keys",
     "Keys and the commands they give, beside and before the built-in ones."},
};
enum { SETTINGS = sizeof settings / sizeof *settings };

/* The field of a setting; the union takes the place of a cast between kinds. */
union field {
    void *at;
    bool *flag;
    unsigned *number;
    char *text;
};

static union field field_of(const struct setting *setting, struct conf *conf)
{
    return (union field){.at = (char *)conf + setting->offset};
}

void conf_init(struct conf *conf)
{
    *conf = (struct conf){0};
    for (int i = 0; i < SETTINGS; i++) {
        union field field = field_of(&settings[i], conf);
        if (settings[i].kind == SETTING_BOOL)
            *field.flag = settings[i].fallback;
        else if (settings[i].kind == SETTING_NUMBER)
            *field.number = settings[i].fallback;
        else if (settings[i].kind == SETTING_WORD)
            snprintf(field.text, settings[i].most, "%.*s", (int)strcspn(settings[i].allowed + 1, "\""), settings[i].allowed + 1);
        else if (settings[i].kind == SETTING_PAIR && settings[i].fallback) {
            field.number[0] = settings[i].fallback;
            field.number[1] = settings[i].fallback + 1;
        }
    }
}

/* --- reading --- */
struct reader {
    const char *file;
    struct conf *conf;
    struct err *err;
};

static int refuse(const struct reader *reader, const struct setting *setting, int line)
{
    return tree_fail(reader->err, reader->file, line, "%s: wants %s", setting->key, setting->allowed);
}

static int refuse_unknown(const struct reader *reader, const struct tree *node)
{
    struct strbuf keys = {0};
    for (int i = 0; i < SETTINGS; i++)
        strbuf_addf(&keys, "%s%s", i ? ", " : "", settings[i].key);
    tree_fail(reader->err, reader->file, node->line, "%s: no such setting; there are %s", node->name, keys.s);
    strbuf_clear(&keys);
    return -1;
}

/* A text that fits size with its end and holds no control characters. */
static bool is_plain(const struct tree *node, size_t size)
{
    return node && node->kind == TREE_TEXT && strlen(node->text) < size && !text_has_control(node->text);
}

static int read_binding(const struct reader *reader, const struct setting *setting, const struct tree *node)
{
    struct conf *conf = reader->conf;
    const struct tree *key = tree_find(node, "key"), *command = tree_find(node, "command");
    struct conf_binding *binding = &conf->binding[conf->bindings];
    if (node->kind != TREE_GROUP || node->count != 2 || conf->bindings == CONF_BINDINGS || !is_plain(key, sizeof binding->key) ||
        !is_plain(command, sizeof binding->command) || !*key->text || !*command->text)
        return refuse(reader, setting, node->line);
    for (int i = 0; i < conf->bindings; i++)
        if (!strcmp(conf->binding[i].key, key->text))
            return tree_fail(reader->err, reader->file, key->line,
                             "bind: %s is bound to \"%s\" already; a key has one command", key->text,
                             conf->binding[i].command);
    text_copy(binding->key, sizeof binding->key, key->text);
    text_copy(binding->command, sizeof binding->command, command->text);
    conf->bindings++;
    return 0;
}

static int read_bindings(const struct reader *reader, const struct setting *setting, const struct tree *list)
{
    if (list->kind != TREE_LIST)
        return refuse(reader, setting, list->line);
    reader->conf->bindings = 0;
    for (const struct tree *node = list->first; node; node = node->next)
        if (read_binding(reader, setting, node) < 0)
            return -1;
    return 0;
}

static bool read_pair(const struct setting *setting, const struct tree *node, unsigned pair[2])
{
    unsigned read[2] = {0};
    int count = 0;
    if (node->kind != TREE_ARRAY || node->count > 2)
        return false;
    for (const struct tree *one = node->first; one; one = one->next, count++) {
        if (one->kind != TREE_INT || one->integer < setting->least || one->integer > setting->most)
            return false;
        read[count] = (unsigned)one->integer;
    }
    pair[0] = read[0];
    pair[1] = count == 1 ? read[0] : read[1];
    return true;
}

static bool is_allowed(const struct setting *setting, const char *text)
{
    char quoted[64];
    int length = snprintf(quoted, sizeof quoted, "\"%s\"", text);
    return length < (int)sizeof quoted && strstr(setting->allowed, quoted);
}

static int read_names(const struct reader *reader, const struct setting *setting, const struct tree *list)
{
    char *names = field_of(setting, reader->conf).text;
    unsigned count = 0;
    if ((list->kind != TREE_LIST && list->kind != TREE_ARRAY) || list->count > (int)setting->most)
        return refuse(reader, setting, list->line);
    memset(names, 0, (size_t)setting->most * setting->least);
    for (const struct tree *node = list->first; node; node = node->next) {
        if (!is_plain(node, setting->least) || !*node->text)
            return refuse(reader, setting, node->line);
        text_copy(names + (size_t)count++ * setting->least, setting->least, node->text);
    }
    return 0;
}

static int read_setting(const struct reader *reader, const struct setting *setting, const struct tree *node)
{
    union field field = field_of(setting, reader->conf);
    bool fits = false;
    switch (setting->kind) {
    case SETTING_BOOL:
        if ((fits = node->kind == TREE_BOOL))
            *field.flag = node->yes;
        break;
    case SETTING_NUMBER:
        fits = (node->kind == TREE_INT || node->kind == TREE_INT64) &&
               (!node->integer || (node->integer >= setting->least && node->integer <= setting->most));
        if (fits)
            *field.number = (unsigned)node->integer;
        break;
    case SETTING_RATE:
        fits = node->kind == TREE_INT &&
               (!node->integer || node->integer == 44100 || node->integer == 48000 || node->integer == 88200 ||
                                          node->integer == 96000);
        if (fits)
            *field.number = (unsigned)node->integer;
        break;
    case SETTING_PAIR:
        fits = read_pair(setting, node, field.number);
        break;
    case SETTING_TEXT:
        if ((fits = is_plain(node, setting->most)))
            text_copy(field.text, setting->most, node->text);
        break;
    case SETTING_WORD:
        if ((fits = is_plain(node, setting->most) && is_allowed(setting, node->text)))
            text_copy(field.text, setting->most, node->text);
        break;
    case SETTING_NAMES: return read_names(reader, setting, node);
    case SETTING_BINDINGS: return read_bindings(reader, setting, node);
    }
    return fits ? 0 : refuse(reader, setting, node->line);
}

static int read_settings(const struct reader *reader, const struct tree *root)
{
    for (const struct tree *node = root->first; node; node = node->next) {
        int i = 0;
        while (i < SETTINGS && strcmp(settings[i].key, node->name))
            i++;
        if (i == SETTINGS)
            return refuse_unknown(reader, node);
        if (read_setting(reader, &settings[i], node) < 0)
            return -1;
    }
    return 0;
}

static int read_text(struct conf *conf, const struct strbuf *text, const char *file, struct err *err)
{
    struct tree_doc doc;
    if (libconf_parse(&doc, text->s ? text->s : "", text->len, file, err) < 0)
        return -1;
    struct conf *trial = xmalloc(sizeof *trial);
    *trial = *conf;
    struct reader reader = {.file = file, .conf = trial, .err = err};
    int result = read_settings(&reader, doc.root);
    if (!result)
        *conf = *trial;
    free(trial);
    tree_doc_clear(&doc);
    return result;
}

int conf_load(struct conf *conf, const char *path, struct err *err)
{
    char usual[PATH_MAX];
    struct err missing;
    struct strbuf text = {0};
    const char *file = path ? path : usual;
    if (!path && paths_config(usual, sizeof usual, &missing) < 0)
        return 0;                       /* no home folder, no configuration */
    int result = textfile_read(file, "file", CONF_BYTES_MAX, &text, &missing);
    if (result < 0 && !path && missing.code == ERR_UNKNOWN)
        return 0;
    if (result < 0)
        return err_set(err, missing.code, "%s", missing.text);
    result = read_text(conf, &text, file, err);
    strbuf_clear(&text);
    return result;
}

/* --- the table --- */
int conf_count(void)
{
    return SETTINGS;
}

const char *conf_key(int index)
{
    return settings[index].key;
}

static void fmt_names(const struct setting *setting, const char *names, struct strbuf *out)
{
    strbuf_addc(out, '(');
    for (unsigned i = 0; i < setting->most && names[(size_t)i * setting->least]; i++) {
        strbuf_adds(out, i ? ", " : " ");
        tree_fmt_text(out, names + (size_t)i * setting->least);
    }
    strbuf_adds(out, *names ? " )" : ")");
}

static void fmt_bindings(const struct conf *conf, struct strbuf *out)
{
    strbuf_addc(out, '(');
    for (int i = 0; i < conf->bindings; i++) {
        strbuf_adds(out, i ? ", { key = " : " { key = ");
        tree_fmt_text(out, conf->binding[i].key);
        strbuf_adds(out, "; command = ");
        tree_fmt_text(out, conf->binding[i].command);
        strbuf_adds(out, "; }");
    }
    strbuf_adds(out, conf->bindings ? " )" : ")");
}

static void fmt_pair(const unsigned pair[2], struct strbuf *out)
{
    if (pair[0])
        strbuf_addf(out, "[%u, %u]", pair[0], pair[1]);
    else
        strbuf_adds(out, "[]");
}

void conf_fmt_setting(int index, const struct conf *conf, struct strbuf *out)
{
    const struct setting *setting = &settings[index];
    struct conf copy = *conf;
    union field field = field_of(setting, &copy);
    strbuf_addf(out, "%s = ", setting->key);
    switch (setting->kind) {
    case SETTING_BOOL: strbuf_adds(out, *field.flag ? "true" : "false"); break;
    case SETTING_RATE:
    case SETTING_NUMBER: strbuf_addf(out, "%u", *field.number); break;
    case SETTING_PAIR: fmt_pair(field.number, out); break;
    case SETTING_WORD:
    case SETTING_TEXT: tree_fmt_text(out, field.text); break;
    case SETTING_NAMES: fmt_names(setting, field.text, out); break;
    case SETTING_BINDINGS: fmt_bindings(conf, out); break;
    }
    strbuf_adds(out, ";\n");
}

void conf_fmt_mdoc(struct strbuf *out)
{
    struct conf conf;
    conf_init(&conf);
    strbuf_adds(out, ".Bl -tag -width equal_latency\n");
    for (int i = 0; i < SETTINGS; i++) {
        struct strbuf line = {0};
        conf_fmt_setting(i, &conf, &line);
        strbuf_addf(out, ".It Ic %s\n%s\nAllowed: %s; default: %.*s.\n", settings[i].key, settings[i].help, settings[i].allowed,
                    (int)(line.len - strlen(settings[i].key) - 5), line.s + strlen(settings[i].key) + 3);
        strbuf_clear(&line);
    }
    strbuf_adds(out, ".El\n");
}
