"""Ports for the servers of tests: each test process has a range of its own, below those the system gives to clients.

A port that is free when one asks the system may be another test's server, or a client's own end, by the time it is used.
"""

import os
import socket
from itertools import cycle

FIRST, EACH = 20_000, 1_500
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw7").removeprefix("gw"))
_RANGE = cycle(range(FIRST + _WORKER * EACH, FIRST + (_WORKER + 1) * EACH))


def free_port() -> int:
    """The next port of this process on which nobody serves."""
    while True:
        port = next(_RANGE)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
