/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key table: see keys.h. */
#include "config.h"

#include "screen/keys.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct keys_row keys_table[] = {
    {"Enter", "press @", "fire or stop the clip under the cursor, as its press property says"},
    {"M-Enter", "audition @", "audition it (so do Alt and a play key)"},
    {"Backspace", "stop @", "stop it with its fade-out"},
    {"F9", "stop all", "stop all with their fade-outs"},
    {"^E", "stop all", NULL},
    {"F12", "panic", "panic: fade all in 1 s; again: cut; works everywhere"},
    {"^X", "panic", NULL},
    {"F10", "emergency", "emergency: silence all within 1 ms and hold it; again: go on; works everywhere"},
    {"Up", "cursor up", "move the cursor"},
    {"Down", "cursor down", NULL},
    {"Left", "cursor left", NULL},
    {"Right", "cursor right", NULL},
    {"PgUp", "window -4 0", "move the key window four rows, ten columns"},
    {"PgDn", "window 4 0", NULL},
    {"Home", "window 0 -10", NULL},
    {"End", "window 0 10", NULL},
    {"S-Up", "window -1 0", "move the key window by one"},
    {"S-Down", "window 1 0", NULL},
    {"S-Left", "window 0 -1", NULL},
    {"S-Right", "window 0 1", NULL},
    {"Tab", "tab next", "go to the next tab, the one before"},
    {"S-Tab", "tab previous", NULL},
    {"F1", "tab 1", "go to tab 1 to 8"},
    {"F2", "tab 2", NULL},
    {"F3", "tab 3", NULL},
    {"F4", "tab 4", NULL},
    {"F5", "tab 5", NULL},
    {"F6", "tab 6", NULL},
    {"F7", "tab 7", NULL},
    {"F8", "tab 8", NULL},
    {"^P", "page toggle", "show one page or two side by side, from 120 columns on"},
    {"^W", "page other", "go to the other page"},
    {"^T", "page swap", "let the two pages change sides"},
    {":", "prompt", "type a command; Tab completes, Up and Down recall"},
    {"?", "help", "open and close this help"},
    {"^N", "read", "the notice is read: show the next one"},
    {"^K", "lock toggle", "lock the show: only fire, stop and panic work"},
    {"Delete", "clear @", "empty the cell under the cursor (asks first)"},
    {"^U", "undo", "undo the last edit"},
    {"^R", "redo", "do it again"},
    {"F11", "record @ next", "record Record A here: arm, start, stop (empty cells only)"},
    {"^S", "save", "save the show"},
    {"^L", "repaint", "paint the screen anew"},
    {"^D", "detach", "leave this screen; the show goes on"},
    {"^Q", "quit", "end the show (asks first)"},
    {"^C", "leave", "says how to leave"},
    {"^Z", "leave", NULL},
    {"Esc", "dismiss", "close what is open; never stops sound"},
};
const int keys_count = (int)(sizeof keys_table / sizeof *keys_table);

static const char play_keys[KEYS_PLAY_ROWS][KEYS_PLAY_COLUMNS + 1] = {"1234567890", "qwertyuiop", "asdfghjkl;", "zxcvbnm,./"};

static const struct { const char *name; uint32_t code; } named[] = {
    {"Enter", KEY_CODE_ENTER}, {"Tab", KEY_CODE_TAB}, {"Backspace", KEY_CODE_BACKSPACE}, {"Esc", KEY_CODE_ESC},
    {"Space", ' '}, {"Up", KEY_CODE_UP}, {"Down", KEY_CODE_DOWN}, {"Left", KEY_CODE_LEFT}, {"Right", KEY_CODE_RIGHT},
    {"Home", KEY_CODE_HOME}, {"End", KEY_CODE_END}, {"PgUp", KEY_CODE_PGUP}, {"PgDn", KEY_CODE_PGDN},
    {"Insert", KEY_CODE_INSERT}, {"Delete", KEY_CODE_DELETE},
};

static bool same(struct key a, struct key b)
{
    return a.code == b.code && a.mods == b.mods;
}

char keys_play(int row, int column)
{
    return play_keys[row][column];
}

static bool parse_code(const char *name, struct key *key)
{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (strcmp(name, named[i].name) == 0) {
            key->code = named[i].code;
            return true;
        }
    }
    int64_t number;
    if (name[0] == 'F' && name[1] && text_parse_i64(name + 1, &number) && number >= 1 && number <= 12) {
        key->code = KEY_CODE_F1 + (uint32_t)(number - 1);
        return true;
    }
    size_t bytes = strlen(name);
    return bytes && (size_t)utf8_next(name, bytes, &key->code) == bytes && key->code > ' ' && key->code != 0x7f;
}

bool keys_parse(const char *name, struct key *key)
{
    static const struct { char letter; unsigned mod; } prefix[] = {{'M', KEY_ALT}, {'S', KEY_SHIFT}, {'C', KEY_CTRL}};
    *key = (struct key){0};
    for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++) {
        if (name[0] == prefix[i].letter && name[1] == '-' && name[2]) {
            key->mods |= prefix[i].mod;
            name += 2;
            i = (size_t)-1;
        }
    }
    if (name[0] == '^' && name[1]) {
        key->mods |= KEY_CTRL;
        name++;
    }
    if (!parse_code(name, key))
        return false;
    if (key->mods & KEY_CTRL && key->code >= 'a' && key->code <= 'z')
        key->code -= 'a' - 'A';
    return true;
}

static void fmt_code(uint32_t code, char *out, size_t size)
{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (named[i].code == code) {
            snprintf(out, size, "%s", named[i].name);
            return;
        }
    }
    if (code >= KEY_CODE_F1 && code <= KEY_CODE_F12)
        snprintf(out, size, "F%u", (unsigned)(code - KEY_CODE_F1 + 1));
    else if (code < 0x80)
        snprintf(out, size, "%c", (char)code);
    else
        snprintf(out, size, "U+%04X", (unsigned)code);
}

void keys_fmt(struct key key, char name[KEYS_NAME])
{
    char code[12];
    fmt_code(key.code, code, sizeof code);
    bool caret = key.mods & KEY_CTRL && key.code < KEY_CODE_FIRST;
    snprintf(name, KEYS_NAME, "%s%s%s%s%s", key.mods & KEY_ALT ? "M-" : "", key.mods & KEY_SHIFT ? "S-" : "",
             key.mods & KEY_CTRL && !caret ? "C-" : "", caret ? "^" : "", code);
}

int keys_init(struct keys *keys, const struct keys_binding *binding, int bindings)
{
    int wrong = 0;
    memset(keys, 0, sizeof *keys);
    keys->binding = binding;
    keys->bindings = bindings < KEYS_BINDINGS ? bindings : KEYS_BINDINGS;
    for (int i = 0; i < keys->bindings; i++) {
        if (!keys_parse(binding[i].key, &keys->bound[i])) {
            keys->bound[i].code = 0;
            wrong++;
        }
    }
    return wrong;
}

static const char *play_command(struct keys *keys, struct key key)
{
    if (key.code >= 0x7f || (key.mods & ~(unsigned)KEY_ALT))
        return NULL;
    for (int row = 0; row < KEYS_PLAY_ROWS; row++) {
        const char *at = strchr(play_keys[row], (int)key.code);
        if (!at || !*at)
            continue;
        snprintf(keys->line, sizeof keys->line, "%s %d %d", key.mods ? "preview" : "fire", row + 1,
                 (int)(at - play_keys[row]) + 1);
        return keys->line;
    }
    return NULL;
}

const char *keys_command(struct keys *keys, struct key key)
{
    for (int i = key.code ? keys->bindings - 1 : -1; i >= 0; i--)
        if (same(keys->bound[i], key))
            return keys->binding[i].command;
    struct key row;
    for (int i = 0; i < keys_count; i++)
        if (keys_parse(keys_table[i].key, &row) && same(row, key))
            return keys_table[i].command;
    return play_command(keys, key);
}
