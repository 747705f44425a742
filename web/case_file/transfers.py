"""Complaints that go to another office as one signed file, or come from one: sending, looking before taking, receipts, whom we trust.

What comes in is shown first and not kept: whoever opens it as a case chooses the same file once more, and it must be the same.
"""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from cases.documents import Upload
from cases.models import Case
from history.signing import fingerprint
from identity.permissions import require
from problems import Conflict, Forbidden, Invalid, NotFound, Problem, Unavailable
from tasks import sight
from tasks.case_file import case_view
from tasks.case_file.case_view import find
from tasks.joined import transfer_package as packages
from tasks.joined import transfers
from tasks.reports_house import handing_over
from tasks.studio.definition_words import Words
from web.case_file.case_tab import show
from web.context import Body, FormBody, Look, acting, looking, office_of
from web.problems import status_of
from web.rendering import render
from web.text import number_of, numbers_of

router = APIRouter(default_response_class=Response)
LIST = "/overdracht"
IN_MEMORY, CHUNK = 4 * 1024 * 1024, 256 * 1024
GROUNDS = {"consent": "de klager stemt ermee in", "legal_duty": "een wet verplicht ons"}


class NoFileChosen(Invalid):
    """Kies eerst een bestand."""


class NoReceipt(NotFound):
    """Dit dossier kwam niet van een ander kantoor: er is geen ontvangstbewijs."""


@router.get(LIST)
def offices(request: Request) -> Response:
    """Taking in a file, the offices we know, and our own key."""
    return _page(request)


def _page(
    request: Request, refused: Problem | None = None, preview: Any = None, given: FormBody | None = None
) -> Response:
    with looking(request) as look:
        require(look.actor, "transfer.read")
        known = [(row, fingerprint(row.public_key)) for row in transfers.partners(look.reading)]
        own = transfers.signer(look.office).public_key
    return render(
        request,
        "transfers/offices.html",
        status=status_of(refused) if refused else 200,
        known=known,
        own_key=own,
        own_print=fingerprint(own),
        preview=preview,
        grounds=GROUNDS,
        refused=refused,
        given=given or FormBody(),
    )


@router.get(f"{LIST}/sleutel")
def own_key(request: Request) -> Response:
    """Our name and public key, for other offices. No secret."""
    office = office_of(request)
    text = f"{office.settings.office_name}\n{transfers.signer(office).public_key}\n"
    return PlainTextResponse(text)


@router.post(f"{LIST}/bekijken")
def look_inside(request: Request, body: Body) -> Response:
    """What is in a file; nothing of it is kept."""
    try:
        with acting(request, body) as act:
            require(act.actor, "transfer.receive")
            preview = transfers.preview(act.office, act.work, act.actor, _file(body).stream)
    except (Invalid, Conflict) as refused:
        return _page(request, refused, given=body)
    return _page(request, preview=preview)


@router.post(f"{LIST}/openen")
def take_in(request: Request, body: Body) -> Response:
    """Open a case of the file that was shown."""
    try:
        with acting(request, body) as act:
            require(act.actor, "transfer.receive")
            received = transfers.receive(act.office, act.work, act.actor, _file(body).stream, body.text("digest"))
    except (Invalid, Conflict) as refused:
        return _page(request, refused, given=body)
    return RedirectResponse(f"/dossiers/{received.number}/overdracht", 303)


@router.post(f"{LIST}/kantoren")
def trust(request: Request, body: Body) -> Response:
    """Know an office by its key from now on, or no longer."""
    partner = number_of(body.text("remove"))
    try:
        with acting(request, body) as act:
            if partner is not None:
                transfers.distrust(act.office, act.work, act.actor, partner)
            else:
                transfers.trust(act.office, act.work, act.actor, body.text("name"), body.text("public_key"))
    except Invalid as refused:
        return _page(request, refused, given=body)
    return RedirectResponse(LIST, 303)


@router.get("/dossiers/{number}/overdracht")
def transfer_tab(request: Request, number: str) -> Response:
    """What left or came with this case, and sending it."""
    return _tab(request, number)


def _tab(
    request: Request,
    number: str,
    refused: Problem | None = None,
    given: FormBody | None = None,
    *,
    asks: bool = False,
) -> Response:
    def load(look: Look, case: Case, _words: Words, names: dict[str, str]) -> dict[str, Any]:
        require(look.actor, "transfer.read")
        return {
            "transfers": transfers.of_case(look.reading, case.id),
            "documents": case_view.documents(look.reading, case.id, names),
            "partners": transfers.partners(look.reading),
            "grounds": GROUNDS,
            "given": given or FormBody(),
            "hands_over": handing_over.is_possible(look.office) and handing_over.is_sent_in(case),
            "asks": asks,
        }

    return show(request, number, "overdracht", load, refused)


@router.post("/dossiers/{number}/overdracht")
def send(request: Request, number: str, body: Body) -> Response:
    """The file, signed. That it left is noted before its first byte goes."""
    chosen = numbers_of(body.fields.get("document", []))
    ground, basis = body.text("ground"), body.text("basis")
    try:
        with acting(request, body) as act:
            case = find(act.work, act.actor, number)
            sent = transfers.send(act.office, act.work, act.actor, case, body.text("to"), ground, basis, chosen)
    except (Invalid, Conflict, Forbidden) as refused:
        return _tab(request, number, refused, body)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(sent.name)}"}
    return StreamingResponse(_zipped(sent), media_type="application/zip", headers=headers)


def _zipped(sent: transfers.Sent) -> Iterator[bytes]:
    """The zip, made as a whole first, so that a document that is gone fails before anything leaves."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        packages.write(cast(BinaryIO, file), sent.told, sent.files)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


@router.post("/dossiers/{number}/overdracht/elders")
def hand_over(request: Request, number: str, body: Body) -> Response:
    """To the reports house: asked twice, for it is for good, and the house is looked for before anything happens."""
    if not body.text("sure"):
        with looking(request) as look:
            sight.require(look.actor, "case.hand_over", find(look.reading, look.actor, number))
        return _tab(request, number, given=body, asks=True)
    try:
        handing_over.require_there(office_of(request))
        with acting(request, body) as act:
            handing_over.hand_over(act.office, act.work, act.actor, number)
    except (Unavailable, Conflict, Invalid) as refused:
        return _tab(request, number, refused, body)
    return RedirectResponse("/dossiers", 303)


@router.get("/dossiers/{number}/overdracht/ontvangstbewijs")
def receipt(request: Request, number: str) -> Response:
    """The signed receipt for the office this case came from."""
    with looking(request) as look:
        require(look.actor, "transfer.read")
        case = find(look.reading, look.actor, number)
        content = transfers.receipt(look.office, look.reading, case)
    if content is None:
        raise NoReceipt(number=number)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''ontvangstbewijs-{quote(case.number)}.json"}
    return Response(content, media_type="application/json", headers=headers)


@router.post("/dossiers/{number}/overdracht/ontvangstbewijs")
def file_receipt(request: Request, number: str, body: Body) -> Response:
    """What the other office sent back."""
    try:
        with acting(request, body) as act:
            case = find(act.work, act.actor, number)
            sight.require(act.actor, "transfer.send", case)
            content = _file(body).stream.read(packages.MOST_SIGNATURE)
            transfers.take_receipt(act.office, act.work, act.actor, case, content)
    except (Invalid, Conflict, Forbidden) as refused:
        return _tab(request, number, refused, body)
    return RedirectResponse(f"/dossiers/{number}/overdracht", 303)


def _file(body: FormBody) -> Upload:
    if not body.files:
        raise NoFileChosen(errors=[{"field": "package", "message": NoFileChosen().sentence}])
    return body.files[0]
