/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flight recorder's files, read: see flight_file.h. */
#include "config.h"

#include "logbook/flight_file.h"
#include "logbook/flight_mark.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct flight_tape {
    FILE *in;
    char *path;
    char *payload;
    size_t room;
    uint64_t last;              /* number of the record before */
};

static FILE *open_regular(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    FILE *in = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? fdopen(fd, "rb") : NULL;
    if (!in && fd >= 0) {
        close(fd);
        errno = EINVAL;
    }
    return in;
}

struct flight_tape *flight_tape_open(const char *path, struct err *err)
{
    char mark[FLIGHT_MARK_BYTES];
    FILE *in = open_regular(path);
    if (!in) {
        err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
        return NULL;
    }
    if (fread(mark, 1, sizeof mark, in) != sizeof mark || memcmp(mark, FLIGHT_MARK, sizeof mark)) {
        err_set(err, ERR_IO, "%s: not a recording of the flight recorder", path);
        fclose(in);
        return NULL;
    }
    struct flight_tape *tape = xcalloc(1, sizeof *tape);
    tape->path = xstrdup(path);
    tape->in = in;
    return tape;
}

/* What is not there is not asked of memory: a size that lies costs no more than the file has. */
static bool has_bytes(struct flight_tape *tape, size_t size)
{
    struct stat st;
    off_t at = ftello(tape->in);
    return at >= 0 && fstat(fileno(tape->in), &st) == 0 && (uint64_t)at + size <= (uint64_t)st.st_size;
}

static int end(const struct flight_tape *tape, struct err *err)
{
    return ferror(tape->in) ? err_set(err, ERR_IO, "%s: %s", tape->path, strerror(errno)) : 0;
}

int flight_tape_next(struct flight_tape *tape, struct flight_record *record, const char **payload, struct err *err)
{
    if (fread(record, 1, sizeof *record, tape->in) != sizeof *record)
        return end(tape, err);
    size_t behind = flight_padded(record->size) - sizeof *record;
    bool follows = record->number > tape->last || (record->number == tape->last && record->kind == FLIGHT_DOCUMENT);
    if (record->size > FLIGHT_DOCUMENT_MAX || record->kind >= FLIGHT_KINDS || !follows || !has_bytes(tape, behind))
        return 0;
    if (behind + 1 > tape->room) {
        tape->room = behind + 1;
        tape->payload = xrealloc_array(tape->payload, tape->room, 1);
    }
    if (fread(tape->payload, 1, behind, tape->in) != behind)
        return end(tape, err);
    if (record->check != flight_check_of(record, tape->payload))
        return 0;
    tape->payload[record->size] = '\0';
    tape->last = record->number;
    *payload = tape->payload;
    return 1;
}

void flight_tape_close(struct flight_tape *tape)
{
    fclose(tape->in);
    free(tape->path);
    free(tape->payload);
    free(tape);
}
