#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# kill -9 in the middle of edits and saves (FAULTS 14): nothing that was answered ok is lost, and the session file is a whole
# session. KILLS (2,000; 10,000 and more take a minute for each 2,000) in small harnesses around the keeper of a session, then
# WHOLE (12) of all processes of the program at once, while it edits and saves. The times are those of opening again.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

# Two at once, in memory where there is room: a kill knows no difference, and each save syncs four times.
WHOLE=${WHOLE:-$(count 12 100)}
half=$((${KILLS:-$(count 2000 10000)} / 2))
ram=$(mktemp -d /dev/shm/clipgrid-test-XXXXXX 2>/dev/null) || ram=$(mktemp -d "$work/ram-XXXXXX")
trap 'status=$?; rm -rf "$ram"; (exit $status); end_fault' EXIT
kills() { mkdir "$ram/$1" && cd "$ram/$1" && XDG_STATE_HOME=$PWD/state "$TOOLS/../fault/savekill" $half "$1" >"$work/kills.$1"; }
(kills 1) &
first=$!
(kills 2) || fail "something was lost: $(cat kills.2)"
wait "$first" || fail "something was lost: $(cat kills.1)"
tail -n +2 -q kills.1 kills.2
# Of both: how many, and the worse of their times.
# shellcheck disable=SC2046  # words
figures "kills in edits and saves" $(head -n 1 -q kills.1 kills.2 | awk '{ n += $1; lost += $2 } $3 > a { a = $3 } $4 > b { b = $4 } $5 > c { c = $5 }
    END { print n, lost, a, b, c }') ms

# Edits and saves as fast as they are answered; what was answered is in the file `answered`, written before the next is sent.
cat >storm <<'END'
n=$(sed -n 's/^edit //p' answered | tail -n 1)
while n=$((n + 1)); do
    [ "$("$CLIPGRID" ctl set show name "$n" 2>/dev/null)" = ok ] || exit 0
    echo "edit $n" >>answered
    [ $((n % 5)) = 0 ] || continue
    [ "$("$CLIPGRID" ctl save 2>/dev/null)" = ok ] || exit 0
    echo "save $n" >>answered
done
END
demo
echo 'edit 0' >answered
echo 'save 0' >>answered
lost=0
export CLIPGRID
for i in $(seq "$WHOLE"); do
    show_start demo/demo.orp
    sh storm &
    storm=$!
    sleep "0.$((i * 37 % 90 + 10))"
    # shellcheck disable=SC2046  # numbers
    kill -9 $(pid_of supervisor) $(pid_of engine) $(pid_of store)
    wait "$storm" || :
    wait "$show_pid" 2>/dev/null || :
    show_start demo/demo.orp
    edit=$(sed -n 's/^edit //p' answered | tail -n 1) save=$(sed -n 's/^save //p' answered | tail -n 1)
    has=$(ctl get show name | sed 's/^ok //') file=$(sed -n 's/^name = "\(.*\)";/\1/p' demo/demo.orp)
    case $has in ''|*[!0-9]*) has=0 ;; esac
    case $file in ''|*[!0-9]*) file=0 ;; esac
    [ "$has" -ge "$edit" ] && [ "$has" -le $((edit + 1)) ] && [ "$file" -ge "$save" ] ||
        { lost=$((lost + 1)); echo "answered: edit $edit, save $save; there: $has, in the file $file"; }
    echo "edit $has" >>answered
    show_stop
done
echo "all processes: $(grep -c edit answered) edits were answered"
figures "kills of all processes in edits and saves" "$WHOLE" "$lost" - - - -
[ "$lost" = 0 ] || fail "something that was answered ok is lost"
