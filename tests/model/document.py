# SPDX-License-Identifier: GPL-3.0-or-later
"""The show as plain dictionaries, and who stands where. Every question is answered by looking at
every clip, every change is made to a copy of everything: slow, and nothing to get wrong."""

import re

from properties import ID, RESERVED, defaults
from words import Fault

TABS_MAX = 8


class Document:
    def __init__(self):
        self.show = defaults("show")
        self.groups = [defaults("group") for _ in "ABCD"]
        self.tabs = [defaults("tab")]
        self.clips = []                     # each with its "tab", from 1

    def copy(self):
        other = Document()
        other.show = dict(self.show)
        other.groups = [dict(group) for group in self.groups]
        other.tabs = [dict(tab) for tab in self.tabs]
        other.clips = [dict(clip) for clip in self.clips]
        return other

    # --- clips by name and place ---

    def with_id(self, name):
        return next((clip for clip in self.clips if clip["id"] == name), None)

    def at(self, place):
        return next((clip for clip in self.clips if place in cells(clip)), None)

    def place(self, address):
        """T/R/C, as (tab, row, column)."""
        found = re.fullmatch(r"([0-9]{1,3})/([0-9]{1,3})/([0-9]{1,3})", address)
        if not found:
            raise Fault("usage")
        tab, row, column = (int(part) for part in found.groups())
        if not 1 <= tab <= len(self.tabs):
            raise Fault("unknown")
        if not (1 <= row <= self.tabs[tab - 1]["rows"] and 1 <= column <= self.tabs[tab - 1]["columns"]):
            raise Fault("range")
        return tab, row, column

    def clip(self, address):
        if "/" in address:
            clip = self.at(self.place(address))
        else:
            clip = self.with_id(address)
            if not clip and (not ID.fullmatch(address) or address in RESERVED):
                raise Fault("usage")
        if not clip:
            raise Fault("unknown")
        return clip

    def target(self, word):
        """Return: ("clip", clip), ("group", 0-3), ("tab", 1-8), ("bus", "A".."D" or "audition") or ("all", None)."""
        if word == "all":
            return "all", None
        kind, colon, name = word.partition(":")
        if not colon or kind not in ("group", "tab", "bus"):
            return "clip", self.clip(word)
        if kind == "tab" and name in [str(n + 1) for n in range(len(self.tabs))]:
            return kind, int(name)
        if kind != "tab" and name in ("A", "B", "C", "D"):
            return kind, "ABCD".index(name) if kind == "group" else name
        if word == "bus:audition":
            return kind, name
        raise Fault("unknown")

    # --- rules between objects ---

    def new_id(self):
        n = 1
        while self.with_id(f"c{n}"):
            n += 1
        return f"c{n}"

    def check_place(self, clip):
        """The clip, already among the clips, must stand within its tab and on no other."""
        tab = self.tabs[clip["tab"] - 1]
        own = cells(clip)
        if any(row > tab["rows"] or column > tab["columns"] for _, row, column in own):
            raise Fault("range")
        if any(own & cells(other) for other in self.clips if other is not clip):
            raise Fault("refused")

    def check_tab(self, number):
        tab = self.tabs[number - 1]
        inside = {(number, row + 1, column + 1) for row in range(tab["rows"]) for column in range(tab["columns"])}
        if any(not cells(clip) <= inside for clip in self.clips if clip["tab"] == number):
            raise Fault("refused")

    # --- what holds where a property is absent ---

    def in_force(self, kind, obj, key):
        if obj[key] is not None:
            return obj[key]
        if kind == "clip":
            return self.clip_default(obj, key)
        if kind == "group":
            return self.group_default(index_of(obj, self.groups), key)
        if kind == "tab":
            return f"Tab {index_of(obj, self.tabs) + 1}" if key == "name" else None
        return {"media": "media", "audition_output": (9, 10)}.get(key)

    def clip_default(self, clip, key):
        if key in ("fade_in", "fade_out", "fade_in_curve", "fade_out_curve"):
            return self.in_force("group", self.groups["ABCD".index(clip["group"])], key)
        if key == "name":
            stem = clip["file"].rpartition("/")[2]
            return stem.rpartition(".")[0] or stem
        return {"in": 0, "guard": self.show["guard"]}.get(key)

    def group_default(self, index, key):
        if key in ("fade_in", "fade_out", "fade_in_curve", "fade_out_curve"):
            return self.show[key]
        if key == "voices":
            return 3 if self.groups[index]["mode"] == "choke" else 24
        return {"name": "ABCD"[index], "output": (2 * index + 1, 2 * index + 2)}.get(key)

    def objects(self):
        """Every object: how commands name it, its kind, itself."""
        yield "show", "show", self.show
        for index, group in enumerate(self.groups):
            yield f"group:{'ABCD'[index]}", "group", group
        for index, tab in enumerate(self.tabs):
            yield f"tab:{index + 1}", "tab", tab
        for clip in self.clips:
            yield clip["id"], "clip", clip


def index_of(obj, objects):
    return [other is obj for other in objects].index(True)


def address(clip):
    return f"{clip['tab']}/{clip['row']}/{clip['column']}"


def cells(clip):
    rows, columns = clip["span"]
    return {(clip["tab"], clip["row"] + r, clip["column"] + c) for r in range(rows) for c in range(columns)}
