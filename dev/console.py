# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the user sees: steps with their progress, and errors of one line that say what to do."""

import contextlib
import errno
import os
import re
import subprocess
import sys
import time
from pathlib import Path


class Problem(Exception):
    """Something the user can put right. The message is one line: what is wrong, and what to do."""


#: What the outside world's complaints mean: the first pattern found in a failed command's output decides.
KNOWN_PROBLEMS = (
    (r"No space left on device|You don't have enough free space", "the disk is full: free some space, or set "
     "XDG_CACHE_HOME to a folder on a larger disk, and run the command again"),
    (r"Could not get lock|is held by process|Unable to acquire the dpkg", "another apt is at work on this machine: "
     "wait until it has finished, and run the command again"),
    (r"Temporary failure resolving|Could not resolve|Could not connect|Network is unreachable|Connection timed out"
     r"|Temporary failure in name resolution|NewConnectionError|Connection refused.*(http|mirror)"
     r"|Failed to establish a new connection|Unable to connect to",
     "the network is not reachable: check the connection or the proxy, and run the command again "
     "(what was fetched so far is kept)"),
    (r"sudo: a (password|terminal) is required|is not in the sudoers file|may not run sudo", "sudo refused: "
     "run the command as root or as a user who may use sudo"),
)


def explain(output):
    """Return what to do about the ``output`` of a failed command, or None when it is not a known problem."""
    for pattern, advice in KNOWN_PROBLEMS:
        if re.search(pattern, output):
            return advice
    return None


def describe_oserror(error):
    """Return one line for an ``OSError``."""
    if error.errno == errno.ENOSPC:
        return KNOWN_PROBLEMS[0][1]
    return str(error)


def say(text=""):
    print(text, flush=True)


class Step:
    """One line on the screen that tells what is being done, how far it is, and how long it took."""

    QUIET_SECONDS = 15  # without a terminal, progress is told this often

    def __init__(self, title):
        self.title = title
        self.note = ""
        self.started = time.monotonic()
        self.told = self.started
        self.terminal = sys.stdout.isatty()
        self._show("…")

    def progress(self, note):
        """Show how far the step is: ``note`` is a few words such as "43 %"."""
        if note == self.note:
            return
        self.note = note
        now = time.monotonic()
        if self.terminal:
            self._show("…")
        elif now - self.told >= self.QUIET_SECONDS:
            self.told = now
            say(f"    {note}")

    def done(self, note=""):
        self.note = note or self.note
        seconds = time.monotonic() - self.started
        self._show("✓", f" ({seconds:.0f} s)" if seconds >= 1 else "", end="\n")

    def failed(self):
        self._show("✗", end="\n")

    def _show(self, mark, suffix="", end=""):
        text = f"{mark} {self.title}" + (f": {self.note}" if self.note else "") + suffix
        if self.terminal:
            width = os.get_terminal_size().columns or 80
            print(f"\r\033[K{text[:width - 1]}", end=end, flush=True)
        elif mark != "…" or not self.note:
            say(text)


@contextlib.contextmanager
def step(title):
    """Show a step for the duration of a block; the block may call ``progress`` and set ``note``."""
    current = Step(title)
    try:
        yield current
    except BaseException:
        current.failed()
        raise
    current.done()


def run(command, *, log, what, on_line=None, poll=None, check=True, **options):
    """Run a command with its output kept in the file ``log``; show its progress; explain its failure.

    :param what: the words for the command in an error message
    :param on_line: called with each line of output
    :param poll: called about twice a second while the command runs
    :param check: raise :class:`Problem` when the command fails
    :return: the exit code
    """
    log = Path(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w+", encoding="utf-8", errors="replace") as output:
        try:
            process = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                **options)
        except FileNotFoundError:
            raise Problem(f"{what}: the command {command[0]!s} was not found") from None
        try:
            with log.open(encoding="utf-8", errors="replace") as reader:
                while True:
                    code = process.poll()
                    for line in reader:
                        if on_line:
                            on_line(line.rstrip("\n"))
                    if poll:
                        poll()
                    if code is not None:
                        break
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(0.4)
        finally:
            stop(process)
    if check and code:
        text = log.read_text(encoding="utf-8", errors="replace")
        advice = explain(text)
        if advice:
            raise Problem(f"{what} failed: {advice}")
        last = next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no output")
        raise Problem(f"{what} failed ({last[:200]}): the whole output is in {log}")
    return code


def stop(process, seconds=20):
    """End a process that we started: ask first, insist after ``seconds``."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
