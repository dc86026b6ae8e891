/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening and closing devices in threads of their own, since a driver may keep a call for as
 * long as it likes, for ever too. Whoever wants a device waits no longer than it chooses to;
 * a thread that comes back too late closes what it has opened. Threads that were left behind
 * are counted, and when there are too many nothing more is opened.
 *
 * Thread: the device thread, or main while there is none.
 */
#ifndef ENGINE_DEVICE_APART_H
#define ENGINE_DEVICE_APART_H

#include "base/err.h"
#include "engine/device.h"

enum { DEVICE_STRAYS_MAX = 8 };         /* threads in a driver that nobody waits for any more */

struct device_opening;

/* Never fails: what stands in the way is said by device_opening_wait. */
struct device_opening *device_opening_begin(const struct device_request *request);
/* Return: true when it is over, at most ms later: *device, or NULL with err, and `opening` is gone. */
bool device_opening_wait(struct device_opening *opening, unsigned ms, struct device **device, struct err *err);
/* Nobody waits any more. `opening` is gone for the caller. */
void device_opening_leave(struct device_opening *opening);

/* The three in one. Return: the device, or NULL with err (ERR_BUSY: "does not answer" within ms). */
struct device *device_open_apart(const struct device_request *request, unsigned ms, struct err *err);
/* Closes; returns at most ms later, done or not. */
void device_close_apart(struct device *device, unsigned ms);

#endif
