"""Whatever is sent, awaited, suspended and let go, in whatever order: each message reaches who a plain reading of the rules says."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from engine import messages
from engine.models import ProcessInstance, Subscription
from engine.sandbox import Sandbox
from storage.unit_of_work import Database
from tests.engine.waiting_rows import MONDAY, definition, starting, waiting

OFTEN = ["send", "wait", "deliver", "suspend", "resume"]
VERBS = OFTEN * 3 + ["leave", "use", "retire", "retire", "pass", "expire"]
HOUR = timedelta(hours=1)


@dataclass
class Plain:
    """The rules, read plainly: messages and waits in lists, compared one by one."""

    hour: int = 0
    begins: bool = False
    sent: list[dict[str, Any]] = field(default_factory=list)
    waits: dict[int, str] = field(default_factory=dict)
    asleep: set[int] = field(default_factory=set)

    def deliver(self) -> set[tuple[int, int | None]]:
        """Every message that can arrive now, the oldest first, to who waits longest."""
        arrived: set[tuple[int, int | None]] = set()
        for message in self.sent:
            if message["over"] or (message["until"] <= self.hour and message["offered"]):
                continue
            message["offered"] = True
            awake = [who for who, key in sorted(self.waits.items()) if key == message["key"] and who not in self.asleep]
            if awake or self.begins:
                message["over"] = True
                arrived.add((message["number"], awake[0] if awake else None))
                self.waits.pop(awake[0] if awake else 0, None)
        return arrived


def deliver(database: Database, hour: int) -> set[tuple[int, int | None]]:
    """The same, by the engine."""
    arrived: set[tuple[int, int | None]] = set()
    while True:
        with database.work() as work:
            match = messages.next_match(work, MONDAY + hour * HOUR)
            if match is None:
                return arrived
            arrived.add((match.message.id, match.receiver.instance_id))
            messages.receive(work, match)
            if match.receiver.instance_id is not None:
                work.session.execute(delete(Subscription).where(Subscription.id == match.receiver.id))


def do(database: Database, plain: Plain, process: int, deed: tuple[str, str, int]) -> None:
    verb, key, number = deed
    possible = [who for who in sorted(plain.waits) if (who in plain.asleep) == (verb == "resume") or verb == "leave"]
    who = possible[number % len(possible)] if possible else 0
    if verb == "send":
        with database.work() as work:
            now = MONDAY + plain.hour * HOUR
            made = messages.publish(work, "letter", key, {}, now=now, ttl=number * HOUR)
        plain.sent.append({"number": made, "key": key, "until": plain.hour + number, "offered": False, "over": False})
    elif verb == "wait":
        plain.waits[waiting(database, process, [key])] = key
    elif verb in ("use", "retire"):
        plain.begins = verb == "use"
        with database.work() as work:
            work.session.execute(delete(Subscription).where(Subscription.definition_id.is_not(None)))
        if plain.begins:
            starting(database, process)
    elif verb == "pass":
        plain.hour += 1
    elif verb == "expire":
        with database.work() as work:
            messages.expire(work, MONDAY + plain.hour * HOUR)
    elif verb in ("leave", "suspend", "resume") and who:
        change(database, plain, verb, who)


def change(database: Database, plain: Plain, verb: str, who: int) -> None:
    with database.work() as work:
        if verb == "leave":
            work.session.execute(delete(Subscription).where(Subscription.instance_id == who))
            del plain.waits[who]
            return
        is_asleep = verb == "suspend"
        work.session.execute(update(ProcessInstance).where(ProcessInstance.id == who).values(is_suspended=is_asleep))
        if is_asleep:
            plain.asleep.add(who)
        else:
            plain.asleep.discard(who)
            messages.try_again(work, who)


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_each_message_reaches_who_the_rules_say(seed: int) -> None:
    dice = Random(seed)  # evenly drawn: what goes wrong takes several deeds in the right order
    with Sandbox() as box:
        database = box.database
        plain, process = Plain(), definition(database)
        for verb in [*dice.choices(VERBS, k=40), "deliver"]:
            if verb == "deliver":
                assert deliver(database, plain.hour) == plain.deliver()
                assert deliver(database, plain.hour) == set()
            else:
                do(database, plain, process, (verb, dice.choice("ab"), dice.randrange(4)))
