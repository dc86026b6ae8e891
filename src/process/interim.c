/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before there is a document: see interim.h. */
#include "config.h"

#include "process/interim.h"
#include "process/stage.h"
#include "base/xalloc.h"
#include "command/command.h"
#include "platform/clock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct waiting {
    STAILQ_ENTRY(waiting) link;
    struct ticket ticket;
    uint64_t since_ns;
    char line[];
};
static STAILQ_HEAD(, waiting) waiting = STAILQ_HEAD_INITIALIZER(waiting);
static unsigned count;

/* The next word, without quotes, which none of these has. Return: its length; *line behind the blanks before it. */
static size_t next_word(const char **line)
{
    *line += strspn(*line, " \t");
    return strcspn(*line, " \t");
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && !strncmp(text, word, length);
}

static bool takes_target(const struct command_row *row)
{
    return !strncmp(row->arguments, "TARGET", 6) || !strncmp(row->arguments, "group:", 6);
}

enum interim_kind interim_kind_of(const char *line)
{
    size_t length = next_word(&line);
    const struct command_row *row = command_table, *end = row + command_count;
    while (row < end && !is_word(line, length, row->name))
        row++;
    if (row == end || !(row->flags & COMMAND_EARLY))
        return INTERIM_WAITS;
    line += length;
    length = next_word(&line);
    if (takes_target(row) && !is_word(line, length, "all") && strncmp(line, "group:", 6) && strncmp(line, "bus:", 4))
        return INTERIM_WAITS;
    return row->flags & COMMAND_LIVE ? INTERIM_ACTS : INTERIM_TELLS;
}

static void refuse(struct stage *stage, struct ticket ticket)
{
    stage_answer(stage, ticket, ERR_BUSY, "the show's document is not there yet, as the store or its disk does not answer; "
                 "panic, emergency, status, and stop, fade, pause and mute of all, a group or a bus work");
}

void interim_keep(struct stage *stage, struct ticket ticket, const char *line)
{
    if (count == INTERIM_LINES) {
        refuse(stage, ticket);
        return;
    }
    struct waiting *one = xmalloc(sizeof *one + strlen(line) + 1);
    *one = (struct waiting){.ticket = ticket, .since_ns = clock_now_rt()};
    strcpy(one->line, line);
    STAILQ_INSERT_TAIL(&waiting, one, link);
    count++;
}

/* Return: the first that has waited since then or longer, for the caller to free; NULL: none. */
static struct waiting *take_first(uint64_t since_ns)
{
    struct waiting *first = STAILQ_FIRST(&waiting);
    if (!first || first->since_ns > since_ns)
        return NULL;
    STAILQ_REMOVE_HEAD(&waiting, link);
    count--;
    return first;
}

static void refuse_since(struct stage *stage, uint64_t since_ns)
{
    for (struct waiting *one; (one = take_first(since_ns)); free(one))
        refuse(stage, one->ticket);
}

void interim_give_up(struct stage *stage)
{
    refuse_since(stage, UINT64_MAX);
}

void interim_tick(struct stage *stage)
{
    refuse_since(stage, clock_now_rt() - INTERIM_PATIENCE_MS * (CLOCK_SECOND_NS / 1000));
}

void interim_end(server_line *line)
{
    for (struct waiting *one; (one = take_first(UINT64_MAX)); free(one))
        line(NULL, one->ticket, one->line);
}
