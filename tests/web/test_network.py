"""The network of the services' complaint handlers, as its members use it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from icalendar import Calendar

from identity.people import Actor
from identity.roles import FIRST_LINE
from tasks.at_services import network
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.web.conftest import Visitor

MEETING = {"title": "Najaarsoverleg", "day": "2026-10-06", "from": "14:00", "to": "16:00", "place": "Brussel, zaal 3"}


@pytest.fixture
def member(visit: Callable[..., Visitor]) -> Visitor:
    return visit(FIRST_LINE, login="leen", authority="de_lijn")


def test_a_member_asks_another_answers_and_takes_the_answer_away(
    member: Visitor, visit: Callable[..., Visitor]
) -> None:
    assert "Nog niemand stelde een vraag." in member.get("/netwerk/vragen").text
    empty = member.form("/netwerk/vragen", {"title": "", "text": "Wie belt?"})
    assert empty.status_code == 422 and "Vul dit in." in empty.text and "Wie belt?" in empty.text
    asked = member.form("/netwerk/vragen", {"title": "Eerst bellen?", "text": "Doen jullie dat ook?"})
    page = str(asked.url)
    oscar = visit("ombudsman")
    answered = oscar.form(page, {"text": "Ja, altijd."})
    assert "Ja, altijd." in answered.text and "1 antwoord" in member.get("/netwerk/vragen").text
    mine = re.findall(r'action="(/netwerk/bericht/\d+/weghalen)"', member.get(page).text)
    assert len(mine) == 1, "a member takes away only what is theirs"
    theirs = re.findall(r'action="(/netwerk/bericht/\d+/weghalen)"', oscar.get(page).text)
    oscar.form(theirs[-1], seen=page)
    assert "Ja, altijd." not in member.get(page).text
    assert member.form(theirs[-1], seen=page).status_code == 404


def test_a_meeting_is_planned_answered_fed_to_calendars_and_called_off(
    member: Visitor, visit: Callable[..., Visitor]
) -> None:
    oscar = visit("ombudsman")
    wrong = oscar.form("/netwerk/overleg", {**MEETING, "to": "13:00"})
    assert wrong.status_code == 422 and "Het einde moet na het begin liggen." in wrong.text
    page = str(oscar.form("/netwerk/overleg", MEETING).url)
    assert "Leen, De Lijn: komt" in member.form(page, {"does": "komt"}).text
    assert "Leen, De Lijn: komt niet" in member.form(page, {"does": "komt niet"}).text
    shown = member.form("/netwerk/agenda", seen="/netwerk/overleg").text
    found = re.search(r"(/netwerk/agenda/[\w-]+\.ics)", shown)
    assert found is not None

    def event() -> dict[str, str]:
        calendar = Calendar.from_ical(visit().get(found[1]).content)
        (only,) = calendar.walk("VEVENT")
        return {name: str(only[name]) for name in ("SUMMARY", "LOCATION", "STATUS")}

    assert event() == {"SUMMARY": "Najaarsoverleg", "LOCATION": "Brussel, zaal 3", "STATUS": "CONFIRMED"}
    oscar.form(page, {"does": "afgelasten"})
    assert event()["STATUS"] == "CANCELLED"
    assert member.form("/netwerk/overleg/1", {"does": "komt"}, seen="/netwerk/overleg").status_code == 409
    member.form("/netwerk/agenda", seen="/netwerk/overleg")
    assert visit().get(found[1]).status_code == 404, "a new address ends the old one"


def test_the_directory_has_every_service_and_only_members_see_it(
    member: Visitor, visit: Callable[..., Visitor]
) -> None:
    member.form("/netwerk/leden", {"job_title": "Klachtencoördinator", "phone": "02 555 00 00"})
    oscar = visit("ombudsman")
    assert "Er is geen overleg gepland." in oscar.get("/netwerk").text
    page = oscar.get("/netwerk/leden").text
    assert all(words in page for words in ("Leen", "De Lijn", "Klachtencoördinator", "02 555 00 00"))
    assert visit("case_handler").get("/netwerk").status_code == 403


def test_a_long_list_goes_page_by_page(sqlite_office: Office, member: Visitor) -> None:
    at = sqlite_office.clock.now()
    assert isinstance(sqlite_office.clock, TravellingClock)
    leen = Actor("person:1", "Leen", frozenset({FIRST_LINE}))
    with sqlite_office.database.work() as work:
        for number in range(network.PAGE + 1):
            network.write(work, leen, network.PRACTICE, f"Praktijk {number}", "x", at + timedelta(minutes=number))
    first = member.get("/netwerk/praktijken").text
    assert "Praktijk 30" in first and "Praktijk 0<" not in first
    after = re.search(r"\?na=(\d+)", first)
    assert after is not None and "Praktijk 0<" in member.get(f"/netwerk/praktijken?na={after[1]}").text
