/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What yields to load: see yielding.h. Pure. */
#include "config.h"

#include "process/yielding.h"

enum { WARN = 80, CRITICAL = 90, RECOVERED = 70 };      /* per cent of the ceiling */

void yielding_init(struct yielding *yielding, unsigned ceiling)
{
    *yielding = (struct yielding){.ceiling_ppm = ceiling * 10000};
}

static bool reaches(const struct yielding *yielding, uint32_t ppm, unsigned percent)
{
    return ppm >= yielding->ceiling_ppm / 100 * percent;
}

static enum state_load level_at(const struct yielding *yielding, uint32_t ppm)
{
    if (reaches(yielding, ppm, CRITICAL))
        return STATE_LOAD_CRITICAL;
    if (!reaches(yielding, ppm, RECOVERED))
        return STATE_LOAD_NORMAL;
    if (yielding->measured == STATE_LOAD_NORMAL && reaches(yielding, ppm, WARN))
        return STATE_LOAD_WARN;
    return yielding->measured;
}

static void note_harm(struct yielding *yielding, uint32_t harms, uint64_t now_ns)
{
    if (yielding->looked && harms != yielding->harms)
        yielding->harmed_ns = now_ns;
    yielding->looked = true;
    yielding->harms = harms;
}

/* How much should yield. */
static unsigned wanted(const struct yielding *yielding, uint64_t now_ns)
{
    bool harmed = yielding->harmed_ns && now_ns - yielding->harmed_ns < YIELDING_NEED_NS;
    switch (yielding->level) {
    case STATE_LOAD_NORMAL:
        return 0;
    case STATE_LOAD_WARN:
        return STATE_YIELD_PREDICTION + 1;
    case STATE_LOAD_CRITICAL:
        return yielding->strained || harmed ? STATE_YIELDS : STATE_YIELD_SCREENS + 1;
    }
    return 0;
}

static bool take_step(struct yielding *yielding, uint64_t now_ns)
{
    unsigned aim = wanted(yielding, now_ns);
    bool rests = yielding->stepped_ns && now_ns - yielding->stepped_ns < YIELDING_STEP_NS;
    if (aim == yielding->yields || rests)
        return false;
    yielding->yields = aim > yielding->yields ? yielding->yields + 1 : yielding->yields - 1;
    yielding->stepped_ns = now_ns;
    return true;
}

bool yielding_take(struct yielding *yielding, const struct yielding_look *look, uint64_t now_ns)
{
    if (!yielding->ceiling_ppm)
        return false;
    enum state_load before = yielding->level;
    uint32_t load = look->sound_ppm > look->system_ppm ? look->sound_ppm : look->system_ppm;
    note_harm(yielding, look->harms, now_ns);
    yielding->measured = yielding->level = level_at(yielding, load);
    if (look->weak && yielding->level != STATE_LOAD_CRITICAL)
        yielding->level++;
    yielding->strained = reaches(yielding, look->sound_ppm, yielding->strained ? RECOVERED : CRITICAL);
    return take_step(yielding, now_ns) || yielding->level != before;
}
