/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The `:` line: see prompt.h. */
#include "config.h"

#include "screen/prompt.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "screen/runes.h"
#include "screen/term.h"

#include <stdlib.h>
#include <string.h>

void prompt_init(struct prompt *prompt)
{
    memset(prompt, 0, sizeof *prompt);
}

void prompt_clear(struct prompt *prompt)
{
    for (int i = 0; i < prompt->histories; i++)
        free(prompt->history[i]);
    free(prompt->typed);
    strbuf_clear(&prompt->candidates);
    prompt_init(prompt);
}

static void set_text(struct prompt *prompt, const char *text)
{
    text_copy(prompt->text, sizeof prompt->text, text);
    prompt->length = prompt->at = strlen(prompt->text);
}

void prompt_start(struct prompt *prompt, const char *text)
{
    prompt->open = true;
    prompt->recalled = prompt->histories;
    strbuf_reset(&prompt->candidates);
    set_text(prompt, text);
}

static void remove_bytes(struct prompt *prompt, size_t from, size_t to)
{
    memmove(prompt->text + from, prompt->text + to, prompt->length - to + 1);
    prompt->length -= to - from;
    prompt->at = from;
}

static void insert_bytes(struct prompt *prompt, const char *bytes, size_t count)
{
    if (prompt->length + count >= sizeof prompt->text)
        return;
    memmove(prompt->text + prompt->at + count, prompt->text + prompt->at, prompt->length - prompt->at + 1);
    memcpy(prompt->text + prompt->at, bytes, count);
    prompt->at += count;
    prompt->length += count;
}

void prompt_insert(struct prompt *prompt, const char *text)
{
    size_t left = strlen(text);
    while (left) {
        uint32_t rune;
        size_t used = (size_t)utf8_next(text, left, &rune);
        if (rune < 0x20 || (rune >= 0x7f && rune < 0xa0))
            insert_bytes(prompt, " ", 1);
        else if (rune != 0xfffd)
            insert_bytes(prompt, text, used);
        text += used;
        left -= used;
    }
}

static void insert_rune(struct prompt *prompt, uint32_t rune)
{
    char bytes[5] = {0};
    if (rune < 0x80) {
        bytes[0] = (char)rune;
    } else if (rune < 0x800) {
        bytes[0] = (char)(0xc0 | rune >> 6);
        bytes[1] = (char)(0x80 | (rune & 0x3f));
    } else if (rune < 0x10000) {
        bytes[0] = (char)(0xe0 | rune >> 12);
        bytes[1] = (char)(0x80 | (rune >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (rune & 0x3f));
    } else {
        bytes[0] = (char)(0xf0 | rune >> 18);
        bytes[1] = (char)(0x80 | (rune >> 12 & 0x3f));
        bytes[2] = (char)(0x80 | (rune >> 6 & 0x3f));
        bytes[3] = (char)(0x80 | (rune & 0x3f));
    }
    prompt_insert(prompt, bytes);
}

static size_t next_character(const struct prompt *prompt)
{
    struct rune_cell cell;
    const char *p = prompt->text + prompt->at;
    return runes_next(&p, &cell) ? (size_t)(p - prompt->text) : prompt->length;
}

size_t prompt_word_start(const struct prompt *prompt)
{
    size_t start = prompt->at;
    while (start > 0 && prompt->text[start - 1] != ' ')
        start--;
    return start;
}

static void remove_word(struct prompt *prompt)
{
    size_t at = prompt->at, end = prompt->at;
    while (at > 0 && prompt->text[at - 1] == ' ')
        at--;
    prompt->at = at;
    remove_bytes(prompt, prompt_word_start(prompt), end);
}

static void remember(struct prompt *prompt)
{
    int last = prompt->histories - 1;
    if (prompt->length == 0 || (last >= 0 && strcmp(prompt->history[last], prompt->text) == 0))
        return;
    if (prompt->histories == PROMPT_HISTORY) {
        free(prompt->history[0]);
        memmove(prompt->history, prompt->history + 1, sizeof prompt->history - sizeof prompt->history[0]);
        prompt->histories--;
    }
    prompt->history[prompt->histories++] = xstrdup(prompt->text);
}

/* Up and down through the lines that begin with what was typed. */
static void recall(struct prompt *prompt, int step)
{
    if (prompt->recalled == prompt->histories) {
        free(prompt->typed);
        prompt->typed = xstrdup(prompt->text);
    }
    for (int i = prompt->recalled + step; i >= 0 && i <= prompt->histories; i += step) {
        const char *line = i == prompt->histories ? prompt->typed : prompt->history[i];
        if (strncmp(line, prompt->typed, strlen(prompt->typed)) != 0)
            continue;
        prompt->recalled = i;
        set_text(prompt, line);
        return;
    }
}

static enum prompt_end finish(struct prompt *prompt, enum prompt_end end)
{
    if (end == PROMPT_DONE)
        remember(prompt);
    prompt->open = false;
    strbuf_reset(&prompt->candidates);
    return end;
}

static enum prompt_end control_key(struct prompt *prompt, uint32_t letter)
{
    switch (letter) {
    case 'A': prompt->at = 0; break;
    case 'E': prompt->at = prompt->length; break;
    case 'U': remove_bytes(prompt, 0, prompt->at); break;
    case 'K': prompt->text[prompt->length = prompt->at] = '\0'; break;
    case 'W': remove_word(prompt); break;
    case 'C': case 'G': return finish(prompt, PROMPT_LEFT);
    default: break;
    }
    return PROMPT_OPEN;
}

static enum prompt_end edit_key(struct prompt *prompt, uint32_t code)
{
    switch (code) {
    case KEY_CODE_ENTER: return finish(prompt, PROMPT_DONE);
    case KEY_CODE_ESC: return finish(prompt, PROMPT_LEFT);
    case KEY_CODE_BACKSPACE:
        if (prompt->length == 0)
            return finish(prompt, PROMPT_LEFT);
        remove_bytes(prompt, prompt->at - runes_last(prompt->text, prompt->at), prompt->at);
        break;
    case KEY_CODE_DELETE: remove_bytes(prompt, prompt->at, next_character(prompt)); break;
    case KEY_CODE_LEFT: prompt->at -= runes_last(prompt->text, prompt->at); break;
    case KEY_CODE_RIGHT: prompt->at = next_character(prompt); break;
    case KEY_CODE_HOME: prompt->at = 0; break;
    case KEY_CODE_END: prompt->at = prompt->length; break;
    case KEY_CODE_UP: recall(prompt, -1); break;
    case KEY_CODE_DOWN: recall(prompt, 1); break;
    default:
        if (code < KEY_CODE_FIRST)
            insert_rune(prompt, code);
        break;
    }
    return PROMPT_OPEN;
}

enum prompt_end prompt_key(struct prompt *prompt, struct key key)
{
    strbuf_reset(&prompt->candidates);
    if (key.mods & KEY_CTRL)
        return key.code < KEY_CODE_FIRST ? control_key(prompt, key.code) : PROMPT_OPEN;
    return key.mods & KEY_ALT ? PROMPT_OPEN : edit_key(prompt, key.code);
}

/* Of the candidates that begin with word: how many, and how many bytes they share. */
static int common_prefix(const char *candidates, const char *word, size_t bytes, const char **first, size_t *common)
{
    int count = 0;
    while (*candidates) {
        size_t length = strcspn(candidates, "\n");
        if (length >= bytes && memcmp(candidates, word, bytes) == 0) {
            if (count++ == 0) {
                *first = candidates;
                *common = length;
            }
            size_t same = 0;
            while (same < *common && same < length && candidates[same] == (*first)[same])
                same++;
            *common = same;
        }
        candidates += length + (candidates[length] == '\n');
    }
    return count;
}

void prompt_complete(struct prompt *prompt, const char *candidates)
{
    size_t start = prompt_word_start(prompt), bytes = prompt->at - start, common = 0;
    const char *first = NULL;
    int count = common_prefix(candidates, prompt->text + start, bytes, &first, &common);
    strbuf_reset(&prompt->candidates);
    if (!count)
        return;
    while (common > bytes && ((unsigned char)first[common] & 0xc0) == 0x80)
        common--;                       /* never half a character */
    insert_bytes(prompt, first + bytes, common - bytes);
    if (count == 1) {
        if (prompt->text[prompt->at] != ' ')
            insert_bytes(prompt, " ", 1);
        return;
    }
    for (const char *p = candidates; *p;) {
        size_t length = strcspn(p, "\n");
        if (length >= bytes && memcmp(p, first, bytes) == 0) {
            strbuf_add(&prompt->candidates, p, length);
            strbuf_addc(&prompt->candidates, '\n');
        }
        p += length + (p[length] == '\n');
    }
}

static void draw_candidates(const struct prompt *prompt, int y, int width)
{
    term_put_line(y, 0, width, TERM_DEFAULT, "");
    int x = 0;
    for (const char *p = prompt->candidates.s; *p && x < width;) {
        char word[256];
        size_t length = strcspn(p, "\n");
        text_copy(word, length + 1 < sizeof word ? length + 1 : sizeof word, p);
        x += term_put(y, x, width - x, TERM_BOLD, word) + 2;
        p += length + (p[length] == '\n');
    }
}

void prompt_draw(const struct prompt *prompt, int y, int y_above, int width)
{
    size_t from = 0;                    /* scrolled so that the cursor is in sight */
    char before[PROMPT_BYTES];
    memcpy(before, prompt->text, prompt->at);
    before[prompt->at] = '\0';
    while (from < prompt->at && runes_width(before + from) > width - 3) {
        struct rune_cell cell;
        const char *p = before + from;
        if (!runes_next(&p, &cell))
            break;
        from = (size_t)(p - before);
    }
    term_put_line(y, 0, width, TERM_DEFAULT, ":");
    term_put(y, 1, width - 1, TERM_DEFAULT, prompt->text + from);
    term_cursor(y, 1 + runes_width(before + from));
    if (y_above >= 0 && prompt->candidates.len)
        draw_candidates(prompt, y_above, width);
}
