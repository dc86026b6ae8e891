/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which clips are likely to be started next, from what has been started: what followed what,
 * how often, what stands beside it, the same group; and before anything has been, the order of the
 * grid. Pure counting: it knows neither files nor time. Loader thread.
 */
#ifndef MEDIA_PREDICT_H
#define MEDIA_PREDICT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PREDICT_CLIPS = 10240,          /* clip numbers are below */
    PREDICT_FOLLOWERS = 4,          /* remembered of a clip */
};

struct predict_clip {
    bool there, pinned;
    uint8_t tab, row, column, group;
    uint16_t plays;                 /* times started; stays at its maximum */
    uint32_t turn;                  /* when last, in starts; 0: never */
    struct {
        uint16_t clip, times;       /* times 0: place free */
    } follower[PREDICT_FOLLOWERS];  /* what was started next */
};

/* Zeroed to begin. */
struct predict {
    struct predict_clip clip[PREDICT_CLIPS];
    uint32_t turn;                  /* starts so far */
    uint16_t last;                  /* clip started last, if turn > 0 */
};

/* Where it stands; what was learned of it stays. Numbers past PREDICT_CLIPS are ignored, here and below. */
void predict_place(struct predict *predict, uint32_t clip, uint8_t tab, uint8_t row, uint8_t column, uint8_t group, bool pinned);
void predict_forget(struct predict *predict, uint32_t clip);
void predict_started(struct predict *predict, uint32_t clip);
/* The greater, the likelier; no two clips in different cells have the same. A clip that is not there: INT64_MIN. */
int64_t predict_score(const struct predict *predict, uint32_t clip);

#endif
