# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of CONTRACT 5: which properties there are, and what each may be.

A value is a bool, int, float, text, a pair (a tuple), a tuple of markers (name, at), or None
where the property is absent. A kind reads a value out of a word of `set`, and out of what `get` prints.
"""

import re

from words import Fault, number, whole

INT64_MAX = 2**63 - 1
ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,62}")
# Verbs, and words that stand where a clip may stand or follow one.
RESERVED = set("""press play stop release pause resume seek fade audition panic emergency mute solo gain pan set get load
    clear move copy swap undo redo save open tab page detach device lock status check help quit all show on off none next""".split())
CURVES = ("linear", "log", "exponential", "s-curve", "equal-power")
SPANS = {(1, 1), (1, 2), (2, 1), (2, 2), (1, 4), (4, 1)}
MARKERS_MAX = 4


class Flag:
    def read(self, text):
        if text not in ("true", "false"):
            raise Fault("range")
        return text == "true"


class Whole:
    def __init__(self, least, most):
        self.least, self.most = least, most

    def read(self, text):
        return whole(text, self.least, self.most)


class Number:
    def __init__(self, least, most, minus_inf=False):
        self.least, self.most, self.minus_inf = least, most, minus_inf

    def read(self, text):
        return number(text, self.least, self.most, self.minus_inf)


class Choice:
    def __init__(self, *words):
        self.words = words

    def read(self, text):
        if text not in self.words:
            raise Fault("range")
        return text


class Text:
    """An empty text is no text."""

    def read(self, text):
        return text or None


class Id:
    def read(self, text):
        if not ID.fullmatch(text) or text in RESERVED:
            raise Fault("range")
        return text


class File:
    """Relative to the media folder and within it."""

    def read(self, text):
        if not text or text.startswith("/") or ".." in text.split("/"):
            raise Fault("range")
        return text


class Follow:
    """none, next, stop or an id; whether there is such a clip, the document knows."""

    def read(self, text):
        return text if text in ("none", "next", "stop") else Id().read(text)


class Pair:
    def __init__(self, allowed):
        self.allowed = allowed

    def read(self, text):
        found = re.fullmatch(r"\[ *([0-9]+) *, *([0-9]+) *\]", text)
        if not found:
            raise Fault("usage")
        pair = int(found[1]), int(found[2])
        if not self.allowed(pair):
            raise Fault("range")
        return pair


class Markers:
    """( { name = "verse"; at = 48000; }, ... ), as the session file has it."""

    ONE = re.compile(r'\{ *name *= *"((?:[^"\\]|\\.)*)" *; *at *= *([0-9]+) *;? *\}')

    def read(self, text):
        markers, rest = [], text.strip()
        if not rest.startswith("(") or not rest.endswith(")"):
            raise Fault("usage")
        rest = rest[1:-1].strip()
        while rest:
            one = self.ONE.match(rest)
            if not one:
                raise Fault("usage")
            markers.append((re.sub(r"\\(.)", r"\1", one[1]), int(one[2])))
            rest = rest[one.end():].strip()
            if rest and not rest.startswith(","):
                raise Fault("usage")
            rest = rest[1:].strip()
        if len(markers) > MARKERS_MAX:
            raise Fault("usage", "range")
        return tuple(markers) or None


SECONDS = Number(0, 60)
CURVE = Choice(*CURVES)
GAIN = Number(-60, 12, minus_inf=True)
CHANNELS = Pair(lambda pair: all(1 <= channel <= 128 for channel in pair))
GUARD = Number(0, 5)
FRAMES = Whole(0, INT64_MAX)

# Of each object: key -> (kind, default). None: absent, and the object above or the place says what holds.
TABLE = {
    "show": {
        "name": (Text(), None), "media": (Text(), None), "guard": (GUARD, 0.0),
        "fade_in": (SECONDS, 0.0), "fade_out": (SECONDS, 0.0),
        "fade_in_curve": (CURVE, "linear"), "fade_out_curve": (CURVE, "exponential"),
        "dual": (Flag(), False), "left": (Whole(1, 8), 1), "right": (Whole(1, 8), 2),
        "audition_mono": (Flag(), False), "audition_limiter": (Flag(), False),
        "audition_output": (CHANNELS, None), "audition_output_gain": (GAIN, 0.0),
    },
    "group": {
        "name": (Text(), None), "color": (Text(), None), "mode": (Choice("free", "choke"), "free"),
        "voices": (Whole(1, 24), None), "gain": (GAIN, 0.0), "mute": (Flag(), False),
        "fade_in": (SECONDS, None), "fade_out": (SECONDS, None),
        "fade_in_curve": (CURVE, None), "fade_out_curve": (CURVE, None), "mono": (Flag(), False), "limiter": (Flag(), False),
        "output": (CHANNELS, None), "output_gain": (GAIN, 0.0),
    },
    "tab": {"name": (Text(), None), "rows": (Whole(1, 32), 8), "columns": (Whole(1, 40), 10)},
    "clip": {
        "row": (Whole(1, 32), None), "column": (Whole(1, 40), None), "id": (Id(), None),
        "name": (Text(), None), "file": (File(), None),
        "span": (Pair(lambda pair: pair in SPANS), (1, 1)), "group": (Choice("A", "B", "C", "D"), "A"),
        "list_order": (Choice("ordered", "shuffled"), "ordered"),
        "gain": (GAIN, 0.0), "pan": (Number(-1, 1), 0.0), "mode": (Choice("once", "loop", "gate"), "once"),
        "loops": (Whole(0, 2**32 - 1), 0), "press": (Choice("stop", "restart", "layer", "ignore", "pause"), "stop"),
        "in": (FRAMES, None), "out": (FRAMES, None), "fade_in": (SECONDS, None), "fade_out": (SECONDS, None),
        "fade_in_curve": (CURVE, None), "fade_out_curve": (CURVE, None), "fade_end": (SECONDS, 0.0),
        "seam": (Number(0, 10), 0.0), "markers": (Markers(), None),
        "choke": (Flag(), False), "stop_others": (Flag(), False), "pinned": (Flag(), False),
        "follow": (Follow(), "none"), "follow_gap": (Number(0, 3600), 0.0), "guard": (GUARD, None),
        "hotkey": (Text(), None), "color": (Text(), None), "notes": (Text(), None), "key": (Text(), None),
    },
}
REQUIRED = ("row", "column", "id", "file")


def defaults(kind_of_object):
    return {key: default for key, (_, default) in TABLE[kind_of_object].items()}


def reads_as(kind_of_object, key, printed, value):
    """Is what `get` printed this value?"""
    if value is None:
        return printed == ("()" if key == "markers" else "")
    try:
        return TABLE[kind_of_object][key][0].read(printed) == value
    except Fault:
        return False
