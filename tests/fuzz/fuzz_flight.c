/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a recording of the flight recorder: reading ends, and what it gives is whole. A hash would keep the mutations
 * from everything behind it: where the input has room for a record, its hash is put right first.
 */
#include "config.h"

#include "fuzz.h"
#include "logbook/flight_file.h"
#include "logbook/flight_mark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/flight", NULL};
const char *const fuzz_words[] = {"\x01", "\x02\x00\x00\x00", "\xff\xff\xff\xff", "\x0a", "\x18\x00", "press 1/1/1", "\f\n", NULL};
enum { BYTES_MAX = 1 << 16 };

static void hold(int law)
{
    if (!law)
        abort();
}

static void mend_hashes(unsigned char *bytes, size_t count)
{
    struct flight_record record;
    for (size_t at = FLIGHT_MARK_BYTES; at + sizeof record <= count; at += flight_padded(record.size)) {
        memcpy(&record, bytes + at, sizeof record);
        if (flight_padded(record.size) > count - at)
            return;
        record.check = flight_check_of(&record, bytes + at + sizeof record);
        memcpy(bytes + at, &record, sizeof record);
    }
}

static void play(const char *path, size_t count)
{
    struct err err = {0};
    struct flight_record record;
    const char *payload;
    size_t sum = 0;
    int got;
    uint64_t last = 0;
    struct flight_tape *tape = flight_tape_open(path, &err);
    hold(tape || *err.text);
    while (tape && (got = flight_tape_next(tape, &record, &payload, &err)) > 0) {
        sum += flight_padded(record.size);
        hold(sum <= count && record.number >= last && payload[record.size] == '\0');
        hold(*flight_kind_name(record.kind) != '\0' && record.check == flight_check_of(&record, payload));
        last = record.number;
    }
    if (tape)
        flight_tape_close(tape);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static unsigned char copy[BYTES_MAX];
    static int fd = -1;
    char path[40];
    if (fd < 0 && (fd = memfd_create("recording", MFD_CLOEXEC)) < 0)
        return 0;
    if (count > sizeof copy)
        count = sizeof copy;
    memcpy(copy, bytes, count);
    mend_hashes(copy, count);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (ftruncate(fd, (off_t)count) == 0 && pwrite(fd, copy, count, 0) == (ssize_t)count)
        play(path, count);
    return 0;
}
