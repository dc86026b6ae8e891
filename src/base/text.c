/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as people and sockets give it: see text.h. */
#include "config.h"

#include "base/text.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/xalloc.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool text_parse_i64(const char *text, int64_t *value)
{
    const char *digits = *text == '-' || *text == '+' ? text + 1 : text;
    if (!isdigit((unsigned char)*digits))
        return false;
    char *end;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    if (errno || *end)
        return false;
    *value = parsed;
    return true;
}

bool text_parse_double(const char *text, double *value)
{
    for (const char *p = text; *p; p++)
        if (!isdigit((unsigned char)*p) && !strchr("+-.eE", *p))
            return false;
    if (!*text)
        return false;
    char *end;
    double parsed = strtod(text, &end);
    if (end == text || *end || !isfinite(parsed))
        return false;
    *value = parsed;
    return true;
}

void text_fmt_double(struct strbuf *out, double value)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {     /* %g drops zeros: any decimal of up to 15 digits comes back as it was */
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    strbuf_adds(out, text);
    if (!strpbrk(text, ".e"))
        strbuf_adds(out, ".0");
}

static bool take_quoted(const char **in, char **out, struct err *err)
{
    const char *p = *in + 1;
    char *w = *out;
    for (; *p && *p != '"'; p++) {
        if (*p == '\\') {
            p++;
            if (*p != '"' && *p != '\\') {
                err_set(err, ERR_USAGE, "after a backslash in quotes only \" or \\ may stand");
                return false;
            }
        }
        *w++ = *p;
    }
    if (!*p) {
        err_set(err, ERR_USAGE, "a quote is opened and not closed");
        return false;
    }
    *in = p + 1;
    *out = w;
    return true;
}

int words_split(struct words *words, const char *line, struct err *err)
{
    *words = (struct words){0};
    words->store = xmalloc(strlen(line) + 2);
    char *w = words->store;
    const char *p = line;
    for (;;) {
        while (*p == ' ' || *p == '\t')
            p++;
        if (!*p)
            return 0;
        if (words->count == TEXT_WORDS_MAX)
            return err_set(err, ERR_USAGE, "more than %d words in one line", TEXT_WORDS_MAX);
        int i = words->count++;
        words->word[i] = w;
        while (*p && *p != ' ' && *p != '\t') {
            if (*p != '"') {
                *w++ = *p++;
                continue;
            }
            words->quoted[i] = true;
            if (!take_quoted(&p, &w, err))
                return -1;
        }
        *w++ = '\0';
    }
}

void words_clear(struct words *words)
{
    free(words->store);
    *words = (struct words){0};
}

void text_fmt_quoted(struct strbuf *out, const char *text)
{
    strbuf_addc(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_addc(out, '\\');
        strbuf_addc(out, *text);
    }
    strbuf_addc(out, '"');
}

void text_fmt_word(struct strbuf *out, const char *text)
{
    if (*text && !strpbrk(text, " \t\""))
        strbuf_adds(out, text);
    else
        text_fmt_quoted(out, text);
}

void text_fmt_escaped(struct strbuf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            strbuf_adds(out, "\\n");
        else if (*text == '\\')
            strbuf_adds(out, "\\\\");
        else
            strbuf_addc(out, *text);
    }
}

void text_unescape(char *text)
{
    char *w = text;
    for (; *text; text++) {
        if (*text == '\\' && (text[1] == 'n' || text[1] == '\\')) {
            text++;
            *w++ = *text == 'n' ? '\n' : '\\';
        } else {
            *w++ = *text;
        }
    }
    *w = '\0';
}

int utf8_next(const char *text, size_t bytes, uint32_t *rune)
{
    const unsigned char *s = (const unsigned char *)text;
    *rune = 0xfffd;
    if (!bytes)
        return 0;
    if (s[0] < 0x80) {
        *rune = s[0];
        return 1;
    }
    int size = s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 1;
    if (s[0] >= 0xf5 || size == 1 || (size_t)size > bytes)
        return 1;
    uint32_t value = s[0] & (0xffu >> (size + 1));
    for (int i = 1; i < size; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 1;
        value = value << 6 | (s[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 1;
    *rune = value;
    return size;
}

bool utf8_valid(const char *text, size_t bytes)
{
    while (bytes) {
        uint32_t rune;
        int used = utf8_next(text, bytes, &rune);
        if (used == 1 && rune == 0xfffd)
            return false;
        text += used;
        bytes -= (size_t)used;
    }
    return true;
}

bool utf8_is_control(uint32_t rune)
{
    return rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || (rune >= 0x202a && rune <= 0x202e) ||
           (rune >= 0x2066 && rune <= 0x2069) ||
           rune == 0x200e || rune == 0x200f || rune == 0x061c;
}

bool text_has_control(const char *text)
{
    size_t bytes = strlen(text);
    while (bytes) {
        uint32_t rune;
        int used = utf8_next(text, bytes, &rune);
        if (utf8_is_control(rune))
            return true;
        text += used;
        bytes -= (size_t)used;
    }
    return false;
}

void text_fmt_clean(struct strbuf *out, const char *text, bool lines)
{
    size_t bytes = strlen(text);
    while (bytes) {
        uint32_t rune;
        int used = utf8_next(text, bytes, &rune);
        if ((lines && rune == '\n') || (!utf8_is_control(rune) && rune != 0xfffd))
            strbuf_add(out, text, (size_t)used);
        else
            strbuf_adds(out, "\xef\xbf\xbd");
        text += used;
        bytes -= (size_t)used;
    }
}

char *text_copy(char *dst, size_t size, const char *src)
{
    size_t count = strlen(src);
    if (count >= size) {
        count = size - 1;
        while (count && ((unsigned char)src[count] & 0xc0) == 0x80)
            count--;
    }
    memcpy(dst, src, count);
    dst[count] = '\0';
    return dst;
}

void text_fmt_json(struct strbuf *out, const char *text)
{
    size_t bytes = strlen(text);
    strbuf_addc(out, '"');
    while (bytes) {
        uint32_t rune;
        int used = utf8_next(text, bytes, &rune);
        if (rune == '"' || rune == '\\')
            strbuf_addf(out, "\\%c", (char)rune);
        else if (rune < 0x20 || rune == 0x7f)
            strbuf_addf(out, "\\u%04x", (unsigned)rune);
        else if (used == 1 && rune == 0xfffd)
            strbuf_adds(out, "\xef\xbf\xbd");
        else
            strbuf_add(out, text, (size_t)used);
        text += used;
        bytes -= (size_t)used;
    }
    strbuf_addc(out, '"');
}
