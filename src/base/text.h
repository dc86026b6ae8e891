/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text as people and sockets give it: strict numbers, words with quotes, UTF-8, escapes.
 * Any thread but the audio thread. No locale: a decimal point is always a point.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;
struct err;

/* The whole text must be the number; no blanks, no hex, no inf or nan. Return: false if it is not. */
bool text_parse_i64(const char *text, int64_t *value);
bool text_parse_double(const char *text, double *value);
/* The shortest decimal that reads back as the same double, always with a point or (below 0.0001, from 1e15 on) an exponent. */
void text_fmt_double(struct strbuf *out, double value);

/* Words of one command line (CONTRACT 3): split at blanks, "double quotes" with \" and \\ . */
enum { TEXT_WORDS_MAX = 64 };
struct words {
    int count;
    char *word[TEXT_WORDS_MAX];     /* point into `store` */
    bool quoted[TEXT_WORDS_MAX];    /* the word had quotes: it is never a flag or keyword */
    char *store;                    /* owned */
};
/* Return: 0, or -1 with err (open quote, bad escape, too many words). Clear in both cases. */
int words_split(struct words *words, const char *line, struct err *err);
void words_clear(struct words *words);
/* Adds text as one word, quoted only if it must be. */
void text_fmt_word(struct strbuf *out, const char *text);
void text_fmt_quoted(struct strbuf *out, const char *text);     /* quoted always */
/* Adds text with newline as \n and backslash as \\ : the form of multi-line values on the socket. */
void text_fmt_escaped(struct strbuf *out, const char *text);
void text_unescape(char *text);                                 /* in place, the reverse */
/* Adds text as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void text_fmt_json(struct strbuf *out, const char *text);

/* Decodes one character. Return: bytes used (1-4), or 0 at the end; invalid bytes give U+FFFD and 1. */
int utf8_next(const char *text, size_t bytes, uint32_t *rune);
bool utf8_valid(const char *text, size_t bytes);
bool utf8_is_control(uint32_t rune);                            /* C0, DEL or C1 controls, or bidi overrides and marks */
bool text_has_control(const char *text);                        /* has one of these */
/* Adds text as a terminal may have it: controls, bidi overrides and invalid bytes become U+FFFD, newlines only if lines is
 * false. */
void text_fmt_clean(struct strbuf *out, const char *text, bool lines);
/* Copies at most size-1 bytes, never cutting a character. Return: dst. */
char *text_copy(char *dst, size_t size, const char *src);

#endif
