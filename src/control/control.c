/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "control/control.h"
typedef int placeholder;
