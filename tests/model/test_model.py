# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands at full speed, and a model of the show that foresees what comes of them.

Lines from the generator go through `clipgrid ctl` to a running show. Each must be answered in its place as the model
foresees; in the end the show must be the model's: as `get` tells it, after a new start from the journal, in the saved
file, and after a start from that file. CLIPGRID_SEED=N gives other lines, and a failure tells its seed.
"""

import os
import sys

sys.dont_write_bytecode = True      # the tree may be read-only

from compare import check_document, check_reply, check_show, code_of
from generator import Generator
from language import OK, Model
from running import Home, Running
from session import parse
from shows import SMALL

SEED = int(os.environ.get("CLIPGRID_SEED", "2026"))
ACCEPTED_LEAST = 0.7
SKIP = 77
# In the end the show is open to be asked, and what was saved is undone: the journal has to know that, too.
CLOSING = (b"lock off", b"save", b"undo", b"undo", b"undo", b"redo", b"status --json")


def fail(what, wrong):
    print(f"FAIL: {what}: {len(wrong)} wrong")
    for each in wrong[:20]:
        print(f"  {each}")
    sys.exit(1)


def expect_none(what, wrong):
    if wrong:
        fail(what, wrong)
    print(f"ok: {what}")


def foresee(model, generator, count):
    """Return: lines, and what is expected of each."""
    lines, expected = [], []
    for _ in range(count):
        lines.append(generator.line())
        expected.append(model.take(lines[-1]))
    for line in CLOSING:
        lines.append(line)
        expected.append(model.take(line))
    return lines, expected


def compare_replies(name, lines, expected, replies):
    if len(replies) != len(lines):
        fail(f"{name}: replies", [f"{len(replies)} to {len(lines)} lines"])
    wrong = []
    for number, (line, reply, want) in enumerate(zip(lines, replies, expected)):
        what = check_reply(reply, want)
        if what:
            wrong.append(f"{number + 1}: {line[:200]!r} -> {reply[:200]!r}: {what}")
    accepted = sum(code_of(reply) == OK for reply in replies) / len(replies)
    expect_none(f"{name}: {len(lines)} lines answered in order, {accepted:.1%} accepted", wrong)
    if accepted < ACCEPTED_LEAST:
        fail(f"{name}: accepted", [f"{accepted:.1%}"])


def run_lines(running, name, model, generator, count):
    lines, expected = foresee(model, generator, count)
    compare_replies(name, lines, expected, running.ask(lines))
    expect_none(f"{name}: every property and cell", check_show(running, model.document))
    voices = running.status()["voices"]
    known = {clip["id"] for clip in model.document.clips}
    expect_none(f"{name}: {len(voices)} voices are of clips", [voice["id"] for voice in voices if voice["id"] not in known])


def check_file(name, path, model):
    with open(path, encoding="utf-8") as file:
        expect_none(f"{name}: the saved file", check_document(parse(file.read()), model.document))


def play(home, name, session, other, count):
    """Runs one show through everything; `other` is a file that is another show's."""
    with open(session, encoding="utf-8") as file:
        model = Model(parse(file.read()))
    files = sorted(os.listdir(os.path.join(os.path.dirname(session), "media")))
    generator = Generator(f"{SEED} {name}", model, files, other)
    with Running(home, session) as running:
        expect_none(f"{name}: as loaded", check_show(running, model.document))
        run_lines(running, name, model, generator, count)
    model.done.clear()
    model.undone.clear()
    with Running(home, session) as running:
        expect_none(f"{name}: from the journal", check_show(running, model.document))
        assert running.ask([b"save"]) == ["ok"]
        check_file(name, session, model)
    with Running(home, session) as running:
        expect_none(f"{name}: from the saved file", check_show(running, model.document))
        assert not running.status()["dirty"]


def main():
    home = Home(os.environ.get("CLIPGRID", "./clipgrid"))
    try:
        if home.output("--version").split()[:1] != ["clipgrid"]:
            return SKIP
    except OSError as error:
        print(f"SKIP: {error}")
        return SKIP
    print(f"seed {SEED}")
    home.call("demo", "show", check=True, stdout=-3)
    demo, small = (os.path.join(home.path, "show", file) for file in ("demo.orp", "small.orp"))
    with open(small, "w", encoding="utf-8") as file:
        file.write(SMALL)
    play(home, "demo", demo, small, 10000)
    play(home, "small", small, demo, 2000)
    return 0


if __name__ == "__main__":
    sys.exit(main())
