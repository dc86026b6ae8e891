/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The document as the keeper remembers it (keeper.h): what a new engine needs, a flat text, and the lines of edits made since.
 * It is the engine's own words, so it holds whether or not they have reached the disk; what the thread writes of its own, it
 * tells: the line of a save in another folder, a journal that was taken up or made shorter. Thread: the store's main.
 */
#include "config.h"

#include "process/document.h"
#include "process/keeper_thread.h"
#include "process/moving.h"
#include "process/replay.h"

#include <string.h>
#include <unistd.h>

/* The document, and the lines over it. Return: a memfd, or -1 with err. */
int keeper_show_fd(const struct keeper *keeper, struct err *err)
{
    struct strbuf text = {0};
    const char *lines = keeper->lines.s ? keeper->lines.s : "";
    strbuf_add(&text, keeper->document.s, keeper->document.len);
    strbuf_adds(&text, "\f\n");
    if (keeper->saved_at != KEEPER_NOT_SAVED) {
        strbuf_add(&text, lines, keeper->saved_at);
        strbuf_adds(&text, JOURNAL_SAVED "\n");
        lines += keeper->saved_at;
    }
    strbuf_adds(&text, lines);
    int fd = document_to_fd(&text, err);
    strbuf_clear(&text);
    return fd;
}

int keeper_show_after(const struct keeper *keeper, uint32_t serial)
{
    struct err err;
    return keeper->known && keeper->serial == serial ? keeper_show_fd(keeper, &err) : -1;
}

void keeper_forget(struct keeper *keeper)
{
    keeper->known = false;
    strbuf_clear(&keeper->document);
    strbuf_clear(&keeper->lines);
}

/* One that was sent twice is remembered once. */
void keeper_remember_line(struct keeper *keeper, const struct msg *msg)
{
    if (msg->serial <= keeper->serial)
        return;
    if (msg->fd[0] < 0)
        strbuf_adds(&keeper->lines, msg->payload);
    else if (document_from_fd(msg->fd[0], &keeper->lines, NULL) < 0) {
        keeper_forget(keeper);
        return;
    }
    strbuf_addc(&keeper->lines, '\n');
    keeper->serial = msg->serial;
}

/* The engine's document is without undo: what is remembered of the same one, with it, takes its place on the way to the journal. */
static bool put_undo(struct keeper *keeper, struct msg *msg)
{
    int fd = keeper_show_after(keeper, msg->serial);
    if (fd < 0)
        return false;
    close(msg->fd[0]);
    msg->fd[0] = fd;
    ((struct msg_document *)(void *)msg->payload)->dirty = keeper->saved_at == KEEPER_NOT_SAVED && keeper->dirty;
    return true;
}

void keeper_remember_document(struct keeper *keeper, struct msg *msg)
{
    if (put_undo(keeper, msg))
        return;
    keeper_forget(keeper);
    keeper->known = document_from_fd(msg->fd[0], &keeper->document, NULL) == 0;
    keeper->dirty = ((const struct msg_document *)(const void *)msg->payload)->dirty;
    keeper->serial = msg->serial;
    keeper->recalled = false;
    keeper->saved_at = KEEPER_NOT_SAVED;
}

/* The lines so far are what this save writes. */
void keeper_remember_saving(struct keeper *keeper, uint32_t serial)
{
    for (int i = 0; i < KEEPER_SAVES; i++)
        if (!keeper->save[i].serial) {
            keeper->save[i] = (struct keeper_saving){.serial = serial, .at = keeper->lines.len};
            return;
        }
    keeper_forget(keeper);
}

/* It went to another folder, and the media stayed: the line that the journal has for it, and the engine's document too. */
void keeper_remember_moved(struct keeper *keeper, uint32_t serial, const char *path)
{
    struct moving moving;
    for (int i = 0; i < KEEPER_SAVES; i++) {
        if (keeper->save[i].serial != serial || !moving_between(keeper->session, path, &moving))
            continue;
        replay_fmt(&keeper->lines, "@moved", keeper->session, path);
        strbuf_addc(&keeper->lines, '\n');
        keeper->serial++;
        keeper->save[i].at = keeper->lines.len;
    }
}

void keeper_remember_saved(struct keeper *keeper, uint32_t serial, bool saved)
{
    for (int i = 0; i < KEEPER_SAVES; i++) {
        if (keeper->save[i].serial != serial)
            continue;
        if (saved && keeper->known && keeper->save[i].at <= keeper->lines.len)
            keeper->saved_at = keeper->save[i].at;
        keeper->save[i].serial = 0;
    }
}

/* Where the session was saved is remembered apart from the lines: it moves. */
static void lift_mark(struct keeper *keeper)
{
    struct strbuf rest = {0};
    char *mark = keeper->lines.s ? strstr(keeper->lines.s, JOURNAL_SAVED "\n") : NULL;
    keeper->saved_at = mark ? (size_t)(mark - keeper->lines.s) : KEEPER_NOT_SAVED;
    if (!mark)
        return;
    strbuf_add(&rest, keeper->lines.s, keeper->saved_at);
    strbuf_adds(&rest, mark + strlen(JOURNAL_SAVED "\n"));
    strbuf_clear(&keeper->lines);
    keeper->lines = rest;
}

void keeper_remember_show(struct keeper *keeper, struct keeper_letter *letter)
{
    strbuf_clear(&keeper->document);
    strbuf_clear(&keeper->lines);
    keeper->document = letter->document;
    keeper->lines = letter->lines;
    letter->document = letter->lines = (struct strbuf){0};
    keeper->dirty = letter->dirty;
    keeper->serial = letter->last;
    keeper->recalled = false;
    lift_mark(keeper);
}

/* Edits that are on their way to it, or were when it was read, are behind what it has. */
void keeper_remember_journal(struct keeper *keeper, struct keeper_letter *letter)
{
    struct strbuf old = keeper->lines;
    bool recalled = !keeper->known || keeper->recalled;
    uint32_t serial = keeper->serial > letter->last ? keeper->serial : letter->last;
    size_t from = old.len;
    for (uint32_t later = serial - letter->last; later && from; later--)
        do
            from--;
        while (from && old.s[from - 1] != '\n');
    keeper->lines = (struct strbuf){0};
    keeper_remember_show(keeper, letter);
    strbuf_add(&keeper->lines, old.s ? old.s + from : "", old.len - from);
    keeper->serial = serial;
    keeper->known = true;
    keeper->recalled = recalled;
    for (int i = 0; i < KEEPER_SAVES; i++) {
        size_t behind = old.len - keeper->save[i].at;
        keeper->save[i].at = keeper->save[i].serial && behind < keeper->lines.len ? keeper->lines.len - behind : 0;
    }
    strbuf_clear(&old);
}

