/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What passes between engine and store: see engine_store.h. */
#include "config.h"

#include "process/engine_store.h"
#include "process/blackbox.h"
#include "process/blackbox_voices.h"
#include "process/document.h"
#include "process/recall.h"
#include "process/record.h"
#include "process/replay.h"
#include "base/log.h"
#include "base/text.h"
#include "clipmem/clipmem.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- what the stage asks of the store --- */

static void want(struct stage *of, uint32_t slot, const char *path)
{
    struct msg_media_want message = {.slot = slot};
    text_copy(message.path, sizeof message.path, path);
    outbox_send(&of->store, MSG_MEDIA_WANT, 0, &message, offsetof(struct msg_media_want, path) + strlen(message.path) + 1, -1);
}

static void send_slot(struct stage *of, enum msg_type type, uint32_t slot)
{
    struct msg_media_drop message = {.slot = slot};
    outbox_send(&of->store, type, 0, &message, sizeof message, -1);
}

static void first(struct stage *of, uint32_t slot, int64_t at)
{
    struct msg_media_first message = {.slot = slot, .at = at};
    outbox_send(&of->store, MSG_MEDIA_FIRST, 0, &message, sizeof message, -1);
}

static void tell_clip(struct stage *of, const struct msg_media_clip *clip)
{
    outbox_send(&of->store, MSG_MEDIA_CLIP, 0, clip, sizeof *clip, -1);
}

static void tell_played(struct stage *of, uint16_t clip)
{
    struct msg_media_played message = {.clip = clip};
    outbox_send(&of->store, MSG_MEDIA_PLAYED, 0, &message, sizeof message, -1);
}

static void drop(struct stage *of, uint32_t slot)
{
    send_slot(of, MSG_MEDIA_DROP, slot);
}

void engine_store_hooks(struct stage *stage)
{
    stage->want = want;
    stage->first = first;
    stage->clip = tell_clip;
    stage->played = tell_played;
    stage->drop = drop;
}

/* --- messages --- */

void engine_store_tell_unsaved(struct stage *stage, int unsaved)
{
    char text[100];
    snprintf(text, sizeof text, "%d unsaved edit%s of the last time %s back; save keeps %s", unsaved, unsaved == 1 ? "" : "s",
             unsaved == 1 ? "is" : "are", unsaved == 1 ? "it" : "them");
    if (unsaved)
        desk_notice(stage, false, text);
}

/* Lines that no save came after. */
static int count_unsaved(const char *lines, bool dirty)
{
    const char *mark = strstr(lines, "@saved\n");
    int unsaved = dirty && !mark;
    for (const char *p = mark ? mark + strlen("@saved\n") : lines; *p; p++)
        unsaved += *p == '\n';
    return unsaved;
}

struct show *engine_store_read(struct stage *stage, const struct msg *msg, int *unsaved, struct err *err)
{
    struct strbuf text = {0};
    struct msg_show about;
    memcpy(&about, msg->payload, sizeof about);
    about.path[sizeof about.path - 1] = '\0';
    struct show *show = NULL;
    const char *lines = "";
    if (document_from_fd(msg->fd[0], &text, err) == 0) {
        char *split = memmem(text.s ? text.s : "", text.len, "\f\n", 2);
        show = document_parse(text.s, split ? (size_t)(split - text.s) : 0, err);
        lines = split ? split + 2 : "";
    }
    if (show) {
        text_copy(stage->session, sizeof stage->session, about.path);
        stage->edits.serial = about.serial;
        if (about.dirty)
            show_mark_saved(show, UINT64_MAX);      /* what the journal kept is in no file */
        *unsaved = count_unsaved(lines, about.dirty);
        if (replay_lines(show, lines, false, err) < strlen(lines))
            log_line(LOG_WARN, "the journal: %s", err->text);
    }
    strbuf_clear(&text);
    return show;
}

/* Another show in a running one. */
static void take_show(struct stage *stage, const struct msg *msg)
{
    struct err err = {0};
    int unsaved;
    edits_clear(&stage->edits);          /* of a document that nobody has any more */
    struct show *show = engine_store_read(stage, msg, &unsaved, &err);
    if (show) {
        blackbox_other_show(stage, msg->fd[0]);
        mirror_new_show(stage, show);
        engine_store_tell_unsaved(stage, unsaved);
    } else {
        desk_notice(stage, false, err.text);
    }
}

static void take_info(struct stage *stage, const struct msg *msg)
{
    struct msg_media_info info;
    memcpy(&info, msg->payload, sizeof info);
    info.text[sizeof info.text - 1] = '\0';
    if (info.state == CLIPMEM_EMPTY) {
        mirror_medium_freed(stage, info.slot);
        return;
    }
    enum state_media state = info.state == CLIPMEM_READY ? (info.cold ? STATE_MEDIA_COLD : STATE_MEDIA_READY)
        : info.state == CLIPMEM_FAILED ? (info.missing ? STATE_MEDIA_MISSING : STATE_MEDIA_BROKEN) : STATE_MEDIA_LOADING;
    mirror_media_info(stage, info.slot, state, info.file_rate, info.channels, info.file_frames, info.text);
}

static void take_changed(struct stage *stage, const struct msg *msg)
{
    struct msg_media_changed changed;
    memcpy(&changed, msg->payload, sizeof changed);
    mirror_medium_changed(stage, changed.slot, changed.what);
}

void engine_store_handle(struct stage *stage, struct msg *msg)
{
    struct msg_result result;
    switch (msg->type) {
    case MSG_SHOW:
        take_show(stage, msg);
        break;
    case MSG_MEDIA_INFO:
        take_info(stage, msg);
        break;
    case MSG_MEDIA_CHANGED:
        take_changed(stage, msg);
        break;
    case MSG_SAVED:
    case MSG_OPENED:
        memcpy(&result, msg->payload, sizeof result);
        result.text[sizeof result.text - 1] = result.path[sizeof result.path - 1] = '\0';
        save_result(stage, msg->serial, &result);
        break;
    case MSG_RESTORED:
        save_restored(stage, msg);
        break;
    case MSG_POWER:
        mains_take(stage, (const struct msg_power *)(const void *)msg->payload);
        break;
    case MSG_AFTERMATH:
        recall_take(stage, (const struct msg_aftermath *)(const void *)msg->payload);
        blackbox_voices_tell(stage);    /* what it is to do is known before it does it */
        break;
    case MSG_TAKE:
        record_told(stage, msg);
        break;
    case MSG_JOB_TOLD:
        jobs_told(stage, msg->payload);
        break;
    case MSG_JOB_DONE:
        jobs_done(stage, msg);
        break;
    case MSG_NOTICE:
        desk_notice(stage, false, msg->payload);
        break;
    case MSG_JOURNAL_KEPT:
        edits_kept(stage, msg->serial, ((const struct msg_kept *)(const void *)msg->payload)->state);
        break;
    case MSG_STORE_STATUS:
        memcpy(&stage->store_status, msg->payload, sizeof stage->store_status);
        break;
    case MSG_FLIGHT_PLEASE:
        blackbox_renew(stage);
        break;
    case MSG_OPTIONS:
        break;
    default:
        log_line(LOG_WARN, "the store sent %s, which an engine does not take", msg_name(msg->type));
    }
}

void engine_store_lose(struct stage *stage)
{
    outbox_join(&stage->store, -1);
    save_lost(stage);
    jobs_lost(stage);
    record_lost(stage);
}

void engine_store_greet(struct stage *stage)
{
    outbox_send(&stage->store, MSG_MEDIA_BEGIN, 0, NULL, 0, -1);
    burden_tell_store(stage);
    record_again(stage);
    mirror_want_again(stage);
    blackbox_join(stage);
    if (!stage->crash)
        return;
    outbox_send(&stage->store, MSG_CRASH, 0, NULL, 0, stage->crash);
    close(stage->crash);
    stage->crash = 0;
}
