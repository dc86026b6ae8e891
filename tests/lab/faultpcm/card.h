/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card - the made-up card itself: what the outside world has, whatever program
 * plays. A clock, a script, and the memory of which moments were used up. It
 * lasts as long as the process or, in a state file, longer.
 *
 * What a card is or does over a span of time (gone, busy, stalled, its rates,
 * its wakeups) is worked out from the clock and the script alone, so nothing
 * has to be remembered for it; only moments that a stream could miss (xrun,
 * suspend, a jump) are marked when used, one byte each, per direction.
 */
#ifndef CARD_H
#define CARD_H
#include <stddef.h>
#pragma GCC visibility push(hidden)

enum kind { XRUN, SUSPEND, JUMP, STALL, NODEV, BUSY, RATES, CHANNELS, PERIOD, NORESUME,
            POLLEARLY, POLLLATE, POLLNEVER, SHORT, KINDS };
enum { MOMENT = KINDS, CHAINS, ARGS = 16 };     /* MOMENT: the chain of what is marked when used */

struct event {
    double at, end;             /* seconds since the card's zero */
    enum kind kind;
    int n;
    double arg[ARGS];
    const char *text;           /* in the script */
    int len;
    size_t mark;                /* its two bytes in the card's memory: playback, capture */
    struct event *next;         /* in its chain, by time */
};

struct card {
    struct card *next;
    char *script, *state;       /* state "": this process only */
    char *mem;                  /* the state file's text, shared */
    int fd;                     /* the state file, -1 if none */
    double zero;                /* CLOCK_MONOTONIC */
    struct event *ev, *chain[CHAINS];
    int nev;
};

/* the card that has this script and state ("": this process only); made when
   first asked for. 0, or what snd_pcm_open is to give: -EINVAL after a line on stderr */
int card_find(struct card **out, const char *script, const char *state);

/* seconds since its zero */
double card_now(const struct card *card);

/* the latest event of a kind that holds at this time, or NULL */
struct event *card_during(const struct card *card, enum kind kind, double t);

/* The output file means one kind of frames: the first that came. 1 if that is
   `kind` (at most CARD_OUT letters), 0 if it is another, or -errno. */
enum { CARD_OUT = 32 };
int card_output(struct card *card, const char *kind);

#pragma GCC visibility pop
#endif
