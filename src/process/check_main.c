/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `clipgrid check SESSION`: everything that could go wrong in a show, in one command: the file,
 * the document, every medium, the device, and the rights of this user on this machine.
 */
#include "config.h"

#include "process/memory_advice.h"
#include "process/report.h"
#include "process/roles.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "engine/audio.h"
#include "media/prober.h"
#include "platform/machine.h"
#include "platform/sandbox.h"
#include "session/check.h"
#include "session/session.h"
#include "show/lists.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


struct checking {
    struct report report;
    const char *session;
    struct prober prober;
    struct memory_advice *advice;
};

static void add(struct checking *checking, enum report_level level, const char *clip, const char *media, const char *text)
{
    report_add(&checking->report, level, checking->session, 0, clip, media, text);
}

static void add_document(void *context, enum session_check_level level, const char *clip, const char *text)
{
    add(context, level == SESSION_CHECK_ERROR ? REPORT_ERROR : REPORT_WARNING, clip, "", text);
}

static void check_clip(struct checking *checking, const struct show *show, const struct show_clip *clip, const char *folder)
{
    const char *media = show_head(show)->media;
    char *path = xasprintf("%s/%s/%s", folder, media && *media ? media : "media", clip->file);
    struct probe_info info;
    struct err err;
    char address[16], text[200];
    show_address(clip, address);
    if (prober_ask(&checking->prober, path, &info, &err) < 0) {
        const char *reason = strncmp(err.text, path, strlen(path)) ? err.text : err.text + strlen(path) + 2;
        add(checking, REPORT_ERROR, address, clip->file, reason);
    } else {
        if (info.warning[0])
            add(checking, REPORT_WARNING, address, clip->file, info.warning);
        if (clip->in >= info.frames || clip->out > info.frames) {
            snprintf(text, sizeof text, "IN or OUT lies behind the end of the file, which has %lld frames",
                     (long long)info.frames);
            add(checking, clip->in >= info.frames ? REPORT_ERROR : REPORT_WARNING, address, clip->file, text);
        }
        memory_advice_add(checking->advice, clip, &info);
    }
    free(path);
}

/* Each file of its list, as if it were the clip's own. */
static void check_list(struct checking *checking, const struct show *show, const struct show_clip *clip, const char *folder)
{
    char *file[SHOW_LIST_FILES];
    int files = files_read(clip->list, file);
    for (int i = 0; i < files; i++) {
        struct show_clip one = *clip;
        one.file = file[i];
        check_clip(checking, show, &one, folder);
        free(file[i]);
    }
}

static void check_media(struct checking *checking, const struct show *show, uint64_t budget)
{
    char *copy = xstrdup(checking->session);
    prober_init(&checking->prober);
    checking->advice = memory_advice_new();
    const char *folder = dirname(copy);
    for (int slot = 0; slot < show_slots(show); slot++) {
        const struct show_clip *clip = show_clip(show, slot);
        if (!clip)
            continue;
        check_clip(checking, show, clip, folder);
        check_list(checking, show, clip, folder);
    }
    if (checking->prober.lacks) {
        char text[SANDBOX_TEXT];
        sandbox_describe(checking->prober.lacks, text, sizeof text);
        add(checking, REPORT_WARNING, "", "", text);
    }
    prober_clear(&checking->prober);
    memory_advice_report(checking->advice, budget, checking->session, &checking->report);
    memory_advice_free(checking->advice);
    free(copy);
}

static void check_device(struct checking *checking, const struct conf *config)
{
    struct device_request request = {.rate = config->rate, .period = config->period, .periods = config->periods};
    struct err err = {0};
    text_copy(request.name, sizeof request.name, config->device[0] ? config->device : "default");
    if (strncmp(request.name, "file:", 5) && !audio_probe_rate(&request, &err))
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
    if (machine_lacks_audio_group(why, sizeof why))
        add(checking, REPORT_WARNING, "", "", why);
    if (machine_kills_at_logout(why, sizeof why))
        add(checking, REPORT_WARNING, "", "", why);
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
    struct show *show = session_load(checking.session, NULL, &err);
    check_device(&checking, &options.config);
    if (show) {
        session_check_document(show, add_document, &checking);
        check_media(&checking, show, machine_clip_memory_bytes(options.config.memory_mb));
    } else {
        int line;
        const char *text = split_line(checking.session, err.text, &line);
        report_add(&checking.report, REPORT_ERROR, checking.session, line, "", "", text);
    }
    check_machine(&checking);
    show_free(show);
    report_fmt(&checking.report, args->json, &out);
    puts(out.s);
    strbuf_clear(&out);
    int status = (int)checking.report.worst;
    report_clear(&checking.report);
    return status;
}
