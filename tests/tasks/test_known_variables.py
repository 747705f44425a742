"""What a diagram may find there: the office knows every variable that its forms, job types and other diagrams bring."""

import ast
from pathlib import Path

from engine import publishing
from engine.definitions import in_use
from tasks.handlers import TABLE, grievances
from tasks.office import Office
from tasks.studio import known_variables
from tasks.studio.shipped import vocabulary

HANDLERS = Path(grievances.__file__).parent


def results_in(file: Path) -> set[str]:
    """The names in the dictionaries that the functions of a file give back or gather as results."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        gathered = isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "results"
        told = node.value if isinstance(node, ast.Return) or (isinstance(node, ast.AnnAssign) and gathered) else None
        if isinstance(told, ast.Dict):
            found |= {str(key.value) for key in told.keys if isinstance(key, ast.Constant)}
    return found


def test_every_result_of_a_job_type_is_known() -> None:
    written = set().union(*(results_in(file) for file in HANDLERS.glob("*.py")))
    assert written == set().union(*known_variables.RESULTS.values())
    assert known_variables.RESULTS.keys() <= TABLE.keys()


def test_the_diagrams_of_the_office_read_nothing_that_nobody_sets(office: Office) -> None:
    with office.database.reading() as reading:
        names = vocabulary(reading)
        for row in in_use(reading, "process"):
            found = publishing.check("process", row.content, names)
            assert [f for f in found if f.rule in ("unset_variable", "unused_variable", "feel_types")] == [], row.key


def test_a_name_that_no_form_gives_is_told(office: Office) -> None:
    with office.database.reading() as reading:
        names = vocabulary(reading)
        (row,) = [row for row in in_use(reading, "process") if row.key == "mediation"]
        wrong = row.content.replace(b"=counter_days", b"=counter_daze")
        (finding,) = [f for f in publishing.check("process", wrong, names) if f.rule == "unset_variable"]
        assert "'counter_daze' wordt nergens gezet" in finding.sentence
        outside = vocabulary(reading, frozenset({"letters.print"}))
        assert [f for f in publishing.check("process", wrong, outside) if f.rule == "unset_variable"] == []
