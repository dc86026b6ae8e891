/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where media are, seen from another folder: see moving.h. */
#include "config.h"

#include "process/moving.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void folder_of(const char *file, char *folder, size_t size)
{
    text_copy(folder, size, file);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[1] = '\0';
    else if (getcwd(folder, size - 1))
        strcat(folder, "/");
}

/* Folds "x/.." and "." out of an absolute path, in place. */
static void fold_dots(char *path)
{
    char *out = path;
    for (const char *part = path; *part;) {
        size_t length = 1 + strcspn(part + 1, "/");
        if (length == 3 && part[1] == '.' && part[2] == '.')
            while (out > path && *--out != '/')
                ;
        else if (length > 1 && !(length == 2 && part[1] == '.')) {
            memmove(out, part, length);
            out += length;
        }
        part += length;
    }
    *out = '\0';
}

char *moving_media(void *context, const char *media)
{
    const struct moving *moving = context;
    if (*media == '/')
        return xstrdup(media);
    char *target = xasprintf("%s%s", moving->from, media);
    fold_dots(target);
    size_t common = 0;
    for (size_t i = 0; moving->to[i] && moving->to[i] == target[i]; i++)
        if (target[i] == '/')
            common = i + 1;
    struct strbuf way = {0};
    for (const char *p = moving->to + common; *p; p++)
        if (*p == '/')
            strbuf_adds(&way, "../");
    strbuf_adds(&way, target + common);
    if (!way.len)
        strbuf_adds(&way, ".");
    free(target);
    return strbuf_take(&way);
}

bool moving_between(const char *old_file, const char *new_file, struct moving *moving)
{
    folder_of(old_file, moving->from, sizeof moving->from);
    folder_of(new_file, moving->to, sizeof moving->to);
    return strcmp(moving->from, moving->to) != 0;
}
