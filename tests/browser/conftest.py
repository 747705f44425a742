"""A real browser on a real server: Debian's chromium drives the pages, axe reads them, screenshots are kept to be looked at."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tasks.clock_source import TravellingClock
from tasks.office import Office
from tests.browser.chromium import ChromiumMissing, find_or_install
from tests.web.conftest import PASSWORD, hire
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
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


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


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Open]:
    """`open_page("/klacht")` or `open_page("/werklijst", "intake_officer")`: a page, logged in as somebody of these roles.

    Options: login, width ("1280" or "390"), dark, javascript.
    """
    contexts: list[BrowserContext] = []

    def enter(
        path: str, *roles: str, login: str = "", width: str = "1280", dark: bool = False, javascript: bool = True
    ) -> Page:
        x, y = SIZES[width]
        context = browser.new_context(
            base_url=site.address,
            viewport={"width": x, "height": y},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",  # axe must not measure a colour half-way between light and dark
            java_script_enabled=javascript,
            locale="nl-BE",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if roles or login:
            name = login or "-".join(roles)
            if roles:
                hire(site.office, name, *roles)
            page.goto("/aanmelden")
            page.fill("#login", name)
            page.fill("#password", PASSWORD)
            page.click("button.primary")
        page.goto(path)
        return page

    yield enter
    for context in contexts:
        context.close()


def check_page(page: Page, name: str) -> None:
    """Let axe find nothing: WCAG 2.2 AA. `make screenshots` also keeps a picture, for people to look at."""
    if "OMBUDSFLOW_SCREENSHOTS" in os.environ:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    found = Axe().run(page, options=WCAG)
    told = [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}" for v in found.response["violations"]]
    assert not told, f"{page.url}: {told}"


def looks_right(open_page: Open, path: str, name: str, *roles: str, login: str = "") -> None:
    """The page at both widths, light and dark: a screenshot of each, axe on each, and nothing that scrolls sideways."""
    page = open_page(path, *roles, login=login or "-".join(roles))
    for width, dark in [("1280", False), ("1280", True), ("390", False), ("390", True)]:
        x, y = SIZES[width]
        page.set_viewport_size({"width": x, "height": y})
        page.emulate_media(color_scheme="dark" if dark else "light")
        check_page(page, f"{name}-{width}-{'dark' if dark else 'light'}")
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{path} scrolls sideways at {width} px by {sideways} px"


@pytest.fixture
def travelling(clock: TravellingClock) -> TravellingClock:
    """The clock of the running office."""
    return clock
