"""Deeds before the treatment: asking the complainant, refusing, waiting for a court."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from identity.roles import COMPLAINANT
from tasks.scenarios import routes
from tasks.scenarios.deeds.notes import complainant_notes, is_noted
from tasks.scenarios.forms import NO, YES, yes
from tasks.scenarios.records import Act

if TYPE_CHECKING:
    from tasks.scenarios.player import Player

REMINDER_DAYS = 7
SUSPENSIONS = ("decide_suspension", "decide_late_suspension")
FIRST_LINE = ("forward_to_first_line", "explain_first_line", "answer_first_line", "return_after_first_line")
DECISIONS = ("sign_refusal", "suspend")
# What a signed refusal means the front office had seen at intake.
FLAGS = {
    "beroepsprocedures_niet_aangewend": "open_appeal",
    "al_eerder_klacht": "repeated",
    "beleid_en_regelgeving": "about_policy",
}


def flags_of(script: Sequence[Act]) -> dict[str, str]:
    """What the front office ticks at intake, because somebody later decides on it, with or without the first line."""
    grounds = [act.details.get("ground") for act in script if act.does == "sign_refusal"]
    flags = {FLAGS[str(ground)]: YES for ground in grounds if ground in FLAGS}
    first = next((act.does for act in script if act.does in (*FIRST_LINE, *DECISIONS)), "")
    return {**flags, **({"decide_now": YES} if first in DECISIONS else {})}


def ask_complainant(player: Player, act: Act) -> bool:
    answers = {"missing": act.text("what", "note"), "term_days": act.number("term_days", 14)}
    return player.scene.tells("information_requested", answers)


def provide(player: Player, act: Act) -> bool:
    text = act.text("text", "what")
    if player.completes(("provide_information",), {"information_text": text}):
        return True
    if player.completes(("reply_complainant",), {"findings_reply": text}):
        return True
    player.completes(("decide_no_reply",), {"no_reply_decision": "continue"})  # late, but there
    return complainant_notes(player, act)


def disclose(player: Player, act: Act) -> bool:
    name = str(act.details.get("name") or player.record.told["filer"].get("name") or "Bekendgemaakt")
    player.completes(("provide_information",), {"information_text": name})
    return player.scene.tells("identity_disclosed", {"complainant_name": name}, COMPLAINANT)


def remind(player: Player, act: Act) -> bool:
    """A complainant or a promise is reminded by hand; an authority's question reminds by itself."""
    again = {"no_reply_decision": "remind", "term_days": REMINDER_DAYS}
    if player.completes(("decide_no_reply",), again):
        return True
    later = {"promise_kept": "later", "promise_due_on": player.day(REMINDER_DAYS)}
    return player.completes(("check_promise",), later) or is_noted(player, act)


def refuse(player: Player, act: Act) -> bool:
    ground = act.details.get("ground") or "anoniem"
    decided = {"decision": "refused", "ground": ground, "admissibility_motivation": act.text("advice", "ground")}
    if "sign_refusal" not in player.scene.open() and not player.completes(
        ("decide_admissibility",), decided, routes.ALWAYS
    ):
        return False
    signed = {"signed": YES, "refusal_motivation": act.text("advice", "ground")}
    return player.completes(("sign_refusal",), signed)


def go_to_court(player: Player, act: Act) -> bool:
    same = yes(act.details.get("same_object", True))
    answers = {
        "court": str(act.details.get("court") or "rechtbank"),
        "same_object": same,
        "court_number": str(act.details.get("number") or ""),
    }
    told = player.scene.tells("court_case_started", answers, COMPLAINANT)
    if told and same == NO:
        player.completes(SUSPENSIONS, {"suspend": NO})
    return told or complainant_notes(player, act)


def suspend(player: Player, act: Act) -> bool:
    decided = {"decision": "suspended", "ground": "jurisdictioneel_beroep_aanhangig"}
    if player.completes(SUSPENSIONS, {"suspend": YES}) or player.completes(("decide_admissibility",), decided):
        return True
    started = {"court": act.text("reason"), "same_object": YES}
    return player.scene.tells("court_case_started", started) and player.completes(
        ("decide_suspension",), {"suspend": YES}
    )


def judgment(player: Player, act: Act) -> bool:
    player.said["judgment"] = act.text("result")
    return complainant_notes(player, act)


def go_on_or_stop(player: Player, act: Act) -> bool:
    answers = {
        "judgment": player.said.get("judgment") or act.text("topic"),
        "resume": yes(act.does == "request_resume"),
    }
    return player.completes(("await_judgment",), answers) or complainant_notes(player, act)


def resume(player: Player, act: Act) -> bool:
    return player.completes(("resume_case",), {"resumption_note": act.text()}, routes.TO_JUDGMENT)
