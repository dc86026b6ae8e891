#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Media that lie: headers that promise what no file holds, bombs of silence, and names, tags and lists full of escape sequences,
# HOSTILE of them (60). Each file is refused or played within the limits, no worker outgrows its memory, nothing of ours outside
# of the media folder is touched, and of what a terminal gets no escape sequence is a file's.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
mkdir -p show/media/names lies secret
echo 'not for anybody' >secret/file
export HOSTILE="${HOSTILE:-$(count 60 1000)}"
python3 - <<'END'
import os, random, struct, subprocess
random.seed(4)

def chunk(name, data, said=None):
    return name + struct.pack("<I", len(data) if said is None else said) + data + b"\0" * (len(data) % 2)
def wav(channels=1, rate=8000, frames=800, said=None, info=b"", bits=16):
    fmt = struct.pack("<HHIIHH", 1, channels & 0xffff, rate & 0xffffffff, rate * channels * 2 & 0xffffffff, channels * 2 & 0xffff, bits)
    tags = chunk(b"LIST", b"INFO" + chunk(b"INAM", info + b"\0")) if info else b""
    body = b"WAVE" + chunk(b"fmt ", fmt) + tags + chunk(b"data", struct.pack("<%dh" % frames, *range(frames)), said)
    return chunk(b"RIFF", body)
def flac(channels, rate, frames):
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + struct.pack(">Q", rate << 44 | (channels - 1) << 41 | 15 << 36 | frames) + bytes(16)
    return b"fLaC" + b"\x80\0\0\x22" + info + bytes(100)
def w64(frames):
    g = lambda name, tail: name + bytes.fromhex(tail)
    tail, rifftail = "f3acd3118cd100c04f8edb8a", "2e91cf11a5d628db04c10000"
    fmt = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    return (g(b"riff", rifftail) + struct.pack("<q", 2**62) + g(b"wave", tail) + g(b"fmt ", tail) + struct.pack("<q", 40) + fmt +
            g(b"data", tail) + struct.pack("<q", frames * 2 + 24) + bytes(1000))
lies = {"channels": wav(channels=1024), "none": wav(channels=0), "rate": wav(rate=4000000000), "slow": wav(rate=1),
        "long": wav(said=0xfffffff0), "w64": w64(2**62 - 100), "flac-long": flac(2, 48000, 2**36 - 1),
        "flac-rate": flac(1, 655350, 2**35), "flac-channels": flac(8, 48000, 2**36 - 1), "bits": wav(bits=9999), "empty": b"",
        "rf64": b"RF64" + struct.pack("<I", 0xffffffff) + b"WAVE" + chunk(b"ds64", struct.pack("<QQQI", 2**61, 2**60, 2**59, 0)) +
                chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)) + b"data" + struct.pack("<I", 0xffffffff) + bytes(1000)}

def crc(data, width, polynomial):
    value = 0
    for byte in data:
        value ^= byte << width - 8
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value >> width - 1 else 0)) & (1 << width) - 1
    return value.to_bytes(width // 8, "big")
def constant_frame(n):                      # RFC 9639 section 9: 65,535 frames of two channels in some 17 bytes
    number = bytes([n]) if n < 0x80 else bytes([0xc0 | n >> 6, 0x80 | n & 63]) if n < 0x800 else \
        bytes([0xe0 | n >> 12, 0x80 | n >> 6 & 63, 0x80 | n & 63])
    head = b"\xff\xf8\x70\x10" + number + b"\xff\xfe"
    frame = head + crc(head, 8, 7) + bytes(6)
    return frame + crc(frame, 16, 0x8005)
BOMB = 2637                                 # an hour of 48 kHz
lies["silence.flac"] = (b"fLaC\x80\0\0\x22\xff\xff\xff\xff" + bytes(6) + struct.pack(">Q", 48000 << 44 | 1 << 41 | 15 << 36 | BOMB * 65535) +
                        bytes(16) + b"".join(map(constant_frame, range(BOMB))))
for name, data in lies.items():
    open("lies/" + (name if "." in name else name + ".wav"), "wb").write(data)

controls = [b"\x1b[31;7m", b"\x1b]0;", b"\x1bP", b"\xc2\x9b31m", b"\x9b31m", b"\x07", b"\r", b"\b", b"\x7f", b"\x0e", b"\xe2\x80\xae",
            b"\xe2\x81\xa6", b"\x1bc", b"\x1b[2J", b"\xff\xfe", b"\xc3(", b"\t", b"\n"]
def hostile(n, room):
    text = b"".join(random.choice(controls) + b"Zq%d" % n for _ in range(random.randint(1, 4)))
    return (text * 40)[:room] if n % 7 == 0 else text[:room]
lists = [], []
for n in range(int(os.environ["HOSTILE"])):
    name = hostile(n, 240).replace(b"/", b"_") + b".wav"
    open(b"show/media/names/" + name, "wb").write(wav(info=hostile(n, 200)))
    lists[0].append(b"#EXTINF:1,%s\n%s\n" % (hostile(n, 100).replace(b"\n", b" "), b"plain%d.wav" % n))
    open("show/media/plain%d.wav" % n, "wb").write(wav(info=hostile(n, 200)))
open("show/media/list.m3u8", "wb").write(b"#EXTM3U\n" + b"".join(lists[0]))
open("show/media/out.m3u8", "wb").write(b"../../secret/file\n/etc/passwd\n" + hostile(1, 90).replace(b"\n", b"") + b"\n")
os.symlink("/etc/passwd", "show/media/names/passwd.wav")
os.symlink("../../../secret", "show/media/names/away")
open("show/show.orp", "w").write('format = "ORP2026A";\ntabs = ( { rows = 10; columns = 12; }, { rows = 10; columns = 12; } );\n')
END

# --- headers ---

lost=0 count=0
for file in lies/*; do
    count=$((count + 1))
    timeout 20 "$CLIPGRID" probe "$file" >out 2>err && got=0 || got=$?
    case $file:$got in
        lies/silence.flac:0) grep -q '3600\.' out || fail "an hour of silence: $(cat out)" ;;
        *:0) grep -q -i 'cut short' out err || { echo "$file is played: $(cat out)"; lost=$((lost + 1)); } ;;
        *:1) [ "$(wc -l <err)" = 1 ] || fail "$file: $(cat err)" ;;
        *) fail "$file: status $got: $(cat err)" ;;
    esac
done
figures "a header that lies" "$count" "$lost" - - - files
same "headers that were believed" "$lost" 0

# --- names ---

# On a terminal of its own; what it writes there goes to the file `shown.txt`.
cat >on_tty.py <<'END'
import os, pty, select, sys, time
keys, seconds, command = sys.argv[1].encode(), float(sys.argv[2]), sys.argv[3:]
pid, tty = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.execvp(command[0], command)
import fcntl, struct, termios
fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
end, got = time.monotonic() + seconds, open("shown.txt", "ab")
while time.monotonic() < end:
    if select.select([tty], [], [], 0.05)[0]:
        try:
            got.write(os.read(tty, 65536))
        except OSError:
            break
    elif keys:
        os.write(tty, keys[:1])
        keys = keys[1:]
os.close(tty)
END
on_tty() { python3 on_tty.py "$@"; }
: >shown.txt
on_tty '' 30 "$CLIPGRID" import show/show.orp show/media/names
on_tty '' 30 "$CLIPGRID" import show/show.orp show/media/out.m3u8
on_tty '' 30 "$CLIPGRID" import --tab 2 show/show.orp show/media/list.m3u8
on_tty '' 30 "$CLIPGRID" probe show/media/names/*
on_tty '' 30 "$CLIPGRID" check --device clock show/show.orp
show_start show/show.orp
wait_until 30 is_loaded || fail "the media are not loaded"
on_tty '1234lllljjjjllll	jjjj' 4 "$CLIPGRID" attach
on_tty '' 10 "$CLIPGRID" status
on_tty '' 10 "$CLIPGRID" ctl get 1/1/1
on_tty '' 10 "$CLIPGRID" ctl get 2/1/1
show_stop
same "what is no medium" "$(cat secret/file)" 'not for anybody'
python3 - <<'END' || fail "a terminal got what files say"
import re
got = open("shown.txt", "rb").read()
assert got.count(b"Zq") >= 60, "little was shown: %d" % got.count(b"Zq")
# What a file says stands before its mark; the screen puts its own colours before text, but no name begins with them.
for bad in (b"\x1b\\[31;7mZq", b"\x1b\\]0;Zq", b"\x1bPZq", b"\xc2\x9b31m", b"[^\xc2]\x9b31m", b"\x07Zq", b"\rZq", b"\bZq", b"\x7fZq", b"\x0eZq",
            b"\xe2\x80\xae", b"\xe2\x81\xa6", b"\x1bcZq", b"\x1b\\[2JZq", b"\xff\xfe", b"\xc3\\("):
    found = re.search(bad, got)
    assert not found, (bad, got[max(0, found.start() - 60):found.end() + 60])
END
figures "a hostile name" "$HOSTILE" 0 - - - names
