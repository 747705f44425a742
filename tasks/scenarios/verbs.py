"""The verbs of a script, and what each comes down to in this office: a user task, a message, or a note on the file.

The key is who acts and the verb; an empty who means anybody.
"""

from collections.abc import Mapping

from tasks.scenarios.deeds import admissibility, closing, first_line, notes, treatment
from tasks.scenarios.player import Deed
from tasks.scenarios.records import Act

NOTED = (
    "phone_service site_visit hold_hearing ask_status ask_consent warn_limits open_report give_feedback "
    "send_apology reassign_case invite_parties continue_structural request_extension"
)
DEEDS: Mapping[tuple[str, str], Deed] = {
    **{("", name): notes.is_noted for name in NOTED.split()},
    **{("complainant", name): notes.complainant_notes for name in ("give_consent", "refuse_consent", "sign_minutes")},
    **{("", name): notes.by_itself for name in ("acknowledge", "no_reply", "stay_silent", "escalate_to_head")},
    ("handler", "confirm_withdrawal"): notes.by_itself,
    ("handler", "forward_to_first_line"): first_line.forward,
    ("handler", "explain_first_line"): first_line.explain,
    ("handler", "forward_to_body"): first_line.pass_on,
    ("handler", "refer_to_body"): first_line.pass_on,
    ("handler", "answer_question"): first_line.answer_question,
    ("handler", "ask_missing_information"): admissibility.ask_complainant,
    ("handler", "send_reminder"): admissibility.remind,
    ("handler", "start_mediation"): treatment.start_mediation,
    ("handler", "request_information"): treatment.ask_authority,
    ("handler", "send_provisional_findings"): treatment.send_findings,
    ("handler", "check_promise"): treatment.check_promise,
    ("handler", "join_cases"): treatment.join,
    ("handler", "merge_duplicate"): treatment.merge,
    ("handler", "send_bulk_letter"): treatment.write_to_joined,
    ("handler", "suspend"): admissibility.suspend,
    ("handler", "resume"): admissibility.resume,
    ("handler", "close"): closing.close,
    ("complainant", "provide_information"): admissibility.provide,
    ("complainant", "disclose_identity"): admissibility.disclose,
    ("complainant", "confirm_settled"): first_line.settle,
    ("complainant", "return_after_first_line"): first_line.come_back,
    ("complainant", "accept_proposal"): treatment.respond,
    ("complainant", "reject_proposal"): treatment.respond,
    ("complainant", "withdraw"): closing.withdraw,
    ("complainant", "start_court_case"): admissibility.go_to_court,
    ("complainant", "report_judgment"): admissibility.judgment,
    ("complainant", "request_resume"): admissibility.go_on_or_stop,
    ("complainant", "decline_resume"): admissibility.go_on_or_stop,
    ("complainant", "request_review"): closing.ask_review,
    ("service", "answer_first_line"): first_line.answer_first_line,
    ("service", "answer_information"): treatment.answer_authority,
    ("service", "reply_to_findings"): treatment.reply,
    ("service", "correct_decision"): treatment.correct,
    ("service", "propose_settlement"): treatment.propose,
    ("service", "reject_proposal"): treatment.refuse_to_propose,
    ("service", "perform_promise"): treatment.keep_or_break,
    ("service", "break_promise"): treatment.keep_or_break,
    ("service", "accept_recommendation"): closing.answer_recommendation,
    ("service", "refuse_recommendation"): closing.answer_recommendation,
    ("mediator", "record_agreement"): treatment.agree,
    ("mediator", "record_failure"): treatment.fail,
    ("ombudsman", "sign_refusal"): admissibility.refuse,
    ("ombudsman", "sign_assessment"): closing.assess,
    ("ombudsman", "decide_review"): closing.assess,
    ("ombudsman", "issue_recommendation"): closing.recommend,
    ("ombudsman", "report_to_minister"): closing.report_to_minister,
    ("ombudsman", "report_to_speaker"): closing.report_to_speaker,
    ("ombudsman", "send_note_to_parliament"): closing.note_to_parliament,
    ("minister", "send_reasoned_note"): closing.minister_answers,
}


def deed_of(act: Act) -> Deed | None:
    """The deed behind a line of the script; None for a verb nobody knows."""
    return DEEDS.get((act.who, act.does)) or DEEDS.get(("", act.does))
