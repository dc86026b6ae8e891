/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One worker and its file, from the opening to what is told of it: see background_inside.h. */
#include "config.h"

#include "library/background_inside.h"

#include "library/peakfile.h"
#include "base/log.h"
#include "base/text.h"
#include "media/known.h"
#include "media/opener.h"
#include "platform/clock.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
    DEATHS_MAX = 2,             /* workers a file may take with it */
    PATIENCE = 4,               /* a worker of idle priority may be late by so many deadlines */
    REST_MS = 200,              /* after a disk did not answer, or another process was at a file */
};
#define PIECE_CPU_NS (30 * CLOCK_SECOND_NS)     /* of the processor's time, for one answer */

void hand_release(struct hand *hand)
{
    peakfile_abandon(hand->writer);
    hand->writer = NULL;
    measure_job_clear(&hand->job);
    hand->want = NULL;
    hand->state = HAND_FREE;
    msg_send(hand->socket, MSG_WORK_CLOSE, hand->job.serial, NULL, 0, NULL, 0);
}

/* --- what became of it --- */

/* Done with it, or it waits for its second turn. */
static void conclude(struct background *background, struct want *want, bool failed)
{
    if (failed || !want->later) {
        background_forget(background, want);
        return;
    }
    want->kinds = want->later;
    want->later = 0;
    background_wait(background, want, want->urgent);
}

/* found: what was measured; NULL: nothing. */
static void tell(struct background *background, struct hand *hand, struct want *want, const struct measures *found,
                 const char *text)
{
    static const struct measures none;
    struct background_result result = {.id = want->id, .path = hand->path, .found = found ? found : &none,
                                       .tags = found ? hand->job.tags : NULL, .table = found ? hand->job.table : NULL,
                                       .failed = text[0] != '\0', .peaks_kept = hand->peaks_kept, .text = text};
    hand->want = NULL;
    conclude(background, want, result.failed);
    background->hooks.told(background->hooks.context, &result);
}

static void tell_missing(struct background *background, struct hand *hand, const struct err *err)
{
    struct background_result result = {.id = hand->want->id, .path = hand->path, .found = &(struct measures){0}, .failed = true,
                                       .missing = err->code == ERR_UNKNOWN, .text = err->text};
    struct want *want = hand->want;
    hand->want = NULL;
    hand->state = HAND_FREE;
    background_forget(background, want);
    background->hooks.told(background->hooks.context, &result);
}

/* The worker is not to be used any more; its file gets another one if it merely died. */
static void hand_fail(struct background *background, struct hand *hand, bool died, const char *why)
{
    struct want *want = hand->want;
    char text[120];
    log_line(LOG_WARN, "background worker %d %s", hand->life.pid, why);
    if (want && hand->state == HAND_OPENING)
        opener_forget(background->opener, hand->tag);
    if (want && died && (hand->state == HAND_OPENING || ++want->deaths < DEATHS_MAX)) {
        background_wait(background, want, true);
    } else if (want) {
        snprintf(text, sizeof text, "its decoder %s", why);
        tell(background, hand, want, NULL, text);
    }
    background_remove_hand(background, hand);
}

bool hand_late(struct background *background, struct hand *hand, uint64_t now)
{
    if (hand->state != HAND_BUSY || (now < hand->deadline_ns && worker_life_used_ns(&hand->life) < PIECE_CPU_NS))
        return false;
    hand_fail(background, hand, false, "did not answer in time and was stopped");
    return true;
}

/* --- opening --- */

void hand_open(struct background *background, struct hand *hand, struct want *want)
{
    char folder[PATH_MAX] = "";
    if (opener_ask(background->opener, OPENER_OPEN, ++background->tags, want->folder_fd, want->path) < 0)
        return;
    background_unwait(background, want);
    want->state = WANT_WORKED;
    hand->want = want;
    hand->tag = background->tags;
    hand->state = HAND_OPENING;
    hand->peaks_kept = false;
    hand->note[0] = '\0';
    if ((want->path[0] != '/' && !media_known_folder(want->folder_fd, folder, sizeof folder)) ||
        !media_known_path(folder, want->path, hand->path, sizeof hand->path))
        text_copy(hand->path, sizeof hand->path, want->path);
}

static bool kept(const struct background *background, const struct hand *hand, const struct catalog_stamp *stamp)
{
    struct peakfile file;
    if (!background->peaks[0] || !background->hooks.whole_peaks)
        return background->peaks[0] && peakfile_kept(background->peaks, hand->path, stamp);
    if (peakfile_read(&file, background->peaks, hand->path, stamp, NULL) < 0)
        return false;
    peakfile_clear(&file);
    return true;
}

/* Kinds that are wanted of the file and not known yet. */
static unsigned kinds_to_find(struct background *background, struct hand *hand, const struct catalog_stamp *stamp)
{
    unsigned kinds = hand->want->kinds & measure_kinds();
    hand->peaks_kept = kept(background, hand, stamp);
    if (background->hooks.known)
        kinds &= ~background->hooks.known(background->hooks.context, hand->path, stamp) | (kinds & MEASURE_PEAKS);
    return hand->peaks_kept ? kinds & ~(unsigned)MEASURE_PEAKS : kinds;
}

static void hand_await(const struct background *background, struct hand *hand, unsigned deadline_ms)
{
    unsigned patience_ms = background->hooks.patience_ms ? background->hooks.patience_ms : PATIENCE * deadline_ms;
    hand->state = HAND_BUSY;
    worker_life_ask(&hand->life);
    hand->deadline_ns = clock_now_rt() + patience_ms * (CLOCK_SECOND_NS / 1000);
}

static void hand_begin(struct background *background, struct hand *hand, int fd)
{
    struct stat st = {0};
    fstat(fd, &st);
    struct catalog_stamp stamp = catalog_stamp_of(&st);
    unsigned kinds = kinds_to_find(background, hand, &stamp);
    if (!kinds) {
        struct measures none = {.stamp = stamp};
        hand->state = HAND_FREE;
        tell(background, hand, hand->want, &none, "");
        return;
    }
    hand->life.files++;
    measure_job_init(&hand->job, kinds, hand->socket, hand->staging, hand->job.serial);
    measure_job_open(&hand->job, fd);
    hand_await(background, hand, WORK_OPEN_DEADLINE_MS);
}

/* Its file later, and others first. */
static void hand_put_back(struct background *background, struct hand *hand)
{
    background_wait(background, hand->want, false);
    background->rest_until_ns = clock_now_rt() + REST_MS * (CLOCK_SECOND_NS / 1000);
    hand_release(hand);
}

void hand_opened(struct background *background, struct hand *hand, struct opener_answer *answer)
{
    if (answer->found) {
        hand_begin(background, hand, answer->fd);
    } else if (answer->err.code == ERR_BUSY) {          /* its disk is silent */
        hand_put_back(background, hand);
    } else {
        tell_missing(background, hand, &answer->err);
    }
}

/* --- answers --- */

/* Return: false if another process is making them. */
static bool begin_peaks(struct background *background, struct hand *hand)
{
    struct err err;
    const struct measure_job *job = &hand->job;
    if (!background->peaks[0])
        err_set(&err, ERR_IO, "there is no folder to keep peaks in");
    else
        hand->writer = peakfile_begin(background->peaks, hand->path, &job->result.stamp, job->facts.rate,
                                      job->bin_channels, &err);
    if (!hand->writer)
        text_copy(hand->note, sizeof hand->note, err.text);
    return hand->writer || err.code != ERR_BUSY;
}

static void take_bins(struct hand *hand)
{
    if (hand->writer && hand->job.bin_count)
        peakfile_add(hand->writer, hand->job.bins, hand->job.bin_count);
}

static void hand_done(struct background *background, struct hand *hand)
{
    struct err err;
    struct measures found = hand->job.result;
    char note[sizeof hand->note];
    if (hand->writer) {
        hand->peaks_kept = peakfile_finish(hand->writer, found.frames, &err) == 0;
        hand->writer = NULL;
        if (!hand->peaks_kept)
            text_copy(hand->note, sizeof hand->note, err.text);
    }
    if (!hand->peaks_kept)
        found.kinds &= ~(unsigned)MEASURE_PEAKS;
    text_copy(note, sizeof note, hand->note);
    tell(background, hand, hand->want, &found, note);
    hand_release(hand);
}

void hand_go_on(struct background *background, struct hand *hand)
{
    if (!background_may_go(background, hand->want)) {
        hand->state = HAND_HELD;
        return;
    }
    measure_job_next(&hand->job);
    hand_await(background, hand, WORK_MEASURE_DEADLINE_MS);
}

/* Its file to another worker; no more often than there can be plain ones. */
static void send_on(struct background *background, struct hand *hand)
{
    char why[sizeof hand->job.text];
    text_copy(why, sizeof why, hand->job.text);
    background->needs_whole = true;
    if (++hand->want->sent_on > BACKGROUND_WORKERS_MAX) {
        tell(background, hand, hand->want, NULL, why);
    } else {
        background_wait(background, hand->want, true);
        hand->want = NULL;
    }
    background_remove_hand(background, hand);
}

static void hand_reach(struct background *background, struct hand *hand, enum measure_outcome outcome)
{
    char why[sizeof hand->job.text];
    switch (outcome) {
    case MEASURE_FACTS:
        if (!(hand->job.todo & MEASURE_PEAKS) || begin_peaks(background, hand))
            hand_go_on(background, hand);
        else
            hand_put_back(background, hand);
        return;
    case MEASURE_PIECE:
        take_bins(hand);
        hand_go_on(background, hand);
        return;
    case MEASURE_DONE:
        take_bins(hand);
        hand_done(background, hand);
        if (worker_life_over(&hand->life))
            background_remove_hand(background, hand);
        return;
    case MEASURE_UNREADABLE:
        text_copy(why, sizeof why, hand->job.text);
        tell(background, hand, hand->want, NULL, why);
        background_remove_hand(background, hand);          /* one that met a bad file is not used again */
        return;
    case MEASURE_ELSEWHERE:
        send_on(background, hand);
        return;
    case MEASURE_NONSENSE:
        hand_fail(background, hand, false, "answered nonsense and was stopped");
        return;
    }
}

bool hand_receive(struct background *background, struct hand *hand)
{
    struct msg *msg = &background->msg;
    int got = msg_recv(hand->socket, msg), hands = background->hands;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return true;
    if (got == 0 || (got < 0 && errno != EPROTO))
        hand_fail(background, hand, true, "died");
    else if (got < 0 || hand->state != HAND_BUSY)
        hand_fail(background, hand, false, "answered nonsense and was stopped");
    else if (!hand->want)
        hand_release(hand);
    else
        hand_reach(background, hand, measure_job_handle(&hand->job, msg));
    if (got > 0)
        msg_clear(msg);
    return background->hands == hands;
}
