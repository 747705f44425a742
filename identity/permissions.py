"""Who may do what: one table, read it from top to bottom.

Denied unless it stands here. Roles are the lanes of the diagrams; `complainant` and `authority` act through secret links
and only on what is addressed to them. `admin` runs the system and sees no case; `auditor` sees everything and changes nothing; `worker`
is a program outside that sees what each of its jobs is given; `messenger` one that reports what happened, and sees nothing.
"""

from identity.people import Actor
from identity.roles import (
    ADMIN,
    AUDITOR,
    CASE_STAFF,
    COMPLAINANT,
    EXTERNAL_ROLES,
    FIRST_LINE,
    HANDLER,
    INTAKE,
    MEDIATOR,
    MESSENGER,
    OMBUDSMAN,
    PROCESS_MANAGER,
    REPORT_STAFF,
    WHISTLE_OFFICER,
    WORKER,
    WORKS_ON_CASES,
)
from problems import Forbidden

# Each on the files of their own house: nobody in the office takes reports, and the other way round (`tasks.houses`).
ON_FILES = WORKS_ON_CASES | REPORT_STAFF

TABLE: dict[str, frozenset[str]] = {
    # complaints and cases; a complaint handler of a service works as the office does, on the files of that service (`tasks.sight`)
    "complaint.receive": frozenset({INTAKE, WHISTLE_OFFICER, COMPLAINANT}),
    # a complaint that somebody made to their service, noted there; and how far the services are with theirs
    "first_line.receive": frozenset({FIRST_LINE}),
    "first_line.read": frozenset({OMBUDSMAN, AUDITOR}),
    # a file of a service, with a reason that stays in it
    "first_line.open": frozenset({OMBUDSMAN}),
    "worklist.read": ON_FILES,
    "user_task.read": ON_FILES | EXTERNAL_ROLES,
    "user_task.claim": ON_FILES,
    "user_task.release": ON_FILES,
    "user_task.delegate": ON_FILES,
    "user_task.complete": ON_FILES | EXTERNAL_ROLES,
    # an answer that came by post or telephone, noted for the complainant or the authority
    "user_task.on_behalf": frozenset({INTAKE, HANDLER, FIRST_LINE}),
    # more time to answer a question, where its diagram gives that
    "user_task.more_time": ON_FILES | EXTERNAL_ROLES,
    "case.read": ON_FILES | {AUDITOR},
    "case.act": ON_FILES | {COMPLAINANT},
    # cases that belong together: joined under one that leads, told at once, taken out again
    "case.join": frozenset({HANDLER, OMBUDSMAN}),
    # a case that goes to another office with its papers, or comes from one; and whose signature we know
    "transfer.read": CASE_STAFF | {AUDITOR},
    "transfer.send": frozenset({HANDLER, OMBUDSMAN}),
    "transfer.receive": frozenset({INTAKE}),
    # a report that came in as a complaint: to the reports house, and destroyed here
    "case.hand_over": frozenset({INTAKE, OMBUDSMAN}),
    "transfer.trust": frozenset({OMBUDSMAN}),
    # what is known of a case and from whom; what was said in a mediation, in confidence only to who mediates
    "evidence.read": CASE_STAFF | {AUDITOR},
    "evidence.keep": frozenset({HANDLER, MEDIATOR, OMBUDSMAN}),
    "mediation.read": CASE_STAFF | {AUDITOR},
    "mediation.keep": frozenset({HANDLER, MEDIATOR}),
    # a step of a case left out, done again, or another begun, by whoever answers for it
    "case.intervene": frozenset({OMBUDSMAN}),
    # a conflict of interest: one's own by anybody, a colleague's and the end of one by the ombudsman; where the complaint is about
    # the office itself, a colleague's by whoever takes it in too
    "conflict.read": WORKS_ON_CASES | {AUDITOR},
    "conflict.declare": WORKS_ON_CASES,
    "conflict.declare_other": frozenset({OMBUDSMAN}),
    "conflict.declare_complained_of": frozenset({INTAKE, OMBUDSMAN}),
    "conflict.lift": frozenset({OMBUDSMAN}),
    # what is done next, where a diagram leaves that to people; in a lane, only its role
    "step.choose": CASE_STAFF | REPORT_STAFF,
    "letter.read": ON_FILES | {AUDITOR},
    "document.read": ON_FILES | {AUDITOR},
    "document.add": ON_FILES | EXTERNAL_ROLES,
    # diagrams, decisions and forms
    "studio.read": frozenset({PROCESS_MANAGER, AUDITOR}),
    "studio.edit": frozenset({PROCESS_MANAGER}),
    # officers of the reports house do it on its machine, two of them as everywhere: it has no studio
    "studio.publish": frozenset({PROCESS_MANAGER, WHISTLE_OFFICER}),
    "studio.activate": frozenset({PROCESS_MANAGER, WHISTLE_OFFICER}),
    # running cases to another version: whoever made the plan does not carry it out
    "migration.plan": frozenset({PROCESS_MANAGER}),
    "migration.run": frozenset({PROCESS_MANAGER}),
    # rules of terms and closing days: whoever changes one does not carry it out
    "deadline.plan": frozenset({PROCESS_MANAGER}),
    "deadline.run": frozenset({PROCESS_MANAGER}),
    "decision.evaluate": frozenset({PROCESS_MANAGER}),
    # history
    "history.read": frozenset({AUDITOR}),
    "history.verify": frozenset({AUDITOR}),
    "history.export": frozenset({AUDITOR}),
    "access_log.read": frozenset({AUDITOR}),
    # recommendations: who follows them, and who decides that one is public
    "recommendation.read": CASE_STAFF | {AUDITOR},
    "recommendation.publish": frozenset({OMBUDSMAN}),
    # the figures of a year: no case, no name
    "report.read": frozenset({AUDITOR, OMBUDSMAN}),
    "report.publish": frozenset({OMBUDSMAN}),
    # the yearly figures of the services' own complaint handling
    "first_line_report.read": frozenset({HANDLER, OMBUDSMAN, AUDITOR}),
    "first_line_report.ask": frozenset({OMBUDSMAN}),
    "first_line_report.take": frozenset({HANDLER}),
    # what stands out among the complaints of a service, and an inquiry into it
    "signal.read": frozenset({HANDLER, OMBUDSMAN, AUDITOR}),
    "inquiry.open": frozenset({OMBUDSMAN}),
    "signal.put_aside": frozenset({OMBUDSMAN}),
    # cases that are alike and ended differently, and why that is right
    "consistency.read": frozenset({HANDLER, OMBUDSMAN, AUDITOR}),
    "consistency.note": frozenset({HANDLER, OMBUDSMAN}),
    # the network of complaint handlers of the services, for its members only
    "network.read": frozenset({FIRST_LINE, OMBUDSMAN}),
    "network.write": frozenset({FIRST_LINE, OMBUDSMAN}),
    "network.lead": frozenset({OMBUDSMAN}),
    # how long cases are kept: destroying is for good
    "retention.read": frozenset({OMBUDSMAN, WHISTLE_OFFICER, AUDITOR}),
    "retention.hold": frozenset({OMBUDSMAN, WHISTLE_OFFICER}),
    "retention.erase": frozenset({OMBUDSMAN, WHISTLE_OFFICER}),
    "retention.export": frozenset({OMBUDSMAN}),
    # a process that runs: where it stands, and mending it by hand
    "process.read": frozenset({PROCESS_MANAGER, OMBUDSMAN}),
    "process.suspend": frozenset({PROCESS_MANAGER, OMBUDSMAN}),
    "process.terminate": frozenset({PROCESS_MANAGER, OMBUDSMAN}),
    "process.move": frozenset({PROCESS_MANAGER, OMBUDSMAN}),
    "process.correct": frozenset({PROCESS_MANAGER, OMBUDSMAN}),
    # jobs of service tasks that a program outside does
    "job.work": frozenset({WORKER}),
    # what a program outside reports to processes that wait for it
    "message.send": frozenset({MESSENGER}),
    "signal.send": frozenset({MESSENGER}),
    "condition.tell": frozenset({MESSENGER}),
    # running the system
    "operations.read": frozenset({ADMIN, PROCESS_MANAGER, WHISTLE_OFFICER}),
    "incident.resolve": frozenset({ADMIN, PROCESS_MANAGER, WHISTLE_OFFICER}),
    # a step that counts as done without its effect changes the course of a case; whoever runs the system does not decide that
    "incident.skip": frozenset({PROCESS_MANAGER}),
    "mail.give_up": frozenset({PROCESS_MANAGER}),
    "people.manage": frozenset({ADMIN, WHISTLE_OFFICER}),
}


class NotAllowed(Forbidden):
    """Uw rol laat dit niet toe. Vraag de beheerder als u dit toch nodig hebt."""


def allows(actor: Actor, action: str) -> bool:
    """True when one of the actor's roles stands beside the action. An unknown action is a programming error."""
    return not TABLE[action].isdisjoint(actor.roles)


def require(actor: Actor, action: str) -> None:
    """Refuse with NotAllowed unless the table allows it."""
    if not allows(actor, action):
        raise NotAllowed(action=action)
