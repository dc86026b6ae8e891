/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plain variant of the kernels, for any processor, and the choice among the variants. */
#include "config.h"

#define KERNEL_TARGET
#define KERNEL_MANY 0
#include "pcm/kernels_loops.h"

const struct kernels *kernels = &kernels_here;

const struct kernels *kernels_plain(void)
{
    return &kernels_here;
}

/* Before main(), so that no thread ever sees the pointer change. */
__attribute__((constructor)) static void kernels_choose(void)
{
    if (kernels_avx2())
        kernels = kernels_avx2();
}
