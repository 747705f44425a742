"""Deeds from the assessment on: recommending, reporting, reviewing, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cases.register import OFFICE
from identity.roles import COMPLAINANT
from tasks.models import UserTask
from tasks.scenarios import routes
from tasks.scenarios.deeds.notes import is_noted
from tasks.scenarios.forms import NO, YES
from tasks.scenarios.records import Act, Verdict
from tasks.scenarios.routes import Move, Route

if TYPE_CHECKING:
    from tasks.scenarios.player import Player

ASSESS = ("assess", "assess_review")
CLOSE = ("close_case", "close_review")
KINDS = ("individual", "general", "regulation")


def assess(player: Player, act: Act) -> bool:
    finding = str(act.details.get("finding") or "")
    if act.does == "decide_review" and not finding and player.record.judged.main.finding is None:
        refused = {"review_accepted": NO, "review_motivation": act.text("reason", "ground")}
        return player.completes(("accept_review",), refused)
    return player.completes(ASSESS, assessment_of(player, finding), routes.TO_ASSESSMENT)


def assessment_of(player: Player, finding: str) -> dict[str, Any]:
    """The assessment as people judge it: per grievance the record's verdict. `finding` is what this act says itself."""
    judged = player.record.judged
    parts = [part for part in judged.parts if part.finding]
    rows = [_row(player, part) for part in parts] or [_row(player, judged.main)]
    if finding and finding != judged.main.finding:
        rows = [{"finding": finding, "remedy": "geen", "norms": []}]
    next_step = "recommendation" if player.later("issue_recommendation") else "close"
    return {"grievances": rows, "assessment_text": "Onze beoordeling.", "next_step": next_step}


def _row(player: Player, verdict: Verdict) -> dict[str, Any]:
    row: dict[str, Any] = {
        "finding": verdict.finding or "geen_oordeel",
        "remedy": verdict.remedy or "geen",
        "norms": [str(norm) for norm in verdict.norms],
    }
    found = player.office.register.find(verdict.authority, limit=1) if verdict.authority else []
    known = {grievance.authority_key: grievance.number for grievance in player.scene.grievances()}
    if found and found[0].authority.key in known and found[0].authority.body == OFFICE:
        row["grievance"] = known[found[0].authority.key]
    return row


def recommend(player: Player, act: Act) -> bool:
    kind = act.details.get("kind")
    answers = {
        "recommendation_kind": kind if kind in KINDS else "general",
        "recommendation": act.text("text"),
        "answer_within_days": act.number("answer_within_days", 30),
    }
    if "issue_recommendation" not in player.scene.open():
        judged = {**assessment_of(player, ""), "next_step": "recommendation"}
        player.completes(ASSESS, judged, routes.TO_ASSESSMENT)
    return player.completes(("issue_recommendation",), answers)


def answer_recommendation(player: Player, act: Act) -> bool:
    answer = "accepted" if act.does == "accept_recommendation" else "refused"
    answers = {"recommendation_answer": answer, "recommendation_reason": act.text("reason", "text")}
    return player.completes(("answer_recommendation",), answers) or is_noted(player, act)


def report_to_minister(player: Player, act: Act) -> bool:
    answers = {"to_minister": YES, "minister": act.text("minister")}
    return player.completes(("decide_ministerial_route",), answers, routes.TO_MINISTER)


def report_to_speaker(player: Player, act: Act) -> bool:
    answers = {"speaker_report": act.text("text"), "reporter_text": act.text("text")}
    return player.completes(("report_to_speaker",), answers, routes.BEFORE)


def minister_answers(player: Player, act: Act) -> bool:
    return player.completes(("ministerial_note",), {"ministerial_note": act.text("position")})


def note_to_parliament(player: Player, act: Act) -> bool:
    return player.completes(("note_to_parliament",), {"parliament_note": act.text()}, routes.TO_PARLIAMENT)


def withdraw(player: Player, act: Act) -> bool:
    return player.scene.tells("complaint_withdrawn", {"withdrawal_reason": act.text("reason")}, COMPLAINANT)


def ask_review(player: Player, act: Act) -> bool:
    return player.scene.tells("review_requested", {"review_ground": act.text("ground")}, COMPLAINANT)


def close(player: Player, act: Act) -> bool:
    """Close what is not closed yet, bringing to its end what is still open."""
    if player.scene.case().closed_at is not None:
        return True
    judged = assessment_of(player, "")
    if player.scene.tells("joined_decided", {name: judged[name] for name in ("grievances", "assessment_text")}):
        return True  # joined to another: it has a verdict of its own
    player.completes(CLOSE, {"closing_text": act.text()}, TO_CLOSING)
    return player.scene.case().closed_at is not None


def _as_suggested(player: Player, row: UserTask) -> dict[str, Any]:
    """Decide admissibility as the decision table suggests."""
    decision = str(row.inputs.get("suggestion") or "admitted")
    ground = {} if decision == "admitted" else {"ground": row.inputs["suggested_ground"]}
    why = {"admissibility_motivation": SEE_DECISION} if decision == "refused" else {}
    return {"decision": decision, **ground, **why}


def _as_judged(player: Player, row: UserTask) -> dict[str, Any]:
    return assessment_of(player, "")


def _as_told(player: Player, row: UserTask) -> dict[str, Any]:
    """A promise counts as kept unless the authority's last word was that it is not."""
    return {"promise_kept": player.said.get("promise") or YES}


def _as_told_of_recommendation(player: Player, row: UserTask) -> dict[str, Any]:
    return {"recommendation_done": player.said.get("promise") or YES}


SEE_DECISION = "Zie de beslissing."
NO_NOTE = Move({"ministerial_note": "Er kwam geen nota binnen de termijn."})
# Without an answer of the complainant a case closes as unreachable; everything else is brought to its end.
TO_CLOSING: Route = {
    "decide_no_reply": Move({"no_reply_decision": "unreachable"}),
    "provide_information": routes.STOP_WAITING,
    "return_offer": routes.STOP_WAITING,
    **routes.TO_ASSESSMENT,
    "decide_admissibility": Move(_as_suggested),
    "await_judgment": Move({"judgment": "Niet meegedeeld.", "resume": NO}, "court_case_ended"),
    "sign_refusal": Move({"signed": YES, "refusal_motivation": SEE_DECISION}),
    "check_promise": Move(_as_told),
    **dict.fromkeys(ASSESS, Move(_as_judged)),
    "issue_recommendation": Move(
        {"recommendation_kind": "general", "recommendation": "Zie de beoordeling.", "answer_within_days": 30}
    ),
    "answer_recommendation": routes.STOP_WAITING,
    "check_recommendation": Move(_as_told_of_recommendation),
    "decide_ministerial_route": Move({"to_minister": NO}),
    "ministerial_note": NO_NOTE,
    "note_to_parliament": Move({"parliament_note": "Nota zonder namen."}),
}
