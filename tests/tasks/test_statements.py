"""What completing a user task of the shipped diagrams asks of the database: one commit, and no more statements than these.

A completion reads its row, the facts, the instance and the head of the history, and writes the instance, the row, the next row, the
events and the head; what the diagram adds (waits, deadlines, letters, mail, and one savepoint for all its handlers) comes on top.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from sqlalchemy import event

from identity.people import Actor
from storage.unit_of_work import Database
from tasks import completion
from tasks.office import Office
from tests.stories.stage import Story, person

PATH: dict[str, tuple[dict[str, Any], int]] = {
    "assess_intake": ({"matter": "complaint", "judged_urgent": "nee"}, 15),
    "decide_admissibility": ({"decision": "admitted"}, 18),
    "choose_approach": ({"approach": "investigation"}, 9),
    "request_information": ({"questions": "Wat ging er mis?", "term_days": "14"}, 21),
    "answer_information": ({"answer": "De app hing."}, 13),
    "review_answer": ({"investigation_next": "assess"}, 10),
}
MEDIAN = 14
COMMIT = "COMMIT"
KINDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "SAVEPOINT", "RELEASE")


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The first word of every statement and commit."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.extend(kind for kind in KINDS if statement.startswith(kind))

    def committed(_connection: Any) -> None:
        found.append(COMMIT)

    event.listen(database.engine, "before_cursor_execute", note)
    event.listen(database.engine, "commit", committed)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)
    event.remove(database.engine, "commit", committed)


def walked(office: Office) -> dict[str, list[str]]:
    """A case along the path: what each user task asked."""
    story, asked = Story(office).given_a_complaint(), {}
    for element_id, (answers, _) in PATH.items():
        row = story.open(element_id)
        holder = f"authority:{row.id}"
        actor = Actor(holder, "", frozenset({"authority"})) if row.role == "authority" else person(row.role)
        with counted(office.database) as found, office.database.work() as work:
            completion.complete(office, work, actor, row.id, answers)
        asked[element_id] = found
    return asked


def test_a_completion_of_the_shipped_diagrams_is_one_commit_and_few_statements(office: Office) -> None:
    walked(office)  # diagrams, decisions and forms are read and parsed once
    asked = walked(office)
    counts = {element_id: len(found) - found.count(COMMIT) for element_id, found in asked.items()}
    assert counts == {element_id: most for element_id, (_, most) in PATH.items()}
    assert median(counts.values()) <= MEDIAN
    assert {element_id: found.count(COMMIT) for element_id, found in asked.items()} == dict.fromkeys(PATH, 1)
    assert all(found.count("SAVEPOINT") <= 1 for found in asked.values())
