/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flight recorder's ring: see flight.h. */
#include "config.h"

#include "wire/flight.h"
#include "base/xxh64.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint64_t MAGIC = UINT64_C(0x3174686769676c63);
enum { ALIGNMENT = 8 };

static size_t room_of(size_t size)
{
    return (sizeof(struct flight_record) + size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

uint32_t flight_check_of(const struct flight_record *record, const void *payload)
{
    size_t from = offsetof(struct flight_record, number);
    struct xxh64 hash;
    xxh64_init(&hash, record->size);
    xxh64_add(&hash, (const char *)record + from, sizeof *record - from);
    xxh64_add(&hash, payload, record->size);
    return (uint32_t)xxh64_digest(&hash);
}

int flight_create(struct flight_ring **ring, uint64_t run)
{
    int fd = memfd_create("clipgrid-flight", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    struct flight_ring *made = MAP_FAILED;
    if (ftruncate(fd, (off_t)sizeof *made) == 0)
        made = mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (made == MAP_FAILED || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) < 0) {
        if (made != MAP_FAILED)
            munmap(made, sizeof *made);
        close(fd);
        return -1;
    }
    made->magic = MAGIC;
    made->run = run;
    *ring = made;
    return fd;
}

/* --- writing --- */

static void get(const struct flight_ring *ring, uint64_t at, void *bytes, size_t size)
{
    size_t place = at % FLIGHT_RING_BYTES, first = FLIGHT_RING_BYTES - place;
    if (first > size)
        first = size;
    memcpy(bytes, ring->data + place, first);
    memcpy((char *)bytes + first, ring->data, size - first);
}

static void put(struct flight_ring *ring, uint64_t at, const void *bytes, size_t size)
{
    size_t place = at % FLIGHT_RING_BYTES, first = FLIGHT_RING_BYTES - place;
    if (first > size)
        first = size;
    memcpy(ring->data + place, bytes, first);
    memcpy(ring->data, (const char *)bytes + first, size - first);
}

/* Gives up the oldest records that will be written over. */
static void make_room(struct flight_ring *ring, uint64_t next)
{
    struct flight_record oldest;
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    while (next - tail > FLIGHT_RING_BYTES) {
        get(ring, tail, &oldest, sizeof oldest);
        tail += room_of(oldest.size);
    }
    atomic_store_explicit(&ring->tail, tail, memory_order_release);
}

void flight_append(struct flight_ring *ring, enum flight_kind kind, int64_t wall_ns, uint64_t frame, const void *head, size_t size,
                   const char *text)
{
    char payload[FLIGHT_PAYLOAD_MAX];
    size_t length = text ? strlen(text) : 0, most = sizeof payload - size;
    if (length > most)
        length = most;
    if (size)
        memcpy(payload, head, size);
    if (length)
        memcpy(payload + size, text, length);
    struct flight_record record = {.size = (uint32_t)(size + length), .number = ++ring->number, .wall_ns = wall_ns,
                                   .frame = frame, .kind = (uint32_t)kind};
    record.check = flight_check_of(&record, payload);
    uint64_t at = atomic_load_explicit(&ring->head, memory_order_relaxed), next = at + room_of(record.size);
    make_room(ring, next);
    atomic_store_explicit(&ring->claimed, next, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);      /* a reader that sees new bytes sees the claim */
    put(ring, at, &record, sizeof record);
    put(ring, at + sizeof record, payload, record.size);
    atomic_store_explicit(&ring->head, next, memory_order_release);
}

/* --- reading --- */

int flight_map(struct flight_reader *reader, int fd)
{
    struct stat st;
    *reader = (struct flight_reader){0};
    if (fstat(fd, &st) < 0)
        return -1;
    errno = EPROTO;
    if (st.st_size != (off_t)sizeof(struct flight_ring))
        return -1;
    const struct flight_ring *ring = mmap(NULL, sizeof *ring, PROT_READ, MAP_SHARED, fd, 0);
    if (ring == MAP_FAILED)
        return -1;
    reader->ring = ring;
    if (ring->magic == MAGIC)
        return 0;
    flight_unmap(reader);
    errno = EPROTO;
    return -1;
}

void flight_unmap(struct flight_reader *reader)
{
    if (reader->ring)
        munmap((void *)(uintptr_t)reader->ring, sizeof *reader->ring);
    reader->ring = NULL;
}

/* Whether what was just copied from `taken` on was not being written over meanwhile. */
static bool still_whole(const struct flight_reader *reader)
{
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&reader->ring->claimed, memory_order_relaxed) - reader->taken <= FLIGHT_RING_BYTES;
}

/* On from the oldest record that is there. */
static void skip(struct flight_reader *reader, uint64_t head)
{
    uint64_t tail = atomic_load_explicit(&reader->ring->tail, memory_order_acquire);
    if (tail <= reader->taken || tail > head)
        tail = head;                    /* what is there is no record: the writer has gone wild */
    reader->lost += tail - reader->taken;
    reader->taken = tail;
}

/* Copies the record at `taken`. Return: whether it is one. */
static bool copy(struct flight_reader *reader, uint64_t head, struct flight_record *record, char *payload)
{
    get(reader->ring, reader->taken, record, sizeof *record);
    if (record->size > FLIGHT_PAYLOAD_MAX || room_of(record->size) > head - reader->taken)
        return false;
    get(reader->ring, reader->taken + sizeof *record, payload, record->size);
    payload[record->size] = '\0';
    return still_whole(reader) && record->check == flight_check_of(record, payload);
}

bool flight_take(struct flight_reader *reader, struct flight_record *record, char payload[FLIGHT_PAYLOAD_MAX + 1])
{
    uint64_t head = reader->ring ? atomic_load_explicit(&reader->ring->head, memory_order_acquire) : 0;
    for (int tries = 0; tries < 3 && head - reader->taken >= sizeof *record && head > reader->taken; tries++) {
        if (head - reader->taken <= FLIGHT_RING_BYTES && copy(reader, head, record, payload)) {
            reader->taken += room_of(record->size);
            return true;
        }
        skip(reader, head);
    }
    return false;
}
