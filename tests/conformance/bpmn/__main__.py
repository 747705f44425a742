"""`python -m tests.conformance.bpmn`: every row of the support table is shown by its test; prints what that comes to.

A row that runs counts as supported when the test it names passes, a refused one when its twin is refused. Everything else is
silently wrong: the table promises what no test shows. More words on the command line go to pytest.
"""

import sys
from collections import defaultdict
from pathlib import Path

import pytest

from engine.support_rows import Row, rows

ROOT = Path(__file__).resolve().parents[3]


class Results:
    """A pytest plugin: which tests ran, and whether all of their cases passed."""

    def __init__(self) -> None:
        self.cases: dict[str, list[bool]] = defaultdict(list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test passed when its body did; a trouble before or after it is a failure too."""
        if report.when == "call" or report.failed:
            self.cases[report.nodeid.partition("[")[0]].append(report.passed)

    def passed(self, test: str) -> bool:
        found = self.cases.get(f"tests/{test}", [])
        return bool(found) and all(found)


def summary(table: list[Row], results: Results) -> tuple[str, list[str]]:
    """The line that is printed, and the rows without a test that passes."""
    wrong = [row for row in table if not results.passed(row.shown_by)]
    right = [row for row in table if row not in wrong]
    runs = sum(row.runs for row in right)
    line = f"supported: {runs} constructs, refused: {len(right) - runs}, silently wrong: {len(wrong)}"
    return line, [f"{row.construct} ({row.position or 'overal'}): {row.shown_by or 'no test named'}" for row in wrong]


def main(more: list[str]) -> int:
    """Run the stories and count. Exit code 1 when a story fails or a row is not shown."""
    results, table = Results(), rows()
    named = {row.shown_by.partition("::")[0] for row in table} - {""}
    files = sorted({"tests/conformance/bpmn", *(f"tests/{file}" for file in named if "conformance/bpmn" not in file)})
    code = pytest.main(["-q", "--rootdir", str(ROOT), *(str(ROOT / file) for file in files), *more], plugins=[results])
    if not results.cases:  # nothing could be run; pytest has said why, and the table is not to blame
        return int(code) or 1
    line, wrong = summary(table, results)
    sys.stdout.write("\n".join([*wrong, line]) + "\n")
    return 1 if wrong or code else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
