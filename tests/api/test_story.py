"""A complaint from intake to closing through the API alone: programs for the office's people, link holders by their mail."""

import re
from typing import Any

from sqlalchemy import select

from tasks.models import Mail
from tasks.office import Office
from tests.api.conftest import API, Caller, Program, filled
from tests.stories.stage import UNHEARD


def newest_link(office: Office, number: str) -> str:
    """The secret in the last mail about this case that asks something."""
    with office.database.reading() as reading:
        bodies = list(reading.session.scalars(select(Mail.body).order_by(Mail.id)))
    found = [match[1] for body in bodies if number in body and (match := re.search(r"/vraag/([\w-]{43})", body))]
    assert found, f"no mail about {number} carries a link"
    return found[-1]


def answers_by_link(office: Office, visitor: Caller, number: str, **answers: Any) -> None:
    secret = newest_link(office, number)
    asked = visitor.get(f"{API}/links/{secret}")
    assert asked.status_code == 200, asked.text
    given = filled(asked.json()["form"]["fields"], answers)
    done = visitor.post(f"{API}/links/{secret}/complete", json={"answers": given})
    assert done.status_code == 200, done.text


def test_a_script_takes_a_complaint_from_intake_to_closing(office: Office, program: Program) -> None:
    staff = program("intake_officer", "case_handler", "ombudsman")
    visitor, auditor = program(), program("auditor")
    number = staff.complaint()
    staff.completes(number, "assess_intake", matter="complaint", judged_urgent="nee")
    staff.completes(number, "decide_admissibility", decision="admitted")
    staff.completes(number, "choose_approach", approach="investigation")
    staff.completes(number, "request_information", questions="Werkte de app op 4 november?", term_days=20)
    answers_by_link(office, visitor, number, answer="De app lag die dag twee uur plat.")
    staff.completes(number, "review_answer", investigation_next="assess", review_note="Duidelijk.")
    staff.completes(number, "decide_unheard", **UNHEARD)
    verdict = {"finding": "founded", "remedy": "redress", "norms": ["1"], "reasoning": "De boete was onterecht."}
    form = staff.get(f"{API}/user-tasks/{staff.open_tasks(number)['assess']['id']}").json()["form"]
    (grievances,) = [each for each in form["fields"] if each["key"] == "grievances"]
    for field in grievances["fields"]:
        if field["key"] in ("finding", "remedy"):
            verdict[field["key"]] = field["choices"][0]["value"]
        if field["key"] == "norms":
            verdict["norms"] = [field["choices"][0]["value"]]
    staff.completes(number, "assess", grievances=[verdict], assessment_text="De klacht is gegrond.", next_step="close")
    closed = staff.completes(number, "close_case")
    assert closed["next_user_task_id"] is None

    file = staff.get(f"{API}/cases/{number}").json()
    assert file["case"]["closed_at"] is not None
    assert (file["open_user_tasks"], file["incidents"]) == ([], [])
    assert {each["value"]: each["words"] for each in file["case"]["outcome"]} == {
        "Ontvankelijkheid": "Ontvankelijk",
        "Reden van afsluiting": "Afgehandeld",
    }
    assert file["grievances"][0]["finding"] == verdict["finding"]
    assert file["letters"]
    assert all(deadline["state"] == "met" for deadline in file["deadlines"])
    history = auditor.get(f"{API}/cases/{number}/history?limit=1000").json()["events"]
    assert [event["seq"] for event in history] == list(range(1, len(history) + 1))
    assert {"assess_intake", "answer_information", "close_case"} <= {event["activity"] for event in history}
    assert auditor.get(f"{API}/cases/{number}/verify").json()["ok"] is True
    for kind, start in (("json", b"{"), ("xes", b"<?xml")):
        exported = auditor.get(f"{API}/cases/{number}/export?format={kind}")
        assert exported.status_code == 200
        assert exported.content.startswith(start)
        assert b"Vandevoorde" not in exported.content


def test_a_claimed_user_task_is_given_back_and_kept_as_a_draft(program: Program) -> None:
    officer = program("intake_officer")
    number = officer.complaint()
    user_task_id = officer.open_tasks(number)["assess_intake"]["id"]
    claimed = officer.post(f"{API}/user-tasks/{user_task_id}/claim")
    assert claimed.json()["assignee"].startswith("token:")
    mine = officer.get(f"{API}/worklist?view=mine").json()
    assert [item["id"] for item in mine["items"]] == [user_task_id]
    kept = officer.put(f"{API}/user-tasks/{user_task_id}/draft", json={"answers": {"intake_note": "Nog bellen."}})
    assert kept.json()["has_draft"] is True
    assert officer.get(f"{API}/user-tasks/{user_task_id}").json()["draft"] == {"intake_note": "Nog bellen."}
    released = officer.post(f"{API}/user-tasks/{user_task_id}/release", json={})
    assert released.json()["assignee"] is None
    again = officer.post(f"{API}/user-tasks/{user_task_id}/release")
    assert (again.status_code, again.json()["title"]) == (409, "UserTaskNotClaimed")


def test_the_worklist_and_the_cases_come_page_by_page(program: Program) -> None:
    officer = program("intake_officer")
    numbers = [officer.complaint(subject=f"Over lijn {n}") for n in ("aa", "bb", "cc", "dd", "ee")]
    for path, key in (("worklist?view=roles&", "case_number"), ("cases?", "number")):
        seen, after = [], ""
        while after is not None:
            page = officer.get(f"{API}/{path}limit=2" + (f"&after={after}" if after else "")).json()
            assert page["total"] == 5
            seen += [item[key] for item in page["items"]]
            after = page["next"]
        assert sorted(seen) == numbers
    assert officer.get(f"{API}/worklist?query=lijn dd").json()["total"] == 1
    assert officer.get(f"{API}/cases?query={numbers[1]}").json()["total"] == 1


def test_a_withdrawal_closes_the_case_and_information_only_stays_on_the_file(program: Program) -> None:
    officer = program("intake_officer", "case_handler")
    number = officer.complaint()
    form = officer.get(f"{API}/forms/information_added").json()
    text = next(each["key"] for each in form["fields"] if each["type"] == "textarea")
    added = officer.post(f"{API}/cases/{number}/messages/information_added", json={"answers": {text: "Nog een foto."}})
    assert (added.status_code, added.json()["moved"]) == (200, False), added.text
    gone = officer.post(f"{API}/cases/{number}/messages/complaint_withdrawn", json={"answers": {}})
    assert (gone.status_code, gone.json()["moved"]) == (200, True), gone.text
    assert officer.get(f"{API}/cases/{number}").json()["case"]["closed_at"] is not None
    late = officer.post(f"{API}/cases/{number}/messages/complaint_withdrawn", json={"answers": {}})
    assert (late.status_code, late.json()["title"]) == (409, "MessageNotExpected")


def test_a_document_comes_in_with_its_task_and_goes_out_as_it_came(program: Program) -> None:
    officer = program("intake_officer")
    number = officer.complaint()
    user_task_id = officer.open_tasks(number)["assess_intake"]["id"]
    pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3 inhoud"
    done = officer.post(
        f"{API}/user-tasks/{user_task_id}/complete",
        data={"answers": '{"matter": "complaint", "judged_urgent": "nee"}'},
        files=[("files", ("../../boete.pdf", pdf, "text/html"))],
    )
    assert done.status_code == 200, done.text
    (document,) = officer.get(f"{API}/cases/{number}").json()["documents"]
    assert (document["name"], document["size"], document["media_type"]) == ("boete.pdf", len(pdf), "application/pdf")
    got = officer.get(f"{API}/cases/{number}/documents/{document['id']}")
    assert got.content == pdf
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"


def test_mail_that_waits_is_shown_without_its_address_and_tried_again(program: Program) -> None:
    program("intake_officer").complaint()
    admin = program("admin")
    (mail,) = admin.get(f"{API}/mails?state=waiting").json()["items"]
    assert (mail["to"], mail["state"]) == ("m…@example.org", "waiting")
    assert admin.post(f"{API}/mails/{mail['id']}/retry").json() == {"id": mail["id"]}
    missing = admin.post(f"{API}/mails/99/retry")
    assert (missing.status_code, missing.json()["title"]) == (404, "MailNotFound")
    assert admin.get(f"{API}/incidents").json() == {"items": [], "next": None}
    gone = admin.post(f"{API}/incidents/1/retry", json={"variable": "n", "value": "1"})
    assert gone.status_code == 404
    manager, why = program("process_manager"), {"reason": "Dit adres bestaat niet meer."}
    there = f"{API}/mails/{mail['id']}/give-up"
    assert admin.post(there, json=why).status_code == 403
    assert manager.post(there, json={"reason": " "}).json()["title"] == "ReasonMissing"
    assert manager.post(there, json=why).json() == {"id": mail["id"]}
    assert [each["id"] for each in admin.get(f"{API}/mails?state=given_up").json()["items"]] == [mail["id"]]
    again = manager.post(there, json=why)
    assert (again.status_code, again.json()["title"]) == (409, "MailNotWaiting")
    assert manager.post(f"{API}/mails/99/give-up", json=why).status_code == 404


def test_a_decision_is_tried_out_with_the_rows_that_fire(program: Program) -> None:
    manager = program("process_manager")
    tried = manager.post(f"{API}/decisions/urgency/evaluate", json={"inputs": {"judged_urgent": "ja"}})
    assert tried.status_code == 200, tried.text
    told = tried.json()
    assert (told["key"], told["value"], told["warnings"]) == ("urgency", True, [])
    assert told["inputs"] == {"Oordeel van het onthaal": "ja"}
    (fired,) = told["matched"]
    assert (fired["decision"], fired["rule"], fired["row"]) == ("urgency", "urgency_rule_1", 1)
    assert fired["notes"][0].startswith("Dienstnorm: uithuiszetting")
    assert told["decisions"] == [{"decision": "urgency", "inputs": told["inputs"], "value": True}]
    without = manager.post(f"{API}/decisions/urgency/evaluate", json={"inputs": {}}).json()
    assert (without["value"], [each["row"] for each in without["matched"]]) == (False, [2])
    assert without["warnings"] == ["'judged_urgent' bestaat hier niet"], "what is missing is said"
    unknown = manager.post(f"{API}/decisions/nothing/evaluate", json={"inputs": {}})
    assert (unknown.status_code, unknown.json()["title"]) == (404, "DefinitionNotFound")


def test_publishing_needs_a_second_program_to_activate(program: Program) -> None:
    first, second = program("process_manager"), program("process_manager")
    (form,) = [
        each for each in first.get(f"{API}/definitions?kind=form").json()["items"] if each["key"] == "assess_intake"
    ]
    content = first.get(f"{API}/definitions/{form['id']}/content").content + b"\n"
    made = first.post(f"{API}/definitions?kind=form", content=content)
    assert (made.status_code, made.json()["definition"]["state"]) == (201, "draft"), made.text
    version = made.json()["definition"]["id"]
    alone = first.post(f"{API}/definitions/{version}/activate")
    assert (alone.status_code, alone.json()["title"]) == (409, "SecondPersonNeeded")
    assert second.post(f"{API}/definitions/{version}/activate").json()["state"] == "active"
    broken = first.post(f"{API}/definitions?kind=process", content=b"<a/>")
    assert broken.status_code == 422
    assert broken.json()["errors"][0]["message"]


def test_a_token_is_issued_used_and_revoked(program: Program) -> None:
    admin, other = program("admin"), program()
    issued = admin.post(f"{API}/tokens", json={"name": "koppeling", "roles": ["auditor"]})
    assert issued.status_code == 201
    other.headers["Authorization"] = f"Bearer {issued.json()['secret']}"
    assert other.get(f"{API}/cases").status_code == 200
    listed = admin.get(f"{API}/tokens")
    assert issued.json()["secret"] not in listed.text
    (row,) = [each for each in listed.json()["items"] if each["name"] == "koppeling"]
    assert admin.delete(f"{API}/tokens/{row['id']}").json() == {"id": row["id"]}
    refused = other.get(f"{API}/cases")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
