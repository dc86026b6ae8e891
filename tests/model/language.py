# SPDX-License-Identifier: GPL-3.0-or-later
"""The command language of CONTRACT 3: what each line does to the document, and what answers it.

A Model takes lines and says of each what is Expected. Of live commands it knows the words, not
the sound: a voice may be there or not, so they may be refused as well as done.

Undo keeps every document there was.
"""

from dataclasses import dataclass, field

from document import TABS_MAX, index_of
from properties import CURVES, REQUIRED, TABLE, File, defaults
from words import Fault, decode, number, one_of, split, time, whole

OK = "ok"
WORDS = {               # of each command: at least and at most so many words behind its name
    "press": (1, 2), "play": (1, 3), "stop": (1, 1), "release": (1, 1), "pause": (1, 1), "resume": (1, 1), "seek": (2, 2),
    "fade": (3, 4), "audition": (1, 3), "panic": (0, 0), "emergency": (0, 0), "mute": (2, 2), "solo": (2, 2), "gain": (2, 2),
    "pan": (2, 2), "set": (3, None), "get": (1, 2), "load": (2, 2), "clear": (1, 1), "move": (2, 2), "copy": (2, 2),
    "swap": (2, 2), "undo": (0, 0), "redo": (0, 0), "save": (0, 1), "save!": (0, 1), "tab": (1, 1), "page": (1, 3),
    "detach": (0, 0), "lock": (1, 1), "status": (0, 1), "check": (0, 1), "help": (0, 1),
}
# SPEC U3: firing, stopping and panic work under the show lock; so does what changes nothing, and unlocking.
WHEN_LOCKED = {"press", "play", "stop", "release", "pause", "resume", "seek", "audition", "panic", "emergency", "get", "tab",
               "page", "detach", "lock", "status", "check", "help"}


@dataclass
class Expected:
    codes: set = field(default_factory=lambda: {OK})    # one of these answers: ok, or an error's CODE
    value: tuple = None     # of `get OBJECT KEY`: kind of object, key, value
    values: tuple = None    # of `get OBJECT`: kind of object, the object, what holds of each key
    clips: dict = None      # of `status --json`: the ids and addresses that voices may have


class Model:
    def __init__(self, document):
        self.document = document
        self.undone, self.done = [], []
        self.locked = False

    def take(self, line):
        """line: bytes without the newline. The document is as it is after it."""
        self.expected = Expected()
        try:
            self.line = decode(line)
            self.run(*split(self.line))
        except Fault as fault:
            self.expected.codes = fault.codes
        return self.expected

    def run(self, words, begins):
        self.words, self.begins = words[1:], begins[1:]
        if not words:
            raise Fault("usage")
        name = words[0]
        if name not in WORDS:
            raise Fault("unknown")
        least, most = WORDS[name]
        fit = least <= len(self.words) and (most is None or len(self.words) <= most)
        if self.locked and name not in WHEN_LOCKED:
            raise Fault("locked", *([] if fit else ["usage"]))
        if not fit:
            raise Fault("usage")
        getattr(self, "do_" + name.replace("!", "_over"))(*self.words)

    def edit(self, change):
        """change(document) is done wholly or, if it raises a Fault, not at all."""
        after = self.document.copy()
        change(after)
        self.done.append(self.document)
        self.undone.clear()
        self.document = after

    def may_be_refused(self):
        self.expected.codes = {OK, "refused"}

    # --- live ---

    def place(self, text):
        """Timecode as a place is of a later version."""
        time(text)
        if text.count(":") == 3:
            raise Fault("refused")

    def entry(self, clip, words, markers):
        one_of(words[0], "at", *(["marker"] if markers else []))
        if len(words) < 2:
            raise Fault("usage")
        if words[0] == "at":
            self.place(words[1])
        elif words[1] not in ("1", "2", "3", "4"):
            raise Fault("range")
        elif int(words[1]) > len(clip["markers"] or ()):
            raise Fault("refused")

    def do_press(self, clip, edge="down"):
        self.document.clip(clip)
        one_of(edge, "down", "up")
        self.may_be_refused()

    def do_play(self, clip, *words):
        clip = self.document.clip(clip)
        if words:
            self.entry(clip, words, True)
        self.may_be_refused()

    def do_audition(self, clip, *words):
        clip = self.document.clip(clip)
        if words:
            self.entry(clip, words, False)
        self.may_be_refused()

    def do_release(self, clip):
        self.document.clip(clip)
        self.may_be_refused()

    def do_stop(self, target):
        self.document.target(target)
        self.may_be_refused()

    do_pause = do_resume = do_stop

    def do_seek(self, clip, to):
        self.document.clip(clip)
        self.place(to)
        self.may_be_refused()

    def do_fade(self, target, level, seconds, curve="linear"):
        self.document.target(target)
        number(level, -60, 12, minus_inf=True)
        number(seconds, 0, 3600)
        if curve not in CURVES:
            raise Fault("range")
        self.may_be_refused()

    def do_panic(self):
        self.may_be_refused()

    do_emergency = do_panic

    def do_mute(self, target, on):
        self.document.target(target)
        one_of(on, "on", "off")
        self.may_be_refused()

    def do_solo(self, target, on):
        kind, _ = self.document.target(target)
        one_of(on, "on", "off")
        if kind != "group":
            raise Fault("usage", "refused")
        self.may_be_refused()

    # --- edits ---

    def do_gain(self, target, level):
        self.document.target(target)
        level = number(level, -60, 12, minus_inf=True)

        def change(document):
            kind, what = document.target(target)
            if kind == "group" or (kind == "bus" and what != "audition"):
                document.groups[what if kind == "group" else "ABCD".index(what)]["gain"] = level
                return
            clips = [what] if kind == "clip" else [clip for clip in document.clips if kind == "all" or clip["tab"] == what]
            if kind == "bus" or not clips:
                raise Fault("refused")
            for clip in clips:
                clip["gain"] = level
        self.edit(change)

    def do_pan(self, clip, pan):
        self.document.clip(clip)
        pan = number(pan, -1, 1)

        def change(document):
            document.clip(clip)["pan"] = pan
        self.edit(change)

    def take_object(self, document, word, new=False):
        """Return: the kind and the object that set and get name; with new, the next tab may be made."""
        if word == "show":
            return "show", document.show
        if new and word == f"tab:{len(document.tabs) + 1}" and len(document.tabs) < TABS_MAX:
            document.tabs.append(defaults("tab"))
        elif new and word in [f"tab:{n + 1}" for n in range(len(document.tabs), TABS_MAX)]:
            raise Fault("refused", "unknown")       # there would be a gap
        kind, what = document.target(word)
        if kind in ("all", "bus"):
            raise Fault("usage", "unknown")
        if kind == "clip":
            return kind, what
        return kind, document.groups[what] if kind == "group" else document.tabs[what - 1]

    def do_set(self, owner, key, *values):
        # A value of several words, as lists are typed, is what stands in the line.
        text = values[0] if len(values) == 1 else self.line[self.begins[2]:].rstrip(" \t")

        def change(document):
            kind, obj = self.take_object(document, owner, new=True)
            if key not in TABLE[kind]:
                raise Fault("unknown")
            if kind == "clip" and key in ("row", "column"):
                raise Fault("refused")              # that is what move is for
            reader, default = TABLE[kind][key]
            if text == "default":
                if kind == "clip" and key in REQUIRED:
                    raise Fault("refused")
                value = default
            else:
                value = reader.read(text)
            self.put(document, kind, obj, key, value)
        self.edit(change)

    def put(self, document, kind, obj, key, value):
        before = obj[key]
        obj[key] = value
        if kind == "group" and obj["mode"] == "choke" and (obj["voices"] or 0) > 4:
            raise Fault("range")
        if kind == "tab":
            document.check_tab(index_of(obj, document.tabs) + 1)
        if kind != "clip":
            return
        if key == "span":
            document.check_place(obj)
        if key == "follow" and value not in ("none", "next", "stop") and not document.with_id(value):
            raise Fault("unknown")
        if obj["out"] is not None and (obj["in"] or 0) >= obj["out"]:
            raise Fault("range")
        if key == "id":
            if any(clip["id"] == value for clip in document.clips if clip is not obj):
                raise Fault("refused")
            for clip in document.clips:
                if clip["follow"] == before:        # who follows it goes on doing so
                    clip["follow"] = value

    def do_load(self, file, cell):
        file = File().read(file)

        def change(document):
            if "/" not in cell or document.at(document.place(cell)):
                document.clip(cell)["file"] = file
                return
            clip = defaults("clip")
            clip["tab"], clip["row"], clip["column"] = document.place(cell)
            clip["id"], clip["file"] = document.new_id(), file
            document.clips.append(clip)
        self.edit(change)

    def do_clear(self, clip):
        self.edit(lambda document: document.clips.remove(document.clip(clip)))

    def to_place(self, document, clip, word):
        place = document.place(word)
        if place == (clip["tab"], clip["row"], clip["column"]):
            raise Fault("refused")
        clip["tab"], clip["row"], clip["column"] = place
        document.check_place(clip)

    def do_move(self, a, b):
        self.edit(lambda document: self.to_place(document, document.clip(a), b))

    def do_copy(self, a, b):
        def change(document):
            clip = dict(document.clip(a), id=document.new_id())
            document.clips.append(clip)
            self.to_place(document, clip, b)
        self.edit(change)

    def do_swap(self, a, b):
        def change(document):
            one, other = document.clip(a), document.clip(b)
            if one is other:
                raise Fault("refused")
            for key in ("tab", "row", "column"):
                one[key], other[key] = other[key], one[key]
            document.check_place(one)
            document.check_place(other)
        self.edit(change)

    def do_undo(self):
        if not self.done:
            raise Fault("refused")
        self.undone.append(self.document)
        self.document = self.done.pop()

    def do_redo(self):
        if not self.undone:
            raise Fault("refused")
        self.done.append(self.document)
        self.document = self.undone.pop()

    # --- neither ---

    def do_get(self, owner, key=None):
        document = self.document
        kind, obj = self.take_object(document, owner)
        if key is None:
            self.expected.values = kind, dict(obj), {each: document.in_force(kind, obj, each) for each in TABLE[kind]}
            return
        if key not in TABLE[kind]:
            raise Fault("unknown")
        self.expected.value = kind, key, document.in_force(kind, obj, key)

    def do_save(self, file=None):
        if file is not None:
            raise Fault("refused")          # the generator names only the file of another show

    def do_save_over(self):
        self.do_save()

    def do_tab(self, word):
        whole(word, 1, len(self.document.tabs))

    def do_page(self, word, left=None, right=None):
        one_of(word, "single", "dual")
        raise Fault("usage")                # the generator names one tab of two: which pages there are is the screens' affair

    def do_detach(self):
        pass

    def do_lock(self, on):
        self.locked = one_of(on, "on", "off") == "on"

    def do_status(self, json=None):
        if json is not None:
            one_of(json, "--json")
            self.expected.clips = {clip["id"]: f"{clip['tab']}/{clip['row']}/{clip['column']}" for clip in self.document.clips}

    def do_check(self, json=None):
        if json is not None:
            one_of(json, "--json")

    def do_help(self, name=None):
        if name is not None and name not in WORDS and name not in ("open", "open!", "idle", "quit"):
            raise Fault("unknown")
