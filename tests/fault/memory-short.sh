#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A machine that runs short of memory, and has enough again: /proc/meminfo is a file of ours, in a mount namespace of the
# show's own. What is not played next makes room, what sounds goes on without a gap, and all of it comes back.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
need_root
need unshare

# meminfo AVAILABLE_KB: what the machine tells from now on, of 16 GB. Written over the same file, which is mounted.
meminfo() { printf 'MemTotal:       16000000 kB\nMemAvailable:   %8d kB\n' "$1" >"$work/meminfo"; }
meminfo 12000000
unshare -m true 2>/dev/null || skip "no mount namespace can be made"
cat >mounted <<'END'
#!/bin/sh
mount --make-rprivate / && mount --bind "$HOME/meminfo" /proc/meminfo && exec "$@"
END
chmod +x mounted

"$TOOLS/make_show" show 10240 400
unshare -m ./mounted "$CLIPGRID" run show/show.orp --device clock >run.log 2>&1 </dev/null &
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
grep -q 'short of memory' run.log || clipgrid status --json | grep -q 'short of memory' || fail "nothing is said of it"
same "the heads" "$(json media.heads)" "$heads"
for clip in c5 c17 c29; do same "clip $clip" "$(states $clip)" looping; done
late=$(json starts_late)
for clip in c600 c3000 c9999; do expect 0 ctl play $clip; done
same "starts that were late" "$(json starts_late)" "$late"

meminfo 12000000
is_back() { holds_now "$(json media.resident_mb) > $all * 0.95"; }
wait_until 60 is_back || fail "only $(json media.resident_mb) of $all MB came back"
same "voices that ran dry" "$(json dry)" "$dry"
echo "resident: $all MB, then less than half, then $(json media.resident_mb) MB"
show_stop
