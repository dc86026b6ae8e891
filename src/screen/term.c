/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "screen/term.h"
typedef int placeholder;
