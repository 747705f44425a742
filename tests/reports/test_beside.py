"""`serve --demo --with-reports`: the reports house runs beside the office, and is gone with it."""

import shutil
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from cli.reports_house import beside
from tests.ports import free_port


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=30) as page:
            return bool(page.status == 200)
    except URLError:
        return False


def test_the_house_beside_an_office_has_a_folder_of_its_own_and_stops_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reports_template: Path
) -> None:
    shutil.copytree(reports_template.parent / "reports", tmp_path / "reports", dirs_exist_ok=True)
    shutil.copy(reports_template, tmp_path / "reports" / "ombudsflow.db")  # set up already, which takes a while
    monkeypatch.setenv("OMBUDSFLOW_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OMBUDSFLOW_SMTP_HOST", "mail.example.org")  # it would refuse the office's settings
    said: list[str] = []
    with beside("127.0.0.1", free_port(), said.append) as address:
        assert answers(f"{address}/melding")
    assert said[-1].startswith(f"Serving on {address}")
    assert not answers(f"{address}/melding")
    assert (tmp_path / "reports" / "ombudsflow.db").exists()
