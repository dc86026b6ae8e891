/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state segment, made and mapped: see state.h. */
#include "config.h"

#include "wire/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int state_create(struct state_segment **mapped, uint64_t generation)
{
    int fd = memfd_create("clipgrid-state", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, (off_t)sizeof(struct state_segment)) < 0)
        goto fail;
    struct state_segment *segment = mmap(NULL, sizeof *segment, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (segment == MAP_FAILED)
        goto fail;
    /* Sealed after our own writable map: nobody can make another one, nor change its size or its seals. */
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) < 0) {
        munmap(segment, sizeof *segment);
        goto fail;
    }
    segment->magic = STATE_MAGIC;
    segment->bytes = sizeof *segment;
    segment->generation = generation;
    segment->engine_pid = (uint32_t)getpid();
    for (int i = 0; i < STATE_VOICES; i++)
        segment->live.voice[i].clip = STATE_NO_CLIP;
    *mapped = segment;
    return fd;
fail:
    close(fd);
    return -1;
}

const struct state_segment *state_map(int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return NULL;
    errno = EPROTO;
    if (st.st_size != (off_t)sizeof(struct state_segment))
        return NULL;
    const struct state_segment *segment = mmap(NULL, sizeof *segment, PROT_READ, MAP_SHARED, fd, 0);
    if (segment == MAP_FAILED)
        return NULL;
    if (segment->magic == STATE_MAGIC && segment->bytes == sizeof *segment)
        return segment;
    state_unmap(segment);
    errno = EPROTO;
    return NULL;
}

void state_unmap(const struct state_segment *segment)
{
    if (segment)
        munmap((void *)(uintptr_t)segment, sizeof *segment);
}

const char *state_cause_word(enum state_cause cause)
{
    static const char *const words[] = {[STATE_CAUSE_HAND] = "by hand", [STATE_CAUSE_DEVICE] = "device lost",
                                        [STATE_CAUSE_XRUNS] = "xruns", [STATE_CAUSE_FAULT] = "engine fault"};
    return cause <= STATE_CAUSE_FAULT ? words[cause] : "";
}

const char *state_voice_word(enum state_voice_kind kind)
{
    static const char *const words[] = {"free", "queued", "playing", "stopping", "looping", "paused", "auditioning", "recording"};
    return words[kind];
}

const char *state_load_word(enum state_load load)
{
    static const char *const words[] = {"normal", "warn", "critical"};
    return words[load];
}

static const struct { const char *word, *words; } yields[STATE_YIELDS] = {
    [STATE_YIELD_PREDICTION] = {"prediction", "loading ahead waits"},
    [STATE_YIELD_SCREENS] = {"screens", "screens draw less often"},
    [STATE_YIELD_PREVIEW] = {"preview", "nothing new is auditioned"},
    [STATE_YIELD_VOICES] = {"voices", "no new clip starts"},
};

const char *state_yield_word(enum state_yield yield)
{
    return yields[yield].word;
}

const char *state_yield_words(enum state_yield yield)
{
    return yields[yield].words;
}
