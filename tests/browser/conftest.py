"""A real browser on a real server: Debian's chromium drives the pages, axe reads them, screenshots are kept to be looked at."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.browser.chromium import ChromiumMissing, find_or_install
from tests.web.conftest import PASSWORD, hire, token_of
from web.app import build

SCREENSHOTS = Path(__file__).parent.parent / "screenshots"
SIZES = {"1280": (1280, 900), "390": (390, 844)}
# --no-sandbox because tests may run as root in a container; the rest keeps the browser from calling home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What passes is not listed: naming each element that does took most of the time.
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
AXE = Axe().axe_script


def chromium() -> str:
    """Where the browser is. Never skips."""
    try:
        return find_or_install()
    except ChromiumMissing as missing:
        pytest.fail(str(missing), pytrace=False)


@dataclass(frozen=True)
class Site:
    """A running office: its address, and the office behind it."""

    address: str
    office: Office


@contextmanager
def serving(office: Office) -> Iterator[Site]:
    """The real server on a free port, in a thread of this process."""
    server = uvicorn.Server(
        uvicorn.Config(build(office), host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    )
    ready = threading.Event()
    startup = server.startup

    async def started(*arguments: object, **named: object) -> None:
        await startup(*arguments, **named)  # type: ignore[arg-type]
        ready.set()

    server.startup = started  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(20), "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Site(f"http://127.0.0.1:{port}", office)
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def site(sqlite_office: Office) -> Iterator[Site]:
    """A running office on SQLite with a travelling clock."""
    with serving(sqlite_office) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser per test process."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield launched
        launched.close()


class Open:
    """`open_page("/klacht")` or `open_page("/werklijst", "intake_officer")`: a page, logged in as somebody of these roles.

    Options: login, width ("1280" or "390"), dark, javascript.
    """

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser, self._site = browser, site
        self._contexts: list[BrowserContext] = []
        self._looked_at: dict[str, Page] = {}

    def __call__(
        self, path: str, *roles: str, login: str = "", width: str = "1280", dark: bool = False, javascript: bool = True
    ) -> Page:
        x, y = SIZES[width]
        context = self._browser.new_context(
            base_url=self._site.address,
            viewport={"width": x, "height": y},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",  # axe must not measure a colour half-way between light and dark
            java_script_enabled=javascript,
            locale="nl-BE",
        )
        self._contexts.append(context)
        if roles or login:
            name = login or "-".join(roles)
            if roles:
                hire(self._site.office, name, *roles)
            log_in(context, name)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(path)
        return page

    def to_look(self, path: str, *roles: str, login: str = "") -> Page:
        """A page that nobody works in: the next look of the same person is in the same window, as wide and light as at first."""
        name = login or "-".join(roles)
        if name not in self._looked_at:
            self._looked_at[name] = self(path, *roles, login=login)
            return self._looked_at[name]
        page = self._looked_at[name]
        turn_to(page, "1280", is_dark=False)
        page.goto(path)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def log_in(context: BrowserContext, name: str) -> None:
    """As the form does it, without drawing the pages; tests/browser/test_account.py looks at these."""
    page = context.request.get("/aanmelden")
    form: dict[str, str | float | bool] = {"_csrf": token_of(page.text()), "login": name, "password": PASSWORD}
    answer = context.request.post("/aanmelden", form=form, max_redirects=0)
    assert answer.status == 303, answer.text()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Open]:
    """Opens pages of the running office; they are closed at the end."""
    enter = Open(browser, site)
    yield enter
    enter.close()


def turn_to(page: Page, width: str, *, is_dark: bool) -> None:
    """This width, light or dark."""
    x, y = SIZES[width]
    page.set_viewport_size({"width": x, "height": y})
    page.emulate_media(color_scheme="dark" if is_dark else "light")


def check_page(page: Page, name: str) -> None:
    """Let axe find nothing: WCAG 2.2 AA. `make screenshots` also keeps a picture, for people to look at."""
    if "OMBUDSFLOW_SCREENSHOTS" in os.environ:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options).then(found => found.violations)", WCAG)
    told = [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}" for v in found]
    assert not told, f"{page.url}: {told}"


def looks_right(open_page: Open, path: str, name: str, *roles: str, login: str = "") -> None:
    """The page at both widths, light and dark: a screenshot of each, axe on each, and nothing that scrolls sideways."""
    page = open_page.to_look(path, *roles, login=login or "-".join(roles))
    for width, is_dark in [("1280", False), ("1280", True), ("390", False), ("390", True)]:
        turn_to(page, width, is_dark=is_dark)
        check_page(page, f"{name}-{width}-{'dark' if is_dark else 'light'}")
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{path} scrolls sideways at {width} px by {sideways} px"


@pytest.fixture
def travelling(clock: TravellingClock) -> TravellingClock:
    """The clock of the running office."""
    return clock
