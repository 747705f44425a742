"""Who asks, and with what: the frame of every page.

A page opens its transaction itself: `with looking(request) as look:` reads, `with acting(request, body) as act:` writes and commits
when the block ends, before the answer exists. The transaction lives in one thread of the pool, so writers that queue for
SQLite never hold the threads that the writer in front of them needs. (docs/decisions/0009)
"""

import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from cases.documents import NoRoomForFiles, Upload
from identity import sessions
from identity.people import Actor
from problems import Forbidden
from storage.unit_of_work import Reading, UnitOfWork
from tasks.office import Office
from web.text import check_text

SESSION_COOKIE, CSRF_COOKIE = "ombudsflow_session", "ombudsflow_csrf"
CSRF_FIELD = "_csrf"
ANONYMOUS = Actor("anonymous", "", frozenset())
# More files than a form takes: what is kept of them, and the sentence about the rest, is its own affair. Here it would lose them all.
MOST_FILES, MOST_FIELDS, LONGEST_FIELD = 100, 2000, 1024 * 1024


class NotLoggedIn(Forbidden):
    """Meld u eerst aan."""


class RequestNotOurs(Forbidden):
    """Deze bladzijde is te oud, of komt van een andere website. Herlaad ze en probeer opnieuw."""


@dataclass(frozen=True)
class Look:
    """Somebody reads."""

    office: Office
    reading: Reading
    actor: Actor


@dataclass(frozen=True)
class Act:
    """Somebody changes something."""

    office: Office
    work: UnitOfWork
    actor: Actor


@dataclass(frozen=True)
class FormBody:
    """A posted form: every field with its values, in order, and the files."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()

    def text(self, name: str) -> str:
        """The first value of a field, stripped; empty when it is not there. Raises TextNotUsable for what cannot be kept.

        Answers to a form go by `pairs`: there the form says it at the field, and keeps the rest.
        """
        found = (self.fields.get(name) or [""])[0].strip()
        check_text(name, found)
        return found

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every field with each of its values, as posted."""
        return [(name, value) for name, values in self.fields.items() for value in values]

    @property
    def answers(self) -> dict[str, Any]:
        """The fields a person filled in: a list where a name came more than once; none that start with an underscore."""
        return {
            name: values if len(values) > 1 else values[0]
            for name, values in self.fields.items()
            if not name.startswith("_")
        }


async def _read_form(request: Request) -> AsyncIterator[FormBody]:
    """Read the whole body before any transaction opens: a slow sender must not hold the write lock. Files go after the answer."""
    try:
        request.state.sent_form = await _form_of(request)
        yield request.state.sent_form
    finally:
        await request.close()


def sent_form(request: Request) -> FormBody | None:
    """The form of this request, once it was read; None when there is none."""
    found: FormBody | None = getattr(request.state, "sent_form", None)
    return found


async def _form_of(request: Request) -> FormBody:
    if not request.headers.get("content-type", "").startswith(
        ("multipart/form-data", "application/x-www-form-urlencoded")
    ):
        return FormBody()
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD)
    except OSError as problem:  # files that come in are put on disk
        raise NoRoomForFiles from problem
    fields: dict[str, list[str]] = {}
    files: list[Upload] = []
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields.setdefault(name, []).append(value)
        elif value.filename:
            files.append(Upload(value.filename, value.file))
    return FormBody(fields, tuple(files))


Body = Annotated[FormBody, Depends(_read_form)]


def office_of(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def csrf_of(request: Request) -> str:
    """The token every form of this request must carry: the session's own, or the anonymous visitor's cookie."""
    known: str | None = getattr(request.state, "csrf", None)
    if known is None:
        known = request.cookies.get(CSRF_COOKIE) or secrets.token_urlsafe(32)
        request.state.csrf = known
        request.state.set_csrf_cookie = CSRF_COOKIE not in request.cookies
    return known


def _actor(request: Request, reading: Reading) -> Actor:
    """Who is behind the session cookie; remembered for the page's header."""
    secret = request.cookies.get(SESSION_COOKIE)
    office = office_of(request)
    found = sessions.find(reading, secret, office.clock.now()) if secret else None
    if found is None:
        return ANONYMOUS
    # A role of the other house counts for nothing here, however it got into the database.
    actor = replace(found.actor, roles=found.actor.roles & office.house.staff)
    request.state.actor, request.state.csrf = actor, found.csrf
    return actor


def _logged_in(request: Request, actor: Actor) -> Actor:
    if actor is ANONYMOUS:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise NotLoggedIn(next=quote(back if request.method == "GET" else "/", safe="/"))
    return actor


def _check_csrf(request: Request, body: FormBody) -> None:
    """The form must carry the token of the session, or of the visitor's own cookie."""
    known = getattr(request.state, "csrf", None) or request.cookies.get(CSRF_COOKIE) or ""
    sent = body.text(CSRF_FIELD) or request.headers.get("x-csrf-token", "")
    if not known or not secrets.compare_digest(known.encode(), sent.encode()):
        raise RequestNotOurs


@contextmanager
def visiting(request: Request) -> Iterator[Look]:
    """A page anyone may read."""
    office = office_of(request)
    with office.database.reading() as reading:
        yield Look(office, reading, _actor(request, reading))


@contextmanager
def looking(request: Request) -> Iterator[Look]:
    """A page for people who are logged in. Raises NotLoggedIn."""
    with visiting(request) as look:
        _logged_in(request, look.actor)
        yield look


@contextmanager
def asking(request: Request, body: FormBody) -> Iterator[Look]:
    """A form anyone may post that keeps nothing. Raises RequestNotOurs."""
    with visiting(request) as look:
        _check_csrf(request, body)
        yield look


@contextmanager
def posting(request: Request, body: FormBody) -> Iterator[Act]:
    """A form anyone may post. Raises RequestNotOurs."""
    office = office_of(request)
    with office.database.work() as work:
        actor = _actor(request, work)
        _check_csrf(request, body)
        yield Act(office, work, actor)


@contextmanager
def acting(request: Request, body: FormBody) -> Iterator[Act]:
    """A form for people who are logged in. Raises NotLoggedIn, RequestNotOurs."""
    office = office_of(request)
    with office.database.work() as work:
        actor = _logged_in(request, _actor(request, work))
        _check_csrf(request, body)
        yield Act(office, work, actor)
