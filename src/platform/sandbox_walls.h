/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two walls of the sandbox that are a kernel interface of their own. For sandbox.c alone. */
#ifndef PLATFORM_SANDBOX_WALLS_H
#define PLATFORM_SANDBOX_WALLS_H

#include <stdbool.h>

/* Pre: no_new_privs is set. Return: false if this kernel or this build has no such thing. */
bool sandbox_landlock(void);
bool sandbox_seccomp(int socket);

#endif
