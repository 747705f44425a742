"""The reports house beside a demonstration of the office: a process of its own, that knows nothing of the office but where it may listen."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.houses import REPORTS

OWN = "OMBUDSFLOW_"


@contextmanager
def beside(host: str, port: int) -> Iterator[str]:
    """Serve it for as long as the office is served; gives its address."""
    # None of the office's settings: its database, its mail and its numbers are no business of this house.
    environment = {name: value for name, value in os.environ.items() if not name.startswith((OWN, "OTEL_"))}
    folder = Path(os.environ.get(f"{OWN}DATA_DIR", "var")) / REPORTS.name
    environment |= {f"{OWN}HOUSE": REPORTS.name, f"{OWN}DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "cli", "serve", "--demo", "--host", host, "--port", str(port)]
    house = subprocess.Popen(command, env=environment)  # noqa: S603  # our own program
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        house.terminate()
        house.wait()
