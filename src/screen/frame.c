/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One picture of the screen: take what is new, lay it out, draw it. */
#include "config.h"

#include "platform/clock.h"
#include "screen/inside.h"
#include "screen/runes.h"
#include "screen/term.h"

#include <stdio.h>

/* `tab N`, `page` and `detach` by ctl are for all screens that follow. */
static void follow(struct screen *screen)
{
    const struct state_desk *desk = &screen->snapshot.desk;
    if (desk->follow_serial != screen->follow_serial && snapshot_has_tab(&screen->snapshot, desk->follow_tab - 1))
        pages_focused(&screen->pages)->tab = desk->follow_tab - 1;
    if (desk->page_serial != screen->page_serial)
        pages_set(&screen->pages, desk->page_dual, desk->page_left, desk->page_right);
    if (desk->detach_serial != screen->detach_serial)
        screen->leaving = true;
    screen->follow_serial = desk->follow_serial;
    screen->detach_serial = desk->detach_serial;
    screen->page_serial = desk->page_serial;
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
    lines_draw_tabs(&screen->lines, snapshot, &screen->pages, glyphs, roles[screen->options.role], geometry->tabs_y,
                    geometry->width);
    if (!screen->panel.open) {
        lines_draw_cursor(snapshot, &screen->pages.page[screen->pages.focused], glyphs, geometry->cursor_y, geometry->width);
        lines_draw_device(&screen->lines, snapshot, glyphs, geometry->device_y, geometry->width);
    }
    draw_bottom(screen);
}

/* Between two pages. */
static void draw_middle(const struct screen *screen)
{
    const struct geometry_page *right = &screen->geometry.page[1];
    int rows = screen->geometry.page[0].rows > right->rows ? screen->geometry.page[0].rows : right->rows;
    for (int y = 0; y < rows * right->cell_height; y++)
        term_put(right->y + y, right->x - 1, 1, TERM_DIM, screen->glyphs->between);
}

static void draw_parts(struct screen *screen, bool all, bool lines)
{
    const struct geometry *geometry = &screen->geometry;
    const struct snapshot *snapshot = &screen->snapshot;
    const struct glyphs *glyphs = screen->glyphs;
    for (int i = 0; i < geometry->pages; i++)
        grid_draw(&screen->pages.page[pages_at(&screen->pages, geometry->pages, i)], all, snapshot, &geometry->page[i], glyphs);
    if (all && geometry->pages > 1)
        draw_middle(screen);
    if (!screen->panel.open) {
        int below = screen->alarm ? ALARM_LINES : 0;
        playing_draw(&screen->playing, all, snapshot, glyphs, geometry->list_y + below, geometry->list_height - below,
                     geometry->width);
        meters_draw(&screen->meters, all, snapshot, glyphs, geometry->meters_y, geometry->width);
    } else if (all) {
        panel_draw(&screen->panel, geometry->panel_y, geometry->panel_height, geometry->width);
    }
    if (all && screen->alarm)
        alarm_draw(glyphs, screen->panel.open ? geometry->panel_y : geometry->list_y, geometry->width);
    if (lines)
        draw_lines(screen);
}

/* Two pages are wanted where one has room: said once. */
static void tell_room(struct screen *screen)
{
    struct pages *pages = &screen->pages;
    bool room = !pages->dual || screen->geometry.width >= PAGES_COLUMNS;
    if (!room && !pages->told)
        notices_say(&screen->notices, false,
                    "two pages want %d columns and this screen has %d: one is shown, ^W goes to the other", PAGES_COLUMNS,
                    screen->geometry.width);
    else if (room && pages->told)
        screen->notices.own[0] = '\0';
    pages->told = !room;
}

/* An empty picture, and the places of things in it. */
static void start_anew(struct screen *screen)
{
    struct pages *pages = &screen->pages;
    struct geometry *geometry = &screen->geometry;
    struct geometry_tab size[PAGES];
    int shown = pages_shown(pages, term_columns());
    for (int i = 0; i < shown; i++) {
        struct grid *grid = &pages->page[pages_at(pages, shown, i)];
        if (!snapshot_has_tab(&screen->snapshot, grid->tab))
            grid->tab = 0;
        size[i] = (struct geometry_tab){screen->snapshot.desk.tab[grid->tab].rows, screen->snapshot.desk.tab[grid->tab].columns};
        grid->focused = grid == pages_focused(pages);
    }
    geometry_make(geometry, term_rows(), term_columns(), size, shown, screen->panel.open);
    for (int i = 0; i < shown; i++)
        grid_settle(&pages->page[pages_at(pages, shown, i)], &screen->snapshot, geometry->fits ? &geometry->page[i] : NULL);
    tell_room(screen);
    screen->fired = screen->snapshot.fired;
    screen->alarm = alarm_is_up(&screen->snapshot);
    screen->dirty = false;
    term_erase();
}

void screen_draw(struct screen *screen, uint64_t now_ns)
{
    bool all = screen->dirty || screen->fired != screen->snapshot.fired || screen->alarm != alarm_is_up(&screen->snapshot);
    bool lines = all || now_ns >= screen->lines_due_ns;
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
