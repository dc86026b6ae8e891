/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of files as text: see lists.h. */
#include "config.h"

#include "show/lists.h"
#include "show/property.h"
#include "show/scan.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* Begins `[ a, b ]`, which may stand in parentheses or without any. Return: the bracket that ends it, or 0: the end of the
 * text. */
static char take_bracket(struct scan *scan)
{
    if (scan_take(scan, '['))
        return ']';
    return scan_take(scan, '(') ? ')' : 0;
}

static bool take_end(struct scan *scan, char bracket)
{
    return bracket ? scan_take(scan, bracket) : scan_at_end(scan);
}

/* Adds what is good to file. Return: false if something is not. */
static bool take_files(struct scan *scan, char *file[SHOW_LIST_FILES], int *files, struct err *err)
{
    char bracket = take_bracket(scan);
    while (!take_end(scan, bracket)) {
        char *text = *files < SHOW_LIST_FILES ? scan_text(scan, ",])") : NULL;
        if (!text || property_check_file(text, err)) {
            free(text);
            return false;
        }
        file[(*files)++] = text;
        scan_take(scan, ',');
    }
    return scan_at_end(scan);
}

static void free_files(char *file[SHOW_LIST_FILES], int files)
{
    for (int i = 0; i < files; i++)
        free(file[i]);
}

int files_parse(const char *text, char **kept, struct err *err)
{
    struct scan scan = {.p = text};
    struct strbuf out = {0};
    char *file[SHOW_LIST_FILES];
    int files = 0;
    struct err why = {0};
    bool good = take_files(&scan, file, &files, &why);
    for (int i = 0; i < files; i++) {
        strbuf_adds(&out, i ? ", " : "[ ");
        text_fmt_quoted(&out, file[i]);
    }
    strbuf_adds(&out, " ]");
    if (good)
        *kept = files ? strbuf_take(&out) : NULL;
    strbuf_clear(&out);
    free_files(file, files);
    if (good)
        return 0;
    if (why.code != ERR_NONE)
        return err_set(err, why.code, "list: %s", why.text);
    return err_set(err, ERR_USAGE, "list: up to %d files, like [ \"a.wav\", \"b.wav\" ]", SHOW_LIST_FILES);
}

int files_read(const char *text, char *file[SHOW_LIST_FILES])
{
    struct scan scan = {.p = text ? text : ""};
    struct err err;
    int files = 0;
    take_files(&scan, file, &files, &err);
    return files;
}
