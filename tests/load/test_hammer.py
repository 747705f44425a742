"""Sixty-four programs hammer one case: each accepted command happened exactly once, every other was told why not, and nothing broke.

On PostgreSQL two server processes share the work behind one address; on SQLite there is one.
"""

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from tasks.office import Settings
from tests.conftest import _postgresql_copy
from tests.load.hammer import strike_together, troubles
from tests.load.server import prepare, serving


@pytest.mark.parametrize(("kind", "workers"), [("sqlite", 1), ("postgresql", 2)])
def test_every_accepted_command_happened_once_and_every_other_was_told_why(
    kind: str, workers: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with ExitStack() as held:
        url = f"sqlite:///{tmp_path / 'office.db'}"
        if kind == "sqlite":
            shutil.copy(request.getfixturevalue("sqlite_office_template"), tmp_path / "office.db")
        else:
            server, template = map(request.getfixturevalue, ("postgresql_server", "postgresql_office_template"))
            url = held.enter_context(_postgresql_copy(server, template)).url
        settings = Settings(database_url=url, data_dir=tmp_path / "data")
        token = prepare(settings)
        with serving(settings, workers, is_warm=True) as address:
            said = strike_together(address, token)
        assert troubles(settings, said) == []
