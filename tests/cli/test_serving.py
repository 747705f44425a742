"""The real server as a process: it starts, answers, stops cleanly, and says in a sentence why it will not start."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

import service
from tests.ports import free_port
from tests.processes import ROOT, Started


def ombudsflow(folder: Path, *words: str) -> Started:
    environment = {**os.environ, "OMBUDSFLOW_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    environment.setdefault("OMBUDSFLOW_LOG_LEVEL", "warning")
    for name in ("OMBUDSFLOW_DATABASE_URL", "OMBUDSFLOW_BASE_URL", "OMBUDSFLOW_DEMO"):
        environment.pop(name, None)
    return Started("cli", *words, environment=environment)


def said(process: Started) -> tuple[int, str]:
    """Exit code and everything it printed."""
    output, _ = process.communicate(timeout=120)
    return process.wait(), output


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[tuple[str, list[str], Started]]:
    """Address, lines printed before serving, and the process."""
    process = ombudsflow(folder, "serve", "--port", str(free_port()), *words)
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip())
            if found := re.match(r"Serving on (\S+)", line):
                yield found[1], lines, process
                return
        pytest.fail("\n".join(["it did not serve:", *lines]))
    finally:
        process.kill()
        process.communicate()


def test_an_office_of_its_own_has_nobody_until_somebody_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMBUDSFLOW_LOG_LEVEL", "info")
    assert said(ombudsflow(tmp_path, "setup"))[0] == 0

    with serving(tmp_path) as (address, lines, process):
        assert any("ombudsflow users add" in line for line in lines)
        with urlopen(f"{address}/aanmelden", timeout=30) as answer:
            assert answer.status == 200
        second = ombudsflow(tmp_path, "serve", "--port", str(free_port()))
        assert said(ombudsflow(tmp_path, "backup", str(tmp_path / "copy.tar")))[0] == 0, "commands go on beside it"
        assert said(second) == (
            1,
            "Deze databank wordt al bediend door een ander proces, en SQLite kan er maar één aan. "
            f"Stop dat proces, of gebruik PostgreSQL. (database: {tmp_path}/ombudsflow.db)\n",
        )
        process.send_signal(signal.SIGINT)
        code, rest = said(process)
    *told, end = rest.splitlines()
    assert (code, end) == (0, "Stopped.")
    request = json.loads(told[0])
    assert (request["route"], request["status"], request["level"]) == ("/aanmelden", 200, "info")


def test_a_worker_that_waits_for_work_is_let_go_at_once(
    sqlite_office_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMBUDSFLOW_EXTERNAL_JOB_TYPES", "archive.store")
    shutil.copy(sqlite_office_template, tmp_path / "ombudsflow.db")
    token = said(ombudsflow(tmp_path, "tokens", "add", "werker", "--role", "worker"))[1].split()[-1]
    asked = json.dumps({"types": ["archive.store"], "wait_seconds": 30}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answers: list[bytes] = []

    def wait(address: str) -> None:
        with urlopen(Request(f"{address}/api/v1/jobs/activate", asked, headers), timeout=60) as answer:
            answers.append(answer.read())

    with serving(tmp_path) as (address, _, process):
        waiter = threading.Thread(target=wait, args=(address,))
        waiter.start()
        waiter.join(1.5)
        assert waiter.is_alive(), "it waits for work"
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)  # as systemd does
        code, rest = said(process)
        waiter.join(20)
    assert (code, rest, answers) == (0, "Stopped.\n", [b'{"items":[]}'])
    assert time.monotonic() - begun < 8, "it does not wait for the call"


def test_a_server_in_the_background_of_a_script_stops_as_soon_as_it_says_that_it_serves(
    sqlite_office_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_office_template, tmp_path / "ombudsflow.db")
    shell = 'trap "" INT; exec "$0" -m cli serve --port "$1"'  # as a shell starts what stands before an ampersand
    environment = {**os.environ, "OMBUDSFLOW_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    words = ["sh", "-c", shell, sys.executable, str(free_port())]
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while "Serving on" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        late = threading.Timer(30, process.kill)
        late.start()
        rest = process.stdout.read()
        late.cancel()
    assert (process.returncode, rest) == (0, "Stopped.\n")


def test_without_setup_it_says_what_to_do(tmp_path: Path) -> None:
    """From nothing, as an administrator types it; the other processes of the tests have nothing left to load."""
    command = [sys.executable, "-m", "cli", "serve", "--port", str(free_port())]
    environment = {**os.environ, "OMBUDSFLOW_DATA_DIR": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Deze databank is nog leeg of van een andere versie. Voer eerst `ombudsflow setup` uit.\n"


def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, output = said(ombudsflow(tmp_path, "serve", "--port", str(port)))

    assert code == 1
    assert output == (
        "Op dit adres kan niet geluisterd worden. Stop wat daar al luistert, of kies een andere poort met --port. "
        f"(address: 127.0.0.1:{port}, reason: Address already in use)\n"
    )


def test_more_processes_need_postgresql(sqlite_office_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_office_template, tmp_path / "ombudsflow.db")

    code, output = said(ombudsflow(tmp_path, "serve", "--port", str(free_port()), "--workers", "2"))

    assert code == 2
    assert "SQLite takes one process; use PostgreSQL for more." in output


def test_answers_leave_at_once() -> None:
    """asyncio sets TCP_NODELAY only on sockets that name their protocol; without it each answer waits forty milliseconds."""
    with service.listen("127.0.0.1", free_port()) as listener:
        assert listener.proto == socket.IPPROTO_TCP
