/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often everything came up: see tally.h. */
#include "config.h"

#include "scribe.h"
#include "tally.h"

static int more(int a, int b)
{
    return a > b ? a : b;
}

void tally_add(struct tally *tally, const struct world *world, const struct outcome *outcome)
{
    tally->orders += world->orders;
    tally->voices_most = more(tally->voices_most, outcome->voices_most);
    tally->ghosts_most = more(tally->ghosts_most, outcome->ghosts_most);
    for (int i = 0; i < world->orders; i++) {
        const struct order *order = &world->order[i];
        tally->verbs[order->verb]++;
        tally->targets[order->target.kind]++;
        tally->refusals[outcome->refusal[i]]++;
        if (order->verb == VERB_SET)
            tally->properties[order->property]++;
    }
    for (int i = 0; i < METS; i++)
        tally->met[i] += outcome->met[i];
}

/* Return: 1 if there was none. */
static int tell(FILE *to, const char *words, int count)
{
    fprintf(to, " %s %d,", words, count);
    return count == 0;
}

int tally_print(const struct tally *tally, FILE *to)
{
    static const char *const targets[TALLY_TARGETS] = {
        [TARGET_CLIP] = "clips", [TARGET_GROUP] = "groups", [TARGET_BUS] = "busses", [TARGET_ALL] = "all", [TARGET_TAB] = "tabs"};
    int missing = 0;
    fprintf(to, "%d orders; up to %d voices and %d ghosts at once\ncommands:", tally->orders, tally->voices_most,
            tally->ghosts_most);
    for (int i = 0; i < VERBS; i++)
        missing += tell(to, scribe_verb((enum verb)i), tally->verbs[i]);
    fputs("\nto:", to);
    for (int i = 0; i < TALLY_TARGETS; i++)
        missing += tell(to, targets[i], tally->targets[i]);
    fputs("\nset:", to);
    for (int i = 0; i < PROPERTIES; i++)
        missing += tell(to, scribe_property((enum property)i), tally->properties[i]);
    fputs("\nby itself:", to);
    for (int i = 0; i < METS; i++)
        missing += tell(to, met_words((enum met)i), tally->met[i]);
    fputs("\nrefused:", to);
    for (int i = REFUSAL_NONE + 1; i < REFUSALS; i++)
        missing += tell(to, refusal_words((enum refusal)i), tally->refusals[i]);
    fputc('\n', to);
    return missing;
}
