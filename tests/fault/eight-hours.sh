#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A long show in minutes: HOURS (0.5; 8 take four minutes) of presses, plays, fades, stops and panics through the engine and the
# loader as fast as they go, with nothing growing: memory, descriptors and threads are looked at twenty times a second, and the last
# quarter of the time may have no more of them than the second one had.
# shellcheck disable=SC2154  # work is lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
HOURS=${HOURS:-$(count 0.5 8)}
MOST_KB=1024            # that may have come
demo
python3 - "$HOURS" >show.commands <<'END'
import random, sys
random.seed(8)
clips = "rain wind night knock phone foghorn siren bell".split()
end, now, n = float(sys.argv[1]) * 3600, 0.0, 0
while now < end:
    n += 1
    print(f"{now:.3f} {random.choice(['press', 'play', 'play'])} {random.choice(clips)}")
    if n % 7 == 0:
        print(f"{now + 0.2:.3f} fade {random.choice(clips)} {random.choice([-20, -6, 0, '-inf'])} 0.5")
    if n % 23 == 0:
        print(f"{now + 0.3:.3f} stop all")
    if n % 97 == 0:
        print(f"{now + 0.4:.3f} panic")
    now += random.uniform(0.5, 1.1)
END
seconds=$(awk "BEGIN { print int($HOURS * 3600) }")
clipgrid render demo/demo.orp --commands show.commands --hash --seconds "$seconds" >out 2>err &
pid=$!
children="$children $pid"

# look: kilobytes of its own, descriptors, threads.
look() {
    kb=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$kb" ] || return 1
    echo "$kb $(ls "/proc/$pid/fd" 2>/dev/null | wc -l) $(ls "/proc/$pid/task" 2>/dev/null | wc -l)" >>looks
}
: >looks
while kill -0 "$pid" 2>/dev/null && look; do sleep 0.05; done
wait "$pid" || fail "the show ended with status $?"
same "hashes of channels" "$(grep -cE '^[0-9]+ [0-9a-f]{16}$' out)" 10

# Three numbers a look, the very last ones left out, for they may be of its end.
awk -v most="$MOST_KB" '
    { for (i = 1; i <= 3; i++) seen[NR, i] = $i }
    END {
        last = NR - 2
        if (last < 20) { print "too few looks: " NR; exit 1 }
        for (i = 1; i <= 3; i++) {
            for (n = int(last / 4); n < int(last / 2); n++) if (seen[n, i] > before[i]) before[i] = seen[n, i]
            for (n = int(last * 3 / 4); n <= last; n++) if (seen[n, i] > after[i]) after[i] = seen[n, i]
        }
        print after[1] - before[1], after[2] - before[2], after[3] - before[3], after[1]
        exit after[1] - before[1] > most || after[2] > before[2] || after[3] > before[3]
    }' looks >grown || fail "it grew (KB, descriptors, threads; KB in the end): $(cat grown)"
figures "a show of $HOURS hours, growth" "$(wc -l <show.commands)" 0 - - "$(cut -d ' ' -f 1 grown)" KB
