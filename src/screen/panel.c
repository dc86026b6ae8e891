/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The docked panel: see panel.h. */
#include "config.h"

#include "screen/panel.h"
#include "base/text.h"
#include "screen/term.h"

#include <stdio.h>
#include <string.h>

void panel_init(struct panel *panel)
{
    memset(panel, 0, sizeof *panel);
}

void panel_clear(struct panel *panel)
{
    strbuf_clear(&panel->text);
    panel_init(panel);
}

void panel_show(struct panel *panel, const char *title, const char *text)
{
    text_copy(panel->title, sizeof panel->title, title);
    strbuf_reset(&panel->text);
    strbuf_adds(&panel->text, text);
    panel->lines = 0;
    for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n')
        panel->lines++;
    panel->top = 0;
    panel->open = true;
}

void panel_close(struct panel *panel)
{
    panel->open = false;
}

static void scroll(struct panel *panel, int by)
{
    int most = panel->lines - panel->height;
    panel->top += by;
    if (panel->top > most)
        panel->top = most;
    if (panel->top < 0)
        panel->top = 0;
}

bool panel_key(struct panel *panel, struct key key)
{
    if (key.mods)
        return false;
    int page = panel->height > 1 ? panel->height - 1 : 1;
    switch (key.code) {
    case KEY_CODE_UP: scroll(panel, -1); return true;
    case KEY_CODE_DOWN: scroll(panel, 1); return true;
    case KEY_CODE_PGUP: scroll(panel, -page); return true;
    case KEY_CODE_PGDN: scroll(panel, page); return true;
    case KEY_CODE_HOME: scroll(panel, -panel->lines); return true;
    case KEY_CODE_END: scroll(panel, panel->lines); return true;
    case KEY_CODE_ESC: panel_close(panel); return true;
    default: return false;
    }
}

void panel_draw(struct panel *panel, int y, int height, int width)
{
    char title[200];
    panel->height = height - 1;
    scroll(panel, 0);
    int last = panel->top + panel->height < panel->lines ? panel->top + panel->height : panel->lines;
    snprintf(title, sizeof title, " %s   %d-%d of %d   arrows, PgUp, PgDn scroll   Esc closes", panel->title,
             panel->lines ? panel->top + 1 : 0, last, panel->lines);
    term_put_line(y, 0, width, TERM_REVERSE, title);
    const char *p = panel->text.s;
    for (int line = 0; line < last; line++) {
        size_t length = strcspn(p, "\n");
        if (line >= panel->top) {
            char text[1024];
            text_copy(text, length + 1 < sizeof text ? length + 1 : sizeof text, p);
            term_put(y + 1 + line - panel->top, 0, width, *text == ' ' || !*text ? TERM_DEFAULT : TERM_BOLD, text);
        }
        p += length + (p[length] == '\n');
    }
}
