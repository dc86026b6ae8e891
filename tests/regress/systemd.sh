#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Under a service manager (SPEC U8): it is told when the show is ready, that it lives as long as it does, and when it stops; what is
# not alive is not said to be. The units are such as systemd takes.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

"$TOOLS/notified" "$work/manager" >told &
children="$children $!"
wait_until 5 test -S manager || fail "no manager"
told() { grep -q "$1" told; }
beats() { grep -c WATCHDOG=1 told; }

clipgrid demo demo >/dev/null
NOTIFY_SOCKET=$work/manager WATCHDOG_USEC=400000 show_start demo/demo.orp
wait_until 10 told READY=1 || fail "never ready: $(cat told)"
told STATUS= || fail "no status"

before=$(beats)
more_beats() { [ "$(beats)" -ge $((before + 5)) ]; }
wait_until 10 more_beats || fail "no beats of the watchdog"
for pid in $(json pids.engine) $(json pids.store); do
    tr '\0' '\n' <"/proc/$pid/environ" | grep -q NOTIFY_SOCKET && fail "a child could speak to the manager"
done

show_stop
wait_until 5 told STOPPING=1 || fail "no word of stopping"

# The supervisor is killed: its heir is the main process, says so, and feeds the watchdog.
NOTIFY_SOCKET=$work/manager WATCHDOG_USEC=400000 show_start demo/demo.orp
has_heir() { heir=$(json pids.heir) && [ -n "$heir" ] && [ "$heir" != null ]; }
wait_until 10 has_heir || fail "no heir"
kill -9 "$(pid_of supervisor)"
wait_until 5 told "MAINPID=$heir" || fail "the manager does not hear of the new main process: $(tail -n 3 told)"
before=$(beats)
wait_until 10 more_beats || fail "no beats of the watchdog after an adoption"
expect 0 ctl quit
wait "$show_pid" || true

command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
for who in user system; do
    mkdir -p "units/$who"
    sed "s|[@]bindir[@]/clipgrid|$CLIPGRID|" "$TOP/conf/systemd/$who/clipgrid.service.in" >"units/$who/clipgrid@demo.service"
    [ "$who" = user ] && option=--user || option=--system
    XDG_RUNTIME_DIR=$work SYSTEMD_LOG_LEVEL=warning systemd-analyze $option --man=no verify "units/$who/clipgrid@demo.service" >verified 2>&1 ||
        fail "$who: $(cat verified)"
    if grep "clipgrid@demo" verified; then fail "$who: $(cat verified)"; fi
done
