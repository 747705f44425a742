"""The worklist: what waits for me, for my roles, for anyone. Each view, filter, order and page has its own address."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from identity import people
from identity.roles import CASE_STAFF, EXTERNAL_ROLES, REPORT_STAFF
from tasks import worklist
from tasks.case_file import case_list
from tasks.treatment import open_choices
from tasks.worklist import ALL, LATE, MINE, ROLES, TODAY, Filters
from web.context import Look, looking
from web.dates import as_day
from web.rendering import render
from web.tables import as_csv
from web.words import of as word

router = APIRouter(default_response_class=Response)

VIEWS = {"mijn": MINE, "rollen": ROLES, "alle": ALL}
TERMS = {"te-laat": LATE, "vandaag": TODAY}
# In the order of the lanes, not of the alphabet: intake first.
LANES = [role for role in ("intake_officer", "case_handler", "mediator", "ombudsman") if role in CASE_STAFF]
MOST_EXPORTED = 10_000


@dataclass(frozen=True)
class Asked:
    """What the address asks for, in its own Dutch words; an unknown word asks nothing."""

    lijst: str = "rollen"
    termijn: str = ""
    dienst: str = ""
    rol: str = ""
    zoek: str = ""
    sorteer: str = "due"
    na: str = ""

    @property
    def view(self) -> str:
        return VIEWS.get(self.lijst, ROLES)

    @property
    def filters(self) -> Filters:
        return Filters(self.zoek[:200], TERMS.get(self.termijn, ""), self.rol, self.dienst)

    @property
    def is_filtered(self) -> bool:
        return bool(self.termijn or self.dienst or self.rol or self.zoek)

    @property
    def shows_choices(self) -> bool:
        """They have no term and nobody takes them: only the plain first page tells of them."""
        return self.view != MINE and not self.is_filtered and not self.na


def _asked(
    lijst: str = "rollen",
    termijn: str = "",
    dienst: str = "",
    rol: str = "",
    zoek: str = "",
    sorteer: str = "due",
    na: str = "",
) -> Asked:
    return Asked(lijst, termijn, dienst, rol, zoek, sorteer, na)


Question = Annotated[Asked, Depends(_asked)]


@router.get("/werklijst")
def worklist_page(request: Request, asked: Question) -> Response:
    """The list, with what the search finds among all cases beside it."""
    with looking(request) as look:
        page = _page(look, asked, worklist.PAGE)
        listed = {item.case_number for item in page.items}
        cases = [each for each in case_list.found(look.reading, look.actor, asked.zoek) if each.number not in listed]
        names = people.names(look.reading)
        authorities = worklist.authorities(look.reading, look.actor)
        choices = open_choices.waiting_for(look.reading, look.actor) if asked.shows_choices else []
    return render(
        request,
        "worklist/list.html",
        asked=asked,
        page=page,
        cases=cases,
        choices=choices,
        names=names,
        authorities=authorities,
        lanes=[*(sorted(REPORT_STAFF) if look.office.house.is_sealed else LANES), *sorted(EXTERNAL_ROLES)],
        me=look.actor.id,
        my_roles=look.actor.roles,
    )


@router.get("/werklijst.csv")
def worklist_file(request: Request, asked: Question) -> Response:
    """The same list for a spreadsheet; a withheld name stays withheld."""
    with looking(request) as look:
        page = _page(look, asked, MOST_EXPORTED)
        names = people.names(look.reading)
    rows = [
        (
            item.case_number,
            f"{item.name} ({item.about})" if item.about else item.name,
            item.subject,
            item.authority,
            "(naam afgeschermd)" if item.is_name_withheld else item.complainant,
            word(item.role),
            names.get(item.assignee or "", ""),
            as_day(item.due_at) if item.due_at else "",
            as_day(item.opened_at),
            "ja" if item.is_urgent else "",
        )
        for item in page.items
    ]
    head = "Dossier,Taak,Onderwerp,Dienst,Klager,Rol,Wie,Uiterlijk,Sinds,Dringend".split(",")
    return as_csv(f"werklijst-{as_day(look.office.clock.now())}", head, rows)


def _page(look: Look, asked: Asked, limit: int) -> worklist.Page:
    return worklist.page(
        look.reading,
        look.actor,
        asked.view,
        now=look.office.clock.now(),
        filters=asked.filters,
        sort=asked.sorteer,
        after=asked.na or None,
        limit=limit,
    )
