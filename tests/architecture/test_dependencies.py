"""What others wrote: each package has its reason, its licence, one version in the lock, and is really used."""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
PAGES, PAGES_LOCK = (json.loads((ROOT / name).read_text()) for name in ("package.json", "package-lock.json"))
WANTED = [*PROJECT["dependencies"], *(each for extra in PROJECT["optional-dependencies"].values() for each in extra)]
# Named otherwise in an import than in the list; None: others ask for it, by its presence.
IMPORTED = {
    "spiffworkflow": "SpiffWorkflow",
    "python-dateutil": "dateutil",
    "prometheus-client": "prometheus_client",
    "opentelemetry-sdk": "opentelemetry.sdk",
    "opentelemetry-exporter-otlp-proto-http": "opentelemetry.exporter",
    "python-multipart": None,
    "tzdata": None,
    "httptools": None,
    "uvloop": None,
}


def name_of(wanted: str) -> str:
    found = re.match(r"[\w.-]+", wanted)
    assert found, wanted
    return found[0]


def test_every_package_has_its_reason_and_every_reason_its_package() -> None:
    told = re.findall(
        r"^\| ([@\w./-]+) \| [^|]{8,} \| [^|]+ \|$", (ROOT / "docs" / "dependencies.md").read_text(), re.M
    )
    told = [name for name in told if name != "Package"]
    assert sorted(told) == sorted([*map(name_of, WANTED), *PAGES["dependencies"], *PAGES["devDependencies"]])


def test_the_locks_hold_what_is_asked_for_and_name_no_registry() -> None:
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+).*\\$", LOCK, re.MULTILINE))
    for wanted in WANTED:
        version = re.search(r"==([^;\s]+)", wanted)
        assert locked[name_of(wanted)] == (version[1] if version else locked[name_of(wanted)])
    asked = {
        name
        for name, by in re.findall(r"^([\w.-]+)==[^#]*# via(.*(?:\n    #   .*)*)", LOCK, re.M)
        if "ombudsflow" in by
    }
    assert asked <= set(map(name_of, WANTED)), "locked for us, though we no longer ask for it"
    assert PAGES_LOCK["packages"][""]["dependencies"] == PAGES["dependencies"]
    assert PAGES_LOCK["packages"][""]["devDependencies"] == PAGES["devDependencies"]
    assert "--index-url" not in LOCK
    assert not [name for name, each in PAGES_LOCK["packages"].items() if "://" in each.get("resolved", "")]


def test_every_package_that_runs_is_imported_somewhere() -> None:
    rooms = "engine tasks forms cases history identity feel web storage cli".split()
    files = [ROOT / "service.py", *(path for room in rooms for path in (ROOT / room).rglob("*.py"))]
    code = "\n".join(path.read_text() for path in files)
    extras = PROJECT["optional-dependencies"]["tracing"]
    for name in map(name_of, [*PROJECT["dependencies"], *extras]):
        module = IMPORTED.get(name, name)
        assert module is None or re.search(rf"^\s*(?:from|import) {module}\b", code, re.MULTILINE), (
            f"{name} is not used"
        )
