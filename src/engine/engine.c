/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/engine.h"
typedef int placeholder;
