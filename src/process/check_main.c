/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `clipgrid check SESSION`: everything that could go wrong in a show, in one command: the file,
 * the document, every medium, the device, and the rights of this user on this machine.
 */
#include "config.h"

#include "process/check_disk.h"
#include "process/check_media.h"
#include "process/client.h"
#include "process/report.h"
#include "process/roles.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "engine/audio.h"
#include "platform/machine.h"
#include "session/check.h"
#include "session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

struct checking {
    struct report report;
    const char *session;
};

static void add(struct checking *checking, enum report_level level, const char *clip, const char *media, const char *text)
{
    report_add(&checking->report, level, checking->session, 0, clip, media, text);
}

static void add_document(void *context, enum session_check_level level, const char *clip, const char *text)
{
    add(context, level == SESSION_CHECK_ERROR ? REPORT_ERROR : REPORT_WARNING, clip, "", text);
}

/* A card that a show has is not there to be asked; that show knows whether it is well. */
static bool show_has_device(struct checking *checking, const char *socket)
{
    struct client_link link;
    char text[sizeof ((struct sockaddr_un *)0)->sun_path + 100];
    if (client_open(&link, socket) < 0)
        return false;
    client_close(&link);
    snprintf(text, sizeof text, "a show runs on %s: its device is not tried; `clipgrid ctl check` asks the show", socket);
    add(checking, REPORT_FIT, "", "", text);
    return true;
}

static void check_device(struct checking *checking, const struct conf *config, const char *socket)
{
    struct device_request request = {.rate = config->rate, .period = config->period, .periods = config->periods};
    struct err err = {0};
    text_copy(request.name, sizeof request.name, config->device[0] ? config->device : "default");
    if (strncmp(request.name, "file:", 5) && strcmp(request.name, "clock") && !show_has_device(checking, socket) &&
        !audio_probe_rate(&request, &err))
        add(checking, REPORT_WARNING, "", "", err.text);
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char *server = xasprintf("%s/pipewire-0", runtime ? runtime : "/nonexistent"),
        *pulse = xasprintf("%s/pulse/native", runtime ? runtime : "/nonexistent");
    bool plain = !strcmp(request.name, "default") || !strcmp(request.name, "pulse") || !strcmp(request.name, "pipewire");
    if (plain && (access(server, F_OK) == 0 || access(pulse, F_OK) == 0))
        add(checking, REPORT_WARNING, "", "",
            "the device is the login session's sound server, which ends with the session: name a card, as hw:0");
    free(server);
    free(pulse);
}

static void check_machine(struct checking *checking)
{
    char why[300];
    if (machine_lacks_realtime(why, sizeof why))
        add(checking, REPORT_WARNING, "", "", why);
    if (machine_lacks_memlock(why, sizeof why))
        add(checking, REPORT_WARNING, "", "", why);
    if (machine_lacks_audio_group(why, sizeof why))
        add(checking, REPORT_WARNING, "", "", why);
    if (machine_kills_at_logout(why, sizeof why))
        add(checking, REPORT_WARNING, "", "", why);
    if (machine_sleeps_deeply(why, sizeof why))
        report_note(&checking->report, why);
    bool lacks_time = machine_lacks_time(why, sizeof why);
    if (lacks_time)
        report_note(&checking->report, why);        /* nothing in a session goes by the time of day yet */
    strbuf_addf(&checking->report.more, ",\"clock\":{\"synchronised\":%s}", lacks_time ? "false" : "true");
}

/* "FILE:LINE: text" -> line and text. */
static const char *split_line(const char *session, const char *text, int *line)
{
    size_t length = strlen(session);
    char *end;
    *line = 0;
    if (strncmp(text, session, length) || text[length] != ':')
        return text;
    long number = strtol(text + length + 1, &end, 10);
    if (number <= 0 || *end != ':')
        return text + length + 1 + strspn(text + length + 1, " ");
    *line = (int)number;
    return end + 1 + strspn(end + 1, " ");
}

int check_main(const struct args *args)
{
    static struct options options;
    struct checking checking = {.session = args->word[0]};
    struct strbuf out = {0};
    struct err err;
    if (options_load(&options, args, &err) < 0)
        return front_fail(2, "%s", err.text);
    report_init(&checking.report);
    checking.report.notes = options.verbosity > 0;
    struct show *show = session_load(checking.session, NULL, &err);
    check_device(&checking, &options.config, options.socket);
    if (show) {
        session_check_document(show, add_document, &checking);
        check_media(checking.session, show, machine_clip_memory_bytes(options.config.memory_mb), &checking.report);
    } else {
        int line;
        const char *text = split_line(checking.session, err.text, &line);
        report_add(&checking.report, REPORT_ERROR, checking.session, line, "", "", text);
    }
    check_machine(&checking);
    check_disk_room(checking.session, &checking.report);
    show_free(show);
    report_fmt(&checking.report, args->json, &out);
    puts(out.s);
    strbuf_clear(&out);
    int status = (int)checking.report.worst;
    report_clear(&checking.report);
    return status;
}
