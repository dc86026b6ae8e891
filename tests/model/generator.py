# SPDX-License-Identifier: GPL-3.0-or-later
"""Random command lines. A Generator looks at the model's document, so that most of what it says
makes sense: clips that are there, places that are free. The rest is wrong in one way each.

Equal seeds over equal shows give equal lines.
"""

import random

from document import TABS_MAX, address
from properties import CURVES, TABLE, Choice, Flag, Follow, Id, File, Markers, Number, Pair, Text, Whole
from words import LINE_MAX, quote

NAMES = ("Rain", "Wolken über Köln", "音", "say \"go\"", "back\\slash", "🎺 fanfare", "two  blanks", "a;b", "#1",
         "it's = { ( [", "ok")
COLORS = ("red", "green", "blue", "cyan", "magenta", "yellow", "white")
BAD_PLACES = ("9/1/1", "0/1/1", "1/0/1", "1/99/1", "1/2", "1/1/1/1", "1//1", "a/b/c", "1/-1/1")
BAD_CLIPS = BAD_PLACES + ("nosuch", "5th", "stop", "ü", "group:A")
BAD_TARGETS = BAD_PLACES + ("nosuch", "group:E", "group:", "tab:9", "tab:0", "bus:E", "bus:Audition")
BAD_NUMBERS = ("", "abc", "nan", "inf", "0x10", "1,5", "--1", "1 2", "1e999", "-99")


class Generator:
    def __init__(self, seed, model, files, taken_file):
        """files: media of the show, as clips name them. taken_file: a file that is there and is another show's."""
        self.random = random.Random(seed)
        self.model, self.files, self.taken_file = model, files, taken_file
        self.kinds = [(self.start, 22), (self.end, 9), (self.desk, 5), (self.set, 26), (self.level, 5), (self.arrange, 12),
                      (self.history, 6), (self.get, 9), (self.tell, 3), (self.wrong, 9)]

    def line(self):
        """Return: a line as bytes, without its newline."""
        if self.model.locked and self.chance(0.2):
            return b"lock off"
        makers, weights = zip(*self.kinds)
        line = self.random.choices(makers, weights)[0]()
        return line if isinstance(line, bytes) else line.encode()

    # --- words ---

    def chance(self, p):
        return self.random.random() < p

    def pick(self, *choices):
        return self.random.choice(choices)

    @property
    def document(self):
        return self.model.document

    def clip(self):
        """A clip that is there, by id or by its place."""
        if not self.document.clips:
            return "1/1/1"
        clip = self.random.choice(self.document.clips)
        return clip["id"] if self.chance(0.6) else address(clip)

    def place(self):
        tab = self.random.randrange(len(self.document.tabs))
        size = self.document.tabs[tab]
        return f"{tab + 1}/{self.random.randint(1, size['rows'])}/{self.random.randint(1, size['columns'])}"

    def group(self):
        return "group:" + self.pick(*"ABCD")

    def tab(self):
        return f"tab:{self.random.randint(1, len(self.document.tabs))}"

    def target(self):
        if self.chance(0.6):
            return self.clip()
        return self.pick(self.group(), self.tab(), "bus:" + self.pick("A", "B", "C", "D", "audition"), "all")

    def decibels(self):
        return self.pick("-inf", "0", "-6.5", "12", "-60", f"{self.random.uniform(-40, 6):.2f}")

    def on(self):
        return self.pick("on", "off")

    # --- live ---

    def start(self):
        clip = self.clip()
        return self.pick(f"press {clip}", f"press {clip}", f"press {clip} {self.pick('down', 'up')}", f"play {clip}",
                         f"audition {clip}")

    def end(self):
        return self.pick(f"stop {self.target()}", f"stop {self.target()}", "stop all", "panic", f"release {self.clip()}",
                         f"fade {self.target()} {self.decibels()} {self.random.uniform(0, 2):.3f}",
                         f"fade {self.clip()} -inf 0.05 {self.pick(*CURVES)}")

    def desk(self):
        if self.chance(0.1):
            return "lock on"
        return self.pick(f"mute {self.target()} {self.on()}", f"solo {self.group()} off", f"solo {self.group()} {self.on()}",
                         f"tab {self.random.randint(1, len(self.document.tabs))}", "lock off", "detach")

    # --- edits ---

    def set(self):
        kind, owner = self.random.choices((("clip", self.clip()), ("group", self.group()), ("tab", self.tab()), ("show", "show")),
                                          (70, 15, 7, 8))[0]
        key = self.random.choice([key for key in TABLE[kind] if key not in ("row", "column", "media")])
        if kind == "tab" and len(self.document.tabs) < TABS_MAX and self.chance(0.1):
            owner = f"tab:{len(self.document.tabs) + 1}"
        if key not in ("id", "file") and self.chance(0.1):
            return f"set {owner} {key} default"
        return f"set {owner} {key} {self.value(key, TABLE[kind][key][0])}"

    def value(self, key, kind):
        if key == "span":
            return self.pick("[1, 1]", "[1, 1]", "[1, 2]", "[2, 1]", '"[2, 2]"', "[1,4]", "[4, 1]")
        if key in ("in", "out"):
            return self.pick(*range(0, 48000, 4800), 3000000000, 2**62)
        makers = {Flag: lambda: self.pick("true", "false"), Choice: lambda: self.pick(*kind.words), Markers: self.markers,
                  Whole: lambda: self.random.randint(kind.least, min(kind.most, 50)), Number: lambda: self.number(kind),
                  Pair: lambda: f"[{self.random.randint(1, 12)}, {self.random.randint(1, 12)}]", File: self.file,
                  Follow: self.follow, Id: lambda: f"x{self.random.randrange(10**6)}", Text: lambda: self.text(key)}
        return makers[type(kind)]()

    def number(self, kind):
        if kind.minus_inf and self.chance(0.05):
            return "-inf"
        few = min(kind.most, 3)
        return self.pick(f"{self.random.uniform(max(kind.least, -40), few):.3f}", str(kind.least), str(kind.most), "0", "1e-3")

    def file(self):
        return quote(self.random.choice(self.files)) if self.chance(0.9) else "later/not-there.wav"

    def text(self, key):
        if key == "color":
            return self.pick(*COLORS)
        return quote(self.pick("", *NAMES)) if self.chance(0.7) else f"word{self.random.randrange(100)}"

    def follow(self):
        ids = [clip["id"] for clip in self.document.clips] or ["next"]
        return self.pick("none", "next", "stop", self.random.choice(ids))

    def markers(self):
        def marker():
            return f"{{ name = {quote(self.pick(*NAMES))}; at = {self.random.randrange(self.pick(2**17, 2**32, 2**62))}; }}"
        markers = [marker() for _ in range(self.random.randint(0, 4))]
        text = f"( {', '.join(markers)} )" if markers else "()"
        return quote(text) if self.chance(0.5) else text

    def level(self):
        if self.chance(0.02):
            return f"gain {self.pick('all', self.tab())} {self.decibels()}"
        return self.pick(f"gain {self.clip()} {self.decibels()}", f"gain {self.group()} {self.decibels()}",
                         f"gain bus:{self.pick(*'ABCD')} {self.decibels()}",
                         f"pan {self.clip()} {self.random.uniform(-1, 1):.2f}")

    def arrange(self):
        few = len(self.document.clips) < 40
        clip, place = self.clip(), self.place()
        return self.random.choices((f"load {self.file()} {place}", f"load {self.file()} {clip}", f"clear {clip}",
                                    f"move {clip} {place}", f"copy {clip} {place}", f"swap {clip} {self.clip()}"),
                                   (20 if few else 8, 10, 8 if few else 20, 30, 20 if few else 10, 10))[0]

    def history(self):
        if self.chance(0.05):
            return "save"
        return "redo" if self.chance(0.6 if self.model.undone else 0.05) else "undo"

    # --- neither ---

    def get(self):
        kind, owner = self.pick(("clip", self.clip()), ("clip", self.clip()), ("group", self.group()), ("tab", self.tab()),
                                ("show", "show"))
        return f"get {owner}" if self.chance(0.2) else f"get {owner} {self.random.choice(list(TABLE[kind]))}"

    def tell(self):
        return self.pick("status", "status --json", "status --json", "help", "help press", "help undo", "check", "check --json")

    # --- wrong ---

    def wrong(self):
        bad_number, clip = quote(self.pick(*BAD_NUMBERS)), self.clip()
        return self.pick(
            lambda: f"{self.pick('press', 'play', 'release', 'audition', 'clear', 'get')} {self.pick(*BAD_CLIPS)}",
            lambda: f"{self.pick('stop', 'pause')} {self.pick(*BAD_TARGETS)}", lambda: f"mute {self.pick(*BAD_TARGETS)} on",
            lambda: f"gain {clip} {bad_number}", lambda: f"pan {clip} {bad_number}", lambda: f"fade {clip} 0 {bad_number}",
            lambda: f"fade {clip} 0 1 straight", lambda: f"mute {clip} maybe", lambda: f"press {clip} sideways",
            lambda: f"solo {self.pick(clip, 'all', 'group:E')} on", lambda: f"tab {self.pick('0', '9', 'x', '1.5', quote(''))}",
            self.wrong_set, self.wrong_set, self.wrong_set, self.wrong_place, self.wrong_place, self.wrong_line, self.wrong_line,
            lambda: f"{self.pick('help', 'status', 'check')} --nosuch", self.later)()

    def later(self):
        """What is known and of a later version."""
        clip = self.clip()
        return self.pick(f"play {clip} at 1:02.250", f"play {clip} marker 2", f"play {clip} marker 5",
                         f"audition {clip} at 72000f", f"play {clip} at", f"play {clip} from 3", f"pause {clip}",
                         "resume all", f"seek {clip} 01:00:10:12", f"seek {clip} soon", "emergency", "page dual 2", "page triple")

    def wrong_set(self):
        clip, other = self.clip(), self.clip()
        return "set " + self.pick(
            f"{clip} gain 12.5", f"{clip} gain loud", f"{clip} pan -1.01", f"{clip} loops -1", f"{clip} loops 1.5",
            f"{clip} fade_in 61", f"{clip} mode twice", f"{clip} choke perhaps", f"{clip} group E", f"{clip} span [3, 1]",
            f"{clip} span 2", f"{clip} in -1", f"{clip} in 9223372036854775808", f"{clip} out 0", f"{clip} seam 11",
            f"{clip} follow nosuch", f"{clip} follow {quote('5 th')}", f"{clip} file ../up.wav", f"{clip} file /etc/passwd",
            f"{clip} file {quote('')}", f"{clip} id 1st", f"{clip} id all",
            f"{clip} id {'i' * 64}", f"{clip} id {other}", f"{clip} row 3", f"{clip} id default", f"{clip} colour red",
            f"{clip} gain", f"{clip} markers ( {{ name = \"a\" }} )", f"{clip} markers {'9' * 10}x", "group:E gain 0",
            "group:A voices 25",
            "group:B output [0, 1]", "group:B output [1]", "group:C fade_in_curve steep", "tab:1 rows 33", "tab:1 columns 0",
            "tab:9 rows 8", "tab:1 nosuch 1", "show left 9", "show guard 6", "show rows 3", "all gain 0", "bus:A gain 0",
            "nosuch gain 0")

    def wrong_place(self):
        clip, other, place = self.clip(), self.clip(), self.place()
        return self.pick(f"move {clip} {self.pick(*BAD_PLACES)}", f"copy {clip} {self.pick(*BAD_PLACES)}", f"move nosuch {place}",
                         f"swap {clip} {clip}", f"swap {clip} {self.pick(*BAD_CLIPS)}", f"copy {clip} {clip}",
                         f"move {clip} {other}", f"load ../x.wav {place}", f"load /x.wav {place}",
                         f"load x.wav {self.pick(*BAD_CLIPS)}")

    def wrong_line(self):
        clip = self.clip()
        fill = b"x" * (LINE_MAX - len(f"set {clip} notes "))
        full = f"set {clip} notes ".encode() + fill         # as long as may be
        return self.pick(b"explode 1/1/1", b"PRESS 1/1/1", b'""', b"press", b"press a b c", b"panic now", b"set", b"undo 2",
                         b"lock", b'load "open 1/1/1', b'set show name "a\\b"', b'press "1/1/1', b'set show name "x\\',
                         b"press \xff\xfe", b"set show name \xc3", b"set show name \xed\xa0\x80", b"set show name \xc0\xaf",
                         full, full + b"x", b"press " + b"y" * 100000, b"save! ", b"save " + quote(self.taken_file).encode())
