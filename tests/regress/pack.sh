#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A show as one file and back: the same session, the same bytes; killed at any moment nothing is half there; archives that
# strangers made are refused by name, and nothing of them is written.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
clipgrid pack demo/demo.orp first.pack >out 2>err || { grep -q libarchive err && skip "no libarchive"; fail "pack: $(cat err)"; }
expect_out 'first.pack: 34 media files'
expect 0 clipgrid unpack first.pack back
expect_out 'back/demo.orp'
diff -r demo back || fail "what was unpacked is not what was packed"
expect 1 clipgrid pack demo/demo.orp first.pack
expect_err 'first.pack: is there already'
expect 1 clipgrid unpack first.pack back
expect_err 'back: is there already and is not an empty folder'
mkdir empty
expect 0 clipgrid unpack first.pack empty/
diff -r demo empty || fail "an empty folder is not filled"
expect 1 clipgrid pack absent.orp absent.pack
expect_err 'absent.orp: no such show'
expect 1 clipgrid unpack demo/demo.orp letter
expect_err 'demo/demo.orp: it is no packed show'
expect 2 clipgrid pack demo/demo.orp

# Media from elsewhere, names of all kinds, one that is missing.
mkdir -p far/sounds/deep show
cp demo/media/bell.wav "far/sounds/deep/ä ö.wav"
cp demo/media/rain.wav far/sounds/rain.wav
printf 'format = "ORP2026A"; media = "../far/sounds"; tabs = ( { clips = (
    { row = 1; column = 1; file = "deep/ä ö.wav"; gain = -3.0; markers = ( { name = "a"; at = 5; } ); },
    { row = 1; column = 2; file = "rain.wav"; }, { row = 1; column = 3; file = "rain.wav"; in = 100; },
    { row = 1; column = 4; file = "gone.wav"; } ); } );\n' >show/show.orp
expect 0 clipgrid pack show/show.orp show.pack
expect_out 'show.pack: 2 media files; 1 media file is missing: gone.wav'
expect 0 env LC_ALL=C "$CLIPGRID" unpack show.pack there
cmp far/sounds/rain.wav there/media/rain.wav
cmp "far/sounds/deep/ä ö.wav" "there/media/deep/ä ö.wav"
grep -q 'at = 5;' there/show.orp || fail "a marker is lost"
expect 0 clipgrid pack there/show.orp again.pack
expect 0 clipgrid unpack again.pack again
diff -r there again || fail "the second time is not as the first"

# --- killed ---

# killed COMMAND...: with SIGKILL, at moments ever later.
killed() {
    for moment in 0.002 0.01 0.02 0.03 0.05 0.07 0.1 0.15; do
        "$CLIPGRID" "$@" >/dev/null 2>&1 &
        pid=$!
        sleep "$moment"
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        [ ! -e "$target" ] || whole
    done
}
target=k.pack
whole() { rm -rf k; clipgrid unpack k.pack k >/dev/null && diff -r demo k || fail "half an archive has a name"; rm -rf k.pack k; }
killed pack demo/demo.orp k.pack
expect 0 clipgrid pack demo/demo.orp k.pack
same "what is left beside" "$(find . -maxdepth 1 -name '.*.packing')" ""
target=k
whole() { diff -r demo k || fail "half a folder has a name"; rm -rf k; }
killed unpack k.pack k
expect 0 clipgrid unpack k.pack k
diff -r demo k || fail "what was unpacked after the kills differs"
same "what is left beside" "$(find . -maxdepth 1 -name '.*.unpacking')" ""

# --- archives of strangers ---

# damaged SAID: hostile.pack is refused and leaves nothing.
damaged() {
    rm -rf victim
    echo kept >outside
    expect 1 timeout 20 "$CLIPGRID" unpack hostile.pack victim
    expect_err "$1"
    [ ! -e victim ] || fail "something was unpacked"
    same "what stood outside" "$(cat outside)" kept
    same "what is left" "$(find . -maxdepth 1 -name '.*.unpacking')" ""
}
head -c 3000000 first.pack >hostile.pack
damaged 'hostile.pack: '
{ head -c 5000000 first.pack; printf 'XXXX'; tail -c +5000005 first.pack; } >hostile.pack
damaged 'the archive is damaged'
: >hostile.pack
damaged 'hostile.pack: '
head -c 100000 /dev/urandom >hostile.pack
damaged 'hostile.pack: '

if command -v python3 >/dev/null; then
    # hostile TYPE NAME [LINK]: a member more in an archive that is fine else.
    hostile() {
        python3 - "$@" <<'END'
import io, sys, tarfile
kind, name = sys.argv[1:3]
name = name.encode().decode('unicode_escape')
types = dict(file=tarfile.REGTYPE, link=tarfile.SYMTYPE, hard=tarfile.LNKTYPE, device=tarfile.CHRTYPE, block=tarfile.BLKTYPE,
             pipe=tarfile.FIFOTYPE)
with tarfile.open('first.pack') as old, tarfile.open('hostile.pack', 'w', format=tarfile.PAX_FORMAT) as new:
    def more():
        member = tarfile.TarInfo(name)
        member.type = types[kind]
        member.linkname = sys.argv[3] if len(sys.argv) > 3 else ''
        member.size = 4 if kind == 'file' else 0
        new.addfile(member, io.BytesIO(b'evil'))
    more()
    for member in old:
        new.addfile(member, old.extractfile(member))
END
    }
    for name in ../outside media/../../outside "$work/outside" media/.. 'media/a\nb.wav' 'media/\x1b[2J.wav' 'media//a.wav' 'deep/a.wav'; do
        hostile file "$name"
        damaged 'nothing is unpacked'
    done
    grep -q "$(printf '\033')" err && fail "an escape reaches the terminal"
    hostile link media/rain.wav "$work/outside"
    damaged 'is a link'
    hostile hard media/rain.wav ../outside
    damaged 'is a link'
    hostile link media /tmp
    damaged 'media: is a link'
    for kind in device block pipe; do
        hostile $kind media/x.wav
        damaged 'media/x.wav: is a link, a device or a pipe'
    done
    hostile file media/rain.wav
    damaged 'media/rain.wav: is in it twice'
    hostile file media/extra.wav
    damaged 'the archive is damaged'
    hostile file second.orp
    damaged 'is a second session'
    # One that says it is larger than the disk: refused before a byte is written.
    python3 - <<'END'
import io, tarfile
with tarfile.open('hostile.pack', 'w', format=tarfile.PAX_FORMAT) as new:
    for name, text in (('show.orp', b'format = "ORP2026A";\n'), ('clipgrid-pack', b'clipgrid-pack 1\n')):
        member = tarfile.TarInfo(name)
        member.size = len(text)
        new.addfile(member, io.BytesIO(text))
    member = tarfile.TarInfo('media/huge.wav')
    member.size = 1 << 55
    new.addfile(member)
END
    damaged 'hostile.pack: '
else
    echo "SKIP: the archives of strangers need python3"
fi

# --- in a show that runs: as it is now, saved or not ---

show_start demo/demo.orp
expect 0 ctl set rain gain -7
expect 0 ctl pack "$work/now.pack"
expect_out "ok $work/now.pack: 34 media files"
expect 0 ctl unpack "$work/now.pack" "$work/now"
expect_out "ok $work/now/demo.orp"
grep -q 'gain = -7.0' now/demo.orp || fail "the edit is not in it"
cmp -s demo/demo.orp back/demo.orp || fail "pack has changed the session"
expect 1 ctl pack "$work/now.pack"
expect_out "error refused $work/now.pack: is there already"
expect 0 ctl open! "$work/now/demo.orp"
expect 0 ctl get rain gain
expect_out 'ok -7.0'

# Nothing of this was the store's death.
same "deaths" "$(grep -c 'signal' run.log || true)" 0

# Long work can be given up, only one is under way, and the show answers meanwhile.
truncate -s 1G now/media/long.wav
if [ "$(df -Pk . | awk 'NR == 2 { print int($4 / 1048576) }')" -ge 3 ]; then
    expect 0 ctl load long.wav 3/4/10
    works() { ctl job | grep -q '^ok pack: '; }
    "$CLIPGRID" ctl pack "$work/long.pack" >long.out 2>&1 &
    long=$!
    wait_until 10 works || fail "no work is under way: $(cat long.out)"
    expect 1 ctl consolidate "$work/other"
    grep -q '^error busy ' out || fail "two works at once: $(cat out)"
    expect 0 ctl press rain
    expect 0 ctl job cancel
    wait "$long" && fail "what was given up says ok"
    same "who waited" "$(cat long.out)" 'error refused given up'
    [ ! -e long.pack ] || fail "what was given up has a name"
    # Its process or the store may die too; the next one goes well.
    "$CLIPGRID" ctl pack "$work/long.pack" >long.out 2>&1 &
    long=$!
    wait_until 10 works || fail "no work is under way: $(cat long.out)"
    kill -9 "$(pid_of store)"
    wait "$long" && fail "a store that died says ok"
    grep -q '^error io ' long.out || fail "a store that died: $(cat long.out)"
    expect 0 ctl clear 3/4/10
else
    echo "SKIP: no room for a long file"
fi
packs() { rm -f last.pack; ctl pack "$work/last.pack" >/dev/null; }
wait_until 10 packs || fail "no pack after all this"
show_stop
