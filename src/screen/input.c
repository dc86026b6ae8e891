/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of a terminal -> keys, as a state machine: see input.h. */
#include "config.h"

#include "screen/input.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { PLAIN, ESCAPE, CSI, SS3, LINUX_F /* ESC [ [ */, RUNE, PASTE };

static const char paste_end[] = "\033[201~";

void input_init(struct input *input)
{
    memset(input, 0, sizeof *input);
}

static void emit(struct input *input, uint32_t code, unsigned mods)
{
    if (input->alt)
        mods |= KEY_ALT;
    input->alt = false;
    input->state = PLAIN;
    if (input->discard || code == 0) {
        input->discard = false;
        return;
    }
    if (input->count == INPUT_QUEUE)
        return;
    input->queue[(input->head + input->count++) % INPUT_QUEUE] = (struct key){code, mods};
}

static void drop(struct input *input)
{
    input->discard = true;
    emit(input, 0, 0);
}

static uint32_t code_of_letter(char final)
{
    switch (final) {
    case 'A': return KEY_CODE_UP;
    case 'B': return KEY_CODE_DOWN;
    case 'C': return KEY_CODE_RIGHT;
    case 'D': return KEY_CODE_LEFT;
    case 'H': return KEY_CODE_HOME;
    case 'F': return KEY_CODE_END;
    case 'M': return KEY_CODE_ENTER;
    case 'P': case 'Q': case 'R': case 'S': return KEY_CODE_F1 + (uint32_t)(final - 'P');
    default: return 0;
    }
}

static uint32_t code_of_number(long number)
{
    static const uint16_t codes[] = {
        [1] = KEY_CODE_HOME - KEY_CODE_FIRST, [2] = KEY_CODE_INSERT - KEY_CODE_FIRST, [3] = KEY_CODE_DELETE - KEY_CODE_FIRST,
        [4] = KEY_CODE_END - KEY_CODE_FIRST, [5] = KEY_CODE_PGUP - KEY_CODE_FIRST, [6] = KEY_CODE_PGDN - KEY_CODE_FIRST,
        [7] = KEY_CODE_HOME - KEY_CODE_FIRST, [8] = KEY_CODE_END - KEY_CODE_FIRST,
    };
    if (number >= 1 && number <= 8)
        return KEY_CODE_FIRST + codes[number];
    if (number >= 11 && number <= 15)
        return KEY_CODE_F1 + (uint32_t)(number - 11);
    if (number >= 17 && number <= 21)
        return KEY_CODE_F1 + (uint32_t)(number - 12);
    if (number == 23 || number == 24)
        return KEY_CODE_F1 + (uint32_t)(number - 13);
    return 0;
}

/* A character told by its number, as `CSI code ; mods u` does. */
static void emit_rune(struct input *input, long rune, unsigned mods)
{
    uint32_t code = rune == 13 ? KEY_CODE_ENTER : rune == 9 ? KEY_CODE_TAB : rune == 27 ? KEY_CODE_ESC
                  : rune == 127 ? KEY_CODE_BACKSPACE : 0;
    if (code) {
        emit(input, code, mods);
        return;
    }
    if (rune < 32 || rune > 0x10ffff) {
        drop(input);
        return;
    }
    if (mods & KEY_CTRL && rune >= 'a' && rune <= 'z')
        rune -= 'a' - 'A';
    else
        mods &= ~(unsigned)KEY_SHIFT;
    emit(input, (uint32_t)rune, mods);
}

static unsigned mods_of(long parameter)
{
    if (parameter < 2 || parameter > 8)
        return 0;
    unsigned bits = (unsigned)parameter - 1;
    return (bits & 1 ? KEY_SHIFT : 0) | (bits & 2 ? KEY_ALT : 0) | (bits & 4 ? KEY_CTRL : 0);
}

static void finish_csi(struct input *input, char final)
{
    input->sequence[input->length] = '\0';
    long number[3] = {0};
    char *p = input->sequence;
    if (*p && !strchr("0123456789;", *p)) {         /* private: a report, not a key */
        drop(input);
        return;
    }
    for (int i = 0; i < 3 && *p; i++) {
        number[i] = strtol(p, &p, 10);
        p += *p != '\0';
    }
    if (final == '~' && number[0] == 200) {
        input->state = PASTE;
        input->pasted = 0;
        input->alt = false;
    } else if (final == '~' && number[0] == 27) {
        emit_rune(input, number[2], mods_of(number[1]));
    } else if (final == '~') {
        emit(input, code_of_number(number[0]), mods_of(number[1]));
    } else if (final == 'u') {
        emit_rune(input, number[0], mods_of(number[1]));
    } else if (final == 'Z') {
        emit(input, KEY_CODE_TAB, KEY_SHIFT);
    } else {
        emit(input, final == 'M' || number[0] > 1 ? 0 : code_of_letter(final), mods_of(number[1]));
    }
}

static void take_control(struct input *input, unsigned char byte)
{
    if (byte == '\r' || byte == '\n')
        emit(input, KEY_CODE_ENTER, 0);
    else if (byte == '\t')
        emit(input, KEY_CODE_TAB, 0);
    else if (byte == 0x7f || byte == 0x08)
        emit(input, KEY_CODE_BACKSPACE, 0);
    else
        emit(input, byte == 0 ? ' ' : (uint32_t)byte + '@', KEY_CTRL);
}

static void take_plain(struct input *input, unsigned char byte)
{
    if (byte == 0x1b) {
        input->state = ESCAPE;
    } else if (byte < 0x20 || byte == 0x7f) {
        take_control(input, byte);
    } else if (byte < 0x80) {
        emit(input, byte, 0);
    } else if (byte >= 0xc2 && byte < 0xf5) {
        input->state = RUNE;
        input->sequence[0] = (char)byte;
        input->length = 1;
    } else {
        drop(input);
    }
}

static void take_escape(struct input *input, unsigned char byte)
{
    input->alt |= byte != '[' && byte != 'O';
    input->length = 0;
    if (byte == '[')
        input->state = CSI;
    else if (byte == 'O')
        input->state = SS3;
    else
        take_plain(input, byte);
}

static void take_csi(struct input *input, unsigned char byte)
{
    if (byte == '[' && input->length == 0)
        input->state = LINUX_F;
    else if (byte >= 0x40 && byte < 0x7f)
        finish_csi(input, (char)byte);
    else if (input->length < INPUT_SEQUENCE - 1)
        input->sequence[input->length++] = (char)byte;
}

static void take_rune(struct input *input, unsigned char byte)
{
    uint32_t rune;
    input->sequence[input->length++] = (char)byte;
    unsigned char first = (unsigned char)input->sequence[0];
    size_t whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (input->length < whole)
        return;
    if (utf8_next(input->sequence, whole, &rune) == (int)whole && rune >= 0xa0)
        emit(input, rune, 0);
    else
        drop(input);
}

static void take_paste(struct input *input, char byte)
{
    size_t end = sizeof paste_end - 1;
    if (input->pasted == INPUT_PASTE - 1) {         /* too long: only its end is still looked for */
        memmove(input->paste + INPUT_PASTE / 2, input->paste + INPUT_PASTE - 1 - end, end);
        input->pasted = INPUT_PASTE / 2 + end;
    }
    input->paste[input->pasted++] = byte;
    if (input->pasted < end || memcmp(input->paste + input->pasted - end, paste_end, end) != 0)
        return;
    input->pasted -= end;
    input->paste[input->pasted] = '\0';
    emit(input, KEY_CODE_PASTE, 0);
}

/* A byte that cannot belong to the sequence under way ends it, and counts for itself. */
static bool breaks_sequence(const struct input *input, unsigned char byte)
{
    switch (input->state) {
    case CSI: case SS3: case LINUX_F: return byte < 0x20 || byte >= 0x7f;
    case RUNE: return (byte & 0xc0) != 0x80;
    default: return false;
    }
}

static void take(struct input *input, unsigned char byte)
{
    if (breaks_sequence(input, byte))
        drop(input);
    switch (input->state) {
    case ESCAPE: take_escape(input, byte); break;
    case CSI: take_csi(input, byte); break;
    case SS3: emit(input, code_of_letter((char)byte), 0); break;
    case LINUX_F: emit(input, byte >= 'A' && byte <= 'E' ? KEY_CODE_F1 + (uint32_t)(byte - 'A') : 0, 0); break;
    case RUNE: take_rune(input, byte); break;
    case PASTE: take_paste(input, (char)byte); break;
    default: take_plain(input, byte); break;
    }
}

void input_feed(struct input *input, const char *bytes, size_t count, uint64_t now_ns)
{
    if (count && input->esc_ns) {
        bool late = now_ns - input->esc_ns < INPUT_LATE_NS && (*bytes == '[' || *bytes == 'O') && input->state == PLAIN;
        input->esc_ns = 0;
        if (late) {
            input->state = ESCAPE;
            input->discard = true;
        }
    }
    for (size_t i = 0; i < count; i++)
        take(input, (unsigned char)bytes[i]);
    input->last_ns = now_ns;
}

uint64_t input_patience_ns(const struct input *input, uint64_t now_ns)
{
    if (input->state == PLAIN || input->state == PASTE)
        return UINT64_MAX;
    uint64_t limit = input->state == ESCAPE ? INPUT_ESC_NS : INPUT_SEQUENCE_NS;
    uint64_t waited = now_ns - input->last_ns;
    return waited < limit ? limit - waited : 0;
}

void input_expire(struct input *input, uint64_t now_ns)
{
    if (input_patience_ns(input, now_ns) != 0)
        return;
    if (input->state != ESCAPE) {
        drop(input);
        return;
    }
    input->alt = false;
    emit(input, KEY_CODE_ESC, 0);
    input->esc_ns = now_ns;
}

bool input_next(struct input *input, struct key *key)
{
    if (!input->count)
        return false;
    *key = input->queue[input->head];
    input->head = (input->head + 1) % INPUT_QUEUE;
    input->count--;
    return true;
}

const char *input_pasted(const struct input *input)
{
    return input->paste;
}
