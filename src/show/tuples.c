/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists in parentheses: see tuples.h. */
#include "config.h"

#include "show/tuples.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <string.h>

enum { WORD_BYTES = 32 };

static bool take(const char **p, const char *any)
{
    *p += strspn(*p, " \t");
    if (!**p || !strchr(any, **p))
        return false;
    ++*p;
    return true;
}

bool tuples_end(const char **p)
{
    return take(p, ")]");
}

/* What stands up to one of `ends`. */
static bool take_word(const char **p, char word[WORD_BYTES], const char *ends)
{
    *p += strspn(*p, " \t");
    size_t length = strcspn(*p, ends);
    if (length == 0 || length >= WORD_BYTES)
        return false;
    memcpy(word, *p, length);
    word[length] = '\0';
    *p += length;
    return true;
}

bool tuples_number(const char **p, double *value)
{
    char word[WORD_BYTES];
    if (!take_word(p, word, " \t,()[]\""))
        return false;
    take(p, ",");
    return text_parse_double(word, value);
}

bool tuples_whole(const char **p, int64_t least, int64_t most, int64_t *value)
{
    char word[WORD_BYTES];
    if (!take_word(p, word, " \t,()[]\""))
        return false;
    take(p, ",");
    size_t length = strlen(word);
    if (word[length - 1] == 'L')
        word[length - 1] = '\0';
    return text_parse_i64(word, value) && *value >= least && *value <= most;
}

bool tuples_word(const char **p, const char *const *words, int *index)
{
    char word[WORD_BYTES];
    bool quoted = take(p, "\"");
    if (!take_word(p, word, quoted ? "\"" : " \t,()[]\"") || (quoted && !take(p, "\"")))
        return false;
    take(p, ",");
    for (int i = 0; words[i]; i++) {
        if (!strcmp(word, words[i])) {
            *index = i;
            return true;
        }
    }
    return false;
}

int tuples_parse(const char *text, int most, tuples_one *one, void *object)
{
    const char *p = text, *inner = text;
    int count = 0;
    bool outer = take(&inner, "(") && (inner += strspn(inner, " \t"), *inner && strchr("([)", *inner));
    if (outer)
        p = inner;
    for (; take(&p, "(["); count++) {
        if (count == most || !one(&p, object, count))
            return -1;
        take(&p, ",");
    }
    if (outer && !take(&p, ")"))
        return -1;
    p += strspn(p, " \t");
    return *p ? -1 : count;
}

int tuples_refuse(const char *key, void (*fmt_allowed)(struct strbuf *out), struct err *err)
{
    struct strbuf allowed = {0};
    fmt_allowed(&allowed);
    err_set(err, ERR_RANGE, "%s: %s", key, allowed.s);
    strbuf_clear(&allowed);
    return -1;
}

void tuples_fmt_number(double value, struct strbuf *out)
{
    struct strbuf text = {0};
    text_fmt_double(&text, value);
    const char *exponent = strchr(text.s, 'e');
    if (exponent && !strchr(text.s, '.'))
        strbuf_addf(out, "%.*s.0%s", (int)(exponent - text.s), text.s, exponent);
    else
        strbuf_adds(out, text.s);
    strbuf_clear(&text);
}

void tuples_fmt_whole(int64_t value, struct strbuf *out)
{
    strbuf_addf(out, "%lld%s", (long long)value, value > INT32_MAX ? "L" : "");
}
