#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What `check` says of clip memory: the settings it names do what it says of them, and no less would.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

"$TOOLS/make_show" show 600
# advice MB STATUS: what check says with so much memory, in $work/out.
advice() {
    echo "memory_mb = $1;" >memory.conf
    expect "$2" clipgrid check --config memory.conf --device clock show/show.orp --json
}
field() { "$TOOLS/jsonq" "memory.$1" <out; }

# Far too little: some clips are cold, and what would do is said.
advice 16 1
grep -q 'memory_mb = ' out || fail "no advice"
heads=$(field heads_mb) whole=$(field whole_mb)
same "media" "$(field media)" 600
same "the budget" "$(field budget_mb)" 16
holds "heads of a short medium are most of it" "16 < $heads && $heads <= $whole"
least=$(sed -n 's/.*memory_mb = \([0-9]*\); in clipgrid.conf would hold the first 20 ms.*/\1/p' out)
if [ -n "$least" ]; then
    holds "cold media" "$(field cold) > 0"
    advice "$least" 1
fi
same "cold media" "$(field cold)" 0
holds "milliseconds of every clip" "$(field head_ms) >= 20 && $(field head_ms) < 250"

# What is advised is enough, and a megabyte less is not.
advice "$heads" 0
same "cold media and milliseconds" "$(field cold) $(field head_ms)" "0 250"
advice $((heads - 1)) 1
holds "milliseconds of every clip" "$(field head_ms) < 250"
advice "$whole" 0
same "items" "$("$TOOLS/jsonq" 'items.#' <out)" 0
