"""Running the office: what cannot go on is tried again, waiting mail shows, people and keys are managed, one's own account."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine.models import Definition, Incident, Job, ProcessInstance
from history.log import verify
from identity.models import ApiToken, SessionRow
from identity.people import Actor
from tasks.background.clock_source import TravellingClock
from tasks.models import Mail
from tasks.office import Office
from tasks.operating import operations, presence, running
from tests.conftest import START
from tests.stories.stage import Story
from tests.tasks.test_queue import Place, fails
from tests.web.conftest import PASSWORD, Visitor, hire
from web.app import build

Visit = Callable[..., Visitor]
NEW = "een ander lang wachtwoord"


@pytest.fixture
def stuck(sqlite_office: Office) -> Story:
    """A case that asks the decision table in use, as those from before the tables were fixed do, and finds none: its token cannot go on."""
    story = Story(sqlite_office).given_a_complaint()
    with sqlite_office.database.work() as work:
        work.session.execute(update(ProcessInstance).values(decisions=None))
    _decision_state(sqlite_office, "active", "retired")
    return story


def _decision_state(office: Office, before: str, after: str) -> None:
    with office.database.work() as work:
        work.session.execute(
            update(Definition).where(Definition.key == "urgency", Definition.state == before).values(state=after)
        )


def test_the_overview_gives_figures_to_those_who_run_the_system(visit: Visit, sqlite_office: Office) -> None:
    Story(sqlite_office).given_a_complaint()
    page = visit("admin").get("/beheer").text
    assert "Er is geen mailserver ingesteld" in page
    assert re.search(r"<strong>1</strong><span>mails wachten", page)
    assert re.search(r"<strong>1</strong><span>open dossiers", page)
    assert visit("case_handler").get("/beheer").status_code == 403


def test_waiting_mail_shows_without_names_and_can_be_sent_again(
    visit: Visit, sqlite_office: Office, clock: TravellingClock
) -> None:
    Story(sqlite_office).given_a_complaint()
    with sqlite_office.database.work() as work:
        error = {
            "state": "dead",
            "attempts": 12,
            "last_error": "SMTPRecipientsRefused: {'mies@example.org': (550, b'nee')}",
        }
        work.session.execute(update(Mail).values(**error, next_at=clock.now() + timedelta(days=1)))
    admin = visit("admin")
    page = admin.get("/beheer/mail?stand=mislukt").text
    assert "m…@example.org" in page
    assert "mies@example.org" not in page
    assert "De mailserver aanvaardt dit adres niet." in page
    assert "SMTPRecipientsRefused" in page
    assert "Lees de mail" not in page
    mail_id = re.search(r'name="mail_id" value="(\d+)"', page)
    assert mail_id
    admin.form("/beheer/mail", {"mail_id": mail_id[1]})
    with sqlite_office.database.reading() as reading:
        row = reading.session.scalars(select(Mail)).one()
        assert (row.state, row.attempts, row.next_at) == ("waiting", 0, clock.now())


def test_mail_is_given_up_with_a_reason_that_the_case_remembers(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    case, file = story.case_id, f"/dossiers/{story.case.number}"
    with sqlite_office.database.work() as work:
        work.session.execute(update(Mail).values(state="dead"))
    hilde, petra = visit("case_handler"), visit("process_manager")
    assert "Een mail over dit dossier kwam niet aan." in hilde.get(file).text
    assert 'value="mies@example.org"' in hilde.get(f"{file}/melding/contact_changed").text, (
        "what is known stands there, to be mended"
    )
    page = petra.get("/beheer/mail?stand=mislukt").text
    mail_id = re.findall(r'name="mail_id" value="(\d+)"', page)[0]
    chosen: dict[str, object] = {"mail_id": mail_id, "stand": "mislukt", "reason": ""}
    unexplained = petra.form("/beheer/mail/opgeven", chosen, seen="/beheer/mail?stand=mislukt")
    assert (unexplained.status_code, "Schrijf waarom u dit doet" in unexplained.text) == (422, True)
    chosen["reason"] = "Het adres bestaat niet."
    done = petra.form("/beheer/mail/opgeven", chosen, seen="/beheer/mail?stand=mislukt")
    assert '<span class="badge">opgegeven</span>' in done.text
    assert "Het adres bestaat niet." in story_of(sqlite_office, case)
    assert "kwam niet aan" not in hilde.get(file).text
    assert "niet verstuurd, opgegeven" in hilde.get(f"{file}/brieven").text
    assert "opgeven" not in visit("admin").get("/beheer/mail?stand=mislukt").text


def story_of(office: Office, case: int) -> str:
    """What the history of a case says, in words."""
    with office.database.reading() as reading:
        return " ".join(str(each.data) for each in office.log.read(reading, f"case:{case}"))


def test_in_a_demonstration_the_mails_can_be_read_so_that_a_visitor_can_follow_their_links(
    sqlite_office: Office,
) -> None:
    Story(sqlite_office).given_a_complaint()
    demo = replace(sqlite_office, settings=replace(sqlite_office.settings, is_demo=True))
    hire(demo, "bert", "admin")
    with Visitor(build(demo)) as browser:
        browser.form("/aanmelden", {"login": "bert", "password": PASSWORD})
        page = browser.get("/beheer/mail").text
    assert "Lees de mail" in page
    assert re.search(r'<a href="http[^"]+/volg/[\w-]+"', page)


def test_somebody_is_hired_gets_other_roles_and_a_closed_account_is_out_at_once(
    visit: Visit, sqlite_office: Office
) -> None:
    admin = visit("admin")
    new: dict[str, object] = {"login": "Nora", "name": "Nora N.", "password": PASSWORD, "roles": ["mediator"]}
    assert "Nora N." in admin.form("/beheer/mensen", new).text
    assert admin.form("/beheer/mensen", new).status_code == 409
    short = admin.form("/beheer/mensen", {**new, "login": "kort", "password": "kort"})
    assert short.status_code == 422
    assert 'value="kort"' in short.text
    nora = visit()
    asked = nora.form("/aanmelden", {"login": "nora", "password": PASSWORD}).text
    assert "Het wachtwoord dat u kreeg, kent nog iemand anders." in asked
    own = {"present": PASSWORD, "new": NEW, "again": NEW}
    assert "kent nog iemand anders" not in nora.form("/account/wachtwoord", own, seen="/account").text
    assert nora.get("/werklijst").status_code == 200
    admin.form("/beheer/mensen/nora", {"action": "roles", "roles": ["auditor"]})
    assert nora.get("/werklijst").status_code == 403
    admin.form("/beheer/mensen/nora", {"action": "close"})
    assert nora.get("/herbeleven", follow_redirects=False).status_code == 303


def test_what_somebody_took_goes_back_when_they_lose_the_role_or_leave(visit: Visit, sqlite_office: Office) -> None:
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    admin, ann, bob = visit("admin"), visit("intake_officer", login="ann"), visit("intake_officer", login="bob")
    for change in (
        {"action": "roles", "roles": ["mediator", "intake_officer"]},
        {"action": "roles", "roles": ["mediator"]},
    ):
        ann.form(f"/taken/{task.id}/opnemen", seen="/werklijst")
        ann.form(f"/taken/{task.id}", {"intake_note": "Nog bellen", "_save": "1"})
        admin.form("/beheer/mensen/ann", change)
    page = bob.get(f"/taken/{task.id}").text
    assert "Voor: Onthaal" in page
    assert "Nog bellen" in page
    bob.form(f"/taken/{task.id}/opnemen", seen="/werklijst")
    leaving = admin.get("/beheer/mensen/bob").text
    assert "1 taak die deze persoon opnam, gaat terug naar de rol." in leaving
    assert "Niemand anders heeft de rol onthaal." in leaving
    assert "Bewaard: Bob." in admin.form("/beheer/mensen/bob", {"action": "close"}).text
    assert "Voor: Onthaal" in ann.get(f"/taken/{task.id}").text
    with sqlite_office.database.reading() as reading:
        given = [
            e.resource for e in sqlite_office.log.read(reading, f"case:{task.case_id}") if e.transition == "released"
        ]
        assert verify(reading, f"case:{task.case_id}").ok
    assert len(given) == 2


def test_an_administrator_cannot_lock_the_office_out(visit: Visit, sqlite_office: Office) -> None:
    admin = visit("admin")
    refused = admin.form("/beheer/mensen/admin", {"action": "close"})
    assert refused.status_code == 409
    assert admin.form("/beheer/mensen/admin", {"action": "roles", "roles": ["mediator"]}).status_code == 409
    assert admin.get("/beheer/mensen").status_code == 200


def test_a_key_is_shown_once_and_opens_nothing_after_it_is_taken_back(visit: Visit, sqlite_office: Office) -> None:
    admin, program = visit("admin"), visit()
    page = admin.form("/beheer/sleutels", {"name": "Loket", "roles": ["intake_officer"]}).text
    secret = re.search(r"<code>(of_[^<]+)</code>", page)
    assert secret
    assert secret[1] not in admin.get("/beheer/sleutels").text
    bearer = {"Authorization": f"Bearer {secret[1]}"}
    assert program.get("/api/v1/worklist", headers=bearer).status_code == 200
    with sqlite_office.database.reading() as reading:
        token_id = reading.session.scalars(select(ApiToken.id)).one()
    admin.form(f"/beheer/sleutels/{token_id}", seen="/beheer/sleutels")
    assert program.get("/api/v1/worklist", headers=bearer).status_code == 401
    half = admin.form("/beheer/sleutels", {"name": "Half", "roles": []})
    assert (half.status_code, 'value="Half"' in half.text) == (422, True)


def test_every_change_of_people_and_keys_stands_in_the_office_s_own_history(
    visit: Visit, sqlite_office: Office
) -> None:
    admin = visit("admin")
    new: dict[str, object] = {"login": "nora", "name": "Nora", "password": PASSWORD, "roles": ["mediator"]}
    admin.form("/beheer/mensen", new)
    admin.form("/beheer/mensen/nora", {"action": "password", "password": NEW})
    with sqlite_office.database.reading() as reading:
        told = sqlite_office.log.read(reading, "office")
        assert verify(reading, "office").ok
    mine = [event for event in told if event.activity == "person" and event.role == "admin"]
    assert len(mine) == 2
    assert NEW not in str([event.data for event in told])


def test_ones_own_password_needs_the_present_one_and_ends_other_sessions(visit: Visit, sqlite_office: Office) -> None:
    here = visit("mediator", login="mia")
    elsewhere = visit()
    elsewhere.form("/aanmelden", {"login": "mia", "password": PASSWORD})
    wrong = here.form("/account/wachtwoord", {"present": "fout", "new": NEW, "again": NEW}, seen="/account")
    assert wrong.status_code == 403
    differ = here.form("/account/wachtwoord", {"present": PASSWORD, "new": NEW, "again": "x"}, seen="/account")
    assert "niet gelijk" in differ.text
    changed = here.form("/account/wachtwoord", {"present": PASSWORD, "new": NEW, "again": NEW}, seen="/account")
    assert "Uw wachtwoord is gewijzigd" in changed.text
    assert elsewhere.get("/account", follow_redirects=False).status_code == 303
    again = visit()
    assert again.form("/aanmelden", {"login": "mia", "password": PASSWORD}).status_code == 403
    assert again.form("/aanmelden", {"login": "mia", "password": NEW}, follow_redirects=False).status_code == 303


def test_other_sessions_can_be_ended_from_here(visit: Visit, sqlite_office: Office) -> None:
    here, elsewhere = visit("mediator", login="mia"), visit()
    elsewhere.form("/aanmelden", {"login": "mia", "password": PASSWORD})
    here.form("/account/sessies", seen="/account")
    assert elsewhere.get("/account", follow_redirects=False).status_code == 303
    assert here.get("/account").status_code == 200
    with sqlite_office.database.reading() as reading:
        assert len(reading.session.scalars(select(SessionRow)).all()) == 1


def test_an_incident_after_a_form_keeps_the_answers_and_is_tried_again(
    visit: Visit, sqlite_office: Office, stuck: Story
) -> None:
    task = stuck.open("assess_intake")
    said: dict[str, object] = {"matter": "complaint", "judged_urgent": "nee", "intake_note": "Belt na vijf uur."}
    page = visit("intake_officer").form(f"/taken/{task.id}", said)
    assert page.status_code == 200
    assert "Bewaard, maar het dossier loopt vast" in page.text
    assert stuck.facts()["intake.note"] == "Belt na vijf uur."
    admin = visit("admin")
    listed = admin.get("/beheer/vastgelopen").text
    assert "Dringendheid bepalen" in listed
    assert stuck.case.number in listed
    with sqlite_office.database.reading() as reading:
        incident_id = reading.session.scalars(select(Incident.id).where(Incident.resolved_at.is_(None))).one()
    address = f"/beheer/vastgelopen/{incident_id}"
    wrong = admin.form(address, {"name": "judged_urgent", "value": "1 +"}, seen="/beheer/vastgelopen")
    assert wrong.status_code == 422
    assert 'value="judged_urgent"' in wrong.text
    _decision_state(sqlite_office, "retired", "active")
    assert "Niets is vastgelopen" in admin.form(address, {}, seen="/beheer/vastgelopen").text
    assert admin.form(address, {}, seen="/beheer/mensen").status_code == 409
    assert [row.element_id for row in stuck._open()] == ["decide_admissibility"]
    assert "Dit dossier kan niet verder" not in visit("case_handler").get(f"/dossiers/{stuck.case.number}").text


def test_steps_are_skipped_one_or_many_by_whoever_may_and_says_why(
    visit: Visit, sqlite_office: Office, clock: TravellingClock
) -> None:
    place = Place(sqlite_office, clock, answer=fails).publish(retries=1)
    instances = [place.start() for _ in range(3)]
    place.run()
    petra, all_of_them = visit("process_manager"), "/beheer/vastgelopen"
    first, *others = re.findall(r'name="incident_id" value="(\d+)"', petra.get(all_of_them).text)
    alone = f"{all_of_them}/{first}"
    assert "overslaan" not in visit("admin").get(alone).text
    unexplained = petra.form(f"{alone}/overslaan", {"reason": "x"}, seen=alone)
    assert (unexplained.status_code, ">x</textarea>" in unexplained.text) == (422, True)
    nothing = petra.form(all_of_them, {}, seen=all_of_them)
    assert (nothing.status_code, "Kies eerst minstens één regel" in nothing.text) == (422, True)
    went_on = petra.form(f"{alone}/overslaan", {"reason": "Kreeg het al per post."}, seen=alone)
    assert "1 stap gaat weer verder" in went_on.text
    unexplained = petra.form(f"{all_of_them}/overslaan", {"incident_id": others, "reason": ""}, seen=all_of_them)
    assert (unexplained.status_code, unexplained.text.count(" checked ")) == (422, 2)
    done = petra.form(f"{all_of_them}/overslaan", {"incident_id": others, "reason": "Ook per post."}, seen=all_of_them)
    assert "2 stappen gaan weer verder" in done.text
    assert {place.outcome(each) for each in instances} == {"completed"}


def test_jobs_are_counted_by_type_and_one_that_nobody_does_stands_out(visit: Visit, sqlite_office: Office) -> None:
    Story(sqlite_office).given_a_complaint()
    with sqlite_office.database.work() as work:
        instance_id = work.session.scalars(select(ProcessInstance.id)).one()
        for number, (job_type, state) in enumerate([("letter.print", "ready")] * 2 + [("letter.print", "running")]):
            work.session.add(_job(instance_id, f"{number}", job_type, state))
    page = visit("admin").get("/beheer/opdrachten").text
    row = re.search(r"<code>letter.print</code>.*?</tr>", page, re.DOTALL)
    assert row
    assert "niemand" in row[0]
    assert [int(each) for each in re.findall(r'class="number"[^>]*>(\d+)<', row[0])] == [2, 1]
    assert "ma 5 januari 2026, 10:00" in row[0]
    known = replace(
        sqlite_office, settings=replace(sqlite_office.settings, external_job_types=frozenset({"letter.print"}))
    )
    with sqlite_office.database.reading() as reading:
        told = operations.job_types(known, reading, Actor("person:1", "", frozenset({"admin"})))
    assert [(line.type, line.who, line.waiting, line.running) for line in told] == [("letter.print", "worker", 2, 1)]
    assert re.search(r"<strong>3</strong><span>opdrachten", visit("process_manager").get("/beheer").text)


def _job(instance_id: int, token: str, job_type: str, state: str) -> Job:
    return Job(instance_id=instance_id, token_id=token, element_id="x", type=job_type, state=state, run_at=START)


def test_the_overview_tells_what_waits_who_works_and_when_all_was_last_copied(
    visit: Visit, sqlite_office: Office, clock: TravellingClock
) -> None:
    Story(sqlite_office).given_a_complaint()
    admin = visit("admin")
    assert "Geen enkel programma gaf het laatste uur een levensteken" in admin.get("/beheer").text
    for role in (presence.WORKER, presence.SERVE):
        presence.Presence(sqlite_office, role).say()
    with sqlite_office.database.work() as work:
        running.copied(sqlite_office, work, Actor("system:console", "", frozenset()))
    clock.travel_to(clock.now() + timedelta(seconds=40))
    presence.Presence(sqlite_office, presence.SERVE).say()
    page = admin.get("/beheer").text
    row = re.search(r"<strong>Mail</strong></td>(.*?)</tr>", page)
    assert row
    assert re.findall(r">(\d+|ma [^<]+)</td>", row[1]) == ["1", "0", "0", "ma 5 januari 2026, 10:00"]
    assert page.count("antwoordt niet meer") == 2
    assert page.count("<td><strong>server") == 2
    assert "Laatste reservekopie van alles: ma 5 januari 2026, 10:00" in page


def test_the_slowest_steps_are_those_that_took_longest_between_begin_and_end(
    visit: Visit, sqlite_office: Office, clock: TravellingClock
) -> None:
    assert "nog geen stap klaar" in visit("admin").get("/beheer/traagste-stappen").text
    for days in (3, 5, 1):
        story = Story(sqlite_office).given_a_complaint()
        clock.travel_to(clock.now() + timedelta(days=days))
        story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    page = visit("admin", login="later").get("/beheer/traagste-stappen").text
    first = re.search(r"<tbody>\s*<tr>(.*?)</tr>", page)
    assert first
    assert re.findall(r">([^<>]+)</td>", first[1])[-3:] == ["3", "3 dagen", "5 dagen"]
    clock.travel_to(clock.now() + timedelta(days=40))
    assert "nog geen stap klaar" in visit("admin", login="last").get("/beheer/traagste-stappen").text
