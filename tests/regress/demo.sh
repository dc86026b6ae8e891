#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `clipgrid demo` as a user meets it, and a minute of it in which every clip is heard, by numbers.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

expect 0 clipgrid demo there
[ "$(tail -n 1 out)" = there/demo.orp ] || fail "the last line is not the session's path"
expect 0 clipgrid demo
[ -f "$(tail -n 1 out)" ] || fail "the last line is not the session's path"
diff -r there clipgrid-demo || fail "two demos differ"

expect 1 clipgrid demo there
expect_err 'there: exists already'
expect 1 clipgrid demo no/such/parent
expect_err 'no/such/parent: No such file or directory'
[ ! -e no ] || fail "something was made"
diff -r there clipgrid-demo || fail "the second demo touched the first"
expect 0 clipgrid check --device clock there/demo.orp

CLIPGRID="$CLIPGRID" "$TOP/contrib/demo-minute" minute.wav >minute.log 2>&1 || fail "demo-minute"
[ ! -s minute.log ] || fail "the minute has refusals"
same "the minute" "$("$TOOLS/wavq" info minute.wav)" "2880000 10 48000 float"

# Each clip alone: its bus is silent just before its first press (a tail of 50 ms and a chain's converter have ended by then), and sounds between that and the next press of its group.
awk -F'"' '/ id = /{ id = $2; group[id] = "A" } / group = /{ group[id] = $2 }
    END { for (id in group) print id, index("ABCD", group[id]) }' there/demo.orp >groups
awk 'NR == FNR { group[$1] = $2; next } $2 == "press" { print $3, group[$3], $1 * 48000 }' groups "$TOP/contrib/demo-minute.commands" |
    awk '{ id[NR] = $1; group[NR] = $2; frame[NR] = $3 }
        END { for (i = 1; i <= NR; i++) if (!seen[id[i]]++) {
            until = frame[i] + 48000
            for (k = NR; k > i; k--) if (group[k] == group[i] && frame[k] < until) until = frame[k]
            print id[i], group[i], frame[i], until
        } }' >presses
same "clips of the show that are pressed" "$(wc -l <presses)" "$(wc -l <groups)"
heard=0
while read -r id group frame until; do
    for channel in $((group * 2 - 1)) $((group * 2)); do
        if [ "$frame" -gt 0 ]; then
            same "$id: silence before it" "$("$TOOLS/wavq" peak minute.wav "$channel" $((frame - 2300)) "$frame")" 0
        fi
        holds "$id is heard" "$("$TOOLS/wavq" peak minute.wav "$channel" "$frame" "$until") > 0.01"
    done
    heard=$((heard + 1))
done <presses
[ "$heard" -ge 24 ] || fail "$heard clips"
same "the Audition bus" "$("$TOOLS/wavq" peak minute.wav 9 0 -1)" 0
