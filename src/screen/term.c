/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal through curses: see term.h. Two pictures are kept, the one being drawn and the
 * one curses has; only their difference is handed on. Keys are read as raw bytes (screen/input.h
 * decodes them), so curses never waits for an escape sequence.
 */
#include "config.h"

#include "screen/term.h"
#include "base/xalloc.h"
#include "screen/runes.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct pixel {                          /* one column of the picture */
    wchar_t text[RUNES_A_CELL];         /* text[0] == 0: right half of the wide character before it */
    uint32_t style;
};

static SCREEN *terminal;
static struct pixel *drawn, *sent;      /* rows x columns each */
static int rows, columns;
static int cursor_y = -1, cursor_x, sent_cursor_y = -1, sent_cursor_x;
static bool ascii_only, with_colors, repaint;

/* Bracketed paste: pasted text arrives marked, and so can never fire a clip. */
static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

static const struct { const char *name; short basic, rich; } hues[TERM_HUES] = {
    [TERM_DEFAULT] = {"", -1, -1}, [TERM_RED] = {"red", COLOR_RED, 203}, [TERM_GREEN] = {"green", COLOR_GREEN, 114},
    [TERM_YELLOW] = {"yellow", COLOR_YELLOW, 221}, [TERM_BLUE] = {"blue", COLOR_BLUE, 75},
    [TERM_MAGENTA] = {"magenta", COLOR_MAGENTA, 176}, [TERM_CYAN] = {"cyan", COLOR_CYAN, 80},
    [TERM_WHITE] = {"white", COLOR_WHITE, 231}, [TERM_ORANGE] = {"orange", COLOR_YELLOW, 215},
    [TERM_PINK] = {"pink", COLOR_MAGENTA, 218}, [TERM_PURPLE] = {"purple", COLOR_MAGENTA, 141},
    [TERM_GREY] = {"grey", COLOR_WHITE, 246},
};

static void say(const char *bytes)
{
    ssize_t ignored = write(STDOUT_FILENO, bytes, strlen(bytes));
    (void)ignored;                      /* a terminal that is gone shows itself on the next read */
}

static void start_colors(bool wanted)
{
    const char *no_color = getenv("NO_COLOR");
    with_colors = wanted && !(no_color && *no_color) && has_colors();
    if (!with_colors)
        return;
    start_color();
    short background = use_default_colors() == OK ? -1 : COLOR_BLACK;
    for (short hue = 1; hue < TERM_HUES; hue++)
        init_pair(hue, COLORS >= 256 ? hues[hue].rich : hues[hue].basic, background);
}

static void blank(struct pixel *picture)
{
    for (int i = 0; i < rows * columns; i++)
        picture[i] = (struct pixel){.text = {' '}};
}

static void make_pictures(int new_rows, int new_columns)
{
    rows = new_rows;
    columns = new_columns;
    free(drawn);
    free(sent);
    drawn = xcalloc((size_t)rows * (size_t)columns, sizeof *drawn);
    sent = xcalloc((size_t)rows * (size_t)columns, sizeof *sent);
    blank(drawn);
    repaint = true;
}

int term_open(bool ascii, bool colors, struct err *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return err_set(err, ERR_IO, "the screen needs a terminal on standard input and output");
    setlocale(LC_CTYPE, "");
    ascii_only = ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    runes_init(ascii_only);
    terminal = newterm(NULL, stdout, stdin);
    if (!terminal) {
        const char *type = getenv("TERM");
        return err_set(err, ERR_IO, "this terminal (TERM=%s) is not one that can show a screen", type ? type : "");
    }
    const char *place = tigetstr("cup");
    if (!place || place == (const char *)-1) {
        endwin();
        delscreen(terminal);
        terminal = NULL;
        return err_set(err, ERR_IO, "this terminal (TERM=%s) cannot place its cursor", getenv("TERM"));
    }
    raw();
    noecho();
    nonl();
    typeahead(-1);
    scrollok(stdscr, FALSE);
    leaveok(stdscr, TRUE);
    curs_set(0);
    start_colors(colors);
    make_pictures(LINES, COLS);
    term_resize();
    say(paste_on);
    return 0;
}

void term_close(void)
{
    if (!terminal)
        return;
    say(paste_off);
    leaveok(stdscr, FALSE);
    curs_set(1);
    endwin();
    delscreen(terminal);
    terminal = NULL;
    free(drawn);
    free(sent);
    drawn = sent = NULL;
}

bool term_is_ascii(void)
{
    return ascii_only;
}

enum term_hue term_hue_named(const char *name, enum term_hue otherwise)
{
    for (int hue = 1; hue < TERM_HUES; hue++)
        if (strcmp(name, hues[hue].name) == 0)
            return (enum term_hue)hue;
    return strcmp(name, "gray") == 0 ? TERM_GREY : otherwise;
}

int term_rows(void)
{
    return rows;
}

int term_columns(void)
{
    return columns;
}

bool term_resize(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
        return false;
    if (size.ws_row == rows && size.ws_col == columns)
        return false;
    resizeterm(size.ws_row, size.ws_col);
    make_pictures(size.ws_row, size.ws_col);
    return true;
}

void term_repaint(void)
{
    repaint = true;
}

void term_erase(void)
{
    blank(drawn);
}

/* A wide character of which half is overwritten leaves a blank for the other half. */
static void set_pixel(struct pixel *line, int x, const struct rune_cell *cell, unsigned style)
{
    int end = x + cell->width;
    if (line[x].text[0] == 0 && x > 0)
        line[x - 1] = (struct pixel){.text = {' '}, .style = line[x - 1].style};
    if (end < columns && line[end].text[0] == 0)
        line[end] = (struct pixel){.text = {' '}, .style = line[end].style};
    memcpy(line[x].text, cell->text, sizeof line[x].text);
    line[x].style = style;
    if (cell->width == 2)
        line[x + 1] = (struct pixel){.style = style};
}

int term_put(int y, int x, int width, unsigned style, const char *text)
{
    if (y < 0 || y >= rows || x < 0)
        return 0;
    if (width > columns - x)
        width = columns - x;
    struct rune_cell cell;
    int used = 0;
    while (used < width && runes_next(&text, &cell) && used + cell.width <= width) {
        set_pixel(drawn + (size_t)y * (size_t)columns, x + used, &cell, style);
        used += cell.width;
    }
    return used;
}

void term_put_line(int y, int x, int width, unsigned style, const char *text)
{
    static const struct rune_cell space = {{' '}, 1};
    if (y < 0 || y >= rows || x < 0)
        return;
    if (width > columns - x)
        width = columns - x;
    for (int used = term_put(y, x, width, style, text); used < width; used++)
        set_pixel(drawn + (size_t)y * (size_t)columns, x + used, &space, style);
}

void term_cursor(int y, int x)
{
    cursor_y = y;
    cursor_x = x;
}

static attr_t looks_of(unsigned style)
{
    attr_t looks = A_NORMAL;
    if (style & TERM_BOLD)
        looks |= A_BOLD;
    if (style & TERM_DIM)
        looks |= A_DIM;
    if (style & TERM_REVERSE)
        looks |= A_REVERSE;
    if (style & TERM_UNDERLINE)
        looks |= A_UNDERLINE;
    if (style & TERM_BLINK)
        looks |= A_BLINK;
    return looks;
}

static void hand_on(int y, int x, const struct pixel *pixel)
{
    cchar_t cell;
    short pair = with_colors ? (short)(pixel->style & TERM_HUE) : 0;
    if (pixel->text[0] && setcchar(&cell, pixel->text, looks_of(pixel->style), pair, NULL) == OK)
        mvadd_wch(y, x, &cell);
}

static bool hand_on_changes(void)
{
    bool any = false;
    for (int y = 0; y < rows; y++) {
        const struct pixel *now = drawn + (size_t)y * (size_t)columns;
        struct pixel *before = sent + (size_t)y * (size_t)columns;
        if (memcmp(now, before, (size_t)columns * sizeof *now) == 0)
            continue;
        any = true;
        for (int x = 0; x < columns; x++)
            if (memcmp(&now[x], &before[x], sizeof *now) != 0)
                hand_on(y, x, &now[x]);
        memcpy(before, now, (size_t)columns * sizeof *now);
    }
    return any;
}

static bool place_cursor(void)
{
    if (cursor_y == sent_cursor_y && cursor_x == sent_cursor_x)
        return false;
    if ((cursor_y < 0) != (sent_cursor_y < 0)) {
        curs_set(cursor_y >= 0);
        leaveok(stdscr, cursor_y < 0);
    }
    sent_cursor_y = cursor_y;
    sent_cursor_x = cursor_x;
    return true;
}

void term_flush(void)
{
    if (repaint) {
        memset(sent, 0, (size_t)rows * (size_t)columns * sizeof *sent);
        clearok(stdscr, TRUE);
        erase();
    }
    bool changed = hand_on_changes();
    bool moved = place_cursor();
    if (!changed && !moved && !repaint)
        return;
    repaint = false;
    if (cursor_y >= 0)
        move(cursor_y, cursor_x);
    refresh();
}

bool term_writable(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) != 0;
}

int term_fd(void)
{
    return STDIN_FILENO;
}

long term_read(char *bytes, size_t size)
{
    ssize_t count = read(STDIN_FILENO, bytes, size);
    if (count > 0)
        return count;
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : -1;
}
