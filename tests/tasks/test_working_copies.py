"""Working copies and versions on both databases: nothing overwritten, nothing half-published, running cases counted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from engine import definitions
from engine.dmn.scenarios import Scenario, ScenarioFile
from engine.errors import DiagramRefused, SecondPersonNeeded
from history.log import verify
from identity.people import Actor
from identity.permissions import NotAllowed
from problems import Conflict
from storage.unit_of_work import UnitOfWork
from tasks.office import Office
from tasks.studio import decision_scenarios, definition_usage, publishing, working_copies
from tests.stories.stage import Story

PETRA = Actor("person:1", "Petra", frozenset({"process_manager"}))
POL = Actor("person:2", "Pol", frozenset({"process_manager"}))
CLOSING: Any = {"kind": "form", "key": "close_case"}
AUDITOR = Actor("person:3", "Aude", frozenset({"auditor"}))


def active(office: Office, kind: str, key: str) -> bytes:
    with office.database.reading() as reading:
        row = definitions.latest(reading, kind, key)
        assert row is not None
        return row.content


def save(
    office: Office, actor: Actor, content: bytes, revision: int = 0, kind: str = "process", key: str = "complaint"
) -> int:
    with office.database.work() as work:
        copy = working_copies.save(office, work, actor, kind=kind, key=key, content=content, revision=revision)
        return copy.revision


def publish(office: Office, actor: Actor, replaces: int = 0, kind: str = "process", key: str = "complaint") -> int:
    with office.database.work() as work:
        return working_copies.publish(office, work, actor, kind=kind, key=key, replaces=replaces).definition.id


def keep(office: Office, decision: str, revision: int, name: str) -> int:
    """Another set of scenarios for this decision, made from this revision; what it became."""
    with office.database.work() as work:
        file = ScenarioFile(decision, (Scenario(name, {}, False),))
        decision_scenarios.keep(office, work, PETRA, file, revision)
        return decision_scenarios.of(work, decision).revision


def test_running_cases_stay_and_are_counted_per_version(office: Office) -> None:
    running = Story(office).given_a_complaint()
    save(office, PETRA, active(office, "process", "complaint").replace(b"Soort en dringendheid", b"Aard en spoed"))
    made = publish(office, PETRA)
    with pytest.raises(SecondPersonNeeded), office.database.work() as work:
        publishing.activate(office, work, PETRA, made)
    with office.database.work() as work:
        publishing.activate(office, work, POL, made)
    fresh = Story(office).given_a_complaint()

    with office.database.reading() as reading:
        rows = definitions.versions(reading, "process", "complaint")
        counts = definition_usage.open_cases(reading, rows)
        assert {row.version: counts[row.id] for row in rows} == {2: 1, 1: 1}
        called = definitions.versions(reading, "process", "mediation")
        assert definition_usage.open_cases(reading, called)[called[0].id] == 2, "both may still call it"
        form = definitions.versions(reading, "form", "assess_intake")
        assert definition_usage.open_cases(reading, form)[form[0].id] == 2
        assert verify(reading, "office").ok
    running.completes("assess_intake", matter="complaint", judged_urgent="nee")
    fresh.completes("assess_intake", matter="complaint", judged_urgent="nee")


def test_a_user_task_keeps_the_form_it_was_opened_with(office: Office) -> None:
    story = Story(office).given_a_complaint()
    content = active(office, "form", "assess_intake").replace(b"dringend", b"haastig")
    save(office, PETRA, content, kind="form", key="assess_intake")
    made = publish(office, PETRA, kind="form", key="assess_intake")
    with office.database.work() as work:
        publishing.activate(office, work, POL, made)
    assert story.open("assess_intake").form_version == 1
    assert Story(office).given_a_complaint().open("assess_intake").form_version == 2
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")


def test_revisions_guard_a_copy_and_the_base_guards_a_version(office: Office) -> None:
    content = active(office, "form", "close_case")
    assert save(office, PETRA, content.replace(b"Slot", b"Een"), **CLOSING) == 1
    assert save(office, PETRA, content.replace(b"Slot", b"Twee"), 1, **CLOSING) == 2
    assert save(office, PETRA, content.replace(b"Slot", b"Twee"), 2, **CLOSING) == 2, (
        "the same content is no new revision"
    )
    with pytest.raises(working_copies.WorkingCopyChanged):
        save(office, PETRA, content, 1, **CLOSING)

    save(office, POL, content.replace(b"Slot", b"Van Pol: slot"), **CLOSING)
    publish(office, POL, **CLOSING)
    with pytest.raises(working_copies.NewerVersionExists):
        publish(office, PETRA, **CLOSING)
    publish(office, PETRA, replaces=2, **CLOSING)
    with office.database.reading() as reading:
        assert [row.version for row in definitions.versions(reading, "form", "close_case")] == [3, 2, 1]
        assert working_copies.find(reading, PETRA, "form", "close_case") is None


@pytest.mark.parametrize("office", ["postgresql"], indirect=True)
def test_two_windows_or_two_people_at_the_same_moment_overwrite_nothing(office: Office) -> None:
    content, line = active(office, "form", "close_case"), Barrier(2)
    save(office, PETRA, content.replace(b"Slot", b"Een"), **CLOSING)
    save(office, POL, content.replace(b"Slot", b"Van Pol"), **CLOSING)

    def at_once(act: Callable[[], int]) -> str:
        line.wait()
        try:
            return f"done {bool(act())}"
        except Conflict as refused:
            return refused.code

    first: Any = {"kind": "form", "key": "without_a_copy_yet"}
    begun = [partial(save, office, PETRA, b"%d" % n, **first) for n in range(2)]
    windows = [partial(save, office, PETRA, content.replace(b"Slot", b"%d" % n), 1, **CLOSING) for n in range(2)]
    people = [partial(publish, office, each, **CLOSING) for each in (PETRA, POL)]
    with ThreadPoolExecutor(2) as pool:
        for each in (begun, windows):
            assert sorted(pool.map(at_once, each)) == ["WorkingCopyChanged", "done True"]
        assert sorted(pool.map(at_once, people)) == ["NewerVersionExists", "done True"]
        for decision, revision in (("urgency", 1), ("without_any_yet", 0)):
            keepers = [partial(keep, office, decision, revision, f"Van {n}") for n in range(2)]
            assert sorted(pool.map(at_once, keepers)) == ["ScenariosChanged", "done True"]


def test_a_refused_publication_leaves_no_version_and_keeps_the_copy(office: Office) -> None:
    broken = active(office, "process", "complaint").replace(b'formId="assess_intake"', b'formId="nothing"')
    save(office, PETRA, broken)
    with pytest.raises(DiagramRefused) as refused:
        publish(office, PETRA)
    assert [error["field"] for error in refused.value.errors] == ["assess_intake"]
    with office.database.reading() as reading:
        assert len(definitions.versions(reading, "process", "complaint")) == 1
        copy = working_copies.find(reading, PETRA, "process", "complaint")
        assert copy is not None and copy.content == broken


def test_a_file_that_took_another_id_is_not_published_over_something_else(office: Office) -> None:
    renamed = active(office, "form", "close_case").replace(b'"id": "close_case"', b'"id": "shut_case"')
    save(office, PETRA, renamed, **CLOSING)
    with pytest.raises(working_copies.KeyChanged):
        publish(office, PETRA, **CLOSING)
    with office.database.reading() as reading:
        assert not definitions.versions(reading, "form", "shut_case")


@pytest.mark.parametrize(
    "act",
    [
        lambda office, work: working_copies.save(
            office, work, AUDITOR, kind="form", key="a", content=b"{}", revision=0
        ),
        lambda office, work: working_copies.upload(office, work, AUDITOR, "a.form", b'{"id": "a"}'),
        lambda office, work: working_copies.discard(work, AUDITOR, "form", "close_case"),
        lambda office, work: working_copies.publish(office, work, AUDITOR, kind="form", key="close_case", replaces=0),
        lambda office, work: publishing.activate(office, work, AUDITOR, 1),
    ],
    ids=["save", "upload", "discard", "publish", "activate"],
)
def test_an_auditor_changes_nothing(office: Office, act: Callable[[Office, UnitOfWork], object]) -> None:
    with pytest.raises(NotAllowed), office.database.work() as work:
        act(office, work)
