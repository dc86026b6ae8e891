/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * save and open: the document goes to the store, the answer comes back later, the show plays on
 * meanwhile. A document saved into another folder has its media folder rewritten, in the file
 * and in the document, so that its files are still found. Thread: main.
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

struct moving {
    char from[1024], to[1024];      /* the folders of the old and the new file, absolute, with a slash at their ends */
};

static void folder_of(const char *file, char *folder, size_t size)
{
    text_copy(folder, size, file);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[1] = '\0';
    else if (getcwd(folder, size - 1))
        strcat(folder, "/");
}

/* Folds "x/.." and "." out of an absolute path, in place. */
static void fold_dots(char *path)
{
    char *out = path;
    for (const char *part = path; *part;) {
        size_t length = 1 + strcspn(part + 1, "/");
        if (length == 3 && part[1] == '.' && part[2] == '.')
            while (out > path && *--out != '/')
                ;
        else if (length > 1 && !(length == 2 && part[1] == '.')) {
            memmove(out, part, length);
            out += length;
        }
        part += length;
    }
    *out = '\0';
}

/* A media folder seen from the old file, as seen from the new one: "../sounds". */
static char *media_from(void *context, const char *media)
{
    const struct moving *moving = context;
    if (*media == '/')
        return xstrdup(media);
    char *target = xasprintf("%s%s", moving->from, media);
    fold_dots(target);
    size_t common = 0;
    for (size_t i = 0; moving->to[i] && moving->to[i] == target[i]; i++)
        if (target[i] == '/')
            common = i + 1;
    struct strbuf way = {0};
    for (const char *p = moving->to + common; *p; p++)
        if (*p == '/')
            strbuf_adds(&way, "../");
    strbuf_adds(&way, target + common);
    if (!way.len)
        strbuf_adds(&way, ".");
    free(target);
    return strbuf_take(&way);
}

/* Return: false if both files stand in one folder. */
static bool moves(const struct stage *stage, const char *path, struct moving *moving)
{
    folder_of(stage->session, moving->from, sizeof moving->from);
    folder_of(path, moving->to, sizeof moving->to);
    return strcmp(moving->from, moving->to) != 0;
}

/* The document's text for a file at path: the media folder seen from there. */
static void flat_for(struct stage *stage, const char *path, struct strbuf *text)
{
    struct moving moving;
    const char *media = show_head(stage->show)->media;
    flat_write(stage->show, text);
    if (!moves(stage, path, &moving))
        return;
    char *word = media_from(&moving, media && *media ? media : "media");
    strbuf_adds(text, "show media ");
    text_fmt_word(text, word);
    strbuf_addc(text, '\n');
    free(word);
}

/* The show's file is another one now, and its media are where they were. */
static void take_place(struct stage *stage, const char *path)
{
    struct moving moving;
    bool moved = moves(stage, path, &moving);
    text_copy(stage->session, sizeof stage->session, path);
    if (!moved)
        return;
    const char *media = show_head(stage->show)->media;
    char *old = xstrdup(media && *media ? media : "media");
    show_map_media(stage->show, media_from, &moving);
    mirror_media_moved(stage, old, show_head(stage->show)->media);
    free(old);
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
        take_place(stage, result->path);
        show_mark_saved(stage->show, saving->revision);
    }
    stage->desk_changed = true;
    stage_answer(stage, saving->ticket, result->ok ? ERR_NONE : (enum err_code)result->code, result->ok ? "" : result->text);
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
