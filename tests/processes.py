"""Processes of the office as any other, only that they have nothing left to load: each is forked from one that has it all.

Loading costs two to three seconds each time, and the tests start some fifty. What they look at is what a process does, says and
leaves behind when it is killed; that `python -m cli` comes up from nothing is looked at where `cold` is said.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_WARM = multiprocessing.get_context("forkserver")
_WARM.set_forkserver_preload(["tests.loaded"])


class Started:
    """A running process, with what `subprocess.Popen` offers of it: standard input and output, signals, and how it ended."""

    def __init__(self, module: str, *words: str, environment: Mapping[str, str], errors: Path | None = None) -> None:
        """`python -m MODULE WORDS`. What goes wrong is said to the file `errors`, or else between what it says."""
        told, tells = _WARM.Pipe(duplex=False)
        hears, says = _WARM.Pipe(duplex=False)
        self._process = _WARM.Process(target=_become, args=(module, words, dict(environment), hears, tells, errors))
        self._process.start()
        for end in (tells, hears):
            end.close()
        self.stdout, self.stdin = _file(told, "r"), _file(says, "w")
        self.pid = self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """None while it runs; minus the signal when one ended it."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Nothing happens when it has ended."""
        if self._process.exitcode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """What a power cut does."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended. Raises TimeoutExpired when it has not."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("python", timeout or 0)
        return self._process.exitcode

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        """Everything it still says; whoever takes too long is killed."""
        late = threading.Timer(timeout, self.kill)
        late.start()
        try:
            said = "" if self.stdout.closed else self.stdout.read()
            self.wait(timeout)
        finally:
            late.cancel()
            for end in (self.stdout, self.stdin):
                end.close()
        return said, ""


def _file(end: Connection, mode: str):  # type: ignore[no-untyped-def]
    """The end of a pipe as a file of text."""
    file = os.fdopen(os.dup(end.fileno()), mode)
    end.close()
    return file


def _become(
    module: str,
    words: tuple[str, ...],
    environment: dict[str, str],
    hears: Connection,
    tells: Connection,
    errors: Path | None,
) -> None:
    """In the new process: nothing left of who asked for it but these pipes, then the module as if Python were started with it."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    wrong = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if errors else os.dup(tells.fileno())
    for end, number in ((hears.fileno(), 0), (tells.fileno(), 1), (wrong, 2)):
        os.dup2(end, number)
    os.close(wrong)
    hears.close()
    tells.close()
    sys.stdin, sys.argv = os.fdopen(0, "r"), [module, *words]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
