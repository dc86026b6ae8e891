# SPDX-License-Identifier: GPL-3.0-or-later
"""Is what the program says what the model expects? Each function returns what is wrong in words, or None."""

import json

from document import address
from language import OK
from properties import TABLE, reads_as


def code_of(reply):
    return OK if reply == "ok" or reply.startswith("ok ") else reply.split(" ", 2)[1]


def value_of(reply):
    return reply[3:]


def unescape(text):
    return text.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")


def check_listing(listing, kind, obj, holds):
    """`get OBJECT`: every property that was set is there; each that is there has the value that holds."""
    printed = dict(line.split(" = ", 1) for line in listing.split("\n"))
    for key, text in printed.items():
        if key not in TABLE[kind] or not reads_as(kind, key, unescape(text), holds[key]):
            return f"{key} is {holds.get(key)!r}, not {text!r}"
    unsaid = [key for key, (_, default) in TABLE[kind].items() if obj[key] != default and key not in printed]
    return f"nothing is said of {', '.join(unsaid)}" if unsaid else None


def check_status(text, clips):
    for voice in json.loads(text)["voices"]:
        if clips.get(voice["id"]) != voice["clip"]:
            return f"voice of {voice['clip']} {voice['id']}, which is no clip"
    return None


def check_reply(reply, expected):
    code = code_of(reply)
    if code not in expected.codes:
        return f"wanted {' or '.join(sorted(expected.codes))}"
    if code != OK:
        return None if len(reply.split(" ", 2)) == 3 else "an error says what is wrong"
    if expected.value and not reads_as(*expected.value[:2], value_of(reply), expected.value[2]):
        return f"wanted {expected.value[2]!r}"
    if expected.values:
        return check_listing(value_of(reply), *expected.values)
    if expected.clips is not None:
        return check_status(value_of(reply), expected.clips)
    return None


def check_show(running, document):
    """Asks for every property of every object, and for every cell. Return: what is wrong, a list."""
    wanted = {}
    for name, kind, obj in document.objects():
        for key in TABLE[kind]:
            wanted[f"get {name} {key}"] = kind, key, document.in_force(kind, obj, key)
    occupied = {place: clip["id"] for clip in document.clips for place in clip_places(clip)}
    for number, tab in enumerate(document.tabs, 1):
        for row in range(1, tab["rows"] + 1):
            for column in range(1, tab["columns"] + 1):
                place = f"{number}/{row}/{column}"
                wanted[f"get {place} id"] = ("clip", "id", occupied[place]) if place in occupied else None
    wanted[f"get tab:{len(document.tabs) + 1} name"] = None
    wrong = []
    for line, reply in zip(wanted, running.ask([line.encode() for line in wanted]), strict=True):
        value = wanted[line]
        code = code_of(reply)
        good = code == OK and reads_as(*value[:2], value_of(reply), value[2]) if value else code == "unknown"
        if not good:
            wrong.append(f"{line}: {reply!r}, wanted {value[2] if value else 'unknown'!r}")
    return wrong


def clip_places(clip):
    rows, columns = clip["span"]
    return [address(dict(clip, row=clip["row"] + r, column=clip["column"] + c)) for r in range(rows) for c in range(columns)]


def check_document(got, wanted):
    """Two documents, as of a session file and of the model. Return: what is wrong, a list."""
    wrong = []
    for (name, _, obj), (other_name, _, other) in zip(objects_in_order(got), objects_in_order(wanted)):
        if name != other_name:
            return wrong + [f"there is {name}, not {other_name}"]
        wrong += [f"{name} {key} is {obj[key]!r}, not {other[key]!r}" for key in other if obj[key] != other[key]]
    if len(got.clips) != len(wanted.clips) or len(got.tabs) != len(wanted.tabs):
        wrong.append(f"{len(got.tabs)} tabs and {len(got.clips)} clips, not {len(wanted.tabs)} and {len(wanted.clips)}")
    return wrong


def objects_in_order(document):
    return sorted(document.objects(), key=lambda entry: entry[0])
