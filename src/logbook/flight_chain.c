/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings that go on from one another: see flight_chain.h. */
#include "config.h"

#include "logbook/flight_chain.h"
#include "logbook/flight_file.h"
#include "base/xalloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The run that it goes on from; 0: none, or it cannot be read. It says so in one of its first records. */
static uint64_t run_before(const char *path)
{
    enum { FIRST = 3 };                 /* behind its beginning and the document */
    struct flight_record record;
    struct flight_goes_on goes_on = {0};
    const char *payload;
    struct err err;
    struct flight_tape *tape = flight_tape_open(path, &err);
    for (int i = 0; tape && i < FIRST && !goes_on.before && flight_tape_next(tape, &record, &payload, &err) > 0; i++)
        if (record.kind == FLIGHT_GOES_ON && record.size >= sizeof goes_on)
            memcpy(&goes_on, payload, sizeof goes_on);
    if (tape)
        flight_tape_close(tape);
    return goes_on.before;
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
    uint64_t run;
    path[count++] = xstrdup(last);
    *missing = false;
    while ((run = run_before(path[count - 1]))) {
        char *before = flight_file_of_run(last, run);
        *missing = !before || count == FLIGHT_CHAIN_MOST || is_there(path, count, before);  /* in a ring: damaged */
        if (*missing) {
            free(before);
            break;
        }
        path[count++] = before;
    }
    return count;
}
