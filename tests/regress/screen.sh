#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The screen as a person meets it, in a terminal of 80x24: a key plays its clip and shows it, the same key stops it.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

# One command starts the show and attaches.
demo
screen_start 80 24 "$CLIPGRID" demo/demo.orp --device clock
screen_wait 'Stage'
wait_until 20 is_loaded || fail "the media are not loaded"
screen_wait '·1 A'
children="$children $(json pids.supervisor)"
events_watch

# A play key, from the key window: state character first.
screen_keys 1
screen_wait '▶1 A'
same "rain" "$(states rain)" looping
screen_wait '▶ 1/1/1 Rain'
screen_keys 1
screen_wait '■1 A'
screen_keys Escape
sleep 0.3
screen_wait '·1 A'

# Esc never stops sound; panic does.
screen_keys 2
screen_wait '▶2 A'
screen_keys Escape
sleep 0.3
screen_keys Escape
sleep 0.3
same "wind after Esc" "$(states wind)" looping
screen_keys F12
happened 'end panic [^ ]* wind '

# The cursor and Enter; then the command line with completion and history.
screen_keys Down
screen_keys Enter
happened 'play [^ ]* thunder '
screen_keys :
screen_keys -l 'pani'
screen_keys Tab
screen_wait ':panic'
screen_keys Enter
happened 'end panic [^ ]* thunder '
screen_keys :
screen_keys Up
screen_wait ':panic'
screen_keys Escape
sleep 0.3

# A refusal is seen; so is the show lock.
screen_keys :
screen_keys -l 'press nobody'
screen_keys Enter
screen_wait 'nobody'
expect 0 ctl lock on
screen_wait LOCKED
expect 0 ctl lock off

# Tabs, help, resize: what is on the screen stays within it.
expect 0 ctl tab 3
screen_wait 'Jingle'
expect 0 ctl tab 1
screen_keys '?'
screen_wait 'Help'
screen_keys Escape
sleep 0.3
for size in '100 30' '40 10' '20 5' '200 60' '80 24'; do
    tm resize-window -x "${size% *}" -y "${size#* }"
    sleep 0.3
done
screen_wait '·1 A'
screen_wait 'Thunder'

# Two pages side by side where there is room, and a word where there is none; the saved show has the pair.
expect 0 ctl page dual 1 3
screen_wait 'two pages want 120 columns'
tm resize-window -x 120 -y 24
screen_wait 'L\[1.Stage\].*R\[3.Studio\]'
screen_wait 'Rain.*Jing'
screen_keys C-w
screen_keys BTab
screen_wait 'R\[2.Band\]'
paired() {
    expect 0 ctl save
    grep -q 'dual = true;' demo/demo.orp && ! grep -q 'right = ' demo/demo.orp
}
wait_until 5 paired || fail "the pair is not saved: $(grep -E 'dual|left|right' demo/demo.orp)"
expect 0 ctl page single
screen_wait ' 1.Stage \[2.Band\]'
screen_keys BTab
tm resize-window -x 80 -y 24
screen_wait '·1 A'

# Nothing changes: not one byte is written.
nothing() { [ "$(json voices.#)" = 0 ]; }
wait_until 20 nothing || fail "something still sounds"
tm pipe-pane 'cat >>drawn'
drawn() { wc -c <drawn; }
# Two whole seconds without a byte. A late wake-up of a busy machine is something that changed (load, late): then once more.
is_still() {
    was=$(drawn)
    sleep 2
    [ "$(drawn)" = "$was" ]
}
: >>drawn
wait_until 1 is_still || fail "the screen never rests: $(drawn) bytes by now"
screen_keys 1
screen_wait '▶1 A'
[ "$(drawn)" -gt "$was" ] || fail "the pipe shows nothing at all"

# Detach leaves the show; the terminal is as before; another screen shows the same.
screen_keys :
screen_keys -l detach
screen_keys Enter
screen_wait 'left with 0'
same "rain" "$(states rain)" looping
screen_start 80 24 "LC_ALL=C NO_COLOR=1 $CLIPGRID" attach
screen_wait '>1 A'
if screen_text | grep -q '[^ -~]'; then fail "not ASCII without UTF-8"; fi
tm capture-pane -p -e >coloured
if grep -q "$(printf '\033\\[[0-9;]*[34][0-7]')" coloured; then fail "colours in spite of NO_COLOR"; fi
expect 0 ctl quit
screen_wait 'left with 0'
