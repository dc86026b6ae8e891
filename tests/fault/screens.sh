#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Rows 3 and 4: screens that are killed, stopped, read by nobody, hung up (their terminal closes), and whose size changes all the
# time, SCREENS of them (the matrix asks 10,000) in turn. Triggers are answered meanwhile, 40 s of sound are the same to the
# sample, the engine's memory keeps its bounds, and each time a new screen shows the grid, the middle one within 500 ms.
# (What a new screen shows of a second that passes: tests/regress/kill-screen.sh.)
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
SCREENS=${SCREENS:-$(count 15 60)}
mkdir media
noise media/ref.wav 60 1
noise media/tick.wav 0.1 2
session show.orp
rendered show.orp ref 40

show_start show.orp --device "file:$work/show.wav"
wait_until 30 is_loaded || fail "the media are not loaded"
before=$(lives)
expect 0 ctl press ref
engine=$(pid_of engine)
SCREENS=$SCREENS ENGINE=$engine python3 - >rows 2>err <<'END' || fail "screens: $(cat rows err)"
import fcntl, os, pty, select, signal, struct, subprocess, termios, time

program, engine = os.environ["CLIPGRID"], int(os.environ["ENGINE"])
asktimes = os.environ["TOOLS"] + "/asktimes"

def resize(tty, rows, columns):
    fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

def screen():
    pid, tty = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(program, [program, "attach"])
    resize(tty, 40, 120)
    return pid, tty

def read(tty, seconds):
    if not select.select([tty], [], [], seconds)[0]:
        return b""
    try:
        return os.read(tty, 65536)
    except OSError:
        return b""                              # it has left

def shows_grid(tty):
    """The milliseconds until all of the grid was written."""
    began, got = time.monotonic(), b""
    while not (b"ref" in got and got.count(b"tick") + got.count(b"t16") > 0):
        assert time.monotonic() - began < 20, got[-2000:]
        got += read(tty, 0.01)
    return (time.monotonic() - began) * 1e3

def ended(pid, seconds):
    end = time.monotonic() + seconds
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        assert time.monotonic() < end, "a screen stays"
        time.sleep(0.01)

def memory_kb():
    return int(next(line for line in open("/proc/%d/status" % engine) if line.startswith("VmRSS")).split()[1])

def triggers(count):
    done = subprocess.run([asktimes, str(count), "2", "press t1"], stdout=subprocess.PIPE)
    assert done.returncode == 0, "a trigger has no answer"

def killed(pid, tty):
    os.kill(pid, signal.SIGKILL)
    ended(pid, 10)
def stopped(pid, tty):
    os.kill(pid, signal.SIGSTOP)
    left.append((pid, tty))
def unread(pid, tty):
    for key in b"llllllllllhhhhhhhhhh" * 20:            # what it draws for each is read by nobody
        try:
            os.write(tty, bytes([key]))
        except BlockingIOError:
            break
    left.append((pid, tty))
def hung_up(pid, tty):
    os.close(tty)
    ended(pid, 10)
def resized(pid, tty):
    for n in range(500):
        resize(tty, 10 + n % 50, 40 + n * 7 % 200)      # SIGWINCH each time
        read(tty, 0.001)
    resize(tty, 40, 120)
    os.kill(pid, signal.SIGKILL)
    while read(tty, 0.05):
        pass
    ended(pid, 10)

faults = [killed, stopped, unread, hung_up, resized]
left, times, start_kb = [], [], 0
for n in range(int(os.environ["SCREENS"])):
    pid, tty = screen()
    times.append(shows_grid(tty))
    os.set_blocking(tty, False)
    start_kb = start_kb or memory_kb()
    faults[n % len(faults)](pid, tty)
    triggers(50)
    if len(left) > 8:                                   # a show has 64 places
        pid, tty = left.pop(0)
        os.kill(pid, signal.SIGKILL)
        ended(pid, 10)
        os.close(tty)
grown_kb, stayed = memory_kb() - start_kb, len(left)
for pid, tty in left:
    os.kill(pid, signal.SIGKILL)
    ended(pid, 10)
pid, tty = screen()
times.append(shows_grid(tty))
os.kill(pid, signal.SIGKILL)
ended(pid, 10)
times.sort()
print(len(times), 0, *("%.0f" % times[min(len(times) - 1, len(times) * p // 100)] for p in (50, 99, 100)))
print(grown_kb, stayed)
END
# shellcheck disable=SC2046  # numbers
figures "a new screen after one was lost" $(head -n 1 rows) ms
# shellcheck disable=SC2046
set -- $(sed 1d rows)
figures "screens lost, the engine's memory" "$SCREENS" 0 - - "$1" KB
holds "what the engine keeps for $2 screens that read nothing: KB" "$1 <= 1024 * ($2 + 2)"
holds "the middle new screen: ms" "$(cut -d ' ' -f 3 rows | head -n 1) <= 500"
answered "lost screens"
same "the processes" "$(lives)" "$before"
show_stop
unhurt ref 1
