"""Writes the state of today's codec to `state_<version>.json`, once per codec version: `python -m tests.golden.write`."""

import json
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from engine import codec
from engine.models import ProcessInstance
from storage.unit_of_work import Database
from tasks.clock_source import TravellingClock
from tests.engine.office import Stage
from tests.golden.diagram import CONTENT


def main() -> None:
    """Runs the diagram to a point where much waits, and keeps what the database holds."""
    file = Path(__file__).resolve().parent / f"state_{codec.VERSION}.json"
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
