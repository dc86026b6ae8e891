/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A score is a sum of reasons, each with a weight: that a clip has followed the one started last
 * weighs most, then that it stands next to it, then how lately and how often it was started. The
 * place in the grid decides between equals.
 */
#include "config.h"

#include "media/predict.h"

#include <stdlib.h>

enum {
    WEIGHT_FOLLOWED = 4 << 20,      /* times the share of all that followed */
    WEIGHT_NEXT_CELL = 1 << 20,
    WEIGHT_NEAR_CELL = 1 << 18,
    WEIGHT_LATELY = 1 << 19,        /* less by a 64th a start since */
    WEIGHT_OFTEN = 1 << 14,         /* each time, up to OFTEN_MAX */
    OFTEN_MAX = 16,
    WEIGHT_PINNED = 1 << 19,
    WEIGHT_SAME_TAB = 1 << 17,
    WEIGHT_SAME_GROUP = 1 << 16,
    LATELY_STARTS = 64,
    GRID_PLACES = 1 << 16,          /* more than there are cells */
};

void predict_place(struct predict *predict, uint32_t clip, uint8_t tab, uint8_t row, uint8_t column, uint8_t group, bool pinned)
{
    if (clip >= PREDICT_CLIPS)
        return;
    struct predict_clip *known = &predict->clip[clip];
    known->there = true;
    known->tab = tab;
    known->row = row;
    known->column = column;
    known->group = group;
    known->pinned = pinned;
}

void predict_forget(struct predict *predict, uint32_t clip)
{
    if (clip < PREDICT_CLIPS)
        predict->clip[clip] = (struct predict_clip){0};
}

/* The place of a follower; that of the rarest if it has none yet, which starts anew. */
static int follower_place(const struct predict_clip *known, uint16_t clip)
{
    int rarest = 0;
    for (int i = 0; i < PREDICT_FOLLOWERS; i++) {
        if (known->follower[i].times && known->follower[i].clip == clip)
            return i;
        if (known->follower[i].times < known->follower[rarest].times)
            rarest = i;
    }
    return rarest;
}

static void count_follower(struct predict_clip *known, uint16_t clip)
{
    int place = follower_place(known, clip);
    if (known->follower[place].clip != clip)
        known->follower[place].times = 0;
    known->follower[place].clip = clip;
    if (known->follower[place].times < UINT16_MAX)
        known->follower[place].times++;
}

void predict_started(struct predict *predict, uint32_t clip)
{
    if (clip >= PREDICT_CLIPS)
        return;
    if (predict->turn && predict->last != clip)
        count_follower(&predict->clip[predict->last], (uint16_t)clip);
    predict->last = (uint16_t)clip;
    predict->clip[clip].turn = ++predict->turn;
    if (predict->clip[clip].plays < UINT16_MAX)
        predict->clip[clip].plays++;
}

/* What the clip started last says of this one. */
static int64_t score_followed(const struct predict_clip *last, uint32_t clip)
{
    int64_t all = 0, these = 0;
    for (int i = 0; i < PREDICT_FOLLOWERS; i++) {
        all += last->follower[i].times;
        if (last->follower[i].clip == clip)
            these += last->follower[i].times;
    }
    return all ? WEIGHT_FOLLOWED * these / all : 0;
}

static int64_t score_beside(const struct predict_clip *last, const struct predict_clip *known)
{
    int64_t score = last->group == known->group ? WEIGHT_SAME_GROUP : 0;
    if (last->tab != known->tab)
        return score;
    score += WEIGHT_SAME_TAB;
    int down = known->row - last->row, right = known->column - last->column;
    if ((down == 0 && right == 1) || (down == 1 && known->column == 0))
        return score + WEIGHT_NEXT_CELL;
    return abs(down) <= 1 && abs(right) <= 1 ? score + WEIGHT_NEAR_CELL : score;
}

int64_t predict_score(const struct predict *predict, uint32_t clip)
{
    const struct predict_clip *known = clip < PREDICT_CLIPS ? &predict->clip[clip] : NULL;
    if (!known || !known->there)
        return INT64_MIN;
    int64_t score = known->pinned ? WEIGHT_PINNED : 0;
    score += WEIGHT_OFTEN * (int64_t)(known->plays < OFTEN_MAX ? known->plays : OFTEN_MAX);
    uint32_t since = predict->turn - known->turn;
    if (known->turn && since < LATELY_STARTS)
        score += WEIGHT_LATELY / LATELY_STARTS * (int64_t)(LATELY_STARTS - since);
    if (predict->turn && predict->last != clip) {
        const struct predict_clip *last = &predict->clip[predict->last];
        score += score_followed(last, clip) + score_beside(last, known);
    }
    int64_t place = ((int64_t)known->tab * 32 + known->row) * 40 + known->column;
    return score * GRID_PLACES - place;
}
