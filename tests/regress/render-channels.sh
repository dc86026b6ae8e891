#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# render --channels N: what a device of N channels would play, in place of the ten of the busses: outputs, sends, fold-down.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
printf '0f press rain\n4800f set group:A output [3, 4]\n' >script
rendered() { # CHANNELS
    expect 0 clipgrid render demo/demo.orp --commands script --seconds 0.5 --out "$1.wav" --channels "$1"
    same "channels of $1.wav" "$("$TOOLS/wavq" info "$1.wav" | cut -d' ' -f2,3)" "$1 48000"
}
# loud FILE CHANNEL FROM TO; silent likewise
loud() { holds "sound on $2 of $1" "$("$TOOLS/wavq" peak "$@") > 0.001"; }
silent() { holds "silence on $2 of $1" "$("$TOOLS/wavq" peak "$@") == 0"; }

expect 0 clipgrid render demo/demo.orp --commands script --seconds 0.5 --out busses.wav
rendered 4
loud 4.wav 1 0 4800
silent 4.wav 3 0 4800
silent 4.wav 1 5040 24000           # 5 ms later it has left
loud 4.wav 3 5040 24000
same "difference of the bus and its channel" "$("$TOOLS/wavq" apart 4.wav 3 5040 busses.wav 1 5040 18000)" -1
rendered 2                          # it has no channels 3 and 4: 1 and 2 go on
loud 2.wav 1 5040 24000
rendered 1
loud 1.wav 1 0 24000
same "hashes, one a channel" "$(clipgrid render demo/demo.orp --commands script --seconds 0.5 --hash --channels 3 | cut -d' ' -f1 | tr '\n' ' ')" "1 2 3 "
for bad in 0 65 -1 two; do
    expect 2 clipgrid render demo/demo.orp --commands script --out bad.wav --channels $bad
    expect_err --channels
done
[ ! -e bad.wav ] || fail "something was written"
