# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# What every script of tests/fault begins with, after tests/regress/lib.sh: a show with a reference voice that nothing is done
# to, one that is hurt, and clips to trigger; and judges that look at the recorded sound from outside.
#
# Sound cards' channels: the reference is on bus A (1, 2), the hurt one on bus B (3, 4), triggers on bus C (5, 6).
# shellcheck disable=SC2034,SC2154  # work, TOP, TOOLS and fail are lib.sh's

FADE=480                # frames in which a voice that runs dry may fade: 10 ms
mounts=
thaw=

# --- disks ---

need_root() { [ "$(id -u)" = 0 ] || skip "mounting takes root"; }
need() { command -v "$1" >/dev/null || skip "there is no $1"; }

# Whatever happens, nothing stays frozen or mounted.
end_fault() {
    code=$?
    trap - EXIT
    set +e
    for folder in $thaw; do fsfreeze -u "$folder" 2>/dev/null; done
    [ -z "${switch-}" ] || echo well >"$switch"
    [ -z "${slowfs_pid-}" ] || kill -CONT "$slowfs_pid" 2>/dev/null
    for pid in $(show_pids) ${show_pid-}; do kill "$pid" 2>/dev/null; done
    for folder in $mounts; do umount -l "$folder" 2>/dev/null; done
    (exit "$code")
    finish
}
trap end_fault EXIT

# mount_disk FOLDER MEGABYTES: an ext4 of its own there.
mount_disk() {
    truncate -s "$2M" "$work/disk.img"
    mkfs.ext4 -q -F "$work/disk.img" >/dev/null 2>&1 || skip "no ext4 can be made"
    mkdir -p "$1"
    mount -o loop "$work/disk.img" "$1" 2>/dev/null || skip "no loop device can be mounted"
    mounts="$1 $mounts"
}
# freeze FOLDER SECONDS: it thaws by itself, should this script be killed.
freeze() {
    fsfreeze -f "$1" 2>/dev/null || skip "fsfreeze does not work here"
    thaw=$1
    (sleep "$2"; fsfreeze -u "$1" 2>/dev/null) &
    children="$children $!"
}
thaw() { fsfreeze -u "$1" 2>/dev/null || true; thaw=; }

# fill FOLDER / unfill FOLDER: what is left of its disk, of 100 MB at most.
fill() { head -c 100000000 /dev/zero >"$1/greedy" 2>/dev/null || true; }
unfill() { rm "$1/greedy"; }

# lock_catalogue FILE SECONDS: by another program, $locker, so long.
lock_catalogue() {
    : >locked
    python3 - "$1" "$2" <<'END' >locked &
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
c.execute("begin exclusive")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
c.execute("rollback")
END
    locker=$!
    children="$children $locker"
    wait_until 20 grep -q locked locked || fail "nobody locks the catalogue"
}

# mount_slow BACKING FOLDER [-s]: slowfs, whose switch is $switch; -s: one call after the other.
mount_slow() {
    slowfs="$TOOLS/../fault/slowfs"
    [ -x "$slowfs" ] || skip "built without libfuse3"
    [ -c /dev/fuse ] || skip "there is no /dev/fuse"
    switch="$work/switch"
    echo well >"$switch"
    mkdir -p "$2"
    # shellcheck disable=SC2086  # an option, or none
    "$slowfs" "$1" "$switch" -f ${3-} -o allow_other,auto_unmount "$2" >"$work/slowfs.log" 2>&1 </dev/null &
    slowfs_pid=$!
    children="$children $slowfs_pid"
    mounts="$2 $mounts"
    is_mounted() { grep -q " $2 fuse" /proc/mounts; }
    wait_until 5 is_mounted "$1" "$2" || skip "FUSE cannot be mounted: $(cat "$work/slowfs.log")"
}

# The file device and the lines of `run` go into memory, where that can be: who sleeps in a write to a busy disk dies only when that
# answers, and a sound card has no disk.
work_in_memory() {
    mount -t tmpfs none "$work" 2>/dev/null || return 0
    mounts="$mounts $work"
    cd "$work"
    mkdir -p "$XDG_CONFIG_HOME/clipgrid"
    echo 'load_ceiling = 0;' >"$XDG_CONFIG_HOME/clipgrid/clipgrid.conf"
}

# --- memory ---

# meminfo AVAILABLE_KB: what the machine tells from now on, of 16 GB, to who is started by with_meminfo (with &). Written over the same
# file, which is mounted in a namespace of its own.
meminfo() { printf 'MemTotal:       16000000 kB\nMemAvailable:   %8d kB\n' "$1" >"$work/meminfo"; }
can_meminfo() { [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; }
with_meminfo() { exec unshare -m sh -c 'mount --make-rprivate / && mount --bind "$HOME/meminfo" /proc/meminfo && exec "$@"' sh "$@"; }

# --- the show ---

# noise FILE SECONDS SEED: 16 bit, stereo, 48 kHz; never silent for two frames.
noise() {
    python3 - "$@" <<'END'
import random, struct, sys
path, seconds, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
one = random.randbytes(4 * 48000)                   # another second each time by adding to every sample
body = bytearray()
for n in range(int(seconds * 48000) // 48000 + 1):
    body += bytes((b + 37 * n) % 256 for b in one)
body = bytes(body[:int(seconds * 48000) * 4])
quiet = bytearray(body)
quiet[1::2] = bytes(((b + 128) % 256 // 4 - 32) % 256 for b in quiet[1::2])     # -12 dB
with open(path, "wb") as f:
    f.write(b"RIFF" + struct.pack("<I", 36 + len(quiet)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, 48000, 192000, 4, 16)
            + b"data" + struct.pack("<I", len(quiet)) + bytes(quiet))
END
}
# session FILE CLIP...: the reference, 16 triggers, and the clips named, each of media/CLIP.wav.
session() {
    file=$1
    shift
    {
        echo 'format = "ORP2026A";'
        echo 'groups = ( { mode = "free"; voices = 8; }, { mode = "free"; voices = 8; }, { mode = "free"; voices = 8; } );'
        echo 'tabs = ( { rows = 4; columns = 16; clips = ('
        echo '{ id = "ref"; row = 1; column = 1; group = "A"; file = "ref.wav"; }'
        column=2
        for clip in "$@"; do
            echo ", { id = \"$(basename "$clip")\"; row = 1; column = $column; group = \"B\"; file = \"$clip.wav\"; }"
            column=$((column + 1))
        done
        for column in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
            echo ", { id = \"t$column\"; row = 2; column = $column; group = \"C\"; file = \"tick.wav\"; press = \"restart\"; }"
        done
        echo '); } );'
    } >"$file"
}
# rendered SESSION CLIP SECONDS: what it sounds like without a fault, in CLIP.render.wav.
rendered() {
    echo "0 press $2" >"$work/$2.script"
    clipgrid render "$1" --commands "$work/$2.script" --seconds "$3" --out "$work/$2.render.wav" >/dev/null || fail "no render of $2"
}

# --- engines ---

# pid_now ROLE, as engine, standby or store: whether there is one; its number is in $now. another PID: an engine beside that one.
# has_standby: one stands by, with its memory locked; of one that is killed before that, a start is heard.
pid_now() { now=$(json "pids.$1" 2>/dev/null) && [ -n "$now" ] && [ "$now" != null ] && [ "$now" != 0 ]; }
another() { pid_now engine && [ "$now" != "$1" ]; }
is_warm() { [ "$(id -u)" != 0 ] || [ "$(awk '$1 == "VmLck:" { print $2 }' "/proc/$now/status" 2>/dev/null)" -gt 0 ]; } 2>/dev/null
has_standby() { pid_now standby && is_warm; }
# kill_engines N SEED LEAST MORE: N times one after the other, each LEAST to LEAST + MORE ms after another one stands by.
kill_engines() {
    engine=$(pid_of engine)
    # shellcheck disable=SC2046  # numbers
    set -- $(awk -v n="$1" -v seed="$2" -v least="$3" -v more="$4" \
        'BEGIN { srand(seed); for (i = 0; i < n; i++) printf "%03d\n", rand() * more + least }')
    for pause do
        sleep "0.$pause"
        kill -9 "$engine"
        wait_until 10 another "$engine" || fail "no other engine"
        engine=$now
        wait_until 10 has_standby || fail "no other engine stands by"
    done
}

# --- judges ---

frames_of() { "$TOOLS/wavq" info "$1" | cut -d' ' -f1; }
# place_of CLIP CHANNEL: the frame of show.wav at which it begins.
place_of() { "$TOOLS/wavq" find show.wav "$2" "$1.render.wav" "$2" 2000; }
# unhurt CLIP CHANNEL: every frame of it that the show played is the render's.
unhurt() {
    place=$(place_of "$1" "$2")
    [ "$place" -ge 0 ] || fail "$1 is not in the recording"
    count=$(frames_of "$1.render.wav")
    have=$(($(frames_of show.wav) - place - 9600))       # a show that quits fades at its end
    [ "$count" -le "$have" ] || count=$have
    parted=$("$TOOLS/wavq" apart show.wav "$2" "$place" "$1.render.wav" "$2" 0 "$count")
    [ "$parted" = -1 ] || fail "$1 is another sound from its frame $parted on (of $count)"
    echo "$1: $count frames, each as without the fault"
}
# dry CLIP CHANNEL LEAST: it goes on as it should for at least LEAST frames; then, if it parts, it is silent 10 ms later.
dry() {
    place=$(place_of "$1" "$2")
    [ "$place" -ge 0 ] || fail "$1 is not in the recording"
    count=$(frames_of "$1.render.wav")
    have=$(($(frames_of show.wav) - place - 9600))       # a show that quits fades at its end
    [ "$count" -le "$have" ] || count=$have
    parted=$("$TOOLS/wavq" apart show.wav "$2" "$place" "$1.render.wav" "$2" 0 "$count")
    if [ "$parted" = -1 ]; then
        echo "$1: was in memory, $count frames as without the fault"
        return
    fi
    [ "$parted" -ge "$3" ] || fail "$1 parts after $parted frames, not $3"
    silent=$((place + parted + FADE))
    peak=$("$TOOLS/wavq" peak show.wav "$2" "$silent" $((silent + 480)))
    [ "$peak" = 0 ] || fail "$1 is not silent 10 ms after its frame $parted: $peak"
    echo "$1: $parted frames as without the fault, then silent within 10 ms"
}
# answered WHAT: 200 triggers while the fault is there, each within 5 ms. What the fault delays it delays in every try; what another
# program on this machine does, not in five.
answered() {
    what=$1
    for try in 1 2 3 4 5; do
        times=$("$TOOLS/asktimes" 200 5 'press t1') || fail "$what: not all triggers were answered: $times"
        # shellcheck disable=SC2086  # a list of numbers
        set -- $times
        [ "$try" != 1 ] || figures "answers: $what" 200 "$@" ms
        ! awk "BEGIN { exit !($4 <= 5) }" || return 0
    done
    fail "$what: not all of 200 triggers are answered within 5 ms in any of 5 tries: $times"
}
# count FEW MANY: what N is, unless a variable says it: few by hand and in .ci/run, many in `make check-long`.
count() { if [ "${COUNTS-few}" = many ]; then echo "$2"; else echo "$1"; fi; }
# figures FAULT N LOST P50 P99 MAX UNIT: what was measured of a fault, one line in the form that all scripts share; - for none.
figures() { echo "figures: $1 n=$2 lost=$3 p50=$4 p99=$5 max=$6 $7"; }
# spread NUMBER...: their p50, p99 and max, for figures.
spread() {
    printf '%s\n' "$@" | sort -n | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)], n[int(NR * .99 + .999)], n[NR] }'
}
# pids of what must live through a fault.
lives() { echo "$(json pids.supervisor) $(json pids.engine) $(json pids.store)"; }
