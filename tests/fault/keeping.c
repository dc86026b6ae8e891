/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A show kept by a keeper: see keeping.h. */
#include "config.h"

#include "keeping.h"

#include "base/strbuf.h"
#include "platform/clock.h"
#include "process/document.h"
#include "process/replay.h"
#include "session/session.h"
#include "show/flat.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct keeping_told *keeping_told;

static char folder[512];
static struct msg_show about;
static struct strbuf shown;             /* document and lines of the last MSG_SHOW */
static uint32_t saving;                 /* number of the last edit in the save under way; 0: none */
static bool moving;                     /* it goes to b.orp */
static bool wanted;                     /* the journal begins anew, with the document */
static struct show *edited;             /* the caller's, as keeping_edit had it last */
static int clips;

void keeping_die(const char *what)
{
    fprintf(stderr, "keeping: %s\n", what);
    exit(1);
}

/* --- what the keeper says --- */

static void take_saved(const struct msg_result *result)
{
    if (result->ok) {
        keeping_told->saved = saving;
        keeping_told->moved |= moving;
    } else {
        keeping_told->refused++;
        if (!*result->text || strchr(result->text, '\n'))
            keeping_die("a save is refused without a line");
    }
    saving = 0;
}

static void tell(enum msg_type type, uint32_t serial, const void *payload, size_t size, int fd)
{
    (void)size;
    if (type == MSG_JOURNAL_KEPT && ((const struct msg_kept *)payload)->state == MSG_KEPT_WRITTEN) {
        keeping_told->kept = serial;
    } else if (type == MSG_JOURNAL_KEPT) {
        keeping_told->waiting++;
        wanted |= ((const struct msg_kept *)payload)->state == MSG_KEPT_WANTED;
    } else if (type == MSG_SAVED) {
        take_saved(payload);
    } else if (type == MSG_SHOW) {
        memcpy(&about, payload, sizeof about);
        strbuf_clear(&shown);
        if (document_from_fd(fd, &shown, NULL) < 0)
            keeping_die("no document");
    }
}

static void moved(const char *session, int place)
{
    (void)session;
    if (place >= 0)
        close(place);
}

/* --- the show --- */

void keeping_make(int count)
{
    struct show *show = show_new();
    struct show_clip clip;
    struct err err;
    keeping_told = mmap(NULL, sizeof *keeping_told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (keeping_told == MAP_FAILED || !getcwd(folder, sizeof folder))
        keeping_die("no memory or no folder");
    clips = count;
    show_edit_begin(show, "make");
    for (int i = 0; i < count; i++) {
        show_clip_init(&clip);
        clip.row = i / 10;
        clip.column = i % 10;
        clip.file = strdup("a.wav");
        if (show_put_clip(show, -1, &clip, &err) < 0)
            keeping_die(err.text);
        show_clip_clear(&clip);
    }
    show_edit_end(show);
    if (session_save("a.orp", show, &err) < 0)
        keeping_die(err.text);
    show_free(show);
}

static const char *file_name(void)
{
    return keeping_told->moved ? "b.orp" : "a.orp";
}

static void clear_fds(struct msg *msg)
{
    for (int i = 0; i < MSG_FDS_MAX; i++)
        msg->fd[i] = -1;
}

struct keeper *keeping_open(struct err *err)
{
    static const struct keeper_hooks hooks = {tell, moved};
    static struct msg please;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, file_name());
    struct keeper *keeper = keeper_open(path, file_name(), "socket", false, &hooks, err);
    if (!keeper)
        return NULL;
    please.type = MSG_SHOW_PLEASE;
    clear_fds(&please);
    keeper_take(keeper, &please);
    return keeper;
}

struct show *keeping_shown(void)
{
    struct err err = {0};
    char *split = memmem(shown.s, shown.len, "\f\n", 2);
    if (!split)
        keeping_die("half a document");
    struct show *show = document_parse(shown.s, (size_t)(split - shown.s), &err);
    if (!show || replay_lines(show, split + 2, false, &err) < strlen(split + 2))
        keeping_die(err.text);
    return show;
}

uint32_t keeping_serial(void)
{
    return about.serial;
}

/* --- editing --- */

/* As the engine's message comes: through a socket. */
static void give(struct keeper *keeper, enum msg_type type, uint32_t serial, const void *payload, size_t size, int fd)
{
    static struct msg msg;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ||
        msg_send(pair[0], type, serial, payload, size, &fd, fd >= 0) < 0 || msg_recv(pair[1], &msg) <= 0)
        keeping_die("no message comes through");
    close(pair[0]);
    close(pair[1]);
    keeper_take(keeper, &msg);
    msg_clear(&msg);
}

static void send_document(struct keeper *keeper)
{
    struct msg_document document = {.dirty = show_dirty(edited)};
    struct strbuf text = {0};
    flat_write(edited, &text);
    int fd = document_to_fd(&text, NULL);
    give(keeper, MSG_JOURNAL_DOCUMENT, keeping_told->sent, &document, sizeof document, fd);
    close(fd);
    strbuf_clear(&text);
    wanted = false;
}

void keeping_turn(struct keeper *keeper, int wait_ms)
{
    struct pollfd fd;
    int timeout_ms = wait_ms;
    keeper_poll(keeper, &fd, &timeout_ms);
    poll(&fd, 1, timeout_ms);
    keeper_handle(keeper);
    if (wanted && edited)
        send_document(keeper);
}

void keeping_edit(struct keeper *keeper, struct show *show, uint32_t serial)
{
    char line[60];
    struct err err;
    snprintf(line, sizeof line, "set show name %u", serial);
    replay_lines(show, line, false, &err);
    keeping_told->sent = serial;
    edited = show;
    give(keeper, MSG_JOURNAL, serial, line, strlen(line), -1);
}

void keeping_save(struct keeper *keeper, const struct show *show, uint32_t serial, const char *file)
{
    struct msg_path whole = {.last = serial, .force = *file != '\0'};
    struct strbuf text = {0};
    if (*file)
        snprintf(whole.path, sizeof whole.path, "%s/%s", folder, file);
    flat_write(show, &text);
    saving = serial;
    moving = *file;
    int fd = document_to_fd(&text, NULL);
    give(keeper, MSG_SAVE, serial, &whole, sizeof whole, fd);
    close(fd);
    strbuf_clear(&text);
}

bool keeping_is_saving(void)
{
    return saving != 0;
}

/* --- looking --- */

static uint32_t number_of(const struct show *show)
{
    return (uint32_t)strtoul(show_head(show)->name ? show_head(show)->name : "0", NULL, 10);
}

static bool look_at(struct keeper *keeper, const struct show *file)
{
    struct show *show = keeping_shown();
    uint32_t in_file = number_of(file), here = number_of(show);
    bool fine = in_file >= keeping_told->saved && here >= keeping_told->kept && here <= keeping_told->sent &&
                here == (about.serial ? about.serial : in_file) &&
                show_clips(file) == clips && show_clips(show) == clips && show_dirty(show) == (here != in_file);
    if (!fine)
        fprintf(stderr, "%s: file %u, show %u (number %u, %s); told: saved %u, kept %u, sent %u\n", file_name(), in_file, here,
                about.serial, show_dirty(show) ? "dirty" : "clean", keeping_told->saved, keeping_told->kept, keeping_told->sent);
    keeper_close(keeper);
    show_free(show);
    keeping_told->kept = keeping_told->sent = here;
    keeping_told->saved = in_file;
    return fine;
}

bool keeping_look(uint64_t *opened_ns)
{
    struct err err;
    saving = 0;
    wanted = false;
    edited = NULL;
    struct show *file = session_load(file_name(), NULL, &err);
    uint64_t began = clock_now_rt();
    struct keeper *keeper = file ? keeping_open(&err) : NULL;
    if (opened_ns)
        *opened_ns = clock_now_rt() - began;
    bool fine = keeper && look_at(keeper, file);
    if (!keeper)
        fprintf(stderr, "%s: not whole, or not to be opened: %s\n", file_name(), err.text);
    show_free(file);
    return fine;
}
