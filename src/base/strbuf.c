/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing piece of text: see strbuf.h. */
#include "config.h"

#include "base/strbuf.h"
#include "base/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void strbuf_init(struct strbuf *buf)
{
    *buf = (struct strbuf){0};
}

void strbuf_clear(struct strbuf *buf)
{
    free(buf->s);
    strbuf_init(buf);
}

void strbuf_reset(struct strbuf *buf)
{
    buf->len = 0;
    if (buf->s)
        buf->s[0] = '\0';
}

static void reserve(struct strbuf *buf, size_t extra)
{
    size_t need = buf->len + extra + 1;
    if (need <= buf->cap)
        return;
    size_t cap = buf->cap ? buf->cap : 64;
    while (cap < need)
        cap *= 2;
    buf->s = xrealloc_array(buf->s, cap, 1);
    buf->cap = cap;
}

void strbuf_add(struct strbuf *buf, const void *bytes, size_t count)
{
    reserve(buf, count);
    if (count)
        memcpy(buf->s + buf->len, bytes, count);
    buf->len += count;
    buf->s[buf->len] = '\0';
}

void strbuf_adds(struct strbuf *buf, const char *text)
{
    strbuf_add(buf, text, strlen(text));
}

void strbuf_addc(struct strbuf *buf, char c)
{
    strbuf_add(buf, &c, 1);
}

void strbuf_addf(struct strbuf *buf, const char *format, ...)
{
    for (size_t room = 120;;) {
        va_list args;
        reserve(buf, room);
        va_start(args, format);
        int length = vsnprintf(buf->s + buf->len, room + 1, format, args);
        va_end(args);
        if (length < 0) {
            buf->s[buf->len] = '\0';
            return;
        }
        if ((size_t)length <= room) {
            buf->len += (size_t)length;
            return;
        }
        room = (size_t)length;
    }
}

void strbuf_consume(struct strbuf *buf, size_t count)
{
    if (count > buf->len)
        count = buf->len;
    if (!count)
        return;
    memmove(buf->s, buf->s + count, buf->len - count);
    buf->len -= count;
    buf->s[buf->len] = '\0';
}

char *strbuf_take(struct strbuf *buf)
{
    char *text = buf->s ? buf->s : xstrdup("");
    strbuf_init(buf);
    return text;
}
