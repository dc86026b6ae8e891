# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# What scripts about recording share, after tests/regress/lib.sh: the input is the device "count", whose samples number the
# frames, so that a file tells of itself whether anything is missing.

# inputs_configure [LINE]: Record A on channels 1 and 2, B on 3 and 4, LTC on 5, half a second of pre-roll.
inputs_configure() {
    mkdir -p config/clipgrid
    echo "capture = \"count\"; record_a = [1, 2]; record_b = [3, 4]; ltc = 5; preroll_ms = 500; ${1-}" >config/clipgrid/clipgrid.conf
}
inputs_run() { [ "$(json inputs.state)" = running ] && [ "$(json inputs.frame)" -gt 48000 ]; }
is_recorded() { [ "$(json "inputs.record.$1.state")" = recording ]; }
is_idle() { [ "$(json "inputs.record.$1.state")" = none ]; }

# numbers FILE CHANNEL INPUT, a channel of the file and what channel of the device it was: frames, number of the first frame that has one, frames that are silent, breaks: places where the next
# number, or the next after a silence, is not the one that belongs there.
numbers() {
    frames=$("$TOOLS/wavq" info "$1" | cut -d' ' -f1)
    "$TOOLS/wavq" get "$1" "$2" 0 "$frames" | awk -v channel=$(($3 - 1)) '
        $1 == 0 { silent++; next }
        { number = int($1 * 16777216 - 0.5 - channel) / 4; place = number - NR + 1; if (place < 0) place += 2097152 }
        number != int(number) { broken++; next }
        !known { first = number; at = place; known = 1 }
        place != at { broken++; at = place }
        END { print NR, first + 0, silent + 0, broken + 0 }'
}
