/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deaths, counted: see ladder.h. */
#include "config.h"

#include "process/ladder.h"

#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

bool ladder_note(struct ladder *ladder, uint64_t now_ns)
{
    uint64_t *oldest = &ladder->death_ns[ladder->deaths % LADDER_DEATHS];
    bool too_often = ladder->deaths++ >= LADDER_DEATHS && now_ns - *oldest < LADDER_WINDOW_NS;
    *oldest = now_ns;
    return too_often;
}

bool quarantine_has(const struct quarantine *quarantine, uint32_t clip)
{
    for (unsigned i = 0; i < quarantine->clips; i++)
        if (quarantine->clip[i] == clip)
            return true;
    return false;
}

bool quarantine_charge(struct quarantine *quarantine, uint32_t clip, uint64_t now_ns)
{
    bool before = false;
    for (int i = 0; i < QUARANTINE_CHARGES; i++) {
        const struct charge *charge = &quarantine->charge[i];
        before |= charge->at_ns && charge->clip == clip && now_ns - charge->at_ns < QUARANTINE_WINDOW_NS;
    }
    quarantine->charge[quarantine->charges++ % QUARANTINE_CHARGES] = (struct charge){.at_ns = now_ns, .clip = clip};
    if (!before || quarantine_has(quarantine, clip) || quarantine->clips == QUARANTINE_CLIPS)
        return false;
    quarantine->clip[quarantine->clips++] = clip;
    return true;
}

void quarantine_pardon(struct quarantine *quarantine, uint32_t clip)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < quarantine->clips; i++)
        if (quarantine->clip[i] != clip)
            quarantine->clip[kept++] = quarantine->clip[i];
    quarantine->clips = kept;
    for (int i = 0; i < QUARANTINE_CHARGES; i++)
        if (quarantine->charge[i].clip == clip)
            quarantine->charge[i].at_ns = 0;
}

bool ladder_own_fault(int status)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == LADDER_CRASHED;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (WIFSIGNALED(status) && WTERMSIG(status) == faults[i])
            return true;
    return false;
}
