/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clips do to others (SPEC P7), and starts that come later: see laws.h. */
#include "config.h"

#include "laws.h"

#include <stddef.h>

static void do_to_others(struct scene *scene, int clip, const struct link *link)
{
    const struct target *target = &link->target;
    scene->met[link->does == DOES_STOP ? MET_LINK_STOP : MET_LINK_FADE]++;
    if (link->does == DOES_FADE && (target->kind == TARGET_GROUP || target->kind == TARGET_BUS)) {
        orders_fade_bus(scene, target->index, orders_gain(link->level_db), link->seconds, link->curve);
        return;
    }
    FOR_EACH_SOUNDING(scene, s) {
        bool own = s->clip == clip && !s->orphan;
        if (own || s->bus == BUS_AUDITION || !orders_mean(scene, target, s))
            continue;
        if (link->does == DOES_STOP)
            rules_stop(scene, s);
        else
            orders_fade(scene, s, orders_gain(link->level_db), link->seconds, link->curve);
    }
}

static bool has_started_now(struct scene *scene, int clip)
{
    FOR_EACH_SOUNDING(scene, s)
        if (s->clip == clip && !s->orphan && s->state != STATE_QUEUED && s->state != STATE_GHOST && s->begun == scene->frame)
            return true;
    return false;
}

static void start_other(struct scene *scene, int clip, int other, int line, int64_t due)
{
    bool took_over;
    if (other == clip || scene->world.clip[other].gone || (due == scene->frame && has_started_now(scene, other)))
        return;
    if (scene->linked_at != scene->frame)
        scene->linked = 0;
    scene->linked_at = scene->frame;
    if (scene->linked++ >= LAWS_LINKED)
        return;
    const struct start start = {.clip = other, .place = -1, .how = rules_how_to_play(scene, other, NULL), .due = due,
                                .line = line, .paused = scene->emergency ? HOLDER_EMERGENCY : 0};
    if (rules_start(scene, &start, &took_over) == REFUSAL_NONE)
        scene->met[due > scene->frame ? MET_LINK_LATER : MET_LINK_START]++;
}

static void run_link(struct scene *scene, int clip, const struct link *link, int line)
{
    int64_t due = scene->frame + lengths_frames(&scene->lengths, link->delay_s);
    if (link->target.kind == TARGET_CLIP && scene->world.clip[link->target.index].gone)
        return;
    if (link->does == DOES_START)
        start_other(scene, clip, link->target.index, line, due);
    else if (due == scene->frame)
        do_to_others(scene, clip, link);
    else if (scene->tasks < LAWS_TASKS)
        scene->task[scene->tasks++] = (struct task){due, clip, *link};
}

/* clip's as they are now: what they do may edit nothing. */
static void run_links(struct scene *scene, int clip, bool at_end, int line)
{
    const struct clip *about = &scene->world.clip[clip];
    for (int i = 0; i < about->links; i++) {
        if (about->link[i].at_end != at_end)
            continue;
        run_link(scene, clip, &about->link[i], line);
        scene->met[MET_LINK_AT_END] += at_end;
    }
}

void links_run_end(struct scene *scene, const struct sounding *ended)
{
    run_links(scene, ended->clip, true, ended->line);
}

void links_run_starts(struct scene *scene)
{
    for (;;) {
        struct sounding *first = NULL;
        FOR_EACH_SOUNDING(scene, s)
            if (s->linking && (!first || s->number < first->number))
                first = s;
        if (!first)
            return;
        first->linking = false;
        if (!first->orphan)
            run_links(scene, first->clip, false, first->line);
    }
}

void links_run_tasks(struct scene *scene)
{
    int kept = 0, tasks = scene->emergency ? 0 : scene->tasks;
    for (int i = 0; i < tasks; i++) {
        const struct task task = scene->task[i];
        if (task.due <= scene->frame)
            do_to_others(scene, task.clip, &task.link);
        else
            scene->task[kept++] = task;
    }
    scene->tasks = scene->emergency ? scene->tasks : kept;
}

/* In the order in which they were fired; a place that is no more is none. */
void links_run_waiting(struct scene *scene)
{
    while (!scene->emergency) {
        struct sounding *first = NULL;
        FOR_EACH_SOUNDING(scene, s)
            if (s->state == STATE_QUEUED && !s->paused && s->due <= scene->frame && (!first || s->number < first->number))
                first = s;
        if (!first)
            return;
        bool took_over;
        const struct start start = {.clip = first->clip, .place = first->place, .self = first, .line = first->line,
                                    .how = rules_how_to_play(scene, first->clip, first), .due = scene->frame};
        if (rules_start(scene, &start, &took_over) != REFUSAL_NONE)
            first->state = STATE_OVER;
    }
}
