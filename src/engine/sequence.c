/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the parts of a sequence lie: see sequence.h. Audio thread. */
#include "config.h"

#include "engine/sequence.h"

unsigned sequence_marker_rt(const struct sequence *sequence, unsigned part)
{
    return (unsigned)(sequence->order >> (4 * part) & 15) - 1;
}

unsigned sequence_parts_rt(const struct sequence *sequence)
{
    unsigned parts = 0;
    while (parts < SEQUENCE_PARTS && sequence->order >> (4 * parts) & 15)
        parts++;
    return parts;
}

bool sequence_goes_on_rt(const struct sequence *sequence)
{
    unsigned next = sequence->part + 1u;
    return next < SEQUENCE_PARTS && sequence->order >> (4 * next) & 15;
}

unsigned sequence_next_rt(const struct sequence *sequence, unsigned part)
{
    return part + 1 < sequence_parts_rt(sequence) ? part + 1 : 0;
}

static int64_t place_of(const struct clip_params *params, const struct clipmem_view *view, unsigned marker)
{
    return clipmem_to_chain_rt(params->marker[marker], view->file_rate, view->chain_rate);
}

/* What begins at `from` ends there. */
static int64_t end_of(const struct clip_params *params, const struct clipmem_view *view, int64_t from, int64_t out)
{
    int64_t end = out > from ? out : view->frames;
    for (unsigned i = 0; i < params->markers; i++) {
        int64_t place = place_of(params, view, i);
        if (place > from && place < end)
            end = place;
    }
    return end;
}

bool sequence_place_rt(struct sequence *sequence, const struct clip_params *params, const struct clipmem_view *view, int64_t out)
{
    bool all = true;
    for (unsigned part = 0; part < sequence_parts_rt(sequence); part++) {
        unsigned marker = sequence_marker_rt(sequence, part);
        int64_t from = marker < params->markers ? place_of(params, view, marker) : -1;
        if (from < 0 || from >= view->frames) {
            all = false;
            continue;
        }
        sequence->from[marker] = from;
        sequence->to[marker] = end_of(params, view, from, out);
    }
    return all;
}

int64_t sequence_frames_rt(const struct sequence *sequence, unsigned part, uint32_t seam)
{
    unsigned parts = sequence_parts_rt(sequence);
    int64_t frames = 0;
    for (unsigned i = part; i < parts; i++) {
        unsigned marker = sequence_marker_rt(sequence, i);
        frames += sequence->to[marker] - sequence->from[marker] - (i > part ? seam : 0);
    }
    return frames;
}

int64_t sequence_shortest_rt(const struct sequence *sequence)
{
    int64_t shortest = INT64_MAX;
    for (unsigned part = 0; part < sequence_parts_rt(sequence); part++) {
        unsigned marker = sequence_marker_rt(sequence, part);
        int64_t frames = sequence->to[marker] - sequence->from[marker];
        if (frames < shortest)
            shortest = frames;
    }
    return shortest;
}

bool sequence_cut_rt(struct sequence *sequence, int64_t frames)
{
    bool all = true;
    for (unsigned part = 0; part < sequence_parts_rt(sequence); part++) {
        unsigned marker = sequence_marker_rt(sequence, part);
        if (sequence->to[marker] > frames)
            sequence->to[marker] = frames;
        all = all && sequence->from[marker] < frames;
    }
    return all;
}
