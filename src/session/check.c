/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong inside a document: see check.h. To add a check: a function here, a call where its object is walked. */
#include "config.h"

#include "base/err.h"
#include "base/xalloc.h"
#include "session/check.h"
#include "show/lists.h"
#include "show/property.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
    const struct show *show;
    session_check_report *report;
    void *context;
    enum session_check_level worst;
    const struct show_clip *clip;       /* being looked at, or NULL */
};

__attribute__((format(printf, 3, 4)))
static void find(struct check *check, enum session_check_level level, const char *format, ...)
{
    struct err line;                    /* makes one line of it */
    char text[sizeof line.text], address[16] = "";
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err_set(&line, ERR_NONE, "%s", text);
    check->report(check->context, level, check->clip ? show_address(check->clip, address) : "", line.text);
    if (level > check->worst)
        check->worst = level;
}

/* Settings that nobody knows are kept; most often they are typing mistakes. extra: lines `name = value;`. */
static void check_extra(struct check *check, const char *where, const char *extra)
{
    while (extra && *extra) {
        find(check, SESSION_CHECK_WARNING, "%sunknown setting %.*s is kept and does nothing", where,
             (int)strcspn(extra, " "), extra);
        extra += strcspn(extra, "\n");
        extra += *extra == '\n';
    }
}

/* --- the show --- */
static void check_head(struct check *check)
{
    const struct show_head *head = show_head(check->show);
    int tabs = show_tabs(check->show);
    if (head->dual && (head->left > tabs || head->right > tabs))
        find(check, SESSION_CHECK_ERROR, "dual page shows tabs %d and %d; there are %d", head->left, head->right, tabs);
    else if (head->dual && head->left == head->right)
        find(check, SESSION_CHECK_WARNING, "dual page shows tab %d twice", head->left);
    check_extra(check, "", head->extra);
    if (!show_clips(check->show))
        find(check, SESSION_CHECK_WARNING, "the show has no clips");
}

static void check_outputs(struct check *check)
{
    for (int bus = 0; bus <= SHOW_GROUPS; bus++) {
        const struct show_bus in_force = show_bus(check->show, bus);
        const int *channels = in_force.output;
        if (channels[0] != channels[1])
            continue;
        if (bus < SHOW_GROUPS)
            find(check, SESSION_CHECK_WARNING, "group %c: left and right both go to channel %d", 'A' + bus, channels[0]);
        else
            find(check, SESSION_CHECK_WARNING, "audition_output: left and right both go to channel %d", channels[0]);
    }
}

static int clips_of_group(const struct show *show, int group)
{
    int count = 0;
    for (int slot = 0; slot < show_slots(show); slot++)
        count += show_clip(show, slot) && show_clip(show, slot)->group == group;
    return count;
}

static void check_group(struct check *check, int index)
{
    const struct show_group *group = show_group(check->show, index);
    char where[] = "group A: ";
    where[6] = (char)('A' + index);
    check_extra(check, where, group->extra);
    int clips = clips_of_group(check->show, index);
    if (!clips)
        return;
    if (group->mute)
        find(check, SESSION_CHECK_WARNING, "%smuted; none of its %d clips is heard", where, clips);
    if (isinf(group->gain))
        find(check, SESSION_CHECK_WARNING, "%sgain is -inf; none of its %d clips is heard", where, clips);
    if (group->choke && group->voices == 1)
        find(check, SESSION_CHECK_WARNING,
             "%svoices is 1; a clip that starts cuts the one before in 5 ms, without its fade-out", where);
}

static void check_tab(struct check *check, int index)
{
    const struct show_tab *tab = show_tab(check->show, index);
    char where[] = "tab 1: ";
    where[4] = (char)('1' + index);
    check_extra(check, where, tab->extra);
    for (int row = 0; row < tab->rows; row++)
        for (int column = 0; column < tab->columns; column++)
            if (show_slot_at(check->show, index, row, column) >= 0)
                return;
    if (show_clips(check->show))
        find(check, SESSION_CHECK_WARNING, "%shas no clips", where);
}

/* --- clips --- */
static void check_follow(struct check *check)
{
    const struct show_clip *clip = check->clip;
    if (!clip->follow)
        return;
    if (strcmp(clip->follow, "next") && strcmp(clip->follow, "stop") && show_slot_by_id(check->show, clip->follow) < 0)
        find(check, SESSION_CHECK_ERROR, "follow: there is no clip %s", clip->follow);
    if (clip->mode == SHOW_MODE_LOOP && !clip->loops)
        find(check, SESSION_CHECK_WARNING, "follow %s is not reached unless the loop is released: it loops for ever",
             clip->follow);
}

static void check_links(struct check *check)
{
    struct show_link link[SHOW_LINKS];
    int links = links_read(check->clip->links, link);
    for (int i = 0; i < links; i++)
        if (!strchr(link[i].target, ':') && strcmp(link[i].target, "all") && show_slot_by_id(check->show, link[i].target) < 0)
            find(check, SESSION_CHECK_ERROR, "links: there is no clip %s", link[i].target);
}

static void check_sound(struct check *check)
{
    const struct show_clip *clip = check->clip;
    const struct show_group *group = show_group(check->show, clip->group);
    if (isinf(clip->gain))
        find(check, SESSION_CHECK_WARNING, "gain is -inf; it is not heard");
    if (group->choke && clip->press == SHOW_PRESS_LAYER)
        find(check, SESSION_CHECK_WARNING, "press is layer in choke group %c: a new layer fades out the one before",
             'A' + clip->group);
    if (clip->mode == SHOW_MODE_ONCE && clip->loops)
        find(check, SESSION_CHECK_WARNING, "loops is %lld and mode is once; it plays once", (long long)clip->loops);
}

static void check_sequence(struct check *check)
{
    if (order_most(check->clip->sequence) > check->clip->markers)
        find(check, SESSION_CHECK_WARNING, "sequence names marker %d and there are %d; what is not there is passed over",
             order_most(check->clip->sequence), check->clip->markers);
}

static void check_marker_extra(struct check *check)
{
    for (int i = 0; i < check->clip->markers; i++) {
        const char *extra = check->clip->marker[i].extra;
        if (extra)
            find(check, SESSION_CHECK_WARNING, "marker %d: unknown setting %.*s is kept and does nothing", i + 1,
                 (int)strcspn(extra, " "), extra);
    }
}

static void check_clip(struct check *check, int slot)
{
    check->clip = show_clip(check->show, slot);
    check_follow(check);
    check_links(check);
    check_sound(check);
    check_sequence(check);
    check_extra(check, "", check->clip->extra);
    check_marker_extra(check);
    check->clip = NULL;
}

static void check_clips(struct check *check)
{
    for (int tab = 0; tab < show_tabs(check->show); tab++) {
        for (int place = 0; place < SHOW_ROWS * SHOW_COLUMNS; place++) {
            int row = place / SHOW_COLUMNS, column = place % SHOW_COLUMNS;
            int slot = show_slot_at(check->show, tab, row, column);
            if (slot >= 0 && show_clip(check->show, slot)->row == row && show_clip(check->show, slot)->column == column)
                check_clip(check, slot);
        }
    }
}

/* --- hotkeys: each one of one clip --- */
static int compare_hotkeys(const void *a, const void *b)
{
    const struct show_clip *one = *(const struct show_clip *const *)a, *two = *(const struct show_clip *const *)b;
    int order = strcmp(one->hotkey, two->hotkey);
    if (!order)
        order = one->tab - two->tab;
    if (!order)
        order = one->row - two->row;
    return order ? order : one->column - two->column;
}

static void check_hotkeys(struct check *check)
{
    const struct show_clip **clips = xcalloc((size_t)show_clips(check->show) + 1, sizeof *clips);
    size_t count = 0;
    for (int slot = 0; slot < show_slots(check->show); slot++)
        if (show_clip(check->show, slot) && show_clip(check->show, slot)->hotkey)
            clips[count++] = show_clip(check->show, slot);
    qsort(clips, count, sizeof *clips, compare_hotkeys);
    for (size_t i = 1; i < count; i++) {
        char address[16];
        if (strcmp(clips[i - 1]->hotkey, clips[i]->hotkey))
            continue;
        check->clip = clips[i];
        find(check, SESSION_CHECK_ERROR, "hotkey %s is taken by the clip at %s", clips[i]->hotkey,
             show_address(clips[i - 1], address));
    }
    check->clip = NULL;
    free(clips);
}

enum session_check_level session_check_document(const struct show *show, session_check_report *report, void *context)
{
    struct check check = {.show = show, .report = report, .context = context};
    check_head(&check);
    check_outputs(&check);
    for (int group = 0; group < SHOW_GROUPS; group++)
        check_group(&check, group);
    for (int tab = 0; tab < show_tabs(show); tab++)
        check_tab(&check, tab);
    check_clips(&check);
    check_hotkeys(&check);
    return check.worst;
}
