"""Where a case stands is told from few questions, however long its way was."""

from tasks.case_file import stages
from tasks.office import Office
from tests.engine.test_statements import statements
from tests.stories.stage import Story


def test_a_case_asks_what_its_diagram_says_once_however_many_steps_it_went(sqlite_office: Office) -> None:
    story, met = Story(sqlite_office).given_a_complaint(), []
    for _ in range(2):
        with sqlite_office.database.reading() as reading, statements(sqlite_office.database) as asked:
            met.append((len(stages.entered(reading, story.case.id)), len(asked)))
        if len(met) == 1:
            story.completes("assess_intake", matter="complaint", judged_urgent="nee")
            story.completes("decide_admissibility", decision="admitted")
    (early, few), (late, many) = met
    assert late > early + 5
    assert few == many == 3  # the steps, and what two diagrams say of theirs
