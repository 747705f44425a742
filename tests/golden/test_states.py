"""States written by earlier releases are read by this one, and the cases go on.

A file per release; a new codec version adds one and keeps the old. `python -m tests.golden.write` writes today's.
"""

import json
from pathlib import Path

import pytest

from engine import codec
from engine.parsing import xml
from engine.parsing.parser import parse_process
from tests.golden.diagram import CONTENT

HERE = Path(__file__).resolve().parent


@pytest.mark.parametrize("file", sorted(HERE.glob("state_*.json")), ids=lambda file: file.stem)
def test_a_state_of_an_earlier_release_is_read_whole(file: Path) -> None:
    golden = json.loads(file.read_text(encoding="utf-8"))
    workflow = codec.restore(json.dumps(golden["state"]), *parse_process(xml.parse(CONTENT)))
    saved = codec.save(workflow)
    assert codec.save(codec.restore(saved, *parse_process(xml.parse(CONTENT)))) == saved
    if golden["state"]["v"] == codec.VERSION:
        assert json.loads(saved) == golden["state"]
    names = sorted(
        task.task_spec.name
        for scope in (workflow, *workflow.subprocesses.values())
        for task in scope.tasks.values()
        if task.task_spec.manual
    )
    assert names == golden["waits_at"]


def test_the_codec_of_today_has_its_golden_state() -> None:
    written = {json.loads(file.read_text())["state"]["v"] for file in HERE.glob("state_*.json")}
    assert codec.VERSION in written
