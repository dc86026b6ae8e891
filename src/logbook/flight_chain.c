/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings that go on from one another: see flight_chain.h. */
#include "config.h"

#include "logbook/flight_chain.h"
#include "logbook/flight_file.h"
#include "base/xalloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The recording that it goes on from, which one of its first records names, or NULL. is_to_be: whether it names one. */
static char *before(const char *path, bool *is_to_be)
{
    enum { FIRST = 3 };                 /* behind its beginning and the document */
    struct flight_record record;
    struct flight_goes_on goes_on = {0};
    uint64_t began = 0;
    const char *payload;
    struct err err;
    struct flight_tape *tape = flight_tape_open(path, &err);
    for (int i = 0; tape && i < FIRST && !goes_on.before && flight_tape_next(tape, &record, &payload, &err) > 0; i++) {
        began = record.kind == FLIGHT_BEGAN ? record.number : began;
        if (record.kind == FLIGHT_GOES_ON && record.size >= sizeof goes_on)
            memcpy(&goes_on, payload, sizeof goes_on);
    }
    if (tape)
        flight_tape_close(tape);
    *is_to_be = goes_on.before;
    return goes_on.before ? flight_file_of_run(path, goes_on.before, goes_on.period ? UINT64_MAX : began) : NULL;
}

static bool is_there(char *const *path, int count, const char *other)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(path[i], other))
            return true;
    return false;
}

int flight_chain_find(const char *last, char **path, bool *missing)
{
    int count = 0;
    path[count++] = xstrdup(last);
    for (;;) {
        char *other = before(path[count - 1], missing);
        if (!other)
            return count;
        *missing = count == FLIGHT_CHAIN_MOST || is_there(path, count, other);      /* in a ring: damaged */
        if (*missing) {
            free(other);
            return count;
        }
        path[count++] = other;
    }
}
