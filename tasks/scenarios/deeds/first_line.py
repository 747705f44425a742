"""Deeds in the first line, and with parts of a complaint that go their own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from identity.roles import COMPLAINANT
from tasks.scenarios.deeds.notes import complainant_notes, is_noted
from tasks.scenarios.records import Act

if TYPE_CHECKING:
    from tasks.scenarios.player import Player

ANSWERS = ("solved", "insufficient", "refused")


def forward(player: Player, act: Act) -> bool:
    """The office forwards by itself what the first line still needs; a part of a complaint is forwarded by hand."""
    if "grievance" in act.details and not _is_main(player, act):
        return _split(player, act, "forward")
    return "answer_first_line" in player.scene.open()


def explain(player: Player, act: Act) -> bool:
    return player.scene.notes(act.text("text"))


def answer_first_line(player: Player, act: Act) -> bool:
    result = str(act.details.get("result") or "insufficient")
    if result not in ANSWERS:
        return True
    answers = {"first_line_outcome": result, "first_line_text": act.text("text")}
    for element_id in ("answer_part", "answer_first_line") if _is_part(player, act) else ("answer_first_line",):
        if player.completes((element_id,), answers):
            return True
    return player.scene.tells("first_line_answered", answers) or is_noted(player, act)


def settle(player: Player, act: Act) -> bool:
    settled = {"first_line_result": "settled"}
    if player.completes(("return_offer",), settled):
        return True
    if player.scene.tells("first_line_answered", {"first_line_outcome": "solved"}, COMPLAINANT):
        return player.completes(("return_offer",), settled)
    return complainant_notes(player, act)


def come_back(player: Player, act: Act) -> bool:
    trigger = str(act.details.get("trigger") or "antwoord_onvoldoende")
    answers = {"first_line_result": "return", "return_reason": trigger}
    if player.completes(("return_offer",), answers):
        return True
    outcome = "refused" if trigger == "weigering_eerste_lijn" else "insufficient"
    told = player.scene.tells("first_line_answered", {"first_line_outcome": outcome}, COMPLAINANT)
    return told and player.completes(("return_offer",), answers)


def pass_on(player: Player, act: Act) -> bool:
    """A part goes to another body; a whole complaint the office passes on by itself."""
    if "grievance" not in act.details:
        return player.scene.case().closure_reason == "doorverwezen"
    return _split(player, act, "pass_on" if act.does == "forward_to_body" else "refer")


def answer_question(player: Player, act: Act) -> bool:
    return _split(player, act, "answer") if "grievance" in act.details else is_noted(player, act)


def _split(player: Player, act: Act, action: str) -> bool:
    number = act.number("grievance", 0)
    answers: dict[str, Any] = {
        "split_action": action,
        "split_authority": _authority_of(player, act, action),
        "split_text": act.text("advice", "text"),
    }
    if number:
        answers["grievance_number"] = number
    if action in ("refer", "pass_on"):
        answers["split_body"] = str(act.details.get("body") or "?")
    return player.scene.tells("grievance_split", answers)


def _authority_of(player: Player, act: Act, action: str) -> str:
    """What the act names; else the authority on the file that belongs to this body; else nobody we know."""
    if act.details.get("service"):
        return str(act.details["service"])
    if action == "answer":
        return act.text("text")
    rows = [row for row in player.scene.grievances() if not row.is_main]
    same_body = [row for row in rows if row.body == act.details.get("body")]
    same_number = [row for row in rows if row.number == act.details.get("grievance") and action == "forward"]
    return next((row.authority_name for row in (*same_body, *same_number)), "een andere dienst")


def _is_part(player: Player, act: Act) -> bool:
    """True when the act is about another authority than the case's own."""
    named = str(act.details.get("service") or "")
    found = player.office.register.find(named, limit=1) if named else []
    return bool(found) and found[0].authority.key != player.scene.case().authority_key


def _is_main(player: Player, act: Act) -> bool:
    if act.details.get("service"):
        return not _is_part(player, act)
    return any(row.is_main and row.number == act.details["grievance"] for row in player.scene.grievances())
