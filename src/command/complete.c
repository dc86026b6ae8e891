/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Completion of a command line. The row's arguments say what may stand where: each blank-separated
 * part is one word, its alternatives parted by |. Placeholders (CLIP, TARGET, ...) are looked up in
 * sources[]; what is not there and in small letters stands for itself; the rest is not completed.
 */
#include "config.h"

#include "command/command.h"
#include "base/text.h"
#include "show/property.h"

#include <stdio.h>
#include <string.h>

enum { CANDIDATES_MAX = 500 };

struct completion {
    const struct show *show;    /* NULL: who completes has no document, and adds clips by himself */
    char *const *word;          /* all words; word[count] is being completed */
    int count;
    const char *prefix;
    int found;
    struct strbuf *out;
};

static void offer(struct completion *completion, const char *word)
{
    if (completion->found == CANDIDATES_MAX || strncmp(word, completion->prefix, strlen(completion->prefix)))
        return;
    strbuf_adds(completion->out, word);
    strbuf_addc(completion->out, '\n');
    completion->found++;
}

static void offer_words(struct completion *completion, const char *const *words)
{
    for (int i = 0; words && words[i]; i++)
        offer(completion, words[i]);
}

static void offer_commands(struct completion *completion)
{
    for (int i = 0; i < command_count; i++)
        offer(completion, command_table[i].name);
}

/* Ids, or addresses once the word begins like one. */
static void offer_clips(struct completion *completion)
{
    bool by_place = completion->prefix[0] >= '0' && completion->prefix[0] <= '9';
    for (int slot = 0; completion->show && slot < show_slots(completion->show); slot++) {
        const struct show_clip *clip = show_clip(completion->show, slot);
        char address[16];
        if (clip)
            offer(completion, by_place ? show_address(clip, address) : clip->id);
    }
}

static void offer_groups(struct completion *completion)
{
    static const char *const words[] = {"group:A", "group:B", "group:C", "group:D", NULL};
    offer_words(completion, words);
}

static void offer_tabs(struct completion *completion)
{
    for (int i = 0; completion->show && i < show_tabs(completion->show); i++) {
        char word[16];
        snprintf(word, sizeof word, "tab:%d", i + 1);
        offer(completion, word);
    }
}

static void offer_targets(struct completion *completion)
{
    static const char *const words[] = {"bus:A", "bus:B", "bus:C", "bus:D", "bus:audition", "all", NULL};
    offer_clips(completion);
    offer_groups(completion);
    offer_tabs(completion);
    offer_words(completion, words);
}

static enum property_scope scope_of(const struct completion *completion)
{
    const char *owner = completion->word[1];
    return !strcmp(owner, "show") ? PROPERTY_SHOW : !strncmp(owner, "group:", 6) ? PROPERTY_GROUP :
           !strncmp(owner, "tab:", 4) ? PROPERTY_TAB : PROPERTY_CLIP;
}

static void offer_properties(struct completion *completion)
{
    for (int i = 0; i < property_count; i++)
        if (property_table[i].scope == scope_of(completion))
            offer(completion, property_table[i].key);
}

static void offer_values(struct completion *completion)
{
    static const char *const flags[] = {"true", "false", NULL};
    const struct property *property = property_find(scope_of(completion), completion->word[2]);
    if (!property)
        return;
    offer_words(completion, property->kind == PROPERTY_BOOL ? flags : property->choices);
    if (property->inherits || property->fallback)
        offer(completion, "default");
}

static void offer_curves(struct completion *completion)
{
    offer_words(completion, property_find(PROPERTY_SHOW, "fade_in_curve")->choices);
}

static void offer_tab_numbers(struct completion *completion)
{
    for (int i = 0; completion->show && i < show_tabs(completion->show); i++)
        offer(completion, (const char[]){(char)('1' + i), '\0'});
}

static const struct { const char *name; void (*offer)(struct completion *); } sources[] = {
    {"CLIP", offer_clips}, {"A", offer_clips}, {"TARGET", offer_targets}, {"group:A", offer_groups}, {"tab:N", offer_tabs},
    {"PROPERTY", offer_properties}, {"VALUE", offer_values}, {"CURVE", offer_curves}, {"COMMAND", offer_commands},
    {"N", offer_tab_numbers},
};

static void offer_part(struct completion *completion, const char *part)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (!strcmp(sources[i].name, part)) {
            sources[i].offer(completion);
            return;
        }
    }
    if (part[0] < 'A' || part[0] > 'Z')
        offer(completion, part);
}

/* The alternatives of the word being completed: part number `count - 1` of the arguments. */
static void offer_arguments(struct completion *completion, const char *arguments)
{
    char parts[128], *rest = text_copy(parts, sizeof parts, arguments);
    char *part = NULL;
    for (int i = 0; i < completion->count; i++) {
        part = rest ? strsep(&rest, " ") : NULL;
        if (!part)
            return;
    }
    part += *part == '[';
    part[strcspn(part, "]")] = '\0';
    while (part)
        offer_part(completion, strsep(&part, "|"));
}

void command_complete(const struct show *show, const char *line, struct strbuf *out)
{
    struct words words;
    size_t length = strlen(line);
    if (words_split(&words, line, NULL)) {
        words_clear(&words);
        return;
    }
    bool fresh = !words.count || !length || line[length - 1] == ' ' || line[length - 1] == '\t';
    int count = fresh ? words.count : words.count - 1;
    struct completion completion = {
        .show = show, .word = words.word, .count = count, .prefix = fresh ? "" : words.word[count], .out = out,
    };
    const struct command_row *row = count ? command_find(words.word[0]) : NULL;
    if (!count)
        offer_commands(&completion);
    else if (row)
        offer_arguments(&completion, row->arguments);
    words_clear(&words);
}
