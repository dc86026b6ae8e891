/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The notice line: see notices.h. */
#include "config.h"

#include "screen/notices.h"
#include "platform/clock.h"
#include "screen/runes.h"
#include "screen/term.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void notices_init(struct notices *notices)
{
    memset(notices, 0, sizeof *notices);
}

static const struct state_notice *notice_numbered(const struct snapshot *snapshot, uint64_t number)
{
    const struct state_notice *notice = &snapshot->desk.notice[(number - 1) % STATE_NOTICES];
    return number && notice->number == number ? notice : NULL;
}

static bool is_read(const struct notices *notices, uint64_t number)
{
    return number <= notices->read || notices->chosen_read[number % STATE_NOTICES] == number;
}

/* Notices count from 1 again when an engine starts anew. */
void notices_update(struct notices *notices, const struct snapshot *snapshot)
{
    uint64_t newest = snapshot->desk.notices;
    if (!notices->started || newest < notices->read)
        notices->read = notices->started ? 0 : newest;
    notices->started = true;
    const struct state_notice *notice = notice_numbered(snapshot, newest);
    /* What was answered to this screen comes again as a notice: once is enough. */
    if (notice && notices->own_is_error && notices->own[0] && !is_read(notices, newest) && strstr(notice->text, notices->own))
        notices->own[0] = '\0';
}

void notices_say(struct notices *notices, bool error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(notices->own, sizeof notices->own, format, args);
    va_end(args);
    notices->own_is_error = error;
    notices->own_wall_ns = clock_wall_ns();
}

int notices_unread(const struct notices *notices, const struct snapshot *snapshot, const struct state_notice **newest)
{
    int unread = 0;
    *newest = NULL;
    for (uint64_t back = 0; back < STATE_NOTICES && back < snapshot->desk.notices; back++) {
        uint64_t number = snapshot->desk.notices - back;
        const struct state_notice *notice = notice_numbered(snapshot, number);
        if (!notice || (!notice->refusal && !notice->error) || is_read(notices, number))
            continue;
        unread++;
        if (!*newest)
            *newest = notice;
    }
    return unread;
}

bool notices_read(struct notices *notices, const struct snapshot *snapshot)
{
    const struct state_notice *newest;
    if (notices->own[0]) {
        notices->own[0] = '\0';
        return true;
    }
    if (!notices_unread(notices, snapshot, &newest))
        return false;
    notices->chosen_read[newest->number % STATE_NOTICES] = newest->number;
    return true;
}

static void fmt_wall(char out[16], int64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / 1000000000);
    struct tm local;
    localtime_r(&seconds, &local);
    strftime(out, 16, "%H:%M:%S", &local);
}

static void draw(int y, int width, const char *mark, unsigned style, int64_t wall_ns, const char *text, const char *right,
                 const char *cut)
{
    char wall[16], line[NOTICES_TEXT + 64], fitted[4 * (NOTICES_TEXT + 64)];
    fmt_wall(wall, wall_ns);
    snprintf(line, sizeof line, "%s %s %s", mark, wall, text);
    int room = width - runes_width(right) - (*right ? 1 : 0);
    runes_copy(fitted, sizeof fitted, line, room, cut);
    term_put(y, 0, room, style, fitted);
    term_put(y, width - runes_width(right), width, TERM_DEFAULT, right);
}

/* Nothing new: what lasts and should be mended, else the newest notice of all. */
static void draw_calm(const struct snapshot *snapshot, const struct glyphs *glyphs, int y, int width)
{
    const struct state_desk *desk = &snapshot->desk;
    const struct state_notice *notice = notice_numbered(snapshot, desk->notices);
    const char *lasting = desk->device_note[0] ? desk->device_note : desk->realtime_note;
    char fitted[1024];
    if (lasting[0]) {
        runes_copy(fitted, sizeof fitted, lasting, width, glyphs->cut);
        term_put(y, 0, width, TERM_DIM, fitted);
    } else if (notice) {
        draw(y, width, " ", TERM_DIM, notice->wall_ns, notice->text, "", glyphs->cut);
    }
}

void notices_draw(const struct notices *notices, const struct snapshot *snapshot, const struct glyphs *glyphs, int y, int width)
{
    const struct state_notice *newest;
    char right[40] = "";
    term_put_line(y, 0, width, TERM_DEFAULT, "");
    int unread = notices_unread(notices, snapshot, &newest);
    if (unread > (notices->own[0] ? 0 : 1))
        snprintf(right, sizeof right, "(%d unread, ^N)", unread);
    else if (unread)
        snprintf(right, sizeof right, "(^N: read)");
    if (notices->own[0])
        draw(y, width, notices->own_is_error ? "!" : " ", notices->own_is_error ? TERM_RED | TERM_BOLD : TERM_DEFAULT,
             notices->own_wall_ns, notices->own, right, glyphs->cut);
    else if (unread)
        draw(y, width, "!", (newest->error ? TERM_RED : TERM_YELLOW) | TERM_BOLD, newest->wall_ns, newest->text, right,
             glyphs->cut);
    else
        draw_calm(snapshot, glyphs, y, width);
}
