/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes of a terminal -> keys. Pure: time is an argument. The law: a wrong key must never make a
 * sound. So an escape sequence that is cut short or not known is thrown away whole, none of its
 * bytes is ever taken for a key; pasted text is one event, not many keys.
 *
 *   ESC, and nothing within 25 ms           the Esc key
 *   ESC and a character within 25 ms        Alt and that key
 *   ESC [ or ESC O, and then nothing        thrown away after 100 ms
 *   [ or O within a second of an Esc key    the rest of a sequence that came late: thrown away
 */
#ifndef SCREEN_INPUT_H
#define SCREEN_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {                                  /* codes of keys without a character; the others are runes */
    KEY_CODE_FIRST = 0x110000,
    KEY_CODE_ENTER = KEY_CODE_FIRST, KEY_CODE_TAB, KEY_CODE_BACKSPACE, KEY_CODE_ESC,
    KEY_CODE_UP, KEY_CODE_DOWN, KEY_CODE_LEFT, KEY_CODE_RIGHT, KEY_CODE_HOME, KEY_CODE_END,
    KEY_CODE_PGUP, KEY_CODE_PGDN, KEY_CODE_INSERT, KEY_CODE_DELETE,
    KEY_CODE_F1, KEY_CODE_F12 = KEY_CODE_F1 + 11,
    KEY_CODE_PASTE,                     /* text is in input_pasted() */
};
enum { KEY_SHIFT = 1, KEY_ALT = 2, KEY_CTRL = 4 };

struct key {
    uint32_t code;                      /* a rune or KEY_CODE_*; with KEY_CTRL letters are upper case */
    unsigned mods;                      /* KEY_SHIFT (never on a plain rune), KEY_ALT, KEY_CTRL */
};

enum { INPUT_QUEUE = 512, INPUT_SEQUENCE = 32, INPUT_PASTE = 4096 };
#define INPUT_ESC_NS UINT64_C(25000000)
#define INPUT_SEQUENCE_NS UINT64_C(100000000)
#define INPUT_LATE_NS UINT64_C(1000000000)

struct input {
    int state;                          /* enum in input.c */
    bool alt;                           /* an ESC stood before */
    bool discard;                       /* the sequence is the late rest of one: no key comes of it */
    char sequence[INPUT_SEQUENCE];      /* parameters of ESC [ so far; bytes of a UTF-8 character */
    size_t length;
    uint64_t last_ns, esc_ns;           /* newest byte; newest Esc key (0: none) */
    struct key queue[INPUT_QUEUE];      /* when full the newest keys are lost */
    int head, count;
    char paste[INPUT_PASTE];
    size_t pasted;
};

void input_init(struct input *input);
void input_feed(struct input *input, const char *bytes, size_t count, uint64_t now_ns);
/* Call when there is nothing to read: ends what has waited too long. */
void input_expire(struct input *input, uint64_t now_ns);
/* Return: ns until input_expire() has something to do, or UINT64_MAX. */
uint64_t input_patience_ns(const struct input *input, uint64_t now_ns);
bool input_next(struct input *input, struct key *key);
const char *input_pasted(const struct input *input);    /* after KEY_CODE_PASTE, until the next feed */

#endif
