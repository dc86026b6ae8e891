/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The key table: one row a key, with what it does as a command line and a sentence. Help is made
 * from it. A command line is one of the command language, or of the screen's own words
 * (screen/local.h); a word `@` in it means the clip under the cursor. Bindings of the
 * configuration go before the rows; the play keys come last, so any of them can be bound anew.
 *
 * Key names: a character, or ^A (Ctrl), M-x (Alt), S-Up (Shift), C-Up; Enter Tab Backspace Esc
 * Space Up Down Left Right Home End PgUp PgDn Insert Delete F1-F12.
 */
#ifndef SCREEN_KEYS_H
#define SCREEN_KEYS_H

#include "screen/input.h"

enum { KEYS_PLAY_ROWS = 4, KEYS_PLAY_COLUMNS = 10, KEYS_NAME = 24, KEYS_BINDINGS = 128 };

struct keys_row {
    const char *key;                    /* its name */
    const char *command;
    const char *help;                   /* a sentence; NULL: as the row before it */
};
struct keys_binding {                   /* of the configuration */
    const char *key, *command;
};
struct keys {
    const struct keys_binding *binding;
    struct key bound[KEYS_BINDINGS];    /* binding[i].key, parsed; code 0: not a key */
    int bindings;
    char line[24];                      /* of the newest play key */
};

extern const struct keys_row keys_table[];
extern const int keys_count;

/* bindings stay the caller's and must outlive keys. Return: how many of them name no key (they never act). */
int keys_init(struct keys *keys, const struct keys_binding *binding, int bindings);
/* Return: the command line of a key, valid until the next call; NULL: it does nothing. */
const char *keys_command(struct keys *keys, struct key key);

bool keys_parse(const char *name, struct key *key);
void keys_fmt(struct key key, char name[KEYS_NAME]);
/* The character on the play key of a place in the key window (rows and columns from 0). */
char keys_play(int row, int column);

#endif
