/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's rate for a line that needs it: see line_rate.h. */
#include "config.h"

#include "process/line_rate.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <string.h>

char *line_rate_add(const struct stage *stage, const char *line)
{
    static const char name[] = "snap-to";
    struct words words;
    char *whole = NULL;
    line += strspn(line, " \t");
    if (strncmp(line, name, strlen(name)) || words_split(&words, line, NULL) < 0)
        return NULL;
    bool says_it = words.count < 3 || strcmp(words.word[0], name) != 0;
    for (int i = 3; i < words.count; i++)
        says_it |= !strcmp(words.word[i], "rate");
    int slot = says_it ? -1 : show_find(stage->show, words.word[1], NULL);
    uint32_t medium = slot < 0 ? STAGE_MEDIA_NONE : stage->clip_medium[slot];
    if (medium != STAGE_MEDIA_NONE && stage->media[medium].file_rate)
        whole = xasprintf("%s rate %u", line, stage->media[medium].file_rate);
    words_clear(&words);
    return whole;
}
