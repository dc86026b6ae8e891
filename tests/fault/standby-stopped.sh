#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The engine is killed TIMES while somebody has stopped the one that stands by: it is woken and takes its place all the same, long
# before it would be given up (2 s).
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
need python3
TIMES=${TIMES:-$(count 5 100)}

demo
show_start demo/demo.orp --device "file:$work/show.wav"
wait_until 20 is_loaded || fail "the media do not load"
expect 0 ctl press rain
sleep 0.3
for _ in $(seq "$TIMES"); do
    wait_until 10 has_standby || fail "no engine stands by"
    kill -STOP "$(pid_of standby)"
    engine=$(pid_of engine)
    kill -9 "$engine"
    wait_until 10 another "$engine" || fail "no other engine"
done
same "what sounds" "$(states rain)" looping
sleep 0.3
show_stop
python3 - >silences <<'END'
import array
data = open("show.wav", "rb").read()
at = data.find(b"data") + 8
samples = array.array("f", data[at:at + (len(data) - at) // 40 * 40])
sounds = [any(samples[10 * n:10 * n + 2]) for n in range(len(samples) // 10)]
first, last, run = sounds.index(True), len(sounds) - 1 - sounds[::-1].index(True), 0
for n in range(first, last + 1):
    if sounds[n] and run >= 240:
        print("%.1f" % (run / 48))
    run = 0 if sounds[n] else run + 1
END
# shellcheck disable=SC2046  # numbers
set -- $(spread $(cat silences))
figures "engine killed, the standby stopped, silence" "$(wc -l <silences)" 0 "$@" ms
holds "silences" "$(wc -l <silences) == $TIMES"
holds "the longest, in ms" "$3 < 1000"
