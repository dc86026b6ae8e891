/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernels for processors with AVX2. Fused multiply-add stays off, here as everywhere, or the
 * bits would differ from the plain variant's.
 */
#include "config.h"

#if defined(__x86_64__) && defined(__GNUC__)

#define KERNEL_TARGET __attribute__((target("avx2")))
#define KERNEL_MANY 1
#include "pcm/kernels_loops.h"

const struct kernels *kernels_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") ? &kernels_here : NULL;
}

#else

#include "pcm/kernels.h"

const struct kernels *kernels_avx2(void)
{
    return NULL;
}

#endif
