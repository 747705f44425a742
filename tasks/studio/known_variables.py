"""The variables a diagram of the office may find there although it does not set them itself.

Forms bring their answers, job types their results, other diagrams what they set. Publishing warns about any other name.
"""

from functools import cache, lru_cache

from cases import deadlines
from engine import definitions
from engine.lint import diagram, variables
from engine.parsing import xml
from engine.vocabulary import Vocabulary
from forms import schema
from storage.unit_of_work import Reading
from tasks.houses import HOUSES

AT_INTAKE = frozenset({"received_on", "language", "channel"})
# What a case that goes on from another begins with, besides.
AT_CONTINUING = frozenset({"origin_case_id"})
# What a file begins with that the office opens to ask a service for its figures of a year.
AT_REPORT = frozenset({"report_year", "report_year_end", "report_asked_on"})
# What comes with a request for more time, beside what its form asks.
AT_MORE_TIME = frozenset({"question"})
# What each job type brings; those that start a deadline bring its day under the name of the rule as well.
RESULTS: dict[str, frozenset[str]] = {
    "case.register": frozenset({"authority_key", "authority_level", "authority_body", "authority_appeal"}),
    "case.findings": frozenset({"finding", "remedy", "norms"}),
    "case.close": frozenset({"closed_on", "closure_reason"}),
    "case.join": frozenset({"linked"}),
    "first_line.begin": frozenset({"first_line_here", "first_line_due"}),
    "first_line.hand_over": frozenset({"handed_over"}),
    "grievance.split": frozenset({"grievance_number", "grievance_authority", "grievance_authority_key"}),
    "deadline.start": frozenset({"due_on"}),
    "deadline.extend": frozenset({"new_on"}),
    "evidence.add": frozenset({"evidence_number"}),
    "parties.heard": frozenset({"parties_heard_on"}),
    "hearing.lapse": frozenset({"parties_heard_on"}),
    "proposal.keep": frozenset({"proposal_number", "proposed_by", "proposal_days", "due_in_days"}),
    "proposal.answer": frozenset({"answered_by"}),
    "agreement.make": frozenset(
        {"promise_due_on", "proposal_number", "complainant_accepted_on", "authority_accepted_on"}
    ),
    "contact.check": frozenset({"progress", "notice_on", "progress_now", "progress_next", "progress_until"}),
    "recommendation.keep": frozenset({"recommendation_id"}),
    "summary.traces": frozenset({"summary_identifiers", "summary_traces_found", "summary_alike"}),
    "summary.keep": frozenset({"summary_id"}),
}


def known(reading: Reading) -> frozenset[str]:
    """Every name that something in use may bring."""
    forms = [answers(row.content) for row in definitions.in_use(reading, "form")]
    processes = [_set_in(row.content) for row in definitions.in_use(reading, "process")]
    beside = (AT_INTAKE, AT_CONTINUING, AT_REPORT, AT_MORE_TIME)
    return frozenset().union(*beside, _deadlines(), *RESULTS.values(), *forms, *processes)


@lru_cache(maxsize=512)
def answers(content: bytes) -> frozenset[str]:
    """The answers of a form that a diagram sees; those that are facts of the file it does not."""
    goes_along = (schema.TOKEN, schema.BOTH)
    return frozenset(field.key for field in schema.parse(content).inputs() if field.goes_to in goes_along)


@lru_cache(maxsize=128)
def _set_in(content: bytes) -> frozenset[str]:
    return frozenset(variables.use_of(diagram.read(xml.parse(content), Vocabulary.anything())).sets)


@cache
def _deadlines() -> frozenset[str]:
    loaded = (deadlines.load(house.workflows / "deadlines").rules for house in HOUSES.values())
    return frozenset().union(*loaded)
