/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that cannot fail. Off the audio path there is nothing sensible left to do
 * when memory is gone: the process says so and exits, and its supervisor starts it
 * again. On the audio thread these calls are forbidden (rt/guard.h).
 */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

#include <stddef.h>

/* Each returns memory the caller owns and frees with free(). None returns NULL. */
void *xmalloc(size_t bytes);
void *xcalloc(size_t count, size_t bytes);              /* zeroed; count*bytes checked for overflow */
void *xrealloc_array(void *old, size_t count, size_t bytes);
void *xaligned(size_t alignment, size_t bytes);         /* zeroed; alignment a power of two */
char *xstrdup(const char *text);                        /* text may be NULL: returns NULL */
char *xstrndup(const char *text, size_t bytes);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Called before every allocation when set; rt/guard.c uses it to catch the audio thread. */
extern void (*xalloc_hook)(const char *what);

#endif
