/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A show and its commands become frames: see rendering.h. Media are loaded first. What does not fit in memory is loaded on the
 * way: frames are made only once all that they are made from is there.
 */
#include "config.h"

#include "process/rendering.h"
#include "process/replay.h"
#include "process/roles.h"
#include "process/stage.h"
#include "base/xalloc.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "media/loader.h"
#include "media/media_pool.h"
#include "pcm/limiter.h"
#include "platform/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TAIL_FRAMES = 64,
    STEP_PARTS = 100,               /* of a second: 10 ms at once where media are loaded on the way, half of the shortest head */
};

struct rendering {
    struct stage stage;
    const struct script *script;
    char **refusal;                 /* one a script line, NULL: none */
    int next;                       /* script line to be done next */
    uint32_t rate, period;
    uint64_t frame, end;            /* frames made; to be made (UINT64_MAX: until silence) */
    uint32_t delay;                 /* frames that the engine gives later than it makes them: the first so many are left out */
    uint64_t skip;                  /* frames that are made and not written before the first that is */
    int memory_fd, folder;
    struct clipmem *writable, *readable;
    struct demand *demanded, *demand;   /* what the engine writes, what the loader reads: two maps of one memory */
    bool streams;                       /* not all media fit in memory */
    struct loader *loader;
    struct media_pool pool;
    struct output_file *out;
};

/* --- media --- */

static void want(struct stage *stage, uint32_t slot, const char *path)
{
    struct rendering *render = stage->context;
    loader_want(render->loader, slot, render->folder, path);
}

static void first(struct stage *stage, uint32_t slot, int64_t at)
{
    struct rendering *render = stage->context;
    loader_first_at(render->loader, slot, at);
}

static void drop(struct stage *stage, uint32_t slot)
{
    struct rendering *render = stage->context;
    loader_drop(render->loader, slot);
    mirror_medium_freed(stage, slot);
}

static void clip(struct stage *stage, const struct msg_media_clip *about)
{
    struct rendering *render = stage->context;
    loader_clip(render->loader, about);
}

static void told(void *context, const struct media_info *info)
{
    static const enum state_media states[] = {[MEDIA_LOADING] = STATE_MEDIA_LOADING, [MEDIA_READY] = STATE_MEDIA_READY,
        [MEDIA_MISSING] = STATE_MEDIA_MISSING, [MEDIA_BROKEN] = STATE_MEDIA_BROKEN};
    struct rendering *render = context;
    enum state_media state = info->cold ? STATE_MEDIA_COLD : states[info->state];
    mirror_media_info(&render->stage, info->slot, state, info->file_rate, info->channels, info->file_frames, info->text);
}

static int load_media(struct rendering *render)
{
    struct err err;
    int result = media_pool_load(&render->pool, render->loader, machine_cores(), &err);
    render->streams = !loader_has_all(render->loader);
    return result;
}

/* Waits until the next frames of all that sounds are there, and the beginning of all that is about to. */
static int await_media(struct rendering *render, uint32_t frames, struct err *err)
{
    bool idle = false;                  /* nothing can be done: memory is too small */
    while (!idle && loader_behind(render->loader, frames)) {
        if (media_pool_turn(&render->pool, render->loader, machine_cores(), err) < 0)
            return -1;
        idle = loader_idle(render->loader);
    }
    return 0;
}

/* --- commands --- */

static void refused(struct stage *stage, struct ticket ticket, const char *reason)
{
    struct rendering *render = stage->context;
    if (ticket.client && !render->refusal[ticket.line])
        render->refusal[ticket.line] = xstrdup(reason);
}

static void print_refusals(struct rendering *render, int from, int to)
{
    for (int i = from; i < to; i++) {
        if (!render->refusal[i])
            continue;
        struct strbuf line = {0};
        strbuf_addf(&line, "%s %s: %s", render->script->line[i].time, render->script->line[i].command, render->refusal[i]);
        front_print(stderr, line.s, false);
        strbuf_clear(&line);
    }
}

/* An edit that no command made: see process/replay.h. */
static void do_edit(struct stage *stage, const char *line, struct ticket ticket)
{
    struct err err;
    if (replay_lines(stage->show, line, false, &err) < strlen(line))
        refused(stage, ticket, err.text);
    mirror_changes(stage);
}

/* A line of a recording that is no command: an edit, what yielded to load from then on, or, without words, the end of the show. */
static bool do_recorded(struct stage *stage, const struct script_line *line, struct ticket ticket)
{
    unsigned yields;
    struct op op = {.type = OP_SILENCE};
    if (!line->frames)
        return false;
    bool yield = sscanf(line->command, BURDEN_RECORDED, &yields) == 1, edit = !yield && *line->command == '@';
    if (*line->command && !yield && !edit)
        return false;
    if (yield)
        op = (struct op){.type = OP_YIELD, .clip = (uint16_t)yields};
    if (edit)
        do_edit(stage, line->command, ticket);
    else
        stage_post(stage, &op, ticket, -1);
    return true;
}

/* Dispatches the lines that fall before frame `until`. */
static void do_lines(struct rendering *render, uint64_t until)
{
    while (render->next < render->script->lines && render->script->line[render->next].frame < until) {
        const struct script_line *line = &render->script->line[render->next];
        struct ticket ticket = {.client = 1, .line = (uint32_t)render->next++};
        render->stage.frame = line->frame;
        render->stage.frames = line->frames;
        render->stage.frames_left = line->operations;
        if (!do_recorded(&render->stage, line, ticket))
            perform_line(&render->stage, ticket, line->command, COMMAND_ROLE_EDIT, COMMAND_FROM_RENDER);
        render->stage.frames_left = 0;
        load_media(render);             /* `load` of a new file: it is there before its frame */
    }
}

/* --- frames --- */

static int write_frames(struct rendering *render, struct engine_output *output, uint64_t first, uint32_t frames,
                        struct err *err)
{
    uint64_t before = render->delay + render->skip;
    uint64_t skip = first < before ? before - first : 0;
    if (frames <= skip)
        return 0;
    for (int bus = 0; skip && bus < ENGINE_BUSSES; bus++)
        output->bus[bus] += 2 * skip;
    for (int pair = 0; skip && pair < ENGINE_PAIRS; pair++)
        if (output->pair[pair])
            output->pair[pair] += 2 * skip;
    return output_file_write(render->out, output, frames - (uint32_t)skip, err);
}

static int make_frames(struct rendering *render, uint32_t frames, struct err *err)
{
    struct engine_output output;
    if (render->streams && await_media(render, render->rate / STEP_PARTS * 2, err) < 0)
        return -1;
    engine_process_rt(render->stage.engine, frames, &output);
    results_take(&render->stage);
    uint64_t first = render->frame;
    render->frame += frames;
    return write_frames(render, &output, first, frames, err);
}

/* Makes frames up to `until`. Operations that found no room in the engine's ring wait for frames to be cut at them. */
static int make_until(struct rendering *render, uint64_t until, struct err *err)
{
    struct stage *stage = &render->stage;
    for (;;) {
        stage_flush(stage);
        uint64_t target = until;
        if (stage->waiting_count && stage->waiting[0].frame < target)
            target = stage->waiting[0].frame > render->frame ? stage->waiting[0].frame : render->frame;
        uint64_t left = target - render->frame, most = render->period;
        if (!left && !stage->waiting_count)
            return 0;
        if (render->streams && most > render->rate / STEP_PARTS)
            most = render->rate / STEP_PARTS;
        if (make_frames(render, (uint32_t)(left < most ? left : most), err) < 0)
            return -1;
    }
}

static int do_period(struct rendering *render, uint64_t until, struct err *err)
{
    int from = render->next;
    do_lines(render, until);
    if (make_until(render, until, err) < 0)
        return -1;
    print_refusals(render, from, render->next);
    return 0;
}

/* After the last command, without --seconds: on in steps that no period can change, until silence. */
static int make_tail(struct rendering *render, struct err *err)
{
    for (;;) {
        if (make_frames(render, 0, err) < 0)
            return -1;
        if (engine_endless_rt(render->stage.engine))
            return err_set(err, ERR_REFUSED, "something loops for ever or is paused: say how long with --seconds");
        if (!engine_sounding_rt(render->stage.engine))
            return 0;
        if (render->frame > (uint64_t)render->rate * 3600 * RENDERING_HOURS)
            return err_set(err, ERR_REFUSED, "no silence after %d hours: say how long with --seconds", RENDERING_HOURS);
        if (make_until(render, render->frame + TAIL_FRAMES, err) < 0)
            return -1;
    }
}

/* Of the limiters that the show has when it begins: one that a command puts on or off moves what comes after. */
static uint32_t limiter_delay(const struct rendering *render)
{
    for (int bus = 0; bus < ENGINE_BUSSES; bus++)
        if (show_bus(render->stage.show, bus).limiter)
            return limiter_delay_frames(render->rate);
    return 0;
}

static int make_all(struct rendering *render, struct err *err)
{
    uint64_t last = render->script->lines ? render->script->line[render->script->lines - 1].frame : 0;
    uint64_t stop = render->end == UINT64_MAX ? last : render->end;
    render->delay = engine_delay_rt(render->stage.engine) + limiter_delay(render);
    while (render->frame < stop) {
        uint64_t until = render->frame + render->period;
        if (do_period(render, until < stop ? until : stop, err) < 0)
            return -1;
    }
    if (render->end != UINT64_MAX)
        return make_until(render, render->frame + render->delay, err);
    /* The lines on the very last frame, and what they leave sounding. */
    int from = render->next;
    do_lines(render, UINT64_MAX);
    if (make_until(render, render->frame, err) < 0 || make_frames(render, 0, err) < 0)
        return -1;
    print_refusals(render, from, render->next);
    return make_tail(render, err) < 0 ? -1 : make_until(render, render->frame + render->delay, err);
}

/* --- beginning and end --- */

static int open_memory(struct rendering *render, const char *config_file, struct err *err)
{
    struct conf config;
    conf_init(&config);
    if (conf_load(&config, config_file, err) < 0)
        return -1;
    render->memory_fd = clipmem_create(config.memory_mb ? machine_clip_memory_bytes(config.memory_mb)
                                                         : machine_memory_bytes() / 2);
    render->writable = render->memory_fd < 0 ? NULL : clipmem_map(render->memory_fd, true);
    render->readable = render->memory_fd < 0 ? NULL : clipmem_map(render->memory_fd, false);
    int demand_fd = demand_create();
    render->demanded = demand_fd < 0 ? NULL : demand_map(demand_fd, true);
    render->demand = demand_fd < 0 ? NULL : demand_map(demand_fd, false);
    if (demand_fd >= 0)
        close(demand_fd);
    if (!render->writable || !render->readable || !render->demanded || !render->demand)
        return err_set(err, ERR_IO, "clip memory cannot be made: %s", strerror(errno));
    clipmem_set_demand(render->writable, render->demand);
    render->loader = loader_new(render->writable, told, render);
    loader_set_demand(render->loader, render->demand);
    return 0;
}

static int open_stage(struct rendering *render, struct show *show, const char *session, struct err *err)
{
    char *copy = xstrdup(session);
    render->folder = open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    struct engine_config config = {.rate = render->rate, .memory = render->readable, .demand = render->demanded, .delayed = true};
    stage_init(&render->stage, show, engine_new(&config), render->readable);
    render->stage.want = want;
    render->stage.first = first;
    render->stage.clip = clip;
    render->stage.drop = drop;
    render->stage.refused = refused;
    render->stage.context = render;
    render->stage.frame = 0;
    show_touch_all(show);
    mirror_changes(&render->stage);
    return load_media(render) < 0 ? err_set(err, ERR_IO, "no worker can be started") : 0;
}

static void close_rendering(struct rendering *render)
{
    for (int i = 0; render->refusal && i < render->script->lines; i++)
        free(render->refusal[i]);
    free(render->refusal);
    if (render->stage.engine) {
        engine_free(render->stage.engine);
        stage_clear(&render->stage);
    }
    loader_free(render->loader);
    media_pool_clear(&render->pool);
    clipmem_unmap(render->writable);
    clipmem_unmap(render->readable);
    demand_unmap(render->demanded);
    demand_unmap(render->demand);
}

int rendering_run(const struct rendering_request *request, struct err *err)
{
    static struct rendering render;
    render = (struct rendering){.script = request->script, .rate = request->out.rate, .period = request->period,
                                .end = request->end, .skip = request->skip};
    render.refusal = xcalloc((size_t)request->script->lines + 1, sizeof *render.refusal);
    int result = -1;
    if (open_memory(&render, request->config, err) == 0 && open_stage(&render, request->show, request->session, err) == 0 &&
        (render.out = output_file_open(&request->out, err))) {
        engine_set_channels_rt(render.stage.engine, request->out.channels);
        result = make_all(&render, err);
        if (result == 0)
            result = output_file_finish(render.out, err);
        else
            output_file_discard(render.out);
    }
    if (!render.stage.engine)
        show_free(request->show);
    front_tell_lacks(render.loader ? loader_lacks(render.loader) : 0);
    close_rendering(&render);
    return result;
}
