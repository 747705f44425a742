"""The reports house beside a demonstration of the office: a process of its own, that knows nothing of the office but where it may listen."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from problems import Unavailable
from tasks.houses import REPORTS

OWN, READY = "OMBUDSFLOW_", "Serving on"


class ReportsHouseDidNotStart(Unavailable):
    """Het meldpunt start niet. De reden staat hierboven; start zonder --with-reports als u het niet nodig hebt."""


def folder() -> Path:
    """Where it keeps what it has."""
    return Path(os.environ.get(f"{OWN}DATA_DIR", "var")) / REPORTS.name


@contextmanager
def beside(host: str, port: int, say: Callable[[str], object]) -> Iterator[str]:
    """Serve it for as long as the office is served; gives its address once it is ready. Raises ReportsHouseDidNotStart."""
    # Cookies know no ports: under the office's own name a browser would mix the two houses up.
    name = "localhost" if host == "127.0.0.1" else host
    # None of the office's settings: its database, its mail and its numbers are no business of this house.
    environment = {each: value for each, value in os.environ.items() if not each.startswith((OWN, "OTEL_"))}
    environment |= {f"{OWN}HOUSE": REPORTS.name, f"{OWN}DATA_DIR": str(folder())}
    command = [sys.executable, "-m", "cli", "serve", "--demo", "--host", name, "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as house:  # noqa: S603  # our own program
        try:
            _wait(house, say)
            yield f"http://{f'[{name}]' if ':' in name else name}:{port}"
        finally:
            house.terminate()


def _wait(house: subprocess.Popen[str], say: Callable[[str], object]) -> None:
    """Pass on what it says until it serves."""
    for line in house.stdout or ():
        say(line.rstrip())
        if line.startswith(READY):
            return
    raise ReportsHouseDidNotStart
