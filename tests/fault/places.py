# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a clip whose samples number its frames sounds on the scripted card (tests/fault/cards.sh, numbered_show).

places.py RAW [OTHER...]: the card's channels in 32 bits, ten of them, or as many as OTHER's name says. The card writes what
sounds at its second T to frame T x rate, so each piece of sound, without a gap and in step, says whether the show has kept its time. Prints clicks, if there are any, then
"place N LOST P50 P99 MAX frames": how far pieces are from where the first one's clock would have them; lost: by more than BOUND;
"silence N OVER P50 P99 MAX ms": the stretches without sound between pieces of RAW, of 5 ms and more, and how
many of them are over 100 ms;
"other N": frames that sounded at 44,100 Hz. Exit status 1: there are clicks, or pieces out of place.
"""
import array
import sys

FIRST, LOOP = 4096, 1 << 20                         # the first number, and how many
FADE, BOUND = 240, 256 + 24 + 38                    # frames; a period, half a millisecond, a converter
clicks = []


def spread(values):
    values = sorted(values)
    return values[len(values) // 2], values[len(values) * 99 // 100], values[-1]


def is_click(samples, at):
    if samples[at - 1] != 0 or at + FADE + 8 >= len(samples):
        return False
    full = samples[at + FADE + 8]
    began_anew = 0 <= (full >> 8) - FIRST < FADE + 8            # the clip, within its fade: full is no measure of its begin
    return full > 0 and not began_anew and abs(samples[at]) > full * 3 / FADE


def pieces_of(path, channels):
    """(where, number) of each piece in which frame follows frame, and the frames of each silence before one."""
    with open(path, "rb") as file:
        samples = array.array("i", file.read())[::channels]
    found, silences, at, end, last = [], [], 0, len(samples), None
    while at < end:
        if samples[at] == 0:
            at += 1
            continue
        if last is not None:                        # a start of the clip itself fades in 1 ms
            silences.append(at - last)
            if is_click(samples, at):
                clicks.append("click at %.3f s" % (at / 48000))
        run = at + FADE + 8                         # behind its fade: numbers that go on by one
        while at < end and samples[at] != 0:
            at += 1
        last = at
        while run + 64 < at:
            number = samples[run] >> 8
            if samples[run] & 255 == 0 and samples[run + 63] >> 8 == number + 63:
                found.append((run, number - FIRST))
                while run + 64 < at and samples[run + 63] >> 8 == (samples[run] >> 8) + 63:
                    run += 64
            run += 16
    return found, silences


def main(path, others):
    places, silences = pieces_of(path, 10)
    other = 0
    for name in others:
        channels = int(name.split(".raw.")[1].split("-")[1])
        if ".raw.44100" in name:
            with open(name, "rb") as file:
                other += sum(1 for s in array.array("i", file.read())[::channels] if s)
        else:
            places += pieces_of(name, channels)[0]
    base = (places[0][0] - places[0][1]) % LOOP
    off = [abs((at - number - base + LOOP // 2) % LOOP - LOOP // 2) for at, number in places]
    lost = sum(1 for o in off if o > BOUND)
    print("\n".join(clicks), end="\n" if clicks else "")
    print("place", len(off), lost, *spread(off), "frames")
    long = [s / 48 for s in silences if s >= 240]
    print("silence", len(long), sum(s > 100 for s in long), *("%.1f" % s for s in spread(long or [0])), "ms")
    print("other", other)
    return 1 if clicks or lost else 0


sys.exit(main(sys.argv[1], sys.argv[2:]))
