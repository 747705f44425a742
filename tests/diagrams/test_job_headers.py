"""How a job is done stands in its headers; what cannot be read there is refused when it is published, with what to write."""

from dataclasses import replace

import pytest

from engine import publishing
from tests.diagrams.shapes import chain
from tests.diagrams.twins import KNOWN, refused_at
from tests.engine.office import service

HEADER = '<zeebe:taskHeaders><zeebe:header key="{}" value="{}"/></zeebe:taskHeaders>'


def with_header(name: str, value: str) -> bytes:
    return chain(service("v", "log", HEADER.format(name, value)))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("retryBackoff", "PT1M,,PT1H", "'', en dat is geen duur.*PT1M,PT10M,PT1H"),
        ("retryBackoff", "P1M", "hoogstens 31 dagen"),
        ("retryBackoff", "P32D", "hoogstens 31 dagen"),
        ("timeLimit", "=duration(&quot;PT1M&quot;)", "geen duur.*PT30S"),
        ("timeLimit", "PT0S", "laat geen tijd over"),
        ("timeLimit", "PT61M", "hoogstens een uur"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_write(name: str, value: str, words: str) -> None:
    refused_at(with_header(name, value), "v", words)


@pytest.mark.parametrize(("known", "words"), [({"register", "archief"}, "archief, register"), (set(), "beheerder")])
def test_a_webhook_is_one_that_was_configured(known: set[str], words: str) -> None:
    vocabulary = replace(KNOWN, webhooks=frozenset(known))
    [finding] = [
        f for f in publishing.check("process", with_header("webhook", "elders"), vocabulary) if f.severity == "error"
    ]
    assert (finding.rule, finding.element_id, words in finding.sentence) == ("job_headers", "v", True)
    assert not publishing.has_errors(publishing.check("process", with_header("webhook", "elders"), KNOWN))


def test_a_letter_is_one_that_was_written() -> None:
    vocabulary = replace(KNOWN, letters=frozenset({"L06"}))
    refused = [
        f for f in publishing.check("process", with_header("template", "L99"), vocabulary) if f.severity == "error"
    ]
    assert [(f.rule, f.element_id, "'L99' bestaat niet" in f.sentence) for f in refused] == [("job_headers", "v", True)]
    assert not publishing.has_errors(publishing.check("process", with_header("template", "L06"), vocabulary))
    assert not publishing.has_errors(publishing.check("process", with_header("template", "L99"), KNOWN))
