/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that cannot fail: see xalloc.h. Any thread but the audio thread. */
#include "config.h"

#include "base/xalloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void (*xalloc_hook)(const char *what);

static void hook(const char *what)
{
    if (xalloc_hook)
        xalloc_hook(what);
}

static void *check(void *memory)
{
    if (memory)
        return memory;
    fputs("clipgrid: out of memory\n", stderr);
    abort();
}

void *xmalloc(size_t bytes)
{
    hook("malloc");
    return check(malloc(bytes ? bytes : 1));
}

void *xcalloc(size_t count, size_t bytes)
{
    hook("calloc");
    return check(calloc(count ? count : 1, bytes ? bytes : 1));
}

void *xrealloc_array(void *old, size_t count, size_t bytes)
{
    hook("realloc");
    if (bytes && count > SIZE_MAX / bytes)
        check(NULL);
    size_t total = count * bytes;
    return check(realloc(old, total ? total : 1));
}

void *xaligned(size_t alignment, size_t bytes)
{
    hook("aligned_alloc");
    size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    void *memory = check(aligned_alloc(alignment, rounded ? rounded : alignment));
    memset(memory, 0, rounded ? rounded : alignment);
    return memory;
}

char *xstrdup(const char *text)
{
    return text ? xstrndup(text, strlen(text)) : NULL;
}

char *xstrndup(const char *text, size_t bytes)
{
    char *copy = xmalloc(bytes + 1);
    memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    return copy;
}

char *xasprintf(const char *format, ...)
{
    for (size_t room = 120;;) {
        char *text = xmalloc(room + 1);
        va_list args;
        va_start(args, format);
        int length = vsnprintf(text, room + 1, format, args);
        va_end(args);
        if (length < 0)
            abort();
        if ((size_t)length <= room)
            return text;
        free(text);
        room = (size_t)length;
    }
}
