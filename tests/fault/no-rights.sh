#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A user without realtime rights and with next to no memory to lock, and a control group without realtime time: the show runs,
# and says what is missing once, with the line that mends it.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
need_root
need setpriv
need prlimit
demo
said=0

# says WHAT: in status --json, in `check`, and once on the terminal of `clipgrid run`.
says() {
    clipgrid status --json | grep -qF -- "$1" || fail "status does not say '$1': $(clipgrid status --json)"
    ctl check | grep -qF -- "$1" || fail "check does not say '$1'"
    said=$((said + 1))
    wait_until 5 grep -qF -- "$1" run.log || fail "the terminal never says '$1'"
    same "how often the terminal says '$1'" "$(grep -cF -- "$1" run.log)" 1
    echo "said once: $(grep -F -- "$1" run.log)"
}
plays() {
    expect 0 ctl play rain
    wait_until 10 is_state rain looping || fail "it does not play: $(states rain)"
}
# begin COMMAND...: the demo show, by that command.
begin() {
    "$@" >run.log 2>&1 </dev/null &
    show_pid=$!
    children="$children $show_pid"
    wait_until 30 answers || fail "the show does not answer: $(cat run.log)"
}

chmod 755 "$work"
chown -R 65534:65534 "$work"
setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$CLIPGRID" || skip "nobody but root reaches the program"
begin setpriv --reuid=65534 --regid=65534 --clear-groups prlimit --memlock=65536 --rtprio=0 \
    "$CLIPGRID" run demo/demo.orp --device clock
plays
says '@audio - rtprio 95'
says '@audio - memlock unlimited'
show_stop
chown -R 0:0 "$work"

group=/sys/fs/cgroup/cpu/clipgrid-test-$$
if mkdir "$group" 2>/dev/null && [ "$(cat "$group/cpu.rt_runtime_us" 2>/dev/null)" = 0 ]; then
    begin sh -c "echo \$\$ >$group/cgroup.procs && exec \"\$0\" run demo/demo.orp --device clock" "$CLIPGRID"
    plays
    says "echo 800000 > $group/cpu.rt_runtime_us"
    show_stop
else
    echo "no control group without realtime time can be made here"
fi
rmdir "$group" 2>/dev/null || true
figures "rights that are missing, said once" $said 0 - - - -
