/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * save and open: the document goes to the store, the answer comes back later, the show plays on
 * meanwhile. A document saved into another folder has its media folder rewritten, in the file
 * and in the document, so that its files are still found. Thread: main.
 */
#include "config.h"

#include "process/document.h"
#include "process/edits.h"
#include "process/moving.h"
#include "process/stage.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "platform/paths.h"
#include "show/flat.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_NS (5 * CLOCK_SECOND_NS)       /* of whoever asked for another file, and waits with all further lines */

struct stage_saving {
    struct stage_saving *next;
    uint32_t serial;
    struct ticket ticket;           /* client 0: it has been told that this takes longer */
    uint64_t since_ns;
    uint64_t revision;              /* of the document that was handed over */
    bool open;
    bool overdue;                   /* whoever asked has been told so, and is answered */
    bool list;                      /* of backups */
    bool moves;                     /* to another file: edits wait until it is clear which journal is theirs */
};

/* The document's text for a file at path: the media folder seen from there. */
static void flat_for(struct stage *stage, const char *path, struct strbuf *text)
{
    struct moving moving;
    const char *media = show_head(stage->show)->media;
    flat_write(stage->show, text);
    if (!moving_between(stage->session, path, &moving))
        return;
    char *word = moving_media(&moving, media && *media ? media : "media");
    strbuf_adds(text, "show media ");
    text_fmt_word(text, word);
    strbuf_addc(text, '\n');
    free(word);
}

/* The show's file is another one now, and its media are where they were. */
static void take_place(struct stage *stage, const char *path)
{
    struct moving moving;
    bool moved = moving_between(stage->session, path, &moving);
    text_copy(stage->session, sizeof stage->session, path);
    if (!moved)
        return;
    stage->edits.serial++;              /* the line @moved, which the keeper wrote */
    const char *media = show_head(stage->show)->media;
    char *old = xstrdup(media && *media ? media : "media");
    show_map_media(stage->show, moving_media, &moving);
    mirror_media_moved(stage, old, show_head(stage->show)->media);
    free(old);
}

static struct stage_saving *remember(struct stage *stage, struct ticket ticket, bool open)
{
    struct stage_saving *saving = xcalloc(1, sizeof *saving);
    *saving = (struct stage_saving){.next = stage->saving, .serial = ++stage->save_serial, .ticket = ticket,
        .since_ns = clock_now_rt(), .revision = show_revision(stage->show), .open = open};
    stage->saving = saving;
    return saving;
}

/* Edits are nobody's until it is done: who has asked for it and sends more goes on when it is. A screen does not wait: its keys
 * fire clips, and the disk may hang. */
static void begin_move(struct stage *stage, struct stage_saving *saving, struct ticket ticket)
{
    saving->moves = true;
    if (stage->server && !server_is_screen(stage->server, ticket))
        server_wait(stage->server, ticket);
}

/* The path as this command means it, absolute. Return: 0, or -1 with the ticket answered. */
static int path_of(struct stage *stage, struct ticket ticket, const char *file, struct msg_path *about)
{
    struct err err;
    if (!file) {
        text_copy(about->path, sizeof about->path, stage->session);
        if (about->path[0])
            return 0;
        err_set(&err, ERR_REFUSED, "the show has no file name yet: save FILE");
    } else if (paths_absolute(file, about->path, sizeof about->path, &err) == 0) {
        return 0;
    }
    stage_answer(stage, ticket, err.code, err.text);
    return -1;
}

void save_begin(struct stage *stage, struct ticket ticket, const char *file, bool force)
{
    struct msg_path about = {.force = force, .last = stage->edits.serial};
    struct strbuf text = {0};
    struct err err;
    if (path_of(stage, ticket, file, &about) < 0)
        return;
    if (stage->store.socket < 0) {
        stage_answer(stage, ticket, ERR_IO, "the store is being started again; save once more");
        return;
    }
    flat_for(stage, about.path, &text);
    int fd = document_to_fd(&text, &err);
    strbuf_clear(&text);
    if (fd < 0) {
        stage_answer(stage, ticket, err.code, err.text);
        return;
    }
    struct stage_saving *saving = remember(stage, ticket, false);
    if (strcmp(about.path, stage->session) != 0)
        begin_move(stage, saving, ticket);
    outbox_send(&stage->store, MSG_SAVE, saving->serial, &about, sizeof about, fd);
    close(fd);
}

void save_open(struct stage *stage, struct ticket ticket, const char *file, bool force)
{
    struct msg_path about = {.force = force};
    if (path_of(stage, ticket, file, &about) < 0)
        return;
    if (show_dirty(stage->show) && !force) {
        stage_answer(stage, ticket, ERR_REFUSED, "there are unsaved edits: save them, or open! FILE");
        return;
    }
    struct stage_saving *saving = remember(stage, ticket, true);
    begin_move(stage, saving, ticket);
    outbox_send(&stage->store, MSG_OPEN, saving->serial, &about, sizeof about, -1);
}

/* Return: who waits for it, to be freed; NULL: nobody. */
static struct stage_saving *take_saving(struct stage *stage, uint32_t serial)
{
    struct stage_saving **link = &stage->saving;
    while (*link && (*link)->serial != serial)
        link = &(*link)->next;
    struct stage_saving *saving = *link;
    if (saving)
        *link = saving->next;
    return saving;
}

/* Nobody waits for it any more. */
static void tell_late(struct stage *stage, const struct stage_saving *saving, const struct msg_result *result)
{
    char *text = xasprintf("after all: %s %s%s%s", saving->open ? "open" : "save", result->path, result->ok ? "" : ": ",
                           result->ok ? "" : result->text);
    desk_notice(stage, false, text);
    free(text);
}

void save_result(struct stage *stage, uint32_t serial, const struct msg_result *result)
{
    struct stage_saving *saving = take_saving(stage, serial);
    if (!saving)
        return;
    if (result->ok && !saving->open) {
        take_place(stage, result->path);
        show_mark_saved(stage->show, saving->revision);
    }
    stage->desk_changed = true;
    if (saving->overdue)
        tell_late(stage, saving, result);
    stage_answer(stage, saving->ticket, result->ok ? ERR_NONE : (enum err_code)result->code, result->ok ? "" : result->text);
    free(saving);
}

void save_tick(struct stage *stage)
{
    uint64_t due = clock_now_rt() - PATIENCE_NS;
    for (struct stage_saving *saving = stage->saving; saving; saving = saving->next) {
        if (!saving->moves || saving->overdue || saving->since_ns > due)
            continue;
        saving->overdue = true;
        stage_answer(stage, saving->ticket, ERR_BUSY,
                     "the disk does not answer; it is not given up, and a notice tells when it is done");
        saving->ticket = (struct ticket){0};
    }
}

/* --- backups --- */

void save_restore(struct stage *stage, struct ticket ticket, uint32_t number)
{
    struct msg_restore ask = {.number = number};
    if (stage->store.socket < 0) {
        stage_answer(stage, ticket, ERR_IO, "the store is being started again; try once more");
        return;
    }
    struct stage_saving *saving = remember(stage, ticket, true);
    saving->list = !number;
    outbox_send(&stage->store, MSG_RESTORE, saving->serial, &ask, sizeof ask, -1);
}

/* The backup takes the document's place, as one edit. */
static int take_backup(struct stage *stage, const struct strbuf *flat, const char *which, struct err *err)
{
    struct show *show = edits_check_room(stage, err) < 0 ? NULL : document_parse(flat->s ? flat->s : "", flat->len, err);
    if (!show)
        return -1;
    char *what = xasprintf("restore %s", which);
    show_replace(stage->show, show, what);
    edits_take(stage, "@replace", what, flat->s ? flat->s : "");
    show_free(show);
    free(what);
    return 0;
}

void save_restored(struct stage *stage, const struct msg *msg)
{
    struct msg_result result;
    struct strbuf text = {0};
    struct err err;
    struct stage_saving *saving = take_saving(stage, msg->serial);
    memcpy(&result, msg->payload, sizeof result);
    result.text[sizeof result.text - 1] = '\0';
    if (!saving)
        return;
    if (!result.ok)
        stage_answer(stage, saving->ticket, (enum err_code)result.code, result.text);
    else if (document_from_fd(msg->fd[0], &text, &err) < 0)
        stage_answer(stage, saving->ticket, err.code, err.text);
    else if (saving->list)
        stage_answer(stage, saving->ticket, ERR_NONE, text.s ? text.s : "");
    else if (take_backup(stage, &text, result.text, &err) < 0)
        stage_answer(stage, saving->ticket, err.code, err.text);
    else
        edits_answer(stage, saving->ticket, result.text);
    strbuf_clear(&text);
    free(saving);
}

void save_lost(struct stage *stage)
{
    while (stage->saving) {
        struct stage_saving *saving = stage->saving;
        stage->saving = saving->next;
        stage_answer(stage, saving->ticket, ERR_IO, "the store died and is started again; try once more");
        free(saving);
    }
}

bool save_moves_show(const struct stage *stage)
{
    for (const struct stage_saving *saving = stage->saving; saving; saving = saving->next)
        if (saving->moves)
            return true;
    return false;
}
