"""Jobs of a mediation: a proposal is a version, each party answers a version, and both must accept the same one.

The texts go by facts, since the token carries decisions only: what lies on the table is `mediation.proposal`, and a counter-proposal
takes its place. The history tells which version was proposed, answered and agreed on, and by whom.
"""

from collections.abc import Mapping
from typing import Any

from cases import facts, proposals
from cases.deadlines import local_day
from engine.step import JobContext
from tasks.citizens.on_behalf import NOTED
from tasks.handlers.case_file import event
from tasks.office import Office
from tasks.turn import note

ON_THE_TABLE = "mediation.proposal"
YES, COUNTERED, NO, LAPSED = "ja", "tegenvoorstel", "nee", "vervallen"
STATES = {NO: proposals.REFUSED, LAPSED: proposals.LAPSED}


def keep_proposal(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Put down what input `by` proposes as the next version. Header `text` names the fact that holds it, when it is a counter-proposal."""
    name = context.headers.get("text", ON_THE_TABLE)
    text = str(facts.known(context.work, context.case_id).get(name) or "")
    row = proposals.add(
        context.work,
        context.case_id,
        by=str(context.variables["by"]),
        text=text,
        due_in_days=int(context.variables["days"]),
        stands_for=context.variables.get("stands_for"),
        at=context.now,
    )
    if name != ON_THE_TABLE:
        moved = {ON_THE_TABLE: text, name: None}
        facts.remember(context.work, context.case_id, moved, personal=moved, at=context.now)
    note(context.work, event(context, "proposal", "received", number=row.number, by=row.proposed_by))
    stands_for = (row.stands_until - local_day(context.now)).days
    return {
        "proposal_number": row.number,
        "proposed_by": row.proposed_by,
        "proposal_days": stands_for,
        "due_in_days": row.due_in_days,
    }


def answer_proposal(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Note input `answer` of header `party` to the version that stands; without a party nobody answered in time. An answer that staff
    noted keeps how it came, and what shows it.
    """
    party, answer = context.headers.get("party", ""), str(context.variables["answer"])
    row = proposals.standing(context.work, context.case_id)
    if answer == YES:
        proposals.accept(row, party, context.now)
    elif answer != COUNTERED:  # a counter-proposal takes its place in a moment
        row.state = STATES[answer]
    noted = context.work.session.info.get(NOTED)
    if noted and party:
        row.on_paper = {**(row.on_paper or {}), party: noted}
    note(context.work, event(context, "proposal", "answered", number=row.number, by=party, answer=answer))
    return {"answered_by": party}


def make_agreement(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Make the version that both accepted the agreement: its text, the promise in it and the day that is due. Refused otherwise."""
    row = proposals.standing(context.work, context.case_id)
    agreed = proposals.agree(row, context.now)
    told = {"mediation.agreement": row.text, "mediation.promise": row.text}
    facts.remember(context.work, context.case_id, told, personal=told, at=context.now)
    note(context.work, event(context, "agreement", "completed", number=row.number, due_on=agreed.due_on.isoformat()))
    return {
        "promise_due_on": agreed.due_on,
        "proposal_number": row.number,
        "complainant_accepted_on": local_day(agreed.complainant_accepted_at),
        "authority_accepted_on": local_day(agreed.authority_accepted_at),
    }
