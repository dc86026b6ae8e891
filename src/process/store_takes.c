/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store's recordings: see store_takes.h. */
#include "config.h"

#include "process/store_takes.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "process/take.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { HELD_MAX = 4 };                  /* slots that want one file: the medium, and ones that are set apart from it */

struct recorder {                       /* of one input */
    struct take *take;                  /* NULL: it is not recorded */
    bool running;                       /* its file has a name */
    uint32_t held[HELD_MAX];
    int holds;
};

struct store_takes {
    const struct inputs *inputs;
    struct store_takes_hooks hooks;
    int wake;                           /* eventfd: a take has news */
    struct recorder recorder[INPUTS];
};

struct store_takes *store_takes_open(const struct inputs *inputs, const struct store_takes_hooks *hooks)
{
    struct store_takes *takes = xcalloc(1, sizeof *takes);
    takes->inputs = inputs;
    takes->hooks = *hooks;
    takes->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return takes;
}

void store_takes_close(struct store_takes *takes)
{
    for (int input = 0; input < INPUTS; input++)
        if (takes->recorder[input].take && !take_finish(takes->recorder[input].take))
            log_line(LOG_WARN, "a recording could not be finished: its disk does not answer");
    close(takes->wake);
    free(takes);
}

static void begin(struct store_takes *takes, const struct msg_record *order, int folder)
{
    struct recorder *recorder = order->input < INPUTS ? &takes->recorder[order->input] : NULL;
    if (!recorder || recorder->take)    /* a new engine that goes on with what never stopped */
        return;
    *recorder = (struct recorder){.take = take_begin(takes->inputs, order, folder, takes->wake)};
}

void store_takes_order(struct store_takes *takes, const struct msg *msg, int folder)
{
    struct msg_record order;
    struct msg_record_end end;
    if (msg->type == MSG_RECORD) {
        memcpy(&order, msg->payload, sizeof order);
        begin(takes, &order, folder);
        return;
    }
    memcpy(&end, msg->payload, sizeof end);
    if (end.input < INPUTS && takes->recorder[end.input].take)
        take_end(takes->recorder[end.input].take, end.frame);
}

bool store_takes_hold(struct store_takes *takes, uint32_t slot, const char *path)
{
    store_takes_drop(takes, slot);
    for (int input = 0; input < INPUTS; input++) {
        struct recorder *recorder = &takes->recorder[input];
        if (!recorder->take || !recorder->running || recorder->holds == HELD_MAX || strcmp(take_path(recorder->take), path) != 0)
            continue;
        recorder->held[recorder->holds++] = slot;
        return true;
    }
    return false;
}

void store_takes_drop(struct store_takes *takes, uint32_t slot)
{
    for (int input = 0; input < INPUTS; input++) {
        struct recorder *recorder = &takes->recorder[input];
        for (int i = 0; i < recorder->holds; i++)
            if (recorder->held[i] == slot)
                recorder->held[i--] = recorder->held[--recorder->holds];
    }
}

void store_takes_forget(struct store_takes *takes)
{
    for (int input = 0; input < INPUTS; input++)
        takes->recorder[input].holds = 0;
}

int store_takes_poll(const struct store_takes *takes, struct pollfd *fd)
{
    *fd = (struct pollfd){.fd = takes->wake, .events = POLLIN};
    return 1;
}

/* It has a whole file, or none. What waits for it is wanted first, so that it loads while the engine hears of it. */
static void finish(struct store_takes *takes, struct recorder *recorder, const struct msg_take *news)
{
    for (int i = 0; i < recorder->holds; i++)
        takes->hooks.want(recorder->held[i], take_folder(recorder->take), news->path);
    take_free(recorder->take);
    *recorder = (struct recorder){0};
}

static void pass_on(struct store_takes *takes, struct recorder *recorder, const struct msg_take *news)
{
    recorder->running = news->state == MSG_TAKE_RUNNING;
    if (!recorder->running)
        finish(takes, recorder, news);
    takes->hooks.tell(MSG_TAKE, 0, news, sizeof *news);
}

void store_takes_tell_all(struct store_takes *takes)
{
    for (int input = 0; input < INPUTS; input++) {
        struct recorder *recorder = &takes->recorder[input];
        struct msg_take news;
        if (!recorder->running)
            continue;
        take_news(recorder->take, &news);
        pass_on(takes, recorder, &news);        /* it may be over since */
    }
}

void store_takes_handle(struct store_takes *takes)
{
    uint64_t count;
    if (read(takes->wake, &count, sizeof count) < 0 && errno == EAGAIN)
        return;
    for (int input = 0; input < INPUTS; input++) {
        struct recorder *recorder = &takes->recorder[input];
        struct msg_take news;
        if (recorder->take && take_news(recorder->take, &news))
            pass_on(takes, recorder, &news);
    }
}
