/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The show's time on a card with a clock of its own. A frame is due when the card has room
 * for it: a chunk before the buffer would be empty. Where that really was is measured at each
 * look from what the card has taken, and smoothed; so engine frames keep the card's pace,
 * while every start of the stream finds the frame that belongs there, to half a frame, however
 * many starts there were before. Pure: time is an argument. Audio thread.
 */
#ifndef ENGINE_CARD_TIME_H
#define ENGINE_CARD_TIME_H

#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

struct card_time {
    uint32_t rate, chunk, buffer;       /* Hz; frames written at once; frames the card holds */
    uint64_t next_ns;                   /* when the next frame to be written is due, */
    uint32_t part;                      /* and so many parts, of `rate` a nanosecond, later */
    uint64_t taken;                     /* frames the card has played, as of the last look */
    uint64_t looked_ns;                 /* when that was */
    uint64_t idle_ns;                   /* time under our eyes in which the card did not move */
    unsigned strays;                    /* looks in a row at which the card was elsewhere */
    int settled;                        /* looks since the start that phase_ns is the mean of; at most 16 */
    int64_t error_ns[2];                /* how much later than next_ns the card was at the last two looks, the newer one last */
    int64_t phase_ns;                   /* how much later than next_ns this stream has room for the frame; negative: earlier */
};

/* The card was taken into use; its next frame is due at due_ns by the show's time. */
RT_SAFE void card_time_begin_rt(struct card_time *time, uint64_t due_ns, uint64_t now_ns);
/* The stream started at started_ns with lead_in frames of silence. Which frame comes then? Return: frames of the show lost
 * before it; or, if the stream is ahead, 0 and *quiet more frames of silence. */
RT_SAFE uint64_t card_time_restart_rt(struct card_time *time, uint64_t started_ns, uint32_t lead_in, uint64_t *quiet);
/* A look: of `written` frames since the start, there is room for `room` more. Return: false if the card is overdue: it has
 * not moved for longer than 70 ms or four buffers. Time in which nobody looked, because this thread did not run, does not
 * count. */
RT_SAFE bool card_time_look_rt(struct card_time *time, uint64_t written, uint64_t room, uint64_t now_ns);
/* The same where there is nothing to be seen: the stream stands, or its pointer lies. */
RT_SAFE bool card_time_look_in_vain_rt(struct card_time *time, uint64_t now_ns);
/* Room for at least a chunk was found. Return: true if that is far too early: a card without a clock, or a pointer that jumped.
 * Then the machine's clock says when a chunk is due. */
RT_SAFE bool card_time_is_early_rt(const struct card_time *time, uint64_t room, uint64_t now_ns);
/* Otherwise follows the card. Return: frames lost because it stood still for a while, else 0. */
RT_SAFE uint64_t card_time_follow_rt(struct card_time *time, uint64_t room, uint64_t now_ns);
/* A chunk is to be written. Return: when its first frame is due. */
RT_SAFE uint64_t card_time_give_rt(struct card_time *time);

#endif
