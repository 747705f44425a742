"""A short soak with every run of the tests; `make soak` is the long one."""

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import _postgresql_copy
from tests.soak.__main__ import PLACES
from tests.soak.flows import FLOWS
from tests.soak.run import soak

# Each flow somewhere, at its first commit; then anywhere. The long one takes every commit of every flow in each place.
PARTS = {
    "sqlite": ["intake", "timers", "publish", "migration_undone", "attachments"],
    "postgresql": ["completion", "migration", "erasure", "copying"],
    "procrastinate": ["jobs", "mail"],
}


@pytest.mark.parametrize("place", PARTS)
def test_killed_in_each_flow_the_office_goes_on_and_nothing_is_lost(
    place: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    kind, queue = PLACES[place]
    kills, flows = 2 * len(PARTS[place]) + 1, PARTS[place]
    with ExitStack() as held:
        url = f"sqlite:///{tmp_path / 'office.db'}"
        if kind == "sqlite":
            shutil.copy(request.getfixturevalue("sqlite_office_template"), tmp_path / "office.db")
        else:
            server, template = map(request.getfixturevalue, ("postgresql_server", "postgresql_office_template"))
            url = held.enter_context(_postgresql_copy(server, template)).url
        done = soak(url, tmp_path, kills=kills, seed=7, borders=lambda flow: range(1, 1 + (flow in flows)), queue=queue)
    assert done.kills >= kills


def test_every_flow_that_writes_has_its_place() -> None:
    left_to_the_long_one = {"clearing", "handing_over"}
    assert {flow for part in PARTS.values() for flow in part} == FLOWS.keys() - left_to_the_long_one
