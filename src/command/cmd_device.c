/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the show is played on, and what it hears: device. */
#include "config.h"

#include "command/commands.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdio.h>
#include <string.h>

enum choice_kind { CHOICE_RATE, CHOICE_NUMBER, CHOICE_FORMAT, CHOICE_SWITCH, CHOICE_FALLBACK,
                   CHOICE_CAPTURE, CHOICE_RECORD, CHOICE_LTC /* from here on inputs */ };
static const struct choice {
    const char *name;
    enum choice_kind kind;
    size_t offset;                      /* in struct command_device */
    int64_t least, most;
} choices[] = {
    {"fallback", CHOICE_FALLBACK, 0, 0, 0},
    {"rate", CHOICE_RATE, offsetof(struct command_device, rate), 0, 0},
    {"period", CHOICE_NUMBER, offsetof(struct command_device, period), 16, 4096},
    {"periods", CHOICE_NUMBER, offsetof(struct command_device, periods), 2, 16},
    {"channels", CHOICE_NUMBER, offsetof(struct command_device, channels), 1, 64},
    {"format", CHOICE_FORMAT, offsetof(struct command_device, format), 0, 0},
    {"dither", CHOICE_SWITCH, offsetof(struct command_device, dither), 0, 0},
    {"equal_latency", CHOICE_SWITCH, offsetof(struct command_device, equal_latency), 0, 0},
    {"capture", CHOICE_CAPTURE, 0, 0, 0},
    {"record_a", CHOICE_RECORD, 0, 0, 0},
    {"record_b", CHOICE_RECORD, 0, 1, 1},       /* least: which of the two */
    {"ltc", CHOICE_LTC, offsetof(struct command_device, ltc), 1, 64},
};
static const char *const formats[] = {"S16_LE", "S24_3LE", "S24_LE", "S32_LE", "FLOAT_LE"};
enum { CHOICES = sizeof choices / sizeof *choices, FORMATS = sizeof formats / sizeof *formats };

static const struct choice *find_choice(const struct command_call *call, int word)
{
    for (int i = 0; i < CHOICES; i++)
        if (!call->quoted[word] && !strcmp(choices[i].name, call->word[word]))
            return &choices[i];
    return NULL;
}

static int check_name(struct command_call *call, int word, char *name, size_t size)
{
    const char *given = call->word[word];
    if (!*given || strlen(given) >= size)
        return command_refuse(call, ERR_RANGE, "device: a name has 1 to %zu bytes", size - 1);
    if (!strncmp(given, "file:", 5) && given[5] != '/')
        return command_refuse(call, ERR_USAGE, "device %s: the path of the file begins with /", given);
    text_copy(name, size, given);
    return 0;
}

/* One more; `none` stands for no fall-back at all. */
static int take_fallback(struct command_call *call, int word, struct command_device *device)
{
    device->has_fallback = true;
    if (!strcmp(call->word[word], "none"))
        return 0;
    if (device->fallbacks == COMMAND_FALLBACKS)
        return command_refuse(call, ERR_RANGE, "device: at most %d fall-backs", COMMAND_FALLBACKS);
    return check_name(call, word, device->fallback[device->fallbacks++], sizeof *device->fallback);
}

static int take_number(struct command_call *call, const struct choice *choice, const char *value, int64_t *number)
{
    bool given = text_parse_i64(value, number);
    if (choice->kind == CHOICE_RATE && (!given || (*number != 44100 && *number != 48000 && *number != 88200 && *number != 96000)))
        return command_refuse(call, ERR_RANGE, "device rate %s: 44100, 48000, 88200, 96000 or default", value);
    if (choice->kind == CHOICE_LTC && (!given || *number < choice->least || *number > choice->most))
        return command_refuse(call, ERR_RANGE, "device ltc %s: a channel from 1 to 64, or none", value);
    if (choice->kind == CHOICE_NUMBER && (!given || *number < choice->least || *number > choice->most))
        return command_refuse(call, ERR_RANGE, "device %s %s: a whole number from %lld to %lld, or default", choice->name, value,
                              (long long)choice->least, (long long)choice->most);
    return 0;
}

static int take_format(struct command_call *call, const char *value, char *format, size_t size)
{
    for (int i = 0; i < FORMATS; i++)
        if (!strcmp(formats[i], value)) {
            text_copy(format, size, value);
            return 0;
        }
    return command_refuse(call, ERR_RANGE, "device format %s: S16_LE, S24_3LE, S24_LE, S32_LE, FLOAT_LE or default", value);
}

/* `none`, one channel for both sides, or two: "3", "1,2". */
static int take_channels(struct command_call *call, const char *value, unsigned channel[2])
{
    unsigned left = 0, right = 0;
    int end = 0;
    if (strcmp(value, "none") != 0) {
        int given = sscanf(value, "%2u%n,%2u%n", &left, &end, &right, &end);
        right = given == 1 ? left : right;
        if (given < 1 || value[end] || left < 1 || left > 64 || right < 1 || right > 64)
            return command_refuse(call, ERR_RANGE, "device record %s: one or two channels from 1 to 64, as 1,2, or none", value);
    }
    channel[0] = left;
    channel[1] = right;
    return 0;
}

static int take_input(struct command_call *call, int word, const struct choice *choice, struct command_device *device)
{
    const char *value = call->word[word];
    bool none = !call->quoted[word] && !strcmp(value, "none");
    if (choice->kind == CHOICE_LTC) {
        device->ltc = 0;
        return none ? 0 : take_number(call, choice, value, &device->ltc);
    }
    if (choice->kind == CHOICE_RECORD) {
        device->has_record[choice->least] = true;
        return take_channels(call, value, device->record[choice->least]);
    }
    device->has_capture = true;
    device->capture[0] = '\0';
    return none ? 0 : check_name(call, word, device->capture, sizeof device->capture);
}

static int take_choice(struct command_call *call, int word, const struct choice *choice, struct command_device *device)
{
    if (word + 1 == call->count)
        return command_refuse(call, ERR_USAGE, "device %s: a value follows", choice->name);
    const char *value = call->word[word + 1];
    void *field = (char *)device + choice->offset;
    bool fallback = !strcmp(value, "default") && choice->kind != CHOICE_SWITCH, on;
    switch (choice->kind) {
    case CHOICE_RATE:
    case CHOICE_NUMBER:
        *(int64_t *)field = 0;
        return fallback ? 0 : take_number(call, choice, value, field);
    case CHOICE_FORMAT:
        device->has_format = true;
        return fallback ? 0 : take_format(call, value, field, sizeof device->format);
    case CHOICE_FALLBACK:
        return take_fallback(call, word + 1, device);
    case CHOICE_SWITCH:
        if (command_arg_on_off(call, word + 1, &on))
            return -1;
        *(int *)field = on;
        return 0;
    case CHOICE_CAPTURE:
    case CHOICE_RECORD:
    case CHOICE_LTC:
        return take_input(call, word + 1, choice, device);
    }
    return 0;
}

/* The first word may be a name; all else are pairs. */
static int take_words(struct command_call *call, struct command_device *device)
{
    int word = 0;
    bool inputs = false, outputs = !find_choice(call, 0);
    if (outputs && check_name(call, word++, device->name, sizeof device->name))
        return -1;
    for (; word < call->count; word += 2) {
        const struct choice *choice = find_choice(call, word);
        if (!choice)
            return command_refuse(call, ERR_USAGE, "device %s: not a property; there are fallback, rate, period, periods, "
                                  "channels, format, dither and equal_latency; capture, record_a, record_b and ltc",
                                  call->word[word]);
        inputs |= choice->kind >= CHOICE_CAPTURE;
        outputs |= choice->kind < CHOICE_CAPTURE;
        if (take_choice(call, word, choice, device))
            return -1;
    }
    if (inputs && outputs)
        return command_refuse(call, ERR_USAGE, "device: what is played on and what is heard are changed one after the other");
    return 0;
}

int cmd_device(struct command_call *call)
{
    struct command_device *device = xcalloc(1, sizeof *device);
    device->rate = device->period = device->periods = device->channels = -1;
    device->dither = device->equal_latency = -1;
    device->ltc = -1;
    command_act(call, ACTION_DEVICE)->device = device;          /* the reply's from now on */
    return call->count ? take_words(call, device) : 0;
}
