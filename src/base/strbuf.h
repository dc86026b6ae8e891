/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A growing piece of text or bytes. Always NUL-terminated once anything was added.
 * Owner: whoever declared it; strbuf_clear() frees. Not for the audio thread.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stddef.h>

struct strbuf {
    char *s;                    /* NULL while empty and never used */
    size_t len;                 /* bytes used, without the NUL */
    size_t cap;                 /* bytes owned */
};

void strbuf_init(struct strbuf *buf);
void strbuf_clear(struct strbuf *buf);                          /* frees; ready for use again */
void strbuf_reset(struct strbuf *buf);                          /* empties, keeps the memory */
void strbuf_add(struct strbuf *buf, const void *bytes, size_t count);
void strbuf_adds(struct strbuf *buf, const char *text);
void strbuf_addc(struct strbuf *buf, char c);
void strbuf_addf(struct strbuf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_consume(struct strbuf *buf, size_t count);          /* drops bytes from the front */
char *strbuf_take(struct strbuf *buf);                          /* caller frees; "" if empty; buf is empty afterwards */

#endif
