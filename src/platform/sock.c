/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "platform/sock.h"
typedef int placeholder;
