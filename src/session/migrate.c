/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formats of sessions: see migrate.h. */
#include "config.h"

#include "session/migrate.h"

#include <stdio.h>
#include <string.h>

enum { FORMAT_CHARS = 8 };              /* "ORP", a year, a letter: later ones compare greater */

/* Every step since the first release, in any order. */
static const struct migrate_step released[] = {
    {NULL, NULL, NULL},                 /* ORP2026A is the first */
};

static const struct migrate_step *known = released;

void migrate_use(const struct migrate_step *steps)
{
    known = steps ? steps : released;
}

static bool is_format(const char *text)
{
    if (strlen(text) != FORMAT_CHARS || strncmp(text, "ORP", 3) || text[7] < 'A' || text[7] > 'Z')
        return false;
    return strspn(text + 3, "0123456789") == 4;
}

/* Return: the header's node, NULL with err. */
static struct tree *find_header(const struct tree_doc *doc, const char *file, struct err *err)
{
    struct tree *header = tree_find(doc->root, "format");
    if (!header)
        tree_fail(err, file, 1, "not a clipgrid session: format = \"" SESSION_FORMAT "\" is missing");
    else if (header->kind == TREE_TEXT && is_format(header->text))
        return header;
    else
        tree_fail(err, file, header->line, "not a clipgrid session: format = \"" SESSION_FORMAT "\" is wanted");
    return NULL;
}

static const struct migrate_step *find_step(const char *from)
{
    for (const struct migrate_step *step = known; step->from; step++)
        if (!strcmp(step->from, from))
            return step;
    return NULL;
}

/* Each step leads to a later format, so that no chain goes round. */
static int take_steps(struct tree_doc *doc, struct tree *header, const char *file, struct err *err)
{
    char first[FORMAT_CHARS + 1];
    snprintf(first, sizeof first, "%s", header->text);
    while (strcmp(header->text, SESSION_FORMAT)) {
        struct err why;
        const struct migrate_step *step = find_step(header->text);
        if (!step || strcmp(step->to, step->from) <= 0)
            return tree_fail(err, file, header->line, "format %s: no such format was ever written; the first is %s", header->text,
                             known->from ? known->from : SESSION_FORMAT);
        if (step->change(doc, file, &why) < 0)
            return err_set(err, ERR_REFUSED, "%s; so this show of format %s cannot be brought to %s, and its file stays as it is",
                           why.text, first, SESSION_FORMAT);
        header->text = step->to;
    }
    return 0;
}

int migrate_doc(struct tree_doc *doc, const char *file, struct session_info *info, struct err *err)
{
    struct tree *header = find_header(doc, file, err);
    if (!header)
        return -1;
    int order = strcmp(header->text, SESSION_FORMAT);
    sscanf(header->text, "ORP%4d%c", &info->version_year, &info->version_letter);
    info->age = order < 0 ? SESSION_OLDER : order > 0 ? SESSION_NEWER : SESSION_OF_NOW;
    if (order > 0)
        return tree_fail(err, file, header->line, "written by a newer clipgrid (%s); this one reads up to " SESSION_FORMAT,
                         header->text);
    return take_steps(doc, header, file, err);
}
