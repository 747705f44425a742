"""How people get from where a case is to where the script wants to act: the ordinary next step at each user task.

A script names the steps that matter; the ones between (admit the complaint, choose the approach, stop waiting for an
answer) are taken as an office would. A route says, for one goal, what to do at each user task that may stand in between.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tasks.models import UserTask

Answers = Mapping[str, Any] | Callable[[Any, UserTask], Mapping[str, Any]]


@dataclass(frozen=True)
class Move:
    """Complete the user task with these answers, or, when `message` is given, send that message instead.

    Answers that depend on the record or the user task are a function of the player and that user task.
    """

    answers: Answers = field(default_factory=dict)
    message: str = ""


Route = Mapping[str, Move]
GO_ON = "Wij gaan verder met het dossier."
STOP_WAITING = Move({"waiting_reason": "Wij gaan verder zonder het antwoord."}, "waiting_ended")
OTHER_APPROACH = Move({"approach_reason": GO_ON}, "approach_changed")
MEDIATION_FAILED = Move({"failed_note": "Partijen vinden elkaar niet."}, "mediation_failed")
ADMIT = Move({"decision": "admitted"})


def approach(name: str) -> Move:
    return Move({"approach": name})


def after_answer(name: str) -> Move:
    return Move({"investigation_next": name})


NEED_NOT_BE_HEARD = Move(
    {
        "hearing_decision": "assess",
        "unheard_reason": "undisputed",
        "unheard_motivation": "Wat de klager en de dienst vertellen, spreekt elkaar niet tegen.",
    }
)
# What may have to be cleared away whatever the goal: a court case that does not suspend, a suspension that has ended.
NO_SUSPENSION = Move({"suspend": "nee"})
ALWAYS: Route = {
    "decide_suspension": NO_SUSPENSION,
    "decide_late_suspension": NO_SUSPENSION,
    "resume_case": Move(),
    "accept_review": Move({"review_accepted": "ja"}),
    "decide_review_unheard": NEED_NOT_BE_HEARD,
}
FAILURE = {"record_failure": Move({"failure_reason": "Geen akkoord."})}
TALKS = ("propose_settlement", "propose_own", "answer_complainant", "answer_authority")
REPLIES = {"reply_complainant": STOP_WAITING, "reply_authority": STOP_WAITING}
NO_QUESTIONS = Move({"has_questions": "nee"})
# A broken promise ends the agreement: the case goes back to the choice of an approach.
BROKEN = {"check_promise": Move({"promise_kept": "nee"})}
# Who asks something more while the assessment or the closing waits, treats the case again.
AGAIN = {
    **dict.fromkeys(("assess", "close_case"), OTHER_APPROACH),
    "decide_unheard": Move({"hearing_decision": "hear"}),
}
BEFORE = {**ALWAYS, "decide_admissibility": ADMIT}

TO_APPROACH: Route = {
    **BEFORE,
    **BROKEN,
    **AGAIN,
    **FAILURE,
    **dict.fromkeys(
        (*TALKS, "check_agreement", "request_information", "answer_information", "review_answer", *REPLIES),
        OTHER_APPROACH,
    ),
}
TO_QUESTIONS: Route = {
    **BEFORE,
    **BROKEN,
    **AGAIN,
    **FAILURE,
    **REPLIES,
    **dict.fromkeys((*TALKS, "check_agreement"), OTHER_APPROACH),
    "choose_approach": approach("investigation"),
    "answer_information": STOP_WAITING,
    "review_answer": after_answer("ask_again"),
}
TO_REVIEW: Route = {**TO_QUESTIONS, "request_information": NO_QUESTIONS}
TO_TREATMENT: Route = BEFORE
TO_TALKS: Route = {**BEFORE, "choose_approach": approach("mediation")}
TO_FAILURE: Route = {**TO_TALKS, **dict.fromkeys(TALKS, MEDIATION_FAILED)}
TO_ASSESSMENT: Route = {
    **BEFORE,
    **FAILURE,
    **REPLIES,
    **dict.fromkeys((*TALKS, "check_agreement"), OTHER_APPROACH),
    "choose_approach": approach("assessment"),
    "request_information": NO_QUESTIONS,
    "answer_information": STOP_WAITING,
    "review_answer": after_answer("assess"),
    "decide_unheard": NEED_NOT_BE_HEARD,
    **BROKEN,
    "close_case": OTHER_APPROACH,
}
TO_MINISTER: Route = {
    **ALWAYS,
    "answer_recommendation": STOP_WAITING,
    "check_recommendation": Move({"recommendation_done": "nee"}),
}
TO_PARLIAMENT: Route = {"ministerial_note": Move({"ministerial_note": "Er kwam geen nota binnen de termijn."})}
TO_JUDGMENT: Route = {
    "await_judgment": Move({"judgment": "Meegedeeld aan de behandelaar.", "resume": "ja"}, "court_case_ended"),
    "decide_suspension": NO_SUSPENSION,
}
