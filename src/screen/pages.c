/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two tabs side by side: see pages.h. */
#include "config.h"

#include "screen/pages.h"

#include <stdio.h>
#include <string.h>

void pages_init(struct pages *pages)
{
    memset(pages, 0, sizeof *pages);
    for (int i = 0; i < PAGES; i++) {
        grid_init(&pages->page[i]);
        pages->page[i].tab = i;
    }
}

struct grid *pages_focused(struct pages *pages)
{
    return &pages->page[pages->focused];
}

void pages_set(struct pages *pages, bool dual, int left, int right)
{
    pages->dual = dual;
    pages->told = false;
    if (left)
        pages->page[0].tab = left - 1;
    if (right)
        pages->page[1].tab = right - 1;
}

void pages_swap(struct pages *pages)
{
    struct grid left = pages->page[0];
    pages->page[0] = pages->page[1];
    pages->page[1] = left;
    pages->focused = 1 - pages->focused;
}

int pages_shown(const struct pages *pages, int width)
{
    return pages->dual && width >= PAGES_COLUMNS ? PAGES : 1;
}

int pages_at(const struct pages *pages, int shown, int place)
{
    return shown == PAGES ? place : pages->focused;
}

void pages_fmt_command(const struct pages *pages, char line[PAGES_COMMAND])
{
    snprintf(line, PAGES_COMMAND, "page %s %d %d", pages->dual ? "dual" : "single", pages->page[0].tab + 1,
             pages->page[1].tab + 1);
}
