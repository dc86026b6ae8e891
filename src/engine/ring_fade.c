/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of what a mapped card was given: see ring_fade.h. */
#include "config.h"

#include "engine/ring_fade.h"

#include "engine/pace.h"
#include "platform/clock.h"
#include "rt/seqlock.h"

#include <string.h>

static struct seqlock lock;
static struct ring_note noted;      /* by the audio thread */
static const void *_Atomic forgotten;
static _Atomic bool runs;

uint64_t ring_fade_apply(const struct ring_note *note, uint64_t now_ns)
{
    uint64_t ahead = pace_frames_rt(RING_FADE_AHEAD_US * UINT64_C(1000), note->rate);
    uint64_t longest = pace_frames_rt(RING_FADE_MS * UINT64_C(1000000), note->rate) - ahead;
    uint64_t left_ns = note->empty_ns > now_ns ? note->empty_ns - now_ns : 0;
    uint64_t left = left_ns < CLOCK_SECOND_NS ? pace_frames_rt(left_ns, note->rate) : note->buffer;
    left = left < note->buffer ? left : note->buffer;
    if (!note->base || left <= ahead)
        return 0;
    left -= ahead;
    uint64_t fade = left < longest ? left : longest;
    for (uint64_t i = 0; i < left; i++) {
        uint64_t at = (note->end + note->buffer - left + i) % note->buffer;
        float gain = i < fade ? 1.0f - (float)(i + 1) / (float)fade : 0.0f;
        output_scale(note->base + at * note->frame_bytes, note->format, note->channels, gain);
    }
    return pace_ns_rt(ahead + fade, note->rate);
}

void ring_fade_note_rt(const struct ring_note *note)
{
    if (atomic_load_explicit(&forgotten, memory_order_relaxed) == note->base)
        atomic_store_explicit(&forgotten, NULL, memory_order_relaxed);
    seqlock_write_rt(&lock, &noted, note, sizeof noted);
}

bool ring_fade_runs_rt(void)
{
    return atomic_load_explicit(&runs, memory_order_relaxed);
}

void ring_fade_forget(const void *base)
{
    atomic_store_explicit(&forgotten, base, memory_order_relaxed);
}

void ring_fade_run(void)
{
    struct ring_note note;
    atomic_store_explicit(&runs, true, memory_order_relaxed);
    if (!seqlock_try(&lock, &noted, &note, sizeof note) ||
        atomic_load_explicit(&forgotten, memory_order_relaxed) == note.base)
        return;
    uint64_t now = clock_now_rt(), silent_ns = ring_fade_apply(&note, now);
    if (silent_ns)
        clock_sleep_until_rt(now + silent_ns);
}
