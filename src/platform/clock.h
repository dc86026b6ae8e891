/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times in nanoseconds, and waiting for one. Any thread. */
#ifndef PLATFORM_CLOCK_H
#define PLATFORM_CLOCK_H

#include "rt/guard.h"

#include <stdint.h>

#define CLOCK_SECOND_NS UINT64_C(1000000000)

RT_SAFE uint64_t clock_now_rt(void);            /* CLOCK_MONOTONIC */
int64_t clock_wall_ns(void);                    /* CLOCK_REALTIME */
RT_SAFE void clock_sleep_until_rt(uint64_t time_ns);    /* the clock driver's device call: the audio thread may only wait so */
void clock_sleep_ms(unsigned ms);

#endif
