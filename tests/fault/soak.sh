#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A show under way for long: SOAK_HOURS hours (a day is 24; without it 20 seconds), RATE commands a second (50): presses, stops,
# fades, edits, undo, saves, and clients that come and go. Of supervisor, heir, engine, standby and store, memory, descriptors and threads
# are looked at, and what stands in the state and cache folders; once it is warm (a quarter of the time) they do not grow. Row 49 of
# a day at a hundred times the rate of an operator.
# shellcheck disable=SC2154  # work and show_pid are lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
seconds=20
[ -z "${SOAK_HOURS-}" ] || seconds=$(awk "BEGIN { print int($SOAK_HOURS * 3600) }")
RATE=${RATE:-50}
pause=$(awk "BEGIN { p = $seconds / 400; print (p < 0.2 ? 0.2 : p > 60 ? 60 : p) }")
MOST_KB=$((3072 + 1024 * seconds / 86400))      # in the short form it is undo, 1,000 deep, and the recorder that fill
demo
show_start demo/demo.orp
wait_until 20 is_loaded || fail "it is not loaded"
engine=$(pid_of engine)
python3 - "$seconds" "$RATE" <<'END' | clipgrid ctl >answers 2>&1 &
import random, sys, time
random.seed(49)
clips = "rain wind night knock phone foghorn siren bell".split()
end, rate, n = time.monotonic() + float(sys.argv[1]), float(sys.argv[2]), 0
while time.monotonic() < end:
    n += 1
    clip = random.choice(clips)
    line = random.choice([f"press {clip}", f"play {clip}", f"stop {clip}", f"fade {clip} -12 0.2", f"set {clip} name n{n}", "undo"])
    print("save" if n % 200 == 0 else "stop all" if n % 61 == 0 else line, flush=True)
    time.sleep(1 / rate)
END
commands=$!
children="$children $commands"

# look: kilobytes of their own, descriptors, threads, kilobytes on the disk.
look() {
    kb=0 fds=0 threads=0
    for role in supervisor heir engine standby store; do
        one=$(json pids.$role)
        own=$(awk '/^RssAnon/ { print $2 }' "/proc/$one/status" 2>/dev/null) || continue
        kb=$((kb + own))
        held=$(ls "/proc/$one/fd" | wc -l)
        fds=$((fds + held))
        echo "$held" >>"$role.held"
        threads=$((threads + $(ls "/proc/$one/task" | wc -l)))
    done
    echo "$kb $fds $threads $(du -sk "$XDG_STATE_HOME" "$XDG_CACHE_HOME" | awk '{ sum += $1 } END { print sum }')" >>looks
}
: >looks
while kill -0 "$commands" 2>/dev/null; do
    look
    sleep "$pause"
done
wait "$commands" || [ $? = 1 ] || fail "the client ended with status $?"     # 1: some were refused, as a stop of what is silent
[ "$(grep -c '^ok' answers)" -gt $((seconds * RATE / 8)) ] || fail "few commands were done: $(grep -c '^ok' answers)"
same "the engine" "$(json pids.engine)" "$engine"
show_stop

# The median of a quarter, for a descriptor or a thread may be there for a moment; the disk's is bounded by flight_mb and the logs'.
awk -v most="$MOST_KB" '
    { for (i = 1; i <= 4; i++) seen[NR, i] = $i }
    function median(from, to, i,    n, m, k, list) {
        for (n = from; n <= to; n++) list[++m] = seen[n, i]
        for (n = 2; n <= m; n++) for (k = n; k > 1 && list[k] < list[k - 1]; k--) { t = list[k]; list[k] = list[k - 1]; list[k - 1] = t }
        return list[int((m + 1) / 2)]
    }
    END {
        if (NR < 16) { print "too few looks: " NR; exit 1 }
        for (i = 1; i <= 4; i++) { before[i] = median(int(NR / 4), int(NR / 2), i); after[i] = median(int(NR * 3 / 4), NR - 1, i) }
        print after[1] - before[1], after[2] - before[2], after[3] - before[3], after[4]
        exit after[1] - before[1] > most || after[2] > before[2] || after[3] > before[3] || after[4] > 100 * 1024
    }' looks >grown || fail "it grew (KB, descriptors, threads; KB on the disk): $(cat grown)
$(for role in supervisor heir engine standby store; do echo "descriptors of $role: $(tr "\n" " " <"$role.held")"; done)"
figures "a soak of $seconds s, growth" "$(wc -l <answers)" 0 - - "$(cut -d ' ' -f 1 grown)" KB
