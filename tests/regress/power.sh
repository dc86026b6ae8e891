#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The machine under a show (SPEC S10): kept from falling asleep by logind's lock, from the first second to the last and over a
# kill of the store, with less asked for where more is refused; batteries and heat are shown, said and answered, as a made-up sysfs
# has them, which a build with --enable-debug reads (platform/power.h).
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

# Each time it is called: a line in the file `locks`. Refuses lids; else holds its lock as long as its program runs.
mkdir bin sys
cat >bin/systemd-inhibit <<END
#!/bin/sh
echo "\$*" >>"$work/locks"
case " \$* " in *handle-lid-switch*) echo "Failed to inhibit: Access denied" >&2; exit 1 ;; esac
"\$5"
echo released >>"$work/locks"
END
chmod +x bin/systemd-inhibit
export PATH="$work/bin:$PATH" CLIPGRID_SYS="$work/sys" CLIPGRID_LOAD="$work/load"
echo 10000 10000 >load
echo 'load_ceiling = 90;' >config/clipgrid/clipgrid.conf
battery() {
    mkdir -p sys/class/power_supply/BAT0
    echo Battery >sys/class/power_supply/BAT0/type
    echo "$1" >sys/class/power_supply/BAT0/status
    echo "$2" >sys/class/power_supply/BAT0/capacity
}
battery Full 100

demo
show_start demo/demo.orp
wait_until 20 is_loaded || fail "the media are not loaded"
locked() { [ "$(grep -c 'what=sleep:idle --who' locks)" = "$1" ] && [ "$(grep -c released locks)" = "$2" ]; }
wait_until 30 locked 1 0 || fail "no lock is held: $(cat locks)"
same "the first lock asked for" "$(sed -n 1p locks)" \
    "--what=sleep:idle:handle-lid-switch --who=clipgrid --why=a show runs --mode=block cat"
kill -9 "$(pid_of store)"
wait_until 30 locked 2 1 || fail "the lock is not held anew: $(cat locks)"

full() { [ "$(json power.battery_percent) $(json power.discharging) $(json power.throttled)" = "$1" ]; }
if wait_until 10 full "100 false false"; then
    same "the level" "$(json load_level)" normal
    battery Discharging 87
    wait_until 20 full "87 true false" || fail "not discharging: $(json power)"
    json notices.0 | grep -qx 'no mains: the battery has 87 %' || fail "the mains are gone, and nobody says so: $(json notices.0)"
    clipgrid status | grep -q '(on battery, 87 %)' || fail "not in the status: $(clipgrid status)"
    battery Discharging 9
    wait_until 20 full "9 true false" || fail "not discharging: $(json power)"
    warned() { [ "$(json load_level) $(json yields.0)" = "warn $(json yields.0)" ] && [ "$(json yields.#)" -ge 1 ]; }
    wait_until 20 warned || fail "nothing yields to an empty battery"
    screen_start 120 30 "$CLIPGRID" attach
    screen_wait 'battery 9%' 20
    battery Charging 12
    mkdir -p sys/class/thermal/cooling_device0
    echo Processor >sys/class/thermal/cooling_device0/type
    echo 3 >sys/class/thermal/cooling_device0/cur_state
    wait_until 20 full "12 false true" || fail "not throttled: $(json power)"
    screen_wait 'throttled' 20
    echo 0 >sys/class/thermal/cooling_device0/cur_state
    wait_until 20 full "12 false false" || fail "throttled for ever: $(json power)"
    rested() { [ "$(json load_level) $(json yields.#)" = "normal 0" ]; }
    wait_until 20 rested || fail "it goes on yielding"
else
    echo "a sysfs can be made up in builds with --enable-debug only"
fi
show_stop
wait_until 20 locked 2 2 || fail "the lock outlives the show: $(cat locks)"
