/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pcm/fade.h"
typedef int placeholder;
