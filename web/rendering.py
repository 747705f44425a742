"""Templates: autoescaped, Dutch words from the message catalogue, dates as people say them."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from cases import explaining
from cases.deadlines import local_day
from identity.people import Actor
from identity.permissions import allows
from problems import Sentence
from web import catalogues, dates, words
from web.context import ANONYMOUS, CSRF_COOKIE, csrf_of, office_of
from web.labels import PAGE
from web.security import keep_cookie

HERE = Path(__file__).parent
ASSETS = HERE / "assets"
LANGUAGES = ("nl", "fr", "de", "en")
LANGUAGE_COOKIE = "ombudsflow_language"
# The token a form must carry, and which page it is on: `web.labels` knows by that what its fields are called.
HIDDEN = Markup('<input type="hidden" name="_csrf" value="{}"><input type="hidden" name="{}" value="{}">')


def translator(language: str) -> Callable[[str], str]:
    """Turns a Dutch text that is data (a form's label, a diagram's name) into the language, when the catalogue knows it."""
    catalogue = catalogues.of(language)

    def told(text: str) -> str:
        if isinstance(text, Sentence):
            return str(catalogue.gettext(text.template)) % {name: told(part) for name, part in text.parts.items()}
        # An empty text is the key of the catalogue's own header.
        return str(catalogue.gettext(text)) if text else ""

    return told


@lru_cache(maxsize=len(LANGUAGES))
def _environment_in(language: str) -> Environment:
    """One environment per language: an overlay would share the filters and the installed catalogue with the other languages."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    catalogue = catalogues.of(language)
    made.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters["day"] = lambda value: dates.day(value, language)
    made.filters["moment"] = lambda value: dates.moment(value, language)
    made.filters["reckoned"] = lambda value: explaining.explain(value, language, catalogues.of(language))
    made.filters["word"] = word
    made.filters["told"] = translator(language)
    made.filters["size"] = lambda value: words.size(value, language)
    return made


@lru_cache(maxsize=64)
def _version(name: str, modified_at: float) -> str:
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12] + ("" if modified_at else "-")


def asset(name: str) -> str:
    """The address of a file under web/assets (css/… or dist/…); it changes when the content changes."""
    file = ASSETS / name
    return f"/static/{name}?v={_version(name, file.stat().st_mtime)}" if file.exists() else f"/static/{name}"


@pass_context
def word(context: Context, code: str | None) -> str:
    """The word for a code: this house's own, else the one that all share."""
    office = context.get("office")
    own: str | None = office.house.words.get(code or "") if office else None
    return own or words.of(code)


def language_of(request: Request) -> str:
    """What the visitor chose (cookie), else the language of the case the page is about, else Dutch."""
    chosen = request.cookies.get(LANGUAGE_COOKIE) or getattr(request.state, "language", "nl")
    return chosen if chosen in LANGUAGES else "nl"


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    may: Callable[[str], bool] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page. Every template also sees office, actor, csrf, now, today, language, path, may(action), asset(name), query().

    `may` is for a page about a case in which one may do less than the table says (`tasks.sight.permits`); the menu, which leads away
    from it, goes by the table: `may_elsewhere`.
    """
    office = office_of(request)
    actor: Actor = getattr(request.state, "actor", ANONYMOUS)
    now = office.clock.now()

    def may_elsewhere(action: str) -> bool:
        return allows(actor, action)

    html = (
        _environment_in(language_of(request))
        .get_template(template)
        .render(
            office=office.settings,
            actor=actor,
            is_logged_in=actor is not ANONYMOUS,
            csrf=csrf_of(request),
            csrf_field=lambda: HIDDEN.format(csrf_of(request), PAGE, template),
            now=now,
            today=local_day(now),
            language=language_of(request),
            path=request.url.path,
            status=status,
            may=may or may_elsewhere,
            may_elsewhere=may_elsewhere,
            asset=asset,
            until=lambda due: until(due, now, language_of(request)),
            query=lambda **changes: query(request, changes),
            **context,
        )
    )
    answer = HTMLResponse(html, status, dict(headers or {}))
    if getattr(request.state, "set_csrf_cookie", False):
        keep_cookie(request, answer, CSRF_COOKIE, request.state.csrf)
    return answer


def until(due: datetime | date | None, now: datetime, language: str) -> dates.Until | None:
    """How long until a deadline: words, and how much it presses."""
    return None if due is None else dates.until(due, now, language)


def query(request: Request, changes: Mapping[str, object]) -> str:
    """The query string of this page with some parts changed; None or empty removes one."""
    merged = {**dict(request.query_params), **{k: str(v) if v else "" for k, v in changes.items()}}
    kept = {name: value for name, value in merged.items() if value}
    return str(request.url.replace_query_params(**kept).query)
