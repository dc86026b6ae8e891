#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# device: what is played on and what is heard is changed while a clip plays. What does not work is refused and changes nothing; what
# does holds in the engine's next life too, the card's channels among it, and a recording goes on in its own file. Inputs come,
# change channels and go, and stay while they are recorded.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/regress/takes.sh"

refused() { words=$1; shift; expect 1 ctl "$@"; expect_out "error $words"; }
told() { ctl device | tr '\\' '\n' | sed -n "s/^n*$1 = //p"; }
kill_engine() {
    killed=$(pid_of engine)
    kill -9 "$killed"
    another() { now=$(json pids.engine) && [ -n "$now" ] && [ "$now" != null ] && [ "$now" != "$killed" ]; }
    wait_until 20 another || fail "no other engine was started"
    wait_until 20 is_loaded || fail "the media are not loaded again"
}

demo
show_start demo/demo.orp
wait_until 20 is_loaded || fail "the media are not loaded"
expect 0 ctl press line
wait_until 20 is_state line looping || fail "the tone does not sound"

# --- what is played on ---

refused 'refused nosuch: there is no such sound device' device nosuch
same "the device" "$(told plays)" clock
refused 'usage device: what is played on and what is heard are changed one after the other' device clock capture count
expect 0 ctl device "file:$work/one.wav"
same "the device" "$(told plays)" "file:$work/one.wav"
begun=$(cut -d' ' -f1 /proc/uptime)
sleep 0.5
kill_engine
sleep 0.5
expect 0 ctl device clock
whole=$(awk -v begun="$begun" '{ print int(($1 - begun) * 48000) }' /proc/uptime)
frames=$("$TOOLS/wavq" info one.wav | cut -d' ' -f1)
holds "frames of a recording that two engines made" "$frames > 48000 && $frames < $whole + 9600"
same "the tone" "$(states line)" looping

# The scripted card has any number of channels; the show asks for ten.
ALSA_CONFIG_PATH=$TOP/tests/lab/alsa/fault.conf
FAULTPCM_LIB=$TOOLS/../lab/faultpcm/libasound_module_pcm_fault.so
FAULTPCM_IN=$work/in.raw
FAULTPCM_FORMAT=S24_3LE
export ALSA_CONFIG_PATH FAULTPCM_LIB FAULTPCM_IN FAULTPCM_FORMAT
python3 -c 'import sys
for n in range(1, 1000000):
    sys.stdout.buffer.write(n.to_bytes(3, "little", signed=True) + (-n).to_bytes(3, "little", signed=True))' >in.raw
if [ -e "$FAULTPCM_LIB" ] && [ -r /usr/share/alsa/alsa.conf ]; then
    show_stop
    show_start demo/demo.orp --device fault
    wait_until 20 is_loaded || fail "the media are not loaded"
    same "channels" "$(told channels)" 10
    expect 0 ctl device channels 4 period 512
    same "channels and period" "$(told channels) $(told period)" "4 512"
    kill_engine
    same "channels and period of the engine's next life" "$(told channels) $(told period)" "4 512"
    expect 0 ctl device channels default
    same "channels" "$(told channels)" 10
    # A card that has packed 24 bits alone is heard to the last of them.
    expect 0 ctl device capture faultformat record_a 1,2
    expect 0 ctl record 1/7/9
    take=$(sed 's/^ok //' out)
    longer() { [ "$(json inputs.record.0.frames)" -gt 24000 ]; }
    wait_until 20 longer || fail "the recording does not grow"
    expect 0 ctl record stop
    wait_until 20 is_idle 0 || fail "it does not end"
    "$TOOLS/wavq" get "demo/media/$take" 2 0 24000 | awk '
        { number = int($1 * -8388608 + 0.5) }
        number == 0 { next }
        before && number != before + 1 { broken++ }
        { before = number; heard++ }
        END { print heard, broken + 0 }' >heard
    holds "frames of 24 bits that were heard" "$(cut -d' ' -f1 heard) > 12000"
    same "frames of 24 bits that are not the next" "$(cut -d' ' -f2 heard)" 0
    expect 0 ctl device capture none
fi

# --- what is heard ---

same "inputs" "$(told capture) $(told record_a) $(told record_b) $(told ltc)" "none 1,2 none none"
refused 'range device record 0: one or two channels from 1 to 64, as 1,2, or none' device record_a 0
refused 'range device record 1,2,3: one or two channels from 1 to 64, as 1,2, or none' device record_a 1,2,3
refused 'range device ltc 65: a channel from 1 to 64, or none' device ltc 65
expect 0 ctl device capture count record_b 3,4
wait_until 20 inputs_run || fail "the input does not run"
same "inputs" "$(told capture) $(told record_a) $(told record_b) $(told ltc)" "count 1,2 3,4 none"
expect 0 ctl record 1/8/9 b
take=$(sed 's/^ok //' out)
wait_until 20 is_recorded 1 || fail "it is not recorded"
refused 'refused device: Record B is being recorded; record stop b ends it' device capture clock
expect 0 ctl record stop b
wait_until 20 is_idle 1 || fail "it does not end"
# shellcheck disable=SC2046  # numbers
set -- $(numbers "demo/media/$take" 1 3)
same "frames of channel 3 that are missing or out of place" "$3 $4" "0 0"

# Another pair for B: what is recorded then has nothing of the pair before, pre-roll or not. One for both sides is one.
expect 0 ctl record 1/8/10 b arm
expect 0 ctl device record_b 2 ltc 4
same "inputs" "$(told record_b) $(told ltc)" "2 4"
same "armed as before" "$(json inputs.record.1.state)" armed
wait_until 20 inputs_run || fail "the input does not run"
expect 0 ctl record 1/8/10 b
take=$(sed 's/^ok //' out)
wait_until 20 is_recorded 1 || fail "it is not recorded"
expect 0 ctl record stop b
wait_until 20 is_idle 1 || fail "it does not end"
# shellcheck disable=SC2046
set -- $(numbers "demo/media/$take" 2 2)
same "frames of channel 2 that are out of place" "$4" 0

# What cannot be heard changes nothing, in words; a new engine hears the same; and no input is none.
refused 'refused the inputs stay as they were: input nosuch: there is no such sound device' device capture nosuch
wait_until 20 inputs_run || fail "what was heard before is not heard on"
kill_engine
wait_until 20 inputs_run || fail "the next engine hears nothing"
same "inputs" "$(told capture) $(told record_b) $(told ltc)" "count 2 4"
expect 0 ctl record 1/7/10 b arm
expect 0 ctl device capture none
same "the state of no input" "$(json inputs.state) $(json inputs.record.1.state)" "none none"
refused 'refused record: there is no input; device capture PCM names one, as capture = "PCM" in clipgrid.conf' record 1/7/10
show_stop
