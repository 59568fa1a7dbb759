# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The same act in several databases in turn: one process for each, which does it once whenever it is told to."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping

GO = "go"


class Side:
    """A fresh process with Odoo on one database that repeats one act.

    :param database: its name
    :param task: the act
    :param arguments: further ones for the worker
    :param environment: of the process
    """

    def __init__(self, database: str, task: str, arguments: list[str], environment: Mapping[str, str]):
        self.what = f"{task} in {database}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", database, task, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )

    def wait(self) -> dict:
        """Return the next answer: the first one says that it has warmed up."""
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"error: {self.what} failed (see above)")
        return json.loads(line)

    def go(self) -> dict:
        """Do the act once and return its figures."""
        self.process.stdin.write(f"{GO}\n")
        self.process.stdin.flush()
        return self.wait()

    def stop(self) -> None:
        """Let the process end."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()


def take_turns(start: Mapping[str, Callable[[], Side]], turns: int, forwards: bool) -> list[dict[str, dict]]:
    """Measure an act in all databases in turn.

    Whatever else the machine does lasts longer than a turn, mostly, so it hits all sides of a turn alike.

    :param start: for each side what starts its process
    :param turns: how often each side does the act
    :param forwards: whether the first turn begins with the first side; every other turn goes the other way round
    :return: of each turn the figures of each side
    """
    with contextlib.ExitStack() as stack:
        sides = {}
        for name, make in start.items():
            sides[name] = make()
            stack.callback(sides[name].stop)
        for side in sides.values():
            side.wait()
        found = []
        for number in range(turns):
            order = list(sides) if forwards == (number % 2 == 0) else list(reversed(sides))
            found.append({name: sides[name].go() for name in order})
        return found


def answer_turns(repeat: Callable[[], dict], warmups: int) -> None:
    """The other end: warm up, then do the act whenever a line comes in, until there are no more.

    :param repeat: does the act once and returns its figures
    """
    for _time in range(warmups):
        repeat()
    print(json.dumps({}), flush=True)
    for _line in _lines():
        print(json.dumps(repeat()), flush=True)


def _lines() -> Iterator[str]:
    """Lines as they come in: iterating over the file itself may read ahead."""
    while line := sys.stdin.readline():
        yield line
