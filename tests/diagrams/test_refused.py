"""Each refused row of the support table has a twin that is refused, with what to draw instead."""

import re

import pytest

from engine.support_rows import REFUSED_ROWS, rows
from tests.diagrams.shapes import END, SIGNAL, START, at, catch, chain
from tests.diagrams.twins import errors
from tests.engine.office import diagram, flows, script, users

MANY = (
    "<multiInstanceLoopCharacteristics {0}><loopCardinality>3</loopCardinality>{1}</multiInstanceLoopCharacteristics>"
)
TWO_SIGNALS = '<signalEventDefinition signalRef="sig"/>' * 2


def within(tag: str, inner: str) -> bytes:
    """An element inside a task."""
    return chain(f'<{tag} id="u" name="u">{inner}</{tag}>')


def beside(inner: str) -> bytes:
    """An element beside the course of a process."""
    return diagram(START + END + inner + flows("s>e"))


def above(inner: str) -> bytes:
    """An element beside the process."""
    return chain(users("u"), root=inner)


def repeated(attributes: str = "", inner: str = "") -> bytes:
    return within("manualTask", MANY.format(attributes, inner))


def transaction(attributes: str) -> bytes:
    return chain(f'<transaction id="u" name="u" {attributes}><startEvent id="ws"/></transaction>')


TWINS: dict[tuple[str, str], bytes] = {
    ("complexGateway", ""): chain('<complexGateway id="u"/>'),
    ("implicitThrowEvent", ""): beside('<implicitThrowEvent id="u"/>'),
    ("eventDefinitionRef", ""): chain(catch("u", "<eventDefinitionRef>d</eventDefinitionRef>")),
    ("script", ""): within("scriptTask", "<script>1 + 1</script>"),
    ("loopDataInputRef", ""): repeated(inner="<loopDataInputRef>list</loopDataInputRef>"),
    ("loopDataOutputRef", ""): repeated(inner="<loopDataOutputRef>list</loopDataOutputRef>"),
    ("inputDataItem", ""): repeated(inner='<inputDataItem id="item"/>'),
    ("outputDataItem", ""): repeated(inner='<outputDataItem id="item"/>'),
    ("complexBehaviorDefinition", ""): repeated(inner='<complexBehaviorDefinition id="b"/>'),
    ("transformation", ""): within("task", "<dataInputAssociation><transformation>x</transformation></dataInputAssociation>"),
    ("assignment", ""): within("task", "<dataInputAssociation><assignment/></dataInputAssociation>"),
    ("correlationSubscription", ""): beside('<correlationSubscription id="u"/>'),
    ("correlationProperty", ""): above('<correlationProperty id="u"/>'),
    ("correlationKey", ""): above('<collaboration id="c"><correlationKey id="u"/></collaboration>'),
    **{(name, ""): above(f'<{name} id="u"/>') for name in ("choreography", "globalChoreographyTask", "globalConversation")},
    **{
        (name, ""): beside(f'<{name} id="u"/>') for name in ("choreographyTask", "subChoreography", "callChoreography")
    },
    **{
        (name, ""): above(f'<collaboration id="c"><{name} id="u"/></collaboration>')
        for name in (
            "conversation callConversation subConversation conversationLink conversationAssociation "
            "participantAssociation messageFlowAssociation"
        ).split()
    },
    ("parallelMultiple", "start van een proces"): diagram(
        f'<startEvent id="s" parallelMultiple="true">{TWO_SIGNALS}</startEvent>' + END + flows("s>e"), root=SIGNAL
    ),
    ("transaction", "method"): transaction('method="##Store"'),
    ("multiInstanceLoopCharacteristics", "behavior"): repeated('behavior="None"'),
    ("eventBasedGateway", "alle, onderweg"): diagram(
        START + '<eventBasedGateway id="g" eventGatewayType="Parallel"/>' + catch("c", at("2026-01-01")) + catch("d", at("2026-01-02"))
        + flows("s>g;g>c;g>d")
    ),
    ("scriptTask", "scriptFormat"): chain(script("u", "1", "n").replace("<scriptTask", '<scriptTask scriptFormat="javascript"')),
}  # fmt: skip


@pytest.mark.parametrize("row", REFUSED_ROWS, ids=" ".join)
def test_what_is_refused_says_what_to_draw_instead(row: tuple[str, str]) -> None:
    found = errors(TWINS[row])
    assert found, row
    assert all(re.search(r"\. \w[^.]+", finding.sentence) for finding in found), found


def test_every_refused_row_has_a_twin() -> None:
    assert TWINS.keys() == REFUSED_ROWS.keys()


def test_no_construct_both_runs_and_is_refused() -> None:
    table = [(row.construct, row.position) for row in rows()]
    assert len(set(table)) == len(table)
