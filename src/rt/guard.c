/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which thread is the audio thread, and what it must not do: see guard.h. */
#include "config.h"

#include "rt/guard.h"
#include "base/xalloc.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local bool on_audio_thread;
static _Atomic uint64_t broken;

void rt_guard_init(void)
{
    xalloc_hook = rt_forbid;
}

void rt_guard_enter(void)
{
    on_audio_thread = true;
}

void rt_guard_leave(void)
{
    on_audio_thread = false;
}

bool rt_guard_is_on(void)
{
    return on_audio_thread;
}

void rt_forbid(const char *what)
{
    if (!on_audio_thread)
        return;
    atomic_fetch_add_explicit(&broken, 1, memory_order_relaxed);
#ifdef CLIPGRID_DEBUG
    fprintf(stderr, "clipgrid: %s called on the audio thread\n", what);
    abort();
#else
    (void)what;
#endif
}

uint64_t rt_guard_broken(void)
{
    return atomic_load_explicit(&broken, memory_order_relaxed);
}
