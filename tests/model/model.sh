#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Ten thousand random commands, and a model of the show that foresees what comes of them: see test_model.py.
command -v python3 >/dev/null || { echo "SKIP: there is no python3"; exit 77; }
exec python3 "$(dirname "$0")/test_model.py"
