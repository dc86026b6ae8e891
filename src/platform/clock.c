/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times in nanoseconds: see clock.h. */
#include "config.h"

#include "platform/clock.h"

#include <errno.h>
#include <time.h>

uint64_t clock_now_rt(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * CLOCK_SECOND_NS + (uint64_t)t.tv_nsec;
}

int64_t clock_wall_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * (int64_t)CLOCK_SECOND_NS + t.tv_nsec;
}

void clock_sleep_until_rt(uint64_t time_ns)
{
    struct timespec t = {.tv_sec = (time_t)(time_ns / CLOCK_SECOND_NS), .tv_nsec = (long)(time_ns % CLOCK_SECOND_NS)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
}

void clock_sleep_ms(unsigned ms)
{
    clock_sleep_until_rt(clock_now_rt() + (uint64_t)ms * 1000000);
}
