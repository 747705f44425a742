"""Replaying a case: every step at an address of its own, on the diagram as it stood. No engine runs; the history is read.

For auditors only. Each look is recorded before anything is shown (`tasks.case_file.looks`), and listed under "Wie keek?".
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from cases.models import Case
from engine import definitions
from history import exports, looks
from history.log import Verdict, streams
from history.replay import Frame, frames
from identity import people
from identity.permissions import require
from problems import NotFound
from tasks.case_file import case_list, case_view
from tasks.case_file.looks import keep
from tasks.studio import definition_words
from tasks.turn import stream_of
from web.context import Look, looking
from web.dates import as_day
from web.rendering import render
from web.replaying import replay_looks
from web.replaying.replay_views import Line, Teller
from web.replaying.replay_words import SYSTEM
from web.text import PageKey

router = APIRouter(prefix="/herbeleven", default_response_class=Response)
# So many chains are walked for one page: some seconds on a small server.
PORTION = 500
# So many looks stand on one page.
LOOKS = 200
# So many steps stand on one page.
PAGE = 500


class StepNotFound(NotFound):
    """Deze stap bestaat niet in dit dossier."""


@dataclass(frozen=True)
class Film:
    """A case ready to be replayed."""

    case: Case
    frames: list[Frame]
    verdict: Verdict
    teller: Teller

    @property
    def broken_at(self) -> int | None:
        """The first step that holds an event from where the chain does not hold; one past the last when only the tail is gone."""
        bad = self.verdict.first_bad_seq
        if bad is None:
            return None
        return next((frame.number for frame in self.frames if frame.last_seq >= bad), len(self.frames) + 1)

    def days(self) -> list[tuple[Line, int]]:
        """The first step of each day something happened, and how many steps that day had."""
        found: dict[date, list[int]] = {}
        for frame in self.frames:
            found.setdefault(as_day(frame.at), []).append(frame.number)
        return [(self.teller.line(self.frames, numbers[0]), len(numbers)) for numbers in found.values()]


def _film(look: Look, number: str) -> Film:
    """Read and check the history of a case. Raises CaseNotFound."""
    require(look.actor, "history.read")
    case = case_view.find(look.reading, look.actor, number)
    keep(look.office, look.reading, look.actor, case.id, "replay")
    stream = stream_of(case.id)
    words, names = definition_words.load(look.reading), people.names(look.reading)
    return Film(
        case,
        frames(look.office.log.read(look.reading, stream)),
        look.office.log.verify(look.reading, stream),
        Teller(look.office, look.reading, words, names),
    )


@router.get("")
def cases(request: Request, zoek: str = "", na: PageKey = None) -> Response:
    """Find the case to replay."""
    with looking(request) as look:
        require(look.actor, "history.read")
        found = case_list.page(look.reading, look.actor, case_list.CaseFilters(query=zoek), after=na)
        return render(request, "replay/cases.html", found=found, search=zoek)


@router.get("/ketens")
def chains(request: Request, na: str = "", portie: Annotated[int, Query(ge=1, le=PORTION)] = PORTION) -> Response:
    """Walk the chains of the office, a portion at a time, and say which do not hold."""
    with looking(request) as look:
        require(look.actor, "history.verify")
        broken, total, events, last = [], 0, 0, ""
        for stream, verdict in look.office.log.verify_all(look.reading, after=na, limit=portie):
            total, events, last = total + 1, events + verdict.events, stream
            if not verdict.ok:
                broken.append((replay_looks.name_of_stream(look.reading, stream), verdict))
        more = bool(streams(look.reading, after=last, limit=1)) if total == portie else False
        return render(
            request, "replay/chains.html", broken=broken, total=total, events=events, next=last if more else ""
        )


@router.get("/diagram/{key}/{version}")
def diagram(request: Request, key: str, version: int) -> Response:
    """The diagram as it stood: the very file of that version."""
    with looking(request) as look:
        require(look.actor, "history.read")
        content = definitions.version(look.reading, "process", key, version).content
    return Response(
        content, media_type="application/xml; charset=utf-8", headers={"Cache-Control": "private, max-age=86400"}
    )


@router.get("/{number}")
def case_steps(request: Request, number: str, toon: str = "", vanaf: int = 1) -> Response:
    """The whole film as a list, with the state of the chain; `?toon=mensen` leaves out what the system did by itself."""
    with looking(request) as look:
        film = _film(look, number)
        lines = film.teller.lines(film.frames)
        shown = [line for line in lines if line.kind != SYSTEM] if toon == "mensen" else lines
        shown = [line for line in shown if line.number >= vanaf]
        return render(
            request,
            "replay/case.html",
            case=film.case,
            lines=shown[:PAGE],
            next=shown[PAGE].number if len(shown) > PAGE else 0,
            total=len(lines),
            shows_people=toon == "mensen",
            verdict=film.verdict,
            broken_at=film.broken_at,
        )


@router.get("/{number}/wie-keek")
def who_looked(request: Request, number: str, voor: PageKey = None) -> Response:
    """The looks into the case, the newest first, this one among them; with `voor` those before the event of that number."""
    with looking(request) as look:
        require(look.actor, "access_log.read")
        case = case_view.find(look.reading, look.actor, number)
        keep(look.office, look.reading, look.actor, case.id, "looks")
    with looking(request) as look:
        found = looks.of(look.reading, stream_of(case.id), before=voor, limit=LOOKS + 1)
        shown = replay_looks.listed(look.reading, case.id, found[:LOOKS])
    following = found[LOOKS - 1].seq if len(found) > LOOKS else None
    return render(request, "replay/looks.html", case=case, looks=shown, next=following)


@router.get("/{number}/uitvoer.xes")
def export_xes(request: Request, number: str, persoonlijk: str = "") -> Response:
    """The case as XES; `?persoonlijk=ja` with names and personal values."""
    with looking(request) as look:
        case = _exported(look, number, "xes", bool(persoonlijk))
        names = people.names(look.reading) if persoonlijk else None
        content = exports.as_xes(look.office.log.read(look.reading, stream_of(case.id)), number, names=names)
    return _download(content, "application/xml", f"{number}.xes")


@router.get("/{number}/uitvoer.json")
def export_json(request: Request, number: str, persoonlijk: str = "") -> Response:
    """The case as JSON, with the chain; `?persoonlijk=ja` with the sealed values opened."""
    with looking(request) as look:
        case = _exported(look, number, "json", bool(persoonlijk))
        parts = exports.as_json(
            look.reading,
            look.office.log,
            stream_of(case.id),
            number,
            look.office.clock.now(),
            with_personal=bool(persoonlijk),
        )
        content = "".join(parts).encode()
    return _download(content, "application/json", f"{number}.json")


def _exported(look: Look, number: str, form: str, is_personal: bool) -> Case:
    require(look.actor, "history.export")
    case = case_view.find(look.reading, look.actor, number)
    keep(look.office, look.reading, look.actor, case.id, f"export:{form}{':personal' if is_personal else ''}")
    return case


def _download(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content,
        media_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/{number}/{step}")
def one_step(request: Request, number: str, step: int, diagram: str = "") -> Response:
    """One step: the diagram as it stood after it, and what happened."""
    with looking(request) as look:
        film = _film(look, number)
        if not 1 <= step <= len(film.frames):
            raise StepNotFound(number=number, step=step)
        return render(
            request,
            "replay/step.html",
            case=film.case,
            shown=film.teller.show(film.frames, step, diagram),
            total=len(film.frames),
            days=film.days(),
            marks=_marks(film, step),
            verdict=film.verdict,
            broken_at=film.broken_at,
            chosen=diagram,
        )


def _marks(film: Film, step: int) -> list[tuple[int, int]]:
    """Where the steps lie between the first and the last instant, in thousandths, with their number.

    Of steps that fall together there is one, so that no case draws more than a thousand; this step is always there.
    """
    first, last = film.frames[0].at, film.frames[-1].at
    span = (last - first).total_seconds() or 1
    found = {round((frame.at - first).total_seconds() / span * 1000): frame.number for frame in film.frames}
    here = film.frames[step - 1]
    return [*found.items(), (round((here.at - first).total_seconds() / span * 1000), step)]
