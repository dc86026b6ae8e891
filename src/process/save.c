/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * save and open: the document goes to the store, the answer comes back later, the show plays on
 * meanwhile. A document saved into another folder has its media folder rewritten, so that its
 * files are still found. Thread: main.
 */
#include "config.h"

#include "process/document.h"
#include "process/stage.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/paths.h"
#include "show/flat.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct stage_saving {
    struct stage_saving *next;
    uint32_t serial;
    struct ticket ticket;
    uint64_t revision;              /* of the document that was handed over */
    bool open;
};

/* The way from the folder of file `from` to `to` (both absolute): "../sounds". */
static void relative_path(const char *from, const char *to, struct strbuf *out)
{
    size_t common = 0;
    for (size_t i = 0; from[i] && from[i] == to[i]; i++)
        if (from[i] == '/')
            common = i + 1;
    for (const char *p = from + common; *p; p++)
        if (*p == '/')
            strbuf_adds(out, "../");
    strbuf_adds(out, to + common);
}

/* The document's text for a file at path: the media folder seen from there. */
static void flat_for(struct stage *stage, const char *path, struct strbuf *text)
{
    const struct show_head *head = show_head(stage->show);
    const char *media = head->media && *head->media ? head->media : "media";
    char base[1024] = "", *slash;
    text_copy(base, sizeof base, stage->session);
    if ((slash = strrchr(base, '/')))
        slash[1] = '\0';
    else if (getcwd(base, sizeof base - 1))
        strcat(base, "/");
    const char *end = strrchr(path, '/');
    size_t folder = end ? (size_t)(end - path) + 1 : 0;
    bool same = strlen(base) == folder && !strncmp(base, path, folder);
    flat_write(stage->show, text);
    if (same || *media == '/' || !*base)
        return;
    struct strbuf old = {0}, word = {0};
    strbuf_addf(&old, "%s%s", base, media);
    strbuf_adds(text, "show media ");
    relative_path(path, old.s, &word);
    text_fmt_word(text, word.s);
    strbuf_addc(text, '\n');
    strbuf_clear(&old);
    strbuf_clear(&word);
}

static struct stage_saving *remember(struct stage *stage, struct ticket ticket, bool open)
{
    struct stage_saving *saving = xcalloc(1, sizeof *saving);
    *saving = (struct stage_saving){.next = stage->saving, .serial = ++stage->save_serial, .ticket = ticket,
        .revision = show_revision(stage->show), .open = open};
    stage->saving = saving;
    return saving;
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
    struct msg_path about = {.force = force};
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
    stage->journal_undos = stage->journal_redos = 0;       /* the journal is empty after it */
    outbox_send(&stage->store, MSG_SAVE, remember(stage, ticket, false)->serial, &about, sizeof about, fd);
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
    outbox_send(&stage->store, MSG_OPEN, remember(stage, ticket, true)->serial, &about, sizeof about, -1);
}

void save_result(struct stage *stage, uint32_t serial, const struct msg_result *result)
{
    struct stage_saving **link = &stage->saving;
    while (*link && (*link)->serial != serial)
        link = &(*link)->next;
    struct stage_saving *saving = *link;
    if (!saving)
        return;
    *link = saving->next;
    if (result->ok && !saving->open) {
        bool moved = strcmp(stage->session, result->path) != 0;
        text_copy(stage->session, sizeof stage->session, result->path);
        show_mark_saved(stage->show, saving->revision);
        if (moved)
            mirror_want_again(stage);
    }
    stage->desk_changed = true;
    stage_answer(stage, saving->ticket, result->ok ? ERR_NONE : (enum err_code)result->code, result->ok ? "" : result->text);
    free(saving);
}
