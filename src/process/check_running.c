/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command `check` in a running show: what the engine knows is wrong, without touching a disk. Thread: main. */
#include "config.h"

#include "process/report.h"
#include "process/stage.h"
#include "session/check.h"

#include <string.h>

static void add_document(void *context, enum session_check_level level, const char *clip, const char *text)
{
    report_add(context, level == SESSION_CHECK_ERROR ? REPORT_ERROR : REPORT_WARNING, "", 0, clip, "", text);
}

void check_fmt_running(struct stage *stage, struct ticket ticket, bool json)
{
    struct report report;
    struct strbuf text = {0};
    report_init(&report);
    session_check_document(stage->show, add_document, &report);
    for (int slot = 0; slot < show_slots(stage->show); slot++) {
        const struct show_clip *clip = show_clip(stage->show, slot);
        const struct stage_medium *medium = clip && stage->clip_medium[slot] != STAGE_MEDIA_NONE
                                            ? &stage->media[stage->clip_medium[slot]] : NULL;
        char address[16];
        if (medium && medium->state >= STATE_MEDIA_MISSING)
            report_add(&report, REPORT_ERROR, "", 0, show_address(clip, address), medium->path, medium->note);
    }
    if (stage->audio_status.note[0])
        report_add(&report, REPORT_WARNING, "", 0, "", "", stage->audio_status.note);
    if (stage->realtime_note[0])
        report_add(&report, REPORT_WARNING, "", 0, "", "", stage->realtime_note);
    if (stage->memory_note[0] && strcmp(stage->memory_note, stage->realtime_note) != 0)
        report_add(&report, REPORT_WARNING, "", 0, "", "", stage->memory_note);
    report_fmt(&report, json, &text);
    stage_answer(stage, ticket, ERR_NONE, text.s);
    strbuf_clear(&text);
    report_clear(&report);
}
