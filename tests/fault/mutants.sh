#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# 2,000 damaged media files through real workers (tests/decode/test_mutate.c): no fault outside of them, and neither memory nor
# descriptors grow.
set -eu
exec "$TOOLS/../decode/test_mutate_long"
