#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The machine's clock set forward and back while clips sound: an hour, a day, to 1970 and past 2038. Every sample is as without it,
# commands are done, each step is told and recorded, and the records keep their order by their own numbers.
# shellcheck disable=SC2154  # work and show_pid are lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
library="$TOOLS/../fault/wallstep.so"
[ -e "$library" ] || skip "there is no $library"
mkdir disk disk/media
noise disk/media/ref.wav 25 1
noise disk/media/hurt.wav 1 2
noise disk/media/tick.wav 0.2 3
session disk/show.orp hurt
rendered disk/show.orp ref 25

set_clock() { python3 -c 'import struct, sys; open("wall", "r+b").write(struct.pack("d", float(sys.argv[1])))' "$1"; }
printf '\0\0\0\0\0\0\0\0' >wall
export WALLSTEP="$work/wall"
LD_PRELOAD=$library
export LD_PRELOAD
show_start disk/show.orp --device "file:$work/show.wav"
unset LD_PRELOAD
wait_until 20 is_loaded || fail "it is not loaded"
expect 0 ctl press ref
log="$XDG_STATE_HOME/clipgrid/log/technical.jsonl"
told() { grep -c "clock was set" "$log" 2>/dev/null || true; }
has_told() { [ "$(told)" -ge "$1" ]; }
steps=0
now=$(date +%s)
for added in 3600 0 -3600 86400 $((60 - now)) $((2200000000 - now)) 0; do
    set_clock "$added"
    steps=$((steps + 1))
    expect 0 ctl press t$steps
    wait_until 10 has_told "$steps" || fail "step $steps, to $added s more, is not recorded: $(told)"
done
sleep 1
unhurt ref 1
show_stop

# Records have numbers of their own, whatever the time beside them.
python3 - "$log" <<'END' || fail "the records have no order of their own"
import json, sys
numbers = [json.loads(line).get("number", 0) for line in open(sys.argv[1])]
numbers = [n for n in numbers if n]
sys.exit(not (len(numbers) > 10 and numbers == sorted(numbers)))
END
figures "clock set" "$steps" 0 - - - steps
