# SPDX-License-Identifier: GPL-3.0-or-later
"""A line of the command language becomes words (CONTRACT 3), and words become numbers.

A Fault is how the model says that a command is not done; `codes` are the CODEs that may answer
it. Mostly that is one: usage, the words have not the form they must have; unknown, they name
what is not there; range, a value that is not allowed; refused, all of that is right and it
cannot be done.
"""

import math
import re

LINE_MAX = 4096


class Fault(Exception):
    def __init__(self, *codes):
        super().__init__(" or ".join(codes))
        self.codes = set(codes)


def decode(line):
    """The bytes of a line as text."""
    if len(line) > LINE_MAX:
        raise Fault("usage")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise Fault("usage") from None


def take_quoted(text, at):
    """From behind an opening quote. Return: what was quoted, and the place behind the closing quote."""
    word = ""
    while at < len(text) and text[at] != '"':
        if text[at] == "\\":
            at += 1
            if text[at:at + 1] not in ('"', "\\"):
                raise Fault("usage")
        word += text[at]
        at += 1
    if at == len(text):
        raise Fault("usage")
    return word, at + 1


def split(text):
    """Return: the words, and where in the text each begins."""
    words, begins, at = [], [], 0
    while True:
        while at < len(text) and text[at] in " \t":
            at += 1
        if at == len(text):
            return words, begins
        word = ""
        begins.append(at)
        while at < len(text) and text[at] not in " \t":
            if text[at] == '"':
                quoted, at = take_quoted(text, at + 1)
                word += quoted
            else:
                word += text[at]
                at += 1
        words.append(word)


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number(text, least, most, minus_inf=False):
    if minus_inf and text == "-inf":
        return -math.inf
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
        raise Fault("usage")
    value = float(text)
    if math.isinf(value):
        raise Fault("range", "usage")       # too big for any range
    if not least <= value <= most:
        raise Fault("range")
    return value


def whole(text, least, most):
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        number(text, -math.inf, math.inf)
        raise Fault("range", "usage")       # a number, but not a whole one
    value = int(text)
    if not least <= value <= most:
        raise Fault("range")
    return value


def one_of(text, *choices):
    """A word of the grammar; another one is not the language."""
    if text not in choices:
        raise Fault("usage")
    return text


TIME_FORMS = (r"[0-9]+f", r"[0-9]{2}:[0-9]{2}:[0-9]{2}:[0-9]{2}", r"([0-9]+:[0-5])?[0-9]+(\.[0-9]+)?")


def time(text):
    if not any(re.fullmatch(form, text) for form in TIME_FORMS):
        raise Fault("usage")
