#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A machine that runs short of memory, and has enough again: /proc/meminfo is a file of ours, in a mount namespace of the
# show's own. What is not played next makes room, what sounds goes on without a gap, and all of it comes back.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
need_root
need unshare

meminfo 12000000
can_meminfo || skip "no mount namespace can be made"

"$TOOLS/make_show" show 10240 400
with_meminfo "$CLIPGRID" run show/show.orp --device clock >run.log 2>&1 </dev/null &
show_pid=$!
children="$children $show_pid"
wait_until 30 answers || fail "the show does not answer: $(cat run.log)"
wait_until 120 is_loaded || fail "the media are not loaded: $(json loading) left"
all=$(json media.resident_mb)
for clip in c5 c17 c29; do
    expect 0 ctl set $clip mode loop
    expect 0 ctl play $clip
done
heads=$(json media.heads) dry=$(json dry)

meminfo 500000
has_given() { holds_now "$(json media.resident_mb) < $all / 2"; }
holds_now() { awk "BEGIN { exit !($1) }"; }
wait_until 30 has_given || fail "$(json media.resident_mb) of $all MB are still in memory"
wait_until 5 grep -q 'short of memory' run.log || clipgrid status --json | grep -q 'short of memory' || fail "nothing is said of it"
same "the heads" "$(json media.heads)" "$heads"
for clip in c5 c17 c29; do same "clip $clip" "$(states $clip)" looping; done
late=$(json starts_late)
for clip in c600 c3000 c9999; do expect 0 ctl play $clip; done
same "starts that were late" "$(json starts_late)" "$late"

from=$(date +%s%N)
meminfo 12000000
is_back() { holds_now "$(json media.resident_mb) > $all * 0.95"; }
wait_until 60 is_back || fail "only $(json media.resident_mb) of $all MB came back"
took=$((($(date +%s%N) - from) / 1000000))
same "voices that ran dry" "$(json dry)" "$dry"
figures "memory short, voices dry" 3 0 - - - voices
figures "memory again, all is back" 1 0 - - "$took" ms
echo "resident: $all MB, then less than half, then $(json media.resident_mb) MB"
show_stop
