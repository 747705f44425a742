"""Debian's chromium: where it is, installed when we are root and it is missing. `make test` asks before the tests start.

Never skips: without a browser the tests fail with the sentence that says what to install.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WHAT_TO_DO = "The browser tests need Chromium. Install it with: sudo apt-get install chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome")


class ChromiumMissing(SystemExit):
    """There is no browser, and we may not install one."""


def find() -> str | None:
    return next((place for place in map(shutil.which, NAMES) if place), None)


def find_or_install() -> str:
    """The browser's path. Raises ChromiumMissing. Two test processes that ask at once wait for each other."""
    with (Path(tempfile.gettempdir()) / f"ombudsflow-chromium-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = find()
        if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
            _install()
            found = find()
    if found is None:
        raise ChromiumMissing(WHAT_TO_DO)
    return found


def _install() -> None:
    """apt's own words are shown: a proxy or a mirror that fails explains itself there."""
    sys.stderr.write("Installing Debian's chromium for the browser tests...\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        if subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode:
            raise ChromiumMissing(f"`{' '.join(command)}` failed. {WHAT_TO_DO}")


if __name__ == "__main__":
    sys.stdout.write(f"{find_or_install()}\n")
