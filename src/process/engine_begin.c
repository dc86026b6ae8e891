/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From standing by to sounding: see engine_begin.h. */
#include "config.h"

#include "process/engine_begin.h"
#include "process/blackbox.h"
#include "process/document.h"
#include "process/engine_store.h"
#include "process/listening.h"
#include "process/replay.h"
#include "process/roles.h"
#include "process/takeover.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "engine/ring_fade.h"
#include "platform/awake.h"
#include "platform/crash.h"
#include "platform/machine.h"
#include "platform/runaway.h"
#include "platform/spawn.h"
#include "platform/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OOM_SCORE = -500 };

static struct engine_hello hello;
static struct engine_go go;
static struct msg_began began;          /* as the supervisor was told */
static struct takeover takeover;        /* of an engine before */
static int document = -1;               /* of the beginning, until it is recorded */
static int inputs_fd = -1;
static int state_before = -1;           /* the state segment of the engine before */
static struct clipmem *memory;
static struct demand *demand;
static struct resume *resume;
static struct command_log *kept_log;

/* Waits for one message of this type on a socket. Return: 1, or what msg_recv said; 0 also if the show is given up before it
 * began. */
static int await(int socket, enum msg_type type, struct msg *msg)
{
    int got;
    while ((got = msg_recv(socket, msg)) > 0 && msg->type != type) {
        bool quit = msg->type == MSG_QUIT;
        msg_clear(msg);
        if (quit)
            return 0;
    }
    return got;
}

/* --- standing by --- */

/* What takes time and needs no show: done now, for later there is none. */
static void warm_up(struct stage *stage)
{
    const struct conf *config = &hello.options.config;
    device_warm_up(config->device[0] ? config->device : "default");
    thread_lock_memory(stage->memory_note, sizeof stage->memory_note);
    machine_offer_to_oom(OOM_SCORE);
    awake_hold_processors();            /* check tells where it is refused */
    if (hello.rate)
        thread_set_priority(THREAD_PRIORITY_MAIN, NULL, 0);
}

static void make_engine(struct stage *stage, uint32_t rate)
{
    struct engine_config config = {.rate = rate, .memory = memory, .demand = demand, .live = &stage->state->live,
                                   .live_lock = &stage->state->live_lock, .resume = resume};
    stage->engine = engine_new(&config);
    stage->audio_status.format.rate = rate;
}

static int begin_stage(struct stage *stage, struct err *err)
{
    stage_init(stage, show_new(), NULL, memory);
    stage->options = hello.options;
    stage->supervisor = SPAWN_SOCKET;
    stage->supervisor_pid = hello.supervisor_pid;
    engine_store_hooks(stage);
    burden_init(&stage->burden, stage->options.config.load_ceiling);
    stage->state_fd = state_create(&stage->state, 0);
    return stage->state_fd < 0 ? err_set(err, ERR_IO, "the state segment cannot be made: %s", strerror(errno)) : 0;
}

/* Nothing of it is written while another engine lives. */
static int map_memory(int *listener, struct msg *about, struct err *err)
{
    memory = clipmem_map(about->fd[0], false);
    demand = demand_map_waiting(about->fd[1]);
    *listener = about->fd[2];
    about->fd[2] = -1;
    fcntl(*listener, F_SETFL, fcntl(*listener, F_GETFL) | O_NONBLOCK);
    inputs_fd = about->fd[3];
    about->fd[3] = -1;
    resume = resume_map(about->fd[4], true);
    kept_log = command_log_map(about->fd[5]);
    msg_clear(about);
    if (memory && demand && resume && kept_log)
        return 0;
    return err_set(err, ERR_IO, "the memory of the show cannot be mapped: %s", strerror(errno));
}

/* What the engine before wrote as it died, before there is a handler that empties it. */
static void save_crash(struct stage *stage)
{
    struct strbuf text = {0};
    struct err err;
    const struct crash_record *crash = resume_crash(resume);
    if (!atomic_load(&crash->signal))
        return;
    crash_fmt_report(crash, &text);
    int fd = document_to_fd(&text, &err);
    stage->crash = fd > 0 ? fd : 0;
    strbuf_clear(&text);
}

/* The engine before is dead, or there was none. */
static int take_place(struct stage *stage, struct msg *about, struct err *err)
{
    memcpy(&go, about->payload, sizeof go);
    blackbox_inherit(stage, go.ring ? about->fd[0] : -1);
    state_before = go.state ? about->fd[go.ring] : -1;
    for (int i = 0; i < go.ring + go.state; i++)
        about->fd[i] = -1;
    save_crash(stage);
    crash_catch(resume_crash(resume), LADDER_CRASHED, ring_fade_run);
    stage->options = go.options;
    stage->supervisor_pid = go.supervisor_pid;
    stage->generation = stage->state->generation = go.generation;
    stage->quarantined = go.quarantined < QUARANTINE_CLIPS ? go.quarantined : QUARANTINE_CLIPS;
    memcpy(stage->quarantine, go.quarantine, sizeof stage->quarantine);
    for (unsigned i = 0; i < stage->quarantined; i++)
        resume_leave_out(resume, (uint16_t)stage->quarantine[i]);
    stage->log = kept_log;
    stage->demand = demand;
    demand_take_over(demand);
    stage->inputs = inputs_map(inputs_fd, true);
    close(inputs_fd);
    return stage->inputs ? 0 : err_set(err, ERR_IO, "the memory of the inputs cannot be mapped: %s", strerror(errno));
}

int engine_begin_await(struct stage *stage, int *listener, struct err *err)
{
    static struct msg msg;
    if (await(SPAWN_SOCKET, MSG_HELLO, &msg) <= 0 || msg.size != sizeof hello || msg.fd[5] < 0)
        return err_set(err, ERR_IO, "the engine is started by the supervisor");
    memcpy(&hello, msg.payload, sizeof hello);
    log_start("engine", hello.options.verbosity);
    crash_guard();
    runaway_guard();
    if (map_memory(listener, &msg, err) < 0 || begin_stage(stage, err) < 0)
        return -1;
    if (hello.rate)
        make_engine(stage, hello.rate);
    warm_up(stage);
    if (await(SPAWN_SOCKET, MSG_GO, &msg) <= 0 || msg.size != sizeof go)
        return 1;
    return take_place(stage, &msg, err);
}

/* --- beginning --- */

void engine_begin_tell(const struct stage *stage, uint32_t channels)
{
    began = (struct msg_began){.time_ns = stage->audio_status.start_ns, .rate = stage->audio_status.format.rate,
                               .channels = channels};
    msg_send(SPAWN_SOCKET, MSG_BEGAN, 0, &began, sizeof began, NULL, 0);
}

/* resume_ns: when the engine's next frame is or was due; 0: now. */
static int start_sound(struct stage *stage, uint64_t resume_ns, struct err *err)
{
    struct device_request request = devices_wanted(stage, go.began_ns);
    request.channels = go.channels;
    if (go.silent)
        text_copy(request.name, sizeof request.name, "clock");
    uint32_t rate = request.rate = stage->audio_status.format.rate;
    request.resume_ns = resume_ns;
    stage->audio = audio_open(stage->engine, &request, stage->realtime_note, err);
    if (!stage->audio)
        return -1;
    devices_begin(stage);
    if (!stage->audio_status.format.rate)
        stage->audio_status.format.rate = rate;
    engine_begin_tell(stage, request.channels);
    return 0;
}

static struct show *await_show(struct stage *stage, int *unsaved, struct err *err)
{
    static struct msg msg;
    int store = -1;
    do {        /* a store may die before it has answered: the supervisor brings the next one */
        if (store >= 0)
            close(store);
        if (await(SPAWN_SOCKET, MSG_PEER, &msg) <= 0 || msg.fd[0] < 0) {
            err_set(err, ERR_IO, "the engine got no store");
            return NULL;
        }
        store = msg.fd[0];
        msg.fd[0] = -1;
    } while (msg_send(store, MSG_SHOW_PLEASE, 0, NULL, 0, NULL, 0) < 0 || await(store, MSG_SHOW, &msg) <= 0);
    outbox_join(&stage->store, store);
    struct show *show = engine_store_read(stage, &msg, unsaved, err);
    document = msg.fd[0];
    msg.fd[0] = -1;
    msg_clear(&msg);
    return show;
}

/* The document comes before the device is opened: it says where the busses go. */
static struct show *begin_first(struct stage *stage, int *unsaved, struct err *err)
{
    struct device_request request = devices_wanted(stage, go.began_ns);
    struct err ignored;
    uint32_t rate = audio_probe_rate(&request, &ignored);
    if (!rate)
        rate = request.rate ? request.rate : 48000;     /* no device yet: the show's own clock */
    make_engine(stage, rate);           /* what it takes longest to make, made while the store reads the session */
    struct show *show = await_show(stage, unsaved, err);
    if (!show)
        return NULL;
    int channels = show_channels(show);
    go.channels = (uint32_t)(channels < ENGINE_CHANNELS ? channels : ENGINE_CHANNELS);
    if (start_sound(stage, 0, err) == 0)
        return show;
    show_free(show);
    return NULL;
}

/* Edits that were answered and that the store has not heard of. */
static void bring_edits(struct stage *stage, struct show *show)
{
    struct err err;
    char *lines = command_log_edits_after(stage->log, stage->edits.serial), *rest = lines;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (!*line)
            continue;
        struct strbuf whole = {0};
        strbuf_addf(&whole, "%s\n", line);
        if (replay_lines(show, whole.s, false, &err) < whole.len)
            log_line(LOG_WARN, "an edit of the engine before: %s", err.text);
        strbuf_clear(&whole);
        edits_add(stage, line);
    }
    free(lines);
}

/* In the order of haste: the sound, what was asked for, whoever asks. The document comes when it comes. */
static int begin_again(struct stage *stage, struct err *err)
{
    if (!stage->engine)
        make_engine(stage, go.rate);
    takeover_begin(&takeover, stage);
    if (takeover.resumed)
        stage->audio_status.format.rate = takeover.report.rate;
    if (start_sound(stage, takeover.report.time_ns, err) < 0)
        return -1;
    takeover_record(&takeover, stage);
    takeover_post(&takeover, stage);
    text_copy(stage->session, sizeof stage->session, stage->options.session);
    stage->interim = true;
    devices_keep_channels(stage);
    return 0;
}

static void say_again(struct stage *stage)
{
    char text[200], clip[200];
    snprintf(text, sizeof text, "the engine ended (%s) and was started again: %u voice%s", go.why, takeover.report.voices,
             takeover.report.voices == 1 ? " goes on" : "s go on");
    desk_notice(stage, false, text);
    log_line(LOG_INFO, "%s", text);
    for (unsigned i = 0; i < stage->quarantined; i++) {
        results_fmt_clip(stage, (int)stage->quarantine[i], clip);
        snprintf(text, sizeof text, "in quarantine, as the engine died twice while it played: %.120s", clip);
        desk_notice(stage, false, text);
    }
    if (go.silent)
        desk_notice(stage, false, "the engine has died too often: it plays to no device, and positions run on; the command device "
                    "brings the sound back");
}

void engine_begin_tell_again(const struct stage *stage)
{
    const struct conf *config = &stage->options.config;
    msg_send(SPAWN_SOCKET, MSG_BEGAN, 0, &began, sizeof began, NULL, 0);
    msg_send(SPAWN_SOCKET, MSG_CONFIG, 0, config, sizeof *config, NULL, 0);
    if (stage->quitting)
        msg_send(SPAWN_SOCKET, MSG_LEAVING, 0, NULL, 0, NULL, 0);
}

static void install(struct stage *stage, struct show *show)
{
    show_free(stage->show);
    stage->show = show;
    listening_begin(stage);
    if (!stage->blackbox.ring)
        blackbox_open(stage, NULL);
    blackbox_begin(stage, document);
    close(document);
    stage->store.held = true;           /* what it is to load can wait, the grid cannot */
    engine_store_greet(stage);
    show_touch_all(show);
    mirror_changes(stage);
}

int engine_begin_show(struct stage *stage, int listener, server_line *line, struct err *err)
{
    int unsaved = 0;
    struct show *show = NULL;
    if (go.rate ? begin_again(stage, err) < 0 : !(show = begin_first(stage, &unsaved, err)))
        return -1;
    stage->server = server_new(listener, line, NULL);
    desk_keep_notices(stage, state_before);
    if (!show)
        return 0;
    install(stage, show);
    engine_store_tell_unsaved(stage, unsaved);
    return 0;
}

/* --- the interim --- */

void engine_begin_meet(struct stage *stage, int store)
{
    enum { GOES_ON = 1 };               /* what is in clip memory is this engine's */
    outbox_join(&stage->store, store);
    outbox_send(&stage->store, MSG_SHOW_PLEASE, GOES_ON, NULL, 0, -1);
}

void engine_begin_act(struct stage *stage)
{
    takeover_post_all(&takeover, stage);
}

bool engine_begin_document(struct stage *stage, struct msg *msg)
{
    struct err err;
    int unsaved;
    struct show *show = engine_store_read(stage, msg, &unsaved, &err);
    if (!show) {
        log_line(LOG_WARN, "the document cannot be read: %s", err.text);
        desk_notice(stage, false, err.text);
        return false;
    }
    document = msg->fd[0];
    msg->fd[0] = -1;
    bring_edits(stage, show);
    stage->interim = false;
    install(stage, show);
    devices_keep_channels(stage);
    takeover_end(&takeover, stage);
    say_again(stage);
    return true;
}
