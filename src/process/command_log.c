/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command log's layout and how it is written: see command_log.h. Operations lie in one of two
 * rings, and `ring_now` says which one counts; a new life fills the other one and turns over, so
 * that no kill finds an operation in both or in none. An edit is its number, its length and its
 * text, one behind the other; `edit_bytes` says how far they are whole.
 */
#include "config.h"

#include "process/command_log.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "clipmem/clipmem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_MAGIC = 0x43474c31 /* "CGL1" */ };

struct ops_ring {
    _Atomic uint64_t count;             /* ever added to it; the last is at (count - 1) % COMMAND_LOG_OPS */
    struct op op[COMMAND_LOG_OPS];
};

struct edit_head {
    uint32_t number;
    uint32_t bytes;                     /* of the line that follows, without its end */
};

struct log_segment {
    uint32_t magic, bytes;              /* LOG_MAGIC, sizeof this */
    _Atomic uint32_t ring_now;          /* 0 or 1 */
    struct ops_ring ring[2];
    _Atomic uint32_t last_edit;         /* number of the last that was added; one more may be in the text */
    _Atomic uint32_t edit_bytes;
    char edit[COMMAND_LOG_EDIT_BYTES];
    _Atomic uint64_t run;
    _Atomic uint64_t medium[CLIPMEM_SLOTS];
};

struct command_log {
    struct log_segment *shared;
};

int command_log_create(void)
{
    const uint32_t head[] = {LOG_MAGIC, sizeof(struct log_segment)};
    int fd = memfd_create("clipgrid-commands", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, sizeof(struct log_segment)) == 0 && pwrite(fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

struct command_log *command_log_map(int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return NULL;
    struct log_segment *shared = MAP_FAILED;
    if (st.st_size == (off_t)sizeof *shared)
        shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    else
        errno = EPROTO;
    if (shared == MAP_FAILED)
        return NULL;
    if (shared->magic != LOG_MAGIC || shared->bytes != sizeof *shared) {
        munmap(shared, sizeof *shared);
        errno = EPROTO;
        return NULL;
    }
    madvise(shared, sizeof *shared, MADV_DONTDUMP);
    struct command_log *log = xcalloc(1, sizeof *log);
    log->shared = shared;
    return log;
}

void command_log_unmap(struct command_log *log)
{
    if (!log)
        return;
    munmap(log->shared, sizeof *log->shared);
    free(log);
}

/* --- operations --- */

static struct ops_ring *ring_of(const struct command_log *log, unsigned further)
{
    return &log->shared->ring[(atomic_load_explicit(&log->shared->ring_now, memory_order_acquire) + further) % 2];
}

void command_log_add_op(struct command_log *log, const struct op *op)
{
    struct ops_ring *ring = ring_of(log, 0);
    uint64_t count = atomic_load_explicit(&ring->count, memory_order_relaxed);
    ring->op[count % COMMAND_LOG_OPS] = *op;
    atomic_store_explicit(&ring->count, count + 1, memory_order_release);
}

unsigned command_log_undone(const struct command_log *log, command_log_is_done *is_done, const void *context, struct op *ops)
{
    const struct ops_ring *ring = ring_of(log, 0);
    uint64_t count = atomic_load_explicit(&ring->count, memory_order_acquire);
    /* the place of the next one may be half written over */
    uint64_t first = count < COMMAND_LOG_OPS ? 0 : count - COMMAND_LOG_OPS + 1;
    unsigned undone = 0;
    for (uint64_t i = first; i < count; i++) {
        const struct op *op = &ring->op[i % COMMAND_LOG_OPS];
        if (is_done(context, op->serial))
            continue;
        ops[undone] = *op;
        ops[undone++].params = NULL;
    }
    return undone;
}

void command_log_begin_ops(struct command_log *log, const struct op *ops, unsigned count)
{
    struct ops_ring *next = ring_of(log, 1);
    memcpy(next->op, ops, count * sizeof *ops);
    atomic_store_explicit(&next->count, count, memory_order_release);
    atomic_fetch_xor_explicit(&log->shared->ring_now, 1, memory_order_release);
}

/* --- edits --- */

/* One that is whole, or NULL at the end. *at: where it begins; then where the next one does. */
static const char *next_edit(const struct command_log *log, uint32_t *at, struct edit_head *head)
{
    uint32_t bytes = atomic_load_explicit(&log->shared->edit_bytes, memory_order_acquire);
    if (bytes > COMMAND_LOG_EDIT_BYTES || *at > bytes || bytes - *at < sizeof *head)
        return NULL;
    memcpy(head, log->shared->edit + *at, sizeof *head);
    if (head->bytes > bytes - *at - sizeof *head)
        return NULL;
    const char *line = log->shared->edit + *at + sizeof *head;
    *at += (uint32_t)sizeof *head + head->bytes;
    return line;
}

bool command_log_add_edit(struct command_log *log, uint32_t number, const char *line)
{
    struct log_segment *shared = log->shared;
    uint32_t at = atomic_load_explicit(&shared->edit_bytes, memory_order_relaxed);
    struct edit_head head = {.number = number, .bytes = (uint32_t)strlen(line)};
    if (number <= atomic_load_explicit(&shared->last_edit, memory_order_relaxed) && at > 0)
        return true;
    if (at > COMMAND_LOG_EDIT_BYTES || COMMAND_LOG_EDIT_BYTES - at < sizeof head ||
        COMMAND_LOG_EDIT_BYTES - at - sizeof head < head.bytes)
        return false;
    memcpy(shared->edit + at, &head, sizeof head);
    memcpy(shared->edit + at + sizeof head, line, head.bytes);
    atomic_store_explicit(&shared->edit_bytes, at + (uint32_t)sizeof head + head.bytes, memory_order_release);
    atomic_store_explicit(&shared->last_edit, number, memory_order_release);
    return true;
}

bool command_log_has_room(const struct command_log *log)
{
    enum { LINE_BYTES = 8192 };
    return atomic_load_explicit(&log->shared->edit_bytes, memory_order_relaxed) < COMMAND_LOG_EDIT_BYTES - LINE_BYTES;
}

void command_log_forget_edits(struct command_log *log)
{
    atomic_store_explicit(&log->shared->edit_bytes, 0, memory_order_release);
}

char *command_log_edits_after(const struct command_log *log, uint32_t after)
{
    struct strbuf lines = {0};
    struct edit_head head;
    const char *line;
    for (uint32_t at = 0; (line = next_edit(log, &at, &head));) {
        if (head.number <= after)
            continue;               /* the journal has it, or it was added again after a death at the wrong moment */
        strbuf_add(&lines, line, head.bytes);
        strbuf_addc(&lines, '\n');
        after = head.number;
    }
    return lines.s ? strbuf_take(&lines) : xstrdup("");
}

/* --- media --- */

void command_log_set_medium(struct command_log *log, uint32_t slot, uint64_t name)
{
    if (slot < CLIPMEM_SLOTS)
        atomic_store_explicit(&log->shared->medium[slot], name, memory_order_release);
}

uint64_t command_log_medium(const struct command_log *log, uint32_t slot)
{
    return slot < CLIPMEM_SLOTS ? atomic_load_explicit(&log->shared->medium[slot], memory_order_acquire) : 0;
}

/* --- the recording --- */

void command_log_set_run(struct command_log *log, uint64_t run)
{
    atomic_store_explicit(&log->shared->run, run, memory_order_release);
}

uint64_t command_log_run(const struct command_log *log)
{
    return atomic_load_explicit(&log->shared->run, memory_order_acquire);
}
