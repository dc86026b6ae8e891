#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Row 37: descriptors run out. A show with 64 for each process works, and one that has too few to start says so in one line.
# Then a running one may have no more than its processes hold (prlimit), ROUNDS times: what sounds goes on to the sample, the
# client that is there is answered, edits are kept, another client is refused or waits, and nobody spins meanwhile; with
# descriptors again all works, and no process has died.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need prlimit
need python3
ROUNDS=${ROUNDS:-$(count 3 12)}
mkdir media
noise media/ref.wav 60 1
noise media/tick.wav 0.1 2
noise media/hurt.wav 60 3
noise media/late.wav 1 4
session show.orp hurt late
sed -i '/id = "late"/s/group = "B"/group = "D"/' show.orp       # it sounds at the end, and hurt is listened to until then
rendered show.orp ref 40
rendered show.orp hurt 40

# --- from the beginning ---

refused=0
for most in 8 10 12 16; do
    got=0
    timeout -k 1 20 prlimit --nofile=$most "$CLIPGRID" run show.orp --device clock >out 2>err </dev/null || got=$?
    [ "$got" = 1 ] && [ "$(wc -l <err)" = 1 ] || fail "with $most descriptors: status $got: $(cat err)"
    refused=$((refused + 1))
done
figures "too few descriptors to start" $refused 0 - - - starts
prlimit --nofile=64 "$CLIPGRID" run show.orp --device clock >run.log 2>&1 </dev/null &
show_pid=$!
children="$children $show_pid"
wait_until 20 answers || fail "it does not start with 64 descriptors: $(cat run.log)"
wait_until 20 is_loaded || fail "nothing is loaded with 64 descriptors"
expect 0 ctl press t1
expect 0 ctl save
# More clients than there are descriptors: the last ones are the show's own, and it goes on with its work.
python3 - <<'END' || fail "with 64 descriptors and 200 clients: no save"
import os, socket
first = socket.socket(socket.AF_UNIX)
first.settimeout(10)
first.connect(os.environ["CLIPGRID_SOCKET"])
many = []
for n in range(200):
    client = socket.socket(socket.AF_UNIX)
    client.connect(os.environ["CLIPGRID_SOCKET"])
    many.append(client)
lines = first.makefile("rw")
for line in "set t1 notes x", "save", "press t1":
    lines.write(line + "\n")
    lines.flush()
    answer = lines.readline().strip()
    if answer != "ok":
        raise SystemExit(line + ": " + answer)
END
show_stop

# --- files that may not grow ---

got=0
timeout -k 1 20 prlimit --fsize=100000 "$CLIPGRID" run show.orp --device clock >out 2>err </dev/null || got=$?
[ "$got" = 1 ] && [ "$(wc -l <err)" = 1 ] || fail "with files of 100,000 bytes at most: status $got: $(cat err)"

# --- of a running show ---

show_start show.orp --device "file:$work/show.wav"
wait_until 30 is_loaded || fail "the media are not loaded"
has_heir() { heir=$(json pids.heir) && [ "$heir" != null ]; }
wait_until 20 has_heir || fail "no heir"
expect 0 ctl press ref
expect 0 ctl press hurt
before=$(lives)
ROUNDS=$ROUNDS python3 - >times 2>err <<'END' || fail "without descriptors: $(cat times err)"
import json, os, resource, socket, time

class Client:
    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(os.environ["CLIPGRID_SOCKET"])
        self.file = self.socket.makefile("rw")
    def ask(self, line):
        self.file.write(line + "\n")
        self.file.flush()
        while True:
            answer = self.file.readline()
            if not answer.startswith("*"):
                return answer.strip()

def processor_s(pid):
    fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

show = Client()
answer = show.ask("status --json")
pids = json.loads(answer[answer.index("{"):])["pids"]
limited = [pids[role] for role in ("supervisor", "heir", "engine", "store")]
times, refused, other = [], 0, []
for n in range(int(os.environ["ROUNDS"])):
    kept = {}
    for pid in limited:
        fds = set(map(int, os.listdir("/proc/%d/fd" % pid)))
        free = next(fd for fd in range(10000) if fd not in fds)
        most = free if n % 3 != 2 else max(8, free // 2)    # the third time not even for what is closed and opened again
        kept[pid] = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, kept[pid][1]))
    spent, from_s = processor_s(pids["engine"]), time.monotonic()
    late = Client()
    for i in range(40):
        began = time.monotonic()
        answer = show.ask("press t%d" % (i % 16 + 1))
        times.append((time.monotonic() - began) * 1e3)
        assert answer == "ok", answer
        time.sleep(0.03)
    edit = show.ask("set late gain -%d" % (n + 1))
    assert edit.startswith("ok"), edit
    load = show.ask("set late file ref.wav")
    save = show.ask("save")
    assert save.startswith(("ok", "error ")), save
    other += [edit, load, save]
    percent = 100 * (processor_s(pids["engine"]) - spent) / (time.monotonic() - from_s)
    assert percent < 60, "%.0f %% of a processor" % percent
    late.socket.settimeout(0.3)
    try:
        said = late.file.readline()
        assert said.startswith("error busy "), said
        refused += 1
    except TimeoutError:
        pass
    for pid in limited:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, kept[pid])
    assert Client().ask("set late file late.wav").startswith("ok")
    saved = show.ask("save")
    assert saved.startswith("ok"), saved
    end = time.monotonic() + 20
    while True:
        answer = show.ask("status --json")
        now = json.loads(answer[answer.index("{"):])
        if now["loading"] == 0 and now["media"]["idle"]:
            break
        assert time.monotonic() < end, answer
assert refused, "nobody was refused in words"
times.sort()
print(len(times), 0, *("%.1f" % times[min(len(times) - 1, len(times) * p // 100)] for p in (50, 99, 100)))
print("meanwhile:", *sorted(set(other)), sep="\n    ")
END
# shellcheck disable=SC2046  # numbers
figures "triggers without descriptors" $(head -n 1 times) ms
sed 1d times
same "the processes" "$(lives)" "$before"
expect 0 ctl press late
same "an edit of the time without descriptors" "$(ctl get late gain)" "ok -$ROUNDS.0"
show_stop
grep -q "gain = -$ROUNDS" show.orp || fail "the edit is not in the file"
unhurt ref 1
unhurt hurt 3
