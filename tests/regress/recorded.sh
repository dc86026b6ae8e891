# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# A demo show that plays into live.wav while it is recorded, and what its recording becomes, again.wav: . "$TOP/tests/regress/recorded.sh"
state=$XDG_STATE_HOME/clipgrid

# begin: the demo as it is at first, with nothing recorded.
clipgrid demo first >/dev/null
begin() {
    rm -rf live.wav again.wav "$state" demo elsewhere second
    cp -r first demo
    show_start demo/demo.orp --device "file:$work/live.wav" --rate 48000 --period 64
    wait_until 20 is_loaded || fail "the media are not loaded"
}

# play COMMAND...: one after the other, at moments of their own.
play() {
    for command in "$@"; do
        expect 0 ctl "$command"
        sleep 0.13
    done
}

replayed() {
    recording=$(find "$state/flight" -name '*.flight' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-)
    expect 0 clipgrid replay "$recording" --out again.wav
}

# From the first sound to the end of the shorter one, every sample of every channel.
is_same() {
    live=$("$TOOLS/wavq" first live.wav 0 0 -1) again=$("$TOOLS/wavq" first again.wav 0 0 -1)
    [ "$live" -ge 0 ] && [ "$again" -ge 0 ] || return 1
    count=$(($("$TOOLS/wavq" info live.wav | cut -d ' ' -f 1) - live)) other=$(($("$TOOLS/wavq" info again.wav | cut -d ' ' -f 1) - again))
    [ "$other" -ge "$count" ] || count=$other
    [ "$count" -gt 24000 ] && [ "$("$TOOLS/wavq" diff live.wav 0 "$live" again.wav 0 "$again" "$count")" = 0 ]
}

# A machine that stands still may cost a live show periods, which its recording then has as silence: only that is tried again.
# judged WHAT COMMAND: the show that COMMAND plays is the one that is replayed
judged() {
    for try in 1 2 3; do
        begin
        late=0
        "$2"
        replayed
        is_same && return
        [ "$late" != 0 ] || break
        echo "try $try: $late periods came late"
    done
    fail "not what was heard: $1"
}
