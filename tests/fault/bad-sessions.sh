#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sessions that are damaged (FAULTS 12), hostile (13) or of a newer clipgrid (47). Cut off behind every byte, with bits turned (every
# BITS-th, 7): refused with a line number or whole, within a second; CLIPS (60) clips, 1,000 are 200 KB. Hostile ones: refused in one
# line by every call that reads a session, within a second and 64 MB. Newer ones: refused, and not a byte of them changes.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
need python3

show() {
    python3 - "$1" <<'END'
import sys
print('format = "ORP2026A";\nname = "Broken";\ngroups = (\n    {\n        mode = "choke";\n    }\n);\ntabs = (\n    {\n        clips = (')
print(",\n".join('            {\n                row = %d;\n                column = %d;\n                id = "x%d";\n                file = "%d.wav";\n'
                 '                gain = -%d.5;\n                out = %d;\n            }' % (n // 40 + 1, n % 40 + 1, n, n, n % 50, 1000 + n)
                 for n in range(int(sys.argv[1]))))
print("        );\n        rows = 32;\n        columns = 40;\n    }\n);")
END
}
show "${CLIPS:-$(count 60 200)}" >sound.orp
for way in cut flip; do
    step=1
    [ $way = cut ] || step=${BITS:-$(count 7 5)}
    "$TOOLS/../fault/breaksession" sound.orp $way "$step" >out 2>err || fail "$(head -n 5 err) $(cat out)"
    # shellcheck disable=SC2046  # words
    figures "a session $way ($(wc -c <sound.orp) bytes)" $(head -n 1 out) ms
    holds "the longest of them" "$(head -n 1 out | cut -d' ' -f5) < 1000"
done

# --- hostile ---

: >script
mkdir hostile
{ echo 'format = "ORP2026A";'; seq 40000 | sed 's/.*/key& = &;/'; } >hostile/keys.orp
{ echo 'format = "ORP2026A";'; echo 'tabs = ( { clips = ('; seq 40000 | sed 's/.*/{ row = &; column = 1; file = "a"; },/'; echo '); } );'; } >hostile/clips.orp
printf 'format = "ORP2026A";\n@include "/dev/zero"\n' >hostile/include.orp
{ printf 'format = "ORP2026A";\n'; head -c 200000 /dev/zero | tr '\0' '('; } >hostile/deep.orp
printf 'format = "ORP2026A";\nname = "a\0b";\n' >hostile/zero.orp
{ printf 'format = "ORP2026A";\nname = "'; head -c 15000000 /dev/zero | tr '\0' 'x'; echo '";'; } >hostile/text.orp
{ printf 'format = "ORP2026A";\nx = ['; yes 1, | head -n 2000000 | tr -d '\n'; echo '1];'; } >hostile/values.orp
truncate -s 1G hostile/sparse.orp
head -c 100000 /dev/urandom >hostile/noise.orp
mkfifo hostile/fifo.orp
ln -s /dev/zero hostile/device.orp
mkdir hostile/folder.orp
n=0
longest=0
for file in hostile/*.orp; do
    for call in "render --commands script --out out.wav" "run --device clock"; do
        began=$(date +%s%N)
        # shellcheck disable=SC2086  # words
        expect 1 timeout 20 prlimit --data=67108864 "$CLIPGRID" $call "$file"
        took=$((($(date +%s%N) - began) / 1000000))
        expect_err "$file:"
        [ $took -le $longest ] || longest=$took
        n=$((n + 1))
    done
done
[ ! -e out.wav ] || fail "an output file is left"
figures "hostile sessions" $n 0 - - $longest ms
# A process starts meanwhile, on a machine that others use: the second is the reading's.
[ $longest -le 3000 ] || fail "$longest ms for one of them"

# --- newer ---

n=0
for format in ORP2026B ORP2026Z ORP2027A ORP2099Q ORP9999Z; do
    sed "1s/ORP2026A/$format/" sound.orp >newer.orp
    cp newer.orp as_it_was
    for call in "run --device clock" "--device clock" "render --commands script --out out.wav"; do
        # shellcheck disable=SC2086  # words
        expect 1 timeout 20 "$CLIPGRID" $call newer.orp
        expect_err "newer.orp:1: written by a newer clipgrid ($format)"
        n=$((n + 1))
    done
    expect 2 timeout 20 "$CLIPGRID" check --device clock newer.orp
    expect 1 timeout 20 "$CLIPGRID" restore newer.orp 1
    cmp newer.orp as_it_was || fail "a newer session has changed"
done
demo
show_start demo/demo.orp
expect 1 ctl save! "$work/newer.orp"
grep -q 'written by a newer clipgrid' out || fail "a newer session may be written over: $(cat out)"
cmp newer.orp as_it_was || fail "a newer session is written over"
show_stop
figures "sessions of a newer clipgrid" $n 0 - - - -
