/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The docked panel: see panel.h. */
#include "config.h"

#include "screen/panel.h"
#include "base/text.h"
#include "screen/runes.h"
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
    panel->lines = panel->top = 0;
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

/* Takes the next line as it fits the width. Return: false at the end. */
static bool next_line(const char **text, int width, char *line, size_t size)
{
    if (!**text)
        return false;
    size_t length = strcspn(*text, "\n");
    text_copy(line, length + 1 < size ? length + 1 : size, *text);
    line[runes_fit(line, width)] = '\0';
    length = *line ? strlen(line) : length;
    *text += length;
    *text += **text == '\n';
    return true;
}

static int count_lines(const char *text, int width)
{
    char line[1024];
    int lines = 0;
    while (next_line(&text, width, line, sizeof line))
        lines++;
    return lines;
}

void panel_draw(struct panel *panel, int y, int height, int width)
{
    char title[200], text[1024];
    panel->height = height - 1;
    panel->lines = count_lines(panel->text.s, width);
    scroll(panel, 0);
    int last = panel->top + panel->height < panel->lines ? panel->top + panel->height : panel->lines;
    snprintf(title, sizeof title, " %s   %d-%d of %d   arrows, PgUp, PgDn scroll   Esc closes", panel->title,
             panel->lines ? panel->top + 1 : 0, last, panel->lines);
    term_put_line(y, 0, width, TERM_REVERSE, title);
    const char *p = panel->text.s;
    for (int line = 0; line < last && next_line(&p, width, text, sizeof text); line++)
        if (line >= panel->top)
            term_put(y + 1 + line - panel->top, 0, width, *text == ' ' ? TERM_DEFAULT : TERM_BOLD, text);
}
