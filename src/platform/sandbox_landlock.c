/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Landlock: every right this kernel's version knows is handled and none is granted. The C
 * library has no functions for it, and installed headers may be older than the kernel, so the
 * structure of the newest version is written out here; a kernel takes a longer one if the rest is 0.
 */
#include "config.h"

#include "platform/sandbox_walls.h"

#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ruleset {
    uint64_t files, tcp, scopes;        /* bit sets of rights */
};

/* Rights of the versions 1, 2, ...: each has those of the one before. */
static const struct rights {
    unsigned files, tcp, scopes;        /* how many */
} rights[] = {{13, 0, 0}, {14, 0, 0}, {15, 0, 0}, {15, 2, 0}, {16, 2, 0}, {16, 2, 2}};

static uint64_t lowest_bits(unsigned count)
{
    return (UINT64_C(1) << count) - 1;
}

bool sandbox_landlock(void)
{
    const long newest = sizeof rights / sizeof *rights;
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return false;
    const struct rights *known = &rights[(version < newest ? version : newest) - 1];
    struct ruleset all = {lowest_bits(known->files), lowest_bits(known->tcp), lowest_bits(known->scopes)};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (ruleset < 0)
        return false;
    bool restricted = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return restricted;
}
