/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One picture of the screen: take what is new, lay it out, draw it. */
#include "config.h"

#include "platform/clock.h"
#include "screen/inside.h"
#include "screen/runes.h"
#include "screen/term.h"

#include <stdio.h>

/* `tab N` and `detach` by ctl are for all screens that follow. */
static void follow(struct screen *screen)
{
    const struct state_desk *desk = &screen->snapshot.desk;
    if (desk->follow_serial != screen->follow_serial && snapshot_has_tab(&screen->snapshot, desk->follow_tab - 1))
        screen->grid.tab = desk->follow_tab - 1;
    if (desk->detach_serial != screen->detach_serial)
        screen->leaving = true;
    screen->follow_serial = desk->follow_serial;
    screen->detach_serial = desk->detach_serial;
}

void screen_look(struct screen *screen, uint64_t now_ns)
{
    if (screen->connected && snapshot_take(&screen->snapshot)) {
        screen->dirty = true;
        follow(screen);
        notices_update(&screen->notices, &screen->snapshot);
    }
    meters_update(&screen->meters, &screen->snapshot, now_ns);
    lines_update(&screen->lines, &screen->snapshot, now_ns, clock_wall_ns());
}

static void draw_too_small(const struct screen *screen)
{
    char text[80];
    snprintf(text, sizeof text, "clipgrid needs %dx%d", GEOMETRY_COLUMNS, GEOMETRY_ROWS);
    term_put(0, 0, screen->geometry.width, TERM_BOLD, text);
    snprintf(text, sizeof text, "this is %dx%d; keys work", screen->geometry.width, screen->geometry.height);
    term_put(1, 0, screen->geometry.width, TERM_DEFAULT, text);
}

static void draw_bottom(const struct screen *screen)
{
    const struct geometry *geometry = &screen->geometry;
    term_cursor(-1, 0);
    if (screen->question.text[0]) {
        int used = term_put(geometry->notice_y, 0, geometry->width, TERM_BOLD, screen->question.text);
        term_put(geometry->notice_y, used + 1, geometry->width, TERM_BOLD | TERM_BLINK, "y/n");
    } else if (screen->prompt.open) {
        int above = screen->panel.open ? geometry->notice_y - 1 : geometry->device_y;
        prompt_draw(&screen->prompt, geometry->notice_y, geometry->fits ? above : -1, geometry->width);
    } else if (!screen->connected) {
        term_put(geometry->notice_y, 0, geometry->width, TERM_RED | TERM_BOLD,
                 "! no connection to the show: trying again (^D leaves)");
    } else {
        notices_draw(&screen->notices, &screen->snapshot, screen->glyphs, geometry->notice_y, geometry->width);
    }
}

static void draw_lines(const struct screen *screen)
{
    static const char *const roles[] = {[COMMAND_ROLE_VIEW] = " VIEW ", [COMMAND_ROLE_CONTROL] = " CONTROL ",
                                        [COMMAND_ROLE_EDIT] = ""};
    const struct geometry *geometry = &screen->geometry;
    const struct snapshot *snapshot = &screen->snapshot;
    const struct glyphs *glyphs = screen->glyphs;
    lines_draw_tabs(&screen->lines, snapshot, &screen->grid, glyphs, roles[screen->options.role], geometry->tabs_y,
                    geometry->width);
    if (!screen->panel.open) {
        lines_draw_cursor(snapshot, &screen->grid, glyphs, geometry->cursor_y, geometry->width);
        lines_draw_device(&screen->lines, snapshot, glyphs, geometry->device_y, geometry->width);
    }
    draw_bottom(screen);
}

static void draw_parts(struct screen *screen, bool all, bool lines)
{
    const struct geometry *geometry = &screen->geometry;
    const struct snapshot *snapshot = &screen->snapshot;
    const struct glyphs *glyphs = screen->glyphs;
    grid_draw(&screen->grid, all, snapshot, geometry, glyphs);
    if (!screen->panel.open) {
        playing_draw(&screen->playing, all, snapshot, glyphs, geometry->list_y, geometry->list_height, geometry->width);
        meters_draw(&screen->meters, all, snapshot, glyphs, geometry->meters_y, geometry->width);
    } else if (all) {
        panel_draw(&screen->panel, geometry->panel_y, geometry->panel_height, geometry->width);
    }
    if (lines)
        draw_lines(screen);
}

/* An empty picture, and the places of things in it. */
static void start_anew(struct screen *screen)
{
    struct grid *grid = &screen->grid;
    if (!snapshot_has_tab(&screen->snapshot, grid->tab))
        grid->tab = 0;
    const struct state_tab *tab = &screen->snapshot.desk.tab[grid->tab];
    geometry_make(&screen->geometry, term_rows(), term_columns(), tab->rows, tab->columns, screen->panel.open);
    grid_settle(grid, &screen->snapshot, &screen->geometry);
    screen->fired = screen->snapshot.fired;
    screen->dirty = false;
    term_erase();
}

void screen_draw(struct screen *screen, uint64_t now_ns)
{
    bool all = screen->dirty || screen->fired != screen->snapshot.fired, lines = all || now_ns >= screen->lines_due_ns;
    if (all)
        start_anew(screen);
    if (lines)
        screen->lines_due_ns = now_ns + CLOCK_SECOND_NS / 10;
    if (screen->geometry.fits)
        draw_parts(screen, all, lines);
    else if (all) {
        draw_too_small(screen);
        draw_bottom(screen);
    }
    term_flush();
}
