/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card - see card.h. The state file is text of a fixed size: two lines about
 * the card, then a line an event that begins with its marks ("--": unused,
 * "x-": used by playback). Every process that has the card open maps it. */
#define _GNU_SOURCE
#include "card.h"
#include <alsa/asoundlib.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* the script's words: how many numbers follow, which of them is a duration in
   milliseconds (-1: none), and how many seconds it is when not given */
static const struct { const char *name; int min, max, ms; double without; } words[KINDS] = {
    [XRUN]      = { "xrun",      0, 0, -1, 0 },
    [SUSPEND]   = { "suspend",   0, 0, -1, 0 },
    [JUMP]      = { "jump",      1, 2,  1, 0 },          /* FRAMES [MS]; without MS: one look */
    [STALL]     = { "stall",     1, 1,  0, 0 },          /* MS */
    [NODEV]     = { "nodev",     0, 1,  0, INFINITY },   /* [MS] */
    [BUSY]      = { "busy",      1, 1,  0, 0 },          /* MS */
    [RATES]     = { "rates",     1, ARGS, -1, INFINITY },/* R[,R...] */
    [CHANNELS]  = { "channels",  1, 1, -1, INFINITY },   /* N */
    [PERIOD]    = { "period",    1, 1, -1, INFINITY },   /* FRAMES, at least */
    [NORESUME]  = { "noresume",  0, 0, -1, INFINITY },
    [POLLEARLY] = { "pollearly", 1, 2,  1, 1 },          /* MS [FOR_MS] */
    [POLLLATE]  = { "polllate",  1, 2,  1, 1 },          /* MS [FOR_MS] */
    [POLLNEVER] = { "pollnever", 1, 1,  0, 0 },          /* MS */
    [SHORT]     = { "short",     1, 2,  1, 1 },          /* FRAMES [FOR_MS] */
};

static const char HEAD[] = "faultpcm 1\nzero %020lld ns\nout  %-32s\n";
enum { ZERO_AT = 16, ZERO_LEN = 20, OUT_AT = 45 };

double card_now(const struct card *card)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9 - card->zero;
}

struct event *card_during(const struct card *card, enum kind kind, double t)
{
    struct event *found = NULL;
    for (struct event *e = card->chain[kind]; e && e->at <= t; e = e->next)
        if (t < e->end) found = e;
    return found;
}

/* a number, whatever the program's locale writes for its point */
static int number(const char **s, double *v)
{
    static locale_t c;
    char *end;
    if (!c) c = newlocale(LC_ALL_MASK, "C", NULL);
    *v = strtod_l(*s, &end, c);
    int ok = end > *s;
    *s = end;
    return ok;
}

/* a list of rates goes on after its comma, unless that starts the next event */
static int list_goes_on(const char *s)
{
    double v;
    return *s++ == ',' && isdigit((unsigned char)*s) && number(&s, &v)
        && !isalpha((unsigned char)s[strspn(s, " ")]);
}

/* one event from the script's text; where it ended, NULL if it makes no sense */
static const char *read_event(const char *s, struct event *e)
{
    int k;
    *e = (struct event){ .text = s };
    if (!number(&s, &e->at) || !(e->at >= 0)) return NULL;
    s += strspn(s, " ");
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz");
    for (k = 0; k < KINDS && (strlen(words[k].name) != n || strncmp(s, words[k].name, n)); k++) ;
    if (k == KINDS) return NULL;
    e->kind = k;
    for (s += n; e->n < words[k].max && s[strspn(s, " ")] && s[strspn(s, " ")] != ','; e->n++) {
        double *v = &e->arg[e->n];
        int at_least_1 = k == RATES || k == CHANNELS || k == PERIOD || (k == SHORT && e->n == 0);
        if (!number(&s, v) || isnan(*v) || (*v < at_least_1 && !(k == JUMP && e->n == 0))) return NULL;
        if (k == RATES && list_goes_on(s)) s++;
    }
    e->len = s - e->text;
    s += strspn(s, " \n");
    if (e->n < words[k].min || (*s && *s != ',')) return NULL;
    int ms = words[k].ms;
    e->end = e->at + (ms >= 0 && ms < e->n ? e->arg[ms] / 1000 : words[k].without);
    return s;
}

static int read_script(struct card *card)
{
    const char *s = card->script;
    while (*(s += strspn(s, " ,\n"))) {
        struct event e, *more = realloc(card->ev, (card->nev + 1) * sizeof e);
        if (!more) return -ENOMEM;
        card->ev = more;
        const char *rest = read_event(s, &e);
        if (!rest) { SNDERR("pcm fault: script: \"%.30s\" makes no sense", s); return -EINVAL; }
        s = rest;
        int i = card->nev++;
        for (; i > 0 && card->ev[i - 1].at > e.at; i--) card->ev[i] = card->ev[i - 1];
        card->ev[i] = e;
    }
    for (int i = card->nev - 1; i >= 0; i--) {
        struct event *e = &card->ev[i];
        int chain = e->kind <= JUMP && !(e->end > e->at) ? MOMENT : (int)e->kind;
        e->next = card->chain[chain];
        card->chain[chain] = e;
    }
    return 0;
}

/* the text of a new card's memory: the zero, what the output file holds, and
   a line an event that begins with its two marks */
static char *new_memory(struct card *card, size_t *size)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    char *text = NULL;
    FILE *f = open_memstream(&text, size);
    if (!f) return NULL;
    fprintf(f, HEAD, t.tv_sec * 1000000000LL + t.tv_nsec, "");
    for (int i = 0; i < card->nev; i++) {
        card->ev[i].mark = ftell(f);
        fprintf(f, "-- %.*s\n", card->ev[i].len, card->ev[i].text);
    }
    return fclose(f) ? free(text), NULL : text;
}

/* Makes the state file whole or not at all, whoever else does the same or is
   killed meanwhile; then maps the one that is there and checks that it belongs
   to this script. */
static int map_state(struct card *card, char *text, size_t size)
{
    char tmp[4096];
    struct stat st;
    if (access(card->state, F_OK)) {
        snprintf(tmp, sizeof tmp, "%s.XXXXXX", card->state);
        int fd = mkostemp(tmp, O_CLOEXEC);
        if (fd < 0) return -errno;
        int ok = write(fd, text, size) == (ssize_t)size && !fchmod(fd, 0666);
        int err = ok && (!link(tmp, card->state) || errno == EEXIST) ? 0 : -errno;
        unlink(tmp);
        close(fd);
        if (err) return err;
    }
    card->fd = open(card->state, O_RDWR | O_CLOEXEC);
    if (card->fd < 0 || fstat(card->fd, &st)) return -errno;
    if ((size_t)st.st_size == size) {
        card->mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, card->fd, 0);
        if (card->mem == MAP_FAILED) return -errno;
        memcpy(text + ZERO_AT, card->mem + ZERO_AT, ZERO_LEN);
        memcpy(text + OUT_AT, card->mem + OUT_AT, CARD_OUT);
        for (int i = 0; i < card->nev; i++) memcpy(text + card->ev[i].mark, card->mem + card->ev[i].mark, 2);
        if (!memcmp(text, card->mem, size)) return 0;
    }
    SNDERR("pcm fault: %s was made by another script", card->state);
    return -EINVAL;
}

int card_find(struct card **out, const char *script, const char *state)
{
    static struct card *all;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct card *card;
    size_t size = 0;
    int err = 0;
    pthread_mutex_lock(&lock);
    for (card = all; card && (strcmp(card->script, script) || strcmp(card->state, state)); card = card->next) ;
    if (!card) {
        if (!(card = calloc(1, sizeof *card)) || !(card->script = strdup(script)) ||
            !(card->state = strdup(state))) abort();
        card->fd = -1;
        char *text = (err = read_script(card)) ? NULL : new_memory(card, &size);
        if (!text && !err) err = -ENOMEM;
        if (text && *state) err = map_state(card, text, size);
        else if (text) card->mem = text;
        if (*state) free(text);
        if (!err) card->zero = atoll(card->mem + ZERO_AT) * 1e-9;
        if (!err && card_now(card) < 0) {
            SNDERR("pcm fault: %s is from before the machine's last start", state);
            err = -EINVAL;
        }
        if (err) {              /* asked again, it is looked at again */
            if (card->fd >= 0) close(card->fd);
            free(card->script); free(card->state); free(card->ev); free(card);
        } else { card->next = all; all = card; }
    }
    pthread_mutex_unlock(&lock);
    *out = card;
    return err;
}

int card_output(struct card *card, const char *kind)
{
    const char *have = card->mem + OUT_AT;
    size_t n = strlen(kind);
    flock(card->fd, LOCK_EX);
    int err = *have == ' ' && pwrite(card->fd, kind, n, OUT_AT) < 0 ? -errno : 0;
    flock(card->fd, LOCK_UN);
    return err ? err : !memcmp(have, kind, n) && (n == CARD_OUT || have[n] == ' ');
}
