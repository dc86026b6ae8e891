#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Equal latency (SPEC E1), as it is heard: without it a press sounds with the next period that is made, with it on the frame that
# belongs to its arrival; and what one press starts on three busses starts on one frame, be one of them limited, one converted.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

PERIOD=64 PRESSES=4                     # so many at each setting: all on one place of a period by chance once in 250,000

# wave FILE RATE BYTE-RATE: 30 ms and more of half of full scale, 16-bit mono; the rates as octal bytes, lowest first.
wave() {
    {
        printf 'RIFF\144\013\0\0WAVEfmt \020\0\0\0\001\0\001\0%b%b\002\0\020\0data\100\013\0\0' "$2" "$3"
        head -c 2880 /dev/zero | tr '\0' '\100'
    } >"$1"
}

# press_some: the clips, from silence to silence.
press_some() {
    for _ in $(seq $PRESSES); do
        expect 0 ctl press a
        wait_until 20 is_state a ""
        sleep 0.04
    done
}

play() {
    show_start show.orp --device "file:$work/live.wav" --rate 48000 --period $PERIOD
    wait_until 20 is_loaded || fail "the media are not loaded"
    press_some
    expect 0 ctl device equal_latency on
    press_some
    expect 0 ctl set group:C limiter true
    expect 0 ctl load m44.wav b
    wait_until 20 is_loaded || fail "the other medium is not loaded"
    holds "everything is late" "$(json device.latency_frames) == 38 + 48"
    press_some
    expect 0 ctl device equal_latency off
    press_some
    late=$(json xruns)
    show_stop
}

# onsets CHANNEL: the frames at which it begins to sound after 20 ms of silence.
onsets() {
    "$TOOLS/wavq" get live.wav "$1" 0 "$("$TOOLS/wavq" info live.wav | cut -d' ' -f1)" |
        awk '$1 != 0 { if (NR > heard + 960) print NR - 1; heard = NR }'
}

# judge: $work/starts has a line for each press: its first frames on A, B and C.
judge() {
    awk -v period=$PERIOD -v presses=$PRESSES '
        function wrong(what) { print "press " NR " at frame " $1 ": " what; bad = 1 }
        { phase = int((NR - 1) / presses); place = $1 % period }
        (NR - 1) % presses == 0 { first = place; moved = 0 }
        { moved += place != first }
        $1 != $3 { wrong("C begins at " $3) }
        phase < 2 && $2 != $1 { wrong("B begins at " $2) }
        phase > 1 && ($2 < $1 - 1 || $2 > $1 + 2) { wrong("B, converted, begins at " $2) }
        NR % presses == 0 && (phase == 0 || phase == 3) && moved { wrong("not at the beginning of a period") }
        NR % presses == 0 && (phase == 1 || phase == 2) && !moved { wrong("always at one place of a period") }
        END { if (NR != 4 * presses) { print NR " presses are heard"; bad = 1 } exit bad }' "$1"
}

mkdir media
wave media/m48.wav '\200\273\0\0' '\0\167\01\0'
wave media/m44.wav '\104\254\0\0' '\210\130\01\0'
cat >show.orp <<END
format = "ORP2026A";
tabs = ( { clips = (
    { row = 1; column = 1; id = "a"; file = "m48.wav"; group = "A";
      links = ( { do = "start"; target = "b"; }, { do = "start"; target = "c"; } ); },
    { row = 1; column = 2; id = "b"; file = "m48.wav"; group = "B"; },
    { row = 1; column = 3; id = "c"; file = "m48.wav"; group = "C"; } ); } );
END
for try in 1 2 3; do
    play
    onsets 1 >on1
    onsets 3 >on3
    onsets 5 >on5
    paste -d' ' on1 on3 on5 >starts
    judge starts >told && break
    if [ "$late" = 0 ] || [ "$try" = 3 ]; then fail "$(cat told starts)"; fi
    echo "try $try: $late periods came late"
    rm -f live.wav
done

# The judge refuses one frame on one output, a press off its period, and presses that all fall on one.
awk 'NR == 3 { $3++ } 1' starts >spoilt && judge spoilt >told && fail "C a frame late is not told"
awk 'NR > 8 { $2 += 4 } 1' starts >spoilt && judge spoilt >told && fail "B four frames late is not told"
awk 'NR == 2 { $1++; $2++; $3++ } 1' starts >spoilt && judge spoilt >told && fail "a press within a period is not told"
awk -v period=$PERIOD '{ by = $1 % period; print $1 - by, $2 - by, $3 - by }' starts >spoilt &&
    judge spoilt >told && fail "equal latency that is none is not told"
echo "$((4 * PRESSES)) presses, aligned on three outputs"
