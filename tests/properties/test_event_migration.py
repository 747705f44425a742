"""Moving a case of any model to a version with the same drawing changes nothing, at whatever moment and however often."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine import definitions, migration
from engine.migration import Destination
from engine.models import ProcessInstance, Subscription
from engine.outline import outline
from engine.route import route
from tests.conformance.bpmn.play import Play
from tests.properties.event_blocks import Block
from tests.properties.event_drawing import Drawing, models
from tests.properties.test_event_models import Walk

MOST_STEPS = 15


def kept(play: Play) -> tuple[str, list[tuple[object, ...]]]:
    """The state of the case, and the rows of what it waits for."""
    with play.box.database.reading() as reading:
        query = select(Subscription).where(Subscription.instance_id == play.case).order_by(Subscription.id)
        rows = reading.session.scalars(query)
        waits: list[tuple[object, ...]] = [
            (row.id, row.token_id, row.element_id, row.kind, row.name, row.key, row.due_at) for row in rows
        ]
        return reading.session.get_one(ProcessInstance, play.case).state, waits


def move_to_the_same(play: Play) -> None:
    """Take the case to the other version of the same drawing."""
    with play.box.database.work() as work:
        here = work.session.get_one(ProcessInstance, play.case).definition_id
        [there] = [row for row in definitions.versions(work, "process", "p") if row.id != here]
        way = route(outline(definitions.get(work, here).content, "p"), outline(there.content, "p"), {})
        migration.migrate(play.box.engine, work, play.case, Destination(here, there.id, way))


@settings(max_examples=40, print_blob=True)
@given(model=models(), data=st.data())
def test_moving_to_the_same_drawing_changes_nothing(model: Block, data: st.DataObject) -> None:
    drawn = Drawing().file(model)
    walk = Walk(model, Play(drawn))
    walk.play.box.publish(drawn.replace("<definitions ", '<definitions exporterVersion="2" ', 1))
    for _ in range(MOST_STEPS):
        before = kept(walk.play)
        move_to_the_same(walk.play)
        assert kept(walk.play) == before
        walk.check()
        choices = walk.choices()
        walk.do(data.draw(st.sampled_from(choices), label="what happens"))
        if walk.machine.is_over:
            break
    walk.check()
