#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Eight starts race for one socket: one show comes of it, the others say that it is taken and by what, with exit status 1.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
for round in 1 2 3; do
    for i in 1 2 3 4 5 6 7 8; do
        cp demo/demo.orp "demo/show$i.orp"
        "$CLIPGRID" run "demo/show$i.orp" --device clock >"run$i.log" 2>&1 </dev/null &
        eval "racer$i=$!"
        children="$children $!"
    done
    wait_until 20 answers || fail "no show came up"
    winner=$(json session)
    winner=${winner##*/show}
    winner=${winner%.orp}
    lost=0
    for i in 1 2 3 4 5 6 7 8; do
        [ "$i" != "$winner" ] || continue
        eval "pid=\$racer$i"
        status=0
        wait "$pid" || status=$?
        same "round $round: exit status of a loser" "$status" 1
        same "lines of a loser" "$(wc -l <"run$i.log")" 1
        grep -q "show$winner.orp\|socket" "run$i.log" || fail "a loser does not say why: $(cat "run$i.log")"
        lost=$((lost + 1))
    done
    same "round $round: losers" "$lost" 7
    eval "show_pid=\$racer$winner"
    expect 0 ctl press rain
    show_stop
done
