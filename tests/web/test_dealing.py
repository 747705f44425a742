"""Several processes at one address: who gets a connection, and what happens when one of them dies, or the first."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tests.processes import ROOT


class Server:
    """The processes of `tests.web.answering`."""

    def __init__(self, said: Path) -> None:
        self.said = said
        words = [sys.executable, "-m", "tests.web.answering"]
        with said.open("w") as errors:
            self.process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def connection(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def wait_for_both(self) -> None:
        """Until both have answered: the one that is ready first has it all for a moment."""
        seen = set[int]()
        while len(seen) < 2:
            with self.connection() as line:
                seen.add(who_answers(line))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "said")
    yield made
    made.process.kill()
    made.process.communicate()


def who_answers(connection: socket.socket) -> int:
    connection.sendall(b"GET / HTTP/1.1\r\nHost: office\r\n\r\n")
    with HTTPResponse(connection) as answer:
        answer.begin()
        return int(answer.read())


def ends(connection: socket.socket) -> bool:
    """True once the other side is gone."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_each_process_gets_its_share_of_the_connections_and_a_dead_one_is_replaced(server: Server) -> None:
    server.wait_for_both()
    with ExitStack() as kept:
        lines = [kept.enter_context(server.connection()) for _ in range(4)]
        first = [who_answers(line) for line in lines]
        again = [who_answers(line) for line in lines]
        os.kill(first[0], signal.SIGKILL)
        assert ends(lines[0])
        seen = set(first)
        while len(seen) < 3:  # until the new one is ready, the other takes all; one may be on its way to the dead one
            with server.connection() as line, suppress(ConnectionResetError):
                seen.add(who_answers(line))

        server.process.send_signal(signal.SIGTERM)
        output, _ = server.process.communicate(timeout=30)

    assert sorted(Counter(first).values()) == [2, 2]
    assert again == first, "a connection stays where it is"
    assert (server.process.returncode, output) == (0, "")
    said = server.said.read_text()
    assert "died and is replaced" in said
    assert "uvicorn" not in said, "the office has a line of its own for each call, without its address"


def test_the_processes_end_when_the_first_is_gone(server: Server) -> None:
    with server.connection() as one, server.connection() as other:
        assert who_answers(one)
        assert who_answers(other)

        server.process.kill()

        assert ends(one)
        assert ends(other)
