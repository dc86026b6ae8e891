/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every entry has a path, clean texts and an end behind its beginning; every error names the list in one line. */
#include "config.h"

#include "fuzz_playlist.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void broken(const char *law, const char *text)
{
    fprintf(stderr, "broken: %s: %s\n", law, text);
    abort();
}

static void check_text(const char *text)
{
    if (!text || !utf8_valid(text, strlen(text)) || text_has_control(text))
        broken("a text that is not clean", text ? text : "NULL");
}

static void check_entry(const struct playlist_entry *entry)
{
    check_text(entry->path);
    check_text(entry->title);
    check_text(entry->performer);
    check_text(entry->songwriter);
    check_text(entry->isrc);
    if (!*entry->path || strlen(entry->path) >= PLAYLIST_PATH_BYTES || entry->line < 1 || entry->in_75 < 0 ||
        (entry->out_75 != -1 && entry->out_75 <= entry->in_75))
        broken("an entry without a path or a length", entry->path);
}

int fuzz_playlist(int (*parse)(struct playlist *list, const char *name, const char *text, size_t bytes, struct err *err),
                  const char *name, const uint8_t *bytes, size_t count)
{
    struct playlist list = {0};
    struct err err = {0};
    if (parse(&list, name, (const char *)bytes, count, &err) < 0) {
        if (list.count || strncmp(err.text, name, strlen(name)) || strchr(err.text, '\n') || text_has_control(err.text))
            broken("an error that leaves something, or does not name the list", err.text);
    }
    for (size_t i = 0; i < list.count; i++)
        check_entry(&list.entry[i]);
    playlist_clear(&list);
    return 0;
}
