"""The files in deploy/ name what there is: commands, options, settings, measures, secret addresses, and no registry."""

import configparser
import inspect
import re
from pathlib import Path

import pytest
import typer
from prometheus_client import REGISTRY
from typer.main import get_command

from cli import app
from tasks.office import Settings
from tasks.operating import pulse
from web.access import PAGES
from web.watched import HEADER

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")))
CONTAINER = (DEPLOY / "Containerfile").read_text()
SETTINGS = set(re.findall(r"(?:OMBUDSFLOW|OTEL)_[A-Z_]+", inspect.getsource(Settings)))


class _Unit(configparser.ConfigParser):
    """systemd's form: names keep their case, and a name may come again."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def read(unit: Path) -> _Unit:
    made = _Unit(strict=False, interpolation=None, delimiters=("=",))
    made.read(unit)
    return made


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda file: file.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    assert set(re.findall(r"\b(?:OMBUDSFLOW|OTEL)_[A-Z_]+", file.read_text())) <= SETTINGS


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_a_command_there_is_with_options_it_has(unit: Path) -> None:
    known = get_command(app)
    assert isinstance(known, typer.core.TyperGroup)
    found = read(unit)
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service").exists()
        assert found["Timer"]["OnCalendar"]
        return
    service = found["Service"]
    ran = re.search(r"bin/ombudsflow ([a-z-]+)((?: --[a-z-]+ \S+)*)", service["ExecStart"])
    assert ran, "it runs the program of the virtual environment"
    options = {option for each in known.commands[ran[1]].params for option in each.opts}
    assert set(re.findall(r"--[a-z-]+", ran[2])) <= options
    assert (service["User"], service["EnvironmentFile"]) == ("ombudsflow", "/etc/ombudsflow/ombudsflow.env")
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["UMask"]) == ("strict", "yes", "0077")


def test_the_image_names_no_registry_runs_as_nobody_special_and_is_made_like_the_rest() -> None:
    stages = re.findall(r"^FROM (\S+)", CONTAINER, re.MULTILINE)
    assert all(re.fullmatch(r"python:3\.1\d-slim", stage) for stage in stages)
    assert "://" not in CONTAINER.replace("http://127.0.0.1:8000", "")
    version = re.search(r"^UV_VERSION := (\S+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert version
    assert f'"uv=={version[1]}"' in CONTAINER
    last = CONTAINER.rpartition("FROM ")[2]
    assert re.search(r"^USER \d+$", last, re.MULTILINE)
    assert "/readyz" in last
    assert "GET /readyz" in PAGES


def test_the_rules_ask_for_measures_there_are() -> None:
    kept = {f"{family.name}_total" for family in REGISTRY.collect() if family.type == "counter"}
    waiting = {f"ombudsflow_{name}" for name in pulse.MEANINGS}
    ages = {f"ombudsflow_{name}_age_seconds" for name in (*pulse.MEANINGS, "last_copy")}
    asked = set(re.findall(r"\bombudsflow_\w+", (DEPLOY / "prometheus-rules.yml").read_text()))
    assert asked - {"ombudsflow"} <= kept | waiting | ages


def test_the_proxy_passes_what_the_office_takes_and_tells_no_secret_address() -> None:
    proxy = (DEPLOY / "nginx.conf").read_text()
    assert "client_max_body_size 0;" in proxy, "what is too large, the office says itself"
    for nothing_on_disk in ("proxy_request_buffering off;", "proxy_max_temp_file_size 0;"):
        assert nothing_on_disk in proxy
    for header in ("X-Forwarded-Proto", HEADER):
        assert f"proxy_set_header {header} " in proxy
    hidden = re.search(r"\(\?<first>([a-z|]+)\)", proxy)
    assert hidden
    secret = {page.split("/")[1] for page in PAGES if "{secret}" in page}
    assert secret <= set(hidden[1].split("|"))
