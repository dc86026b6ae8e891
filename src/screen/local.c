/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Command lines as keys and the `:` line give them. A few words are the screen's own (one row
 * each below); everything else goes to the show as it stands. A word `@` becomes the address of
 * the cursor's cell. What cannot be taken back, clear and quit, asks first.
 */
#include "config.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/clock.h"
#include "screen/help.h"
#include "screen/inside.h"
#include "screen/term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct local {
    const char *name;
    /* Return: false if the line is the show's after all. */
    bool (*run)(struct screen *screen, const struct words *words, const char *line);
};

void screen_send(struct screen *screen, const char *line, bool typed)
{
    if (!screen->connected)
        notices_say(&screen->notices, true, "not done, there is no connection: %s", line);
    else if (!talk_send(&screen->talk, line, typed))
        notices_say(&screen->notices, true, "not done, the show does not answer: %s", line);
    else if (!talk_flush(&screen->talk))
        screen->connected = false;
    screen->awake_until_ns = clock_now_rt() + CLOCK_SECOND_NS;
}

void screen_ask(struct screen *screen, const char *line, const char *question)
{
    free(screen->question.line);
    screen->question.line = xstrdup(line);
    text_copy(screen->question.text, sizeof screen->question.text, question);
}

static bool word_is(const struct words *words, int i, const char *text)
{
    return i < words->count && strcmp(words->word[i], text) == 0;
}

static bool word_number(const struct words *words, int i, int least, int most, int *number)
{
    int64_t value;
    if (i >= words->count || !text_parse_i64(words->word[i], &value) || value < least || value > most)
        return false;
    *number = (int)value;
    return true;
}

static bool wrong(struct screen *screen, const char *line, const char *allowed)
{
    notices_say(&screen->notices, true, "%s: it is %s", line, allowed);
    return true;
}

static void fire(struct screen *screen, const struct words *words, const char *line, const char *verb)
{
    int row, column;
    if (!word_number(words, 1, 1, KEYS_PLAY_ROWS, &row) || !word_number(words, 2, 1, KEYS_PLAY_COLUMNS, &column)) {
        wrong(screen, line, "ROW COLUMN of the key window, 1-4 and 1-10");
        return;
    }
    const struct state_cell *cell = grid_window_cell(pages_focused(&screen->pages), &screen->snapshot, row - 1, column - 1);
    if (!cell) {
        notices_say(&screen->notices, false, "no clip on key %c", keys_play(row - 1, column - 1));
        return;
    }
    char press[64];
    snprintf(press, sizeof press, "%s %d/%d/%d", verb, cell->tab + 1, cell->row + 1, cell->column + 1);
    screen_send(screen, press, false);
}

static bool local_fire(struct screen *screen, const struct words *words, const char *line)
{
    fire(screen, words, line, "press");
    return true;
}

static bool local_preview(struct screen *screen, const struct words *words, const char *line)
{
    fire(screen, words, line, "audition");
    return true;
}

static bool local_cursor(struct screen *screen, const struct words *words, const char *line)
{
    int rows = word_is(words, 1, "down") - word_is(words, 1, "up");
    int columns = word_is(words, 1, "right") - word_is(words, 1, "left");
    if (!rows && !columns)
        return wrong(screen, line, "cursor up, down, left or right");
    grid_move_cursor(pages_focused(&screen->pages), &screen->snapshot, rows, columns);
    return true;
}

static bool local_window(struct screen *screen, const struct words *words, const char *line)
{
    int rows, columns;
    if (!word_number(words, 1, -STATE_ROWS, STATE_ROWS, &rows) || !word_number(words, 2, -STATE_COLUMNS, STATE_COLUMNS, &columns))
        return wrong(screen, line, "window ROWS COLUMNS, steps down and right");
    grid_move_window(pages_focused(&screen->pages), &screen->snapshot, rows, columns);
    return true;
}

static void step_tab(struct screen *screen, int step)
{
    struct grid *grid = pages_focused(&screen->pages);
    for (int i = 1; i <= STATE_TABS; i++) {
        int tab = (grid->tab + STATE_TABS + i * step) % STATE_TABS;
        if (tab >= 0 && snapshot_has_tab(&screen->snapshot, tab)) {
            grid->tab = tab;
            return;
        }
    }
}

/* The show keeps the pair, if this screen may edit it. */
static void keep_pages(struct screen *screen)
{
    char line[PAGES_COMMAND];
    pages_fmt_command(&screen->pages, line);
    if (screen->options.role == COMMAND_ROLE_EDIT && screen->connected && !screen->snapshot.desk.locked)
        screen_send(screen, line, false);
}

static bool local_tab(struct screen *screen, const struct words *words, const char *line)
{
    int tab, was = pages_focused(&screen->pages)->tab;
    if (word_is(words, 1, "next"))
        step_tab(screen, 1);
    else if (word_is(words, 1, "previous"))
        step_tab(screen, -1 + STATE_TABS);
    else if (!word_number(words, 1, 1, STATE_TABS, &tab) || words->count != 2)
        return wrong(screen, line, "tab N (1 to 8), tab next or tab previous");
    else if (!snapshot_has_tab(&screen->snapshot, tab - 1))
        notices_say(&screen->notices, true, "there is no tab %d", tab);
    else
        pages_focused(&screen->pages)->tab = tab - 1;
    if (screen->pages.dual && pages_focused(&screen->pages)->tab != was)
        keep_pages(screen);
    return true;
}

static bool local_page(struct screen *screen, const struct words *words, const char *line)
{
    struct pages *pages = &screen->pages;
    int left = 0, right = 0;
    bool tabs = words->count == 4 && word_number(words, 2, 1, STATE_TABS, &left) && word_number(words, 3, 1, STATE_TABS, &right);
    if (tabs && !(snapshot_has_tab(&screen->snapshot, left - 1) && snapshot_has_tab(&screen->snapshot, right - 1)))
        return wrong(screen, line, "two tabs that the show has");
    if (words->count == 2 && word_is(words, 1, "other")) {
        pages->focused = 1 - pages->focused;
        return true;
    }
    if (words->count == 2 && word_is(words, 1, "swap"))
        pages_swap(pages);
    else if (words->count == 2 && word_is(words, 1, "toggle"))
        pages_set(pages, !pages->dual, 0, 0);
    else if ((words->count == 2 || tabs) && (word_is(words, 1, "dual") || word_is(words, 1, "single")))
        pages_set(pages, word_is(words, 1, "dual"), left, right);
    else
        return wrong(screen, line, "page single, dual, toggle, swap or other; single and dual with LEFT RIGHT, two tabs");
    keep_pages(screen);
    return true;
}

static bool local_prompt(struct screen *screen, const struct words *words, const char *line)
{
    (void)words;
    prompt_start(&screen->prompt, strncmp(line, "prompt ", 7) == 0 ? line + 7 : "");
    return true;
}

static bool local_help(struct screen *screen, const struct words *words, const char *line)
{
    (void)line;
    struct strbuf text = {0};
    if (words->count > 1) {
        if (help_command(&text, words->word[1]))
            notices_say(&screen->notices, false, "%s", text.s);
        else
            notices_say(&screen->notices, true, "there is no command %s", words->word[1]);
    } else if (screen->panel.open) {
        panel_close(&screen->panel);
    } else {
        help_text(&text, &screen->keys);
        panel_show(&screen->panel, "Help", text.s);
    }
    strbuf_clear(&text);
    return true;
}

static bool local_read(struct screen *screen, const struct words *words, const char *line)
{
    (void)words;
    (void)line;
    notices_read(&screen->notices, &screen->snapshot);
    return true;
}

static bool local_repaint(struct screen *screen, const struct words *words, const char *line)
{
    (void)words;
    (void)line;
    (void)screen;
    term_resize();
    term_repaint();
    return true;
}

static bool local_detach(struct screen *screen, const struct words *words, const char *line)
{
    (void)words;
    (void)line;
    screen->leaving = true;
    return true;
}

static bool local_leave(struct screen *screen, const struct words *words, const char *line)
{
    (void)words;
    (void)line;
    notices_say(&screen->notices, false, "^D leaves this screen and the show goes on; ^Q ends the show; F12 or ^X is panic");
    return true;
}

static bool local_dismiss(struct screen *screen, const struct words *words, const char *line)
{
    (void)words;
    (void)line;
    if (screen->panel.open)
        panel_close(&screen->panel);
    else
        screen->notices.own[0] = '\0';
    return true;
}

static bool local_lock(struct screen *screen, const struct words *words, const char *line)
{
    (void)line;
    if (!word_is(words, 1, "toggle"))
        return false;
    screen_send(screen, screen->snapshot.desk.locked ? "lock off" : "lock on", true);
    return true;
}

/* Return: the clip that an id or T/R/C names, or NULL. */
static const struct state_cell *find_cell(const struct snapshot *snapshot, const char *name)
{
    int tab, row, column, end = 0;
    if (sscanf(name, "%4d/%4d/%4d%n", &tab, &row, &column, &end) == 3 && !name[end])
        return snapshot_cell_at(snapshot, tab - 1, row - 1, column - 1);
    for (int slot = 0; slot < STATE_CLIPS; slot++)
        if (snapshot->cell[slot].used && strcmp(snapshot->cell[slot].id, name) == 0)
            return &snapshot->cell[slot];
    return NULL;
}

static bool local_clear(struct screen *screen, const struct words *words, const char *line)
{
    const struct state_cell *cell = words->count == 2 ? find_cell(&screen->snapshot, words->word[1]) : NULL;
    if (!cell || screen->snapshot.desk.locked)
        return false;                   /* the show says what is wrong */
    char question[200];
    snprintf(question, sizeof question, "clear %d/%d/%d %s (%s)?", cell->tab + 1, cell->row + 1, cell->column + 1,
             cell->name, cell->id);
    screen_ask(screen, line, question);
    return true;
}

/* These would change what the stream of commands and replies means. */
static bool local_not_here(struct screen *screen, const struct words *words, const char *line)
{
    (void)line;
    notices_say(&screen->notices, true, "%s is for programs on the socket, not for a screen", words->word[0]);
    return true;
}

static bool local_quit(struct screen *screen, const struct words *words, const char *line)
{
    if (words->count > 1)
        return false;
    screen_ask(screen, line, screen->snapshot.voices ? "quit: this stops what sounds and ends the show. End it?"
                                                     : "quit: this ends the show, for all screens. End it?");
    return true;
}

static const struct local locals[] = {
    {"attach", local_not_here}, {"clear", local_clear}, {"cursor", local_cursor}, {"detach", local_detach},
        {"dismiss", local_dismiss},
    {"fire", local_fire}, {"help", local_help}, {"idle", local_not_here}, {"leave", local_leave}, {"lock", local_lock},
    {"page", local_page}, {"preview", local_preview}, {"prompt", local_prompt}, {"quit", local_quit}, {"read", local_read},
    {"repaint", local_repaint}, {"tab", local_tab}, {"window", local_window},
};

void screen_add_verbs(struct strbuf *out)
{
    for (size_t i = 0; i < sizeof locals / sizeof *locals; i++)
        if (!command_find(locals[i].name) && locals[i].run != local_not_here)
            strbuf_addf(out, "%s\n", locals[i].name);
}

/* Adds the line with `@` standing alone replaced. */
static void put_cursor_in(struct strbuf *out, const struct screen *screen, const char *line)
{
    const struct grid *grid = &screen->pages.page[screen->pages.focused];
    const struct grid_place *cursor = &grid->cursor[grid->tab];
    bool quoted = false;
    for (const char *p = line; *p; p++) {
        bool alone = *p == '@' && (p == line || p[-1] == ' ') && (p[1] == ' ' || !p[1]);
        quoted ^= *p == '"' && (p == line || p[-1] != '\\');
        if (alone && !quoted)
            strbuf_addf(out, "%d/%d/%d", grid->tab + 1, cursor->row + 1, cursor->column + 1);
        else
            strbuf_addc(out, *p);
    }
}

static bool do_locally(struct screen *screen, const char *line)
{
    struct words words;
    bool done = false;
    if (words_split(&words, line, NULL) == 0 && words.count > 0)
        for (size_t i = 0; i < sizeof locals / sizeof *locals && !done; i++)
            if (strcmp(words.word[0], locals[i].name) == 0)
                done = locals[i].run(screen, &words, line);
    words_clear(&words);
    return done;
}

void screen_do(struct screen *screen, const char *line, bool typed)
{
    struct strbuf whole = {0};
    while (*line == ' ')
        line++;
    if (!*line)
        return;
    screen->notices.own[0] = '\0';
    put_cursor_in(&whole, screen, line);
    if (!do_locally(screen, whole.s))
        screen_send(screen, whole.s, typed);
    strbuf_clear(&whole);
}
