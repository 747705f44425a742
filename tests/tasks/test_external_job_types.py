"""Job types of workers outside: named in the settings, known at publishing and in the editor, and no other."""

from dataclasses import replace

import pytest

from service import open_office
from tasks.office import Office, SettingRefused, Settings
from tasks.studio import building_blocks, publishing
from tests.engine.office import diagram, flows, service

STORE = "archive.store"
INPUT = '<zeebe:ioMapping><zeebe:input source="=received_on" target="on"/></zeebe:ioMapping>'


def told(office: Office, more: str = "") -> list[tuple[str, str]]:
    """What publishing says about a job of this type."""
    body = '<startEvent id="s"/>' + service("store", STORE, more) + '<endEvent id="e"/>' + flows("s>store;store>e")
    with office.database.reading() as reading:
        findings = publishing.check(office, reading, "process", diagram(body, key="archive"))
    return [(finding.severity, finding.sentence) for finding in findings if finding.element_id == "store"]


def test_publishing_knows_the_types_of_the_settings_and_tells_what_a_worker_will_not_get(sqlite_office: Office) -> None:
    [(severity, sentence)] = told(sqlite_office)
    assert (severity, "bestaat niet" in sentence) == ("error", True)
    known = replace(sqlite_office, settings=replace(sqlite_office.settings, external_job_types=frozenset({STORE})))
    [(severity, sentence)] = told(known)
    assert (severity, "krijgt alleen de invoer" in sentence) == ("warning", True)
    assert told(known, INPUT) == []


def test_the_editor_offers_them(sqlite_office: Office) -> None:
    known = replace(sqlite_office, settings=replace(sqlite_office.settings, external_job_types=frozenset({STORE})))
    with known.database.reading() as reading:
        offered = {building_blocks.job_type_of(block) for block in building_blocks.all_of(known, reading)}
    assert STORE in offered


@pytest.mark.parametrize("given", ["a b", "1x", "x,é", "x" * 101])
def test_a_name_that_cannot_be_a_type_is_refused(given: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        Settings.from_environment({"OMBUDSFLOW_EXTERNAL_JOB_TYPES": given})
    assert refused.value.fields["variable"] == "OMBUDSFLOW_EXTERNAL_JOB_TYPES"


def test_names_are_read_with_a_comma_between(sqlite_office: Office) -> None:
    read = Settings.from_environment({"OMBUDSFLOW_EXTERNAL_JOB_TYPES": " archive.store, letter.print ,"})
    assert read.external_job_types == {"archive.store", "letter.print"}


def test_a_type_the_office_does_itself_is_nobody_elses(sqlite_office: Office) -> None:
    both = replace(sqlite_office.settings, external_job_types=frozenset({"letter.send"}))
    with pytest.raises(SettingRefused) as refused:
        open_office(both, database=sqlite_office.database)
    assert refused.value.fields["given"] == "letter.send"
