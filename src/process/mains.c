/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What feeds and cools the machine: see mains.h. Thread: main. */
#include "config.h"

#include "process/mains.h"
#include "process/stage.h"
#include "base/log.h"

#include <stdio.h>

bool mains_weak(const struct mains *mains)
{
    const struct msg_power *power = &mains->power;
    bool low = power->discharging && power->battery_percent >= 0 && power->battery_percent <= MAINS_LOW_PERCENT;
    return mains->known && (low || power->throttled);
}

void mains_fmt(const struct mains *mains, char *out, size_t size)
{
    const struct msg_power *power = &mains->power;
    char battery[40] = "";
    if (mains->known && power->discharging && power->battery_percent >= 0)
        snprintf(battery, sizeof battery, "on battery, %d %%", power->battery_percent);
    else if (mains->known && power->discharging)
        snprintf(battery, sizeof battery, "on battery");
    bool throttled = mains->known && power->throttled;
    snprintf(out, size, "%s%s%s", battery, *battery && throttled ? "; " : "", throttled ? "processors throttled" : "");
}

static void say(struct stage *stage, const char *text)
{
    log_line(LOG_WARN, "%s", text);
    desk_notice(stage, false, text);
}

/* Said as it goes, and as its battery gets under each of these. */
static void tell_battery(struct stage *stage, const struct mains *before)
{
    static const int marks[] = {20, MAINS_LOW_PERCENT, 5};
    const struct msg_power *power = &stage->mains.power;
    bool was = before->known && before->power.discharging, low = false;
    char text[80] = "the mains are gone: the machine runs on its battery";
    if (was && !power->discharging) {
        say(stage, "the mains are back");
        return;
    }
    for (size_t i = 0; was && i < sizeof marks / sizeof *marks; i++)
        low |= power->battery_percent <= marks[i] && before->power.battery_percent > marks[i];
    if (power->discharging && power->battery_percent >= 0)
        snprintf(text, sizeof text, "%s has %d %%", was ? "the battery" : "no mains: the battery", power->battery_percent);
    if (power->discharging && (!was || low))
        say(stage, text);
}

void mains_take(struct stage *stage, const struct msg_power *power)
{
    struct mains before = stage->mains;
    stage->mains = (struct mains){.known = true, .power = *power};
    tell_battery(stage, &before);
    if (power->throttled && !(before.known && before.power.throttled))
        say(stage, "the processors are throttled, by heat or for want of power: they do less than they could");
    if (!power->throttled && before.known && before.power.throttled)
        say(stage, "the processors are throttled no more");
    stage->desk_changed = true;
}
