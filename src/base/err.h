/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One error: a plain sentence and a code word. A function that can fail for reasons of
 * the world takes a `struct err *`, fills it and returns -1 or NULL; the level that knows
 * the file or device name has put it into the sentence. err may be NULL.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* The CODE words of the command language (CONTRACT 3). */
enum err_code { ERR_NONE, ERR_USAGE, ERR_UNKNOWN, ERR_RANGE, ERR_REFUSED, ERR_BUSY, ERR_LOCKED, ERR_ROLE, ERR_IO };

struct err {
    enum err_code code;
    char text[1024];            /* one line, no newline, no code word */
};

/* Fills err (newlines become blanks). Return: always -1, so that `return err_set(...)` reads well. */
int err_set(struct err *err, enum err_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Puts `PREFIX: ` before the sentence that is there. Return: -1. */
int err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *err_word(enum err_code code);       /* "usage", "unknown", ...; "ok" for ERR_NONE */

#endif
