/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine process: its main thread. Holds the document, serves the control socket, and joins
 * command room, engine room and screens; the audio thread and the device thread live in
 * engine/audio.c. Touches no disk. Sleeps in poll; while anything sounds or an answer is owed it
 * looks at the audio thread's events every millisecond, since that thread wakes nobody.
 */
#include "config.h"

#include "process/document.h"
#include "process/roles.h"
#include "process/stage.h"
#include "process/touch.h"
#include "base/log.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "clipmem/clipmem.h"
#include "clipmem/demand.h"
#include "platform/clock.h"
#include "platform/machine.h"
#include "platform/spawn.h"
#include "platform/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TICK_BUSY_MS = 1, TICK_IDLE_MS = 100, QUIT_FADE_MS = 30, OOM_SCORE = -500 };

static struct stage stage;
static struct engine_hello hello;
static int listener = -1;
static struct clipmem *memory;
static struct demand *demand;

/* --- what the stage asks of the store --- */

static void want(struct stage *of, uint32_t slot, const char *path)
{
    struct msg_media_want message = {.slot = slot};
    text_copy(message.path, sizeof message.path, path);
    outbox_send(&of->store, MSG_MEDIA_WANT, 0, &message, offsetof(struct msg_media_want, path) + strlen(message.path) + 1, -1);
}

static void send_slot(struct stage *of, enum msg_type type, uint32_t slot)
{
    struct msg_media_drop message = {.slot = slot};
    outbox_send(&of->store, type, 0, &message, sizeof message, -1);
}

static void first(struct stage *of, uint32_t slot, int64_t at)
{
    struct msg_media_first message = {.slot = slot, .at = at};
    outbox_send(&of->store, MSG_MEDIA_FIRST, 0, &message, sizeof message, -1);
}

static void tell_clip(struct stage *of, const struct msg_media_clip *clip)
{
    outbox_send(&of->store, MSG_MEDIA_CLIP, 0, clip, sizeof *clip, -1);
}

static void tell_played(struct stage *of, uint16_t clip)
{
    struct msg_media_played message = {.clip = clip};
    outbox_send(&of->store, MSG_MEDIA_PLAYED, 0, &message, sizeof message, -1);
}

static void drop(struct stage *of, uint32_t slot)
{
    send_slot(of, MSG_MEDIA_DROP, slot);
}

/* --- lines of clients --- */

static void attach(struct ticket ticket, const char *role)
{
    static const struct { const char *word; enum command_role role; } roles[] = {
        {"view", COMMAND_ROLE_VIEW}, {"control", COMMAND_ROLE_CONTROL}, {"edit", COMMAND_ROLE_EDIT}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (strcmp(roles[i].word, role))
            continue;
        char text[32];
        snprintf(text, sizeof text, "ok %llu", (unsigned long long)stage.generation);
        server_set_screen(stage.server, ticket, roles[i].role);
        server_answer(stage.server, ticket, text, stage.state_fd);
        return;
    }
    stage_answer(&stage, ticket, ERR_USAGE, "attach view, attach control or attach edit");
}

static void take_line(void *context, struct ticket ticket, const char *line)
{
    (void)context;
    /* The one line that is no command: a screen asks for the state segment, which comes as a descriptor beside the answer. */
    if (!strncmp(line, "attach ", 7)) {
        attach(ticket, line + 7);
        return;
    }
    bool screen = server_is_screen(stage.server, ticket);
    perform_line(&stage, ticket, line, server_role(stage.server, ticket), screen ? COMMAND_FROM_SCREEN : COMMAND_FROM_SOCKET);
}

/* --- messages of store and supervisor --- */

static void run_journal(const char *lines)
{
    char *copy = xstrdup(lines), *rest = copy;
    uint64_t ran = 0;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (!*line)
            continue;
        perform_line(&stage, (struct ticket){0}, line, COMMAND_ROLE_EDIT, COMMAND_FROM_JOURNAL);
        ran++;
    }
    free(copy);
    if (ran) {
        char text[100];
        snprintf(text, sizeof text, "%llu unsaved edits of the last time are back; save keeps them", (unsigned long long)ran);
        desk_notice(&stage, false, text);
    }
}

/* The document in flat form, a form feed, and the journal's lines (into `lines`). Return: NULL with err. */
static struct show *read_show(const struct msg *msg, struct strbuf *lines, struct err *err)
{
    struct strbuf text = {0};
    struct msg_show about;
    memcpy(&about, msg->payload, sizeof about);
    about.path[sizeof about.path - 1] = '\0';
    struct show *show = NULL;
    if (document_from_fd(msg->fd[0], &text, err) == 0) {
        char *split = memmem(text.s ? text.s : "", text.len, "\f\n", 2);
        show = document_parse(text.s, split ? (size_t)(split - text.s) : 0, err);
        if (show && split)
            strbuf_adds(lines, split + 2);
    }
    if (show) {
        text_copy(stage.session, sizeof stage.session, about.path);
        stage.journal_undos = stage.journal_redos = 0;
        if (about.dirty)
            show_mark_saved(show, UINT64_MAX);      /* what the journal kept is in no file */
    }
    strbuf_clear(&text);
    return show;
}

/* Another show in a running one. */
static void take_show(const struct msg *msg)
{
    struct strbuf lines = {0};
    struct err err = {0};
    struct show *show = read_show(msg, &lines, &err);
    if (show) {
        mirror_new_show(&stage, show);
        run_journal(lines.s ? lines.s : "");
    } else {
        desk_notice(&stage, false, err.text);
    }
    strbuf_clear(&lines);
}

static void take_info(const struct msg *msg)
{
    struct msg_media_info info;
    memcpy(&info, msg->payload, sizeof info);
    info.text[sizeof info.text - 1] = '\0';
    if (info.state == CLIPMEM_EMPTY) {
        mirror_medium_freed(&stage, info.slot);
        return;
    }
    enum state_media state = info.state == CLIPMEM_READY ? (info.cold ? STATE_MEDIA_COLD : STATE_MEDIA_READY)
        : info.state == CLIPMEM_FAILED ? (info.missing ? STATE_MEDIA_MISSING : STATE_MEDIA_BROKEN) : STATE_MEDIA_LOADING;
    mirror_media_info(&stage, info.slot, state, info.file_rate, info.channels, info.file_frames, info.text);
}

static void take_changed(const struct msg *msg)
{
    struct msg_media_changed changed;
    memcpy(&changed, msg->payload, sizeof changed);
    mirror_medium_changed(&stage, changed.slot, changed.what);
}

static void from_store(struct msg *msg)
{
    struct msg_result result;
    switch (msg->type) {
    case MSG_SHOW:
        take_show(msg);
        break;
    case MSG_MEDIA_INFO:
        take_info(msg);
        break;
    case MSG_MEDIA_CHANGED:
        take_changed(msg);
        break;
    case MSG_SAVED:
    case MSG_OPENED:
        memcpy(&result, msg->payload, sizeof result);
        result.text[sizeof result.text - 1] = result.path[sizeof result.path - 1] = '\0';
        save_result(&stage, msg->serial, &result);
        break;
    case MSG_JOB_TOLD:
        jobs_told(&stage, msg->payload);
        break;
    case MSG_JOB_DONE:
        jobs_done(&stage, msg);
        break;
    case MSG_NOTICE:
        desk_notice(&stage, false, msg->payload);
        break;
    case MSG_STORE_STATUS:
        memcpy(&stage.store_status, msg->payload, sizeof stage.store_status);
        break;
    case MSG_OPTIONS:
        break;
    default:
        log_line(LOG_WARN, "the store sent %s, which an engine does not take", msg_name(msg->type));
    }
}

/* Nobody waits for what it would have answered. */
static void lose_store(void)
{
    outbox_join(&stage.store, -1);
    save_lost(&stage);
    jobs_lost(&stage);
}

static void greet_store(void)
{
    outbox_send(&stage.store, MSG_MEDIA_BEGIN, 0, NULL, 0, -1);
    mirror_want_again(&stage);
}

static void from_supervisor(struct msg *msg)
{
    if (msg->type == MSG_QUIT) {
        stage.quitting = true;
    } else if (msg->type == MSG_PEER && msg->fd[0] >= 0) {
        lose_store();
        outbox_join(&stage.store, msg->fd[0]);
        msg->fd[0] = -1;
        if (stage.audio) {
            greet_store();
            if (show_dirty(stage.show))
                perform_journal_document(&stage);      /* edits made while there was no store are in it too */
        }
    }
}

/* --- beginning --- */

static struct device_request device_wanted(void)
{
    const struct conf *config = &stage.options.config;
    struct device_request request = {.rate = config->rate, .period = config->period, .periods = config->periods,
                                     .dither = config->dither,
                                     .start_ns = hello.began_ns};
    text_copy(request.name, sizeof request.name, config->device[0] ? config->device : "default");
    int channels = show_channels(stage.show);
    request.channels = (uint32_t)(channels < ENGINE_CHANNELS ? channels : ENGINE_CHANNELS);
    return request;
}

/* Waits for one message of this type on a socket, handing others to `other`. Return: 1, or what msg_recv said; 0 also if the
 * show is given up before it began. */
static int await(int socket, enum msg_type type, struct msg *msg, void (*other)(struct msg *msg))
{
    int got;
    while ((got = msg_recv(socket, msg)) > 0 && msg->type != type) {
        if (other)
            other(msg);
        bool quit = msg->type == MSG_QUIT;
        msg_clear(msg);
        if (quit)
            return 0;
    }
    return got;
}

static int begin(struct msg *msg, struct err *err)
{
    if (await(SPAWN_SOCKET, MSG_HELLO, msg, NULL) <= 0 || msg->size != sizeof hello || msg->fd[2] < 0)
        return err_set(err, ERR_IO, "the engine is started by the supervisor");
    memcpy(&hello, msg->payload, sizeof hello);
    log_start("engine", hello.options.verbosity);
    listener = msg->fd[2];
    fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
    msg->fd[2] = -1;
    memory = clipmem_map(msg->fd[0], false);
    demand = demand_map(msg->fd[1], true);
    msg_clear(msg);
    if (!memory || !demand)
        return err_set(err, ERR_IO, "clip memory cannot be mapped: %s", strerror(errno));
    stage_init(&stage, show_new(), NULL, memory);
    stage.demand = demand;
    stage.options = hello.options;
    stage.generation = hello.generation;
    stage.supervisor = SPAWN_SOCKET;
    stage.supervisor_pid = hello.supervisor_pid;
    stage.want = want;
    stage.first = first;
    stage.clip = tell_clip;
    stage.played = tell_played;
    stage.drop = drop;
    stage.state_fd = state_create(&stage.state, hello.generation);
    return stage.state_fd < 0 ? err_set(err, ERR_IO, "the state segment cannot be made: %s", strerror(errno)) : 0;
}

/* The document comes before the device is opened: it says where the busses go. */
static int await_show(struct msg *msg, struct strbuf *lines, struct err *err)
{
    int store = -1;
    do {        /* a store may die before it has answered: the supervisor brings the next one */
        if (store >= 0)
            close(store);
        if (await(SPAWN_SOCKET, MSG_PEER, msg, NULL) <= 0 || msg->fd[0] < 0)
            return err_set(err, ERR_IO, "the engine got no store");
        store = msg->fd[0];
        msg->fd[0] = -1;
    } while (msg_send(store, MSG_SHOW_PLEASE, 0, NULL, 0, NULL, 0) < 0 || await(store, MSG_SHOW, msg, NULL) <= 0);
    outbox_join(&stage.store, store);
    struct show *show = read_show(msg, lines, err);
    msg_clear(msg);
    if (!show)
        return -1;
    show_free(stage.show);
    stage.show = show;
    return 0;
}

/* Said once for each reason, to whoever looks: screens, listeners, and the terminal of `clipgrid run`. */
static void say_silent(const char *why)
{
    char text[300];
    snprintf(text, sizeof text, "%s; the show runs on, unheard, and takes the device when it is there", why);
    desk_notice(&stage, false, text);
    log_line(LOG_WARN, "%s", text);
}

/* What it takes longest to make, made while the store reads the session. */
static void make_engine(void)
{
    struct device_request request = device_wanted();
    struct err ignored;
    uint32_t rate = audio_probe_rate(&request, &ignored);
    if (!rate)
        rate = request.rate ? request.rate : 48000;     /* no device yet: the show's own clock */
    struct engine_config config = {.rate = rate, .memory = memory, .demand = demand, .live = &stage.state->live,
                                   .live_lock = &stage.state->live_lock};
    stage.engine = engine_new(&config);
    thread_lock_memory(NULL, 0);
    machine_offer_to_oom(OOM_SCORE);
    stage.audio_status.format.rate = rate;
}

static int start_sound(struct err *err)
{
    struct device_request request = device_wanted();
    uint32_t rate = request.rate = stage.audio_status.format.rate;
    stage.audio = audio_open(stage.engine, &request, stage.realtime_note, err);
    if (!stage.audio)
        return -1;
    audio_get_status(stage.audio, &stage.audio_status);
    struct msg_began began = {.time_ns = stage.audio_status.start_ns};
    msg_send(SPAWN_SOCKET, MSG_BEGAN, 0, &began, sizeof began, NULL, 0);
    if (!stage.audio_status.format.rate)
        stage.audio_status.format.rate = rate;
    if (stage.audio_status.note[0])
        say_silent(stage.audio_status.note);
    return 0;
}

/* --- the loop --- */

static void watch_device(void)
{
    struct audio_status now;
    audio_get_status(stage.audio, &now);
    if (now.changes == stage.audio_status.changes)
        return;
    bool said = strcmp(now.note, stage.audio_status.note) != 0 && now.note[0];
    bool back = now.state == AUDIO_RUNNING && stage.audio_status.state != AUDIO_RUNNING;
    stage.audio_status = now;
    stage.desk_changed = true;
    if (said)
        say_silent(now.note);
    else if (back)
        desk_notice(&stage, false, "the device is there; the show sounds in its place");
}

static void drain_socket(int socket, void (*handle)(struct msg *msg), bool *gone)
{
    static struct msg msg;
    for (int i = 0; i < 256; i++) {         /* bounded: clients wait too */
        struct pollfd ready = {.fd = socket, .events = POLLIN};
        if (poll(&ready, 1, 0) <= 0)
            return;
        int got = msg_recv(socket, &msg);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            *gone = true;
            return;
        }
        if (got > 0) {
            handle(&msg);
            msg_clear(&msg);
        }
    }
}

static void turn(void)
{
    struct pollfd fds[SERVER_CLIENTS + 3];
    bool gone = false;
    int count = server_poll(stage.server, fds, SERVER_CLIENTS + 1);
    fds[count] = (struct pollfd){.fd = SPAWN_SOCKET, .events = POLLIN};
    fds[count + 1] = (struct pollfd){.fd = stage.store.socket, .events = (short)(POLLIN | (stage.store.first ? POLLOUT : 0))};
    bool busy = stage.unanswered || stage.waiting_count || engine_is_sounding(stage.engine);
    poll(fds, (nfds_t)(count + 2), busy ? TICK_BUSY_MS : TICK_IDLE_MS);
    stage.arrived_ns = clock_now_rt();
    server_handle(stage.server, fds, count);
    if (fds[count].revents)
        drain_socket(SPAWN_SOCKET, from_supervisor, &gone);
    if (gone)
        stage.quitting = true;
    gone = false;
    if (stage.store.socket >= 0 && fds[count + 1].revents && fds[count + 1].fd == stage.store.socket)
        drain_socket(stage.store.socket, from_store, &gone);
    if (gone)
        lose_store();                       /* the supervisor brings the next one */
    outbox_flush(&stage.store);
    stage_flush(&stage);
    results_take(&stage);
    if (busy)
        touch_ahead(&stage);
    watch_device();
    mirror_cells(&stage);
    desk_publish(&stage);
    server_flush(stage.server);
}

static void finish(void)
{
    struct op silence = {.type = OP_SILENCE};
    stage_post(&stage, &silence, (struct ticket){0}, -1);
    uint64_t until = clock_now_rt() + (uint64_t)QUIT_FADE_MS * 1000000;
    while (clock_now_rt() < until) {
        stage_flush(&stage);
        results_take(&stage);
        server_flush(stage.server);
        clock_sleep_ms(1);
    }
    audio_close(stage.audio);
    outbox_flush(&stage.store);
    server_free(stage.server);
    stage.server = NULL;
    msg_send(SPAWN_SOCKET, MSG_QUIT, 0, NULL, 0, NULL, 0);
    engine_free(stage.engine);
    stage_clear(&stage);
}

int engine_main(void)
{
    static struct msg msg;
    struct strbuf lines = {0};
    struct err err;
    fcntl(SPAWN_SOCKET, F_SETFD, FD_CLOEXEC);
    int began = begin(&msg, &err);
    if (began == 0) {
        make_engine();
        began = await_show(&msg, &lines, &err);
    }
    if (began < 0 || start_sound(&err) < 0) {
        msg_send_text(SPAWN_SOCKET, MSG_FAILED, 0, err.text);
        return 1;
    }
    stage.server = server_new(listener, take_line, NULL);
    stage.store.held = true;            /* what it is to load can wait, the grid cannot */
    greet_store();
    show_touch_all(stage.show);
    mirror_changes(&stage);
    run_journal(lines.s ? lines.s : "");
    strbuf_clear(&lines);
    stage.desk_changed = true;
    desk_publish(&stage);
    thread_set_priority(THREAD_PRIORITY_MAIN, NULL, 0);
    msg_send(SPAWN_SOCKET, MSG_READY, 0, NULL, 0, &stage.state_fd, 1);
    stage.store.held = false;
    while (!stage.quitting)
        turn();
    finish();
    return 0;
}
