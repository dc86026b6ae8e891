/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcm_fault - a PCM plugin for tests: a made-up sound card that keeps real
 * time, writes what is played to a file (or reads what is recorded from one)
 * and fails at set moments. For ALSA programs that cannot be told apart from
 * one that talks to a card: no sound driver is needed.
 *
 *   pcm.NAME { type fault
 *       file "/tmp/out.raw"      playback: raw frames land here
 *       infile "/tmp/in.raw"     capture: raw frames come from here, then silence
 *       script "2.0 xrun, 4.0 suspend, 6.0 nodev 500"
 *       state "/tmp/card"        the card's clock and memory outlive the program
 *       period_min 64  period_max 4096  buffer_max 16384  channels_max 32
 *       rw_only 0                no mmap
 *       format "S16_LE"          no other
 *       ppm 0                    how much faster its clock is than the machine's
 *       jitter_us 0              wakeups come up to so much late, at random
 *   }
 *
 * The environment variables FAULTPCM_SCRIPT and FAULTPCM_STATE replace the
 * script and the state. The words of the script are in card.c and in the lab's
 * README; its moments are seconds since the card was first opened.
 *
 * card.c is the card: script, clock and memory. Here is the stream: one open PCM
 * on it, as alsa-lib's ioplug interface wants it.
 */
#define _GNU_SOURCE
#include "card.h"
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct stream {
    snd_pcm_ioplug_t io;
    struct card *card;
    char *file;
    int timer, fd;
    double hz;                  /* frames a second, by its own clock */
    double ppm;
    double opened;
    unsigned jitter, frame;     /* microseconds; bytes */
    int running;
    int64_t base, first;        /* the card's frame number at which the stream's frame `first` plays */
    int64_t at;                 /* where it stands while it does not run */
    int64_t jump;               /* how far off the next look at the pointer is */
    struct event *due;          /* the first moment not yet used */
    int cut;                    /* `short` has just taken less than it was given */
    char *ring;                 /* with a state: what was handed over and has not sounded yet */
    int64_t done;               /* frames of it that are in the file */
};

/* --- the clock, in frames --------------------------------------------------- */

static int64_t ticks(const struct stream *c, double t) { return t < 1e12 ? (int64_t)(t * c->hz) : INT64_MAX; }

/* the stalls since this start push frames back: the next one that frame number
   *edge of the card's clock has not passed yet, as [*edge, *end) */
static const struct event *next_stall(const struct stream *c, const struct event *e, int64_t *edge, int64_t *end)
{
    for (; e; e = e->next) {
        int64_t from = ticks(c, e->at);
        *end = ticks(c, e->end);
        if (*end <= *edge || *end <= from) continue;
        if (from > *edge) *edge = from;
        return e;
    }
    return NULL;
}

/* how far the stream has come at this time */
static int64_t moved(const struct stream *c, double t)
{
    int64_t at = ticks(c, t), pos = c->first + at - c->base, edge = c->base, end;
    const struct event *e = c->card->chain[STALL];
    while ((e = next_stall(c, e, &edge, &end)) && edge < at) {
        pos -= (end < at ? end : at) - edge;
        edge = end;
        e = e->next;
    }
    return pos > c->first ? pos : c->first;
}

/* the card's frame number at which the stream's frame p plays; *run: how many
   from there on without a stall between them */
static int64_t place(const struct stream *c, int64_t p, int64_t *run)
{
    int64_t at = c->base + p - c->first, edge = c->base, end;
    const struct event *e = c->card->chain[STALL];
    *run = INT64_MAX;
    while ((e = next_stall(c, e, &edge, &end))) {
        if (at < edge) { *run = edge - at; break; }
        at += end - edge;
        edge = end;
        e = e->next;
    }
    return at;
}

static int64_t limit(const struct stream *c)    /* past this the card runs dry, or over */
{
    return (int64_t)c->io.appl_ptr + (c->io.stream == SND_PCM_STREAM_PLAYBACK ? 0 : (int64_t)c->io.buffer_size);
}

/* What has sounded by now goes to the file, at the clock's place: whole runs by
   pwrite, so a program killed at any moment leaves frames or silence behind. */
static void sound(struct stream *c, int64_t upto)
{
    int64_t run, size = c->io.buffer_size;
    if (upto > limit(c)) upto = limit(c);
    if (c->done < c->first) c->done = c->first;
    while (c->ring && c->done < upto) {
        int64_t to = place(c, c->done, &run), i = c->done % size;
        if (run > upto - c->done) run = upto - c->done;
        if (run > size - i) run = size - i;
        if (pwrite(c->fd, c->ring + i * c->frame, run * c->frame, to * c->frame) < 0)
            SNDERR("pcm fault: output: %s", strerror(errno));
        c->done += run;
    }
}

/* --- the stream ------------------------------------------------------------- */

/* the card vanished after this stream was opened, whether it is back or not */
static struct event *vanished(const struct stream *c, double t)
{
    struct event *e = c->card->chain[NODEV];
    while (e && e->end <= c->opened) e = e->next;
    return e && e->at <= t ? e : NULL;
}

static char *mark(struct stream *c, struct event *e)
{
    return c->card->mem + e->mark + (c->io.stream == SND_PCM_STREAM_CAPTURE);
}

/* the next moment that is not used up */
static struct event *next_moment(struct stream *c)
{
    while (c->due && *mark(c, c->due) != '-') c->due = c->due->next;
    return c->due;
}

/* when this program is to be woken: when the card will have moved a whole period
   on, or as the script has it; and whenever the stream is brought to a stop */
static void arm(struct stream *c)
{
    struct card *card = c->card;
    double t = card_now(card), per = c->io.period_size / c->hz, when;
    int64_t run, period = c->io.period_size;
    struct event *e;
    if (vanished(c, t)) when = t;               /* a card that is gone keeps waking up */
    else {
        if (c->running) when = place(c, (moved(c, t) / period + 1) * period, &run) / c->hz + 1e-6;
        else when = (ticks(c, t) / period + 1) * per;
        if ((e = card_during(card, POLLLATE, when))) when += e->arg[0] / 1000;
        if ((e = card_during(card, POLLEARLY, when))) {  /* early, and once more in time */
            double early = when - e->arg[0] / 1000;
            if (early <= t) early += ceil((t + 1e-4 - early) / per) * per;
            if (early < when) when = early;
        }
        if (c->jitter) when += (random() % c->jitter) * 1e-6;
        if ((e = card_during(card, POLLNEVER, when))) when = e->end;
        if (c->running && (e = next_moment(c)) && e->at < when) when = e->at;
        for (e = card->chain[NODEV]; e; e = e->next)
            if (e->at > t) { if (e->at < when) when = e->at; break; }
        if (when < t) when = t;
    }
    when += card->zero;
    struct itimerspec it = { .it_value = { (time_t)when, (long)((when - floor(when)) * 1e9) } };
    timerfd_settime(c->timer, TFD_TIMER_ABSTIME, &it, NULL);
}

static void halt(struct stream *c, double t, snd_pcm_state_t state)
{
    if (c->running) {
        int64_t at = moved(c, t), lim = limit(c);
        sound(c, at);
        c->at = at < lim ? at : lim;
    }
    c->running = 0;
    snd_pcm_ioplug_set_state(&c->io, state);
}

/* does what the script has for this moment; 0, or the error to give */
static int script(struct stream *c)
{
    double t = card_now(c->card);
    struct event *e;
    if ((e = vanished(c, t))) {
        halt(c, e->at, SND_PCM_STATE_DISCONNECTED);
        return -ENODEV;
    }
    while (c->running && (e = next_moment(c)) && e->at <= t) {
        if (atomic_exchange((_Atomic char *)mark(c, e), 'x') != '-') continue;
        if (e->kind == JUMP) { c->jump = (int64_t)e->arg[0]; continue; }
        halt(c, e->at, e->kind == XRUN ? SND_PCM_STATE_XRUN : SND_PCM_STATE_SUSPENDED);
        return e->kind == XRUN ? -EPIPE : -ESTRPIPE;
    }
    return 0;
}

static int f_start(snd_pcm_ioplug_t *io)
{
    struct stream *c = io->private_data;
    double t = card_now(c->card);
    if (vanished(c, t)) return -ENODEV;
    c->base = ticks(c, t);
    c->first = 0; c->running = 1;
    arm(c);
    return 0;
}

static int f_stop(snd_pcm_ioplug_t *io)
{
    struct stream *c = io->private_data;
    struct itimerspec off = {0};
    double t = card_now(c->card);
    struct event *gone = vanished(c, t);
    if (c->running) sound(c, moved(c, gone ? gone->at : t));
    timerfd_settime(c->timer, 0, &off, NULL);
    c->running = 0;
    return 0;
}

/* Suspended or gone: alsa-lib makes an xrun of every error that f_pointer gives,
   so it says that there is a period's room instead; the program's next call
   then finds the state that script() set, and gets ESTRPIPE or ENODEV. */
static int64_t room(const struct stream *c)
{
    int64_t at = (int64_t)c->io.appl_ptr + (int64_t)c->io.period_size;
    if (c->io.stream == SND_PCM_STREAM_PLAYBACK) at -= (int64_t)c->io.buffer_size;
    return at > c->at ? at : c->at;
}

static snd_pcm_sframes_t f_pointer(snd_pcm_ioplug_t *io)
{
    struct stream *c = io->private_data;
    int err = script(c);
    if (err == -EPIPE) return err;
    if (err || io->state == SND_PCM_STATE_SUSPENDED) return room(c);
    if (!c->running) return c->at;
    double t = card_now(c->card);
    int64_t at = moved(c, t);
    sound(c, at);
    /* past what the program has written (or left unread): an xrun of its own */
    if (at > limit(c)) {
        at = limit(c);
        if (io->state != SND_PCM_STATE_DRAINING) {
            c->at = at; c->running = 0;
            return -EPIPE;
        }
    }
    c->at = at;                                 /* counted to the boundary: see the flag */
    struct event *e = card_during(c->card, JUMP, t);
    int64_t off = c->jump + (e ? (int64_t)e->arg[0] : 0);
    c->jump = 0;
    /* a program that believed a jump has written over what was still to play */
    if (!off && io->stream == SND_PCM_STREAM_PLAYBACK && (int64_t)io->appl_ptr > at + (int64_t)io->buffer_size) {
        c->running = 0;
        return -EPIPE;
    }
    return at + off > 0 ? at + off : 0;
}

static snd_pcm_sframes_t f_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *ar,
                                    snd_pcm_uframes_t off, snd_pcm_uframes_t n)
{
    struct stream *c = io->private_data;
    char *p = (char *)ar->addr + (ar->first + ar->step * off) / 8;
    double t = card_now(c->card);
    if (vanished(c, t)) return -ENODEV;
    if (io->state == SND_PCM_STATE_XRUN) return -EPIPE;     /* mapped: alsa-lib would let it pass */
    /* alsa-lib asks on until the program's call is served, so after a short answer
       it gets "not now", which ends the call with what was taken. A mapped buffer
       is handed over once a call; one that is read from cannot be cut. */
    struct event *e = card_during(c->card, SHORT, t);
    int mapped = io->access == SND_PCM_ACCESS_MMAP_INTERLEAVED;
    if (e && !(mapped && io->stream == SND_PCM_STREAM_CAPTURE)) {
        if (c->cut && !mapped) { c->cut = 0; return -EAGAIN; }
        if ((c->cut = n > e->arg[0])) n = e->arg[0] >= 1 ? e->arg[0] : 1;
    } else c->cut = 0;
    size_t bytes = n * c->frame;
    if (io->stream == SND_PCM_STREAM_CAPTURE) {
        ssize_t got = c->fd >= 0 ? read(c->fd, p, bytes) : 0;
        if (got < (ssize_t)bytes) memset(p + (got > 0 ? got : 0), 0, bytes - (got > 0 ? got : 0));
    } else if (c->ring) {
        for (snd_pcm_uframes_t i = 0; i < n; i++)
            memcpy(c->ring + (io->appl_ptr + i) % io->buffer_size * c->frame, p + i * c->frame, c->frame);
    } else if (c->fd >= 0 && write(c->fd, p, bytes) != (ssize_t)bytes) return -EIO;
    return n;
}

static int f_revents(snd_pcm_ioplug_t *io, struct pollfd *pfd, unsigned nfds, unsigned short *ev)
{
    struct stream *c = io->private_data;
    uint64_t beats;
    (void)nfds;
    *ev = 0;
    if (pfd[0].revents & POLLIN) {
        if (read(c->timer, &beats, sizeof beats) < 0 && errno != EAGAIN) return -errno;
        *ev = io->stream == SND_PCM_STREAM_PLAYBACK ? POLLOUT : POLLIN;
        int err = script(c);
        if (err || io->state == SND_PCM_STATE_SUSPENDED || io->state == SND_PCM_STATE_XRUN) *ev |= POLLERR;
        if (err == -ENODEV) *ev |= POLLNVAL;
        c->cut = 0;
        arm(c);
    }
    return 0;
}

/* With a state file the output is opened here and never cut off. Frames of
   another kind than the first stream's would garble it: they get a file beside
   it, so that FILE itself always means one thing. */
static int open_output(struct stream *c)
{
    char kind[CARD_OUT + 1], path[4096];
    struct stat st;
    if (c->fd >= 0) close(c->fd);
    free(c->ring);
    c->ring = NULL; c->fd = -1;
    if (!*c->file || (!stat(c->file, &st) && !S_ISREG(st.st_mode))) return 0;
    snprintf(kind, sizeof kind, "%u-%u-%s", c->io.rate, c->io.channels, snd_pcm_format_name(c->io.format));
    int same = card_output(c->card, kind);
    if (same < 0) return same;
    snprintf(path, sizeof path, "%s%s%s", c->file, same ? "" : ".", same ? "" : kind);
    c->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    c->ring = calloc(c->io.buffer_size, c->frame);
    return c->fd < 0 || !c->ring ? -errno : 0;
}

static int f_params(snd_pcm_ioplug_t *io, snd_pcm_hw_params_t *hw)
{
    struct stream *c = io->private_data;
    (void)hw;
    if (vanished(c, card_now(c->card))) return -ENODEV;
    c->frame = snd_pcm_format_physical_width(io->format) / 8 * io->channels;
    c->hz = io->rate * (1 + c->ppm * 1e-6);
    return *c->card->state && io->stream == SND_PCM_STREAM_PLAYBACK ? open_output(c) : 0;
}

static int f_prepare(snd_pcm_ioplug_t *io)
{
    struct stream *c = io->private_data;
    /* a program waits for room before the start too: wake it at once */
    struct itimerspec it = { .it_value.tv_nsec = 1 };
    if (vanished(c, card_now(c->card))) return -ENODEV;
    timerfd_settime(c->timer, 0, &it, NULL);
    c->running = c->cut = 0;
    c->at = c->first = c->done = c->jump = 0;
    return 0;
}

static int f_resume(snd_pcm_ioplug_t *io)
{
    struct stream *c = io->private_data;
    double t = card_now(c->card);
    /* alsa-lib 1.2.8 drops this function's result: snd_pcm_resume says 0 whatever
       comes back from here (but see below), and the stream stays suspended */
    if (vanished(c, t)) return -ENODEV;
    if (card_during(c->card, NORESUME, t)) return -ENOSYS;
    if (io->state != SND_PCM_STATE_SUSPENDED) return -EBADFD;
    c->base = ticks(c, t);
    c->first = c->at; c->running = 1;
    snd_pcm_ioplug_set_state(io, SND_PCM_STATE_RUNNING);
    arm(c);
    return 0;
}

static int f_close(snd_pcm_ioplug_t *io)
{
    struct stream *c = io->private_data;
    if (c->fd >= 0) close(c->fd);
    close(c->timer);
    free(c->ring);
    free(c->file);
    free(c);
    return 0;
}

static const snd_pcm_ioplug_callback_t calls = {
    .start = f_start, .stop = f_stop, .pointer = f_pointer, .transfer = f_transfer,
    .close = f_close, .hw_params = f_params, .prepare = f_prepare, .resume = f_resume,
    .poll_revents = f_revents,
};

/* what the card offers from now on: the configuration's bounds, or the script's */
static int offer(struct stream *c, long pmin, long pmax, long bmax, long cmax, long rw_only, const char *format)
{
    static const unsigned access[] = { SND_PCM_ACCESS_RW_INTERLEAVED, SND_PCM_ACCESS_MMAP_INTERLEAVED };
    static const unsigned formats[] = { SND_PCM_FORMAT_S16_LE, SND_PCM_FORMAT_S24_LE, SND_PCM_FORMAT_S24_3LE,
                                        SND_PCM_FORMAT_S32_LE, SND_PCM_FORMAT_FLOAT_LE };
    const struct event *rates = card_during(c->card, RATES, c->opened), *chans = card_during(c->card, CHANNELS, c->opened);
    const struct event *period = card_during(c->card, PERIOD, c->opened);
    unsigned only = (unsigned)snd_pcm_format_value(format);
    unsigned list[ARGS], n = chans ? (unsigned)chans->arg[0] : 0;
    if (period) pmin = (long)period->arg[0] * 4 * (n ? n : cmax);       /* in bytes, of samples of 32 bits */
    for (int i = 0; rates && i < rates->n; i++) list[i] = (unsigned)rates->arg[i];
    int err = rates ? snd_pcm_ioplug_set_param_list(&c->io, SND_PCM_IOPLUG_HW_RATE, rates->n, list)
                    : snd_pcm_ioplug_set_param_minmax(&c->io, SND_PCM_IOPLUG_HW_RATE, 8000, 192000);
    if (err < 0 ||
        (err = snd_pcm_ioplug_set_param_list(&c->io, SND_PCM_IOPLUG_HW_ACCESS, rw_only ? 1 : 2, access)) < 0 ||
        (err = snd_pcm_ioplug_set_param_list(&c->io, SND_PCM_IOPLUG_HW_FORMAT, *format ? 1 : 5, *format ? &only : formats)) < 0 ||
        (err = snd_pcm_ioplug_set_param_minmax(&c->io, SND_PCM_IOPLUG_HW_CHANNELS, n ? n : 1, n ? n : cmax)) < 0 ||
        (err = snd_pcm_ioplug_set_param_minmax(&c->io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, pmin, pmax * 4 * cmax)) < 0 ||
        (err = snd_pcm_ioplug_set_param_minmax(&c->io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 2 * pmin, bmax * 4 * cmax)) < 0 ||
        (err = snd_pcm_ioplug_set_param_minmax(&c->io, SND_PCM_IOPLUG_HW_PERIODS, 2, 1024)) < 0)
        return err;
    return 0;
}

SND_PCM_PLUGIN_DEFINE_FUNC(fault)
{
    const char *file = "", *infile = NULL, *text = "", *state = "";
    const char *format = "";
    long pmin = 32, pmax = 8192, bmax = 65536, cmax = 32, ppm = 0, jitter = 0, rw_only = 0;
    snd_config_iterator_t i, next;
    (void)root;
    snd_config_for_each(i, next, conf) {
        snd_config_t *n = snd_config_iterator_entry(i);
        const char *id;
        if (snd_config_get_id(n, &id) < 0) continue;
        if (!strcmp(id, "comment") || !strcmp(id, "type") || !strcmp(id, "hint")) continue;
        if (!strcmp(id, "file")) snd_config_get_string(n, &file);
        else if (!strcmp(id, "infile")) snd_config_get_string(n, &infile);
        else if (!strcmp(id, "script")) snd_config_get_string(n, &text);
        else if (!strcmp(id, "state")) snd_config_get_string(n, &state);
        else if (!strcmp(id, "format")) snd_config_get_string(n, &format);
        else if (!strcmp(id, "rw_only")) snd_config_get_integer(n, &rw_only);
        else if (!strcmp(id, "period_min")) snd_config_get_integer(n, &pmin);
        else if (!strcmp(id, "period_max")) snd_config_get_integer(n, &pmax);
        else if (!strcmp(id, "buffer_max")) snd_config_get_integer(n, &bmax);
        else if (!strcmp(id, "channels_max")) snd_config_get_integer(n, &cmax);
        else if (!strcmp(id, "ppm")) snd_config_get_integer(n, &ppm);
        else if (!strcmp(id, "jitter_us")) snd_config_get_integer(n, &jitter);
        else { SNDERR("pcm fault: unknown field %s", id); return -EINVAL; }
    }
    if (getenv("FAULTPCM_SCRIPT")) text = getenv("FAULTPCM_SCRIPT");
    if (getenv("FAULTPCM_STATE")) state = getenv("FAULTPCM_STATE");
    struct card *card;
    int err = card_find(&card, text, state);
    if (err < 0) return err;
    if (card_during(card, NODEV, card_now(card))) return -ENODEV;
    if (card_during(card, BUSY, card_now(card))) return -EBUSY;
    struct stream *c = calloc(1, sizeof *c);
    if (!c) return -ENOMEM;
    c->card = card;
    c->opened = card_now(card);
    c->due = card->chain[MOMENT];
    c->ppm = ppm; c->jitter = jitter; c->fd = -1; c->hz = 48000;
    c->file = strdup(file);
    c->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    err = c->timer < 0 || !c->file ? -errno : 0;
    if (stream == SND_PCM_STREAM_PLAYBACK && *file && !*card->state)
        c->fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (stream == SND_PCM_STREAM_CAPTURE && infile)
        c->fd = open(infile, O_RDONLY | O_CLOEXEC);

    c->io.version = SND_PCM_IOPLUG_VERSION;
    c->io.name = "fault";
    c->io.callback = &calls;
    c->io.private_data = c;
    c->io.mmap_rw = 0;
    c->io.poll_fd = c->timer;
    c->io.poll_events = POLLIN;
    c->io.flags = SND_PCM_IOPLUG_FLAG_LISTED | SND_PCM_IOPLUG_FLAG_BOUNDARY_WA;
    if (err < 0 || (err = snd_pcm_ioplug_create(&c->io, name, stream, mode)) < 0) {
        f_close(&c->io);
        return err;
    }
    if ((err = offer(c, pmin, pmax, bmax, cmax, rw_only, format)) < 0) {
        snd_pcm_ioplug_delete(&c->io);
        return err;
    }
    *pcmp = c->io.pcm;
    return 0;
}
SND_PCM_PLUGIN_SYMBOL(fault);

/* --- what no plugin can do, for a program that has this file in LD_PRELOAD --- */

/* a stream that is still suspended was not resumed: what a driver without resume says */
int snd_pcm_resume(snd_pcm_t *pcm)
{
    int (*real)(snd_pcm_t *) = (int (*)(snd_pcm_t *))dlsym(RTLD_NEXT, "snd_pcm_resume");
    int err = real(pcm);
    return err == 0 && snd_pcm_state(pcm) == SND_PCM_STATE_SUSPENDED ? -ENOSYS : err;
}

/* the errors that a kernel device gives here, and an ioplug cannot */
snd_pcm_sframes_t snd_pcm_avail_update(snd_pcm_t *pcm)
{
    static snd_pcm_sframes_t (*real)(snd_pcm_t *);
    if (!real) real = (snd_pcm_sframes_t (*)(snd_pcm_t *))dlsym(RTLD_NEXT, "snd_pcm_avail_update");
    snd_pcm_sframes_t avail = real(pcm);
    snd_pcm_state_t state = snd_pcm_state(pcm);
    return state == SND_PCM_STATE_DISCONNECTED ? -ENODEV : state == SND_PCM_STATE_SUSPENDED ? -ESTRPIPE : avail;
}
