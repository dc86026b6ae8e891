# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a session file (CONTRACT 5): as much of libconfig as sessions are written in."""

import re

from document import Document
from properties import TABLE, Markers, Number, Pair, defaults

TOKEN = re.compile(r"""(?:\s|//[^\n]*|\#[^\n]*|/\*.*?\*/)*
    (?: (?P<text>"(?:[^"\\]|\\.)*") | (?P<float>[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?)
      | (?P<whole>[-+]?[0-9]+L{0,2}) | (?P<name>[A-Za-z*][A-Za-z0-9_*-]*) | (?P<mark>[=:;,(){}\[\]]) | (?P<end>\Z) )""",
                   re.VERBOSE | re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", '"': '"', "\\": "\\"}


class Reader:
    def __init__(self, text):
        self.text, self.at = text, 0
        self.step()

    def step(self):
        found = TOKEN.match(self.text, self.at)
        if not found:
            raise ValueError(f"not libconfig: {self.text[self.at:self.at + 40]!r}")
        self.kind, self.token, self.at = found.lastgroup, found[found.lastgroup], found.end()

    def take(self, *tokens):
        if self.token not in tokens or self.kind != "mark":
            return False
        self.step()
        return True

    def settings(self, end):
        """`name = value;` up to the token `end`."""
        group = {}
        while self.kind == "name":
            name = self.token
            self.step()
            if name in group or not self.take("=", ":"):
                raise ValueError(f"setting {name}")
            group[name] = self.value()
            self.take(";", ",")
        if self.kind != end and not self.take(end):
            raise ValueError(f"a setting or {end}, not {self.token!r}")
        return group

    def elements(self, end):
        elements = []
        while not self.take(end):
            elements.append(self.value())
            self.take(",")
        return elements

    def value(self):
        if self.take("{"):
            return self.settings("}")
        if self.take("("):
            return self.elements(")")
        if self.take("["):
            return self.elements("]")
        kind, token = self.kind, self.token
        self.step()
        if kind == "text":
            return re.sub(r"\\(?:x([0-9a-fA-F]{2})|(.))", lambda found: chr(int(found[1], 16)) if found[1] else ESCAPES[found[2]],
                          token[1:-1])
        if kind == "float":
            return float(token)
        if kind == "whole":
            if not token.endswith("L") and not -2**31 <= int(token) < 2**31:
                raise ValueError(f"{token} has no L")
            return int(token.rstrip("L"))
        if kind == "name" and token.lower() in ("true", "false"):
            return token.lower() == "true"
        raise ValueError(f"no value: {token!r}")


def convert(kind, value):
    if isinstance(kind, Number):
        return float(value)
    if isinstance(kind, Pair):
        return tuple(value)
    if isinstance(kind, Markers):
        return tuple((marker.get("name", ""), marker["at"]) for marker in value) or None
    return None if value == "" else value


def take_object(kind, settings):
    return defaults(kind) | {key: convert(reader, settings[key]) for key, (reader, _) in TABLE[kind].items() if key in settings}


def parse(text):
    """Return: the Document of a session file's text."""
    root = Reader(text).settings("end")
    if root.get("format") != "ORP2026A":
        raise ValueError("no session of this format")
    document = Document()
    document.show = take_object("show", root)
    for index, group in enumerate(root.get("groups", [])):
        document.groups[index] = take_object("group", group)
    tabs = root.get("tabs", [{}])
    document.tabs = [take_object("tab", tab) for tab in tabs]
    for number, tab in enumerate(tabs, 1):
        document.clips += [dict(take_object("clip", clip), tab=number) for clip in tab.get("clips", [])]
    for clip in document.clips:
        clip["id"] = clip["id"] or document.new_id()
    return document
