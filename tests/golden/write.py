"""Writes what this version leaves to those after it: `python -m tests.golden.write`.

The state of today's codec as `state_<version>.json`, once per codec version, and a whole office as `office_<version>.tar.xz` with what
its histories tell, once per release. What is there is never written again.
"""

import json
import lzma
import tempfile
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from engine import codec
from engine.models import ProcessInstance
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.engine.office import Stage
from tests.golden.diagram import CONTENT
from tests.golden.office import copy_of

HERE = Path(__file__).resolve().parent


def main() -> None:
    """What is missing of this version."""
    state = HERE / f"state_{codec.VERSION}.json"
    if not state.exists():
        _write_state(state)
    copy = HERE / f"office_{version('ombudsflow')}.tar.xz"
    if not copy.exists():
        _write_office(copy)


def _write_office(file: Path) -> None:
    """A copy of a small office in which much is under way, and what its histories tell."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "copy.tar"
        told, now = copy_of(Path(folder), whole)
        file.write_bytes(lzma.compress(whole.read_bytes(), preset=9 | lzma.PRESET_EXTREME))
    kept = {"now": now, "told": told}
    named = file.with_name(file.name.removesuffix(".tar.xz") + ".json")
    named.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def _write_state(file: Path) -> None:
    """Runs the diagram to a point where much waits, and keeps what the database holds."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/golden.db")
        database.upgrade()
        stage = Stage(database, TravellingClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)))
        stage.publish(CONTENT).start(day=date(2026, 1, 5))
        stage.message("ask", question="Waar?")
        stage.complete("w3")
        stage.wait(days=5)
        with database.reading() as reading:
            state = json.loads(reading.session.get_one(ProcessInstance, stage.instance).state)
        database.close()
    golden = {"waits_at": ["answer", "remind", "w1"], "state": state}
    file.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
