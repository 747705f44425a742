"""Several server processes at one address: connections are dealt over them in turn.

A proxy, and any program that asks often, keeps few connections and uses them long. Left to the system, the process that wakes first
takes them all, and the others have nothing to do. So the first process accepts, and hands each connection to the next in turn.
Promise: only a process that is ready gets one; one that has died is replaced; when the first process is gone the others end too.
"""

import asyncio
import multiprocessing
import signal
import socket
import threading
from contextlib import suppress
from types import FrameType

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from storage import watching

LOOK_EVERY = 0.5  # seconds between two looks at who has died
NOBODY_READY = 0.05  # seconds until a connection is offered again
READY, CONNECTION = b"r", b"c"
# Fresh processes: one that is forked from here would share locks that its threads do not.
_SPAWN = multiprocessing.get_context("spawn")
_log = watching.logger("ombudsflow.web")


class Hand(uvicorn.Server):
    """A server without an address of its own: its connections come over a line from who accepts them."""

    def __init__(self, config: uvicorn.Config, line: socket.socket) -> None:
        super().__init__(config)
        self._line = line
        self._beginning: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell that connections may come."""
        await super().startup([])
        self._line.setblocking(False)
        asyncio.get_running_loop().add_reader(self._line, self._take)
        self._line.send(READY)

    def _take(self) -> None:
        """One connection; nothing at all means that the first process has gone."""
        said, numbers = b"", list[int]()
        with suppress(ConnectionResetError):
            said, numbers, _, _ = socket.recv_fds(self._line, len(CONNECTION), 1)
        if not said:
            asyncio.get_running_loop().remove_reader(self._line)
            self.should_exit = True
        for number in numbers:
            beginning = asyncio.get_running_loop().create_task(self._begin(socket.socket(fileno=number)))
            self._beginning.add(beginning)  # the loop itself holds a task only weakly
            beginning.add_done_callback(self._beginning.discard)

    async def _begin(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        with suppress(OSError):  # whoever asked has left meanwhile
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """From here on connections go to the others."""
        asyncio.get_running_loop().remove_reader(self._line)
        self._line.close()
        await super().shutdown([])


def _serve(config: uvicorn.Config, line: socket.socket) -> None:
    config.configure_logging()  # a fresh process logs each call beside the line the office has for it
    Hand(config, line).run()


class Process:
    """A server process, and the line to it."""

    def __init__(self, config: uvicorn.Config) -> None:
        self._line, theirs = socket.socketpair()
        self._process = _SPAWN.Process(target=_serve, args=(config, theirs))
        self._process.start()
        theirs.close()
        self._line.setblocking(False)
        self._is_ready = False

    @property
    def exitcode(self) -> int | None:
        """None while it lives."""
        return self._process.exitcode

    @property
    def pid(self) -> int:
        """Its number at the system."""
        return self._process.pid or 0

    def takes(self, connection: socket.socket) -> bool:
        """Hand it a connection. False when it is not ready yet, is ending, or has more than it can take."""
        try:
            if not self._is_ready:
                self._is_ready = self._line.recv(len(READY)) == READY
            return self._is_ready and bool(socket.send_fds(self._line, [CONNECTION], [connection.fileno()]))
        except OSError:
            return False

    def end(self) -> None:
        """Let it finish what it is doing, and end."""
        self._process.terminate()

    def bury(self) -> None:
        """Wait until it has ended."""
        self._process.join()
        self._line.close()


class Dealer:
    """Who accepts the connections and keeps so many processes alive."""

    def __init__(self, listener: socket.socket, config: uvicorn.Config) -> None:
        self._listener, self._config = listener, config
        self._processes: list[Process] = []
        self._turn = 0
        self._told = threading.Event()

    def run(self) -> None:
        """Serve until Ctrl-C or SIGTERM, or until a process cannot start."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        self._processes = [Process(self._config) for _ in range(self._config.workers)]
        threading.Thread(target=self._deal, daemon=True).start()
        while not self._told.wait(LOOK_EVERY):
            self._replace_dead()
        for each in self._processes:
            each.end()
        for each in self._processes:
            each.bury()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._told.set()

    def _replace_dead(self) -> None:
        for place, each in enumerate(self._processes):
            if each.exitcode is None:
                continue
            if each.exitcode == STARTUP_FAILURE:  # the next one would fail the same way
                self._told.set()
                return
            _log.warning("a server process died and is replaced", pid=each.pid)
            each.bury()
            self._processes[place] = Process(self._config)

    def _deal(self) -> None:
        while not self._told.is_set():
            connection, _ = self._listener.accept()
            with connection:
                while not self._is_taken(connection) and not self._told.wait(NOBODY_READY):
                    pass

    def _is_taken(self, connection: socket.socket) -> bool:
        for _ in self._processes:
            self._turn = (self._turn + 1) % len(self._processes)
            if self._processes[self._turn].takes(connection):
                return True
        return False
