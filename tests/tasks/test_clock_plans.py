"""What the clock asks at each tick goes by an index, and an idle tick asks the same few things however much waits."""

from datetime import timedelta

from sqlalchemy import update

from engine.models import Subscription
from tasks.background import clock as ticking
from tasks.background import messages, timers
from tasks.office import Office
from tests.conftest import START
from tests.engine.test_plans import asked_of, scans
from tests.engine.test_statements import statements
from tests.engine.waiting_rows import definition, waiting

MANY = 10_000


def test_ten_thousand_that_wait_cost_an_idle_tick_nothing(office: Office) -> None:
    process, counts = definition(office.database, key="q"), []
    for count in (10, MANY):
        waiting(office.database, process, [f"{count}:{n}" for n in range(count)])
        waiting(office.database, process, [""] * count, kind="timer")
        with office.database.work() as work:
            late = update(Subscription).where(Subscription.kind == "timer")
            work.session.execute(late.values(due_at=START + timedelta(days=1)))
            work.session.execute(update(Subscription).values(is_tried=True))
        with statements(office.database) as asked:
            assert ticking.tick(office) == 0
        counts.append(len(asked))
    assert counts[0] == counts[1]
    with office.database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    with asked_of(office.database) as looked:
        assert timers.fire_due(office) == 0
        assert messages.deliver(office) == 0
    whole = scans(office.database, looked)  # empty tables are read whole, and rightly
    assert [line for line in whole if "subscription" in line.split("|")[0]] == []
