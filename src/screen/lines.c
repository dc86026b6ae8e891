/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tab line, the cursor's line and the device's line: see lines.h. */
#include "config.h"

#include "screen/lines.h"
#include "base/strbuf.h"
#include "screen/cell.h"
#include "screen/runes.h"
#include "screen/term.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const uint64_t second_ns = 1000000000;

void lines_init(struct lines *lines)
{
    memset(lines, 0, sizeof *lines);
    lines->answering = true;
}

static void update_clock(struct lines *lines, bool quiet, int64_t wall_ns)
{
    if (quiet && lines->quiet)
        return;
    time_t seconds = (time_t)(wall_ns / (int64_t)second_ns);
    struct tm local;
    localtime_r(&seconds, &local);
    strftime(lines->clock, sizeof lines->clock, quiet ? "quiet since %H:%M:%S" : "%H:%M:%S", &local);
    lines->quiet = quiet;
}

/* In silence the load trembles about nothing; only what is worth a look is shown then. */
static void update_load(struct lines *lines, const struct snapshot *snapshot, uint64_t now_ns)
{
    if (now_ns < lines->next_ns)
        return;
    lines->next_ns = now_ns + second_ns;
    int percent = (int)((snapshot->live.load_ppm + 5000) / 10000);
    int step = snapshot->moving ? 1 : 25;
    if (percent >= lines->load_percent + step || percent <= lines->load_percent - step)
        lines->load_percent = percent;
    if (snapshot->moving)
        lines->late = snapshot->live.late;
}

void lines_update(struct lines *lines, const struct snapshot *snapshot, uint64_t now_ns, int64_t wall_ns)
{
    update_clock(lines, !snapshot->moving, wall_ns);
    update_load(lines, snapshot, now_ns);
    uint64_t made = snapshot->live.time_ns;
    lines->answering = made == 0 || now_ns < made + 2 * second_ns;
}

/* Before a tab's name: which of two pages has it. */
static const char *side_of(const struct pages *pages, int shown, int tab)
{
    bool left = shown == PAGES && pages->page[0].tab == tab, right = shown == PAGES && pages->page[1].tab == tab;
    return left && right ? "LR" : left ? "L" : right ? "R" : "";
}

/* Names of tabs share what is left, evenly; the one with the focus is reversed, one that sounds is marked. */
static void draw_names(const struct snapshot *snapshot, const struct pages *pages, int shown, const struct glyphs *glyphs, int y,
                       int width)
{
    int tabs = 0, x = 0;
    for (int tab = 0; tab < STATE_TABS; tab++)
        tabs += snapshot_has_tab(snapshot, tab);
    for (int tab = 0; tab < STATE_TABS && x < width; tab++) {
        if (!snapshot_has_tab(snapshot, tab))
            continue;
        char name[300], label[320];
        const char *side = side_of(pages, shown, tab);
        int room = (width - x) / tabs-- - 5 - (int)strlen(side);
        runes_copy(name, sizeof name, snapshot->desk.tab[tab].name, room > 3 ? room : 3, glyphs->cut);
        const char *mark = snapshot->tab_sounds[tab] ? glyphs->state[CELL_PLAYING] : " ";
        bool focused = tab == pages->page[pages->focused].tab, open = focused || *side;
        snprintf(label, sizeof label, "%s%s%d%s%s%s", side, open ? "[" : " ", tab + 1, mark, name, open ? "]" : " ");
        unsigned style = focused ? TERM_BOLD | TERM_REVERSE : snapshot->tab_sounds[tab] ? TERM_BOLD : TERM_DEFAULT;
        x += term_put(y, x, width - x, style, label);
    }
}

static int draw_right(int y, int right, unsigned style, const char *text)
{
    int width = runes_width(text);
    if (!width)
        return right;
    term_put(y, right - width, width, style, text);
    return right - width - 2;
}

void lines_draw_tabs(const struct lines *lines, const struct snapshot *snapshot, const struct pages *pages,
                     const struct glyphs *glyphs, const char *role, int y, int width)
{
    const struct state_desk *desk = &snapshot->desk;
    char name[128], title[160];
    term_put_line(y, 0, width, TERM_DEFAULT, "");
    const char *slash = strrchr(desk->session, '/');
    const char *file = desk->name[0] ? desk->name : slash ? slash + 1 : desk->session;
    runes_copy(name, sizeof name, file, width / 6, glyphs->cut);
    snprintf(title, sizeof title, "%s%s", name[0] ? name : "unnamed", desk->dirty ? "*" : "");
    int right = draw_right(y, width, lines->quiet ? TERM_DIM : TERM_BOLD, lines->clock);
    right = draw_right(y, right, TERM_BOLD | TERM_REVERSE, desk->locked ? " LOCKED " : "");
    right = draw_right(y, right, TERM_REVERSE, role);
    right = draw_right(y, right, TERM_DEFAULT, title);
    draw_names(snapshot, pages, pages_shown(pages, width), glyphs, y, right > 0 ? right : 0);
}

static void add_fact(struct strbuf *line, const struct glyphs *glyphs, const char *fact)
{
    if (!*fact)
        return;
    if (line->len)
        strbuf_adds(line, glyphs->dot);
    strbuf_adds(line, fact);
}

/* What a voice takes; of its load one digit that counts, so that it does not tremble. */
static void add_cost(struct strbuf *line, const struct state_voice *voice, const struct glyphs *glyphs)
{
    char fact[80];
    snprintf(fact, sizeof fact, "%.1g%%%s%.1f MB", voice->load_ppm / 1e4, glyphs->dot, voice->memory_kb / 1024.0);
    add_fact(line, glyphs, fact);
}

static void add_state(struct strbuf *line, const struct snapshot *snapshot, const struct state_cell *cell,
                      const struct glyphs *glyphs)
{
    const struct state_voice *voice = snapshot_voice_of(snapshot, (int)(cell - snapshot->cell));
    enum cell_state state = cell_state_of(cell, voice);
    char fact[80], remaining[16] = "";
    if (!voice || state == CELL_QUEUED) {
        add_fact(line, glyphs, glyphs_state_word(state));
        return;
    }
    if (voice->remaining_ns < 0 && state != CELL_RECORDING)
        snprintf(remaining, sizeof remaining, "%s", glyphs->forever);
    else if (voice->remaining_ns >= 0)
        glyphs_fmt_remaining(remaining, sizeof remaining, voice->remaining_ns, 9);
    char elapsed[16];
    glyphs_fmt_time(elapsed, sizeof elapsed, voice->elapsed_ns / (int64_t)second_ns, 8);
    snprintf(fact, sizeof fact, "%s %s %s", glyphs_state_word(state), elapsed, remaining);
    add_fact(line, glyphs, fact);
    if (voice->pass > 1) {
        snprintf(fact, sizeof fact, "pass %u", (unsigned)voice->pass);
        add_fact(line, glyphs, fact);
    }
    add_cost(line, voice, glyphs);
}

static void add_length(struct strbuf *line, const struct state_cell *cell, const struct glyphs *glyphs)
{
    char fact[80];
    if (!cell->file_rate)
        return;
    int64_t ms = cell->length_frames * 1000 / cell->file_rate;
    snprintf(fact, sizeof fact, "%d:%02d.%03d", (int)(ms / 60000), (int)(ms / 1000 % 60), (int)(ms % 1000));
    add_fact(line, glyphs, fact);
}

static void add_sound(struct strbuf *line, const struct state_cell *cell, const struct glyphs *glyphs)
{
    char fact[80], db[16];
    snprintf(fact, sizeof fact, "in %.1f out %.1f", (double)cell->fade_in_s, (double)cell->fade_out_s);
    add_fact(line, glyphs, fact);
    glyphs_fmt_db(db, sizeof db, glyphs, (double)cell->gain_db);
    snprintf(fact, sizeof fact, "%s dB", db);
    add_fact(line, glyphs, fact);
    int pan = (int)lround((double)cell->pan * 100);
    if (pan)
        snprintf(fact, sizeof fact, "%s%d", pan < 0 ? "L" : "R", pan < 0 ? -pan : pan);
    add_fact(line, glyphs, pan ? fact : "C");
    add_fact(line, glyphs, cell->flags & STATE_CELL_STEREO ? "stereo" : "mono");
    if (cell->file_rate) {
        snprintf(fact, sizeof fact, "%u Hz", (unsigned)cell->file_rate);
        add_fact(line, glyphs, fact);
    }
}

static void describe_cell(struct strbuf *line, const struct snapshot *snapshot, const struct state_cell *cell,
                          const struct glyphs *glyphs)
{
    char fact[256];
    snprintf(fact, sizeof fact, "%d/%d/%d %s %s", cell->tab + 1, cell->row + 1, cell->column + 1, cell->id, cell->name);
    add_fact(line, glyphs, fact);
    const struct state_group *group = &snapshot->desk.group[cell->group % STATE_GROUPS];
    const char letter[2] = {(char)('A' + cell->group % STATE_GROUPS), '\0'};
    snprintf(fact, sizeof fact, "%s%s%s%s", letter, group->name[0] && strcmp(group->name, letter) != 0 ? " " : "",
             strcmp(group->name, letter) != 0 ? group->name : "", group->choke ? " choke" : "");
    add_fact(line, glyphs, fact);
    add_state(line, snapshot, cell, glyphs);
    add_fact(line, glyphs, cell->media_note);
    add_length(line, cell, glyphs);
    add_fact(line, glyphs, cell->mode);
    add_fact(line, glyphs, cell->press);
    if (cell->notes[0]) {
        snprintf(fact, sizeof fact, "\"%s\"", cell->notes);
        add_fact(line, glyphs, fact);
    }
    add_sound(line, cell, glyphs);
    snprintf(fact, sizeof fact, "hotkey %s", cell->hotkey);
    add_fact(line, glyphs, cell->hotkey[0] ? fact : "");
}

void lines_draw_cursor(const struct snapshot *snapshot, const struct grid *grid, const struct glyphs *glyphs, int y, int width)
{
    const struct state_cell *cell = grid_cursor_cell(grid, snapshot);
    const struct grid_place *cursor = &grid->cursor[grid->tab];
    struct strbuf line = {0};
    char fitted[2048];
    if (cell)
        describe_cell(&line, snapshot, cell, glyphs);
    else
        strbuf_addf(&line, "%d/%d/%d empty%s:load FILE @", grid->tab + 1, cursor->row + 1, cursor->column + 1, glyphs->dot);
    runes_copy(fitted, sizeof fitted, line.s, width, glyphs->cut);
    term_put_line(y, 0, width, TERM_DEFAULT, fitted);
    strbuf_clear(&line);
}

/* "load 3%", or while it is too great "load 84% critical, system 97%: no new clip starts". */
static void fmt_load(char *fact, size_t size, const struct lines *lines, const struct state_desk *desk)
{
    if (desk->load == STATE_LOAD_NORMAL && !desk->yields)
        snprintf(fact, size, "load %d%%", lines->load_percent);
    else
        snprintf(fact, size, "load %u%% %s, system %u%%%s%s", desk->sound_percent,
                 state_load_word((enum state_load)(desk->load % (STATE_LOAD_CRITICAL + 1))), desk->system_percent,
                 desk->yields ? ": " : "",
                 desk->yields ? state_yield_words((enum state_yield)((desk->yields - 1) % STATE_YIELDS)) : "");
}

/* "● A 0:12 -14": an input that is armed (its level alone) or recorded. */
static void add_inputs(struct strbuf *line, const struct snapshot *snapshot, const struct glyphs *glyphs)
{
    for (int input = 0; input < STATE_INPUTS; input++) {
        const struct state_record *record = &snapshot->desk.record[input];
        float peak = snapshot->inputs.input[input].peak_lin;
        char fact[80], level[24], time[24] = "armed";
        if (record->take == STATE_TAKE_NONE)
            continue;
        if (record->take == STATE_TAKE_RUNNING)
            glyphs_fmt_time(time, sizeof time, snapshot->recording[input].elapsed_ns / (int64_t)second_ns, 8);
        if (peak > 0.001f)
            snprintf(level, sizeof level, "%.0f", floor(20 * log10((double)peak) + 0.5) + 0.0);
        else
            snprintf(level, sizeof level, "%s", glyphs->minus_inf);
        snprintf(fact, sizeof fact, "%s %c %s %s dB", glyphs->state[CELL_RECORDING], 'A' + input, time, level);
        add_fact(line, glyphs, fact);
    }
}

/* Behind the load: "battery 43%", "throttled", while they are so. */
static void add_power(struct strbuf *line, const struct state_desk *desk, const struct glyphs *glyphs)
{
    char fact[24] = "battery";
    if (desk->battery_percent <= 100)
        snprintf(fact, sizeof fact, "battery %u%%", desk->battery_percent);
    add_fact(line, glyphs, desk->power & STATE_POWER_BATTERY ? fact : "");
    add_fact(line, glyphs, desk->power & STATE_POWER_THROTTLED ? "throttled" : "");
}

static void describe_device(struct strbuf *line, const struct lines *lines, const struct snapshot *snapshot,
                            const struct glyphs *glyphs)
{
    const struct state_desk *desk = &snapshot->desk;
    char fact[256] = "";
    add_inputs(line, snapshot, glyphs);
    if (desk->rate)
        snprintf(fact, sizeof fact, "%s %u %ux%u %.1f ms", desk->device, desk->rate, desk->period, desk->periods,
                 1000.0 * desk->period * desk->periods / desk->rate);
    add_fact(line, glyphs, desk->rate ? fact : desk->device[0] ? desk->device : "no device");
    fmt_load(fact, sizeof fact, lines, desk);
    add_fact(line, glyphs, fact);
    add_power(line, desk, glyphs);
    snprintf(fact, sizeof fact, "xruns %u", snapshot->live.xruns);
    add_fact(line, glyphs, fact);
    snprintf(fact, sizeof fact, "late %u", lines->late);
    add_fact(line, glyphs, fact);
    snprintf(fact, sizeof fact, "over %u", snapshot->live.over);
    add_fact(line, glyphs, snapshot->live.over ? fact : "");
    snprintf(fact, sizeof fact, "loading %u", desk->loading);
    add_fact(line, glyphs, desk->loading ? fact : "");
    add_fact(line, glyphs, desk->realtime_note[0] ? "no realtime" : "");
}

void lines_draw_device(const struct lines *lines, const struct snapshot *snapshot, const struct glyphs *glyphs, int y, int width)
{
    static const char help[] = "? help";
    const struct state_desk *desk = &snapshot->desk;
    struct strbuf line = {0};
    char fitted[2048];
    unsigned style = TERM_DEFAULT;
    if (!lines->answering) {
        strbuf_adds(&line, "! the engine makes no sound now");
        style = TERM_RED | TERM_BOLD;
    } else if (desk->device_state == STATE_DEVICE_SILENT) {
        strbuf_addf(&line, "~ silent: %s", desk->device_note[0] ? desk->device_note : desk->device);
        style = TERM_YELLOW | TERM_BOLD;
    } else if (desk->load != STATE_LOAD_NORMAL) {
        style = desk->load == STATE_LOAD_CRITICAL ? TERM_RED | TERM_BOLD : TERM_YELLOW | TERM_BOLD;
    }
    describe_device(&line, lines, snapshot, glyphs);
    int room = width - (int)sizeof help;
    runes_copy(fitted, sizeof fitted, line.s, room, glyphs->cut);
    term_put_line(y, 0, width, style, fitted);
    term_put(y, width - (int)sizeof help + 1, width, TERM_DIM, help);
    strbuf_clear(&line);
}
