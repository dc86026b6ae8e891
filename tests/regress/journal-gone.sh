#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Somebody removes the journal of edits from under a running show, moves it away, cuts it short or puts something else in its place: it
# is written anew, that is said, and no kill of all processes takes an edit that was answered ok (SPEC S6), nor what can be undone.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
journal() { find "$XDG_STATE_HOME/clipgrid/journal" -type f -name '????????????????'; }
kept() { [ "$(ctl set knock notes "$1")" = ok ]; }
begin() { show_start demo/demo.orp; }
# End of all of it at once, as by a kernel that is out of memory.
kill_all() {
    # shellcheck disable=SC2046  # numbers
    kill -9 $(pid_of supervisor) $(pid_of heir) $(pid_of engine) $(pid_of standby) $(pid_of store) 2>/dev/null || true
    wait "$show_pid" || true
}
n=0
# displaced HOW COMMAND...: an edit before it, edits behind it, and all of them after a kill.
displaced() {
    how=$1
    shift
    n=$((n + 1))
    begin
    expect 0 ctl set rain notes "before $n"
    "$@"
    wait_until 10 kept "behind $n" || fail "$how: an edit is not kept"
    expect 0 ctl set wind notes "behind $n"
    expect_out ok
    clipgrid status --json | grep -q 'another program has removed or changed the journal' || fail "$how: that is not said"
    kill_all
    begin
    expect 0 ctl get rain notes
    expect_out "ok before $n"
    for clip in knock wind; do
        expect 0 ctl get $clip notes
        expect_out "ok behind $n"
    done
    expect 0 ctl set rain notes x
    for _ in 1 2; do expect 0 ctl undo; done
    expect 0 ctl get wind notes
    [ "$(cat out)" != "ok behind $n" ] || fail "$how: undo does not go back"
    expect 0 ctl redo
    show_stop
}
remove_state() { rm -rf "$XDG_STATE_HOME"; }
move_state() { mv "$XDG_STATE_HOME" "$work/away.$n"; }
remove_journal() { rm "$(journal)"; }
cut_journal() { truncate -s 40 "$(journal)"; }
replace_journal() { j=$(journal) && cp "$j" copy && rm "$j" && head -c 100 copy >"$j"; }
displaced "the state folder is removed" remove_state
displaced "the state folder is moved" move_state
displaced "the journal is removed" remove_journal
displaced "the journal is cut short" cut_journal
displaced "another file is in its place" replace_journal

# Without any edit behind it, after the time in which it is looked at.
said() { clipgrid status --json | grep -q 'another program has removed or changed the journal'; }
begin
expect 0 ctl set rain notes "before all"
remove_journal
wait_until 10 said || fail "it is not noticed that the journal is gone"
written() { [ -n "$(journal)" ]; }
wait_until 10 written || fail "the journal is not written anew"
sleep 0.3
kill_all
begin
expect 0 ctl get rain notes
expect_out 'ok before all'

# A save writes it anew too: what was done before it can be undone afterwards.
expect 0 ctl set wind notes "to be undone"
remove_state
expect 0 ctl save
wait_until 10 written || fail "a save leaves the journal unwritten"
sleep 0.3
kill_all
begin
expect 0 ctl get wind notes
expect_out 'ok to be undone'
expect 0 ctl undo
expect 0 ctl get wind notes
[ "$(cat out)" != 'ok to be undone' ] || fail "what was saved cannot be undone"

# The technical log and the recording go on too.
remove_state
expect 0 ctl press rain
logged() { grep -q rain "$XDG_STATE_HOME/clipgrid/log/technical.jsonl"; }
wait_until 10 logged || fail "there is no technical log any more"
records() { [ -n "$(find "$XDG_STATE_HOME/clipgrid/flight" -name '*.flight' 2>/dev/null)" ]; }
wait_until 20 records || fail "there is no recording any more"
show_stop
