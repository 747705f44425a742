"""A record that reports a breach, played in the reports house: the reporter by their code, the officer by their tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from identity.roles import COMPLAINANT, WHISTLE_OFFICER
from problems import Problem
from tasks.citizens import complainant
from tasks.reports_house import mailbox
from tasks.scenarios import forms
from tasks.scenarios.player import Player, told
from tasks.scenarios.records import Act
from tasks.scenarios.routes import Move, Route
from tasks.scenarios.stage import Stage, staff

WHISTLEBLOWING = "whistleblowing"
BY_VOICE = ("phone", "visit", "post")
TREAT: Route = {"assess_report": Move({"report_choice": "treat"})}
TO_FEEDBACK: Route = {**TREAT, "investigate": Move({"inquiry_next": "conclude"})}


class Reporter(Player):
    """One report being played."""

    def receives(self) -> None:
        """The report comes in, written by its reporter or noted by an officer."""
        by_voice = self.record.told["channel"] in BY_VOICE
        sender = staff(self.office, WHISTLE_OFFICER) if by_voice else mailbox.REPORTER
        code = mailbox.new_code()
        try:
            with self.office.database.work() as work:
                mailbox.report(self.office, work, code, self._answers(by_voice=by_voice), by=sender)
                case, _ = complainant.find(work, mailbox.secret_of(self.office, code))
                self.stage, self.number = Stage(self.office, case.id), case.number
        except Problem as problem:
            self.troubles.append(f"ontvangst: {told(problem)}")

    def _answers(self, *, by_voice: bool) -> dict[str, str]:
        record, filer = self.record.told, self.record.told["filer"]
        employer = "; ".join(str(name) for name in record["services"])
        found = self.office.register.find(employer, limit=1)
        is_local = bool(found) and found[0].authority.level == "local"
        answers = {
            "employer_kind": "municipality" if is_local else "flemish_administration",
            "employer": employer,
            "relation": "employee",
            "subject": str(record["subject"])[: forms.LONGEST_SUBJECT],
            "narrative": str(record["body"]),
            "desired_outcome": str(record.get("desired_outcome") or ""),
            "reported_before": forms.NO,
            "fears_reprisal": forms.YES,
            "complainant_name": "" if filer.get("anonymous") else str(filer.get("name") or ""),
        }
        return answers | ({"report_channel": str(record["channel"]), "recording": "none"} if by_voice else {})


def _asks(player: Player, act: Act) -> bool:
    question = {"question_text": act.text("what"), "question_days": str(act.number("term_days", 14))}
    return player.scene.tells("question_asked", question, WHISTLE_OFFICER)


def _requests(player: Player, act: Act) -> bool:
    asked = {"inquiry_next": "ask", "asked": act.text("service"), "answer_days": str(act.number("term_days", 20))}
    return player.completes(("investigate",), asked, TREAT)


def _asks_consent(player: Player, act: Act) -> bool:
    body = {
        "report_choice": "forward",
        "forward_body": str(act.details.get("to_body")),
        "report_reason": act.text("to"),
    }
    return player.completes(("assess_report",), body)


def _signs(player: Player, act: Act) -> bool:
    signed = {"minutes_correct": forms.YES, "minutes_signature": "de melder", "narrative": player.record.told["body"]}
    return player.completes(("sign_minutes",), signed)


def _writes(player: Player, act: Act) -> bool:
    return player.scene.notes(act.text("text"), COMPLAINANT)


def _at(element_id: str, answers: Mapping[str, str], route: Route | None = None) -> Callable[[Player, Act], bool]:
    return lambda player, _act: player.completes((element_id,), answers, route)


DEEDS: Mapping[tuple[str, str], Callable[[Player, Act], bool]] = {
    ("handler", "acknowledge"): _at("acknowledge", {"ack_choice": "send"}),
    ("handler", "ask_missing_information"): _asks,
    ("complainant", "provide_information"): _at("answer_question", {"answer_text": "Bezorgd in de postbus."}),
    ("handler", "request_information"): _requests,
    ("service", "answer_information"): _at("note_answer", {"answer_received": "De dienst antwoordde."}),
    ("handler", "give_feedback"): _at(
        "give_feedback", {"founded": "onbekend", "feedback": "Wat wij deden, en waarom."}, TO_FEEDBACK
    ),
    ("complainant", "sign_minutes"): _signs,
    ("handler", "ask_consent"): _asks_consent,
    ("complainant", "give_consent"): _at("give_consent", {"consent": forms.YES}),
    ("complainant", "refuse_consent"): _at("give_consent", {"consent": forms.NO}),
    ("handler", "forward_to_body"): _at(
        "forward_report", {"forwarded_by": "sealed_file", "forwarded_note": "Aan het meldkanaal."}
    ),
    ("handler", "close"): _at("close_report", {}),
    ("complainant", "ask_status"): _writes,
}


def deed_of(act: Act) -> Callable[[Player, Act], bool] | None:
    """The deed behind a line of the script in this house; None for a verb nobody knows here."""
    return DEEDS.get((act.who, act.does))
