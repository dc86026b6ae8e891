# SPDX-License-Identifier: GPL-3.0-or-later
"""The real program: a show run on the clock device and a private socket, and what ctl makes of lines."""

import json
import os
import subprocess
import tempfile
import time

START_S, QUIT_S, ANSWER_S = 60, 20, 60


class Home:
    """A folder of its own for everything that a show leaves behind."""

    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.folder = tempfile.TemporaryDirectory(prefix="clipgrid-model-", dir="/tmp")     # a socket's name is short
        self.path = self.folder.name
        self.environment = dict(os.environ, HOME=self.path, LC_ALL="C.UTF-8", CLIPGRID_SOCKET=f"{self.path}/socket",
                                XDG_CONFIG_HOME=f"{self.path}/config", XDG_CACHE_HOME=f"{self.path}/cache",
                                XDG_STATE_HOME=f"{self.path}/state")
        os.makedirs(f"{self.path}/config/clipgrid")
        with open(f"{self.path}/config/clipgrid/clipgrid.conf", "w", encoding="utf-8") as config:
            config.write("load_ceiling = 0;\n")        # what others do on this machine refuses nothing

    def call(self, *words, **more):
        return subprocess.run([self.program, *words], env=self.environment, cwd=self.path, **more)

    def output(self, *words):
        return self.call(*words, check=True, stdout=subprocess.PIPE).stdout.decode()


def is_head(line):
    return line == b"ok" or line.startswith((b"ok ", b"error "))


def take_replies(printed):
    """What ctl printed, as replies; those of several lines are one text with newlines."""
    assert printed.endswith(b"\n"), "the last reply is whole"
    replies = []
    for line in printed[:-1].split(b"\n"):
        if is_head(line):
            replies.append([line])
        else:
            assert replies, f"no reply: {line!r}"
            replies[-1].append(line)
    return [b"\n".join(reply).decode("utf-8") for reply in replies]


class Running:
    """One start of one show; leaving the block quits it, unsaved edits and all."""

    def __init__(self, home, session):
        self.home, self.session = home, session

    def __enter__(self):
        self.process = subprocess.Popen([self.home.program, "run", self.session, "--device", "clock"], env=self.home.environment,
                                        cwd=self.home.path, stdin=subprocess.DEVNULL)
        end = time.monotonic() + START_S
        while self.home.call("ctl", "get", "show", "name", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                raise AssertionError(f"{self.session} does not run")
            time.sleep(0.05)
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            assert self.ask([b"quit"]) == ["ok"], "quit is answered"
            assert self.process.wait(QUIT_S) == 0, "a show that was asked to quit ends well"
            return
        self.process.terminate()
        try:
            self.process.wait(QUIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def ask(self, lines):
        """All the lines through one ctl, at full speed. Return: the replies."""
        try:
            ctl = self.home.call("ctl", input=b"".join(line + b"\n" for line in lines), stdout=subprocess.PIPE, timeout=ANSWER_S)
        except subprocess.TimeoutExpired as late:
            answered = len(take_replies(late.stdout)) if late.stdout else 0
            raise AssertionError(f"no answer after {ANSWER_S} s to line {answered + 1}: {lines[answered][:200]!r}") from None
        replies = take_replies(ctl.stdout)
        refused = any(reply.startswith("error ") for reply in replies)
        assert ctl.returncode == refused, f"exit status of ctl: {ctl.returncode}"
        return replies

    def status(self):
        return json.loads(self.home.output("status", "--json"))
