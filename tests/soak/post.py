"""The mail server of the soak, in a process of its own: it writes down what arrives, and is now and then as bad as mail servers are."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller


class Arrived(NamedTuple):
    """A mail that came: its Message-ID, and its subject, in which the number of the case stands."""

    message_id: str
    subject: str


def arrived(file: Path) -> list[Arrived]:
    """Every mail in the order in which they came, as often as they came."""
    return [Arrived(*line.split("\t")) for line in file.read_text().splitlines()]


class _Arrivals:
    """The Message-ID is written down before the mail is accepted; now and then it is not taken, or taken and never said."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._count = 0

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        self._count += 1
        if self._count % 7 == 3:
            return "451 4.3.0 try again"
        mail = message_from_bytes(envelope.content, policy=default)
        with self._file.open("a") as out:
            out.write(f"{mail['Message-ID']}\t{mail['Subject']}\n")
        if self._count % 11 == 5:
            server.transport.abort()  # taken, and the line is cut before it could say so
        return "250 OK"


@contextmanager
def open_post(file: Path) -> Iterator[int]:
    """A real mail server; gives its port."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with socket.create_server(("127.0.0.1", 0)) as free:  # the controller cannot choose a free port by itself
            port = free.getsockname()[1]
        Controller(_Arrivals(file), hostname="127.0.0.1", port=port).start()
        os.write(writing, f"{port}\n".encode())
        signal.sigwait({signal.SIGTERM})
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        port = int(said.readline())
    try:
        yield port
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
