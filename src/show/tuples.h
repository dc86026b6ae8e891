/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of numbers and words in parentheses, as sends and fade markers are written:
 *     ( (5, 6, -6.0), (7, 0, 0.0) )
 * Read in this form, and, for typing, without the outer parentheses and the commas: `(5 6 -6) (7 0)`. Brackets [ ] do as well.
 */
#ifndef SHOW_TUPLES_H
#define SHOW_TUPLES_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct strbuf;

/* Reads one tuple into item number `index` of `object`; its opening parenthesis is taken. Return: false if it is none. */
typedef bool tuples_one(const char **p, void *object, int index);
/* The whole text. Return: how many there are; -1: it is no such list, or has more than `most`. */
int tuples_parse(const char *text, int most, tuples_one *one, void *object);

/* Sets err: the key, and what is allowed. Return: -1. */
int tuples_refuse(const char *key, void (*fmt_allowed)(struct strbuf *out), struct err *err);

/* What stands in a tuple. Each takes blanks before it and a comma behind it. Return: false if it is not there. */
bool tuples_number(const char **p, double *value);
bool tuples_whole(const char **p, int64_t least, int64_t most, int64_t *value);         /* also with libconfig's L behind it */
bool tuples_word(const char **p, const char *const *words, int *index);     /* one of these, in quotes or not */
bool tuples_end(const char **p);                                            /* its closing parenthesis */

/* As libconfig wants them: one that is not meant to be whole has a point, one of more than 32 bits an L. */
void tuples_fmt_number(double value, struct strbuf *out);
void tuples_fmt_whole(int64_t value, struct strbuf *out);

#endif
