/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `clipgrid render`: a session, a script, and the sound of it as a file (CONTRACT 4). The same
 * document, engine and loader as in a show, in one thread: media are loaded first, commands are
 * done on their exact output frame, and the period cannot be heard. What does not fit in memory
 * is loaded on the way: frames are made only once all that they are made from is there.
 */
#include "config.h"

#include "process/document.h"
#include "process/output_file.h"
#include "process/roles.h"
#include "process/script.h"
#include "process/stage.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "media/loader.h"
#include "media/media_pool.h"
#include "pcm/limiter.h"
#include "platform/machine.h"
#include "session/session.h"
#include "show/flat.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TAIL_FRAMES = 64,
    LONGEST_HOURS = 24,
    STEP_PARTS = 100,               /* of a second: 10 ms at once where media are loaded on the way, half of the shortest head */
};

struct render {
    struct stage stage;
    struct script script;
    char **refusal;                 /* one a script line, NULL: none */
    int next;                       /* script line to be done next */
    uint32_t rate, period;
    uint64_t frame, end;            /* frames made; to be made (UINT64_MAX: until silence) */
    uint32_t delay;                 /* frames that the engine gives later than it makes them: the first so many are left out */
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
    struct render *render = stage->context;
    loader_want(render->loader, slot, render->folder, path);
}

static void first(struct stage *stage, uint32_t slot, int64_t at)
{
    struct render *render = stage->context;
    loader_first_at(render->loader, slot, at);
}

static void drop(struct stage *stage, uint32_t slot)
{
    struct render *render = stage->context;
    loader_drop(render->loader, slot);
    mirror_medium_freed(stage, slot);
}

static void clip(struct stage *stage, const struct msg_media_clip *about)
{
    struct render *render = stage->context;
    loader_clip(render->loader, about);
}

static void told(void *context, const struct media_info *info)
{
    static const enum state_media states[] = {[MEDIA_LOADING] = STATE_MEDIA_LOADING, [MEDIA_READY] = STATE_MEDIA_READY,
        [MEDIA_MISSING] = STATE_MEDIA_MISSING, [MEDIA_BROKEN] = STATE_MEDIA_BROKEN};
    struct render *render = context;
    enum state_media state = info->cold ? STATE_MEDIA_COLD : states[info->state];
    mirror_media_info(&render->stage, info->slot, state, info->file_rate, info->channels, info->file_frames, info->text);
}

static int load_media(struct render *render)
{
    struct err err;
    int result = media_pool_load(&render->pool, render->loader, machine_cores(), &err);
    render->streams = !loader_has_all(render->loader);
    return result;
}

/* Waits until the next frames of all that sounds are there, and the beginning of all that is about to. */
static int await_media(struct render *render, uint32_t frames, struct err *err)
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
    struct render *render = stage->context;
    if (ticket.client && !render->refusal[ticket.line])
        render->refusal[ticket.line] = xstrdup(reason);
}

static void print_refusals(struct render *render, int from, int to)
{
    for (int i = from; i < to; i++) {
        if (!render->refusal[i])
            continue;
        struct strbuf line = {0};
        strbuf_addf(&line, "%s %s: %s", render->script.line[i].time, render->script.line[i].command, render->refusal[i]);
        front_print(stderr, line.s, false);
        strbuf_clear(&line);
    }
}

/* Dispatches the lines that fall before frame `until`. */
static void do_lines(struct render *render, uint64_t until)
{
    while (render->next < render->script.lines && render->script.line[render->next].frame < until) {
        const struct script_line *line = &render->script.line[render->next];
        struct ticket ticket = {.client = 1, .line = (uint32_t)render->next++};
        render->stage.frame = line->frame;
        perform_line(&render->stage, ticket, line->command, COMMAND_ROLE_EDIT, COMMAND_FROM_RENDER);
        load_media(render);             /* `load` of a new file: it is there before its frame */
    }
}

/* --- frames --- */

static int write_frames(struct render *render, struct engine_output *output, uint64_t first, uint32_t frames, struct err *err)
{
    uint32_t skip = first < render->delay ? (uint32_t)(render->delay - first) : 0;
    for (int bus = 0; frames && skip && bus < ENGINE_BUSSES; bus++)
        output->bus[bus] += 2 * skip;
    return frames > skip ? output_file_write(render->out, output, frames - skip, err) : 0;
}

static int make_frames(struct render *render, uint32_t frames, struct err *err)
{
    struct engine_output output;
    if (render->streams && await_media(render, render->rate / STEP_PARTS * 2, err) < 0)
        return -1;
    engine_process_rt(render->stage.engine, frames, &output);
    results_take(&render->stage);
    uint64_t first = render->frame;
    render->frame += frames;
    return render->frame > render->delay ? write_frames(render, &output, first, frames, err) : 0;
}

/* Makes frames up to `until`. Operations that found no room in the engine's ring wait for frames to be cut at them. */
static int make_until(struct render *render, uint64_t until, struct err *err)
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

static int do_period(struct render *render, uint64_t until, struct err *err)
{
    int from = render->next;
    do_lines(render, until);
    if (make_until(render, until, err) < 0)
        return -1;
    print_refusals(render, from, render->next);
    return 0;
}

/* After the last command, without --seconds: on in steps that no period can change, until silence. */
static int make_tail(struct render *render, struct err *err)
{
    for (;;) {
        if (make_frames(render, 0, err) < 0)
            return -1;
        if (engine_endless_rt(render->stage.engine))
            return err_set(err, ERR_REFUSED, "something loops for ever or is paused: say how long with --seconds");
        if (!engine_sounding_rt(render->stage.engine))
            return 0;
        if (render->frame > (uint64_t)render->rate * 3600 * LONGEST_HOURS)
            return err_set(err, ERR_REFUSED, "no silence after %d hours: say how long with --seconds", LONGEST_HOURS);
        if (make_until(render, render->frame + TAIL_FRAMES, err) < 0)
            return -1;
    }
}

/* Of the limiters that the show has when it begins: one that a command puts on or off moves what comes after. */
static uint32_t limiter_delay(const struct render *render)
{
    for (int bus = 0; bus < ENGINE_BUSSES; bus++)
        if (show_bus(render->stage.show, bus).limiter)
            return limiter_delay_frames(render->rate);
    return 0;
}

static int make_all(struct render *render, struct err *err)
{
    uint64_t last = render->script.lines ? render->script.line[render->script.lines - 1].frame : 0;
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

static int parse_choices(const struct args *args, struct render *render, struct output_choice *choice, struct err *err)
{
    *choice = (struct output_choice){.path = args->out, .hash = args->hash, .format = OUTPUT_F32};
    double seconds;
    render->rate = args->rate ? (uint32_t)args->rate : 48000;
    render->period = args->period ? (uint32_t)args->period : 64;
    render->end = UINT64_MAX;
    if (!args->commands || (!args->out && !args->hash))
        return err_set(err, ERR_USAGE, "usage: clipgrid render SESSION --commands FILE --out FILE.wav");
    if (args->seconds && (!text_parse_double(args->seconds, &seconds) || seconds < 0 || seconds > 3600.0 * LONGEST_HOURS))
        return err_set(err, ERR_USAGE, "--seconds %s: a number from 0 to %d", args->seconds, 3600 * LONGEST_HOURS);
    if (args->seconds)
        render->end = (uint64_t)floor(seconds * render->rate + 0.5);
    const char *format = args->format ? args->format : "f32", *dither = args->dither ? args->dither : "off";
    if (!strcmp(format, "s16"))
        choice->format = OUTPUT_S16;
    else if (!strcmp(format, "s24"))
        choice->format = OUTPUT_S24_3;
    else if (strcmp(format, "f32"))
        return err_set(err, ERR_USAGE, "--format %s: f32, s16 or s24", format);
    if (strcmp(dither, "off") && strcmp(dither, "tpdf"))
        return err_set(err, ERR_USAGE, "--dither %s: off or tpdf", dither);
    choice->dither = !strcmp(dither, "tpdf");
    choice->rate = render->rate;
    return 0;
}

static int open_memory(struct render *render, const struct args *args, struct err *err)
{
    struct conf config;
    conf_init(&config);
    if (conf_load(&config, args->config, err) < 0)
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

static int open_stage(struct render *render, const char *session, struct err *err)
{
    struct show *show = session_load(session, NULL, err);
    if (!show)
        return -1;
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

/* Runs the script dry, on a copy of the show: a line that is no command for any show stops it before the first frame. */
static int check_script(const struct render *render, const struct args *args, struct err *err)
{
    struct strbuf flat = {0};
    struct err why;
    flat_write(render->stage.show, &flat);
    struct show *copy = document_parse(flat.s, flat.len, err);
    strbuf_clear(&flat);
    int result = copy ? 0 : -1;
    for (int i = 0; result == 0 && i < render->script.lines; i++) {
        struct command_context context = {.show = copy, .role = COMMAND_ROLE_EDIT, .source = COMMAND_FROM_RENDER};
        struct command_reply reply;
        bool malformed = command_dispatch(&context, render->script.line[i].command, &reply) < 0 && reply.err.code == ERR_USAGE;
        why = reply.err;
        command_reply_clear(&reply);
        if (malformed)
            result = err_set(err, ERR_USAGE, "%s:%d: %s", args->commands, render->script.line[i].number, why.text);
    }
    show_free(copy);
    return result;
}

static void close_render(struct render *render)
{
    for (int i = 0; render->refusal && i < render->script.lines; i++)
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
    script_clear(&render->script);
}

int render_main(const struct args *args)
{
    static struct render render;
    struct output_choice choice;
    struct err err;
    if (parse_choices(args, &render, &choice, &err) < 0 || script_read(&render.script, args->commands, render.rate, &err) < 0)
        return front_fail(err.code == ERR_USAGE ? 2 : 1, "%s", err.text);
    render.refusal = xcalloc((size_t)render.script.lines + 1, sizeof *render.refusal);
    int status = 1;
    err.code = ERR_NONE;
    if (open_memory(&render, args, &err) == 0 && open_stage(&render, args->word[0], &err) == 0 &&
        check_script(&render, args, &err) == 0 &&
        (render.out = output_file_open(&choice, &err))) {
        if (make_all(&render, &err) == 0)
            status = output_file_finish(render.out, &err) < 0;
        else
            output_file_discard(render.out);
    }
    front_tell_lacks(render.loader ? loader_lacks(render.loader) : 0);
    close_render(&render);
    return status ? front_fail(err.code == ERR_USAGE ? 2 : 1, "%s", err.text) : 0;
}
