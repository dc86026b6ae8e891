/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ids of clips (CONTRACT 3): their form, the words that cannot be ids, the index from id to slot
 * (hashed, chained through id_next), and the automatic ids c1, c2, ... of which the lowest free
 * one is always next. What is given depends on the document alone, never on its history, so that
 * replaying edits over a saved document gives the ids again that were there.
 */
#include "config.h"

#include "show/objects.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Every command, every keyword of an argument, every word a target or a follow may be. Sorted. */
const char *const show_reserved_words[] = {
    "all", "arm", "at", "attach", "audition", "bus", "check", "clear", "consolidate", "copy", "default", "detach", "device", "down",
    "dual",
    "emergency", "fade", "gain", "get", "group", "help", "idle", "import", "job", "load", "lock", "marker", "move", "mute",
    "neighbours", "next",
    "none", "off", "on", "open", "pack", "page", "pan", "panic", "pause", "peaks", "play", "press", "quit", "record", "redo",
    "release", "relink",
    "restore", "resume", "save", "seek", "set", "show", "single", "snap-to", "solo", "status", "stop", "swap", "tab", "undo", "unpack", "up",
    "with", NULL,
};

static bool is_reserved(const char *word)
{
    for (int i = 0; show_reserved_words[i]; i++)
        if (!strcmp(show_reserved_words[i], word))
            return true;
    return false;
}

bool show_id_valid(const char *id)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t length = strlen(id);
    if (!length || length > 63 || !strchr(letters, id[0]))
        return false;
    for (const char *p = id; *p; p++)
        if (!strchr(letters, *p) && !strchr("0123456789_.-", *p))
            return false;
    return !is_reserved(id);
}

/* FNV-1a. */
static unsigned bucket_of(const char *id)
{
    uint32_t hash = 2166136261u;
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * 16777619u;
    return (hash ^ hash >> 16) % DOCUMENT_BUCKETS;
}

/* The n of an id cN that show_new_id might give, or 0. */
static int automatic_number(const char *id)
{
    int64_t number;
    if (id[0] != 'c' || !isdigit((unsigned char)id[1]) || id[1] == '0' || !text_parse_i64(id + 1, &number))
        return 0;
    return number <= SHOW_CLIPS ? (int)number : 0;
}

void ids_init(struct show *show)
{
    memset(show->id_first, -1, sizeof show->id_first);
    show->id_automatic[0] = 1;          /* there is no c0 */
}

void ids_insert(struct show *show, int slot)
{
    const char *id = show->clip[slot]->id;
    int16_t *first = &show->id_first[bucket_of(id)];
    show->id_next[slot] = *first;
    *first = (int16_t)slot;
    int number = automatic_number(id);
    if (number)
        show->id_automatic[number] = 1;
}

void ids_remove(struct show *show, int slot)
{
    const char *id = show->clip[slot]->id;
    int16_t *link = &show->id_first[bucket_of(id)];
    while (*link != slot)
        link = &show->id_next[*link];
    *link = show->id_next[slot];
    int number = automatic_number(id);
    if (number)
        show->id_automatic[number] = 0;
}

int show_slot_by_id(const struct show *show, const char *id)
{
    int slot = show->id_first[bucket_of(id)];
    while (slot >= 0 && strcmp(show->clip[slot]->id, id))
        slot = show->id_next[slot];
    return slot;
}

void show_new_id(const struct show *show, char id[64])
{
    const unsigned char *free_one = memchr(show->id_automatic, 0, sizeof show->id_automatic);
    snprintf(id, 64, "c%d", (int)(free_one - show->id_automatic));
}
