/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine's memory: see memory.h. */
#include "config.h"

#include "platform/memory.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 4096 };
#define STALLED_SHORT 10.0              /* per cent */
#define STALLED_EASY 1.0

/* Return: the number behind a key that begins a line; 0 if there is none. */
static uint64_t number_of(const char *text, const char *key)
{
    size_t length = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!strncmp(line, key, length))
            return strtoull(line + length, NULL, 10);
    }
    return 0;
}

void memory_parse(struct memory_look *look, const char *meminfo, const char *pressure)
{
    double stalled;
    *look = (struct memory_look){.total_kb = number_of(meminfo, "MemTotal:"),
                                 .available_kb = number_of(meminfo, "MemAvailable:")};
    if (sscanf(pressure, "some avg10=%lf", &stalled) == 1 && stalled >= 0 && stalled <= 100)
        look->stalled = stalled;
}

static void read_text(const char *path, char *text)
{
    FILE *file = fopen(path, "re");
    size_t got = file ? fread(text, 1, TEXT_BYTES - 1, file) : 0;
    text[got] = '\0';
    if (file)
        fclose(file);
}

void memory_look(struct memory_look *look)
{
    char meminfo[TEXT_BYTES], pressure[TEXT_BYTES];
    read_text("/proc/meminfo", meminfo);
    read_text("/proc/pressure/memory", pressure);
    memory_parse(look, meminfo, pressure);
}

bool memory_is_short(const struct memory_look *look, bool was)
{
    if (!look->total_kb || !look->available_kb || look->available_kb > look->total_kb)
        return false;
    bool little = look->available_kb < look->total_kb / 4;
    if (was)
        return little || look->stalled >= STALLED_EASY;
    return look->available_kb < look->total_kb / 16 || (little && look->stalled >= STALLED_SHORT);
}

void memory_give_back(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
