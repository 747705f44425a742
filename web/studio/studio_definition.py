"""One diagram, table or form in the studio: its versions, what is in them, what changed, and taking one into use."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from engine import definitions
from engine.differences import ADDED, CHANGED, Difference
from engine.errors import DefinitionNotFound, NotADraft, SecondPersonNeeded
from engine.models import Definition
from identity.permissions import require
from problems import Problem
from tasks.studio import publishing, working_copies
from web.context import Body, Look, acting, looking
from web.problems import status_of
from web.rendering import render
from web.studio import studio_front, studio_migration, studio_preview
from web.studio.studio_views import Kind, address, also_working, counted, definition_or_copy, kind_of, told, versions
from web.text import VersionAsked

router = APIRouter(prefix="/studio", default_response_class=Response)
PORTION = 50


@router.get("/{plural}")
def kind_page(request: Request, plural: str, zoek: str = "", na: str = "") -> Response:
    """All diagrams, all decisions, all forms or all letters."""
    return studio_front.shown(request, [kind_of(plural)], words=zoek, after=na)


@router.get("/{plural}/{key}")
def definition_page(request: Request, plural: str, key: str, begonnen: str = "", na: VersionAsked = 0) -> Response:
    """Its versions, and what the one in use says; after one was taken into use, that it was."""
    kind = kind_of(plural)
    with looking(request) as look:
        require(look.actor, "studio.read")
        name, copy = definition_or_copy(look.reading, look.actor, kind, key)
        in_use = definitions.latest(look.reading, kind.code, key)
        all_versions = versions(look.reading, look.actor, kind, key)
        older = [each for each in all_versions if not na or each.number < na]
        return render(
            request,
            "studio/definition.html",
            kind=kind,
            key=key,
            name=name,
            copy=copy,
            versions=all_versions,
            listed=older[:PORTION],
            next=older[PORTION - 1].number if len(older) > PORTION else 0,
            after=na,
            others=also_working(look.reading, look.actor, kind, key),
            has_begun=bool(begonnen),
            preview=studio_preview.of_content(look, kind.code, in_use.content) if in_use else None,
            marks={},
            changed=[],
        )


@router.get("/{plural}/{key}/versies/{number}")
def version_page(request: Request, plural: str, key: str, number: int, gepubliceerd: str = "") -> Response:
    return _version_page(request, kind_of(plural), key, number, is_published=bool(gepubliceerd))


def _version_page(
    request: Request, kind: Kind, key: str, number: int, refused: Problem | None = None, *, is_published: bool = False
) -> Response:
    with looking(request) as look:
        require(look.actor, "studio.read")
        row = definitions.version(look.reading, kind.code, key, number)
        in_use = definitions.latest(look.reading, kind.code, key)
        shown = next(v for v in versions(look.reading, look.actor, kind, key) if v.number == number)
        findings = publishing.check(look.office, look.reading, kind.code, row.content)
        found = _differences(kind, in_use, row)
        return render(
            request,
            "studio/version.html",
            status=status_of(refused) if refused else 200,
            kind=kind,
            key=key,
            name=row.name or key,
            version=shown,
            is_published=is_published,
            in_use=in_use.version if in_use else None,
            differences=found,
            changed=[each.element_id for each in found or [] if each.kind in (ADDED, CHANGED)],
            preview=studio_preview.of_content(look, kind.code, row.content),
            running=studio_migration.running(look, kind, key, number),
            findings=findings,
            marks=studio_preview.marks(findings),
            counted=counted(findings),
            source=row.content.decode("utf-8", "replace"),
            refused=refused,
        )


def _differences(kind: Kind, in_use: Definition | None, row: Definition) -> list[Difference] | None:
    """What taking this version into use would change; None when there is nothing to compare with."""
    if in_use is None or in_use.id == row.id:
        return None
    return told(kind, in_use.content, row.content)


@router.get("/{plural}/{key}/versies/{number}/bestand")
def version_file(request: Request, plural: str, key: str, number: int, opslaan: str = "") -> Response:
    """The file as it is kept: for the diagram on a page, or to keep (`?opslaan=ja`)."""
    kind = kind_of(plural)
    with looking(request) as look:
        require(look.actor, "studio.read")
        content = definitions.version(look.reading, kind.code, key, number).content
    return as_file(kind, content, f"{key}-v{number}" if opslaan else "")


def as_file(kind: Kind, content: bytes, name: str) -> Response:
    """The bytes; with a name the browser saves them, without one it may show them, as text and never as a page of ours."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind.suffix}"'} if name else {}
    return Response(content, media_type=kind.media_type if name else "text/plain; charset=utf-8", headers=headers)


@router.post("/{plural}/{key}/versies/{number}/activeren")
def activate(request: Request, plural: str, key: str, number: int, body: Body) -> Response:
    """A second person takes a draft into use for new cases."""
    kind = kind_of(plural)
    try:
        with acting(request, body) as act:
            row = definitions.version(act.work, kind.code, key, number)
            publishing.activate(act.office, act.work, act.actor, row.id)
    except (SecondPersonNeeded, NotADraft) as refused:
        return _version_page(request, kind, key, number, refused)
    return RedirectResponse(f"{address(kind, key)}?begonnen=ja", 303)


@router.post("/{plural}/{key}/versies/{number}/overnemen")
def take_over(request: Request, plural: str, key: str, number: int, body: Body) -> Response:
    """Go on from an older version: it becomes one's working copy."""
    kind = kind_of(plural)
    try:
        with acting(request, body) as act:
            row = definitions.version(act.work, kind.code, key, number)
            working_copies.begin(act.office, act.work, act.actor, kind=kind.code, key=key, content=row.content)
    except working_copies.WorkingCopyExists as refused:
        return _version_page(request, kind, key, number, refused)
    return RedirectResponse(address(kind, key, "bewerken"), 303)


@router.get("/{plural}/{key}/verschillen")
def differences_page(
    request: Request, plural: str, key: str, van: VersionAsked = 0, naar: VersionAsked = 0
) -> Response:
    """What changed between two versions; without numbers between the one in use and the newest."""
    kind = kind_of(plural)
    with looking(request) as look:
        require(look.actor, "studio.read")
        before, after = _two(look, kind, key, van, naar)
        return render(
            request,
            "studio/differences.html",
            kind=kind,
            key=key,
            name=after.name or key,
            before=before,
            after=after,
            versions=versions(look.reading, look.actor, kind, key),
            differences=told(kind, before.content, after.content),
        )


def _two(look: Look, kind: Kind, key: str, van: int, naar: int) -> tuple[Definition, Definition]:
    rows = definitions.listed(look.reading, kind.code, key)
    if not rows:
        raise DefinitionNotFound(kind=kind.code, key=key)
    after = definitions.version(look.reading, kind.code, key, naar) if naar else rows[0]
    if van:
        return definitions.version(look.reading, kind.code, key, van), after
    earlier = [row for row in rows if row.version < after.version]
    return next((row for row in earlier if row.state == "active"), earlier[0] if earlier else after), after
