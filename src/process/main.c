/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entry: parses, and becomes a role. */
#include "config.h"

#include <stdio.h>

int main(void)
{
    puts("clipgrid " PACKAGE_VERSION);
    return 0;
}
