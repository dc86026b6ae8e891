/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of a list: see scan.h. */
#include "config.h"

#include "show/scan.h"
#include "base/strbuf.h"
#include "base/xalloc.h"

#include <string.h>

static void skip_blanks(struct scan *scan)
{
    scan->p += strspn(scan->p, " \t");
}

bool scan_take(struct scan *scan, char c)
{
    skip_blanks(scan);
    if (*scan->p != c)
        return false;
    scan->p++;
    return true;
}

bool scan_at_end(struct scan *scan)
{
    skip_blanks(scan);
    return !*scan->p;
}

static char *plain_text(struct scan *scan, const char *ends)
{
    size_t length = strcspn(scan->p, ends), kept = length;
    while (kept && strchr(" \t", scan->p[kept - 1]))
        kept--;
    char *text = xstrndup(scan->p, kept);
    scan->p += length;
    return text;
}

char *scan_text(struct scan *scan, const char *ends)
{
    struct strbuf text = {0};
    skip_blanks(scan);
    if (*scan->p != '"')
        return plain_text(scan, ends);
    for (scan->p++; *scan->p && *scan->p != '"'; scan->p++) {
        if (*scan->p == '\\' && scan->p[1])
            scan->p++;
        strbuf_addc(&text, *scan->p);
    }
    if (scan_take(scan, '"'))
        return strbuf_take(&text);
    strbuf_clear(&text);
    return NULL;
}

bool scan_key(struct scan *scan, const char *key)
{
    size_t length = strlen(key);
    skip_blanks(scan);
    struct scan after = {.p = scan->p + length};
    if (strncmp(scan->p, key, length) || (!scan_take(&after, '=') && !scan_take(&after, ':')))
        return false;
    *scan = after;
    return true;
}
