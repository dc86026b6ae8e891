/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the voices read, told to the loader: see demand.h. */
#include "config.h"

#include "clipmem/demand.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(sizeof(struct demand_voice) % 4 == 0 && offsetof(struct demand_picture, voice) % 4 == 0, "published by words");

int demand_create(void)
{
    const struct {
        uint32_t magic, bytes;
    } head = {DEMAND_MAGIC, sizeof(struct demand)};
    int fd = memfd_create("clipgrid-demand", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, sizeof(struct demand)) < 0 || pwrite(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A new writer begins: outside of any period, with nothing shown. */
void demand_take_over(struct demand *demand)
{
    static const struct demand_picture nothing;
    uint64_t period = atomic_load(&demand->period);
    seqlock_write_rt(&demand->lock, &demand->picture, &nothing, offsetof(struct demand_picture, voice));
    atomic_store(&demand->period, period + 2 - period % 2);
}

static struct demand *map(int fd, bool writable)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return NULL;
    if (st.st_size != sizeof(struct demand)) {
        errno = EPROTO;
        return NULL;
    }
    struct demand *demand = mmap(NULL, sizeof *demand, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (demand == MAP_FAILED)
        return NULL;
    if (demand->magic != DEMAND_MAGIC || demand->bytes != sizeof *demand) {
        munmap(demand, sizeof *demand);
        errno = EPROTO;
        return NULL;
    }
    return demand;
}

struct demand *demand_map(int fd, bool writable)
{
    struct demand *demand = map(fd, writable);
    if (demand && writable)
        demand_take_over(demand);
    return demand;
}

struct demand *demand_map_waiting(int fd)
{
    return map(fd, true);
}

void demand_unmap(struct demand *demand)
{
    if (demand)
        munmap(demand, sizeof *demand);
}

void demand_enter_rt(struct demand *demand)
{
    atomic_fetch_add(&demand->period, 1);
}

void demand_leave_rt(struct demand *demand, const struct demand_picture *picture)
{
    uint32_t count = picture->count < DEMAND_VOICES ? picture->count : DEMAND_VOICES;
    size_t bytes = offsetof(struct demand_picture, voice) + count * sizeof picture->voice[0];
    seqlock_write_rt(&demand->lock, &demand->picture, picture, bytes);
    atomic_fetch_add(&demand->period, 1);
}

bool demand_read(const struct demand *demand, struct demand_picture *picture)
{
    const size_t head = offsetof(struct demand_picture, voice);
    for (int tries = 0; tries < 100; tries++) {
        if (!seqlock_read(&demand->lock, &demand->picture, picture, head))
            return false;
        uint32_t count = picture->count < DEMAND_VOICES ? picture->count : DEMAND_VOICES;
        if (!seqlock_read(&demand->lock, &demand->picture, picture, head + count * sizeof picture->voice[0]))
            return false;
        if (picture->count == count)        /* else voices came between the two looks */
            return true;
    }
    return false;
}

uint64_t demand_stamp(const struct demand *demand)
{
    return atomic_load(&demand->period);
}

bool demand_passed(const struct demand *demand, uint64_t stamp)
{
    return stamp % 2 == 0 || atomic_load(&demand->period) != stamp;
}
