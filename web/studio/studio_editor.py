"""Changing a diagram, table, form or letter: the editor over one's working copy, checking it, publishing it.

Everything is a form post, so it works without JavaScript too: the source then stands in a text field. The island asks for the
same answers as JSON, so that saving does not lose one's place in a large diagram.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from engine import definitions
from engine.errors import DiagramRefused
from engine.findings import Finding
from identity.permissions import require
from problems import Problem
from tasks.letters import letter_texts
from tasks.models import WorkingCopy
from tasks.studio import publishing, working_copies
from web.context import Body, FormBody, Look, acting, looking
from web.problems import status_of
from web.rendering import render
from web.security import EDITOR_POLICY
from web.studio import studio_letters, studio_preview
from web.studio.studio_definition import as_file
from web.studio.studio_views import Kind, address, also_working, counted, definition_or_copy, kind_of, told, versions
from web.text import number_of

router = APIRouter(prefix="/studio", default_response_class=Response)
EDITOR_HEADERS = {"Content-Security-Policy": EDITOR_POLICY}


@dataclass(frozen=True)
class Typed:
    """What stands in the editor: content and the revision of the working copy it was typed on."""

    content: bytes
    revision: int

    @classmethod
    def of(cls, kind: Kind, key: str, body: FormBody) -> "Typed":
        """Browsers send text fields with CRLF; files have LF, and another line end is no change. A letter comes in fields."""
        if kind.code == letter_texts.KIND and "content" not in body.fields:
            content = studio_letters.content_of(key, body)
        else:
            content = (body.fields.get("content") or [""])[0].replace("\r\n", "\n").encode("utf-8", "replace")
        return cls(content, number_of(body.text("revision")) or 0)


@router.get("/{plural}/{key}/bewerken")
def editor_page(request: Request, plural: str, key: str, controleren: str = "") -> Response:
    return _editor(request, kind_of(plural), key, is_checking=bool(controleren))


def _editor(
    request: Request,
    kind: Kind,
    key: str,
    *,
    is_checking: bool = False,
    typed: Typed | None = None,
    refused: Problem | None = None,
) -> Response:
    """The editor with what was typed, else the working copy, else the newest version."""
    with looking(request) as look:
        require(look.actor, "studio.edit")
        name, copy = definition_or_copy(look.reading, look.actor, kind, key)
        shown = typed or _start(look, kind, key, copy)
        findings = (
            publishing.check(look.office, look.reading, kind.code, shown.content) if is_checking or refused else None
        )
        return render(
            request,
            "studio/editor.html",
            status=status_of(refused) if refused else 200,
            headers=EDITOR_HEADERS,
            kind=kind,
            key=key,
            name=name,
            copy=copy,
            revision=copy.revision if copy else 0,
            newest=working_copies.newest_version(look.reading, kind.code, key),
            content=shown.content.decode("utf-8", "replace"),
            letter=studio_letters.editing(look, shown.content) if kind.code == letter_texts.KIND else None,
            preview=studio_preview.of_content(look, kind.code, shown.content) if is_checking else None,
            codelists=sorted(look.office.codelists),
            others=also_working(look.reading, look.actor, kind, key),
            marks={},
            findings=findings,
            counted=counted(findings or []),
            refused=refused,
        )


def _start(look: Look, kind: Kind, key: str, copy: WorkingCopy | None) -> Typed:
    if copy is not None:
        return Typed(copy.content, copy.revision)
    return Typed(definitions.listed(look.reading, kind.code, key)[0].content, 0)


@router.post("/{plural}/{key}/bewerken")
def save(request: Request, plural: str, key: str, body: Body) -> Response:
    """Save; `action` says what comes after it: nothing, check, or the page that publishes."""
    kind, action = kind_of(plural), body.text("action")
    typed = Typed.of(kind, key, body)
    try:
        with acting(request, body) as act:
            definition_or_copy(act.work, act.actor, kind, key)
            copy = working_copies.save(
                act.office,
                act.work,
                act.actor,
                kind=kind.code,
                key=key,
                content=typed.content,
                revision=typed.revision,
            )
            revision = copy.revision
    except (working_copies.WorkingCopyChanged, working_copies.FileUnusable) as refused:
        if _wants_json(request):
            return JSONResponse(
                {"sentence": refused.sentence, "revision": refused.fields.get("revision")}, status_of(refused)
            )
        return _editor(request, kind, key, typed=typed, refused=refused)
    if _wants_json(request):
        return _saved(request, kind, typed.content, revision, is_checking=action == "check")
    if action == "publish":
        return RedirectResponse(address(kind, key, "publiceren"), 303)
    checking = "?controleren=ja#bevindingen" if action == "check" else ""
    return RedirectResponse(address(kind, key, "bewerken") + checking, 303)


def _wants_json(request: Request) -> bool:
    return request.headers.get("accept", "") == "application/json"


def _saved(request: Request, kind: Kind, content: bytes, revision: int, *, is_checking: bool) -> Response:
    """For the island: the new revision, the sentence to show, and what was found, as the page itself would show it."""
    with looking(request) as look:
        findings: list[Finding] = publishing.check(look.office, look.reading, kind.code, content) if is_checking else []
        listed = render(
            request,
            "studio/_checked.html",
            findings=findings,
            counted=counted(findings),
            kind=kind,
            preview=studio_preview.of_content(look, kind.code, content) if kind.code == "form" else None,
            marks={},
            changed=[],
        )
        html = bytes(listed.body).decode() if is_checking else ""
        return JSONResponse({"revision": revision, "findings": html, "sentence": "Bewaard."})


@router.get("/{plural}/{key}/werkkopie")
def working_copy_file(request: Request, plural: str, key: str) -> Response:
    """One's working copy as a file, to go on with elsewhere."""
    kind = kind_of(plural)
    with looking(request) as look:
        require(look.actor, "studio.edit")
        copy = working_copies.find(look.reading, look.actor, kind.code, key)
        if copy is None:
            raise working_copies.WorkingCopyMissing(kind=kind.code, key=key)
        content = copy.content
    return as_file(kind, content, key)


@router.post("/{plural}/{key}/weggooien")
def discard(request: Request, plural: str, key: str, body: Body) -> Response:
    """Throw the working copy away; the page says so before it asks."""
    kind = kind_of(plural)
    with acting(request, body) as act:
        working_copies.discard(act.work, act.actor, kind.code, key)
        is_known = working_copies.newest_version(act.work, kind.code, key) > 0
    return RedirectResponse(address(kind, key) if is_known else "/studio", 303)


@router.get("/{plural}/{key}/publiceren")
def publish_page(request: Request, plural: str, key: str) -> Response:
    return _publish_page(request, kind_of(plural), key)


def _publish_page(request: Request, kind: Kind, key: str, refused: Problem | None = None) -> Response:
    """What publishing will do, before it is done: findings, changes in words, cases that stay behind, who approves."""
    with looking(request) as look:
        require(look.actor, "studio.publish")
        name, copy = definition_or_copy(look.reading, look.actor, kind, key)
        if copy is None:
            raise working_copies.WorkingCopyMissing(kind=kind.code, key=key)
        rows = definitions.listed(look.reading, kind.code, key)
        compared = definitions.latest(look.reading, kind.code, key) or (rows[0] if rows else None)
        findings = publishing.check(look.office, look.reading, kind.code, copy.content)
        return render(
            request,
            "studio/publish.html",
            status=status_of(refused) if refused else 200,
            kind=kind,
            key=key,
            name=name,
            copy=copy,
            newest=rows[0].version if rows else 0,
            compared=compared,
            differences=told(kind, compared.content, copy.content) if compared else None,
            versions=versions(look.reading, look.actor, kind, key),
            findings=findings,
            preview=studio_preview.of_content(look, kind.code, copy.content),
            marks=studio_preview.marks(findings),
            changed=[],
            counted=counted(findings),
            refused=refused,
        )


@router.post("/{plural}/{key}/publiceren")
def publish(request: Request, plural: str, key: str, body: Body) -> Response:
    """The next version, as a draft that a second person takes into use."""
    kind = kind_of(plural)
    try:
        with acting(request, body) as act:
            made = working_copies.publish(
                act.office,
                act.work,
                act.actor,
                kind=kind.code,
                key=key,
                replaces=number_of(body.text("replaces")) or 0,
            )
            number = made.definition.version
    except (DiagramRefused, working_copies.NewerVersionExists, working_copies.KeyChanged) as refused:
        return _publish_page(request, kind, key, refused)
    return RedirectResponse(f"{address(kind, key, 'versies', number)}?gepubliceerd=ja", 303)
