"""Deeds of mediation and investigation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.scenarios import routes
from tasks.scenarios.deeds.admissibility import REMINDER_DAYS
from tasks.scenarios.deeds.notes import complainant_notes, is_noted
from tasks.scenarios.forms import NO, YES, yes
from tasks.scenarios.records import Act

if TYPE_CHECKING:
    from tasks.scenarios.player import Player

PROMISE_DAYS = 14
NEGATIVE = ("niet", "geen", "nog", "deels", "gebroken", "not", "pas ", "nicht")


def start_mediation(player: Player, act: Act) -> bool:
    return player.completes(("choose_approach",), {"approach": "mediation"}, routes.TO_APPROACH)


def propose(player: Player, act: Act) -> bool:
    text = act.text("offer", "text")
    answers = {"proposal_made": YES, "proposal": text, "due_in_days": act.number("due_in_days", PROMISE_DAYS)}
    if player.completes(("propose_settlement",), answers):
        return True
    return player.completes(("reply_authority",), {"findings_reply": text}) or is_noted(player, act)


def refuse_to_propose(player: Player, act: Act) -> bool:
    answers = {"proposal_made": NO, "proposal_refusal": act.text()}
    return player.completes(("propose_settlement",), answers) or is_noted(player, act)


def respond(player: Player, act: Act) -> bool:
    accepted = yes(act.does == "accept_proposal")
    return player.completes(("answer_complainant",), {"proposal_answer": accepted}) or complainant_notes(player, act)


def agree(player: Player, act: Act) -> bool:
    """What was agreed by word of mouth, the mediator puts to both first; each accepts it by their own link."""
    if not player.reaches((*routes.TALKS, "check_agreement"), routes.TO_TALKS):
        return False
    if "check_agreement" not in player.scene.open():
        proposal = {"proposal": act.text("promise", "text"), "due_in_days": act.number("due_in_days", PROMISE_DAYS)}
        accepts = {"proposal_answer": YES}
        player.scene.tells("mediator_proposed", proposal)
        player.completes(("answer_complainant",), accepts)
        player.completes(("answer_authority",), accepts)
    checked = {"agreement_clear": YES, "promise_check": "Wij vragen het aan de klager."}
    return player.completes(("check_agreement",), checked)


def fail(player: Player, act: Act) -> bool:
    return player.completes(("record_failure",), {"failure_reason": act.text("reason")}, routes.TO_FAILURE)


def keep_or_break(player: Player, act: Act) -> bool:
    """The authority tells; the handler checks it before closing."""
    player.said["promise"] = YES if act.does == "perform_promise" else NO
    return is_noted(player, act)


def check_promise(player: Player, act: Act) -> bool:
    told = act.text("result").lower()
    is_kept = not told.startswith(NEGATIVE) or "result" not in act.details
    if "check_recommendation" in player.scene.open():
        return player.completes(("check_recommendation",), {"recommendation_done": yes(is_kept), **_evidence(act)})
    if is_kept:
        kept = {"promise_kept": YES, "promise_note": act.text("result")}
    elif told.startswith(("nog", "deels")):
        kept = {"promise_kept": "later", "promise_due_on": player.day(REMINDER_DAYS)}
    else:
        kept = {"promise_kept": NO, "promise_note": act.text("result")}
    return player.completes(("check_promise",), kept) or is_noted(player, act)


def _evidence(act: Act) -> dict[str, str]:
    return {"recommendation_evidence": act.text("result")}


def ask_authority(player: Player, act: Act) -> bool:
    answers = {
        "has_questions": YES,
        "questions": act.text("questions", "topic", "service"),
        "term_days": act.number("term_days", 20),
    }
    return player.completes(("request_information",), answers, routes.TO_QUESTIONS)


def answer_authority(player: Player, act: Act) -> bool:
    return player.completes(("answer_information",), {"answer": act.text("text")}) or reply(player, act)


def reply(player: Player, act: Act) -> bool:
    text = act.text("position", "text")
    return player.completes(("reply_authority",), {"findings_reply": text}) or is_noted(player, act)


def send_findings(player: Player, act: Act) -> bool:
    answers = {
        "investigation_next": "findings",
        "reply_days": act.number("reply_days", 14),
        "provisional_findings": act.text("text", "findings"),
    }
    return player.completes(("review_answer",), answers, routes.TO_REVIEW)


def correct(player: Player, act: Act) -> bool:
    """A correction ends the treatment; in the first line it settles; after the assessment it is good news for the file."""
    text = act.text("text")
    if player.completes(("answer_first_line",), {"first_line_outcome": "solved", "first_line_text": text}):
        return True
    if player.scene.tells("first_line_answered", {"first_line_outcome": "solved"}):
        return True
    if "decide_admissibility" in player.scene.open():
        player.reaches(("choose_approach",), routes.TO_TREATMENT)
    if player.scene.tells("authority_corrected", {"correction": text}):
        return True
    player.said["promise"] = YES
    return is_noted(player, act)


def join(player: Player, act: Act) -> bool:
    """Joined cases are investigated in the one that leads; each keeps its own file and its own end."""
    master = str(act.details.get("master") or player.record.id)
    player.completes(("choose_approach",), {"approach": "investigation"}, routes.BEFORE)
    if master == player.record.id:
        return is_noted(player, act)
    return player.scene.tells("complaint_joined", {"joined_to": player.cases.get(master) or master})


def write_to_joined(player: Player, act: Act) -> bool:
    """What everybody whose complaint is joined is told; to others it is plain news on the file."""
    texts = {f"told_{language}": act.text("letter", "text") for language in ("nl", "fr", "de", "en")}
    return player.scene.tells("follower_told", texts) or is_noted(player, act)


def merge(player: Player, act: Act) -> bool:
    into = str(act.details.get("into") or "")
    return player.scene.tells("complaint_merged", {"merged_into": player.cases.get(into) or into or "?"})
